//! What a job did before, told by its evidence: an answer that was lost is asked for again, when what it was about has gone on.

use super::application::Step;
use super::desk::Desk;
use super::names::Named as _;
use super::store::{Done, Entry, Id, Kind, Row, StoreError};
use crate::verify::hex;
use serde_json::Value;

/// The evidence that a row's statement names.
#[must_use]
pub fn evidence(row: &Row) -> Option<[u8; 32]> {
    let statement: Value = serde_json::from_str(&row.statement).ok()?;
    hex::decode(statement.get("evidence")?.as_str()?)?.try_into().ok()
}

/// What this job did, if it did this: every step of it names the same evidence.
///
/// # Errors
/// [`StoreError::Conflict`] if it did something else.
pub fn done(desk: &mut Desk<'_>, job: &Id, asked: &[u8; 32]) -> Result<Option<Done>, StoreError> {
    let rows = desk.store.job(job)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let of_office = |row: &Row| row.office == desk.office.into();
    if rows.iter().all(|row| of_office(row) && evidence(row).as_ref() == Some(asked)) {
        return Ok(Some(Done { entries: rows.into_iter().map(Entry::from).collect(), again: true }));
    }
    Err(StoreError::Conflict(job.to_string()))
}

/// Whether this job took one of these steps of an application, and for this reason if one is given.
///
/// # Errors
/// [`StoreError::Conflict`] if it did something else.
pub fn took(desk: &mut Desk<'_>, job: &Id, id: &Id, steps: &[Step], why: Option<&str>) -> Result<bool, StoreError> {
    let rows = desk.store.job(job)?;
    let is_it = |row: &Row| {
        let of_steps = row.step().is_some_and(|taken| steps.iter().any(|step| step.name() == taken));
        row.kind == Kind::Application && row.id == *id && of_steps && (why.is_none() || row.reason().as_deref() == why)
    };
    if rows.is_empty() || rows.iter().any(is_it) { Ok(!rows.is_empty()) } else { Err(StoreError::Conflict(job.to_string())) }
}
