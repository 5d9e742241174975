//! What a clarification does to its candidates while it lasts: open cases stand still, and on suspected fraud cards are suspended.
//!
//! A hold is an incident of the case: who opened it, and who closed it, stand in the audit. A card that several clarifications suspect is
//! suspended once, and valid again with the last of them that says so: never by another's word, and never after fraud.

use super::CentreError;
use super::findings::Findings;
use crate::issuance::application::State;
use crate::issuance::desk::Desk;
use crate::issuance::names::Named as _;
use crate::issuance::store::{By as Find, Id, Kind, Move, Opening, Row, Standing, StoreError, Word};
use crate::issuance::{card, incident};
use crate::limits::{STORE_MOVES, STORE_PAGE_ROWS, SUSPECTS};

/// What the id of an incident begins with that is a hold.
const HOLD: &str = "H-";

// All candidates are held in the change that takes a doubt up, and suspended: two steps each beside its own.
const _: () = assert!(STORE_MOVES > 2 * SUSPECTS);

/// The word that a clarification leaves in the audit where it was fraud.
pub(super) const FRAUD: &str = "fraud";

/// Refuses a step of an application that a clarification holds.
///
/// # Errors
/// [`CentreError::Held`].
pub fn refuse_if_held(desk: &mut Desk<'_>, id: &Id) -> Result<(), CentreError> {
    if open_holds(desk, id)?.is_empty() { Ok(()) } else { Err(CentreError::Held(id.clone())) }
}

/// What happens to a candidate when an application is taken up: held if open, and where fraud is suspected an active card is suspended,
/// and one that is suspended already stays so until this is decided too.
pub(super) fn begins(desk: &mut Desk<'_>, id: &Id, candidate: &Id, suspect_fraud: bool) -> Result<Vec<Move>, CentreError> {
    let active = cards(desk, candidate, &[card::State::Active])?;
    let suspended = cards(desk, candidate, &[card::State::Suspended])?;
    let suspects = suspect_fraud && !(active.is_empty() && suspended.is_empty());
    let mut moves = Vec::new();
    if suspects || is_open(desk, candidate)? {
        moves.push(hold(desk, id, candidate)?);
    }
    if suspect_fraud {
        moves.extend(active.into_iter().map(|card| Move::card(card.id, card::Step::Suspend).because(case_word(id))));
    }
    Ok(moves)
}

/// What ends for a candidate with the clarifications of these applications, which are decided in one change: their holds, and the suspension
/// of a card that was suspended by one of them and that nobody else suspects. `valid_again` is not said of fraud, nor of cards that are
/// revoked instead.
pub(super) fn ends(
    desk: &mut Desk<'_>,
    over: &[Id],
    candidate: &Id,
    (why, valid_again): (&Word, bool),
) -> Result<Vec<Move>, CentreError> {
    let open = open_holds(desk, candidate)?;
    let begins: Vec<String> = over.iter().map(|id| pair(id, candidate)).collect();
    let is_own = |hold: &Id| begins.iter().any(|pair| hold.as_str().starts_with(pair));
    let (own, others): (Vec<Id>, Vec<Id>) = open.into_iter().partition(is_own);
    let mut moves: Vec<Move> =
        own.into_iter().map(|hold| Move::incident(hold, incident::Step::Close).because(why.clone())).collect();
    if valid_again && others.is_empty() {
        for card in cards(desk, candidate, &[card::State::Suspended])? {
            if is_lifted_with(desk, over, (candidate, &card.id))? {
                moves.push(Move::card(card.id, card::Step::Resume).because(why.clone()));
            }
        }
    }
    Ok(moves)
}

/// Whether a candidate's card is valid again when these applications are decided: it was suspended by one of them, or by another that was
/// decided since, and not as fraud of this candidate.
fn is_lifted_with(desk: &mut Desk<'_>, over: &[Id], (candidate, card): (&Id, &Id)) -> Result<bool, CentreError> {
    let life = desk.store.history(Kind::Card, card, 0, STORE_PAGE_ROWS)?;
    let last = life.iter().rev().find(|row| row.now == card::State::Suspended.name());
    let Some(by) = last.and_then(Row::reason) else { return Ok(false) };
    let by = Id::parse(&by)?;
    if over.contains(&by) {
        return Ok(true);
    }
    let clarifying = State::Clarifying.name();
    let life = desk.store.history(Kind::Application, &by, 0, STORE_PAGE_ROWS)?;
    let decided = life.iter().rev().find(|row| row.was == clarifying && row.now != clarifying);
    let is_decided = desk.store.standing(Kind::Application, &by)?.is_some_and(|by| by.state != clarifying);
    let Some(decided) = decided.filter(|_| is_decided) else { return Ok(false) };
    if decided.reason().as_deref() != Some(FRAUD) {
        return Ok(true);
    }
    Ok(Findings::open(desk, &by)?.decided.is_some_and(|decided| decided.is_of_others(candidate)))
}

/// The candidates of an application.
///
/// # Errors
/// What the store says: [`StoreError::WrongState`] if nothing was found yet.
pub(super) fn candidates(desk: &mut Desk<'_>, id: &Id) -> Result<Vec<Id>, CentreError> {
    let findings = Findings::open(desk, id)?;
    Ok(findings.candidates.iter().map(|suspect| Id::parse(&suspect.application)).collect::<Result<_, StoreError>>()?)
}

/// Whether an application still may become a card.
pub(super) fn is_open(desk: &mut Desk<'_>, id: &Id) -> Result<bool, CentreError> {
    let standing = desk.store.standing(Kind::Application, id)?;
    Ok(standing.and_then(|s| State::of_name(s.state)).is_some_and(State::is_open))
}

/// Cards of an application that are in one of these states.
pub(super) fn cards(desk: &mut Desk<'_>, application: &Id, states: &[card::State]) -> Result<Vec<Standing>, CentreError> {
    let all = desk.store.find(Kind::Card, Find::Owner(application))?;
    Ok(all.into_iter().filter(|card| card::State::of_name(card.state).is_some_and(|state| states.contains(&state))).collect())
}

/// The open holds on an application.
fn open_holds(desk: &mut Desk<'_>, id: &Id) -> Result<Vec<Id>, CentreError> {
    let open = holds(desk, id)?.into_iter().filter(|hold| hold.state == incident::State::Open.name());
    Ok(open.map(|hold| hold.id).collect())
}

/// The holds on an application, past ones too.
fn holds(desk: &mut Desk<'_>, id: &Id) -> Result<Vec<Standing>, CentreError> {
    let all = desk.store.find(Kind::Incident, Find::Word(&case_word(id)))?;
    Ok(all.into_iter().filter(|incident| incident.id.as_str().starts_with(HOLD)).collect())
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

fn case_word(id: &Id) -> Word {
    Word::parse(id.as_str()).unwrap_or_else(|_| unreachable!("an id is a word"))
}
