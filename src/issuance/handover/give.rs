//! The card given, or not: each one change of the store, by the proof of the comparison alone.

use super::HandoverError;
use super::present::Presented;
use super::queue::is_copy;
use super::trial::{Logged, Matched, Mismatched};
use crate::crypto::hash::sha256;
use crate::issuance::desk::{By, Desk, Officer};
use crate::issuance::names::Named as _;
use crate::issuance::role::Role;
use crate::issuance::store::{By as Find, Done, Id, Kind, Move, Part, Sealed, Standing, Word};
use crate::issuance::{application, card};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// By what the holder is known.
#[derive(Debug, Clone, Copy)]
pub enum Known<'a> {
    /// By the fingers.
    Fingers(&'a Matched),
    /// By the face, to two officers: for a card whose signed data hold no finger.
    Face,
}

/// Gives the card to its holder: it is active from then on, its CAN is erased from the store, and the card that was had until now is
/// revoked in the same change. `centre` is whoever revokes, where none of the desk may.
///
/// # Errors
/// [`HandoverError::HasFingers`], [`HandoverError::SecondMissing`], [`HandoverError::NoRevoker`]; what desk and store say: a card that was
/// revoked meanwhile is not given.
pub fn give(
    desk: &mut Desk<'_>,
    job: &Id,
    presented: &Presented,
    (known, device): (Known<'_>, Option<&Word>),
    (by, centre): (By<'_>, Option<&Officer>),
) -> Result<Done, HandoverError> {
    let record = record(presented, known, by)?;
    refuse_copy(desk, presented)?;
    let (sealed, evidence) = seal(desk, presented, &record)?;
    let (card, case) = (presented.card().clone(), presented.case.id.clone());
    let mut given = Move::card_of(card, case.clone(), card::Step::HandOver).by_evidence(evidence).with_sealed(sealed);
    if let Some(device) = device {
        given = given.on(device.clone());
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

/// What is written down of a card that is given.
pub(super) fn record(presented: &Presented, known: Known<'_>, by: By<'_>) -> Result<Value, HandoverError> {
    Ok(match known {
        Known::Fingers(matched) => json!({
            "format": 1, "answer": "match", "band": matched.band().name(), "fmr": matched.fmr().to_string(),
            "fingers": matched.fingers().iter().map(|f| f.text()).collect::<Vec<_>>(), "captures": log(matched.captures()),
        }),
        Known::Face if !presented.fingers().is_empty() => return Err(HandoverError::HasFingers),
        Known::Face if by.second.is_none() => return Err(HandoverError::SecondMissing),
        Known::Face => json!({"format": 1, "answer": "manual", "captures": []}),
    })
}

/// A copy is not handed over by itself: the centre's card is, once the centre knows.
fn refuse_copy(desk: &mut Desk<'_>, presented: &Presented) -> Result<(), HandoverError> {
    if is_copy(desk, presented.card())? { Err(HandoverError::Copy) } else { Ok(()) }
}

/// Keeps the card from whoever came: it is revoked, and goes back by the procedure's way; the application is clarified.
///
/// # Errors
/// What desk and store say.
pub fn refuse(
    desk: &mut Desk<'_>,
    job: &Id,
    presented: &Presented,
    mismatched: &Mismatched,
    by: By<'_>,
) -> Result<Done, HandoverError> {
    let record = json!({"format": 1, "answer": "no-match", "captures": log(mismatched.captures())});
    refuse_copy(desk, presented)?;
    let (sealed, evidence) = seal(desk, presented, &record)?;
    let (card, case) = (presented.card().clone(), presented.case.id.clone());
    let why = Word::parse("no-match")?;
    let refused = Move::card_of(card, case.clone(), card::Step::Refuse).because(why.clone()).by_evidence(evidence);
    let moves = vec![
        refused.with_sealed(sealed),
        Move::application(case, application::Step::FailHandover).because(why).by_evidence(evidence),
    ];
    Ok(desk.take_by(job, moves, by)?)
}

/// The CAN of a presented application's card, for the desk that reads it: taken from the store, and erased with the handover.
///
/// # Errors
/// What the store says; [`HandoverError::OtherCard`] if no card waits.
pub fn can(desk: &mut Desk<'_>, id: &Id) -> Result<Zeroizing<Vec<u8>>, HandoverError> {
    let cards = desk.store.find(Kind::Card, Find::Owner(id))?;
    let waits = |card: &&Standing| card.state == card::State::Waiting.name() && card.custody == desk.office.into();
    let card = cards.iter().find(waits).ok_or(HandoverError::OtherCard)?;
    let sealed = desk.store.sealed(Kind::Card, &card.id, Part::Can)?.ok_or(HandoverError::OtherCard)?;
    Ok(desk.key.open(&sealed)?)
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

pub(super) fn log(captures: &[Logged]) -> Vec<Value> {
    let one = |c: &Logged| json!({"finger": c.finger.text(), "round": c.round, "officer": c.officer.to_string(), "compared": c.compared});
    captures.iter().map(one).collect()
}
