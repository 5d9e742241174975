//! SQLite itself without room: the store may hold one page more each time, until a run passes.

use super::matrix::{End, check};
use super::world::World;
use crate::perso::engine::Outcome;
use crate::perso::error::PersoError;
use crate::perso::journal::{JournalError, Ledger as _};
use crate::reason::Reason;
use crate::softchip::State as ChipState;
use crate::softchip::faults::FaultPlan;
use rusqlite::Connection;

/// Where these worlds' seeds begin, far from others'.
const SEEDS: u64 = 1 << 33;
/// More pages than any store here needs.
const PLENTY: u32 = 1 << 30;

/// A world whose store has the smallest pages, and a second hand on that store.
fn small(seed: u64) -> (Connection, World) {
    let store = Connection::open(format!("file:world-{seed}?mode=memory&cache=shared")).unwrap();
    store.execute_batch("PRAGMA page_size = 512; CREATE TABLE first (x); DROP TABLE first").unwrap();
    (store, World::seeded(seed, true))
}

fn bound(store: &Connection, pages: u32) {
    store.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).unwrap();
}

#[test]
fn a_store_that_is_full_at_any_page_stops_the_run_and_never_the_card() {
    let mut states = Vec::new();
    for more in 0..1_000_u32 {
        let (store, mut world) = small(SEEDS + u64::from(more));
        let pages: u32 = store.query_row("PRAGMA page_count", [], |r| r.get(0)).unwrap();
        bound(&store, pages + more);
        let outcome = world.run(FaultPlan::none());
        if matches!(outcome, Ok(Outcome::Issued(_))) {
            break;
        }
        let full = PersoError::Journal(JournalError::Full);
        assert!(outcome == Err(full.clone()) || outcome == Ok(Outcome::Resumable(full)), "{more} pages more: {outcome:?}");
        let state = world.job().map_or("NONE", |job| job.state.name());
        if state == "NONE" || state == "AWAIT_CARD" {
            assert_eq!(world.bound().lock().unwrap().state(), ChipState::Blank, "no job, no chip");
        }
        states.push(state);
        bound(&store, PLENTY);
        let end = world.resume(outcome);
        assert_eq!(End::of(&end), Some(End::Issued), "{more} pages more: {end:?}");
        assert_eq!(check(&world, End::Issued), Vec::<String>::new(), "{more} pages more");
    }
    assert!(states.len() < 1_000, "it never passed");
    println!("full stores: {} points, jobs stood at {states:?}, then all issued", states.len());
    for state in ["NONE", "LOCKED"] {
        assert!(states.contains(&state), "the first write and the receipt's own must fail too: {states:?}");
    }
}

#[test]
fn a_store_that_cannot_be_read_or_is_cut_refuses_before_the_chip_is_touched() {
    let (store, mut world) = small(SEEDS - 1);
    store.execute_batch("UPDATE perso_chain SET n = 7").unwrap();
    assert_eq!(world.run(FaultPlan::none()), Err(PersoError::Journal(JournalError::ChainBroken(7))));
    store.execute_batch("DELETE FROM perso_chain").unwrap();
    let refused = world.run(FaultPlan::none()).unwrap_err();
    assert!(matches!(refused, PersoError::Journal(JournalError::Unavailable(_))), "{refused:?}");
    assert_eq!(crate::reason::Refusal::reason(&refused), Reason::FileUnreadable);
    assert_eq!((world.exchanges, world.chip.lock().unwrap().state()), (0, ChipState::Blank));
    assert!(world.journal.job(&world.work.job.id).is_err(), "nothing is taken in that cannot end in a receipt");
}
