//! A grant: one key, one role at one office for a time, signed by the level above; and its early end.

use super::document::Said;
use crate::issuance::office::Office;
use crate::issuance::role::{PersonNumber, Role};
use crate::lds::ec_public_key::Parameters;
use crate::pki::key::PublicKey;
use crate::reason::{Reason, Refusal};
use crate::verify::hex::{self, Hex};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Most characters of an officer's label.
const LABEL: usize = 40;

/// Who an officer is: the first 16 bytes of the SHA-256 of the key (SubjectPublicKeyInfo, named parameters).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OfficerId([u8; 16]);

impl OfficerId {
    /// Of a key.
    #[must_use]
    pub fn of(key: &PublicKey) -> Self {
        let mut id = [0; 16];
        id.iter_mut().zip(key.digest()).for_each(|(to, from)| *to = from);
        Self(id)
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }

    /// The id of these bytes, whoever that is.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The same as a number, by which the rules tell persons apart.
    #[must_use]
    pub const fn number(self) -> PersonNumber {
        u128::from_be_bytes(self.0)
    }
}

impl fmt::Display for OfficerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for OfficerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for OfficerId {
    type Err = GrantError;

    fn from_str(text: &str) -> Result<Self, GrantError> {
        let bytes = hex::decode(text).and_then(|b| b.try_into().ok());
        bytes.map(Self).ok_or(GrantError::Field("officer"))
    }
}

impl Serialize for OfficerId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OfficerId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Why a grant, or its end, is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GrantError {
    /// It is no JSON of this form and version.
    #[error("no grant of a known form")]
    Form,
    /// A field has a value that it cannot have.
    #[error("field `{0}` has an impossible value")]
    Field(&'static str),
    /// The signature is not its granter's.
    #[error("the signature is not the granter's")]
    Signature,
    /// No grant of the level above is known for whoever signed it.
    #[error("officer {0} has no right to grant that")]
    NotAbove(OfficerId),
    /// It reaches beyond the time of the grant that it rests on.
    #[error("it reaches beyond its granter's own time")]
    Beyond,
    /// An officer grants nothing to the own key.
    #[error("nobody grants anything to the own key")]
    Own,
    /// There is no such grant to end.
    #[error("there is no such grant")]
    Unknown,
    /// The roster is full.
    #[error("there are more grants than any country has officers")]
    TooMany,
}

impl Refusal for GrantError {
    fn reason(&self) -> Reason {
        match self {
            Self::Form | Self::Field(_) | Self::TooMany => Reason::InputInvalid,
            Self::Signature | Self::NotAbove(_) | Self::Beyond | Self::Own => Reason::NotPermitted,
            Self::Unknown => Reason::WrongState,
        }
    }
}

/// A role at an office for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    format: u8,
    /// SubjectPublicKeyInfo of the officer's key.
    key: Hex,
    /// The service's or officer's staff number, for people: no secret, no name.
    label: String,
    role: Role,
    office: Office,
    from: Timestamp,
    until: Timestamp,
}

impl Said for Grant {
    const PURPOSE: &'static str = "ektp-officer-grant-1";
}

impl Grant {
    /// A grant to the holder of a key, from the first instant to before the second.
    ///
    /// # Errors
    /// [`GrantError::Field`].
    pub fn new(
        key: &PublicKey,
        label: &str,
        (role, office): (Role, Office),
        (from, until): (Timestamp, Timestamp),
    ) -> Result<Self, GrantError> {
        let key = key.encode(Parameters::Named).into();
        Self { format: 1, key, label: label.to_owned(), role, office, from, until }.sound()
    }

    /// Itself, if every field has a value that it can have.
    fn sound(self) -> Result<Self, GrantError> {
        let label = (1..=LABEL).contains(&self.label.chars().count()) && !self.label.chars().any(char::is_control);
        let key = PublicKey::parse(&self.key.0).ok().filter(|key| matches!(key, PublicKey::Ec(_)));
        let named = key.is_some_and(|key| key.encode(Parameters::Named) == self.key.0);
        for (field, holds) in [
            ("format", self.format == 1),
            ("key", named),
            ("label", label),
            ("office", self.role.sits_at(self.office.place())),
            ("until", self.from < self.until),
        ] {
            if !holds {
                return Err(GrantError::Field(field));
            }
        }
        Ok(self)
    }

    /// Whom it is for.
    ///
    /// # Errors
    /// [`GrantError::Field`]: the key is none.
    pub fn key(&self) -> Result<PublicKey, GrantError> {
        PublicKey::parse(&self.key.0).map_err(|_| GrantError::Field("key"))
    }

    /// The staff number.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What it allows, and where.
    #[must_use]
    pub const fn place(&self) -> (Role, Office) {
        (self.role, self.office)
    }

    /// From when, and until before when.
    #[must_use]
    pub const fn time(&self) -> (Timestamp, Timestamp) {
        (self.from, self.until)
    }

    /// Signs it.
    #[must_use]
    pub fn signed_by(self, granter: &crate::pki::key::PrivateKey) -> SignedGrant {
        SignedGrant { by: OfficerId::of(&granter.public_key()), signature: self.sign(granter), grant: self }
    }
}

/// A grant with its granter's signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedGrant {
    pub(super) grant: Grant,
    /// The granter's key, or the root's.
    pub(super) by: OfficerId,
    pub(super) signature: Hex,
}

impl SignedGrant {
    /// Reads one; whether its signature holds and counts is the roster's to say.
    ///
    /// # Errors
    /// [`GrantError::Form`] or [`GrantError::Field`].
    pub fn parse(json: &[u8]) -> Result<Self, GrantError> {
        let read: Self = serde_json::from_slice(json).map_err(|_| GrantError::Form)?;
        Ok(Self { grant: read.grant.sound()?, ..read })
    }

    /// What it says.
    #[must_use]
    pub const fn grant(&self) -> &Grant {
        &self.grant
    }

    /// SHA-256 over what is signed: the grant's name.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        crate::crypto::hash::sha256(&self.grant.signed_bytes())
    }
}

/// The end of a grant before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    format: u8,
    /// The grant's digest.
    pub(super) grant: Hex,
    /// From when it is none.
    pub(super) at: Timestamp,
}

impl Said for Ended {
    const PURPOSE: &'static str = "ektp-officer-grant-ended-1";
}

impl Ended {
    /// Ends a grant.
    #[must_use]
    pub fn of(grant: &SignedGrant, at: Timestamp) -> Self {
        Self { format: 1, grant: grant.digest().to_vec().into(), at }
    }

    /// Signs it.
    #[must_use]
    pub fn signed_by(self, officer: &crate::pki::key::PrivateKey) -> SignedEnd {
        SignedEnd { by: OfficerId::of(&officer.public_key()), signature: self.sign(officer), ended: self }
    }
}

/// An end with the signature of whoever could have made the grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedEnd {
    pub(super) ended: Ended,
    pub(super) by: OfficerId,
    pub(super) signature: Hex,
}

impl SignedEnd {
    /// Reads one.
    ///
    /// # Errors
    /// [`GrantError::Form`].
    pub fn parse(json: &[u8]) -> Result<Self, GrantError> {
        let read: Self = serde_json::from_slice(json).map_err(|_| GrantError::Form)?;
        if read.ended.format == 1 { Ok(read) } else { Err(GrantError::Form) }
    }
}
