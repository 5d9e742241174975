//! The way out of samples that never say anything: the card is taken back, and the fingers are captured anew, by two.

use super::HandoverError;
use super::give::{expected, waiting};
use super::queue::is_copy;
use super::sitting::was_too_poor;
use crate::issuance::case::Case;
use crate::issuance::centre::clarify::refuse_if_held;
use crate::issuance::desk::{By, Desk};
use crate::issuance::recall;
use crate::issuance::store::{Id, Move, Word};
use crate::issuance::{application, card};

/// Takes the waiting card of an application back, whose number is revoked, and sends the application to a new capture, in one change by
/// two officers of the desk. The card that goes back.
///
/// # Errors
/// [`HandoverError::NotPoor`] if the last sitting over the card did not end without a sample that was good enough: a mismatch is never
/// turned into a new capture; [`HandoverError::Card`], [`HandoverError::Custody`]; [`HandoverError::Copy`] in
/// an office's own store, where the centre decides; what a clarification, desk and store say.
pub fn recapture(desk: &mut Desk<'_>, job: &Id, id: &Id, by: By<'_>) -> Result<Id, HandoverError> {
    if recall::took(desk, job, id, &[application::Step::CaptureAnew], None)? {
        return Ok(expected(desk, id)?.id);
    }
    let case = Case::open(desk, id)?;
    match case.dossier.office(case.dossier.procedure.desk()) {
        Some(office) if office == desk.office => {}
        other => return Err(HandoverError::Elsewhere(other)),
    }
    refuse_if_held(desk, id)?;
    let card = waiting(desk, id)?;
    if is_copy(desk, &card.id)? {
        return Err(HandoverError::Copy);
    }
    if !was_too_poor(desk, &card.id)? {
        return Err(HandoverError::NotPoor);
    }
    let why = Word::parse("recapture")?;
    let moves = vec![
        Move::card_of(card.id.clone(), id.clone(), card::Step::TakeBack).because(why.clone()),
        Move::application(id.clone(), application::Step::CaptureAnew).because(why),
    ];
    desk.take_by(job, moves, by)?;
    Ok(card.id)
}
