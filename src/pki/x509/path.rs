//! The path check: from a leaf to an anchor of ours, for one purpose, on one date (RFC 5280 6, Doc 9303-12 5).

use super::extensions::KeyUsage;
use super::issue::Purpose;
use super::{Certificate, Crl};
use crate::limits::CHAIN_CERTIFICATES;
use crate::pki::algorithm::{AlgorithmError, accept_hash};
use crate::pki::time;
use crate::pki::trust::{Kind, TrustStore, mark};
use crate::reason::{Reason, Refusal};
use jiff::Timestamp;

/// Why a certificate is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// No anchor of ours has the issuer's name.
    #[error("issued by {issuer}, which is no trust anchor of ours")]
    Untrusted {
        /// The issuer's name.
        issuer: String,
    },
    /// An anchor of ours has the issuer's name, but its key did not sign: a look-alike issuer, or an altered certificate.
    #[error("{issuer} is named as issuer, but the trust anchor's key did not sign")]
    LookAlike {
        /// The issuer's name.
        issuer: String,
    },
    /// A sample certificate before a store that is not a sample store.
    #[error("a sample certificate stands where a production certificate must")]
    SampleKey,
    /// Expired on the date of judgement.
    #[error("certificate {subject} expired at {at}")]
    Expired {
        /// Whose certificate.
        subject: String,
        /// When.
        at: Timestamp,
    },
    /// Not yet valid on the date of judgement.
    #[error("certificate {subject} is not valid before {at}")]
    NotYetValid {
        /// Whose certificate.
        subject: String,
        /// From when.
        at: Timestamp,
    },
    /// Revoked by its issuer's list.
    #[error("certificate {subject} was revoked at {since}")]
    Revoked {
        /// Whose certificate.
        subject: String,
        /// Since when.
        since: Timestamp,
    },
    /// The leaf's key usage does not allow what was done with it.
    #[error("certificate {subject} is not for this use of its key")]
    WrongKeyUsage {
        /// Whose certificate.
        subject: String,
    },
    /// The leaf is for another purpose than the one asked for.
    #[error("certificate {subject} is for another purpose")]
    WrongPurpose {
        /// Whose certificate.
        subject: String,
    },
    /// The leaf is itself an authority.
    #[error("certificate {subject} is an authority's, not a signer's")]
    LeafIsAuthority {
        /// Whose certificate.
        subject: String,
    },
    /// An issuer in the path may not issue.
    #[error("certificate {subject} may not issue certificates")]
    NotAnAuthority {
        /// Whose certificate.
        subject: String,
    },
    /// More authorities than an issuer's path length allows, or than anyone needs.
    #[error("the path is longer than {subject} allows")]
    PathTooLong {
        /// Who allows less.
        subject: String,
    },
    /// A country that is not the trust store's or not the issuer's.
    #[error("certificate is of country {found:?}, not {expected:?}")]
    WrongCountry {
        /// The country that must stand there.
        expected: String,
        /// The one that does.
        found: String,
    },
    /// A critical extension that the verifier does not know.
    #[error("critical extension {0} is not known")]
    UnknownCritical(String),
    /// The private key was used outside its own period.
    #[error("the key of {subject} was used at {at}, outside its period")]
    KeyUsedOutsidePeriod {
        /// Whose key.
        subject: String,
        /// When it was used, by the signed time.
        at: Timestamp,
    },
    /// An algorithm or key that is not accepted on the date of judgement.
    #[error("{0}")]
    Algorithm(AlgorithmError),
}

impl Refusal for PathError {
    fn reason(&self) -> Reason {
        match self {
            Self::Untrusted { .. } | Self::LookAlike { .. } | Self::WrongCountry { .. } => Reason::UntrustedIssuer,
            Self::SampleKey => Reason::SampleKey,
            Self::Expired { .. } | Self::NotYetValid { .. } => Reason::CertificateExpired,
            Self::Revoked { .. } => Reason::CertificateRevoked,
            _ => Reason::CertificateInvalid,
        }
    }
}

/// What is known about revocation of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revocation {
    /// Every certificate was looked up in a list that holds on the date of judgement.
    Checked {
        /// The lists, the leaf's first.
        lists: Vec<ListUsed>,
    },
    /// For one certificate at least there is no list that decides.
    Undecided(RevocationGap),
}

/// A revocation list that decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListUsed {
    /// SHA-256 of the authority's public key: under this its numbers are counted.
    pub authority: [u8; 32],
    /// Its number, which only grows.
    pub number: u64,
    /// When it was made.
    pub this_update: Timestamp,
}

/// Why nobody knows whether a certificate is revoked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationGap {
    /// The issuer has no list in the store.
    #[error("there is no revocation list of {issuer}")]
    Missing {
        /// Whose list.
        issuer: String,
    },
    /// The list is older than it may be.
    #[error("the revocation list held until {held_until}")]
    Stale {
        /// Until when it held.
        held_until: Timestamp,
    },
    /// The list says that it was made later than now.
    #[error("the revocation list says it was made at {this_update}, which is not yet")]
    FromTheFuture {
        /// When it says that it was made.
        this_update: Timestamp,
    },
    /// The list's signature is of an algorithm that is not accepted on the date of judgement.
    #[error("the revocation list: {0}")]
    Algorithm(AlgorithmError),
}

impl Refusal for RevocationGap {
    fn reason(&self) -> Reason {
        match self {
            Self::Missing { .. } | Self::Stale { .. } => Reason::CrlStale,
            Self::FromTheFuture { .. } | Self::Algorithm(_) => Reason::CrlInvalid,
        }
    }
}

/// A path that was checked. Only [`check`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedPath {
    leaf: Certificate,
    anchor: Certificate,
    links: usize,
    revocation: Revocation,
}

impl CheckedPath {
    /// The leaf.
    #[must_use]
    pub fn leaf(&self) -> &Certificate {
        &self.leaf
    }

    /// The trust anchor.
    #[must_use]
    pub fn anchor(&self) -> &Certificate {
        &self.anchor
    }

    /// How many link certificates lie between.
    #[must_use]
    pub fn links(&self) -> usize {
        self.links
    }

    /// What is known about revocation.
    #[must_use]
    pub fn revocation(&self) -> &Revocation {
        &self.revocation
    }

    /// Whether leaf or anchor is marked as a sample.
    #[must_use]
    pub fn is_sample(&self) -> bool {
        mark::is_sample(&self.leaf) || mark::is_sample(&self.anchor)
    }
}

/// Checks a leaf for a purpose at an instant; `signed_at` is the signed time of what the leaf's key made, if it says one.
///
/// # Errors
/// Any [`PathError`].
pub fn check(
    leaf: &Certificate,
    purpose: Purpose,
    store: &TrustStore,
    at: Timestamp,
    signed_at: Option<Timestamp>,
) -> Result<CheckedPath, PathError> {
    if store.kind() != Kind::Sample && mark::is_sample(leaf) {
        return Err(PathError::SampleKey);
    }
    check_leaf(leaf, purpose, store)?;
    let issuers = issuers(leaf, purpose, store, 0)?;
    let below: Vec<&Certificate> = std::iter::once(leaf).chain(issuers.iter().copied()).collect();
    check_authorities(&issuers)?;
    for (index, cert) in below.iter().enumerate() {
        let is_anchor = index + 1 == below.len();
        check_one(cert, at, is_anchor)?;
    }
    check_period(leaf, signed_at)?;
    let revocation = check_revocation(&below, store, at)?;
    let anchor = issuers.last().copied().unwrap_or(leaf).clone();
    Ok(CheckedPath { leaf: leaf.clone(), anchor, links: issuers.len().saturating_sub(1), revocation })
}

/// Checks a link certificate at an instant: its path to a CSCA of the store, itself an authority of that path.
///
/// # Errors
/// Any [`PathError`] of an authority.
pub(super) fn check_link(link: &Certificate, store: &TrustStore, at: Timestamp) -> Result<CheckedPath, PathError> {
    let issuers = issuers(link, Purpose::DocumentSigner, store, 0)?;
    let path: Vec<&Certificate> = std::iter::once(link).chain(issuers.iter().copied()).collect();
    check_authorities(&path)?;
    for (index, cert) in path.iter().enumerate() {
        check_one(cert, at, index + 1 == path.len())?;
    }
    let revocation = check_revocation(&path, store, at)?;
    let anchor = issuers.last().copied().unwrap_or(link).clone();
    Ok(CheckedPath { leaf: link.clone(), anchor, links: issuers.len().saturating_sub(1), revocation })
}

fn subject(cert: &Certificate) -> String {
    cert.subject().to_string()
}

/// Whether a certificate is a signer's for this purpose, whoever issued it.
///
/// # Errors
/// [`PathError::LeafIsAuthority`], [`PathError::WrongKeyUsage`] or [`PathError::WrongPurpose`].
pub fn check_purpose(leaf: &Certificate, purpose: Purpose) -> Result<(), PathError> {
    let extensions = leaf.extensions();
    if extensions.basic.is_some_and(|b| b.ca) {
        return Err(PathError::LeafIsAuthority { subject: subject(leaf) });
    }
    let needed = purpose.key_usage(leaf.public_key());
    if !extensions.key_usage.is_some_and(|u| u.contains(needed)) {
        return Err(PathError::WrongKeyUsage { subject: subject(leaf) });
    }
    let fits = match purpose.extended_usage() {
        // A document signer has no extended usage (Doc 9303-12 table 6); one with a purpose of its own is for that alone.
        None => extensions.extended_usage.is_empty(),
        Some(usage) => extensions.extended_usage.iter().any(|u| u == usage),
    };
    if fits { Ok(()) } else { Err(PathError::WrongPurpose { subject: subject(leaf) }) }
}

/// Whether a certificate is valid at an instant.
///
/// # Errors
/// [`PathError::Expired`] or [`PathError::NotYetValid`].
pub fn check_dates(cert: &Certificate, at: Timestamp) -> Result<(), PathError> {
    let (from, until) = cert.validity();
    if at > until {
        return Err(PathError::Expired { subject: subject(cert), at: until });
    }
    if at < from {
        return Err(PathError::NotYetValid { subject: subject(cert), at: from });
    }
    Ok(())
}

fn check_leaf(leaf: &Certificate, purpose: Purpose, store: &TrustStore) -> Result<(), PathError> {
    check_purpose(leaf, purpose)?;
    let found = leaf.subject().country();
    if found == store.country() {
        Ok(())
    } else {
        // An unknown issuer is the plainer answer for a foreign certificate that names its country honestly.
        let known = store.anchors(purpose).iter().any(|a| a.is_named_issuer_of(leaf));
        if known || leaf.issuer().country() == store.country() {
            Err(PathError::WrongCountry { expected: store.country().to_owned(), found })
        } else {
            Err(PathError::Untrusted { issuer: leaf.issuer().to_string() })
        }
    }
}

/// The issuers of a certificate, its own first, the anchor last.
fn issuers<'a>(
    cert: &Certificate,
    purpose: Purpose,
    store: &'a TrustStore,
    depth: usize,
) -> Result<Vec<&'a Certificate>, PathError> {
    if depth >= CHAIN_CERTIFICATES {
        return Err(PathError::PathTooLong { subject: subject(cert) });
    }
    let named = |c: &&'a Certificate| c.is_named_issuer_of(cert);
    if let Some(anchor) = store.anchors(purpose).iter().filter(named).find(|a| a.verify_issued(cert).is_ok()) {
        return Ok(vec![anchor]);
    }
    let mut similar = store.anchors(purpose).iter().any(|a| a.is_named_issuer_of(cert));
    if purpose == Purpose::DocumentSigner {
        for link in store.links().iter().filter(named).filter(|l| l.as_der() != cert.as_der()) {
            similar = true;
            if link.verify_issued(cert).is_ok() {
                let mut path = vec![link];
                path.extend(issuers(link, purpose, store, depth + 1)?);
                return Ok(path);
            }
        }
    }
    let issuer = cert.issuer().to_string();
    Err(if similar { PathError::LookAlike { issuer } } else { PathError::Untrusted { issuer } })
}

fn check_authorities(issuers: &[&Certificate]) -> Result<(), PathError> {
    // Self-issued link certificates do not count (RFC 5280 4.2.1.9).
    let mut below = 0u64;
    for cert in issuers {
        let extensions = cert.extensions();
        let basic = extensions.basic.filter(|b| b.ca);
        let signs = extensions.key_usage.is_some_and(|u| u.contains(KeyUsage::CERT_SIGN));
        let (Some(basic), true) = (basic, signs) else {
            return Err(PathError::NotAnAuthority { subject: subject(cert) });
        };
        if basic.path_len.is_some_and(|most| below > most) {
            return Err(PathError::PathTooLong { subject: subject(cert) });
        }
        below += u64::from(!cert.is_self_issued());
    }
    Ok(())
}

/// What every certificate of a path is held to at an instant.
pub(super) fn check_one(cert: &Certificate, at: Timestamp, is_anchor: bool) -> Result<(), PathError> {
    let on = time::date_of(at);
    if let Some(unknown) = cert.extensions().unknown_critical.first() {
        return Err(PathError::UnknownCritical(unknown.clone()));
    }
    if cert.subject().country() != cert.issuer().country() {
        let (expected, found) = (cert.issuer().country(), cert.subject().country());
        return Err(PathError::WrongCountry { expected, found });
    }
    check_dates(cert, at)?;
    // The signature of an anchor on itself proves nothing, so its hash does not matter; its key does.
    if !is_anchor {
        accept_hash(cert.algorithm().hash(), on).map_err(PathError::Algorithm)?;
    }
    cert.public_key().accept(on).map_err(PathError::Algorithm)
}

fn check_period(leaf: &Certificate, signed_at: Option<Timestamp>) -> Result<(), PathError> {
    let (Some(at), Some((from, until))) = (signed_at, leaf.extensions().private_key_usage) else { return Ok(()) };
    if from.is_some_and(|f| at < time::whole_seconds(f)) || until.is_some_and(|u| at > u) {
        return Err(PathError::KeyUsedOutsidePeriod { subject: subject(leaf), at });
    }
    Ok(())
}

/// Looks every certificate but the anchor up in its issuer's list. `below` begins with the leaf and ends with the anchor.
fn check_revocation(below: &[&Certificate], store: &TrustStore, at: Timestamp) -> Result<Revocation, PathError> {
    let mut lists = Vec::new();
    let mut gap = None;
    for pair in below.windows(2) {
        let [cert, issuer] = pair else { continue };
        let crl = store.crl_of(issuer);
        // A revocation stands even in a list that cannot prove its absence.
        if let Some(since) = crl.and_then(|crl| crl.revoked_since(cert.serial())) {
            return Err(PathError::Revoked { subject: subject(cert), since });
        }
        match crl.ok_or_else(|| RevocationGap::Missing { issuer: subject(issuer) }).and_then(|crl| holds(crl, at)) {
            Ok(crl) => lists.push(ListUsed {
                authority: issuer.public_key().digest(),
                number: crl.number(),
                this_update: crl.this_update(),
            }),
            Err(found) => gap = gap.or(Some(found)),
        }
    }
    Ok(match (gap, below) {
        (Some(gap), _) => Revocation::Undecided(gap),
        (None, [alone]) => Revocation::Undecided(RevocationGap::Missing { issuer: subject(alone) }),
        (None, _) => Revocation::Checked { lists },
    })
}

/// Whether a list decides at an instant. Its signature is the store's to verify.
///
/// # Errors
/// Any [`RevocationGap`] but [`RevocationGap::Missing`].
pub fn holds(crl: &Crl, at: Timestamp) -> Result<&Crl, RevocationGap> {
    if crl.is_future(at) {
        return Err(RevocationGap::FromTheFuture { this_update: crl.this_update() });
    }
    let held_until = crl.holds_until();
    if at > held_until {
        return Err(RevocationGap::Stale { held_until });
    }
    accept_hash(crl.algorithm().hash(), time::date_of(at)).map_err(RevocationGap::Algorithm)?;
    Ok(crl)
}

#[cfg(test)]
#[path = "path_tests.rs"]
mod tests;
