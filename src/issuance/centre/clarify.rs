//! What an identification left open, or a handover that failed, is clarified: two officers look, and say what it is.
//!
//! It is done by the office that the result of the case goes to, or by one above it. While it lasts, every candidate's open case stands
//! still ([`refuse_if_held`]); on suspected fraud a card that is somebody's already is suspended. Where one of several records is kept, the
//! others end with all that they had: one person has one card.

use super::CentreError;
use super::findings::Findings;
use super::holds::{self, candidates, cards, is_open};
use crate::issuance::application::{State, Step};
use crate::issuance::card;
use crate::issuance::case::Case;
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::recall::took;
use crate::issuance::store::{Id, Kind, Move, Word};
use crate::limits::STORE_PAGE_ROWS;

pub use super::holds::refuse_if_held;

/// What two officers found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// One person, who keeps the record that was there first: this application ends.
    KeepFirst,
    /// One person, who keeps this record: of the candidates whose fingers or NIK are the same the applications end, and every card of
    /// theirs is revoked, wherever it is.
    KeepChosen,
    /// Different people: a false match.
    DifferentPeople,
    /// Fraud: this application ends, and the suspended card stays without effect.
    Fraud,
    /// The fingers were too poor: they are taken again.
    Recapture,
    /// After a mismatch at handover: the holder was right, and the card is made again.
    Remake,
    /// After a mismatch at handover: somebody else came.
    ImpostorRefused,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::KeepFirst,
        Self::KeepChosen,
        Self::DifferentPeople,
        Self::Fraud,
        Self::Recapture,
        Self::Remake,
        Self::ImpostorRefused,
    ];

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeepFirst => "keep-first",
            Self::KeepChosen => "keep-chosen",
            Self::DifferentPeople => "different-people",
            Self::Fraud => holds::FRAUD,
            Self::Recapture => "recapture",
            Self::Remake => "remake",
            Self::ImpostorRefused => "impostor-refused",
        }
    }

    const fn step(self) -> Step {
        match self {
            Self::KeepFirst | Self::Fraud | Self::ImpostorRefused => Step::Reject,
            Self::KeepChosen | Self::DifferentPeople | Self::Remake => Step::ClearDoubt,
            Self::Recapture => Step::Recapture,
        }
    }
}

/// What became of others with a decision.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Concluded {
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
/// application of a candidate ends in the same change, and every card of a candidate that is worth something, or may become so, is revoked.
///
/// # Errors
/// [`CentreError::Outcome`] for an outcome that does not go with how the doubt arose; as [`refuse_elsewhere`]; what desk and store say: a
/// candidate that a station is at work on is refused, and decided when it is done.
pub fn decide(desk: &mut Desk<'_>, job: &Id, id: &Id, outcome: Outcome, by: By<'_>) -> Result<Concluded, CentreError> {
    refuse_elsewhere(desk, id)?;
    if took(desk, job, id, &[outcome.step()], Some(outcome.name()))? {
        return concluded(desk, job);
    }
    let after_handover = after_handover(desk, id)?;
    let of_handover = matches!(outcome, Outcome::Remake | Outcome::ImpostorRefused);
    let of_both = matches!(outcome, Outcome::Recapture);
    if after_handover != of_handover && !of_both {
        return Err(CentreError::Outcome);
    }
    let why = Word::parse(outcome.name())?;
    let mut moves = vec![Move::application(id.clone(), outcome.step()).because(why.clone())];
    let all = if after_handover { Vec::new() } else { candidates(desk, id)? };
    let given_up = if outcome == Outcome::KeepChosen { given_up(desk, id)? } else { Vec::new() };
    for candidate in &all {
        let is_given_up = given_up.contains(candidate);
        // Fraud leaves cards suspended: whose they are, is decided of itself.
        moves.extend(holds::ends(desk, id, candidate, (&why, outcome != Outcome::Fraud && !is_given_up))?);
        if is_given_up {
            moves.extend(gives_way(desk, (candidate, &all), &why)?);
        }
    }
    desk.take_by(job, moves, by)?;
    concluded(desk, job)
}

/// The candidates that give way where this record is kept; there is one at least.
fn given_up(desk: &mut Desk<'_>, id: &Id) -> Result<Vec<Id>, CentreError> {
    let found = Findings::open(desk, id)?.candidates;
    let given_up = found.iter().filter(|suspect| suspect.may_be_kept_for());
    let all: Vec<Id> = given_up.map(|suspect| Id::parse(&suspect.application)).collect::<Result<_, _>>()?;
    if all.is_empty() { Err(CentreError::Outcome) } else { Ok(all) }
}

/// What a candidate, one of all these, gives up for the record that is kept. One that was itself being clarified lets its own candidates go.
fn gives_way(desk: &mut Desk<'_>, (id, all): (&Id, &[Id]), why: &Word) -> Result<Vec<Move>, CentreError> {
    let mut moves = Vec::new();
    if desk.store.standing(Kind::Application, id)?.is_some_and(|s| s.state == State::Clarifying.name()) {
        for held in candidates(desk, id)? {
            moves.extend(holds::ends(desk, id, &held, (why, !all.contains(&held)))?);
        }
    }
    for card in cards(desk, id, &WORTH)? {
        moves.push(Move::card(card.id, card::Step::Revoke).because(why.clone()));
    }
    if is_open(desk, id)? {
        moves.push(Move::application(id.clone(), Step::GiveWay).because(why.clone()));
    }
    Ok(moves)
}

/// What a job did to others.
fn concluded(desk: &mut Desk<'_>, job: &Id) -> Result<Concluded, CentreError> {
    let mut all = Concluded::default();
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
