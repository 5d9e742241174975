//! Whether the signatures of a step count: made by who says so, each under a grant that was in force, by two persons where there are two.

use crate::issuance::office::Office;
use crate::issuance::officer::act::Step;
use crate::issuance::officer::{Act, ActError, OfficerId, Roster, Signed, Standing};
use crate::issuance::role::{Asked, Role, RoleError};
use crate::issuance::store::{Row, SignatureError};
use jiff::Timestamp;

/// A signature that counts. Only [`check`] makes one.
#[derive(Debug, Clone)]
pub struct Signatory(Standing);

impl Signatory {
    /// Who, as what, where, by which grant.
    #[must_use]
    pub const fn standing(&self) -> &Standing {
        &self.0
    }
}

/// Checks one signature of an act.
///
/// # Errors
/// [`ActError`].
pub fn check(roster: &Roster, act: Act, (officer, role, signature): (OfficerId, Role, &[u8])) -> Result<Signatory, ActError> {
    let (step, at) = (act.clone(), act.at());
    let signed = Signed::of(act, (officer, role, signature.to_vec()), None);
    let asked = Asked::one(role.alone());
    let named = Step { name: step.step(), subject: step.subject(), office: step.office(), asked: &asked };
    signed.check(&named, roster, at).map(|proven| Signatory(proven.first().clone()))
}

/// Checks the signatures of a row of the audit, as they were when it was written.
///
/// # Errors
/// [`SignatureError`]: the row has no office of the procedures, or a signature does not count.
pub fn row(row: &Row, roster: &Roster) -> Result<(), SignatureError> {
    let (name, subject) = row.act().ok_or(SignatureError::Form)?;
    let at = Timestamp::from_microsecond(row.at).map_err(|_| SignatureError::Form)?;
    let office: Office = row.office.as_str().parse().map_err(|_| SignatureError::Form)?;
    let mut seen: Vec<Signatory> = Vec::new();
    for (officer, role, place, signature) in row.signatories().ok_or(SignatureError::Form)? {
        let place: Office = place.parse().map_err(|_| SignatureError::Form)?;
        if !place.holds(office) {
            return Err(SignatureError::Elsewhere(officer));
        }
        let act = Act::new(&name, subject, place, at)?;
        let signatory = check(roster, act, (officer, role, &signature))?;
        if seen.iter().any(|other| other.0.is_same_person(&signatory.0)) {
            return Err(ActError::Role(RoleError::SamePerson).into());
        }
        seen.push(signatory);
    }
    Ok(())
}
