//! This station as a terminal: its CV certificates and the key of the last one.

use crate::crypto::ec::PrivateKey;
use crate::limits::CHAIN_CERTIFICATES;
use crate::pki::cvc::{Certificate, PublicKey, Reference, Role};
use crate::reason::{Reason, Refusal};

/// Why certificates and key make no terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TerminalError {
    /// No terminal certificate among them, or more than one.
    #[error("there must be exactly one terminal certificate, not {0}")]
    NotOneTerminal(usize),
    /// More certificates than a chain can have.
    #[error("more than {CHAIN_CERTIFICATES} certificates")]
    TooMany,
    /// The key is not that of the terminal certificate.
    #[error("the key is not the terminal certificate's")]
    WrongKey,
}

impl Refusal for TerminalError {
    fn reason(&self) -> Reason {
        Reason::TerminalNotAccepted
    }
}

/// A terminal: link certificates, DV and IS in any order, and the IS key.
#[derive(Debug, Clone)]
pub struct Terminal {
    certificates: Vec<Certificate>,
    is: Certificate,
    key: PrivateKey,
}

impl Terminal {
    /// Puts a terminal together.
    ///
    /// # Errors
    /// [`TerminalError`].
    pub fn new(mut certificates: Vec<Certificate>, key: PrivateKey) -> Result<Self, TerminalError> {
        if certificates.len() > CHAIN_CERTIFICATES {
            return Err(TerminalError::TooMany);
        }
        let terminals = certificates.iter().filter(|c| c.role() == Role::Terminal).count();
        let at = certificates.iter().position(|c| c.role() == Role::Terminal);
        let (1, Some(at)) = (terminals, at) else { return Err(TerminalError::NotOneTerminal(terminals)) };
        let is = certificates.swap_remove(at);
        let own = matches!(&is.body().public_key, PublicKey::Ec { point, .. } if point == key.public_key().as_bytes());
        if own { Ok(Self { certificates, is, key }) } else { Err(TerminalError::WrongKey) }
    }

    /// The terminal's certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.is
    }

    /// The terminal's key.
    #[must_use]
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// The certificates to send to a chip with these trust points, first to last: link certificates as far as needed, DV, IS.
    #[must_use]
    pub fn chain_from(&self, trust_points: &[Reference]) -> Option<Vec<Certificate>> {
        let trusted = |reference: &Reference| trust_points.contains(reference);
        let mut chain = vec![self.is.clone()];
        for _ in 0..CHAIN_CERTIFICATES {
            let issuer = chain.first().map(|c| c.body().car.clone())?;
            if trusted(&issuer) {
                return Some(chain);
            }
            // A self-signed root names itself; it is no link and leads nowhere.
            let next = self.certificates.iter().find(|c| c.body().chr == issuer && !c.is_self_issued())?;
            chain.insert(0, next.clone());
        }
        None
    }
}

#[cfg(test)]
#[path = "tests/terminal.rs"]
mod tests;
