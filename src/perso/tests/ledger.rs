//! A journal that fails at its nth call, reads included.

use super::nth::Nth;
use crate::crypto::scp03::ChipSerial;
use crate::perso::job::{JobId, NewJob};
use crate::perso::journal::{ChainHead, End, Entry, Job, Journal, JournalError, Ledger, RegisteredKey};
use crate::perso::receipt::Mode;
use crate::perso::state::{Intent, State};
use crate::reason::Reason;
use jiff::Timestamp;

/// The real journal behind its plan.
pub(super) struct ShakyLedger<'a> {
    pub(super) journal: Journal,
    pub(super) nth: &'a Nth<JournalError>,
}

impl Ledger for ShakyLedger<'_> {
    fn open_job(&mut self, new: &NewJob, mode: Mode, now: Timestamp) -> Result<Job, JournalError> {
        self.nth.call(|| self.journal.open_job(new, mode, now))
    }
    fn job(&self, id: &JobId) -> Result<Job, JournalError> {
        self.nth.call(|| self.journal.job(id))
    }
    fn blocked(&self, chip: ChipSerial) -> Result<Option<Reason>, JournalError> {
        self.nth.call(|| self.journal.blocked(chip))
    }
    fn block(&mut self, chip: ChipSerial, reason: Reason, now: Timestamp) -> Result<(), JournalError> {
        self.nth.call(|| self.journal.block(chip, reason, now))
    }
    fn holder(&self, chip: ChipSerial) -> Result<Option<JobId>, JournalError> {
        self.nth.call(|| self.journal.holder(chip))
    }
    fn begin_run(&mut self, id: &JobId, reader: &str, now: Timestamp) -> Result<(), JournalError> {
        self.nth.call(|| self.journal.begin_run(id, reader, now))
    }
    fn reserve(&mut self, id: &JobId, chip: ChipSerial, now: Timestamp) -> Result<(), JournalError> {
        self.nth.call(|| self.journal.reserve(id, chip, now))
    }
    fn bind_stream(&mut self, id: &JobId, digest: [u8; 32], now: Timestamp) -> Result<(), JournalError> {
        self.nth.call(|| self.journal.bind_stream(id, digest, now))
    }
    fn intend(&mut self, id: &JobId, intent: Intent, now: Timestamp) -> Result<(), JournalError> {
        self.nth.call(|| self.journal.intend(id, intent, now))
    }
    fn advance(&mut self, id: &JobId, state: State, now: Timestamp) -> Result<(), JournalError> {
        self.nth.call(|| self.journal.advance(id, state, now))
    }
    fn register_keys(&mut self, id: &JobId, keys: &[RegisteredKey], now: Timestamp) -> Result<(), JournalError> {
        self.nth.call(|| self.journal.register_keys(id, keys, now))
    }
    fn store_sod(&mut self, id: &JobId, sod: &[u8], now: Timestamp) -> Result<(), JournalError> {
        self.nth.call(|| self.journal.store_sod(id, sod, now))
    }
    fn count(&mut self, id: &JobId, apdus: u64, sent: u64, received: u64) -> Result<(), JournalError> {
        self.nth.call(|| self.journal.count(id, apdus, sent, received))
    }
    fn end(&mut self, id: &JobId, end: End, now: Timestamp) -> Result<(), JournalError> {
        self.nth.call(|| self.journal.end(id, end, now))
    }
    fn chain_head(&self) -> Result<ChainHead, JournalError> {
        self.nth.call(|| self.journal.chain_head())
    }
    fn issue(&mut self, id: &JobId, entry: &Entry, now: Timestamp) -> Result<(), JournalError> {
        self.nth.call(|| self.journal.issue(id, entry, now))
    }
    fn receipt(&self, id: &JobId) -> Result<Option<Entry>, JournalError> {
        self.nth.call(|| self.journal.receipt(id))
    }
}
