//! Handovers on a store, of cards whose evidence is judged: given, kept, and every refusal by name.

use super::trial::{Ended, Next, Trial, TrialError, TrialPolicy};
use super::{HandoverError, Judge, Known, Presented, Read, can, give, present, refuse};
use crate::chip::aa;
use crate::crypto::hash::{HashAlg, sha256};
use crate::finger::position::FingerPosition::{self, LeftIndex, RightIndex};
use crate::finger::template::Template;
use crate::issuance::application::State;
use crate::issuance::case::Case;
use crate::issuance::case::CaseError;
use crate::issuance::case::receipt::{ReceiptError, stamped};
use crate::issuance::centre::CentreError;
use crate::issuance::centre::clarify::take_up;
use crate::issuance::centre::tests::world::{Comes, POINT, REGENCY, World, id, officer, print};
use crate::issuance::desk::{By, DeskError};
use crate::issuance::papers::Reason as Why;
use crate::issuance::store::{Kind, Move, Part, StoreError, Word};
use crate::issuance::{Office, card};
use crate::lds::dg13::Dg13;
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
use crate::verify::tests::kit::{Card, zone};
use crate::verify::{Challenge, ChallengeUse, Evidence, JudgeState, Mode, StateError, ThrowawayState};
use crate::world::DangerousSeededEntropy;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

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
    let mut world = World::new();
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
        give(desk, &job, presented, (Known::Face, None), (by, None)).map(drop)
    })
}

#[test]
fn a_card_without_fingers_is_given_by_the_face_to_two_officers() {
    let mut world = waiting();
    let presented = shown(&mut world, A, &read(&Card::new())).unwrap();
    assert!(presented.fingers().is_empty());
    let sealed = world.at(POINT, |desk, _| can(desk, &id(A)).unwrap());
    assert_eq!(sealed.as_slice(), b"123456");
    let alone = give_by_face(&mut world, &presented, None).unwrap_err();
    assert_eq!((&alone, alone.reason()), (&HandoverError::SecondMissing, Reason::NotPermitted));
    give_by_face(&mut world, &presented, Some(15)).unwrap();
    assert_eq!((world.card_state(presented.card()), world.state(&id(A))), ("active", "delivered"));
    assert_eq!(world.store.sealed(Kind::Card, presented.card(), Part::Can).unwrap(), None, "the CAN is erased");
    let gone = world.at(POINT, |desk, _| can(desk, &id(A))).unwrap_err();
    assert_eq!((&gone, gone.reason()), (&HandoverError::OtherCard, Reason::InputInvalid));
    // What was presented before stands no more.
    let again = give_by_face(&mut world, &presented, Some(15)).unwrap_err();
    let HandoverError::Desk(DeskError::Store(StoreError::WrongState { state: "active", .. })) = again else {
        panic!("{again:?}")
    };
    let over = shown(&mut world, A, &read(&Card::new())).unwrap_err();
    assert_eq!((&over, over.reason()), (&HandoverError::State(State::Delivered), Reason::WrongState));
    world.audited();
}

fn prints(person: u64, capture: u32) -> Vec<(FingerPosition, Template)> {
    [RightIndex, LeftIndex].map(|finger| (finger, print(person, finger, capture))).to_vec()
}

/// Lays the fingers of somebody down until the trial is over.
fn tried(presented: &Presented, person: u64) -> Ended {
    let mut trial = Trial::begin(TrialPolicy::default(), presented.fingers(), officer(13).id()).unwrap();
    let mut capture = 1;
    loop {
        match trial.next() {
            Next::Capture(finger) => drop(trial.take(finger, Some(&print(person, finger, capture))).unwrap()),
            Next::SecondOfficer => drop(trial.repeat_by(officer(15).id()).unwrap()),
            Next::Over(ended) => return ended,
        }
        capture += 1;
    }
}

#[test]
fn the_holder_gets_a_card_with_fingers_and_the_face_is_not_asked() {
    let mut world = waiting();
    let presented = shown(&mut world, A, &read(&holding(&prints(7, 0)))).unwrap();
    let face = give_by_face(&mut world, &presented, Some(15)).unwrap_err();
    assert_eq!((&face, face.reason()), (&HandoverError::HasFingers, Reason::WrongState));
    let Ended::Match(matched) = tried(&presented, 7) else { panic!("the holder's own fingers") };
    let (job, first) = (world.job(), officer(13));
    world.at(POINT, |desk, _| {
        give(desk, &job, &presented, (Known::Fingers(&matched), None), (By::one(&first), None)).unwrap();
    });
    assert_eq!((world.card_state(presented.card()), world.state(&id(A))), ("active", "delivered"));
    world.audited();
}

#[test]
fn whoever_comes_with_other_fingers_gets_nothing_and_the_application_is_clarified() {
    let mut world = waiting();
    let presented = shown(&mut world, A, &read(&holding(&prints(7, 0)))).unwrap();
    let Ended::NoMatch(mismatched) = tried(&presented, 9) else { panic!("another's fingers") };
    let (job, first, second) = (world.job(), officer(13), officer(15));
    world.at(POINT, |desk, _| refuse(desk, &job, &presented, &mismatched, By::two(&first, &second)).unwrap());
    assert_eq!((world.card_state(presented.card()), world.state(&id(A))), ("refused", "clarifying"));
    world.audited();
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
    assert_eq!(refused, HandoverError::Case(CaseError::Desk(DeskError::Store(missing))));
    assert_eq!(refused.reason(), Reason::WrongState);
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
    let presented = shown(&mut world, B, &read(&Card::new())).unwrap();
    let refused = give_by_face(&mut world, &presented, Some(15)).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&HandoverError::NoRevoker, Reason::NotPermitted));
    assert_eq!((world.card_state(&old), world.card_state(&new)), ("active", "waiting"));
    give_by_face(&mut world, &presented, Some(14)).unwrap();
    assert_eq!((world.card_state(&old), world.card_state(&new)), ("revoked", "active"));
    world.audited();
}

#[test]
fn a_trial_that_cannot_be_begun_is_no_handover() {
    let refused = HandoverError::from(Trial::begin(TrialPolicy::default(), &[], officer(13).id()).unwrap_err());
    assert_eq!((&refused, refused.reason()), (&HandoverError::Trial(TrialError::NoFinger), Reason::NoFingerOnFile));
}
