//! A chip that was refused is remembered: a second run with it is refused by the same code and gets no command beyond who it is.

use super::world::{World, chip, chip_with_entropy, work};
use crate::chip::scp03::{Level, Scp03Error};
use crate::crypto::scp03::{ChipSerial, KeySet};
use crate::perso::engine::Outcome;
use crate::perso::error::PersoError;
use crate::perso::journal::{Journal, JournalError, Ledger as _, Unique};
use crate::pki::signer::{Rule, SignerError};
use crate::reason::{Reason, Refusal as _};
use crate::softchip::faults::{Fault, FaultPlan};
use crate::softchip::{ChipConfig, SharedChip, SoftChip, State as ChipState};
use crate::world::DangerousSeededEntropy;
use std::sync::{Arc, Mutex};

const SELECT: u8 = 0xA4;
const INITIALIZE_UPDATE: u8 = 0x50;
/// What a chip with keys of its own gets until it has said who it is.
const TAPPED: [u8; 2] = [SELECT, INITIALIZE_UPDATE];
/// The same for a chip before its first tap, which does not know the chip-unique set.
const UNTAPPED: [u8; 4] = [SELECT, INITIALIZE_UPDATE, SELECT, INITIALIZE_UPDATE];

fn serial(chip: &SharedChip) -> ChipSerial {
    ChipSerial(chip.lock().unwrap().serial())
}

/// Another station's chip that its job left in mid-run, after so many APDUs.
fn begun_elsewhere(exchanges: u64) -> SharedChip {
    let mut other = World::new(false);
    assert!(matches!(other.run(FaultPlan::at(exchanges, Fault::NotDelivered)), Ok(Outcome::Resumable(_))));
    other.chip
}

/// APDUs of a whole run.
fn length() -> u64 {
    let mut whole = World::new(false);
    assert!(matches!(whole.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
    whole.exchanges
}

/// A second job of the same station on the same chip.
fn second_job(world: &mut World, name: &str, index: u64) -> PersoError {
    world.work = work(name, index, false);
    let before = world.chip.lock().unwrap().state();
    let refused = world.run(FaultPlan::none()).unwrap_err();
    assert_eq!(world.chip.lock().unwrap().state(), before, "and nothing was done to it");
    assert_eq!(world.job().unwrap().chip, None, "the job waits for another chip");
    refused
}

#[test]
fn a_chip_that_is_not_blank() {
    for (exchanges, state) in [(14, ChipState::PersoOpen), (length() - 4, ChipState::Personalized)] {
        let mut world = World::new(false);
        world.chip = begun_elsewhere(exchanges);
        assert_eq!(world.chip.lock().unwrap().state(), state);
        let first = world.run(FaultPlan::none()).unwrap_err();
        assert!(matches!(first, PersoError::NotBlank("PERSO_OPEN" | "PERSONALIZED")), "{first:?}");
        assert!(world.instructions.len() > TAPPED.len(), "the first run asks it under the channel");
        let again = world.run(FaultPlan::none()).unwrap_err();
        assert_eq!((&again, &world.instructions[..]), (&PersoError::Blocked(Reason::CardNotBlank), &TAPPED[..]));
        assert_eq!((again.reason(), again.reason().exit()), (first.reason(), 22));
        let index = 88_000 + exchanges;
        assert_eq!(second_job(&mut world, "second", index), PersoError::Blocked(Reason::CardNotBlank));
        assert_eq!(world.instructions, TAPPED);
        // The job itself is none the worse, and takes a blank.
        world.chip = chip(991_000 + exchanges);
        assert!(matches!(world.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
    }
}

#[test]
fn a_chip_that_is_not_blank_by_an_unprotected_answer_is_asked_again() {
    let mut world = World::new(false);
    world.options.level = Level::CMacCEnc;
    world.chip = begun_elsewhere(14);
    for _ in 0..2 {
        assert_eq!(world.run(FaultPlan::none()), Err(PersoError::NotBlank("PERSO_OPEN")));
    }
    assert_eq!(world.journal.blocked(serial(&world.chip)), Ok(None), "anyone on the wire could have said so");
}

#[test]
fn a_chip_that_another_job_holds_is_known_by_that_job_which_goes_on() {
    let mut world = World::new(false);
    assert!(matches!(world.run(FaultPlan::at(14, Fault::NotDelivered)), Ok(Outcome::Resumable(_))));
    let own = std::mem::replace(&mut world.work, work("second", 88_101, false));
    for _ in 0..2 {
        let refused = world.run(FaultPlan::none()).unwrap_err();
        assert_eq!((&refused, &world.instructions[..]), (&PersoError::NotBlank("another job holds it"), &TAPPED[..]));
        assert_eq!(refused.reason(), Reason::CardNotBlank);
    }
    assert_eq!(world.journal.blocked(serial(&world.chip)), Ok(None));
    world.work = own;
    assert!(matches!(world.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
}

#[test]
fn a_chip_without_doors_tells_no_identity_and_gets_one_select_a_run() {
    let mut issued = World::new(false);
    issued.run(FaultPlan::none()).unwrap();
    let mut ended = World::new(false);
    assert!(matches!(ended.run(FaultPlan::at(14, Fault::NotDelivered)), Ok(Outcome::Resumable(_))));
    assert!(matches!(ended.give_up(true), Ok(Outcome::Void { terminated: true, .. })));
    for (closed, state) in [(issued.chip, ChipState::Locked), (ended.chip, ChipState::Terminated)] {
        let mut world = World::new(false);
        world.chip = closed;
        for _ in 0..2 {
            let refused = world.run(FaultPlan::none()).unwrap_err();
            assert_eq!((&refused, &world.instructions[..]), (&PersoError::NotBlank("no door answers"), &[SELECT][..]));
            assert_eq!((refused.reason(), world.chip.lock().unwrap().state()), (Reason::CardNotBlank, state));
        }
    }
}

#[test]
fn a_stranger_tells_no_identity_and_gets_no_authentication() {
    // No application of ours.
    let mut world = World::new(false);
    for _ in 0..2 {
        let refused = world.run(FaultPlan::at(0, Fault::WrongStatusInstead(0x6A82))).unwrap_err();
        assert_eq!((refused.reason(), &world.instructions[..]), (Reason::CardNotOurs, &[SELECT][..]));
    }
    // Our applications, and neither of our key sets.
    let transport = KeySet::new(0x20, &[0x77; 16], &[0x78; 16], &[0x79; 16]).unwrap();
    let config = ChipConfig { serial: [0xF1; 10], capacity: 8_192, transport };
    world.chip = Arc::new(Mutex::new(SoftChip::blank(&config, DangerousSeededEntropy::new(7))));
    for _ in 0..2 {
        let refused = world.run(FaultPlan::none()).unwrap_err();
        assert_eq!(refused, PersoError::NotOurs { step: "INITIALIZE UPDATE", status: 0x6A88 });
        assert_eq!((refused.reason(), &world.instructions[..]), (Reason::CardNotOurs, &UNTAPPED[..]));
    }
    assert_eq!(world.journal.blocked(serial(&world.chip)), Ok(None), "it never said who it is");
}

#[test]
fn a_chip_that_is_not_ours_and_says_who_it_is() {
    let of_parameter = |bit: usize| Fault::BitFlippedOut(8 * 12 + bit);
    for (at, fault, told) in [
        (3, Fault::BitFlippedOut(95), Scp03Error::OtherProtocol(0)),
        (3, Fault::BitFlippedOut(80), Scp03Error::OtherKeyVersion { asked: 0x30, found: 0 }),
        (5, of_parameter(5), Scp03Error::LevelUnavailable(0x33)),
    ] {
        let mut world = World::new(false);
        let first = world.run(FaultPlan::at(at, fault)).unwrap_err();
        let PersoError::Channel { step: "INITIALIZE UPDATE", source } = &first else { panic!("{first:?}") };
        assert_eq!(std::mem::discriminant(source), std::mem::discriminant(&told), "{source:?}");
        assert_eq!(first.reason(), Reason::CardNotOurs);
        let again = world.run(FaultPlan::none()).unwrap_err();
        assert_eq!((&again, &world.instructions[..]), (&PersoError::Blocked(Reason::CardNotOurs), &UNTAPPED[..]));
        assert_eq!((again.reason(), again.reason().exit()), (Reason::CardNotOurs, 22));
        world.chip = chip(991_500 + at);
        assert!(matches!(world.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
    }
}

#[test]
fn a_jobs_own_chip_is_not_set_aside_for_one_damaged_answer() {
    let mut world = World::new(false);
    assert!(matches!(world.run(FaultPlan::at(14, Fault::NotDelivered)), Ok(Outcome::Resumable(_))));
    let damaged = world.run(FaultPlan::at(1, Fault::BitFlippedOut(95))).unwrap();
    assert_eq!(damaged.reason(), Some(Reason::CardNotOurs));
    assert!(matches!(world.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
}

/// A world whose second job meets a known public key and whose chip leaves before it is terminated.
fn known_key(seed: u64) -> World {
    let void = |faults: FaultPlan| {
        let mut world = World::new(false);
        world.chip = chip_with_entropy(seed, seed, 8_192);
        assert!(matches!(world.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
        world.chip = chip_with_entropy(seed + 1, seed, 8_192);
        world.work = work("second", seed, false);
        let duplicate = PersoError::Journal(JournalError::Duplicate(Unique::PublicKey));
        let outcome = world.run(faults).unwrap();
        assert!(matches!(&outcome, Outcome::Void { reason: Reason::DuplicateIssue, error: Some(e), .. } if *e == duplicate));
        world
    };
    let whole = void(FaultPlan::none());
    void(FaultPlan::at(whole.exchanges - 4, Fault::RemovedBefore))
}

#[test]
fn a_chip_that_shows_a_known_public_key() {
    let mut world = known_key(992_000);
    assert_eq!(world.chip.lock().unwrap().state(), ChipState::PersoOpen, "it left before TERMINATE");
    let void = std::mem::replace(&mut world.work, work("third", 992_100, false));
    let again = world.run(FaultPlan::none()).unwrap_err();
    assert_eq!((&again, &world.instructions[..]), (&PersoError::Blocked(Reason::DuplicateIssue), &TAPPED[..]));
    assert_eq!((again.reason(), again.reason().exit()), (Reason::DuplicateIssue, 12));
    // Its own job is void and does one thing more with it.
    world.work = void;
    let ended = world.run(FaultPlan::none()).unwrap();
    assert!(matches!(ended, Outcome::Void { reason: Reason::DuplicateIssue, terminated: true, .. }), "{ended:?}");
    assert_eq!(second_job(&mut world, "fourth", 992_101), PersoError::NotBlank("no door answers"));
    assert_eq!(world.instructions, [SELECT], "terminated, it tells no identity any more");
}

#[test]
fn a_chip_whose_public_key_the_signer_knows() {
    let refusing = |faults: FaultPlan| {
        let mut world = World::new(false);
        world.signer.down = Some(SignerError::Refused(Rule::PublicKey));
        let void = world.run(faults).unwrap();
        assert!(matches!(void, Outcome::Void { reason: Reason::SignerRefused, .. }), "{void:?}");
        world
    };
    let whole = refusing(FaultPlan::none());
    let mut world = refusing(FaultPlan::at(whole.exchanges - 4, Fault::RemovedBefore));
    world.signer.down = None;
    assert_eq!(second_job(&mut world, "second", 993_000), PersoError::Blocked(Reason::SignerRefused));
    assert_eq!(world.instructions, TAPPED);
    // Any other rule speaks of the card, not of the chip: the void job alone holds it.
    let mut other = World::new(false);
    other.signer.down = Some(SignerError::Refused(Rule::Hashes));
    assert!(matches!(other.run(FaultPlan::none()), Ok(Outcome::Void { .. })));
    assert_eq!(other.journal.blocked(serial(&other.chip)), Ok(None));
}

#[test]
fn a_chip_that_fails_authentication() {
    // The card's cryptogram at the first tap, and the chip's refusal of ours at door 2.
    let mut blank = World::new(false);
    assert!(matches!(blank.run(FaultPlan::at(5, Fault::BitFlippedOut(8 * 24))), Err(PersoError::AuthenticationFailed(_))));
    assert_eq!(second_job(&mut blank, "second", 994_000), PersoError::Blocked(Reason::CardAuthFailed));
    assert_eq!(blank.instructions, UNTAPPED);
    let mut begun = World::new(false);
    assert!(matches!(begun.run(FaultPlan::at(14, Fault::NotDelivered)), Ok(Outcome::Resumable(_))));
    let void = begun.run(FaultPlan::at(2, Fault::WrongStatusInstead(0x6982))).unwrap();
    assert_eq!(void.reason(), Some(Reason::CardAuthFailed));
    let refused = second_job(&mut begun, "second", 994_001);
    assert_eq!((&refused, refused.reason().exit()), (&PersoError::Blocked(Reason::CardAuthFailed), 23));
    assert_eq!(begun.instructions, TAPPED);
}

#[test]
fn what_the_journal_cannot_keep_the_answer_still_says() {
    let mut world = World::new(false);
    world.chip = begun_elsewhere(14);
    let store = rusqlite::Connection::open(format!("file:{}?mode=memory&cache=shared", world.store)).unwrap();
    store.execute_batch("CREATE TRIGGER full BEFORE INSERT ON perso_blocked BEGIN SELECT RAISE(ABORT, 'full'); END").unwrap();
    assert_eq!(world.run(FaultPlan::none()), Err(PersoError::NotBlank("PERSO_OPEN")));
    store.execute_batch("DROP TRIGGER full").unwrap();
    assert_eq!(world.run(FaultPlan::none()), Err(PersoError::NotBlank("PERSO_OPEN")));
    assert_eq!(world.run(FaultPlan::none()), Err(PersoError::Blocked(Reason::CardNotBlank)));
    // It outlives the process: another hand on the same store finds it.
    let reopened = Journal::in_memory(&world.store).unwrap();
    assert_eq!(reopened.blocked(serial(&world.chip)), Ok(Some(Reason::CardNotBlank)));
}
