//! A card image: everything a card will hold but DG14, DG15 and EF.SOD, sealed, with a manifest of hashes outside the seal.

pub mod manifest;
pub mod sealed;
pub mod store;

pub use manifest::{Manifest, ManifestFile, Parameters, Reserve};
pub use sealed::SealedContent;
pub use store::CardImage;

use super::build::Built;
use super::file_id::FileId;
use super::profile::Profile;
use super::tlv::TlvError;
use crate::reason::{Reason, Refusal};
use crate::record::Record;
use zeroize::Zeroizing;

/// Why a card image is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// A file of the image cannot be read or written.
    #[error("{0} of the card image cannot be read or written")]
    Storage(&'static str),
    /// The manifest is there and the sealed files are not: they are deleted once the receipt of their card is in the chain.
    #[error("the image's sealed files are gone: they are deleted once their card is issued")]
    Gone,
    /// The disk has no room for the image.
    #[error("there is no room left for the card image")]
    Full,
    /// The manifest is not JSON of its form: the message names line and key.
    #[error("manifest: {0}")]
    Manifest(String),
    /// A manifest of another format version.
    #[error("manifest of format {0}, this program knows 1")]
    Version(u32),
    /// The opened content is not of its form.
    #[error("sealed content: {0}")]
    Sealed(#[from] TlvError),
    /// A file's bytes are not those of the manifest.
    #[error("{0} differs from the manifest")]
    Altered(FileId),
    /// Numbers that are not those of the manifest.
    #[error("the sealed numbers differ from the manifest")]
    Numbers,
    /// A file of the manifest is not in the sealed content, or the other way round.
    #[error("{0} is not in manifest and sealed content alike")]
    Unmatched(FileId),
    /// The folder holds another job's image, or one of other content.
    #[error("the folder holds another image")]
    Conflict,
}

impl Refusal for ImageError {
    fn reason(&self) -> Reason {
        match self {
            Self::Storage(_) | Self::Gone => Reason::FileUnreadable,
            Self::Full => Reason::DiskFull,
            Self::Manifest(_) | Self::Version(_) => Reason::InputInvalid,
            Self::Sealed(_) => Reason::EncodingInvalid,
            Self::Altered(_) | Self::Numbers | Self::Unmatched(_) => Reason::ImageAltered,
            Self::Conflict => Reason::JobConflict,
        }
    }
}

/// An image before it is sealed.
pub struct Draft {
    /// The bytes of `manifest.json`.
    pub manifest: Vec<u8>,
    /// What is to be sealed.
    pub plaintext: Zeroizing<Vec<u8>>,
}

impl Draft {
    /// Puts a built card into its image.
    ///
    /// `nik_digest` is the NIK under the issuing office's key, 32 bytes, where one is at hand.
    #[must_use]
    pub fn of(built: &Built, record: &Record, profile: &Profile, job_id: &str, nik_digest: Option<[u8; 32]>) -> Self {
        let content = SealedContent {
            files: built.files.clone(),
            can: built.numbers.can.clone(),
            key_text: built.key_text.clone(),
            mrz: built.mrz.clone(),
            document_number: built.numbers.document_number.clone(),
            status_index: built.numbers.status_index,
        };
        let manifest = Manifest::of(built, record, profile, job_id, nik_digest);
        Self { manifest: manifest.encode(), plaintext: Zeroizing::new(content.encode()) }
    }
}

#[cfg(test)]
#[path = "../tests/image.rs"]
mod tests;
