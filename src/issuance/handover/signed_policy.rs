//! A policy that the ministry signed for an office and those below it, for a time: the only one that a desk takes beside the default.

use super::policy::{PolicyError, TrialPolicy, Written};
use crate::issuance::office::Office;
use crate::issuance::officer::document::Said;
use crate::issuance::officer::{OfficerId, Roster, Standing};
use crate::issuance::role::Role;
use crate::pki::key::PrivateKey;
use crate::verify::hex::Hex;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

const FORMAT: u8 = 1;
/// Who signs policies: whoever has this role there.
const SIGNER: (Role, Office) = (Role::Centre, Office::Ministry);

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    format: u8,
    /// For this office and those below it.
    office: Office,
    from: Timestamp,
    /// Until before this instant.
    until: Timestamp,
    settings: Written,
}

impl Said for Stated {
    const PURPOSE: &'static str = "ektp-handover-policy-1";
}

/// A policy with its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedPolicy {
    policy: Stated,
    by: OfficerId,
    signature: Hex,
}

impl SignedPolicy {
    /// Signs a policy for an office and those below it, from the first instant to before the second, with the key of an officer of the
    /// centre whose grant is in force all that time.
    ///
    /// # Errors
    /// [`PolicyError::Time`], [`PolicyError::Signer`].
    pub fn sign(
        policy: &TrialPolicy,
        office: Office,
        (from, until): (Timestamp, Timestamp),
        (key, roster): (&PrivateKey, &Roster),
    ) -> Result<Self, PolicyError> {
        if from >= until {
            return Err(PolicyError::Time { from, until });
        }
        let by = OfficerId::of(&key.public_key());
        let last = until.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(from);
        for at in [from, last] {
            signer(roster, by, at)?;
        }
        let policy = Stated { format: FORMAT, office, from, until, settings: policy.written() };
        Ok(Self { signature: policy.sign(key), by, policy })
    }

    /// Reads one (JSON). Whether it counts is for [`SignedPolicy::check`] to say.
    ///
    /// # Errors
    /// [`PolicyError::Unsigned`] for settings alone, [`PolicyError::Form`].
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        let form = |what: &str| PolicyError::Form(what.to_owned());
        match serde_json::from_slice::<Self>(bytes) {
            Ok(read) if read.policy.format == FORMAT => Ok(read),
            Ok(_) => Err(form("another format")),
            Err(_) => {
                let settings = std::str::from_utf8(bytes).is_ok_and(|text| TrialPolicy::parse(text).is_ok());
                Err(if settings { PolicyError::Unsigned } else { form("neither signed nor settings") })
            }
        }
    }

    /// The policy, for a desk of this office at this instant.
    ///
    /// # Errors
    /// [`PolicyError::Signer`] of whoever signed it without the right to, or whose right has ended, [`PolicyError::Signature`],
    /// [`PolicyError::Office`], [`PolicyError::NotYet`], [`PolicyError::Expired`], [`PolicyError::Bounds`].
    pub fn check(&self, roster: &Roster, office: Office, at: Timestamp) -> Result<TrialPolicy, PolicyError> {
        let Stated { office: of, from, until, settings, .. } = &self.policy;
        if !self.policy.is_signed_by(signer(roster, self.by, at)?.key(), &self.signature) {
            return Err(PolicyError::Signature);
        }
        if !of.holds(office) {
            return Err(PolicyError::Office(*of));
        }
        if at < *from {
            return Err(PolicyError::NotYet(*from));
        }
        if at >= *until {
            return Err(PolicyError::Expired(*until));
        }
        TrialPolicy::of(settings)
    }

    /// Who signed it, as it says.
    #[must_use]
    pub const fn by(&self) -> OfficerId {
        self.by
    }
}

/// The standing of whoever signs.
fn signer(roster: &Roster, by: OfficerId, at: Timestamp) -> Result<Standing, PolicyError> {
    roster.standing(by, SIGNER, at).map_err(PolicyError::Signer)
}

#[cfg(test)]
#[path = "signed_policy_tests.rs"]
mod tests;
