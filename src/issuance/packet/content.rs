//! What is sealed: a manifest that names application, office and officer again, and the files of the capture.

use super::head::ApplicationId;
use super::{PacketError, few, framed, hex, unframed};
use crate::crypto::hash::sha256;
use crate::issuance::office::Office;
use crate::issuance::officer::OfficerId;
use crate::limits::PACKET_MANIFEST_BYTES;
use crate::verify::hex::Hex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;
use zeroize::Zeroizing;

/// Most characters of a file's name.
const LONGEST: usize = 64;

/// A file's name in a packet: small letters, digits, dots and dashes, not beginning with a dot; it names no folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileName(String);

impl FileName {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FileName {
    type Err = PacketError;

    fn from_str(text: &str) -> Result<Self, PacketError> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_');
        let named = (1..=LONGEST).contains(&text.len()) && !text.starts_with('.') && text.bytes().all(plain);
        if named { Ok(Self(text.to_owned())) } else { Err(PacketError::Name(text.chars().take(LONGEST).collect())) }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: u8,
    application: ApplicationId,
    office: Office,
    officer: OfficerId,
    files: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    bytes: usize,
    sha256: Hex,
}

/// A capture: the files of one application. They are a person's: wiped when dropped, and not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Capture {
    application: ApplicationId,
    files: BTreeMap<FileName, Zeroizing<Vec<u8>>>,
}

impl std::fmt::Debug for Capture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Capture({}, {} files)", self.application, self.files.len())
    }
}

impl Capture {
    /// The files of an application.
    ///
    /// # Errors
    /// [`PacketError::TooManyFiles`], or [`PacketError::Name`] for a name that stands twice.
    pub fn new(application: ApplicationId, files: Vec<(FileName, Zeroizing<Vec<u8>>)>) -> Result<Self, PacketError> {
        few(files.len())?;
        let mut named = BTreeMap::new();
        for (name, bytes) in files {
            if named.insert(name.clone(), bytes).is_some() {
                return Err(PacketError::Name(name.0));
            }
        }
        Ok(Self { application, files: named })
    }

    /// Of which application.
    #[must_use]
    pub const fn application(&self) -> &ApplicationId {
        &self.application
    }

    /// The files, by name.
    pub fn files(&self) -> impl Iterator<Item = (&FileName, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name, bytes.as_slice()))
    }

    pub(in crate::issuance) fn encode(&self, office: Office, officer: OfficerId) -> Zeroizing<Vec<u8>> {
        let entry =
            |(name, bytes): (&FileName, &[u8])| Entry { name: name.0.clone(), bytes: bytes.len(), sha256: hex(sha256(bytes)) };
        let files = self.files().map(entry).collect();
        let manifest = Manifest { format: 1, application: self.application.clone(), office, officer, files };
        let mut plain = Zeroizing::new(framed(&serde_json::to_vec(&manifest).unwrap_or_default()));
        self.files.values().for_each(|bytes| plain.extend_from_slice(bytes));
        plain
    }

    /// Reads a capture as a store keeps it, which is of this application.
    pub(in crate::issuance) fn of_store(plain: &[u8], application: &ApplicationId) -> Result<Self, PacketError> {
        let mut rest = plain;
        let manifest = unframed(&mut rest, PACKET_MANIFEST_BYTES).ok_or(PacketError::Form(0))?;
        let manifest: Manifest = serde_json::from_slice(manifest).map_err(|_| PacketError::Form(0))?;
        Self::decode(plain, (application, manifest.office, manifest.officer))
    }

    /// Reads what was sealed, and holds it against what stands outside.
    pub(in crate::issuance) fn decode(plain: &[u8], outside: (&ApplicationId, Office, OfficerId)) -> Result<Self, PacketError> {
        let mut rest = plain;
        let manifest = unframed(&mut rest, PACKET_MANIFEST_BYTES).ok_or(PacketError::Form(0))?;
        let manifest: Manifest = serde_json::from_slice(manifest).map_err(|_| PacketError::Form(0))?;
        if manifest.format != 1 {
            return Err(PacketError::Form(0));
        }
        if (&manifest.application, manifest.office, manifest.officer) != outside {
            return Err(PacketError::Anothers);
        }
        few(manifest.files.len())?;
        let mut files = Vec::new();
        for entry in manifest.files {
            let (bytes, after) = rest.split_at_checked(entry.bytes).ok_or(PacketError::Form(plain.len()))?;
            rest = after;
            if entry.sha256.0 != sha256(bytes) {
                return Err(PacketError::File(entry.name));
            }
            files.push((entry.name.parse()?, Zeroizing::new(bytes.to_vec())));
        }
        if !rest.is_empty() {
            return Err(PacketError::Form(plain.len() - rest.len()));
        }
        Self::new(manifest.application, files)
    }
}
