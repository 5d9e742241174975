//! Where verbs put what they write: whole or not at all, private unless it is for everyone, and never over something else unasked.

use super::output::Failure;
use crate::durable::{self, Readers};
use crate::reason::Reason;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Opens a file to be read: it, or a link to it, must be a regular one, since a pipe or a device of its name would keep the verb waiting
/// for ever.
///
/// # Errors
/// `file-unreadable`.
pub fn open(path: &Path) -> Result<File, Failure> {
    let failure = |what: String| Failure::new(Reason::FileUnreadable, format!("cannot read {}: {what}", path.display()));
    let unreadable = |e: std::io::Error| failure(e.kind().to_string());
    let kind = std::fs::metadata(path).map_err(unreadable)?.file_type();
    // A folder says better by itself that it is one.
    if kind.is_file() || kind.is_dir() { File::open(path).map_err(unreadable) } else { Err(failure("not a regular file".into())) }
}

/// The bytes of a regular file of at most `most`.
///
/// # Errors
/// `file-unreadable`; `input-invalid` for more bytes.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|e| Failure::new(Reason::FileUnreadable, format!("cannot read {}: {}", path.display(), e.kind())))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= most) {
        return Ok(bytes);
    }
    Err(Failure::new(Reason::InputInvalid, format!("{}: larger than {most} bytes", path.display())))
}

/// Refuses to write over what is read, whatever names the two have.
///
/// # Errors
/// `usage`.
pub fn apart(input: &Path, outputs: &[Option<&Path>]) -> Result<(), Failure> {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let own = real(input);
    let same = outputs.iter().flatten().find(|output| own.is_some() && real(output) == own);
    same.map_or(Ok(()), |output| {
        Err(Failure::new(Reason::Usage, format!("{} is what is read; it is not written over", output.display())))
    })
}

/// Refuses a place that is taken, before work is done whose result it is for.
///
/// # Errors
/// `output-exists`.
pub fn must_be_free(path: &Path) -> Result<(), Failure> {
    match path.symlink_metadata() {
        Ok(_) => Err(uncreated(path, ErrorKind::AlreadyExists)),
        Err(_) => Ok(()),
    }
}

/// Writes a file that only its owner may read, in the place of the regular one that may be there.
///
/// # Errors
/// `disk-full`; `file-unreadable`, also for a link, a pipe or a device, which stay what they are.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), Failure> {
    durable::replace(path, content, Readers::Owner).map_err(|e| match e.kind() {
        ErrorKind::InvalidInput => {
            Failure::new(Reason::FileUnreadable, format!("cannot write {}: not a regular file", path.display()))
        }
        kind => unwritable(path, kind),
    })
}

/// Writes a new file that only its owner may read: it is secret, or about a person.
///
/// # Errors
/// `output-exists`, `disk-full`, `file-unreadable`.
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
    Failure::new(Reason::of_io(kind), format!("cannot write {}: {kind}", path.display()))
}
