//! What PostgreSQL says, as a refusal: by SQLSTATE, since its texts hold values.

use crate::issuance::store::error::StoreError;
use ::postgres::Error;
use ::postgres::error::SqlState;

/// SQLSTATE of the guards of the tables.
const REVOKED: &str = "EK001";
/// SQLSTATE of an item that is not there; the message is its id.
const NO_ITEM: &str = "EK003";

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        let Some(code) = error.code() else {
            return Self::Unavailable(if error.is_closed() { "the connection ended" } else { "no connection" }.into());
        };
        match code {
            code if code.code() == REVOKED => Self::RevokedForGood,
            code if *code == SqlState::DISK_FULL => Self::Full,
            code if [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::LOCK_NOT_AVAILABLE]
                .contains(code) =>
            {
                Self::Busy
            }
            code => Self::Unavailable(format!("PostgreSQL {}", code.code())),
        }
    }
}

/// The unique constraint that was violated.
pub(super) fn violated(error: &Error) -> Option<&str> {
    error.as_db_error().filter(|e| *e.code() == SqlState::UNIQUE_VIOLATION)?.constraint()
}

/// Whether what a row refers to is not there.
pub(super) fn is_foreign(error: &Error) -> bool {
    error.code() == Some(&SqlState::FOREIGN_KEY_VIOLATION)
}

/// The item that is not there.
pub(super) fn missing_item(error: &Error) -> Option<&str> {
    error.as_db_error().filter(|e| e.code().code() == NO_ITEM).map(|e| e.message())
}
