//! A file replaced in one step that lasts: its bytes are on the disk before they take the old ones' name, and that name before
//! anyone hears of it.

use std::io::{Result, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// What a replacement asks of a disk.
pub(super) trait Disk {
    /// Writes a new file that its owner alone can read; one that is there is left alone.
    fn write_new(&mut self, path: &Path, bytes: &[u8]) -> Result<()>;
    /// Returns when a file's bytes outlast a power loss.
    fn flush(&mut self, path: &Path) -> Result<()>;
    /// Gives a file another name, in the place of whatever has it.
    fn rename(&mut self, from: &Path, to: &Path) -> Result<()>;
    /// Returns when the names in a folder outlast a power loss.
    fn flush_folder(&mut self, folder: &Path) -> Result<()>;
    /// Removes a file.
    fn remove(&mut self, path: &Path) -> Result<()>;
}

/// The machine's file systems.
pub(super) struct Files;

impl Disk for Files {
    fn write_new(&mut self, path: &Path, bytes: &[u8]) -> Result<()> {
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(bytes)
    }

    fn flush(&mut self, path: &Path) -> Result<()> {
        std::fs::File::open(path)?.sync_all()
    }

    fn rename(&mut self, from: &Path, to: &Path) -> Result<()> {
        std::fs::rename(from, to)
    }

    fn flush_folder(&mut self, folder: &Path) -> Result<()> {
        std::fs::File::open(folder)?.sync_all()
    }

    fn remove(&mut self, path: &Path) -> Result<()> {
        std::fs::remove_file(path)
    }
}

/// Writes a new file that lasts.
pub(super) fn create(disk: &mut impl Disk, path: &Path, bytes: &[u8]) -> Result<()> {
    disk.write_new(path, bytes)?;
    disk.flush(path)?;
    disk.flush_folder(folder(path))
}

/// Puts bytes in the place of a file: whoever reads it, at any time and after any power loss, finds the old or the new ones, and
/// the new ones once this has returned. `beside` is a name of its own in the same folder.
pub(super) fn replace(disk: &mut impl Disk, path: &Path, beside: &Path, bytes: &[u8]) -> Result<()> {
    // Left by a process that was killed in the middle.
    let _ = disk.remove(beside);
    let moved = disk.write_new(beside, bytes).and_then(|()| disk.flush(beside)).and_then(|()| disk.rename(beside, path));
    if moved.is_err() {
        // A disk that is full shall not be so because of us.
        let _ = disk.remove(beside);
    }
    moved.and_then(|()| disk.flush_folder(folder(path)))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
#[path = "durable_tests.rs"]
mod tests;
