//! The station dies before and after every step of its journal; and a journal that cannot write stops the run.

use super::inspection::Peek;
use super::matrix::{End, check};
use super::world::World;
use crate::crypto::scp03::ChipSerial;
use crate::perso::engine::Outcome;
use crate::perso::error::PersoError;
use crate::perso::job::{JobId, NewJob};
use crate::perso::journal::{ChainHead, End as JobEnd, Entry, Job, Journal, JournalError, Ledger, RegisteredKey};
use crate::perso::state::{Intent, State};
use crate::reason::Reason;
use crate::softchip::faults::FaultPlan;
use jiff::Timestamp;

/// A journal whose process dies at its nth write: before it is durable, or after.
struct Dying {
    journal: Journal,
    writes: u32,
    dies_at: u32,
    after: bool,
}

impl Dying {
    fn write<T>(&mut self, step: impl FnOnce(&mut Journal) -> Result<T, JournalError>) -> Result<T, JournalError> {
        let dead = || JournalError::Unavailable("dead".into());
        self.writes += 1;
        if self.writes > self.dies_at || (self.writes == self.dies_at && !self.after) {
            return Err(dead());
        }
        let done = step(&mut self.journal)?;
        if self.writes == self.dies_at { Err(dead()) } else { Ok(done) }
    }
}

impl Ledger for Dying {
    fn open_job(&mut self, new: &NewJob, now: Timestamp) -> Result<Job, JournalError> {
        self.write(|j| j.open_job(new, now))
    }
    fn job(&self, id: &JobId) -> Result<Job, JournalError> {
        self.journal.job(id)
    }
    fn blocked(&self, chip: ChipSerial) -> Result<Option<Reason>, JournalError> {
        self.journal.blocked(chip)
    }
    fn block(&mut self, chip: ChipSerial, reason: Reason, now: Timestamp) -> Result<(), JournalError> {
        self.write(|j| j.block(chip, reason, now))
    }
    fn holder(&self, chip: ChipSerial) -> Result<Option<JobId>, JournalError> {
        self.journal.holder(chip)
    }
    fn begin_run(&mut self, id: &JobId, reader: &str, now: Timestamp) -> Result<(), JournalError> {
        self.write(|j| j.begin_run(id, reader, now))
    }
    fn reserve(&mut self, id: &JobId, chip: ChipSerial, now: Timestamp) -> Result<(), JournalError> {
        self.write(|j| j.reserve(id, chip, now))
    }
    fn bind_stream(&mut self, id: &JobId, digest: [u8; 32], now: Timestamp) -> Result<(), JournalError> {
        self.write(|j| j.bind_stream(id, digest, now))
    }
    fn intend(&mut self, id: &JobId, intent: Intent, now: Timestamp) -> Result<(), JournalError> {
        self.write(|j| j.intend(id, intent, now))
    }
    fn advance(&mut self, id: &JobId, state: State, now: Timestamp) -> Result<(), JournalError> {
        self.write(|j| j.advance(id, state, now))
    }
    fn register_keys(&mut self, id: &JobId, keys: &[RegisteredKey], now: Timestamp) -> Result<(), JournalError> {
        self.write(|j| j.register_keys(id, keys, now))
    }
    fn store_sod(&mut self, id: &JobId, sod: &[u8], now: Timestamp) -> Result<(), JournalError> {
        self.write(|j| j.store_sod(id, sod, now))
    }
    fn count(&mut self, id: &JobId, apdus: u64, sent: u64, received: u64) -> Result<(), JournalError> {
        self.write(|j| j.count(id, apdus, sent, received))
    }
    fn end(&mut self, id: &JobId, end: JobEnd, now: Timestamp) -> Result<(), JournalError> {
        self.write(|j| j.end(id, end, now))
    }
    fn chain_head(&self) -> Result<ChainHead, JournalError> {
        self.journal.chain_head()
    }
    fn issue(&mut self, id: &JobId, entry: &Entry, now: Timestamp) -> Result<(), JournalError> {
        self.write(|j| j.issue(id, entry, now))
    }
    fn receipt(&self, id: &JobId) -> Result<Option<Entry>, JournalError> {
        self.journal.receipt(id)
    }
}

fn run_until(world: &mut World, dies_at: u32, after: bool) -> (Result<Outcome, PersoError>, u32) {
    let journal = Journal::in_memory(&world.store).unwrap();
    let mut dying = Dying { journal, writes: 0, dies_at, after };
    let sod = world.job().and_then(|job| job.sod);
    let mut peek = Peek::new(&world.chip, sod);
    let outcome = world.run_with(&mut dying, &mut peek, FaultPlan::none());
    (outcome, dying.writes)
}

#[test]
fn dying_before_or_after_any_write_loses_nothing_and_makes_nothing_twice() {
    let (clean, writes) = run_until(&mut World::new(true), u32::MAX, false);
    assert!(matches!(clean, Ok(Outcome::Issued(_))));
    let mut points = 0;
    for dies_at in 1..=writes {
        for after in [false, true] {
            let mut world = World::new(true);
            let (died, _) = run_until(&mut world, dies_at, after);
            assert!(!matches!(died, Ok(Outcome::Void { .. } | Outcome::Quarantined { .. })), "{died:?}");
            let resumed = world.run(FaultPlan::none()).unwrap();
            assert!(matches!(resumed, Outcome::Issued(_)), "write {dies_at}, after {after}: {resumed:?}");
            assert_eq!(check(&world, End::Issued), Vec::<String>::new(), "write {dies_at}, after {after}");
            points += 1;
        }
    }
    println!("crash matrix: {points} points = {writes} journal writes, before and after each");
}
