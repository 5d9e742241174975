//! Biodata are called up, held against the papers, and found right; what is not is changed, with its proof.

use super::apply::{bring, permit};
use super::dossier::{Change, papers_text};
use super::receipt::{self, Stub};
use super::{Case, CaseError, asked, before};
use crate::issuance::application::Step;
use crate::issuance::desk::{By, Desk};
use crate::issuance::papers::{Needed, Paper};
use crate::issuance::procedure::Start;
use crate::issuance::register;
use crate::issuance::resident;
use crate::issuance::store::Id;

/// What the officer saw.
#[derive(Debug, Clone, Default)]
pub struct Verification {
    /// Papers that are brought now; of a regular procedure beside those of the form.
    pub brought: Vec<Needed>,
    /// Fields that are otherwise than the register has them; beside those of the form.
    pub changes: Vec<Change>,
    /// The 2D code of the summons or the form, as read from it.
    pub code: Option<String>,
}

/// Verifies the data of a case, where the procedure takes the capture.
///
/// # Errors
/// [`CaseError`].
pub fn verify(desk: &mut Desk<'_>, job: &Id, id: &Id, seen: &Verification, by: By<'_>) -> Result<(), CaseError> {
    let changes = serde_json::to_vec(&seen.changes).unwrap_or_default();
    let digest = asked(desk, "verify", &[id.as_str().as_bytes(), papers_text(&seen.brought).as_bytes(), &changes]);
    if before(desk, job, &digest)?.is_some() {
        return Ok(());
    }
    let mut case = Case::open(desk, id)?;
    case.only_at(desk, case.dossier.procedure.captured_at())?;
    if let Some(hand) = case.dossier.due_hand() {
        return Err(CaseError::NotPassed(hand));
    }
    if case.dossier.procedure.start == Start::Mass && seen.code.is_none() {
        return Err(CaseError::NoCode);
    }
    if let Some(code) = &seen.code {
        let stub = match case.dossier.procedure.start {
            Start::Mass => Stub::Summons,
            Start::Regular => Stub::Form,
        };
        receipt::check_stub(desk.key, id, stub, code)?;
    }
    let known = register::of_nik(desk.store, desk.key, &case.dossier.biodata.nik)?.ok_or(register::RegisterError::Unknown)?;
    if !known.state.lives_here() {
        return Err(CaseError::NotResident(known.state));
    }
    let dossier = &mut case.dossier;
    dossier.brought.extend(&seen.brought);
    // Of whoever was on the list nobody knows an old card; what is brought is recorded, and collected at the end.
    let brings_card = dossier.brought.iter().any(|needed| needed.paper == Paper::OldCard);
    dossier.holds_card |= dossier.procedure.start == Start::Mass && brings_card;
    dossier.changes.extend(seen.changes.iter().cloned());
    dossier.is_clean = known.state == resident::State::Clean;
    dossier.refresh(&known.resident.biodata)?;
    bring(dossier)?;
    permit(dossier, desk.today())?;
    let step = case.step(desk, Step::VerifyData, digest)?;
    desk.take_by(job, vec![step], by)?;
    Ok(())
}
