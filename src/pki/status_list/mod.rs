//! The card status list: two bits per status index, signed as a Token Status List in a CWT
//! (draft-ietf-oauth-status-list), with a number that only grows; and deltas, which bring it from one number to the next
//! (`specs/status-list.md`).

pub mod bits;
mod cose;
pub mod delta;
#[cfg(feature = "store")]
pub mod folder;
pub mod register;
mod token;

pub use bits::{Bits, CardStatus};
pub use delta::Delta;
pub use token::{Token, sign};

use super::time;
use super::trust::TrustStore;
use super::x509::Certificate;
use super::x509::issue::Purpose;
use super::x509::path::{self, CheckedPath, PathError};
use crate::limits::{STATUS_DELTAS, STATUS_LIST_BYTES};
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
    /// A delta that does not go on from this list, but from a later one: one between is missing.
    #[error("status list has number {found}, and the delta goes on from {base}")]
    Gap {
        /// Number of the list as far as it is known.
        found: u64,
        /// Number that the delta goes on from.
        base: u64,
    },
    /// A delta that goes on from an older list than this.
    #[error("status list has number {found}, and the delta goes on from {base}, which is older")]
    OldDelta {
        /// Number of the list as far as it is known.
        found: u64,
        /// Number that the delta goes on from.
        base: u64,
    },
    /// A delta of another list: of another place, or whose list of that number says something else.
    #[error("delta {0} goes on from another list")]
    OtherBase(u64),
    /// A delta that does not lead to what it says.
    #[error("delta {0} does not lead to the list that it names")]
    OtherResult(u64),
    /// A delta that somebody else signed than the list.
    #[error("delta is not signed with the list's key")]
    ForeignKey,
    /// More deltas after a list than are read.
    #[error("more than {STATUS_DELTAS} deltas after a list")]
    TooManyDeltas,
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
    /// A file of the register's name is there already, or a list of another register where this one's is to be.
    #[error("status register, or another one's list, is there already")]
    Exists,
    /// The register is older than what was published from it.
    #[error("status register has number {number}, and {shown} was published from it")]
    Behind {
        /// The register's number.
        number: u64,
        /// The highest that was published.
        shown: u64,
    },
    /// The register's file is malformed.
    #[error("status register is malformed")]
    Register,
}

impl Refusal for StatusListError {
    fn reason(&self) -> Reason {
        match self {
            Self::Malformed(_)
            | Self::Signature
            | Self::FromTheFuture(_)
            | Self::OtherBase(_)
            | Self::OtherResult(_)
            | Self::ForeignKey
            | Self::TooManyDeltas => Reason::StatusListInvalid,
            Self::Gap { .. } => Reason::StatusListGap,
            Self::Signer(e) if matches!(e.reason(), Reason::SampleKey | Reason::UntrustedIssuer) => e.reason(),
            Self::Signer(_) => Reason::StatusListInvalid,
            Self::Rollback { .. } | Self::OldDelta { .. } | Self::Behind { .. } => Reason::StatusListRollback,
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

/// Verifies a signed list at an instant: a whole list, and the deltas after it, as one CBOR sequence (RFC 8742: one file after the other).
/// What is judged by is the list that they lead to. `highest_seen` is the judge's own memory, 0 at first.
///
/// # Errors
/// [`StatusListError::Malformed`], [`StatusListError::Signature`], [`StatusListError::Signer`], [`StatusListError::Rollback`] or
/// [`StatusListError::FromTheFuture`]; of deltas [`StatusListError::Gap`], [`StatusListError::OldDelta`], [`StatusListError::OtherBase`],
/// [`StatusListError::OtherResult`], [`StatusListError::ForeignKey`], [`StatusListError::TooManyDeltas`] or
/// [`StatusListError::IndexTooLarge`].
pub fn verify(cwt: &[u8], store: &TrustStore, at: Timestamp, highest_seen: u64) -> Result<StatusListChecked, StatusListError> {
    let mut rest = bounded(cwt)?;
    let first = cose::take(&mut rest)?.of(token::TYPE)?;
    let path = path::check(&first.signer()?, Purpose::StatusList, store, at, None)?;
    let token::Verified { token, expires } = token::read_claims(&first.verify(path.leaf())?)?;
    let token = follow(token, rest, path.leaf())?;
    if token.number < highest_seen {
        return Err(StatusListError::Rollback { seen: highest_seen, found: token.number });
    }
    if time::is_future(token.issued_at, at) {
        return Err(StatusListError::FromTheFuture(token.issued_at));
    }
    Ok(StatusListChecked { token, expires, path })
}

fn bounded(cwt: &[u8]) -> Result<&[u8], StatusListError> {
    if cwt.len() > STATUS_LIST_BYTES { Err(StatusListError::Malformed("size")) } else { Ok(cwt) }
}

/// Where the deltas of a sequence lead from a list.
fn follow(mut token: Token, mut rest: &[u8], signer: &Certificate) -> Result<Token, StatusListError> {
    let (mut last, mut read) = (None::<Delta>, 0);
    while !rest.is_empty() {
        if read == STATUS_DELTAS {
            return Err(StatusListError::TooManyDeltas);
        }
        read += 1;
        let delta = one_delta(&mut rest, signer)?;
        match delta.base.cmp(&token.number) {
            std::cmp::Ordering::Greater => return Err(StatusListError::Gap { found: token.number, base: delta.base }),
            std::cmp::Ordering::Less => return Err(StatusListError::OldDelta { found: token.number, base: delta.base }),
            std::cmp::Ordering::Equal => {}
        }
        let from = last.as_ref().map_or_else(|| delta::digest(&token.bits), |last| last.to);
        // What was made before the list that it goes on from was not made of it.
        if delta.uri != token.uri || delta.from != from || delta.number <= delta.base || delta.issued_at < token.issued_at {
            return Err(StatusListError::OtherBase(delta.number));
        }
        delta.apply(&mut token.bits)?;
        (token.number, token.issued_at) = (delta.number, delta.issued_at);
        last = Some(delta);
    }
    match last {
        Some(delta) if !delta.is_result(&token.bits) => Err(StatusListError::OtherResult(delta.number)),
        _ => Ok(token),
    }
}

fn one_delta(rest: &mut &[u8], signer: &Certificate) -> Result<Delta, StatusListError> {
    let message = cose::take(rest)?.of(delta::TYPE)?;
    if message.signer()? != *signer {
        return Err(StatusListError::ForeignKey);
    }
    delta::read(&message.verify(signer)?)
}

/// A list as it stands, with the certificate it carries, which signed it, after the deltas that follow it. Whether that signer is anyone's
/// is not asked: this is for looking at, never for judging by.
///
/// # Errors
/// [`StatusListError::Malformed`] or [`StatusListError::Signature`]; of deltas as [`verify`].
pub fn look_at(cwt: &[u8]) -> Result<(Token, Certificate), StatusListError> {
    let mut rest = bounded(cwt)?;
    let first = cose::take(&mut rest)?.of(token::TYPE)?;
    let signer = first.signer()?;
    let token = token::read_claims(&first.verify(&signer)?)?.token;
    Ok((follow(token, rest, &signer)?, signer))
}

/// A delta as it stands, with the certificate that it carries, to be looked at alone.
///
/// # Errors
/// [`StatusListError::Malformed`] or [`StatusListError::Signature`].
pub fn look_at_delta(cwt: &[u8]) -> Result<(Delta, Certificate), StatusListError> {
    let mut rest = bounded(cwt)?;
    let message = cose::take(&mut rest)?.of(delta::TYPE)?;
    let signer = message.signer()?;
    let delta = delta::read(&message.verify(&signer)?)?;
    if rest.is_empty() { Ok((delta, signer)) } else { Err(StatusListError::Malformed("COSE")) }
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
mod delta_tests;
#[cfg(test)]
mod tests;
