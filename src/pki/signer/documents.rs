//! The two documents that the signer reads: the image's manifest and the approver's authorization of it.

use super::{Rule, SignRequest};
use crate::crypto::hash::sha256;
use crate::lds::file_id::FileId;
use std::collections::BTreeMap;

/// The approver's word that one image may become one card. Signed as its exact bytes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Authorization {
    /// Format version: 1.
    pub version: u32,
    /// The application that was approved.
    pub application: String,
    /// Keyed digest of the NIK, hexadecimal.
    pub nik_digest: String,
    /// Digest of the record, hexadecimal.
    pub record_sha256: String,
    /// Digests of the finger templates, hexadecimal.
    pub template_sha256: Vec<String>,
    /// SHA-256 of the image's manifest, hexadecimal.
    pub manifest_sha256: String,
    /// Where the card goes: the office or bureau.
    pub route: String,
    /// Why the card is made: first, renewal, replacement.
    pub reason: String,
    /// The one signer that may spend it.
    pub signer: String,
}

/// One file of a manifest.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FileHash {
    /// Standard name, e.g. `DG1`.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// What the signer reads of a manifest; its other fields are not the signer's business.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct ManifestNumbers {
    /// The job that the image was built for.
    pub job: String,
    /// [`document_number_digest`] of the document number.
    pub document_number_sha256: String,
    /// The status index.
    pub status_index: u64,
    /// Every file of the image.
    pub files: Vec<FileHash>,
}

/// The digest of a document number as manifests hold it: hexadecimal SHA-256 of `ektp-document-number-1` and the number.
#[must_use]
pub fn document_number_digest(number: &str) -> String {
    hex(&sha256(&[b"ektp-document-number-1", number.as_bytes()].concat()))
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

impl Authorization {
    /// Parses the authorization and checks that it is over this manifest and for this signer.
    pub(super) fn check(request: &SignRequest, signer: &str) -> Result<Self, Rule> {
        let own: Self = serde_json::from_slice(&request.authorization).map_err(|_| Rule::Authorization)?;
        if own.version != 1 || own.manifest_sha256 != hex(&sha256(&request.manifest)) {
            return Err(Rule::Authorization);
        }
        if own.signer == signer { Ok(own) } else { Err(Rule::OtherSigner) }
    }
}

impl ManifestNumbers {
    /// Parses the manifest and checks numbers and hashes of a request against it.
    pub(super) fn check(request: &SignRequest) -> Result<Self, Rule> {
        let own: Self = serde_json::from_slice(&request.manifest).map_err(|_| Rule::Authorization)?;
        if own.document_number_sha256 != document_number_digest(&request.document_number) {
            return Err(Rule::DocumentNumber);
        }
        if own.status_index != request.status_index {
            return Err(Rule::StatusIndex);
        }
        let asked: BTreeMap<u8, String> = request.hashes.iter().map(|(n, h)| (*n, hex(h))).collect();
        if asked == own.groups() && !asked.is_empty() { Ok(own) } else { Err(Rule::Hashes) }
    }

    /// The hashes of the data groups that are in the image: all but 14 and 15.
    fn groups(&self) -> BTreeMap<u8, String> {
        let group = |f: &FileHash| Some((FileId::from_name(&f.name)?.data_group()?, f.sha256.to_ascii_lowercase()));
        self.files.iter().filter_map(group).filter(|(n, _)| !matches!(n, 14 | 15)).collect()
    }
}
