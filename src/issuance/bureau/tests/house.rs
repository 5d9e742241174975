//! Offices with officers, for tests of what they do together.

use crate::issuance::bureau::run::{Maker, Order, Stage, Station};
use crate::issuance::bureau::{material, serials, shift, stock};
use crate::issuance::desk::{By, Desk, Officer, signatures};
use crate::issuance::officer::Roster;
use crate::issuance::officer::tests::{grant, key};
use crate::issuance::store::tests::moves::{self, applied, approved, to_unique};
use crate::issuance::store::tests::people::{id, word};
use crate::issuance::store::tests::{self, Home};
use crate::issuance::store::{Id, Kind, Row, Store, StoreKey, audit};
use crate::issuance::{Office, Role};
use crate::world::{DangerousSeededEntropy, FixedClock};
use jiff::{Timestamp, ToSpan as _};
use std::collections::BTreeMap;

pub const REGENCY: Office = Office::Regency(31, 71);
pub const POINT: Office = Office::ServicePoint(31, 71, 1);

/// Everybody who works in these tests, by the seed of their key.
const PEOPLE: [(u64, Role, Office); 12] = [
    (11, Role::Personalizer, REGENCY),
    (12, Role::Supervisor, REGENCY),
    (13, Role::Approver, REGENCY),
    (14, Role::Courier, REGENCY),
    (15, Role::Operator, POINT),
    (16, Role::Supervisor, POINT),
    (17, Role::Courier, Office::Ministry),
    (18, Role::Witness, Office::Ministry),
    (19, Role::Witness, Office::Ministry),
    (20, Role::Personalizer, Office::Ministry),
    (21, Role::Supervisor, Office::Ministry),
    (22, Role::Courier, REGENCY),
];

/// A store with a roster, and a clock that goes on.
pub struct House {
    pub store: Box<dyn Store>,
    pub roster: Roster,
    key: StoreKey,
    rng: DangerousSeededEntropy,
    pub now: Timestamp,
    moved: u32,
}

/// An officer, in the only role that they have.
pub fn officer(seed: u64) -> Officer {
    let (_, role, office) = PEOPLE.into_iter().find(|(of, ..)| *of == seed).unwrap();
    Officer::new(key(seed), role, office)
}

impl House {
    pub fn new(home: &mut dyn Home) -> Self {
        let mut roster = Roster::new(key(1).public_key());
        for (seed, role, office) in PEOPLE {
            roster.add(grant(&key(seed), &format!("S-{seed}"), (role, office), "2028-01-01").signed_by(&key(1))).unwrap();
        }
        let now = "2026-11-26T01:00:00Z".parse().unwrap();
        Self { store: home.create(), roster, key: tests::key(), rng: DangerousSeededEntropy::new(5), now, moved: 0 }
    }

    /// A desk of an office, a minute after the last one.
    pub fn at<T>(&mut self, office: Office, act: impl FnOnce(&mut Desk<'_>) -> T) -> T {
        self.now += 1.minute();
        let clock = FixedClock(self.now);
        let (store, rng) = (self.store.as_mut(), &mut self.rng);
        act(&mut Desk { office, roster: &self.roster, store, key: &self.key, clock: &clock, rng })
    }

    /// Print-ready applications of the service point: `a1`, `a2`, … with cards `c1`, `c2`, …
    pub fn print_ready(&mut self, people: std::ops::RangeInclusive<u32>) {
        for n in people {
            let (name, card) = (format!("a{n}"), format!("c{n}"));
            let mut desk = moves::Desk { office: "31.71.01", job: 100_000 + 100 * n };
            desk.done(self.store.as_mut(), vec![applied(&name, n)]);
            for step in to_unique(&name) {
                desk.done(self.store.as_mut(), vec![step]);
            }
            desk.done(self.store.as_mut(), approved(&name, &card));
        }
    }

    /// A print-ready application of somebody whose card was active before.
    pub fn had_a_card(&mut self, n: u32) {
        let mut desk = moves::Desk { office: "31.71.01", job: 500_000 + 100 * n };
        let (old, card) = (format!("old{n}"), format!("oldc{n}"));
        moves::to_active(&mut desk, self.store.as_mut(), &old, n, &card, &format!("oldb{n}"));
        self.print_ready(n..=n);
    }

    /// One more grant at the regency.
    pub fn grant(&mut self, seed: u64, label: &str, role: Role) {
        self.roster.add(grant(&key(seed), label, (role, REGENCY), "2028-01-01").signed_by(&key(1))).unwrap();
    }

    /// Whoever has it.
    pub fn officer(&self, seed: u64, role: Role) -> Officer {
        Officer::new(key(seed), role, REGENCY)
    }

    /// The state's word of a thing.
    pub fn state(&mut self, kind: Kind, name: &str) -> &'static str {
        moves::state(self.store.as_mut(), kind, name)
    }

    /// A delivery at the regency.
    pub fn received(&mut self, list: &str) {
        self.moved += 1;
        let job = id(&format!("receive-{}", self.moved));
        let serials = serials::parse(list).unwrap();
        let delivery = stock::Delivery { of: word("ektp-80k"), serials, note: None, evidence: None };
        self.at(REGENCY, |desk| stock::receive(desk, &job, &delivery, By::one(&officer(14)))).unwrap();
    }

    /// A shift with nothing at station `enc-1`, and what is brought to it.
    pub fn shift(&mut self, name: &str, list: &str, ribbon: u64) {
        let begin = begin(name, "", 0);
        self.at(REGENCY, |desk| shift::open(desk, &id(&format!("open-{name}")), &begin, By::one(&officer(11)))).unwrap();
        self.supply(name, list, ribbon);
    }

    /// The next shift there, with what the last one left.
    pub fn shift_again(&mut self, name: &str, list: &str, ribbon: u64) {
        let begin = begin(name, list, ribbon);
        self.at(REGENCY, |desk| shift::open(desk, &id(&format!("open-{name}")), &begin, By::one(&officer(11)))).unwrap();
    }

    /// The store room's shift, and a delivery of ribbon to it.
    pub fn store_room(&mut self, ribbon: u64) {
        let begin = shift::Begin { station: word(shift::STORE_ROOM), ..begin("room", "", 0) };
        self.at(REGENCY, |desk| shift::open(desk, &id("open-room"), &begin, By::one(&officer(11)))).unwrap();
        let by = (officer(14), officer(12));
        let delivery = shift::Supply { came: count("", ribbon), note: Some(word("DO-18")) };
        self.at(REGENCY, |desk| shift::supply(desk, &id("delivery"), &id("room"), &delivery, By::two(&by.0, &by.1))).unwrap();
    }

    /// Blanks and ribbon for an open shift; ribbon out of a store room that has enough.
    pub fn supply(&mut self, name: &str, list: &str, ribbon: u64) {
        self.moved += 1;
        if ribbon > 0 && self.store.standing(Kind::Shift, &id("room")).unwrap().is_none() {
            self.store_room(1_000);
        }
        let job = id(&format!("supply-{}", self.moved));
        let by = (officer(14), officer(11));
        self.at(REGENCY, |desk| shift::supply(desk, &job, &id(name), &brought(list, ribbon), By::two(&by.0, &by.1))).unwrap();
    }

    /// Every chain holds, and every signature in it but those of set-up, which nobody made.
    pub fn verified(&mut self) {
        let roster = &self.roster;
        let set_up = |row: &Row| row.signatories().is_some_and(|all| all.iter().all(|(.., office, _)| office == "grant"));
        let judge = |row: &Row| if set_up(row) { Ok(()) } else { signatures::row(row, roster) };
        audit::verify_with(self.store.as_mut(), &[], &judge).unwrap();
    }
}

/// A count of blanks and ribbon.
pub fn count(list: &str, ribbon: u64) -> shift::Count {
    let blanks = if list.is_empty() { Default::default() } else { serials::parse(list).unwrap() };
    shift::Count { blanks, counters: BTreeMap::from([("ribbon".to_owned(), ribbon)]) }
}

/// Blanks and ribbon that come to a station.
pub fn brought(list: &str, ribbon: u64) -> shift::Supply {
    shift::Supply { came: count(list, ribbon), note: None }
}

/// How a shift at station `enc-1` begins.
pub fn begin(name: &str, list: &str, ribbon: u64) -> shift::Begin {
    let rules = "format = 1\n[[material]]\nname = \"ribbon\"\nunit = \"panel\"\nper_card = 1\ntolerance = 1\n";
    let materials = material::Materials::parse(rules).unwrap();
    shift::Begin { id: id(name), station: word("enc-1"), operators: vec![word("S-11")], materials, count: count(list, ribbon) }
}

/// The station of these tests.
pub fn station() -> Station {
    Station { name: word("enc-1"), lease_seconds: 600, most_failures: 3, held: None }
}

/// A maker that does as it is told of a card and a stage, and everything else well.
#[derive(Default)]
pub struct Told {
    pub ends: BTreeMap<(&'static str, &'static str), Stage>,
    pub seen: Vec<String>,
}

impl Told {
    pub fn of(ends: &[((&'static str, &'static str), Stage)]) -> Self {
        Self { ends: ends.iter().cloned().collect(), seen: Vec::new() }
    }

    fn stage(&mut self, name: &str, order: &Order) -> Stage {
        self.seen.push(format!("{name} {} {}", order.card, order.blank));
        let told = self.ends.iter().find(|((stage, card), _)| *stage == name && *card == order.card.as_str());
        told.map_or(Stage::Done([7; 32]), |(_, end)| end.clone())
    }
}

impl Maker for Told {
    fn blank(&mut self, unused: &[Id]) -> Option<Id> {
        unused.first().cloned()
    }

    fn encode(&mut self, order: &Order) -> Stage {
        self.stage("encode", order)
    }

    fn print(&mut self, order: &Order) -> Stage {
        self.stage("print", order)
    }

    fn check(&mut self, order: &Order) -> Stage {
        self.stage("check", order)
    }
}
