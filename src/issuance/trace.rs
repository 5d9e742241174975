//! The life of things that belong together: a person's applications, their cards, the cards' blanks, and what they travelled in.

mod event;
mod receipts;

use super::bureau::{BureauError, blind};
use super::store::{By as Find, Id, Kind, Standing, Store, StoreError, StoreKey, Word};
use crate::crypto::scp03::ChipSerial;
use crate::limits::{STORE_PAGE_ROWS, TRACED};
use crate::record::Nik;
use std::collections::BTreeSet;

pub use event::Event;
pub use receipts::Receipt;

/// A thing of the store.
pub type Thing = (Kind, Id);

/// What an identifier is of: a NIK, an application, a card or its document number, a blank, a chip, a shipment, a batch. Nothing if nobody
/// knows it. A chip is known by its serial where a journal of this store took it for a card, and where a blank is called by it.
///
/// # Errors
/// What the store says.
pub fn find(store: &mut dyn Store, key: &StoreKey, text: &str) -> Result<Vec<Thing>, StoreError> {
    if let Ok(nik) = Nik::parse(text) {
        let subject = key.subject(&nik);
        let mut found = Vec::new();
        // What the population register says of the person belongs to the life: when they left or died, too.
        for kind in [Kind::Resident, Kind::Application] {
            found.extend(store.find(kind, Find::Person(&subject))?.into_iter().map(|standing| (kind, standing.id)));
        }
        return Ok(found);
    }
    let Ok(chip) = text.parse::<ChipSerial>() else { return named(store, text) };
    let mut found: Vec<Thing> = store.card_of_chip(chip)?.map(|card| (Kind::Card, card)).into_iter().collect();
    // However it is typed. One whose digits could be somebody's number is no name of anything here.
    for spelled in BTreeSet::from([text.to_owned(), chip.to_string()]) {
        if Id::parse(&spelled).is_ok() {
            found.extend(named(store, &spelled)?);
        }
    }
    Ok(found)
}

/// What has this id, and the card of this document number.
fn named(store: &mut dyn Store, text: &str) -> Result<Vec<Thing>, StoreError> {
    let id = Id::parse(text)?;
    let mut found = Vec::new();
    for kind in Kind::ALL {
        if store.standing(kind, &id)?.is_some() {
            found.push((kind, id.clone()));
        }
    }
    let number = Word::parse(text)?;
    found.extend(store.find(Kind::Card, Find::Word(&number))?.into_iter().map(|card| (Kind::Card, card.id)));
    Ok(found)
}

/// These things, and those that belong to them: an application's cards, a card's application, blank and shipments, a blank's card, what a
/// batch or shipment holds, the shipments that a card travelled in, the incident that something is missing by. At most [`TRACED`].
///
/// # Errors
/// What the store says.
pub fn belonging(store: &mut dyn Store, things: Vec<Thing>) -> Result<BTreeSet<Thing>, StoreError> {
    let mut all: BTreeSet<Thing> = BTreeSet::new();
    // Of a batch or shipment that is asked for all that it holds, and nothing further: its cards have lives of their own.
    for (kind, id) in &things {
        let held = match kind {
            Kind::Shipment => Kind::Card,
            Kind::Batch => Kind::Application,
            _ => continue,
        };
        let room = TRACED.saturating_sub(all.len());
        all.extend(store.items(*kind, id)?.into_iter().take(room).map(|item| (held, item)));
    }
    let mut open = things;
    while let Some((kind, id)) = open.pop() {
        if all.len() >= TRACED || !all.insert((kind, id.clone())) {
            continue;
        }
        match kind {
            Kind::Application => {
                open.extend(of_owner(store, Kind::Card, &id)?);
                open.extend(taken_with(store, (Kind::Application, &id), &[Kind::Batch])?);
            }
            Kind::Card => {
                open.extend(of_owner(store, Kind::Blank, &id)?);
                open.extend(taken_with(store, (Kind::Card, &id), &[Kind::Shipment, Kind::Incident])?);
                let owner = store.standing(Kind::Card, &id)?.and_then(|card| card.owner);
                open.extend(owner.map(|owner| (Kind::Application, owner)));
            }
            Kind::Blank => {
                let owner = store.standing(Kind::Blank, &id)?.and_then(|blank| blank.owner);
                open.extend(taken_with(store, (Kind::Blank, &id), &[Kind::Incident])?);
                open.extend(owner.map(|owner| (Kind::Card, owner)));
            }
            Kind::Batch | Kind::Shipment | Kind::Shift | Kind::Incident | Kind::Resident => {}
        }
    }
    Ok(all)
}

/// What took steps in the same changes: a card's shipments, what is missing with its incident. The audit finds them by the job.
fn taken_with(store: &mut dyn Store, (kind, id): (Kind, &Id), with: &[Kind]) -> Result<Vec<Thing>, StoreError> {
    let mut found = Vec::new();
    for row in store.history(kind, id, 0, STORE_PAGE_ROWS)? {
        let others = store.job(&row.job)?.into_iter().filter(|other| with.contains(&other.kind));
        found.extend(others.map(|other| (other.kind, other.id)));
    }
    Ok(found)
}

fn of_owner(store: &mut dyn Store, kind: Kind, owner: &Id) -> Result<Vec<Thing>, StoreError> {
    Ok(store.find(kind, Find::Owner(owner))?.into_iter().map(|standing| (kind, standing.id)).collect())
}

/// The blank of these that lies in an open shift, and that shift. Whose serial number is asked for learns nothing of it that the shift's count
/// is to find: what became of it since the shift began is told when that is closed.
///
/// # Errors
/// What the store says, and what was written down of a shift.
pub fn withheld(store: &mut dyn Store, key: &StoreKey, found: &[Thing]) -> Result<Option<(Thing, Standing)>, BureauError> {
    for (kind, id) in found.iter().filter(|(kind, _)| *kind == Kind::Blank) {
        let Some(blank) = store.standing(*kind, id)? else { continue };
        if let Some(shift) = blind::shift_of(store, key, &blank)? {
            return Ok(Some(((*kind, id.clone()), shift)));
        }
    }
    Ok(None)
}

/// The rows of these things, in the order of the clocks that they were signed by, and of one office's chain where these agree.
///
/// # Errors
/// What the store says.
pub fn life(store: &mut dyn Store, key: &StoreKey, things: &BTreeSet<Thing>) -> Result<Vec<Event>, StoreError> {
    let mut events = Vec::new();
    for (kind, id) in things {
        let rows = store.history(*kind, id, 0, STORE_PAGE_ROWS)?;
        let mut receipts = receipts::of(store, key, (*kind, id), &rows)?;
        for row in rows {
            let receipt = receipts.remove(&row.revision);
            events.push(event::told(store, key, row, receipt)?);
        }
    }
    let place = |event: &Event| (event.row.at, event.row.office.clone(), event.row.n);
    events.sort_by_cached_key(place);
    Ok(events)
}
