//! Shipments that do not arrive whole: disputed, settled card by card, or missing; two sign each, and an incident answers for it.

use super::ship::{arrived, arrives, contents};
use super::{TransitError, afar};
use crate::issuance::bureau::{BureauError, notes, stock};
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::store::{Id, Kind, Move, Word};
use crate::issuance::{card, shipment};
use std::collections::BTreeSet;

/// Disputes a shipment that arrived with a broken seal or another content, or arrives after it was called missing: an incident begins.
///
/// # Errors
/// [`TransitError::NotHere`]; what bureau, desk and store say.
pub fn dispute(desk: &mut Desk<'_>, job: &Id, id: &Id, text: &str, by: By<'_>) -> Result<Id, TransitError> {
    if arrived(desk, id)?.copy.is_some() {
        return afar::dispute(desk, (job, id), text, by);
    }
    let incident = notes::part_of(job, "incident")?;
    let report = stock::report(desk, incident.clone(), (Kind::Shipment, std::slice::from_ref(id)), text)?;
    let why = Word::parse(incident.as_str())?;
    let step = Move::shipment(id.clone(), shipment::Step::Dispute).because(why);
    desk.take_by(job, vec![report, step], by)?;
    Ok(incident)
}

/// Settles a dispute card by card: those that are here arrive, those that are not are missing and their numbers revoked, by an incident.
/// A card that was missing and is here goes back: what was out of all hands is never handed over. Returns the cards that are missing.
///
/// # Errors
/// [`TransitError::NotHere`], [`TransitError::Manifest`] for a card that is not of the shipment; what bureau, desk and store say.
pub fn settle(desk: &mut Desk<'_>, job: &Id, id: &Id, (here, text): (&[Id], &str), by: By<'_>) -> Result<Vec<Id>, TransitError> {
    let manifest = arrived(desk, id)?;
    let items = contents(desk, id, &manifest)?;
    let found = here;
    let here: BTreeSet<&Id> = here.iter().collect();
    let strange: Vec<Id> = here.iter().filter(|card| !items.contains(card)).map(|card| (*card).clone()).collect();
    if !strange.is_empty() {
        return Err(TransitError::Manifest { missing: Vec::new(), strange });
    }
    if manifest.copy.is_some() {
        return afar::settle(desk, (job, id), (found, text), by);
    }
    let missing: Vec<Id> = items.iter().filter(|card| !here.contains(card)).cloned().collect();
    let done = desk.store.job(job)?;
    let mut moves = Vec::new();
    for card in &items {
        let was_missing = notes::standing(desk, Kind::Card, card)?.state == card::State::Missing.name();
        match (here.contains(card), was_missing && done.is_empty()) {
            (true, false) => moves.push(arrives(desk, card, &done)?),
            (true, true) => moves.push(Move::card(card.clone(), card::Step::SendBack)),
            (false, _) => {}
        }
    }
    // Those that a missing shipment made missing stay so.
    let newly = newly_missing(desk, &missing, &done)?;
    if !newly.is_empty() {
        moves.extend(miss(desk, job, &newly, text)?);
    }
    moves.push(Move::shipment(id.clone(), shipment::Step::Settle));
    desk.take_by(job, moves, by)?;
    Ok(missing)
}

fn newly_missing(desk: &mut Desk<'_>, missing: &[Id], done: &[crate::issuance::store::Row]) -> Result<Vec<Id>, TransitError> {
    let mut newly = Vec::new();
    for card in missing {
        let before = notes::standing(desk, Kind::Card, card)?.state == card::State::Missing.name();
        let by_this = done.iter().any(|row| row.kind == Kind::Card && row.id == *card);
        if !before || by_this {
            newly.push(card.clone());
        }
    }
    Ok(newly)
}

/// The steps by which cards are missing: their incident first.
///
/// # Errors
/// What the bureau says of the incident.
pub(in crate::issuance) fn miss(desk: &mut Desk<'_>, job: &Id, cards: &[Id], text: &str) -> Result<Vec<Move>, BureauError> {
    let incident = notes::part_of(job, "incident")?;
    let why = Word::parse(incident.as_str())?;
    let mut moves = vec![stock::report(desk, incident, (Kind::Card, cards), text)?];
    moves.extend(cards.iter().map(|card| Move::card(card.clone(), card::Step::Miss).because(why.clone())));
    Ok(moves)
}

/// Calls a shipment missing that did not arrive, and every card in it, whose number is revoked from then on.
///
/// # Errors
/// [`BureauError::Elsewhere`] for whoever neither sent it nor waits for it; what bureau, desk and store say.
pub fn missing(desk: &mut Desk<'_>, job: &Id, id: &Id, text: &str, by: By<'_>) -> Result<Id, TransitError> {
    let found = notes::standing(desk, Kind::Shipment, id)?;
    let here = desk.office.to_string();
    if found.office.as_str() != here && found.word.as_str() != here {
        return Err(BureauError::Elsewhere { kind: Kind::Shipment, id: id.clone() }.into());
    }
    if afar::is_copy(desk, id)? {
        return afar::missing(desk, (job, id), text, by);
    }
    let cards = desk.store.items(Kind::Shipment, id)?;
    let mut moves = miss(desk, job, &cards, text)?;
    let incident = notes::part_of(job, "incident")?;
    moves.push(Move::shipment(id.clone(), shipment::Step::Miss).because(Word::parse(incident.as_str())?));
    desk.take_by(job, moves, by)?;
    Ok(incident)
}
