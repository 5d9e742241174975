//! Why a shipment, a return or a destruction is refused.

use crate::issuance::bureau::BureauError;
use crate::issuance::desk::DeskError;
use crate::issuance::office::Office;
use crate::issuance::store::{Id, StoreError, Word};
use crate::reason::{Reason, Refusal};

/// A refusal on the way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransitError {
    /// What the bureau's records, the desk or the store say.
    #[error(transparent)]
    Bureau(#[from] BureauError),
    /// The card's procedure does not lead from here to there.
    #[error("card {card} does not go from here to {to}")]
    NoLeg {
        /// Which.
        card: Id,
        /// Where it was to go.
        to: Office,
    },
    /// The card has no way to go: it is at its desk.
    #[error("card {0} is where it is handed over")]
    AtItsDesk(Id),
    /// The shipment goes to another office.
    #[error("the shipment goes to {0}, which receives, disputes and settles it")]
    NotHere(Office),
    /// The seals are not those that it left with.
    #[error("the seals are not those that the shipment left with: {}", list(.0))]
    Seals(Vec<Word>),
    /// The content is not what the manifest says.
    #[error("the content differs from the manifest: missing {}; not of it {}", list(.missing), list(.strange))]
    Manifest {
        /// On the manifest, and not there.
        missing: Vec<Id>,
        /// There, and not on the manifest.
        strange: Vec<Id>,
    },
    /// A seal that closed another shipment: it was broken there.
    #[error("seal {0} was used before")]
    UsedSeal(Word),
    /// The keys that sign are not those of the persons whom the minutes name.
    #[error("the minutes name other witnesses than those who sign: {0}")]
    OtherWitness(String),
    /// A shipment without a seal, or with more than it may have.
    #[error("a shipment has 1 to {0} seals")]
    SealCount(usize),
    /// Minutes lack something that they must say.
    #[error("the minutes lack {0}")]
    Minutes(&'static str),
    /// The paper could not be laid out.
    #[error(transparent)]
    Form(#[from] crate::issuance::form::FormError),
}

impl From<StoreError> for TransitError {
    fn from(error: StoreError) -> Self {
        Self::Bureau(error.into())
    }
}

impl From<DeskError> for TransitError {
    fn from(error: DeskError) -> Self {
        Self::Bureau(error.into())
    }
}

impl Refusal for TransitError {
    fn reason(&self) -> Reason {
        match self {
            Self::Bureau(error) => error.reason(),
            Self::NoLeg { .. } | Self::AtItsDesk(_) | Self::UsedSeal(_) => Reason::WrongState,
            Self::NotHere(_) | Self::OtherWitness(_) => Reason::NotPermitted,
            Self::Seals(_) | Self::Manifest { .. } => Reason::CountUnbalanced,
            Self::SealCount(_) | Self::Minutes(_) => Reason::InputInvalid,
            Self::Form(error) => error.reason(),
        }
    }
}

fn list<T: ToString>(all: &[T]) -> String {
    if all.is_empty() { "-".to_owned() } else { all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ") }
}
