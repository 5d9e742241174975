//! The key service: it alone holds transport, master and proof keys; a station gets session keys and judgements.

mod guard;
mod local;
#[cfg(unix)]
mod remote;

pub use guard::GuardedKeys;
pub use local::{KVN_PROOF, KVN_TRANSPORT, KVN_UNIQUE, LocalKeys, proof_message};
#[cfg(unix)]
pub use remote::RemoteKeys;

use crate::crypto::ec::PublicKey;
use crate::crypto::scp03::{ChipSerial, HandshakeError, InitUpdateAnswer, SessionKeys};
use crate::reason::{Reason, Refusal};

/// Why the key service does not serve, or refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyServiceError {
    /// It does not answer. The job waits.
    #[error("the key service does not answer")]
    Unavailable,
    /// Its keys are locked. The job waits.
    #[error("the key service's keys are locked")]
    LoginNeeded,
    /// A key is not there. The job waits.
    #[error("the key service has no key {0}")]
    KeyMissing(&'static str),
    /// The chip does not hold the key that its serial gives. Never try that chip again.
    #[error(transparent)]
    Handshake(HandshakeError),
    /// A proof of origin does not verify: the key in this slot was not born on this chip.
    #[error("the proof of origin of slot {0} does not verify")]
    BadProof(u8),
}

impl KeyServiceError {
    /// Whether the answer is final, and asking again is useless.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::BadProof(_))
    }
}

impl Refusal for KeyServiceError {
    fn reason(&self) -> Reason {
        match self {
            Self::Unavailable => Reason::KeyStoreUnavailable,
            Self::LoginNeeded => Reason::LoginNeeded,
            Self::KeyMissing(_) => Reason::KeyMissing,
            Self::Handshake(e) => e.reason(),
            Self::BadProof(_) => Reason::SignerRefused,
        }
    }
}

/// Key data of the first tap, encrypted under the static Key-DEK of the transport set (specs/card-profile.md 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutKeys {
    /// Data of PUT KEY for the proof key, key version 40.
    pub proof: Vec<u8>,
    /// Data of PUT KEY for the chip-unique set, key version 31.
    pub unique: Vec<u8>,
}

/// An answered INITIALIZE UPDATE.
#[derive(Debug, Clone, Copy)]
pub struct SessionRequest<'a> {
    /// Key version: 30 transport, 31 chip-unique.
    pub kvn: u8,
    /// AID of the door.
    pub aid: &'a [u8],
    /// The challenge that was sent.
    pub host_challenge: &'a [u8],
    /// What the chip answered; its serial chooses the keys.
    pub answer: &'a InitUpdateAnswer,
}

/// A chip's answer to PROOF, and what it is about (specs/card-profile.md 7).
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The chip.
    pub serial: ChipSerial,
    /// Key slot: 1 Chip Authentication, 2 Active Authentication.
    pub slot: u8,
    /// The key in it, as read.
    pub public_key: &'a PublicKey,
    /// SHA-256 of the authorization.
    pub authorization: &'a [u8; 32],
    /// The nonce that the chip was given.
    pub nonce: &'a [u8],
    /// The chip's answer: objects 80 and, for slot 2, 81.
    pub answer: &'a [u8],
}

/// The key in a slot was born on the chip. Only [`KeyService::check_proof`] gives it.
#[derive(Debug)]
pub struct ProofOk(());

/// What a station asks of the key service.
pub trait KeyService {
    /// Key data of a chip's first tap.
    ///
    /// # Errors
    /// [`KeyServiceError`].
    fn put_key_data(&mut self, serial: ChipSerial) -> Result<PutKeys, KeyServiceError>;

    /// Session keys for one handshake, after checking the card's cryptogram and challenge.
    ///
    /// # Errors
    /// [`KeyServiceError::Handshake`]: never try that chip again; others: the job waits.
    fn open(&mut self, request: &SessionRequest<'_>) -> Result<SessionKeys, KeyServiceError>;

    /// Checks a proof of origin.
    ///
    /// # Errors
    /// [`KeyServiceError::BadProof`].
    fn check_proof(&mut self, origin: &Origin<'_>) -> Result<ProofOk, KeyServiceError>;
}
