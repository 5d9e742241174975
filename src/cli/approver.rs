//! Who approves: a certificate that says so, and its key.

use super::output::Failure;
use super::place;
use crate::limits::DOCUMENT_BYTES;
use crate::pki::key::PrivateKey;
use crate::pki::sample::Roots;
use crate::pki::trust::directory;
use crate::pki::x509::issue::{Credential, Purpose};
use crate::pki::x509::{Certificate, path};
use crate::reason::Reason;
use crate::world::{Clock, SystemClock};
use std::path::Path;

/// The certificate of a file; refused unless it is an approver's.
pub fn certificate(path: &Path) -> Result<Certificate, Failure> {
    let bytes = place::read(path, u64::try_from(DOCUMENT_BYTES).unwrap_or(u64::MAX))?;
    let cert = Certificate::from_file(&bytes).map_err(|e| Failure::at(path, &e))?;
    let purpose = Purpose::Approver.extended_usage().unwrap_or_default();
    if cert.extensions().extended_usage.iter().any(|usage| usage == purpose) {
        Ok(cert)
    } else {
        Err(Failure::new(Reason::NotPermitted, format!("{} is no approver's certificate", path.display())))
    }
}

/// Refuses an approver whom bureau and signer will not believe, before a number is given and an image built. Who names no trust store
/// trusts the sample roots alone.
///
/// # Errors
/// `untrusted-issuer`, `certificate-expired`, `certificate-unfit` and what else a path to the operations root is refused for.
pub fn believed(cert: &Certificate, at: &Path, trust: Option<&Path>) -> Result<(), Failure> {
    let store = match trust {
        Some(dir) => directory::load(dir)?,
        None => Roots::compiled()?.trust_store()?,
    };
    path::check(cert, Purpose::Approver, &store, SystemClock.now(), None).map_err(|e| Failure::at(at, &e))?;
    Ok(())
}

/// The certificate with its key; refused, with these words, if the key is another's.
pub fn credential(cert: Certificate, key: PrivateKey, otherwise: impl FnOnce() -> String) -> Result<Credential, Failure> {
    if key.public_key() == *cert.public_key() {
        Ok(Credential { cert, key })
    } else {
        Err(Failure::new(Reason::InputInvalid, otherwise()))
    }
}
