//! A card at the desk that is not what it should be: revoked meanwhile, altered, or a copy. It is never handed over, and an incident begins.

use super::HandoverError;
use super::give::expected;
use crate::issuance::bureau::{notes, stock};
use crate::issuance::desk::{By, Desk};
use crate::issuance::store::{Id, Kind};
use crate::reason::Refusal as _;

/// Begins the incident of a refusal that is one, under a part of the job: the same job again finds it. None for any other refusal.
///
/// # Errors
/// What desk and store say: then the refusal itself stands, and nothing was written.
pub fn alarm(desk: &mut Desk<'_>, job: &Id, id: &Id, refused: &HandoverError, by: By<'_>) -> Result<Option<Id>, HandoverError> {
    let of_card = matches!(refused, HandoverError::Card(_) | HandoverError::Verdict(_));
    let reason = refused.reason();
    // Signature, hash or certificate; revoked, suspended, handed over; a clone.
    if !of_card || !matches!(reason.exit(), 40 | 41 | 43) {
        return Ok(None);
    }
    let card = expected(desk, id)?.id;
    let incident = notes::part_of(job, "incident")?;
    if desk.store.standing(Kind::Incident, &incident)?.is_none() {
        let text = format!("handover of {id}: {}", reason.code());
        let report = stock::report(desk, incident.clone(), (Kind::Card, std::slice::from_ref(&card)), &text)?;
        let part = notes::part_of(job, "alarm")?;
        desk.take_by(&part, vec![report], by)?;
    }
    Ok(Some(incident))
}
