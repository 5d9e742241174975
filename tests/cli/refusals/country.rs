//! What has happened in the country of [`super::offices`] before a verb is run: applications, cards and blanks, put into the store by
//! hands that the store's rules accept.

use super::offices;
use super::place::Place;
use ektp::issuance::names::Named as _;
use ektp::issuance::officer::OfficerId;
use ektp::issuance::role::Role;
use ektp::issuance::store::{Actor, Draft, Hands, Id, Kind, Move, Office, Opening, Part, SqliteStore, Store as _, Word};
use ektp::issuance::{application, blank, card};
use ektp::record::Nik;
use ektp::world::system_entropy;
use jiff::{Timestamp, ToSpan as _};

/// The store of a country, and a clock that goes on.
pub struct Country {
    store: SqliteStore,
    now: Timestamp,
    jobs: u32,
}

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

fn word(text: &str) -> Word {
    Word::parse(text).unwrap()
}

fn actor(number: u8, role: Role) -> Actor {
    let office = Office::parse("ministry").unwrap();
    Actor { id: OfficerId::from_bytes([number; 16]), role, office, signature: vec![number; 70] }
}

impl Country {
    /// The store that was furnished.
    pub fn of(place: &Place) -> Self {
        let store = SqliteStore::open(&place.at("issuance.db"), Some(&offices::store_key())).unwrap();
        Self { store, now: "2026-11-20T01:00:00Z".parse().unwrap(), jobs: 0 }
    }

    /// Steps of an office together, each by this role, and by another person with the second.
    pub fn take(&mut self, office: &str, steps: Vec<(Move, Role, Option<Role>)>) {
        self.jobs += 1;
        self.under(&format!("before-{}", self.jobs), office, steps);
    }

    /// The same, under a job of this name.
    pub fn under(&mut self, job: &str, office: &str, steps: Vec<(Move, Role, Option<Role>)>) {
        self.now += 1.minute();
        let hands =
            |(_, by, with): &(Move, Role, Option<Role>)| Hands { by: actor(1, *by), with: with.map(|role| actor(2, role)) };
        let hands = steps.iter().map(hands).collect();
        let moves = steps.into_iter().map(|(step, ..)| step).collect();
        let draft = Draft::new(id(job), Office::parse(office).unwrap(), self.now, moves).unwrap();
        self.store.take(&draft.signed(hands).unwrap()).unwrap();
    }

    /// An application of a procedure, print ready, with its card: `aN` and `cN`.
    pub fn print_ready(&mut self, n: u32, procedure: &str, office: &str) {
        self.authorized(n, (procedure, office), (&format!("c{n}"), &format!("N{n}")), None);
    }

    /// The same, whose card has this id and number, and an image of this manifest.
    pub fn authorized(
        &mut self,
        n: u32,
        (procedure, office): (&str, &str),
        (card, number): (&str, &str),
        manifest: Option<[u8; 32]>,
    ) {
        use application::Step::{Approve, Capture, Consolidate, FindSingle, Receive, Send, VerifyData};
        let (a, c) = (id(&format!("a{n}")), id(card));
        let subject = offices::store_key().subject(&Nik::parse(&format!("3171010101900{n:03}")).unwrap());
        let begins = application::State::Applied;
        let opening = Opening::Application { begins, procedure: word(procedure), subject, family: None, priority: 0 };
        let desk = [VerifyData, Capture, Consolidate].map(|step| (step, Role::Operator));
        let centre = [Send, Receive, FindSingle].map(|step| (step, Role::Centre));
        let mut steps = vec![(Move::open(a.clone(), opening), Role::Operator, None)];
        steps.extend(desk.into_iter().chain(centre).map(|(step, role)| (Move::application(a.clone(), step), role, None)));
        steps.push((Move::application(a.clone(), Approve), Role::Approver, None));
        let opening = Opening::Card { application: a, number: word(number) };
        // Its place in the status list is its number.
        let facts = format!(r#"{{"status_index": {n}, "profile": "ektp-80k"}}"#);
        let facts = offices::store_key().seal(Kind::Card, &c, Part::Opening, facts.as_bytes(), &mut system_entropy()).unwrap();
        let open = Move::open(c, opening).with_sealed(facts);
        let open = manifest.map_or_else(|| open.clone(), |sha256| open.clone().by_evidence(sha256));
        steps.push((open, Role::Approver, None));
        self.take(office, steps);
    }

    /// Its card, made of blank `sN` and checked at an office.
    pub fn finished(&mut self, n: u32, procedure: &str, office: &str, at: &str) {
        use card::Step::{Check, Encode, FinishEncoding, Print};
        self.print_ready(n, procedure, office);
        let (a, c, s) = (id(&format!("a{n}")), id(&format!("c{n}")), id(&format!("s{n}")));
        let by = |step: Move| (step, Role::Personalizer, None);
        let mut steps = vec![
            by(Move::open(s.clone(), Opening::Blank { of: word("ektp-80k") })),
            by(Move::application(a, application::Step::Personalize)),
            by(Move::card(c.clone(), Encode)),
            by(Move::blank_for(s.clone(), c.clone())),
        ];
        steps.extend([FinishEncoding, Print, Check].map(|step| by(Move::card(c.clone(), step))));
        steps.push(by(Move::blank(s, blank::Step::Make)));
        self.take(at, steps);
    }

    /// A card that came back to the ministry.
    pub fn returned(&mut self, n: u32) {
        self.finished(n, "regular-citizen-office", "31.71.01", "31.71");
        let c = id(&format!("c{n}"));
        let step = |step| (Move::card(c.clone(), step), Role::Courier, None);
        let two = (Role::Supervisor, Some(Role::Operator));
        self.take("31.71.01", vec![step(card::Step::Pack), step(card::Step::Receive)]);
        let why = word("unclaimed");
        self.take("31.71.01", vec![(Move::card(c.clone(), card::Step::TakeBack).because(why), two.0, two.1)]);
        self.take("ministry", vec![step(card::Step::SendBack), step(card::Step::ReceiveBack)]);
    }

    /// A card in its holder's hand, or waiting at its desk.
    pub fn at_point(&mut self, n: u32, given: bool) {
        self.finished(n, "regular-citizen-office", "31.71.01", "31.71");
        let (a, c) = (id(&format!("a{n}")), id(&format!("c{n}")));
        let step = |step, role| (Move::card(c.clone(), step), role, None);
        self.take("31.71.01", vec![step(card::Step::Pack, Role::Courier), step(card::Step::Receive, Role::Operator)]);
        if given {
            let over = Move::card_of(c, a.clone(), card::Step::HandOver);
            let delivered = Move::application(a, application::Step::Deliver);
            self.take("31.71.01", vec![(over, Role::Operator, None), (delivered, Role::Operator, None)]);
        }
    }

    /// The state's word of a card.
    pub fn card(&mut self, name: &str) -> card::State {
        let found = self.store.standing(ektp::issuance::store::Kind::Card, &id(name)).unwrap().unwrap();
        card::State::of_name(found.state).unwrap()
    }
}
