//! What must hold of a store at any time, by name: the nine invariants of a card's making as far as they stand in a store, and those of
//! issuance. They look at the things as they stand and at the rows of the audit, and know nothing of the tables of steps.
//!
//! Each has a mutant below, a store in which it does not hold, on both databases; it must be told by its name.

use super::home::Home;
use super::moves::{Desk, applied, card_steps, missing, registered, stock, to_active, to_unique};
use super::on_both;
use super::people::id;
use crate::issuance::names::Named as _;
use crate::issuance::store::{Head, Id, Kind, Move, Page, Row, Standing, Store};
use crate::issuance::{application, card, resident};
use std::collections::{BTreeMap, BTreeSet};

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// At most one card active or suspended for a person (I1).
    OneLiveCard,
    /// At most one card in the making for a person.
    OneUnfinishedCard,
    /// At most one application under way for a person.
    OneOpenApplication,
    /// Whose number was revoked never has another state of its number (I1).
    RevokedForGood,
    /// A card has one chip from when it is begun, a chip one card (I2).
    OneChipForACard,
    /// A card is of its application's person (I3).
    RightPerson,
    /// No document number twice (I4).
    NumberOnce,
    /// What is packed was read back and checked since it was encoded (I5).
    ReadBeforeItLeaves,
    /// What is encoded was begun before, and what is allocated was approved in the same change (I6).
    IntentFirst,
    /// Each thing stands where its last row left it, and has a row for every step (I7).
    NoSilentStep,
    /// No part of a job twice (I8).
    OnceAndNoMore,
    /// What could not be decided becomes unique by two persons alone (I9).
    DoubtByTwo,
    /// Nothing print ready that was not found unique since its last capture.
    UniqueFirst,
    /// Nothing active without its handover, in the change that delivers its application.
    HandedOver,
    /// What was refused at the desk is never active.
    MismatchIsNoCard,
    /// Destroyed by two.
    TwoWitnesses,
    /// A blank is taken once, and never comes back into stock.
    BlankOnce,
    /// What the centre cleaned is never dirty again.
    CleanStaysClean,
    /// Of each type as many blanks stand somewhere as were received.
    StockBalances,
}

/// A store as it was read.
#[derive(Debug, Default)]
pub struct Picture {
    things: BTreeMap<(Kind, Id), Standing>,
    lives: BTreeMap<(Kind, Id), Vec<Row>>,
    seen: BTreeMap<String, u64>,
}

impl Picture {
    /// Reads everything that stands, and what rows there are since the last time.
    pub fn read(&mut self, store: &mut dyn Store, heads: &[Head]) {
        for head in heads {
            let seen = self.seen.entry(head.office.to_string()).or_default();
            while *seen < head.n {
                for row in store.rows(&head.office, *seen, 1_000).unwrap() {
                    *seen = row.n;
                    self.lives.entry((row.kind, row.id.clone())).or_default().push(row);
                }
            }
        }
        self.lives.values_mut().for_each(|life| life.sort_by_key(|row| row.revision));
        self.things.clear();
        for kind in Kind::ALL {
            let mut page = Page { limit: 1_000, ..Page::of(kind) };
            loop {
                let some = store.page(&page).unwrap();
                let Some(last) = some.last() else { break };
                page.after = Some(last.cursor());
                self.things.extend(some.into_iter().map(|thing| ((kind, thing.id.clone()), thing)));
            }
        }
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &Standing> {
        self.things.values().filter(move |thing| thing.kind == kind)
    }

    fn life(&self, of: &Standing) -> &[Row] {
        self.lives.get(&(of.kind, of.id.clone())).map_or(&[], Vec::as_slice)
    }

    /// What does not hold, and of what.
    pub fn broken(&self) -> BTreeMap<Law, String> {
        let mut broken = BTreeMap::new();
        let mut say = |law: Law, of: &Id| {
            broken.entry(law).or_insert_with(|| of.to_string());
        };
        self.persons(&mut say);
        self.cards(&mut say);
        self.applications(&mut say);
        self.stock(&mut say);
        self.audit(&mut say);
        broken
    }

    fn persons(&self, say: &mut dyn FnMut(Law, &Id)) {
        let mut held: BTreeSet<(Law, [u8; 32])> = BTreeSet::new();
        let mut numbers = BTreeSet::new();
        for card in self.of(Kind::Card) {
            let state = card::State::of_name(card.state).unwrap();
            let laws = [(Law::OneLiveCard, state.is_live()), (Law::OneUnfinishedCard, state.is_unfinished())];
            for (law, _) in laws.into_iter().filter(|(_, holds)| *holds) {
                if !held.insert((law, *card.subject.unwrap().bytes())) {
                    say(law, &card.id);
                }
            }
            if !numbers.insert(card.word.as_str()) {
                say(Law::NumberOnce, &card.id);
            }
            let of = card.owner.as_ref().and_then(|owner| self.things.get(&(Kind::Application, owner.clone())));
            if of.is_none_or(|of| of.subject != card.subject) {
                say(Law::RightPerson, &card.id);
            }
        }
        for application in self.of(Kind::Application) {
            let is_open = application::State::of_name(application.state).unwrap().is_open();
            if is_open && !held.insert((Law::OneOpenApplication, *application.subject.unwrap().bytes())) {
                say(Law::OneOpenApplication, &application.id);
            }
        }
    }

    fn cards(&self, say: &mut dyn FnMut(Law, &Id)) {
        let mut chips: BTreeMap<&Id, u32> = BTreeMap::new();
        for blank in self.of(Kind::Blank) {
            blank.owner.iter().for_each(|card| *chips.entry(card).or_default() += 1);
        }
        for card in self.of(Kind::Card) {
            let life = self.life(card);
            let at = |state: card::State| life.iter().position(|row| row.now == state.name());
            let begun = at(card::State::Encoding);
            if chips.get(&card.id).copied().unwrap_or_default() != u32::from(begun.is_some()) {
                say(Law::OneChipForACard, &card.id);
            }
            let follows = |later: card::State, earlier: card::State| {
                at(later).is_none_or(|later| at(earlier).is_some_and(|earlier| earlier < later))
            };
            if !follows(card::State::Packed, card::State::Checked) || !follows(card::State::Checked, card::State::Encoded) {
                say(Law::ReadBeforeItLeaves, &card.id);
            }
            let approved =
                card.owner.as_ref().is_some_and(|owner| self.took(owner, application::State::PrintReady, life.first()));
            if !approved || !follows(card::State::Encoded, card::State::Encoding) {
                say(Law::IntentFirst, &card.id);
            }
            let revoked = |row: &Row| card::State::of_name(&row.now).is_some_and(|s| s.number() == card::Number::Revoked);
            if life.iter().skip_while(|row| !revoked(row)).any(|row| !revoked(row)) {
                say(Law::RevokedForGood, &card.id);
            }
            self.in_hand(card, say);
            let destroyed = at(card::State::Destroyed).and_then(|at| life.get(at));
            if destroyed.is_some_and(|row| hands(row) != 2) {
                say(Law::TwoWitnesses, &card.id);
            }
        }
    }

    /// Whether an application came to this state in the change of a row.
    fn took(&self, application: &Id, state: application::State, with: Option<&Row>) -> bool {
        let life = self.lives.get(&(Kind::Application, application.clone()));
        life.is_some_and(|life| life.iter().any(|row| row.now == state.name() && with.is_some_and(|with| with.job == row.job)))
    }

    fn in_hand(&self, card: &Standing, say: &mut dyn FnMut(Law, &Id)) {
        let life = self.life(card);
        let Some(active) = life.iter().find(|row| row.now == card::State::Active.name()) else {
            if matches!(card.state, "active" | "suspended") {
                say(Law::HandedOver, &card.id);
            }
            return;
        };
        let delivered = card.owner.as_ref().is_some_and(|owner| self.took(owner, application::State::Delivered, Some(active)));
        if !delivered || active.was != card::State::Waiting.name() {
            say(Law::HandedOver, &card.id);
        }
        if life.iter().any(|row| row.now == card::State::Refused.name()) {
            say(Law::MismatchIsNoCard, &card.id);
        }
    }

    fn applications(&self, say: &mut dyn FnMut(Law, &Id)) {
        for application in self.of(Kind::Application) {
            let mut unique = false;
            for row in self.life(application) {
                let (was, now) = (application::State::of_name(&row.was), application::State::of_name(&row.now));
                match now {
                    Some(application::State::Captured) => unique = false,
                    Some(application::State::Unique) => {
                        unique = true;
                        let doubted = matches!(was, Some(application::State::Doubtful | application::State::Clarifying));
                        if doubted && hands(row) != 2 {
                            say(Law::DoubtByTwo, &application.id);
                        }
                    }
                    Some(application::State::PrintReady) if !unique => say(Law::UniqueFirst, &application.id),
                    _ => {}
                }
            }
        }
        for resident in self.of(Kind::Resident) {
            let is = |row: &Row, state: resident::State| row.now == state.name();
            let mut after = self.life(resident).iter().skip_while(|row| !is(row, resident::State::Clean));
            if after.any(|row| is(row, resident::State::Dirty)) {
                say(Law::CleanStaysClean, &resident.id);
            }
        }
    }

    fn stock(&self, say: &mut dyn FnMut(Law, &Id)) {
        for ((kind, of), life) in self.lives.iter().filter(|((kind, _), _)| *kind == Kind::Blank) {
            if !self.things.contains_key(&(*kind, of.clone())) {
                say(Law::StockBalances, of);
            }
            let taken = life.iter().filter(|row| row.now == "in-process" && row.was != "in-process").count();
            if taken > 1 || life.iter().any(|row| row.now == "in-stock" && row.was == "in-process") {
                say(Law::BlankOnce, of);
            }
        }
        for blank in self.of(Kind::Blank).filter(|blank| self.life(blank).is_empty()) {
            say(Law::StockBalances, &blank.id);
        }
    }

    fn audit(&self, say: &mut dyn FnMut(Law, &Id)) {
        for thing in self.things.values() {
            let life = self.life(thing);
            let whole = life.len() as u64 == thing.revision && life.last().is_some_and(|row| row.now == thing.state);
            if !whole || !life.windows(2).all(|two| two[0].now == two[1].was) {
                say(Law::NoSilentStep, &thing.id);
            }
        }
        let mut parts = BTreeSet::new();
        for row in self.lives.values().flatten() {
            if !parts.insert((row.job.as_str(), row.part)) {
                say(Law::OnceAndNoMore, &row.id);
            }
        }
    }
}

fn hands(row: &Row) -> usize {
    row.signatories().map_or(0, |hands| hands.iter().map(|(officer, ..)| officer).collect::<BTreeSet<_>>().len())
}

on_both!(each_law_that_is_broken_is_told_by_name, a_new_mutant_is_asked_for_each_law);

/// What breaks a law: statements behind the store's back, or a picture that no database would let stand.
enum Mutant {
    Sql(&'static str),
    Picture(fn(&mut Picture)),
}

/// Of each law a store in which it does not hold: of the persons of [`world`].
const MUTANTS: [(Law, Mutant); 19] = [
    (
        Law::OneLiveCard,
        Mutant::Sql(
            "DROP INDEX card_one_live; UPDATE card SET state = 'active', subject = (SELECT subject FROM card WHERE id = 'c1') WHERE id = 'c2'",
        ),
    ),
    (
        Law::OneUnfinishedCard,
        Mutant::Sql(
            "DROP INDEX card_one_unfinished; UPDATE card SET state = 'waiting', subject = (SELECT subject FROM card WHERE id = 'c2') WHERE id = 'c1'",
        ),
    ),
    (
        Law::OneOpenApplication,
        Mutant::Sql(
            "DROP INDEX application_one_open; UPDATE application SET state = 'applied', subject = (SELECT subject FROM application WHERE id = 'a2') WHERE id = 'a1'",
        ),
    ),
    (Law::RevokedForGood, Mutant::Sql("UPDATE audit SET now = 'spoiled' WHERE kind = 'card' AND id = 'c1' AND now = 'encoded'")),
    (Law::OneChipForACard, Mutant::Sql("UPDATE blank SET card = NULL WHERE id = 's1'")),
    (
        Law::RightPerson,
        Mutant::Sql("UPDATE card SET subject = (SELECT subject FROM application WHERE id = 'a3') WHERE id = 'c1'"),
    ),
    (
        Law::NumberOnce,
        Mutant::Picture(|picture| {
            let word = picture.things[&(Kind::Card, id("c1"))].word.clone();
            picture.things.get_mut(&(Kind::Card, id("c2"))).unwrap().word = word;
        }),
    ),
    (
        Law::ReadBeforeItLeaves,
        Mutant::Sql("UPDATE audit SET now = 'printed' WHERE kind = 'card' AND id = 'c1' AND now = 'checked'"),
    ),
    (Law::IntentFirst, Mutant::Sql("UPDATE audit SET now = 'allocated' WHERE kind = 'card' AND id = 'c1' AND now = 'encoding'")),
    (Law::NoSilentStep, Mutant::Sql("UPDATE card SET state = 'suspended' WHERE id = 'c1'")),
    (
        Law::OnceAndNoMore,
        Mutant::Picture(|picture| {
            let life = picture.lives.get_mut(&(Kind::Card, id("c1"))).unwrap();
            life[1].job = life[0].job.clone();
            life[1].part = life[0].part;
        }),
    ),
    (
        Law::DoubtByTwo,
        Mutant::Sql(
            "UPDATE audit SET hands = (SELECT hands FROM audit WHERE kind = 'card' AND id = 'c1' AND now = 'encoding') \
             WHERE kind = 'application' AND id = 'a3' AND now = 'unique'",
        ),
    ),
    (
        Law::UniqueFirst,
        Mutant::Sql("UPDATE audit SET now = 'received' WHERE kind = 'application' AND id = 'a1' AND now = 'unique'"),
    ),
    (Law::HandedOver, Mutant::Sql("UPDATE audit SET job = 'another' WHERE kind = 'card' AND id = 'c1' AND now = 'active'")),
    (
        Law::MismatchIsNoCard,
        Mutant::Sql("UPDATE audit SET now = 'refused' WHERE kind = 'card' AND id = 'c1' AND now = 'printed'"),
    ),
    (
        Law::TwoWitnesses,
        Mutant::Sql(
            "UPDATE audit SET hands = (SELECT hands FROM audit WHERE kind = 'card' AND id = 'c1' AND now = 'encoding') \
             WHERE kind = 'card' AND id = 'c4' AND now = 'destroyed'",
        ),
    ),
    (
        Law::BlankOnce,
        Mutant::Sql("UPDATE audit SET was = 'in-stock', now = 'in-process' WHERE kind = 'blank' AND id = 's1' AND now = 'made'"),
    ),
    (Law::CleanStaysClean, Mutant::Sql("UPDATE audit SET now = 'dirty' WHERE kind = 'resident' AND id = 'r1' AND revision = 2")),
    (Law::StockBalances, Mutant::Sql("DELETE FROM blank WHERE id = 's9'")),
];

/// A card in its holder's hand, one allocated, a person found unique by two, a card destroyed, a resident who was cleaned twice, a blank.
fn world(home: &dyn Home) {
    use card::Step::{Destroy, ReceiveBack, SendBack, Spoil};
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    let store = store.as_mut();
    to_active(&mut desk, store, "a1", 1, "c1", "s1");
    for (name, n) in [("a2", 2), ("a3", 3), ("a4", 4)] {
        desk.done(store, vec![applied(name, n)]);
        for step in to_unique(name).into_iter().take(if n == 3 { 5 } else { 6 }) {
            desk.done(store, vec![step]);
        }
    }
    desk.done(store, super::moves::approved("a2", "c2"));
    for step in [application::Step::FindDoubt, application::Step::Clarify, application::Step::ClearDoubt] {
        desk.done(store, vec![Move::application(id("a3"), step)]);
    }
    desk.done(store, vec![stock("s4"), stock("s9")]);
    desk.done(store, super::moves::approved("a4", "c4"));
    desk.done(store, super::moves::encoded("c4", "s4"));
    for step in [Spoil, SendBack, ReceiveBack, Destroy] {
        desk.done(store, card_steps("c4", &[step]));
    }
    desk.done(store, vec![registered("r1", 1, "f1", resident::State::Clean)]);
    desk.done(store, vec![Move::resident(id("r1"), None, resident::Step::Consolidate)]);
    desk.done(store, missing("i9", "s9", Move::blank(id("s9"), crate::issuance::blank::Step::Miss)));
}

fn broken(home: &dyn Home, mutate: Option<fn(&mut Picture)>) -> BTreeMap<Law, String> {
    let mut store = home.open();
    let (mut picture, heads) = (Picture::default(), store.heads().unwrap());
    picture.read(store.as_mut(), &heads);
    mutate.into_iter().for_each(|mutate| mutate(&mut picture));
    picture.broken()
}

fn each_law_that_is_broken_is_told_by_name(home: &mut dyn Home) {
    world(home);
    assert_eq!(broken(home, None), BTreeMap::new());
    for (law, mutant) in MUTANTS {
        let told = match mutant {
            Mutant::Sql(sql) => {
                let mut twin = home.twin();
                twin.forge(sql).unwrap();
                broken(twin.as_ref(), None)
            }
            Mutant::Picture(mutate) => broken(home, Some(mutate)),
        };
        assert!(told.contains_key(&law), "{law:?} is not told: {told:?}");
    }
}

fn a_new_mutant_is_asked_for_each_law(_: &mut dyn Home) {
    let named: BTreeSet<Law> = MUTANTS.iter().map(|(law, _)| *law).collect();
    assert_eq!(named.len(), Law::StockBalances as usize + 1, "a mutant for each law");
}
