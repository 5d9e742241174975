//! The states of a card, the only steps between them, and whether its number may still be trusted.

use super::role::{Asked, Role};
use super::table::{self, Staged, StepError};

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
    /// Of a copy alone: a handover of it, given or refused, is signed and waits for the centre, for which the card still waits.
    Queued,
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
    /// The same while it is being made: its blank is missing with it, in one change ([`super::blank::Step::Lose`]).
    Lose,
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
    /// Handed over, or refused, by a desk that cannot reach the centre, and signed for the centre to take in.
    Queue,
    /// The centre told: it waits at this office.
    FollowWaiting,
    /// The centre told: valid.
    FollowActive,
    /// The centre told: not valid for a while.
    FollowSuspended,
    /// The centre told: its number is revoked.
    FollowRevoked,
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

const SYNC: Asked = Asked::one(&[Role::Sync]);

/// The steps of copies alone, which a store has that is not the centre's: an office's own service takes them, by the centre's signed word;
/// but for the handover of a desk that cannot reach the centre.
pub const COPIES: &[Row] = &[
    (State::Waiting, Step::Queue, State::Queued, DESK),
    // It was received in the centre's own store.
    (State::InTransit, Step::FollowWaiting, State::Waiting, SYNC),
    (State::InTransit, Step::FollowActive, State::Active, SYNC),
    (State::InTransit, Step::FollowSuspended, State::Suspended, SYNC),
    (State::InTransit, Step::FollowRevoked, State::Revoked, SYNC),
    (State::Waiting, Step::FollowActive, State::Active, SYNC),
    (State::Queued, Step::FollowActive, State::Active, SYNC),
    (State::Suspended, Step::FollowActive, State::Active, SYNC),
    (State::Waiting, Step::FollowSuspended, State::Suspended, SYNC),
    (State::Queued, Step::FollowSuspended, State::Suspended, SYNC),
    (State::Active, Step::FollowSuspended, State::Suspended, SYNC),
    (State::Waiting, Step::FollowRevoked, State::Revoked, SYNC),
    (State::Queued, Step::FollowRevoked, State::Revoked, SYNC),
    (State::Active, Step::FollowRevoked, State::Revoked, SYNC),
    (State::Suspended, Step::FollowRevoked, State::Revoked, SYNC),
];

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
    // Called back in the making or on its way, by a clarification: it goes back from wherever it is.
    (State::Encoding, Step::Revoke, State::Revoked, TWO_OF_CASE),
    (State::Encoded, Step::Revoke, State::Revoked, TWO_OF_CASE),
    (State::Printed, Step::Revoke, State::Revoked, TWO_OF_CASE),
    (State::Checked, Step::Revoke, State::Revoked, TWO_OF_CASE),
    (State::Packed, Step::Revoke, State::Revoked, TWO_OF_CASE),
    (State::InTransit, Step::Revoke, State::Revoked, TWO_OF_CASE),
    (State::Waiting, Step::Revoke, State::Revoked, TWO_OF_CASE),
    // In a shipment that was on its way when it was called back.
    (State::Revoked, Step::Receive, State::Revoked, COURIER),
    (State::Encoding, Step::Lose, State::Missing, TWO_OF_STOCK),
    (State::Encoded, Step::Lose, State::Missing, TWO_OF_STOCK),
    (State::Printed, Step::Lose, State::Missing, TWO_OF_STOCK),
    (State::Checked, Step::Miss, State::Missing, TWO_OF_STOCK),
    (State::Packed, Step::Miss, State::Missing, TWO_OF_STOCK),
    (State::InTransit, Step::Miss, State::Missing, TWO_OF_STOCK),
    (State::Waiting, Step::Miss, State::Missing, TWO_OF_STOCK),
    (State::Refused, Step::Miss, State::Missing, TWO_OF_STOCK),
    (State::Revoked, Step::Miss, State::Missing, TWO_OF_STOCK),
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

impl Staged for State {
    type Step = Step;
    const TABLE: &'static [Row] = TABLE;
    const COPIES: &'static [Row] = COPIES;
}

impl State {
    /// All but [`State::Queued`], in which no card of the centre's is.
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
            | Self::Waiting
            | Self::Queued => Number::NotHandedOver,
            _ => Number::Revoked,
        }
    }

    /// Whether the card is in the making or on its way: a person has at most one. Of a copy whose handover is signed the centre decides.
    #[must_use]
    pub const fn is_unfinished(self) -> bool {
        matches!(self.number(), Number::NotHandedOver) && !matches!(self, Self::Queued)
    }

    /// Whether the card is its holder's: a person has at most one.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Active | Self::Suspended)
    }
}

impl Step {
    /// Whether only a copy takes it.
    #[must_use]
    pub const fn is_of_copies(self) -> bool {
        matches!(self, Self::Queue | Self::FollowWaiting | Self::FollowActive | Self::FollowSuspended | Self::FollowRevoked)
    }
}

#[cfg(test)]
#[path = "card_tests.rs"]
mod tests;
