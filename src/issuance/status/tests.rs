//! Numbers whose worth changes, and each refusal by name; publications that are cut short at every point.

use super::publish::{bring, publish, stage, witnessed};
use super::{StatusError, Watch, Why, found, missing, resume, revoke, suspend};
use crate::issuance::application::Step;
use crate::issuance::bureau::{BureauError, incident as incidents};
use crate::issuance::centre::CentreError;
use crate::issuance::centre::clarify::{Outcome, decide, take_up};
use crate::issuance::centre::tests::world::{Comes, POINT, REGENCY, World, biodata, id, officer};
use crate::issuance::desk::{By, DeskError};
use crate::issuance::register::{depart, import};
use crate::issuance::role::RoleError;
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Id, Kind, Move, StoreError, Word};
use crate::issuance::{Office, card, resident};
use crate::limits::INCIDENT_TEXT_BYTES;
use crate::pki::status_list::folder::{self, Folder, WHOLE};
use crate::pki::status_list::register::{AuditHead, Held, Register};
use crate::pki::status_list::{CardStatus, StatusListError, look_at, look_at_delta};
use crate::pki::x509::issue::tests::{kit, leaf};
use crate::pki::x509::issue::{Credential, Purpose};
use crate::reason::{Reason, Refusal as _};
use crate::record::register::Resident;
use jiff::{Timestamp, ToSpan as _};
use std::path::{Path, PathBuf};

on_both!(what_a_card_is_worth_is_in_the_list_by_the_next_look);

const A: &str = "A-0000000000000001";
const B: &str = "A-0000000000000002";
const URI: &str = "https://example.invalid/status";

/// A country where a card is in its holder's hand.
fn held() -> (World, Id) {
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    let card = world.card(&id(A), "C-1", card::State::Active);
    (world, card)
}

fn revoked(world: &mut World, office: Office, by: u64, card: &Id, why: Why) -> Result<(), StatusError> {
    let (job, by) = (world.job(), officer(by));
    world.at(office, |desk, _| revoke(desk, &job, card, (why, [7; 32]), By::one(&by)))
}

fn suspended(world: &mut World, job: &str, card: &Id, text: &str) -> Result<Id, StatusError> {
    let (first, second) = (officer(17), officer(18));
    world.at(Office::Ministry, |desk, _| suspend(desk, &id(job), card, text, By::two(&first, &second)))
}

fn resumed(world: &mut World, job: &str, card: &Id, text: &str) -> Result<(), StatusError> {
    let (first, second) = (officer(17), officer(18));
    world.at(Office::Ministry, |desk, _| resume(desk, &id(job), card, text, By::two(&first, &second)))
}

fn stands(card: &Id, state: &'static str) -> StatusError {
    BureauError::Stands { kind: Kind::Card, id: card.clone(), state }.into()
}

#[test]
fn lost_and_fraud_and_the_end_of_residence_revoke_at_the_report() {
    for why in Why::ALL {
        let (mut world, card) = held();
        let done = revoked(&mut world, POINT, 14, &card, why);
        if why.waits_for_the_next() {
            assert_eq!(done, Err(StatusError::WithNextCard(why.name())));
            assert_eq!((done.unwrap_err().reason(), world.card_state(&card)), (Reason::WrongState, "active"));
        } else {
            assert_eq!((done, world.card_state(&card)), (Ok(()), "revoked"), "{why:?}");
        }
        world.audited();
    }
    let waits: Vec<&str> = Why::ALL.into_iter().filter(|why| why.waits_for_the_next()).map(Why::name).collect();
    assert_eq!(waits, ["data-wrong", "damaged", "moved-in", "expired"]);
}

#[test]
fn a_card_is_revoked_once_by_who_may_and_where_it_belongs() {
    let (mut world, card) = held();
    let alone = revoked(&mut world, POINT, 13, &card, Why::Lost).unwrap_err();
    assert_eq!(alone.reason(), Reason::NotPermitted);
    let (job, supervisor) = (world.job(), officer(14));
    let point = Office::ServicePoint(31, 71, 2);
    let elsewhere = world.at(point, |desk, _| revoke(desk, &job, &card, (Why::Lost, [7; 32]), By::one(&supervisor)));
    let elsewhere = elsewhere.unwrap_err();
    assert_eq!((&elsewhere, elsewhere.reason()), (&StatusError::Elsewhere(card.clone()), Reason::NotPermitted));
    for _ in 0..2 {
        // The same job again is found.
        world.at(POINT, |desk, _| revoke(desk, &id("r"), &card, (Why::Lost, [7; 32]), By::one(&supervisor))).unwrap();
    }
    let other = world.at(POINT, |desk, _| revoke(desk, &id("r"), &card, (Why::Fraud, [7; 32]), By::one(&supervisor)));
    assert_eq!(other, Err(StatusError::Desk(DeskError::Store(StoreError::Conflict("r".into())))));
    assert_eq!(revoked(&mut world, POINT, 14, &card, Why::Lost), Err(stands(&card, "revoked")));
    let unknown = revoked(&mut world, POINT, 14, &id("C-9"), Why::Lost).unwrap_err();
    assert_eq!(unknown.reason(), Reason::IdentifierUnknown);
}

#[test]
fn a_case_suspends_a_card_and_its_end_makes_it_valid_again() {
    let (mut world, card) = held();
    let case = suspended(&mut world, "s", &card, "two claim it").unwrap();
    assert_eq!((case.as_str(), world.card_state(&card)), ("s.case", "suspended"));
    assert_eq!(suspended(&mut world, "s", &card, "two claim it"), Ok(case.clone()), "the same job again");
    assert_eq!(suspended(&mut world, "t", &card, "again"), Err(stands(&card, "suspended")));
    let key = world.key.clone();
    let shown = incidents::show(world.store.as_mut(), &key, &case).unwrap();
    assert_eq!((shown.report.text.as_str(), shown.report.things.as_slice()), ("two claim it", ["C-1".to_owned()].as_slice()));
    for _ in 0..2 {
        resumed(&mut world, "u", &card, "the holder is known").unwrap();
        assert_eq!(world.card_state(&card), "active");
    }
    let shown = incidents::show(world.store.as_mut(), &key, &case).unwrap();
    assert_eq!((shown.standing.state, shown.outcome.unwrap().text), ("closed", "the holder is known".to_owned()));
    assert_eq!(resumed(&mut world, "v", &card, "again"), Err(stands(&card, "active")));
    // A second case is another one; and a card may be revoked out of it.
    assert_eq!(suspended(&mut world, "w", &card, "once more").unwrap().as_str(), "w.case");
    revoked(&mut world, POINT, 14, &card, Why::Fraud).unwrap();
    assert_eq!(world.card_state(&card), "revoked");
    world.audited();
}

#[test]
fn a_case_takes_two_persons_and_a_text_that_is_not_too_long() {
    let (mut world, card) = held();
    let (job, first) = (world.job(), officer(17));
    let alone = world.at(Office::Ministry, |desk, _| suspend(desk, &job, &card, "x", By::one(&first))).unwrap_err();
    assert_eq!((alone.reason(), world.card_state(&card)), (Reason::NotPermitted, "active"));
    let long = "x".repeat(INCIDENT_TEXT_BYTES + 1);
    let refused = suspended(&mut world, "s", &card, &long).unwrap_err();
    let number = BureauError::Number { what: "bytes of a text", most: INCIDENT_TEXT_BYTES };
    assert_eq!((&refused, refused.reason()), (&StatusError::Bureau(number), Reason::InputInvalid));
    suspended(&mut world, "s", &card, "x").unwrap();
    let alone = world.at(Office::Ministry, |desk, _| resume(desk, &job, &card, "y", By::one(&first))).unwrap_err();
    assert_eq!((alone.reason(), world.card_state(&card)), (Reason::NotPermitted, "suspended"));
    // Another office's case is closed there.
    let (point, second) = (POINT, officer(14));
    let elsewhere = world.at(point, |desk, _| resume(desk, &job, &card, "y", By::two(&first, &second))).unwrap_err();
    let of = BureauError::Elsewhere { kind: Kind::Incident, id: id("s.case") };
    assert_eq!((&elsewhere, elsewhere.reason()), (&StatusError::Bureau(of), Reason::NotPermitted));
}

#[test]
fn what_a_clarification_suspended_is_its_own_until_it_decided() {
    let (mut world, card) = held();
    world.comes(B, Comes { capture: 2, ..Comes::new(2, 7) });
    let (job, first, second) = (world.job(), officer(17), officer(18));
    world.at(Office::Ministry, |desk, _| take_up(desk, &job, &id(B), true, By::two(&first, &second)).unwrap());
    assert_eq!(world.card_state(&card), "suspended");
    let refused = resumed(&mut world, "r", &card, "x").unwrap_err();
    assert_eq!((&refused, refused.reason()), (&StatusError::Clarified(id(B)), Reason::WrongState));
    let job = world.job();
    world.at(Office::Ministry, |desk, _| decide(desk, &job, &id(B), Outcome::Fraud, By::two(&first, &second)).unwrap());
    assert_eq!(world.card_state(&card), "suspended", "whose it is, is decided of itself");
    for _ in 0..2 {
        resumed(&mut world, "r", &card, "it is the holder's").unwrap();
    }
    assert_eq!(world.card_state(&card), "active");
    world.audited();
}

#[test]
fn a_card_that_is_not_on_its_shelf_is_revoked_by_an_incident_and_goes_back_when_it_is_found() {
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    let card = world.card(&id(A), "C-1", card::State::Waiting);
    let (first, second) = (officer(13), officer(14));
    let by = By::two(&first, &second);
    let cards = std::slice::from_ref(&card);
    let none = world.at(POINT, |desk, _| missing(desk, &id("m"), &[], "x", by)).unwrap_err();
    assert_eq!(none.reason(), Reason::InputInvalid);
    let elsewhere = world.at(REGENCY, |desk, _| missing(desk, &id("m"), cards, "x", by)).unwrap_err();
    assert_eq!(elsewhere, BureauError::Elsewhere { kind: Kind::Card, id: card.clone() }.into());
    let alone = world.at(POINT, |desk, _| missing(desk, &id("m"), cards, "x", By::one(&first))).unwrap_err();
    assert_eq!((alone.reason(), world.card_state(&card)), (Reason::NotPermitted, "waiting"));
    let early = world.at(POINT, |desk, _| found(desk, &id("f"), &card, &Word::parse("here").unwrap(), by)).unwrap_err();
    assert_eq!(early, stands(&card, "waiting"));
    for _ in 0..2 {
        let twice = [card.clone(), card.clone()];
        let incident = world.at(POINT, |desk, _| missing(desk, &id("m"), &twice, "the shelf was counted", by)).unwrap();
        assert_eq!((incident.as_str(), world.card_state(&card)), ("m.incident", "missing"));
    }
    let again = world.at(POINT, |desk, _| missing(desk, &id("n"), cards, "x", by)).unwrap_err();
    assert_eq!(again, stands(&card, "missing"));
    for _ in 0..2 {
        world.at(POINT, |desk, _| found(desk, &id("f"), &card, &Word::parse("here").unwrap(), by)).unwrap();
        assert_eq!(world.card_state(&card), "returning");
    }
    world.audited();
}

#[test]
fn who_died_or_left_is_so_in_the_register_first() {
    let (mut world, card) = held();
    let (resident, centre) = (Resident { biodata: biodata(1), holds_card: false }, officer(16));
    let nik = resident.biodata.nik.clone();
    world.at(Office::Ministry, |desk, _| import(desk, &id("i"), &[resident], By::one(&centre)).unwrap());
    for why in [Why::Death, Why::Emigration] {
        let living = revoked(&mut world, POINT, 14, &card, why).unwrap_err();
        assert_eq!((&living, living.reason()), (&StatusError::StillResident, Reason::WrongState));
    }
    let left = resident::Step::MoveAway;
    world.at(Office::Ministry, |desk, _| depart(desk, &id("d"), &nik, left, By::one(&centre)).unwrap());
    revoked(&mut world, POINT, 14, &card, Why::Emigration).unwrap();
    assert_eq!(world.card_state(&card), "revoked");
}

/// A publisher over the store of a world.
struct Publisher {
    dir: tempfile::TempDir,
    signer: Credential,
    now: Timestamp,
}

impl Publisher {
    fn new() -> Self {
        let (dir, kit) = (tempfile::tempdir().unwrap(), kit());
        let (key, cert) = leaf(&kit, Purpose::StatusList);
        Register::new(URI, 100).unwrap().create(&dir.path().join("register.json")).unwrap();
        Self { dir, signer: Credential { cert, key }, now: kit.now }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("register.json")
    }

    fn public(&self) -> PathBuf {
        self.dir.path().join("public")
    }

    fn held(&self) -> Held {
        Register::hold(&self.path()).unwrap()
    }

    fn register(&self) -> Register {
        Register::load(&self.path()).unwrap()
    }

    /// A publication that is cut short: after the files are staged, or after the register is stored as well.
    fn cut(&mut self, world: &mut World, stored: bool) {
        self.now += 1.minute();
        let (mut held, folder, key) = (self.held(), Folder::open(&self.public()).unwrap(), world.key.clone());
        stage((world.store.as_mut(), &key), (&mut held.register, &folder), &self.signer, (self.now, false)).unwrap();
        if stored {
            held.save().unwrap();
        }
    }

    fn publish(&mut self, world: &mut World) -> Result<super::Published, StatusError> {
        self.now += 1.minute();
        let (mut held, folder, key) = (self.held(), Folder::open(&self.public()).unwrap(), world.key.clone());
        publish((world.store.as_mut(), &key), (&mut held, &folder), &self.signer, (self.now, false))
    }

    /// Number and status of the one card, as a verifier reads them.
    fn says(&self) -> (u64, Option<CardStatus>) {
        let list = look_at(&folder::read(&self.public()).unwrap()).unwrap().0;
        (list.number, list.bits.get(17))
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = entries(&self.public());
        names.sort();
        names
    }
}

fn entries(dir: &Path) -> Vec<String> {
    std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_publication_that_is_cut_short_is_made_up_and_no_number_is_given_twice() {
    let (mut world, card) = held();
    let mut list = Publisher::new();
    // Cut before the register knows of it: nobody saw anything, and the number is given to what is true then.
    list.cut(&mut world, false);
    assert_eq!((list.register().number(), list.names()), (0, vec![".status-list-1.staged".to_owned()]));
    assert!(folder::read(&list.public()).is_err());
    let first = list.publish(&mut world).unwrap();
    assert_eq!((first.number, list.says(), list.names()), (1, (1, Some(CardStatus::Active)), vec![WHOLE.to_owned()]));
    suspended(&mut world, "s", &card, "asked").unwrap();
    list.cut(&mut world, false);
    resumed(&mut world, "r", &card, "answered").unwrap();
    let second = list.publish(&mut world).unwrap();
    assert_eq!((second.number, second.changed, second.delta.map(|(n, _)| n), list.says().0), (2, 0, Some(0), 2));
    // Cut after the register was stored: what is staged is what its number says, and the next run shows it before its own.
    revoked(&mut world, POINT, 14, &card, Why::Fraud).unwrap();
    list.cut(&mut world, true);
    let staged = std::fs::read(list.public().join(".status-delta-3.staged")).unwrap();
    assert_eq!((list.register().number(), list.says()), (3, (2, Some(CardStatus::Active))));
    let third = list.publish(&mut world).unwrap();
    assert_eq!((third.number, third.changed, list.says()), (4, 0, (4, Some(CardStatus::Revoked))));
    assert_eq!(std::fs::read(list.public().join("status-delta-3.cwt")).unwrap(), staged);
    assert_eq!(look_at_delta(&staged).unwrap().0.changes, [(17, CardStatus::Revoked)].into());
    assert_eq!(list.names(), ["status-delta-2.cwt", "status-delta-3.cwt", "status-delta-4.cwt", WHOLE]);
}

#[test]
fn a_day_later_a_whole_list_takes_the_place_of_what_nobody_needs() {
    let (mut world, _) = held();
    let mut list = Publisher::new();
    for _ in 0..3 {
        list.publish(&mut world).unwrap();
    }
    list.now += 24.hours();
    let whole = list.publish(&mut world).unwrap();
    assert_eq!((whole.number, whole.delta.is_some(), whole.whole.is_some()), (4, true, true));
    // Who has the whole list before still gets on by the deltas.
    assert_eq!(list.names(), ["status-delta-2.cwt", "status-delta-3.cwt", "status-delta-4.cwt", WHOLE]);
    list.now += 24.hours();
    list.publish(&mut world).unwrap();
    assert_eq!(list.names(), ["status-delta-5.cwt", WHOLE]);
}

#[test]
fn a_register_that_was_put_back_and_a_folder_of_another_list_are_refused() {
    let (mut world, card) = held();
    let mut list = Publisher::new();
    list.publish(&mut world).unwrap();
    let old = std::fs::read(list.path()).unwrap();
    revoked(&mut world, POINT, 14, &card, Why::Fraud).unwrap();
    list.publish(&mut world).unwrap();
    let now = std::fs::read(list.path()).unwrap();
    std::fs::write(list.path(), old).unwrap();
    let behind = list.publish(&mut world).unwrap_err();
    let expected = StatusError::List(StatusListError::Behind { number: 1, shown: 2 });
    assert_eq!((&behind, behind.reason()), (&expected, Reason::StatusListRollback));
    std::fs::write(list.path(), &now).unwrap();
    let other = String::from_utf8(now.clone()).unwrap().replace(URI, "https://example.invalid/other");
    std::fs::write(list.path(), other).unwrap();
    let taken = list.publish(&mut world).unwrap_err();
    assert_eq!((&taken, taken.reason()), (&StatusError::List(StatusListError::Exists), Reason::OutputExists));
    std::fs::write(list.path(), now).unwrap();
    // A folder that lost what was shown there: a whole list, from which everybody can go on.
    std::fs::remove_dir_all(list.public()).unwrap();
    let anew = list.publish(&mut world).unwrap();
    assert_eq!((anew.number, anew.delta, list.says()), (3, None, (3, Some(CardStatus::Revoked))));
    std::fs::write(list.public().join(WHOLE), b"no list").unwrap();
    assert_eq!(list.publish(&mut world), Err(StatusListError::Exists.into()));
}

#[test]
fn each_way_in_which_nothing_is_given_out_is_named() {
    let (mut world, _) = held();
    let mut list = Publisher::new();
    let stranger =
        crate::pki::key::PrivateKey::generate(crate::crypto::ec::Curve::Bp256, &mut crate::world::DangerousSeededEntropy::new(1));
    let signer = std::mem::replace(&mut list.signer.key, stranger);
    assert_eq!(list.publish(&mut world), Err(StatusListError::Signature.into()));
    list.signer.key = signer;
    // A card beyond the list, a card whose facts do not open, heads that are none.
    let key = world.key.clone();
    let mut short = Register::new(URI, 17).unwrap();
    let beyond = bring(world.store.as_mut(), &key, &mut short, true).unwrap_err();
    let expected = StatusError::List(StatusListError::IndexTooLarge { index: 17, length: 17 });
    assert_eq!((&beyond, beyond.reason()), (&expected, Reason::InputInvalid));
    let mut none = Register::new(URI, 100).unwrap();
    none.keep_heads(vec![AuditHead { office: "31.71".into(), n: 1, head: "00".into() }]);
    assert_eq!(witnessed(&none), Err(StatusListError::Register.into()));
    let db = rusqlite::Connection::open(world.folder.path().join("s.db")).unwrap();
    assert_eq!(db.execute("DELETE FROM sealed WHERE kind = 'card' AND part = 'opening'", []).unwrap(), 1);
    let damaged = bring(world.store.as_mut(), &key, &mut Register::new(URI, 100).unwrap(), true).unwrap_err();
    let missing = StatusError::Centre(CentreError::Desk(DeskError::Store(StoreError::Damaged("card"))));
    assert_eq!((&damaged, damaged.reason()), (&missing, Reason::EncodingInvalid));
    let role = StatusError::from(DeskError::Store(StoreError::Role(RoleError::SecondMissing)));
    assert_eq!(role.reason(), Reason::NotPermitted);
}

/// A look of a publisher that goes on: what it gave out, if it was due.
fn looked(list: &Publisher, world: &mut World, watch: &mut Watch) -> Result<Option<super::Published>, StatusError> {
    let key = world.key.clone();
    if !watch.is_due(world.store.as_mut(), list.now)? {
        return Ok(None);
    }
    let (mut held, folder) = (list.held(), Folder::open(&list.public()).unwrap());
    watch.give_out((world.store.as_mut(), &key), (&mut held, &folder), &list.signer, list.now).map(Some)
}

fn what_a_card_is_worth_is_in_the_list_by_the_next_look(home: &mut dyn Home) {
    let mut world = World::over(home);
    world.comes(A, Comes::new(1, 7));
    let card = world.card(&id(A), "C-1", card::State::Waiting);
    let (mut list, mut watch) = (Publisher::new(), Watch::new());
    let mut look = |list: &mut Publisher, world: &mut World| {
        list.now += 10.seconds();
        looked(list, world, &mut watch).unwrap().map(|done| (done.number, done.changed))
    };
    assert_eq!(look(&mut list, &mut world), Some((1, 0)), "whatever was left undone");
    assert_eq!((list.says(), look(&mut list, &mut world)), ((1, Some(CardStatus::NotHandedOver)), None));
    // A step by which it is worth what it was: nothing is given out.
    let (job, operator) = (world.job(), officer(13));
    world
        .at(POINT, |desk, _| {
            desk.take_by(&job, vec![Move::card_of(card.clone(), id(A), card::Step::Try)], By::one(&operator)).map(drop)
        })
        .unwrap();
    assert_eq!(look(&mut list, &mut world), None);
    // The holder's: no command but the look.
    let job = world.job();
    let given = vec![Move::card_of(card.clone(), id(A), card::Step::HandOver), Move::application(id(A), Step::Deliver)];
    world.at(POINT, |desk, _| desk.take_by(&job, given, By::one(&operator)).map(drop)).unwrap();
    assert_eq!((look(&mut list, &mut world), list.says()), (Some((2, 1)), (2, Some(CardStatus::Active))));
    let delta = std::fs::read(list.public().join("status-delta-2.cwt")).unwrap();
    assert_eq!(look_at_delta(&delta).unwrap().0.changes, [(17, CardStatus::Active)].into());
    assert_eq!(look(&mut list, &mut world), None);
    suspended(&mut world, "s", &card, "asked").unwrap();
    assert_eq!((look(&mut list, &mut world), list.says()), (Some((3, 1)), (3, Some(CardStatus::Suspended))));
    revoked(&mut world, POINT, 14, &card, Why::Lost).unwrap();
    assert_eq!((look(&mut list, &mut world), list.says()), (Some((4, 1)), (4, Some(CardStatus::Revoked))));
    assert_eq!(look(&mut list, &mut world), None);
    world.audited();
}

#[test]
fn a_list_stays_young_though_nothing_changes_and_what_failed_is_due_again() {
    let (mut world, card) = held();
    let (mut list, mut watch) = (Publisher::new(), Watch::new());
    let look = |list: &Publisher, world: &mut World, watch: &mut Watch| {
        looked(list, world, watch).map(|done| done.map(|done| (done.number, done.delta.map(|(indices, _)| indices))))
    };
    assert_eq!(look(&list, &mut world, &mut watch), Ok(Some((1, None))));
    list.now += 59.minutes();
    assert_eq!(look(&list, &mut world, &mut watch), Ok(None));
    list.now += 1.minute();
    assert_eq!(look(&list, &mut world, &mut watch), Ok(Some((2, Some(0)))), "an empty delta");
    // A clock that was put back is no reason to wait.
    list.now -= 1.second();
    assert_eq!(look(&list, &mut world, &mut watch), Ok(Some((3, Some(0)))));
    // What could not be given out is due until it is.
    suspended(&mut world, "s", &card, "asked").unwrap();
    let moved = list.dir.path().join("elsewhere");
    std::fs::rename(list.public(), &moved).unwrap();
    std::fs::create_dir(list.public()).unwrap();
    std::fs::write(list.public().join(WHOLE), b"no list").unwrap();
    for _ in 0..2 {
        assert_eq!(look(&list, &mut world, &mut watch), Err(StatusListError::Exists.into()));
    }
    std::fs::remove_dir_all(list.public()).unwrap();
    std::fs::rename(moved, list.public()).unwrap();
    assert_eq!(look(&list, &mut world, &mut watch), Ok(Some((4, Some(1)))));
    // Somebody else published meanwhile from the same register: nothing is given twice.
    resumed(&mut world, "r", &card, "answered").unwrap();
    list.publish(&mut world).unwrap();
    assert_eq!(look(&list, &mut world, &mut watch), Ok(Some((6, Some(0)))));
}

/// A store that was put back under a publisher that goes on.
#[test]
fn a_store_that_was_put_back_is_found_by_the_next_look() {
    let (mut world, card) = held();
    let (list, mut watch) = (Publisher::new(), Watch::new());
    let old = world.folder.path().join("old.db");
    rusqlite::Connection::open(world.folder.path().join("s.db")).unwrap().execute("VACUUM INTO ?1", [old.to_str()]).unwrap();
    suspended(&mut world, "s", &card, "asked").unwrap();
    looked(&list, &mut world, &mut watch).unwrap().unwrap();
    let key = world.key.clone();
    world.store = Box::new(crate::issuance::store::SqliteStore::open(&old, Some(&key)).unwrap());
    let refused = looked(&list, &mut world, &mut watch).unwrap_err();
    assert_eq!(refused.reason(), Reason::StoreRolledBack);
}
