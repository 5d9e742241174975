//! Self-tests of the proof: an engine without its journal, and one without read-back, must be caught.

use super::inspection::Peek;
use super::matrix::{End, check};
use super::world::World;
use crate::chip::link::Counters;
use crate::chip::port::Port;
use crate::perso::engine::Outcome;
use crate::perso::inspect::{Expected, InspectError, Inspector, Matched};
use crate::perso::journal::Journal;
use crate::perso::state::State;
use crate::perso::stream::Passwords;
use crate::pki::sod::SodRead;
use crate::reason::Reason;
use crate::softchip::State as ChipState;
use crate::softchip::faults::{Fault, FaultPlan};
use jiff::Timestamp;

/// A quality control that looks at nothing.
struct Blind;

impl Inspector for Blind {
    fn ready(&self, _: Timestamp) -> Result<(), InspectError> {
        Ok(())
    }

    fn believes(&self, _: SodRead, _: Timestamp) -> Result<(), InspectError> {
        Ok(())
    }

    fn read_back(&mut self, _: &mut dyn Port, _: &Expected<'_>, _: &mut Counters) -> Result<Matched, InspectError> {
        Ok(Matched::unread())
    }

    fn security_object(&mut self, _: &mut dyn Port, _: &Passwords, _: &mut Counters) -> Result<Vec<u8>, InspectError> {
        Ok(Vec::new())
    }

    fn certificate(&self) -> String {
        String::new()
    }
}

#[test]
fn an_engine_without_a_journal_fails_the_matrix() {
    let mut violations = Vec::new();
    let mut stuck = 0;
    for index in 10..14 {
        let mut world = World::new(false);
        for faults in [FaultPlan::at(index, Fault::NoAnswer), FaultPlan::none()] {
            // What it writes is gone with its process.
            let mut forgetful = Journal::in_memory(&format!("forgotten-{}-{index}", world.store)).unwrap();
            let mut peek = Peek::new(&world.chip, None);
            let outcome = world.run_with(&mut forgetful, &mut peek, faults);
            stuck += usize::from(outcome.is_err());
        }
        violations.extend(check(&world, End::Issued));
    }
    assert!(violations.iter().any(|v| v.starts_with("I6")), "{violations:?}");
    assert!(violations.iter().any(|v| v.starts_with("I2")), "{violations:?}");
    assert!(stuck > 0, "a chip that was begun is no blank for an engine that forgot it");
}

#[test]
fn an_engine_without_read_back_fails_where_a_byte_rots_after_commit() {
    let mut honest = World::new(false);
    honest.rots = true;
    match honest.run(FaultPlan::none()).unwrap() {
        Outcome::Void { reason, terminated, .. } => assert_eq!((reason, terminated), (Reason::ReadBackDiffers, true)),
        other => panic!("{other:?}"),
    }
    assert_eq!(honest.job().unwrap().state, State::Void);
    assert!(honest.job().unwrap().runs == 1, "two readings in one run are enough");
    assert_eq!(honest.chip.lock().unwrap().state(), ChipState::Terminated);
    assert_eq!(check(&honest, End::Void), Vec::<String>::new());

    let mut mutant = World::new(false);
    mutant.rots = true;
    let mut journal = Journal::in_memory(&mutant.store).unwrap();
    let outcome = mutant.run_with(&mut journal, &mut Blind, FaultPlan::none()).unwrap();
    assert!(matches!(outcome, Outcome::Issued(_)), "the mutant notices nothing");
    let violations = check(&mutant, End::Issued);
    assert!(violations.iter().any(|v| v.starts_with("I3, I5")), "{violations:?}");
}
