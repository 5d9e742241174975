//! Statements: a detached signature over the exact bytes of a JSON document, made for one purpose.

use super::cms::{self, CmsError, Content, SignatureHolds, SignedData};
use super::key::PrivateKey;
use super::oid;
use super::trust::TrustStore;
use super::x509::Certificate;
use super::x509::issue::Purpose;
use super::x509::path::{self, CheckedPath, PathError};
use crate::limits::DOCUMENT_BYTES;
use crate::reason::{Reason, Refusal};
use jiff::Timestamp;

/// Why a statement is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// The document is larger than any real one.
    #[error("the document's {0} bytes are too many")]
    TooLarge(usize),
    /// The signature is malformed or does not hold for these bytes.
    #[error("signature: {0}")]
    Cms(#[from] CmsError),
    /// The message carries content of its own; a statement is detached.
    #[error("the signature carries content of its own")]
    NotDetached,
    /// The signer is not accepted for this purpose.
    #[error("signer: {0}")]
    Path(#[from] PathError),
}

impl Refusal for StatementError {
    fn reason(&self) -> Reason {
        match self {
            Self::TooLarge(_) | Self::NotDetached => Reason::EncodingInvalid,
            Self::Cms(e) => e.reason(),
            Self::Path(e) => e.reason(),
        }
    }
}

fn content(bytes: &[u8]) -> Content<'_> {
    Content { kind: oid::DATA, bytes, attached: false }
}

/// Signs the exact bytes of a document: the DER of a detached CMS message.
#[must_use]
pub fn sign(document: &[u8], key: &PrivateKey, cert: &Certificate, at: Timestamp) -> Vec<u8> {
    cms::sign(&content(document), key, cert, at)
}

/// A statement whose signature holds and whose signer was accepted for the purpose. Only [`verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    path: CheckedPath,
    signed_at: Option<Timestamp>,
}

impl Signer {
    /// The signer's certificate.
    #[must_use]
    pub fn cert(&self) -> &Certificate {
        self.path.leaf()
    }

    /// The path, with what is known about revocation.
    #[must_use]
    pub fn path(&self) -> &CheckedPath {
        &self.path
    }

    /// The signed time, if there is one.
    #[must_use]
    pub fn signed_at(&self) -> Option<Timestamp> {
        self.signed_at
    }
}

/// Whose signature stands under these bytes. It holds; whether its signer is accepted is [`verify`]'s to say.
///
/// # Errors
/// [`StatementError::TooLarge`], [`StatementError::Cms`] or [`StatementError::NotDetached`].
pub fn signer_of(document: &[u8], signature: &[u8]) -> Result<Certificate, StatementError> {
    holds(document, signature).map(|holds| holds.signer)
}

/// Verifies a detached signature over these bytes, and its signer for a purpose at an instant.
///
/// # Errors
/// Any [`StatementError`].
pub fn verify(
    document: &[u8],
    signature: &[u8],
    purpose: Purpose,
    store: &TrustStore,
    at: Timestamp,
) -> Result<Signer, StatementError> {
    let holds = holds(document, signature)?;
    let path = path::check(&holds.signer, purpose, store, at, holds.signed_at)?;
    Ok(Signer { path, signed_at: holds.signed_at })
}

/// Verifies a detached signature over these bytes by the certificate that it carries, whoever issued that one: the bytes are
/// as they were signed, and no more is said.
///
/// # Errors
/// Any [`StatementError`] but [`StatementError::Path`].
pub fn holds(document: &[u8], signature: &[u8]) -> Result<SignatureHolds, StatementError> {
    if document.len() > DOCUMENT_BYTES {
        return Err(StatementError::TooLarge(document.len()));
    }
    let message = SignedData::parse(signature, oid::DATA)?;
    if message.content().is_some() {
        return Err(StatementError::NotDetached);
    }
    Ok(message.verify(document)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::openssl;
    use crate::pki::trust::Kind;
    use crate::pki::x509::issue::tests::{kit, leaf};

    const DOCUMENT: &[u8] = br#"{"hello": "world"}"#;

    #[test]
    fn a_statement_holds_for_its_bytes_and_purpose_alone() {
        let kit = kit();
        let (key, cert) = leaf(&kit, Purpose::Approver);
        let mut store = TrustStore::new(Kind::Production, "ID");
        store.add_operations_root(kit.root.cert.clone()).unwrap();
        let p7s = sign(DOCUMENT, &key, &cert, kit.now);
        let signer = verify(DOCUMENT, &p7s, Purpose::Approver, &store, kit.now).unwrap();
        assert_eq!((signer.cert(), signer.signed_at()), (&cert, Some(kit.now)));
        assert_eq!(signer_of(DOCUMENT, &p7s), Ok(cert.clone()));
        assert_eq!(signer_of(b"{}", &p7s), Err(StatementError::Cms(CmsError::DigestMismatch)));
        let other = verify(br#"{"hello":"world"}"#, &p7s, Purpose::Approver, &store, kit.now).unwrap_err();
        assert_eq!(other, StatementError::Cms(CmsError::DigestMismatch));
        let purpose = verify(DOCUMENT, &p7s, Purpose::Receipt, &store, kit.now).unwrap_err();
        assert!(matches!(purpose, StatementError::Path(PathError::WrongPurpose { .. })));
        let attached = cms::sign(&Content { kind: oid::DATA, bytes: DOCUMENT, attached: true }, &key, &cert, kit.now);
        let error = verify(DOCUMENT, &attached, Purpose::Approver, &store, kit.now).unwrap_err();
        assert_eq!(error, StatementError::NotDetached);
        let large = vec![b' '; DOCUMENT_BYTES + 1];
        let error = verify(&large, &p7s, Purpose::Approver, &store, kit.now).unwrap_err();
        assert_eq!(error, StatementError::TooLarge(DOCUMENT_BYTES + 1));
    }

    #[test]
    fn openssl_verifies_a_statement() {
        let kit = kit();
        let (key, cert) = leaf(&kit, Purpose::Receipt);
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name).display().to_string();
        std::fs::write(path("root.pem"), kit.root.cert.to_pem()).unwrap();
        std::fs::write(path("doc.json"), DOCUMENT).unwrap();
        let args = format!(
            "cms -verify -binary -inform DER -content {} -CAfile {} -purpose any -attime {}",
            path("doc.json"),
            path("root.pem"),
            kit.now.as_second() + 5
        );
        if let Some(out) = openssl::run(&args, &sign(DOCUMENT, &key, &cert, kit.now)) {
            assert_eq!(out, DOCUMENT);
        }
    }
}
