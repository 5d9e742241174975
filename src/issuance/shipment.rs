//! The states of a shipment, one leg of a card's way under seal, and the only steps between them.

use super::role::{Asked, Role};
use super::table::{self, Staged, StepError};

/// Where a shipment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Packed, sealed, its manifest written.
    Sealed,
    /// On its way.
    Sent,
    /// Seals whole, manifest and content equal.
    Received,
    /// Arrived with a broken seal, or with another content than its manifest.
    Disputed,
    /// Did not arrive.
    Missing,
}

/// A step of a shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Leaves.
    Send,
    /// Arrives whole.
    Receive,
    /// Arrives otherwise.
    Dispute,
    /// The dispute is settled card by card.
    Settle,
    /// Does not arrive.
    Miss,
    /// The centre told: received.
    FollowReceived,
    /// The centre told: disputed.
    FollowDisputed,
    /// The centre told: missing.
    FollowMissing,
}

/// Why a step of this table is refused.
pub type Refused = StepError<State, Step>;

type Row = table::Row<State, Step>;

const ESCORTS: &[Role] = &[Role::Courier, Role::Operator, Role::Supervisor];
const ESCORT: Asked = Asked::one(ESCORTS);
const TWO: Asked = Asked::two(ESCORTS, ESCORTS);
const SYNC: Asked = Asked::one(&[Role::Sync]);

/// What a shipment begins as.
pub const STARTS: &[State] = &[State::Sealed];

/// Every step that there is.
pub const TABLE: &[Row] = &[
    (State::Sealed, Step::Send, State::Sent, ESCORT),
    (State::Sent, Step::Receive, State::Received, ESCORT),
    (State::Sent, Step::Dispute, State::Disputed, TWO),
    (State::Disputed, Step::Settle, State::Received, TWO),
    (State::Sent, Step::Miss, State::Missing, TWO),
    (State::Missing, Step::Dispute, State::Disputed, TWO),
];

/// The steps of copies alone, in the store of an office that a shipment goes to: its own service takes them, by the centre's signed word.
pub const COPIES: &[Row] = &[
    (State::Sent, Step::FollowReceived, State::Received, SYNC),
    (State::Disputed, Step::FollowReceived, State::Received, SYNC),
    (State::Missing, Step::FollowReceived, State::Received, SYNC),
    (State::Sent, Step::FollowDisputed, State::Disputed, SYNC),
    (State::Received, Step::FollowDisputed, State::Disputed, SYNC),
    (State::Missing, Step::FollowDisputed, State::Disputed, SYNC),
    (State::Sent, Step::FollowMissing, State::Missing, SYNC),
    (State::Received, Step::FollowMissing, State::Missing, SYNC),
];

impl Staged for State {
    type Step = Step;
    const TABLE: &'static [Row] = TABLE;
    const COPIES: &'static [Row] = COPIES;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuance::role::{RoleError, Taken};

    #[test]
    fn what_does_not_arrive_whole_takes_two_and_what_was_missing_is_never_simply_received() {
        let alone = Taken { by: (1, Role::Courier), with: None };
        assert_eq!(State::Sent.take(Step::Receive, &alone), Ok(State::Received));
        for step in [Step::Dispute, Step::Miss] {
            assert_eq!(State::Sent.take(step, &alone), Err(StepError::Role(RoleError::SecondMissing)));
        }
        let two = Taken { with: Some((2, Role::Supervisor)), ..alone };
        let late = StepError::WrongState { state: State::Missing, step: Step::Receive };
        assert_eq!(State::Missing.take(Step::Receive, &two), Err(late));
        assert_eq!(State::Missing.take(Step::Dispute, &two), Ok(State::Disputed));
        assert!(TABLE.iter().all(|(from, ..)| *from != State::Received));
    }
}
