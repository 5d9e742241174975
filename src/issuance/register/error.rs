//! Why the register does not answer, or does not take something in.

use crate::issuance::desk::DeskError;
use crate::issuance::store::StoreError;
use crate::reason::{Reason, Refusal};

/// A refusal of the register.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// Nobody in the register has this NIK, or is of this family card.
    #[error("the population register knows nobody of this number")]
    Unknown,
    /// The resident of this NIK is of another family card.
    #[error("the resident of this NIK is of another family card")]
    OtherFamily,
    /// Somebody in the file, the first being 1, is dead by the register.
    #[error("resident {0} of the file is dead by the register")]
    Dead(usize),
    /// Somebody in the file, the first being 1, is or was of an office that this one does not hold.
    #[error("resident {0} is another office's: of an address that this office does not hold")]
    Elsewhere(usize),
    /// The desk or the store refuses.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl From<StoreError> for RegisterError {
    fn from(error: StoreError) -> Self {
        Self::Desk(error.into())
    }
}

impl Refusal for RegisterError {
    fn reason(&self) -> Reason {
        match self {
            Self::Unknown => Reason::ResidentUnknown,
            Self::OtherFamily => Reason::InputInvalid,
            Self::Dead(_) => Reason::WrongState,
            Self::Elsewhere(_) => Reason::NotPermitted,
            Self::Desk(error) => error.reason(),
        }
    }
}
