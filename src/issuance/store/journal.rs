//! The journal of personalization in the store's tables: what tells of a person sealed under the store's key, on a connection of its own.

use super::error::StoreError;
use super::key::StoreKey;
use super::place::Place;
use super::word::{Id, Office, Word};
use super::{postgres, sqlite};
use crate::perso::journal::base::{Place as At, Seals};
use crate::perso::journal::{Journal, JournalError};
use crate::world::system_entropy;
use std::sync::Arc;

/// The store's key, as a journal seals by it.
struct Sealing(StoreKey);

/// Table, job and part; no job's name holds a zero byte.
fn place(at: At<'_>) -> Vec<u8> {
    [b"perso_job".as_slice(), &[0], at.job.as_bytes(), &[0], at.part.as_bytes(), &[0]].concat()
}

impl Seals for Sealing {
    fn seal(&self, at: At<'_>, plain: &[u8]) -> Result<Vec<u8>, JournalError> {
        self.0.seal_at(&place(at), at.part, plain, &mut system_entropy()).map_err(|_| JournalError::Damaged(at.part))
    }

    fn open(&self, at: At<'_>, sealed: &[u8]) -> Result<Vec<u8>, JournalError> {
        self.0.open_at(&place(at), at.part, sealed).map(|plain| plain.to_vec()).map_err(|_| JournalError::Damaged(at.part))
    }
}

impl StoreKey {
    /// Opens the receipt of a card's chip: JSON as its station signed it.
    ///
    /// # Errors
    /// [`StoreError::Sealed`] if it is not what was sealed for this card.
    pub fn receipt(&self, card: &Id, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let at = At { job: card.as_str(), part: "receipt" };
        Ok(self.open_at(&place(at), at.part, sealed)?.to_vec())
    }
}

/// What the store says, in the journal's words.
impl From<StoreError> for JournalError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::Full,
            StoreError::Unavailable(text) => Self::Unavailable(text),
            StoreError::Damaged(field) => Self::Damaged(field),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl Place {
    /// The journal in this store, as a station of an office keeps it: whatever the station, a chip, a number and a key are one job's.
    ///
    /// # Errors
    /// As [`Place::open`]; what the journal says.
    pub fn journal(&self, key: &StoreKey, office: &Office, station: &Word) -> Result<Journal, StoreError> {
        let (seals, chain) = (Arc::new(Sealing(key.clone())), format!("{office}/{station}"));
        let journal = match self {
            Self::File(path) => Journal::in_sqlite(sqlite::open::of_a_store(path, key)?, seals, &chain),
            Self::Server(url) => Journal::in_store(Box::new(postgres::journal::open(url, key)?), seals, &chain),
        };
        Ok(journal?)
    }

    /// The same for whoever only looks: jobs of every station, receipts of every chain.
    ///
    /// # Errors
    /// As [`Place::open`].
    pub fn journal_to_read(&self, key: &StoreKey) -> Result<Journal, StoreError> {
        let seals = Arc::new(Sealing(key.clone()));
        Ok(match self {
            Self::File(path) => Journal::seen_in_sqlite(sqlite::open::of_a_store(path, key)?, seals),
            Self::Server(url) => Journal::seen_in_store(Box::new(postgres::journal::open(url, key)?), seals),
        })
    }
}

/// What the journal says, in the store's words.
impl From<JournalError> for StoreError {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Full => Self::Full,
            other => Self::Unavailable(other.to_string()),
        }
    }
}
