//! X.509 certificates and lists in the profile of Doc 9303-12, with our own verifier.

pub mod anchor;
pub mod authority;
pub mod certificate;
pub mod crl;
pub mod extensions;
pub mod issue;
pub mod path;
pub mod request;

pub use certificate::Certificate;
pub use crl::Crl;

use super::algorithm::AlgorithmError;
use crate::lds::der;
use crate::lds::tlv::{Tlv, TlvError};
use crate::reason::{Reason, Refusal};

/// Why bytes are no certificate, request or list of ours to judge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum X509Error {
    /// Not DER, or not the structure that must stand there.
    #[error("malformed: {0}")]
    Encoding(#[from] TlvError),
    /// An algorithm or key that is not known or does not verify.
    #[error("{0}")]
    Algorithm(AlgorithmError),
    /// Larger than any real one.
    #[error("{0} bytes are too many")]
    TooLarge(usize),
    /// Not version 3, which alone has extensions.
    #[error("certificate is not version 3")]
    Version,
    /// The algorithm inside the signed part differs from the one outside it.
    #[error("signature algorithms inside and outside the signed part differ")]
    AlgorithmsDiffer,
    /// An extension stands twice.
    #[error("extension {0} stands twice")]
    ExtensionRepeated(String),
    /// PEM that is not PEM, or of another label.
    #[error("not a PEM file of the right kind")]
    Pem,
}

impl From<AlgorithmError> for X509Error {
    fn from(error: AlgorithmError) -> Self {
        match error {
            AlgorithmError::Encoding(e) => Self::Encoding(e),
            other => Self::Algorithm(other),
        }
    }
}

impl Refusal for X509Error {
    fn reason(&self) -> Reason {
        match self {
            Self::Algorithm(e) => e.reason(),
            Self::Version | Self::AlgorithmsDiffer | Self::ExtensionRepeated(_) => Reason::CertificateInvalid,
            _ => Reason::EncodingInvalid,
        }
    }
}

/// The bytes of an object inside the data whose positions it carries, header included.
pub(crate) fn raw<'a>(outer: &'a [u8], object: &Tlv<'_>) -> &'a [u8] {
    outer.get(object.start..object.position + object.value.len()).unwrap_or_default()
}

/// The parts of SIGNED{…}.
pub(crate) struct SignedParts<'a> {
    /// The signed bytes as they came.
    pub(crate) tbs_bytes: &'a [u8],
    /// The signed part's SEQUENCE.
    pub(crate) tbs: Tlv<'a>,
    /// The algorithm's SEQUENCE.
    pub(crate) algorithm: Tlv<'a>,
    /// The signature.
    pub(crate) signature: &'a [u8],
}

/// Takes SIGNED{…} apart.
pub(crate) fn signed_parts(data: &[u8]) -> Result<SignedParts<'_>, TlvError> {
    let outer = crate::lds::tlv::parse_one(data, der::SEQUENCE)?;
    let mut reader = outer.reader();
    let tbs = reader.expect(der::SEQUENCE)?;
    let algorithm = reader.expect(der::SEQUENCE)?;
    let signature = der::read_bit_string(&reader.expect(der::BIT_STRING)?)?;
    reader.finish()?;
    Ok(SignedParts { tbs_bytes: raw(data, &tbs), tbs, algorithm, signature })
}

/// DER from a file that may be DER or PEM of this label.
///
/// # Errors
/// [`X509Error::Pem`].
pub fn der_or_pem(data: &[u8], label: &str) -> Result<Vec<u8>, X509Error> {
    if data.first() == Some(&0x30) {
        return Ok(data.to_vec());
    }
    match ::der::pem::decode_vec(data) {
        Ok((found, document)) if found == label => Ok(document),
        _ => Err(X509Error::Pem),
    }
}

/// PEM of this label.
#[must_use]
pub fn to_pem(label: &'static str, data: &[u8]) -> String {
    ::der::pem::encode_string(label, ::der::pem::LineEnding::LF, data).unwrap_or_default()
}
