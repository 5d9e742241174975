//! Shipments at an office that has a store of its own: what comes there, and what it sends on or back, is the centre's. Whatever is done with
//! it the copy follows at once, by the office's officers, and the same is signed for the centre, which takes it in ([`crate::issuance::sync::deed`]).

use super::TransitError;
use super::route::{self, Way};
use super::ship::{self, CopyNote, Line, Manifest, done_to};
use crate::crypto::hash::sha256;
use crate::issuance::bureau::{BureauError, notes, stock};
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::office::Office;
use crate::issuance::store::{Id, Kind, Move, Opening, Page, Part, Row, Standing, StoreError, Word};
use crate::issuance::sync::deed::{self, Act, Arrival, Carried, Left, Packed, TakenBack};
use crate::issuance::{card, shipment};
use std::collections::{BTreeMap, BTreeSet};

/// Whether a shipment of this store is a copy of the centre's: what becomes of it is told there too.
///
/// # Errors
/// What the store says.
pub fn is_copy(desk: &mut Desk<'_>, id: &Id) -> Result<bool, TransitError> {
    let kept: Option<Manifest> = notes::read(desk, Kind::Shipment, id, Part::Opening)?;
    Ok(kept.is_some_and(|manifest| manifest.copy.is_some()))
}

/// Whether any of these cards is the centre's, and here as a copy or on the manifest of one.
///
/// # Errors
/// What the store says.
pub(super) fn are_copies(desk: &mut Desk<'_>, cards: &BTreeSet<&Id>) -> Result<bool, TransitError> {
    let mut unknown = BTreeSet::new();
    for card in cards {
        match desk.store.history(Kind::Card, card, 0, 1)?.first() {
            Some(row) if row.now != card::State::Allocated.name() => return Ok(true),
            Some(_) => {}
            None => drop(unknown.insert(*card)),
        }
    }
    Ok(!unknown.is_empty() && !shelf(desk, &unknown)?.is_empty())
}

/// Where cards lie of which this store knows no more than manifests: the last shipment that each is in, and its line there.
fn shelf(desk: &mut Desk<'_>, cards: &BTreeSet<&Id>) -> Result<BTreeMap<String, (Standing, Line)>, TransitError> {
    let (mut found, mut after) = (BTreeMap::<String, (Standing, Line)>::new(), None);
    loop {
        let page = Page { after, limit: 1_000, ..Page::of(Kind::Shipment) };
        let shipments = desk.store.page(&page)?;
        after = shipments.last().map(Standing::cursor);
        if after.is_none() {
            return Ok(found);
        }
        for shipment in shipments {
            let manifest = ship::manifest(desk, &shipment.id)?;
            for line in manifest.cards.into_iter().filter(|line| cards.iter().any(|card| card.as_str() == line.card)) {
                let is_later = |(other, _): &(Standing, Line)| other.changed <= shipment.changed;
                if found.get(&line.card).is_none_or(is_later) {
                    found.insert(line.card.clone(), (shipment.clone(), line));
                }
            }
        }
    }
}

/// Where a card goes on from an office, and by which step of it: none where it is handed over, no step of one on its way back.
///
/// # Errors
/// As [`route::next`].
pub(in crate::issuance) fn onward(desk: &mut Desk<'_>, card: &Id) -> Result<(Option<Office>, Option<card::Step>), TransitError> {
    let going = route::next(desk, card)?;
    let step = match (going.way, going.state) {
        (Way::Out, _) => going.next.map(|_| card::Step::SendOn),
        (Way::Back, card::State::Returning | card::State::Missing) => None,
        (Way::Back, _) => Some(card::Step::SendBack),
    };
    Ok((going.next, step))
}

/// Packs what goes on or back from here.
pub(super) fn pack(
    desk: &mut Desk<'_>,
    (job, id): (&Id, &Id),
    (to, cards, seals): (Office, &BTreeSet<&Id>, &[Word]),
    by: By<'_>,
) -> Result<Manifest, TransitError> {
    let again = !desk.store.job(job)?.is_empty();
    if !again {
        ship::unused(desk, seals)?;
    }
    let (shelf, mut lines, mut here) = (shelf(desk, cards)?, Vec::new(), Vec::new());
    for card in cards {
        let own = desk.store.standing(Kind::Card, card)?;
        let line = match &own {
            Some(found) => of_copy_here(desk, found)?,
            None => of_shelf(desk, card, &shelf, again)?,
        };
        match line.next {
            _ if again => {}
            Some(next) if next == to => {}
            None => return Err(TransitError::AtItsDesk((*card).clone())),
            Some(_) => return Err(TransitError::NoLeg { card: (*card).clone(), to }),
        }
        here.extend(own.map(|found| found.id));
        lines.push(line);
    }
    let plain = |line: &Line| Line { application: None, next: None, sends: None, ..line.clone() };
    let seals: Vec<String> = seals.iter().map(ToString::to_string).collect();
    let packed = Packed { shipment: id.to_string(), to, seals: seals.clone(), cards: lines.iter().map(plain).collect() };
    let manifest = packed.manifest();
    let kept = deed::queued(desk, job, Act::Packed(packed), by).map_err(BureauError::from)?;
    let note = CopyNote { from: desk.office, sent: desk.now(), told: 0, at: 0 };
    let own =
        desk.key.seal(Kind::Shipment, id, Part::Opening, &Manifest::of_copy((to, seals), lines, note).content(), desk.rng)?;
    let opening =
        Move::open(id.clone(), Opening::Shipment { to: to.into(), cards: here }).by_evidence(sha256(&manifest.content()));
    desk.take_by(job, vec![opening.with_sealed(own).with_sealed(kept)], by).map_err(BureauError::from)?;
    Ok(manifest)
}

/// The line of a card whose copy is here: it goes back when the centre has revoked it, or this desk took it back.
fn of_copy_here(desk: &mut Desk<'_>, found: &Standing) -> Result<Line, TransitError> {
    use card::State::{Refused, Returning, Revoked, Waiting};
    let state = card::State::of_name(found.state).ok_or(StoreError::Damaged("state"))?;
    if !matches!(state, Refused | Returning | Revoked | Waiting) {
        return Err(BureauError::Stands { kind: Kind::Card, id: found.id.clone(), state: found.state }.into());
    }
    let (next, step) = onward(desk, &found.id)?;
    let application = found.owner.as_ref().map(ToString::to_string);
    Ok(Line { application, next, sends: step.map(|step| step.name().to_owned()), ..Line::new(&found.id, &found.word) })
}

/// The line of a card that came here with others' and has not left.
fn of_shelf(desk: &Desk<'_>, card: &Id, shelf: &BTreeMap<String, (Standing, Line)>, again: bool) -> Result<Line, TransitError> {
    let unknown = || StoreError::Unknown { kind: Kind::Card, id: card.to_string() };
    let (shipment, line) = shelf.get(card.as_str()).ok_or_else(unknown)?;
    let came = shipment.state == shipment::State::Received.name() && shipment.word.as_str() == desk.office.to_string();
    if again || came && !line.is_missing {
        return Ok(line.clone());
    }
    Err(BureauError::Elsewhere { kind: Kind::Card, id: card.clone() }.into())
}

/// It leaves.
pub(super) fn send(desk: &mut Desk<'_>, (job, id): (&Id, &Id), by: By<'_>) -> Result<(), TransitError> {
    let (manifest, done) = (ship::manifest(desk, id)?, desk.store.job(job)?);
    let cards = manifest.cards.iter().filter_map(|line| {
        let (application, step) = (line.application.clone()?, line.sends.clone()?);
        Some(Carried { card: line.card.clone(), application, step })
    });
    let left = Left { shipment: id.to_string(), cards: cards.collect() };
    let act = Act::Left(left.clone());
    let evidence = act.evidence();
    let mut moves = Vec::new();
    for of in &left.cards {
        if let Some(step) = of_copy(desk, of, &done)? {
            moves.push(Move::card_of(Id::parse(&of.card)?, Id::parse(&of.application)?, step).by_evidence(evidence));
        }
    }
    let kept = deed::queued(desk, job, act, by).map_err(BureauError::from)?;
    moves.push(Move::shipment(id.clone(), shipment::Step::Send).by_evidence(evidence).with_sealed(kept));
    desk.take_by(job, moves, by).map_err(BureauError::from)?;
    Ok(())
}

/// A card that waits here is taken back.
pub(super) fn taken_back(desk: &mut Desk<'_>, job: &Id, of: TakenBack, by: By<'_>) -> Result<(), TransitError> {
    let act = Act::TakenBack(of);
    let mut moves = act.moves(job)?.into_iter();
    let kept = deed::queued(desk, job, act, by).map_err(BureauError::from)?;
    let back = moves.next().map(|back| back.with_sealed(kept));
    desk.take_by(job, back.into_iter().chain(moves).collect(), by).map_err(BureauError::from)?;
    Ok(())
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
    // Asked again: as they stood then.
    let before = deed::of(desk, Kind::Shipment, id)?.into_iter().find(|deed| deed.job == job.as_str());
    let then = match before.map(|deed| deed.act) {
        Some(Act::Arrival(before)) => Some(before.cards),
        _ => None,
    };
    let arrived = |carried: &Carried| [card::Step::Receive, card::Step::Miss].iter().any(|step| step.name() == carried.step);
    let was_missing = |card: &str, is_missing: bool| match &then {
        Some(cards) => !cards.iter().any(|carried| carried.card == card && arrived(carried)),
        None => is_missing,
    };
    let cards = carried(&manifest, id, |card, is_missing| match (is_here(card), was_missing(card, is_missing)) {
        (true, true) => Some(card::Step::SendBack),
        (true, false) => Some(card::Step::Receive),
        (false, true) => None,
        (false, false) => Some(card::Step::Miss),
    })?;
    let mut settled = manifest.clone();
    for line in &mut settled.cards {
        // What was missing goes back from here, and is on its way by this.
        if is_here(&line.card) && line.is_missing {
            (line.next, line.sends) = (desk.office.above(), None);
        }
        line.is_missing = !is_here(&line.card);
    }
    take(desk, (job, id), trouble(id, shipment::Step::Settle, text, cards), Some(&settled), by)?;
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
    let sealed = deed::queued(desk, job, act, by).map_err(BureauError::from)?;
    let of_shipment = Move::shipment(id.clone(), step).by_evidence(evidence).with_sealed(sealed);
    let mut of_shipment = because(of_shipment, matches!(step, shipment::Step::Dispute | shipment::Step::Miss));
    if let Some(manifest) = manifest {
        of_shipment = of_shipment.with_sealed(desk.key.seal(Kind::Shipment, id, Part::Opening, &manifest.content(), desk.rng)?);
    }
    moves.push(of_shipment);
    desk.take_by(job, moves, by).map_err(BureauError::from)?;
    Ok(())
}

/// The step of the copy of a card, where there is one that can take it. One whose number was revoked meanwhile stays so.
fn of_copy(desk: &mut Desk<'_>, of: &Carried, done: &[Row]) -> Result<Option<card::Step>, TransitError> {
    use card::State::{InTransit, Missing, Refused, Returning, Revoked};
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
        card::Step::SendBack => matches!(state, Missing | Refused | Revoked),
        _ => false,
    }))
}
