//! A visit at home, for who cannot come: planned at the regency, whose officers go with a mobile packet.

use super::{Case, CaseError, Visit, asked, before};
use crate::issuance::application::Step;
use crate::issuance::desk::{By, Desk};
use crate::issuance::procedure::{Mode, Place};
use crate::issuance::store::{Id, Word};

/// Plans a visit: from now on the case is a home visit's.
///
/// # Errors
/// [`CaseError`].
pub fn visit(desk: &mut Desk<'_>, job: &Id, id: &Id, visit: Visit, by: By<'_>) -> Result<(), CaseError> {
    let digest = asked(desk, "visit", &[id.as_str().as_bytes(), visit.why.word().as_bytes(), visit.on.to_string().as_bytes()]);
    if before(desk, job, &digest)?.is_some() {
        return Ok(());
    }
    let mut case = Case::open(desk, id)?;
    case.only_at(desk, Place::Regency)?;
    // Nobody is visited who was not told to come.
    if let Some(hand) = case.dossier.due_hand() {
        return Err(CaseError::NotPassed(hand));
    }
    case.dossier.procedure.mode = Mode::HomeVisit;
    case.dossier.visit = Some(visit);
    let why = Word::parse(visit.why.word())?;
    let step = case.step(desk, Step::PlanVisit, digest)?.because(why);
    desk.take_by(job, vec![step], by)?;
    Ok(())
}
