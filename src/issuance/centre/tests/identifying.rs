//! Single, re-issue and every doubt.

use super::world::{Comes, Named, World, id, officer};
use crate::afis::Policy;
use crate::issuance::Office;
use crate::issuance::application::Step;
use crate::issuance::centre::clarify::{Outcome, decide, take_up};
use crate::issuance::centre::findings::{Answer, Doubt};
use crate::issuance::centre::identify::{Population, identify};
use crate::issuance::centre::vacate;
use crate::issuance::centre::{Findings, application_of, person_of};
use crate::issuance::desk::By;
use crate::issuance::papers::Reason;
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Id, Kind, Move, StoreError};

const A: &str = "A-0000000000000001";
const B: &str = "A-0000000000000002";
const C: &str = "A-0000000000000003";

on_both!(
    what_a_nik_was_found_unique_with_stays_its_own_after_a_withdrawal,
    what_was_taken_back_before_it_was_unique_is_neither_own_nor_a_duplicate,
    the_record_that_is_not_kept_leaves_the_gallery,
    the_own_fingers_of_whom_somebody_else_came_for_stay_own,
    an_impostors_fingers_under_the_nik_are_found_again,
    the_centres_data_overwrite_the_copy_before_it_is_identified,
);

/// Two officers take a doubt up and decide it.
fn decided(world: &mut World, of: &Id, outcome: Outcome) {
    let (open, close, first, second) = (world.job(), world.job(), officer(17), officer(18));
    let by = By::two(&first, &second);
    world.at(Office::Ministry, |desk, _| take_up(desk, &open, of, false, by).map(drop)).unwrap();
    world.at(Office::Ministry, |desk, _| decide(desk, &close, of, outcome, by).map(drop)).unwrap();
}

fn withdrawn(world: &mut World, of: &str) {
    let (job, operator) = (world.job(), officer(13));
    let step = vec![Move::application(id(of), Step::Withdraw)];
    world.at(super::world::POINT, |desk, _| desk.take_by(&job, step, By::one(&operator)).map(drop)).unwrap();
}

fn what_a_nik_was_found_unique_with_stays_its_own_after_a_withdrawal(home: &mut dyn Home) {
    let mut world = World::over(home);
    world.comes(A, Comes::new(1, 7));
    withdrawn(&mut world, A);
    let found = world.comes(B, Comes { capture: 2, ..Comes::new(1, 7) });
    assert_eq!((found.answer, found.own.as_deref(), found.candidates.len()), (Answer::Reissue, Some(A), 0));
    world.audited();
}

fn what_was_taken_back_before_it_was_unique_is_neither_own_nor_a_duplicate(home: &mut dyn Home) {
    let mut world = World::over(home);
    world.comes(A, Comes::new(1, 7));
    // Another person whose data are poor: in the gallery, and taken back before a better capture.
    world.comes(B, Comes { without: 8, ..Comes::new(2, 8) });
    decided(&mut world, &id(B), Outcome::Recapture);
    withdrawn(&mut world, B);
    let found = world.comes(C, Comes { capture: 2, ..Comes::new(2, 8) });
    assert_eq!((found.answer, found.own), (Answer::Single, None));
    world.audited();
}

fn the_record_that_is_not_kept_leaves_the_gallery(home: &mut dyn Home) {
    for (outcome, gone) in [(Outcome::KeepFirst, B), (Outcome::KeepChosen, A)] {
        let mut world = if outcome == Outcome::KeepFirst { World::over(home) } else { World::new() };
        world.comes(A, Comes::new(1, 7));
        world.comes(B, Comes { capture: 2, ..Comes::new(2, 7) });
        decided(&mut world, &id(B), outcome);
        let is_there = |world: &World, of: &str| world.gallery.gallery().contains(person_of(&id(of)).unwrap());
        assert!(is_there(&world, A) && is_there(&world, B));
        assert_eq!(world.at(Office::Ministry, vacate), Ok(1));
        assert_eq!((is_there(&world, gone), world.gallery.gallery().len()), (false, 1), "{outcome:?}");
        assert_eq!(world.at(Office::Ministry, vacate), Ok(0), "once");
    }
    // At the latest when it is found: the one who kept the first record comes again.
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    world.card(&id(A), "C-1", crate::issuance::card::State::Active);
    world.comes(B, Comes { capture: 2, ..Comes::new(2, 7) });
    decided(&mut world, &id(B), Outcome::KeepFirst);
    let found = world.comes(C, Comes { capture: 3, reason: Reason::Lost, ..Comes::new(1, 7) });
    assert_eq!((found.answer, found.own.as_deref()), (Answer::Reissue, Some(A)));
    assert!(!world.gallery.gallery().contains(person_of(&id(B)).unwrap()));
    // And whoever kept the chosen one, of whom the other had ended before.
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    world.card(&id(A), "C-1", crate::issuance::card::State::Active);
    world.comes(B, Comes { capture: 2, ..Comes::new(2, 7) });
    decided(&mut world, &id(B), Outcome::KeepChosen);
    world.card(&id(B), "C-2", crate::issuance::card::State::Active);
    let found = world.comes(C, Comes { capture: 3, reason: Reason::Lost, ..Comes::new(2, 7) });
    assert_eq!((found.answer, found.own.as_deref()), (Answer::Reissue, Some(B)));
    assert!(!world.gallery.gallery().contains(person_of(&id(A)).unwrap()));
    world.audited();
}

fn the_own_fingers_of_whom_somebody_else_came_for_stay_own(home: &mut dyn Home) {
    let mut world = World::over(home);
    world.comes(A, Comes::new(1, 7));
    let card = world.card(&id(A), "C-1", crate::issuance::card::State::Waiting);
    let (job, first, second) = (world.job(), officer(13), officer(14));
    let refused =
        vec![Move::card_of(card, id(A), crate::issuance::card::Step::Refuse), Move::application(id(A), Step::FailHandover)];
    world.at(super::world::POINT, |desk, _| desk.take_by(&job, refused, By::two(&first, &second)).map(drop)).unwrap();
    let (job, first, second) = (world.job(), officer(17), officer(18));
    world.at(Office::Ministry, |desk, _| decide(desk, &job, &id(A), Outcome::ImpostorRefused, By::two(&first, &second))).unwrap();
    assert_eq!(world.state(&id(A)), "rejected");
    let found = world.comes(B, Comes { capture: 2, ..Comes::new(1, 7) });
    assert_eq!((found.answer, found.own.as_deref()), (Answer::Reissue, Some(A)));
    world.audited();
}

fn an_impostors_fingers_under_the_nik_are_found_again(home: &mut dyn Home) {
    let mut world = World::over(home);
    world.comes(A, Comes::new(1, 7));
    world.card(&id(A), "C-1", crate::issuance::card::State::Active);
    let lost = |person, capture| Comes { reason: Reason::Lost, capture, ..Comes::new(1, person) };
    world.comes(B, lost(9, 1));
    decided(&mut world, &id(B), Outcome::Fraud);
    let again = world.comes(C, lost(9, 2));
    let by: Vec<&str> = again.candidates.iter().map(|c| c.application.as_str()).collect();
    assert_eq!((again.answer, by), (Answer::Doubt(Doubt::Duplicate), vec![B]), "the same impostor");
    decided(&mut world, &id(C), Outcome::Fraud);
    // The holder is who they were.
    let own = world.comes("A-0000000000000004", lost(7, 2));
    assert_eq!((own.answer, own.own.as_deref()), (Answer::Reissue, Some(A)));
    world.audited();
}

fn the_centres_data_overwrite_the_copy_before_it_is_identified(home: &mut dyn Home) {
    use crate::issuance::case::Case;
    let mut world = World::over(home);
    let application = world.received(A, Comes::new(1, 7));
    let mut clean = super::world::biodata(1);
    clean.address.line = crate::record::Line::parse("JL. BARU NO. 3").unwrap();
    world.registered(clean.clone());
    assert_eq!(world.identify(&application).unwrap().answer, Answer::Single);
    let kept = |world: &mut World| world.at(Office::Ministry, |desk, _| Case::open(desk, &id(A)).unwrap().dossier.biodata);
    assert_eq!(kept(&mut world), clean);
    // What comes later is identified anew, and only then.
    let early = world.identify(&application).unwrap_err();
    assert_eq!(early, StoreError::WrongState { kind: Kind::Application, state: "unique", step: "find-single" }.into());
    clean.address.line = crate::record::Line::parse("JL. BARU NO. 4").unwrap();
    world.registered(clean.clone());
    assert_eq!(world.identify(&application).unwrap().answer, Answer::Single);
    assert_eq!((kept(&mut world), world.state(&application)), (clean, "unique"));
    world.audited();
}

#[test]
fn whoever_is_nobody_else_is_single_and_goes_on() {
    let mut world = World::new();
    for (name, n) in [(A, 1), (B, 2), (C, 3)] {
        let found = world.comes(name, Comes::new(n, u64::from(n)));
        assert_eq!((found.answer, found.candidates.len(), found.own), (Answer::Single, 0, None));
        assert_eq!(world.state(&id(name)), "unique");
    }
    world.audited();
}

#[test]
fn one_person_under_two_names_is_found_whoever_comes_second() {
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    world.comes(B, Comes::new(2, 8));
    let found = world.comes(C, Comes { capture: 2, ..Comes::new(3, 7) });
    assert_eq!(found.answer, Answer::Doubt(Doubt::Duplicate));
    let names: Vec<&str> = found.candidates.iter().map(|c| c.application.as_str()).collect();
    assert_eq!(names, [A]);
    assert!(found.candidates[0].fingers.len() >= 5, "{:?}", found.candidates);
    assert_eq!(world.state(&id(C)), "doubtful");
    // Whoever is in doubt is in the gallery too: a third name finds both.
    let third = world.comes("A-0000000000000004", Comes { capture: 3, ..Comes::new(4, 7) });
    assert_eq!(third.candidates.len(), 2);
    world.audited();
}

#[test]
fn two_applications_of_one_person_in_the_same_second_one_is_found() {
    let mut world = World::new();
    let (a, b) = (world.received(A, Comes::new(1, 7)), world.received(B, Comes { capture: 2, ..Comes::new(2, 7) }));
    let found = [world.identify(&a).unwrap(), world.identify(&b).unwrap()];
    assert_eq!(found.map(|f| f.answer), [Answer::Single, Answer::Doubt(Doubt::Duplicate)]);
}

#[test]
fn a_reissue_is_the_person_of_the_niks_own_enrolment_and_a_stranger_is_not() {
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    let card = world.card(&id(A), "C-1", crate::issuance::card::State::Active);
    let lost = Comes { capture: 2, reason: Reason::Lost, ..Comes::new(1, 7) };
    let found = world.comes(B, lost);
    assert_eq!((found.answer, found.own.as_deref()), (Answer::Reissue, Some(A)), "the own record is no duplicate");
    assert_eq!(world.card_state(&card), "active");
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    world.card(&id(A), "C-1", crate::issuance::card::State::Active);
    let stranger = world.comes(B, Comes { reason: Reason::Lost, ..Comes::new(1, 9) });
    assert_eq!(stranger.answer, Answer::Doubt(Doubt::OwnMismatch));
    assert_eq!(
        stranger.candidates.iter().map(|c| (c.application.as_str(), c.by.clone())).collect::<Vec<_>>(),
        [(A, vec!["own-nik".to_owned()])]
    );
}

#[test]
fn another_card_without_an_enrolment_to_match_is_never_single() {
    let mut world = World::new();
    let found = world.comes(A, Comes { reason: Reason::Damaged, ..Comes::new(1, 7) });
    assert_eq!(found.answer, Answer::Doubt(Doubt::NothingEnrolled));
    assert_eq!(world.state(&id(A)), "doubtful");
}

#[test]
fn no_or_too_few_fingers_are_always_two_persons_business() {
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    let none = world.comes(B, Comes { without: 10, ..Comes::new(2, 8) });
    assert_eq!(none.answer, Answer::Doubt(Doubt::NoUsableFinger));
    let by: Vec<(&str, &[String])> = none.candidates.iter().map(|c| (c.application.as_str(), c.by.as_slice())).collect();
    let why = ["same-name", "birth-date", "birth-place", "family-card"].map(str::to_owned);
    assert_eq!(by, [(A, &why[..])], "who is like them by data, and of the same family card");
    assert!(!none.more);
    let few = world.comes(C, Comes { without: 9, ..Comes::new(33, 9) });
    assert!(matches!(few.answer, Answer::Doubt(Doubt::TooFewFingers | Doubt::NotComparable)), "{:?}", few.answer);
    let another = world.comes("A-0000000000000004", Comes { without: 10, ..Comes::new(44, 8) });
    let why = |of: &str| another.candidates.iter().find(|c| c.application == of).unwrap().by.clone();
    assert_eq!(why(B), ["same-name", "birth-date", "birth-place", "no-finger"]);
    assert_eq!(why(C), ["same-name", "birth-date", "birth-place", "few-fingers"]);
}

#[test]
fn the_same_job_is_answered_again_and_a_recapture_takes_the_place_of_the_one_before() {
    let mut world = World::new();
    let a = world.received(A, Comes::new(1, 7));
    let centre = officer(16);
    let ask = |world: &mut World| {
        world.at(Office::Ministry, |desk, gallery| {
            let population = Population { gallery, policy: &Policy::default(), prints: &Named };
            identify(desk, &id("one-job"), &a, &population, By::one(&centre)).unwrap()
        })
    };
    let first = ask(&mut world);
    assert_eq!(ask(&mut world), first);
    assert_eq!(world.gallery.gallery().len(), 1);
    let findings: Findings = world.at(Office::Ministry, |desk, _| Findings::open(desk, &a).unwrap());
    assert_eq!(findings, first);
    assert!(world.gallery.gallery().person(person_of(&a).unwrap()).is_some());
}

#[test]
fn an_application_that_was_not_received_is_not_identified_and_a_name_is_found_back() {
    let mut world = World::new();
    let a = world.received(A, Comes::new(1, 7));
    world.identify(&a).unwrap();
    let refused = world.identify(&a).unwrap_err();
    let state = StoreError::WrongState { kind: crate::issuance::store::Kind::Application, state: "unique", step: "find-single" };
    assert_eq!(refused, state.into());
    assert_eq!(application_of(person_of(&a).unwrap()).unwrap(), a);
    assert!(person_of(&id("other")).is_err());
    // One of two thousand ids is sixteen digits, which the gallery would take for a NIK.
    for (application, person) in [("A-0012345678901234", "g012345678901234"), ("A-0000000000000001", "g000000000000001")] {
        assert_eq!(person_of(&id(application)).unwrap().to_string(), person);
        assert_eq!(application_of(person_of(&id(application)).unwrap()).unwrap(), id(application));
    }
    assert_eq!(person_of(&id("A-6C9533E714C4D725")).unwrap().to_string(), "6C9533E714C4D725");
}
