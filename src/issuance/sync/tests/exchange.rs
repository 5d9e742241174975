//! Captures go up and what the centre says comes back: once, in any order, whatever is lost on the way.

use super::world::{World, id, officer};
use crate::issuance::application::Step;
use crate::issuance::case::Case;
use crate::issuance::case::CaseError;
use crate::issuance::centre::tests::world::{Comes, POINT};
use crate::issuance::desk::{By, DeskError};
use crate::issuance::packet::{self, PacketError};
use crate::issuance::papers::Reason as Why;
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Broken, Kind, Move, Part, SignatureError, StoreError, Unique, audit};
use crate::issuance::sync::content::Told;
use crate::issuance::sync::{SyncError, Taken, folder, told};
use crate::issuance::{Office, card};
use crate::reason::{Reason, Refusal as _};
use jiff::ToSpan as _;

const A: &str = "A-0000000000000001";
const B: &str = "A-0000000000000002";

on_both!(
    a_capture_is_received_once_and_what_is_found_comes_back,
    a_doubt_a_recapture_and_the_second_packet,
    what_is_lost_on_the_way_is_sent_again_and_taken_in_once,
    one_that_is_refused_is_named_and_stops_no_other,
    the_centre_tells_where_a_card_is_and_never_back,
    a_lost_card_is_revoked_with_its_report,
    copies_are_no_originals,
    another_capture_and_a_resident_who_left_are_refused,
);

fn a_capture_is_received_once_and_what_is_found_comes_back(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.point.captured(A, Comes::new(1, 7));
    let fates = world.up();
    let packet = fates.iter().find(|fate| fate.kind == "packet").unwrap();
    assert_eq!((packet.from, packet.about.as_str(), &packet.taken), (POINT, A, &Ok(Taken::New)));
    assert_eq!((world.point.state(Kind::Application, A), world.centre.state(Kind::Application, A)), ("sent", "received"));
    let down = world.down();
    assert!(down.iter().any(|fate| fate.kind == "told" && fate.taken == Ok(Taken::New)), "{down:?}");
    assert_eq!(world.point.state(Kind::Application, A), "received");
    world.centre.steps(A, &[(Step::FindSingle, "single", &[16])]);
    world.down();
    assert_eq!(world.point.state(Kind::Application, A), "unique");
    let told = world.point.at(POINT, |desk| told::last(desk, &id(A)).unwrap().unwrap());
    assert_eq!((told.state.as_str(), told.answer.as_deref(), told.cards.len()), ("unique", Some("single"), 0));
    // Nothing new is made of what has not changed.
    world.settle();
    let out: Vec<_> = world.point.spool.outgoing().unwrap();
    assert!(out.iter().all(|entry| entry.label.kind != "packet"), "{out:?}");
    world.point.audited();
    world.centre.audited();
}

fn a_doubt_a_recapture_and_the_second_packet(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.point.captured(A, Comes::new(1, 7));
    world.settle();
    world.centre.steps(A, &[(Step::FindDoubt, "candidates", &[16])]);
    world.settle();
    assert_eq!(world.point.state(Kind::Application, A), "doubtful");
    world.centre.steps(A, &[(Step::Clarify, "candidates", &[17, 18]), (Step::Recapture, "recapture", &[17, 18])]);
    world.settle();
    assert_eq!(world.point.state(Kind::Application, A), "data-verified");
    let told = world.point.at(POINT, |desk| told::last(desk, &id(A)).unwrap().unwrap());
    assert_eq!(told.answer.as_deref(), Some("recapture"));
    world.point.captured_anew(A, Comes { capture: 2, ..Comes::new(1, 7) });
    world.settle();
    assert_eq!((world.point.state(Kind::Application, A), world.centre.state(Kind::Application, A)), ("received", "received"));
    let steps = world.centre.store.history(Kind::Application, &id(A), 0, 100).unwrap();
    let taken = steps.iter().filter(|row| row.step().as_deref() == Some("take-in")).count();
    assert_eq!((taken, steps.first().unwrap().reason().as_deref()), (1, Some("31.71.01")));
    // The centre could not identify: the office captures anew by itself.
    world.centre.steps(A, &[(Step::FailIdentification, "unreadable", &[16])]);
    world.settle();
    assert_eq!(world.point.state(Kind::Application, A), "identification-failed");
    world.point.audited();
    world.centre.audited();
}

fn what_is_lost_on_the_way_is_sent_again_and_taken_in_once(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.point.captured(A, Comes::new(1, 7));
    // A centre that lays out the wrong key refuses nobody.
    world.point.push(world.stick.path());
    let (spool, now) = (world.centre.spool.clone(), world.point.now);
    folder::pull(&spool, world.stick.path(), &super::world::roster(), now).unwrap();
    world.centre.now = now;
    let fates = world.centre.maker(|maker| maker.take_in(&super::world::opens(POINT)).unwrap());
    assert!(fates.len() == 2 && fates.iter().all(|fate| fate.taken.as_ref().unwrap_err().is_for_now()), "{fates:?}");
    assert_eq!((spool.incoming().unwrap().len(), spool.outgoing().unwrap().len()), (2, 0));
    spool.incoming().unwrap().iter().for_each(|entry| spool.taken(entry.sha).unwrap());
    // A stick that is lost.
    world.point.push(world.stick.path());
    std::fs::remove_dir_all(world.stick.path().join("ministry")).unwrap();
    assert_eq!(world.up().iter().filter(|fate| fate.kind == "packet").count(), 0, "it was sent, as far as is known");
    let (spool, now) = (world.point.spool.clone(), world.point.now);
    let again = folder::push(&spool, world.stick.path(), true, now).unwrap();
    assert!(again.iter().any(|one| one.label.as_ref().is_some_and(|label| label.kind == "packet")));
    assert_eq!(world.centre.pull(world.stick.path()).iter().filter(|fate| fate.taken == Ok(Taken::New)).count(), 1);
    // A day without a receipt: sent once more by itself, and found.
    world.point.now += 25.hours();
    let fates = world.up();
    let packets: Vec<_> = fates.iter().filter(|fate| fate.kind == "packet").collect();
    assert!(packets.len() == 1 && packets[0].taken == Ok(Taken::Again), "{fates:?}");
    // A spool that is lost: another packet of the same capture is the same capture.
    let entries = world.point.spool.outgoing().unwrap();
    entries.iter().for_each(|entry| world.point.spool.drop_out(entry.sha).unwrap());
    let fates = world.up();
    let packets: Vec<_> = fates.iter().filter(|fate| fate.kind == "packet").collect();
    assert!(packets.len() == 1 && packets[0].taken == Ok(Taken::Again), "{fates:?}");
    assert_eq!(world.centre.store.history(Kind::Application, &id(A), 0, 100).unwrap().len(), 1);
    world.settle();
    assert_eq!(world.point.state(Kind::Application, A), "received");
}

fn one_that_is_refused_is_named_and_stops_no_other(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    // The centre has an open application of the same person.
    world.centre.captured(B, Comes::new(1, 8));
    world.point.captured(A, Comes::new(1, 7));
    world.point.captured("A-0000000000000003", Comes::new(2, 9));
    let fates = world.up();
    let of = |about: &str| fates.iter().find(|fate| fate.about == about).unwrap();
    let refused = of(A).taken.clone().unwrap_err();
    let open = SyncError::Desk(DeskError::Store(StoreError::Duplicate(Unique::OpenApplication)));
    assert_eq!((&refused, refused.reason()), (&open, Reason::PersonHasCard));
    assert_eq!(of("A-0000000000000003").taken, Ok(Taken::New));
    world.down();
    let out = world.point.spool.outgoing().unwrap();
    let entry = out.iter().find(|entry| entry.label.about == A).unwrap();
    assert_eq!(entry.refused.as_deref(), Some("person-has-card"));
    assert!(!entry.is_due(false, world.point.now) && entry.is_due(true, world.point.now), "until somebody looks");
    // The other ends, and it is sent again.
    world.centre.at(POINT, |desk| {
        desk.take_by(&id("ends"), vec![Move::application(id(B), Step::Withdraw)], By::one(&officer(13))).unwrap();
    });
    folder::push(&world.point.spool.clone(), world.stick.path(), true, world.point.now).unwrap();
    assert!(world.centre.pull(world.stick.path()).iter().any(|fate| fate.about == A && fate.taken == Ok(Taken::New)));
    // An application that is somebody else's by its name.
    world.centre.steps(B, &[]);
    world.point.captured(B, Comes::new(5, 4));
    let fates = world.up();
    let other = fates.iter().find(|fate| fate.about == B).unwrap().taken.clone().unwrap_err();
    assert_eq!((&other, other.reason()), (&SyncError::OtherApplication(POINT), Reason::NotPermitted));
}

fn the_centre_tells_where_a_card_is_and_never_back(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.point.captured(A, Comes::new(1, 7));
    world.settle();
    let early = world.centre.at(crate::issuance::Office::Ministry, |desk| told::tell(desk, &id(A), POINT).unwrap());
    world.centre.steps(A, &[(Step::FindSingle, "single", &[16])]);
    world.centre.card(A, "C-1", "X1");
    let late = world.centre.at(Office::Ministry, |desk| told::tell(desk, &id(A), POINT).unwrap());
    assert!(late.revision > early.revision);
    assert_eq!(late.cards[0].can.as_deref(), Some("123456"));
    let elsewhere = world.centre.at(Office::Ministry, |desk| told::tell(desk, &id(A), Office::Regency(31, 72)).unwrap());
    assert_eq!(elsewhere.cards, [], "the CAN is for the desk where the card waits");
    let follow =
        |world: &mut World, told: &Told| world.point.at(POINT, |desk| told::follow(desk, told, [7; 32], By::one(&officer(30))));
    assert_eq!(follow(&mut world, &late), Ok(Taken::New));
    assert_eq!(world.point.state(Kind::Application, A), "in-personalization");
    assert_eq!(world.point.state(Kind::Card, "C-1"), "waiting");
    assert_eq!(follow(&mut world, &early), Ok(Taken::Again), "what is older changes nothing");
    assert_eq!(world.point.state(Kind::Application, A), "in-personalization");
    let wrong = Told { revision: 99, state: "somewhere".into(), ..late.clone() };
    assert_eq!(follow(&mut world, &wrong), Err(SyncError::Form(0)));
    let revoked = Told {
        revision: 100,
        cards: vec![crate::issuance::sync::content::CardTold { state: "revoked".into(), can: None, ..late.cards[0].clone() }],
        ..late
    };
    assert_eq!(follow(&mut world, &revoked), Ok(Taken::New));
    assert_eq!(world.point.state(Kind::Card, "C-1"), "revoked");
    let can = world.point.store.sealed(Kind::Card, &id("C-1"), Part::Can).unwrap().unwrap();
    assert_eq!(world.point.key.open(&can).unwrap().len(), 0, "nobody's CAN stays when its number is revoked");
}

fn a_lost_card_is_revoked_with_its_report(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.waiting(A, Comes::new(1, 7), "C-1", "X1");
    let presented = world.point.presented(A, "X1");
    world.point.hands_over(&presented);
    world.settle();
    assert_eq!((world.centre.state(Kind::Card, "C-1"), world.point.state(Kind::Card, "C-1")), ("active", "active"));
    world.point.captured(B, Comes { reason: Why::Lost, capture: 3, ..Comes::new(1, 7) });
    world.settle();
    assert_eq!((world.centre.state(Kind::Card, "C-1"), world.point.state(Kind::Card, "C-1")), ("revoked", "revoked"));
    assert_eq!(world.centre.state(Kind::Application, B), "received");
    world.point.audited();
    world.centre.audited();
}

fn copies_are_no_originals(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.waiting(A, Comes::new(1, 7), "C-1", "X1");
    // What the centre is at, an office does not take back by itself.
    world.point.captured(B, Comes::new(2, 9));
    world.settle();
    let (job, operator) = (world.point.job(), officer(13));
    let case = world.point.at(POINT, |desk| {
        crate::issuance::case::withdraw(desk, &job, &id(B), crate::issuance::case::Withdrawal::Applicant, By::one(&operator))
    });
    let refused = case.unwrap_err();
    assert_eq!((&refused, refused.reason()), (&CaseError::AtTheCentre, Reason::WrongState));
    // In the centre's own store nothing follows.
    let follows = vec![Move::application(id(A), Step::FollowDelivered)];
    let refused = world.centre.at(POINT, |desk| desk.take_by(&id("follows"), follows, By::one(&officer(30)))).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&DeskError::Store(StoreError::CentresOwn), Reason::WrongState));
    let queue = vec![Move::card(id("C-1"), card::Step::Queue)];
    let refused = world.centre.at(POINT, |desk| desk.take_by(&id("queues"), queue, By::one(&officer(13)))).unwrap_err();
    assert_eq!(refused, DeskError::Store(StoreError::CentresOwn));
    // And a copy of the office is no card that is handed over by itself.
    let presented = world.point.presented(A, "X1");
    let (job, first, second) = (world.point.job(), officer(13), officer(14));
    let given = world.point.at(POINT, |desk| {
        let known =
            crate::issuance::handover::Known::Face(crate::crypto::hash::sha256(crate::issuance::handover::present::FACE_OF_TEST));
        crate::issuance::handover::give(desk, &job, &presented, known, (By::two(&first, &second), None)).map(drop)
    });
    assert_eq!(given, Err(crate::issuance::handover::HandoverError::Copy));
    let open = world.point.at(POINT, |desk| Case::open(desk, &id(A)).unwrap());
    assert!(open.state.is_with_the_centre());
    // Where the centre's chain is after all, the audit says which row is a copy's.
    let opening = crate::issuance::store::Opening::Incident { about: crate::issuance::store::Word::parse("x").unwrap() };
    let incident = vec![Move::open(id("I-1"), opening)];
    world.point.at(Office::Ministry, |desk| desk.take_by(&id("centre"), incident, By::one(&officer(16))).unwrap());
    let broken = audit::verify(world.point.store.as_mut(), &[]).unwrap_err();
    let StoreError::AuditBroken { why: Broken::Signature(SignatureError::Copy), .. } = broken else { panic!("{broken:?}") };
    assert!(world.point.store.sealed(Kind::Card, &id("C-1"), Part::Can).unwrap().is_some());
}

fn another_capture_and_a_resident_who_left_are_refused(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.point.captured(A, Comes::new(1, 7));
    world.settle();
    // Another capture under the application's name, while the first one is being looked at.
    let other = |world: &mut World, capture: u32, nik: u32, name: &str| {
        let comes = Comes { capture, ..Comes::new(nik, 7) };
        let mut files: Vec<_> = crate::issuance::centre::tests::world::capture(name, comes)
            .files()
            .map(|(name, bytes)| (name.clone(), zeroize::Zeroizing::new(bytes.to_vec())))
            .collect();
        let dossier = crate::issuance::centre::tests::world::dossier(comes).to_json();
        files.push(("dossier.json".parse().unwrap(), zeroize::Zeroizing::new(dossier)));
        let capture = packet::Capture::new(name.parse().unwrap(), files).unwrap();
        let now = world.point.now;
        let to = super::world::recipients(&[Office::Ministry]);
        let mut rng = crate::world::DangerousSeededEntropy::new(3);
        let bytes = packet::seal_by(&capture, (&officer(30), POINT), &to[&Office::Ministry], now, &mut rng).unwrap();
        let packet = packet::Packet::parse(&bytes).unwrap().verify(&super::world::roster(), now).unwrap();
        world.centre.now = world.centre.now.max(now);
        let opens = super::world::opens(Office::Ministry);
        world
            .centre
            .at(Office::Ministry, |desk| crate::issuance::sync::intake::packet(desk, &packet, &opens, By::one(&officer(16))))
    };
    let refused = other(&mut world, 2, 1, A).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&SyncError::OtherCapture, Reason::PacketAltered));
    assert_eq!(other(&mut world, 1, 1, A), Ok(Taken::Again));
    // Of whom the centre knows that he died.
    let dead =
        crate::record::register::Resident { biodata: crate::issuance::centre::tests::world::biodata(2), holds_card: false };
    let nik = dead.biodata.nik.clone();
    world.centre.at(Office::Ministry, |desk| {
        let centre = officer(16);
        let by = By::one(&centre);
        crate::issuance::register::import(desk, &id("import"), &[dead], by).unwrap();
        let step = crate::issuance::resident::Step::RecordDeath;
        crate::issuance::register::depart(desk, &id("departs"), &nik, step, by).unwrap();
    });
    let refused = other(&mut world, 1, 2, B).unwrap_err();
    let gone = SyncError::Case(CaseError::NotResident(crate::issuance::resident::State::Dead));
    assert_eq!((&refused, refused.reason()), (&gone, Reason::WrongState));
    // A packet that has no case in it, and one that is too large to be sealed.
    let bare = crate::issuance::centre::tests::world::capture(B, Comes::new(3, 7));
    let to = super::world::recipients(&[Office::Ministry]);
    let (now, mut rng) = (world.point.now, crate::world::DangerousSeededEntropy::new(3));
    let bytes = packet::seal_by(&bare, (&officer(30), POINT), &to[&Office::Ministry], now, &mut rng).unwrap();
    let known = packet::Packet::parse(&bytes).unwrap().verify(&super::world::roster(), now).unwrap();
    let opens = super::world::opens(Office::Ministry);
    let refused = world.centre.at(Office::Ministry, |desk| {
        crate::issuance::sync::intake::packet(desk, &known, &opens, By::one(&officer(16))).unwrap_err()
    });
    assert_eq!(refused, SyncError::Packet(PacketError::File("dossier.json".into())));
    let large = vec![("x".parse().unwrap(), zeroize::Zeroizing::new(vec![0; crate::limits::CMS_BYTES]))];
    let large = packet::Capture::new(B.parse().unwrap(), large).unwrap();
    let refused = packet::seal_by(&large, (&officer(30), POINT), &to[&Office::Ministry], now, &mut rng).unwrap_err();
    let DeskError::Packet(PacketError::Seal(_)) = refused else { panic!("{refused:?}") };
    assert_eq!(refused.reason(), Reason::EncodingInvalid);
}
