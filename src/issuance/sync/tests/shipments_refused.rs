//! Each way in which an arrival is refused: at the office that receives, and at the centre that is told of it.

use super::world::{CENTRE, World, id, officer, seals};
use crate::issuance::bureau::BureauError;
use crate::issuance::centre::tests::world::{Comes, ELSEWHERE, POINT, REGENCY};
use crate::issuance::desk::{By, DeskError, Officer};
use crate::issuance::officer::ActError;
use crate::issuance::role::RoleError;
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Id, Kind, StoreError, Word};
use crate::issuance::sync::content::{Said, ShipmentTold};
use crate::issuance::sync::deed::{Act, Arrival, Carried, Deed, sign};
use crate::issuance::sync::{SyncError, Taken, deed, done, shipped};
use crate::issuance::transit::{TransitError, ship, trouble};
use crate::limits::INCIDENT_TEXT_BYTES;
use crate::reason::{Reason, Refusal as _};
use jiff::{Timestamp, ToSpan as _};

const A: &str = "A-0000000000000001";
const B: &str = "A-0000000000000002";
const TWO: [(&str, Comes, &str, &str); 2] = [(A, Comes::new(1, 7), "C-1", "X1"), (B, Comes::new(2, 9), "C-2", "X2")];

on_both!(
    what_is_found_otherwise_is_not_received_at_the_office,
    what_nobody_signed_as_it_is_told_is_not_taken_in,
    what_was_signed_and_is_not_so_is_not_taken_in,
    what_the_centre_says_of_anothers_shipment_is_not_followed,
);

fn what_is_found_otherwise_is_not_received_at_the_office(home: &mut dyn Home) {
    let mut world = World::new(home.place(), false);
    world.on_the_way("W-1", &TWO);
    let receive = |world: &mut World, cards: &[&str], seals: &[Word], by: &Officer| {
        let cards: Vec<Id> = cards.iter().map(|card| id(card)).collect();
        world.point.at(POINT, |desk| ship::receive(desk, &id("r"), &id("W-1"), (&cards, seals), By::one(by)))
    };
    let (all, courier, other) = (seals("W-1"), officer(22), Word::parse("X-9").unwrap());
    let torn = receive(&mut world, &["C-1", "C-2"], &[all[0].clone(), other.clone()], &courier);
    assert_eq!(torn, Err(TransitError::Seals(vec![other, all[1].clone()])));
    let short = receive(&mut world, &["C-1", "C-9"], &all, &courier);
    assert_eq!(short, Err(TransitError::Manifest { missing: vec![id("C-2")], strange: vec![id("C-9")] }));
    let service = receive(&mut world, &["C-1", "C-2"], &all, &officer(30)).unwrap_err();
    let role = DeskError::Store(StoreError::Role(RoleError::WrongRole(crate::issuance::Role::Sync)));
    assert_eq!(service, TransitError::Bureau(BureauError::Desk(role)));
    let stranger = receive(&mut world, &["C-1", "C-2"], &all, &officer(24)).unwrap_err();
    assert_eq!(stranger.reason(), Reason::NotPermitted, "{stranger}");
    let elsewhere = world.point.at(ELSEWHERE, |desk| {
        ship::receive(desk, &id("r"), &id("W-1"), (&[id("C-1"), id("C-2")], &seals("W-1")), By::one(&officer(21)))
    });
    assert_eq!(elsewhere, Err(TransitError::NotHere(POINT)));
    let alone = world.point.at(POINT, |desk| trouble::dispute(desk, &id("d"), &id("W-1"), "torn", By::one(&officer(22))));
    let second = DeskError::Store(StoreError::Role(RoleError::SecondMissing));
    assert_eq!(alone, Err(TransitError::Bureau(BureauError::Desk(second))));
    let by = (officer(13), officer(14));
    let early = world.point.at(POINT, |desk| trouble::settle(desk, &id("t"), &id("W-1"), (&[], "?"), By::two(&by.0, &by.1)));
    assert_eq!(early.unwrap_err().reason(), Reason::WrongState);
    // Nothing of it was signed for the centre.
    assert!(world.point.at(POINT, |desk| deed::of(desk, Kind::Shipment, &id("W-1")).unwrap().is_empty()));
    assert_eq!(world.point.state(Kind::Shipment, "W-1"), "sent");
    assert_eq!(receive(&mut world, &["C-2", "C-1"], &[all[1].clone(), all[0].clone()], &courier), Ok(2));
    assert_eq!(receive(&mut world, &["C-1", "C-2"], &all, &courier), Ok(2), "the same job, in another order");
    let again = world.point.receives("W-1", &["C-1", "C-2"]).unwrap_err();
    assert_eq!(again.reason(), Reason::WrongState, "another job: it is received already");
    world.point.audited();
}

/// The arrival of both cards, as the office signed it.
fn received(world: &mut World) -> Deed {
    world.on_the_way("W-1", &TWO);
    world.point.receives("W-1", &["C-1", "C-2"]).unwrap();
    world.point.at(POINT, |desk| deed::of(desk, Kind::Shipment, &id("W-1")).unwrap().remove(0))
}

fn take(world: &mut World, of: &Deed) -> Result<Taken, SyncError> {
    world.centre.now = world.centre.now.max(world.point.now);
    world.centre.at(CENTRE, |desk| done::take_in(desk, of, POINT, By::one(&officer(16))))
}

fn arrival(deed: &Deed) -> Arrival {
    let Act::Arrival(arrival) = &deed.act else { panic!("{deed:?}") };
    arrival.clone()
}

fn what_nobody_signed_as_it_is_told_is_not_taken_in(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    let of = received(&mut world);
    let unsigned = Deed { hands: Vec::new(), ..of.clone() };
    assert_eq!(take(&mut world, &unsigned), Err(ActError::Unsigned.into()));
    let is_altered = |taken: Result<Taken, SyncError>| matches!(taken, Err(SyncError::Act(ActError::Signature(_))));
    let later = Deed { at: of.at.checked_add(1.minute()).unwrap(), ..of.clone() };
    assert!(is_altered(take(&mut world, &later)));
    // The office's job is in what was signed too: a second one is another deed.
    assert!(is_altered(take(&mut world, &Deed { job: "other".into(), ..of.clone() })));
    let future = Deed { at: of.at.checked_add(48.hours()).unwrap(), ..of.clone() };
    assert_eq!(take(&mut world, &future), Err(ActError::Future.into()));
    let before = Deed { at: Timestamp::UNIX_EPOCH, ..of.clone() };
    assert!(matches!(take(&mut world, &before), Err(SyncError::Act(ActError::Standing(_)))));
    let mut alone = of.clone();
    alone.hands[0].with = Some(alone.hands[0].by.clone());
    assert_eq!(take(&mut world, &alone), Err(ActError::Role(RoleError::SamePerson).into()));
    let mut elsewhere = of.clone();
    elsewhere.hands[0].by.office = ELSEWHERE;
    assert_eq!(take(&mut world, &elsewhere), Err(SyncError::Anothers));
    let altered = |change: &dyn Fn(&mut Arrival)| {
        let mut arrival = arrival(&of);
        change(&mut arrival);
        Deed { act: Act::Arrival(arrival), ..of.clone() }
    };
    // Two seals with their numbers exchanged are the seals that it left with, and not what was signed.
    assert!(is_altered(take(&mut world, &altered(&|arrival| arrival.seals.reverse()))));
    assert!(is_altered(take(&mut world, &altered(&|arrival| arrival.cards.reverse()))));
    let seal = take(&mut world, &altered(&|arrival| arrival.seals[0] = "X-9".into()));
    let [first, _] = seals("W-1");
    assert_eq!(seal, Err(TransitError::Seals(vec![Word::parse("X-9").unwrap(), first]).into()));
    let card = take(&mut world, &altered(&|arrival| arrival.cards[0].card = "C-9".into()));
    assert_eq!(card, Err(TransitError::Manifest { missing: vec![id("C-1")], strange: vec![id("C-9")] }.into()));
    let step = take(&mut world, &altered(&|arrival| arrival.cards[0].step = "hand-over".into()));
    assert_eq!(step, Err(SyncError::Form(0)));
    let step = take(&mut world, &altered(&|arrival| arrival.step = "send".into()));
    assert_eq!(step, Err(SyncError::Form(0)));
    let step = take(&mut world, &altered(&|arrival| arrival.step = "vanish".into()));
    assert_eq!(step, Err(StoreError::Word("step").into()));
    assert!(is_altered(take(&mut world, &altered(&|arrival| arrival.cards[0].application = B.into()))));
    let unknown = take(&mut world, &altered(&|arrival| arrival.shipment = "W-9".into())).unwrap_err();
    assert_eq!(unknown.reason(), Reason::IdentifierUnknown);
    let others = world.centre.at(CENTRE, |desk| done::take_in(desk, &of, REGENCY, By::one(&officer(16))));
    assert_eq!(others, Err(TransitError::NotHere(POINT).into()));
    assert_eq!((world.centre.state(Kind::Shipment, "W-1"), world.centre.state(Kind::Card, "C-1")), ("sent", "in-transit"));
    // As it was signed it is taken in, and once.
    assert_eq!(take(&mut world, &of), Ok(Taken::New));
    assert_eq!(take(&mut world, &of), Ok(Taken::Again));
    assert_eq!(Said::parse(&Said::Deed(Box::new(of.clone())).to_json()), Ok(Said::Deed(Box::new(of))));
    world.centre.audited();
}

/// What officers of the point sign for the centre without their own store's leave.
fn forged(world: &mut World, act: Arrival, by: (u64, Option<u64>)) -> Deed {
    let (first, second) = (officer(by.0), by.1.map(officer));
    let by = By { first: &first, second: second.as_ref() };
    world.point.at(POINT, |desk| sign(desk, &id("forged"), Act::Arrival(act), by).unwrap())
}

fn what_was_signed_and_is_not_so_is_not_taken_in(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    let of = received(&mut world);
    let good = arrival(&of);
    let seals = Arrival { seals: vec!["W-1-S1".into(), "W-1-S3".into()], ..good.clone() };
    let signed = forged(&mut world, seals, (22, None));
    let refused = take(&mut world, &signed);
    assert!(matches!(&refused, Err(SyncError::Transit(TransitError::Seals(_)))), "{refused:?}");
    let short = Arrival { cards: good.cards[..1].to_vec(), ..good.clone() };
    let signed = forged(&mut world, short, (22, None));
    let missing = TransitError::Manifest { missing: vec![id("C-2")], strange: vec![] };
    assert_eq!(take(&mut world, &signed), Err(missing.into()));
    let mut theirs = good.clone();
    theirs.cards[0].application = B.into();
    let signed = forged(&mut world, theirs, (22, None));
    assert_eq!(take(&mut world, &signed), Err(StoreError::WrongOwner(Kind::Card).into()));
    // A service is no courier, wherever it signs.
    let signed = forged(&mut world, good.clone(), (30, None));
    assert_eq!(take(&mut world, &signed).unwrap_err().reason(), Reason::WrongState, "{:?}", StoreError::CentresOwn);
    let trouble = |step: &str, text: &str, cards: Vec<Carried>| Arrival {
        step: step.into(),
        text: Some(text.into()),
        seals: Vec::new(),
        cards,
        ..good.clone()
    };
    let signed = forged(&mut world, trouble("dispute", "torn", Vec::new()), (22, None));
    assert_eq!(take(&mut world, &signed), Err(StoreError::Role(RoleError::SecondMissing).into()));
    let signed = forged(&mut world, trouble("dispute", "torn", good.cards.clone()), (13, Some(14)));
    assert_eq!(take(&mut world, &signed), Err(SyncError::Form(0)), "a dispute moves no card");
    let signed = forged(&mut world, trouble("dispute", &"x".repeat(INCIDENT_TEXT_BYTES + 1), Vec::new()), (13, Some(14)));
    let long = BureauError::Number { what: "bytes of a text", most: INCIDENT_TEXT_BYTES };
    assert_eq!(take(&mut world, &signed), Err(TransitError::from(long).into()));
    // Out of order: nothing is settled that nobody disputed.
    let signed = forged(&mut world, trouble("settle", "counted", good.cards.clone()), (13, Some(14)));
    assert_eq!(take(&mut world, &signed).unwrap_err().reason(), Reason::WrongState);
    let signed = forged(&mut world, trouble("settle", "counted", good.cards[..1].to_vec()), (13, Some(14)));
    let missing = TransitError::Manifest { missing: vec![id("C-2")], strange: vec![] };
    assert_eq!(take(&mut world, &signed), Err(missing.into()), "every card is here or missing");
    let received = Deed { act: Act::Arrival(trouble("miss", "robbed", good.cards.clone())), ..of.clone() };
    assert_eq!(take(&mut world, &received), Err(SyncError::Form(0)), "what is missing was not received");
    assert_eq!(world.centre.state(Kind::Shipment, "W-1"), "sent");
    assert_eq!(take(&mut world, &of), Ok(Taken::New));
    // What was received is received: another deed of it is refused by its state.
    let signed = forged(&mut world, good, (22, None));
    assert_eq!(take(&mut world, &signed).unwrap_err().reason(), Reason::WrongState);
    world.centre.audited();
}

fn what_the_centre_says_of_anothers_shipment_is_not_followed(home: &mut dyn Home) {
    let mut world = World::new(home.place(), false);
    world.on_the_way("W-1", &TWO);
    let told = world.centre.at(CENTRE, |desk| shipped::tell(desk, &id("W-1")).unwrap().unwrap());
    assert_eq!((told.from, told.to, told.cards.len()), (REGENCY, POINT, 2));
    assert_eq!(told.cards[0].coming.as_ref().map(|coming| coming.can.as_str()), Some("123456"));
    assert!(!format!("{told:?}").contains("123456"), "a CAN is not shown");
    let follow = |world: &mut World, told: &ShipmentTold, letter: u8| {
        world.point.at(POINT, |desk| shipped::follow(desk, told, [0xA0 + letter; 32], By::one(&officer(30))))
    };
    let others = ShipmentTold { to: ELSEWHERE, ..told.clone() };
    assert_eq!(follow(&mut world, &others, 1), Err(SyncError::Anothers));
    let nonsense = ShipmentTold { state: "lost".into(), ..told.clone() };
    assert_eq!(follow(&mut world, &nonsense, 2), Err(SyncError::Form(0)));
    let many = ShipmentTold { seals: vec!["S".into(); 33], ..told.clone() };
    assert_eq!(follow(&mut world, &many, 3), Err(SyncError::Form(0)));
    // One of which the card is known to have gone on, or whose application is not here, has no copy of that card; the parcel is received all
    // the same.
    let mut old = ShipmentTold { shipment: "W-2".into(), ..told };
    old.cards.iter_mut().for_each(|line| line.card = line.card.replace("C-", "D-"));
    old.cards[0].coming.as_mut().unwrap().revision = 1;
    old.cards[1].application = "A-0000000000000009".into();
    assert_eq!(follow(&mut world, &old, 4), Ok(Taken::New));
    assert_eq!(["D-1", "D-2"].map(|card| world.point.state(Kind::Card, card)), ["", ""]);
    let (cards, courier) = ([id("D-1"), id("D-2")], officer(22));
    let received =
        world.point.at(POINT, |desk| ship::receive(desk, &id("r2"), &id("W-2"), (&cards, &seals("W-1")), By::one(&courier)));
    assert_eq!((received, world.point.state(Kind::Shipment, "W-2")), (Ok(2), "received"));
    // The centre's own store follows nothing.
    let told = ShipmentTold { shipment: "W-3".into(), ..old };
    let own = world.centre.at(POINT, |desk| shipped::follow(desk, &told, [0xA5; 32], By::one(&officer(30))));
    assert_eq!(own, Err(StoreError::CentresOwn.into()));
}
