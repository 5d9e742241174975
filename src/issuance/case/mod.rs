//! Cases: an application on its way from the list or the form to its end, step by step, each step a change that a desk takes.
//!
//! Beside the rules of [`crate::issuance::application`], which say what follows what, stands here what a step needs: the right office, the
//! papers, the data of the register, a whole capture, a receipt. The tables hold whatever is done here or elsewhere.

mod apply;
pub mod capture;
mod close;
mod consolidate;
pub mod dossier;
mod error;
mod list;
pub mod paper;
pub mod receipt;
mod summon;
#[cfg(test)]
pub(in crate::issuance) mod tests;
mod verify;
mod visit;
mod withdraw;

pub use apply::{Application, apply};
pub use capture::capture;
pub use close::{OldCard, close};
pub use consolidate::consolidate;
pub use dossier::{Change, Dossier, Receiver, Visit, Why};
pub use error::{CaseError, ChangeError};
pub(in crate::issuance) use list::opening;
pub use list::{Listed, list};
pub use receipt::{print as print_receipt, replace as replace_receipt};
pub use summon::{pass, summon};
pub use verify::{Verification, verify};
pub use visit::visit;
pub use withdraw::{Reason as Withdrawal, withdraw};

use super::desk::{By, Desk};
use super::office::Office;
use super::procedure::{Holder, Place};
use super::recall;
use super::role::Role;
use super::store::{By as Find, Done, Id, Kind, Move, Part, Row, Sealed, Standing, Store, StoreError, StoreKey};
use super::sync::deed::{self, Ended};
use super::{application, card};
use crate::crypto::hash::sha256;
use crate::issuance::names::Named as _;
use crate::limits::STORE_PAGE_ROWS;
use crate::record::{Biodata, Nationality};
use zeroize::Zeroizing;

/// A case as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Which.
    pub id: Id,
    /// Where.
    pub state: application::State,
    /// What the store knows of it.
    pub standing: Standing,
    /// What is kept sealed of it.
    pub dossier: Dossier,
}

impl Case {
    /// Opens a case.
    ///
    /// # Errors
    /// [`StoreError::Unknown`], or what the store says.
    pub fn open(desk: &mut Desk<'_>, id: &Id) -> Result<Self, CaseError> {
        Self::read(desk.store, desk.key, id)
    }

    /// The same where nobody sits at a desk.
    ///
    /// # Errors
    /// As [`Case::open`].
    pub fn read(store: &mut dyn Store, key: &StoreKey, id: &Id) -> Result<Self, CaseError> {
        let unknown = || StoreError::Unknown { kind: Kind::Application, id: id.to_string() };
        let standing = store.standing(Kind::Application, id)?.ok_or_else(unknown)?;
        let sealed = store.sealed(Kind::Application, id, Part::Biodata)?.ok_or(StoreError::Damaged("sealed"))?;
        let plain = key.open(&sealed)?;
        let dossier = Dossier::from_json(&plain).ok_or(StoreError::Damaged("dossier"))?;
        let state = application::State::of_name(standing.state).ok_or(StoreError::Damaged("state"))?;
        Ok(Self { id: id.clone(), state, standing, dossier })
    }

    /// What is kept of it, sealed as it is now.
    ///
    /// # Errors
    /// What the store's key says.
    pub fn sealed(&self, desk: &mut Desk<'_>) -> Result<Sealed, CaseError> {
        seal(desk, &self.id, &self.dossier)
    }

    /// Refuses an office that neither is this place of the procedure for the resident nor is above it.
    ///
    /// # Errors
    /// [`CaseError::Elsewhere`].
    pub fn only_under(&self, here: Office, place: Place) -> Result<(), CaseError> {
        let at = self.dossier.office(place).unwrap_or(Office::Ministry);
        if here.holds(at) { Ok(()) } else { Err(CaseError::Elsewhere { place, at, here }) }
    }

    /// Refuses an office that is not this place of the procedure for the resident.
    fn only_at(&self, desk: &Desk<'_>, place: Place) -> Result<(), CaseError> {
        only_at(desk, &self.dossier, place)
    }

    /// Refuses a case that the centre has, of which this office does not know how it stands.
    fn only_here(&self, desk: &mut Desk<'_>) -> Result<(), CaseError> {
        let is_copy =
            self.state.is_with_the_centre() && !desk.store.heads()?.iter().any(|head| head.office == Office::Ministry.into());
        if is_copy { Err(CaseError::AtTheCentre) } else { Ok(()) }
    }

    /// The sealed part by which the end of a copy is told the centre; none of a case that is this store's own.
    fn told(&self, desk: &mut Desk<'_>, job: &Id, ended: Ended, by: By<'_>) -> Result<Option<Sealed>, CaseError> {
        if !is_copy(desk, &self.id)? {
            return Ok(None);
        }
        Ok(Some(deed::queued(desk, job, deed::Act::Ended(ended), by)?))
    }

    /// A step of it, with the dossier as it is after the step.
    fn step(&self, desk: &mut Desk<'_>, step: application::Step, asked: [u8; 32]) -> Result<Move, CaseError> {
        let sealed = seal(desk, &self.id, &self.dossier)?;
        Ok(Move::application(self.id.clone(), step).by_evidence(asked).with_sealed(sealed))
    }
}

/// Whether a case of this store is a copy since the office's service sent it to the centre's: what becomes of it is told there too.
///
/// # Errors
/// What the store says.
pub fn is_copy(desk: &mut Desk<'_>, id: &Id) -> Result<bool, CaseError> {
    let life = desk.store.history(Kind::Application, id, 0, STORE_PAGE_ROWS)?;
    let by_service = |row: &Row| row.signatories().is_some_and(|all| all.iter().any(|(_, role, ..)| *role == Role::Sync));
    Ok(life.iter().any(|row| row.now == application::State::Sent.name() && by_service(row)))
}

/// Refuses an office that is not this place for the resident of a dossier.
fn only_at(desk: &Desk<'_>, dossier: &Dossier, place: Place) -> Result<(), CaseError> {
    let here = desk.office;
    match dossier.office(place) {
        Some(at) if at == here => Ok(()),
        at => Err(CaseError::Elsewhere { place, at: at.unwrap_or(Office::Ministry), here }),
    }
}

fn seal(desk: &mut Desk<'_>, id: &Id, dossier: &Dossier) -> Result<Sealed, CaseError> {
    let plain = Zeroizing::new(dossier.to_json());
    Ok(desk.key.seal(Kind::Application, id, Part::Biodata, &plain, desk.rng)?)
}

/// The keyed digest of what is asked: the evidence of every step of it, by which the same job is found again.
fn asked(desk: &Desk<'_>, step: &str, parts: &[&[u8]]) -> [u8; 32] {
    let digests: Vec<u8> = parts.iter().flat_map(|part| sha256(part)).collect();
    desk.key.mark(step, &digests)
}

/// What this job did before, if it was asked the same.
fn before(desk: &mut Desk<'_>, job: &Id, asked: &[u8; 32]) -> Result<Option<Done>, CaseError> {
    Ok(recall::done(desk, job, asked)?)
}

/// For whom a card is.
fn holder(biodata: &Biodata) -> Holder {
    match biodata.nationality {
        Nationality::Citizen => Holder::Citizen,
        Nationality::ForeignResident { .. } => Holder::ForeignResident,
    }
}

/// The person's cards, and where they are.
fn cards(desk: &mut Desk<'_>, biodata: &Biodata) -> Result<Vec<(Id, card::State, Option<Id>)>, CaseError> {
    let subject = desk.key.subject(&biodata.nik);
    let all = desk.store.find(Kind::Card, Find::Person(&subject))?;
    let state = |s: &Standing| card::State::of_name(s.state).ok_or(StoreError::Damaged("state"));
    Ok(all.iter().map(|s| Ok((s.id.clone(), state(s)?, s.owner.clone()))).collect::<Result<_, StoreError>>()?)
}

/// Of those who sit here, whoever may revoke a card; the first where nobody may, and the rules refuse.
fn revoker(by: By<'_>) -> By<'_> {
    let may = |role: Role| matches!(role, Role::Supervisor | Role::Adjudicator | Role::Centre);
    let second = by.second.filter(|second| !may(by.first.place().0) && may(second.place().0));
    second.map_or(by, By::one)
}
