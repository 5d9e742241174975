//! Authorities themselves, judged before a store: a root of ours with the extensions of its profile, and a link certificate.

use super::Certificate;
use super::extensions::KeyUsage;
use super::issue::Purpose;
use super::path::{self, CheckedPath, PathError};
use crate::pki::oid;
use crate::pki::trust::{Kind, TrustStore, mark};
use crate::reason::{Reason, Refusal};
use jiff::Timestamp;

/// Which authority a certificate is judged as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// A self-signed country signing authority (Doc 9303-12 table 6, CSCA root).
    Csca,
    /// A link from an older CSCA to a newer one (Doc 9303-12 table 6, CSCA link).
    Link,
    /// The self-signed root of operations, whose profile is our own.
    Operations,
}

/// Why an authority's certificate is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnchorError {
    /// The key that it certifies did not sign it.
    #[error("certificate {subject} is not signed by its own key")]
    NotSelfSigned {
        /// Whose certificate.
        subject: String,
    },
    /// An extension that its profile makes mandatory does not stand there.
    #[error("certificate {subject} has no {extension} (Doc 9303-12 table 6)")]
    ExtensionMissing {
        /// Whose certificate.
        subject: String,
        /// Which.
        extension: &'static str,
    },
    /// An extension that must be critical is not.
    #[error("{extension} of certificate {subject} is not critical (Doc 9303-12 table 6)")]
    NotCritical {
        /// Whose certificate.
        subject: String,
        /// Which.
        extension: &'static str,
    },
    /// Its key usage is not that of an authority: certificates and revocation lists.
    #[error("the key of {subject} is not for signing certificates and revocation lists")]
    KeyUsage {
        /// Whose certificate.
        subject: String,
    },
    /// A path length that is not the 0 which a CSCA must have.
    #[error("certificate {subject} names another path length than 0 (Doc 9303-12 table 6)")]
    PathLength {
        /// Whose certificate.
        subject: String,
    },
    /// Sound by itself, but nobody decided to trust it.
    #[error("certificate {subject} is sound, but it is no anchor of this trust store")]
    NotInStore {
        /// Whose certificate.
        subject: String,
    },
    /// What every certificate of a path is held to.
    #[error("{0}")]
    Path(#[from] PathError),
}

impl Refusal for AnchorError {
    fn reason(&self) -> Reason {
        match self {
            Self::NotInStore { .. } => Reason::UntrustedIssuer,
            // No card is judged here: what is wrong is a step of the authority.
            Self::Path(e) if e.reason() == Reason::CertificateInvalid => Reason::CertificateUnfit,
            Self::Path(e) => e.reason(),
            _ => Reason::CertificateUnfit,
        }
    }
}

/// Whether a certificate is an authority's, by its own word.
#[must_use]
pub fn is_authority(cert: &Certificate) -> bool {
    cert.extensions().basic.is_some_and(|b| b.ca)
}

/// Whether an authority's certificate names itself as its issuer, as a root does and a link between two keys of one name does not.
#[must_use]
pub fn is_root(cert: &Certificate) -> bool {
    cert.is_named_issuer_of(cert)
}

/// Checks a root at an instant: signed by itself, with the extensions of its profile, valid, of an accepted key, and an anchor of the
/// store. [`Authority::Link`] is held to a link's profile and is never an anchor.
///
/// # Errors
/// Any [`AnchorError`].
pub fn check_root(cert: &Certificate, authority: Authority, store: &TrustStore, at: Timestamp) -> Result<(), AnchorError> {
    check_owner(cert, store)?;
    if cert.verify_issued(cert).is_err() {
        return Err(AnchorError::NotSelfSigned { subject: name(cert) });
    }
    check_extensions(cert, authority)?;
    path::check_one(cert, at, true)?;
    let anchors = match authority {
        Authority::Csca => store.anchors(Purpose::DocumentSigner),
        Authority::Operations => store.anchors(Purpose::Receipt),
        Authority::Link => &[],
    };
    if anchors.contains(cert) {
        return Ok(());
    }
    if anchors.iter().any(|a| is_look_alike(a, cert)) {
        return Err(PathError::LookAlike { issuer: name(cert) }.into());
    }
    Err(AnchorError::NotInStore { subject: name(cert) })
}

/// Checks a link certificate at an instant: the extensions of its profile, and its path to a CSCA of the store with what is known about
/// its revocation.
///
/// # Errors
/// Any [`AnchorError`] but [`AnchorError::NotSelfSigned`] and [`AnchorError::NotInStore`].
pub fn check_link(cert: &Certificate, store: &TrustStore, at: Timestamp) -> Result<CheckedPath, AnchorError> {
    check_owner(cert, store)?;
    check_extensions(cert, Authority::Link)?;
    Ok(path::check_link(cert, store, at)?)
}

fn name(cert: &Certificate) -> String {
    cert.subject().to_string()
}

fn check_owner(cert: &Certificate, store: &TrustStore) -> Result<(), PathError> {
    if store.kind() != Kind::Sample && mark::is_sample(cert) {
        return Err(PathError::SampleKey);
    }
    let found = cert.subject().country();
    if found == store.country() { Ok(()) } else { Err(PathError::WrongCountry { expected: store.country().to_owned(), found }) }
}

fn is_look_alike(anchor: &Certificate, cert: &Certificate) -> bool {
    let id = |c: &Certificate| c.extensions().subject_key_id.clone();
    anchor.subject().matches(cert.subject()) && id(anchor) == id(cert) && anchor.public_key() != cert.public_key()
}

/// What stands in the certificate of every authority.
const OF_ALL: [(&str, &str); 3] =
    [(oid::CE_BASIC, "basicConstraints"), (oid::CE_KEY_USAGE, "keyUsage"), (oid::CE_SKI, "subjectKeyIdentifier")];
/// What Doc 9303-12 table 6 demands of a CSCA and of a link beside it.
const OF_CSCA: [(&str, &str); 4] = [
    (oid::CE_PKUP, "privateKeyUsagePeriod"),
    (oid::CE_SAN, "subjectAltName"),
    (oid::CE_IAN, "issuerAltName"),
    (oid::CE_CRLDP, "cRLDistributionPoints"),
];

fn check_extensions(cert: &Certificate, authority: Authority) -> Result<(), AnchorError> {
    let (extensions, subject) = (cert.extensions(), || name(cert));
    let mut needed = OF_ALL.to_vec();
    if authority != Authority::Operations {
        needed.extend(OF_CSCA);
    }
    if authority == Authority::Link {
        needed.push((oid::CE_AKI, "authorityKeyIdentifier"));
    }
    let has = |list: &[String], dotted: &str| list.iter().any(|found| found == dotted);
    if let Some((_, extension)) = needed.iter().find(|(dotted, _)| !has(&extensions.present, dotted)) {
        return Err(AnchorError::ExtensionMissing { subject: subject(), extension });
    }
    if let Some((_, extension)) = OF_ALL.iter().take(2).find(|(dotted, _)| !has(&extensions.critical, dotted)) {
        return Err(AnchorError::NotCritical { subject: subject(), extension });
    }
    if !is_authority(cert) {
        return Err(PathError::NotAnAuthority { subject: subject() }.into());
    }
    if !extensions.key_usage.is_some_and(|u| u.contains(KeyUsage::AUTHORITY)) {
        return Err(AnchorError::KeyUsage { subject: subject() });
    }
    if authority != Authority::Operations && extensions.basic.and_then(|b| b.path_len) != Some(0) {
        return Err(AnchorError::PathLength { subject: subject() });
    }
    Ok(())
}

#[cfg(test)]
#[path = "anchor_tests.rs"]
mod tests;
