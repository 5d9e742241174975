//! An application is taken back; a number that was allocated to its card is revoked in the same change.

use super::{Case, CaseError, asked, before, revoker};
use crate::issuance::application::Step;
use crate::issuance::card;
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::procedure::Place;
use crate::issuance::store::{By as Find, Id, Kind, Move, Word};

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
    case.only_here(desk)?;
    // The resident's desk, or the regency where a death or a removal is registered.
    case.only_at(desk, Place::Regency).or_else(|_| case.only_at(desk, case.dossier.procedure.desk()))?;
    let reason = Word::parse(why.word())?;
    let allocated = desk.store.find(Kind::Card, Find::Owner(id))?;
    let allocated: Vec<Id> =
        allocated.into_iter().filter(|card| card.state == card::State::Allocated.name()).map(|card| card.id).collect();
    let mut steps = vec![(case.step(desk, Step::Withdraw, digest)?.because(reason.clone()), by)];
    let revoked = |card: &Id| Move::card(card.clone(), card::Step::Revoke).because(reason.clone()).by_evidence(digest);
    steps.extend(allocated.iter().map(|card| (revoked(card), revoker(by))));
    desk.take(job, steps)?;
    Ok(allocated)
}
