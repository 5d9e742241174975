//! Why a report is not made.

use crate::issuance::bureau::BureauError;
use crate::issuance::store::StoreError;
use crate::limits::{REPORT_DAYS, REPORT_ROWS};
use crate::reason::{Reason, Refusal};

/// A refusal of a report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is written down of an open shift does not open.
    #[error(transparent)]
    Bureau(#[from] BureauError),
    /// The time ends before it begins, or is longer than this.
    #[error("a time of 1 to {REPORT_DAYS} days")]
    Time,
    /// More rows of the audit than one report goes through: a shorter time, or one office, has fewer.
    #[error("more than {REPORT_ROWS} rows of the audit are of this time")]
    TooMuch,
    /// The table could not be written as CSV.
    #[error("the table cannot be written as CSV")]
    Csv,
}

impl Refusal for ReportError {
    fn reason(&self) -> Reason {
        match self {
            Self::Store(error) => error.reason(),
            Self::Bureau(error) => error.reason(),
            Self::Time | Self::TooMuch => Reason::InputInvalid,
            Self::Csv => Reason::InternalError,
        }
    }
}
