//! The station dies before and after every step of its journal.

use super::inspection::Peek;
use super::ledger::ShakyLedger;
use super::matrix::{End, check};
use super::nth::{Failing, Nth};
use super::world::World;
use crate::perso::engine::Outcome;
use crate::perso::error::PersoError;
use crate::perso::journal::JournalError;
use crate::softchip::faults::FaultPlan;

fn run_until(world: &mut World, dies_at: u32, after: bool) -> (Result<Outcome, PersoError>, u32) {
    let mut nth = Nth::default();
    nth.fail(Failing { at: dies_at, after, lasting: true, error: JournalError::Unavailable("dead".into()) });
    let mut dying = ShakyLedger { journal: world.open(), nth: &nth };
    let sod = world.job().and_then(|job| job.sod);
    let mut peek = Peek::new(&world.chip, sod);
    let outcome = world.run_with(&mut dying, &mut peek, FaultPlan::none());
    (outcome, nth.made())
}

#[test]
fn dying_before_or_after_any_call_of_the_journal_loses_nothing_and_makes_nothing_twice() {
    dying(&|| World::new(true));
}

/// The same wherever the journal is kept: each world is a new one.
pub(super) fn dying(new: &dyn Fn() -> World) {
    let (clean, calls) = run_until(&mut new(), u32::MAX, false);
    assert!(matches!(clean, Ok(Outcome::Issued(_))));
    let mut points = 0;
    for dies_at in 1..=calls {
        for after in [false, true] {
            let mut world = new();
            let (died, _) = run_until(&mut world, dies_at, after);
            assert!(!matches!(died, Ok(Outcome::Void { .. } | Outcome::Quarantined { .. })), "{died:?}");
            let resumed = world.run(FaultPlan::none()).unwrap();
            assert!(matches!(resumed, Outcome::Issued(_)), "call {dies_at}, after {after}: {resumed:?}");
            assert_eq!(check(&world, End::Issued), Vec::<String>::new(), "call {dies_at}, after {after}");
            points += 1;
        }
    }
    println!("crash matrix: {points} points = {calls} calls of the journal, before and after each");
}
