//! Walks over the table: what must never be reached, and what each refusal says.

use super::*;
use crate::issuance::role::{RoleError, Taken};
use crate::reason::Refusal;
use proptest::prelude::*;

/// Persons who may take a step.
fn fitting(asked: &Asked) -> Taken {
    Taken { by: (1, asked.first[0]), with: asked.second.first().map(|role| (2, *role)) }
}

/// A path of steps from a start, each drawn among those that are possible.
fn walk(start: State, choices: &[u8]) -> Vec<(State, Step)> {
    let mut state = start;
    let mut path = Vec::new();
    for choice in choices {
        let rows: Vec<&Row> = TABLE.iter().filter(|(from, ..)| *from == state).collect();
        let Some((_, step, _, asked)) = rows.get(usize::from(*choice) % rows.len().max(1)) else { break };
        state = state.take(*step, &fitting(asked)).unwrap();
        path.push((state, *step));
    }
    path
}

proptest! {
    #[test]
    fn no_card_without_a_person_found_unique_since_the_last_capture(mass: bool, choices in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut found = false;
        for (state, step) in walk(STARTS[usize::from(mass)], &choices) {
            match step {
                Step::FindSingle | Step::ClearDoubt => found = true,
                Step::Recapture => found = false,
                _ => {}
            }
            if matches!(state, State::PrintReady | State::InPersonalization | State::Delivered | State::Closed) {
                prop_assert!(found, "{state:?} by {step:?}");
            }
        }
    }

    #[test]
    fn what_was_rejected_or_withdrawn_stays_so(mass: bool, choices in prop::collection::vec(any::<u8>(), 0..200)) {
        let path = walk(STARTS[usize::from(mass)], &choices);
        let ended = path.iter().position(|(state, _)| state.is_final());
        prop_assert!(ended.is_none_or(|at| at + 1 == path.len()));
    }
}

#[test]
fn every_state_is_reached_and_only_three_are_final() {
    let reached = |state: State| STARTS.contains(&state) || TABLE.iter().any(|(_, _, to, _)| *to == state);
    let all: std::collections::BTreeSet<State> = TABLE.iter().flat_map(|(from, _, to, _)| [*from, *to]).collect();
    assert!(all.iter().all(|state| reached(*state)));
    let ends: Vec<State> = all.into_iter().filter(|state| state.is_final()).collect();
    assert_eq!(ends, [State::Closed, State::Rejected, State::Withdrawn]);
}

#[test]
fn no_two_rows_say_different_things() {
    let keys: std::collections::HashSet<(State, Step)> = TABLE.iter().map(|(from, step, ..)| (*from, *step)).collect();
    assert_eq!(keys.len(), TABLE.len());
}

#[test]
fn a_step_out_of_turn_and_a_wrong_person_are_refused() {
    let operator = Taken { by: (1, Role::Operator), with: None };
    let wrong = StepError::WrongState { state: State::Received, step: Step::Approve };
    assert_eq!(State::Received.take(Step::Approve, &operator), Err(wrong));
    assert_eq!(wrong.reason(), crate::reason::Reason::WrongState);
    let role = StepError::Role(RoleError::WrongRole(Role::Operator));
    assert_eq!(State::Unique.take(Step::Approve, &operator), Err(role));
    assert_eq!(role.reason(), crate::reason::Reason::NotPermitted);
    // Who clears a doubt is never alone.
    let alone = Taken { by: (1, Role::Adjudicator), with: None };
    assert_eq!(State::Clarifying.take(Step::ClearDoubt, &alone), Err(StepError::Role(RoleError::SecondMissing)));
    let twice = Taken { by: (1, Role::Adjudicator), with: Some((1, Role::Supervisor)) };
    assert_eq!(State::Clarifying.take(Step::ClearDoubt, &twice), Err(StepError::Role(RoleError::SamePerson)));
}

#[test]
fn a_mismatch_at_handover_goes_to_clarification_by_two_and_a_spoiled_card_is_remade_without_a_new_application() {
    let two = Taken { by: (1, Role::Operator), with: Some((2, Role::Supervisor)) };
    assert_eq!(State::InPersonalization.take(Step::FailHandover, &two), Ok(State::Clarifying));
    let bureau = Taken { by: (3, Role::Personalizer), with: None };
    assert_eq!(State::InPersonalization.take(Step::Remake, &bureau), Ok(State::Unique));
}
