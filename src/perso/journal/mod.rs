//! The station's journal: what must be durable before the next step begins. It is a file of the station's own, or tables of the store
//! of issuance, on whichever database that is: the steps are the same ([`base`]).

pub mod base;
mod chain;
mod error;
mod row;
pub mod schema;
mod sqlite;
mod steps;

pub use chain::{ChainHead, Entry};
pub use error::{JournalError, Unique};
pub use row::{Job, RegisteredKey, SetAside};

use self::base::{Base, Plain, Seals};
use self::sqlite::Sqlite;
use super::job::{JobId, NewJob};
use super::receipt::Mode;
use super::state::{Intent, State};
use crate::crypto::scp03::ChipSerial;
use crate::reason::Reason;
use jiff::Timestamp;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;

/// What the engine asks of a journal. Each call that changes something returns only when the change is durable.
pub trait Ledger {
    /// Takes a job in, or finds it again: same id and content, same job. From the first chip on it stays with its mode: another
    /// signer does not know what this one has signed.
    ///
    /// # Errors
    /// [`JournalError::Conflict`], [`JournalError::OtherMode`], [`JournalError::Duplicate`].
    fn open_job(&mut self, new: &NewJob, mode: Mode, now: Timestamp) -> Result<Job, JournalError>;
    /// The job of an id.
    ///
    /// # Errors
    /// [`JournalError::UnknownJob`].
    fn job(&self, id: &JobId) -> Result<Job, JournalError>;
    /// Why a chip must never be tried again, if so.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`].
    fn blocked(&self, chip: ChipSerial) -> Result<Option<Reason>, JournalError>;
    /// Blocks a chip for good.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`].
    fn block(&mut self, chip: ChipSerial, reason: Reason, now: Timestamp) -> Result<(), JournalError>;
    /// The job that holds a chip, if any.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`].
    fn holder(&self, chip: ChipSerial) -> Result<Option<JobId>, JournalError>;
    /// Begins a run: counts it and notes the reader.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`].
    fn begin_run(&mut self, id: &JobId, reader: &str, now: Timestamp) -> Result<(), JournalError>;
    /// Binds a chip to the job; the same chip again is no change.
    ///
    /// # Errors
    /// [`JournalError::Duplicate`] if another job holds the chip, [`JournalError::Conflict`] if this job holds another chip,
    /// [`JournalError::WrongState`].
    fn reserve(&mut self, id: &JobId, chip: ChipSerial, now: Timestamp) -> Result<(), JournalError>;
    /// Notes the digest of the pass 1 stream; another digest later is [`JournalError::Conflict`].
    ///
    /// # Errors
    /// As said.
    fn bind_stream(&mut self, id: &JobId, digest: [u8; 32], now: Timestamp) -> Result<(), JournalError>;
    /// Writes an intent ahead of its APDU.
    ///
    /// # Errors
    /// [`JournalError::WrongState`] after the job's end.
    fn intend(&mut self, id: &JobId, intent: Intent, now: Timestamp) -> Result<(), JournalError>;
    /// Moves the job forward; a state already passed is no change.
    ///
    /// # Errors
    /// [`JournalError::WrongState`] after the job's end.
    fn advance(&mut self, id: &JobId, state: State, now: Timestamp) -> Result<(), JournalError>;
    /// Registers the chip's keys, unique for ever; the same again is no change.
    ///
    /// # Errors
    /// [`JournalError::Duplicate`], [`JournalError::Conflict`] if the job has other keys.
    fn register_keys(&mut self, id: &JobId, keys: &[RegisteredKey], now: Timestamp) -> Result<(), JournalError>;
    /// Stores EF.SOD as signed; other bytes later are [`JournalError::Conflict`].
    ///
    /// # Errors
    /// As said.
    fn store_sod(&mut self, id: &JobId, sod: &[u8], now: Timestamp) -> Result<(), JournalError>;
    /// Adds a run's APDUs and wire bytes.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`].
    fn count(&mut self, id: &JobId, apdus: u64, sent: u64, received: u64) -> Result<(), JournalError>;
    /// Ends the job as VOID or QUARANTINED.
    ///
    /// # Errors
    /// [`JournalError::WrongState`] if it ended otherwise before.
    fn end(&mut self, id: &JobId, end: End, now: Timestamp) -> Result<(), JournalError>;
    /// Where the receipt chain stands; fails if it cannot be continued.
    ///
    /// # Errors
    /// [`JournalError::ChainBroken`], [`JournalError::Unavailable`].
    fn chain_head(&self) -> Result<ChainHead, JournalError>;
    /// Appends the receipt and makes the job ISSUED, in one transaction. A receipt of the same job again is no change.
    ///
    /// # Errors
    /// [`JournalError::ChainBroken`] if `entry` does not continue the chain; [`JournalError::WrongState`] unless LOCKED.
    fn issue(&mut self, id: &JobId, entry: &Entry, now: Timestamp) -> Result<(), JournalError>;
    /// The receipt of a job, if it has one.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`].
    fn receipt(&self, id: &JobId) -> Result<Option<Entry>, JournalError>;
}

/// How a job ends that issues no card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The chip must be destroyed; `terminated` when it answered so.
    Void {
        /// Why.
        reason: Reason,
        /// Whether the chip was seen TERMINATED.
        terminated: bool,
    },
    /// The chip's state is unknown.
    Quarantined {
        /// Why.
        reason: Reason,
    },
}

/// The journal. A station's own is in SQLite: write-ahead log, full synchronization, file mode 0600.
pub struct Journal {
    base: Box<dyn Base>,
    seals: Arc<dyn Seals>,
    /// Whose receipt chain is continued; nobody's name in a station's own file.
    station: String,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Journal({})", self.station)
    }
}

impl Journal {
    /// Opens a station's own file at `path`, making it if it is not there.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`], [`JournalError::Full`], [`JournalError::UnknownFormat`].
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        Ok(Self::own(Sqlite::open(path)?))
    }

    /// A journal in memory that every connection of the same `name` in this process shares: simulations and tests.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`].
    pub fn in_memory(name: &str) -> Result<Self, JournalError> {
        Ok(Self::own(Sqlite::in_memory(name)?))
    }

    fn own(base: Sqlite) -> Self {
        Self { base: Box::new(base), seals: Arc::new(Plain), station: String::new() }
    }

    /// The journal in a store of issuance, on a connection of its own whose settings are made; it continues, or begins, the receipt
    /// chain of this station.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`], [`JournalError::Full`].
    pub fn in_store(base: Box<dyn Base>, seals: Arc<dyn Seals>, station: &str) -> Result<Self, JournalError> {
        base.step(&mut |tx| chain::begin(tx, station))?;
        Ok(Self { base, seals, station: station.to_owned() })
    }

    /// The same for whoever only looks: it has no chain of its own.
    #[must_use]
    pub fn seen_in_store(base: Box<dyn Base>, seals: Arc<dyn Seals>) -> Self {
        Self { base, seals, station: String::new() }
    }

    /// The same in a store that is a file of SQLite.
    #[must_use]
    pub fn seen_in_sqlite(db: Connection, seals: Arc<dyn Seals>) -> Self {
        Self::seen_in_store(Box::new(Sqlite::of_store(db)), seals)
    }

    /// The journal in a store that is a file of SQLite.
    ///
    /// # Errors
    /// As [`Journal::in_store`].
    pub fn in_sqlite(db: Connection, seals: Arc<dyn Seals>, station: &str) -> Result<Self, JournalError> {
        Self::in_store(Box::new(Sqlite::of_store(db)), seals, station)
    }

    /// Every job, oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`], [`JournalError::Damaged`].
    pub fn jobs(&self, limit: u32) -> Result<Vec<Job>, JournalError> {
        self.look(|tx| row::all(tx, self.seals.as_ref(), limit))
    }

    /// The chips that must never be tried again, in the order in which they were set aside, at most `limit`.
    ///
    /// # Errors
    /// [`JournalError::Unavailable`], [`JournalError::Damaged`].
    pub fn set_aside(&self, limit: u32) -> Result<Vec<SetAside>, JournalError> {
        self.look(|tx| row::set_aside(tx, limit))
    }
}

#[cfg(test)]
pub(crate) mod tests;
