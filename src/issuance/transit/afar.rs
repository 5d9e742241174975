//! Shipments at an office that has a store of its own: what comes there is a copy of the centre's. Whatever is done with it the copy follows
//! at once, by the office's officers, and the same is signed for the centre, which takes it in ([`crate::issuance::sync::deed`]).

use super::TransitError;
use super::ship::{self, Manifest, done_to};
use crate::issuance::bureau::{BureauError, stock};
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::store::{Id, Kind, Move, Part, Row, StoreError, Word};
use crate::issuance::sync::deed::{self, Act, Arrival, Carried};
use crate::issuance::{card, shipment};

/// Whether a shipment of this store is a copy of the centre's: what becomes of it is told there too.
///
/// # Errors
/// What the store says.
pub fn is_copy(desk: &mut Desk<'_>, id: &Id) -> Result<bool, TransitError> {
    let first = desk.store.history(Kind::Shipment, id, 0, 1)?;
    Ok(first.first().is_some_and(|row| row.now == shipment::State::Sent.name()))
}

/// It came whole.
pub(super) fn receive(
    desk: &mut Desk<'_>,
    (job, id): (&Id, &Id),
    (manifest, seals): (&Manifest, &[Word]),
    by: By<'_>,
) -> Result<usize, TransitError> {
    let mut seals: Vec<String> = seals.iter().map(ToString::to_string).collect();
    seals.sort();
    let cards = carried(manifest, id, |_, _| Some(card::Step::Receive))?;
    let count = cards.len();
    let arrival = Arrival { shipment: id.to_string(), step: shipment::Step::Receive.name().to_owned(), seals, text: None, cards };
    take(desk, (job, id), arrival, None, by)?;
    Ok(count)
}

/// It did not come whole: the incident.
pub(super) fn dispute(desk: &mut Desk<'_>, (job, id): (&Id, &Id), text: &str, by: By<'_>) -> Result<Id, TransitError> {
    take(desk, (job, id), trouble(id, shipment::Step::Dispute, text, Vec::new()), None, by)?;
    incident(job)
}

/// It is settled card by card: the cards that are missing.
pub(super) fn settle(
    desk: &mut Desk<'_>,
    (job, id): (&Id, &Id),
    (here, text): (&[Id], &str),
    by: By<'_>,
) -> Result<Vec<Id>, TransitError> {
    let manifest = ship::manifest(desk, id)?;
    let is_here = |card: &str| here.iter().any(|id| id.as_str() == card);
    let cards = carried(&manifest, id, |card, was_missing| match (is_here(card), was_missing) {
        (true, true) => Some(card::Step::SendBack),
        (true, false) => Some(card::Step::Receive),
        (false, true) => None,
        (false, false) => Some(card::Step::Miss),
    })?;
    take(desk, (job, id), trouble(id, shipment::Step::Settle, text, cards), None, by)?;
    let gone = manifest.cards.iter().filter(|line| !is_here(&line.card));
    Ok(gone.map(|line| Id::parse(&line.card)).collect::<Result<_, _>>()?)
}

/// It did not come: the incident.
pub(super) fn missing(desk: &mut Desk<'_>, (job, id): (&Id, &Id), text: &str, by: By<'_>) -> Result<Id, TransitError> {
    let mut manifest = ship::manifest(desk, id)?;
    let cards = carried(&manifest, id, |_, _| Some(card::Step::Miss))?;
    manifest.cards.iter_mut().for_each(|line| line.is_missing = true);
    take(desk, (job, id), trouble(id, shipment::Step::Miss, text, cards), Some(&manifest), by)?;
    incident(job)
}

fn incident(job: &Id) -> Result<Id, TransitError> {
    Ok(deed::incident(job)?)
}

fn trouble(id: &Id, step: shipment::Step, text: &str, cards: Vec<Carried>) -> Arrival {
    let (shipment, step) = (id.to_string(), step.name().to_owned());
    Arrival { shipment, step, seals: Vec::new(), text: Some(text.to_owned()), cards }
}

/// The cards of a manifest, each with its step, by its id and whether it was missing.
fn carried(manifest: &Manifest, id: &Id, step: impl Fn(&str, bool) -> Option<card::Step>) -> Result<Vec<Carried>, TransitError> {
    let unnamed = || BureauError::Notes { kind: Kind::Shipment, id: id.clone() };
    let mut all = Vec::new();
    for line in &manifest.cards {
        if let Some(step) = step(&line.card, line.is_missing) {
            let application = line.application.clone().ok_or_else(unnamed)?;
            all.push(Carried { card: line.card.clone(), application, step: step.name().to_owned() });
        }
    }
    Ok(all)
}

/// Signs it for the centre, and takes it here: in one change, so that it is queued for certain when this store says that it is done.
fn take(
    desk: &mut Desk<'_>,
    (job, id): (&Id, &Id),
    arrival: Arrival,
    manifest: Option<&Manifest>,
    by: By<'_>,
) -> Result<(), TransitError> {
    let done = desk.store.job(job)?;
    let step = arrival.shipment_step()?;
    let (mut moves, mut why) = (Vec::new(), None);
    if let Some(report) = arrival.report() {
        let incident = deed::incident(job)?;
        why = Some(Word::parse(incident.as_str())?);
        let things = report.things.iter().map(|thing| Id::parse(thing)).collect::<Result<Vec<_>, _>>()?;
        let kind = Kind::of_name(&report.kind).unwrap_or(Kind::Shipment);
        moves.push(stock::report(desk, incident, (kind, &things), &report.text)?);
    }
    let because = |step: Move, is_so: bool| match why.clone().filter(|_| is_so) {
        Some(why) => step.because(why),
        None => step,
    };
    let act = Act::Arrival(arrival.clone());
    let evidence = act.evidence();
    for of in &arrival.cards {
        if let Some(step) = of_copy(desk, of, &done)? {
            let step_on = Move::card_of(Id::parse(&of.card)?, Id::parse(&of.application)?, step).by_evidence(evidence);
            moves.push(because(step_on, step == card::Step::Miss));
        }
    }
    let deed = deed::sign(desk, job, act, by).map_err(BureauError::from)?;
    let sealed = deed::kept(desk, deed)?;
    let of_shipment = Move::shipment(id.clone(), step).by_evidence(evidence).with_sealed(sealed);
    let mut of_shipment = because(of_shipment, matches!(step, shipment::Step::Dispute | shipment::Step::Miss));
    if let Some(manifest) = manifest {
        let plain = serde_json::to_vec(manifest).unwrap_or_default();
        of_shipment = of_shipment.with_sealed(desk.key.seal(Kind::Shipment, id, Part::Opening, &plain, desk.rng)?);
    }
    moves.push(of_shipment);
    desk.take_by(job, moves, by).map_err(BureauError::from)?;
    Ok(())
}

/// The step of the copy of a card, where there is one that can take it. One whose number was revoked meanwhile stays so.
fn of_copy(desk: &mut Desk<'_>, of: &Carried, done: &[Row]) -> Result<Option<card::Step>, TransitError> {
    use card::State::{InTransit, Missing, Returning, Revoked};
    let id = Id::parse(&of.card)?;
    if !done.is_empty() {
        // Asked again: what was done then.
        return Ok(done_to(done, &id));
    }
    let Some(found) = desk.store.standing(Kind::Card, &id)? else { return Ok(None) };
    let state = card::State::of_name(found.state).ok_or(StoreError::Damaged("state"))?;
    let step = card::Step::of_name(&of.step);
    Ok(step.filter(|step| match step {
        card::Step::Receive | card::Step::Miss => matches!(state, InTransit | Revoked | Returning),
        card::Step::SendBack => matches!(state, Missing | Revoked),
        _ => false,
    }))
}
