//! The store room: blanks come in, and leave it by other doors than a card.

use super::BureauError;
use super::notes::{self, part_of};
use crate::issuance::balance::Serials;
use crate::issuance::desk::{By, Desk};
use crate::issuance::store::{Id, Kind, Move, Opening, Word};
use crate::issuance::{blank, card};
use crate::limits::{BLANK_SERIALS, INCIDENT_TEXT_BYTES, ISSUANCE_ITEMS};
use serde::{Deserialize, Serialize};

/// A delivery of blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Of which type.
    pub of: Word,
    /// Their serial numbers.
    pub serials: Serials,
    /// Number of the delivery note.
    pub note: Option<Word>,
    /// SHA-256 of the delivery note.
    pub evidence: Option<[u8; 32]>,
}

/// What was written down of an incident when it was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Format.
    pub format: u8,
    /// Of which kind the things are that it is about.
    pub kind: String,
    /// Which they are.
    pub things: Vec<String>,
    /// What happened, in somebody's words.
    pub text: String,
}

/// Takes a delivery in: every serial number once, in as many changes as it takes. The same job again goes on where it ended.
///
/// # Errors
/// [`BureauError::Number`]; what desk and store say: a serial number that is known is refused, and named.
pub fn receive(desk: &mut Desk<'_>, job: &Id, delivery: &Delivery, by: By<'_>) -> Result<usize, BureauError> {
    if delivery.serials.is_empty() || delivery.serials.len() > BLANK_SERIALS {
        return Err(BureauError::Number { what: "serial numbers", most: BLANK_SERIALS });
    }
    let mut received = 0;
    let ids = ids(&delivery.serials)?;
    for (at, some) in ids.chunks(ISSUANCE_ITEMS).enumerate() {
        let moves = some.iter().map(|serial| came(serial, delivery)).collect();
        let done = desk.take_by(&part_of(job, &at.to_string())?, moves, by)?;
        received += if done.again { 0 } else { some.len() };
    }
    Ok(received)
}

fn came(serial: &Id, delivery: &Delivery) -> Move {
    let mut step = Move::open(serial.clone(), Opening::Blank { of: delivery.of.clone() });
    if let Some(note) = &delivery.note {
        step = step.because(note.clone());
    }
    match delivery.evidence {
        Some(sha256) => step.by_evidence(sha256),
        None => step,
    }
}

/// The ways out of the store room, each by two: without a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Bad from the factory, or broken.
    Spoil,
    /// To be tried on.
    Sample,
    /// Back to where they came from.
    GiveBack,
    /// Missing, and found again: into quarantine, since nobody knows where it has been.
    Find,
}

/// Takes blanks out of stock by another door than a card. One that lies in a station, with a card that cannot be made of it (the signer
/// refuses it for good), is spoiled together with that card: the application waits for another.
///
/// # Errors
/// [`BureauError::Number`]; [`BureauError::Elsewhere`] for another office's; what desk and store say.
pub fn leave(
    desk: &mut Desk<'_>,
    job: &Id,
    serials: &Serials,
    (door, reason): (Door, &Word),
    by: By<'_>,
) -> Result<(), BureauError> {
    let step = match door {
        Door::Spoil => blank::Step::Spoil,
        Door::Sample => blank::Step::Sample,
        Door::GiveBack => blank::Step::GiveBack,
        Door::Find => blank::Step::Find,
    };
    let ids = few(serials)?;
    let mut moves = Vec::new();
    for id in ids {
        let card = notes::own(desk, Kind::Blank, &id)?.owner.filter(|_| step == blank::Step::Spoil);
        moves.extend(card.map(|card| Move::card(card, card::Step::Spoil).because(reason.clone())));
        moves.push(Move::blank(id, step).because(reason.clone()));
    }
    desk.take_by(job, moves, by)?;
    Ok(())
}

/// Calls blanks missing, by an incident that begins with it; two sign both. One that lies in a station is missing with its card, whose
/// number is revoked by it: the application waits for another.
///
/// # Errors
/// As [`leave`].
pub fn miss(desk: &mut Desk<'_>, job: &Id, serials: &Serials, text: &str, by: By<'_>) -> Result<Id, BureauError> {
    let moves = missing(desk, job, serials, text)?;
    desk.take_by(job, moves, by)?;
    part_of(job, "incident")
}

/// The steps by which blanks are missing: their incident, named by the job, first.
pub(super) fn missing(desk: &mut Desk<'_>, job: &Id, serials: &Serials, text: &str) -> Result<Vec<Move>, BureauError> {
    let (ids, incident) = (few(serials)?, part_of(job, "incident")?);
    let mut steps = Vec::new();
    for id in &ids {
        let found = notes::own(desk, Kind::Blank, id)?;
        match found.owner {
            // In a station: whatever is on its chip, nobody has it, and its number may not be trusted.
            Some(card) => steps.extend([Move::card(card.clone(), card::Step::Lose), Move::blank_lost(id.clone(), card)]),
            None => steps.push(Move::blank(id.clone(), blank::Step::Miss)),
        }
    }
    if steps.len() > ISSUANCE_ITEMS {
        return Err(BureauError::Number { what: "blanks and their cards", most: ISSUANCE_ITEMS });
    }
    let why = Word::parse(incident.as_str())?;
    let mut moves = vec![report(desk, incident, (Kind::Blank, &ids), text)?];
    moves.extend(steps.into_iter().map(|step| step.because(why.clone())));
    Ok(moves)
}

/// The step by which an incident about some things begins.
pub(in crate::issuance) fn report(
    desk: &mut Desk<'_>,
    incident: Id,
    (kind, things): (Kind, &[Id]),
    text: &str,
) -> Result<Move, BureauError> {
    let first = things.first().ok_or(BureauError::Number { what: "things of an incident", most: ISSUANCE_ITEMS })?;
    if text.len() > INCIDENT_TEXT_BYTES {
        return Err(BureauError::Number { what: "bytes of a text", most: INCIDENT_TEXT_BYTES });
    }
    let about = Word::parse(first.as_str())?;
    let report = Report {
        format: 1,
        kind: kind.name().to_owned(),
        things: things.iter().map(ToString::to_string).collect(),
        text: text.to_owned(),
    };
    let opening = Move::open(incident, Opening::Incident { about });
    notes::with(desk, opening, crate::issuance::store::Part::Opening, &report)
}

/// Serial numbers as ids.
pub(super) fn ids(serials: &Serials) -> Result<Vec<Id>, BureauError> {
    serials.iter().map(|serial| Ok(Id::parse(serial)?)).collect()
}

/// As many as one change holds, and at least one.
fn few(serials: &Serials) -> Result<Vec<Id>, BureauError> {
    if serials.is_empty() || serials.len() > ISSUANCE_ITEMS {
        return Err(BureauError::Number { what: "serial numbers", most: ISSUANCE_ITEMS });
    }
    ids(serials)
}
