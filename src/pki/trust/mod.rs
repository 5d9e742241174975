//! The trust store: the anchors that we decided to trust, and the lists that their owners sign.
//!
//! An anchor comes from this store alone; what a chip or a message shows is never one.

#[cfg(feature = "store")]
pub mod directory;
pub mod mark;

use super::cvc::{self, CvcError};
use super::key::PublicKey;
use super::x509::extensions::KeyUsage;
use super::x509::issue::Purpose;
use super::x509::{Certificate, Crl, X509Error};
use crate::reason::{Reason, Refusal};
use jiff::Timestamp;

/// Why something does not go into a trust store, or a store does not load.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// A sample key and a store that is not a sample store.
    #[error("a sample key does not go into a production trust store")]
    SampleKey,
    /// Another anchor has the same name and key identifier with another key.
    #[error("an anchor of the same name and key identifier with another key is there already")]
    LookAlike,
    /// Not the certificate of an authority, or not signed by itself.
    #[error("not a self-signed authority certificate")]
    NotAnAuthority,
    /// A country other than the store's.
    #[error("certificate is of country {found:?}, the store of {expected:?}")]
    WrongCountry {
        /// The store's country.
        expected: String,
        /// The certificate's.
        found: String,
    },
    /// A link certificate that no anchor of the store signed.
    #[error("link certificate is signed by no anchor of the store")]
    LinkUntrusted,
    /// A revocation list that no anchor of the store signed.
    #[error("revocation list is signed by no anchor of the store")]
    CrlUntrusted,
    /// A revocation list whose signer's certificate is not for revocation lists (key usage cRLSign, RFC 5280 4.2.1.3).
    #[error("the certificate of {0} is not for signing revocation lists")]
    CrlSigner(String),
    /// A revocation list that says it was made later than now.
    #[error("revocation list says it was made at {0}, which is not yet")]
    CrlFromTheFuture(Timestamp),
    /// A revocation list with a lower number than the one that is there.
    #[error("revocation list has number {found}, the store has {stored}")]
    CrlRollback {
        /// The number of the list that is there.
        stored: u64,
        /// The number of the list that came.
        found: u64,
    },
    /// A file of the store that does not parse.
    #[error("{file}: {error}")]
    File {
        /// Its name inside the store.
        file: String,
        /// What is wrong.
        error: X509Error,
    },
    /// A CVCA certificate that does not parse, or is not self-signed.
    #[error("CVCA certificate: {0}")]
    Cvca(CvcError),
    /// The store's description is malformed or of a format that is not known.
    #[error("{file} is malformed at line {line}, column {column}, or of a format that is not known")]
    Description {
        /// Its name.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// The store or a file of it cannot be read or written.
    #[error("{file} cannot be read or written ({kind})")]
    Io {
        /// Its name.
        file: String,
        /// What happened.
        kind: std::io::ErrorKind,
    },
}

impl Refusal for TrustError {
    fn reason(&self) -> Reason {
        match self {
            Self::SampleKey => Reason::SampleKey,
            Self::LookAlike | Self::WrongCountry { .. } | Self::LinkUntrusted | Self::CrlUntrusted => Reason::UntrustedIssuer,
            Self::NotAnAuthority | Self::Cvca(_) => Reason::CertificateUnfit,
            Self::CrlSigner(_) => Reason::CertificateInvalid,
            Self::CrlRollback { .. } => Reason::CrlRollback,
            Self::CrlFromTheFuture(_) => Reason::CrlInvalid,
            Self::File { .. } | Self::Description { .. } => Reason::EncodingInvalid,
            Self::Io { kind, .. } => Reason::of_io(*kind),
        }
    }
}

/// What a store is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Demonstrations and tests: sample keys are welcome.
    Sample,
    /// Real cards: a sample key is refused.
    Production,
}

/// The anchors and lists of one country.
#[derive(Debug, Clone)]
pub struct TrustStore {
    kind: Kind,
    country: String,
    cscas: Vec<Certificate>,
    links: Vec<Certificate>,
    operations: Vec<Certificate>,
    crls: Vec<Crl>,
    /// The key that signed each list, by its signature when it came in.
    crl_signers: Vec<PublicKey>,
    cvcas: Vec<cvc::Certificate>,
}

impl TrustStore {
    /// An empty store for a country's two-letter code.
    #[must_use]
    pub fn new(kind: Kind, country: &str) -> Self {
        let (cscas, links, operations, crls, crl_signers, cvcas) = <_>::default();
        Self { kind, country: country.to_ascii_uppercase(), cscas, links, operations, crls, crl_signers, cvcas }
    }

    /// What the store is for.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The country's two-letter code, in capital letters.
    #[must_use]
    pub fn country(&self) -> &str {
        &self.country
    }

    /// The anchors for a purpose: CSCA for document signers, operations roots for everything else.
    #[must_use]
    pub fn anchors(&self, purpose: Purpose) -> &[Certificate] {
        if purpose == Purpose::DocumentSigner { &self.cscas } else { &self.operations }
    }

    /// Link certificates.
    #[must_use]
    pub fn links(&self) -> &[Certificate] {
        &self.links
    }

    /// The self-signed CVCA certificates.
    #[must_use]
    pub fn cvcas(&self) -> &[cvc::Certificate] {
        &self.cvcas
    }

    /// The revocation lists.
    #[must_use]
    pub fn crls(&self) -> &[Crl] {
        &self.crls
    }

    /// The revocation list of an authority, verified when it came in.
    #[must_use]
    pub fn crl_of(&self, authority: &Certificate) -> Option<&Crl> {
        let kept = self.crls.iter().zip(&self.crl_signers);
        kept.filter(|(_, signer)| *signer == authority.public_key()).map(|(crl, _)| crl).find(|crl| crl.is_of(authority))
    }

    /// The authorities whose revocation lists are here, by the SHA-256 of their public keys.
    pub fn crl_authorities(&self) -> impl Iterator<Item = [u8; 32]> {
        self.crl_signers.iter().map(PublicKey::digest)
    }

    /// Adds a country signing authority. Whoever calls this decides to trust it.
    ///
    /// # Errors
    /// [`TrustError::SampleKey`], [`TrustError::NotAnAuthority`], [`TrustError::WrongCountry`] or [`TrustError::LookAlike`].
    pub fn add_csca(&mut self, cert: Certificate) -> Result<(), TrustError> {
        self.check_anchor(&cert)?;
        Self::add(&mut self.cscas, cert)
    }

    /// Adds an operations root. Whoever calls this decides to trust it.
    ///
    /// # Errors
    /// As [`Self::add_csca`].
    pub fn add_operations_root(&mut self, cert: Certificate) -> Result<(), TrustError> {
        self.check_anchor(&cert)?;
        Self::add(&mut self.operations, cert)
    }

    /// Adds a link certificate, which an anchor or an earlier link of the store must have signed.
    ///
    /// # Errors
    /// [`TrustError::LinkUntrusted`], or as [`Self::add_csca`].
    pub fn add_link(&mut self, cert: Certificate) -> Result<(), TrustError> {
        self.check_common(&cert)?;
        let mut issuers = self.cscas.iter().chain(&self.links).filter(|a| a.is_named_issuer_of(&cert));
        if !issuers.any(|a| a.verify_issued(&cert).is_ok()) {
            return Err(TrustError::LinkUntrusted);
        }
        Self::add(&mut self.links, cert)
    }

    /// Adds a self-signed CVCA certificate. Whoever calls this decides to trust it.
    ///
    /// # Errors
    /// [`TrustError::SampleKey`], [`TrustError::WrongCountry`] or [`TrustError::Cvca`].
    pub fn add_cvca(&mut self, cert: cvc::Certificate) -> Result<(), TrustError> {
        self.check_cvca(&cert)?;
        if !self.cvcas.contains(&cert) {
            self.cvcas.push(cert);
        }
        Ok(())
    }

    /// Whether a certificate could be a CVCA of this store: self-signed, of its country and its kind.
    ///
    /// # Errors
    /// As [`Self::add_cvca`].
    pub fn check_cvca(&self, cert: &cvc::Certificate) -> Result<(), TrustError> {
        if self.kind != Kind::Sample && mark::is_sample_cvca(cert) {
            return Err(TrustError::SampleKey);
        }
        cert.verify_self_signed().map_err(TrustError::Cvca)?;
        let found: String = cert.body().chr.as_bytes().iter().take(2).map(|&b| char::from(b)).collect();
        if found != self.country {
            return Err(TrustError::WrongCountry { expected: self.country.clone(), found });
        }
        Ok(())
    }

    /// Takes a revocation list in at an instant: as [`Self::add_crl`], and not one that would shut the store until its day comes.
    ///
    /// # Errors
    /// [`TrustError::CrlFromTheFuture`], or as [`Self::add_crl`].
    pub fn take_crl(&mut self, crl: Crl, now: Timestamp) -> Result<(), TrustError> {
        if crl.is_future(now) {
            return Err(TrustError::CrlFromTheFuture(crl.this_update()));
        }
        self.add_crl(crl)
    }

    /// Adds a revocation list, which an anchor or link of the store must have signed; it replaces an older one. Its dates are judged
    /// when it is used.
    ///
    /// # Errors
    /// [`TrustError::CrlUntrusted`], [`TrustError::CrlSigner`] or [`TrustError::CrlRollback`].
    pub fn add_crl(&mut self, crl: Crl) -> Result<(), TrustError> {
        let authority = self.check_crl(&crl)?.clone();
        let own = |old: &(Crl, PublicKey)| old.1 == *authority.public_key() && old.0.is_of(&authority);
        let all = std::mem::take(&mut self.crls).into_iter().zip(std::mem::take(&mut self.crl_signers));
        (self.crls, self.crl_signers) = all.filter(|old| !own(old)).chain([(crl, authority.public_key().clone())]).unzip();
        Ok(())
    }

    /// The authority that signed a list, which is no older than the one that is here.
    ///
    /// # Errors
    /// As [`Self::add_crl`].
    pub fn check_crl(&self, crl: &Crl) -> Result<&Certificate, TrustError> {
        let authority = self.crl_signer(crl)?;
        match self.crl_of(authority).map(Crl::number) {
            Some(stored) if stored > crl.number() => Err(TrustError::CrlRollback { stored, found: crl.number() }),
            _ => Ok(authority),
        }
    }

    /// The authority of the store that signed a list and may.
    fn crl_signer(&self, crl: &Crl) -> Result<&Certificate, TrustError> {
        let authorities = self.cscas.iter().chain(&self.links).chain(&self.operations);
        let signers: Vec<&Certificate> = authorities.filter(|a| crl.is_of(a) && crl.verify(a).is_ok()).collect();
        let first = signers.first().ok_or(TrustError::CrlUntrusted)?;
        // One key may have two certificates, its own and a link.
        let may = |a: &&&Certificate| a.extensions().key_usage.is_some_and(|u| u.contains(KeyUsage::CRL_SIGN));
        signers.iter().find(may).copied().ok_or_else(|| TrustError::CrlSigner(first.subject().to_string()))
    }

    fn check_common(&self, cert: &Certificate) -> Result<(), TrustError> {
        if self.kind != Kind::Sample && mark::is_sample(cert) {
            return Err(TrustError::SampleKey);
        }
        let found = cert.subject().country();
        if found != self.country {
            return Err(TrustError::WrongCountry { expected: self.country.clone(), found });
        }
        if cert.extensions().basic.is_some_and(|b| b.ca) { Ok(()) } else { Err(TrustError::NotAnAuthority) }
    }

    fn check_anchor(&self, cert: &Certificate) -> Result<(), TrustError> {
        self.check_common(cert)?;
        if cert.is_self_issued() && cert.verify_issued(cert).is_ok() { Ok(()) } else { Err(TrustError::NotAnAuthority) }
    }

    fn add(list: &mut Vec<Certificate>, cert: Certificate) -> Result<(), TrustError> {
        let id = |c: &Certificate| c.extensions().subject_key_id.clone();
        let similar = |c: &&Certificate| c.subject().matches(cert.subject()) && id(c) == id(&cert);
        if list.iter().filter(similar).any(|c| c.public_key() != cert.public_key()) {
            return Err(TrustError::LookAlike);
        }
        if !list.contains(&cert) {
            list.push(cert);
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
