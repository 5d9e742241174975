//! A roster on disk: a folder with the root's key, a file for each grant and one for each end. Files are only ever added, so that the
//! folders of two offices make one by copying.

use super::document::Said as _;
use super::grant::{GrantError, OfficerId, SignedEnd, SignedGrant};
use super::roster::{GrantDigest, Roster};
use crate::durable::{self, Readers};
use crate::lds::ec_public_key::Parameters;
use crate::limits::{OFFICER_DOCUMENT_BYTES, OFFICER_GRANTS};
use crate::pki::key::PublicKey;
use crate::reason::{Reason, Refusal};
use crate::verify::hex::{self, Hex};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Why a roster's folder is not used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// A file or folder cannot be read or written.
    #[error("{path}: {}", .source.kind())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file's content is not taken.
    #[error("{path}: {source}")]
    Content {
        /// Which.
        path: PathBuf,
        /// Why.
        source: GrantError,
    },
    /// There are more files than a roster can have.
    #[error("{0}: too many files")]
    TooMany(PathBuf),
    /// There is a roster already.
    #[error("{0} holds a roster already")]
    Exists(PathBuf),
}

impl Refusal for FolderError {
    fn reason(&self) -> Reason {
        match self {
            Self::File { source, .. } => Reason::of_io(source.kind()),
            Self::Content { source, .. } => source.reason(),
            Self::TooMany(_) => Reason::InputInvalid,
            Self::Exists(_) => Reason::OutputExists,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Root {
    format: u8,
    key: Hex,
}

/// A roster and the folder it lies in.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    roster: Roster,
}

impl Folder {
    /// A new roster under a root.
    ///
    /// # Errors
    /// [`FolderError::Exists`] or [`FolderError::File`].
    pub fn create(dir: &Path, root: &PublicKey) -> Result<Self, FolderError> {
        for folder in [dir.to_owned(), dir.join("grants"), dir.join("ends")] {
            durable::private_folder(&folder).map_err(at(&folder))?;
        }
        let path = dir.join("root.json");
        let content = Root { format: 1, key: root.encode(Parameters::Named).into() };
        match durable::create(&path, &json(&content), Readers::Owner) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(FolderError::Exists(dir.to_owned())),
            Err(source) => Err(FolderError::File { path, source }),
            Ok(()) => Ok(Self { dir: dir.to_owned(), roster: Roster::new(root.clone()) }),
        }
    }

    /// Reads one; every grant and end is checked.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn open(dir: &Path) -> Result<Self, FolderError> {
        let path = dir.join("root.json");
        let bad = |source| FolderError::Content { path: path.clone(), source };
        let root: Root = serde_json::from_slice(&read(&path)?).map_err(|_| bad(GrantError::Form))?;
        let key = PublicKey::parse(&root.key.0).map_err(|_| bad(GrantError::Field("key")))?;
        if root.format != 1 {
            return Err(bad(GrantError::Form));
        }
        let mut roster = Roster::new(key);
        let mut grants = Vec::new();
        for path in files(&dir.join("grants"), OFFICER_GRANTS)? {
            let grant = SignedGrant::parse(&read(&path)?);
            grants.push(grant.map_err(|source| FolderError::Content { path: path.clone(), source }).map(|g| (path, g))?);
        }
        // A grant comes after the one it rests on: the root's own first.
        let root = OfficerId::of(roster.root());
        grants.sort_by_key(|(_, grant)| grant.by != root);
        for (path, grant) in grants {
            roster.add(grant).map_err(|source| FolderError::Content { path, source })?;
        }
        for path in files(&dir.join("ends"), OFFICER_GRANTS)? {
            let end = SignedEnd::parse(&read(&path)?);
            end.and_then(|end| roster.end(&end)).map_err(|source| FolderError::Content { path, source })?;
        }
        Ok(Self { dir: dir.to_owned(), roster })
    }

    /// The roster.
    #[must_use]
    pub const fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Takes a grant in and keeps it; again is harmless.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn add(&mut self, grant: SignedGrant) -> Result<GrantDigest, FolderError> {
        let bytes = json(&grant);
        let path = self.dir.join("grants").join(format!("{}.json", hex::encode(&grant.digest())));
        let digest = self.roster.add(grant).map_err(|source| FolderError::Content { path: path.clone(), source })?;
        keep(&path, &bytes)?;
        Ok(digest)
    }

    /// Takes an end in and keeps it; again is harmless.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn end(&mut self, end: &SignedEnd) -> Result<GrantDigest, FolderError> {
        let name = crate::crypto::hash::sha256(&end.ended.signed_bytes());
        let path = self.dir.join("ends").join(format!("{}.json", hex::encode(&name)));
        let digest = self.roster.end(end).map_err(|source| FolderError::Content { path: path.clone(), source })?;
        keep(&path, &json(end))?;
        Ok(digest)
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> FolderError {
    let path = path.to_owned();
    |source| FolderError::File { path, source }
}

fn json(content: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(content).unwrap_or_default()
}

/// Writes a file that is named by its content: one that is there is the same.
fn keep(path: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    match durable::create(path, bytes, Readers::Owner) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(at(path)(error)),
        Ok(()) => Ok(()),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, FolderError> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(at(path))?;
    file.take(OFFICER_DOCUMENT_BYTES).read_to_end(&mut bytes).map_err(at(path))?;
    Ok(bytes)
}

/// The `.json` files of a folder, by name; at most so many.
fn files(dir: &Path, most: usize) -> Result<Vec<PathBuf>, FolderError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(at(dir))? {
        let path = entry.map_err(at(dir))?.path();
        if path.extension().is_some_and(|e| e == "json") {
            found.push(path);
        }
        if found.len() > most {
            return Err(FolderError::TooMany(dir.to_owned()));
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;
