//! The application form of the regular procedures: who, why, with which papers, and what is otherwise than the register has it.

use super::dossier::{Change, apply as change, papers_text};
use super::list::{id_of, opening};
use super::{CaseError, ChangeError, Dossier, asked, before, cards, holder, only_at, revoker, seal};
use crate::issuance::application::State;
use crate::issuance::card;
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::papers::{self, Form, Needed, Paper, Reason};
use crate::issuance::procedure::{Mode, Procedure, Start};
use crate::issuance::register::{self, Known};
use crate::issuance::store::{Id, Move, Word};
use crate::record::{FamilyCardNo, Nik, Validity};
use jiff::civil::Date;

/// What is applied for.
#[derive(Debug, Clone)]
pub struct Application {
    /// Who, by NIK.
    pub nik: Nik,
    /// Of which family card.
    pub family_card_no: FamilyCardNo,
    /// Why.
    pub reason: Reason,
    /// Papers that were brought.
    pub brought: Vec<Needed>,
    /// Fields that are otherwise than the register has them.
    pub changes: Vec<Change>,
}

/// Records an application; a lost card that the store knows is revoked in the same change. The application's id.
///
/// # Errors
/// [`CaseError`].
pub fn apply(desk: &mut Desk<'_>, job: &Id, of: &Application, by: By<'_>) -> Result<Id, CaseError> {
    let changes = serde_json::to_vec(&of.changes).unwrap_or_default();
    let brought = papers_text(&of.brought);
    let who = [of.nik.as_str(), of.family_card_no.as_str(), of.reason.name(), &brought].join(" ");
    let digest = asked(desk, "apply", &[who.as_bytes(), &changes]);
    if before(desk, job, &digest)?.is_some() {
        let first = desk.store.job(job)?.into_iter().next();
        return Ok(first.ok_or(crate::issuance::store::StoreError::Damaged("job"))?.id);
    }
    let known = register::call_up(desk.store, desk.key, &of.nik, &of.family_card_no)?;
    let dossier = dossier(desk, of, &known)?;
    only_at(desk, &dossier, dossier.procedure.desk())?;
    let revoked = old_card(desk, &dossier)?;
    let id = id_of(desk, job, &dossier)?;
    let begun = Move::open(id.clone(), opening(desk, &dossier, State::Applied)?).by_evidence(digest);
    let mut steps = vec![(begun.with_sealed(seal(desk, &id, &dossier)?), by)];
    if let Some(lost) = revoked {
        let step = Move::card(lost, card::Step::Revoke).because(Word::parse("lost")?).by_evidence(digest);
        steps.push((step, revoker(by)));
    }
    desk.take(job, steps)?;
    Ok(id)
}

fn dossier(desk: &Desk<'_>, of: &Application, known: &Known) -> Result<Dossier, CaseError> {
    let day = desk.today();
    let resident = &known.resident;
    if !known.state.lives_here() {
        return Err(CaseError::NotResident(known.state));
    }
    let biodata = change(&resident.biodata, &of.changes)?;
    let procedure = Procedure::new(Start::Regular, holder(&biodata), Mode::Office);
    let dossier = Dossier {
        procedure,
        reason: of.reason,
        biodata,
        is_clean: known.state == crate::issuance::resident::State::Clean,
        holds_card: resident.holds_card,
        brought: of.brought.clone(),
        changes: of.changes.clone(),
        summoned_for: None,
        passed: Vec::new(),
        visit: None,
        receipt: 0,
        printed: 0,
    };
    let married = crate::record::register::Resident { biodata: dossier.biodata.clone(), holds_card: false };
    if !married.must_hold_card(day) {
        return Err(CaseError::TooYoung);
    }
    permit(&dossier, day)?;
    if of.reason == Reason::DataChange && of.changes.is_empty() {
        return Err(ChangeError::None.into());
    }
    bring(&dossier)?;
    Ok(dossier)
}

/// Whether a foreign resident's stay permit is in force.
pub(super) fn permit(dossier: &Dossier, day: Date) -> Result<(), CaseError> {
    match (dossier.procedure.holder, dossier.biodata.valid_until) {
        (crate::issuance::Holder::ForeignResident, Validity::Until(end)) if end < day => Err(CaseError::PermitEnded(end)),
        _ => Ok(()),
    }
}

/// Whether every paper was brought: those of procedure and reason, and the proof where a field changes.
pub(super) fn bring(dossier: &Dossier) -> Result<(), CaseError> {
    let mut needed = papers::needed(dossier.procedure, dossier.reason, dossier.holds_card);
    let proof = Needed { paper: Paper::ProofOfChange, form: Form::Original };
    if !dossier.changes.is_empty() && !needed.contains(&proof) {
        needed.push(proof);
    }
    Ok(papers::check(&needed, &dossier.brought)?)
}

/// Whether the reason fits what cards there are; the card that is revoked at the report, if the store has one.
fn old_card(desk: &mut Desk<'_>, dossier: &Dossier) -> Result<Option<Id>, CaseError> {
    let live = cards(desk, &dossier.biodata)?.into_iter().find(|(_, state, _)| state.is_live()).map(|(id, ..)| id);
    let has = live.is_some() || dossier.holds_card;
    match dossier.reason {
        Reason::New if has => Err(CaseError::HasCard),
        Reason::New => Ok(None),
        _ if !has && !had_one(desk, dossier)? => Err(CaseError::NoCard),
        reason => Ok(live.filter(|_| reason.revokes_at_once())),
    }
}

/// Whether the store knows of a card that was this person's, and is revoked by now.
fn had_one(desk: &mut Desk<'_>, dossier: &Dossier) -> Result<bool, CaseError> {
    let was_held = |state: card::State| matches!(state, card::State::Revoked | card::State::Returning | card::State::Returned);
    Ok(cards(desk, &dossier.biodata)?.into_iter().any(|(_, state, _)| was_held(state)))
}
