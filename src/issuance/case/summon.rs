//! The summons: signed by the camat, or for foreign residents by the head of the registry office; and the hands through which it goes.

use super::dossier::{Passed, Receiver};
use super::{Case, CaseError, asked, before};
use crate::issuance::application::Step;
use crate::issuance::desk::{By, Desk};
use crate::issuance::procedure::{Place, Summoner};
use crate::issuance::role::{Role, RoleError};
use crate::issuance::store::{Id, Move, StoreError, Word};
use crate::limits::STORE_MOVES;
use crate::record::Line;
use jiff::civil::Date;

/// Summons whoever is on a list, for a day.
///
/// # Errors
/// [`CaseError`].
pub fn summon(desk: &mut Desk<'_>, job: &Id, applications: &[Id], day: Date, by: By<'_>) -> Result<(), CaseError> {
    if applications.is_empty() || applications.len() > STORE_MOVES {
        return Err(StoreError::TooMany("applications, or none", STORE_MOVES).into());
    }
    let ids: Vec<&str> = applications.iter().map(Id::as_str).collect();
    let digest = asked(desk, "summon", &[ids.join(" ").as_bytes(), day.to_string().as_bytes()]);
    if before(desk, job, &digest)?.is_some() {
        return Ok(());
    }
    let moves = applications.iter().map(|id| summoned(desk, id, day, digest, by)).collect::<Result<Vec<Move>, CaseError>>()?;
    desk.take_by(job, moves, by)?;
    Ok(())
}

fn summoned(desk: &mut Desk<'_>, id: &Id, day: Date, digest: [u8; 32], by: By<'_>) -> Result<Move, CaseError> {
    let mut case = Case::open(desk, id)?;
    let summoner = case.dossier.procedure.summoner().ok_or(CaseError::NoSummons)?;
    let (role, place) = match summoner {
        Summoner::Camat => (Role::Camat, Place::ServicePoint),
        Summoner::HeadOfRegistry => (Role::HeadOfRegistry, Place::Regency),
    };
    case.only_at(desk, place)?;
    if by.first.place().0 != role {
        return Err(CaseError::Summoner(summoner));
    }
    case.dossier.summoned_for = Some(day);
    case.step(desk, Step::Summon, digest)
}

/// A summons goes from hand to hand: to the village's head, and to the resident.
///
/// # Errors
/// [`CaseError`].
pub fn pass(desk: &mut Desk<'_>, job: &Id, id: &Id, (to, name): (Receiver, &Line), by: By<'_>) -> Result<(), CaseError> {
    let digest = asked(desk, "pass-summons", &[id.as_str().as_bytes(), to.word().as_bytes(), name.as_bytes()]);
    if before(desk, job, &digest)?.is_some() {
        return Ok(());
    }
    let mut case = Case::open(desk, id)?;
    case.only_at(desk, case.dossier.procedure.desk())?;
    let passed = Passed { to, name: name.as_str().to_owned(), at: desk.now() };
    case.dossier.passed.push(passed);
    if case.dossier.passed.len() > crate::limits::CASE_HANDS {
        return Err(StoreError::TooMany("hands of a summons", crate::limits::CASE_HANDS).into());
    }
    let word = Word::parse(to.word())?;
    let step = case.step(desk, Step::PassSummons, digest)?.because(word);
    desk.take_by(job, vec![step], by)?;
    Ok(())
}

/// Of two who sit here, that there are two.
pub(super) const fn second(by: By<'_>) -> Result<(), RoleError> {
    if by.second.is_some() { Ok(()) } else { Err(RoleError::SecondMissing) }
}
