//! Items that come in parts: a transfer that was cut goes on where it ended, and nothing is an item before its bytes are those of its name.

use super::SyncError;
use super::item::Sha;
use crate::durable;
use crate::limits::{SYNC_ITEM_BYTES, SYNC_PARTS};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// A folder of what has come in part.
#[derive(Debug, Clone)]
pub struct Parts(PathBuf);

impl Parts {
    /// The folder; made if it is not there.
    ///
    /// # Errors
    /// [`SyncError::Files`].
    pub fn at(folder: &Path) -> Result<Self, SyncError> {
        durable::private_folder(folder).map_err(|e| SyncError::io(folder, &e))?;
        Ok(Self(folder.to_owned()))
    }

    fn path(&self, sha: Sha) -> PathBuf {
        self.0.join(format!("{sha}.part"))
    }

    /// How much of an item is there.
    #[must_use]
    pub fn have(&self, sha: Sha) -> u64 {
        fs::metadata(self.path(sha)).map_or(0, |found| found.len())
    }

    /// Adds what follows; how much is there then.
    ///
    /// # Errors
    /// [`SyncError::Part`] if it does not begin where the last ended, [`SyncError::TooMuch`], [`SyncError::Files`].
    pub fn add(&self, sha: Sha, from: u64, bytes: &[u8]) -> Result<u64, SyncError> {
        let (path, have) = (self.path(sha), self.have(sha));
        if from != have {
            return Err(SyncError::Part { asked: from, have });
        }
        let after = have.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if after > SYNC_ITEM_BYTES {
            self.forget(sha);
            return Err(SyncError::TooMuch("bytes of an item", SYNC_ITEM_BYTES));
        }
        if have == 0 {
            self.make_room()?;
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&path).and_then(|mut file| file.write_all(bytes));
        written.map_err(|e| SyncError::io(&path, &e))?;
        Ok(after)
    }

    /// The item, if all of it is there.
    ///
    /// # Errors
    /// [`SyncError::Digest`] for other bytes: they are forgotten, and the transfer begins anew; [`SyncError::Files`].
    pub fn whole(&self, sha: Sha) -> Result<Vec<u8>, SyncError> {
        let path = self.path(sha);
        let bytes = fs::read(&path).map_err(|e| SyncError::io(&path, &e))?;
        if Sha::of(&bytes) == sha {
            return Ok(bytes);
        }
        self.forget(sha);
        Err(SyncError::Digest(sha))
    }

    /// Puts an item that is all there into its place, durable.
    ///
    /// # Errors
    /// As [`Parts::whole`].
    pub fn finish(&self, sha: Sha, path: &Path) -> Result<(), SyncError> {
        let bytes = self.whole(sha)?;
        durable::replace(path, &bytes, durable::Readers::Owner).map_err(|e| SyncError::io(path, &e))?;
        self.forget(sha);
        Ok(())
    }

    /// Takes a part away.
    pub fn forget(&self, sha: Sha) {
        // What stays is taken for what it is when the transfer goes on: bytes that its name tells right or wrong.
        let _ = fs::remove_file(self.path(sha));
    }

    /// Gives the oldest parts up where there are too many.
    fn make_room(&self) -> Result<(), SyncError> {
        let entries = fs::read_dir(&self.0).map_err(|e| SyncError::io(&self.0, &e))?;
        let mut parts: Vec<_> = entries
            .take(SYNC_PARTS.saturating_mul(4))
            .filter_map(Result::ok)
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        parts.sort();
        let surplus = (parts.len() + 1).saturating_sub(SYNC_PARTS);
        for (_, path) in parts.into_iter().take(surplus) {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(SyncError::io(&path, &error)),
                _ => {}
            }
        }
        Ok(())
    }
}
