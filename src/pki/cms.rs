//! CMS SignedData (RFC 5652) as EF.SOD and our statements use it: one signer, signed attributes, one certificate.

use super::algorithm::{AlgorithmError, SignatureAlgorithm, encode_hash, read_hash};
use super::key::PrivateKey;
use super::oid;
use super::time;
use super::x509::{Certificate, X509Error, raw};
use crate::crypto::hash::HashAlg;
use crate::lds::der;
use crate::lds::tlv::{self, Tlv, TlvError};
use crate::limits::CMS_BYTES;
use crate::reason::{Reason, Refusal};
use jiff::Timestamp;

/// Why a message is not a signed message of ours to judge, or its signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CmsError {
    /// Not DER, or not the structure that must stand there.
    #[error("malformed: {0}")]
    Encoding(#[from] TlvError),
    /// Larger than any real one.
    #[error("{0} bytes are too many")]
    TooLarge(usize),
    /// A content type other than the one that must stand there.
    #[error("content type {0} is not expected")]
    ContentType(String),
    /// Not exactly one signer.
    #[error("{0} signers where one must be")]
    SignerCount(usize),
    /// No certificate inside is the signer's.
    #[error("the signer's certificate is not inside")]
    SignerCertificateMissing,
    /// A certificate inside does not parse.
    #[error("certificate inside: {0}")]
    Certificate(X509Error),
    /// There are no signed attributes, or contentType or messageDigest is not among them, or one stands twice.
    #[error("signed attributes are missing or stand twice")]
    Attributes,
    /// The signed digest is not that of the content.
    #[error("signed digest differs from the content's")]
    DigestMismatch,
    /// The digest algorithm is not the one that the signature uses.
    #[error("digest algorithm differs from the signature's")]
    DigestAlgorithm,
    /// An algorithm that is not known, or a signature that does not verify.
    #[error("{0}")]
    Algorithm(AlgorithmError),
}

impl From<AlgorithmError> for CmsError {
    fn from(error: AlgorithmError) -> Self {
        match error {
            AlgorithmError::Encoding(e) => Self::Encoding(e),
            other => Self::Algorithm(other),
        }
    }
}

impl Refusal for CmsError {
    fn reason(&self) -> Reason {
        match self {
            Self::Encoding(_) | Self::TooLarge(_) | Self::ContentType(_) => Reason::EncodingInvalid,
            Self::Certificate(e) => e.reason(),
            _ => Reason::SignatureInvalid,
        }
    }
}

/// What is signed.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a> {
    /// Its type.
    pub kind: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Whether the bytes travel inside the message.
    pub attached: bool,
}

/// The bytes that the signer signs: the SET of contentType, signingTime and messageDigest. Same arguments, same bytes.
#[must_use]
pub fn to_be_signed(content: &Content<'_>, hash: HashAlg, at: Timestamp) -> Vec<u8> {
    let attribute = |kind: &str, value: &[u8]| der::sequence(&[&der::oid(kind), &tlv::encode(der::SET, value)]);
    let digest = hash.digest(content.bytes);
    der::set_of(vec![
        attribute(oid::CONTENT_TYPE, &der::oid(content.kind)),
        attribute(oid::SIGNING_TIME, &time::encode(at)),
        attribute(oid::MESSAGE_DIGEST, &tlv::encode(der::OCTET_STRING, &digest)),
    ])
}

/// Signs with the key that belongs to `cert`.
#[must_use]
pub fn sign(content: &Content<'_>, key: &PrivateKey, cert: &Certificate, at: Timestamp) -> Vec<u8> {
    let algorithm = key.signature_algorithm();
    let attributes = to_be_signed(content, algorithm.hash(), at);
    assemble(content, algorithm, &attributes, &key.sign(&attributes), cert)
}

/// Puts a message together around a signature over [`to_be_signed`].
#[must_use]
pub fn assemble(
    content: &Content<'_>,
    algorithm: SignatureAlgorithm,
    attributes: &[u8],
    signature: &[u8],
    cert: &Certificate,
) -> Vec<u8> {
    let digest = encode_hash(algorithm.hash());
    let signer_id = der::sequence(&[cert.issuer().as_der(), &tlv::encode(der::INTEGER, cert.serial())]);
    let attributes = tlv::encode(0xA0, tlv::parse_one(attributes, der::SET).map(|s| s.value).unwrap_or_default());
    let signature = tlv::encode(der::OCTET_STRING, signature);
    let signer = der::sequence(&[&der::integer(1), &signer_id, &digest, &attributes, &algorithm.encode(), &signature]);
    let inner = if content.attached { tlv::encode(0xA0, &tlv::encode(der::OCTET_STRING, content.bytes)) } else { Vec::new() };
    // Version 3 for any content but plain data (RFC 5652 5.1).
    let version = der::integer(if content.kind == oid::DATA { 1 } else { 3 });
    let data = der::sequence(&[
        &version,
        &der::set_of(vec![digest.clone()]),
        &der::sequence(&[&der::oid(content.kind), &inner]),
        &tlv::encode(0xA0, cert.as_der()),
        &der::set_of(vec![signer]),
    ]);
    der::sequence(&[&der::oid(oid::SIGNED_DATA), &tlv::encode(0xA0, &data)])
}

/// A parsed message. Parsing verifies nothing.
#[derive(Debug, Clone)]
pub struct SignedData {
    kind: String,
    content: Option<Vec<u8>>,
    signer: Certificate,
    digest: HashAlg,
    algorithm: SignatureAlgorithm,
    /// The signed attributes as a SET, the bytes that the signature is over.
    attributes: Vec<u8>,
    signature: Vec<u8>,
}

/// A signature that was verified; nothing is said about the certificate. Only [`SignedData::verify`] makes one outside this room.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignatureHolds {
    /// The signer's certificate.
    pub signer: Certificate,
    /// The signed time, if there is one.
    pub signed_at: Option<Timestamp>,
    /// The digest that was used.
    pub digest: HashAlg,
}

impl SignedData {
    /// Parses a message of this content type with exactly one signer.
    ///
    /// # Errors
    /// Any [`CmsError`] but those of verification.
    pub fn parse(data: &[u8], kind: &str) -> Result<Self, CmsError> {
        if data.len() > CMS_BYTES {
            return Err(CmsError::TooLarge(data.len()));
        }
        let message = tlv::parse_one(data, der::SEQUENCE)?;
        let mut reader = message.reader();
        let outer_kind = der::read_oid(&reader.expect(der::OID)?)?;
        if outer_kind != oid::SIGNED_DATA {
            return Err(CmsError::ContentType(outer_kind));
        }
        let wrapped = reader.expect(0xA0)?;
        reader.finish()?;
        let mut wrapped = wrapped.reader();
        let body = wrapped.expect(der::SEQUENCE)?;
        wrapped.finish()?;
        Self::read(data, &body, kind)
    }

    fn read(data: &[u8], body: &Tlv<'_>, kind: &str) -> Result<Self, CmsError> {
        let mut reader = body.reader();
        reader.expect(der::INTEGER)?;
        reader.expect(der::SET)?;
        let (found_kind, content) = read_content(&reader.expect(der::SEQUENCE)?)?;
        if found_kind != kind {
            return Err(CmsError::ContentType(found_kind));
        }
        let certificates = reader.optional(0xA0)?.map(|c| c.children()).transpose()?.unwrap_or_default();
        reader.optional(0xA1)?;
        let signers = reader.expect(der::SET)?.children()?;
        reader.finish()?;
        let [signer] = signers.as_slice() else { return Err(CmsError::SignerCount(signers.len())) };
        let parsed = SignerInfo::read(data, signer)?;
        let mut found = None;
        for object in certificates.iter().take(crate::limits::CHAIN_CERTIFICATES) {
            let cert = Certificate::parse(raw(data, object)).map_err(CmsError::Certificate)?;
            if parsed.is_of(&cert) {
                found = Some(cert);
                break;
            }
        }
        Ok(Self {
            kind: found_kind,
            content,
            signer: found.ok_or(CmsError::SignerCertificateMissing)?,
            digest: parsed.digest,
            algorithm: parsed.algorithm,
            attributes: parsed.attributes,
            signature: parsed.signature,
        })
    }

    /// The content inside, if it travels inside. Not yet verified.
    #[must_use]
    pub fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// The certificate that the signer names. Not yet verified.
    #[must_use]
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// Verifies attributes and signature over `content`.
    ///
    /// # Errors
    /// [`CmsError::Attributes`], [`CmsError::ContentType`], [`CmsError::DigestMismatch`], [`CmsError::DigestAlgorithm`] or
    /// [`CmsError::Algorithm`].
    pub fn verify(&self, content: &[u8]) -> Result<SignatureHolds, CmsError> {
        let attributes = Attributes::read(&self.attributes)?;
        if attributes.kind != self.kind {
            return Err(CmsError::ContentType(attributes.kind));
        }
        if attributes.digest != self.digest.digest(content) {
            return Err(CmsError::DigestMismatch);
        }
        if self.algorithm.hash() != self.digest {
            return Err(CmsError::DigestAlgorithm);
        }
        self.signer.public_key().verify(self.algorithm, &self.attributes, &self.signature)?;
        Ok(SignatureHolds { signer: self.signer.clone(), signed_at: attributes.at, digest: self.digest })
    }
}

fn read_content(object: &Tlv<'_>) -> Result<(String, Option<Vec<u8>>), TlvError> {
    let mut reader = object.reader();
    let kind = der::read_oid(&reader.expect(der::OID)?)?;
    let content = match reader.optional(0xA0)? {
        None => None,
        Some(field) => {
            let mut inner = field.reader();
            let bytes = inner.expect(der::OCTET_STRING)?.value.to_vec();
            inner.finish()?;
            Some(bytes)
        }
    };
    reader.finish()?;
    Ok((kind, content))
}

enum SignerId {
    IssuerAndSerial(super::name::Name, Vec<u8>),
    KeyId(Vec<u8>),
}

struct SignerInfo {
    id: SignerId,
    digest: HashAlg,
    algorithm: SignatureAlgorithm,
    attributes: Vec<u8>,
    signature: Vec<u8>,
}

impl SignerInfo {
    fn read(data: &[u8], object: &Tlv<'_>) -> Result<Self, CmsError> {
        let mut reader = object.reader();
        reader.expect(der::INTEGER)?;
        let id = reader.next()?;
        let id = match id.tag {
            der::SEQUENCE => {
                let mut inner = id.reader();
                let issuer = super::name::Name::read(&inner.expect(der::SEQUENCE)?)?;
                let serial = inner.expect(der::INTEGER)?.value.to_vec();
                inner.finish()?;
                SignerId::IssuerAndSerial(issuer, serial)
            }
            0x80 => SignerId::KeyId(id.value.to_vec()),
            _ => return Err(id.bad_value().into()),
        };
        let digest = read_hash(&reader.expect(der::SEQUENCE)?)?;
        let attributes = reader.optional(0xA0)?.ok_or(CmsError::Attributes)?;
        let algorithm = SignatureAlgorithm::read_cms(&reader.expect(der::SEQUENCE)?, digest)?;
        let signature = reader.expect(der::OCTET_STRING)?.value.to_vec();
        reader.optional(0xA1)?;
        reader.finish()?;
        let mut signed = raw(data, &attributes).to_vec();
        // The signature is over the SET, not over the implicit tag that replaces it (RFC 5652 5.4).
        if let Some(tag) = signed.first_mut() {
            *tag = 0x31;
        }
        Ok(Self { id, digest, algorithm, attributes: signed, signature })
    }

    fn is_of(&self, cert: &Certificate) -> bool {
        match &self.id {
            SignerId::IssuerAndSerial(issuer, serial) => issuer.matches(cert.issuer()) && serial == cert.serial(),
            SignerId::KeyId(id) => cert.extensions().subject_key_id.as_ref() == Some(id),
        }
    }
}

struct Attributes {
    kind: String,
    digest: Vec<u8>,
    at: Option<Timestamp>,
}

impl Attributes {
    fn read(set: &[u8]) -> Result<Self, CmsError> {
        let (mut kind, mut digest, mut at) = (None, None, None);
        for attribute in tlv::parse_one(set, der::SET)?.children()? {
            let mut reader = attribute.reader();
            let name = der::read_oid(&reader.expect(der::OID)?)?;
            let values = reader.expect(der::SET)?.children()?;
            reader.finish()?;
            let [value] = values.as_slice() else { return Err(CmsError::Attributes) };
            let repeated = match name.as_str() {
                oid::CONTENT_TYPE => kind.replace(der::read_oid(value)?).is_some(),
                oid::MESSAGE_DIGEST if value.tag == der::OCTET_STRING => digest.replace(value.value.to_vec()).is_some(),
                oid::SIGNING_TIME => at.replace(time::read(value)?).is_some(),
                _ => false,
            };
            if repeated {
                return Err(CmsError::Attributes);
            }
        }
        match (kind, digest) {
            (Some(kind), Some(digest)) => Ok(Self { kind, digest, at }),
            _ => Err(CmsError::Attributes),
        }
    }
}

#[cfg(test)]
#[path = "cms_tests.rs"]
mod tests;
