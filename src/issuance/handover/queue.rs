//! A handover at a desk that has a store of its own and cannot ask the centre: given or kept, signed for the centre, and queued.
//!
//! The officers sign the very steps that they would take in the centre's store, so that the audit there has their own signatures. Until the
//! centre has taken them in, the card is *not handed over*, and its CAN stays.

use super::HandoverError;
use super::give::{Known, record, refusal};
use super::present::Presented;
use super::trial::Mismatched;
use crate::crypto::hash::sha256;
use crate::issuance::card;
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::store::{Done, Draft, Id, Kind, Move, Part, StoreError, Word};
use crate::issuance::sync::content::Queued;
use crate::issuance::sync::{deed, handed};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// What came of the comparison.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    /// The holder is known.
    Given(Known<'a>),
    /// Somebody else came.
    Kept(&'a Mismatched),
}

/// Whether a card of this store is a copy of the centre's: what becomes of it is the centre's to say.
///
/// # Errors
/// What the store says.
pub fn is_copy(desk: &mut Desk<'_>, card: &Id) -> Result<bool, StoreError> {
    let first = desk.store.history(Kind::Card, card, 0, 1)?;
    let begins = [card::State::Waiting.name(), card::State::InTransit.name()];
    Ok(first.first().is_some_and(|row| begins.contains(&row.now.as_str())))
}

/// Signs a handover for the centre, and queues it with the card in one change.
///
/// # Errors
/// As [`super::give()`] and [`super::refuse`].
pub fn queue(
    desk: &mut Desk<'_>,
    job: &Id,
    presented: &Presented,
    outcome: Outcome<'_>,
    by: By<'_>,
) -> Result<Done, HandoverError> {
    let ((record, device), answer) = match outcome {
        Outcome::Given(known @ Known::Face(_)) => (record(desk, presented, known, by)?, "manual"),
        Outcome::Given(known @ Known::Fingers(_)) => (record(desk, presented, known, by)?, "match"),
        Outcome::Kept(mismatched) => (refusal(desk, presented, mismatched, by)?, "no-match"),
    };
    let evidence = sha256(record.to_string().as_bytes());
    let mut queued = Queued {
        application: presented.case.id.to_string(),
        card: presented.card().to_string(),
        answer: answer.to_owned(),
        at: desk.now(),
        evidence: evidence.to_vec().into(),
        device: device.as_ref().map(ToString::to_string),
        plain: Vec::new(),
        superseding: Vec::new(),
    };
    sign(desk, &mut queued, by)?;
    let card = presented.card().clone();
    let sealed = kept(desk, &card, record, &queued)?;
    let step = Move::card_of(card, presented.case.id.clone(), card::Step::Queue).because(Word::parse(answer)?);
    Ok(desk.take_by(job, vec![step.by_evidence(evidence).with_sealed(sealed)], by)?)
}

/// Signs the centre's steps: as they are alone, and as they are after a card that the centre revokes with them.
fn sign(desk: &mut Desk<'_>, queued: &mut Queued, by: By<'_>) -> Result<(), HandoverError> {
    let (job, moves) = (handed::job(queued)?, handed::moves(queued)?);
    // As the store keeps it: what is signed is what is asked for there.
    let draft = Draft::new(job.clone(), desk.office.into(), queued.at, moves.clone())?;
    queued.at = draft.at();
    queued.plain = deed::signed(desk, &draft, 0, by)?;
    if queued.answer != "no-match" {
        let old = handed::superseded(Id::parse("old")?, queued)?;
        let moves = std::iter::once(old).chain(moves).collect();
        queued.superseding = deed::signed(desk, &Draft::new(job, desk.office.into(), queued.at, moves)?, 1, by)?;
    }
    Ok(())
}

/// The desk's record, and with it what is signed: sealed with the card, so that the queue is the store itself.
fn kept(
    desk: &mut Desk<'_>,
    card: &Id,
    mut record: Value,
    queued: &Queued,
) -> Result<crate::issuance::store::Sealed, HandoverError> {
    if let Value::Object(object) = &mut record {
        object.insert("queued".to_owned(), json!(queued));
    }
    let plain = Zeroizing::new(record.to_string().into_bytes());
    Ok(desk.key.seal(Kind::Card, card, Part::Closing, &plain, desk.rng)?)
}

/// What is queued of a card.
///
/// # Errors
/// What the store says.
pub fn queued(desk: &mut Desk<'_>, card: &Id) -> Result<Queued, HandoverError> {
    let damaged = || StoreError::Damaged("queued");
    let sealed = desk.store.sealed(Kind::Card, card, Part::Closing)?.ok_or_else(damaged)?;
    let mut record: Value = serde_json::from_slice(&desk.key.open(&sealed)?).map_err(|_| damaged())?;
    let queued = record.get_mut("queued").map(Value::take).ok_or_else(damaged)?;
    Ok(serde_json::from_value(queued).map_err(|_| damaged())?)
}
