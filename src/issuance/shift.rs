//! The states of a shift at a station, and the only steps between them.

use super::role::{Asked, Role};
use super::table::{self, Staged, StepError};

/// Where a shift is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// At work: what it began with was counted.
    Open,
    /// Its books balance.
    Closed,
}

/// A step of a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Stock comes to its station out of the store room: handed over by one, taken by another.
    Supply,
    /// Counted by hand, and written down, before anyone is shown what to expect; again, if the books do not balance by it.
    Count,
    /// Counted, balanced ([`super::balance::Ledger::close_shift`]) and signed by two.
    Close,
}

/// Why a step of this table is refused.
pub type Refused = StepError<State, Step>;

type Row = table::Row<State, Step>;

const STOCK: &[Role] = &[Role::Personalizer, Role::Courier, Role::Supervisor];
const CLOSERS: &[Role] = &[Role::Personalizer, Role::Supervisor];

/// What a shift begins as.
pub const STARTS: &[State] = &[State::Open];

/// Every step that there is.
pub const TABLE: &[Row] = &[
    (State::Open, Step::Supply, State::Open, Asked::two(STOCK, STOCK)),
    (State::Open, Step::Count, State::Open, Asked::one(CLOSERS)),
    (State::Open, Step::Close, State::Closed, Asked::two(CLOSERS, CLOSERS)),
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
    fn a_shift_takes_stock_while_it_is_open_and_is_closed_by_two_for_good() {
        let alone = Taken { by: (1, Role::Personalizer), with: None };
        let two = Taken { with: Some((2, Role::Supervisor)), ..alone };
        assert_eq!(State::Open.take(Step::Supply, &two), Ok(State::Open));
        for step in [Step::Supply, Step::Close] {
            assert_eq!(State::Open.take(step, &alone), Err(StepError::Role(RoleError::SecondMissing)), "{step:?}");
            let late = StepError::WrongState { state: State::Closed, step };
            assert_eq!(State::Closed.take(step, &two), Err(late));
        }
        assert_eq!(State::Open.take(Step::Count, &alone), Ok(State::Open));
        assert_eq!(State::Open.take(Step::Close, &two), Ok(State::Closed));
    }
}
