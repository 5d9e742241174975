//! The authorization: what an approver signs before a chip may be signed, and who may spend it.

use super::statement::{self, Signer, StatementError};
use super::trust::TrustStore;
use super::trust::mark::hex;
use super::x509::issue::{Credential, Purpose};
use crate::crypto::hash::sha256;
use crate::reason::{Reason, Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Largest authorization, in bytes.
const MAX_BYTES: usize = 65_536;
/// Longest text field, in bytes.
const MAX_TEXT: usize = 128;
/// Most finger templates of one card.
const MAX_TEMPLATES: usize = 10;
/// Version of the document.
pub const FORMAT: &str = "ektp-authorization-1";

/// Why an authorization is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorizationError {
    /// Larger than any real one.
    #[error("the authorization's {0} bytes are too many")]
    TooLarge(usize),
    /// Not JSON of this form: a field missing, unknown, twice or of another type.
    #[error("the authorization is malformed at line {line}, column {column}")]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A field whose value is not allowed.
    #[error("the authorization's field {0} is not allowed")]
    Field(&'static str),
    /// The approver's signature.
    #[error("the authorization's {0}")]
    Statement(#[from] StatementError),
}

impl Refusal for AuthorizationError {
    fn reason(&self) -> Reason {
        match self {
            Self::Statement(e) if e.reason() == Reason::SampleKey => Reason::SampleKey,
            _ => Reason::AuthorizationInvalid,
        }
    }
}

/// A SHA-256 or HMAC-SHA-256 value, written in lower-case hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The SHA-256 of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha256(bytes))
    }
}

impl std::str::FromStr for Digest {
    type Err = AuthorizationError;

    /// Takes 64 lower-case hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = AuthorizationError::Field("digest");
        if text.len() != 64 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(refused);
        }
        let mut out = [0u8; 32];
        for (slot, pair) in out.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(pair).map_err(|_| refused.clone())?;
            *slot = u8::from_str_radix(digits, 16).map_err(|_| refused.clone())?;
        }
        Ok(Self(out))
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(|_| serde::de::Error::custom("not 64 lower-case hexadecimal digits"))
    }
}

/// Why a card is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IssueReason {
    /// The person's first card.
    First,
    /// The data changed.
    DataChange,
    /// The card was lost.
    Lost,
    /// The card is damaged.
    Damaged,
    /// The card's technical validity ends.
    Expiry,
    /// A sample for tests and demonstrations.
    Sample,
}

/// What the approver signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorization {
    /// [`FORMAT`].
    pub format: String,
    /// The application's number.
    pub application: String,
    /// Keyed digest of the NIK: tells two cards of one person apart from two persons, without telling the NIK. Absent where no
    /// digest key exists, which is so for samples alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nik_digest: Option<Digest>,
    /// Digest of the whole record.
    pub record_digest: Digest,
    /// Digests of the finger templates as stored.
    pub template_digests: Vec<Digest>,
    /// SHA-256 of the exact bytes of the image's manifest.
    pub manifest_digest: Digest,
    /// Where the card is made and handed over.
    pub route: String,
    /// Why.
    pub reason: IssueReason,
    /// Identifier of the one signer that may spend it.
    pub signer: String,
}

#[cfg(feature = "perso")]
impl Authorization {
    /// The authorization over an image as it lies there.
    ///
    /// # Errors
    /// [`AuthorizationError::Field`] for a digest of the manifest that is none.
    pub fn over(
        image: &crate::lds::image::CardImage,
        application: String,
        route: String,
        reason: IssueReason,
        signer: String,
    ) -> Result<Self, AuthorizationError> {
        let manifest = &image.manifest;
        Ok(Self {
            format: FORMAT.into(),
            application,
            nik_digest: manifest.nik_digest.as_deref().map(str::parse).transpose()?,
            record_digest: manifest.record_digest.parse()?,
            template_digests: manifest.template_digests.iter().map(|d| d.parse()).collect::<Result<_, _>>()?,
            manifest_digest: Digest(image.manifest_digest()),
            route,
            reason,
            signer,
        })
    }
}

impl Authorization {
    /// Parses the exact bytes of a document.
    ///
    /// # Errors
    /// [`AuthorizationError::TooLarge`], [`AuthorizationError::Malformed`] or [`AuthorizationError::Field`].
    pub fn parse(bytes: &[u8]) -> Result<Self, AuthorizationError> {
        if bytes.len() > MAX_BYTES {
            return Err(AuthorizationError::TooLarge(bytes.len()));
        }
        let parsed: Self =
            serde_json::from_slice(bytes).map_err(|e| AuthorizationError::Malformed { line: e.line(), column: e.column() })?;
        parsed.check()?;
        Ok(parsed)
    }

    fn check(&self) -> Result<(), AuthorizationError> {
        if self.format != FORMAT {
            return Err(AuthorizationError::Field("format"));
        }
        for (name, text) in [("application", &self.application), ("route", &self.route), ("signer", &self.signer)] {
            if text.is_empty() || text.len() > MAX_TEXT || text.chars().any(char::is_control) {
                return Err(AuthorizationError::Field(name));
            }
        }
        if self.nik_digest.is_none() && self.reason != IssueReason::Sample {
            return Err(AuthorizationError::Field("nik_digest"));
        }
        if self.template_digests.len() > MAX_TEMPLATES {
            return Err(AuthorizationError::Field("template_digests"));
        }
        Ok(())
    }

    /// The bytes that are signed: indented JSON with a final newline.
    ///
    /// # Errors
    /// [`AuthorizationError::Field`].
    pub fn to_json(&self) -> Result<Vec<u8>, AuthorizationError> {
        self.check()?;
        let mut bytes = serde_json::to_vec_pretty(self).map_err(|_| AuthorizationError::Field("format"))?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Signs with an approver's key.
    ///
    /// # Errors
    /// [`AuthorizationError::Field`].
    pub fn approve(&self, approver: &Credential, at: Timestamp) -> Result<Signed, AuthorizationError> {
        let json = self.to_json()?;
        let signature = statement::sign(&json, &approver.key, &approver.cert, at);
        Ok(Signed { json, signature })
    }
}

/// An authorization as it travels: `authorization.json` and `authorization.json.p7s`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The exact bytes of the document.
    pub json: Vec<u8>,
    /// The approver's detached signature, DER.
    pub signature: Vec<u8>,
}

/// An authorization that an accepted approver signed. Only [`verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    authorization: Authorization,
    digest: Digest,
    approver: Signer,
}

impl Approved {
    /// What was approved.
    #[must_use]
    pub fn authorization(&self) -> &Authorization {
        &self.authorization
    }

    /// SHA-256 of the document's bytes: what the chip's proof of origin covers.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Who approved it.
    #[must_use]
    pub fn approver(&self) -> &Signer {
        &self.approver
    }
}

/// Verifies the approver's signature over these exact bytes and parses them.
///
/// # Errors
/// Any [`AuthorizationError`].
pub fn verify(json: &[u8], signature: &[u8], store: &TrustStore, at: Timestamp) -> Result<Approved, AuthorizationError> {
    let approver = statement::verify(json, signature, Purpose::Approver, store, at)?;
    Ok(Approved { authorization: Authorization::parse(json)?, digest: Digest::of(json), approver })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::trust::Kind;
    use crate::pki::x509::issue::tests::{kit, leaf};

    fn authorization() -> Authorization {
        Authorization {
            format: FORMAT.into(),
            application: "A-1".into(),
            nik_digest: Some(Digest::of(b"nik")),
            record_digest: Digest::of(b"record"),
            template_digests: vec![Digest::of(b"finger")],
            manifest_digest: Digest::of(b"manifest"),
            route: "office 3171".into(),
            reason: IssueReason::First,
            signer: "signer-1".into(),
        }
    }

    #[test]
    fn what_an_approver_signs_is_accepted_and_nobody_elses() {
        let kit = kit();
        let mut store = TrustStore::new(Kind::Production, "ID");
        store.add_operations_root(kit.root.cert.clone()).unwrap();
        let credential = |purpose| {
            let (key, cert) = leaf(&kit, purpose);
            Credential { cert, key }
        };
        let signed = authorization().approve(&credential(Purpose::Approver), kit.now).unwrap();
        let approved = verify(&signed.json, &signed.signature, &store, kit.now).unwrap();
        assert_eq!(approved.authorization(), &authorization());
        assert_eq!(approved.digest(), Digest::of(&signed.json));
        let receipt = authorization().approve(&credential(Purpose::Receipt), kit.now).unwrap();
        let error = verify(&receipt.json, &receipt.signature, &store, kit.now).unwrap_err();
        assert!(matches!(error, AuthorizationError::Statement(StatementError::Path(_))));
        assert_eq!(error.reason(), Reason::AuthorizationInvalid);
    }

    #[test]
    fn the_form_is_strict() {
        let json = String::from_utf8(authorization().to_json().unwrap()).unwrap();
        assert_eq!(Authorization::parse(json.as_bytes()).unwrap(), authorization());
        let malformed = |text: String| match Authorization::parse(text.as_bytes()) {
            Err(AuthorizationError::Malformed { line, .. }) => line,
            other => panic!("{other:?}"),
        };
        assert_eq!(malformed(json.replace("\"route\"", "\"rout\"")), 10);
        malformed(json.replace("\"first\"", "\"because\""));
        malformed(json.replacen("{", "{\"route\": \"twice\",", 1));
        let digest = Digest::of(b"nik").to_string();
        malformed(json.replace(&digest, &digest.to_uppercase()));
        malformed(json.replace(&digest, &digest[2..]));
        malformed(format!("{json}x"));
    }

    #[test]
    fn fields_have_bounds() {
        for (name, bad) in [
            ("format", Authorization { format: "other".into(), ..authorization() }),
            ("application", Authorization { application: String::new(), ..authorization() }),
            ("route", Authorization { route: "x".repeat(129), ..authorization() }),
            ("signer", Authorization { signer: "a\nb".into(), ..authorization() }),
            ("nik_digest", Authorization { nik_digest: None, ..authorization() }),
            ("template_digests", Authorization { template_digests: vec![Digest::of(b""); 11], ..authorization() }),
        ] {
            assert_eq!(bad.to_json().unwrap_err(), AuthorizationError::Field(name));
        }
        let large = vec![b' '; MAX_BYTES + 1];
        assert_eq!(Authorization::parse(&large).unwrap_err(), AuthorizationError::TooLarge(MAX_BYTES + 1));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(data: Vec<u8>) {
            let _ = Authorization::parse(&data);
        }
    }
}
