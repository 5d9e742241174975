//! Handovers on a store, of cards whose evidence is judged: given, kept, and every refusal by name.

use super::sitting::Sitting;
use super::trial::{Ended, Next, Sample, Trial, TrialError};
use super::{HandoverError, Judge, Known, Presented, Read, TrialPolicy, alarm, can, give, present, recapture, refuse};
use crate::chip::aa;
use crate::crypto::hash::{HashAlg, sha256};
use crate::finger::position::FingerPosition::{self, LeftIndex, RightIndex};
use crate::finger::template::Template;
use crate::issuance::application::State;
use crate::issuance::case::Case;
use crate::issuance::case::CaseError;
use crate::issuance::case::receipt::{ReceiptError, replace as replace_receipt, stamped};
use crate::issuance::centre::CentreError;
use crate::issuance::centre::clarify::take_up;
use crate::issuance::centre::tests::world::{Comes, POINT, REGENCY, World, id, officer, print};
use crate::issuance::desk::{By, DeskError};
use crate::issuance::papers::Reason as Why;
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Id, Kind, Move, Part, StoreError, Word};
use crate::issuance::{Office, card};
use crate::lds::dg2;
use crate::lds::dg13::Dg13;
use crate::lds::face::{Coding, Face};
use crate::lds::file_id::FileId;
use crate::lds::fingers::{self, FingerFormat};
use crate::pki::status_list::register::Register;
use crate::pki::status_list::{self, CardStatus};
use crate::pki::trust::TrustStore;
use crate::pki::x509::crl;
use crate::pki::x509::issue::tests::leaf;
use crate::pki::x509::issue::{Credential, Purpose, Span};
use crate::reason::{Reason, Refusal as _};
use crate::verify::evidence::AaAnswer;
use crate::verify::hex;
use crate::verify::tests::kit::{Card, zone};
use crate::verify::{Challenge, ChallengeUse, Evidence, JudgeState, Mode, StateError, ThrowawayState};
use crate::world::DangerousSeededEntropy;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

on_both!(
    the_holder_gets_a_card_with_fingers_and_the_face_is_not_asked,
    whoever_comes_with_other_fingers_gets_nothing_and_the_application_is_clarified,
    a_comparison_that_is_left_is_gone_on_with_and_every_capture_is_in_the_audit,
    two_processes_over_one_card_have_the_chances_of_one,
    a_match_that_nobody_acted_on_is_good_for_a_quarter_of_an_hour,
    samples_that_never_say_anything_lead_to_a_new_capture_and_the_card_goes_back,
    a_mismatch_is_never_turned_into_a_new_capture,
    the_face_is_seen_by_two_officers_of_a_desk_and_with_the_receipt_lost_by_the_regency,
    a_card_that_was_revoked_meanwhile_is_an_incident_and_one_that_was_given_is_not,
);

const A: &str = "A-0000000000000001";
const B: &str = "A-0000000000000002";

/// The document number of the card of the evidence.
fn number() -> String {
    zone().document_number
}

/// A card whose signed data hold these fingers.
fn holding(prints: &[(FingerPosition, Template)]) -> Card {
    let mut card = Card::new();
    let of: Vec<(FingerPosition, &Template)> = prints.iter().map(|(position, print)| (*position, print)).collect();
    let file = fingers::build(&of, FingerFormat::Record).unwrap();
    let mut national = Dg13::parse(card.files.get(FileId::Dg13).unwrap()).unwrap();
    national.fingers_digest = sha256(&file);
    national.fingers = prints.iter().map(|(position, _)| (position.code(), 80)).collect();
    card.files.insert(FileId::Dg13, national.encode());
    card.files.insert(FileId::Fingers, file);
    card.sign();
    card
}

/// A card whose signed data hold no finger, and a picture.
fn plain() -> Card {
    let mut card = Card::new();
    let face = Face {
        gender: 1,
        feature_points: 0,
        image_type: 1,
        coding: Coding::Jpeg,
        width: 240,
        height: 300,
        colour_space: 1,
        image: PICTURE.to_vec(),
    };
    card.files.insert(FileId::Dg2, dg2::build(&face).unwrap());
    card.sign();
    card
}

/// The picture on a card.
const PICTURE: &[u8] = include_bytes!("../../../samples/portrait.jpg");

fn trust(card: &Card) -> TrustStore {
    let mut trust = card.trust();
    trust.add_operations_root(card.authority.root.cert.clone()).unwrap();
    trust.add_crl(crl::make(&card.authority.root, 1, Span::days(card.now, 90), &BTreeMap::new()).unwrap()).unwrap();
    trust
}

/// A list made at this time, in which the card of the evidence has this status.
fn list(card: &Card, status: CardStatus, at: Timestamp) -> Vec<u8> {
    let (key, cert) = leaf(&card.authority, Purpose::StatusList);
    let mut register = Register::new("https://example.invalid/status", 100).unwrap();
    register.set(17, status).unwrap();
    status_list::sign(&register.next_list(at), &Credential { cert, key }).unwrap()
}

/// The evidence of a reading in which the chip answers the judge's challenge, and the challenge.
fn answered(card: &Card, now: Timestamp) -> (Evidence, ChallengeUse) {
    let challenge = Challenge::draw(&mut DangerousSeededEntropy::new(3), now);
    let mut state = ThrowawayState::default();
    state.draw(&challenge).unwrap();
    let signature = aa::sign(&card.aa_key, HashAlg::Sha256, challenge.bytes());
    let mut evidence = card.evidence();
    evidence.active_authentication = Some(AaAnswer { challenge: challenge.bytes().into(), signature: Some(signature.into()) });
    (evidence, state.spend(&challenge).unwrap())
}

fn judged_with(card: &Card, list: &[u8], now: Timestamp, memory: &mut dyn JudgeState) -> Result<Read, HandoverError> {
    let (evidence, used) = answered(card, now);
    let mode = Mode::Challenged(&used);
    Read::judged(&evidence, Judge { mode: &mode, trust: &trust(card), status_list: list, memory }, now)
}

fn judged(card: &Card, status: CardStatus) -> Result<Read, HandoverError> {
    judged_with(card, &list(card, status, card.now), card.now, &mut ThrowawayState::default())
}

/// The card of the evidence, found genuine for handover.
fn read(card: &Card) -> Read {
    judged(card, CardStatus::NotHandedOver).unwrap()
}

/// A country where an application's card waits, and the card as it lies on the desk.
fn waiting() -> World {
    waits(World::new())
}

/// The same in this world.
fn waits(mut world: World) -> World {
    world.comes(A, Comes::new(1, 7));
    world.card_of(&id(A), "C-1", &number(), card::State::Waiting);
    world
}

fn receipt(world: &mut World, of: &str) -> String {
    let key = world.key.clone();
    world.at(POINT, |desk, _| stamped(&key, &Case::open(desk, &id(of)).unwrap()).unwrap())
}

fn shown(world: &mut World, of: &str, read: &Read) -> Result<Presented, HandoverError> {
    let receipt = receipt(world, of);
    world.at(POINT, |desk, _| present(desk, &id(of), &receipt, read))
}

#[test]
fn a_dead_residents_card_is_not_handed_over() {
    let card = holding(&[]);
    let mut world = waiting();
    let who = crate::issuance::centre::tests::world::biodata(1);
    world.registered(who.clone());
    let left = world.died(&who.nik);
    assert_eq!((left.applications, left.cards), (vec![id(A)], vec![(id("C-1"), "waiting")]));
    let refused = shown(&mut world, A, &read(&card)).unwrap_err();
    assert_eq!(refused, CaseError::NotResident(crate::issuance::resident::State::Dead).into());
    assert_eq!((refused.reason(), world.card_state(&id("C-1"))), (Reason::WrongState, "waiting"));
}

/// Gives a card by the face, to operators or an operator and a supervisor.
fn give_by_face(world: &mut World, presented: &Presented, second: Option<u64>) -> Result<(), HandoverError> {
    let (job, first, second) = (world.job(), officer(13), second.map(officer));
    world.at(POINT, |desk, _| {
        let by = By { first: &first, second: second.as_ref() };
        give(desk, &job, presented, Known::Face(sha256(PICTURE)), (by, None)).map(drop)
    })
}

#[test]
fn a_card_without_fingers_is_given_by_the_face_to_two_officers() {
    let mut world = waiting();
    let presented = shown(&mut world, A, &read(&plain())).unwrap();
    assert!(presented.fingers().is_empty());
    assert_eq!(presented.portrait(), Some(PICTURE));
    let sealed = world.at(POINT, |desk, _| can(desk, &id(A)).unwrap());
    assert_eq!(sealed.as_slice(), b"123456");
    let alone = give_by_face(&mut world, &presented, None).unwrap_err();
    assert_eq!((&alone, alone.reason()), (&HandoverError::SecondMissing, Reason::NotPermitted));
    give_by_face(&mut world, &presented, Some(15)).unwrap();
    assert_eq!((world.card_state(presented.card()), world.state(&id(A))), ("active", "delivered"));
    assert_eq!(world.store.sealed(Kind::Card, presented.card(), Part::Can).unwrap(), None, "the CAN is erased");
    let gone = world.at(POINT, |desk, _| can(desk, &id(A))).unwrap_err();
    assert_eq!((&gone, gone.reason()), (&HandoverError::Card(card::State::Active), Reason::WrongState), "it was given");
    // What was presented before stands no more.
    let again = give_by_face(&mut world, &presented, Some(15)).unwrap_err();
    let HandoverError::Desk(DeskError::Store(StoreError::WrongState { state: "active", .. })) = again else {
        panic!("{again:?}")
    };
    let over = shown(&mut world, A, &read(&plain())).unwrap_err();
    assert_eq!((&over, over.reason()), (&HandoverError::State(State::Delivered), Reason::WrongState));
    world.audited();
}

fn prints(person: u64, capture: u32) -> Vec<(FingerPosition, Template)> {
    [RightIndex, LeftIndex].map(|finger| (finger, print(person, finger, capture))).to_vec()
}

/// Sits down over a card, by these officers.
fn sits(world: &mut World, presented: &Presented, by: (u64, Option<u64>)) -> Result<Sitting, HandoverError> {
    let (first, second) = (officer(by.0), by.1.map(officer));
    world.at(POINT, |desk, _| {
        Sitting::over(desk, presented, TrialPolicy::default(), By { first: &first, second: second.as_ref() })
    })
}

/// Lays the fingers of somebody down, or poor ones of nobody, until something else is due.
fn lays(world: &mut World, sitting: &mut Sitting, person: Option<u64>, by: (u64, Option<u64>)) -> Next {
    let (first, second) = (officer(by.0), by.1.map(officer));
    let by = By { first: &first, second: second.as_ref() };
    let device = Word::parse("T-T-1").unwrap();
    while let Next::Capture(finger) = sitting.next() {
        let sample = person.map(|person| print(person, finger, u32::try_from(sitting.captures()).unwrap() + 1));
        let sample = sample.as_ref().map_or(Sample::Poor, Sample::Print);
        world.at(POINT, |desk, _| sitting.take(desk, (finger, sample), Some(&device), by).map(drop)).unwrap();
    }
    sitting.next()
}

/// The same with the second officer's rounds, until the sitting is over.
fn tried(world: &mut World, presented: &Presented, person: u64) -> Ended {
    let by = (13, Some(15));
    let mut sitting = sits(world, presented, by).unwrap();
    let (first, second) = (officer(13), officer(15));
    loop {
        match lays(world, &mut sitting, Some(person), by) {
            Next::SecondOfficer => {
                world.at(POINT, |desk, _| sitting.repeat(desk, By::two(&first, &second)).map(drop)).unwrap();
            }
            Next::Over(ended) => return ended,
            next @ Next::Capture(_) => panic!("{next:?}"),
        }
    }
}

/// What was written down at a card's end.
fn closing(world: &mut World, card: &Id) -> serde_json::Value {
    let sealed = world.store.sealed(Kind::Card, card, Part::Closing).unwrap().unwrap();
    serde_json::from_slice(&world.key.open(&sealed).unwrap()).unwrap()
}

fn the_holder_gets_a_card_with_fingers_and_the_face_is_not_asked(home: &mut dyn Home) {
    let mut world = waits(World::over(home));
    let presented = shown(&mut world, A, &read(&holding(&prints(7, 0)))).unwrap();
    let face = give_by_face(&mut world, &presented, Some(15)).unwrap_err();
    assert_eq!((&face, face.reason()), (&HandoverError::HasFingers, Reason::WrongState));
    let Ended::Match(matched) = tried(&mut world, &presented, 7) else { panic!("the holder's own fingers") };
    let (job, first) = (world.job(), officer(13));
    world.at(POINT, |desk, _| {
        give(desk, &job, &presented, Known::Fingers(&matched), (By::one(&first), None)).unwrap();
    });
    assert_eq!((world.card_state(presented.card()), world.state(&id(A))), ("active", "delivered"));
    let kept = closing(&mut world, presented.card());
    assert_eq!((&kept["answer"], &kept["policy_digest"]), (&"match".into(), &TrialPolicy::default().digest().into()));
    assert_eq!((&kept["threshold"], &kept["policy"]["captures"]), (&matched.threshold().centinats().into(), &3.into()));
    assert_eq!(kept["captures"][0]["device"], "T-T-1");
    world.audited();
}

fn whoever_comes_with_other_fingers_gets_nothing_and_the_application_is_clarified(home: &mut dyn Home) {
    let mut world = waits(World::over(home));
    let presented = shown(&mut world, A, &read(&holding(&prints(7, 0)))).unwrap();
    let Ended::NoMatch(mismatched) = tried(&mut world, &presented, 9) else { panic!("another's fingers") };
    let (job, first, second) = (world.job(), officer(13), officer(15));
    world.at(POINT, |desk, _| refuse(desk, &job, &presented, &mismatched, By::two(&first, &second)).unwrap());
    assert_eq!((world.card_state(presented.card()), world.state(&id(A))), ("refused", "clarifying"));
    let kept = closing(&mut world, presented.card());
    assert_eq!((&kept["answer"], &kept["policy_digest"]), (&"no-match".into(), &TrialPolicy::default().digest().into()));
    assert_eq!(kept["threshold"], mismatched.threshold().centinats());
    let rows = world.store.history(Kind::Card, presented.card(), 0, 100).unwrap();
    let refusal: serde_json::Value = serde_json::from_str(&rows.last().unwrap().statement).unwrap();
    assert_eq!(refusal["device"], "T-T-1", "of a refusal the device is kept too");
    world.audited();
}

fn a_comparison_that_is_left_is_gone_on_with_and_every_capture_is_in_the_audit(home: &mut dyn Home) {
    let mut world = waits(World::over(home));
    let presented = shown(&mut world, A, &read(&holding(&prints(7, 0)))).unwrap();
    let tries = |world: &mut World| {
        let rows = world.store.history(Kind::Card, &id("C-1"), 0, 100).unwrap();
        rows.iter().filter(|row| row.step().is_some_and(|step| step == "try")).count()
    };
    let mut sitting = sits(&mut world, &presented, (13, None)).unwrap();
    assert_eq!(tries(&mut world), 1, "that it was begun is kept before any finger is asked for");
    assert_eq!(lays(&mut world, &mut sitting, Some(9), (13, None)), Next::SecondOfficer);
    assert_eq!(tries(&mut world), 7);
    let first = officer(13);
    let alone = world.at(POINT, |desk, _| sitting.repeat(desk, By::one(&first))).unwrap_err();
    assert_eq!((&alone, alone.reason()), (&HandoverError::SecondMissing, Reason::NotPermitted));
    // Asked again without a second officer: nobody captures anything, by whomever the first round was.
    for officer_ in [13, 15] {
        let mut again = sits(&mut world, &presented, (officer_, None)).unwrap();
        assert_eq!((again.next(), again.captures()), (Next::SecondOfficer, 6));
        let by = officer(officer_);
        let alone = world.at(POINT, |desk, _| again.repeat(desk, By::one(&by))).unwrap_err();
        assert_eq!(alone, HandoverError::SecondMissing);
    }
    assert_eq!(tries(&mut world), 7);
    // Whichever of two took no part in the first round repeats it; left in the middle, it stays that officer's.
    let (second, by) = (officer(15), (15, Some(13)));
    let mut again = sits(&mut world, &presented, by).unwrap();
    world.at(POINT, |desk, _| again.repeat(desk, By::two(&second, &first)).map(drop)).unwrap();
    let refused = sits(&mut world, &presented, (13, None)).unwrap_err();
    assert_eq!(refused, HandoverError::Trial(TrialError::SameOfficer));
    let mut again = sits(&mut world, &presented, by).unwrap();
    let Next::Over(Ended::NoMatch(mismatched)) = lays(&mut world, &mut again, Some(9), by) else { panic!("two rounds") };
    assert_eq!((mismatched.captures().len(), tries(&mut world)), (12, 14));
    // What was found is found again, and not tried anew.
    let found = sits(&mut world, &presented, by).unwrap();
    assert_eq!(found.next(), Next::Over(Ended::NoMatch(mismatched.clone())));
    let job = world.job();
    world.at(POINT, |desk, _| refuse(desk, &job, &presented, &mismatched, By::two(&second, &first)).unwrap());
    world.audited();
}

fn two_processes_over_one_card_have_the_chances_of_one(home: &mut dyn Home) {
    let mut world = waits(World::over(home));
    let presented = shown(&mut world, A, &read(&holding(&prints(7, 0)))).unwrap();
    let by = officer(13);
    let mut one = sits(&mut world, &presented, (13, None)).unwrap();
    let mut other = sits(&mut world, &presented, (13, None)).unwrap();
    let Next::Capture(finger) = one.next() else { panic!("a capture is due") };
    let stranger = print(9, finger, 1);
    world.at(POINT, |desk, _| one.take(desk, (finger, Sample::Print(&stranger)), None, By::one(&by)).map(drop)).unwrap();
    let holder = print(7, finger, 1);
    let late = world.at(POINT, |desk, _| other.take(desk, (finger, Sample::Print(&holder)), None, By::one(&by))).unwrap_err();
    assert_eq!(late, StoreError::Conflict("T-C-1-2".to_owned()).into());
    // It is over for it; and what somebody finds in their own memory opens nothing.
    let more = world.at(POINT, |desk, _| other.take(desk, (finger, Sample::Poor), None, By::one(&by))).unwrap_err();
    assert_eq!(more, HandoverError::NotKept);
    let mut unkept = Trial::begin(TrialPolicy::default(), presented.fingers(), by.id()).unwrap();
    while let Next::Capture(finger) = unkept.next() {
        unkept.take(finger, Sample::Print(&print(7, finger, 2)), None).unwrap();
    }
    let Next::Over(Ended::Match(matched)) = unkept.next() else { panic!("the holder's fingers") };
    let job = world.job();
    let unkept =
        world.at(POINT, |desk, _| give(desk, &job, &presented, Known::Fingers(&matched), (By::one(&by), None))).unwrap_err();
    assert_eq!((&unkept, unkept.reason()), (&HandoverError::NotKept, Reason::WrongState));
    assert_eq!(world.card_state(presented.card()), "waiting");
}

fn a_match_that_nobody_acted_on_is_good_for_a_quarter_of_an_hour(home: &mut dyn Home) {
    let mut world = waits(World::over(home));
    let card = read(&holding(&prints(7, 0)));
    let presented = shown(&mut world, A, &card).unwrap();
    let Ended::Match(_) = tried(&mut world, &presented, 7) else { panic!("the holder's own fingers") };
    let presented = shown(&mut world, A, &card).unwrap();
    assert!(matches!(sits(&mut world, &presented, (13, None)).unwrap().next(), Next::Over(Ended::Match(_))));
    // Sixteen minutes on, whoever stands there is compared.
    let mut later = presented.clone();
    later.card.changed = later.card.changed.saturating_sub(SignedDuration::from_mins(16)).unwrap();
    let sitting = sits(&mut world, &later, (13, None)).unwrap();
    assert_eq!(sitting.next(), Next::Capture(RightIndex));
}

fn samples_that_never_say_anything_lead_to_a_new_capture_and_the_card_goes_back(home: &mut dyn Home) {
    let mut world = waits(World::over(home));
    let card = read(&holding(&prints(7, 0)));
    let presented = shown(&mut world, A, &card).unwrap();
    let (job, first, second) = (world.job(), officer(13), officer(14));
    let asked = |world: &mut World, by: By<'_>| world.at(POINT, |desk, _| recapture(desk, &job, &id(A), by));
    let early = asked(&mut world, By::two(&first, &second)).unwrap_err();
    assert_eq!((&early, early.reason()), (&HandoverError::NotPoor, Reason::WrongState), "nobody tried");
    let mut sitting = sits(&mut world, &presented, (13, None)).unwrap();
    assert_eq!(lays(&mut world, &mut sitting, None, (13, None)), Next::Over(Ended::TooPoor));
    let alone = asked(&mut world, By::one(&first)).unwrap_err();
    assert_eq!(alone, StoreError::Role(crate::issuance::role::RoleError::SecondMissing).into());
    for _ in 0..2 {
        assert_eq!(asked(&mut world, By::two(&first, &second)), Ok(id("C-1")), "once a job");
    }
    assert_eq!((world.card_state(&id("C-1")), world.state(&id(A))), ("refused", "data-verified"));
    let receipt = world.at(POINT, |desk, _| Case::open(desk, &id(A)).unwrap().dossier.receipt);
    assert_eq!(receipt, 1, "the receipt counts on");
    let other = world.job();
    let again = world.at(POINT, |desk, _| recapture(desk, &other, &id(A), By::two(&first, &second))).unwrap_err();
    assert_eq!(again, HandoverError::Card(card::State::Refused));
    world.audited();
}

fn a_mismatch_is_never_turned_into_a_new_capture(home: &mut dyn Home) {
    let mut world = waits(World::over(home));
    let presented = shown(&mut world, A, &read(&holding(&prints(7, 0)))).unwrap();
    let mut sitting = sits(&mut world, &presented, (13, None)).unwrap();
    assert_eq!(lays(&mut world, &mut sitting, Some(9), (13, None)), Next::SecondOfficer);
    let (job, first, second) = (world.job(), officer(13), officer(14));
    let refused = world.at(POINT, |desk, _| recapture(desk, &job, &id(A), By::two(&first, &second))).unwrap_err();
    assert_eq!(refused, HandoverError::NotPoor);
    let elsewhere = world.at(REGENCY, |desk, _| recapture(desk, &job, &id(A), By::two(&first, &second))).unwrap_err();
    assert_eq!(elsewhere, HandoverError::Elsewhere(Some(POINT)));
}

fn the_face_is_seen_by_two_officers_of_a_desk_and_with_the_receipt_lost_by_the_regency(home: &mut dyn Home) {
    let mut world = waits(World::over(home));
    let card = read(&plain());
    let presented = shown(&mut world, A, &card).unwrap();
    let by_face = |world: &mut World, presented: &Presented, second: u64, seen: [u8; 32]| {
        let (job, first, second) = (world.job(), officer(13), officer(second));
        world.at(POINT, |desk, _| give(desk, &job, presented, Known::Face(seen), (By::two(&first, &second), None)).map(drop))
    };
    let seen = sha256(PICTURE);
    let other = by_face(&mut world, &presented, 15, [7; 32]).unwrap_err();
    assert_eq!((&other, other.reason()), (&HandoverError::Portrait, Reason::InputInvalid));
    for role in [17, 19, 20, 21] {
        let wrong = by_face(&mut world, &presented, role, seen).unwrap_err();
        assert_eq!(wrong.reason(), Reason::NotPermitted, "{wrong}");
        assert!(matches!(wrong, HandoverError::Desk(DeskError::Act(_))), "{wrong:?}");
    }
    // The receipt was lost and replaced: the desk's own officers do not do any more.
    let (job, first, supervisor) = (world.job(), officer(13), officer(14));
    world.at(POINT, |desk, _| replace_receipt(desk, &job, &id(A), By::two(&first, &supervisor)).map(drop)).unwrap();
    let presented = shown(&mut world, A, &card).unwrap();
    for second in [14, 15] {
        let refused = by_face(&mut world, &presented, second, seen).unwrap_err();
        assert_eq!((&refused, refused.reason()), (&HandoverError::Regency, Reason::NotPermitted));
    }
    by_face(&mut world, &presented, 29, seen).unwrap();
    assert_eq!(world.card_state(presented.card()), "active");
    assert_eq!(closing(&mut world, presented.card())["portrait"], hex::encode(&seen));
    world.audited();
}

fn a_card_that_was_revoked_meanwhile_is_an_incident_and_one_that_was_given_is_not(home: &mut dyn Home) {
    let mut world = waits(World::over(home));
    let (job, first, second) = (world.job(), officer(13), officer(14));
    let back = Move::card(id("C-1"), card::Step::TakeBack).because(Word::parse("unclaimed").unwrap());
    world.at(POINT, |desk, _| desk.take_by(&job, vec![back], By::two(&first, &second)).unwrap());
    let refused = world.at(POINT, |desk, _| can(desk, &id(A))).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&HandoverError::Card(card::State::Refused), Reason::CardRevoked));
    let job = world.job();
    let incident = |world: &mut World, refused: &HandoverError| {
        world.at(POINT, |desk, _| alarm(desk, &job, &id(A), refused, By::one(&first))).unwrap()
    };
    for _ in 0..2 {
        let begun = incident(&mut world, &refused).unwrap();
        let shown = crate::issuance::bureau::incident::show(world.store.as_mut(), &world.key, &begun).unwrap();
        assert_eq!((shown.standing.state, shown.report.things), ("open", vec!["C-1".to_owned()]));
    }
    assert_eq!(incident(&mut world, &HandoverError::Verdict(Reason::CloneSuspected)).map(|_| ()), Some(()));
    for other in
        [HandoverError::Verdict(Reason::StatusListStale), HandoverError::Card(card::State::Active), HandoverError::OtherCard]
    {
        assert_eq!(incident(&mut world, &other), None, "{other:?}");
    }
    // Nothing was made yet.
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    let none = world.at(POINT, |desk, _| can(desk, &id(A))).unwrap_err();
    assert_eq!((&none, none.reason()), (&HandoverError::OtherCard, Reason::InputInvalid));
    let world_ = &mut waiting();
    let elsewhere = world_.at(REGENCY, |desk, _| can(desk, &id(A))).unwrap_err();
    assert_eq!((&elsewhere, elsewhere.reason()), (&HandoverError::Custody(POINT.into()), Reason::NotPermitted));
}

#[test]
fn a_card_that_is_not_genuine_for_handover_is_not_read() {
    let card = Card::new();
    for (status, reason) in [
        (CardStatus::Active, Reason::CardHandedOver),
        (CardStatus::Revoked, Reason::CardRevoked),
        (CardStatus::Suspended, Reason::CardSuspended),
    ] {
        let refused = judged(&card, status).unwrap_err();
        assert_eq!((&refused, refused.reason()), (&HandoverError::Verdict(reason), reason));
    }
    let later = |hours| card.now.checked_add(SignedDuration::from_hours(hours)).unwrap();
    let fresh = list(&card, CardStatus::NotHandedOver, card.now);
    assert!(judged_with(&card, &fresh, later(24), &mut ThrowawayState::default()).is_ok());
    let old = judged_with(&card, &fresh, later(25), &mut ThrowawayState::default()).unwrap_err();
    assert_eq!(old, HandoverError::Verdict(Reason::StatusListStale));
    let (evidence, _) = answered(&card, card.now);
    let nobody = Judge { mode: &Mode::Data, trust: &trust(&card), status_list: &fresh, memory: &mut ThrowawayState::default() };
    let copied = Read::judged(&evidence, nobody, card.now).unwrap_err();
    assert_eq!(copied, HandoverError::Verdict(Reason::PresenceNotProven));
}

#[test]
fn fingers_that_were_not_read_are_not_taken_for_none() {
    let card = Card::new();
    let (mut evidence, used) = answered(&card, card.now);
    evidence.files.remove(&FileId::Fingers);
    let fresh = list(&card, CardStatus::NotHandedOver, card.now);
    let mode = Mode::Challenged(&used);
    let judge = Judge { mode: &mode, trust: &trust(&card), status_list: &fresh, memory: &mut ThrowawayState::default() };
    let refused = Read::judged(&evidence, judge, card.now).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&HandoverError::Fingers, Reason::GroupNotRead));
}

/// A memory that is gone.
struct Lost;

const LOST: StateError = StateError::Unavailable(std::io::ErrorKind::NotFound);

impl JudgeState for Lost {
    fn draw(&mut self, _: &Challenge) -> Result<(), StateError> {
        Err(LOST)
    }

    fn spend(&mut self, _: &Challenge) -> Result<ChallengeUse, StateError> {
        Err(LOST)
    }

    fn highest_list(&self, _: &str) -> Result<Option<u64>, StateError> {
        Err(LOST)
    }

    fn remember_list(&mut self, _: &str, _: u64) -> Result<(), StateError> {
        Err(LOST)
    }
}

#[test]
fn a_desk_without_its_memory_judges_no_card() {
    let card = Card::new();
    let fresh = list(&card, CardStatus::NotHandedOver, card.now);
    let refused = judged_with(&card, &fresh, card.now, &mut Lost).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&HandoverError::Memory(LOST), Reason::FileUnreadable));
}

#[test]
fn the_receipt_the_case_and_the_desk_are_this_applications() {
    let (mut world, read) = (waiting(), read(&Card::new()));
    let receipt = receipt(&mut world, A);
    let forged = receipt.replace("/1/", "/2/");
    let refused = world.at(POINT, |desk, _| present(desk, &id(A), &forged, &read)).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&HandoverError::Receipt(ReceiptError::Forged), Reason::ReceiptInvalid));
    let missing = StoreError::Unknown { kind: Kind::Application, id: B.to_owned() };
    let refused = world.at(POINT, |desk, _| present(desk, &id(B), &receipt, &read)).unwrap_err();
    assert_eq!(refused, HandoverError::Case(CaseError::Desk(DeskError::Store(missing.clone()))));
    assert_eq!(refused.reason(), Reason::IdentifierUnknown);
    let refused = world.at(POINT, |desk, _| can(desk, &id(B))).unwrap_err();
    assert_eq!(refused, HandoverError::Desk(DeskError::Store(missing)), "before anything is asked of a card");
    let refused = world.at(REGENCY, |desk, _| present(desk, &id(A), &receipt, &read)).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&HandoverError::Elsewhere(Some(POINT)), Reason::NotPermitted));
}

#[test]
fn only_the_applications_own_card_that_waits_here_is_handed_over() {
    let read = read(&Card::new());
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    let early = shown(&mut world, A, &read).unwrap_err();
    assert_eq!(early, HandoverError::State(State::Unique));
    world.card(&id(A), "C-1", card::State::Waiting);
    let other = shown(&mut world, A, &read).unwrap_err();
    assert_eq!((&other, other.reason()), (&HandoverError::OtherCard, Reason::InputInvalid));
    let mut world = waiting();
    let (job, first, second) = (world.job(), officer(13), officer(14));
    let lost = Move::card(id("C-1"), card::Step::TakeBack).because(Word::parse("unclaimed").unwrap());
    world.at(POINT, |desk, _| desk.take_by(&job, vec![lost], By::two(&first, &second)).unwrap());
    let back = shown(&mut world, A, &read).unwrap_err();
    assert_eq!((&back, back.reason()), (&HandoverError::Card(card::State::Refused), Reason::CardRevoked));
}

#[test]
fn a_card_that_another_office_signed_for_is_not_handed_over_here() {
    let mut world = waiting();
    let db = rusqlite::Connection::open(world.folder.path().join("s.db")).unwrap();
    assert_eq!(db.execute("UPDATE card SET custody = '31.71' WHERE id = 'C-1'", []).unwrap(), 1);
    let refused = shown(&mut world, A, &read(&Card::new())).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&HandoverError::Custody(REGENCY.into()), Reason::NotPermitted));
}

#[test]
fn what_a_clarification_holds_is_not_handed_over() {
    let mut world = waiting();
    world.comes(B, Comes { capture: 2, ..Comes::new(2, 7) });
    let (job, first, second) = (world.job(), officer(17), officer(18));
    world.at(Office::Ministry, |desk, _| take_up(desk, &job, &id(B), false, By::two(&first, &second)).unwrap());
    let refused = shown(&mut world, A, &read(&Card::new())).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&HandoverError::Centre(CentreError::Held(id(A))), Reason::WrongState));
}

#[test]
fn the_old_card_is_revoked_with_the_handover_by_who_may() {
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    let old = world.card(&id(A), "C-1", card::State::Active);
    world.comes(B, Comes { capture: 2, reason: Why::Damaged, ..Comes::new(1, 7) });
    let new = world.card_of(&id(B), "C-2", &number(), card::State::Waiting);
    let presented = shown(&mut world, B, &read(&plain())).unwrap();
    let refused = give_by_face(&mut world, &presented, Some(15)).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&HandoverError::NoRevoker, Reason::NotPermitted));
    assert_eq!((world.card_state(&old), world.card_state(&new)), ("active", "waiting"));
    give_by_face(&mut world, &presented, Some(14)).unwrap();
    assert_eq!((world.card_state(&old), world.card_state(&new)), ("revoked", "active"));
    world.audited();
}

#[test]
fn a_trial_that_cannot_be_begun_is_no_handover() {
    let report = crate::issuance::bureau::BureauError::Number { what: "bytes of a text", most: 1 };
    assert_eq!(HandoverError::from(report.clone()), HandoverError::Report(report.clone()));
    assert_eq!(HandoverError::Report(report).reason(), Reason::InputInvalid);
    let refused = HandoverError::from(Trial::begin(TrialPolicy::default(), &[], officer(13).id()).unwrap_err());
    assert_eq!((&refused, refused.reason()), (&HandoverError::Trial(TrialError::NoFinger), Reason::NoFingerOnFile));
}
