//! A desk takes what its officers may take, once, and every signature of it is found again by whoever verifies the audit.

use super::*;
use crate::issuance::Role;
use crate::issuance::officer::tests::{at, grant, key, roster};
use crate::issuance::officer::{ActError, OfficerId, StandingError};
use crate::issuance::role::RoleError;
use crate::issuance::store::{Broken, Opening, Row, SignatureError, SqliteStore, StoreError, StoreKey, Word, audit};
use crate::issuance::{application, blank};
use crate::reason::{Reason, Refusal as _};
use crate::world::{DangerousSeededEntropy, FixedClock};

const REGENCY: Office = Office::Regency(31, 71);
const POINT: Office = Office::ServicePoint(31, 71, 1);

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

fn applied(name: &str) -> Move {
    let subject = store_key().subject(&crate::record::Nik::parse("3171010101900001").unwrap());
    let procedure = Word::parse("regular-citizen-office").unwrap();
    let opening = Opening::Application { begins: application::State::Applied, procedure, subject, family: None, priority: 0 };
    Move::open(id(name), opening)
}

fn store_key() -> StoreKey {
    StoreKey::new(&[7; 32]).unwrap()
}

/// Beside those of [`roster`]: supervisor 4 at the service point, operator 5 there with the staff number of 4, centre 6, courier 8.
fn officers() -> Roster {
    let mut roster = roster();
    for (seed, label, place, granter) in [
        (4, "S-4", (Role::Supervisor, POINT), 2),
        (5, "S-4", (Role::Operator, POINT), 2),
        (6, "C-6", (Role::Centre, Office::Ministry), 1),
        (8, "K-8", (Role::Courier, Office::ServicePoint(31, 71, 2)), 2),
    ] {
        roster.add(grant(&key(seed), label, place, "2027-01-01").signed_by(&key(granter))).unwrap();
    }
    roster
}

fn operator() -> Officer {
    Officer::new(key(3), Role::Operator, POINT)
}

fn supervisor() -> Officer {
    Officer::new(key(4), Role::Supervisor, POINT)
}

struct World {
    _folder: tempfile::TempDir,
    store: SqliteStore,
    roster: Roster,
    key: StoreKey,
    rng: DangerousSeededEntropy,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (key, mut rng) = (store_key(), DangerousSeededEntropy::new(1));
        let store = SqliteStore::create(&folder.path().join("s.db"), &key, &mut rng).unwrap();
        Self { _folder: folder, store, roster: officers(), key, rng }
    }

    fn at_desk<T>(&mut self, day: &str, act: impl FnOnce(&mut Desk<'_>) -> T) -> T {
        let clock = FixedClock(at(day));
        let mut desk = Desk {
            office: POINT,
            roster: &self.roster,
            store: &mut self.store,
            key: &self.key,
            clock: &clock,
            rng: &mut self.rng,
        };
        act(&mut desk)
    }

    fn take(&mut self, job: &str, moves: Vec<Move>, by: By<'_>) -> Result<Done, DeskError> {
        self.at_desk("2026-06-01", |desk| desk.take_by(&id(job), moves, by))
    }

    fn verified(&mut self) -> Result<u64, StoreError> {
        let roster = self.roster.clone();
        audit::verify_with(&mut self.store, &[], &|row| signatures::row(row, &roster)).map(|verified| verified.rows)
    }
}

fn verify_data() -> Vec<Move> {
    vec![Move::application(id("a"), application::Step::VerifyData)]
}

#[test]
fn a_step_is_signed_taken_and_its_signatures_are_found_again() {
    let mut world = World::new();
    world.take("j-1", vec![applied("a")], By::one(&operator())).unwrap();
    let blank = vec![Move::open(id("b-1"), Opening::Blank { of: Word::parse("ektp-80k").unwrap() })];
    world.take("j-2", blank, By::one(&supervisor())).unwrap();
    let (operator, supervisor) = (operator(), supervisor());
    world.take("j-3", vec![Move::blank(id("b-1"), blank::Step::Sample)], By::two(&operator, &supervisor)).unwrap();
    // The centre takes steps at every office.
    let centre = Officer::new(key(6), Role::Centre, Office::Ministry);
    let steps = [application::Step::VerifyData, application::Step::Capture, application::Step::Consolidate];
    let mut together: Vec<(Move, By<'_>)> =
        steps.map(|step| (Move::application(id("a"), step), By::one(&operator))).into_iter().collect();
    together.push((Move::application(id("a"), application::Step::Send), By::one(&centre)));
    let done = world.at_desk("2026-06-01", |desk| desk.take(&id("j-4"), together)).unwrap();
    assert_eq!(done.entries.iter().map(|e| e.now.as_str()).collect::<Vec<_>>(), ["data-verified", "captured", "queued", "sent"]);
    assert_eq!(world.verified(), Ok(7));
}

#[test]
fn the_same_job_is_found_whatever_the_clock_says_and_other_content_is_refused() {
    let mut world = World::new();
    let operator = operator();
    let first = world.take("j", vec![applied("a")], By::one(&operator)).unwrap();
    let again = world.at_desk("2026-09-09", |desk| desk.take_by(&id("j"), vec![applied("a")], By::one(&operator))).unwrap();
    assert_eq!((first.again, again.again, first.entries), (false, true, again.entries));
    let other = world.take("j", verify_data(), By::one(&operator));
    assert_eq!(other, Err(DeskError::Store(StoreError::Conflict("j".into()))));
    assert_eq!(world.verified(), Ok(1));
}

#[test]
fn each_way_of_not_being_entitled_is_refused_and_nothing_is_stored() {
    let mut world = World::new();
    let (operator, supervisor) = (operator(), supervisor());
    let refused = |world: &mut World, by: By<'_>| {
        let error = world.take("j", vec![applied("a")], by).unwrap_err();
        assert_eq!(error.reason(), Reason::NotPermitted, "{error}");
        error
    };
    let stranger = Officer::new(key(9), Role::Operator, POINT);
    let unknown = StandingError::Unknown(stranger.id());
    assert_eq!(refused(&mut world, By::one(&stranger)), DeskError::Act(ActError::Standing(unknown)));
    let posing = Officer::new(key(3), Role::Supervisor, POINT);
    let role = StandingError::WrongRole(posing.id(), Role::Supervisor);
    assert_eq!(refused(&mut world, By::one(&posing)), DeskError::Act(ActError::Standing(role)));
    let neighbour = Officer::new(key(8), Role::Courier, Office::ServicePoint(31, 71, 2));
    let elsewhere = DeskError::Elsewhere { officer: neighbour.id(), office: Office::ServicePoint(31, 71, 2), at: POINT };
    assert_eq!(refused(&mut world, By::one(&neighbour)), elsewhere);
    let same_number = Officer::new(key(5), Role::Operator, POINT);
    let same = DeskError::Act(ActError::Role(RoleError::SamePerson));
    assert_eq!(refused(&mut world, By::two(&same_number, &supervisor)), same, "two keys, one staff number");
    let head = Officer::new(key(2), Role::HeadOfRegistry, REGENCY);
    let store = DeskError::Store(StoreError::Role(RoleError::WrongRole(Role::HeadOfRegistry)));
    assert_eq!(refused(&mut world, By::one(&head)), store, "the tables say which role");
    let late = world.at_desk("2027-01-01", |desk| desk.take_by(&id("j"), vec![applied("a")], By::one(&operator)));
    assert_eq!(late, Err(DeskError::Act(ActError::Standing(StandingError::Expired(operator.id())))));
    assert_eq!(world.verified(), Ok(0));
}

/// A hand that does not sign, or signs something else.
struct Broke(Result<Vec<u8>, HandError>);

impl Hand for Broke {
    fn id(&self) -> OfficerId {
        OfficerId::of(&key(3).public_key())
    }

    fn sign(&self, _: &crate::issuance::officer::Act) -> Result<Vec<u8>, HandError> {
        self.0.clone()
    }
}

#[test]
fn without_a_signature_that_holds_nothing_is_taken() {
    let mut world = World::new();
    for (hand, error, reason) in [
        (Broke(Err(HandError::SessionEnded)), DeskError::Hand(HandError::SessionEnded), Reason::LoginNeeded),
        (Broke(Err(HandError::Unavailable)), DeskError::Hand(HandError::Unavailable), Reason::KeyStoreUnavailable),
        (
            Broke(Ok(vec![0x30, 0])),
            DeskError::Act(ActError::Signature(OfficerId::of(&key(3).public_key()))),
            Reason::NotPermitted,
        ),
    ] {
        let officer = Officer::by(Box::new(hand), Role::Operator, POINT);
        let refused = world.take("j", vec![applied("a")], By::one(&officer)).unwrap_err();
        assert_eq!((&refused, refused.reason()), (&error, reason));
    }
    assert_eq!(world.verified(), Ok(0));
}

#[test]
fn an_audit_with_a_signature_that_does_not_count_names_its_row() {
    let mut world = World::new();
    world.take("j", vec![applied("a")], By::one(&operator())).unwrap();
    let row = world.store.rows(&POINT.into(), 0, 1).unwrap().remove(0);
    let roster = world.roster.clone();
    assert_eq!(signatures::row(&row, &roster), Ok(()));
    let judged = |row: Row| signatures::row(&row, &roster).unwrap_err();
    let altered = Row { statement: row.statement.replace("applied", "listed"), ..row.clone() };
    let signer = OfficerId::of(&key(3).public_key());
    assert_eq!(judged(altered), SignatureError::Act(ActError::Signature(signer)));
    assert_eq!(judged(Row { hands: "{}".into(), ..row.clone() }), SignatureError::Form);
    assert_eq!(judged(Row { office: REGENCY.into(), ..row.clone() }), SignatureError::Elsewhere(signer));
    assert_eq!(judged(Row { hands: row.hands.replace("operator", "courier"), ..row }), {
        SignatureError::Act(ActError::Standing(StandingError::WrongRole(signer, Role::Courier)))
    });
    world.roster = Roster::new(key(1).public_key());
    let unknown = SignatureError::Act(ActError::Standing(StandingError::Unknown(signer)));
    let broken = StoreError::AuditBroken { office: "31.71.01".into(), n: 1, why: Broken::Signature(unknown) };
    assert_eq!(world.verified(), Err(broken));
}
