//! Where verbs put what they write: whole or not at all, private unless it is for everyone, and never over something else unasked.

use super::output::Failure;
use crate::durable::{self, Readers};
use crate::reason::Reason;
use std::io::ErrorKind;
use std::path::Path;

/// Writes a file that only its owner may read, in the place of the one that may be there.
///
/// # Errors
/// `file-unreadable`.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), Failure> {
    durable::replace(path, content, Readers::Owner).map_err(|e| unwritable(path, e.kind()))
}

/// Writes a new file that only its owner may read: it is secret, or about a person.
///
/// # Errors
/// `output-exists`, `file-unreadable`.
pub fn create_private(path: &Path, content: &[u8]) -> Result<(), Failure> {
    durable::create(path, content, Readers::Owner).map_err(|e| uncreated(path, e.kind()))
}

/// Writes a new file for everyone; one that is there with this very content is as good.
///
/// # Errors
/// As [`create_private`].
pub fn create_public(path: &Path, content: &[u8]) -> Result<(), Failure> {
    match durable::create(path, content, Readers::Anyone) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists && std::fs::read(path).is_ok_and(|found| found == content) => Ok(()),
        other => other.map_err(|e| uncreated(path, e.kind())),
    }
}

fn uncreated(path: &Path, kind: ErrorKind) -> Failure {
    match kind {
        ErrorKind::AlreadyExists => Failure::new(Reason::OutputExists, format!("{} is there already", path.display())),
        other => unwritable(path, other),
    }
}

fn unwritable(path: &Path, kind: ErrorKind) -> Failure {
    Failure::new(Reason::FileUnreadable, format!("cannot write {}: {kind}", path.display()))
}
