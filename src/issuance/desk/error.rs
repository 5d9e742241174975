//! Why a desk does not take a step. Nothing of it is stored then.

use super::officer::HandError;
use crate::issuance::office::Office;
use crate::issuance::officer::{ActError, OfficerId};
use crate::issuance::packet::PacketError;
use crate::issuance::store::StoreError;
use crate::reason::{Reason, Refusal};

/// A refusal of a desk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// The store refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An officer may not, or a signature does not count.
    #[error(transparent)]
    Act(#[from] ActError),
    /// An officer of another office, which is not above this one.
    #[error("officer {officer} of {office} takes no steps at {at}")]
    Elsewhere {
        /// Who.
        officer: OfficerId,
        /// The office of the grant.
        office: Office,
        /// The office of the step.
        at: Office,
    },
    /// A packet cannot be made.
    #[error(transparent)]
    Packet(#[from] PacketError),
    /// A signature could not be had.
    #[error(transparent)]
    Hand(#[from] HandError),
}

impl Refusal for DeskError {
    fn reason(&self) -> Reason {
        match self {
            Self::Store(error) => error.reason(),
            Self::Act(error) => error.reason(),
            Self::Elsewhere { .. } => Reason::NotPermitted,
            Self::Packet(error) => error.reason(),
            Self::Hand(error) => error.reason(),
        }
    }
}
