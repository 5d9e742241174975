//! EF.SOD: the authority's signature over the hashes of the data groups (Doc 9303-10 4.6.2, 9303-11 5.1).

use super::algorithm::{AlgorithmError, SignatureAlgorithm, accept_hash};
use super::cms::{self, CmsError, Content, SignedData};
use super::key::PrivateKey;
use super::trust::TrustStore;
use super::x509::Certificate;
use super::x509::issue::Purpose;
use super::x509::path::{self, CheckedPath, PathError};
use crate::lds::sod::{ID_LDS_SECURITY_OBJECT, LdsSecurityObject, TAG};
use crate::lds::tlv::{self, TlvError};
use crate::limits::FILE_BYTES;
use crate::reason::{Reason, Refusal};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Why an EF.SOD is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SodError {
    /// Larger than a file can be, or not tag 77 around one message.
    #[error("EF.SOD is malformed: {0}")]
    Encoding(TlvError),
    /// The signed message is malformed or its signature does not hold.
    #[error("EF.SOD: {0}")]
    Cms(#[from] CmsError),
    /// The content is not inside.
    #[error("EF.SOD holds no content")]
    ContentMissing,
    /// The list of hashes is malformed.
    #[error("EF.SOD's list of hashes is malformed: {0}")]
    Content(TlvError),
    /// The hash of the data groups is not accepted on the date of judgement.
    #[error("EF.SOD: {0}")]
    Hash(AlgorithmError),
    /// The document signer is not accepted.
    #[error("EF.SOD's signer: {0}")]
    Path(#[from] PathError),
}

impl Refusal for SodError {
    fn reason(&self) -> Reason {
        match self {
            Self::Encoding(_) | Self::Content(_) | Self::ContentMissing => Reason::EncodingInvalid,
            Self::Cms(e) => e.reason(),
            Self::Hash(e) => e.reason(),
            Self::Path(e) => e.reason(),
        }
    }
}

/// The to-be-signed bytes of an EF.SOD: the same for the same object, hash and time.
#[must_use]
pub fn to_be_signed(object: &LdsSecurityObject, algorithm: SignatureAlgorithm, at: Timestamp) -> Vec<u8> {
    cms::to_be_signed(&content(&object.encode()), algorithm.hash(), at)
}

fn content(bytes: &[u8]) -> Content<'_> {
    Content { kind: ID_LDS_SECURITY_OBJECT, bytes, attached: true }
}

/// Signs with the document signer's key: the whole EF.SOD, tag 77 included. `at` is the signed time.
#[must_use]
pub fn sign(object: &LdsSecurityObject, key: &PrivateKey, cert: &Certificate, at: Timestamp) -> Vec<u8> {
    tlv::encode(TAG, &cms::sign(&content(&object.encode()), key, cert, at))
}

/// An EF.SOD that was parsed and whose signature holds for the certificate inside. Nothing is said about trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SodRead {
    object: LdsSecurityObject,
    signer: Certificate,
    signed_at: Option<Timestamp>,
    digest: crate::crypto::hash::HashAlg,
}

impl SodRead {
    /// The hashes.
    #[must_use]
    pub fn object(&self) -> &LdsSecurityObject {
        &self.object
    }

    /// The certificate inside.
    #[must_use]
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// The signed time, if there is one.
    #[must_use]
    pub fn signed_at(&self) -> Option<Timestamp> {
        self.signed_at
    }
}

/// Parses an EF.SOD and verifies its signature against the certificate inside it.
///
/// # Errors
/// Any [`SodError`] but `Path` and `Hash`.
pub fn read(file: &[u8]) -> Result<SodRead, SodError> {
    if file.len() > FILE_BYTES {
        return Err(SodError::Cms(CmsError::TooLarge(file.len())));
    }
    let outer = tlv::parse_one(file, TAG).map_err(SodError::Encoding)?;
    let message = SignedData::parse(outer.value, ID_LDS_SECURITY_OBJECT)?;
    let content = message.content().ok_or(SodError::ContentMissing)?;
    let holds = message.verify(content)?;
    // Only the bytes that were verified are parsed.
    let object = LdsSecurityObject::parse(content).map_err(SodError::Content)?;
    Ok(SodRead { object, signer: holds.signer, signed_at: holds.signed_at, digest: holds.digest })
}

/// An EF.SOD whose signer chains to an anchor of ours. Only [`verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SodChecked {
    read: SodRead,
    path: CheckedPath,
}

impl SodChecked {
    /// The hashes that the authority signed.
    #[must_use]
    pub fn object(&self) -> &LdsSecurityObject {
        &self.read.object
    }

    /// The document signer's certificate.
    #[must_use]
    pub fn signer(&self) -> &Certificate {
        self.path.leaf()
    }

    /// The CSCA.
    #[must_use]
    pub fn anchor(&self) -> &Certificate {
        self.path.anchor()
    }

    /// The issuing country's two-letter code.
    #[must_use]
    pub fn country(&self) -> String {
        self.path.anchor().subject().country()
    }

    /// The path, with what is known about revocation.
    #[must_use]
    pub fn path(&self) -> &CheckedPath {
        &self.path
    }

    /// The signed time, if there is one.
    #[must_use]
    pub fn signed_at(&self) -> Option<Timestamp> {
        self.read.signed_at
    }
}

/// Verifies an EF.SOD for an instant against the trust store: signature, digest policy, signer's path.
///
/// # Errors
/// Any [`SodError`].
pub fn verify(file: &[u8], store: &TrustStore, at: Timestamp) -> Result<SodChecked, SodError> {
    trusted(read(file)?, store, at)
}

/// As [`verify`], of an EF.SOD that was read before.
///
/// # Errors
/// As [`verify`], but for what [`read`] refuses.
pub fn trusted(read: SodRead, store: &TrustStore, at: Timestamp) -> Result<SodChecked, SodError> {
    let path = path::check(&read.signer, Purpose::DocumentSigner, store, at, read.signed_at)?;
    let on = at.to_zoned(TimeZone::UTC).date();
    accept_hash(read.digest, on).map_err(SodError::Hash)?;
    accept_hash(read.object.hash_alg, on).map_err(SodError::Hash)?;
    Ok(SodChecked { read, path })
}

#[cfg(test)]
#[path = "sod_tests.rs"]
mod tests;
