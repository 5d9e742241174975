//! What is written down of a thing beside its state: counts, rows, seals, minutes; JSON, sealed in the store, its SHA-256 in the step.

use super::BureauError;
use crate::crypto::hash::sha256;
use crate::issuance::case::Dossier;
use crate::issuance::desk::Desk;
use crate::issuance::officer::{OfficerId, Roster};
use crate::issuance::store::{Id, Kind, Move, Part, Standing, Store, StoreError, StoreKey};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A step with what is written down by it.
///
/// # Errors
/// [`BureauError::Desk`] if it is longer than a part may be.
pub(in crate::issuance) fn with<T: Serialize>(
    desk: &mut Desk<'_>,
    step: Move,
    part: Part,
    note: &T,
) -> Result<Move, BureauError> {
    let (kind, id) = (step.kind(), step.of().clone());
    let text = serde_json::to_vec(note).map_err(|_| BureauError::Notes { kind, id: id.clone() })?;
    let sealed = desk.key.seal(kind, &id, part, &text, desk.rng)?;
    Ok(step.by_evidence(sha256(&text)).with_sealed(sealed))
}

/// What was written down.
///
/// # Errors
/// [`BureauError::Notes`] if it does not open or parse; what the store says.
pub(in crate::issuance) fn read<T: DeserializeOwned>(
    desk: &mut Desk<'_>,
    kind: Kind,
    id: &Id,
    part: Part,
) -> Result<Option<T>, BureauError> {
    look(desk.store, desk.key, (kind, id), part)
}

/// The same, by whoever only looks.
///
/// # Errors
/// As [`read`].
pub(in crate::issuance) fn look<T: DeserializeOwned>(
    store: &mut dyn Store,
    key: &StoreKey,
    (kind, id): (Kind, &Id),
    part: Part,
) -> Result<Option<T>, BureauError> {
    let Some(sealed) = store.sealed(kind, id, part)? else { return Ok(None) };
    let text = key.open(&sealed)?;
    serde_json::from_slice(&text).map(Some).map_err(|_| BureauError::Notes { kind, id: id.clone() })
}

/// What was written down when it began.
///
/// # Errors
/// As [`read`]; [`BureauError::Notes`] if there is none.
pub(in crate::issuance) fn opening<T: DeserializeOwned>(desk: &mut Desk<'_>, kind: Kind, id: &Id) -> Result<T, BureauError> {
    read(desk, kind, id, Part::Opening)?.ok_or_else(|| BureauError::Notes { kind, id: id.clone() })
}

/// A thing that is there.
///
/// # Errors
/// What the store says: that there is none, too.
pub(in crate::issuance) fn standing(desk: &mut Desk<'_>, kind: Kind, id: &Id) -> Result<Standing, BureauError> {
    there(desk.store, kind, id)
}

/// The same, by whoever only looks.
///
/// # Errors
/// As [`standing`].
pub(in crate::issuance) fn there(store: &mut dyn Store, kind: Kind, id: &Id) -> Result<Standing, BureauError> {
    store.standing(kind, id)?.ok_or_else(|| StoreError::Unknown { kind, id: id.to_string() }.into())
}

/// A thing that began at, or is in the custody of, this office.
///
/// # Errors
/// As [`standing`]; [`BureauError::Elsewhere`].
pub(in crate::issuance) fn own(desk: &mut Desk<'_>, kind: Kind, id: &Id) -> Result<Standing, BureauError> {
    let found = standing(desk, kind, id)?;
    let place = if matches!(kind, Kind::Card | Kind::Blank) { &found.custody } else { &found.office };
    if *place == desk.office.into() { Ok(found) } else { Err(BureauError::Elsewhere { kind, id: id.clone() }) }
}

/// What was recorded of an application; nothing of one that was taken in without.
///
/// # Errors
/// [`BureauError::Notes`] if it does not parse; what the store says.
pub(in crate::issuance) fn dossier(desk: &mut Desk<'_>, id: &Id) -> Result<Option<Dossier>, BureauError> {
    let Some(sealed) = desk.store.sealed(Kind::Application, id, Part::Biodata)? else { return Ok(None) };
    let text = desk.key.open(&sealed)?;
    let damaged = || BureauError::Notes { kind: Kind::Application, id: id.clone() };
    Dossier::from_json(&text).map(Some).ok_or_else(damaged)
}

/// The id of a part of a job.
///
/// # Errors
/// What the store says of an id that is too long.
pub(in crate::issuance) fn part_of(job: &Id, part: &str) -> Result<Id, BureauError> {
    Ok(job.part(part)?)
}

/// Whether two keys are one person's: the same key, or one staff number.
pub(in crate::issuance) fn same_person(roster: &Roster, one: OfficerId, other: OfficerId) -> bool {
    let others = labels(roster, other);
    one == other || labels(roster, one).iter().any(|label| others.contains(label))
}

/// The staff numbers that stand in an officer's grants.
fn labels(roster: &Roster, officer: OfficerId) -> Vec<&str> {
    let own = roster.grants().filter(|(_, signed, _)| signed.grant().key().is_ok_and(|key| OfficerId::of(&key) == officer));
    own.map(|(_, signed, _)| signed.grant().label()).collect()
}

/// What an officer may be called by: the id of the key, and the staff numbers of its grants.
pub(in crate::issuance) fn names_of(roster: &Roster, officer: OfficerId) -> Vec<String> {
    std::iter::once(officer.to_string()).chain(labels(roster, officer).into_iter().map(str::to_owned)).collect()
}
