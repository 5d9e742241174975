//! A card is not valid for a while: a case is opened with it, and closed when it is valid again; two persons each.

use super::{StatusError, must_be, near, not_a_copy};
use crate::crypto::hash::sha256;
use crate::issuance::application;
use crate::issuance::bureau::{incident, notes, stock};
use crate::issuance::card::{State, Step};
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::store::{Id, Kind, Move, Row, Word};
use crate::limits::STORE_PAGE_ROWS;

/// Suspends an active card by a case, an incident that begins with it. The case.
///
/// # Errors
/// [`StatusError::CentresCard`], [`StatusError::Elsewhere`]; what bureau, desk and store say.
pub fn suspend(desk: &mut Desk<'_>, job: &Id, id: &Id, text: &str, by: By<'_>) -> Result<Id, StatusError> {
    let found = near(desk, id)?;
    not_a_copy(desk, id)?;
    if desk.store.job(job)?.is_empty() {
        must_be(&found, &[State::Active])?;
    }
    let case = notes::part_of(job, "case")?;
    let report = stock::report(desk, case.clone(), (Kind::Card, std::slice::from_ref(id)), text)?;
    let step = Move::card(id.clone(), Step::Suspend).because(Word::parse(case.as_str())?);
    desk.take_by(job, vec![report, step], by)?;
    Ok(case)
}

/// Makes a suspended card valid again, and closes the case that suspended it with what came of it. A card that a clarification suspended
/// is that clarification's until it is decided.
///
/// # Errors
/// [`StatusError::Clarified`], [`StatusError::CentresCard`], [`StatusError::Elsewhere`]; what bureau, desk and store say.
pub fn resume(desk: &mut Desk<'_>, job: &Id, id: &Id, text: &str, by: By<'_>) -> Result<(), StatusError> {
    let found = near(desk, id)?;
    not_a_copy(desk, id)?;
    let first = desk.store.job(job)?.is_empty();
    if first {
        must_be(&found, &[State::Suspended])?;
    }
    let mut step = Move::card(id.clone(), Step::Resume).by_evidence(sha256(text.as_bytes()));
    let mut moves = Vec::new();
    if let Some(by_which) = suspended_by(desk, id)? {
        if desk.store.standing(Kind::Incident, &by_which)?.is_some() {
            notes::own(desk, Kind::Incident, &by_which)?;
            moves.push(incident::closing(desk, &by_which, text)?);
        } else if first && is_clarifying(desk, &by_which)? {
            return Err(StatusError::Clarified(by_which));
        }
        step = step.because(Word::parse(by_which.as_str())?);
    }
    moves.push(step);
    desk.take_by(job, moves, by)?;
    Ok(())
}

/// By which case, or which application's clarification, a card was suspended last.
fn suspended_by(desk: &mut Desk<'_>, id: &Id) -> Result<Option<Id>, StatusError> {
    let (mut after, mut last) = (0, None);
    loop {
        let life = desk.store.history(Kind::Card, id, after, STORE_PAGE_ROWS)?;
        let Some(end) = life.last() else { break };
        after = end.revision;
        last = life.iter().rev().find(|row| row.now == State::Suspended.name()).and_then(Row::reason).or(last);
    }
    Ok(last.map(|reason| Id::parse(&reason)).transpose()?)
}

fn is_clarifying(desk: &mut Desk<'_>, id: &Id) -> Result<bool, StatusError> {
    let found = desk.store.standing(Kind::Application, id)?;
    Ok(found.is_some_and(|found| found.state == application::State::Clarifying.name()))
}
