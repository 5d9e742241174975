//! The document signer as a service with a policy: one authorization, one chip, one EF.SOD.

mod documents;
pub mod fitness;
mod local;
#[cfg(unix)]
pub mod online;
mod policy;
mod register;
#[cfg(test)]
mod tests;

pub use fitness::UnfitSigner;
pub use local::{DocumentKey, LocalSigner};
pub use policy::{MAX_CARDS, MAX_DAYS};
pub use register::Register;

use crate::crypto::scp03::ChipSerial;
use crate::reason::{Reason, Refusal};
use std::collections::BTreeMap;

/// A rule of the signer's policy. Which one refused is said; nothing else is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Rule {
    /// The authorization is not signed by an approver, malformed, or not over this manifest.
    Authorization,
    /// The authorization names another signer as the one that may spend it.
    OtherSigner,
    /// The authorization was spent on another chip, key or content.
    Spent,
    /// A data group's hash is not the manifest's: another person's data, or altered data.
    Hashes,
    /// The job was signed for before, under another authorization.
    Job,
    /// The chip serial was used before.
    ChipSerial,
    /// The document number was used before, or document number and status index are not the manifest's.
    DocumentNumber,
    /// The status index was used before, or is none.
    StatusIndex,
    /// A public key is no point of a curve of ours, or the slots are not the ones that the groups need.
    KeyInvalid,
    /// A public key was used before.
    PublicKey,
    /// A key's proof of origin does not verify: it was not born on this chip.
    Proof,
    /// DG14 is not what the proven key makes.
    Dg14,
    /// DG15 is not what the proven key makes.
    Dg15,
    /// The document signer key is past its time or its number of cards.
    SignerKey,
    /// The document signer's certificate is not its key's, or no reader would accept it now for a card ([`UnfitSigner`]).
    SignerCertificate,
    /// A sample key stands where a production key must.
    SampleKey,
}

impl Rule {
    /// Whether the rule judges the signer itself and not the card: another document signer may well sign it.
    #[must_use]
    pub const fn is_of_the_signer(self) -> bool {
        matches!(self, Self::SignerKey | Self::SignerCertificate | Self::SampleKey)
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Authorization => "authorization",
            Self::OtherSigner => "other signer",
            Self::Spent => "authorization spent",
            Self::Hashes => "hashes",
            Self::Job => "job",
            Self::ChipSerial => "chip serial",
            Self::DocumentNumber => "document number",
            Self::StatusIndex => "status index",
            Self::KeyInvalid => "key",
            Self::PublicKey => "public key used before",
            Self::Proof => "proof of origin",
            Self::Dg14 => "DG14",
            Self::Dg15 => "DG15",
            Self::SignerKey => "signer key past its time",
            Self::SignerCertificate => "signer certificate unfit",
            Self::SampleKey => "sample key",
        })
    }
}

/// Why the signer does not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// It does not answer. The job waits.
    #[error("the signer does not answer")]
    Unavailable,
    /// Its key is locked. The job waits.
    #[error("the signer's key is locked")]
    LoginNeeded,
    /// Its key is not there. The job waits.
    #[error("the signer has no key")]
    KeyMissing,
    /// Its register has no room to remember the card by. The job waits.
    #[error("the signer's register has no room left")]
    NoRoom,
    /// Its policy refuses. Never retried, but for the rules of the signer itself, which let the job wait.
    #[error("the signer refuses by its rule `{0}`")]
    Refused(Rule),
}

impl SignerError {
    /// Whether the answer is final, and asking again is useless.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(rule) if !rule.is_of_the_signer())
    }
}

impl Refusal for SignerError {
    fn reason(&self) -> Reason {
        match self {
            Self::Unavailable => Reason::KeyStoreUnavailable,
            Self::LoginNeeded => Reason::LoginNeeded,
            Self::KeyMissing => Reason::KeyMissing,
            Self::NoRoom => Reason::DiskFull,
            Self::Refused(Rule::SignerKey | Rule::SignerCertificate) => Reason::CertificateUnfit,
            Self::Refused(_) => Reason::SignerRefused,
        }
    }
}

/// A key born on the chip, with the chip's proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenKey {
    /// 1 Chip Authentication, 2 Active Authentication.
    pub slot: u8,
    /// The point, uncompressed.
    pub public_key: Vec<u8>,
    /// The nonce of PROOF.
    pub nonce: Vec<u8>,
    /// The chip's answer to PROOF.
    pub proof: Vec<u8>,
}

/// A card as it was authorized: all that a signer judges and that is known before any chip is touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The image's manifest, exact bytes.
    pub manifest: Vec<u8>,
    /// The authorization, exact bytes; its SHA-256 is what the chip's proof covers.
    pub authorization: Vec<u8>,
    /// The approver's detached signature over it (CMS, DER).
    pub authorization_signature: Vec<u8>,
    /// Document number.
    pub document_number: String,
    /// Status index.
    pub status_index: u64,
    /// SHA-256 of every data group but 14 and 15, by number.
    pub hashes: BTreeMap<u8, Vec<u8>>,
}

/// What the signer is asked to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignRequest {
    /// The card.
    pub order: Order,
    /// The chip.
    pub chip: ChipSerial,
    /// The chip's keys.
    pub keys: Vec<ProvenKey>,
    /// DG14 as the station built it.
    pub dg14: Vec<u8>,
    /// DG15 as the station built it, if the profile has one.
    pub dg15: Option<Vec<u8>>,
}

/// A signer. The same request again returns the stored EF.SOD, byte for byte.
pub trait Signer {
    /// Whether this card would be signed, as far as can be said before a chip has made its keys: asked before a blank is taken, so
    /// that no blank is spent on a card that is refused in the end.
    ///
    /// # Errors
    /// [`SignerError`].
    fn accepts(&mut self, order: &Order) -> Result<(), SignerError>;
    /// EF.SOD, outermost tag 77 included.
    ///
    /// # Errors
    /// [`SignerError`].
    fn sign(&mut self, request: &SignRequest) -> Result<Vec<u8>, SignerError>;
}
