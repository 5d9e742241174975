//! Shipments: packed under seals with a manifest, sent, and received whole.

use super::route::{self, Going, Way};
use super::{TransitError, afar};
use crate::issuance::bureau::{BureauError, notes};
use crate::issuance::desk::{By, Desk};
use crate::issuance::store::{Id, Kind, Move, Opening, Page, Part, Standing, Word};
use crate::issuance::{Office, card, shipment};
use crate::limits::{ISSUANCE_ITEMS, SHIPMENT_SEALS};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is written down of a shipment when it is packed: its manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format: u8,
    /// Where to.
    pub to: String,
    /// The numbers of its seals.
    pub seals: Vec<String>,
    /// The cards in it: each with its document number.
    pub cards: Vec<Line>,
    /// Of a copy of the centre's: where it came from, and how far what is told of it went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<CopyNote>,
}

/// What an office with a store of its own keeps of a shipment that comes to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyNote {
    /// Where it came from.
    pub from: Office,
    /// When it left.
    pub sent: Timestamp,
    /// The steps that the centre's had when this was told.
    pub told: u64,
    /// Those of the copy by then.
    pub at: u64,
}

/// A line of a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The card.
    pub card: String,
    /// Its document number.
    pub number: String,
    /// Of a copy's: its application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// Of a copy's: whether it was called missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_missing: bool,
    /// Of a copy's: where it goes on from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Office>,
    /// Of a copy's: the word of the step by which it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sends: Option<String>,
}

impl Line {
    pub(super) fn new(card: &Id, number: &Word) -> Self {
        let (card, number) = (card.to_string(), number.to_string());
        Self { card, number, application: None, is_missing: false, next: None, sends: None }
    }
}

impl Manifest {
    /// One.
    #[must_use]
    pub fn of(to: Office, seals: Vec<String>, cards: Vec<Line>) -> Self {
        Self { format: 1, to: to.to_string(), seals, cards, copy: None }
    }

    /// As it is sealed.
    #[must_use]
    pub fn content(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_else(|_| unreachable!("plain JSON"))
    }

    /// That of a copy.
    pub(in crate::issuance) fn of_copy((to, seals): (Office, Vec<String>), cards: Vec<Line>, copy: CopyNote) -> Self {
        Self { copy: Some(copy), ..Self::of(to, seals, cards) }
    }

    /// The cards in it.
    fn ids(&self) -> Result<Vec<Id>, TransitError> {
        Ok(self.cards.iter().map(|line| Id::parse(&line.card)).collect::<Result<_, _>>()?)
    }
}

/// Packs cards under seals, for the next office of their way.
///
/// # Errors
/// [`TransitError::NoLeg`] for a card that does not go there from here, [`TransitError::SealCount`], [`TransitError::UsedSeal`]; what bureau, desk and store say.
pub fn pack(
    desk: &mut Desk<'_>,
    job: &Id,
    id: &Id,
    (to, cards, seals): (Office, &[Id], &[Word]),
    by: By<'_>,
) -> Result<Manifest, TransitError> {
    if seals.is_empty() || seals.len() > SHIPMENT_SEALS {
        return Err(TransitError::SealCount(SHIPMENT_SEALS));
    }
    let cards: BTreeSet<&Id> = cards.iter().collect();
    if cards.is_empty() || cards.len() > ISSUANCE_ITEMS {
        return Err(BureauError::Number { what: "cards of a shipment", most: ISSUANCE_ITEMS }.into());
    }
    if afar::are_copies(desk, &cards)? {
        return afar::pack(desk, (job, id), (to, &cards, seals), by);
    }
    let again = !desk.store.job(job)?.is_empty();
    if !again {
        unused(desk, seals)?;
    }
    let (mut lines, mut moves) = (Vec::new(), Vec::new());
    for card in &cards {
        let standing = notes::standing(desk, Kind::Card, card)?;
        let going = route::next(desk, card)?;
        if !again {
            can_leave(desk, &going, to)?;
        }
        // A card that goes on from the regency, or back, is packed as it stands.
        let packs = if again { began_packed(desk, card, job)? } else { going.state == card::State::Checked };
        if packs {
            moves.push(Move::card_of((*card).clone(), going.application, card::Step::Pack));
        }
        lines.push(Line::new(card, &standing.word));
    }
    let seals = seals.iter().map(ToString::to_string).collect();
    let manifest = Manifest::of(to, seals, lines);
    let opening = Opening::Shipment { to: to.into(), cards: cards.into_iter().cloned().collect() };
    moves.push(notes::with(desk, Move::open(id.clone(), opening), Part::Opening, &manifest)?);
    desk.take_by(job, moves, by)?;
    Ok(manifest)
}

/// That no other shipment was closed by one of these seals, and none stands twice.
pub(in crate::issuance) fn unused(desk: &mut Desk<'_>, seals: &[Word]) -> Result<(), TransitError> {
    if let Some((_, twice)) = seals.iter().enumerate().find(|(n, seal)| seals.iter().take(*n).any(|other| other == *seal)) {
        return Err(TransitError::UsedSeal(twice.clone()));
    }
    let mut after = None;
    loop {
        let page = Page { after, limit: 1_000, ..Page::of(Kind::Shipment) };
        let found = desk.store.page(&page)?;
        for shipment in &found {
            let manifest = manifest(desk, &shipment.id)?;
            if let Some(used) = seals.iter().find(|seal| manifest.seals.iter().any(|own| own == seal.as_str())) {
                return Err(TransitError::UsedSeal(used.clone()));
            }
        }
        after = found.last().map(Standing::cursor);
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Whether a job packed this card.
fn began_packed(desk: &mut Desk<'_>, card: &Id, job: &Id) -> Result<bool, TransitError> {
    Ok(desk.store.job(job)?.iter().any(|row| row.kind == Kind::Card && row.id == *card))
}

/// Whether a card may leave here for there.
pub(in crate::issuance) fn can_leave(desk: &mut Desk<'_>, going: &Going, to: Office) -> Result<(), TransitError> {
    let standing = notes::own(desk, Kind::Card, &going.card)?;
    let fits = match going.way {
        Way::Out => matches!(going.state, card::State::Checked | card::State::Waiting),
        Way::Back => !matches!(going.state, card::State::Missing | card::State::Returned | card::State::Destroyed),
    };
    if !fits {
        return Err(BureauError::Stands { kind: Kind::Card, id: going.card.clone(), state: standing.state }.into());
    }
    match going.next {
        Some(next) if next == to => Ok(()),
        None if going.way == Way::Out => Err(TransitError::AtItsDesk(going.card.clone())),
        _ => Err(TransitError::NoLeg { card: going.card.clone(), to }),
    }
}

/// Puts cards on the shelf of the desk that hands them over, where they were made: there is no shipment, and one signature packs and
/// receives.
///
/// # Errors
/// [`TransitError::NoLeg`] for a card that has a way to go, [`BureauError::Elsewhere`] for another office's; what bureau, desk and store say.
pub fn shelve(desk: &mut Desk<'_>, job: &Id, cards: &[Id], by: By<'_>) -> Result<(), TransitError> {
    if cards.is_empty() || cards.len() > ISSUANCE_ITEMS / 2 {
        return Err(BureauError::Number { what: "cards", most: ISSUANCE_ITEMS / 2 }.into());
    }
    let first = desk.store.job(job)?.is_empty();
    let mut moves = Vec::new();
    for card in cards {
        if first {
            notes::own(desk, Kind::Card, card)?;
        }
        let going = route::next(desk, card)?;
        if let Some(to) = going.next {
            return Err(TransitError::NoLeg { card: card.clone(), to });
        }
        let step = |step| Move::card_of(card.clone(), going.application.clone(), step);
        moves.extend([step(card::Step::Pack), step(card::Step::Receive)]);
    }
    desk.take_by(job, moves, by)?;
    Ok(())
}

/// The manifest of a shipment.
///
/// # Errors
/// [`TransitError::Bureau`].
pub fn manifest(desk: &mut Desk<'_>, id: &Id) -> Result<Manifest, TransitError> {
    Ok(notes::opening(desk, Kind::Shipment, id)?)
}

/// Sends a shipment: from now on its cards are on their way.
///
/// # Errors
/// What bureau, desk and store say.
pub fn send(desk: &mut Desk<'_>, job: &Id, id: &Id, by: By<'_>) -> Result<(), TransitError> {
    notes::own(desk, Kind::Shipment, id)?;
    if afar::is_copy(desk, id)? {
        return afar::send(desk, (job, id), by);
    }
    let done = desk.store.job(job)?;
    let mut moves = Vec::new();
    for card in desk.store.items(Kind::Shipment, id)? {
        let going = route::next(desk, &card)?;
        let step = match (going.way, going.state) {
            // Asked again: what was done then.
            _ if !done.is_empty() => done_to(&done, &card),
            (Way::Out, card::State::Packed) => Some(card::Step::Send),
            (Way::Out, _) => Some(card::Step::SendOn),
            // On its way back already.
            (Way::Back, card::State::Returning) => None,
            (Way::Back, _) => Some(card::Step::SendBack),
        };
        moves.extend(step.map(|step| Move::card_of(card, going.application, step)));
    }
    moves.push(Move::shipment(id.clone(), shipment::Step::Send));
    desk.take_by(job, moves, by)?;
    Ok(())
}

/// The step of a card that a job took.
pub(super) fn done_to(done: &[crate::issuance::store::Row], card: &Id) -> Option<card::Step> {
    use crate::issuance::names::Named as _;
    let row = done.iter().find(|row| row.kind == Kind::Card && row.id == *card)?;
    row.step().and_then(|step| card::Step::of_name(&step))
}

/// Receives a shipment that arrived whole: its seals are those that it left with, its content is what its manifest says.
///
/// # Errors
/// [`TransitError::NotHere`], [`TransitError::Seals`], [`TransitError::Manifest`]: then it is disputed, by two. What bureau, desk and
/// store say.
pub fn receive(
    desk: &mut Desk<'_>,
    job: &Id,
    id: &Id,
    (cards, seals): (&[Id], &[Word]),
    by: By<'_>,
) -> Result<usize, TransitError> {
    let manifest = arrived(desk, id)?;
    let items = contents(desk, id, &manifest)?;
    whole(&manifest, &items, (cards, seals))?;
    if manifest.copy.is_some() {
        return afar::receive(desk, (job, id), (&manifest, seals), by);
    }
    let mut moves = Vec::new();
    let done = desk.store.job(job)?;
    for card in &items {
        moves.push(arrives(desk, card, &done)?);
    }
    moves.push(Move::shipment(id.clone(), shipment::Step::Receive));
    desk.take_by(job, moves, by)?;
    Ok(items.len())
}

/// What a shipment holds: of a copy also the cards of which this store knows nothing else.
pub(super) fn contents(desk: &mut Desk<'_>, id: &Id, manifest: &Manifest) -> Result<Vec<Id>, TransitError> {
    if manifest.copy.is_some() { manifest.ids() } else { Ok(desk.store.items(Kind::Shipment, id)?) }
}

/// Whether seals and cards, as they were found, are those that a shipment left with.
///
/// # Errors
/// [`TransitError::Seals`], [`TransitError::Manifest`].
pub(in crate::issuance) fn whole(
    manifest: &Manifest,
    items: &[Id],
    (cards, seals): (&[Id], &[Word]),
) -> Result<(), TransitError> {
    let broken: Vec<Word> = seals.iter().filter(|seal| !manifest.seals.iter().any(|own| own == seal.as_str())).cloned().collect();
    let gone = manifest.seals.iter().filter(|own| !seals.iter().any(|seal| seal.as_str() == own.as_str()));
    let gone: Vec<Word> = gone.map(|seal| Word::parse(seal)).collect::<Result<_, _>>()?;
    if !broken.is_empty() || !gone.is_empty() {
        return Err(TransitError::Seals([broken, gone].concat()));
    }
    same_cards(items, cards)
}

/// Whether the cards that were found are those of a shipment.
///
/// # Errors
/// [`TransitError::Manifest`].
pub(in crate::issuance) fn same_cards(items: &[Id], cards: &[Id]) -> Result<(), TransitError> {
    let scanned: BTreeSet<&Id> = cards.iter().collect();
    let missing: Vec<Id> = items.iter().filter(|card| !scanned.contains(card)).cloned().collect();
    let strange: Vec<Id> = scanned.into_iter().filter(|card| !items.contains(card)).cloned().collect();
    if missing.is_empty() && strange.is_empty() { Ok(()) } else { Err(TransitError::Manifest { missing, strange }) }
}

/// The manifest of a shipment that goes to this office.
pub(super) fn arrived(desk: &mut Desk<'_>, id: &Id) -> Result<Manifest, TransitError> {
    let found = notes::standing(desk, Kind::Shipment, id)?;
    if found.word.as_str() != desk.office.to_string() {
        let to = found.word.as_str().parse().map_err(|_| BureauError::Notes { kind: Kind::Shipment, id: id.clone() })?;
        return Err(TransitError::NotHere(to));
    }
    manifest(desk, id)
}

/// The step by which a card arrives here.
pub(super) fn arrives(desk: &mut Desk<'_>, card: &Id, done: &[crate::issuance::store::Row]) -> Result<Move, TransitError> {
    let going = route::next(desk, card)?;
    let step = match going.way {
        _ if !done.is_empty() => done_to(done, card).unwrap_or(card::Step::Receive),
        Way::Back if desk.office == Office::Ministry => card::Step::ReceiveBack,
        _ => card::Step::Receive,
    };
    Ok(Move::card_of(card.clone(), going.application, step))
}
