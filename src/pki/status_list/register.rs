//! The authority's register of states: index to state, and the number of the last list that was signed.

use super::StatusListError;
use super::bits::{Bits, CardStatus};
use super::token::Token;
use crate::limits::STATUS_LIST_BYTES;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
#[cfg(feature = "store")]
use {
    crate::durable::{self, Readers},
    std::path::{Path, PathBuf},
};

/// Version of the file.
const FORMAT: u32 = 1;
/// Most indices of a list.
pub const MOST_INDICES: u64 = STATUS_LIST_BYTES as u64 * 4;
/// Largest file that is read, in bytes.
#[cfg(feature = "store")]
const MAX_FILE: u64 = 512 * 1_048_576;

/// The register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    format: u32,
    /// Where the list is published.
    uri: String,
    /// Number of the last signed list.
    number: u64,
    /// How many indices the list has: as many as the profiles of its cards draw from, so that every index that no card holds stands
    /// on it as not handed over.
    indices: u64,
    /// States of the indices that are not *not handed over*.
    states: BTreeMap<u64, CardStatus>,
}

impl Register {
    /// An empty register for a list of `indices` indices, published at `uri`.
    ///
    /// # Errors
    /// [`StatusListError::Length`] for none, or more than a list can have.
    pub fn new(uri: &str, indices: u64) -> Result<Self, StatusListError> {
        if (1..=MOST_INDICES).contains(&indices) {
            Ok(Self { format: FORMAT, uri: uri.to_owned(), number: 0, indices, states: BTreeMap::new() })
        } else {
            Err(StatusListError::Length(indices))
        }
    }

    /// Where the list is published.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// How many indices the list has.
    #[must_use]
    pub fn indices(&self) -> u64 {
        self.indices
    }

    /// The state of an index; one that no card holds is not handed over.
    #[must_use]
    pub fn get(&self, index: u64) -> CardStatus {
        self.states.get(&index).copied().unwrap_or(CardStatus::NotHandedOver)
    }

    /// The number of the last signed list.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// How many indices stand in a state.
    #[must_use]
    pub fn count(&self, status: CardStatus) -> u64 {
        if status == CardStatus::NotHandedOver {
            return self.indices.saturating_sub(self.states.len() as u64);
        }
        self.states.values().filter(|s| **s == status).count() as u64
    }

    /// Sets a state.
    ///
    /// # Errors
    /// [`StatusListError::RevokedForGood`] or [`StatusListError::IndexTooLarge`].
    pub fn set(&mut self, index: u64, status: CardStatus) -> Result<(), StatusListError> {
        // No card holds an index beyond the list's; and a list that grew would tell that this one exists.
        if index >= self.indices {
            return Err(StatusListError::IndexTooLarge { index, length: self.indices });
        }
        if self.get(index) == CardStatus::Revoked && status != CardStatus::Revoked {
            return Err(StatusListError::RevokedForGood(index));
        }
        match status {
            CardStatus::NotHandedOver => self.states.remove(&index),
            other => self.states.insert(index, other),
        };
        Ok(())
    }

    /// The next list, ready to be signed; the register's number counts up and must be stored before the list is given out.
    #[must_use]
    pub fn next_list(&mut self, at: Timestamp) -> Token {
        self.number += 1;
        let mut bits = Bits::new(self.indices);
        for (index, status) in &self.states {
            bits.set(*index, *status);
        }
        Token { number: self.number, issued_at: crate::pki::time::whole_seconds(at), uri: self.uri.clone(), bits }
    }

    /// Reads a register's file, to look at it.
    ///
    /// # Errors
    /// [`StatusListError::Io`] or [`StatusListError::Register`].
    #[cfg(feature = "store")]
    pub fn load(path: &Path) -> Result<Self, StatusListError> {
        if std::fs::metadata(path).map_err(io)?.len() > MAX_FILE {
            return Err(StatusListError::Register);
        }
        Self::parse(&std::fs::read(path).map_err(io)?)
    }

    /// The register in a file's bytes.
    ///
    /// # Errors
    /// [`StatusListError::Register`].
    #[cfg(feature = "store")]
    pub fn parse(text: &[u8]) -> Result<Self, StatusListError> {
        let register: Self = serde_json::from_slice(text).map_err(|_| StatusListError::Register)?;
        let sound = register.format == FORMAT
            && (1..=MOST_INDICES).contains(&register.indices)
            && register.states.keys().next_back().is_none_or(|highest| *highest < register.indices);
        if sound { Ok(register) } else { Err(StatusListError::Register) }
    }

    /// Writes a new register's file.
    ///
    /// # Errors
    /// [`StatusListError::Exists`] or [`StatusListError::Io`].
    #[cfg(feature = "store")]
    pub fn create(&self, path: &Path) -> Result<(), StatusListError> {
        durable::create(path, &self.encode()?, Readers::Owner).map_err(|e| match e.kind() {
            std::io::ErrorKind::AlreadyExists => StatusListError::Exists,
            other => StatusListError::Io(other),
        })
    }

    /// Takes a register's file for this process alone, waiting for whoever has it, and reads it.
    ///
    /// # Errors
    /// As [`Self::load`].
    #[cfg(feature = "store")]
    pub fn hold(path: &Path) -> Result<Held, StatusListError> {
        // Before the lock, so that a mistyped name leaves no lock behind.
        std::fs::metadata(path).map_err(io)?;
        let lock = durable::lock(path).map_err(io)?;
        Ok(Held { register: Self::load(path)?, path: path.to_owned(), _lock: lock })
    }

    #[cfg(feature = "store")]
    fn encode(&self) -> Result<Vec<u8>, StatusListError> {
        serde_json::to_vec_pretty(self).map_err(|_| StatusListError::Register)
    }
}

/// A register whose file no other process changes while this lives: nothing that one reads and writes back is lost, and no number is
/// spent twice.
#[cfg(feature = "store")]
#[derive(Debug)]
pub struct Held {
    /// The register as it was read, to be changed and saved.
    pub register: Register,
    path: PathBuf,
    _lock: durable::Held,
}

#[cfg(feature = "store")]
impl Held {
    /// Writes the register in the place of the old one: private, whole or not at all, and durable.
    ///
    /// # Errors
    /// [`StatusListError::Io`].
    pub fn save(&self) -> Result<(), StatusListError> {
        durable::replace(&self.path, &self.register.encode()?, Readers::Owner).map_err(io)
    }
}

#[cfg(feature = "store")]
fn io(error: std::io::Error) -> StatusListError {
    StatusListError::Io(error.kind())
}
