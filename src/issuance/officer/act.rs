//! An act: what an officer signs, and where two are asked the second too, over the same bytes.

use super::document::Said;
use super::grant::OfficerId;
use super::roster::{Roster, Standing, StandingError};
use crate::issuance::office::Office;
use crate::issuance::role::{Asked, Role, RoleError, Taken};
use crate::pki::key::PrivateKey;
use crate::reason::{Reason, Refusal};
use crate::verify::hex::Hex;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Most characters of an act's name.
const NAME: usize = 64;
/// How far a clock of another office may be ahead.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Why an act does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActError {
    /// It is no JSON of this form and version, or a field has a value that it cannot have.
    #[error("no act of a known form")]
    Form,
    /// The act is of another step, record or office than what it was shown for.
    #[error("the signature is for something else")]
    Other,
    /// Nobody signed.
    #[error("it is not signed")]
    Unsigned,
    /// A signature does not hold.
    #[error("the signature of officer {0} does not hold")]
    Signature(OfficerId),
    /// It is signed for later than now.
    #[error("it is signed for a time that is yet to come")]
    Future,
    /// An officer may not.
    #[error(transparent)]
    Standing(#[from] StandingError),
    /// The step is for others.
    #[error(transparent)]
    Role(#[from] RoleError),
}

impl Refusal for ActError {
    fn reason(&self) -> Reason {
        match self {
            Self::Form => Reason::InputInvalid,
            _ => Reason::NotPermitted,
        }
    }
}

/// What is signed: which step, on what, at which office, when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    format: u8,
    /// The step's name.
    step: String,
    /// SHA-256 of everything that the step changes or depends on.
    subject: Hex,
    office: Office,
    at: Timestamp,
}

impl Said for Act {
    const PURPOSE: &'static str = "ektp-officer-act-1";
}

impl Act {
    /// An act.
    ///
    /// # Errors
    /// [`ActError::Form`]: the name is empty, long, or of other letters than `a` to `z` and dashes.
    pub fn new(step: &str, subject: [u8; 32], office: Office, at: Timestamp) -> Result<Self, ActError> {
        Self { format: 1, step: step.to_owned(), subject: subject.to_vec().into(), office, at }.sound()
    }

    fn sound(self) -> Result<Self, ActError> {
        let named = (1..=NAME).contains(&self.step.len()) && self.step.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        if self.format == 1 && named && self.subject.0.len() == 32 { Ok(self) } else { Err(ActError::Form) }
    }

    /// When.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The step's name.
    #[must_use]
    pub fn step(&self) -> &str {
        &self.step
    }

    /// SHA-256 of everything that the step changes or depends on.
    #[must_use]
    pub fn subject(&self) -> [u8; 32] {
        self.subject.0.as_slice().try_into().unwrap_or_default()
    }

    /// Where.
    #[must_use]
    pub const fn office(&self) -> Office {
        self.office
    }

    /// Whether it is this step on this subject at this office.
    fn is(&self, step: &str, subject: [u8; 32], office: Office) -> bool {
        self.step == step && self.subject.0 == subject && self.office == office
    }

    /// Signs it in a role.
    #[must_use]
    pub fn signed_by(self, key: &PrivateKey, role: Role) -> Signed {
        let first = Signature::of(&self, key, role);
        Signed { act: self, first: Some(first), second: None }
    }
}

/// One signature under an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    officer: OfficerId,
    role: Role,
    signature: Hex,
}

impl Signature {
    fn of(act: &Act, key: &PrivateKey, role: Role) -> Self {
        Self { officer: OfficerId::of(&key.public_key()), role, signature: act.sign(key) }
    }

    fn holds(&self, act: &Act, roster: &Roster) -> Result<Standing, ActError> {
        let standing = roster.standing(self.officer, (self.role, act.office), act.at)?;
        if act.is_signed_by(standing.key(), &self.signature) { Ok(standing) } else { Err(ActError::Signature(self.officer)) }
    }
}

/// An act with its signatures, as it travels and is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    act: Act,
    first: Option<Signature>,
    second: Option<Signature>,
}

/// What a step is, for which an act must have been signed.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// Its name.
    pub name: &'a str,
    /// SHA-256 of everything that it changes or depends on.
    pub subject: [u8; 32],
    /// Where.
    pub office: Office,
    /// By whom it may be taken.
    pub asked: &'a Asked,
}

impl Signed {
    /// Reads one; what it is worth is [`Self::check`]'s to say.
    ///
    /// # Errors
    /// [`ActError::Form`].
    pub fn parse(json: &[u8]) -> Result<Self, ActError> {
        let read: Self = serde_json::from_slice(json).map_err(|_| ActError::Form)?;
        Ok(Self { act: read.act.sound()?, ..read })
    }

    /// The same act, signed by a second person.
    #[must_use]
    pub fn and_by(mut self, key: &PrivateKey, role: Role) -> Self {
        self.second = Some(Signature::of(&self.act, key, role));
        self
    }

    /// An act with signatures that were kept apart from it: the first, and the second if there is one.
    #[must_use]
    pub fn of(act: Act, first: (OfficerId, Role, Vec<u8>), second: Option<(OfficerId, Role, Vec<u8>)>) -> Self {
        let put =
            |(officer, role, signature): (OfficerId, Role, Vec<u8>)| Signature { officer, role, signature: signature.into() };
        Self { act, first: Some(put(first)), second: second.map(put) }
    }

    /// What was signed.
    #[must_use]
    pub const fn act(&self) -> &Act {
        &self.act
    }

    /// Who signed, in which role, and the signatures: the first, then the second.
    pub fn signatures(&self) -> impl Iterator<Item = (OfficerId, Role, &[u8])> {
        self.first.iter().chain(&self.second).map(|s| (s.officer, s.role, s.signature.0.as_slice()))
    }

    /// Whether it is this step, signed by those who may take it, each in force when it was signed.
    ///
    /// # Errors
    /// [`ActError`].
    pub fn check(&self, step: &Step<'_>, roster: &Roster, now: Timestamp) -> Result<Proven, ActError> {
        if !self.act.is(step.name, step.subject, step.office) {
            return Err(ActError::Other);
        }
        if self.act.at > now.saturating_add(SKEW).unwrap_or(Timestamp::MAX) {
            return Err(ActError::Future);
        }
        let first = self.first.as_ref().ok_or(ActError::Unsigned)?.holds(&self.act, roster)?;
        let second = self.second.as_ref().map(|s| s.holds(&self.act, roster)).transpose()?;
        let number = |other: &Standing| if first.is_same_person(other) { 1 } else { 2 };
        let with = second.as_ref().map(|other| (number(other), other.place().0));
        step.asked.check(&Taken { by: (1, first.place().0), with })?;
        Ok(Proven { first, second, at: self.act.at })
    }
}

/// Who took a step, proven. Only [`Signed::check`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    first: Standing,
    second: Option<Standing>,
    at: Timestamp,
}

impl Proven {
    /// The first.
    #[must_use]
    pub const fn first(&self) -> &Standing {
        &self.first
    }

    /// The second, where there was one.
    #[must_use]
    pub const fn second(&self) -> Option<&Standing> {
        self.second.as_ref()
    }

    /// When.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}
