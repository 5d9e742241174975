//! An application is taken back; a number that was allocated to its card is revoked in the same change, and a card that waits here goes back.

use super::{Case, CaseError, asked, before, is_copy, revoker};
use crate::issuance::application::{State, Step};
use crate::issuance::card;
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::procedure::Place;
use crate::issuance::store::{By as Find, Id, Kind, Move, Word};
use crate::issuance::sync::deed::{Carried, Ended};

/// Why an application is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The applicant does not want it any more.
    Applicant,
    /// The resident died.
    Death,
    /// The resident moved to another regency.
    Moved,
}

impl Reason {
    const fn word(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Death => "death",
            Self::Moved => "moved",
        }
    }
}

/// Takes an application back. The cards that were revoked with it.
///
/// # Errors
/// [`CaseError`].
pub fn withdraw(desk: &mut Desk<'_>, job: &Id, id: &Id, why: Reason, by: By<'_>) -> Result<Vec<Id>, CaseError> {
    let digest = asked(desk, "withdraw", &[id.as_str().as_bytes(), why.word().as_bytes()]);
    if before(desk, job, &digest)?.is_some() {
        return Ok(desk.store.job(job)?.into_iter().filter(|row| row.kind == Kind::Card).map(|row| row.id).collect());
    }
    let case = Case::open(desk, id)?;
    let is_copy = is_copy(desk, id)?;
    // Of a copy the centre is told; while it is being identified or clarified the centre decides.
    if !is_copy || !matches!(case.state, State::Unique | State::PrintReady | State::InPersonalization) {
        case.only_here(desk)?;
    }
    // The resident's desk, or the regency where a death or a removal is registered.
    case.only_at(desk, Place::Regency).or_else(|_| case.only_at(desk, case.dossier.procedure.desk()))?;
    let reason = Word::parse(why.word())?;
    let cards = desk.store.find(Kind::Card, Find::Owner(id))?;
    // A card that was handed over is its holder's as soon as the centre knows.
    if cards.iter().any(|card| card.state == card::State::Queued.name()) {
        return Err(CaseError::AtTheCentre);
    }
    let of = |state: card::State| cards.iter().filter(move |card| card.state == state.name());
    let mut gone: Vec<Id> = of(card::State::Allocated).map(|card| card.id.clone()).collect();
    // One that waits at another office is taken back there (`ektp return`).
    let waiting: Vec<Id> =
        of(card::State::Waiting).filter(|card| card.custody == desk.office.into()).map(|c| c.id.clone()).collect();
    let mut withdrawn = case.step(desk, Step::Withdraw, digest)?.because(reason.clone());
    let carried =
        |card: &Id| Carried { card: card.to_string(), application: id.to_string(), step: card::Step::TakeBack.name().to_owned() };
    let ended =
        Ended { application: id.to_string(), why: Some(why.word().to_owned()), cards: waiting.iter().map(carried).collect() };
    if let Some(told) = case.told(desk, job, ended, by)? {
        withdrawn = withdrawn.with_sealed(told);
    }
    let mut steps = vec![(withdrawn, by)];
    let revoked = |card: &Id| Move::card(card.clone(), card::Step::Revoke).because(reason.clone()).by_evidence(digest);
    steps.extend(gone.iter().map(|card| (revoked(card), revoker(by))));
    let back =
        |card: &Id| Move::card_of(card.clone(), id.clone(), card::Step::TakeBack).because(reason.clone()).by_evidence(digest);
    steps.extend(waiting.iter().map(|card| (back(card), by)));
    desk.take(job, steps)?;
    gone.extend(waiting);
    Ok(gone)
}
