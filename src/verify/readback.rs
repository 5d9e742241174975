//! Read-back after personalization: does the chip hold the image, and its keys? Never *genuine*: the card is in nobody's hand yet,
//! so no status is asked for.

use super::check::{CheckName, CheckResult};
use super::evidence::Evidence;
use super::judge::{Mode, Policy, Purpose, judge};
use super::live::LiveProof;
use crate::lds::file_id::FileId;
use crate::lds::files::CardFiles;
use crate::pki::trust::TrustStore;
use crate::reason::{Reason, Refusal};
use jiff::Timestamp;

/// Why what was read is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadBackError {
    /// A file of the image was not read, or its bytes were not kept.
    #[error("{0} was not read back")]
    NotRead(FileId),
    /// A file has another length.
    #[error("{file} has {read} bytes where {written} were written")]
    Length {
        /// Which.
        file: FileId,
        /// Bytes written.
        written: usize,
        /// Bytes read.
        read: usize,
    },
    /// A file differs.
    #[error("{file} differs from byte {offset}")]
    Differs {
        /// Which.
        file: FileId,
        /// First byte that differs.
        offset: usize,
    },
    /// The chip holds a file that the image does not have.
    #[error("{0} is on the chip but not in the image")]
    Unexpected(FileId),
    /// A check of the verdict failed or could not be decided.
    #[error("check {check}: {reason}")]
    Check {
        /// Which check.
        check: CheckName,
        /// Its reason.
        reason: Reason,
    },
}

impl Refusal for ReadBackError {
    fn reason(&self) -> Reason {
        Reason::ReadBackDiffers
    }
}

/// The chip holds exactly the image, the signature over it verifies, and the chip proved its key to this process. Only
/// [`equals_image`] makes one.
#[derive(Debug)]
pub struct ReadBackMatched(());

/// Checks that cannot hold before handover, or that say nothing about what was written.
const NOT_ASKED: [CheckName; 2] = [CheckName::Status, CheckName::Revocation];

/// Compares a live reading of a fresh card with the files that were written. `image` holds every file of the chip, EF.CVCA
/// included if its content is known.
///
/// # Errors
/// [`ReadBackError`], the first difference in file table order, then the first check that does not hold.
pub fn equals_image(
    evidence: &Evidence,
    proof: &LiveProof,
    trust: &TrustStore,
    now: Timestamp,
    image: &CardFiles,
) -> Result<ReadBackMatched, ReadBackError> {
    for (file, written) in image.iter() {
        let read = evidence.file(file).ok_or(ReadBackError::NotRead(file))?;
        compare(file, written, read)?;
    }
    // The chip keeps EF.CVCA itself, so an image need not hold it.
    let unexpected = |file: &&FileId| **file != FileId::Cvca && image.get(**file).is_none();
    if let Some(file) = evidence.files.keys().find(unexpected) {
        return Err(ReadBackError::Unexpected(*file));
    }
    let policy = Policy { now, purpose: Purpose::Handover, status_list: None, seen: crate::verify::ListsSeen::default() };
    let verdict = judge(evidence, &Mode::Live(proof), trust, &policy);
    let bad = |result: CheckResult| matches!(result, CheckResult::Failed | CheckResult::Undecided);
    match verdict.checks.iter().find(|c| bad(c.result) && !NOT_ASKED.contains(&c.name)) {
        Some(check) => Err(ReadBackError::Check { check: check.name, reason: check.reason.unwrap_or(Reason::CouldNotDecide) }),
        None => Ok(ReadBackMatched(())),
    }
}

fn compare(file: FileId, written: &[u8], read: &[u8]) -> Result<(), ReadBackError> {
    match written.iter().zip(read).position(|(a, b)| a != b) {
        Some(offset) => Err(ReadBackError::Differs { file, offset }),
        None if written.len() != read.len() => Err(ReadBackError::Length { file, written: written.len(), read: read.len() }),
        None => Ok(()),
    }
}
