//! A card image as a folder: written whole or not at all, readable by its owner alone.

use super::{ImageError, Manifest};
use crate::limits;
use crate::reason::Reason;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

/// Name of the manifest.
pub const MANIFEST: &str = "manifest.json";
/// Name of the sealed files.
pub const SEALED: &str = "files.cms";

/// A card image as it lies in its folder.
#[derive(Clone, PartialEq, Eq)]
pub struct CardImage {
    /// The exact bytes of `manifest.json`: what the authorization signs.
    pub manifest_bytes: Vec<u8>,
    /// The manifest.
    pub manifest: Manifest,
    /// `files.cms`: the sealed content in DER.
    pub sealed: Vec<u8>,
}

impl std::fmt::Debug for CardImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CardImage({}, {} sealed bytes)", self.manifest.job_id, self.sealed.len())
    }
}

impl CardImage {
    /// An image of a manifest and its sealed files.
    ///
    /// # Errors
    /// [`ImageError::Manifest`] or [`ImageError::Version`].
    pub fn new(manifest_bytes: Vec<u8>, sealed: Vec<u8>) -> Result<Self, ImageError> {
        Ok(Self { manifest: Manifest::parse(&manifest_bytes)?, manifest_bytes, sealed })
    }

    /// SHA-256 of the manifest's bytes.
    #[must_use]
    pub fn manifest_digest(&self) -> [u8; 32] {
        crate::crypto::hash::sha256(&self.manifest_bytes)
    }

    /// Reads the image of a folder.
    ///
    /// # Errors
    /// [`ImageError::Storage`], [`ImageError::Gone`], [`ImageError::Manifest`] or [`ImageError::Version`].
    pub fn read(folder: &Path) -> Result<Self, ImageError> {
        let manifest = read_bounded(&folder.join(MANIFEST), limits::DOCUMENT_BYTES).ok_or(ImageError::Storage(MANIFEST))?;
        let sealed = read_bounded(&folder.join(SEALED), limits::CMS_BYTES)
            .ok_or_else(|| if folder.join(SEALED).exists() { ImageError::Storage(SEALED) } else { ImageError::Gone })?;
        Self::new(manifest, sealed)
    }

    /// Writes the image as a new folder: a temporary folder beside it, flushed to the disk, then renamed.
    ///
    /// # Errors
    /// [`ImageError::Conflict`] if something is there, [`ImageError::Full`], [`ImageError::Storage`].
    pub fn write(&self, folder: &Path) -> Result<(), ImageError> {
        let failed = |e: std::io::Error| unwritable("folder", &e);
        if folder.exists() {
            return Err(ImageError::Conflict);
        }
        let parent = match folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(failed)?;
        let temporary = private_folder(".ektp-image-").tempdir_in(parent).map_err(failed)?;
        write_private(&temporary.path().join(MANIFEST), &self.manifest_bytes).map_err(|e| unwritable(MANIFEST, &e))?;
        write_private(&temporary.path().join(SEALED), &self.sealed).map_err(|e| unwritable(SEALED, &e))?;
        sync_folder(temporary.path()).map_err(failed)?;
        let path = temporary.keep();
        // A rename onto a folder that came meanwhile fails unless that folder is empty.
        if let Err(error) = fs::rename(&path, folder) {
            let _ = fs::remove_dir_all(&path);
            return Err(if folder.exists() { ImageError::Conflict } else { failed(error) });
        }
        sync_folder(parent).map_err(failed)
    }
}

pub(super) fn unwritable(what: &'static str, error: &std::io::Error) -> ImageError {
    match Reason::of_io(error.kind()) {
        Reason::DiskFull => ImageError::Full,
        _ => ImageError::Storage(what),
    }
}

/// A maker of temporary folders that only their owner can enter.
pub(crate) fn private_folder(prefix: &'static str) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder
}

fn read_bounded(path: &Path, most: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).ok()? + 1;
    File::open(path).ok()?.take(limit).read_to_end(&mut bytes).ok()?;
    (bytes.len() <= most).then_some(bytes)
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    let _ = path;
    Ok(())
}
