//! What the centre says of a shipment to the office that it goes to, and the office's copy that follows it: there it is received as in the
//! centre's own store. Of a card that this office hands over the copy comes with it, and the CAN.

use super::content::{Coming, ShipmentTold, Shipped};
use super::intake::{Taken, origin};
use super::{SyncError, told};
use crate::issuance::bureau::notes;
use crate::issuance::case::Case;
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::office::Office;
use crate::issuance::store::{By as Find, Id, Kind, Move, Opening, Part, Standing, StoreError, Word};
use crate::issuance::transit::ship::{self, CopyNote, Line, Manifest};
use crate::issuance::transit::{TransitError, afar};
use crate::issuance::{application, card, shipment};
use crate::limits::{ISSUANCE_ITEMS, SHIPMENT_SEALS};
use crate::verify::hex;
use jiff::Timestamp;

/// What the centre says of a shipment; nothing of one that has not left.
///
/// # Errors
/// What the store says.
pub fn tell(desk: &mut Desk<'_>, id: &Id) -> Result<Option<ShipmentTold>, SyncError> {
    let found = desk.store.standing(Kind::Shipment, id)?;
    let found = found.ok_or_else(|| StoreError::Unknown { kind: Kind::Shipment, id: id.to_string() })?;
    if found.state == shipment::State::Sealed.name() {
        return Ok(None);
    }
    let office = |text: &str| text.parse::<Office>().map_err(|_| StoreError::Damaged("office"));
    let (from, to) = (office(found.office.as_str())?, office(found.word.as_str())?);
    let life = desk.store.history(Kind::Shipment, id, 0, 10)?;
    let left = life.iter().find(|row| row.now == shipment::State::Sent.name());
    let sent = left.and_then(|row| Timestamp::from_microsecond(row.at).ok()).unwrap_or(found.changed);
    let seals = ship::manifest(desk, id)?.seals;
    let items = desk.store.items(Kind::Shipment, id)?;
    let cards = items.iter().map(|card| shipped(desk, card, to)).collect::<Result<_, _>>()?;
    let state = found.state.to_owned();
    Ok(Some(ShipmentTold { shipment: id.to_string(), revision: found.revision, state, from, to, sent, seals, cards }))
}

/// The same store, seen from another office.
pub(super) fn elsewhere<'a>(desk: &'a mut Desk<'_>, office: Office) -> Desk<'a> {
    Desk { office, roster: desk.roster, store: &mut *desk.store, key: desk.key, clock: desk.clock, rng: &mut *desk.rng }
}

fn shipped(desk: &mut Desk<'_>, id: &Id, to: Office) -> Result<Shipped, SyncError> {
    let found = notes::standing(desk, Kind::Card, id).map_err(TransitError::from)?;
    let application = found.owner.clone().ok_or(StoreError::Damaged("application"))?;
    let (next, step) = afar::onward(&mut elsewhere(desk, to), id)?;
    Ok(Shipped {
        card: id.to_string(),
        next,
        sends: step.map(|step| step.name().to_owned()),
        number: found.word.to_string(),
        coming: coming(desk, &found, &application, to)?,
        application: application.to_string(),
        missing: found.state == card::State::Missing.name(),
    })
}

/// Of a card that is handed over there, whose application came from there: what the desk reads it by.
fn coming(desk: &mut Desk<'_>, found: &Standing, application: &Id, to: Office) -> Result<Option<Coming>, SyncError> {
    if found.state != card::State::InTransit.name() || origin(desk.store, application)? != Some(to) {
        return Ok(None);
    }
    let case = Case::open(desk, application)?;
    let is_theirs = case.dossier.office(case.dossier.procedure.desk()) == Some(to);
    let Some(sealed) = desk.store.sealed(Kind::Card, &found.id, Part::Can)?.filter(|_| is_theirs) else { return Ok(None) };
    let digits = desk.key.open(&sealed)?;
    let can = std::str::from_utf8(&digits).map_err(|_| StoreError::Damaged("can"))?.to_owned();
    let revision = told::revision(&case, &desk.store.find(Kind::Card, Find::Owner(application))?);
    Ok(Some(Coming { revision, can }))
}

/// Whether the office that a shipment goes to has a store of its own, as far as its cards tell.
///
/// # Errors
/// What the store says.
pub fn has_own_store(desk: &mut Desk<'_>, told: &ShipmentTold) -> Result<bool, SyncError> {
    for line in &told.cards {
        if origin(desk.store, &Id::parse(&line.application)?)? == Some(told.to) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Brings the office's copy to where the centre has the shipment: it begins, or follows. `letter` is the digest of what the centre signed.
/// What the office did since, and the centre will take in, is not undone.
///
/// # Errors
/// [`SyncError::Anothers`] for another office's shipment, [`SyncError::Form`]; what desk and store say: a person who has an unfinished card
/// here is refused.
pub fn follow(desk: &mut Desk<'_>, said: &ShipmentTold, letter: [u8; 32], by: By<'_>) -> Result<Taken, SyncError> {
    if said.to != desk.office {
        return Err(SyncError::Anothers);
    }
    if said.cards.len() > ISSUANCE_ITEMS || said.seals.len() > SHIPMENT_SEALS {
        return Err(SyncError::Form(0));
    }
    let id = Id::parse(&said.shipment)?;
    let state = shipment::State::of_name(&said.state).ok_or(SyncError::Form(0))?;
    let moves = match desk.store.standing(Kind::Shipment, &id)? {
        None => begins(desk, (&id, state), said, letter)?,
        Some(found) => goes_on(desk, &found, (state, said), letter)?,
    };
    if moves.is_empty() {
        return Ok(Taken::Again);
    }
    let job = Id::parse(&format!("shipment-{}", hex::encode(letter.get(..16).unwrap_or_default())))?;
    desk.take_by(&job, moves, by)?;
    Ok(Taken::New)
}

/// The copy of a shipment that is not known here, and of the cards that are handed over here.
fn begins(
    desk: &mut Desk<'_>,
    (id, state): (&Id, shipment::State),
    said: &ShipmentTold,
    letter: [u8; 32],
) -> Result<Vec<Move>, SyncError> {
    let step = match state {
        shipment::State::Sent => None,
        shipment::State::Disputed => Some(shipment::Step::FollowDisputed),
        shipment::State::Missing => Some(shipment::Step::FollowMissing),
        // It came before anything was heard of it here: where its cards are, the centre tells with their applications.
        shipment::State::Sealed | shipment::State::Received => return Ok(Vec::new()),
    };
    let (mut moves, mut here) = (Vec::new(), Vec::new());
    for line in &said.cards {
        let card = Id::parse(&line.card)?;
        if desk.store.standing(Kind::Card, &card)?.is_some() {
            here.push(card);
        } else if let Some(coming) = &line.coming
            && let Some(copy) = comes(desk, (line, coming), letter)?
        {
            moves.extend(copy);
            here.push(card);
        }
    }
    let at = if step.is_some() { 2 } else { 1 };
    let sealed = sealed(desk, id, &manifest(said, at))?;
    let opening = Opening::ShipmentCopy { to: said.to.into(), cards: here };
    moves.push(Move::open(id.clone(), opening).by_evidence(letter).with_sealed(sealed));
    moves.extend(step.map(|step| Move::shipment(id.clone(), step).by_evidence(letter)));
    Ok(moves)
}

/// The copy of a card on its way, unless its application is not here, or the centre has said something newer of it.
fn comes(desk: &mut Desk<'_>, (line, coming): (&Shipped, &Coming), letter: [u8; 32]) -> Result<Option<[Move; 2]>, SyncError> {
    let (id, application) = (Id::parse(&line.card)?, Id::parse(&line.application)?);
    let Some(standing) = desk.store.standing(Kind::Application, &application)? else { return Ok(None) };
    let state = application::State::of_name(standing.state).ok_or(StoreError::Damaged("state"))?;
    let known = told::last(desk, &application)?.map_or(0, |known| known.revision);
    if !state.is_with_the_centre() || known > coming.revision {
        return Ok(None);
    }
    let sealed = desk.key.seal(Kind::Card, &id, Part::Can, coming.can.as_bytes(), desk.rng)?;
    let opening = Opening::CardComing { application: application.clone(), number: Word::parse(&line.number)? };
    let follows = Move::application(application, application::Step::FollowInPersonalization).by_evidence(letter);
    Ok(Some([follows, Move::open(id, opening).by_evidence(letter).with_sealed(sealed)]))
}

/// The step of a copy that is here. The office's own steps count as the centre's, which takes them in: what the centre says is newer if it
/// has more, and right if it has as many and stands elsewhere.
fn goes_on(
    desk: &mut Desk<'_>,
    found: &Standing,
    (state, said): (shipment::State, &ShipmentTold),
    letter: [u8; 32],
) -> Result<Vec<Move>, SyncError> {
    use shipment::State::{Disputed, Missing, Received, Sent};
    use shipment::Step::{FollowDisputed, FollowMissing, FollowReceived};
    let stands = shipment::State::of_name(found.state).ok_or(StoreError::Damaged("state"))?;
    let note = ship::manifest(desk, &found.id)?.copy.filter(|note| note.from == said.from);
    let taken = || StoreError::Taken { kind: Kind::Shipment, id: found.id.to_string() };
    let note = note.ok_or_else(taken)?;
    let here = note.told.saturating_add(found.revision.saturating_sub(note.at));
    if said.revision < here || said.revision == here && state == stands {
        return Ok(Vec::new());
    }
    let step = match (state, stands) {
        (Received, Sent | Disputed | Missing) => FollowReceived,
        (Disputed, Sent | Received | Missing | Disputed) => FollowDisputed,
        (Missing, Sent | Received) => FollowMissing,
        _ => return Ok(Vec::new()),
    };
    let sealed = sealed(desk, &found.id, &manifest(said, found.revision.saturating_add(1)))?;
    Ok(vec![Move::shipment(found.id.clone(), step).by_evidence(letter).with_sealed(sealed)])
}

/// The manifest as it was told; `at` is the step of the copy by which it is kept.
fn manifest(said: &ShipmentTold, at: u64) -> Manifest {
    let line = |line: &Shipped| Line {
        card: line.card.clone(),
        number: line.number.clone(),
        application: Some(line.application.clone()),
        is_missing: line.missing,
        next: line.next,
        sends: line.sends.clone(),
    };
    let copy = CopyNote { from: said.from, sent: said.sent, told: said.revision, at };
    Manifest::of_copy((said.to, said.seals.clone()), said.cards.iter().map(line).collect(), copy)
}

fn sealed(desk: &mut Desk<'_>, id: &Id, manifest: &Manifest) -> Result<crate::issuance::store::Sealed, SyncError> {
    Ok(desk.key.seal(Kind::Shipment, id, Part::Opening, &manifest.content(), desk.rng)?)
}
