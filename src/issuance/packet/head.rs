//! What every office on a packet's way can read: which application, from where, by whom, when, and the digest of what is sealed.

use super::PacketError;
use super::hex;
use crate::issuance::office::Office;
use crate::issuance::officer::OfficerId;
use crate::verify::hex::Hex;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Most characters of an application's id.
const LONGEST: usize = 64;

/// An application's id: letters, digits and dashes; it says nothing of the person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ApplicationId(String);

impl FromStr for ApplicationId {
    type Err = PacketError;

    fn from_str(text: &str) -> Result<Self, PacketError> {
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let named = (1..=LONGEST).contains(&text.len()) && plain;
        if named { Ok(Self(text.to_owned())) } else { Err(PacketError::Name(text.chars().take(LONGEST).collect())) }
    }
}

impl fmt::Display for ApplicationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for ApplicationId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ApplicationId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    format: u8,
    application: ApplicationId,
    office: Office,
    officer: OfficerId,
    at: Timestamp,
    /// SHA-256 of the sealed message.
    sealed: Hex,
}

impl Head {
    pub(super) fn new(application: ApplicationId, office: Office, officer: OfficerId, at: Timestamp, sealed: [u8; 32]) -> Self {
        Self { format: 1, application, office, officer, at, sealed: hex(sealed) }
    }

    pub(in crate::issuance) fn parse(json: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(json).ok().filter(Self::is_sound)
    }

    pub(super) fn is_sound(&self) -> bool {
        self.format == 1 && self.sealed.0.len() == 32
    }

    /// Which application.
    #[must_use]
    pub const fn application(&self) -> &ApplicationId {
        &self.application
    }

    /// Where it was made.
    #[must_use]
    pub const fn office(&self) -> Office {
        self.office
    }

    /// By whom.
    #[must_use]
    pub const fn officer(&self) -> OfficerId {
        self.officer
    }

    /// When.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    pub(super) fn sealed(&self) -> [u8; 32] {
        self.sealed.0.as_slice().try_into().unwrap_or_default()
    }
}
