//! How a comparison at handover is held: settings within bounds, named by their digest in everything that comes of it. What a desk takes
//! them from is [`super::SignedPolicy`].

use super::HandoverError;
use crate::crypto::hash::sha256;
use crate::finger::matching::Fmr;
use crate::issuance::office::Office;
use crate::issuance::officer::StandingError;
use crate::limits::{HANDOVER_CAPTURES, HANDOVER_FINGERS, HANDOVER_ROUNDS, HANDOVER_SITTINGS};
use crate::reason::{Reason, Refusal};
use crate::verify::hex;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const FORMAT: u8 = 1;

/// How a comparison is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrialPolicy {
    /// Of persons who are not the holder, the share that all sittings of a card together let through.
    pub fmr: Fmr,
    /// How often each finger may be laid down in each round.
    pub captures: u8,
    /// Rounds of a sitting, each by another officer; no match only after the last.
    pub rounds: u8,
    /// How often the holder may come again after a sitting that said nothing.
    pub sittings: u8,
    /// How many of the card's fingers are compared, in the card's order.
    pub fingers: u8,
}

impl Default for TrialPolicy {
    /// One in ten thousand; both fingers, three times each, by two officers; three sittings.
    fn default() -> Self {
        Self { fmr: Fmr::E4, captures: 3, rounds: 2, sittings: 3, fingers: 2 }
    }
}

/// A policy as it is written: to be signed, in what was signed, and beside a comparison that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    format: u8,
    fmr: String,
    captures: u8,
    rounds: u8,
    sittings: u8,
    fingers: u8,
}

impl Written {
    /// How often each finger may be laid down in each round.
    pub(super) const fn captures(&self) -> u8 {
        self.captures
    }
}

/// What is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// It is no policy of this format.
    #[error("no policy of format {FORMAT}: {0}")]
    Form(String),
    /// A setting lies outside of what any office may set.
    #[error("{field} lies outside of {least} to {most}")]
    Bounds {
        /// Which.
        field: &'static str,
        /// The least.
        least: &'static str,
        /// The most.
        most: String,
    },
    /// Its first day is not before its last, or it is for no such time.
    #[error("it is in force from {from} until {until}, which is no time")]
    Time {
        /// From when.
        from: Timestamp,
        /// Until before when.
        until: Timestamp,
    },
    /// Nobody signed it.
    #[error("the ministry did not sign it: `ektp centre policy` does")]
    Unsigned,
    /// The signature is not that of who is named: somebody altered it.
    #[error("the signature does not hold: it was altered")]
    Signature,
    /// Whoever signed it has no such right, or none any more.
    #[error("who signed it may not: {0}")]
    Signer(StandingError),
    /// It is for other offices.
    #[error("it is for {0} and the offices below")]
    Office(Office),
    /// It is not yet in force.
    #[error("it is in force from {0} on")]
    NotYet(Timestamp),
    /// Its time is over.
    #[error("it was in force until {0}")]
    Expired(Timestamp),
}

impl Refusal for PolicyError {
    fn reason(&self) -> Reason {
        match self {
            Self::Form(_) | Self::Bounds { .. } | Self::Time { .. } => Reason::InputInvalid,
            Self::Unsigned | Self::Signature | Self::Signer(_) | Self::Office(_) | Self::NotYet(_) | Self::Expired(_) => {
                Reason::NotPermitted
            }
        }
    }
}

impl TrialPolicy {
    /// Reads settings that are to be signed (TOML: `format`, `fmr`, `captures`, `rounds`, `sittings`, `fingers`).
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let written: Written = toml::from_str(text).map_err(|e| PolicyError::Form(e.message().to_owned()))?;
        Self::of(&written)
    }

    /// The policy that was written.
    pub(super) fn of(written: &Written) -> Result<Self, PolicyError> {
        if written.format != FORMAT {
            return Err(PolicyError::Form(format!("format {}", written.format)));
        }
        let bounds = |field, least, most: &dyn ToString| PolicyError::Bounds { field, least, most: most.to_string() };
        let fmr: Fmr = written.fmr.parse().map_err(|_| bounds("fmr", "1e-9", &Fmr::E3))?;
        if fmr > Fmr::E3 {
            return Err(bounds("fmr", "1e-9", &Fmr::E3));
        }
        for (field, least, text, value, most) in [
            ("captures", 1, "1", written.captures, HANDOVER_CAPTURES),
            // One officer alone never says no.
            ("rounds", 2, "2", written.rounds, HANDOVER_ROUNDS),
            ("sittings", 1, "1", written.sittings, HANDOVER_SITTINGS),
            ("fingers", 1, "1", written.fingers, HANDOVER_FINGERS),
        ] {
            if !(least..=most).contains(&value) {
                return Err(bounds(field, text, &most));
            }
        }
        let Written { captures, rounds, sittings, fingers, .. } = *written;
        Ok(Self { fmr, captures, rounds, sittings, fingers })
    }

    /// As it is written.
    pub(super) fn written(&self) -> Written {
        let Self { fmr, captures, rounds, sittings, fingers } = *self;
        Written { format: FORMAT, fmr: fmr.to_string(), captures, rounds, sittings, fingers }
    }

    /// By what it is named: the SHA-256 of its settings, whatever file they came from.
    #[must_use]
    pub fn digest(&self) -> String {
        let json = serde_json::to_vec(&self.written()).unwrap_or_else(|_| unreachable!("settings are plain JSON"));
        hex::encode(&sha256(&json))
    }
}

impl From<PolicyError> for HandoverError {
    fn from(error: PolicyError) -> Self {
        Self::Policy(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "format = 1\nfmr = \"1e-4\"\ncaptures = 3\nrounds = 2\nsittings = 3\nfingers = 2\n";

    #[test]
    fn a_file_is_the_policy_that_it_says_and_has_one_digest() {
        assert_eq!(TrialPolicy::parse(FILE), Ok(TrialPolicy::default()));
        let other = TrialPolicy::parse(&FILE.replace("captures = 3", "captures = 2")).unwrap();
        assert_eq!(other.captures, 2);
        assert_ne!(other.digest(), TrialPolicy::default().digest());
        let spaced = TrialPolicy::parse(&FILE.replace("1e-4", "0.0001").replace('\n', "\n\n")).unwrap();
        assert_eq!(spaced.digest(), TrialPolicy::default().digest());
    }

    #[test]
    fn nobody_sets_a_policy_that_is_none() {
        let refused = |old: &str, new: &str| TrialPolicy::parse(&FILE.replace(old, new)).unwrap_err();
        for (old, new, field) in [
            ("1e-4", "0.01", "fmr"),
            ("1e-4", "often", "fmr"),
            ("captures = 3", "captures = 0", "captures"),
            ("captures = 3", "captures = 11", "captures"),
            ("rounds = 2", "rounds = 1", "rounds"),
            ("sittings = 3", "sittings = 6", "sittings"),
            ("fingers = 2", "fingers = 0", "fingers"),
        ] {
            let error = refused(old, new);
            assert!(matches!(&error, PolicyError::Bounds { field: named, .. } if *named == field), "{new}: {error:?}");
            assert_eq!(error.reason(), Reason::InputInvalid);
        }
        assert!(matches!(refused("format = 1", "format = 2"), PolicyError::Form(_)));
        assert!(matches!(refused("rounds = 2\n", ""), PolicyError::Form(_)));
        assert!(matches!(refused("fingers = 2", "fingers = 2\nlucky = 1"), PolicyError::Form(_)));
        let refused = HandoverError::from(PolicyError::Form("format 2".to_owned()));
        assert_eq!(
            (&refused, refused.reason()),
            (&HandoverError::Policy(PolicyError::Form("format 2".to_owned())), Reason::InputInvalid)
        );
    }
}
