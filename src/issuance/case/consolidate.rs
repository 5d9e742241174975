//! A capture is consolidated with the register: what the centre knows better by now overwrites the copy.

use super::{Case, CaseError, asked, before};
use crate::issuance::application::Step;
use crate::issuance::desk::{By, Desk};
use crate::issuance::register;
use crate::issuance::resident::State;
use crate::issuance::store::Id;

/// Consolidates a capture, where the procedure does: a mobile packet at the regency. Whether the register's data had changed.
///
/// # Errors
/// [`CaseError`].
pub fn consolidate(desk: &mut Desk<'_>, job: &Id, id: &Id, by: By<'_>) -> Result<bool, CaseError> {
    let digest = asked(desk, "consolidate", &[id.as_str().as_bytes()]);
    if before(desk, job, &digest)?.is_some() {
        return Ok(false);
    }
    let mut case = Case::open(desk, id)?;
    case.only_at(desk, case.dossier.procedure.consolidated_at())?;
    let known = register::of_nik(desk.store, desk.key, &case.dossier.biodata.nik)?.ok_or(register::RegisterError::Unknown)?;
    if !known.state.lives_here() {
        return Err(CaseError::NotResident(known.state));
    }
    let changed = case.take_clean(desk)?;
    let step = case.step(desk, Step::Consolidate, digest)?;
    desk.take_by(job, vec![step], by)?;
    Ok(changed)
}

impl Case {
    /// Takes what the centre knows of the person over the copy, with the case's own changes laid over it; whether anything is otherwise now.
    /// What the centre has not consolidated changes nothing.
    ///
    /// # Errors
    /// [`CaseError`].
    pub fn take_clean(&mut self, desk: &mut Desk<'_>) -> Result<bool, CaseError> {
        let known = register::of_nik(desk.store, desk.key, &self.dossier.biodata.nik)?;
        let Some(known) = known.filter(|known| known.state == State::Clean) else { return Ok(false) };
        let before = self.dossier.biodata.clone();
        self.dossier.is_clean = true;
        self.dossier.refresh(&known.resident.biodata)?;
        Ok(before != self.dossier.biodata)
    }
}
