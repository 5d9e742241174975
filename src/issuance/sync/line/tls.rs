//! Certificates on both sides: the key of an office, its certificate, and the authorities of which others' are accepted.

use crate::issuance::office::Office;
use crate::issuance::sync::SyncError;
use crate::pki::key::PrivateKey;
use crate::pki::x509::Certificate;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig, version};
use std::sync::Arc;

/// Most certificates of a file.
const CERTIFICATES: usize = 16;

/// What an office proves itself with, and whom it believes.
pub struct Credentials {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    roots: Arc<RootCertStore>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({} certificates, {} authorities)", self.chain.len(), self.roots.len())
    }
}

fn bad(what: impl std::fmt::Display) -> SyncError {
    SyncError::Line(what.to_string())
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, SyncError> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).take(CERTIFICATES).collect();
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        _ => Err(bad("no certificate in PEM")),
    }
}

impl Credentials {
    /// Of a certificate with those above it, its key, and the certificates of the authorities that others must have theirs from; PEM.
    ///
    /// # Errors
    /// [`SyncError::Line`].
    pub fn new(chain: &[u8], key: &PrivateKey, authorities: &[u8]) -> Result<Self, SyncError> {
        let mut roots = RootCertStore::empty();
        for root in certificates(authorities)? {
            roots.add(root).map_err(bad)?;
        }
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.to_pkcs8().to_vec()));
        Ok(Self { chain: certificates(chain)?, key, roots: Arc::new(roots) })
    }

    pub(super) fn client(&self) -> Result<Arc<ClientConfig>, SyncError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(&[&version::TLS13]).map_err(bad)?;
        let builder = builder.with_root_certificates(Arc::clone(&self.roots));
        let config = builder.with_client_auth_cert(self.chain.clone(), self.key.clone_key()).map_err(bad)?;
        Ok(Arc::new(config))
    }

    pub(super) fn server(&self) -> Result<Arc<ServerConfig>, SyncError> {
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::clone(&self.roots), Arc::clone(&provider));
        let verifier = verifier.build().map_err(bad)?;
        let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(&[&version::TLS13]).map_err(bad)?;
        let builder = builder.with_client_cert_verifier(verifier);
        Ok(Arc::new(builder.with_single_cert(self.chain.clone(), self.key.clone_key()).map_err(bad)?))
    }
}

/// The office that a proven certificate names.
pub(super) fn office(chain: Option<&[CertificateDer<'_>]>) -> Result<Office, SyncError> {
    let leaf = chain.and_then(<[_]>::first).ok_or_else(|| bad("no certificate"))?;
    let certificate = Certificate::from_file(leaf).map_err(bad)?;
    certificate.subject().common_name().parse().map_err(bad)
}
