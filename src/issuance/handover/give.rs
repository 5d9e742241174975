//! The card given, or not: each one change of the store, by the proof of the comparison alone.

use super::HandoverError;
use super::present::Presented;
use super::queue::is_copy;
use super::sitting;
use super::trial::{Ended, Logged, Matched, Mismatched, Next, Trial};
use crate::crypto::hash::sha256;
use crate::issuance::bureau::notes;
use crate::issuance::desk::{By, Desk, Officer};
use crate::issuance::names::Named as _;
use crate::issuance::officer::{ActError, OfficerId};
use crate::issuance::procedure::Place;
use crate::issuance::role::{Asked, Role};
use crate::issuance::store::{By as Find, Done, Id, Kind, Move, Part, Sealed, Standing, Word};
use crate::issuance::{application, card};
use crate::verify::hex;
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// Two officers of a desk.
const OFFICERS: Asked = Asked::two(&[Role::Operator, Role::Supervisor], &[Role::Operator, Role::Supervisor]);

/// By what the holder is known.
#[derive(Debug, Clone, Copy)]
pub enum Known<'a> {
    /// By the fingers.
    Fingers(&'a Matched),
    /// By the face, to two officers, for a card whose signed data hold no finger: the SHA-256 of the card's picture, as whoever looked at
    /// it names it.
    Face([u8; 32]),
}

/// Gives the card to its holder: it is active from then on, its CAN is erased from the store, and the card that was had until now is
/// revoked in the same change. `centre` is whoever revokes, where none of the desk may.
///
/// # Errors
/// [`HandoverError::NotKept`] for a comparison that is not the one that the store keeps; [`HandoverError::HasFingers`],
/// [`HandoverError::Portrait`], [`HandoverError::SecondMissing`], [`HandoverError::Regency`] of the manual way;
/// [`HandoverError::NoRevoker`]; what desk and store say: a card that was revoked meanwhile is not given.
pub fn give(
    desk: &mut Desk<'_>,
    job: &Id,
    presented: &Presented,
    known: Known<'_>,
    (by, centre): (By<'_>, Option<&Officer>),
) -> Result<Done, HandoverError> {
    let (record, device) = record(desk, presented, known, by)?;
    refuse_copy(desk, presented)?;
    let (sealed, evidence) = seal(desk, presented, &record)?;
    let (card, case) = (presented.card().clone(), presented.case.id.clone());
    let mut given = Move::card_of(card, case.clone(), card::Step::HandOver).by_evidence(evidence).with_sealed(sealed);
    if let Some(device) = device {
        given = given.on(device);
    }
    let mut steps = vec![(given, by), (Move::application(case, application::Step::Deliver).by_evidence(evidence), by)];
    for old in live(desk, presented)? {
        let revoker = revoker(by, centre).ok_or(HandoverError::NoRevoker)?;
        let superseded = Move::card(old.id, card::Step::Revoke).because(Word::parse("superseded")?).by_evidence(evidence);
        // First: at no time are two cards of one person active.
        steps.insert(0, (superseded, revoker));
    }
    Ok(desk.take(job, steps)?)
}

/// What is written down of a card that is given, and the device by which its holder was known.
pub(super) fn record(
    desk: &mut Desk<'_>,
    presented: &Presented,
    known: Known<'_>,
    by: By<'_>,
) -> Result<(Value, Option<Word>), HandoverError> {
    Ok(match known {
        Known::Fingers(matched) => {
            must_be_kept(desk, presented, &Ended::Match(matched.clone()), by.first.id())?;
            let record = json!({
                "format": 2, "answer": "match", "band": matched.band().name(), "threshold": matched.threshold().centinats(),
                "policy": matched.policy().written(), "policy_digest": matched.policy().digest(),
                "fingers": matched.fingers().iter().map(|f| f.text()).collect::<Vec<_>>(), "captures": matched.captures(),
            });
            (record, device(matched.captures())?)
        }
        Known::Face(seen) => {
            by_face(presented, seen, by)?;
            (json!({"format": 2, "answer": "manual", "portrait": hex::encode(&seen), "captures": []}), None)
        }
    })
}

/// What is written down of a card that is kept, and the device of the last capture.
pub(super) fn refusal(
    desk: &mut Desk<'_>,
    presented: &Presented,
    mismatched: &Mismatched,
    by: By<'_>,
) -> Result<(Value, Option<Word>), HandoverError> {
    must_be_kept(desk, presented, &Ended::NoMatch(mismatched.clone()), by.first.id())?;
    let record = json!({
        "format": 2, "answer": "no-match", "threshold": mismatched.threshold().centinats(),
        "policy": mismatched.policy().written(), "policy_digest": mismatched.policy().digest(), "captures": mismatched.captures(),
    });
    Ok((record, device(mismatched.captures())?))
}

/// A copy is not handed over by itself: the centre's card is, once the centre knows.
fn refuse_copy(desk: &mut Desk<'_>, presented: &Presented) -> Result<(), HandoverError> {
    if is_copy(desk, presented.card())? { Err(HandoverError::Copy) } else { Ok(()) }
}

/// Keeps the card from whoever came: it is revoked, and goes back by the procedure's way; the application is clarified.
///
/// # Errors
/// [`HandoverError::NotKept`]; what desk and store say.
pub fn refuse(
    desk: &mut Desk<'_>,
    job: &Id,
    presented: &Presented,
    mismatched: &Mismatched,
    by: By<'_>,
) -> Result<Done, HandoverError> {
    let (record, device) = refusal(desk, presented, mismatched, by)?;
    refuse_copy(desk, presented)?;
    let (sealed, evidence) = seal(desk, presented, &record)?;
    let (card, case) = (presented.card().clone(), presented.case.id.clone());
    let why = Word::parse("no-match")?;
    let refused = Move::card_of(card, case.clone(), card::Step::Refuse).because(why.clone()).by_evidence(evidence);
    let mut refused = refused.with_sealed(sealed);
    if let Some(device) = device {
        refused = refused.on(device);
    }
    let moves = vec![refused, Move::application(case, application::Step::FailHandover).because(why).by_evidence(evidence)];
    Ok(desk.take_by(job, moves, by)?)
}

/// The manual way: no finger among the signed data, the card's own picture looked at, and a second officer of the desk; where the receipt
/// was lost too, the second is the regency's.
fn by_face(presented: &Presented, seen: [u8; 32], by: By<'_>) -> Result<(), HandoverError> {
    if !presented.fingers().is_empty() {
        return Err(HandoverError::HasFingers);
    }
    let portrait = presented.portrait().ok_or(HandoverError::Portrait)?;
    if sha256(portrait) != seen {
        return Err(HandoverError::Portrait);
    }
    let second = by.second.ok_or(HandoverError::SecondMissing)?;
    if presented.case.dossier.receipt > 1 {
        let (role, office) = second.place();
        let regency = presented.case.dossier.office(Place::Regency);
        let approves = matches!(role, Role::Supervisor | Role::HeadOfRegistry) && Some(office) == regency;
        if !approves {
            return Err(HandoverError::Regency);
        }
        return Ok(());
    }
    OFFICERS.check(&by.taken()).map_err(|e| HandoverError::Desk(ActError::from(e).into()))?;
    Ok(())
}

/// A comparison is acted on as it is kept, scores and all, and no other.
fn must_be_kept(desk: &mut Desk<'_>, presented: &Presented, ended: &Ended, officer: OfficerId) -> Result<(), HandoverError> {
    let kept = sitting::kept(desk, presented.card())?.ok_or(HandoverError::NotKept)?;
    let kept = Trial::resume(&kept, presented.fingers(), officer)?;
    if kept.next() == Next::Over(ended.clone()) { Ok(()) } else { Err(HandoverError::NotKept) }
}

/// The device of the last capture.
fn device(captures: &[Logged]) -> Result<Option<Word>, HandoverError> {
    Ok(captures.iter().rev().find_map(|c| c.device.as_deref()).map(Word::parse).transpose()?)
}

/// The CAN of an application's card that waits here, for the desk that reads it: taken from the store, and erased with the handover.
///
/// # Errors
/// [`HandoverError::Card`] says why none waits: it was given already, or its number was revoked, which is an incident;
/// [`HandoverError::Custody`] if it waits elsewhere, [`HandoverError::OtherCard`] if there is none yet; what the store says.
pub fn can(desk: &mut Desk<'_>, id: &Id) -> Result<Zeroizing<Vec<u8>>, HandoverError> {
    let card = waiting(desk, id)?;
    let sealed = desk.store.sealed(Kind::Card, &card.id, Part::Can)?.ok_or(HandoverError::OtherCard)?;
    Ok(desk.key.open(&sealed)?)
}

/// The card of an application that a desk would hand over: the one that waits, or else the last that was made.
///
/// # Errors
/// [`HandoverError::OtherCard`] if there is none; what the store says.
pub fn expected(desk: &mut Desk<'_>, id: &Id) -> Result<Standing, HandoverError> {
    let mut cards = desk.store.find(Kind::Card, Find::Owner(id))?;
    let waits = cards.iter().position(|card| card.state == card::State::Waiting.name());
    match waits {
        Some(at) => Ok(cards.swap_remove(at)),
        None => match cards.pop() {
            Some(card) => Ok(card),
            None => {
                notes::standing(desk, Kind::Application, id)?;
                Err(HandoverError::OtherCard)
            }
        },
    }
}

/// The card of an application that waits at this desk.
///
/// # Errors
/// As [`can`].
pub fn waiting(desk: &mut Desk<'_>, id: &Id) -> Result<Standing, HandoverError> {
    let card = expected(desk, id)?;
    let state = card::State::of_name(card.state).ok_or(HandoverError::OtherCard)?;
    if state != card::State::Waiting {
        return Err(HandoverError::Card(state));
    }
    if card.custody != desk.office.into() {
        return Err(HandoverError::Custody(card.custody));
    }
    Ok(card)
}

fn seal(desk: &mut Desk<'_>, presented: &Presented, record: &Value) -> Result<(Sealed, [u8; 32]), HandoverError> {
    let plain = Zeroizing::new(record.to_string().into_bytes());
    let sealed = desk.key.seal(Kind::Card, presented.card(), Part::Closing, &plain, desk.rng)?;
    Ok((sealed, sha256(&plain)))
}

/// Other cards that are the person's until now.
fn live(desk: &mut Desk<'_>, presented: &Presented) -> Result<Vec<Standing>, HandoverError> {
    let Some(subject) = &presented.card.subject else { return Ok(Vec::new()) };
    let all = desk.store.find(Kind::Card, Find::Person(subject))?;
    let is_live = |c: &Standing| card::State::of_name(c.state).is_some_and(card::State::is_live);
    Ok(all.into_iter().filter(|c| c.id != presented.card.id && is_live(c)).collect())
}

/// Whoever of these may revoke a card.
fn revoker<'a>(by: By<'a>, centre: Option<&'a Officer>) -> Option<By<'a>> {
    let may = |officer: &&Officer| matches!(officer.place().0, Role::Supervisor | Role::Adjudicator | Role::Centre);
    [centre, by.second, Some(by.first)].into_iter().flatten().find(may).map(By::one)
}
