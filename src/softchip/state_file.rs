//! The chip's memory as a file that survives a restart and a power loss: versioned, checked, replaced in one step, for its owner
//! only.

use super::chip::SoftChip;
use super::store::Store;
use crate::crypto::hash::sha256;
use crate::durable;
use crate::reason::{Reason, Refusal};
use rand_core::CryptoRng;
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 8] = b"EKTPCHIP";
const VERSION: u8 = 1;
/// Largest memory that is taken: an 80k chip several times.
const MOST: usize = 1_048_576;

/// Why a state file is not taken or not written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The bytes are no state of a software chip.
    #[error("not the state of a software chip")]
    NotAState,
    /// The state is of a version that this program does not know.
    #[error("state of version {0} is not known")]
    OtherVersion(u8),
    /// The state's check sum is wrong.
    #[error("the state is damaged")]
    Damaged,
    /// Another process has this chip on a reader.
    #[error("the chip is already on a reader")]
    InUse,
    /// The file cannot be read or written.
    #[error("{path}: {kind}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        kind: std::io::ErrorKind,
    },
}

impl Refusal for StateError {
    fn reason(&self) -> Reason {
        match self {
            Self::File { kind, .. } => Reason::of_io(*kind),
            Self::InUse => Reason::InUse,
            _ => Reason::InputInvalid,
        }
    }
}

impl SoftChip {
    /// The persistent state: `EKTPCHIP ‖ version ‖ memory ‖ SHA-256`. It holds the chip's keys in the clear.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        let mut out = [&MAGIC[..], &[VERSION], self.store.nvm.bytes()].concat();
        out.extend(sha256(&out));
        out
    }

    /// A chip from its saved state, powered on.
    ///
    /// # Errors
    /// [`StateError::NotAState`], [`StateError::OtherVersion`] or [`StateError::Damaged`].
    pub fn restore(bytes: &[u8], rng: impl CryptoRng + Send + 'static) -> Result<Self, StateError> {
        let (body, sum) = bytes.split_last_chunk::<32>().ok_or(StateError::NotAState)?;
        let rest = body.strip_prefix(MAGIC).ok_or(StateError::NotAState)?;
        let (&version, memory) = rest.split_first().ok_or(StateError::NotAState)?;
        if version != VERSION {
            return Err(StateError::OtherVersion(version));
        }
        if sha256(body) != *sum {
            return Err(StateError::Damaged);
        }
        let store = Some(memory.to_vec()).filter(|m| m.len() <= MOST).and_then(Store::restore);
        Ok(Self::over(store.ok_or(StateError::NotAState)?, rng))
    }
}

/// A state file.
#[derive(Debug, Clone)]
pub struct StateFile(PathBuf);

impl StateFile {
    /// The file at this path, whether it exists or not.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The chip of this file, powered on.
    ///
    /// # Errors
    /// Any [`StateError`].
    pub fn load(&self, rng: impl CryptoRng + Send + 'static) -> Result<SoftChip, StateError> {
        let bytes = std::fs::read(&self.0).map_err(|e| self.failed(&e))?;
        SoftChip::restore(&bytes, rng)
    }

    /// Writes a new file that outlasts a power loss; an existing one is not touched.
    ///
    /// # Errors
    /// [`StateError::File`].
    pub fn create(&self, chip: &SoftChip) -> Result<(), StateError> {
        durable::create(&self.0, &chip.save(), durable::Readers::Owner).map_err(|e| self.failed(&e))
    }

    /// Puts the chip's state in the place of the old one: a reader sees the one or the other, and the new one once this returned,
    /// whatever becomes of the power.
    ///
    /// # Errors
    /// [`StateError::File`].
    pub fn replace(&self, chip: &SoftChip) -> Result<(), StateError> {
        durable::replace(&self.0, &chip.save(), durable::Readers::Owner).map_err(|e| self.failed(&e))
    }

    /// Keeps every other process from taking this chip, as long as the handle lives: a chip is in one place.
    ///
    /// # Errors
    /// [`StateError::InUse`] or [`StateError::File`].
    pub fn lock(&self) -> Result<durable::Held, StateError> {
        // Before the lock, so that a mistyped name leaves no lock behind.
        std::fs::metadata(&self.0).map_err(|e| self.failed(&e))?;
        durable::try_lock(&self.0).map_err(|e| self.failed(&e))?.ok_or(StateError::InUse)
    }

    fn failed(&self, error: &std::io::Error) -> StateError {
        StateError::File { path: self.0.display().to_string(), kind: error.kind() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::softchip::fixture;
    use crate::world::DangerousSeededEntropy;
    use std::os::unix::fs::PermissionsExt;

    fn rng() -> DangerousSeededEntropy {
        DangerousSeededEntropy::new(1)
    }

    #[test]
    fn a_chip_survives_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("chip.state");
        let file = StateFile::at(&path);
        let mut chip = SoftChip::blank(&fixture::config(8_192), rng());
        file.create(&chip).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let exists = StateError::File { path: path.display().to_string(), kind: std::io::ErrorKind::AlreadyExists };
        assert_eq!(file.create(&chip), Err(exists.clone()));
        assert_eq!(exists.reason(), Reason::OutputExists);
        let full = StateError::File { path: String::new(), kind: std::io::ErrorKind::StorageFull };
        assert_eq!(full.reason(), Reason::DiskFull);
        chip.store.next_sequence().unwrap();
        file.replace(&chip).unwrap();
        let mut again = file.load(rng()).unwrap();
        assert_eq!(again.store.next_sequence(), Ok([0, 0, 2]));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_chip_is_in_one_place() {
        let dir = tempfile::tempdir().unwrap();
        let file = StateFile::at(&dir.path().join("chip.state"));
        let path = dir.path().join("chip.state").display().to_string();
        assert_eq!(file.lock().err(), Some(StateError::File { path, kind: std::io::ErrorKind::NotFound }));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "no lock of a chip that is not there");
        file.create(&SoftChip::blank(&fixture::config(8_192), rng())).unwrap();
        let held = file.lock().unwrap();
        assert_eq!(file.lock().err(), Some(StateError::InUse));
        assert_eq!(StateError::InUse.reason(), Reason::InUse);
        drop(held);
        assert!(file.lock().is_ok());
    }

    #[test]
    fn other_bytes_are_refused_by_name() {
        let good = SoftChip::blank(&fixture::config(8_192), rng()).save();
        let refusal = |bytes: &[u8]| SoftChip::restore(bytes, rng()).err().unwrap();
        assert_eq!(refusal(&[0; 10]), StateError::NotAState);
        assert_eq!(refusal(&[0; 100]), StateError::NotAState);
        let edited = |at: usize| {
            let mut bytes = good.clone();
            bytes[at] ^= 0x10;
            refusal(&bytes)
        };
        assert_eq!(edited(8), StateError::OtherVersion(0x11));
        assert_eq!(edited(100), StateError::Damaged);
        assert_eq!(edited(100).reason(), Reason::InputInvalid);
    }
}
