//! The states of a batch, and the only steps between them.

use super::role::{Asked, Role};
use super::table::{self, Staged, StepError};

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Put together.
    Created,
    /// May be run.
    Approved,
    /// At a station.
    Running,
    /// Interrupted; goes on.
    Stopped,
    /// Every blank and every row accounted for.
    Closed,
    /// Given up before it ran.
    Withdrawn,
}

/// A step of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Approved by somebody who did not put it together.
    Approve,
    /// Run, or run on.
    Run,
    /// Interrupted: the end of a shift, or a fault.
    Stop,
    /// Its books balance ([`super::balance::Ledger::close_batch`]).
    Close,
    /// Given up.
    Withdraw,
}

/// Why a step of this table is refused.
pub type Refused = StepError<State, Step>;

type Row = table::Row<State, Step>;

const BUREAU: Asked = Asked::one(&[Role::Personalizer]);
const APPROVER: Asked = Asked::one(&[Role::Approver]);
const CLOSERS: Asked = Asked::two(&[Role::Personalizer, Role::Supervisor], &[Role::Personalizer, Role::Supervisor]);

/// What a batch begins as.
pub const STARTS: &[State] = &[State::Created];

/// Every step that there is.
pub const TABLE: &[Row] = &[
    (State::Created, Step::Approve, State::Approved, APPROVER),
    (State::Approved, Step::Run, State::Running, BUREAU),
    (State::Running, Step::Stop, State::Stopped, BUREAU),
    (State::Stopped, Step::Run, State::Running, BUREAU),
    (State::Running, Step::Close, State::Closed, CLOSERS),
    (State::Stopped, Step::Close, State::Closed, CLOSERS),
    (State::Created, Step::Withdraw, State::Withdrawn, BUREAU),
    (State::Approved, Step::Withdraw, State::Withdrawn, APPROVER),
];

impl Staged for State {
    type Step = Step;
    const TABLE: &'static [Row] = TABLE;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuance::role::{RoleError, Taken};

    #[test]
    fn a_batch_runs_only_when_approved_and_is_closed_by_two() {
        let bureau = Taken { by: (1, Role::Personalizer), with: None };
        let early = StepError::WrongState { state: State::Created, step: Step::Run };
        assert_eq!(State::Created.take(Step::Run, &bureau), Err(early));
        assert_eq!(State::Created.take(Step::Approve, &bureau), Err(StepError::Role(RoleError::WrongRole(Role::Personalizer))));
        assert_eq!(State::Running.take(Step::Close, &bureau), Err(StepError::Role(RoleError::SecondMissing)));
        let two = Taken { with: Some((2, Role::Supervisor)), ..bureau };
        assert_eq!(State::Stopped.take(Step::Close, &two), Ok(State::Closed));
        assert!(TABLE.iter().all(|(from, ..)| !matches!(from, State::Closed | State::Withdrawn)), "both are for good");
    }
}
