//! The states of a blank, by its serial, and the only steps between them: each is one column of the books ([`super::balance`]).

use super::role::{Asked, Role};
use super::table::{self, Staged, StepError};

/// Where a blank is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Received, and in the store room.
    InStock,
    /// In a station, bound to a card.
    InProcess,
    /// Became a card.
    Made,
    /// Spoiled, in a station or in the store room.
    Spoiled,
    /// Of unknown state.
    Quarantined,
    /// Used as a sample.
    Sample,
    /// Given back to where it came from.
    GivenBack,
    /// In nobody's custody.
    Missing,
}

/// A step of a blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Taken for a card, once and for good: there is no way back into stock.
    Take,
    /// It is that card now.
    Make,
    /// Spoiled.
    Spoil,
    /// Its state is not known.
    Quarantine,
    /// Taken as a sample.
    Sample,
    /// Given back.
    GiveBack,
    /// Found in nobody's custody.
    Miss,
    /// The same of one that is bound to a card: both are missing, in one change ([`super::card::Step::Lose`]).
    Lose,
    /// Found again; nobody knows where it has been.
    Find,
}

/// Why a step of this table is refused.
pub type Refused = StepError<State, Step>;

type Row = table::Row<State, Step>;

const BUREAU: Asked = Asked::one(&[Role::Personalizer]);
const STOCK: &[Role] = &[Role::Personalizer, Role::Courier, Role::Operator, Role::Supervisor];
const TWO_OF_STOCK: Asked = Asked::two(STOCK, STOCK);

/// What a blank begins as.
pub const STARTS: &[State] = &[State::InStock];

/// Every step that there is.
pub const TABLE: &[Row] = &[
    (State::InStock, Step::Take, State::InProcess, BUREAU),
    (State::InProcess, Step::Make, State::Made, BUREAU),
    (State::InProcess, Step::Spoil, State::Spoiled, BUREAU),
    (State::InProcess, Step::Quarantine, State::Quarantined, BUREAU),
    (State::InStock, Step::Spoil, State::Spoiled, TWO_OF_STOCK),
    (State::InStock, Step::Sample, State::Sample, TWO_OF_STOCK),
    (State::InStock, Step::GiveBack, State::GivenBack, TWO_OF_STOCK),
    (State::InStock, Step::Miss, State::Missing, TWO_OF_STOCK),
    (State::InProcess, Step::Lose, State::Missing, TWO_OF_STOCK),
    (State::Missing, Step::Find, State::Quarantined, TWO_OF_STOCK),
];

impl Staged for State {
    type Step = Step;
    const TABLE: &'static [Row] = TABLE;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuance::names::Named as _;
    use crate::issuance::role::{RoleError, Taken};

    #[test]
    fn a_blank_is_taken_once_and_never_comes_back_into_stock() {
        assert!(TABLE.iter().all(|(_, _, to, _)| *to != State::InStock));
        let bureau = Taken { by: (1, Role::Personalizer), with: None };
        for state in State::EVERY {
            let taken = state.take(Step::Take, &bureau);
            let wrong = Err(StepError::WrongState { state: *state, step: Step::Take });
            assert_eq!(taken, if *state == State::InStock { Ok(State::InProcess) } else { wrong });
        }
    }

    #[test]
    fn a_blank_that_is_bound_to_a_card_is_not_missing_without_it() {
        let two = Taken { by: (1, Role::Personalizer), with: Some((2, Role::Supervisor)) };
        assert_eq!(State::InProcess.take(Step::Lose, &two), Ok(State::Missing));
        let apart = StepError::WrongState { state: State::InProcess, step: Step::Miss };
        assert_eq!(State::InProcess.take(Step::Miss, &two), Err(apart));
        let unbound = StepError::WrongState { state: State::InStock, step: Step::Lose };
        assert_eq!(State::InStock.take(Step::Lose, &two), Err(unbound));
    }

    #[test]
    fn what_leaves_the_store_room_by_another_door_takes_two() {
        let alone = Taken { by: (1, Role::Courier), with: None };
        for step in [Step::Spoil, Step::Sample, Step::GiveBack, Step::Miss] {
            assert_eq!(State::InStock.take(step, &alone), Err(StepError::Role(RoleError::SecondMissing)), "{step:?}");
        }
    }
}
