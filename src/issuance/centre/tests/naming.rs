//! Whoever is a candidate is named, held and let go, however many they are; and who of them is meant.

use super::world::{Comes, World, id, officer};
use crate::issuance::Office;
use crate::issuance::application::Step;
use crate::issuance::card::State;
use crate::issuance::centre::clarify::{Concluded, Decision, Outcome, decide, refuse_if_held, take_up};
use crate::issuance::centre::findings::{Answer, Decided, Doubt, Findings, Suspect, Suspects};
use crate::issuance::centre::{CentreError, person_of};
use crate::issuance::desk::By;
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Id, Kind, Move, StoreError};
use crate::limits::SUSPECTS;
use crate::reason::{Reason, Refusal as _};

on_both!(
    all_of_more_than_fifty_are_held_and_suspended_and_let_go,
    only_who_is_named_gives_way,
    who_is_let_go_by_two_decisions_at_once_is_valid_again,
    fraud_leaves_the_cards_of_those_suspended_who_are_named,
);

const A: &str = "A-0000000000000001";
const B: &str = "A-0000000000000002";
const C: &str = "A-0000000000000003";
const D: &str = "A-0000000000000004";

fn nth(n: u32) -> Id {
    id(&format!("A-{n:016}"))
}

fn take(world: &mut World, of: &Id, fraud: bool) -> Vec<Id> {
    let (job, first, second) = (world.job(), officer(17), officer(18));
    world.at(Office::Ministry, |desk, _| take_up(desk, &job, of, fraud, By::two(&first, &second))).unwrap()
}

fn say(world: &mut World, (job, of): (&Id, &Id), outcome: Outcome, same: &[&str]) -> Result<Concluded, CentreError> {
    let (first, second) = (officer(17), officer(18));
    let same: Vec<Id> = same.iter().map(|same| id(same)).collect();
    world.at(Office::Ministry, |desk, _| decide(desk, job, of, Decision { outcome, same: &same }, By::two(&first, &second)))
}

fn said(world: &mut World, of: &str, outcome: Outcome, same: &[&str]) -> Result<Concluded, CentreError> {
    let job = world.job();
    say(world, (&job, &id(of)), outcome, same)
}

fn is_held(world: &mut World, of: &Id) -> bool {
    match world.at(Office::Ministry, |desk, _| refuse_if_held(desk, of)) {
        Ok(()) => false,
        refused => refused == Err(CentreError::Held(of.clone())),
    }
}

/// The n-th name of person 7 under a NIK of its own, found to be another person, with a card in the hand.
fn with_card(world: &mut World, n: u32) -> Id {
    let of = nth(n);
    if world.comes(of.as_str(), Comes { capture: n, ..Comes::new(n, 7) }).answer != Answer::Single {
        take(world, &of, false);
        said(world, of.as_str(), Outcome::DifferentPeople, &[]).unwrap();
    }
    world.card(&of, &format!("C-{n}"), State::Active)
}

/// Nobody has fingers: everybody is a candidate of whoever comes last.
fn all_of_more_than_fifty_are_held_and_suspended_and_let_go(home: &mut dyn Home) {
    let (mut world, many) = (World::over(home), 60);
    for n in 1..=many {
        world.comes(nth(n).as_str(), Comes { without: 10, ..Comes::new(n, 8) });
    }
    let last = nth(many + 1);
    let found = world.comes(last.as_str(), Comes { without: 10, ..Comes::new(many + 1, 8) });
    assert_eq!((found.answer, found.more, found.more_by_fingers), (Answer::Doubt(Doubt::NoUsableFinger), false, false));
    let named: Vec<Id> = found.candidates.iter().map(|suspect| id(&suspect.application)).collect();
    assert_eq!(named.len(), 60);
    let mut cards = Vec::new();
    for (n, at) in [(1, 0), (2, 49), (3, 50), (4, 59)] {
        take(&mut world, &named[at], false);
        said(&mut world, named[at].as_str(), Outcome::DifferentPeople, &[]).unwrap();
        cards.push(world.card(&named[at], &format!("C-{n}"), State::Active));
    }
    assert_eq!(take(&mut world, &last, true), named);
    assert!(named.iter().all(|of| is_held(&mut world, of)), "open cases, and those whose card is suspected");
    let states = |world: &mut World| cards.iter().map(|card| world.card_state(card)).collect::<Vec<_>>();
    assert_eq!(states(&mut world), ["suspended"; 4]);
    said(&mut world, last.as_str(), Outcome::DifferentPeople, &[]).unwrap();
    assert!(!named.iter().any(|of| is_held(&mut world, of)));
    assert_eq!((states(&mut world), world.state(&last)), (vec!["active"; 4], "unique"));
    world.audited();
}

/// A doubt with these findings, taken up.
fn doubtful(world: &mut World, suspects: Suspects) -> Id {
    let (of, job, centre) = (world.received(B, Comes::new(2, 8)), world.job(), officer(16));
    world.at(Office::Ministry, |desk, _| {
        let found = Findings::new(desk.now(), Answer::Doubt(Doubt::Candidates), suspects, None, [0; 32]);
        let sealed = found.seal(desk, &of).unwrap();
        let step = Move::application(of.clone(), Step::FindDoubt).with_sealed(sealed);
        desk.take_by(&job, vec![step], By::one(&centre)).map(drop).unwrap();
    });
    take(world, &of, false);
    of
}

#[test]
fn nobody_goes_on_while_somebody_with_such_fingers_is_not_named() {
    let by_fingers = |of: &str| Suspect { band: Some("clear".into()), by: Vec::new(), ..Suspect::by_data(&id(of), "") };
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    let suspects = || Suspects { all: vec![by_fingers(A)], is_cut: true, is_cut_by_fingers: true };
    let of = doubtful(&mut world, suspects());
    for outcome in [Outcome::DifferentPeople, Outcome::KeepChosen] {
        let refused = said(&mut world, B, outcome, &[]).unwrap_err();
        assert_eq!((&refused, refused.reason()), (&CentreError::Unnamed, Reason::WrongState), "{outcome:?}");
    }
    assert_eq!(world.state(&of), "clarifying");
    for (outcome, state) in
        [(Outcome::KeepFirst, "rejected"), (Outcome::Fraud, "rejected"), (Outcome::Recapture, "data-verified")]
    {
        let mut world = World::new();
        world.comes(A, Comes::new(1, 7));
        let of = doubtful(&mut world, suspects());
        said(&mut world, B, outcome, &[]).unwrap();
        assert_eq!(world.state(&of), state);
    }
    // Of those whose fingers say nothing, whoever is named is all that two persons can look at.
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    let of = doubtful(&mut world, Suspects { all: vec![by_fingers(A)], is_cut: true, is_cut_by_fingers: false });
    said(&mut world, B, Outcome::DifferentPeople, &[]).unwrap();
    assert_eq!(world.state(&of), "unique");
    // Where the names end.
    let mut full = Suspects::default();
    assert!((1..=SUSPECTS).all(|_| full.add_by_fingers(by_fingers(A))));
    let mut data = full.clone();
    data.add(&id(C), "no-finger");
    assert_eq!((data.all.len(), data.is_cut, data.is_cut_by_fingers), (SUSPECTS, true, false));
    assert!(!full.add_by_fingers(by_fingers(B)));
    assert_eq!((full.all.len(), full.is_cut, full.is_cut_by_fingers), (SUSPECTS, true, true));
}

/// Two who were told apart, with a card each, and a third name that has the fingers of both.
fn of_two(world: &mut World) -> [Id; 2] {
    let cards = [with_card(world, 1), with_card(world, 2)];
    let third = world.comes(C, Comes { capture: 3, ..Comes::new(3, 7) });
    let named: Vec<&str> = third.candidates.iter().map(|suspect| suspect.application.as_str()).collect();
    assert!(named.len() == 2 && named.contains(&A) && named.contains(&B), "{named:?}");
    cards
}

fn only_who_is_named_gives_way(home: &mut dyn Home) {
    let mut world = World::over(home);
    let [first, second] = of_two(&mut world);
    take(&mut world, &id(C), true);
    let refused = |world: &mut World, outcome, same: &[&str], why: CentreError| {
        let refused = said(world, C, outcome, same).unwrap_err();
        assert_eq!((&refused, refused.reason(), world.state(&id(C))), (&why, Reason::InputInvalid, "clarifying"));
    };
    for outcome in [Outcome::KeepChosen, Outcome::KeepFirst] {
        refused(&mut world, outcome, &[], CentreError::WhoIsSame);
        refused(&mut world, outcome, &[A, D], CentreError::NoCandidate(id(D)));
    }
    for outcome in [Outcome::DifferentPeople, Outcome::Recapture] {
        refused(&mut world, outcome, &[A], CentreError::NobodyIsSame);
    }
    let job = world.job();
    let done = say(&mut world, (&job, &id(C)), Outcome::KeepChosen, &[B, B]).unwrap();
    assert_eq!(done, Concluded { same: vec![id(B)], ended: Vec::new(), revoked: vec![second.clone()] });
    assert_eq!((world.card_state(&first), world.card_state(&second)), ("active", "revoked"));
    assert!(!is_held(&mut world, &id(A)) && !is_held(&mut world, &id(B)));
    for same in [&[B][..], &[]] {
        assert_eq!(say(&mut world, (&job, &id(C)), Outcome::KeepChosen, same), Ok(done.clone()), "the same again");
    }
    let other = say(&mut world, (&job, &id(C)), Outcome::KeepChosen, &[A]);
    assert_eq!(other, Err(StoreError::Conflict(job.to_string()).into()));
    // It is kept and signed who was named; and that record alone makes no doubt any more.
    let kept = world.at(Office::Ministry, |desk, _| Findings::open(desk, &id(C))).unwrap();
    let decided = Decided { outcome: "keep-chosen".to_owned(), same: vec![B.to_owned()] };
    assert_eq!((kept.decided.as_ref(), kept.given_up().collect::<Vec<_>>()), (Some(&decided), vec![B]));
    let life = world.store.history(Kind::Application, &id(C), 0, 100).unwrap();
    let signed = life.iter().rev().find(|row| row.was == "clarifying").unwrap();
    assert_eq!(signed.evidence(), Some(decided.digest()));
    world.card(&id(C), "C-3", State::Active);
    let again = world.comes(D, Comes { capture: 4, reason: crate::issuance::papers::Reason::Lost, ..Comes::new(3, 7) });
    let named: Vec<&str> = again.candidates.iter().map(|suspect| suspect.application.as_str()).collect();
    assert_eq!((again.answer, named), (Answer::Doubt(Doubt::Candidates), vec![A]), "beside the own record");
    assert!(!world.gallery.gallery().contains(person_of(&id(B)).unwrap()));
    world.audited();
}

/// Keep-first ends this application alone, and says whose record is kept; a candidate by data alone must be named.
#[test]
fn the_record_that_was_there_first_is_named_too() {
    let mut world = World::new();
    let [first, second] = of_two(&mut world);
    take(&mut world, &id(C), true);
    let done = said(&mut world, C, Outcome::KeepFirst, &[A]).unwrap();
    assert_eq!(done, Concluded { same: vec![id(A)], ended: Vec::new(), revoked: Vec::new() });
    let states = [&first, &second].map(|card| world.card_state(card));
    assert_eq!((states, world.state(&id(C))), (["active"; 2], "rejected"));
    for outcome in [Outcome::KeepFirst, Outcome::KeepChosen] {
        let mut world = World::new();
        world.comes(A, Comes::new(1, 7));
        let card = world.card(&id(A), "C-1", State::Active);
        let found = world.comes(B, Comes { without: 10, ..Comes::new(2, 8) });
        assert!(found.candidates.len() == 1 && !found.candidates[0].may_be_kept_for());
        take(&mut world, &id(B), false);
        assert_eq!(said(&mut world, B, outcome, &[]), Err(CentreError::WhoIsSame), "a namesake");
        let done = said(&mut world, B, outcome, &[A]).unwrap();
        let (revoked, state) = if outcome == Outcome::KeepChosen { (vec![card.clone()], "revoked") } else { (vec![], "active") };
        assert_eq!((done.revoked, world.card_state(&card)), (revoked, state));
    }
    // Nobody else is there.
    let mut world = World::new();
    let found = world.comes(A, Comes { reason: crate::issuance::papers::Reason::Damaged, ..Comes::new(1, 7) });
    assert_eq!(found.answer, Answer::Doubt(Doubt::NothingEnrolled));
    take(&mut world, &id(A), false);
    assert_eq!(said(&mut world, A, Outcome::KeepFirst, &[]), Err(CentreError::Outcome));
    world.audited();
}

/// B suspects A; C suspects A and B, keeps itself in the place of B, and finds A to be somebody else.
fn who_is_let_go_by_two_decisions_at_once_is_valid_again(home: &mut dyn Home) {
    let mut world = World::over(home);
    let card = with_card(&mut world, 1);
    world.comes(B, Comes { capture: 2, ..Comes::new(2, 7) });
    world.comes(C, Comes { capture: 3, ..Comes::new(3, 7) });
    take(&mut world, &id(B), true);
    take(&mut world, &id(C), true);
    let done = said(&mut world, C, Outcome::KeepChosen, &[B]).unwrap();
    assert_eq!(done, Concluded { same: vec![id(B)], ended: vec![id(B)], revoked: Vec::new() });
    assert_eq!((world.card_state(&card), is_held(&mut world, &id(A))), ("active", false));
    world.audited();
}

fn fraud_leaves_the_cards_of_those_suspended_who_are_named(home: &mut dyn Home) {
    let mut world = World::over(home);
    let [first, second] = of_two(&mut world);
    // Another doubt suspects both, and is decided after.
    world.comes(D, Comes { capture: 4, ..Comes::new(4, 7) });
    take(&mut world, &id(C), true);
    take(&mut world, &id(D), true);
    said(&mut world, C, Outcome::Fraud, &[A]).unwrap();
    assert_eq!([&first, &second].map(|card| world.card_state(card)), ["suspended"; 2], "the other suspects them yet");
    said(&mut world, D, Outcome::DifferentPeople, &[]).unwrap();
    assert_eq!([&first, &second].map(|card| world.card_state(card)), ["suspended", "active"]);
    world.audited();
    // Nobody named: all of them.
    let mut world = World::new();
    let cards = of_two(&mut world);
    take(&mut world, &id(C), true);
    assert_eq!(said(&mut world, C, Outcome::Fraud, &[]).unwrap().same, Vec::<Id>::new());
    assert_eq!([&cards[0], &cards[1]].map(|card| world.card_state(card)), ["suspended"; 2]);
}
