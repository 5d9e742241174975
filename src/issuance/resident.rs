//! The states of a resident in the population register: as a file of an office brought them, or as the centre consolidated them.
//!
//! The register's own words are *data kotor* and *data bersih*. What the centre says overwrites every copy, and no office overwrites
//! what the centre said: there is no such step.

use super::role::{Asked, Role};
use super::table::{self, Staged, StepError};

/// What is known of a resident, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// As an office's file has it (*data kotor*).
    Dirty,
    /// As the centre consolidated and verified it (*data bersih*).
    Clean,
    /// Moved to another regency.
    Moved,
    /// Dead.
    Dead,
}

/// A step of a resident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Brought again by a file of the office.
    Import,
    /// Brought by the centre.
    Consolidate,
    /// The centre's word, brought into an office's own store.
    Follow,
    /// Let go to another regency.
    MoveAway,
    /// The death is registered.
    RecordDeath,
}

/// Why a step of this table is refused.
pub type Refused = StepError<State, Step>;

type Row = table::Row<State, Step>;

/// Who brings in what an office knows.
pub const OFFICE: Asked = Asked::one(&[Role::HeadOfRegistry, Role::Operator, Role::Supervisor]);
/// Who brings in what the centre knows: the centre, and in its own store an office's service, by the centre's signed word.
pub const CENTRE: Asked = Asked::one(&[Role::Centre, Role::Sync]);
const AT_THE_CENTRE: Asked = Asked::one(&[Role::Centre]);
const SYNC: Asked = Asked::one(&[Role::Sync]);
const REGISTRAR: Asked = Asked::one(&[Role::HeadOfRegistry, Role::Supervisor, Role::Centre]);

/// What a resident begins as.
pub const STARTS: &[State] = &[State::Dirty, State::Clean];

/// Every step that there is.
pub const TABLE: &[Row] = &[
    (State::Dirty, Step::Import, State::Dirty, OFFICE),
    (State::Moved, Step::Import, State::Dirty, OFFICE),
    (State::Dirty, Step::Consolidate, State::Clean, AT_THE_CENTRE),
    (State::Clean, Step::Consolidate, State::Clean, AT_THE_CENTRE),
    (State::Moved, Step::Consolidate, State::Clean, AT_THE_CENTRE),
    (State::Dirty, Step::Follow, State::Clean, SYNC),
    (State::Clean, Step::Follow, State::Clean, SYNC),
    (State::Moved, Step::Follow, State::Clean, SYNC),
    (State::Dirty, Step::MoveAway, State::Moved, REGISTRAR),
    (State::Clean, Step::MoveAway, State::Moved, REGISTRAR),
    (State::Dirty, Step::RecordDeath, State::Dead, REGISTRAR),
    (State::Clean, Step::RecordDeath, State::Dead, REGISTRAR),
    (State::Moved, Step::RecordDeath, State::Dead, REGISTRAR),
];

impl Staged for State {
    type Step = Step;
    const TABLE: &'static [Row] = TABLE;
}

impl State {
    /// Whether a card can be applied for.
    #[must_use]
    pub const fn lives_here(self) -> bool {
        matches!(self, Self::Dirty | Self::Clean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuance::role::{RoleError, Taken};

    #[test]
    fn what_the_centre_says_overwrites_and_is_not_overwritten() {
        let one = |role| Taken { by: (1, role), with: None };
        let (operator, centre) = (one(Role::Operator), one(Role::Centre));
        assert_eq!(State::Dirty.take(Step::Import, &operator), Ok(State::Dirty));
        assert_eq!(State::Dirty.take(Step::Consolidate, &centre), Ok(State::Clean));
        assert_eq!(State::Clean.take(Step::Consolidate, &centre), Ok(State::Clean));
        let never = StepError::WrongState { state: State::Clean, step: Step::Import };
        for role in [Role::Operator, Role::HeadOfRegistry, Role::Centre] {
            assert_eq!(State::Clean.take(Step::Import, &one(role)), Err(never), "{role}");
        }
        let not_theirs = StepError::Role(RoleError::WrongRole(Role::Operator));
        assert_eq!(State::Dirty.take(Step::Consolidate, &operator), Err(not_theirs));
    }

    #[test]
    fn the_dead_stay_dead_and_who_moved_may_come_back() {
        let head = Taken { by: (1, Role::HeadOfRegistry), with: None };
        assert_eq!(State::Clean.take(Step::RecordDeath, &head), Ok(State::Dead));
        assert!(TABLE.iter().all(|(from, ..)| *from != State::Dead));
        assert_eq!(State::Dirty.take(Step::MoveAway, &head), Ok(State::Moved));
        assert_eq!(State::Moved.take(Step::Import, &head), Ok(State::Dirty));
        assert_eq!([State::Dirty, State::Clean, State::Moved, State::Dead].map(State::lives_here), [true, true, false, false]);
    }
}
