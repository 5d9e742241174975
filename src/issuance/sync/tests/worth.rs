//! A card that is revoked at an office with a store of its own: told the centre, whose list says it; and what only the centre does.

use super::world::{CENTRE, World, id, officer};
use crate::issuance::centre::tests::world::{Comes, POINT, REGENCY};
use crate::issuance::desk::By;
use crate::issuance::status::{StatusError, Why, found, missing, resume, revoke, suspend};
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Kind, StoreError, Word};
use crate::issuance::sync::deed::{Act, Deed, Revoked, sign};
use crate::issuance::sync::{SyncError, Taken, done};
use crate::reason::{Reason, Refusal as _};

const A: &str = "A-0000000000000001";
const PAPER: [u8; 32] = [5; 32];

on_both!(
    a_card_that_is_lost_is_revoked_at_the_centre_too,
    only_the_centre_suspends_and_misses_what_is_here_as_a_copy,
    what_that_office_may_not_revoke_is_not_taken_in,
);

/// A world in which the card `C-1` is in its holder's hand, and the office knows it.
fn given(home: &dyn Home) -> World {
    let mut world = World::new(home.place(), true);
    world.waiting(A, Comes::new(1, 7), "C-1", "X1");
    let presented = world.point.presented(A, "X1");
    world.point.hands_over(&presented);
    world.settle();
    assert_eq!(states(&mut world), ["active"; 2]);
    world
}

fn states(world: &mut World) -> [&'static str; 2] {
    [world.point.state(Kind::Card, "C-1"), world.centre.state(Kind::Card, "C-1")]
}

fn revokes(world: &mut World, why: Why) -> Result<(), StatusError> {
    let supervisor = officer(14);
    world.point.at(POINT, |desk| revoke(desk, &id("revokes"), &id("C-1"), (why, PAPER), By::one(&supervisor)))
}

fn deeds(world: &mut World) -> Vec<Result<Taken, SyncError>> {
    world.up().into_iter().filter(|fate| fate.kind == "deed").map(|fate| fate.taken).collect()
}

fn a_card_that_is_lost_is_revoked_at_the_centre_too(home: &mut dyn Home) {
    let mut world = given(home);
    revokes(&mut world, Why::Lost).unwrap();
    revokes(&mut world, Why::Lost).unwrap();
    assert_eq!(revokes(&mut world, Why::Fraud).unwrap_err().reason(), Reason::JobConflict);
    assert_eq!(states(&mut world), ["revoked", "active"], "at once here, and there when it comes");
    assert_eq!(deeds(&mut world), [Ok(Taken::New)]);
    assert_eq!(states(&mut world), ["revoked"; 2]);
    let last = world.centre.store.history(Kind::Card, &id("C-1"), 0, 50).unwrap().pop().unwrap();
    assert_eq!((last.reason().as_deref(), last.evidence(), last.office.as_str()), (Some("lost"), Some(PAPER), "31.71.01"));
    world.settle();
    assert_eq!(deeds(&mut world), [], "once");
    assert_eq!(states(&mut world), ["revoked"; 2]);
    world.point.audited();
    world.centre.audited();
}

fn only_the_centre_suspends_and_misses_what_is_here_as_a_copy(home: &mut dyn Home) {
    let mut world = given(home);
    let (first, second) = (officer(14), officer(13));
    let by = || By::two(&first, &second);
    let (job, card) = (id("asks"), id("C-1"));
    let centres = StatusError::CentresCard(card.clone());
    assert_eq!(centres.reason(), Reason::NotPermitted);
    let here = |world: &mut World, act: &dyn Fn(&mut crate::issuance::desk::Desk<'_>) -> Result<(), StatusError>| {
        world.point.at(POINT, |desk| act(desk))
    };
    assert_eq!(here(&mut world, &|desk| suspend(desk, &job, &card, "two claim it", by()).map(drop)), Err(centres.clone()));
    assert_eq!(here(&mut world, &|desk| resume(desk, &job, &card, "known", by())), Err(centres.clone()));
    let shelf = Word::parse("shelf").unwrap();
    assert_eq!(here(&mut world, &|desk| found(desk, &job, &card, &shelf, by())), Err(centres));
    // One that waits here is the centre's too.
    world.waiting("A-0000000000000002", Comes::new(2, 9), "C-2", "X2");
    let gone = here(&mut world, &|desk| missing(desk, &job, &[id("C-2")], "not on the shelf", by()).map(drop));
    assert_eq!(gone, Err(StatusError::CentresCard(id("C-2"))));
    assert_eq!(states(&mut world), ["active"; 2]);
}

fn what_that_office_may_not_revoke_is_not_taken_in(home: &mut dyn Home) {
    let mut world = given(home);
    let forged = |world: &mut World, from, seed, why: &str, paper: &[u8]| {
        let of = Revoked { card: "C-1".into(), why: why.into(), paper: paper.into() };
        let by = officer(seed);
        world.point.at(from, |desk| sign(desk, &id("forged"), Act::Revoked(of), By::one(&by)))
    };
    let take = |world: &mut World, of: &Deed, from| {
        world.centre.now = world.centre.now.max(world.point.now);
        world.centre.at(CENTRE, |desk| done::take_in(desk, of, from, By::one(&officer(16))))
    };
    let of = forged(&mut world, POINT, 14, "boredom", &PAPER).unwrap();
    assert_eq!(take(&mut world, &of, POINT), Err(SyncError::Form(0)));
    let of = forged(&mut world, POINT, 14, "damaged", &PAPER).unwrap();
    assert_eq!(take(&mut world, &of, POINT), Err(SyncError::Status(StatusError::WithNextCard("damaged"))));
    assert_eq!(SyncError::Status(StatusError::StillResident).reason(), Reason::WrongState);
    // Nobody is made to sign what has no digest of a paper.
    let short = forged(&mut world, POINT, 14, "lost", b"short").unwrap_err();
    assert_eq!(short, StoreError::Damaged("paper").into());
    let mut of = forged(&mut world, POINT, 14, "lost", &PAPER).unwrap();
    of.act = Act::Revoked(Revoked { card: "C-1".into(), why: "fraud".into(), paper: PAPER.to_vec().into() });
    assert_eq!(take(&mut world, &of, POINT).unwrap_err().reason(), Reason::NotPermitted, "another reason than was signed");
    let of = forged(&mut world, REGENCY, 32, "lost", &PAPER).unwrap();
    let refused = take(&mut world, &of, REGENCY).unwrap_err();
    assert_eq!(refused.reason(), Reason::NotPermitted, "a courier revokes nothing: {refused}");
    assert_eq!(states(&mut world), ["active"; 2]);
    world.centre.audited();
}
