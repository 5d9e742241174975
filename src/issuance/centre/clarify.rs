//! What an identification left open, or a handover that failed, is clarified: two officers look, and say what it is.
//!
//! While they do, every candidate's open case stands still ([`refuse_if_held`]); on suspected fraud a card that is somebody's already is
//! suspended. A hold is an incident of the case: who opened it, and the two who closed it, stand in the audit.

use super::CentreError;
use super::findings::Findings;
use crate::issuance::application::{State, Step};
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::recall::took;
use crate::issuance::store::{By as Find, Id, Kind, Move, Opening, Standing, Word};
use crate::issuance::{card, incident};
use crate::limits::STORE_PAGE_ROWS;

/// What two officers found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// One person, who keeps the record that was there first: this application ends.
    KeepFirst,
    /// One person, who keeps this record: the cards of the others are revoked.
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
            Self::Fraud => "fraud",
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

/// Takes a doubt up, by two officers: every candidate's open case is held, and where fraud is suspected their active cards are suspended.
/// The candidates.
///
/// # Errors
/// What desk and store say.
pub fn take_up(desk: &mut Desk<'_>, job: &Id, id: &Id, suspect_fraud: bool, by: By<'_>) -> Result<Vec<Id>, CentreError> {
    let candidates = candidates(desk, id)?;
    if took(desk, job, id, &[Step::Clarify], None)? {
        return Ok(candidates);
    }
    let mut moves = vec![Move::application(id.clone(), Step::Clarify)];
    for candidate in &candidates {
        if is_open(desk, candidate)? {
            moves.push(hold(desk, id, candidate)?);
        }
        if suspect_fraud {
            let suspend = |card: &Standing| Move::card(card.id.clone(), card::Step::Suspend).because(case_word(id));
            moves.extend(cards(desk, candidate, card::State::Active)?.iter().map(suspend));
        }
    }
    desk.take_by(job, moves, by)?;
    Ok(candidates)
}

/// Ends a clarification, by two officers: the outcome, and the holds on the candidates end with it.
///
/// # Errors
/// [`CentreError::Outcome`] for an outcome that does not go with how the doubt arose; what desk and store say.
pub fn decide(desk: &mut Desk<'_>, job: &Id, id: &Id, outcome: Outcome, by: By<'_>) -> Result<(), CentreError> {
    if took(desk, job, id, &[outcome.step()], Some(outcome.name()))? {
        return Ok(());
    }
    let after_handover = after_handover(desk, id)?;
    let of_handover = matches!(outcome, Outcome::Remake | Outcome::ImpostorRefused);
    let of_both = matches!(outcome, Outcome::Recapture);
    if after_handover != of_handover && !of_both {
        return Err(CentreError::Outcome);
    }
    let why = Word::parse(outcome.name())?;
    let mut moves = vec![Move::application(id.clone(), outcome.step()).because(why.clone())];
    for candidate in if after_handover { Vec::new() } else { candidates(desk, id)? } {
        if let Some(held) = hold_of(desk, id, &candidate)? {
            moves.push(Move::incident(held, incident::Step::Close).because(why.clone()));
        }
        let suspended = cards(desk, &candidate, card::State::Suspended)?;
        let step = if outcome == Outcome::KeepChosen { card::Step::Revoke } else { card::Step::Resume };
        // A card that was suspended for fraud stays so where fraud it was: whose it is, is decided of itself.
        if outcome != Outcome::Fraud {
            moves.extend(suspended.iter().map(|card| Move::card(card.id.clone(), step).because(why.clone())));
        }
        if outcome == Outcome::KeepChosen {
            let active = cards(desk, &candidate, card::State::Active)?;
            moves.extend(active.iter().map(|card| Move::card(card.id.clone(), step).because(why.clone())));
        }
    }
    desk.take_by(job, moves, by)?;
    Ok(())
}

/// Refuses a step of an application that a clarification holds.
///
/// # Errors
/// [`CentreError::Held`].
pub fn refuse_if_held(desk: &mut Desk<'_>, id: &Id) -> Result<(), CentreError> {
    let held = holds(desk, id)?.iter().any(|hold| hold.state == incident::State::Open.name());
    if held { Err(CentreError::Held(id.clone())) } else { Ok(()) }
}

/// What the id of an incident begins with that is a hold.
const HOLD: &str = "H-";

/// The holds on an application, past ones too.
fn holds(desk: &mut Desk<'_>, id: &Id) -> Result<Vec<Standing>, CentreError> {
    let all = desk.store.find(Kind::Incident, Find::Word(&case_word(id)))?;
    Ok(all.into_iter().filter(|incident| incident.id.as_str().starts_with(HOLD)).collect())
}

/// The candidates of an application; none where nothing was found yet.
fn candidates(desk: &mut Desk<'_>, id: &Id) -> Result<Vec<Id>, CentreError> {
    let findings = Findings::open(desk, id)?;
    Ok(findings.candidates.iter().map(|suspect| Id::parse(&suspect.application)).collect::<Result<_, _>>()?)
}

fn is_open(desk: &mut Desk<'_>, id: &Id) -> Result<bool, CentreError> {
    let standing = desk.store.standing(Kind::Application, id)?;
    Ok(standing.and_then(|s| State::of_name(s.state)).is_some_and(State::is_open))
}

/// Cards of an application that are in this state.
fn cards(desk: &mut Desk<'_>, application: &Id, state: card::State) -> Result<Vec<Standing>, CentreError> {
    let all = desk.store.find(Kind::Card, Find::Owner(application))?;
    Ok(all.into_iter().filter(|card| card.state == state.name()).collect())
}

/// Whether the doubt of an application arose at a handover, whatever became of the refused card since.
fn after_handover(desk: &mut Desk<'_>, id: &Id) -> Result<bool, CentreError> {
    let life = desk.store.history(Kind::Application, id, 0, STORE_PAGE_ROWS)?;
    let clarifying = State::Clarifying.name();
    let last = life.iter().rev().find(|row| row.now == clarifying && row.was != clarifying);
    Ok(last.is_some_and(|row| row.was == State::InPersonalization.name()))
}

fn case_word(id: &Id) -> Word {
    Word::parse(id.as_str()).unwrap_or_else(|_| unreachable!("an id is a word"))
}

/// What the ids of the holds of one application on another begin with.
fn pair(id: &Id, candidate: &Id) -> String {
    let tail = |of: &Id| of.as_str().trim_start_matches("A-").to_owned();
    format!("{HOLD}{}-{}-", tail(id), tail(candidate))
}

/// A hold of an application on a candidate begins.
fn hold(desk: &mut Desk<'_>, id: &Id, candidate: &Id) -> Result<Move, CentreError> {
    let before = holds(desk, candidate)?.iter().filter(|hold| hold.id.as_str().starts_with(&pair(id, candidate))).count();
    let name = Id::parse(&format!("{}{}", pair(id, candidate), before + 1))?;
    Ok(Move::open(name, Opening::Incident { about: case_word(candidate) }))
}

/// The open hold of an application on a candidate.
fn hold_of(desk: &mut Desk<'_>, id: &Id, candidate: &Id) -> Result<Option<Id>, CentreError> {
    let open = |hold: &Standing| hold.state == incident::State::Open.name() && hold.id.as_str().starts_with(&pair(id, candidate));
    Ok(holds(desk, candidate)?.into_iter().find(open).map(|hold| hold.id))
}
