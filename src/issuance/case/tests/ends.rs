//! How cases end: closed, with the old card collected, or taken back, with an allocated number revoked.

use super::world::*;
use crate::issuance::application::State;
use crate::issuance::case::withdraw::Reason as Why;
use crate::issuance::case::{self, CaseError, OldCard};
use crate::issuance::desk::By;
use crate::issuance::papers::{Form, Paper, Reason};

const CARD_BROUGHT: [(Paper, Form); 2] = [(Paper::FamilyCard, Form::Copy), (Paper::OldCard, Form::Original)];

#[test]
fn a_damaged_card_stays_until_the_new_one_is_active_and_is_then_collected() {
    let mut world = World::new();
    let old = world.old_card(HOLDS);
    let a = world.applied(HOLDS, Reason::Damaged, &CARD_BROUGHT).unwrap();
    assert_eq!(world.card_state(&old), "active");
    world.verify_data(&a);
    world.captured(&a);
    let (operator, job) = (officer(3), world.job());
    world.at(POINT, |desk| case::consolidate(desk, &job, &a, By::one(&operator))).unwrap();
    let card = world.approved(&a);
    world.delivered(&a, &card, Some(&old));
    assert_eq!((world.card_state(&old), world.card_state(&card)), ("revoked", "active"));
    let job = world.job();
    let kept = world.at(POINT, |desk| case::close(desk, &job, &a, OldCard::None, By::one(&operator)));
    assert_eq!(kept, Err(CaseError::OldCard));
    for _ in 0..2 {
        let collected = world.at(POINT, |desk| case::close(desk, &job, &a, OldCard::Collected, By::one(&operator))).unwrap();
        assert_eq!(collected, std::slice::from_ref(&old));
    }
    assert_eq!((world.state(&a), world.card_state(&old)), (State::Closed, "returning"));
    world.verified();
}

#[test]
fn a_lost_card_is_revoked_at_the_report_by_whoever_may() {
    let mut world = World::new();
    let old = world.old_card(HOLDS);
    let papers = [(Paper::FamilyCard, Form::Copy), (Paper::PoliceLetter, Form::Original)];
    let (form, job) = (world.form(HOLDS, Reason::Lost, &papers), world.job());
    let (operator, supervisor) = (officer(3), officer(4));
    let alone = world.at(POINT, |desk| case::apply(desk, &job, &form, By::one(&operator)));
    assert!(matches!(alone, Err(CaseError::Desk(_))), "an operator alone revokes nothing: {alone:?}");
    assert_eq!(world.card_state(&old), "active");
    let apply = |world: &mut World| world.at(POINT, |desk| case::apply(desk, &job, &form, By::two(&operator, &supervisor)));
    let a = apply(&mut world).unwrap();
    assert_eq!((world.card_state(&old), world.state(&a)), ("revoked", State::Applied));
    assert_eq!(apply(&mut world), Ok(a), "the same job again, though the card is revoked by now");
    world.verified();
}

#[test]
fn withdrawing_what_is_print_ready_revokes_the_allocated_number_in_the_same_change() {
    let mut world = World::new();
    let a = world.new_case();
    world.verify_data(&a);
    world.captured(&a);
    let (operator, supervisor, job) = (officer(3), officer(4), world.job());
    world.at(POINT, |desk| case::consolidate(desk, &job, &a, By::one(&operator))).unwrap();
    let card = world.approved(&a);
    assert_eq!((world.state(&a), world.card_state(&card)), (State::PrintReady, "allocated"));
    let job = world.job();
    let alone = world.at(POINT, |desk| case::withdraw(desk, &job, &a, Why::Applicant, By::one(&operator)));
    assert!(matches!(alone, Err(CaseError::Desk(_))), "{alone:?}");
    assert_eq!((world.state(&a), world.card_state(&card)), (State::PrintReady, "allocated"), "both or neither");
    for _ in 0..2 {
        let revoked = world.at(POINT, |desk| case::withdraw(desk, &job, &a, Why::Applicant, By::two(&operator, &supervisor)));
        assert_eq!(revoked, Ok(vec![card.clone()]));
    }
    assert_eq!((world.state(&a), world.card_state(&card)), (State::Withdrawn, "revoked"));
    // The person may apply again.
    let b = world.new_case();
    let job = world.job();
    assert_eq!(world.at(POINT, |desk| case::withdraw(desk, &job, &b, Why::Moved, By::one(&operator))), Ok(vec![]));
    world.verified();
}
