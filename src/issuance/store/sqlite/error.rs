//! What SQLite says, as a refusal; its text names tables and columns, never values.

use crate::issuance::store::error::StoreError;
use crate::reason::Reason;
use rusqlite::ErrorCode;

/// What the guards of the tables say of a revoked card.
const REVOKED: &str = "ektp: revoked for good";

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        if crate::reason::is_out_of_room(&error) {
            return Self::Full;
        }
        if matches!(&error, rusqlite::Error::SqliteFailure(_, Some(text)) if text == REVOKED) {
            return Self::RevokedForGood;
        }
        match code(&error) {
            Some(e) if matches!(e.code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(e) if e.code == ErrorCode::NotADatabase => Self::NotAStore,
            Some(e) => Self::Unavailable(format!("SQLite {}", e.extended_code)),
            // A column of another type than was written.
            None => Self::Damaged("a column"),
        }
    }
}

/// What SQLite said, of a statement that ran or of one that it could not read.
const fn code(error: &rusqlite::Error) -> Option<&rusqlite::ffi::Error> {
    match error {
        rusqlite::Error::SqliteFailure(e, _) | rusqlite::Error::SqlInputError { error: e, .. } => Some(e),
        _ => None,
    }
}

/// The columns of a unique constraint that was violated.
pub(super) fn violated(error: &rusqlite::Error) -> Option<&str> {
    match error {
        rusqlite::Error::SqliteFailure(e, Some(text)) if e.code == ErrorCode::ConstraintViolation => {
            text.strip_prefix("UNIQUE constraint failed: ")
        }
        _ => None,
    }
}

/// Whether what a row refers to is not there.
pub(super) fn is_foreign(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|e| e.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY)
}

/// What the system says of a file.
pub(in crate::issuance::store) fn of_io(error: &std::io::Error) -> StoreError {
    match Reason::of_io(error.kind()) {
        Reason::DiskFull => StoreError::Full,
        Reason::OutputExists => StoreError::Exists,
        _ => StoreError::Unavailable(error.kind().to_string()),
    }
}
