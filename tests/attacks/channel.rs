//! Family S: somebody on the wire, below and inside the secure channel.

use crate::issuer::{Ask, CAN, Card, authority, judge_reading, open_ca, read_port};
use crate::wire::Wire;
use ektp::chip::apdu::{Command, Response, StatusWord};
use ektp::chip::channel::ChannelError;
use ektp::chip::pace::{PaceError, Step};
use ektp::chip::sm::{SmCard, SmError, SmHost, SmKeys};
use ektp::crypto::kdf::{KeyUse, emrtd_aes};
use ektp::lds::file_id::FileId;
use ektp::lds::{card_access, tlv};
use ektp::read::ReadError;
use ektp::reason::{Reason, Refusal};
use ektp::softchip::SoftPort;
use ektp::softchip::faults::{Fault, FaultPlan};
use ektp::verify::evidence::Content;
use ektp::verify::{CheckName, Decision};

/// Exchanges up to PACE's last: EF.CardAccess, MSE, four GENERAL AUTHENTICATE.
const AFTER_PACE: usize = 6;

fn port() -> SoftPort {
    SoftPort::new(Card::honest().chip)
}

fn read_over(wire: &mut Wire<'_>) -> ReadError {
    read_port(wire, &Ask::default()).map(drop).unwrap_err()
}

fn sm_error(error: &ReadError) -> SmError {
    match error {
        ReadError::Channel(ChannelError::Sm { source, .. }) => *source,
        other => panic!("{other}"),
    }
}

/// Two ends of one session.
fn session() -> (SmHost, SmCard) {
    let keys = SmKeys::from_secret(&[9; 32], 128).unwrap();
    (SmHost::new(keys.clone()), SmCard::new(keys))
}

#[test]
fn s01_a_recorded_answer_is_replayed() {
    let mut listener = Wire::listening(port());
    read_port(&mut listener, &Ask::default()).unwrap();
    let recorded = listener.record;
    for index in [AFTER_PACE, AFTER_PACE + 3, 20] {
        let mut wire =
            Wire::new(port(), |n, command, pass| if n == index { recorded[index - 1].1.clone() } else { pass(command) });
        let error = read_over(&mut wire);
        assert_eq!(error.reason(), Reason::SecureChannelBroken, "{index}: {error}");
        assert_eq!(wire.count, index + 1, "nothing is sent after it");
    }
}

#[test]
fn s02_dropped_commands_are_taken_up_again_and_doubled_ones_end_the_channel() {
    let mut dropped = port().with_faults(FaultPlan::at(15, Fault::NotDelivered));
    let reading = read_port(&mut dropped, &Ask::default()).unwrap();
    assert_eq!(reading.evidence.timing.unwrap().field_lost, 1);
    assert_eq!(judge_reading(&reading).decision(), Decision::Genuine);
    let mut doubled = port().with_faults(FaultPlan::at(15, Fault::DeliveredTwice));
    let error = read_port(&mut doubled, &Ask::default()).map(drop).unwrap_err();
    assert_eq!(error.reason(), Reason::SecureChannelBroken, "{error}");
}

#[test]
fn s02_reordered_answers_are_refused() {
    let mut kept: Option<Vec<u8>> = None;
    let mut wire = Wire::new(port(), move |n, command, pass| {
        let answer = pass(command);
        match n {
            18 => answer.clone_into(kept.insert(Vec::new())),
            19 => return kept.take().unwrap(),
            _ => {}
        }
        answer
    });
    assert_eq!(sm_error(&read_over(&mut wire)), SmError::BadMac);
}

#[test]
fn s03_an_unprotected_answer_ends_the_session_whatever_it_says() {
    for (status, reason) in
        [(0x9000u16, Reason::ChannelForged), (0x6A82, Reason::SecureChannelBroken), (0x6988, Reason::SecureChannelBroken)]
    {
        let mut wire =
            Wire::new(port(), move |n, command, pass| if n == 20 { status.to_be_bytes().to_vec() } else { pass(command) });
        let error = read_over(&mut wire);
        assert_eq!((sm_error(&error), error.reason()), (SmError::Unprotected(StatusWord(status)), reason));
        assert_eq!(wire.count, 21, "nothing is sent after it");
    }
}

#[test]
fn s04_a_counter_off_by_one_and_a_session_after_an_error_are_refused() {
    let (mut host, mut card) = session();
    let command = Command::new(0x00, 0xB0, 0x81, 0x00).with_le(4);
    let lost = host.wrap(&command).unwrap();
    assert_eq!(host.wrap(&command).map(drop), Err(SmError::Closed), "an answer is awaited");
    card.unwrap(&lost).unwrap();
    let first = card.wrap(&Response::status(StatusWord::NO_ERROR));
    let (mut ahead, _) = session();
    ahead.wrap(&command).unwrap();
    ahead.unwrap(&first).unwrap();
    card.unwrap(&ahead.wrap(&command).unwrap()).unwrap();
    let second = card.wrap(&Response::status(StatusWord::NO_ERROR));
    let (mut host, _) = session();
    host.wrap(&command).unwrap();
    assert_eq!(host.unwrap(&second).map(drop), Err(SmError::BadMac));
    assert_eq!(host.wrap(&command).map(drop), Err(SmError::Closed), "after an error nothing goes");
}

#[test]
fn s05_every_flipped_bit_of_an_answer_is_found() {
    let command = Command::new(0x00, 0xB0, 0x81, 0x00).with_le(4);
    let (mut host, mut card) = session();
    card.unwrap(&host.wrap(&command).unwrap()).unwrap();
    let answer = card.wrap(&Response::new([1, 2, 3, 4], StatusWord::NO_ERROR)).encode();
    for bit in 0..answer.len() * 8 {
        let mut bent = answer.clone();
        bent[bit / 8] ^= 1 << (bit % 8);
        let (mut host, _) = session();
        host.wrap(&command).unwrap();
        assert!(host.unwrap(&Response::parse(bent).unwrap()).is_err(), "bit {bit}");
    }
}

#[test]
fn s05_objects_that_are_missing_doubled_or_out_of_order_are_refused() {
    let command = Command::new(0x00, 0xB0, 0x81, 0x00).with_le(4);
    let refuse = |data: Vec<u8>| {
        let (mut host, _) = session();
        host.wrap(&command).unwrap();
        host.unwrap(&Response::new(data, StatusWord::NO_ERROR)).map(drop).unwrap_err()
    };
    let (status, mac) = (tlv::encode(0x99, &[0x90, 0x00]), tlv::encode(0x8E, &[0; 8]));
    assert!(matches!(refuse(status.clone()), SmError::Missing(0x8E)));
    assert!(matches!(refuse(mac.clone()), SmError::Missing(0x99)));
    assert!(matches!(
        refuse([status.clone(), mac.clone(), mac.clone()].concat()),
        SmError::Duplicate(0x8E) | SmError::Misplaced(_)
    ));
    assert!(matches!(refuse([mac, status].concat()), SmError::Misplaced(_)));
}

#[test]
fn s06_padding_is_looked_at_only_under_a_good_mac_and_must_be_whole() {
    let keys = |usage| emrtd_aes(&[9; 32], usage, 128).unwrap();
    let (enc, mac) = (keys(KeyUse::Enc), keys(KeyUse::Mac));
    let mut counter = [0; 16];
    counter[15] = 2;
    let answer = |plain: [u8; 16]| {
        let mut sealed = plain.to_vec();
        enc.cbc_encrypt(&enc.encrypt_block(&counter), &mut sealed).unwrap();
        let objects = [tlv::encode(0x87, &[&[1][..], &sealed].concat()), tlv::encode(0x99, &[0x90, 0x00])].concat();
        let mut message = [&counter[..], &objects].concat();
        ektp::crypto::symmetric::pad(&mut message, 16);
        Response::new([objects, tlv::encode(0x8E, &mac.cmac(&[&message])[..8])].concat(), StatusWord::NO_ERROR)
    };
    let open = |response: Response| {
        let (mut host, _) = session();
        host.wrap(&Command::new(0x00, 0xB0, 0x81, 0x00).with_le(16)).unwrap();
        host.unwrap(&response)
    };
    let mut good = [7; 16];
    good[15] = 0x80;
    assert_eq!(open(answer(good)).unwrap().data.len(), 15);
    let mut full = [0; 16];
    full[0] = 1;
    for bad in [[7; 16], [0; 16], full] {
        assert_eq!(open(answer(bad)).map(drop), Err(SmError::BadPadding));
    }
    let mut forged = answer([7; 16]);
    let last = forged.data.len() - 1;
    forged.data[last] ^= 1;
    assert_eq!(open(forged).map(drop), Err(SmError::BadMac), "a bad MAC says nothing about padding");
}

#[test]
fn s07_the_protected_le_cannot_be_changed() {
    let (mut host, mut card) = session();
    let wrapped = host.wrap(&Command::new(0x00, 0xB0, 0x81, 0x00).with_le(4)).unwrap();
    let mut data = wrapped.data().to_vec();
    assert_eq!(data[..2], [0x97, 1]);
    data[2] = 0xFF;
    assert_eq!(card.unwrap(&wrapped.clone().with_data(data)).map(drop), Err(SmError::BadMac));
}

/// Replaces the answer of one step of PACE by what `bend` makes of command and answer.
fn pace_with(step: usize, bend: impl Fn(&[u8], Vec<u8>) -> Vec<u8> + Send) -> PaceError {
    let mut wire = Wire::new(port(), move |n, command, pass| {
        let answer = pass(command);
        if n == step { bend(command, answer) } else { answer }
    });
    match read_over(&mut wire) {
        ReadError::Pace(error) => {
            assert_eq!(wire.count, step + 1, "PACE is not repeated");
            error
        }
        other => panic!("{other}"),
    }
}

#[test]
fn s08_pace_refuses_bad_points_echoed_keys_and_reflected_tokens() {
    let off_curve = |_: &[u8], mut answer: Vec<u8>| {
        let last = answer.len() - 3;
        answer[last] ^= 1;
        answer
    };
    assert_eq!(pace_with(3, off_curve), PaceError::BadKey(Step::Map));
    assert_eq!(pace_with(4, off_curve), PaceError::BadKey(Step::Agree));
    let identity = |_: &[u8], _| vec![0x7C, 3, 0x82, 1, 0, 0x90, 0x00];
    assert_eq!(pace_with(3, identity), PaceError::BadKey(Step::Map));
    // The terminal's own key comes back: `7C L { 81/83 L key }` becomes `7C L { 82/84 L key }`.
    let echo = |command: &[u8], _| {
        let mut data = Command::parse(command).unwrap().data().to_vec();
        data[2] += 1;
        [data, vec![0x90, 0x00]].concat()
    };
    assert_eq!(pace_with(3, echo), PaceError::EchoedKey(Step::Map));
    assert_eq!(pace_with(4, echo), PaceError::EchoedKey(Step::Agree));
    assert_eq!(pace_with(5, echo), PaceError::WrongToken);
}

#[test]
fn s09_a_wrong_password_and_a_wrong_token_get_the_same_answer() {
    let last_answer = |wire: Wire<'_>| wire.record.into_iter().next_back().unwrap().1;
    let mut wrong = Wire::listening(port());
    let error = read_port(&mut wrong, &Ask { can: "000000", ..Ask::default() }).map(drop).unwrap_err();
    assert_eq!((error.reason(), error.reason().exit()), (Reason::WrongCan, 27));
    let mut bent = Wire::new(port(), |n, command, pass| {
        let mut command = command.to_vec();
        if n == 5 {
            let token = command.len() - 2;
            command[token] ^= 1;
        }
        pass(&command)
    });
    assert_eq!(read_over(&mut bent), ReadError::Pace(PaceError::WrongPassword));
    assert_eq!(last_answer(wrong), last_answer(bent));
}

#[test]
fn s10_a_suite_that_the_authority_did_not_sign() {
    let mut reading = Card::honest().read().unwrap();
    let weaker = card_access::build(ektp::crypto::ec::Curve::Bp256);
    reading.evidence.files.insert(FileId::CardAccess, Content::Bytes(weaker.into()));
    let verdict = judge_reading(&reading);
    assert_eq!(verdict.reason(), Some(Reason::DataInconsistent));
    let check = verdict.checks.iter().find(|c| c.name == CheckName::SecurityInfos).unwrap();
    assert_eq!(check.reason, Some(Reason::DataInconsistent));
}

#[test]
fn s13_a_channel_does_not_survive_a_reset() {
    let mut port = port();
    let (mut channel, ..) = open_ca(&mut port);
    ektp::chip::port::Port::power_cycle(channel.link().port()).unwrap();
    let error = channel.send(&Command::new(0x00, 0xB0, 0x81, 0x00).with_le(4)).map(drop).unwrap_err();
    assert_eq!(error.reason(), Reason::SecureChannelBroken, "{error}");
    let mut reset = self::port().with_faults(FaultPlan::at(20, Fault::ForeignReset));
    let reading = read_port(&mut reset, &Ask::default()).unwrap();
    assert_eq!(judge_reading(&reading).decision(), Decision::Genuine);
}

#[test]
fn s14_no_two_sessions_have_the_same_keys() {
    let card = Card::honest().chip;
    let mut first = Wire::listening(SoftPort::new(card));
    read_port(&mut first, &Ask::default()).unwrap();
    let shared = first.inner.chip().unwrap();
    let mut second = Wire::listening(SoftPort::shared(shared));
    read_port(&mut second, &Ask { seed: 78, ..Ask::default() }).unwrap();
    let protected = |wire: &Wire<'_>| wire.record[AFTER_PACE..].iter().map(|(_, answer)| answer.clone()).collect::<Vec<_>>();
    let (one, two) = (protected(&first), protected(&second));
    let same: Vec<usize> = (0..one.len().min(two.len())).filter(|n| one[*n] == two[*n]).collect();
    assert_eq!(same, Vec::<usize>::new(), "answers that are the same in both sessions");
    assert_eq!(CAN.len(), authority().built.numbers.can.expose().len());
}
