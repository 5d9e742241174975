//! Every refusal of a run by its name, and what it leaves behind.

use super::services::TestSigner;
use super::world::{World, chip, chip_with_entropy, work};
use crate::chip::link::LinkError;
use crate::chip::port::PortError;
use crate::chip::scp03::Scp03Error;
use crate::perso::engine::Outcome;
use crate::perso::error::PersoError;
use crate::perso::inspect::InspectError;
use crate::perso::job::{BadJobId, JobId};
use crate::perso::journal::{JournalError, Ledger as _, Unique};
use crate::perso::receipt::Mode;
use crate::perso::state::State;
use crate::perso::stream::StreamError;
use crate::pki::key_service::KeyServiceError;
use crate::pki::signer::{Rule, SignerError};
use crate::reason::{Reason, Refusal as _};
use crate::softchip::State as ChipState;
use crate::softchip::faults::{Fault, FaultPlan};

fn resumable(outcome: Result<Outcome, PersoError>) -> PersoError {
    match outcome {
        Ok(Outcome::Resumable(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// A world whose first run stopped in the middle of the stream.
fn begun() -> World {
    let mut world = World::new(false);
    let error = resumable(world.run(FaultPlan::at(14, Fault::NoAnswer)));
    assert!(matches!(error, PersoError::Link { step: "STORE DATA", source: LinkError::Port { source: PortError::Timeout, .. } }));
    assert_eq!(error.reason(), Reason::TransportError);
    world
}

#[test]
fn a_chip_that_is_not_blank_or_not_ours_leaves_the_job_as_it_was() {
    let other = begun();
    let mut world = World::new(false);
    world.chip = other.chip.clone();
    assert_eq!(world.run(FaultPlan::none()), Err(PersoError::NotBlank("PERSO_OPEN")));
    assert_eq!(PersoError::NotBlank("").reason(), Reason::CardNotBlank);
    // In one store the other job's claim comes first, before any authentication.
    world.work = work("second", 77_001, false);
    world.keep_in(&other.store);
    assert_eq!(world.run(FaultPlan::none()), Err(PersoError::NotBlank("another job holds it")));
    let mut issued = World::new(false);
    issued.run(FaultPlan::none()).unwrap();
    issued.work = work("third", 77_002, false);
    assert_eq!(issued.run(FaultPlan::none()), Err(PersoError::NotBlank("no door answers")));
    let mut foreign = World::new(false);
    let not_ours = foreign.run(FaultPlan::at(0, Fault::WrongStatusInstead(0x6A82))).unwrap_err();
    assert_eq!(not_ours, PersoError::NotOurs { step: "SELECT personalization", status: 0x6A82 });
    assert_eq!((not_ours.reason(), foreign.job().unwrap().state), (Reason::CardNotOurs, State::AwaitCard));
}

#[test]
fn another_chip_than_the_jobs_is_refused_and_the_job_waits() {
    let mut world = begun();
    let own = std::mem::replace(&mut world.chip, chip(990_001));
    let wrong = resumable(world.run(FaultPlan::none()));
    assert!(matches!(wrong, PersoError::WrongCard { .. }), "{wrong:?}");
    assert_eq!((wrong.reason(), world.chip.lock().unwrap().state()), (Reason::WrongCard, ChipState::Blank));
    world.chip = own;
    assert!(matches!(world.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
}

#[test]
fn another_chip_that_was_set_aside_is_no_matter_of_this_job() {
    let mut world = begun();
    let stranger = chip(990_002);
    let serial = crate::crypto::scp03::ChipSerial(stranger.lock().unwrap().serial());
    world.journal.block(serial, Reason::CardAuthFailed, jiff::Timestamp::UNIX_EPOCH).unwrap();
    let own = std::mem::replace(&mut world.chip, stranger);
    let wrong = resumable(world.run(FaultPlan::none()));
    assert!(matches!(wrong, PersoError::WrongCard { .. }), "{wrong:?}");
    world.chip = own;
    assert!(matches!(world.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
}

#[test]
fn a_chip_that_is_too_small_stays_blank_and_the_job_takes_another() {
    let mut world = World::with_capacity(false, 3_000);
    let needed = world.work.room();
    let small = PersoError::TooSmall { needed, room: 3_000 - crate::limits::CHIP_INTERNALS };
    assert_eq!(world.run(FaultPlan::none()), Err(small.clone()));
    assert_eq!((small.reason(), world.job().unwrap().chip), (Reason::DoesNotFit, None));
    assert_eq!(world.chip.lock().unwrap().state(), ChipState::Blank);
    // One that has its chip-unique keys says it under the channel: it had them from a job that fitted.
    let mut tapped = World::with_capacity(false, world.work.room() + crate::limits::CHIP_INTERNALS);
    assert!(matches!(tapped.run(FaultPlan::at(9, Fault::NotDelivered)), Ok(Outcome::Resumable(_))));
    assert_eq!(tapped.chip.lock().unwrap().state(), ChipState::Blank);
    tapped.work = work("larger", 77_010, false);
    tapped.work.reserve.sod += 1;
    tapped.keep_in(&format!("{}-other", tapped.store));
    assert!(matches!(tapped.run(FaultPlan::none()), Err(PersoError::TooSmall { .. })));
    assert_eq!(tapped.job().unwrap().chip, None);
    world.chip = chip(990_003);
    assert!(matches!(world.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
}

#[test]
fn a_card_that_the_signer_declines_costs_no_blank() {
    for (declines, reason) in [
        (SignerError::Refused(Rule::OtherSigner), Reason::SignerRefused),
        (SignerError::Unavailable, Reason::KeyStoreUnavailable),
    ] {
        let mut world = World::new(false);
        world.signer.declines = Some(declines.clone());
        let error = world.run(FaultPlan::none()).unwrap_err();
        assert_eq!((&error, error.reason(), world.exchanges), (&PersoError::Signer(declines), reason, 0));
        assert_eq!((world.job().unwrap().state, world.chip.lock().unwrap().state()), (State::AwaitCard, ChipState::Blank));
        world.signer.declines = None;
        assert!(matches!(world.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
    }
}

#[test]
fn a_chip_that_fails_authentication_is_never_tried_again() {
    let mut world = World::new(false);
    // A bit of the card cryptogram, in the answer to INITIALIZE UPDATE of the first tap.
    let failed = world.run(FaultPlan::at(5, Fault::BitFlippedOut(8 * 24))).unwrap_err();
    assert_eq!(failed, PersoError::AuthenticationFailed(Scp03Error::WrongCardCryptogram));
    assert_eq!(failed.reason(), Reason::CardAuthFailed);
    let again = world.run(FaultPlan::none()).unwrap_err();
    assert_eq!(again, PersoError::Blocked(Reason::CardAuthFailed));
    assert_eq!(world.instructions, [0xA4, 0x50, 0xA4, 0x50], "stops as soon as it has said who it is");
    let mut bound = begun();
    let void = bound.run(FaultPlan::at(2, Fault::WrongStatusInstead(0x6982))).unwrap();
    assert_eq!(void.reason(), Some(Reason::CardAuthFailed));
    assert_eq!(bound.run(FaultPlan::none()).unwrap().reason(), Some(Reason::CardAuthFailed));
    assert_eq!(bound.exchanges, 0, "a chip that failed is not even asked to terminate");
}

#[test]
fn quality_control_must_be_ready_before_the_chip_is_touched() {
    let mut world = World::new(false);
    world.ready = false;
    let refused = world.run(FaultPlan::none()).unwrap_err();
    assert_eq!(refused, PersoError::Inspect(InspectError::NoTerminal("it is valid for more than seven days")));
    assert_eq!((refused.reason().exit(), world.exchanges), (28, 0));
    let stopped = InspectError::Stopped { reason: Reason::CardRemoved, message: String::new() };
    assert_eq!((stopped.reason(), stopped.is_difference()), (Reason::CardRemoved, false));
    assert!(InspectError::Differs(String::new()).is_difference());
}

#[test]
fn a_signer_that_is_away_makes_the_job_wait_and_one_that_refuses_ends_it() {
    for (down, reason) in [
        (SignerError::Unavailable, Reason::KeyStoreUnavailable),
        (SignerError::LoginNeeded, Reason::LoginNeeded),
        (SignerError::KeyMissing, Reason::KeyMissing),
        (SignerError::Refused(Rule::SignerKey), Reason::CertificateUnfit),
        (SignerError::Refused(Rule::SignerCertificate), Reason::CertificateUnfit),
        (SignerError::Refused(Rule::SampleKey), Reason::SignerRefused),
    ] {
        let mut world = World::new(false);
        world.signer.down = Some(down.clone());
        let waits = resumable(world.run(FaultPlan::none()));
        assert_eq!(waits, PersoError::Signer(down));
        assert_eq!((waits.reason(), world.job().unwrap().custody.name()), (reason, "HELD"));
        world.signer.down = None;
        assert!(matches!(world.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
    }
    let mut world = World::new(false);
    world.signer.down = Some(SignerError::Refused(Rule::Hashes));
    let void = world.run(FaultPlan::none()).unwrap();
    assert!(matches!(&void, Outcome::Void { reason: Reason::SignerRefused, terminated: true, .. }), "{void:?}");
    assert_eq!(world.chip.lock().unwrap().state(), ChipState::Terminated);
    world.signer = TestSigner::default();
    assert_eq!(world.run(FaultPlan::none()).unwrap().reason(), Some(Reason::SignerRefused), "never retried");
}

#[test]
fn a_security_object_that_quality_control_would_not_believe_is_not_stored() {
    let mut world = World::new(false);
    world.signer.by = Some(super::services::pki().receipt.clone());
    let waits = resumable(world.run(FaultPlan::none()));
    assert!(matches!(&waits, PersoError::Inspect(InspectError::Stopped { .. })), "{waits:?}");
    assert_eq!(waits.reason(), Reason::CertificateUnfit);
    let job = world.job().unwrap();
    assert_eq!((job.state, job.sod), (State::Registered, None));
    // The signer has another document signer now, and the same chip becomes the card.
    world.signer = TestSigner::default();
    assert!(matches!(world.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
}

#[test]
fn a_card_that_equals_its_image_under_a_signer_nobody_believes_is_void_by_that_reason() {
    let distrusted = InspectError::Distrusted { reason: Reason::CertificateRevoked, message: "check signer".into() };
    assert_eq!((distrusted.reason(), distrusted.is_difference()), (Reason::CertificateRevoked, true));
    assert_eq!(PersoError::Inspect(distrusted).reason(), Reason::CertificateRevoked);
}

#[test]
fn a_known_public_key_ends_the_job() {
    let mut first = World::new(false);
    first.chip = chip_with_entropy(990_010, 5, 8_192);
    assert!(matches!(first.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
    // Another chip whose random numbers are the same: the failure that happened to a nation.
    first.chip = chip_with_entropy(990_011, 5, 8_192);
    first.work = work("second", 77_010, false);
    let outcome = first.run(FaultPlan::none()).unwrap();
    let duplicate = PersoError::Journal(JournalError::Duplicate(Unique::PublicKey));
    assert_eq!(outcome, Outcome::Void { reason: Reason::DuplicateIssue, error: Some(duplicate), terminated: true });
    assert_eq!(first.signer.stored.len(), 1, "the signer was not even asked");
}

#[test]
fn a_job_that_is_given_up_is_void_or_quarantined() {
    let mut untouched = World::new(false);
    untouched.journal.open_job(&untouched.work.job, Mode::Local, jiff::Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(untouched.give_up(false).unwrap().reason(), Some(Reason::JobVoid));
    let mut there = begun();
    assert!(matches!(there.give_up(true).unwrap(), Outcome::Void { reason: Reason::JobVoid, terminated: true, .. }));
    assert_eq!(there.chip.lock().unwrap().state(), ChipState::Terminated);
    let mut gone = begun();
    assert_eq!(gone.give_up(false).unwrap(), Outcome::Quarantined { reason: Reason::JobQuarantined });
    let mut issued = World::new(false);
    issued.run(FaultPlan::none()).unwrap();
    assert!(matches!(issued.give_up(true), Ok(Outcome::Issued(_))), "too late");
}

#[test]
fn a_void_job_terminates_its_chip_when_it_comes_back() {
    let (mut whole, mut world) = (World::new(false), World::new(false));
    (whole.rots, world.rots) = (true, true);
    whole.run(FaultPlan::none()).unwrap();
    // The read-back differs, twice; TERMINATE needs four more exchanges and gets none.
    let void = world.run(FaultPlan::at(whole.exchanges - 4, Fault::RemovedBefore)).unwrap();
    assert!(matches!(void, Outcome::Void { reason: Reason::ReadBackDiffers, terminated: false, .. }), "{void:?}");
    assert_eq!(world.chip.lock().unwrap().state(), ChipState::Personalized);
    let later = world.run(FaultPlan::none()).unwrap();
    assert!(matches!(later, Outcome::Void { reason: Reason::ReadBackDiffers, terminated: true, .. }), "{later:?}");
    assert_eq!(world.chip.lock().unwrap().state(), ChipState::Terminated);
}

#[test]
fn a_stream_that_is_not_the_jobs_ends_it() {
    let mut world = begun();
    world.work.passwords.can = Some(crate::secret::Secret::new("999999".into()));
    let conflict = world.run(FaultPlan::none()).unwrap_err();
    assert_eq!(conflict, PersoError::Journal(JournalError::Conflict("job".into())));
    // A chip of the same serial with another stream: only a false chip with our keys could be it.
    let mut other = World::new(false);
    other.chip = begun().chip;
    let serial = crate::crypto::scp03::ChipSerial(other.chip.lock().unwrap().serial());
    let now = jiff::Timestamp::UNIX_EPOCH;
    other.journal.open_job(&other.work.job, Mode::Local, now).unwrap();
    other.journal.reserve(&other.work.job.id, serial, now).unwrap();
    other.work.passwords.can = Some(crate::secret::Secret::new("999999".into()));
    let outcome = other.run(FaultPlan::none()).unwrap();
    assert!(matches!(outcome, Outcome::Void { error: Some(PersoError::ForeignStream(_)), terminated: true, .. }), "{outcome:?}");
}

#[test]
fn the_last_reply_lost_and_the_chip_gone_is_quarantine() {
    let mut clean = World::new(false);
    clean.run(FaultPlan::none()).unwrap();
    let lock = clean.exchanges - 1;
    let mut world = World::new(false);
    let lost = world.run(FaultPlan::at(lock, Fault::RemovedAfter)).unwrap();
    assert_eq!(lost, Outcome::Quarantined { reason: PersoError::LostAtLock.reason() });
    assert_eq!(world.chip.lock().unwrap().state(), ChipState::Locked, "and nobody may ever believe it");
    assert_eq!(world.run(FaultPlan::none()).unwrap().reason(), Some(Reason::JobQuarantined));
    // The reply lost and the chip still there: it is asked, and issued.
    let mut there = World::new(false);
    assert!(matches!(there.run(FaultPlan::at(lock, Fault::NotDelivered)), Ok(Outcome::Resumable(_))));
    assert!(matches!(there.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
}

#[test]
fn a_locked_chip_is_the_jobs_only_if_it_shows_the_jobs_security_object() {
    let mut world = World::new(false);
    let issued = world.run(FaultPlan::none()).unwrap();
    assert!(matches!(issued, Outcome::Issued(_)));
    let unexplained = PersoError::Unexplained { chip: "LOCKED or TERMINATED", job: "PERSO_OPEN" };
    assert_eq!(unexplained.reason(), Reason::WrongState);
    let mut other = begun();
    let own = std::mem::replace(&mut other.chip, world.chip.clone());
    assert!(matches!(resumable(other.run(FaultPlan::none())), PersoError::Unexplained { .. }));
    other.chip = own;
    assert!(matches!(other.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
}

#[test]
fn wrapped_errors_keep_their_reason() {
    assert_eq!(crate::lds::image::ImageError::Gone.reason(), Reason::FileUnreadable);
    let channel = PersoError::Channel { step: "GET STATUS", source: Scp03Error::BadMac };
    assert_eq!(channel.reason(), Reason::SecureChannelBroken);
    let stumbled = PersoError::Channel { step: "EXTERNAL AUTHENTICATE", source: Scp03Error::AuthenticationRefused(0x6985) };
    assert_eq!(stumbled.reason(), Reason::UnexpectedAnswer, "the chip was not set aside and may be tried again");
    assert_eq!(PersoError::JobId(JobId::parse("").unwrap_err()), PersoError::JobId(BadJobId));
    assert_eq!(PersoError::JobId(BadJobId).reason(), Reason::Usage);
    assert_eq!(PersoError::Stream(StreamError::BadDate).reason(), Reason::InputInvalid);
    assert_eq!(PersoError::KeyService(KeyServiceError::Unavailable).reason(), Reason::KeyStoreUnavailable);
    assert_eq!(PersoError::KeyService(KeyServiceError::LoginNeeded).reason(), Reason::LoginNeeded);
    assert_eq!(PersoError::Receipt(String::new()).reason(), Reason::KeyStoreUnavailable);
    assert_eq!(PersoError::Unexpected("PUT KEY").reason(), Reason::UnexpectedAnswer);
    assert_eq!(PersoError::BadKey(1).reason(), Reason::DataInconsistent);
    assert_eq!(PersoError::BadSod.reason(), Reason::DataInconsistent);
    assert_eq!(PersoError::GivenUp.reason(), Reason::JobVoid);
}
