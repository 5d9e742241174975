//! The card status list as verifiers have it: a whole list, deltas after it, or the folder in which both are published.

use super::output::Failure;
use super::place;
use crate::limits::STATUS_LIST_BYTES;
use crate::pki::status_list::folder;
use crate::reason::Reason;
use std::path::{Path, PathBuf};

/// One sequence of what these paths hold, in their order: a file as it is, a folder as its list and the deltas after it.
///
/// # Errors
/// `file-unreadable`, `input-invalid`.
pub fn read(paths: &[PathBuf]) -> Result<Vec<u8>, Failure> {
    let mut sequence = Vec::new();
    for path in paths {
        sequence.extend(one(path)?);
        if sequence.len() > STATUS_LIST_BYTES {
            return Err(Failure::new(Reason::InputInvalid, "the status list and its deltas are larger than any list"));
        }
    }
    Ok(sequence)
}

fn one(path: &Path) -> Result<Vec<u8>, Failure> {
    if path.is_dir() {
        return folder::read(path).map_err(|e| Failure::at(path, &e));
    }
    place::read(path, u64::try_from(STATUS_LIST_BYTES).unwrap_or(u64::MAX))
}

/// The list of a trust store's folder, if it has one.
///
/// # Errors
/// As [`read`].
pub fn beside(trust: &Path) -> Result<Option<Vec<u8>>, Failure> {
    if trust.join(folder::WHOLE).exists() { read(&[trust.to_owned()]).map(Some) } else { Ok(None) }
}
