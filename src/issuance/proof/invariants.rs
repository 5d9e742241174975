//! What must hold of a store at any time, whatever was done to it: the invariants of issuance, by what the store itself answers.

use super::country::verified;
use crate::issuance::names::Named as _;
use crate::issuance::officer::Roster;
use crate::issuance::store::{By, Head, Id, Kind, Page, Part, Row, Standing, Store};
use crate::issuance::{application, card};
use std::collections::{BTreeMap, BTreeSet};

/// What was seen at earlier looks.
#[derive(Debug, Default)]
pub struct Seen {
    heads: Vec<Head>,
    revoked: BTreeSet<Id>,
    /// How often it was looked.
    pub looks: u32,
    /// Rows of the audit at the last look.
    pub rows: u64,
}

impl Seen {
    /// Looks at everything once more.
    pub fn look(&mut self, store: &mut dyn Store, roster: &Roster) {
        // No silent action: every chain without gap or fork, each new row signed by who may, each thing where its last row left it.
        let after = verified(store, roster, &self.heads);
        (self.heads, self.rows, self.looks) = (after.heads, after.rows, self.looks + 1);
        let cards = all(store, Kind::Card);
        self.persons(&cards);
        let mut numbers = BTreeSet::new();
        for card in &cards {
            assert!(numbers.insert(card.word.to_string()), "{} has a number that another has", card.id);
            self.card(store, card);
        }
        blanks(store);
        for application in all(store, Kind::Application) {
            unique_since_capture(store, &application);
        }
    }

    /// One person, one live card, one in the making; a number that was revoked stays so.
    fn persons(&mut self, cards: &[Standing]) {
        let mut held: BTreeMap<Vec<u8>, [u32; 2]> = BTreeMap::new();
        for card in cards {
            let state = card::State::of_name(card.state).unwrap();
            let count = held.entry(card.subject.unwrap().bytes().to_vec()).or_default();
            count[0] += u32::from(state.is_live());
            count[1] += u32::from(state.is_unfinished());
            assert!(count.iter().all(|n| *n <= 1), "{}: {count:?} of one person", card.id);
            let is_revoked = state.number() == card::Number::Revoked;
            assert!(is_revoked || !self.revoked.contains(&card.id), "{} came back", card.id);
            if is_revoked {
                self.revoked.insert(card.id.clone());
            }
        }
    }

    /// The life of a card: read back before it left, its holder known before it was active, two witnesses and minutes at its end.
    fn card(&self, store: &mut dyn Store, card: &Standing) {
        let life = life(store, Kind::Card, &card.id);
        let at = |state: card::State| life.iter().position(|row| row.now == state.name());
        let blanks = store.find(Kind::Blank, By::Owner(&card.id)).unwrap();
        assert_eq!(blanks.len(), usize::from(at(card::State::Encoding).is_some()), "{}: one blank, once it is begun", card.id);
        if let Some(packed) = at(card::State::Packed) {
            let checked = at(card::State::Checked).filter(|checked| *checked < packed);
            assert!(checked.is_some_and(|n| life[n].evidence().is_some()), "{} left unread", card.id);
        }
        if let Some(active) = at(card::State::Active) {
            let row = &life[active];
            assert!(row.was == card::State::Waiting.name() && row.evidence().is_some(), "{}", card.id);
            assert!(
                store.sealed(Kind::Card, &card.id, Part::Closing).unwrap().is_some(),
                "{}: no record of its handover",
                card.id
            );
            assert_eq!(at(card::State::Refused), None, "{} was refused, and given", card.id);
        }
        if let Some(destroyed) = at(card::State::Destroyed) {
            let row = &life[destroyed];
            assert!(row.signatories().unwrap().len() == 2 && row.evidence().is_some(), "{}", card.id);
        }
    }
}

/// Every blank belongs to one card at most.
fn blanks(store: &mut dyn Store) {
    let mut owners = BTreeSet::new();
    for blank in all(store, Kind::Blank) {
        let owner = blank.owner.clone();
        assert_eq!(owner.is_none(), matches!(blank.state, "in-stock" | "sample" | "given-back"), "{}", blank.id);
        assert!(owner.is_none_or(|card| owners.insert(card)), "{}", blank.id);
    }
}

/// Nothing is print ready of whom nobody has found, since the last capture, that they are nobody else.
fn unique_since_capture(store: &mut dyn Store, of: &Standing) {
    let life = life(store, Kind::Application, &of.id);
    let mut is_unique = false;
    for row in &life {
        match application::State::of_name(&row.now) {
            Some(application::State::Captured) => is_unique = false,
            Some(application::State::Unique) => is_unique = true,
            Some(application::State::PrintReady) => assert!(is_unique, "{}", of.id),
            _ => {}
        }
    }
}

fn life(store: &mut dyn Store, kind: Kind, id: &Id) -> Vec<Row> {
    store.history(kind, id, 0, 1_000).unwrap()
}

/// Everything of a kind.
pub fn all(store: &mut dyn Store, kind: Kind) -> Vec<Standing> {
    let (mut all, mut page) = (Vec::new(), Page { limit: 1_000, ..Page::of(kind) });
    loop {
        let some = store.page(&page).unwrap();
        let Some(last) = some.last() else { return all };
        page.after = Some(last.cursor());
        all.extend(some);
    }
}
