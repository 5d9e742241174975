//! A row of a life: what was done, by whom, by which paper and receipt, on which chip, in which shipment.

use super::receipts::Receipt;
use crate::issuance::card::State;
use crate::issuance::names::Named as _;
use crate::issuance::role::Role;
use crate::issuance::store::{Id, Kind, Part, Row, Store, StoreError, StoreKey};
use serde_json::Value;

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
    /// The receipt that the resident was given, or showed, with this step of an application.
    pub receipt: Option<Receipt>,
    /// The serial of the chip that was taken for a card by this step, if a journal of this store took it.
    pub chip: Option<String>,
    /// SHA-256 of the receipt of a card's chip, where this step says that the chip was written.
    pub chip_receipt: Option<String>,
}

/// A row, with what it was done by: the receipt of its application, the chip of its card, the shipment and its seals.
///
/// # Errors
/// What the store says.
pub(super) fn told(store: &mut dyn Store, key: &StoreKey, row: Row, receipt: Option<Receipt>) -> Result<Event, StoreError> {
    let mut event = event(row)?;
    event.receipt = receipt;
    let row = &event.row;
    match row.kind {
        Kind::Card => {
            let with = store.job(&row.job)?.into_iter().find(|other| other.kind == Kind::Shipment);
            event.shipment = with.map(|other| other.id);
            match State::of_name(&row.now) {
                Some(State::Encoding) => event.chip = store.chip_of_card(&row.id)?,
                Some(State::Encoded) => event.chip_receipt = event.evidence.clone(),
                _ => {}
            }
        }
        Kind::Shipment if row.was.is_empty() => {
            let manifest = store.sealed(Kind::Shipment, &row.id, Part::Opening)?.map(|sealed| key.open(&sealed)).transpose()?;
            let manifest: Value = manifest.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
            let seals = manifest.get("seals").and_then(Value::as_array).into_iter().flatten();
            event.seals = seals.filter_map(Value::as_str).map(str::to_owned).collect();
        }
        _ => {}
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
        receipt: None,
        chip: None,
        chip_receipt: None,
        row,
    })
}
