//! Evidence: what a reading saw, as a versioned JSON document that anyone may judge, and forge.
//!
//! Nothing here is trusted: the judge recomputes every claim from bytes. What a file cannot prove, above all that a chip was
//! present, it cannot say either: the mode `live` exists only inside the process that read ([`super::live`]).

use super::hex::Hex;
use crate::crypto::hash::HashAlg;
use crate::lds::file_id::FileId;
use crate::limits::{DOCUMENT_BYTES, FILE_BYTES};
use crate::reason::{Reason, Refusal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the document; a reader refuses any other.
pub const VERSION: u32 = 1;

/// What one reading of one card saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// [`VERSION`].
    pub version: u32,
    /// What the file claims about the chip's presence.
    pub mode: ClaimedMode,
    /// When the reading ended, by the collector's clock.
    pub read_at: jiff::Timestamp,
    /// Program and version that read.
    pub program: String,
    /// Fingerprint of the reader's binding (never a card's UID).
    pub reader: String,
    /// Files read, exact bytes as on the chip.
    pub files: BTreeMap<FileId, Content>,
    /// Files asked for but not read, and the status word of the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub probes: BTreeMap<FileId, u16>,
    /// How the channel was opened; none if it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace: Option<PaceFacts>,
    /// The transcript of Chip Authentication. It proves nothing in a file: whoever holds the ephemeral key can forge it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chip_authentication: Option<CaTranscript>,
    /// The chip's signature over the judge's challenge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_authentication: Option<AaAnswer>,
    /// What came of Terminal Authentication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_authentication: Option<TaFacts>,
    /// Time and size of the reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
    /// What came of comparing the holder with the card; a claim of the collector, which no judge of the card believes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<super::person::PersonFacts>,
}

/// What a file may claim about the chip's presence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ClaimedMode {
    /// Nothing: data alone.
    None,
    /// An Active Authentication signature over the judge's challenge.
    Challenged,
}

impl<'de> Deserialize<'de> for ClaimedMode {
    /// A file that says `live`, or anything unknown, has no mode.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Ok(if text == "challenged" { Self::Challenged } else { Self::None })
    }
}

/// A file's content: its bytes, or only what they hash to where the file keeps biometrics out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Content {
    /// The exact bytes.
    Bytes(Hex),
    /// The hash of bytes that were read but are not kept.
    Digest {
        /// Object identifier of the hash function.
        algorithm: String,
        /// The hash.
        value: Hex,
        /// Length of the bytes.
        length: u64,
    },
}

impl Content {
    /// The exact bytes, if they are kept.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(&bytes.0),
            Self::Digest { .. } => None,
        }
    }

    /// The same content without its bytes.
    #[must_use]
    pub fn without_bytes(&self, hash: HashAlg) -> Self {
        match self {
            Self::Bytes(bytes) => Self::Digest {
                algorithm: hash.oid().to_owned(),
                value: hash.digest(&bytes.0).into(),
                length: u64::try_from(bytes.0.len()).unwrap_or(u64::MAX),
            },
            Self::Digest { .. } => self.clone(),
        }
    }
}

/// Which password opened PACE; never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PasswordKind {
    /// The card access number.
    Can,
    /// The machine readable zone's key.
    Mrz,
}

/// How PACE was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaceFacts {
    /// Which password.
    pub password: PasswordKind,
    /// Object identifier of the protocol.
    pub protocol: String,
    /// Standardized domain parameters (Doc 9303-11 Table 6).
    pub parameter_id: u8,
}

/// Chip Authentication as the terminal saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaTranscript {
    /// Object identifier of the protocol.
    pub protocol: String,
    /// Which key of DG14, if it names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<u64>,
    /// How the chip answered.
    pub answer: CaAnswer,
}

/// The chip's answer to Chip Authentication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CaAnswer {
    /// It took the terminal's key. Whether it holds its own shows in the first exchange under the new keys.
    Taken {
        /// The terminal's ephemeral public key, `04 ‖ x ‖ y`.
        terminal_key: Hex,
        /// The first command under the new keys, before protection.
        first_command: Hex,
        /// The answer to it exactly as it came: data, then status word.
        first_response: Hex,
    },
    /// It refused, with this status word.
    Refused(u16),
    /// It answered with something that is no answer.
    Malformed,
}

/// Active Authentication: INTERNAL AUTHENTICATE over eight bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AaAnswer {
    /// The challenge sent.
    pub challenge: Hex,
    /// The chip's signature; none if it refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Hex>,
}

/// What came of Terminal Authentication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaFacts {
    /// Holder references of the certificates sent, first to last.
    pub chain: Vec<String>,
    /// Whether the chip accepted the terminal.
    pub accepted: bool,
    /// Status word of the refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

/// Time and size of a reading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// Milliseconds from reset to the last APDU.
    pub total_ms: u64,
    /// Milliseconds from reset until the portrait was whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portrait_ms: Option<u64>,
    /// Commands sent.
    pub apdus: u64,
    /// Bytes sent on the wire.
    pub sent_bytes: u64,
    /// Bytes received on the wire.
    pub received_bytes: u64,
    /// How often PACE was rerun after a lost field.
    pub field_lost: u64,
}

/// Why an evidence document was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// Larger than [`DOCUMENT_BYTES`].
    #[error("evidence is larger than {DOCUMENT_BYTES} bytes")]
    TooLarge,
    /// Not JSON, or not of the schema.
    #[error("evidence is not of its schema at line {line}, column {column}")]
    NotOfSchema {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Another version of the document.
    #[error("evidence of version {0}; this program reads version {VERSION}")]
    UnknownVersion(u32),
    /// A file larger than [`FILE_BYTES`].
    #[error("{0} is larger than {FILE_BYTES} bytes")]
    FileTooLarge(FileId),
}

impl Refusal for EvidenceError {
    fn reason(&self) -> Reason {
        Reason::InputInvalid
    }
}

impl Evidence {
    /// Reads a document.
    ///
    /// # Errors
    /// [`EvidenceError`], naming what and where but never a value.
    pub fn from_json(json: &[u8]) -> Result<Self, EvidenceError> {
        if json.len() > DOCUMENT_BYTES {
            return Err(EvidenceError::TooLarge);
        }
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let of_schema = |e: serde_json::Error| EvidenceError::NotOfSchema { line: e.line(), column: e.column() };
        // The version first: another version's fields must not look like mistakes in ours.
        let Versioned { version } = serde_json::from_slice(json).map_err(of_schema)?;
        if version != VERSION {
            return Err(EvidenceError::UnknownVersion(version));
        }
        let evidence: Self = serde_json::from_slice(json).map_err(of_schema)?;
        evidence.check_bounds()?;
        Ok(evidence)
    }

    fn check_bounds(&self) -> Result<(), EvidenceError> {
        match self.files.iter().find(|(_, c)| c.bytes().is_some_and(|b| b.len() > FILE_BYTES)) {
            Some((file, _)) => Err(EvidenceError::FileTooLarge(*file)),
            None => Ok(()),
        }
    }

    /// The document's text.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).unwrap_or_else(|_| unreachable!("all fields of evidence serialize"))
    }

    /// A file's exact bytes, if they were read and kept.
    #[must_use]
    pub fn file(&self, file: FileId) -> Option<&[u8]> {
        self.files.get(&file).and_then(Content::bytes)
    }

    /// The same evidence with the bytes of fingers (EF.Fingers, DG3) replaced by their hash, as it is stored by default.
    #[must_use]
    pub fn without_fingers(mut self) -> Self {
        for file in [FileId::Fingers, FileId::Dg3] {
            if let Some(content) = self.files.get_mut(&file) {
                *content = content.without_bytes(HashAlg::Sha256);
            }
        }
        self
    }

    /// SHA-256 of the document, which binds a live proof to the evidence that was read with it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        crate::crypto::hash::sha256(&self.to_json())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Evidence {
        Evidence {
            version: VERSION,
            mode: ClaimedMode::None,
            read_at: jiff::Timestamp::UNIX_EPOCH,
            program: "ektp 0".into(),
            reader: "memory".into(),
            files: BTreeMap::from([(FileId::Fingers, Content::Bytes(vec![1, 2, 3].into()))]),
            probes: BTreeMap::from([(FileId::Dg3, 0x6982)]),
            pace: None,
            chip_authentication: None,
            active_authentication: None,
            terminal_authentication: None,
            timing: None,
            person: None,
        }
    }

    #[test]
    fn a_document_reads_back() {
        assert_eq!(Evidence::from_json(&small().to_json()), Ok(small()));
    }

    #[test]
    fn a_file_that_says_live_has_no_mode() {
        let text = String::from_utf8(small().to_json()).unwrap().replace("\"none\"", "\"live\"");
        assert_eq!(Evidence::from_json(text.as_bytes()).unwrap().mode, ClaimedMode::None);
    }

    #[test]
    fn fingers_are_not_stored_unless_asked() {
        let stored = small().without_fingers();
        assert_eq!(stored.file(FileId::Fingers), None);
        assert!(matches!(stored.files.get(&FileId::Fingers), Some(Content::Digest { length: 3, .. })));
    }

    #[test]
    fn refusals_are_named() {
        assert_eq!(Evidence::from_json(&vec![b' '; DOCUMENT_BYTES + 1]), Err(EvidenceError::TooLarge));
        assert!(matches!(Evidence::from_json(b"{}"), Err(EvidenceError::NotOfSchema { line: 1, .. })));
        assert_eq!(Evidence::from_json(br#"{"version":9}"#), Err(EvidenceError::UnknownVersion(9)));
        let mut large = small();
        large.files.insert(FileId::Dg2, Content::Bytes(vec![0; FILE_BYTES + 1].into()));
        assert_eq!(Evidence::from_json(&large.to_json()), Err(EvidenceError::FileTooLarge(FileId::Dg2)));
        assert_eq!(EvidenceError::TooLarge.reason(), Reason::InputInvalid);
    }

    #[test]
    fn unknown_fields_are_refused() {
        let text = String::from_utf8(small().to_json()).unwrap().replacen('{', "{\"can\": \"123456\",", 1);
        assert!(matches!(Evidence::from_json(text.as_bytes()), Err(EvidenceError::NotOfSchema { .. })));
    }
}
