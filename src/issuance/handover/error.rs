//! Why a card is not handed over. Nothing is stored then, and the card stays where it is.

use super::policy::PolicyError;
use super::trial::TrialError;
use crate::issuance::application;
use crate::issuance::bureau::BureauError;
use crate::issuance::card;
use crate::issuance::case::CaseError;
use crate::issuance::case::receipt::ReceiptError;
use crate::issuance::centre::CentreError;
use crate::issuance::desk::DeskError;
use crate::issuance::names::Named as _;
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
    #[error("the card is handed over at {}", .0.map_or_else(|| "another desk".to_owned(), |office| office.to_string()))]
    Elsewhere(Option<Office>),
    /// The application waits for no handover.
    #[error("an application that is {} waits for no handover", .0.name())]
    State(application::State),
    /// The card was not found genuine for handover, for this reason.
    #[error("the card was not found genuine for handover: {0}")]
    Verdict(Reason),
    /// The card that lies there is not the application's.
    #[error("the card that lies there is not this application's")]
    OtherCard,
    /// The card is not where a card waits to be handed over: one that was revoked meanwhile is an incident.
    #[error("a card that is {} is not handed over", .0.name())]
    Card(card::State),
    /// Another office signed for the card last.
    #[error("the card is in the custody of {0}, which hands it over or sends it here")]
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
    /// A round that is another officer's, and the manual way, take a second officer.
    #[error("this takes a second officer, who sits down too: --second, or --second-session")]
    SecondMissing,
    /// No finger on the card, and the receipt lost too: the second officer is the regency's.
    #[error("with the receipt lost too, a supervisor or the head of the regency's office must take part")]
    Regency,
    /// The holder is known by the picture on the card, and that is not the picture that was looked at.
    #[error("the picture that was looked at is not the one on the card")]
    Portrait,
    /// The comparison is not the one that the store keeps.
    #[error("the comparison is not the one that is kept of this card")]
    NotKept,
    /// The fingers are captured anew only where samples were too poor to say anything.
    #[error("the last comparison of this card did not end for poor samples")]
    NotPoor,
    /// The policy of handovers is none.
    #[error("the policy of handovers: {0}")]
    Policy(PolicyError),
    /// The old card is revoked with the handover, and nobody here may do that.
    #[error("the old card is revoked with the handover: a supervisor or the centre must take part")]
    NoRevoker,
    /// The incident cannot be written down.
    #[error(transparent)]
    Report(BureauError),
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

impl From<BureauError> for HandoverError {
    fn from(error: BureauError) -> Self {
        match error {
            BureauError::Desk(error) => Self::Desk(error),
            other => Self::Report(other),
        }
    }
}

impl Refusal for HandoverError {
    fn reason(&self) -> Reason {
        match self {
            Self::Desk(error) => error.reason(),
            Self::Case(error) => error.reason(),
            Self::Centre(error) => error.reason(),
            Self::Receipt(error) => error.reason(),
            Self::Elsewhere(_) | Self::Custody(_) | Self::SecondMissing | Self::NoRevoker | Self::Regency => Reason::NotPermitted,
            Self::State(_) | Self::HasFingers | Self::NotKept | Self::NotPoor | Self::Copy => Reason::WrongState,
            Self::Portrait => Reason::InputInvalid,
            Self::Policy(error) => error.reason(),
            Self::Verdict(reason) => *reason,
            Self::OtherCard => Reason::InputInvalid,
            Self::Card(state) if state.number() == card::Number::Revoked => Reason::CardRevoked,
            Self::Card(_) => Reason::WrongState,
            Self::Fingers => Reason::GroupNotRead,
            Self::Trial(error) => error.reason(),
            Self::Report(error) => error.reason(),
            Self::Memory(error) => error.reason(),
        }
    }
}
