//! The journal of personalization in the store: its promises and its proofs, the same as in a station's own file, on both databases.

use super::home::key;
use super::people::{id, word};
use super::{File, Home, Server, moves, on_both, server};
use crate::issuance::store::{Office, Place};
use crate::perso::job::{JobId, NewJob};
use crate::perso::journal::tests::{Home as Desk, at, chip, issued, new_job, promises};
use crate::perso::journal::{Entry, Journal, JournalError, Ledger as _, Unique};
use crate::perso::receipt::Mode;
use crate::perso::state::State;
use crate::perso::tests::elsewhere::{Opener, a_fault_at_every_apdu, dying_at_every_call};
use crate::reason::Reason;
use std::sync::{Arc, Mutex};

fn office() -> Office {
    Office::parse("31.71").unwrap()
}

fn opened(place: &Place, station: &str) -> Journal {
    place.journal(&key(), &office(), &word(station)).unwrap()
}

/// A store whose journal is tried.
struct Kept<H>(Mutex<H>);

impl<H: Home> Kept<H> {
    fn new(home: H) -> Self {
        home.create();
        Self(Mutex::new(home))
    }
}

impl<H: Home> Desk for Kept<H> {
    fn open_at(&self, station: &str) -> Journal {
        opened(&self.0.lock().unwrap().place(), station)
    }

    fn attempt(&self, sql: &str) -> Result<(), String> {
        self.0.lock().unwrap().attempt(sql)
    }

    fn forge(&self, sql: &str) -> Result<(), String> {
        self.0.lock().unwrap().forge(sql)
    }

    fn hex(&self, bytes: &[u8]) -> String {
        self.0.lock().unwrap().hex(bytes)
    }
}

mod kept_in_sqlite {
    use super::*;
    promises!(Some(Kept::new(File::new())));
}

mod kept_in_postgres {
    use super::*;
    promises!(server().map(|server| Kept::new(server.database())));
}

/// New stores, all alike, each thrown away with whoever opens its journal.
fn files() -> impl Fn() -> Opener {
    let first = Mutex::new(File::new());
    first.lock().unwrap().create();
    move || {
        let copy = first.lock().unwrap().copy();
        Arc::new(move || opened(&copy, "enc-1"))
    }
}

fn databases(server: &'static Server) -> impl Fn() -> Opener {
    let first = Mutex::new(server.database());
    first.lock().unwrap().create();
    move || {
        let first = &mut first.lock().unwrap();
        first.is_left_alone();
        let copy = first.copy();
        Arc::new(move || opened(&copy, "enc-1"))
    }
}

#[test]
fn a_station_that_dies_at_any_call_of_the_store_loses_nothing_and_makes_nothing_twice() {
    dying_at_every_call(&files());
    if let Some(server) = server() {
        dying_at_every_call(&databases(server));
    }
}

#[test]
fn a_fault_at_any_apdu_ends_as_well_with_the_store() {
    a_fault_at_every_apdu(&files());
    if let Some(server) = server() {
        a_fault_at_every_apdu(&databases(server));
    }
}

on_both!(
    each_station_has_a_chain_of_its_own_and_all_share_what_is_unique,
    stations_at_once_get_one_of_each,
    what_tells_of_a_person_is_sealed_in_the_tables,
    a_station_is_one_process_at_a_time,
    a_chip_and_the_card_of_its_document_number_find_each_other,
);

fn each_station_has_a_chain_of_its_own_and_all_share_what_is_unique(home: &mut dyn Home) {
    home.create();
    let place = home.place();
    let (mut one, mut two) = (opened(&place, "enc-1"), opened(&place, "enc-2"));
    issued(&mut one, "a", 1);
    issued(&mut two, "b", 2);
    issued(&mut one, "c", 3);
    assert_eq!((one.chain_head().unwrap().n, two.chain_head().unwrap().n), (2, 1));
    // Another station brings on what this one began, and its chain has the receipt.
    let begun = one.open_job(&new_job("d", 4), Mode::Local, at(0)).unwrap().id;
    one.reserve(&begun, chip(4), at(1)).unwrap();
    let taken = Err(JournalError::Duplicate(Unique::ChipSerial));
    let other = two.open_job(&new_job("e", 5), Mode::Local, at(0)).unwrap().id;
    assert_eq!(two.reserve(&other, chip(4), at(1)), taken);
    assert_eq!(two.open_job(&new_job("f", 1), Mode::Local, at(0)), Err(JournalError::Duplicate(Unique::DocumentNumber)));
    issued(&mut two, "d", 4);
    assert_eq!((one.chain_head().unwrap().n, two.chain_head().unwrap().n), (2, 2));
    assert_eq!(one.receipt(&begun).unwrap().map(|entry| entry.n), Some(2));
    one.block(chip(9), Reason::CardNotOurs, at(2)).unwrap();
    assert_eq!(two.blocked(chip(9)), Ok(Some(Reason::CardNotOurs)));
}

fn stations_at_once_get_one_of_each(home: &mut dyn Home) {
    home.create();
    let place = home.place();
    let jobs: Vec<JobId> = (0..8).map(|n| JobId::parse(&format!("j{n}")).unwrap()).collect();
    // All of them open the same job at once, then reach for one chip with jobs of their own.
    let reach = |n: u8| {
        let mut journal = opened(&place, &format!("enc-{n}"));
        let shared = journal.open_job(&new_job("shared", 99), Mode::Local, at(0));
        journal.open_job(&new_job(&format!("j{n}"), n.into()), Mode::Local, at(0)).unwrap();
        (shared.map(|job| job.status_index), journal.reserve(&jobs[usize::from(n)], chip(77), at(1)))
    };
    let ends: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|n| scope.spawn(move || reach(n))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(ends.iter().all(|(shared, _)| *shared == Ok(99)), "{ends:?}");
    let won = ends.iter().filter(|(_, reserved)| reserved.is_ok()).count();
    let lost = ends.iter().filter(|(_, reserved)| *reserved == Err(JournalError::Duplicate(Unique::ChipSerial))).count();
    assert_eq!((won, lost), (1, 7), "{ends:?}");
}

fn what_tells_of_a_person_is_sealed_in_the_tables(home: &mut dyn Home) {
    home.create();
    let mut journal = opened(&home.place(), "enc-1");
    let id = journal.open_job(&new_job("a", 1), Mode::Local, at(0)).unwrap().id;
    journal.store_sod(&id, b"the digests of every file of the card", at(1)).unwrap();
    journal.advance(&id, State::Locked, at(2)).unwrap();
    let head = journal.chain_head().unwrap();
    let body = b"{\"files\": \"the receipt says them too\"}".to_vec();
    let entry = Entry { n: head.n + 1, previous: head.head, body, signature: b"sig".to_vec() };
    journal.issue(&id, &entry, at(3)).unwrap();
    assert_eq!(journal.receipt(&id), Ok(Some(entry)));
    let bytes = home.bytes();
    let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(!holds(b"the digests of every file") && !holds(b"the receipt says them") && holds(b"perso_receipt"));
    // Sealed for one job, it opens for no other.
    home.forge("UPDATE perso_job SET id = 'b' WHERE id = 'a'").ok();
    let moved = "UPDATE perso_job SET sod = (SELECT sod FROM perso_job WHERE document_number = 'X00000001') WHERE id = 'c'";
    journal.open_job(&new_job("c", 3), Mode::Local, at(0)).unwrap();
    home.forge(moved).unwrap();
    assert_eq!(journal.job(&JobId::parse("c").unwrap()), Err(JournalError::Damaged("sod")));
}

fn a_chip_and_the_card_of_its_document_number_find_each_other(home: &mut dyn Home) {
    let mut store = home.create();
    let mut desk = moves::Desk::new("31.71");
    for (n, (application, card)) in (1..).zip([("a1", "c1"), ("a2", "c2")]) {
        desk.done(store.as_mut(), vec![moves::applied(application, n)]);
        for step in moves::to_unique(application) {
            desk.done(store.as_mut(), vec![step]);
        }
        desk.done(store.as_mut(), moves::approved(application, card));
    }
    let mut journal = opened(&home.place(), "enc-1");
    let job = NewJob { document_number: "N-c1".into(), ..new_job("any", 1) };
    let job = journal.open_job(&job, Mode::Local, at(0)).unwrap().id;
    assert_eq!(store.chip_of_card(&id("c1")), Ok(None), "no chip is taken yet");
    journal.reserve(&job, chip(4), at(1)).unwrap();
    assert_eq!(store.card_of_chip(chip(4)), Ok(Some(id("c1"))));
    assert_eq!(store.chip_of_card(&id("c1")), Ok(Some("04040404040404040404".into())));
    assert_eq!((store.card_of_chip(chip(5)), store.chip_of_card(&id("c2"))), (Ok(None), Ok(None)));
    // A job whose card is not of this store.
    let strange = journal.open_job(&new_job("c2", 2), Mode::Local, at(0)).unwrap().id;
    journal.reserve(&strange, chip(6), at(1)).unwrap();
    assert_eq!((store.card_of_chip(chip(6)), store.chip_of_card(&id("c2"))), (Ok(None), Ok(None)));
}

fn a_station_is_one_process_at_a_time(home: &mut dyn Home) {
    home.create();
    let place = home.place();
    let hold = |station: &str| place.hold(&office(), &word(station)).unwrap();
    let held = hold("enc-1").expect("nobody is there");
    assert!(hold("enc-1").is_none(), "somebody is");
    assert!(hold("enc-2").is_some());
    assert!(place.hold(&Office::parse("31.72").unwrap(), &word("enc-1")).unwrap().is_some(), "another office's");
    drop(held);
    // The server hears a moment later that a connection has ended.
    let end = std::time::Instant::now() + std::time::Duration::from_secs(5);
    while hold("enc-1").is_none() {
        assert!(std::time::Instant::now() < end, "it is not given up");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}
