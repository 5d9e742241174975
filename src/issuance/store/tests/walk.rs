//! Random walks over everything that a store is asked, held to the model, with every law of [`super::laws`] checked after every step.
//!
//! `EKTP_WALKS=N` walks N seeds instead of a few; `EKTP_SEED=S` begins with S.

use super::home::Home;
use super::laws::Picture;
use super::model::{AnyState, Model};
use super::on_both;
use super::people::{at, fitting, hands, id, office, person, word};
use crate::issuance::names::Named as _;
use crate::issuance::role::{Asked, Role, Taken};
use crate::issuance::store::{
    By, Change, Draft, Hands, Head, Kind, Move, Opening, Page, Standing, Step, Store, StoreError, Work, audit,
};
use crate::issuance::{application, batch, blank, card, incident, resident, shift, shipment};
use crate::world::DangerousSeededEntropy;
use rand_core::Rng as _;
use std::collections::{BTreeMap, BTreeSet};

on_both!(walks_agree_with_the_model_and_keep_what_must_hold);

const PERSONS: u32 = 4;
const OFFICES: [&str; 3] = ["3273", "3174", "centre"];
const STEPS: usize = 150;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn walks_agree_with_the_model_and_keep_what_must_hold(home: &mut dyn Home) {
    let mut walk = Walk::begin(home.create());
    let (first, walks, mut cards) = (number("EKTP_SEED", 1), number("EKTP_WALKS", 2), 0);
    for seed in first..first + walks {
        // One store for all: each walk has persons of its own, and things that no other has.
        walk.renew(seed);
        for step in 0..STEPS {
            walk.at = format!("seed {seed}, step {step}");
            walk.step();
            walk.check();
        }
        cards += u64::from(walk.active);
    }
    assert!(2 * cards >= walks, "most walks hand a card over: {cards} of {walks}");
}

struct Walk {
    store: Box<dyn Store>,
    model: Model,
    rng: DangerousSeededEntropy,
    seed: u64,
    now: i64,
    made: u32,
    past: Vec<Change>,
    known: Vec<Head>,
    picture: Picture,
    active: bool,
    at: String,
}

/// The steps that lead on from a state, and who takes them.
fn ways(state: AnyState) -> Vec<(Step, Asked)> {
    fn of<S: PartialEq + Copy, P: Copy>(table: &[(S, P, S, Asked)], state: S, step: fn(P) -> Step) -> Vec<(Step, Asked)> {
        table.iter().filter(|(from, ..)| *from == state).map(|(_, of, _, asked)| (step(*of), *asked)).collect()
    }
    match state {
        AnyState::Application(state) => of(application::TABLE, state, Step::Application),
        AnyState::Card(state) => of(card::TABLE, state, Step::Card),
        AnyState::Blank(state) => of(blank::TABLE, state, Step::Blank),
        AnyState::Batch(state) => of(batch::TABLE, state, Step::Batch),
        AnyState::Shipment(state) => of(shipment::TABLE, state, Step::Shipment),
        AnyState::Shift(state) => of(shift::TABLE, state, Step::Shift),
        AnyState::Incident(state) => of(incident::TABLE, state, Step::Incident),
        AnyState::Resident(state) => of(resident::TABLE, state, Step::Resident),
    }
}

/// A step of a thing, by itself.
fn plain(name: &str, step: Step) -> Move {
    match step {
        Step::Application(step) => Move::application(id(name), step),
        Step::Card(step) => Move::card(id(name), step),
        Step::Blank(step) => Move::blank(id(name), step),
        Step::Batch(step) => Move::batch(id(name), step),
        Step::Shipment(step) => Move::shipment(id(name), step),
        Step::Shift(step) => Move::shift(id(name), step),
        Step::Incident(step) => Move::incident(id(name), step),
        Step::Resident(step) => Move::resident(id(name), None, step),
    }
}

/// Whether a step ends a way, or leads back on it.
fn leads_back(step: Step) -> bool {
    use application::Step as A;
    use card::Step as C;
    match step {
        Step::Application(step) => {
            matches!(
                step,
                A::FailIdentification
                    | A::FindDoubt
                    | A::Recapture
                    | A::Reject
                    | A::GiveWay
                    | A::Recheck
                    | A::PutBack
                    | A::Remake
                    | A::FailHandover
                    | A::Withdraw
                    | A::PassSummons
                    | A::ReplaceReceipt
            )
        }
        Step::Card(step) => {
            matches!(step, C::Refuse | C::TakeBack | C::Spoil | C::Quarantine | C::Miss | C::Lose | C::Revoke | C::SendOn)
        }
        Step::Blank(step) => step != blank::Step::Take && step != blank::Step::Make,
        Step::Batch(_) | Step::Shipment(_) | Step::Shift(_) | Step::Incident(_) | Step::Resident(_) => false,
    }
}

impl Walk {
    fn begin(store: Box<dyn Store>) -> Self {
        let rng = DangerousSeededEntropy::new(0);
        let (past, known, picture, at) = (Vec::new(), Vec::new(), Picture::default(), String::new());
        Self { store, model: Model::default(), rng, seed: 0, now: 0, made: 0, past, known, picture, active: false, at }
    }

    fn renew(&mut self, seed: u64) {
        self.rng = DangerousSeededEntropy::new(seed);
        (self.seed, self.active) = (seed, false);
        self.past.clear();
        // Somebody is everywhere already: on their way to a card, and with one in their hand.
        for n in self.persons() {
            self.live(n);
        }
    }

    /// The persons of this walk.
    fn persons(&self) -> std::ops::Range<u32> {
        let first = u32::try_from(self.seed % 1_000).unwrap() * PERSONS;
        first..first + PERSONS
    }

    /// The first part of somebody's way to a card, or all of it.
    fn live(&mut self, n: u32) {
        use card::Step::{Check, FinishEncoding, Pack, Print, Receive};
        let (a, c, s) = (self.name("a"), self.name("c"), self.name("s"));
        let mut way = vec![vec![super::moves::applied(&a, n)], vec![super::moves::stock(&s)]];
        way.extend(super::moves::to_unique(&a).into_iter().map(|step| vec![step]));
        way.push(super::moves::approved(&a, &c));
        way.push(vec![Move::application(id(&a), application::Step::Personalize)]);
        way.push(super::moves::encoded(&c, &s));
        way.extend([FinishEncoding, Print, Check, Pack, Receive].map(|step| vec![Move::card(id(&c), step)]));
        way.push(super::moves::handed_over(&c, &a));
        let far = self.pick(2 * way.len());
        for moves in way.into_iter().take(far) {
            self.now += 1;
            self.submit(moves, None);
        }
    }

    fn pick(&mut self, n: usize) -> usize {
        usize::try_from(self.rng.next_u32()).unwrap() % n.max(1)
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        let at = self.pick(all.len());
        all.get(at).cloned()
    }

    fn name(&mut self, of: &str) -> String {
        self.made += 1;
        format!("{of}{}", self.made)
    }

    fn person(&mut self) -> u32 {
        self.persons().start + u32::try_from(self.pick(PERSONS as usize)).unwrap()
    }

    /// The things of a kind, in any of these states; of all walks, so that old ones are tried too.
    fn things(&self, kind: Kind, states: &[&str]) -> Vec<String> {
        let fits = |state: AnyState| states.is_empty() || states.contains(&state.name());
        let all = self.model.things.iter().filter(|((of, _), thing)| *of == kind && fits(thing.state));
        all.map(|((_, name), _)| name.clone()).collect()
    }

    fn step(&mut self) {
        // Mostly forward, sometimes far forward, and sometimes back.
        self.now += match self.pick(40) {
            0 => -5_000,
            1 => 5_000,
            n => i64::try_from(n).unwrap(),
        };
        match self.pick(100) {
            0..=11 => self.apply(),
            12..=17 => {
                let name = self.name("s");
                self.submit(vec![super::moves::stock(&name)], None);
            }
            18..=20 => self.gather(),
            21 => self.shift(),
            22 => self.register(),
            23..=28 => self.claim(),
            29..=32 => self.again(),
            33..=41 => self.wild(),
            _ => self.forward(),
        }
    }

    fn apply(&mut self) {
        let (name, n) = (self.name("a"), self.person());
        let begins = *self.one_of(application::STARTS).as_ref().unwrap();
        let opening = Opening::Application { begins, procedure: word("p"), subject: person(n), family: None, priority: 0 };
        let role = if begins == application::State::Listed { Role::HeadOfRegistry } else { Role::Operator };
        self.submit(vec![Move::open(id(&name), opening)], Some(Taken { by: (1, role), with: None }));
    }

    /// A batch or a shipment of whatever there is.
    fn gather(&mut self) {
        let kind = if self.pick(2) == 0 { Kind::Application } else { Kind::Card };
        let all = self.things(kind, &[]);
        let mut items: Vec<String> = (0..3).filter_map(|_| self.one_of(&all)).collect();
        items.sort();
        items.dedup();
        let items = items.iter().map(|name| id(name)).collect();
        let (name, opening, role) = match kind {
            Kind::Application => (self.name("b"), Opening::Batch { of: word("t"), applications: items }, Role::Personalizer),
            _ => (self.name("w"), Opening::Shipment { to: office("3174"), cards: items }, Role::Courier),
        };
        self.submit(vec![Move::open(id(&name), opening)], Some(Taken { by: (1, role), with: None }));
    }

    /// A shift at one of two stations.
    fn shift(&mut self) {
        let (name, station) = (self.name("h"), word(["1", "2"][self.pick(2)]));
        self.submit(
            vec![Move::open(id(&name), Opening::Shift { station })],
            Some(Taken { by: (1, Role::Personalizer), with: None }),
        );
    }

    /// Somebody into the register: one who is there already is refused.
    fn register(&mut self) {
        let (name, n) = (self.name("r"), self.person());
        let begins = *self.one_of(resident::STARTS).as_ref().unwrap();
        let role = if begins == resident::State::Clean { Role::Centre } else { Role::Operator };
        let moves = vec![super::moves::registered(&name, n, &format!("f{}", n % 3), begins)];
        self.submit(moves, Some(Taken { by: (1, role), with: None }));
    }

    fn claim(&mut self) {
        let kind = *self.one_of(&[Kind::Application, Kind::Card, Kind::Blank]).as_ref().unwrap();
        let states: BTreeSet<&str> =
            self.model.things.iter().filter(|((of, _), _)| *of == kind).map(|(_, t)| t.state.name()).collect();
        let Some(state) = self.one_of(&states.into_iter().collect::<Vec<_>>()) else { return };
        let lease_seconds = u32::try_from(10 + self.pick(200)).unwrap();
        let work = Work { kind, state, station: word("station"), now: at(self.now), lease_seconds };
        let now = at(self.now).as_microsecond();
        let expected = self.model.has_work(kind, state, now);
        let claim = self.store.claim(&work).unwrap();
        assert_eq!(claim.is_some(), expected, "{}", self.at);
        if let Some(claim) = claim {
            let until = now + i64::from(lease_seconds) * 1_000_000;
            assert_eq!(self.model.claim(kind, claim.id.as_str(), now, until), claim.fence, "{}", self.at);
        }
    }

    /// An earlier change once more: found, or by another store's word refused again.
    fn again(&mut self) {
        let Some(change) = self.one_of(&self.past.clone()) else { return };
        self.compare(&change);
    }

    /// Any step of anything by anybody.
    fn wild(&mut self) {
        let kind = *self.one_of(&Kind::ALL).as_ref().unwrap();
        let names = self.things(kind, &[]);
        let name = self.one_of(&names).unwrap_or_else(|| "nobody".to_owned());
        let step = match kind {
            Kind::Application => Step::Application(*self.one_of(application::Step::EVERY).as_ref().unwrap()),
            Kind::Card => Step::Card(*self.one_of(card::Step::EVERY).as_ref().unwrap()),
            Kind::Blank => Step::Blank(*self.one_of(blank::Step::EVERY).as_ref().unwrap()),
            Kind::Batch => Step::Batch(*self.one_of(batch::Step::EVERY).as_ref().unwrap()),
            Kind::Shipment => Step::Shipment(*self.one_of(shipment::Step::EVERY).as_ref().unwrap()),
            Kind::Shift => Step::Shift(*self.one_of(shift::Step::EVERY).as_ref().unwrap()),
            Kind::Incident => Step::Incident(*self.one_of(incident::Step::EVERY).as_ref().unwrap()),
            Kind::Resident => Step::Resident(*self.one_of(resident::Step::EVERY).as_ref().unwrap()),
        };
        // Nobody here is an office's service: what copies do is told in `copies.rs`.
        let roles: Vec<Role> = Role::EVERY.iter().copied().filter(|role| *role != Role::Sync).collect();
        let by = (1, *self.one_of(&roles).as_ref().unwrap());
        let with = if self.pick(2) == 0 {
            None
        } else {
            Some((u128::try_from(1 + self.pick(2)).unwrap(), *self.one_of(&roles).as_ref().unwrap()))
        };
        let moves = if self.pick(2) == 0 { vec![plain(&name, step)] } else { self.complete(&name, step) };
        self.submit(moves, Some(Taken { by, with }));
    }

    /// A step that leads on, with what belongs to it: mostly of what began lately, and mostly towards a card in somebody's hand.
    fn forward(&mut self) {
        let newest = self.made.saturating_sub(60);
        let recent = |name: &str| name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().is_ok_and(|n: u32| n >= newest);
        let lately = self.pick(6) != 0;
        let of_stock = self.pick(6) == 0;
        let fits = |kind: Kind, name: &str| (!lately || recent(name)) && (kind == Kind::Blank) == of_stock;
        let all = self.model.things.iter().filter(|((kind, name), thing)| fits(*kind, name) && !ways(thing.state).is_empty());
        let all: Vec<(String, AnyState)> = all.map(|((_, name), thing)| (name.clone(), thing.state)).collect();
        let Some((name, state)) = self.one_of(&all) else { return };
        let onward: Vec<Step> = ways(state).into_iter().map(|(step, _)| step).filter(|step| !leads_back(*step)).collect();
        let any: Vec<Step> = ways(state).into_iter().map(|(step, _)| step).collect();
        let step = if onward.is_empty() || self.pick(6) == 0 { self.one_of(&any) } else { self.one_of(&onward) };
        let moves = step.map_or_else(Vec::new, |step| self.complete(&name, step));
        self.submit(moves, None);
    }

    /// A step with those that belong to it.
    fn complete(&mut self, name: &str, step: Step) -> Vec<Move> {
        use application::Step::{Approve, ClearDoubt, Deliver, FailHandover, GiveWay, Remake};
        use card::Step::{Encode, HandOver, Refuse};
        match step {
            Step::Application(Approve) => {
                let card = self.name("c");
                super::moves::approved(name, &card)
            }
            Step::Application(Deliver) | Step::Card(HandOver) => {
                let (card, of) = self.pair(name, step);
                let mut moves = self.old_card(&of);
                moves.extend(super::moves::handed_over(&card, &of));
                moves
            }
            Step::Application(FailHandover) | Step::Card(Refuse) => {
                let (card, of) = self.pair(name, step);
                let back = if self.pick(2) == 0 { FailHandover } else { Remake };
                vec![Move::card_of(id(&card), id(&of), Refuse), Move::application(id(&of), back)]
            }
            Step::Application(GiveWay) => {
                let clarified = self.things(Kind::Application, &["clarifying"]);
                let kept = self.one_of(&clarified).unwrap_or_else(|| "nobody".to_owned());
                vec![Move::application(id(&kept), ClearDoubt), Move::application(id(name), GiveWay)]
            }
            Step::Card(Encode) => {
                let blanks = self.things(Kind::Blank, &["in-stock"]);
                let blank = self.one_of(&blanks).unwrap_or_else(|| "nothing".to_owned());
                super::moves::encoded(name, &blank)
            }
            Step::Blank(blank::Step::Take) => {
                let cards = self.things(Kind::Card, &["allocated"]);
                let card = self.one_of(&cards).unwrap_or_else(|| "nothing".to_owned());
                super::moves::encoded(&card, name)
            }
            Step::Card(card::Step::Miss) | Step::Blank(blank::Step::Miss) | Step::Shipment(shipment::Step::Miss) => {
                let incident = self.name("i");
                super::moves::missing(&incident, name, plain(name, step))
            }
            Step::Card(card::Step::Lose) | Step::Blank(blank::Step::Lose) => {
                let incident = self.name("i");
                let (card, blank) = self.bound(name, step);
                super::moves::lost(&incident, &card, &blank)
            }
            Step::Resident(step) => {
                let family = id(&format!("f{}", self.pick(3)));
                vec![Move::resident(id(name), Some(family), step)]
            }
            _ => vec![plain(name, step)],
        }
    }

    /// A card and its application, from either; sometimes another's.
    fn pair(&mut self, name: &str, step: Step) -> (String, String) {
        let owner = |card: &str| self.model.things.get(&(Kind::Card, card.to_owned())).and_then(|thing| thing.owner.clone());
        match step.kind() {
            Kind::Card => (name.to_owned(), owner(name).unwrap_or_else(|| "nobody".to_owned())),
            _ => {
                let waiting = self.things(Kind::Card, &["waiting"]);
                let own = waiting.iter().find(|card| owner(card).as_deref() == Some(name)).cloned();
                let any = self.one_of(&waiting).unwrap_or_else(|| "nothing".to_owned());
                (own.unwrap_or(any), name.to_owned())
            }
        }
    }

    /// A card and the blank that was taken for it, from either; sometimes another's.
    fn bound(&mut self, name: &str, step: Step) -> (String, String) {
        let of = |kind, name: &str| self.model.things.get(&(kind, name.to_owned())).and_then(|thing| thing.owner.clone());
        if step.kind() == Kind::Blank {
            return (of(Kind::Blank, name).unwrap_or_else(|| "nothing".to_owned()), name.to_owned());
        }
        let blanks = self.things(Kind::Blank, &["in-process"]);
        let own = blanks.iter().find(|blank| of(Kind::Blank, blank).as_deref() == Some(name)).cloned();
        let any = self.one_of(&blanks).unwrap_or_else(|| "nothing".to_owned());
        (name.to_owned(), own.unwrap_or(any))
    }

    /// The step that revokes the person's old card, mostly.
    fn old_card(&mut self, application: &str) -> Vec<Move> {
        let subject = self.model.things.get(&(Kind::Application, application.to_owned())).and_then(|thing| thing.subject);
        let live = self
            .model
            .things
            .iter()
            .find(|(_, thing)| thing.subject == subject && matches!(thing.state, AnyState::Card(state) if state.is_live()));
        let name = live.map(|((_, name), _)| name.clone());
        name.filter(|_| self.pick(4) != 0).map(|name| vec![Move::card(id(&name), card::Step::Revoke)]).unwrap_or_default()
    }

    /// Those who may take a step from where its thing stands.
    fn officers(&self, of: &Move) -> Hands {
        let state = self.model.things.get(&(of.kind(), of.id.to_string())).map(|thing| thing.state);
        let asked = match (&of.act, state) {
            (crate::issuance::store::Act::Step(step), Some(state)) => ways(state).into_iter().find(|(way, _)| way == step),
            _ => None,
        };
        let role = match of.kind() {
            Kind::Application => Role::Operator,
            Kind::Card => Role::Approver,
            _ => Role::Personalizer,
        };
        let opener = Taken { by: (1, role), with: None };
        hands(&asked.map_or(opener, |(_, asked)| fitting(&asked)))
    }

    /// A change, to the store and to the model.
    fn submit(&mut self, moves: Vec<Move>, taken: Option<Taken>) {
        let all: Vec<Hands> = moves.iter().map(|of| taken.as_ref().map_or_else(|| self.officers(of), hands)).collect();
        let with_claim = |of: Move, walk: &mut Self| {
            let claim = walk.model.things.get(&(of.kind(), of.id.to_string())).and_then(|thing| thing.claim);
            match (claim, walk.pick(4)) {
                (Some((fence, ..)), 1..) => of.claimed(fence),
                (None, 0) if walk.pick(5) == 0 => of.claimed(1),
                _ => of,
            }
        };
        let moves: Vec<Move> = moves.into_iter().map(|of| with_claim(of, self)).collect();
        let job = id(&self.name("j"));
        let office = office(self.one_of(&OFFICES).unwrap());
        match Draft::new(job, office, at(self.now), moves).and_then(|draft| draft.signed(all)) {
            Ok(change) => {
                self.compare(&change);
                self.past.push(change);
            }
            Err(error) => assert!(matches!(error, StoreError::Coupled { .. } | StoreError::Role(_)), "{}: {error:?}", self.at),
        }
    }

    fn compare(&mut self, change: &Change) {
        let done = self.store.take(change).map(|done| done.again);
        let expected = self.model.take(change);
        assert_eq!(done, expected, "{}: {change:?}", self.at);
    }

    fn all(&mut self, kind: Kind) -> Vec<Standing> {
        self.store.page(&Page { limit: 1_000, ..Page::of(kind) }).unwrap()
    }

    /// The invariants, by what the store itself answers.
    fn check(&mut self) {
        let mut things = 0;
        for kind in Kind::ALL {
            for standing in self.all(kind) {
                let thing = self.model.things.get(&(kind, standing.id.to_string())).unwrap();
                let owner = standing.owner.as_ref().map(ToString::to_string);
                assert_eq!(
                    (standing.state, standing.revision, &owner),
                    (thing.state.name(), thing.revision, &thing.owner),
                    "{}",
                    self.at
                );
                things += 1;
            }
        }
        assert_eq!(things, self.model.things.len(), "{}", self.at);
        let verified = audit::verify(self.store.as_mut(), &self.known).unwrap_or_else(|error| panic!("{}: {error}", self.at));
        self.known = verified.heads;
        self.picture.read(self.store.as_mut(), &self.known);
        assert_eq!(self.picture.broken(), BTreeMap::new(), "{}", self.at);
        let cards = self.persons().flat_map(|n| self.store.find(Kind::Card, By::Person(&person(n))).unwrap()).collect::<Vec<_>>();
        self.active |= cards.iter().any(|card| card.state == "active");
    }
}
