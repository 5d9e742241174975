//! Incidents: what was reported, and what came of it.

use super::stock::{self, Report};
use super::{BureauError, notes};
use crate::issuance::desk::{By, Desk};
use crate::issuance::incident;
use crate::issuance::store::{Id, Kind, Move, Part, Standing, Store, StoreKey};
use crate::limits::{INCIDENT_TEXT_BYTES, STORE_ITEMS};
use serde::{Deserialize, Serialize};

/// What is written down of an incident at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    format: u8,
    /// What came of it, in somebody's words.
    pub text: String,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// As it stands.
    pub standing: Standing,
    /// What was reported.
    pub report: Report,
    /// What came of it, once it is closed.
    pub outcome: Option<Outcome>,
}

/// Opens an incident about things of one kind that the store knows. Under the same job the same is found.
///
/// # Errors
/// [`BureauError::Number`] for too long a text, or for none or too many things; [`BureauError::Nothing`] if the first is nothing, and
/// what the store says if another is nothing of its kind; what the desk says.
pub fn open(desk: &mut Desk<'_>, job: &Id, things: &[Id], text: &str, by: By<'_>) -> Result<Id, BureauError> {
    if things.is_empty() || things.len() > STORE_ITEMS {
        return Err(BureauError::Number { what: "things of an incident, or none", most: STORE_ITEMS });
    }
    let mut of = None;
    for thing in things {
        let kind = of.map_or_else(|| kind_of(desk, thing), Ok)?;
        notes::standing(desk, kind, thing)?;
        of = Some(kind);
    }
    let incident = notes::part_of(job, "incident")?;
    let report = stock::report(desk, incident.clone(), (of.unwrap_or(Kind::Card), things), text)?;
    desk.take_by(job, vec![report], by)?;
    Ok(incident)
}

/// Of which kind something is.
fn kind_of(desk: &mut Desk<'_>, id: &Id) -> Result<Kind, BureauError> {
    for kind in [Kind::Card, Kind::Blank, Kind::Shipment, Kind::Batch, Kind::Shift, Kind::Application] {
        if desk.store.standing(kind, id)?.is_some() {
            return Ok(kind);
        }
    }
    Err(BureauError::Nothing(id.clone()))
}

/// Closes an incident by two, of whom one is a supervisor or adjudicator.
///
/// # Errors
/// [`BureauError::Elsewhere`] for another office's, [`BureauError::Number`] for too long a text; what desk and store say.
pub fn close(desk: &mut Desk<'_>, job: &Id, id: &Id, text: &str, by: By<'_>) -> Result<(), BureauError> {
    notes::own(desk, Kind::Incident, id)?;
    let step = closing(desk, id, text)?;
    desk.take_by(job, vec![step], by)?;
    Ok(())
}

/// The step by which an incident is closed, with what came of it.
///
/// # Errors
/// [`BureauError::Number`] for too long a text.
pub(in crate::issuance) fn closing(desk: &mut Desk<'_>, id: &Id, text: &str) -> Result<Move, BureauError> {
    if text.len() > INCIDENT_TEXT_BYTES {
        return Err(BureauError::Number { what: "bytes of a text", most: INCIDENT_TEXT_BYTES });
    }
    let outcome = Outcome { format: 1, text: text.to_owned() };
    notes::with(desk, Move::incident(id.clone(), incident::Step::Close), Part::Closing, &outcome)
}

/// Shows an incident.
///
/// # Errors
/// [`BureauError::Notes`]; what the store says.
pub fn show(store: &mut dyn Store, key: &StoreKey, id: &Id) -> Result<Shown, BureauError> {
    let standing = notes::there(store, Kind::Incident, id)?;
    let report = notes::look(store, key, (Kind::Incident, id), Part::Opening)?;
    let report = report.ok_or_else(|| BureauError::Notes { kind: Kind::Incident, id: id.clone() })?;
    let outcome = notes::look(store, key, (Kind::Incident, id), Part::Closing)?;
    Ok(Shown { standing, report, outcome })
}
