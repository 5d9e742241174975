//! What the centre says of an application, and the office's copy that follows it: never back to what was said before.

use super::SyncError;
use super::content::{CardTold, Told};
use super::intake::{Taken, sealed};
use crate::issuance::application::State;
use crate::issuance::card::{self, Number};
use crate::issuance::case::Case;
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::office::Office;
use crate::issuance::store::{By as Find, Id, Kind, Move, Opening, Part, Standing, StoreError, Word};
use crate::record::Biodata;
use zeroize::Zeroizing;

/// What the centre says of an application to the office that it came from.
///
/// # Errors
/// What the store says.
pub fn tell(desk: &mut Desk<'_>, id: &Id, to: Office) -> Result<Told, SyncError> {
    let case = Case::open(desk, id)?;
    let standings = desk.store.find(Kind::Card, Find::Owner(id))?;
    let revision = revision(&case, &standings);
    let cards = standings.iter().map(|card| card_told(desk, card, to)).collect::<Result<Vec<_>, _>>()?;
    let last = desk.store.history(Kind::Application, id, case.standing.revision.saturating_sub(1), 1)?;
    Ok(Told {
        application: id.to_string(),
        revision,
        state: case.state.name().to_owned(),
        since: case.standing.changed,
        // Of its beginning the reason is the office.
        answer: last.first().filter(|row| row.step().as_deref() != Some("open")).and_then(crate::issuance::store::Row::reason),
        clean: case.dossier.is_clean.then(|| case.dossier.biodata.to_json()),
        cards: cards.into_iter().flatten().collect(),
    })
}

/// How many steps an application and its cards have taken.
pub(super) fn revision(case: &Case, cards: &[Standing]) -> u64 {
    cards.iter().fold(case.standing.revision, |sum, card| sum.saturating_add(card.revision))
}

fn card_told(desk: &mut Desk<'_>, card: &Standing, to: Office) -> Result<Option<CardTold>, SyncError> {
    let state = card::State::of_name(card.state).ok_or(StoreError::Damaged("state"))?;
    let waits = state == card::State::Waiting && card.custody == to.into();
    let word = match state.number() {
        Number::Active => "active",
        Number::Suspended => "suspended",
        Number::Revoked => "revoked",
        Number::NotHandedOver if waits => "waiting",
        Number::NotHandedOver => return Ok(None),
    };
    let mut can = None;
    if waits && let Some(sealed) = desk.store.sealed(Kind::Card, &card.id, Part::Can)? {
        let digits = desk.key.open(&sealed)?;
        can = Some(std::str::from_utf8(&digits).map_err(|_| StoreError::Damaged("can"))?.to_owned());
    }
    Ok(Some(CardTold { id: card.id.to_string(), number: card.word.to_string(), state: word.to_owned(), can }))
}

/// What was told last of an application of this office; none if nothing was.
///
/// # Errors
/// What the store says.
pub fn last(desk: &mut Desk<'_>, id: &Id) -> Result<Option<Told>, SyncError> {
    let Some(sealed) = desk.store.sealed(Kind::Application, id, Part::Findings)? else { return Ok(None) };
    let told = serde_json::from_slice(&desk.key.open(&sealed)?);
    Ok(Some(told.map_err(|_| StoreError::Damaged("told"))?))
}

/// Moves the office's copy to where the centre has the application. `letter` is the digest of what the centre signed. What is older than
/// what is known changes nothing.
///
/// # Errors
/// [`SyncError::Form`] for a word that is none; what desk and store say.
pub fn follow(desk: &mut Desk<'_>, told: &Told, letter: [u8; 32], by: By<'_>) -> Result<Taken, SyncError> {
    let id = Id::parse(&told.application)?;
    let job = Id::parse(&format!("told-{id}-{}", told.revision))?;
    let known = last(desk, &id)?.map_or(0, |known| known.revision);
    if known >= told.revision || !desk.store.job(&job)?.is_empty() {
        return Ok(Taken::Again);
    }
    let mut case = Case::open(desk, &id)?;
    let says = State::of_name(&told.state).ok_or(SyncError::Form(0))?;
    // Whether a case is closed is the office's own to say.
    let says = if says == State::Closed { State::Delivered } else { says };
    let mut moves = Vec::new();
    if case.state.is_with_the_centre() {
        let step = says.followed().ok_or(SyncError::Form(0))?;
        if let Some(clean) = &told.clean {
            case.dossier.biodata = Biodata::from_json(clean).map_err(|_| SyncError::Form(0))?;
            case.dossier.is_clean = true;
        }
        let biodata = sealed(desk, &id, &case.dossier)?;
        let kept = Zeroizing::new(serde_json::to_vec(&without_can(told)).unwrap_or_default());
        let kept = desk.key.seal(Kind::Application, &id, Part::Findings, &kept, desk.rng)?;
        let mut step = Move::application(id.clone(), step).by_evidence(letter).with_sealed(biodata).with_sealed(kept);
        if let Some(answer) = &told.answer {
            step = step.because(Word::parse(answer)?);
        }
        moves.push(step);
    }
    for card in &told.cards {
        moves.extend(card_follows(desk, (&id, says), card, letter)?);
    }
    if moves.is_empty() {
        return Ok(Taken::Again);
    }
    // A card that is revoked makes room for the one that is active.
    moves.sort_by_key(|step| step.kind() == Kind::Card && !desk_revokes(step));
    desk.take_by(&job, moves, by)?;
    Ok(Taken::New)
}

fn desk_revokes(step: &Move) -> bool {
    step.is_step(crate::issuance::store::Step::Card(card::Step::FollowRevoked))
}

fn without_can(told: &Told) -> Told {
    let cards = told.cards.iter().map(|card| CardTold { can: None, ..card.clone() }).collect();
    Told { cards, ..told.clone() }
}

/// What becomes of the copy of a card.
fn card_follows(
    desk: &mut Desk<'_>,
    (application, says): (&Id, State),
    told: &CardTold,
    letter: [u8; 32],
) -> Result<Option<Move>, SyncError> {
    use card::State::{Active, InTransit, Queued, Suspended, Waiting};
    let id = Id::parse(&told.id)?;
    let Some(standing) = desk.store.standing(Kind::Card, &id)? else {
        let (Some(can), "waiting", State::InPersonalization) = (&told.can, told.state.as_str(), says) else { return Ok(None) };
        let number = Word::parse(&told.number)?;
        let sealed = desk.key.seal(Kind::Card, &id, Part::Can, can.as_bytes(), desk.rng)?;
        let opening = Opening::CardCopy { application: application.clone(), number };
        return Ok(Some(Move::open(id, opening).by_evidence(letter).with_sealed(sealed)));
    };
    let stands = card::State::of_name(standing.state).ok_or(StoreError::Damaged("state"))?;
    let step = match (told.state.as_str(), stands) {
        ("waiting", InTransit) => card::Step::FollowWaiting,
        ("active", InTransit | Waiting | Queued | Suspended) => card::Step::FollowActive,
        ("suspended", InTransit | Waiting | Queued | Active) => card::Step::FollowSuspended,
        ("revoked", InTransit | Waiting | Queued | Active | Suspended) => card::Step::FollowRevoked,
        ("active" | "suspended" | "revoked" | "waiting", _) => return Ok(None),
        _ => return Err(SyncError::Form(0)),
    };
    let mut step_on = Move::card_of(id.clone(), application.clone(), step).by_evidence(letter);
    if step == card::Step::FollowRevoked {
        // Nobody reads it any more.
        step_on = step_on.with_sealed(desk.key.seal(Kind::Card, &id, Part::Can, b"", desk.rng)?);
    }
    Ok(Some(step_on))
}
