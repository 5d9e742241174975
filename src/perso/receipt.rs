//! The receipt of an issued card: what was written where, by whom and how; no password, no name, no face.

use super::work::Face;

/// Version of the receipt's form.
pub const RECEIPT_VERSION: u32 = 1;

/// What the station signs when a card is issued. It is an entry of the receipt chain.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Receipt {
    /// `ektp-receipt`.
    pub kind: String,
    /// [`RECEIPT_VERSION`].
    pub version: u32,
    /// Number in the station's chain, from 1.
    pub number: u64,
    /// Head of the chain before it, hexadecimal.
    pub previous: String,
    /// The job.
    pub job: String,
    /// `local` or `online`.
    pub mode: Mode,
    /// Who held the chip's keys: `station` in local mode, `key service` otherwise.
    pub keys_held_by: String,
    /// Serial of the chip.
    pub chip_serial: String,
    /// Fingerprint of the reader.
    pub reader: String,
    /// Document number.
    pub document_number: String,
    /// Index in the card status list; the card stands there as not yet handed over.
    pub status_index: u64,
    /// Always `not handed over`: handover is another step.
    pub card_status: String,
    /// Card profile.
    pub profile: String,
    /// SHA-256 of the image's manifest, hexadecimal.
    pub image: String,
    /// SHA-256 of the authorization, hexadecimal.
    pub authorization: String,
    /// Keys born on the chip.
    pub keys: Vec<ReceiptKey>,
    /// Every file on the chip.
    pub files: Vec<ReceiptFile>,
    /// The face, and where it shows each password.
    pub face: Face,
    /// Certificates that took part.
    pub certificates: Certificates,
    /// When and how long.
    pub timings: Timings,
    /// APDUs and wire bytes.
    pub exchange: Exchange,
}

/// Who holds the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The station holds all keys and is trusted.
    Local,
    /// A signer and key service under its own policy.
    Online,
}

impl Mode {
    /// Its name in journal, receipt and command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Online => "online",
        }
    }

    /// The mode of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Local, Self::Online].into_iter().find(|mode| mode.name() == name)
    }

    /// Who held the chip's keys.
    #[must_use]
    pub const fn holder(self) -> &'static str {
        match self {
            Self::Local => "station",
            Self::Online => "key service",
        }
    }
}

/// A public key in the receipt.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReceiptKey {
    /// `chip authentication` or `active authentication`.
    pub usage: String,
    /// The point, uncompressed, hexadecimal.
    pub public_key: String,
}

/// A file in the receipt.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReceiptFile {
    /// Standard name.
    pub name: String,
    /// Length in bytes.
    pub bytes: usize,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// Certificates that took part in a personalization.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Certificates {
    /// Serial number of the document signer.
    pub document_signer: String,
    /// Holder reference of the quality-control inspection system.
    pub quality_control: String,
    /// Serial number of the receipt key's certificate.
    pub receipt: String,
}

/// When and how long.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Timings {
    /// When the job was taken in.
    pub created_at: String,
    /// When the receipt was made.
    pub issued_at: String,
    /// Runs that it took.
    pub runs: u64,
    /// Milliseconds of the steps of the last run, in order.
    pub steps_ms: Vec<StepTime>,
}

/// How long a step took.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StepTime {
    /// The state that the step led to.
    pub state: String,
    /// Milliseconds.
    pub ms: i64,
}

/// APDUs and wire bytes, of earlier runs of the job too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Exchange {
    /// Commands of the last run that wrote: first tap, secure channels, stream, keys, states.
    pub personalization_apdus: u64,
    /// Commands of the read-back.
    pub read_back_apdus: u64,
    /// Bytes sent, first tap and read-back included.
    pub sent_bytes: u64,
    /// Bytes received.
    pub received_bytes: u64,
    /// Commands of all runs.
    pub apdus: u64,
    /// What the card is for: bytes of every file, of the passwords, the trust point and the authorization digest.
    #[serde(default)]
    pub payload_bytes: usize,
}

impl Receipt {
    /// The bytes that are signed and chained: one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// SHA-256 of a file of the card, hexadecimal.
    #[must_use]
    pub fn file_sha256(&self, file: crate::lds::file_id::FileId) -> Option<&String> {
        self.files.iter().find(|f| f.name == file.name()).map(|f| &f.sha256)
    }

    /// Reads a receipt of the chain.
    ///
    /// # Errors
    /// The JSON error.
    pub fn from_json(json: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json)
    }
}
