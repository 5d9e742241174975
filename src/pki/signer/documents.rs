//! The two documents that the signer reads: the approver's authorization and the image's manifest.

use super::{Order, Rule};
use crate::crypto::ec::Curve;
use crate::crypto::hash::sha256;
use crate::lds::file_id::FileId;
use crate::limits::{DOCUMENT_BYTES, FILES};
use crate::pki::authorization::{self, Digest};
use crate::pki::trust::{TrustStore, mark::hex};
use crate::reason::{Reason, Refusal as _};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What the signer reads of a manifest; its other fields are not the signer's business.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Manifest {
    pub(super) job_id: String,
    record_digest: Digest,
    template_digests: Vec<Digest>,
    numbers_digest: Digest,
    pub(super) parameters: Parameters,
    files: Vec<File>,
}

/// What the chip's keys must be like.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Parameters {
    pub(super) curve: Curve,
    pub(super) active_authentication: bool,
    pub(super) ca_key_id: u8,
}

#[derive(Debug, serde::Deserialize)]
struct File {
    name: FileId,
    sha256: Digest,
}

/// Checks the approver's signature, that the authorization is this signer's to spend, and that manifest, numbers and
/// hashes are the ones that were approved.
pub(super) fn check(order: &Order, signer: &str, trust: &TrustStore, at: Timestamp) -> Result<Manifest, Rule> {
    let (document, signature) = (&order.authorization, &order.authorization_signature);
    let approved = authorization::verify(document, signature, trust, at).map_err(|e| match e.reason() {
        Reason::SampleKey => Rule::SampleKey,
        _ => Rule::Authorization,
    })?;
    let approved = approved.authorization();
    if approved.signer != signer {
        return Err(Rule::OtherSigner);
    }
    if approved.manifest_digest != Digest::of(&order.manifest) || order.manifest.len() > DOCUMENT_BYTES {
        return Err(Rule::Authorization);
    }
    let manifest: Manifest = serde_json::from_slice(&order.manifest).map_err(|_| Rule::Authorization)?;
    if manifest.record_digest != approved.record_digest || manifest.template_digests != approved.template_digests {
        return Err(Rule::Authorization);
    }
    let index = u32::try_from(order.status_index).map_err(|_| Rule::StatusIndex)?;
    if manifest.numbers_digest != numbers_digest(&order.document_number, index) {
        return Err(Rule::DocumentNumber);
    }
    let asked: BTreeMap<u8, String> = order.hashes.iter().map(|(n, h)| (*n, hex(h))).collect();
    if asked == manifest.groups() && !asked.is_empty() { Ok(manifest) } else { Err(Rule::Hashes) }
}

/// Document number and status index as manifests hold them: SHA-256 of `ektp-numbers-1 ‖ number ‖ 00 ‖ index(4)`.
pub(super) fn numbers_digest(document_number: &str, status_index: u32) -> Digest {
    let parts: [&[u8]; 4] = [b"ektp-numbers-1", document_number.as_bytes(), &[0], &status_index.to_be_bytes()];
    Digest(sha256(&parts.concat()))
}

impl Manifest {
    /// The hashes of the data groups that are in the image: all but 14 and 15.
    fn groups(&self) -> BTreeMap<u8, String> {
        let files = self.files.iter().take(FILES);
        let groups = files.filter_map(|f| Some((f.name.data_group()?, f.sha256.to_string())));
        groups.filter(|(n, _)| !matches!(n, 14 | 15)).collect()
    }
}
