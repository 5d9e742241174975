//! A case that ends at an office with a store of its own: taken back after it was sent, or closed, and told the centre.

use super::world::{CENTRE, World, id, officer};
use crate::issuance::application::Step;
use crate::issuance::case::{CaseError, OldCard, Withdrawal, close, is_copy, withdraw};
use crate::issuance::centre::tests::world::{Comes, POINT, REGENCY};
use crate::issuance::desk::{By, DeskError};
use crate::issuance::papers::Reason as Why;
use crate::issuance::role::RoleError;
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Id, Kind, Move, Opening, StoreError, Word};
use crate::issuance::sync::deed::{self, Act, Carried, Deed, Ended, sign};
use crate::issuance::sync::{SyncError, Taken, done};
use crate::reason::{Reason, Refusal as _};

const A: &str = "A-0000000000000001";
const B: &str = "A-0000000000000002";

on_both!(
    one_that_is_taken_back_ends_at_the_centre_too_with_its_card,
    one_that_is_closed_is_closed_there_and_the_old_card_is_on_its_way,
    one_that_the_centre_is_at_is_not_taken_back,
    what_is_not_that_offices_to_end_is_not_taken_in,
);

fn withdraws(world: &mut World, name: &str, second: Option<u64>) -> Result<Vec<Id>, CaseError> {
    let (first, second) = (officer(13), second.map(officer));
    let by = By { first: &first, second: second.as_ref() };
    world.point.at(POINT, |desk| withdraw(desk, &id(&format!("withdraws-{name}")), &id(name), Withdrawal::Applicant, by))
}

fn deeds(world: &mut World) -> Vec<Result<Taken, SyncError>> {
    world.up().into_iter().filter(|fate| fate.kind == "deed").map(|fate| fate.taken).collect()
}

fn states(world: &mut World, kind: Kind, of: &str) -> [&'static str; 2] {
    [world.point.state(kind, of), world.centre.state(kind, of)]
}

fn one_that_is_taken_back_ends_at_the_centre_too_with_its_card(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    // Its card waits: two take it back.
    world.waiting(A, Comes::new(1, 7), "C-1", "X1");
    assert!(world.point.at(POINT, |desk| is_copy(desk, &id(A)).unwrap()));
    assert!(!world.centre.at(POINT, |desk| is_copy(desk, &id(A)).unwrap()));
    let alone = withdraws(&mut world, A, None);
    assert_eq!(alone, Err(DeskError::Store(StoreError::Role(RoleError::SecondMissing)).into()));
    assert_eq!(withdraws(&mut world, A, Some(14)), Ok(vec![id("C-1")]));
    assert_eq!(withdraws(&mut world, A, Some(14)), Ok(vec![id("C-1")]), "the same job again");
    assert_eq!(deeds(&mut world), [Ok(Taken::New)]);
    assert_eq!(states(&mut world, Kind::Application, A), ["withdrawn"; 2]);
    assert_eq!(states(&mut world, Kind::Card, "C-1"), ["refused"; 2]);
    // It is authorized and not made: the centre revokes a number that the office never heard of.
    world.point.captured(B, Comes::new(2, 9));
    world.settle();
    world.centre.steps(B, &[(Step::FindSingle, "single", &[16])]);
    let opening = Opening::Card { application: id(B), number: Word::parse("X2").unwrap() };
    let approved = vec![Move::application(id(B), Step::Approve), Move::open(id("C-2"), opening)];
    let approver = officer(19);
    world.centre.at(REGENCY, |desk| desk.take_by(&id("approves"), approved, By::one(&approver)).unwrap());
    world.settle();
    assert_eq!(world.point.state(Kind::Application, B), "print-ready");
    assert_eq!(withdraws(&mut world, B, None), Ok(vec![]));
    assert_eq!(deeds(&mut world), [Ok(Taken::New)]);
    assert_eq!(states(&mut world, Kind::Application, B), ["withdrawn"; 2]);
    assert_eq!(states(&mut world, Kind::Card, "C-2"), ["", "revoked"]);
    let of = world.point.at(POINT, |desk| deed::of(desk, Kind::Application, &id(B)).unwrap().remove(0));
    assert_eq!(take(&mut world, &of), Ok(Taken::Again));
    world.settle();
    world.point.audited();
    world.centre.audited();
}

fn take(world: &mut World, of: &Deed) -> Result<Taken, SyncError> {
    world.centre.now = world.centre.now.max(world.point.now);
    world.centre.at(CENTRE, |desk| done::take_in(desk, of, POINT, By::one(&officer(16))))
}

fn one_that_is_closed_is_closed_there_and_the_old_card_is_on_its_way(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.waiting(A, Comes::new(1, 7), "C-1", "X1");
    let presented = world.point.presented(A, "X1");
    world.point.hands_over(&presented);
    let early = withdraws(&mut world, A, Some(14));
    assert_eq!(early, Err(CaseError::AtTheCentre), "its card is with its holder");
    world.settle();
    let operator = officer(13);
    let closes = |world: &mut World, name: &str, old: (OldCard, &[Id])| {
        world.point.at(POINT, |desk| close(desk, &id(&format!("closes-{name}")), &id(name), old, By::one(&operator)))
    };
    assert_eq!(closes(&mut world, A, (OldCard::None, &[])), Ok(vec![]));
    world.waiting(B, Comes { reason: Why::Damaged, capture: 2, ..Comes::new(1, 7) }, "C-2", "X2");
    let presented = world.point.presented(B, "X2");
    world.point.hands_over(&presented);
    world.settle();
    assert_eq!(states(&mut world, Kind::Application, A), ["closed"; 2]);
    assert_eq!(closes(&mut world, B, (OldCard::Collected, &[id("C-1")])), Ok(vec![id("C-1")]));
    world.point.packs((POINT, 22, REGENCY), "back-1", &["C-1"]).unwrap();
    world.point.sends((POINT, 22), "back-1").unwrap();
    assert_eq!(deeds(&mut world), [Ok(Taken::New), Ok(Taken::New), Ok(Taken::New)], "in whichever order they lie");
    assert_eq!(states(&mut world, Kind::Application, B), ["closed"; 2]);
    assert_eq!(states(&mut world, Kind::Card, "C-1"), ["returning"; 2]);
    assert_eq!(states(&mut world, Kind::Shipment, "back-1"), ["sent"; 2]);
    world.settle();
    assert_eq!(states(&mut world, Kind::Application, B), ["closed"; 2]);
    world.point.audited();
    world.centre.audited();
}

fn one_that_the_centre_is_at_is_not_taken_back(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.point.captured(A, Comes::new(1, 7));
    world.up();
    assert_eq!(withdraws(&mut world, A, None), Err(CaseError::AtTheCentre), "sent");
    world.settle();
    assert_eq!(withdraws(&mut world, A, None), Err(CaseError::AtTheCentre), "received");
    world.centre.steps(A, &[(Step::FindSingle, "single", &[16])]);
    world.settle();
    // Here it is unique; there it is identified anew meanwhile.
    world.centre.steps(A, &[(Step::Recheck, "changed", &[16])]);
    withdraws(&mut world, A, None).unwrap();
    let refused = deeds(&mut world).remove(0).unwrap_err();
    assert_eq!(refused.reason(), Reason::WrongState, "{refused}");
    assert_eq!(states(&mut world, Kind::Application, A), ["withdrawn", "received"]);
    world.down();
    let out = world.point.spool.outgoing().unwrap();
    let waits = out.iter().find(|entry| entry.label.kind == "deed").unwrap();
    assert_eq!(waits.refused.as_deref(), Some("wrong-state"), "somebody looks, and sends it again");
    world.centre.steps(A, &[(Step::FindSingle, "single", &[16])]);
    let (spool, now) = (world.point.spool.clone(), world.point.now);
    crate::issuance::sync::folder::push(&spool, world.stick.path(), true, now).unwrap();
    world.centre.pull(world.stick.path());
    assert_eq!(states(&mut world, Kind::Application, A), ["withdrawn"; 2]);
}

fn what_is_not_that_offices_to_end_is_not_taken_in(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.waiting(A, Comes::new(1, 7), "C-1", "X1");
    world.waiting(B, Comes::new(2, 9), "C-2", "X2");
    let forged = |world: &mut World, from, ended: Ended, by: (u64, Option<u64>)| {
        let (first, second) = (officer(by.0), by.1.map(officer));
        let by = By { first: &first, second: second.as_ref() };
        world.point.at(from, |desk| sign(desk, &id("forged"), Act::Ended(ended), by).unwrap())
    };
    let carried = |card: &str, application: &str, step: &str| {
        vec![Carried { card: card.into(), application: application.into(), step: step.into() }]
    };
    let back = |cards| Ended { application: A.into(), why: Some("applicant".into()), cards };
    let of = forged(&mut world, POINT, back(carried("C-1", A, "receive")), (13, Some(14)));
    assert_eq!(take(&mut world, &of), Err(SyncError::Form(0)));
    let of = forged(&mut world, POINT, back(carried("C-2", B, "take-back")), (13, Some(14)));
    assert_eq!(take(&mut world, &of), Err(CaseError::NotTheirs(id("C-2")).into()));
    let of = forged(&mut world, POINT, back(carried("C-1", A, "take-back")), (13, None));
    assert_eq!(take(&mut world, &of), Err(StoreError::Role(RoleError::SecondMissing).into()));
    let closed = Ended { application: A.into(), why: None, cards: carried("C-2", B, "send-back") };
    let of = forged(&mut world, POINT, closed, (13, None));
    assert_eq!(take(&mut world, &of), Err(CaseError::NotTheirs(id("C-2")).into()), "another person's card was not collected");
    let early = Ended { application: A.into(), why: None, cards: Vec::new() };
    let of = forged(&mut world, POINT, early, (13, None));
    assert_eq!(take(&mut world, &of).unwrap_err().reason(), Reason::WrongState, "nothing was handed over");
    let of = forged(&mut world, REGENCY, back(Vec::new()), (32, None));
    let others = world.centre.at(CENTRE, |desk| done::take_in(desk, &of, REGENCY, By::one(&officer(16))));
    assert_eq!(others, Err(SyncError::OtherApplication(REGENCY)));
    let mut of = forged(&mut world, POINT, back(carried("C-1", A, "take-back")), (13, Some(14)));
    of.act = Act::Ended(Ended { why: Some("death".into()), ..back(carried("C-1", A, "take-back")) });
    assert_eq!(take(&mut world, &of).unwrap_err().reason(), Reason::NotPermitted, "another reason than was signed");
    assert_eq!(states(&mut world, Kind::Application, A), ["in-personalization"; 2]);
    world.centre.audited();
}
