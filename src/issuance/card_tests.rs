//! Walks over the table: a revoked number stays revoked, no card is active but by a handover, and none is destroyed by one person.

use super::*;
use crate::issuance::role::{RoleError, Taken};
use crate::reason::Refusal;
use proptest::prelude::*;

fn fitting(asked: &Asked) -> Taken {
    Taken { by: (1, asked.first[0]), with: asked.second.first().map(|role| (2, *role)) }
}

/// A path from a new card, each step drawn among those that are possible.
fn walk(choices: &[u8]) -> Vec<(State, Step, State)> {
    let mut state = State::Allocated;
    let mut path = Vec::new();
    for choice in choices {
        let rows: Vec<&Row> = TABLE.iter().filter(|(from, ..)| *from == state).collect();
        let Some((_, step, _, asked)) = rows.get(usize::from(*choice) % rows.len().max(1)) else { break };
        let next = state.take(*step, &fitting(asked)).unwrap();
        path.push((state, *step, next));
        state = next;
    }
    path
}

proptest! {
    #[test]
    fn revoked_is_absorbing_and_only_a_handover_makes_a_card_active(choices in prop::collection::vec(any::<u8>(), 0..200)) {
        for (from, step, to) in walk(&choices) {
            if from.number() == Number::Revoked {
                prop_assert_eq!(to.number(), Number::Revoked, "{:?} by {:?}", to, step);
            }
            if to.is_live() && !from.is_live() {
                prop_assert_eq!((from, step), (State::Waiting, Step::HandOver));
            }
        }
    }
}

#[test]
fn every_state_is_reached_and_only_destruction_ends_it() {
    for state in State::ALL {
        assert!(state == State::Allocated || TABLE.iter().any(|(_, _, to, _)| *to == state), "{state:?}");
        assert_eq!(TABLE.iter().all(|(from, ..)| *from != state), state == State::Destroyed, "{state:?}");
    }
    let keys: std::collections::HashSet<(State, Step)> = TABLE.iter().map(|(from, step, ..)| (*from, *step)).collect();
    assert_eq!(keys.len(), TABLE.len());
}

#[test]
fn every_custody_can_lose_a_card_and_its_number_is_revoked() {
    // Whoever has a whole card may miss it; one in the making is lost with its blank.
    let in_making = [State::Encoding, State::Encoded, State::Printed];
    let ways_back = [State::Refused, State::Returning, State::Returned];
    let two = Taken { by: (1, Role::Operator), with: Some((2, Role::Courier)) };
    for state in State::ALL.into_iter().filter(|s| s.is_unfinished() && *s != State::Allocated || ways_back.contains(s)) {
        let (step, other) = if in_making.contains(&state) { (Step::Lose, Step::Miss) } else { (Step::Miss, Step::Lose) };
        assert_eq!(state.take(step, &two), Ok(State::Missing), "{state:?}");
        assert_eq!(state.take(other, &two), Err(StepError::WrongState { state, step: other }), "{state:?}");
    }
    assert_eq!(State::Missing.number(), Number::Revoked);
}

#[test]
fn one_person_alone_neither_refuses_nor_destroys_nor_misses_a_card() {
    for (state, step, role) in [
        (State::Waiting, Step::Refuse, Role::Operator),
        (State::Returned, Step::Destroy, Role::Witness),
        (State::Waiting, Step::Miss, Role::Supervisor),
        (State::Active, Step::Suspend, Role::Adjudicator),
    ] {
        let alone = Taken { by: (1, role), with: None };
        assert_eq!(state.take(step, &alone), Err(StepError::Role(RoleError::SecondMissing)), "{step:?}");
        let twice = Taken { by: (1, role), with: Some((1, role)) };
        assert_eq!(state.take(step, &twice), Err(StepError::Role(RoleError::SamePerson)), "{step:?}");
    }
}

#[test]
fn a_handover_that_comes_after_the_revocation_is_refused() {
    let desk = Taken { by: (1, Role::Operator), with: None };
    for state in [State::Refused, State::Missing, State::Revoked, State::Quarantined] {
        let wrong = StepError::WrongState { state, step: Step::HandOver };
        assert_eq!(state.take(Step::HandOver, &desk), Err(wrong));
        assert_eq!(wrong.reason(), crate::reason::Reason::WrongState);
    }
}
