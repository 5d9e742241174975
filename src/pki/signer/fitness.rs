//! Whether a document signer makes an EF.SOD that a card's reader believes: key and certificate, path, period, document type.

use crate::lds::content::DOCUMENT_CODE;
use crate::pki::key::PrivateKey;
use crate::pki::trust::TrustStore;
use crate::pki::x509::Certificate;
use crate::pki::x509::issue::Purpose;
use crate::pki::x509::path::{self, PathError};
use crate::reason::{Reason, Refusal};
use jiff::Timestamp;

/// Why a document signer must sign no card: every one of them would be refused by whoever reads it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnfitSigner {
    /// The private key is not the one of the certificate.
    #[error("the document signer's key is not the one of its certificate")]
    OtherKey,
    /// The certificate is not accepted for signing documents now, or the private key's own period is not now.
    #[error("the document signer: {0}")]
    Path(#[from] PathError),
    /// The certificate is for other kinds of documents (Doc 9303-12 7.1.1, documentType).
    #[error("the document signer may sign documents of kind {0}, this card is of kind {DOCUMENT_CODE}")]
    DocumentType(String),
}

impl Refusal for UnfitSigner {
    fn reason(&self) -> Reason {
        match self {
            // Nothing of any card is said by it, only of the certificate.
            Self::Path(e) if e.reason() == Reason::CertificateInvalid => Reason::CertificateUnfit,
            Self::Path(e) => e.reason(),
            Self::OtherKey | Self::DocumentType(_) => Reason::CertificateUnfit,
        }
    }
}

/// Checks a document signer for an instant at which it shall sign, against the store that its cards are judged by.
///
/// # Errors
/// [`UnfitSigner`].
pub fn check(key: &PrivateKey, cert: &Certificate, store: &TrustStore, now: Timestamp) -> Result<(), UnfitSigner> {
    if &key.public_key() != cert.public_key() {
        return Err(UnfitSigner::OtherKey);
    }
    path::check(cert, Purpose::DocumentSigner, store, now, Some(now))?;
    check_types(cert)
}

/// Checks the kinds of documents: one letter stands for all codes that begin with it; a certificate that names none is for all.
///
/// # Errors
/// [`UnfitSigner::DocumentType`].
pub fn check_types(cert: &Certificate) -> Result<(), UnfitSigner> {
    let types = &cert.extensions().document_types;
    let fits = |t: &String| t == DOCUMENT_CODE || (t.len() == 1 && DOCUMENT_CODE.starts_with(t.as_str()));
    if types.is_empty() || types.iter().any(fits) { Ok(()) } else { Err(UnfitSigner::DocumentType(types.join(", "))) }
}

#[cfg(test)]
#[path = "fitness_tests.rs"]
mod tests;
