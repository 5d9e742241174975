//! The states of a card, the only steps between them, and whether its number may still be trusted.

use super::role::{Asked, Role, Taken};
use super::table::{self, StepError};

/// Where a card is, and what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// A number, an image and an authorization; no chip yet.
    Allocated,
    /// A chip is being written.
    Encoding,
    /// Written, read back, locked.
    Encoded,
    /// Its face is printed.
    Printed,
    /// Chip and face were found to be one card.
    Checked,
    /// In a sealed package.
    Packed,
    /// On its way to the desk.
    InTransit,
    /// Waiting at its desk, or at the regency on its way.
    Waiting,
    /// In its holder's hand, and valid.
    Active,
    /// Not valid for a while, by a case.
    Suspended,
    /// Spoiled in making: no holder ever had it.
    Spoiled,
    /// The state of its chip is not known; its number was revoked.
    Quarantined,
    /// In nobody's custody; its number was revoked.
    Missing,
    /// Refused at handover, or not handed over for another reason; its number was revoked.
    Refused,
    /// Revoked in its holder's hand, or wherever it is.
    Revoked,
    /// On its way back to the ministry.
    Returning,
    /// At the ministry, to be destroyed.
    Returned,
    /// Destroyed before witnesses.
    Destroyed,
}

/// A step of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// A chip is taken for it.
    Encode,
    /// The chip holds it.
    FinishEncoding,
    /// The face is printed.
    Print,
    /// Chip and face are one.
    Check,
    /// Into a package.
    Pack,
    /// The package leaves.
    Send,
    /// The package comes: at the regency, or at the desk.
    Receive,
    /// From the regency on.
    SendOn,
    /// A capture of whoever claims it is compared and kept.
    Try,
    /// Handed over after a match.
    HandOver,
    /// The finger did not match, or what lay there was not the card that it should be.
    Refuse,
    /// Unclaimed, withdrawn, its holder dead, or superseded.
    TakeBack,
    /// Spoiled.
    Spoil,
    /// The chip's state is unknown.
    Quarantine,
    /// Found in nobody's custody.
    Miss,
    /// Not valid for a while.
    Suspend,
    /// Valid again.
    Resume,
    /// Not valid for good.
    Revoke,
    /// On the way back.
    SendBack,
    /// At the ministry.
    ReceiveBack,
    /// Destroyed.
    Destroy,
}

/// What the status list says of a card's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Number {
    /// Not handed over.
    NotHandedOver,
    /// Valid.
    Active,
    /// Not valid for a while.
    Suspended,
    /// Not valid, for good.
    Revoked,
}

/// Why a step of this table is refused.
pub type Refused = StepError<State, Step>;

type Row = table::Row<State, Step>;

const BUREAU: Asked = Asked::one(&[Role::Personalizer]);
const COURIER: Asked = Asked::one(&[Role::Courier, Role::Operator, Role::Supervisor]);
const DESK: Asked = Asked::one(&[Role::Operator, Role::Supervisor]);
const TWO_OF_DESK: Asked = Asked::two(&[Role::Operator, Role::Supervisor], &[Role::Operator, Role::Supervisor]);
const TWO_OF_STOCK: Asked = Asked::two(
    &[Role::Personalizer, Role::Courier, Role::Operator, Role::Supervisor],
    &[Role::Personalizer, Role::Courier, Role::Operator, Role::Supervisor],
);
const TWO_OF_CASE: Asked = Asked::two(&[Role::Adjudicator], &[Role::Adjudicator, Role::Supervisor]);
const REVOKER: Asked = Asked::one(&[Role::Adjudicator, Role::Supervisor, Role::Centre]);
const WITNESSES: Asked = Asked::two(&[Role::Witness], &[Role::Witness]);

/// What a card begins as.
pub const STARTS: &[State] = &[State::Allocated];

/// Every step that there is.
pub const TABLE: &[Row] = &[
    (State::Allocated, Step::Encode, State::Encoding, BUREAU),
    (State::Encoding, Step::FinishEncoding, State::Encoded, BUREAU),
    (State::Encoded, Step::Print, State::Printed, BUREAU),
    (State::Printed, Step::Check, State::Checked, BUREAU),
    (State::Checked, Step::Pack, State::Packed, COURIER),
    (State::Packed, Step::Send, State::InTransit, COURIER),
    // Personalized at its own desk: no shipment.
    (State::Packed, Step::Receive, State::Waiting, COURIER),
    (State::InTransit, Step::Receive, State::Waiting, COURIER),
    (State::Waiting, Step::SendOn, State::InTransit, COURIER),
    (State::Waiting, Step::Try, State::Waiting, DESK),
    (State::Waiting, Step::HandOver, State::Active, DESK),
    (State::Waiting, Step::Refuse, State::Refused, TWO_OF_DESK),
    (State::Waiting, Step::TakeBack, State::Refused, TWO_OF_DESK),
    (State::Encoding, Step::Spoil, State::Spoiled, BUREAU),
    (State::Encoded, Step::Spoil, State::Spoiled, BUREAU),
    (State::Printed, Step::Spoil, State::Spoiled, BUREAU),
    (State::Encoding, Step::Quarantine, State::Quarantined, BUREAU),
    (State::Allocated, Step::Revoke, State::Revoked, REVOKER),
    (State::Encoded, Step::Miss, State::Missing, TWO_OF_STOCK),
    (State::Printed, Step::Miss, State::Missing, TWO_OF_STOCK),
    (State::Checked, Step::Miss, State::Missing, TWO_OF_STOCK),
    (State::Packed, Step::Miss, State::Missing, TWO_OF_STOCK),
    (State::InTransit, Step::Miss, State::Missing, TWO_OF_STOCK),
    (State::Waiting, Step::Miss, State::Missing, TWO_OF_STOCK),
    (State::Refused, Step::Miss, State::Missing, TWO_OF_STOCK),
    (State::Returning, Step::Miss, State::Missing, TWO_OF_STOCK),
    (State::Returned, Step::Miss, State::Missing, TWO_OF_STOCK),
    (State::Active, Step::Suspend, State::Suspended, TWO_OF_CASE),
    (State::Suspended, Step::Resume, State::Active, TWO_OF_CASE),
    (State::Active, Step::Revoke, State::Revoked, REVOKER),
    (State::Suspended, Step::Revoke, State::Revoked, REVOKER),
    (State::Spoiled, Step::SendBack, State::Returning, COURIER),
    (State::Quarantined, Step::SendBack, State::Returning, COURIER),
    (State::Refused, Step::SendBack, State::Returning, COURIER),
    (State::Revoked, Step::SendBack, State::Returning, COURIER),
    (State::Missing, Step::SendBack, State::Returning, TWO_OF_STOCK),
    // At the regency, from where it goes on.
    (State::Returning, Step::Receive, State::Returning, COURIER),
    (State::Returning, Step::ReceiveBack, State::Returned, COURIER),
    (State::Returned, Step::Destroy, State::Destroyed, WITNESSES),
];

impl State {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Allocated,
        Self::Encoding,
        Self::Encoded,
        Self::Printed,
        Self::Checked,
        Self::Packed,
        Self::InTransit,
        Self::Waiting,
        Self::Active,
        Self::Suspended,
        Self::Spoiled,
        Self::Quarantined,
        Self::Missing,
        Self::Refused,
        Self::Revoked,
        Self::Returning,
        Self::Returned,
        Self::Destroyed,
    ];

    /// Where a step by these persons leads.
    ///
    /// # Errors
    /// [`StepError`].
    pub fn take(self, step: Step, taken: &Taken) -> Result<Self, Refused> {
        table::take(TABLE, self, step, taken)
    }

    /// What the status list says of the number of a card in this state.
    #[must_use]
    pub const fn number(self) -> Number {
        match self {
            Self::Active => Number::Active,
            Self::Suspended => Number::Suspended,
            Self::Allocated
            | Self::Encoding
            | Self::Encoded
            | Self::Printed
            | Self::Checked
            | Self::Packed
            | Self::InTransit
            | Self::Waiting => Number::NotHandedOver,
            _ => Number::Revoked,
        }
    }

    /// Whether the card is in the making or on its way: a person has at most one.
    #[must_use]
    pub const fn is_unfinished(self) -> bool {
        matches!(self.number(), Number::NotHandedOver)
    }

    /// Whether the card is its holder's: a person has at most one.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Active | Self::Suspended)
    }
}

#[cfg(test)]
#[path = "card_tests.rs"]
mod tests;
