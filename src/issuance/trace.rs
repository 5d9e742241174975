//! The life of things that belong together: a person's applications, their cards, the cards' blanks, and what they travelled in.

use super::role::Role;
use super::store::{By as Find, Id, Kind, Part, Row, Store, StoreError, StoreKey, Word};
use crate::limits::{STORE_PAGE_ROWS, TRACED};
use crate::record::Nik;
use serde_json::Value;
use std::collections::BTreeSet;

/// A thing of the store.
pub type Thing = (Kind, Id);

/// A row of a life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The row of the audit.
    pub row: Row,
    /// The step's word.
    pub step: String,
    /// Who took it, and as what: the first, then the second.
    pub hands: Vec<(String, Role)>,
    /// Why.
    pub reason: Option<String>,
    /// By which paper, receipt or result: the SHA-256 of it.
    pub evidence: Option<String>,
    /// On which device or at which station.
    pub device: Option<String>,
    /// The shipment that this step of a card was taken with.
    pub shipment: Option<Id>,
    /// The seals of a shipment, where it begins.
    pub seals: Vec<String>,
}

/// What an identifier is of: a NIK, an application, a card or its document number, a blank, a shipment, a batch. Nothing if nobody knows it.
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

/// The rows of these things, in the order of the clocks that they were signed by, and of one office's chain where these agree.
///
/// # Errors
/// What the store says.
pub fn life(store: &mut dyn Store, key: &StoreKey, things: &BTreeSet<Thing>) -> Result<Vec<Event>, StoreError> {
    let mut rows = Vec::new();
    for (kind, id) in things {
        rows.extend(store.history(*kind, id, 0, STORE_PAGE_ROWS)?);
    }
    rows.sort_by(|a, b| (a.at, &a.office, a.n).cmp(&(b.at, &b.office, b.n)));
    rows.into_iter().map(|row| told(store, key, row)).collect()
}

/// A row, with what it travelled in and under which seals.
fn told(store: &mut dyn Store, key: &StoreKey, row: Row) -> Result<Event, StoreError> {
    let mut event = event(row)?;
    if event.row.kind == Kind::Card {
        let with = store.job(&event.row.job)?.into_iter().find(|other| other.kind == Kind::Shipment);
        event.shipment = with.map(|other| other.id);
    }
    if event.row.kind == Kind::Shipment && event.row.was.is_empty() {
        let manifest = store.sealed(Kind::Shipment, &event.row.id, Part::Opening)?.map(|sealed| key.open(&sealed)).transpose()?;
        let manifest: Value = manifest.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        let seals = manifest.get("seals").and_then(Value::as_array).into_iter().flatten();
        event.seals = seals.filter_map(Value::as_str).map(str::to_owned).collect();
    }
    Ok(event)
}

fn event(row: Row) -> Result<Event, StoreError> {
    let statement: Value = serde_json::from_str(&row.statement).map_err(|_| StoreError::Damaged("statement"))?;
    let text = |name: &str| statement.get(name).and_then(Value::as_str).map(str::to_owned);
    let hands = row.signatories().ok_or(StoreError::Damaged("hands"))?;
    Ok(Event {
        step: text("step").unwrap_or_default(),
        hands: hands.into_iter().map(|(officer, role, ..)| (officer.to_string(), role)).collect(),
        reason: text("reason"),
        evidence: text("evidence"),
        device: text("device"),
        shipment: None,
        seals: Vec::new(),
        row,
    })
}
