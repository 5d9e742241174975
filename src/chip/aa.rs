//! Active Authentication (Doc 9303-11 6.1): the chip signs the terminal's eight bytes. ECDSA plain, and RSA by ISO 9796-2 scheme 1.
//!
//! Both sides are states that consume themselves: a challenge is sent once, its answer is taken once, and a chip signs it once.

mod card;
mod host;
mod iso9796;

pub use card::{AaCard, ChipKey, RsaChipKey};
pub use host::{Answered, Challenging, Waiting, start};

use super::apdu::StatusWord;
use crate::crypto::hash::HashAlg;
use crate::reason::{Reason, Refusal};

/// Bytes of a challenge: RND.IFD.
pub const CHALLENGE: usize = 8;

/// Why a signature of Active Authentication proves no chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AaError {
    /// DG14 does not name the hash function that goes with an ECDSA key.
    #[error("DG14 does not name the hash function of the chip's ECDSA key")]
    HashMissing,
    /// An RSA key that policy does not accept on the day of judgement: too short, of a small exponent, or of the faulty library of ROCA.
    #[error("the chip's RSA key of {bits} bits is too weak to prove a chip")]
    WeakKey {
        /// Length of its modulus in bits.
        bits: usize,
    },
    /// A hash function that policy does not accept on the day of judgement.
    #[error("the chip signs with {hash:?}, which is too weak to prove a chip")]
    WeakHash {
        /// Which.
        hash: HashAlg,
    },
    /// The chip refused INTERNAL AUTHENTICATE.
    #[error("INTERNAL AUTHENTICATE: the chip answered {0}")]
    Refused(StatusWord),
    /// The signature does not verify.
    #[error("the chip's signature does not verify")]
    BadSignature,
}

impl Refusal for AaError {
    fn reason(&self) -> Reason {
        match self {
            Self::HashMissing => Reason::DataInconsistent,
            Self::WeakKey { .. } | Self::WeakHash { .. } => Reason::WeakKey,
            Self::Refused(_) | Self::BadSignature => Reason::CloneSuspected,
        }
    }
}

/// A token that only [`Answered::verify`] makes: the holder of DG15's private key signed this challenge.
#[derive(Debug)]
pub struct SignatureProven(());

#[cfg(test)]
pub(crate) use tests::{sign, signed};

#[cfg(test)]
mod tests;
