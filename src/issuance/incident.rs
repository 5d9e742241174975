//! The states of an incident: something is missing, broken or not as it should be, and somebody answers for what follows.

use super::role::{Asked, Role};
use super::table::{self, Staged, StepError};

/// Where an incident is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Reported.
    Open,
    /// Looked into, and what came of it is written down.
    Closed,
}

/// A step of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Closed by two.
    Close,
}

/// Why a step of this table is refused.
pub type Refused = StepError<State, Step>;

type Row = table::Row<State, Step>;

/// Who may report one: everybody who has to do with cards or blanks.
pub const REPORTERS: Asked = Asked::one(&[
    Role::Operator,
    Role::Supervisor,
    Role::Adjudicator,
    Role::Approver,
    Role::Personalizer,
    Role::Courier,
    Role::Witness,
    Role::Centre,
]);
const INVESTIGATORS: &[Role] = &[Role::Supervisor, Role::Adjudicator];
const SECONDS: &[Role] = &[Role::Supervisor, Role::Adjudicator, Role::Personalizer, Role::Operator, Role::Courier];

/// What an incident begins as.
pub const STARTS: &[State] = &[State::Open];

/// Every step that there is.
pub const TABLE: &[Row] = &[(State::Open, Step::Close, State::Closed, Asked::two(INVESTIGATORS, SECONDS))];

impl Staged for State {
    type Step = Step;
    const TABLE: &'static [Row] = TABLE;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuance::role::{RoleError, Taken};

    #[test]
    fn an_incident_is_closed_by_two_of_whom_one_is_not_of_those_who_work_there() {
        let two = |first, second| Taken { by: (1, first), with: Some((2, second)) };
        assert_eq!(State::Open.take(Step::Close, &two(Role::Supervisor, Role::Courier)), Ok(State::Closed));
        let courier = StepError::Role(RoleError::WrongRole(Role::Courier));
        assert_eq!(State::Open.take(Step::Close, &two(Role::Courier, Role::Supervisor)), Err(courier));
        let alone = Taken { by: (1, Role::Adjudicator), with: None };
        assert_eq!(State::Open.take(Step::Close, &alone), Err(StepError::Role(RoleError::SecondMissing)));
        let again = StepError::WrongState { state: State::Closed, step: Step::Close };
        assert_eq!(State::Closed.take(Step::Close, &two(Role::Supervisor, Role::Courier)), Err(again));
    }
}
