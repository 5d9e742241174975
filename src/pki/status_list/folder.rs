//! The folder that verifiers pull: the last whole list, and the deltas after it, each a file. What is published is staged first, and shown
//! once the register holds its number: a crash between leaves what the next run shows, or what nobody saw.

use super::StatusListError;
use crate::durable::{self, Readers};
use crate::limits::{STATUS_DELTAS, STATUS_LIST_BYTES, SWEPT_FILES};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The whole list.
pub const WHOLE: &str = "status-list.cwt";
/// A delta is `status-delta-NUMBER.cwt`.
const DELTA: &str = "status-delta-";
const SUFFIX: &str = ".cwt";
/// What is staged under a number: `.status-list-NUMBER.staged`, `.status-delta-NUMBER.staged`.
const STAGED_WHOLE: &str = ".status-list-";
const STAGED_DELTA: &str = ".status-delta-";
const STAGED: &str = ".staged";

/// A folder of a publisher.
#[derive(Debug)]
pub struct Folder(PathBuf);

/// What is given out under one number, signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signed {
    /// The delta.
    pub delta: Option<Vec<u8>>,
    /// The whole list.
    pub whole: Option<Vec<u8>>,
}

impl Folder {
    /// A folder that is there, or is made.
    ///
    /// # Errors
    /// [`StatusListError::Io`].
    pub fn open(dir: &Path) -> Result<Self, StatusListError> {
        std::fs::create_dir_all(dir).map_err(io)?;
        Ok(Self(dir.to_owned()))
    }

    /// Refuses a folder that is another register's, or shows a higher number than the register ever gave: then the register is an old one
    /// that was put back, and would give numbers away a second time.
    ///
    /// # Errors
    /// [`StatusListError::Exists`], [`StatusListError::Behind`], [`StatusListError::Io`].
    pub fn belongs(&self, uri: &str, number: u64) -> Result<(), StatusListError> {
        let mut shown = numbered(&self.0, DELTA, SUFFIX)?.into_keys().next_back().unwrap_or(0);
        match bounded(&self.0.join(WHOLE)) {
            Ok(whole) => match super::look_at(&whole) {
                Ok((list, _)) if list.uri == uri => shown = shown.max(list.number),
                _ => return Err(StatusListError::Exists),
            },
            Err(StatusListError::Io(io::ErrorKind::NotFound)) => {}
            Err(error) => return Err(error),
        }
        if shown > number { Err(StatusListError::Behind { number, shown }) } else { Ok(()) }
    }

    /// Lays what was signed under a number ready, durably; nobody sees it yet.
    ///
    /// # Errors
    /// [`StatusListError::Io`].
    pub fn stage(&self, number: u64, signed: &Signed) -> Result<(), StatusListError> {
        for (bytes, begins) in [(&signed.delta, STAGED_DELTA), (&signed.whole, STAGED_WHOLE)] {
            if let Some(bytes) = bytes {
                durable::replace(&self.0.join(format!("{begins}{number}{STAGED}")), bytes, Readers::Anyone).map_err(io)?;
            }
        }
        Ok(())
    }

    /// Brings the folder to the number that the register holds: what is staged under it is shown, and what is staged under a number that
    /// the register never held is thrown away, since nobody saw it.
    ///
    /// # Errors
    /// [`StatusListError::Io`].
    pub fn settle(&self, number: u64) -> Result<(), StatusListError> {
        // The delta first: who reads between has the list before and all that leads on from it.
        for (begins, shown) in [(STAGED_DELTA, format!("{DELTA}{number}{SUFFIX}")), (STAGED_WHOLE, WHOLE.to_owned())] {
            for (of, path) in numbered(&self.0, begins, STAGED)? {
                if of == number {
                    std::fs::rename(&path, self.0.join(&shown)).map_err(io)?;
                } else {
                    std::fs::remove_file(&path).map_err(io)?;
                }
            }
        }
        durable::sync_folder(&self.0).map_err(io)
    }

    /// Whether verifiers of this folder can go on from the list of this number: it was shown here.
    ///
    /// # Errors
    /// [`StatusListError::Io`].
    pub fn shows(&self, number: u64) -> Result<bool, StatusListError> {
        if self.0.join(format!("{DELTA}{number}{SUFFIX}")).exists() {
            return Ok(true);
        }
        match bounded(&self.0.join(WHOLE)) {
            Ok(whole) => Ok(super::look_at(&whole).is_ok_and(|(list, _)| list.number == number)),
            Err(StatusListError::Io(io::ErrorKind::NotFound)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Removes deltas up to a number.
    ///
    /// # Errors
    /// [`StatusListError::Io`].
    pub fn prune(&self, number: u64) -> Result<(), StatusListError> {
        for (of, path) in numbered(&self.0, DELTA, SUFFIX)? {
            if of <= number {
                std::fs::remove_file(&path).map_err(io)?;
            }
        }
        Ok(())
    }
}

/// What a verifier reads of such a folder, as one sequence: the whole list, and the deltas of higher numbers in their order. Names are a
/// hint alone; whether one follows the other is judged with the signatures.
///
/// # Errors
/// [`StatusListError::Io`], [`StatusListError::Malformed`] for more than a list may have.
pub fn read(dir: &Path) -> Result<Vec<u8>, StatusListError> {
    let mut sequence = bounded(&dir.join(WHOLE))?;
    // Of a whole list that is none nothing follows; whoever judges says so.
    let whole = super::look_at(&sequence).map_or(u64::MAX, |(list, _)| list.number);
    for (_, path) in numbered(dir, DELTA, SUFFIX)?.into_iter().filter(|(of, _)| *of > whole).take(STATUS_DELTAS + 1) {
        sequence.extend(bounded(&path)?);
        if sequence.len() > STATUS_LIST_BYTES {
            return Err(StatusListError::Malformed("size"));
        }
    }
    Ok(sequence)
}

fn bounded(path: &Path) -> Result<Vec<u8>, StatusListError> {
    let mut bytes = Vec::new();
    let most = STATUS_LIST_BYTES as u64;
    std::fs::File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)).map_err(io)?;
    if bytes.len() > STATUS_LIST_BYTES { Err(StatusListError::Malformed("size")) } else { Ok(bytes) }
}

/// Files of a folder that are named by a number, in the order of the numbers.
fn numbered(dir: &Path, begins: &str, ends: &str) -> Result<BTreeMap<u64, PathBuf>, StatusListError> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(dir).map_err(io)?.take(SWEPT_FILES) {
        let entry = entry.map_err(io)?;
        let name = entry.file_name();
        let digits = name.to_str().and_then(|name| name.strip_prefix(begins)?.strip_suffix(ends));
        if let Some(number) = digits.and_then(|digits| digits.parse().ok()) {
            all.insert(number, entry.path());
        }
    }
    Ok(all)
}

fn io(error: io::Error) -> StatusListError {
    StatusListError::Io(error.kind())
}
