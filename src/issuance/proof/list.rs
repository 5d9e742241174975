//! Whatever becomes of a card reaches verifiers with the next delta; and a store that was put back gives nothing out.

use super::country::{Country, Machine, POINT, REGENCY, verified};
use crate::issuance::bureau::requeue;
use crate::issuance::bureau::run::{Maker, Order, Stage};
use crate::issuance::case::{self, Withdrawal};
use crate::issuance::centre::{Answer, Outcome, clarify};
use crate::issuance::desk::DeskError;
use crate::issuance::handover::{Ended, refuse};
use crate::issuance::papers::Reason;
use crate::issuance::status::{self, Published, StatusError, Why};
use crate::issuance::store::tests::people::{id, word};
use crate::issuance::store::tests::{Home, key, on_both};
use crate::issuance::store::{Id, Kind, StoreError};
use crate::issuance::transit::{back, ship};
use crate::issuance::{Office, register, resident};
use crate::pki::status_list::folder::{self, Folder};
use crate::pki::status_list::register::Register;
use crate::pki::status_list::{self, CardStatus};
use crate::pki::x509::issue::tests::{TestKit, kit, leaf};
use crate::pki::x509::issue::{Credential, Purpose};
use crate::reason::{Reason as Code, Refusal as _};
use CardStatus::{Active, NotHandedOver, Revoked, Suspended};
use jiff::{Timestamp, ToSpan as _};
use std::path::PathBuf;

on_both!(whatever_becomes_of_a_card_reaches_the_list_with_the_next_delta, a_store_that_was_put_back_gives_nothing_out,);

/// Whoever publishes, and a verifier who pulls.
struct Publisher {
    dir: tempfile::TempDir,
    kit: TestKit,
    signer: Credential,
    now: Timestamp,
}

impl Publisher {
    fn new() -> Self {
        let (dir, kit) = (tempfile::tempdir().unwrap(), kit());
        let (key, cert) = leaf(&kit, Purpose::StatusList);
        Register::new("https://example.invalid/status", 1_048_576).unwrap().create(&dir.path().join("register.json")).unwrap();
        let now = kit.now;
        Self { dir, kit, signer: Credential { cert, key }, now }
    }

    fn register(&self) -> PathBuf {
        self.dir.path().join("register.json")
    }

    fn publish(&mut self, country: &mut Country, asked: bool) -> Result<Published, StatusError> {
        self.now += 1.minute();
        let (mut held, folder) =
            (Register::hold(&self.register()).unwrap(), Folder::open(&self.dir.path().join("public")).unwrap());
        let key = country.key.clone();
        status::publish((country.store.as_mut(), &key), (&mut held, &folder), &self.signer, (self.now, asked))
    }

    /// What a verifier reads now.
    fn list(&self) -> status_list::StatusListChecked {
        let sequence = folder::read(&self.dir.path().join("public")).unwrap();
        let mut trust = crate::pki::trust::TrustStore::new(crate::pki::trust::Kind::Production, "ID");
        trust.add_operations_root(self.kit.root.cert.clone()).unwrap();
        status_list::verify(&sequence, &trust, self.now, 0).unwrap()
    }

    /// What a verifier is told of a card.
    fn says(&self, country: &mut Country, card: &Id) -> CardStatus {
        self.list().answer(country.index(card), self.now).unwrap().status
    }

    /// Publishes: a delta alone, in which exactly these cards change, to this.
    #[track_caller]
    fn gives(&mut self, country: &mut Country, changes: &[(&Id, CardStatus)]) {
        let published = self.publish(country, false).unwrap();
        assert_eq!((published.changed, published.whole), (changes.len(), None), "{published:?}");
        assert_eq!(published.delta.map(|(indices, _)| indices), Some(changes.len()));
        for (card, status) in changes {
            assert_eq!(self.says(country, card), *status, "{card}");
        }
    }
}

/// A machine that spoils its cards, or does not know what became of them.
struct Bad(Stage);

impl Maker for Bad {
    fn blank(&mut self, unused: &[Id]) -> Option<Id> {
        Machine.blank(unused)
    }

    fn encode(&mut self, _: &Order) -> Stage {
        self.0.clone()
    }

    fn print(&mut self, _: &Order) -> Stage {
        Stage::Done([2; 32])
    }

    fn check(&mut self, _: &Order) -> Stage {
        Stage::Done([3; 32])
    }
}

/// From the form to *print ready*: the application, and its card.
fn approved(country: &mut Country, name: &str, n: u32, reason: Reason) -> (Id, Id) {
    let of = country.applies(name, n, reason);
    let (capture, answer) = if reason == Reason::New { (1, Answer::Single) } else { (2, Answer::Reissue) };
    country.captured(name, &of, n.into(), capture);
    assert_eq!(country.identified(name, &of), answer);
    let card = country.approved(name, &of);
    (of, card)
}

/// The same, and to its desk.
fn waiting(country: &mut Country, name: &str, n: u32, reason: Reason) -> (Id, Id) {
    let (of, card) = approved(country, name, n, reason);
    country.made(name, std::slice::from_ref(&of), &mut Machine);
    country.shipped(name, (REGENCY, 17), (POINT, 11), std::slice::from_ref(&card));
    (of, card)
}

/// Into its holder's hand.
fn given(country: &mut Country, name: &str, n: u32, (of, card): (&Id, &Id)) {
    let presented = country.presented(of, card, (n.into(), 1));
    let ended = country.claimed(&presented, n.into());
    country.handed_over(name, &presented, &ended);
    country.closed(name, of);
}

fn held(country: &mut Country, n: u32) -> Id {
    let name = n.to_string();
    let (of, card) = waiting(country, &name, n, Reason::New);
    given(country, &name, n, (&of, &card));
    card
}

/// Sends an application of a batch back and makes its card anew: the new card, at its desk.
fn again(country: &mut Country, name: &str, batch: &str, n: u32, of: &Id) -> Id {
    let (job, batch, only) = (id(&format!("requeue-{name}")), id(&format!("batch-{batch}")), [of.clone()]);
    let sent = country.by(REGENCY, &[15], |d, by| requeue::requeue(d, &job, &batch, Some(&only), by)).unwrap();
    assert_eq!(sent.applications, only, "{n}");
    let card = country.approved(name, of);
    country.made(name, &only, &mut Machine);
    country.shipped(name, (REGENCY, 17), (POINT, 11), std::slice::from_ref(&card));
    card
}

fn whatever_becomes_of_a_card_reaches_the_list_with_the_next_delta(home: &mut dyn Home) {
    let folder = tempfile::tempdir().unwrap();
    let mut country = Country::new(home.create(), folder.path(), 0);
    country.opens(1..=12, "B0001..B0060");
    let mut list = Publisher::new();
    assert_eq!(list.publish(&mut country, false).unwrap().whole.map(|(length, _)| length), Some(1_048_576));
    in_the_making(&mut country, &mut list);
    at_the_desk(&mut country, &mut list);
    in_the_hand(&mut country, &mut list);
    replaced(&mut country, &mut list);
    // Nothing was missed: all cards looked at anew change nothing, and the whole list says what the deltas said.
    let by_deltas = list.list();
    let whole = list.publish(&mut country, true).unwrap();
    assert_eq!((whole.changed, whole.delta.map(|(indices, _)| indices)), (0, Some(0)));
    let by_whole = list.list();
    for index in 0..by_whole.len() {
        let answer = |list: &status_list::StatusListChecked| list.answer(index, list.issued_at()).unwrap().status;
        assert_eq!(answer(&by_deltas), answer(&by_whole), "{index}");
    }
    let roster = country.roster.clone();
    verified(country.store.as_mut(), &roster, &[]);
}

/// Allocated and called back; of unknown state; spoiled.
fn in_the_making(country: &mut Country, list: &mut Publisher) {
    let (of, card) = approved(country, "1", 1, Reason::New);
    list.gives(country, &[]);
    country.by(POINT, &[11, 12], |d, by| case::withdraw(d, &id("withdraw"), &of, Withdrawal::Applicant, by)).unwrap();
    list.gives(country, &[(&card, Revoked)]);
    for (n, stage) in [(2, Stage::Quarantined(word("no-answer"))), (3, Stage::Spoiled(word("torn")))] {
        let name = n.to_string();
        let (of, card) = approved(country, &name, n, Reason::New);
        country.made(&name, std::slice::from_ref(&of), &mut Bad(stage));
        list.gives(country, &[(&card, Revoked)]);
        let new = again(country, &format!("{n}-again"), &name, n, &of);
        list.gives(country, &[]);
        assert_eq!([list.says(country, &card), list.says(country, &new)], [Revoked, NotHandedOver]);
        given(country, &name, n, (&of, &new));
        list.gives(country, &[(&new, Active)]);
    }
}

/// Refused; unclaimed and made again; missing from the shelf, made again, and found.
fn at_the_desk(country: &mut Country, list: &mut Publisher) {
    let (of, card) = waiting(country, "4", 4, Reason::New);
    let presented = country.presented(&of, &card, (4, 1));
    let Ended::NoMatch(mismatched) = country.claimed(&presented, 1_000_004) else { panic!("another's fingers") };
    country.by(POINT, &[11, 26], |d, by| refuse(d, &id("refuse-4"), &presented, &mismatched, by)).unwrap();
    list.gives(country, &[(&card, Revoked)]);
    let (of, card) = waiting(country, "5", 5, Reason::New);
    country.by(POINT, &[11, 12], |d, by| back::take_back(d, &id("back-5"), &card, back::Why::Unclaimed, by)).unwrap();
    list.gives(country, &[(&card, Revoked)]);
    // It is no failure of the batch, and made again for whoever comes after all.
    let (job, batch) = (id("requeue-none"), id("batch-5"));
    let none = country.by(REGENCY, &[15], |d, by| requeue::requeue(d, &job, &batch, None, by)).unwrap();
    assert_eq!(none.applications, []);
    let new = again(country, "5-again", "5", 5, &of);
    given(country, "5", 5, (&of, &new));
    list.gives(country, &[(&new, Active)]);
    let (of, card) = waiting(country, "6", 6, Reason::New);
    let gone = std::slice::from_ref(&card);
    country.by(POINT, &[11, 12], |d, by| status::missing(d, &id("shelf"), gone, "counted", by)).unwrap();
    list.gives(country, &[(&card, Revoked)]);
    let new = again(country, "6-again", "6", 6, &of);
    country.by(POINT, &[11, 12], |d, by| status::found(d, &id("found"), &card, &word("behind"), by)).unwrap();
    given(country, "6", 6, (&of, &new));
    list.gives(country, &[(&new, Active)]);
    // What was found goes back, and is never handed over.
    country.shipped("found", (POINT, 11), (REGENCY, 17), gone);
    assert_eq!(list.says(country, &card), Revoked);
    let stands = country.store.standing(Kind::Card, &card).unwrap().unwrap();
    assert_eq!((stands.state, stands.custody), ("returning", REGENCY.into()));
}

/// Suspended and valid again, by a case and by a clarification; fraud; the holder's death.
fn in_the_hand(country: &mut Country, list: &mut Publisher) {
    let card = held(country, 7);
    list.gives(country, &[(&card, Active)]);
    country.by(Office::Ministry, &[22, 23], |d, by| status::suspend(d, &id("s-7"), &card, "asked", by)).unwrap();
    list.gives(country, &[(&card, Suspended)]);
    country.by(Office::Ministry, &[22, 23], |d, by| status::resume(d, &id("r-7"), &card, "answered", by)).unwrap();
    list.gives(country, &[(&card, Active)]);
    // Somebody comes under a second NIK, with the fingers of the seventh.
    let of = country.applies("8", 8, Reason::New);
    country.captured("8", &of, 7, 3);
    assert!(matches!(country.identified("8", &of), Answer::Doubt(_)));
    country.by(Office::Ministry, &[22, 23], |d, by| clarify::take_up(d, &id("take-up"), &of, true, by)).unwrap();
    list.gives(country, &[(&card, Suspended)]);
    country.by(Office::Ministry, &[22, 23], |d, by| clarify::decide(d, &id("decide"), &of, Outcome::KeepFirst, by)).unwrap();
    list.gives(country, &[(&card, Active)]);
    country.by(POINT, &[12], |d, by| status::revoke(d, &id("fraud"), &card, (Why::Fraud, [1; 32]), by)).unwrap();
    list.gives(country, &[(&card, Revoked)]);
    let card = held(country, 9);
    list.gives(country, &[(&card, Active)]);
    let living = country.by(POINT, &[12], |d, by| status::revoke(d, &id("dead"), &card, (Why::Death, [1; 32]), by));
    assert_eq!(living, Err(StatusError::StillResident));
    let nik = crate::issuance::centre::tests::world::biodata(9).nik;
    let died = resident::Step::RecordDeath;
    country.by(Office::Ministry, &[24], |d, by| register::depart(d, &id("died"), &nik, died, by)).unwrap();
    country.by(POINT, &[12], |d, by| status::revoke(d, &id("dead"), &card, (Why::Death, [1; 32]), by)).unwrap();
    list.gives(country, &[(&card, Revoked)]);
}

/// Lost and revoked at the report; damaged and revoked by the handover of the next.
fn replaced(country: &mut Country, list: &mut Publisher) {
    let (lost, damaged) = (held(country, 10), held(country, 11));
    list.gives(country, &[(&lost, Active), (&damaged, Active)]);
    let waits = country.by(POINT, &[12], |d, by| status::revoke(d, &id("bad"), &damaged, (Why::Damaged, [1; 32]), by));
    assert_eq!(waits, Err(StatusError::WithNextCard("damaged")));
    let of = country.applies("10-lost", 10, Reason::Lost);
    list.gives(country, &[(&lost, Revoked)]);
    country.captured("10-lost", &of, 10, 2);
    assert_eq!(country.identified("10-lost", &of), Answer::Reissue);
    let (of, card) = waiting(country, "11-damaged", 11, Reason::Damaged);
    list.gives(country, &[]);
    let presented = country.presented(&of, &card, (11, 2));
    let ended = country.claimed(&presented, 11);
    country.handed_over("11-damaged", &presented, &ended);
    list.gives(country, &[(&damaged, Revoked), (&card, Active)]);
}

fn a_store_that_was_put_back_gives_nothing_out(home: &mut dyn Home) {
    let folder = tempfile::tempdir().unwrap();
    let mut country = Country::new(home.create(), folder.path(), 0);
    country.opens(1..=3, "B0001..B0009");
    let card = held(&mut country, 1);
    let mut list = Publisher::new();
    list.publish(&mut country, false).unwrap();
    // The store as it is now: whoever can copy a file or a dump can put it back.
    drop(std::mem::replace(&mut country.store, Box::new(nothing())));
    let old = home.copy();
    country.store = home.open();
    country.by(POINT, &[12], |d, by| status::revoke(d, &id("fraud"), &card, (Why::Fraud, [1; 32]), by)).unwrap();
    list.gives(&mut country, &[(&card, Revoked)]);
    let before = std::fs::read(list.register()).unwrap();
    let now = std::mem::replace(&mut country.store, old.open(Some(&key()), &[]).unwrap());
    let office = POINT.to_string();
    let refused = list.publish(&mut country, false).unwrap_err();
    let StatusError::Desk(DeskError::Store(StoreError::RolledBack { office: of, known, found })) = &refused else {
        panic!("{refused:?}")
    };
    assert_eq!((of, *known, refused.reason()), (&office, found + 1, Code::StoreRolledBack));
    // The old store goes on another way than the true one did, as far and further: it is another store by now.
    for n in 2..=3 {
        held(&mut country, n);
    }
    let forked = list.publish(&mut country, false).unwrap_err();
    let StatusError::Desk(DeskError::Store(StoreError::Forked { .. })) = &forked else { panic!("{forked:?}") };
    assert_eq!((forked.reason(), list.says(&mut country, &card)), (Code::StoreRolledBack, Revoked));
    assert_eq!(std::fs::read(list.register()).unwrap(), before, "nothing of it was kept");
    // The register keeps them as heads that anybody can hold a store against.
    let known = status::witnessed(&Register::parse(&before).unwrap()).unwrap();
    assert!(matches!(old.open(Some(&key()), &known).err(), Some(StoreError::Forked { .. })));
    country.store = now;
    list.gives(&mut country, &[]);
}

/// A store in the place of one that is being copied.
fn nothing() -> crate::issuance::store::SqliteStore {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = crate::world::DangerousSeededEntropy::new(1);
    crate::issuance::store::SqliteStore::create(&folder.path().join("s.db"), &key(), &mut rng).unwrap()
}

/// The same with what people really put back: a dump of PostgreSQL, restored into another database.
#[test]
fn a_dump_of_a_server_that_was_restored_is_noticed() {
    let Some(server) = crate::issuance::store::tests::server() else { return };
    let (mut home, mut target) = (server.database(), server.database());
    let folder = tempfile::tempdir().unwrap();
    let mut country = Country::new(home.create(), folder.path(), 0);
    country.opens(1..=1, "B0001..B0003");
    let card = held(&mut country, 1);
    let mut list = Publisher::new();
    list.publish(&mut country, false).unwrap();
    let dump = folder.path().join("store.dump");
    let run = |program: &str, args: &[&str]| {
        let done = std::process::Command::new(program).args(args).stdin(std::process::Stdio::null()).output().unwrap();
        assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    };
    run("pg_dump", &["--format=custom", "--file", dump.to_str().unwrap(), &home.url()]);
    country.by(POINT, &[12], |d, by| status::revoke(d, &id("fraud"), &card, (Why::Fraud, [1; 32]), by)).unwrap();
    list.gives(&mut country, &[(&card, Revoked)]);
    run("pg_restore", &["--no-owner", "--dbname", &target.url(), dump.to_str().unwrap()]);
    country.store = target.open();
    let refused = list.publish(&mut country, false).unwrap_err();
    let StatusError::Desk(DeskError::Store(StoreError::RolledBack { .. })) = &refused else { panic!("{refused:?}") };
    assert_eq!(list.says(&mut country, &card), Revoked);
    let _: &mut dyn Home = &mut home;
    let _: &mut dyn Home = &mut target;
}

#[test]
fn ships_have_no_part_in_what_is_missing_on_a_shelf() {
    let mut home = crate::issuance::store::tests::File::new();
    let home: &mut dyn Home = &mut home;
    let folder = tempfile::tempdir().unwrap();
    let mut country = Country::new(home.create(), folder.path(), 0);
    country.opens(1..=1, "B0001..B0003");
    let (of, card) = approved(&mut country, "1", 1, Reason::New);
    country.made("1", std::slice::from_ref(&of), &mut Machine);
    let (shipment, seals, cards) = (id("w"), [word("S-1")], [card.clone()]);
    country.by(REGENCY, &[17], |d, by| ship::pack(d, &id("pack"), &shipment, (POINT, &cards, &seals), by)).unwrap();
    country.by(REGENCY, &[17], |d, by| ship::send(d, &id("send"), &shipment, by)).unwrap();
    let on_its_way = country.by(REGENCY, &[17, 14], |d, by| status::missing(d, &id("miss"), &cards, "gone", by)).unwrap_err();
    assert_eq!(on_its_way.reason(), Code::WrongState);
    let elsewhere = country.by(POINT, &[11, 12], |d, by| status::missing(d, &id("miss"), &cards, "gone", by)).unwrap_err();
    assert_eq!(elsewhere.reason(), Code::NotPermitted);
}
