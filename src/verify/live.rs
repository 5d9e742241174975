//! Proof that this very process talked to the chip: it cannot be stored, copied or sent.
//!
//! Chip Authentication is a Diffie-Hellman exchange, so a transcript convinces only whoever made the ephemeral key and kept it.
//! A live proof holds that key; the judge computes the session keys again itself, with the chip key that the authority signed.

use super::evidence::Evidence;
use crate::crypto::ec::PrivateKey;

/// The secret half of a reading, for a judge in the same process. Neither `Clone` nor serializable, on purpose.
#[derive(Debug)]
pub struct LiveProof {
    evidence: [u8; 32],
    ephemeral: Option<PrivateKey>,
    challenge: Option<[u8; 8]>,
}

impl LiveProof {
    /// The terminal's secrets of one reading: its ephemeral key of Chip Authentication and its own challenge.
    pub(crate) fn new(evidence: &Evidence, ephemeral: Option<PrivateKey>, challenge: Option<[u8; 8]>) -> Self {
        Self { evidence: evidence.digest(), ephemeral, challenge }
    }

    /// Whether this proof was made with this evidence and no other.
    #[must_use]
    pub fn belongs_to(&self, evidence: &Evidence) -> bool {
        self.evidence == evidence.digest()
    }

    /// The terminal's ephemeral key of Chip Authentication.
    pub(crate) fn ephemeral(&self) -> Option<&PrivateKey> {
        self.ephemeral.as_ref()
    }

    /// The challenge that this process drew for Active Authentication.
    pub(crate) fn challenge(&self) -> Option<&[u8]> {
        self.challenge.as_ref().map(<[u8; 8]>::as_slice)
    }
}
