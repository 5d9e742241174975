//! Why a card is not handed over. Nothing is stored then, and the card stays where it is.

use super::trial::TrialError;
use crate::issuance::application;
use crate::issuance::card;
use crate::issuance::case::CaseError;
use crate::issuance::case::receipt::ReceiptError;
use crate::issuance::centre::CentreError;
use crate::issuance::desk::DeskError;
use crate::issuance::office::Office;
use crate::issuance::store::{self, StoreError};
use crate::reason::{Reason, Refusal};
use crate::verify::StateError;

/// A refusal of a handover.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandoverError {
    /// The desk or the store refuses.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The case cannot be opened.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A clarification holds it, or what is kept of the card does not open.
    #[error(transparent)]
    Centre(#[from] CentreError),
    /// The receipt is not the one that counts.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// The card is handed over at another desk.
    #[error("the card is handed over at another desk")]
    Elsewhere(Option<Office>),
    /// The application waits for no handover.
    #[error("an application that is {0:?} waits for no handover")]
    State(application::State),
    /// The card was not found genuine for handover, for this reason.
    #[error("the card was not found genuine for handover: {0}")]
    Verdict(Reason),
    /// The card that lies there is not the application's.
    #[error("the card that lies there is not this application's")]
    OtherCard,
    /// The card is not where a card waits to be handed over: one that was revoked meanwhile is an incident.
    #[error("a card that is {0:?} is not handed over")]
    Card(card::State),
    /// Another office signed for the card last.
    #[error("the card is in the custody of {0}")]
    Custody(store::Office),
    /// The card's fingers were not read, or are none.
    #[error("the fingers of the card were not read")]
    Fingers,
    /// The comparison cannot be begun, or is not over.
    #[error(transparent)]
    Trial(#[from] TrialError),
    /// The manual way is for cards alone whose signed data hold no finger.
    #[error("the card holds fingers: they are compared")]
    HasFingers,
    /// The manual way takes a second officer, and with the receipt lost too the regency's approval.
    #[error("this takes a second officer")]
    SecondMissing,
    /// The old card is revoked with the handover, and nobody here may do that.
    #[error("the old card is revoked with the handover: a supervisor or the centre must take part")]
    NoRevoker,
    /// The card is a copy in an office's own store: its handover is signed and queued for the centre.
    #[error("this store is not the centre's: the handover is signed and queued")]
    Copy,
    /// The desk's memory of lists cannot be used.
    #[error(transparent)]
    Memory(#[from] StateError),
}

impl From<StoreError> for HandoverError {
    fn from(error: StoreError) -> Self {
        Self::Desk(error.into())
    }
}

impl Refusal for HandoverError {
    fn reason(&self) -> Reason {
        match self {
            Self::Desk(error) => error.reason(),
            Self::Case(error) => error.reason(),
            Self::Centre(error) => error.reason(),
            Self::Receipt(error) => error.reason(),
            Self::Elsewhere(_) | Self::Custody(_) | Self::SecondMissing | Self::NoRevoker => Reason::NotPermitted,
            Self::State(_) | Self::HasFingers | Self::Copy => Reason::WrongState,
            Self::Verdict(reason) => *reason,
            Self::OtherCard => Reason::InputInvalid,
            Self::Card(state) if state.number() == card::Number::Revoked => Reason::CardRevoked,
            Self::Card(_) => Reason::WrongState,
            Self::Fingers => Reason::GroupNotRead,
            Self::Trial(error) => error.reason(),
            Self::Memory(error) => error.reason(),
        }
    }
}
