//! The honest card, read and judged: what every attack is measured against.

use crate::issuer::{Ask, CAN, Card, authority, judge_reading, list, list_of, policy, read_port, read_telling};
use ektp::chip::pace::PaceError;
use ektp::lds::file_id::FileId;
use ektp::pki::status_list::CardStatus;
use ektp::read::{Field, Progress, ReadError, Want};
use ektp::reason::{Reason, Refusal};
use ektp::softchip::SoftPort;
use ektp::softchip::faults::{Fault, FaultPlan};
use ektp::verify::{CheckResult, Decision, Mode, Policy, Purpose, judge};

#[test]
fn an_honest_card_is_genuine() {
    let card = Card::honest();
    let files = card.files.clone();
    let reading = card.read().unwrap();
    for (file, bytes) in files.iter().filter(|(f, _)| !matches!(f, FileId::AtrInfo | FileId::Dir)) {
        assert_eq!(reading.evidence.file(file), Some(bytes), "{file}");
    }
    let verdict = judge_reading(&reading);
    assert_eq!((verdict.decision(), verdict.reason()), (Decision::Genuine, None), "{:#?}", verdict.checks);
    assert!(verdict.checks.iter().all(|c| c.result == CheckResult::Passed), "{:#?}", verdict.checks);
    assert!(verdict.sample_keys);
    assert!(reading.evidence.terminal_authentication.unwrap().accepted);
}

#[test]
fn the_number_of_commands_is_the_computed_minimum() {
    let reading = Card::honest().read().unwrap();
    let evidence = &reading.evidence;
    let reads: usize = evidence
        .files
        .iter()
        .filter(|(f, _)| !matches!(f, FileId::CardAccess))
        .map(|(_, content)| content.bytes().unwrap().len().div_ceil(223))
        .sum();
    // EF.CardAccess; PACE 5; SELECT LDS1 and national; CA 2; AA 1; TA: 2 per certificate, MSE, challenge, signature.
    let protocols = 1 + 5 + 2 + 2 + 1 + (2 * 2 + 3);
    assert_eq!(evidence.timing.unwrap().apdus, u64::try_from(reads + protocols).unwrap());
}

#[test]
fn a_wrong_can_is_asked_for_again_and_never_repeated() {
    let mut port = SoftPort::new(Card::honest().chip);
    let error = read_port(&mut port, &Ask { can: "000000", ..Ask::default() }).map(drop).unwrap_err();
    assert_eq!(error, ReadError::Pace(PaceError::WrongPassword));
    assert_eq!((error.reason(), port.exchanges()), (Reason::WrongCan, 6));
    assert_eq!(CAN.len(), 6);
}

#[test]
fn a_card_that_slips_is_taken_up_where_it_stood_at_most_three_times() {
    let total = Card::honest().read().unwrap().evidence.timing.unwrap().apdus;
    for index in (6..total - 1).step_by(7) {
        let fault = if index % 2 == 0 { Fault::NoAnswer } else { Fault::ForeignReset };
        let mut port = SoftPort::new(Card::honest().chip).with_faults(FaultPlan::at(index, fault));
        let mut may_go = 0;
        let reading = read_telling(&mut port, &Ask::default(), &mut |p| may_go += usize::from(p == Progress::CardMayGo));
        let reading = reading.unwrap_or_else(|e| panic!("{index}: {e}"));
        assert_eq!(reading.evidence.timing.unwrap().field_lost, 1, "{index}");
        assert_eq!(judge_reading(&reading).decision(), Decision::Genuine, "{index}");
        assert_eq!(may_go, 1);
    }
    let plan = [20, 40, 60, 80].iter().fold(FaultPlan::none(), |plan, at| plan.and(*at, Fault::NoAnswer));
    let mut port = SoftPort::new(Card::honest().chip).with_faults(plan);
    assert_eq!(read_port(&mut port, &Ask::default()).map(drop), Err(ReadError::FieldLost));
    let mut port = SoftPort::new(Card::honest().chip).with_faults(FaultPlan::at(40, Fault::RemovedAfter));
    let error = read_port(&mut port, &Ask::default()).map(drop).unwrap_err();
    assert_eq!((&error, error.reason()), (&ReadError::FieldLost, Reason::CardRemoved), "a card that does not come back");
}

#[test]
fn a_counter_that_wants_little_reads_little_and_still_gets_a_verdict() {
    let everything = Card::honest().read().unwrap().evidence.timing.unwrap().apdus;
    let want = Want::Fields([Field::Name, Field::Nik].into());
    let reading = read_port(&mut SoftPort::new(Card::honest().chip), &Ask { want, terminal: false, ..Ask::default() }).unwrap();
    let verdict = judge_reading(&reading);
    assert_eq!(verdict.decision(), Decision::Genuine, "{:#?}", verdict.checks);
    assert!(verdict.present_not_read.contains(&FileId::Dg2) && verdict.hashed.contains(&FileId::Dg11));
    assert!(reading.evidence.timing.unwrap().apdus * 2 < everything);
}

#[test]
fn without_a_terminal_fingers_stay_closed_and_the_card_is_genuine() {
    let reading = read_port(&mut SoftPort::new(Card::honest().chip), &Ask { terminal: false, ..Ask::default() }).unwrap();
    assert_eq!(reading.evidence.file(FileId::Fingers), None);
    assert_eq!(judge_reading(&reading).decision(), Decision::Genuine);
}

#[test]
fn the_state_on_the_status_list_decides_with_its_own_reason() {
    let reading = Card::honest().read().unwrap();
    let trust = authority().kit.trust_store().unwrap();
    let decide = |status, purpose| {
        let list = list(status);
        judge(&reading.evidence, &Mode::Live(&reading.proof), &trust, &Policy { purpose, ..policy(&list) })
    };
    let rows = [
        (CardStatus::Revoked, Purpose::Use, Some(Reason::CardRevoked)),
        (CardStatus::Suspended, Purpose::Use, Some(Reason::CardSuspended)),
        (CardStatus::NotHandedOver, Purpose::Use, Some(Reason::CardNotHandedOver)),
        (CardStatus::NotHandedOver, Purpose::Handover, None),
        (CardStatus::Active, Purpose::Handover, Some(Reason::CardHandedOver)),
        (CardStatus::Revoked, Purpose::Handover, Some(Reason::CardRevoked)),
    ];
    for (status, purpose, reason) in rows {
        assert_eq!(decide(status, purpose).reason(), reason, "{status:?} {purpose:?}");
    }
}

#[test]
fn lists_that_are_missing_old_or_rolled_back_decide_nothing() {
    let reading = Card::honest().read().unwrap();
    let trust = authority().kit.trust_store().unwrap();
    let list = list_of(5, CardStatus::Active);
    let decide = |policy: &Policy<'_>| judge(&reading.evidence, &Mode::Live(&reading.proof), &trust, policy);
    let later = |days: i64| policy(&list).now.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap();
    let missing = decide(&Policy { status_list: None, ..policy(&list) });
    assert_eq!((missing.decision(), missing.reason()), (Decision::CouldNotDecide, Some(Reason::StatusListStale)));
    let rolled =
        decide(&Policy { seen: ektp::verify::ListsSeen { status_list: Some(6), ..Default::default() }, ..policy(&list) });
    assert_eq!((rolled.decision(), rolled.reason()), (Decision::CouldNotDecide, Some(Reason::StatusListRollback)));
    let of_days = decide(&Policy { now: later(3), ..policy(&list) });
    assert_eq!(of_days.decision(), Decision::Genuine);
    assert!(of_days.notes.iter().any(|note| note.en().contains("more than a day old")));
    assert_eq!(decide(&Policy { now: later(8), ..policy(&list) }).reason(), Some(Reason::StatusListStale));
    assert_eq!(decide(&Policy { now: later(100), ..policy(&list) }).reason(), Some(Reason::CrlStale));
}

/// A port with nothing but `transmit`.
struct Encoder(SoftPort);

impl ektp::chip::port::Port for Encoder {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, ektp::chip::port::PortError> {
        self.0.transmit(apdu)
    }
}

/// A second reading finds the channel of the first still open, and ends it by a command in the clear.
#[test]
fn a_port_that_only_transmits_reads_a_card_again_and_again() {
    let mut port = Encoder(SoftPort::new(Card::honest().chip));
    for seed in [77, 78] {
        let reading = read_port(&mut port, &Ask { seed, ..Ask::default() }).unwrap();
        assert_eq!(judge_reading(&reading).decision(), Decision::Genuine);
    }
}
