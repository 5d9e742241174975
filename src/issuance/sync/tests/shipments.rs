//! A parcel at an office that has a store of its own: received there, its cards handed over before the centre knows, and told the centre
//! under the office's own signatures; disputed, settled and missing likewise.

use super::world::{CENTRE, World, id, officer};
use crate::issuance::card;
use crate::issuance::centre::tests::world::{Comes, POINT, REGENCY};
use crate::issuance::desk::By;
use crate::issuance::handover::is_copy;
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{By as Find, Id, Kind, Move, Part, Word};
use crate::issuance::sync::content::ShipmentTold;
use crate::issuance::sync::{SyncError, Taken, deed, folder, shipped};
use crate::issuance::transit::{TransitError, afar, ship, trouble};
use crate::reason::{Reason, Refusal as _};
use jiff::ToSpan as _;

const A: &str = "A-0000000000000001";
const B: &str = "A-0000000000000002";
const ONE: [(&str, Comes, &str, &str); 1] = [(A, Comes::new(1, 7), "C-1", "X1")];
const TWO: [(&str, Comes, &str, &str); 2] = [ONE[0], (B, Comes::new(2, 9), "C-2", "X2")];

on_both!(
    at_the_centres_a_parcel_is_received_and_its_card_given_before_the_centre_knows,
    at_the_desks_a_parcel_is_received_and_its_card_given_before_the_centre_knows,
    a_handover_that_comes_before_the_arrival_waits_for_it,
    what_is_lost_is_sent_again_and_received_once,
    a_card_that_was_revoked_on_the_way_arrives_and_is_never_given,
    one_that_is_not_whole_is_disputed_and_settled_card_by_card,
    one_that_did_not_come_is_missing_and_found_goes_back,
    one_that_was_received_in_the_centres_store_is_followed,
    one_that_the_sender_called_missing_is_disputed_where_it_came,
);

fn at_the_centres_a_parcel_is_received_and_its_card_given_before_the_centre_knows(home: &mut dyn Home) {
    a_parcel_is_received_and_its_card_given_before_the_centre_knows(World::new(home.place(), true));
}

fn at_the_desks_a_parcel_is_received_and_its_card_given_before_the_centre_knows(home: &mut dyn Home) {
    a_parcel_is_received_and_its_card_given_before_the_centre_knows(World::new(home.place(), false));
}

/// Where a card, its shipment and its application are, at the office and at the centre.
fn stand(world: &mut World, card: &str, shipment: &str) -> [(&'static str, &'static str); 2] {
    [&mut world.point, &mut world.centre].map(|side| (side.state(Kind::Card, card), side.state(Kind::Shipment, shipment)))
}

fn a_parcel_is_received_and_its_card_given_before_the_centre_knows(mut world: World) {
    world.on_the_way("W-1", &ONE);
    assert_eq!(stand(&mut world, "C-1", "W-1"), [("in-transit", "sent"); 2]);
    assert!(world.point.at(POINT, |desk| is_copy(desk, &id("C-1")).unwrap() && afar::is_copy(desk, &id("W-1")).unwrap()));
    assert!(!world.centre.at(POINT, |desk| afar::is_copy(desk, &id("W-1")).unwrap()));
    let manifest = world.point.at(POINT, |desk| ship::manifest(desk, &id("W-1")).unwrap());
    let note = manifest.copy.unwrap();
    assert_eq!((note.from, note.told, manifest.cards[0].number.as_str()), (REGENCY, 2, "X1"));
    assert_eq!(manifest.cards[0].application.as_deref(), Some(A));
    // Nobody gives a card that is still on its way.
    let can = world.point.at(POINT, |desk| crate::issuance::handover::can(desk, &id(A)).map(drop));
    assert_eq!(can, Err(crate::issuance::handover::HandoverError::Card(card::State::InTransit)));
    assert_eq!(world.point.receives("W-1", &["C-1"]), Ok(1));
    assert_eq!(world.point.receives("W-1", &["C-1"]), Ok(1), "the same job again");
    assert_eq!(stand(&mut world, "C-1", "W-1"), [("waiting", "received"), ("in-transit", "sent")]);
    assert_eq!(world.point.at(POINT, |desk| deed::of(desk, Kind::Shipment, &id("W-1")).unwrap().len()), 1);
    let presented = world.point.presented(A, "X1");
    world.point.hands_over(&presented);
    assert_eq!(world.centre.state(Kind::Card, "C-1"), "in-transit", "the centre has heard of nothing");
    let fates = world.up();
    let taken: Vec<_> = fates.iter().filter(|fate| ["deed", "handover"].contains(&fate.kind)).collect();
    assert!(taken.len() == 2 && taken.iter().all(|fate| fate.taken == Ok(Taken::New)), "{fates:?}");
    assert_eq!(world.centre.state(Kind::Card, "C-1"), "active");
    world.settle();
    assert_eq!(stand(&mut world, "C-1", "W-1"), [("active", "received"); 2]);
    assert_eq!([world.point.state(Kind::Application, A), world.centre.state(Kind::Application, A)], ["delivered"; 2]);
    assert_eq!(world.point.spool.outgoing().unwrap().len(), 0, "nothing is left to be sent");
    assert!(world.point.store.sealed(Kind::Card, &id("C-1"), Part::Can).unwrap().is_none());
    // In the centre's audit the office's own courier received it, at the office.
    let rows = world.centre.store.history(Kind::Shipment, &id("W-1"), 0, 10).unwrap();
    let last = rows.last().unwrap();
    let hands = last.signatories().unwrap();
    assert_eq!((last.office.as_str(), last.now.as_str(), hands.len()), ("31.71.01", "received", 1));
    assert_eq!(hands[0].0, officer(22).id());
    world.point.audited();
    world.centre.audited();
}

fn a_handover_that_comes_before_the_arrival_waits_for_it(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.on_the_way("W-1", &ONE);
    world.point.receives("W-1", &["C-1"]).unwrap();
    let presented = world.point.presented(A, "X1");
    world.point.hands_over(&presented);
    // The letter of the arrival is lost on the way.
    world.point.push(world.stick.path());
    let out = world.point.spool.outgoing().unwrap();
    let deed = out.iter().find(|entry| entry.label.kind == "deed").unwrap();
    assert_eq!((deed.label.about.as_str(), deed.label.to), ("W-1", CENTRE));
    std::fs::remove_file(world.stick.path().join(format!("ministry/{}.item", deed.sha))).unwrap();
    world.centre.now = world.point.now;
    let fates = world.centre.pull(world.stick.path());
    let waits = fates.iter().find(|fate| fate.kind == "handover").unwrap().taken.clone().unwrap_err();
    assert_eq!((&waits, waits.reason(), waits.is_for_now()), (&SyncError::NotArrived, Reason::WrongState, true));
    assert_eq!((world.centre.state(Kind::Card, "C-1"), world.centre.spool.incoming().unwrap().len()), ("in-transit", 1));
    // A day later it goes once more, and both are taken in, whichever comes first.
    world.point.now += 25.hours();
    let fates = world.up();
    assert!(fates.iter().any(|fate| fate.kind == "handover" && fate.taken == Ok(Taken::New)), "{fates:?}");
    assert_eq!(world.centre.state(Kind::Card, "C-1"), "active");
    world.settle();
    assert_eq!(stand(&mut world, "C-1", "W-1"), [("active", "received"); 2]);
}

fn what_is_lost_is_sent_again_and_received_once(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.on_the_way("W-1", &ONE);
    world.point.receives("W-1", &["C-1"]).unwrap();
    // A spool that is lost, before and after the centre took it in: the office's audit knows what there is to tell.
    let lose = |world: &mut World| {
        let spool = world.point.spool.clone();
        spool.outgoing().unwrap().iter().for_each(|entry| spool.drop_out(entry.sha).unwrap());
        std::fs::remove_file(world.point.path().join("deeds")).unwrap();
    };
    world.point.push(world.stick.path());
    std::fs::remove_dir_all(world.stick.path().join("ministry")).unwrap();
    lose(&mut world);
    let deeds = |fates: &[crate::issuance::sync::Fate]| {
        fates.iter().filter(|fate| fate.kind == "deed").map(|fate| fate.taken.clone()).collect::<Vec<_>>()
    };
    let fates = world.up();
    assert_eq!(deeds(&fates), [Ok(Taken::New)]);
    lose(&mut world);
    let fates = world.up();
    assert_eq!(deeds(&fates), [Ok(Taken::Again)]);
    world.settle();
    let fates = world.up();
    assert_eq!(deeds(&fates), [], "told once, and not again");
    let rows = world.centre.store.history(Kind::Shipment, &id("W-1"), 0, 10).unwrap();
    assert_eq!(rows.iter().map(|row| row.now.as_str()).collect::<Vec<_>>(), ["sealed", "sent", "received"]);
    // The centre's word twice, and late.
    let told = world.centre.at(CENTRE, |desk| shipped::tell(desk, &id("W-1")).unwrap().unwrap());
    let follow = |world: &mut World, told: &ShipmentTold| {
        world.point.at(POINT, |desk| shipped::follow(desk, told, [9; 32], By::one(&officer(30))))
    };
    assert_eq!(follow(&mut world, &told), Ok(Taken::Again));
    let late = ShipmentTold { revision: 2, state: "sent".into(), ..told };
    assert_eq!(follow(&mut world, &late), Ok(Taken::Again));
    assert_eq!(stand(&mut world, "C-1", "W-1"), [("waiting", "received"); 2]);
    // Without a certificate of the centre it waits, and is said.
    world.on_the_way("W-2", &[(B, Comes::new(2, 9), "C-2", "X2")]);
    world.point.receives("W-2", &["C-2"]).unwrap();
    let known = std::mem::take(&mut world.point.recipients);
    let made = world.point.make().unwrap();
    let refused = made.iter().find(|made| made.kind == "deed").unwrap();
    assert_eq!((refused.about.as_str(), &refused.refused), ("W-2", &Some(SyncError::NoRecipient(CENTRE))));
    world.point.recipients = known;
    let fates = world.up();
    assert_eq!(deeds(&fates), [Ok(Taken::New)]);
}

fn a_card_that_was_revoked_on_the_way_arrives_and_is_never_given(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.on_the_way("W-1", &TWO);
    let revoke = vec![Move::card(id("C-1"), card::Step::Revoke).because(Word::parse("keep-chosen").unwrap())];
    let by = (officer(17), officer(18));
    world.centre.at(CENTRE, |desk| desk.take_by(&id("revokes"), revoke, By::two(&by.0, &by.1)).unwrap());
    // Known at the desk or not, the parcel is whole.
    world.point.receives("W-1", &["C-1", "C-2"]).unwrap();
    assert_eq!(world.point.state(Kind::Card, "C-1"), "waiting");
    let presented = world.point.presented(A, "X1");
    world.point.hands_over(&presented);
    let fates = world.up();
    let refused = fates.iter().find(|fate| fate.kind == "handover").unwrap().taken.clone().unwrap_err();
    assert_eq!((&refused, refused.reason()), (&SyncError::Revoked, Reason::CardRevoked));
    world.down();
    for side in [&mut world.point, &mut world.centre] {
        assert_eq!([side.state(Kind::Card, "C-1"), side.state(Kind::Card, "C-2")], ["revoked", "waiting"]);
        assert_eq!(side.state(Kind::Shipment, "W-1"), "received");
        side.audited();
    }
}

fn two(world: &mut World, act: impl FnOnce(&mut crate::issuance::desk::Desk<'_>, By<'_>) -> Result<(), TransitError>) {
    let by = (officer(13), officer(14));
    world.point.at(POINT, |desk| act(desk, By::two(&by.0, &by.1)).unwrap());
}

fn incidents(world: &mut World, about: &str) -> Vec<(Id, String)> {
    let found = world.centre.store.find(Kind::Incident, Find::Word(&Word::parse(about).unwrap())).unwrap();
    let (store, key) = (world.centre.store.as_mut(), &world.centre.key);
    let text = |id: &Id| crate::issuance::bureau::incident::show(&mut *store, key, id).unwrap().report.text;
    let ids: Vec<Id> = found.into_iter().map(|incident| incident.id).collect();
    let texts: Vec<String> = ids.iter().map(text).collect();
    ids.into_iter().zip(texts).collect()
}

fn one_that_is_not_whole_is_disputed_and_settled_card_by_card(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.on_the_way("W-1", &TWO);
    two(&mut world, |desk, by| trouble::dispute(desk, &id("d"), &id("W-1"), "a seal is torn", by).map(drop));
    let settle = |world: &mut World| {
        two(world, |desk, by| {
            let missing = trouble::settle(desk, &id("t"), &id("W-1"), (&[id("C-1")], "one was in the bag"), by)?;
            assert_eq!(missing, [id("C-2")]);
            Ok(())
        });
    };
    settle(&mut world);
    settle(&mut world);
    assert_eq!(["C-1", "C-2"].map(|card| world.point.state(Kind::Card, card)), ["waiting", "missing"]);
    // Both go up together, in whichever order they lie.
    let fates = world.up();
    let deeds: Vec<_> = fates.iter().filter(|fate| fate.kind == "deed").map(|fate| &fate.taken).collect();
    assert_eq!(deeds, [&Ok(Taken::New), &Ok(Taken::New)]);
    assert_eq!(["C-1", "C-2"].map(|card| world.centre.state(Kind::Card, card)), ["waiting", "missing"]);
    assert_eq!(world.centre.state(Kind::Shipment, "W-1"), "received");
    assert_eq!(incidents(&mut world, "W-1")[0].1, "a seal is torn");
    assert_eq!(incidents(&mut world, "C-2")[0].1, "one was in the bag");
    world.settle();
    assert_eq!(stand(&mut world, "C-1", "W-1"), [("waiting", "received"); 2]);
    assert_eq!(world.point.state(Kind::Card, "C-2"), "missing");
    world.point.audited();
    world.centre.audited();
}

fn one_that_did_not_come_is_missing_and_found_goes_back(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.on_the_way("W-1", &TWO);
    two(&mut world, |desk, by| trouble::missing(desk, &id("m"), &id("W-1"), "the van was robbed", by).map(drop));
    assert_eq!(stand(&mut world, "C-1", "W-1"), [("missing", "missing"), ("in-transit", "sent")]);
    world.settle();
    assert_eq!(stand(&mut world, "C-1", "W-1"), [("missing", "missing"); 2]);
    assert_eq!(incidents(&mut world, "C-1")[0].1, "the van was robbed");
    // Found after all: what is there goes back, and is never handed over.
    two(&mut world, |desk, by| trouble::dispute(desk, &id("d"), &id("W-1"), "found by the police", by).map(drop));
    two(&mut world, |desk, by| {
        let missing = trouble::settle(desk, &id("t"), &id("W-1"), (&[id("C-1")], "one of two"), by)?;
        assert_eq!(missing, [id("C-2")]);
        Ok(())
    });
    world.settle();
    assert_eq!(stand(&mut world, "C-1", "W-1"), [("returning", "received"); 2]);
    assert_eq!(stand(&mut world, "C-2", "W-1"), [("missing", "received"); 2]);
    world.point.audited();
    world.centre.audited();
}

fn one_that_was_received_in_the_centres_store_is_followed(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.on_the_way("W-1", &ONE);
    world.centre.receives("W-1", &["C-1"]).unwrap();
    world.settle();
    assert_eq!(stand(&mut world, "C-1", "W-1"), [("waiting", "received"); 2]);
    let presented = world.point.presented(A, "X1");
    world.point.hands_over(&presented);
    world.settle();
    assert_eq!(stand(&mut world, "C-1", "W-1"), [("active", "received"); 2]);
    // One of which nothing was heard before it came is not made up afterwards; its card is told with the application.
    world.point.captured(B, Comes::new(2, 9));
    world.settle();
    world.centre.steps(B, &[(crate::issuance::application::Step::FindSingle, "single", &[16])]);
    world.centre.made(B, "C-2", "X2");
    world.centre.ships("W-2", &["C-2"]);
    world.centre.receives("W-2", &["C-2"]).unwrap();
    world.settle();
    assert_eq!(stand(&mut world, "C-2", "W-2"), [("waiting", ""), ("waiting", "received")]);
    world.point.audited();
}

fn one_that_the_sender_called_missing_is_disputed_where_it_came(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.on_the_way("W-1", &ONE);
    // While the office was offline the regency called it missing; and then it came.
    let by = (officer(21), officer(23));
    world.centre.at(REGENCY, |desk| trouble::missing(desk, &id("m"), &id("W-1"), "overdue", By::two(&by.0, &by.1)).unwrap());
    world.point.receives("W-1", &["C-1"]).unwrap();
    let fates = world.up();
    let refused = fates.iter().find(|fate| fate.kind == "deed").unwrap().taken.clone().unwrap_err();
    assert_eq!(refused.reason(), Reason::WrongState, "{refused}");
    let out = folder::push(&world.centre.spool.clone(), world.stick.path(), false, world.centre.now).unwrap();
    assert!(out.iter().all(|carried| carried.refused.is_none()));
    world.down();
    // The centre's word counts: missing, its number revoked; two dispute and settle it, and it goes back.
    assert_eq!(stand(&mut world, "C-1", "W-1"), [("revoked", "missing"), ("missing", "missing")]);
    let entries = world.point.spool.outgoing().unwrap();
    assert_eq!(entries.iter().find(|entry| entry.label.kind == "deed").unwrap().refused.as_deref(), Some("wrong-state"));
    two(&mut world, |desk, by| trouble::dispute(desk, &id("d"), &id("W-1"), "it came", by).map(drop));
    two(&mut world, |desk, by| trouble::settle(desk, &id("t"), &id("W-1"), (&[id("C-1")], "it came"), by).map(drop));
    world.settle();
    assert_eq!(stand(&mut world, "C-1", "W-1"), [("returning", "received"); 2]);
    world.point.audited();
    world.centre.audited();
}
