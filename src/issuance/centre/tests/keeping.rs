//! One person, one card: which record is kept, what the others give up, and by whose word a suspended card is valid again.

use super::world::{Comes, ELSEWHERE, POINT, World, id, officer};
use crate::issuance::application::Step;
use crate::issuance::card::{self, State};
use crate::issuance::case::CaseError;
use crate::issuance::centre::CentreError;
use crate::issuance::centre::clarify::{Concluded, Decision, Outcome, decide, refuse_if_held, take_up};
use crate::issuance::desk::{By, DeskError};
use crate::issuance::names::Named as _;
use crate::issuance::procedure::Place;
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{By as Find, Id, Kind, Move, Opening, StoreError, Word};
use crate::issuance::transit::route;
use crate::issuance::{Office, Role};
use crate::reason::{Reason, Refusal as _};

on_both!(
    a_record_that_is_kept_leaves_no_card_of_another_wherever_that_is,
    what_is_called_back_on_its_way_arrives_and_goes_back,
    a_candidate_that_was_clarified_itself_lets_its_own_candidates_go,
    who_is_alike_by_data_alone_gives_nothing_up,
    a_suspension_is_lifted_by_its_own_case_alone,
    two_that_suspect_one_card_both_decide_before_it_is_valid_again,
    what_was_fraud_to_one_is_not_lifted_by_another,
    a_case_is_clarified_by_its_own_office_or_one_above_it,
);

const A: &str = "A-0000000000000001";
const B: &str = "A-0000000000000002";
const C: &str = "A-0000000000000003";

/// The n-th name of person 7.
fn comes(world: &mut World, name: &str, n: u32) -> Id {
    world.comes(name, Comes { capture: n, ..Comes::new(n, 7) });
    id(name)
}

fn take(world: &mut World, of: &Id, fraud: bool) {
    let (job, first, second) = (world.job(), officer(17), officer(18));
    world.at(Office::Ministry, |desk, _| take_up(desk, &job, of, fraud, By::two(&first, &second))).unwrap();
}

fn say(world: &mut World, of: &Id, outcome: Outcome) -> Concluded {
    say_of(world, of, outcome, &[])
}

fn say_of(world: &mut World, of: &Id, outcome: Outcome, same: &[Id]) -> Concluded {
    let (job, first, second) = (world.job(), officer(17), officer(18));
    let decision = Decision { outcome, same };
    let done = world.at(Office::Ministry, |desk, _| decide(desk, &job, of, decision, By::two(&first, &second))).unwrap();
    let again = world.at(Office::Ministry, |desk, _| decide(desk, &job, of, decision, By::two(&first, &second)));
    assert_eq!(again, Ok(done.clone()), "asked again");
    done
}

/// Brings the card of a unique application to a state on its way.
fn card_at(world: &mut World, of: &Id, reaches: State) -> Id {
    if matches!(reaches, State::Waiting | State::Active) {
        return world.card(of, "C-1", reaches);
    }
    let (card, blank) = (id("C-1"), id("B-1"));
    let opening = Opening::Card { application: of.clone(), number: Word::parse("N1").unwrap() };
    let word = Word::parse("ektp-80k").unwrap();
    let step = |step| Move::card_of(card.clone(), of.clone(), step);
    let ways: [(Vec<Move>, u64, State); 7] = [
        (vec![Move::application(of.clone(), Step::Approve), Move::open(card.clone(), opening)], 19, State::Allocated),
        (
            vec![
                Move::application(of.clone(), Step::Personalize),
                Move::open(blank.clone(), Opening::Blank { of: word }),
                step(card::Step::Encode),
                Move::blank_for(blank, card.clone()),
            ],
            20,
            State::Encoding,
        ),
        (vec![step(card::Step::FinishEncoding)], 20, State::Encoded),
        (vec![step(card::Step::Print)], 20, State::Printed),
        (vec![step(card::Step::Check)], 20, State::Checked),
        (vec![step(card::Step::Pack)], 21, State::Packed),
        (vec![step(card::Step::Send)], 21, State::InTransit),
    ];
    for (moves, by, state) in ways {
        let (job, by) = (world.job(), officer(by));
        world.at(super::world::REGENCY, |desk, _| desk.take_by(&job, moves, By::one(&by))).unwrap();
        if state == reaches {
            break;
        }
    }
    assert_eq!(world.card_state(&card), reaches.name());
    card
}

fn a_record_that_is_kept_leaves_no_card_of_another_wherever_that_is(home: &mut dyn Home) {
    let mut world = World::over(home);
    let a = comes(&mut world, A, 1);
    let b = comes(&mut world, B, 2);
    take(&mut world, &b, false);
    let done = say(&mut world, &b, Outcome::KeepChosen);
    assert_eq!(done, Concluded { same: vec![a.clone()], ended: vec![a.clone()], revoked: vec![] });
    assert_eq!((world.state(&a), world.state(&b)), ("rejected", "unique"));
    let approve = |world: &mut World, of: &Id, name: &str| {
        let opening = Opening::Card { application: of.clone(), number: Word::parse(&format!("N{name}")).unwrap() };
        let moves = vec![Move::application(of.clone(), Step::Approve), Move::open(id(name), opening)];
        let (job, by) = (world.job(), officer(19));
        world.at(Office::Ministry, |desk, _| desk.take_by(&job, moves, By::one(&by)).map(drop))
    };
    let ended = StoreError::WrongState { kind: Kind::Application, state: "rejected", step: "approve" };
    assert_eq!(approve(&mut world, &a, "C-a"), Err(DeskError::Store(ended)), "what gave way is not authorized");
    assert_eq!(approve(&mut world, &b, "C-b"), Ok(()));
    world.audited();
}

fn what_is_called_back_on_its_way_arrives_and_goes_back(home: &mut dyn Home) {
    let mut world = World::over(home);
    let a = comes(&mut world, A, 1);
    let card = card_at(&mut world, &a, State::InTransit);
    let b = comes(&mut world, B, 2);
    take(&mut world, &b, false);
    let done = Concluded { same: vec![a.clone()], ended: vec![a.clone()], revoked: vec![card.clone()] };
    assert_eq!(say(&mut world, &b, Outcome::KeepChosen), done);
    let (job, operator) = (world.job(), officer(13));
    let receive = vec![Move::card_of(card.clone(), a.clone(), card::Step::Receive)];
    world.at(POINT, |desk, _| desk.take_by(&job, receive, By::one(&operator))).unwrap();
    let standing = world.store.standing(Kind::Card, &card).unwrap().unwrap();
    assert_eq!((standing.state, standing.custody.as_str()), ("revoked", "31.71.01"), "who has it, has a revoked card");
    let going = world.at(POINT, |desk, _| route::next(desk, &card)).unwrap();
    assert_eq!((going.way, going.next), (route::Way::Back, Some(super::world::REGENCY)));
    world.audited();
}

/// Every state that a candidate's card can be in when this record is kept.
#[test]
fn a_card_of_a_record_that_is_not_kept_is_revoked_in_every_state() {
    let states = [
        State::Allocated,
        State::Encoding,
        State::Encoded,
        State::Printed,
        State::Checked,
        State::Packed,
        State::InTransit,
        State::Waiting,
        State::Active,
    ];
    for state in states {
        // An active card is suspended before it is revoked, or not.
        for fraud in [true, false].into_iter().take(1 + usize::from(state == State::Active)) {
            let mut world = World::new();
            let a = comes(&mut world, A, 1);
            let card = card_at(&mut world, &a, state);
            let b = comes(&mut world, B, 2);
            take(&mut world, &b, fraud);
            let done = say(&mut world, &b, Outcome::KeepChosen);
            assert_eq!(done.revoked, std::slice::from_ref(&card), "{state:?}");
            let ended = if state == State::Active { "delivered" } else { "rejected" };
            assert_eq!((world.state(&a), world.card_state(&card)), (ended, "revoked"), "{state:?}");
            let handed = vec![Move::card_of(card, a.clone(), card::Step::HandOver), Move::application(a.clone(), Step::Deliver)];
            let (job, operator) = (world.job(), officer(13));
            let refused = world.at(POINT, |desk, _| desk.take_by(&job, handed, By::one(&operator))).unwrap_err();
            let late = StoreError::WrongState { kind: Kind::Card, state: "revoked", step: "hand-over" };
            assert_eq!(refused, DeskError::Store(late), "{state:?}");
            world.audited();
        }
    }
}

fn a_candidate_that_was_clarified_itself_lets_its_own_candidates_go(home: &mut dyn Home) {
    let mut world = World::over(home);
    let a = comes(&mut world, A, 1);
    let card = card_at(&mut world, &a, State::Active);
    let (b, c) = (comes(&mut world, B, 2), comes(&mut world, C, 3));
    take(&mut world, &b, true);
    take(&mut world, &c, false);
    assert_eq!(world.card_state(&card), "suspended");
    let done = say_of(&mut world, &c, Outcome::KeepChosen, &[a.clone(), b.clone()]);
    assert_eq!((done.ended, done.revoked), (vec![b.clone()], vec![card]));
    assert_eq!((world.state(&b), world.state(&c)), ("rejected", "unique"));
    for held in [&a, &b] {
        assert_eq!(world.at(Office::Ministry, |desk, _| refuse_if_held(desk, held)), Ok(()), "nobody would ever let it go");
    }
    world.audited();
}

/// Somebody without fingers is held against the family: none of them loses a card to a record that is kept.
fn who_is_alike_by_data_alone_gives_nothing_up(home: &mut dyn Home) {
    let mut world = World::over(home);
    world.comes(A, Comes::new(1, 7));
    let a = id(A);
    let card = card_at(&mut world, &a, State::Active);
    let found = world.comes(B, Comes { without: 10, ..Comes::new(2, 8) });
    assert!(!found.candidates.is_empty() && found.candidates.iter().all(|candidate| candidate.band.is_none()));
    let b = id(B);
    take(&mut world, &b, true);
    let (job, first, second) = (world.job(), officer(17), officer(18));
    let kept = world.at(Office::Ministry, |desk, _| decide(desk, &job, &b, Outcome::KeepChosen, By::two(&first, &second)));
    assert_eq!((kept, world.card_state(&card)), (Err(CentreError::WhoIsSame), "suspended"));
    say(&mut world, &b, Outcome::DifferentPeople);
    assert_eq!((world.card_state(&card), world.state(&a)), ("active", "delivered"));
    world.audited();
}

/// A card of the first name, and two more names of whoever has it.
fn suspected(world: &mut World) -> (Id, Id, Id) {
    let a = comes(world, A, 1);
    let card = card_at(world, &a, State::Active);
    (card, comes(world, B, 2), comes(world, C, 3))
}

fn a_suspension_is_lifted_by_its_own_case_alone(home: &mut dyn Home) {
    let mut world = World::over(home);
    let (card, b, c) = suspected(&mut world);
    take(&mut world, &b, true);
    take(&mut world, &c, false);
    say_of(&mut world, &c, Outcome::KeepFirst, &[id(A)]);
    assert_eq!(world.card_state(&card), "suspended", "another case's decision");
    say(&mut world, &b, Outcome::DifferentPeople);
    assert_eq!(world.card_state(&card), "active");
    world.audited();
    // One that no clarification suspended is none's to lift.
    let (job, first, second) = (world.job(), officer(17), officer(18));
    let suspend = vec![Move::card(card.clone(), card::Step::Suspend).because(Word::parse("case-9").unwrap())];
    world.at(Office::Ministry, |desk, _| desk.take_by(&job, suspend, By::two(&first, &second))).unwrap();
    let d = comes(&mut world, "A-0000000000000004", 4);
    take(&mut world, &d, true);
    say(&mut world, &d, Outcome::DifferentPeople);
    assert_eq!(world.card_state(&card), "suspended");
}

fn both_decide(mut world: World, b_is_first: bool) {
    let (card, b, c) = suspected(&mut world);
    take(&mut world, &b, true);
    take(&mut world, &c, true);
    let (first, second) = if b_is_first { (b, c) } else { (c, b) };
    say(&mut world, &first, Outcome::DifferentPeople);
    assert_eq!(world.card_state(&card), "suspended", "the other still suspects it");
    say(&mut world, &second, Outcome::DifferentPeople);
    assert_eq!(world.card_state(&card), "active");
    world.audited();
}

fn two_that_suspect_one_card_both_decide_before_it_is_valid_again(home: &mut dyn Home) {
    both_decide(World::over(home), true);
    both_decide(World::new(), false);
}

fn what_was_fraud_to_one_is_not_lifted_by_another(home: &mut dyn Home) {
    let mut world = World::over(home);
    let (card, b, c) = suspected(&mut world);
    take(&mut world, &b, true);
    take(&mut world, &c, true);
    say(&mut world, &b, Outcome::Fraud);
    say(&mut world, &c, Outcome::DifferentPeople);
    assert_eq!(world.card_state(&card), "suspended");
    assert_eq!(world.store.find(Kind::Card, Find::Owner(&id(A))).unwrap().len(), 1);
    world.audited();
}

fn a_case_is_clarified_by_its_own_office_or_one_above_it(home: &mut dyn Home) {
    let mut world = World::over(home);
    let (_, b, _) = suspected(&mut world);
    let elsewhere = CaseError::Elsewhere { place: Place::ServicePoint, at: POINT, here: ELSEWHERE };
    let elsewhere: CentreError = elsewhere.into();
    assert_eq!(elsewhere.reason(), Reason::NotPermitted);
    let (job, first, second) = (world.job(), officer(22), officer(23));
    let strangers = By::two(&first, &second);
    assert_eq!(strangers.first.place().0, Role::Adjudicator);
    assert_eq!(world.at(ELSEWHERE, |desk, _| take_up(desk, &job, &b, true, strangers)), Err(elsewhere.clone()));
    assert_eq!(world.state(&b), "doubtful");
    take(&mut world, &b, false);
    let decided = world.at(ELSEWHERE, |desk, _| decide(desk, &job, &b, Outcome::Fraud, strangers));
    assert_eq!((decided, world.state(&b)), (Err(elsewhere), "clarifying"));
    let (job, first, second) = (world.job(), officer(25), officer(26));
    let own = By::two(&first, &second);
    assert!(world.at(POINT, |desk, _| decide(desk, &job, &b, Outcome::KeepFirst, own)).is_ok());
    assert_eq!(world.state(&b), "rejected");
    world.audited();
}
