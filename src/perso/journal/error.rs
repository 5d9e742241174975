//! Why the journal refuses.

use crate::pki::statement::StatementError;
use crate::reason::{Reason, Refusal};

/// What must be unique over all jobs of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unique {
    /// Document number.
    DocumentNumber,
    /// Status index.
    StatusIndex,
    /// Chip serial.
    ChipSerial,
    /// A public key born on a chip.
    PublicKey,
}

impl std::fmt::Display for Unique {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::DocumentNumber => "document number",
            Self::StatusIndex => "status index",
            Self::ChipSerial => "chip serial",
            Self::PublicKey => "public key",
        })
    }
}

/// A refusal of the journal. Whatever it is, nothing of the refused step is stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The store cannot be opened, read or written; so the operation that needs it is refused (invariant I7).
    #[error("the journal cannot be used: {0}")]
    Unavailable(String),
    /// The disk, or the store's own bound, has no room for the step.
    #[error("there is no room left for the journal")]
    Full,
    /// The store is of a format that this program does not know.
    #[error("the journal has format {0}, this program knows 1 to 3")]
    UnknownFormat(i64),
    /// The job id was used before with other content.
    #[error("job {0} exists with other content")]
    Conflict(String),
    /// The job has a chip already, and was begun in the other mode: its signer is another one.
    #[error("job {job} was begun in {begun} mode, not in {asked} mode")]
    OtherMode {
        /// The job.
        job: String,
        /// The mode that it was begun in.
        begun: &'static str,
        /// The mode of this run.
        asked: &'static str,
    },
    /// Another job holds this value.
    #[error("another job holds this {0}")]
    Duplicate(Unique),
    /// No job of this id.
    #[error("there is no job {0}")]
    UnknownJob(String),
    /// The job is not in a state that allows the step.
    #[error("the job stands at {at}, which does not allow {step}")]
    WrongState {
        /// State of the job.
        at: &'static str,
        /// What was asked.
        step: &'static str,
    },
    /// The receipt chain has a gap, a fork or an altered entry.
    #[error("the receipt chain breaks at entry {0}")]
    ChainBroken(u64),
    /// A receipt's signature does not hold, or its signer is not accepted.
    #[error("receipt {n}: {why}")]
    BadReceipt {
        /// Its number.
        n: u64,
        /// Why not.
        why: StatementError,
    },
    /// A receipt and its job's row do not say the same.
    #[error("receipt {n} and its job differ in {what}")]
    Contradicted {
        /// Number of the receipt.
        n: u64,
        /// In what.
        what: &'static str,
    },
    /// A job is issued and has no receipt: the end of the chain was cut off.
    #[error("{0} jobs are issued without a receipt")]
    WithoutReceipt(u64),
    /// A stored value does not parse.
    #[error("the journal's field {0} is damaged")]
    Damaged(&'static str),
}

impl Refusal for JournalError {
    fn reason(&self) -> Reason {
        match self {
            Self::Unavailable(_) | Self::UnknownFormat(_) | Self::Damaged(_) => Reason::FileUnreadable,
            Self::Full => Reason::DiskFull,
            Self::Conflict(_) | Self::OtherMode { .. } => Reason::JobConflict,
            Self::Duplicate(_) => Reason::DuplicateIssue,
            Self::UnknownJob(_) | Self::WrongState { .. } => Reason::WrongState,
            Self::ChainBroken(_) => Reason::HashMismatch,
            Self::BadReceipt { why, .. } => why.reason(),
            Self::Contradicted { .. } | Self::WithoutReceipt(_) => Reason::DataInconsistent,
        }
    }
}

impl From<rusqlite::Error> for JournalError {
    fn from(e: rusqlite::Error) -> Self {
        match e.sqlite_error() {
            _ if crate::reason::is_out_of_room(&e) => Self::Full,
            // SQLite's text names tables and columns, never values.
            Some(code) => Self::Unavailable(format!("{e} (SQLite {})", code.extended_code)),
            None => Self::Unavailable(e.to_string()),
        }
    }
}

impl From<std::io::Error> for JournalError {
    fn from(e: std::io::Error) -> Self {
        if Reason::of_io(e.kind()) == Reason::DiskFull { Self::Full } else { Self::Unavailable(e.kind().to_string()) }
    }
}
