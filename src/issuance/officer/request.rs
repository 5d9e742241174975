//! A request: an officer's own key asks for a role at an office, and by its signature shows that it is the officer's.

use super::document::Said;
use super::grant::{Grant, GrantError, OfficerId};
use crate::issuance::office::Office;
use crate::issuance::role::Role;
use crate::pki::key::PrivateKey;
use crate::verify::hex::Hex;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    format: u8,
    key: Hex,
    label: String,
    role: Role,
    office: Office,
}

impl Said for Request {
    const PURPOSE: &'static str = "ektp-officer-request-1";
}

/// A request with its key's own signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedRequest {
    request: Request,
    signature: Hex,
}

impl SignedRequest {
    /// Asks with a key for a role at an office.
    ///
    /// # Errors
    /// [`GrantError::Field`].
    pub fn by(key: &PrivateKey, label: &str, place: (Role, Office)) -> Result<Self, GrantError> {
        let (role, office) = place;
        // A grant for any time would be sound, or none is.
        Grant::new(&key.public_key(), label, place, (Timestamp::MIN, Timestamp::MAX))?;
        let spki = key.public_key().encode(crate::lds::ec_public_key::Parameters::Named);
        let request = Request { format: 1, key: spki.into(), label: label.to_owned(), role, office };
        Ok(Self { signature: request.sign(key), request })
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`GrantError::Form`], [`GrantError::Field`] or [`GrantError::Signature`].
    pub fn parse(json: &[u8]) -> Result<Self, GrantError> {
        let read: Self = serde_json::from_slice(json).map_err(|_| GrantError::Form)?;
        if read.request.format != 1 {
            return Err(GrantError::Field("format"));
        }
        let grant = read.granted(Timestamp::MIN, Timestamp::MAX)?;
        let key = grant.key()?;
        if read.request.is_signed_by(&key, &read.signature) { Ok(read) } else { Err(GrantError::Signature) }
    }

    /// Who asks.
    ///
    /// # Errors
    /// [`GrantError::Field`].
    pub fn officer(&self) -> Result<OfficerId, GrantError> {
        Ok(OfficerId::of(&self.granted(Timestamp::MIN, Timestamp::MAX)?.key()?))
    }

    /// What is asked for, for a time.
    ///
    /// # Errors
    /// [`GrantError::Field`].
    pub fn granted(&self, from: Timestamp, until: Timestamp) -> Result<Grant, GrantError> {
        let Request { key, label, role, office, .. } = &self.request;
        let key = crate::pki::key::PublicKey::parse(&key.0).map_err(|_| GrantError::Field("key"))?;
        Grant::new(&key, label, (*role, *office), (from, until))
    }
}
