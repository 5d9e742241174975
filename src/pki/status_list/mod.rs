//! The card status list: two bits per status index, signed as a Token Status List in a CWT
//! (draft-ietf-oauth-status-list), with a number that only grows.

pub mod bits;
pub mod register;
mod token;

pub use bits::{Bits, CardStatus};
pub use token::{Token, sign};

use super::time;
use super::trust::TrustStore;
use super::x509::Certificate;
use super::x509::issue::Purpose;
use super::x509::path::{self, CheckedPath, PathError};
use crate::reason::{Reason, Refusal};
use jiff::{SignedDuration, Timestamp};

/// Up to this age a list decides without a word.
pub const FRESH: SignedDuration = SignedDuration::from_hours(24);
/// Up to this age a list decides and says how old it is; beyond, it does not decide.
pub const USABLE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Why a status list does not decide.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatusListError {
    /// Not a status list token of the form that is ours.
    #[error("status list is malformed: {0}")]
    Malformed(&'static str),
    /// The signature does not verify.
    #[error("status list's signature does not verify")]
    Signature,
    /// The signer is not accepted for status lists.
    #[error("status list's signer: {0}")]
    Signer(#[from] PathError),
    /// A number below the highest that the judge has seen.
    #[error("status list has number {found}, {seen} was seen before")]
    Rollback {
        /// The highest number seen.
        seen: u64,
        /// This list's.
        found: u64,
    },
    /// Made later than now.
    #[error("status list says it was made at {0}, which is not yet")]
    FromTheFuture(Timestamp),
    /// Too old to decide.
    #[error("status list was made at {0}, too long ago to decide")]
    Stale(Timestamp),
    /// The index is beyond the list.
    #[error("status index {index} is beyond the list of {length}")]
    IndexUnknown {
        /// The card's index.
        index: u64,
        /// How many indices the list has.
        length: u64,
    },
    /// A revoked index does not change again.
    #[error("status index {0} is revoked for good")]
    RevokedForGood(u64),
    /// An index that the register does not have.
    #[error("status index {index} is beyond the register, which has {length}")]
    IndexTooLarge {
        /// The index.
        index: u64,
        /// How many indices the register has.
        length: u64,
    },
    /// No list has this many indices.
    #[error("a status list has 1 to {most} indices, not {0}", most = register::MOST_INDICES)]
    Length(u64),
    /// The register's file cannot be read or written.
    #[error("status register cannot be read or written ({0})")]
    Io(std::io::ErrorKind),
    /// A file of the register's name is there already.
    #[error("status register is there already")]
    Exists,
    /// The register's file is malformed.
    #[error("status register is malformed")]
    Register,
}

impl Refusal for StatusListError {
    fn reason(&self) -> Reason {
        match self {
            Self::Malformed(_) | Self::Signature | Self::FromTheFuture(_) => Reason::StatusListInvalid,
            Self::Signer(e) if matches!(e.reason(), Reason::SampleKey | Reason::UntrustedIssuer) => e.reason(),
            Self::Signer(_) => Reason::StatusListInvalid,
            Self::Rollback { .. } => Reason::StatusListRollback,
            Self::Stale(_) => Reason::StatusListStale,
            Self::IndexUnknown { .. } => Reason::StatusIndexUnknown,
            Self::RevokedForGood(_) => Reason::RevokedForGood,
            Self::IndexTooLarge { .. } | Self::Length(_) => Reason::InputInvalid,
            Self::Io(kind) => Reason::of_io(*kind),
            Self::Exists => Reason::OutputExists,
            Self::Register => Reason::EncodingInvalid,
        }
    }
}

/// A list whose signature, signer and number were checked. Only [`verify`] makes one.
#[derive(Debug, Clone)]
pub struct StatusListChecked {
    token: Token,
    expires: Option<Timestamp>,
    path: CheckedPath,
}

/// What a list says about a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The card's state.
    pub status: CardStatus,
    /// The list's number.
    pub number: u64,
    /// When the list was made.
    pub issued_at: Timestamp,
    /// Whether the list is younger than [`FRESH`]; if not, the verdict says how old it is.
    pub fresh: bool,
}

/// Verifies a signed list at an instant. `highest_seen` is the judge's own memory, 0 at first.
///
/// # Errors
/// [`StatusListError::Malformed`], [`StatusListError::Signature`], [`StatusListError::Signer`], [`StatusListError::Rollback`] or
/// [`StatusListError::FromTheFuture`].
pub fn verify(cwt: &[u8], store: &TrustStore, at: Timestamp, highest_seen: u64) -> Result<StatusListChecked, StatusListError> {
    let unverified = token::parse(cwt)?;
    let signer = unverified.signer()?;
    let path = path::check(&signer, Purpose::StatusList, store, at, None)?;
    let token::Verified { token, expires } = unverified.verify(path.leaf())?;
    if token.number < highest_seen {
        return Err(StatusListError::Rollback { seen: highest_seen, found: token.number });
    }
    if time::is_future(token.issued_at, at) {
        return Err(StatusListError::FromTheFuture(token.issued_at));
    }
    Ok(StatusListChecked { token, expires, path })
}

/// A list as it stands, with the certificate it carries, which signed it. Whether that signer is anyone's is not asked: this is for
/// looking at, never for judging by.
///
/// # Errors
/// [`StatusListError::Malformed`] or [`StatusListError::Signature`].
pub fn look_at(cwt: &[u8]) -> Result<(Token, Certificate), StatusListError> {
    let unverified = token::parse(cwt)?;
    let signer = unverified.signer()?;
    Ok((unverified.verify(&signer)?.token, signer))
}

impl StatusListChecked {
    /// The list's number: the judge remembers the highest.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.token.number
    }

    /// When the list was made.
    #[must_use]
    pub fn issued_at(&self) -> Timestamp {
        self.token.issued_at
    }

    /// How many indices the list has.
    #[must_use]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> u64 {
        self.token.bits.len()
    }

    /// The signer's path.
    #[must_use]
    pub fn path(&self) -> &CheckedPath {
        &self.path
    }

    /// What the list says about an index at an instant.
    ///
    /// # Errors
    /// [`StatusListError::Stale`] or [`StatusListError::IndexUnknown`]: could not decide.
    pub fn answer(&self, index: u64, at: Timestamp) -> Result<Answer, StatusListError> {
        let age = at.duration_since(self.token.issued_at);
        if age > USABLE || self.expires.is_some_and(|until| at >= until) {
            return Err(StatusListError::Stale(self.token.issued_at));
        }
        let length = self.len();
        let status = self.token.bits.get(index).ok_or(StatusListError::IndexUnknown { index, length })?;
        Ok(Answer { status, number: self.token.number, issued_at: self.token.issued_at, fresh: age <= FRESH })
    }
}

#[cfg(test)]
mod tests;
