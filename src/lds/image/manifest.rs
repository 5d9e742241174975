//! `manifest.json`: hashes, sizes and parameters of a card image; no personal data in clear.

use super::ImageError;
use super::sealed::SealedContent;
use crate::crypto::ec::Curve;
use crate::crypto::hash::sha256;
use crate::lds::build::Built;
use crate::lds::file_id::FileId;
use crate::lds::profile::{Face, Password, Profile};
use crate::lds::{cbeff, tlv};
use crate::limits;
use crate::record::Record;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Format version of the manifest.
pub const FORMAT: u32 = 1;

/// A file of the image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Which file.
    pub name: FileId,
    /// Bytes.
    pub size: usize,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// Places to reserve in the chip's file table for what the chip's keys decide, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reserve {
    /// DG14.
    pub dg14: usize,
    /// DG15, where the card has one.
    pub dg15: Option<usize>,
    /// EF.SOD.
    pub sod: usize,
}

/// What the personalization has to know of the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Curve of PACE and of the chip's keys.
    pub curve: Curve,
    /// Whether the chip makes an Active Authentication key.
    pub active_authentication: bool,
    /// Key identifier of Chip Authentication.
    pub ca_key_id: u8,
    /// Whether BAC is enabled.
    pub bac: bool,
    /// Bytes of one chunk.
    pub chunk: usize,
    /// Bytes of the chip that the plan counted on.
    pub capacity: usize,
    /// The card's face.
    pub face: Face,
    /// Each password and where it is printed.
    pub passwords: Vec<PrintedPassword>,
}

/// A password and where the face shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrintedPassword {
    /// The password.
    pub password: Password,
    /// Its place.
    pub place: String,
}

/// The manifest. Its only signature is the authorization, over the exact bytes of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Format version: 1.
    pub format: u32,
    /// The job that built it.
    pub job_id: String,
    /// Name of the profile.
    pub profile: String,
    /// SHA-256 of the profile file, hexadecimal.
    pub profile_digest: String,
    /// Canonical digest of the record, hexadecimal.
    pub record_digest: String,
    /// SHA-256 of each finger template as stored, hexadecimal, in the order of EF.Fingers.
    pub template_digests: Vec<String>,
    /// The NIK under the issuing office's key, hexadecimal, where one was given.
    pub nik_digest: Option<String>,
    /// SHA-256 over `ektp-numbers-1`, document number and status index, hexadecimal.
    pub numbers_digest: String,
    /// What the personalization has to know.
    pub parameters: Parameters,
    /// Places to reserve.
    pub reserve: Reserve,
    /// The sealed files, in file table order.
    pub files: Vec<ManifestFile>,
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// The digest that stands in the manifest for document number and status index: whoever learns them can check them.
#[must_use]
pub fn numbers_digest(document_number: &str, status_index: u32) -> [u8; 32] {
    sha256(&[b"ektp-numbers-1", document_number.as_bytes(), &[0], &status_index.to_be_bytes()].concat())
}

fn template_digests(built: &Built) -> Vec<String> {
    let file = built.files.get(FileId::Fingers).unwrap_or_default();
    let group = tlv::parse_one(file, cbeff::GROUP).ok();
    let templates = group.and_then(|g| cbeff::parse(&g).ok()).unwrap_or_default();
    templates.iter().map(|t| hex(&sha256(t.data.value))).collect()
}

impl Manifest {
    /// The manifest of a built card.
    #[must_use]
    pub fn of(built: &Built, record: &Record, profile: &Profile, job_id: &str, nik_digest: Option<[u8; 32]>) -> Self {
        let file = |(name, bytes): (FileId, &[u8])| ManifestFile { name, size: bytes.len(), sha256: hex(&sha256(bytes)) };
        let planned = |file| built.plan.bytes(file);
        let printed = |p: &crate::lds::plan::Printed| PrintedPassword { password: p.password, place: p.place.to_owned() };
        Self {
            format: FORMAT,
            job_id: job_id.to_owned(),
            profile: profile.name.clone(),
            profile_digest: hex(&profile.digest),
            record_digest: hex(&record.digest()),
            template_digests: template_digests(built),
            nik_digest: nik_digest.map(|d| hex(&d)),
            numbers_digest: hex(&numbers_digest(&built.numbers.document_number, built.numbers.status_index)),
            parameters: Parameters {
                curve: profile.curve,
                active_authentication: profile.active_authentication,
                ca_key_id: profile.ca_key_id,
                // BAC goes by the zone: where it is not printed there is no BAC either.
                bac: profile.bac && built.plan.passwords.iter().any(|p| p.password == Password::Mrz),
                chunk: profile.chunk,
                capacity: profile.capacity,
                face: built.plan.face,
                passwords: built.plan.passwords.iter().map(printed).collect(),
            },
            reserve: Reserve {
                dg14: planned(FileId::Dg14).unwrap_or(0),
                dg15: planned(FileId::Dg15),
                sod: planned(FileId::Sod).unwrap_or(0),
            },
            files: built.files.iter().map(file).collect(),
        }
    }

    /// The bytes of `manifest.json`. The same manifest gives the same bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_else(|_| unreachable!("strings and numbers serialize"));
        bytes.push(b'\n');
        bytes
    }

    /// Parses `manifest.json`. Unknown keys are refused.
    ///
    /// # Errors
    /// [`ImageError::Manifest`] or [`ImageError::Version`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ImageError> {
        if bytes.len() > limits::DOCUMENT_BYTES {
            return Err(ImageError::Manifest("too large".into()));
        }
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let bad = |e: serde_json::Error| ImageError::Manifest(e.to_string());
        let Format { format } = serde_json::from_slice(bytes).map_err(bad)?;
        if format != FORMAT {
            return Err(ImageError::Version(format));
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(bad)?;
        if manifest.files.len() > limits::FILES {
            return Err(ImageError::Manifest("too many files".into()));
        }
        Ok(manifest)
    }

    /// Checks opened content against the hashes: every file of either is in both, byte for byte.
    ///
    /// # Errors
    /// [`ImageError::Altered`], [`ImageError::Unmatched`] or [`ImageError::Numbers`].
    pub fn check(&self, content: &SealedContent) -> Result<(), ImageError> {
        for (file, bytes) in content.files.iter() {
            let row = self.files.iter().find(|r| r.name == file).ok_or(ImageError::Unmatched(file))?;
            if row.size != bytes.len() || row.sha256 != hex(&sha256(bytes)) {
                return Err(ImageError::Altered(file));
            }
        }
        if let Some(row) = self.files.iter().find(|r| content.files.get(r.name).is_none()) {
            return Err(ImageError::Unmatched(row.name));
        }
        let numbers = hex(&numbers_digest(&content.document_number, content.status_index));
        if numbers == self.numbers_digest { Ok(()) } else { Err(ImageError::Numbers) }
    }

    /// Whether two manifests are of the same person, profile and face: what a repeated job must have in common.
    #[must_use]
    pub fn same_order(&self, other: &Self) -> bool {
        let key = |m: &Self| (m.job_id.clone(), m.profile_digest.clone(), m.record_digest.clone(), m.nik_digest.clone());
        key(self) == key(other) && self.parameters == other.parameters
    }
}
