//! How jobs end when the chip's own state is in doubt: probed, never assumed; and stations that meet at one store.

use super::matrix::{End, check};
use super::services::TestNotary;
use super::world::{World, chip, work};
use crate::chip::scp03::Level;
use crate::crypto::scp03::ChipSerial;
use crate::perso::engine::{Notary, Outcome};
use crate::perso::error::{Ending, PersoError};
use crate::perso::journal::{Entry, Journal, Ledger as _};
use crate::perso::receipt::Mode;
use crate::perso::state::{Intent, State};
use crate::reason::{Reason, Refusal as _};
use crate::softchip::State as ChipState;
use crate::softchip::faults::{Fault, FaultPlan};
use std::cell::Cell;

/// Index of LOCK in a run without faults.
fn lock_index() -> u64 {
    let mut clean = World::new(false);
    clean.run(FaultPlan::none()).unwrap();
    clean.exchanges - 1
}

#[test]
fn a_chip_that_may_be_locked_is_never_void() {
    let lock = lock_index();
    // LOCKED, its reply lost, and the look at it failed too.
    let mut given_up = World::new(false);
    let lost = FaultPlan::at(lock, Fault::NoAnswer).and(lock + 3, Fault::NoAnswer);
    assert!(matches!(given_up.run(lost).unwrap(), Outcome::Resumable(_)));
    assert_eq!(given_up.chip.lock().unwrap().state(), ChipState::Locked);
    assert_eq!(given_up.give_up(true).unwrap(), Outcome::Quarantined { reason: Reason::JobQuarantined });
    assert_eq!(check(&given_up, End::Quarantined), Vec::<String>::new());
    // What fails authentication now told the job's serial without proving it.
    let mut failed = World::new(false);
    assert!(matches!(failed.run(FaultPlan::at(lock, Fault::NotDelivered)).unwrap(), Outcome::Resumable(_)));
    let outcome = failed.run(FaultPlan::at(2, Fault::WrongStatusInstead(0x6982))).unwrap();
    assert_eq!(outcome, Outcome::Quarantined { reason: Reason::JobQuarantined });
}

#[test]
fn giving_up_with_another_chip_on_the_reader_leaves_the_job() {
    let mut world = World::new(false);
    assert!(matches!(world.run(FaultPlan::at(14, Fault::NoAnswer)).unwrap(), Outcome::Resumable(_)));
    let own = std::mem::replace(&mut world.chip, chip(990_101));
    world.run(FaultPlan::none()).unwrap();
    let refused = world.give_up(true).unwrap();
    assert!(matches!(refused, Outcome::Resumable(PersoError::WrongCard { .. })), "{refused:?}");
    assert_eq!(world.job().unwrap().state, State::Open);
    world.chip = own;
    assert!(matches!(world.give_up(true).unwrap(), Outcome::Void { terminated: true, .. }));
}

#[test]
fn a_locked_card_of_somebody_else_does_not_pass_for_the_terminated_chip() {
    let mut other = World::new(false);
    other.run(FaultPlan::none()).unwrap();
    let mut world = World::new(false);
    world.run(FaultPlan::at(14, Fault::NoAnswer)).unwrap();
    let now = jiff::Timestamp::UNIX_EPOCH;
    let id = world.work.job.id.clone();
    world.journal.intend(&id, Intent::Terminate, now).unwrap();
    let end = crate::perso::journal::End::Void { reason: Reason::JobVoid, terminated: false };
    world.journal.end(&id, end, now).unwrap();
    let own = std::mem::replace(&mut world.chip, other.chip);
    assert!(matches!(world.run(FaultPlan::none()).unwrap(), Outcome::Void { terminated: false, .. }));
    world.chip = own;
    assert!(matches!(world.run(FaultPlan::none()).unwrap(), Outcome::Void { terminated: true, .. }));
}

#[test]
fn at_a_level_without_response_macs_no_state_follows_from_a_bare_9000() {
    let length = lock_index() + 1;
    for index in 0..length {
        let mut world = World::new(false);
        world.options.level = Level::CMacCEnc;
        let mut outcome = world.run(FaultPlan::at(index, Fault::WrongStatusInstead(0x9000)));
        for _ in 0..3 {
            if !matches!(outcome, Ok(Outcome::Resumable(_)) | Err(_)) {
                break;
            }
            outcome = world.run(FaultPlan::none());
        }
        let end = match outcome {
            Ok(Outcome::Issued(_)) => End::Issued,
            // E.g. SELECT answered by another leaves the chip at the wrong door, where it cannot prove itself.
            Ok(Outcome::Void { .. }) => End::Void,
            other => panic!("9000 at {index}: {other:?}"),
        };
        assert_eq!(check(&world, end), Vec::<String>::new(), "9000 at {index}");
    }
}

#[test]
fn a_blank_that_the_stock_list_does_not_expect_is_not_touched() {
    let mut world = World::new(false);
    let serial = ChipSerial(world.chip.lock().unwrap().serial()).to_string();
    world.work.job.place.blank_serial_expected = Some("00".repeat(10));
    let wrong = world.run(FaultPlan::none()).unwrap_err();
    assert_eq!(wrong, PersoError::WrongCard { bound: "00".repeat(10), found: serial.clone() });
    assert_eq!((wrong.reason(), world.job().unwrap().chip), (Reason::WrongCard, None));
    assert_eq!(world.chip.lock().unwrap().state(), ChipState::Blank);
    world.work = work("expected", 77_301, false);
    world.work.job.place.blank_serial_expected = Some(serial.to_lowercase());
    assert!(matches!(world.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
}

/// Signs, but only after another station's receipt came first.
struct Late {
    journal: Box<dyn Fn() -> Journal>,
    came: Cell<bool>,
}

impl Notary for Late {
    fn sign(&self, receipt: &[u8]) -> Result<Vec<u8>, PersoError> {
        if !self.came.replace(true) {
            let (mut journal, now) = ((self.journal)(), jiff::Timestamp::UNIX_EPOCH);
            let id = journal.open_job(&work("neighbour", 77_302, false).job, Mode::Local, now).unwrap().id;
            journal.advance(&id, State::Locked, now).unwrap();
            let head = journal.chain_head().unwrap();
            let entry = Entry { n: head.n + 1, previous: head.head, body: b"{}".to_vec(), signature: Vec::new() };
            journal.issue(&id, &entry, now).unwrap();
        }
        TestNotary.sign(receipt)
    }

    fn certificate(&self) -> String {
        TestNotary.certificate()
    }
}

#[test]
fn two_stations_that_finish_at_once_both_get_their_receipt() {
    let mut world = World::new(false);
    let store = world.store.clone();
    world.notary = Box::new(Late { journal: Box::new(move || Journal::in_memory(&store).unwrap()), came: Cell::new(false) });
    let Ok(Outcome::Issued(receipt)) = world.run(FaultPlan::none()) else { panic!("not issued") };
    assert_eq!((receipt.number, world.journal.chain_head().map(|head| head.n)), (2, Ok(2)));
}

#[test]
fn a_second_run_of_a_job_does_not_end_what_the_first_began() {
    let mut world = World::new(false);
    assert!(matches!(world.run(FaultPlan::at(14, Fault::NoAnswer)).unwrap(), Outcome::Resumable(_)));
    // A run that read the job before the first one bound its chip comes late with another.
    let (id, now) = (world.work.job.id.clone(), jiff::Timestamp::UNIX_EPOCH);
    let refused = world.journal.reserve(&id, ChipSerial([9; 10]), now).unwrap_err();
    assert_eq!(PersoError::from(refused).end(), Ending::Wait, "the late run waits; the job does not end");
    assert!(matches!(world.run(FaultPlan::none()), Ok(Outcome::Issued(_))));
}
