//! The result of a batch: its rows, in their order, each with what became of it; and the books that follow from them.

use super::{BureauError, batch};
use crate::issuance::balance::Ledger;
use crate::issuance::names::Named as _;
use crate::issuance::store::{By, Id, Kind, Row as AuditRow, Store, StoreKey};
use crate::issuance::{blank, card};
use crate::lds::file_id::FileId;
use crate::perso::Receipt;
use crate::verify::hex;
use serde::{Deserialize, Serialize};

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Became {
    /// A card: written, read back, printed and checked.
    Issued,
    /// A chip is taken, and the card is not finished.
    InProcess,
    /// Spoiled.
    Spoiled,
    /// Of unknown state.
    Quarantined,
    /// Its card, or its blank, is missing.
    Missing,
    /// Its card was called back before a chip was taken for it.
    Revoked,
    /// Not begun.
    NotRun,
}

/// A row of the result, as the row of the batch and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its place in the batch, from 1.
    pub row: usize,
    /// The application.
    pub application: String,
    /// Its card.
    pub card: String,
    /// The card's document number.
    pub number: String,
    /// What became of it.
    pub result: Became,
    /// Serial number of its blank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank: Option<String>,
    /// Where its blank is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank_state: Option<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// SHA-256 of the receipt of its chip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// What that receipt says, if it is in a journal of this store.
    #[serde(default, flatten, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Facts>,
}

/// What the receipt of a chip says of the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Serial number of the chip, as it proved it.
    pub chip: String,
    /// SHA-256 of EF.SOD, hexadecimal.
    pub sod: String,
    /// Index in the card status list.
    pub status_index: u64,
}

/// What became of the rows of a batch so far.
///
/// # Errors
/// [`BureauError::Notes`]; what the store says.
pub fn rows(store: &mut dyn Store, key: &StoreKey, id: &Id) -> Result<Vec<Row>, BureauError> {
    let order = batch::order(store, key, id)?;
    (1..).zip(order.rows).map(|(at, row)| of_row(store, key, at, row)).collect()
}

fn of_row(store: &mut dyn Store, key: &StoreKey, at: usize, row: batch::Row) -> Result<Row, BureauError> {
    let card = Id::parse(&row.card)?;
    let state = super::notes::there(store, Kind::Card, &card)?.state;
    let blank = store.find(Kind::Blank, By::Owner(&card))?.into_iter().next();
    let life = store.history(Kind::Card, &card, 0, 100)?;
    let step = |state: card::State| life.iter().find(|row| row.now == state.name());
    let failed = life.iter().find(|row| is_failure(&row.now));
    let receipt = step(card::State::Encoded).and_then(AuditRow::evidence);
    let facts = receipt.map(|sha256| facts(store, key, &card, sha256)).transpose()?.flatten();
    let gone = blank.as_ref().is_some_and(|blank| blank.state == blank::State::Missing.name());
    Ok(Row {
        row: at,
        application: row.application,
        card: row.card,
        number: row.number,
        result: if gone { Became::Missing } else { became(state, step(card::State::Checked).is_some()) },
        blank: blank.as_ref().map(|blank| blank.id.to_string()),
        blank_state: blank.map(|blank| blank.state.to_owned()),
        reason: failed.and_then(AuditRow::reason),
        receipt: receipt.map(|sha256| hex::encode(&sha256)),
        facts,
    })
}

/// What the receipt says that the audit names by its digest; none of a card that was made elsewhere.
fn facts(store: &mut dyn Store, key: &StoreKey, card: &Id, sha256: [u8; 32]) -> Result<Option<Facts>, BureauError> {
    let Some(sealed) = store.receipt(card)? else { return Ok(None) };
    let body = key.receipt(card, &sealed)?;
    let damaged = || BureauError::Notes { kind: Kind::Card, id: card.clone() };
    if crate::crypto::hash::sha256(&body) != sha256 {
        return Err(damaged());
    }
    let receipt = Receipt::from_json(&body).map_err(|_| damaged())?;
    let sod = receipt.file_sha256(FileId::Sod).cloned().ok_or_else(damaged)?;
    Ok(Some(Facts { chip: receipt.chip_serial, sod, status_index: receipt.status_index }))
}

fn is_failure(state: &str) -> bool {
    use card::State::{Missing, Quarantined, Spoiled};
    [Spoiled, Quarantined, Missing].iter().any(|failed| failed.name() == state)
}

/// What a row became by where its card stands, and whether it was ever finished.
fn became(state: &str, finished: bool) -> Became {
    use card::State::{Allocated, Encoded, Encoding, Missing, Printed, Quarantined, Revoked, Spoiled};
    match card::State::of_name(state) {
        Some(Missing) => Became::Missing,
        _ if finished => Became::Issued,
        Some(Allocated) => Became::NotRun,
        Some(Encoding | Encoded | Printed) => Became::InProcess,
        Some(Quarantined) => Became::Quarantined,
        Some(Spoiled) => Became::Spoiled,
        Some(Revoked) => Became::Revoked,
        // On its way back, and was never finished.
        _ => Became::Spoiled,
    }
}

/// The books of a batch: every blank that was taken for it is in one column.
#[must_use]
pub fn ledger(rows: &[Row]) -> Ledger {
    let mut ledger = Ledger::default();
    for row in rows {
        let (Some(serial), Some(state)) = (&row.blank, &row.blank_state) else { continue };
        ledger.received.insert(serial.clone());
        let column = match blank::State::of_name(state) {
            Some(blank::State::Made) => &mut ledger.made,
            Some(blank::State::Spoiled) => &mut ledger.spoiled,
            Some(blank::State::Quarantined) => &mut ledger.quarantined,
            Some(blank::State::Missing) => &mut ledger.missing,
            _ => &mut ledger.in_process,
        };
        column.insert(serial.clone());
    }
    ledger
}

/// The result as CSV, a line for each row of the batch.
///
/// # Errors
/// [`BureauError::Notes`] if a row cannot be written.
pub fn csv(rows: &[Row]) -> Result<Vec<u8>, BureauError> {
    let wrong = || BureauError::Number { what: "rows of a result", most: crate::limits::ISSUANCE_ITEMS };
    let mut out = csv::Writer::from_writer(Vec::new());
    let head = [
        "row",
        "application",
        "card",
        "number",
        "result",
        "blank",
        "blank_state",
        "reason",
        "receipt",
        "chip",
        "sod",
        "status_index",
    ];
    out.write_record(head).map_err(|_| wrong())?;
    for row in rows {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let fields = [
            row.row.to_string(),
            row.application.clone(),
            row.card.clone(),
            row.number.clone(),
            row.result.name().to_owned(),
            text(&row.blank),
            text(&row.blank_state),
            text(&row.reason),
            text(&row.receipt),
            row.facts.as_ref().map(|facts| facts.chip.clone()).unwrap_or_default(),
            row.facts.as_ref().map(|facts| facts.sod.clone()).unwrap_or_default(),
            row.facts.as_ref().map(|facts| facts.status_index.to_string()).unwrap_or_default(),
        ];
        out.write_record(fields).map_err(|_| wrong())?;
    }
    out.into_inner().map_err(|_| wrong())
}

impl Became {
    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::InProcess => "in-process",
            Self::Spoiled => "spoiled",
            Self::Quarantined => "quarantined",
            Self::Missing => "missing",
            Self::Revoked => "revoked",
            Self::NotRun => "not-run",
        }
    }

    /// Whether another card is to be made in its place.
    #[must_use]
    pub const fn is_failed(self) -> bool {
        matches!(self, Self::Spoiled | Self::Quarantined | Self::Missing | Self::Revoked)
    }
}
