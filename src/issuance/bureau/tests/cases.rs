//! What was recorded of an application decides which class it is of, and which way its card goes.

use crate::issuance::bureau::batch::{self, Choice};
use crate::issuance::bureau::quota::Quota;
use crate::issuance::case;
use crate::issuance::case::tests::world::{HOLDS, NEVER_HAD, REGENCY, World, id, officer};
use crate::issuance::desk::By;
use crate::issuance::papers::{Form, Paper, Reason};
use crate::issuance::procedure::{Holder, Place};
use crate::issuance::store::{Id, Move, Opening, Word};
use crate::issuance::transit::route::{self, Way};
use crate::issuance::{Office, application, blank, card};

/// From applied to print ready.
fn ready(world: &mut World, of: &Id) {
    world.verify_data(of);
    world.captured(of);
    world.raw(vec![(Move::application(of.clone(), application::Step::Consolidate), 10)]);
    world.approved(of);
}

#[test]
fn a_class_is_by_the_reason_and_by_the_cards_of_the_person() {
    let mut world = World::new();
    world.old_card(HOLDS);
    let brought = [(Paper::FamilyCard, Form::Copy), (Paper::OldCard, Form::Original)];
    let damaged = world.applied(HOLDS, Reason::Damaged, &brought).unwrap();
    ready(&mut world, &damaged);
    let new = world.applied(NEVER_HAD, Reason::New, &brought[..1]).unwrap();
    ready(&mut world, &new);
    let rules = "format = 1\n[[class]]\nname = \"never-issued\"\nissued_before = false\n\
                 [[class]]\nname = \"damaged\"\nreasons = [\"damaged\"]\nwaits = true\n";
    let choice = Choice::Rules(Quota::parse(rules).unwrap(), 10);
    let (job, by) = (world.job(), officer(13));
    let of = Word::parse("ektp-80k").unwrap();
    let order = world.at(REGENCY, |desk| batch::create(desk, &job, (&id("b1"), &of), &choice, By::one(&by))).unwrap();
    let chosen: Vec<_> = order.rows.iter().map(|row| (row.application.clone(), row.class.as_deref())).collect();
    assert_eq!(chosen, [(new.to_string(), Some("never-issued")), (damaged.to_string(), Some("damaged"))]);
}

#[test]
fn a_card_of_the_regencys_list_goes_to_the_service_point_where_its_holder_lives() {
    use application::Step::{Capture, Consolidate, Personalize, Summon, VerifyData};
    let mut world = World::new();
    let (job, head) = (world.job(), officer(2));
    let listed = world.at(REGENCY, |desk| case::list(desk, &job, Holder::Citizen, By::one(&head))).unwrap().applications;
    let of = listed[0].clone();
    let step = |step| Move::application(of.clone(), step);
    world.raw(vec![(step(Summon), 2)]);
    for next in [VerifyData, Capture, Consolidate] {
        world.raw(vec![(step(next), 10)]);
    }
    let made = world.approved(&of);
    let serial = id("B-1");
    let opening = Opening::Blank { of: Word::parse("ektp-80k").unwrap() };
    let first = vec![Move::open(serial.clone(), opening), step(Personalize), Move::card(made.clone(), card::Step::Encode)];
    let mut moves: Vec<(Move, u64)> = first.into_iter().map(|step| (step, 13)).collect();
    moves.push((Move::blank_for(serial.clone(), made.clone()), 13));
    for next in [card::Step::FinishEncoding, card::Step::Print, card::Step::Check] {
        moves.push((Move::card(made.clone(), next), 13));
    }
    moves.push((Move::blank(serial, blank::Step::Make), 13));
    world.raw(moves);
    let lives = world.case(&of).dossier.office(Place::ServicePoint).unwrap();
    let application = world.case(&of).standing.office;
    assert_eq!(application, REGENCY.into(), "the list is the regency's");
    let mut next = |at: Office| world.at(at, |desk| route::next(desk, &made)).unwrap();
    assert_eq!((next(Office::Ministry).way, next(Office::Ministry).next), (Way::Out, Some(REGENCY)));
    assert_eq!(next(REGENCY).next, Some(lives));
    assert_eq!(lives.above(), Some(REGENCY));
    assert_eq!(next(lives).next, None, "there it is handed over");
}
