//! A handover at a desk that cannot reach the centre: signed, queued, taken in once, and never of a card that was revoked before.

use super::world::{CENTRE, World, id, officer};
use crate::issuance::card;
use crate::issuance::centre::clarify::take_up;
use crate::issuance::centre::tests::world::{Comes, POINT, REGENCY};
use crate::issuance::desk::By;
use crate::issuance::handover::status::status;
use crate::issuance::handover::{HandoverError, Known, Outcome, is_copy, queue, queue::queued};
use crate::issuance::officer::ActError;
use crate::issuance::papers::Reason as Why;
use crate::issuance::role::RoleError;
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Kind, Move, Opening, Part, Word};
use crate::issuance::sync::content::{Queued, Said};
use crate::issuance::sync::{SyncError, Taken, handed};
use crate::pki::status_list::CardStatus;
use crate::reason::{Reason, Refusal as _};
use jiff::{Timestamp, ToSpan as _};

const A: &str = "A-0000000000000001";
const B: &str = "A-0000000000000002";

on_both!(
    at_the_centres_a_card_is_active_only_when_the_centre_took_it_in,
    at_the_desks_a_card_is_active_only_when_the_centre_took_it_in,
    a_card_that_was_revoked_meanwhile_is_an_incident_and_never_active,
    the_card_until_now_is_revoked_in_the_same_change,
    what_nobody_signed_there_and_then_is_not_taken_in,
    a_case_that_is_held_waits,
);

fn at_the_centres_a_card_is_active_only_when_the_centre_took_it_in(home: &mut dyn Home) {
    a_card_is_active_only_when_the_centre_took_it_in(World::new(home.place(), true));
}

fn at_the_desks_a_card_is_active_only_when_the_centre_took_it_in(home: &mut dyn Home) {
    a_card_is_active_only_when_the_centre_took_it_in(World::new(home.place(), false));
}

fn a_card_is_active_only_when_the_centre_took_it_in(mut world: World) {
    world.waiting(A, Comes::new(1, 7), "C-1", "X1");
    assert!(world.point.at(POINT, |desk| is_copy(desk, &id("C-1")).unwrap()));
    assert!(!world.centre.at(POINT, |desk| is_copy(desk, &id("C-1")).unwrap()));
    let presented = world.point.presented(A, "X1");
    world.point.hands_over(&presented);
    assert_eq!((world.point.state(Kind::Card, "C-1"), world.point.state(Kind::Application, A)), ("queued", "in-personalization"));
    assert_eq!(status(card::State::Queued), CardStatus::NotHandedOver);
    assert_eq!(world.centre.state(Kind::Card, "C-1"), "waiting", "for everybody else nothing has happened yet");
    let can = |world: &mut World| world.point.store.sealed(Kind::Card, &id("C-1"), Part::Can).unwrap();
    assert!(can(&mut world).is_some(), "the CAN stays until the centre knows");
    // Not a second time.
    let (job, first, second) = (world.point.job(), officer(13), officer(14));
    let again = world.point.at(POINT, |desk| {
        queue(
            desk,
            &job,
            &presented,
            Outcome::Given(Known::Face(crate::crypto::hash::sha256(crate::issuance::handover::present::FACE_OF_TEST))),
            By::two(&first, &second),
        )
        .map(drop)
    });
    assert!(matches!(again, Err(HandoverError::Desk(_))), "{again:?}");
    let fates = world.up();
    assert!(fates.iter().any(|fate| fate.kind == "handover" && fate.about == "C-1" && fate.taken == Ok(Taken::New)), "{fates:?}");
    assert_eq!((world.centre.state(Kind::Card, "C-1"), world.centre.state(Kind::Application, A)), ("active", "delivered"));
    assert_eq!(world.point.state(Kind::Card, "C-1"), "queued");
    world.settle();
    assert_eq!((world.point.state(Kind::Card, "C-1"), world.point.state(Kind::Application, A)), ("active", "delivered"));
    assert_eq!(can(&mut world), None);
    assert_eq!(world.point.spool.outgoing().unwrap().len(), 0, "nothing is left to be sent");
    // In the centre's audit the desk's own officers signed.
    let rows = world.centre.store.history(Kind::Card, &id("C-1"), 0, 100).unwrap();
    let last = rows.last().unwrap();
    let hands = last.signatories().unwrap();
    assert_eq!((last.office.as_str(), last.now.as_str(), hands.len()), ("31.71.01", "active", 2));
    assert_eq!([hands[0].0, hands[1].0], [officer(13).id(), officer(14).id()]);
    world.point.audited();
    world.centre.audited();
}

fn a_card_that_was_revoked_meanwhile_is_an_incident_and_never_active(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.waiting(A, Comes::new(1, 7), "C-1", "X1");
    let presented = world.point.presented(A, "X1");
    world.point.hands_over(&presented);
    // While the desk was offline, the card was called missing.
    let moves = vec![
        Move::open(id("I-1"), Opening::Incident { about: Word::parse("C-1").unwrap() }),
        Move::card(id("C-1"), card::Step::Miss).because(Word::parse("I-1").unwrap()),
    ];
    let (courier, supervisor) = (officer(21), officer(20));
    world.centre.at(REGENCY, |desk| desk.take_by(&id("misses"), moves, By::two(&courier, &supervisor)).unwrap());
    let fates = world.up();
    let refused = fates.iter().find(|fate| fate.kind == "handover").unwrap().taken.clone().unwrap_err();
    assert_eq!((&refused, refused.reason()), (&SyncError::Revoked, Reason::CardRevoked));
    assert_eq!(world.centre.state(Kind::Card, "C-1"), "missing");
    let about = Word::parse("C-1").unwrap();
    let incidents = world.centre.store.find(Kind::Incident, crate::issuance::store::By::Word(&about)).unwrap();
    assert_eq!(incidents.len(), 2);
    let shown =
        crate::issuance::bureau::incident::show(world.centre.store.as_mut(), &world.centre.key, &incidents[1].id).unwrap();
    assert!(shown.report.text.contains("offline"), "{}", shown.report.text);
    // The desk learns it, and its copy ends; asked again, there is no second incident.
    world.down();
    assert_eq!(world.point.state(Kind::Card, "C-1"), "revoked");
    world.point.now += 25.hours();
    world.up();
    assert_eq!(world.centre.store.find(Kind::Incident, crate::issuance::store::By::Word(&about)).unwrap().len(), 2);
    world.point.audited();
    world.centre.audited();
}

fn the_card_until_now_is_revoked_in_the_same_change(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.waiting(A, Comes::new(1, 7), "C-1", "X1");
    let presented = world.point.presented(A, "X1");
    world.point.hands_over(&presented);
    world.settle();
    world.waiting(B, Comes { reason: Why::Damaged, capture: 2, ..Comes::new(1, 7) }, "C-2", "X2");
    let presented = world.point.presented(B, "X2");
    world.point.hands_over(&presented);
    world.settle();
    for side in [&mut world.centre, &mut world.point] {
        assert_eq!((side.state(Kind::Card, "C-1"), side.state(Kind::Card, "C-2")), ("revoked", "active"));
        side.audited();
    }
    let rows = world.centre.store.history(Kind::Card, &id("C-1"), 0, 100).unwrap();
    let last = rows.last().unwrap();
    assert_eq!((last.reason().as_deref(), last.signatories().unwrap()[0].0), (Some("superseded"), officer(16).id()));
}

fn signed(world: &mut World) -> Queued {
    world.waiting(A, Comes::new(1, 7), "C-1", "X1");
    let presented = world.point.presented(A, "X1");
    world.point.hands_over(&presented);
    world.point.at(POINT, |desk| queued(desk, &id("C-1")).unwrap())
}

fn what_nobody_signed_there_and_then_is_not_taken_in(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    let of = signed(&mut world);
    let take = |world: &mut World, of: &Queued| {
        world.centre.now = world.centre.now.max(world.point.now);
        world.centre.at(CENTRE, |desk| handed::take_in(desk, of, POINT, By::one(&officer(16))))
    };
    let later = |of: &Queued, by: jiff::Span| of.at.checked_add(by).unwrap();
    let unsigned = Queued { plain: Vec::new(), ..of.clone() };
    assert_eq!(take(&mut world, &unsigned), Err(ActError::Unsigned.into()));
    let other_time = Queued { at: later(&of, 1.minute()), ..of.clone() };
    let refused = take(&mut world, &other_time);
    assert!(matches!(refused, Err(SyncError::Act(ActError::Signature(_)))), "{refused:?}");
    let future = Queued { at: later(&of, 48.hours()), ..of.clone() };
    assert_eq!(take(&mut world, &future), Err(ActError::Future.into()));
    let mut alone = of.clone();
    alone.plain[0].with = Some(alone.plain[0].by.clone());
    assert_eq!(take(&mut world, &alone), Err(ActError::Role(RoleError::SamePerson).into()));
    let mut elsewhere = of.clone();
    elsewhere.plain[0].by.office = crate::issuance::Office::ServicePoint(31, 72, 1);
    assert_eq!(take(&mut world, &elsewhere), Err(SyncError::Anothers));
    let other_desk = world.centre.at(CENTRE, |desk| handed::take_in(desk, &of, REGENCY, By::one(&officer(16))));
    assert_eq!(other_desk, Err(SyncError::OtherApplication(REGENCY)));
    let before = Queued { at: Timestamp::UNIX_EPOCH, ..of.clone() };
    assert!(matches!(take(&mut world, &before), Err(SyncError::Act(ActError::Standing(_)))));
    assert_eq!(world.centre.state(Kind::Card, "C-1"), "waiting");
    // The card went on to somewhere else, and came back.
    let step = |step| vec![Move::card(id("C-1"), step)];
    let courier = officer(21);
    world.centre.at(REGENCY, |desk| desk.take_by(&id("sends-on"), step(card::Step::SendOn), By::one(&courier)).unwrap());
    assert_eq!(take(&mut world, &of), Err(SyncError::Handover(HandoverError::Card(card::State::InTransit))));
    world.centre.at(REGENCY, |desk| desk.take_by(&id("arrives"), step(card::Step::Receive), By::one(&courier)).unwrap());
    assert_eq!(take(&mut world, &of), Err(SyncError::Handover(HandoverError::Custody(REGENCY.into()))));
    world.centre.at(REGENCY, |desk| desk.take_by(&id("sends-again"), step(card::Step::SendOn), By::one(&courier)).unwrap());
    let operator = officer(13);
    world.centre.at(POINT, |desk| desk.take_by(&id("is-back"), step(card::Step::Receive), By::one(&operator)).unwrap());
    // As it was signed it is taken in, and once.
    assert_eq!(take(&mut world, &of), Ok(Taken::New));
    assert_eq!(take(&mut world, &of), Ok(Taken::Again));
    assert_eq!(Said::parse(&Said::Handover(of.clone()).to_json()), Ok(Said::Handover(of)));
    world.centre.audited();
}

fn a_case_that_is_held_waits(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    let of = signed(&mut world);
    // Somebody else's doubt has this application for a candidate.
    world.centre.captured(B, Comes::new(2, 7));
    let suspect = |desk: &mut crate::issuance::desk::Desk<'_>| {
        use crate::issuance::application::Step;
        use crate::issuance::centre::{Answer, Doubt, Findings, Suspect, Suspects};
        let who = Suspect {
            application: A.into(),
            band: Some("clear".into()),
            hands_swapped: false,
            fingers: Vec::new(),
            by: Vec::new(),
        };
        let found = Findings::new(
            desk.now(),
            Answer::Doubt(Doubt::Duplicate),
            Suspects { all: vec![who], ..Suspects::default() },
            None,
            [0; 32],
        );
        let sealed = found.seal(desk, &id(B)).unwrap();
        let step = |step| Move::application(id(B), step);
        let moves = vec![step(Step::Send), step(Step::Receive), step(Step::FindDoubt).with_sealed(sealed)];
        desk.take_by(&id("doubt"), moves, By::one(&officer(16))).unwrap();
        take_up(desk, &id("takes-up"), &id(B), false, By::two(&officer(17), &officer(18))).unwrap();
    };
    world.centre.at(CENTRE, suspect);
    let fates = world.up();
    let waits = fates.iter().find(|fate| fate.kind == "handover").unwrap().taken.clone().unwrap_err();
    assert_eq!((&waits, waits.reason(), waits.is_for_now()), (&SyncError::Held, Reason::WrongState, true));
    assert_eq!(world.centre.spool.incoming().unwrap().len(), 1, "it stays to be taken in");
    assert_eq!((world.centre.state(Kind::Card, "C-1"), of.answer.as_str()), ("waiting", "manual"));
}
