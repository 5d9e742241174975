//! The judge's challenge: eight fresh bytes, used once, carried to the collector as a small JSON document.

use super::evidence::EvidenceError;
use super::hex::Hex;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

/// Bytes of a challenge (Doc 9303-11 6.1: RND.IFD).
pub const BYTES: usize = 8;

/// A challenge of the judge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// Version of the document, 1.
    version: u32,
    /// The eight bytes.
    challenge: Hex,
    /// When it was made.
    made_at: jiff::Timestamp,
}

impl Challenge {
    /// A fresh challenge.
    pub fn draw(rng: &mut dyn CryptoRng, now: jiff::Timestamp) -> Self {
        let mut bytes = vec![0; BYTES];
        rng.fill_bytes(&mut bytes);
        Self { version: 1, challenge: bytes.into(), made_at: now }
    }

    /// The eight bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.challenge.0
    }

    /// When it was made.
    #[must_use]
    pub fn made_at(&self) -> jiff::Timestamp {
        self.made_at
    }

    /// The document's text.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).unwrap_or_else(|_| unreachable!("all fields of a challenge serialize"))
    }

    /// Reads a document.
    ///
    /// # Errors
    /// [`EvidenceError::NotOfSchema`] or [`EvidenceError::UnknownVersion`].
    pub fn from_json(json: &[u8]) -> Result<Self, EvidenceError> {
        let challenge: Self =
            serde_json::from_slice(json).map_err(|e| EvidenceError::NotOfSchema { line: e.line(), column: e.column() })?;
        if challenge.version != 1 {
            return Err(EvidenceError::UnknownVersion(challenge.version));
        }
        if challenge.challenge.0.len() == BYTES { Ok(challenge) } else { Err(EvidenceError::NotOfSchema { line: 1, column: 1 }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::DangerousSeededEntropy;

    #[test]
    fn a_challenge_reads_back_and_no_two_are_alike() {
        let mut rng = DangerousSeededEntropy::new(1);
        let one = Challenge::draw(&mut rng, jiff::Timestamp::UNIX_EPOCH);
        let two = Challenge::draw(&mut rng, jiff::Timestamp::UNIX_EPOCH);
        assert_ne!(one.bytes(), two.bytes());
        assert_eq!(Challenge::from_json(&one.to_json()), Ok(one));
    }

    #[test]
    fn another_length_is_refused() {
        let text = br#"{"version":1,"challenge":"00","made_at":"2026-11-23T00:00:00Z"}"#;
        assert!(matches!(Challenge::from_json(text), Err(EvidenceError::NotOfSchema { .. })));
    }
}
