//! Why a number's worth is not changed, or the list not given out. Nothing is stored then.

use crate::issuance::bureau::BureauError;
use crate::issuance::centre::CentreError;
use crate::issuance::desk::DeskError;
use crate::issuance::store::{Id, StoreError};
use crate::pki::status_list::StatusListError;
use crate::reason::{Reason, Refusal};

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatusError {
    /// The desk or the store refuses.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// What is written down of a thing, or where it stands.
    #[error(transparent)]
    Bureau(#[from] BureauError),
    /// What is kept of a card does not open.
    #[error(transparent)]
    Centre(#[from] CentreError),
    /// The list or its register refuses.
    #[error(transparent)]
    List(#[from] StatusListError),
    /// Neither the resident's office nor one above it.
    #[error("card {0} is of another office's resident")]
    Elsewhere(Id),
    /// Here as a copy, in the store of an office that has its own.
    #[error("card {0} is the centre's, and here as a copy: this is done in the centre's store")]
    CentresCard(Id),
    /// A reason for which another card is made: the old one is revoked in the change that activates it.
    #[error("for `{0}` a new card is applied for, and the old one is revoked when that is handed over")]
    WithNextCard(&'static str),
    /// The register has the holder as living here.
    #[error("the population register has the holder as living here: record the departure first")]
    StillResident,
    /// A clarification suspended the card and is not decided yet.
    #[error("the card was suspended by the clarification of {0}, which decides")]
    Clarified(Id),
}

impl From<StoreError> for StatusError {
    fn from(error: StoreError) -> Self {
        Self::Desk(error.into())
    }
}

impl Refusal for StatusError {
    fn reason(&self) -> Reason {
        match self {
            Self::Desk(error) => error.reason(),
            Self::Bureau(error) => error.reason(),
            Self::Centre(error) => error.reason(),
            Self::List(error) => error.reason(),
            Self::Elsewhere(_) | Self::CentresCard(_) => Reason::NotPermitted,
            Self::WithNextCard(_) | Self::StillResident | Self::Clarified(_) => Reason::WrongState,
        }
    }
}
