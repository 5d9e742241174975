//! What goes on or back from an office that has a store of its own: packed and sent there, a card taken back there, and told the centre.

use super::world::{CENTRE, Side, World, id, officer, seals};
use crate::issuance::bureau::BureauError;
use crate::issuance::centre::tests::world::{Comes, ELSEWHERE, POINT, REGENCY};
use crate::issuance::desk::{By, DeskError};
use crate::issuance::officer::ActError;
use crate::issuance::role::RoleError;
use crate::issuance::store::tests::{File, Home, on_both};
use crate::issuance::store::{Kind, StoreError, Word};
use crate::issuance::sync::content::ShipmentTold;
use crate::issuance::sync::deed::{Act, Carried, Deed, Left, Packed, TakenBack, sign};
use crate::issuance::sync::{Fate, SyncError, Taken, deed, done, shipped};
use crate::issuance::transit::back::{Why, take_back};
use crate::issuance::transit::ship::{self, Line};
use crate::issuance::transit::{TransitError, trouble};
use crate::issuance::{Holder, Mode, Office, Procedure, Start};
use crate::reason::{Reason, Refusal as _};

const A: &str = "A-0000000000000001";
const ONE: [(&str, Comes, &str, &str); 1] = [(A, Comes::new(1, 7), "C-1", "X1")];

on_both!(
    a_card_passes_a_regency_with_a_store_of_its_own,
    what_nobody_fetched_goes_back_by_offices_with_stores_of_their_own,
    what_lies_elsewhere_or_goes_elsewhere_is_not_packed,
    what_was_signed_and_is_not_so_is_not_taken_in,
);

fn deeds(fates: &[Fate]) -> Vec<Result<Taken, SyncError>> {
    fates.iter().filter(|fate| fate.kind == "deed").map(|fate| fate.taken.clone()).collect()
}

/// A regency that has a store of its own, and what goes between it and the centre on the world's stick.
fn regency() -> (Side, File) {
    let file = File::new();
    (Side::new(REGENCY, &file.place(), &[CENTRE], 31), file)
}

fn up(world: &mut World, side: &mut Side) -> Vec<Fate> {
    side.push(world.stick.path());
    world.centre.now = world.centre.now.max(side.now);
    world.centre.pull(world.stick.path())
}

fn down(world: &mut World, side: &mut Side) -> Vec<Fate> {
    world.centre.push(world.stick.path());
    side.now = side.now.max(world.centre.now);
    side.pull(world.stick.path())
}

fn a_card_passes_a_regency_with_a_store_of_its_own(home: &mut dyn Home) {
    let (mut world, (mut regency, _file)) = (World::new(home.place(), true), regency());
    world.point.comes(A, Comes::new(1, 7), Procedure::new(Start::Mass, Holder::Citizen, Mode::Office));
    world.settle();
    world.centre.steps(A, &[(crate::issuance::application::Step::FindSingle, "single", &[16])]);
    world.centre.made_at((CENTRE, 25), A, "C-1", "X1");
    world.centre.packs((CENTRE, 26, REGENCY), "W-1", &["C-1"]).unwrap();
    world.centre.sends((CENTRE, 26), "W-1").unwrap();
    down(&mut world, &mut regency);
    assert_eq!(
        (regency.state(Kind::Shipment, "W-1"), regency.state(Kind::Card, "C-1")),
        ("sent", ""),
        "no application is made up"
    );
    let line = regency.at(REGENCY, |desk| ship::manifest(desk, &id("W-1")).unwrap().cards.remove(0));
    assert_eq!((line.next, line.sends.as_deref()), (Some(POINT), Some("send-on")));
    let early = regency.packs((REGENCY, 21, POINT), "W-2", &["C-1"]);
    assert_eq!(early, Err(BureauError::Elsewhere { kind: Kind::Card, id: id("C-1") }.into()), "it has not come yet");
    assert_eq!(regency.receives_at((REGENCY, 21), "W-1", &["C-1"]), Ok(1));
    let astray = regency.packs((REGENCY, 21, ELSEWHERE), "W-2", &["C-1"]);
    assert_eq!(astray, Err(TransitError::NoLeg { card: id("C-1"), to: ELSEWHERE }));
    let manifest = regency.packs((REGENCY, 21, POINT), "W-2", &["C-1"]).unwrap();
    assert_eq!((manifest.to.as_str(), manifest.cards[0].number.as_str(), manifest.copy), ("31.71.01", "X1", None));
    assert_eq!(regency.packs((REGENCY, 21, POINT), "W-2", &["C-1"]), Ok(manifest.clone()), "the same job again");
    regency.sends((REGENCY, 21), "W-2").unwrap();
    regency.sends((REGENCY, 21), "W-2").unwrap();
    let gone = regency.packs((REGENCY, 21, POINT), "W-3", &["C-1"]);
    assert_eq!(gone, Err(BureauError::Elsewhere { kind: Kind::Card, id: id("C-1") }.into()), "it has left");
    let fates = up(&mut world, &mut regency);
    assert_eq!(
        deeds(&fates),
        [Ok(Taken::New), Ok(Taken::New), Ok(Taken::New)],
        "received, packed and sent, in whichever order they lie"
    );
    assert_eq!((world.centre.state(Kind::Shipment, "W-2"), world.centre.state(Kind::Card, "C-1")), ("sent", "in-transit"));
    assert_eq!(world.centre.at(CENTRE, |desk| ship::manifest(desk, &id("W-2")).unwrap()), manifest);
    // From there as from everywhere: to the desk, and into the holder's hand.
    world.down();
    assert_eq!((world.point.state(Kind::Shipment, "W-2"), world.point.state(Kind::Card, "C-1")), ("sent", "in-transit"));
    world.point.receives("W-2", &["C-1"]).unwrap();
    let presented = world.point.presented(A, "X1");
    world.point.hands_over(&presented);
    world.settle();
    assert_eq!([world.point.state(Kind::Card, "C-1"), world.centre.state(Kind::Card, "C-1")], ["active"; 2]);
    let own = world.point.packs((POINT, 22, REGENCY), "W-9", &["C-1"]).unwrap_err();
    assert_eq!(own, BureauError::Stands { kind: Kind::Card, id: id("C-1"), state: "active" }.into());
    for side in [&mut regency, &mut world.point, &mut world.centre] {
        side.audited();
    }
}

fn returns(side: &mut Side, job: &str, why: Why) -> Result<(), TransitError> {
    let by = (officer(13), officer(14));
    side.at(POINT, |desk| take_back(desk, &id(job), &id("C-1"), why, By::two(&by.0, &by.1)))
}

fn what_nobody_fetched_goes_back_by_offices_with_stores_of_their_own(home: &mut dyn Home) {
    let (mut world, (mut regency, _file)) = (World::new(home.place(), true), regency());
    world.on_the_way("W-1", &ONE);
    world.point.receives("W-1", &["C-1"]).unwrap();
    let waits = world.point.packs((POINT, 22, REGENCY), "back-1", &["C-1"]);
    assert_eq!(waits, Err(TransitError::AtItsDesk(id("C-1"))));
    returns(&mut world.point, "returns", Why::Died).unwrap();
    returns(&mut world.point, "returns", Why::Died).unwrap();
    assert_eq!((world.point.state(Kind::Card, "C-1"), world.point.state(Kind::Application, A)), ("refused", "withdrawn"));
    world.point.packs((POINT, 22, REGENCY), "back-1", &["C-1"]).unwrap();
    world.point.sends((POINT, 22), "back-1").unwrap();
    assert_eq!(world.point.state(Kind::Card, "C-1"), "returning");
    assert_eq!(deeds(&world.up()), [Ok(Taken::New), Ok(Taken::New), Ok(Taken::New), Ok(Taken::New)]);
    assert_eq!((world.centre.state(Kind::Card, "C-1"), world.centre.state(Kind::Application, A)), ("returning", "withdrawn"));
    world.settle();
    // At the regency: received, and sent on to where it is destroyed.
    down(&mut world, &mut regency);
    let line = regency.at(REGENCY, |desk| ship::manifest(desk, &id("back-1")).unwrap().cards.remove(0));
    assert_eq!((line.next, line.sends), (Some(CENTRE), None), "it is on its way back already");
    regency.receives_at((REGENCY, 21), "back-1", &["C-1"]).unwrap();
    regency.packs((REGENCY, 21, CENTRE), "back-2", &["C-1"]).unwrap();
    regency.sends((REGENCY, 21), "back-2").unwrap();
    assert_eq!(deeds(&up(&mut world, &mut regency)), [Ok(Taken::New), Ok(Taken::New), Ok(Taken::New)]);
    world.centre.receives_at((CENTRE, 26), "back-2", &["C-1"]).unwrap();
    assert_eq!(world.centre.state(Kind::Card, "C-1"), "returned");
    world.settle();
    for side in [&mut regency, &mut world.point, &mut world.centre] {
        side.audited();
    }
}

fn what_lies_elsewhere_or_goes_elsewhere_is_not_packed(home: &mut dyn Home) {
    let (mut world, (mut regency, _file)) = (World::new(home.place(), false), regency());
    world.on_the_way("W-1", &ONE);
    let coming = world.point.packs((POINT, 22, REGENCY), "back-1", &["C-1"]);
    assert_eq!(coming, Err(BureauError::Stands { kind: Kind::Card, id: id("C-1"), state: "in-transit" }.into()));
    let unknown = world.point.packs((POINT, 22, REGENCY), "back-1", &["C-9"]).unwrap_err();
    assert_eq!(unknown, StoreError::Unknown { kind: Kind::Card, id: "C-9".into() }.into());
    world.point.receives("W-1", &["C-1"]).unwrap();
    let alone = officer(13);
    let one = world.point.at(POINT, |desk| take_back(desk, &id("r"), &id("C-1"), Why::Unclaimed, By::one(&alone)));
    let second = DeskError::Store(StoreError::Role(RoleError::SecondMissing));
    assert_eq!(one, Err(TransitError::Bureau(BureauError::Desk(second))));
    returns(&mut world.point, "returns", Why::Unclaimed).unwrap();
    assert_eq!(world.point.state(Kind::Application, A), "in-personalization", "another card is made when somebody comes");
    let astray = world.point.packs((POINT, 22, CENTRE), "back-1", &["C-1"]);
    assert_eq!(astray, Err(TransitError::NoLeg { card: id("C-1"), to: CENTRE }));
    // A seal that came with another shipment was broken here.
    let (courier, used) = (officer(22), [seals("W-1")[0].clone()]);
    let again = world
        .point
        .at(POINT, |desk| ship::pack(desk, &id("p"), &id("back-1"), (REGENCY, &[id("C-1")], &used), By::one(&courier)));
    assert_eq!(again, Err(TransitError::UsedSeal(used[0].clone())));
    world.point.packs((POINT, 22, REGENCY), "back-1", &["C-1"]).unwrap();
    // The centre's word of another shipment of that name does not touch it.
    let told = world.centre.at(CENTRE, |desk| shipped::tell(desk, &id("W-1")).unwrap().unwrap());
    let told = ShipmentTold { shipment: "back-1".into(), ..told };
    let other = world.point.at(POINT, |desk| shipped::follow(desk, &told, [0xA1; 32], By::one(&officer(30))));
    assert_eq!(other, Err(StoreError::Taken { kind: Kind::Shipment, id: "back-1".into() }.into()));
    // What was missing when a shipment was settled lies nowhere; what was found goes back.
    let old = ShipmentTold { shipment: "W-5".into(), to: REGENCY, from: CENTRE, ..told };
    let mut cards = old.cards.clone();
    cards[0].coming = None;
    cards.push(cards[0].clone());
    cards[0].card = "D-1".into();
    cards[1].card = "D-2".into();
    cards[1].missing = true;
    let old = ShipmentTold { cards, state: "missing".into(), revision: 3, ..old };
    regency.at(REGENCY, |desk| shipped::follow(desk, &old, [0xA2; 32], By::one(&officer(31))).unwrap());
    assert_eq!(regency.state(Kind::Shipment, "W-5"), "missing");
    let by = (officer(21), officer(23));
    regency.at(REGENCY, |desk| trouble::dispute(desk, &id("d"), &id("W-5"), "found", By::two(&by.0, &by.1)).unwrap());
    regency
        .at(REGENCY, |desk| trouble::settle(desk, &id("t"), &id("W-5"), (&[id("D-2")], "one"), By::two(&by.0, &by.1)).unwrap());
    let gone = regency.packs((REGENCY, 21, POINT), "W-6", &["D-1"]);
    assert_eq!(gone, Err(BureauError::Elsewhere { kind: Kind::Card, id: id("D-1") }.into()));
    let found = regency.packs((REGENCY, 21, POINT), "W-6", &["D-2"]);
    assert_eq!(found, Err(TransitError::NoLeg { card: id("D-2"), to: POINT }));
    regency.packs((REGENCY, 21, CENTRE), "W-6", &["D-2"]).unwrap();
    world.point.audited();
}

fn what_was_signed_and_is_not_so_is_not_taken_in(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.on_the_way("W-1", &ONE);
    world.point.receives("W-1", &["C-1"]).unwrap();
    world.up();
    let take = |world: &mut World, from: Office, act: Act, by: (u64, Option<u64>)| {
        let (first, second) = (officer(by.0), by.1.map(officer));
        let by = By { first: &first, second: second.as_ref() };
        let deed = world.point.at(from, |desk| sign(desk, &id("forged"), act, by).unwrap());
        world.centre.now = world.centre.now.max(world.point.now);
        world.centre.at(CENTRE, |desk| done::take_in(desk, &deed, from, By::one(&officer(16))))
    };
    let back =
        |why: &str, ends: bool| Act::TakenBack(TakenBack { card: "C-1".into(), application: A.into(), why: why.into(), ends });
    assert_eq!(take(&mut world, POINT, back("lazy", false), (13, Some(14))), Err(SyncError::Form(0)));
    assert_eq!(take(&mut world, POINT, back("unclaimed", true), (13, Some(14))), Err(SyncError::Form(0)), "it stays open");
    assert_eq!(take(&mut world, POINT, back("died", false), (13, Some(14))), Err(SyncError::Form(0)), "it ends with it");
    let alone = take(&mut world, POINT, back("died", true), (13, None));
    assert_eq!(alone, Err(StoreError::Role(RoleError::SecondMissing).into()));
    let elsewhere = take(&mut world, REGENCY, back("died", true), (32, Some(23))).unwrap_err();
    assert_eq!(elsewhere, TransitError::from(BureauError::Elsewhere { kind: Kind::Card, id: id("C-1") }).into());
    let line = Line { card: "C-1".into(), number: "X1".into(), application: None, is_missing: false, next: None, sends: None };
    let pack = |name: &str, to: Office, seal: &str, line: &Line| {
        Act::Packed(Packed { shipment: name.into(), to, seals: vec![seal.into()], cards: vec![line.clone()] })
    };
    let desk = take(&mut world, POINT, pack("b", REGENCY, "S-1", &line), (22, None));
    assert_eq!(desk, Err(TransitError::AtItsDesk(id("C-1")).into()));
    assert_eq!(take(&mut world, POINT, back("died", true), (13, Some(14))), Ok(Taken::New));
    let again = take(&mut world, POINT, back("died", false), (13, Some(14))).unwrap_err();
    assert_eq!(again.reason(), Reason::WrongState, "it was taken back");
    let none = Act::Packed(Packed { shipment: "b".into(), to: REGENCY, seals: vec!["S-1".into()], cards: Vec::new() });
    let many = BureauError::Number { what: "cards of a shipment", most: crate::limits::ISSUANCE_ITEMS };
    assert_eq!(take(&mut world, POINT, none, (22, None)), Err(TransitError::from(many).into()));
    let open = Act::Packed(Packed { shipment: "b".into(), to: REGENCY, seals: Vec::new(), cards: vec![line.clone()] });
    assert_eq!(take(&mut world, POINT, open, (22, None)), Err(TransitError::SealCount(crate::limits::SHIPMENT_SEALS).into()));
    let used = take(&mut world, POINT, pack("b", REGENCY, "W-1-S1", &line), (22, None));
    assert_eq!(used, Err(TransitError::UsedSeal(Word::parse("W-1-S1").unwrap()).into()));
    let astray = take(&mut world, POINT, pack("b", CENTRE, "S-1", &line), (22, None));
    assert_eq!(astray, Err(TransitError::NoLeg { card: id("C-1"), to: CENTRE }.into()));
    let other = take(&mut world, POINT, pack("b", REGENCY, "S-1", &Line { number: "X9".into(), ..line.clone() }), (22, None));
    assert_eq!(other, Err(TransitError::Manifest { missing: Vec::new(), strange: vec![id("C-1")] }.into()));
    let known = take(&mut world, POINT, pack("W-1", REGENCY, "S-1", &line), (22, None));
    assert_eq!(known, Err(StoreError::Taken { kind: Kind::Shipment, id: "W-1".into() }.into()));
    let there = take(&mut world, REGENCY, pack("b", CENTRE, "S-1", &line), (21, None)).unwrap_err();
    assert_eq!(there, TransitError::from(BureauError::Elsewhere { kind: Kind::Card, id: id("C-1") }).into());
    let service = take(&mut world, POINT, pack("b", REGENCY, "S-1", &line), (30, None)).unwrap_err();
    assert_eq!(service.reason(), Reason::NotPermitted, "{service}");
    let left = |step: &str, card: &str| {
        let carried = Carried { card: card.into(), application: A.into(), step: step.into() };
        Act::Left(Left { shipment: "b".into(), cards: vec![carried] })
    };
    let early = take(&mut world, POINT, left("send-back", "C-1"), (22, None)).unwrap_err();
    assert_eq!(early.reason(), Reason::IdentifierUnknown, "nobody packed it yet");
    assert_eq!(take(&mut world, POINT, pack("b", REGENCY, "S-1", &line), (22, None)), Ok(Taken::New));
    let stands = BureauError::Stands { kind: Kind::Card, id: id("C-1"), state: "refused" };
    assert_eq!(take(&mut world, POINT, left("send-on", "C-1"), (22, None)), Err(TransitError::from(stands.clone()).into()));
    let short = Act::Left(Left { shipment: "b".into(), cards: Vec::new() });
    assert_eq!(take(&mut world, POINT, short, (22, None)), Err(TransitError::from(stands).into()));
    let mut more = left("send-back", "C-1");
    if let Act::Left(left) = &mut more {
        left.cards.push(Carried { card: "C-9".into(), ..left.cards[0].clone() });
    }
    let strange = take(&mut world, POINT, more, (22, None));
    assert_eq!(strange, Err(TransitError::Manifest { missing: Vec::new(), strange: vec![id("C-9")] }.into()));
    let theirs = take(&mut world, REGENCY, left("send-back", "C-1"), (21, None)).unwrap_err();
    assert_eq!(theirs, TransitError::from(BureauError::Elsewhere { kind: Kind::Shipment, id: id("b") }).into());
    assert_eq!(take(&mut world, POINT, left("send-back", "C-1"), (22, None)), Ok(Taken::New));
    assert_eq!((world.centre.state(Kind::Card, "C-1"), world.centre.state(Kind::Shipment, "b")), ("returning", "sent"));
    // What was signed of one act is not the signature of another.
    returns(&mut world.point, "returns", Why::Unclaimed).unwrap();
    let of: Deed = world.point.at(POINT, |desk| deed::of(desk, Kind::Card, &id("C-1")).unwrap().remove(0));
    let Act::TakenBack(mut act) = of.act.clone() else { panic!("{of:?}") };
    act.why = "superseded".into();
    act.ends = false;
    let altered = Deed { act: Act::TakenBack(act), ..of };
    world.centre.now = world.centre.now.max(world.point.now);
    let taken = world.centre.at(CENTRE, |desk| done::take_in(desk, &altered, POINT, By::one(&officer(16))));
    assert!(taken.is_err_and(|error| error.reason() == Reason::NotPermitted), "{:?}", ActError::Unsigned);
    world.centre.audited();
}
