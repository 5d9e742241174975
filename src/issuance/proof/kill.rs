//! `kill -9` of a running centre at random instants, and of the database's server: what was acknowledged is there, once, and the next
//! process goes on from it; and each acknowledgement had a flush of its own.

use super::centre::{Order, Said, opened, work};
use super::country::{Country, roster, verified};
use crate::issuance::centre::tests::world::biodata;
use crate::issuance::officer::Roster;
use crate::issuance::store::tests::{File, Home, Server, key, server};
use crate::issuance::store::{By, Head, Id, Kind, Row, Store};
use crate::world::DangerousSeededEntropy;
use rand_core::Rng as _;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Kills on each database; `EKTP_CENTRE_KILLS` asks for another number.
const KILLS: u32 = 110;
/// Kills of the server.
const SERVER_KILLS: u32 = 5;
/// Residents of a store; the next one begins with an empty one.
const RESIDENTS: u32 = 12;
/// The most commits that a centre comes to before it is killed.
const COMMITS: u32 = 8;
/// The longest after the last of them, in microseconds: about two steps on a machine that has nothing else to do.
const LONGEST: u32 = 40_000;

/// A centre's store, and whoever kills it and knows what it acknowledged.
struct Siege {
    order: Order,
    roster: Roster,
    /// Every row that was acknowledged.
    acknowledged: BTreeMap<(String, u64), [u8; 32]>,
    /// Rows that were verified before.
    known: Vec<Head>,
    commits: usize,
    _folder: tempfile::TempDir,
}

impl Siege {
    fn lay(home: &dyn Home) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut country = Country::new(home.create(), folder.path(), 0);
        country.opens(1..=RESIDENTS, &format!("B001..B{RESIDENTS:03}"));
        let order = Order { place: home.place(), folder: folder.path().into(), day: 1, first: 1, last: RESIDENTS, loose: false };
        drop(country);
        Self { order, roster: roster(), acknowledged: BTreeMap::new(), known: Vec::new(), commits: 0, _folder: folder }
    }

    /// Takes down what a centre acknowledged; the next one begins on the next day, with the case that this one had not closed.
    fn heard(&mut self, said: &Said) {
        self.acknowledged.extend(said.rows.iter().map(|row| ((row.office.to_string(), row.n), row.head)));
        self.commits += said.commits;
        self.order.first = said.closed.map_or(self.order.first, |n| n + 1);
        self.order.day += 1;
    }

    fn is_over(&self) -> bool {
        self.order.first > RESIDENTS
    }

    /// The store is whole: every chain, signature and thing; and every row that was acknowledged is there, as it was told.
    fn verify(&mut self, store: &mut dyn Store) {
        let after = verified(store, &self.roster, &self.known);
        for head in &after.heads {
            let before = self.known.iter().find(|known| known.office == head.office).map_or(0, |known| known.n);
            for row in all_rows(store, head, before) {
                let told = self.acknowledged.get(&(row.office.to_string(), row.n));
                assert!(told.is_none_or(|told| *told == row.head), "{} {}: another row than was acknowledged", row.office, row.n);
            }
        }
        for (office, n) in self.acknowledged.keys() {
            let head = after.heads.iter().find(|head| head.office.as_str() == office);
            assert!(head.is_some_and(|head| *n <= head.n), "{office} {n} was acknowledged, and is lost");
        }
        self.known = after.heads;
    }

    /// Lets what was begun end, and counts: each resident has one application, one card and one blank, whose lives have each step once.
    fn ends(&mut self, store: Box<dyn Store>) -> u32 {
        let last = self.order.first.min(RESIDENTS);
        let mut country = Country::new(store, &self.order.folder, self.order.day);
        country.issues(last);
        for n in 1..=last {
            let subject = key().subject(&biodata(n).nik);
            let of = country.store.find(Kind::Application, By::Person(&subject)).unwrap().remove(0).id;
            country.opens_image(&of);
        }
        let each = usize::try_from(last).unwrap();
        assert_eq!(country.works.counts(), (each, u64::from(last)), "one image and one number for a card");
        let store = country.store.as_mut();
        self.verify(store);
        assert_eq!(verified(store, &self.roster, &[]).heads, self.known, "from the first row, every signature");
        no_part_twice(store, &self.known);
        for n in 1..=last {
            once(store, n);
        }
        last
    }
}

fn all_rows(store: &mut dyn Store, head: &Head, after: u64) -> Vec<Row> {
    let (mut rows, mut at) = (Vec::new(), after);
    while at < head.n {
        let page = store.rows(&head.office, at, 1_000).unwrap();
        at = page.last().unwrap().n;
        rows.extend(page);
    }
    rows
}

/// No part of a job was done twice, in whatever chain.
fn no_part_twice(store: &mut dyn Store, heads: &[Head]) {
    let mut parts = BTreeSet::new();
    for head in heads {
        for row in all_rows(store, head, 0) {
            assert!(parts.insert((row.job.to_string(), row.part)), "{} {} was done twice", row.job, row.part);
        }
    }
}

/// The life of a thing, by the words of its steps.
fn life(store: &mut dyn Store, kind: Kind, id: &Id) -> String {
    let rows = store.history(kind, id, 0, 1_000).unwrap();
    rows.iter().map(|row| row.step().unwrap()).collect::<Vec<_>>().join(" ")
}

/// A resident whose case is closed went the way once.
fn once(store: &mut dyn Store, n: u32) {
    let subject = key().subject(&biodata(n).nik);
    let applications = store.find(Kind::Application, By::Person(&subject)).unwrap();
    let cards = store.find(Kind::Card, By::Person(&subject)).unwrap();
    let ([application], [card]) = (applications.as_slice(), cards.as_slice()) else { panic!("{n}: {applications:?} {cards:?}") };
    let blanks = store.find(Kind::Blank, By::Owner(&card.id)).unwrap();
    let [blank] = blanks.as_slice() else { panic!("{n}: {blanks:?}") };
    assert_eq!((application.state, card.state, blank.state), ("closed", "active", "made"), "{n}");
    for (kind, id, steps) in [
        (
            Kind::Application,
            &application.id,
            "open verify-data capture consolidate send receive find-single approve personalize deliver close",
        ),
        (Kind::Card, &card.id, "open encode finish-encoding print check pack send receive hand-over"),
        (Kind::Blank, &blank.id, "open take make"),
    ] {
        // Captures at handover are as many as it took, each once, and the beginning of it at least.
        let life = life(store, kind, id);
        let (tries, life): (Vec<&str>, Vec<&str>) = life.split(' ').partition(|step| *step == "try");
        assert_eq!((life.join(" ").as_str(), tries.len() >= 2), (steps, kind == Kind::Card), "{n}");
    }
}

/// After how many commits, and how long after.
fn instant(random: &mut DangerousSeededEntropy) -> (usize, Duration) {
    let commits = usize::try_from(random.next_u32() % (COMMITS + 1)).unwrap();
    (commits, Duration::from_micros(u64::from(random.next_u32() % LONGEST)))
}

fn wanted() -> u32 {
    std::env::var("EKTP_CENTRE_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS)
}

/// Kills centres until so many were killed, over as many stores as it takes. `home` gives the next one, `settles` waits until nobody else
/// works on it.
fn besiege<H: Home>(name: &str, mut home: impl FnMut() -> H, settles: impl Fn(&H)) {
    let (wanted, began) = (wanted(), Instant::now());
    let mut random = DangerousSeededEntropy::new(9);
    let (mut kills, mut commits, mut rows, mut closed, mut stores) = (0, 0, 0, 0, 0);
    while kills < wanted {
        let here = home();
        let mut siege = Siege::lay(&here);
        while kills < wanted && !siege.is_over() {
            let (commits, wait) = instant(&mut random);
            let said = siege.order.killed_after(commits, wait);
            siege.heard(&said);
            kills += u32::from(said.killed);
            settles(&here);
            siege.verify(here.open_after(&siege.known).unwrap().as_mut());
        }
        closed += siege.ends(here.open());
        (commits, rows, stores) = (commits + siege.commits, rows + siege.acknowledged.len(), stores + 1);
    }
    println!(
        "kill -9, {name}: {kills} kills over {stores} stores, {commits} commits acknowledged with {rows} rows, 0 lost, 0 doubled; \
         {closed} cards from the form to the hand; {:.0} s",
        began.elapsed().as_secs_f64()
    );
    assert!(wanted < KILLS || closed > 0 && commits > usize::try_from(kills).unwrap(), "the centre did not come to work");
}

#[test]
fn a_centre_on_sqlite_that_is_killed_anywhere_loses_nothing_and_doubles_nothing() {
    if work() {
        return;
    }
    besiege("SQLite", File::new, |_| {});
}

#[test]
fn a_centre_on_postgresql_that_is_killed_anywhere_loses_nothing_and_doubles_nothing() {
    let Some(server) = server() else { return };
    // What the dead client had asked for may still be done: until then the store is not at rest.
    besiege("PostgreSQL", || server.database(), |database| database.is_left_alone());
}

#[test]
fn a_server_of_postgresql_that_is_killed_has_what_it_acknowledged() {
    let Some(mut server) = Server::start(&[]) else { return };
    let mut random = DangerousSeededEntropy::new(10);
    let (place, mut siege) = {
        let database = server.database();
        (database.place(), Siege::lay(&database))
    };
    for _ in 0..SERVER_KILLS {
        let mut child = siege.order.command(&[]).spawn().unwrap();
        let mut lines = opened(&mut child);
        let (commits, wait) = instant(&mut random);
        let mut heard = Said::default();
        heard.hear(&mut lines, commits);
        std::thread::sleep(wait);
        server.kill();
        // The centre is refused by name, and ends.
        heard.hear(&mut lines, usize::MAX);
        assert!(!child.wait().unwrap().success());
        siege.heard(&heard);
        server.rise();
        siege.verify(place.open(Some(&key()), &siege.known).unwrap().as_mut());
    }
    let closed = siege.ends(place.open(Some(&key()), &[]).unwrap());
    println!(
        "kill -9 of the server: {SERVER_KILLS} kills, {} commits acknowledged with {} rows, 0 lost, 0 doubled; {closed} cards",
        siege.commits,
        siege.acknowledged.len()
    );
}

#[test]
#[should_panic(expected = "31.71.01 1000 was acknowledged, and is lost")]
fn a_row_that_was_acknowledged_and_is_not_there_is_noticed() {
    let home = File::new();
    let mut siege = Siege::lay(&home);
    siege.acknowledged.insert(("31.71.01".to_owned(), 1_000), [1; 32]);
    siege.verify(home.open().as_mut());
}
