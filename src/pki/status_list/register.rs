//! The authority's register of states: index to state, and the number of the last list that was signed.

use super::StatusListError;
use super::bits::{Bits, CardStatus};
use super::delta::{Delta, digest};
use super::token::Token;
use crate::limits::{STATUS_DELTA_CHANGES, STATUS_DELTAS, STATUS_LIST_BYTES};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
#[cfg(feature = "store")]
use {
    crate::durable::{self, Readers},
    std::path::{Path, PathBuf},
};

/// Version of the file; version 1 knew of no deltas.
const FORMAT: u32 = 2;
/// After this time a whole list is made again.
const WHOLE: SignedDuration = SignedDuration::from_hours(24);
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
    /// What the list of `number` says of the indices that changed since.
    #[serde(default)]
    said: BTreeMap<u64, CardStatus>,
    /// The last whole list.
    #[serde(default)]
    whole: Option<Whole>,
    /// Heads of the audit of the store whose cards the states are of, when they were brought.
    #[serde(default)]
    heads: Vec<AuditHead>,
}

/// The last whole list of a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    number: u64,
    at: Timestamp,
    /// SHA-256 of the certificate that it was signed with, hexadecimal.
    signer: String,
}

/// Where a chain of a store's audit stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditHead {
    /// Whose chain.
    pub office: String,
    /// Rows.
    pub n: u64,
    /// Head after them, hexadecimal.
    pub head: String,
}

/// What is to be signed under one number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The number.
    pub number: u64,
    /// From the list before; none where there is none, or too much changed.
    pub delta: Option<Delta>,
    /// The whole list, if it is time for one.
    pub whole: Option<Token>,
    /// Deltas up to this number are needed by nobody: who has not the whole list before this one has no use for them.
    pub obsolete: u64,
}

impl Register {
    /// An empty register for a list of `indices` indices, published at `uri`.
    ///
    /// # Errors
    /// [`StatusListError::Length`] for none, or more than a list can have.
    pub fn new(uri: &str, indices: u64) -> Result<Self, StatusListError> {
        if (1..=MOST_INDICES).contains(&indices) {
            let (states, said) = (BTreeMap::new(), BTreeMap::new());
            Ok(Self { format: FORMAT, uri: uri.to_owned(), number: 0, indices, states, said, whole: None, heads: Vec::new() })
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
        let before = self.get(index);
        if before == CardStatus::Revoked && status != CardStatus::Revoked {
            return Err(StatusListError::RevokedForGood(index));
        }
        match self.said.get(&index) {
            Some(said) if *said == status => drop(self.said.remove(&index)),
            None if before != status => drop(self.said.insert(index, before)),
            _ => {}
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
        self.next_whole(at, String::new())
    }

    /// What is published next, ready to be signed with this certificate (its SHA-256, hexadecimal): a delta always, where there is a list
    /// that it can go on from; a whole list too when it is asked for, after a day, with another signer, or before the deltas are more than
    /// a verifier reads. The register must be stored before anything of it is given out.
    #[must_use]
    pub fn next(&mut self, at: Timestamp, signer: &str, asked: bool) -> Publication {
        let at = crate::pki::time::whole_seconds(at);
        let usable = |whole: &&Whole| whole.signer == signer;
        let delta = self.whole.as_ref().filter(usable).is_some() && self.said.len() <= STATUS_DELTA_CHANGES;
        let due = |whole: &Whole| {
            let deltas = usize::try_from(self.number - whole.number.min(self.number)).unwrap_or(usize::MAX);
            at.duration_since(whole.at) >= WHOLE || deltas + 1 >= STATUS_DELTAS
        };
        let whole = asked || !delta || self.whole.as_ref().is_none_or(due);
        let delta = delta.then(|| self.delta(at));
        self.number += 1;
        let obsolete = self.whole.as_ref().filter(|_| whole).map_or(0, |whole| whole.number);
        let whole = whole.then(|| self.next_whole(at, signer.to_owned()));
        self.said.clear();
        Publication { number: self.number, delta, whole, obsolete }
    }

    /// The whole list of the number that the register has.
    fn next_whole(&mut self, at: Timestamp, signer: String) -> Token {
        let at = crate::pki::time::whole_seconds(at);
        self.whole = Some(Whole { number: self.number, at, signer });
        self.said.clear();
        Token { number: self.number, issued_at: at, uri: self.uri.clone(), bits: self.bits(&BTreeMap::new()) }
    }

    /// From the list that was given out last to where the states are now.
    fn delta(&self, at: Timestamp) -> Delta {
        let changes = self.said.keys().map(|index| (*index, self.get(*index))).collect();
        let (from, to) = (digest(&self.bits(&self.said)), digest(&self.bits(&BTreeMap::new())));
        Delta { number: self.number + 1, base: self.number, issued_at: at, uri: self.uri.clone(), from, to, changes }
    }

    /// The states as bits, but for these.
    fn bits(&self, but: &BTreeMap<u64, CardStatus>) -> Bits {
        let mut bits = Bits::new(self.indices);
        for (index, status) in self.states.iter().chain(but) {
            bits.set(*index, *status);
        }
        bits
    }

    /// Whose certificate signs the whole list that was made last (its SHA-256, hexadecimal): deltas go on from it under that one alone.
    pub fn signed_by(&mut self, signer: &str) {
        if let Some(whole) = &mut self.whole {
            signer.clone_into(&mut whole.signer);
        }
    }

    /// Heads of the audit of the store whose cards the states are of, when they were brought.
    #[must_use]
    pub fn heads(&self) -> &[AuditHead] {
        &self.heads
    }

    /// Keeps heads of the audit in the place of those before.
    pub fn keep_heads(&mut self, heads: Vec<AuditHead>) {
        self.heads = heads;
    }

    /// How many indices stand otherwise than the list of [`Self::number`] says.
    #[must_use]
    pub fn unsaid(&self) -> usize {
        self.said.len()
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
        let sound = (1..=FORMAT).contains(&register.format)
            && (1..=MOST_INDICES).contains(&register.indices)
            && [&register.states, &register.said]
                .iter()
                .all(|map| map.keys().next_back().is_none_or(|highest| *highest < register.indices));
        if sound { Ok(Self { format: FORMAT, ..register }) } else { Err(StatusListError::Register) }
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
