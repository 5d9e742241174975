//! What must hold of a store at any time, whatever was done to it: every law of the store's tests, each signature, and the evidence that
//! the steps of a whole country leave.

use super::country::verified;
use crate::issuance::card;
use crate::issuance::names::Named as _;
use crate::issuance::officer::Roster;
use crate::issuance::store::tests::laws::Picture;
use crate::issuance::store::{Head, Id, Kind, Page, Part, Row, Standing, Store};
use std::collections::{BTreeMap, BTreeSet};

/// What was seen at earlier looks.
#[derive(Debug, Default)]
pub struct Seen {
    heads: Vec<Head>,
    picture: Picture,
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
        self.picture.read(store, &self.heads);
        assert_eq!(self.picture.broken(), BTreeMap::new());
        for card in &all(store, Kind::Card) {
            self.card(store, card);
        }
        blanks(store);
    }

    /// The evidence in the life of a card: that it was read back, who was there at its handover, the minutes of its end.
    fn card(&self, store: &mut dyn Store, card: &Standing) {
        let life = life(store, Kind::Card, &card.id);
        let at = |state: card::State| life.iter().position(|row| row.now == state.name());
        if let Some(packed) = at(card::State::Packed) {
            let checked = at(card::State::Checked).filter(|checked| *checked < packed);
            assert!(checked.is_some_and(|n| life[n].evidence().is_some()), "{} left unread", card.id);
        }
        if let Some(active) = at(card::State::Active) {
            assert!(life[active].evidence().is_some(), "{}", card.id);
            assert!(
                store.sealed(Kind::Card, &card.id, Part::Closing).unwrap().is_some(),
                "{}: no record of its handover",
                card.id
            );
        }
        if let Some(destroyed) = at(card::State::Destroyed) {
            assert!(life[destroyed].evidence().is_some(), "{}: no minutes", card.id);
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
