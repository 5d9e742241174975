//! The authority's register of states: index to state, and the number of the last list that was signed.

use super::StatusListError;
use super::bits::{Bits, CardStatus};
use super::token::Token;
use crate::limits::STATUS_LIST_BYTES;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the file.
const FORMAT: u32 = 1;
/// The list grows by whole blocks of indices, so that its length tells little about how many cards there are.
const BLOCK: u64 = 65_536;
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
    /// States of the indices that are not *not handed over*.
    states: BTreeMap<u64, CardStatus>,
}

impl Register {
    /// An empty register for a list published at `uri`.
    #[must_use]
    pub fn new(uri: &str) -> Self {
        Self { format: FORMAT, uri: uri.to_owned(), number: 0, states: BTreeMap::new() }
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

    /// How many indices stand in each state other than not handed over.
    #[must_use]
    pub fn count(&self, status: CardStatus) -> usize {
        self.states.values().filter(|s| **s == status).count()
    }

    /// Sets a state.
    ///
    /// # Errors
    /// [`StatusListError::RevokedForGood`] or [`StatusListError::IndexTooLarge`].
    pub fn set(&mut self, index: u64, status: CardStatus) -> Result<(), StatusListError> {
        if index >= STATUS_LIST_BYTES as u64 * 4 {
            return Err(StatusListError::IndexTooLarge(index));
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
        let highest = self.states.keys().next_back().map_or(1, |index| index + 1);
        let mut bits = Bits::new(highest.div_ceil(BLOCK) * BLOCK);
        for (index, status) in &self.states {
            bits.set(*index, *status);
        }
        Token { number: self.number, issued_at: crate::pki::time::whole_seconds(at), uri: self.uri.clone(), bits }
    }

    /// Reads a register's file.
    ///
    /// # Errors
    /// [`StatusListError::Io`] or [`StatusListError::Register`].
    #[cfg(feature = "store")]
    pub fn load(path: &std::path::Path) -> Result<Self, StatusListError> {
        let io = |e: std::io::Error| StatusListError::Io(e.kind());
        if std::fs::metadata(path).map_err(io)?.len() > MAX_FILE {
            return Err(StatusListError::Register);
        }
        let register: Self = serde_json::from_slice(&std::fs::read(path).map_err(io)?).map_err(|_| StatusListError::Register)?;
        if register.format == FORMAT { Ok(register) } else { Err(StatusListError::Register) }
    }

    /// Writes a register's file, whole or not at all.
    ///
    /// # Errors
    /// [`StatusListError::Io`].
    #[cfg(feature = "store")]
    pub fn save(&self, path: &std::path::Path) -> Result<(), StatusListError> {
        use std::io::Write;
        let io = |e: std::io::Error| StatusListError::Io(e.kind());
        let text = serde_json::to_vec_pretty(self).map_err(|_| StatusListError::Register)?;
        let temporary = path.with_extension(format!("{}.new", std::process::id()));
        let mut file = std::fs::File::create(&temporary).map_err(io)?;
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(io)?;
        std::fs::rename(&temporary, path).map_err(io)
    }
}
