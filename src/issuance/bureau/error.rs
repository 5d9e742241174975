//! Why the bureau refuses.

use super::material::MaterialError;
use super::serials;
use crate::issuance::balance::BalanceError;
use crate::issuance::desk::DeskError;
use crate::issuance::names::Named as _;
use crate::issuance::store::{Id, Kind, StoreError, Word};
use crate::reason::{Reason, Refusal};

/// A refusal of the bureau.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BureauError {
    /// The desk, or the store behind it, refuses.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// Serial numbers of a type that do not balance.
    #[error("{of}: {error}: {}", named(error))]
    Balance {
        /// Which type.
        of: String,
        /// What is wrong, and which.
        error: BalanceError,
    },
    /// Materials that do not balance, or were not counted.
    #[error(transparent)]
    Material(#[from] MaterialError),
    /// No shift is open at the station.
    #[error("no shift is open at station {0}")]
    NoShift(Word),
    /// The thing stands where this cannot be done with it.
    #[error("{} {id} is {state}", .kind.name())]
    Stands {
        /// What.
        kind: Kind,
        /// Which.
        id: Id,
        /// Where it stands.
        state: &'static str,
    },
    /// Nothing that an incident can be about has this identifier.
    #[error("nothing has the identifier {0}")]
    Nothing(Id),
    /// It is another office's.
    #[error("{} {id} is at another office: that office does this, or sends it here first (`ektp trace {id}`)", .kind.name())]
    Elsewhere {
        /// What.
        kind: Kind,
        /// Which.
        id: Id,
    },
    /// What a store room does not take: blanks are in stock without it, and materials come by a delivery.
    #[error("the store room takes materials by a delivery note, and not {0}")]
    StoreRoom(&'static str),
    /// Whoever asks was not named when the shift began.
    #[error("shift {0} is worked by others: who works there is named when it begins (`ektp shift open --operator`)")]
    NotOfShift(Id),
    /// A count did not balance, and whoever made it knows what the books expect.
    #[error("whoever counted shift {0} before does not count it again: another personalizer or supervisor does")]
    SameCounter(Id),
    /// Another shift has these blanks.
    #[error("another shift has {}", serials::write(.0))]
    AnotherShift(crate::issuance::balance::Serials),
    /// More, or fewer, than a change may have.
    #[error("{what}: 1 to {most}")]
    Number {
        /// Of what.
        what: &'static str,
        /// At most.
        most: usize,
    },
    /// The applicant died or moved away: no card is made for them.
    #[error("application {id} is of somebody who is {}: no card is made for them", .state.name())]
    NotResident {
        /// Which application.
        id: Id,
        /// What the register has them as.
        state: crate::issuance::resident::State,
    },
    /// Nothing waits that the rules choose.
    #[error("nothing is print ready that the rules of the bureau choose")]
    NothingToMake,
    /// Who approves a batch put it together.
    #[error("whoever put a batch together does not approve it")]
    OwnBatch,
    /// An application is not in this batch.
    #[error("application {0} is not of this batch")]
    NotOfBatch(Id),
    /// What was written down of a thing is missing or damaged.
    #[error("what was written down of {} {id} is damaged", .kind.name())]
    Notes {
        /// Of what.
        kind: Kind,
        /// Of which.
        id: Id,
    },
}

impl From<StoreError> for BureauError {
    fn from(error: StoreError) -> Self {
        Self::Desk(error.into())
    }
}

impl Refusal for BureauError {
    fn reason(&self) -> Reason {
        match self {
            Self::Desk(error) => error.reason(),
            Self::Balance { error, .. } => error.reason(),
            Self::Material(error) => error.reason(),
            Self::NotResident { .. }
            | Self::NoShift(_)
            | Self::Stands { .. }
            | Self::AnotherShift(_)
            | Self::NothingToMake
            | Self::NotOfBatch(_) => Reason::WrongState,
            Self::Nothing(_) => Reason::IdentifierUnknown,
            Self::Number { .. } | Self::StoreRoom(_) => Reason::InputInvalid,
            Self::OwnBatch | Self::Elsewhere { .. } | Self::NotOfShift(_) | Self::SameCounter(_) => Reason::NotPermitted,
            Self::Notes { .. } => Reason::EncodingInvalid,
        }
    }
}

/// The serial numbers that are wrong.
fn named(error: &BalanceError) -> String {
    match error {
        BalanceError::Nowhere(of) | BalanceError::FromNowhere(of) | BalanceError::Twice(of) => serials::write(of),
        BalanceError::Unfinished(n) => n.to_string(),
    }
}
