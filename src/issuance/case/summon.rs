//! The summons: signed by the camat, or for foreign residents by the head of the registry office; and the hands through which it goes.

use super::dossier::{Passed, Receiver};
use super::{Case, CaseError, asked, before};
use crate::issuance::application::Step;
use crate::issuance::desk::{By, Desk};
use crate::issuance::procedure::{Place, Summoner};
use crate::issuance::role::{Role, RoleError};
use crate::issuance::store::{Id, Move, StoreError, Word};
use crate::limits::CASES_AT_ONCE;
use crate::record::Line;
use jiff::civil::Date;

/// Summons whoever is on a list, for a day.
///
/// # Errors
/// [`CaseError`].
pub fn summon(desk: &mut Desk<'_>, job: &Id, applications: &[Id], day: Date, by: By<'_>) -> Result<(), CaseError> {
    if applications.is_empty() || applications.len() > CASES_AT_ONCE {
        return Err(StoreError::TooMany("applications, or none", CASES_AT_ONCE).into());
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
    if day < desk.today() {
        return Err(CaseError::Past(day));
    }
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
    // A summons goes down the way, and may go over a part of it again.
    let hands = case.dossier.procedure.hands();
    let before = hands.iter().position(|hand| *hand == to).ok_or(CaseError::NoHand(to))?;
    if let Some(missing) = hands.iter().take(before).find(|hand| !case.dossier.went_through(**hand)) {
        return Err(CaseError::NotPassed(*missing));
    }
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

/// Two officers of a desk, one of whom does not do alone what the other may: not any two persons.
pub(super) fn second(by: By<'_>) -> Result<(), RoleError> {
    const DESK: &[Role] = &[Role::Operator, Role::Supervisor];
    crate::issuance::role::Asked::two(DESK, DESK).check(&by.taken())
}
