//! How cases end: closed, with the old card collected, or taken back, with an allocated number revoked.

use super::world::*;
use crate::issuance::application::State;
use crate::issuance::card;
use crate::issuance::case::withdraw::Reason as Why;
use crate::issuance::case::{self, CaseError, OldCard};
use crate::issuance::desk::By;
use crate::issuance::papers::{Form, Needed, Paper, Reason};
use crate::issuance::procedure::Holder;
use crate::issuance::store::{Id, Kind, Move, StoreError};
use crate::issuance::transit::back;
use crate::record::Line;
use jiff::civil::date;

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
    let kept = world.at(POINT, |desk| case::close(desk, &job, &a, (OldCard::None, &[]), By::one(&operator)));
    assert_eq!(kept, Err(CaseError::OldCard));
    for _ in 0..2 {
        let collected =
            world.at(POINT, |desk| case::close(desk, &job, &a, (OldCard::Collected, &[]), By::one(&operator))).unwrap();
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

/// A world in which a lost card was replaced, the new one in its holder's hand: the case, and the lost card.
fn replaced() -> (World, Id, Id) {
    let mut world = World::new();
    let lost = world.old_card(HOLDS);
    let papers = [(Paper::FamilyCard, Form::Copy), (Paper::PoliceLetter, Form::Original)];
    let a = world.applied(HOLDS, Reason::Lost, &papers).unwrap();
    world.verify_data(&a);
    world.captured(&a);
    let (operator, job) = (officer(3), world.job());
    world.at(POINT, |desk| case::consolidate(desk, &job, &a, By::one(&operator))).unwrap();
    let card = world.approved(&a);
    world.delivered(&a, &card, None);
    (world, a, lost)
}

fn closed(world: &mut World, a: &Id, what: (OldCard, &[Id])) -> Result<Vec<Id>, CaseError> {
    let (job, operator) = (world.job(), officer(3));
    world.at(POINT, |desk| case::close(desk, &job, a, what, By::one(&operator)))
}

#[test]
fn a_lost_card_is_not_collected_unless_somebody_brings_it() {
    let (mut world, a, lost) = replaced();
    assert_eq!(closed(&mut world, &a, (OldCard::Collected, &[])), Ok(vec![]), "no card was superseded by this handover");
    assert_eq!((world.state(&a), world.card_state(&lost)), (State::Closed, "revoked"));
    let (mut world, a, lost) = replaced();
    let named = std::slice::from_ref(&lost);
    assert_eq!(closed(&mut world, &a, (OldCard::None, named)), Err(CaseError::OldCard), "named, and not collected");
    assert_eq!(closed(&mut world, &a, (OldCard::Collected, named)), Ok(vec![lost.clone()]));
    assert_eq!(world.card_state(&lost), "returning", "it was found, and is destroyed");
    world.verified();
}

#[test]
fn a_number_that_never_had_a_chip_is_no_card_to_collect() {
    let mut world = World::new();
    let first = world.new_case();
    world.verify_data(&first);
    world.captured(&first);
    let (operator, supervisor, job) = (officer(3), officer(4), world.job());
    world.at(POINT, |desk| case::consolidate(desk, &job, &first, By::one(&operator))).unwrap();
    let allocated = world.approved(&first);
    let job = world.job();
    let two = By::two(&operator, &supervisor);
    world.at(POINT, |desk| case::withdraw(desk, &job, &first, Why::Applicant, two)).unwrap();
    assert_eq!(world.card_state(&allocated), "revoked");
    let (a, job) = (world.new_case(), world.job());
    world.verify_data(&a);
    world.captured(&a);
    world.at(POINT, |desk| case::consolidate(desk, &job, &a, By::one(&operator))).unwrap();
    let card = world.approved(&a);
    world.delivered(&a, &card, None);
    for other in [allocated, card] {
        let refused = closed(&mut world, &a, (OldCard::Collected, std::slice::from_ref(&other)));
        assert_eq!(refused, Err(CaseError::NotTheirs(other)));
    }
    let unknown = closed(&mut world, &a, (OldCard::Collected, &[id("C-0")]));
    assert_eq!(unknown, Err(StoreError::Unknown { kind: Kind::Card, id: "C-0".into() }.into()));
    assert_eq!(closed(&mut world, &a, (OldCard::Collected, &[])), Ok(vec![]));
}

/// A first card that waits at its desk, and its application.
fn waiting(world: &mut World) -> (Id, Id) {
    let a = world.new_case();
    world.verify_data(&a);
    world.captured(&a);
    let (operator, job) = (officer(3), world.job());
    world.at(POINT, |desk| case::consolidate(desk, &job, &a, By::one(&operator))).unwrap();
    let card = world.approved(&a);
    world.made(&a, &card);
    let (job, supervisor) = (world.job(), officer(4));
    let moves = [card::Step::Pack, card::Step::Receive].map(|step| Move::card(card.clone(), step)).to_vec();
    world.at(POINT, |desk| desk.take_by(&job, moves, By::one(&supervisor))).unwrap();
    (a, card)
}

/// Withdrawing takes the waiting card back too; at another office the card is taken back after it.
fn withdrawn(mut world: World) {
    let (a, card) = waiting(&mut world);
    let (operator, supervisor, job) = (officer(3), officer(4), world.job());
    let alone = world.at(POINT, |desk| case::withdraw(desk, &job, &a, Why::Applicant, By::one(&operator)));
    assert!(matches!(alone, Err(CaseError::Desk(_))), "a card is taken back by two: {alone:?}");
    assert_eq!((world.state(&a), world.card_state(&card)), (State::InPersonalization, "waiting"), "both or neither");
    for _ in 0..2 {
        let two = By::two(&operator, &supervisor);
        assert_eq!(world.at(POINT, |desk| case::withdraw(desk, &job, &a, Why::Applicant, two)), Ok(vec![card.clone()]));
    }
    assert_eq!((world.state(&a), world.card_state(&card)), (State::Withdrawn, "refused"));
    // The regency registers a death while the card waits at the service point.
    let (a, card) = waiting(&mut world);
    let (regency, job) = (officer(10), world.job());
    assert_eq!(world.at(REGENCY, |desk| case::withdraw(desk, &job, &a, Why::Death, By::one(&regency))), Ok(vec![]));
    assert_eq!((world.state(&a), world.card_state(&card)), (State::Withdrawn, "waiting"));
    let job = world.job();
    for _ in 0..2 {
        let two = By::two(&operator, &supervisor);
        world.at(POINT, |desk| back::take_back(desk, &job, &card, back::Why::Withdrawn, two)).unwrap();
    }
    assert_eq!(world.card_state(&card), "refused");
    world.verified();
}

#[test]
fn a_card_that_waits_goes_back_with_its_application() {
    withdrawn(World::new());
}

#[test]
fn a_card_that_waits_goes_back_with_its_application_on_postgresql_too() {
    if let Some(server) = crate::issuance::store::tests::server() {
        use crate::issuance::store::tests::Home as _;
        withdrawn(World::of(server.database().create()));
    }
}

#[test]
fn an_old_card_that_whoever_was_listed_brings_is_collected_at_the_end() {
    let mut world = World::new();
    let (head, camat, operator, job) = (officer(2), officer(5), officer(3), world.job());
    let listed = world.at(REGENCY, |desk| case::list(desk, &job, Holder::Citizen, By::one(&head))).unwrap().applications;
    let (a, job) = (listed[0].clone(), world.job());
    let day = date(2026, 12, 7);
    world.at(POINT, |desk| case::summon(desk, &job, std::slice::from_ref(&a), day, By::one(&camat))).unwrap();
    for to in [case::Receiver::VillageHead, case::Receiver::Resident] {
        let (job, name) = (world.job(), Line::parse("SPESIMEN").unwrap());
        world.at(POINT, |desk| case::pass(desk, &job, &a, (to, &name), By::one(&operator))).unwrap();
    }
    let original = |paper| Needed { paper, form: Form::Original };
    let code = Some(case::receipt::stub(&world.key, &a, case::receipt::Stub::Summons));
    let brought = vec![original(Paper::Summons), original(Paper::OldCard)];
    let seen = case::Verification { brought, code, ..case::Verification::default() };
    let job = world.job();
    world.at(POINT, |desk| case::verify(desk, &job, &a, &seen, By::one(&operator))).unwrap();
    assert!(world.case(&a).dossier.holds_card);
    world.captured(&a);
    let job = world.job();
    world.at(POINT, |desk| case::consolidate(desk, &job, &a, By::one(&operator))).unwrap();
    let card = world.approved(&a);
    world.delivered(&a, &card, None);
    assert_eq!(closed(&mut world, &a, (OldCard::None, &[])), Err(CaseError::OldCard));
    assert_eq!(closed(&mut world, &a, (OldCard::Collected, &[])), Ok(vec![]), "of another kind: the store has no number of it");
    assert_eq!(world.state(&a), State::Closed);
}
