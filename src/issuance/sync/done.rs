//! What an office did and signed, taken in by the centre: held against offices, seals, manifest and states as if it were done here.

use super::SyncError;
use super::deed::{Act, Arrival, Carried, Deed, incident, written};
use super::handed::{SKEW, checked};
use super::intake::Taken;
use crate::issuance::bureau::{BureauError, notes};
use crate::issuance::card;
use crate::issuance::desk::Desk;
use crate::issuance::names::Named as _;
use crate::issuance::office::Office;
use crate::issuance::officer::ActError;
use crate::issuance::shipment::Step;
use crate::issuance::store::{Draft, Id, Kind, Move, Page, Part, StoreError, Word};
use crate::issuance::transit::{TransitError, ship};
use crate::limits::INCIDENT_TEXT_BYTES;
use jiff::Timestamp;

/// Takes a deed in, once.
///
/// # Errors
/// [`SyncError::Transit`] for another office's shipment, other seals or another content; [`SyncError::Act`] for a time that has not come and
/// for hands that do not count; [`SyncError::Form`]; what desk and store say: a shipment that stands elsewhere is refused.
pub fn take_in(desk: &mut Desk<'_>, deed: &Deed, from: Office) -> Result<Taken, SyncError> {
    let job = deed.centres_job(from)?;
    if !desk.store.job(&job)?.is_empty() {
        return Ok(Taken::Again);
    }
    if deed.at > desk.now().saturating_add(SKEW).unwrap_or(Timestamp::MAX) {
        return Err(ActError::Future.into());
    }
    match &deed.act {
        Act::Arrival(of) => arrival(desk, of, from)?,
    }
    let draft = Draft::new(job.clone(), from.into(), deed.at, moves(desk, deed, &job)?)?;
    if draft.statements().len() != deed.hands.len() {
        return Err(ActError::Unsigned.into());
    }
    let acts = draft.acts().zip(&deed.hands);
    let hands = acts.map(|((name, subject), step)| checked(desk, step, (&name, subject), (from, draft.at())));
    let hands = hands.collect::<Result<_, _>>()?;
    desk.store.take(&draft.signed(hands)?)?;
    Ok(Taken::New)
}

/// The steps, with what is reported sealed under the centre's key: the officers signed its SHA-256.
fn moves(desk: &mut Desk<'_>, deed: &Deed, job: &Id) -> Result<Vec<Move>, SyncError> {
    let moves = deed.moves(job)?;
    let Some(report) = deed.act.report() else { return Ok(moves) };
    if report.text.len() > INCIDENT_TEXT_BYTES {
        return Err(TransitError::from(BureauError::Number { what: "bytes of a text", most: INCIDENT_TEXT_BYTES }).into());
    }
    let (id, content) = (incident(job)?, written(&report));
    let sealed = desk.key.seal(Kind::Incident, &id, Part::Opening, &content, desk.rng)?;
    let is_it = |step: &Move| step.kind() == Kind::Incident && *step.of() == id;
    Ok(moves.into_iter().map(|step| if is_it(&step) { step.naming(&content, sealed.clone()) } else { step }).collect())
}

/// Whether a shipment may arrive like this: it goes there, and seals and cards are those that it left with.
fn arrival(desk: &mut Desk<'_>, of: &Arrival, from: Office) -> Result<(), SyncError> {
    let id = Id::parse(&of.shipment)?;
    let found = notes::standing(desk, Kind::Shipment, &id).map_err(TransitError::from)?;
    if found.word.as_str() != from.to_string() {
        let to = found.word.as_str().parse().map_err(|_| StoreError::Damaged("destination"))?;
        return Err(TransitError::NotHere(to).into());
    }
    let (manifest, items) = (ship::manifest(desk, &id)?, desk.store.items(Kind::Shipment, &id)?);
    let named = of.cards.iter().map(|carried| Id::parse(&carried.card)).collect::<Result<Vec<_>, _>>()?;
    let all_are = |steps: &[card::Step]| {
        let is_one = |carried: &Carried| steps.iter().any(|step| step.name() == carried.step);
        if of.cards.iter().all(is_one) { Ok(()) } else { Err(SyncError::Form(0)) }
    };
    match of.shipment_step()? {
        Step::Receive => {
            let seals = of.seals.iter().map(|seal| Word::parse(seal)).collect::<Result<Vec<_>, _>>()?;
            ship::whole(&manifest, &items, (&named, &seals))?;
            all_are(&[card::Step::Receive])
        }
        Step::Dispute => all_are(&[]),
        Step::Settle => {
            // A card that was missing before, and is not here, takes no step.
            let mut told = named;
            for card in &items {
                let standing = notes::standing(desk, Kind::Card, card).map_err(TransitError::from)?;
                if standing.state == card::State::Missing.name() && !told.contains(card) {
                    told.push(card.clone());
                }
            }
            ship::same_cards(&items, &told)?;
            all_are(&[card::Step::Receive, card::Step::SendBack, card::Step::Miss])
        }
        Step::Miss => {
            ship::same_cards(&items, &named)?;
            all_are(&[card::Step::Miss])
        }
        _ => Err(SyncError::Form(0)),
    }
}

/// Whether a card is in a shipment on its way to an office, whose word of its arrival may still come.
///
/// # Errors
/// What the store says.
pub fn is_coming(desk: &mut Desk<'_>, card: &Id, to: Office) -> Result<bool, StoreError> {
    let mut page = Page { state: Some(crate::issuance::shipment::State::Sent.name()), limit: 1_000, ..Page::of(Kind::Shipment) };
    loop {
        let found = desk.store.page(&page)?;
        let Some(last) = found.last() else { return Ok(false) };
        page.after = Some(last.cursor());
        for shipment in found.iter().filter(|shipment| shipment.word.as_str() == to.to_string()) {
            if desk.store.items(Kind::Shipment, &shipment.id)?.contains(card) {
                return Ok(true);
            }
        }
    }
}
