//! What an identification left open, or a handover that failed, is clarified: two officers look, and say what it is.
//!
//! It is done by the office that the result of the case goes to, or by one above it. While it lasts, every candidate's open case stands
//! still ([`refuse_if_held`]); on suspected fraud a card that is somebody's already is suspended. All of them at once: in the change that
//! takes the doubt up, and let go in the one that decides it. Where one of several records is kept, those of whoever is named as the same
//! person end with all that they had: one person has one card.

use super::CentreError;
use super::findings::{Decided, Findings};
use super::holds::{self, candidates, cards, is_open};
use super::outcome::who;
pub use super::outcome::{Decision, Outcome};
use crate::issuance::application::{State, Step};
use crate::issuance::card;
use crate::issuance::case::Case;
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::recall::took;
use crate::issuance::store::{Id, Kind, Move, StoreError, Word};
use crate::limits::STORE_PAGE_ROWS;
use std::collections::BTreeSet;

pub use super::holds::refuse_if_held;

/// What became of others with a decision.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Concluded {
    /// Candidates that are the same person.
    pub same: Vec<Id>,
    /// Candidates whose open application ended.
    pub ended: Vec<Id>,
    /// Cards of candidates that were revoked, wherever they were: those in the making or on their way go back.
    pub revoked: Vec<Id>,
}

/// States of a card whose number must be revoked when its record is given up: in its holder's hand, in the making or on its way.
const WORTH: [card::State; 10] = [
    card::State::Allocated,
    card::State::Encoding,
    card::State::Encoded,
    card::State::Printed,
    card::State::Checked,
    card::State::Packed,
    card::State::InTransit,
    card::State::Waiting,
    card::State::Active,
    card::State::Suspended,
];

/// Refuses whoever is neither at the office that the result of a case goes to nor at one above it.
///
/// # Errors
/// [`CentreError::Case`] with [`crate::issuance::case::CaseError::Elsewhere`]; what the store says.
pub fn refuse_elsewhere(desk: &mut Desk<'_>, id: &Id) -> Result<Case, CentreError> {
    let case = Case::open(desk, id)?;
    case.only_under(desk.office, case.dossier.procedure.result_to())?;
    Ok(case)
}

/// Takes a doubt up, by two officers: every candidate's open case is held, and where fraud is suspected their active cards are suspended.
/// The candidates.
///
/// # Errors
/// As [`refuse_elsewhere`]; what desk and store say.
pub fn take_up(desk: &mut Desk<'_>, job: &Id, id: &Id, suspect_fraud: bool, by: By<'_>) -> Result<Vec<Id>, CentreError> {
    refuse_elsewhere(desk, id)?;
    let candidates = candidates(desk, id)?;
    if took(desk, job, id, &[Step::Clarify], None)? {
        return Ok(candidates);
    }
    let mut moves = vec![Move::application(id.clone(), Step::Clarify)];
    for candidate in &candidates {
        moves.extend(holds::begins(desk, id, candidate, suspect_fraud)?);
    }
    desk.take_by(job, moves, by)?;
    Ok(candidates)
}

/// Ends a clarification, by two officers: the outcome, and the holds on the candidates end with it. Where this record is kept, every open
/// application of whoever is the same person ends in the same change, and every card of theirs that is worth something, or may become so, is
/// revoked; the other candidates go on.
///
/// # Errors
/// [`CentreError::Outcome`] for an outcome that does not go with how the doubt arose; [`CentreError::WhoIsSame`],
/// [`CentreError::NoCandidate`] and [`CentreError::NobodyIsSame`] of who is named; [`CentreError::Unnamed`]; as [`refuse_elsewhere`]; what
/// desk and store say: a candidate that a station is at work on is refused, and decided when it is done.
pub fn decide<'a>(
    desk: &mut Desk<'_>,
    job: &Id,
    id: &Id,
    decision: impl Into<Decision<'a>>,
    by: By<'_>,
) -> Result<Concluded, CentreError> {
    let Decision { outcome, same } = decision.into();
    refuse_elsewhere(desk, id)?;
    if took(desk, job, id, &[outcome.step()], Some(outcome.name()))? {
        return again(desk, (job, id), same);
    }
    let after_handover = after_handover(desk, id)?;
    let of_handover = matches!(outcome, Outcome::Remake | Outcome::ImpostorRefused);
    let of_both = matches!(outcome, Outcome::Recapture);
    if after_handover != of_handover && !of_both {
        return Err(CentreError::Outcome);
    }
    let why = Word::parse(outcome.name())?;
    let step = Move::application(id.clone(), outcome.step()).because(why.clone());
    if after_handover {
        who(&[], outcome, same)?;
        desk.take_by(job, vec![step], by)?;
        return concluded(desk, job, Vec::new());
    }
    let mut findings = Findings::open(desk, id)?;
    if outcome.says_who_it_is_not() && findings.more_by_fingers {
        return Err(CentreError::Unnamed);
    }
    let same = who(&findings.candidates, outcome, same)?;
    let decided = Decided { outcome: outcome.name().to_owned(), same: same.iter().map(ToString::to_string).collect() };
    findings.decided = Some(decided.clone());
    let mut moves = vec![step.by_evidence(decided.digest()).with_sealed(findings.seal(desk, id)?)];
    moves.extend(of_candidates(desk, id, (outcome, &decided), &why)?);
    desk.take_by(job, moves, by)?;
    concluded(desk, job, same)
}

/// What a decision does to the candidates: whoever is the same person as the record that is kept gives way, and everybody else is let go.
/// Whoever gives way and was being clarified lets the own candidates go.
fn of_candidates(
    desk: &mut Desk<'_>,
    id: &Id,
    (outcome, decided): (Outcome, &Decided),
    why: &Word,
) -> Result<Vec<Move>, CentreError> {
    let mut held: BTreeSet<Id> = candidates(desk, id)?.into_iter().collect();
    let gives_way: Vec<Id> =
        held.iter().filter(|of| outcome == Outcome::KeepChosen && !decided.is_of_others(of)).cloned().collect();
    // Fraud leaves cards suspended: whose they are, is decided of itself.
    let stays: Vec<Id> = held.iter().filter(|of| outcome == Outcome::Fraud && !decided.is_of_others(of)).cloned().collect();
    let mut over = vec![id.clone()];
    for of in &gives_way {
        if desk.store.standing(Kind::Application, of)?.is_some_and(|s| s.state == State::Clarifying.name()) {
            over.push(of.clone());
            held.extend(candidates(desk, of)?);
        }
    }
    let mut moves = Vec::new();
    for of in &held {
        let valid_again = !gives_way.contains(of) && !stays.contains(of);
        moves.extend(holds::ends(desk, &over, of, (why, valid_again))?);
    }
    for of in &gives_way {
        moves.extend(given_up(desk, of, why)?);
    }
    Ok(moves)
}

/// The same job again: what it did, if it named the same.
fn again(desk: &mut Desk<'_>, (job, id): (&Id, &Id), same: &[Id]) -> Result<Concluded, CentreError> {
    let decided = Findings::open(desk, id).ok().and_then(|findings| findings.decided);
    let named: Vec<Id> = decided.iter().flat_map(|decided| &decided.same).map(|id| Id::parse(id)).collect::<Result<_, _>>()?;
    let (asked, did): (BTreeSet<&Id>, BTreeSet<&Id>) = (same.iter().collect(), named.iter().collect());
    if decided.is_some() && !asked.is_empty() && asked != did {
        return Err(StoreError::Conflict(job.to_string()).into());
    }
    concluded(desk, job, named)
}

/// What a candidate gives up for the record that is kept.
fn given_up(desk: &mut Desk<'_>, id: &Id, why: &Word) -> Result<Vec<Move>, CentreError> {
    let worth = cards(desk, id, &WORTH)?.into_iter();
    let mut moves: Vec<Move> = worth.map(|card| Move::card(card.id, card::Step::Revoke).because(why.clone())).collect();
    if is_open(desk, id)? {
        moves.push(Move::application(id.clone(), Step::GiveWay).because(why.clone()));
    }
    Ok(moves)
}

/// What a job did to others.
fn concluded(desk: &mut Desk<'_>, job: &Id, same: Vec<Id>) -> Result<Concluded, CentreError> {
    let mut all = Concluded { same, ..Concluded::default() };
    for row in desk.store.job(job)? {
        match row.step().as_deref() {
            Some(step) if step == Step::GiveWay.name() => all.ended.push(row.id),
            Some(step) if row.kind == Kind::Card && step == card::Step::Revoke.name() => all.revoked.push(row.id),
            _ => {}
        }
    }
    Ok(all)
}

/// Whether the doubt of an application arose at a handover, whatever became of the refused card since.
fn after_handover(desk: &mut Desk<'_>, id: &Id) -> Result<bool, CentreError> {
    let life = desk.store.history(Kind::Application, id, 0, STORE_PAGE_ROWS)?;
    let clarifying = State::Clarifying.name();
    let last = life.iter().rev().find(|row| row.now == clarifying && row.was != clarifying);
    Ok(last.is_some_and(|row| row.was == State::InPersonalization.name()))
}
