//! A trust store as a directory: `trust.json`, and `csca`, `link`, `operations`, `cvca`, `crl` with one file each.

use super::{Kind, TrustError, TrustStore};
use crate::durable::{self, Readers};
use crate::pki::cvc;
use crate::pki::x509::{Certificate, Crl, X509Error};
use std::path::Path;

/// Version of the directory's layout.
const FORMAT: u32 = 1;
const CSCA: &str = "csca";
const OPERATIONS: &str = "operations";
const LINK: &str = "link";
const CVCA: &str = "cvca";
/// Its folders, each after those whose certificates it leans on.
const FOLDERS: [&str; 5] = [CSCA, OPERATIONS, LINK, CVCA, "crl"];
/// Most files in one folder of a store.
const MAX_FILES: usize = 4_096;
/// Largest file of a store, in bytes.
const MAX_BYTES: u64 = 4 * 1_048_576;

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    format: u32,
    kind: Kind,
    country: String,
}

fn io(path: &Path, error: &std::io::Error) -> TrustError {
    TrustError::Io { file: path.display().to_string(), kind: error.kind() }
}

fn malformed(path: &Path, error: &serde_json::Error) -> TrustError {
    TrustError::Description { file: path.display().to_string(), line: error.line(), column: error.column() }
}

/// Makes an empty store.
///
/// # Errors
/// [`TrustError::Io`]; a store that is there already is one.
pub fn create(dir: &Path, kind: Kind, country: &str) -> Result<TrustStore, TrustError> {
    let store = TrustStore::new(kind, country);
    let description = Description { format: FORMAT, kind, country: store.country().to_owned() };
    std::fs::create_dir_all(dir).map_err(|e| io(dir, &e))?;
    let path = dir.join("trust.json");
    let text = serde_json::to_vec_pretty(&description).map_err(|e| malformed(&path, &e))?;
    // Whole or not at all: half a description would keep the store from being made again.
    durable::create(&path, &text, Readers::Anyone).map_err(|e| io(&path, &e))?;
    for folder in FOLDERS {
        let path = dir.join(folder);
        if let Err(error) = std::fs::create_dir_all(&path) {
            let _ = std::fs::remove_file(dir.join("trust.json"));
            return Err(io(&path, &error));
        }
    }
    Ok(store)
}

/// A file of a store's folders and what it holds, or why the store does not take it.
#[derive(Debug)]
pub struct Item {
    /// Its path.
    pub file: String,
    /// What it holds.
    pub content: Result<Content, TrustError>,
}

/// What a file of a store holds.
#[derive(Debug)]
pub enum Content {
    /// A country signing authority.
    Csca(Certificate),
    /// A root of operations.
    Operations(Certificate),
    /// A link certificate.
    Link(Certificate),
    /// A self-signed CVCA certificate.
    Cvca(cvc::Certificate),
    /// A revocation list.
    Crl(Crl),
}

/// Loads a store; every file must parse and be acceptable.
///
/// # Errors
/// Any [`TrustError`].
pub fn load(dir: &Path) -> Result<TrustStore, TrustError> {
    let (store, items) = survey(dir)?;
    items.into_iter().try_for_each(|item| item.content.map(drop))?;
    Ok(store)
}

/// The store that a folder's acceptable files make, and every file with what became of it.
///
/// # Errors
/// [`TrustError::Description`], or [`TrustError::Io`] for a file that cannot be read at all.
pub fn survey(dir: &Path) -> Result<(TrustStore, Vec<Item>), TrustError> {
    let path = dir.join("trust.json");
    let text = std::fs::read(&path).map_err(|e| io(&path, &e))?;
    let description: Description = serde_json::from_slice(&text).map_err(|e| malformed(&path, &e))?;
    if description.format != FORMAT {
        return Err(TrustError::Description { file: path.display().to_string(), line: 1, column: 1 });
    }
    let mut store = TrustStore::new(description.kind, &description.country);
    let mut items = Vec::new();
    for folder in FOLDERS {
        let found = files(&dir.join(folder))?;
        if folder == LINK {
            add_links(&mut store, &found);
        }
        items.extend(found.into_iter().map(|(file, bytes)| Item { content: take(&mut store, folder, &file, &bytes), file }));
    }
    Ok((store, items))
}

/// Takes a file of a folder into a store.
fn take(store: &mut TrustStore, folder: &str, file: &str, bytes: &[u8]) -> Result<Content, TrustError> {
    let certificate = || parse(file, bytes, Certificate::from_file);
    match folder {
        CSCA => certificate().and_then(|cert| store.add_csca(cert.clone()).map(|()| Content::Csca(cert))),
        OPERATIONS => certificate().and_then(|cert| store.add_operations_root(cert.clone()).map(|()| Content::Operations(cert))),
        LINK => certificate().and_then(|cert| store.add_link(cert.clone()).map(|()| Content::Link(cert))),
        CVCA => {
            let cert = cvc::Certificate::parse(bytes).map_err(TrustError::Cvca)?;
            store.add_cvca(cert.clone()).map(|()| Content::Cvca(cert))
        }
        _ => {
            let crl = parse(file, bytes, Crl::from_file)?;
            store.add_crl(crl.clone()).map(|()| Content::Crl(crl))
        }
    }
}

/// Links may hang on links, in any order of names: they are tried until no more goes in.
fn add_links(store: &mut TrustStore, links: &[(String, Vec<u8>)]) {
    let mut waiting: Vec<Certificate> = links.iter().filter_map(|(_, bytes)| Certificate::from_file(bytes).ok()).collect();
    loop {
        let before = waiting.len();
        waiting.retain(|cert| store.add_link(cert.clone()).is_err());
        if waiting.is_empty() || waiting.len() == before {
            return;
        }
    }
}

fn parse<T>(name: &str, bytes: &[u8], parser: impl Fn(&[u8]) -> Result<T, X509Error>) -> Result<T, TrustError> {
    parser(bytes).map_err(|error| TrustError::File { file: name.to_owned(), error })
}

/// The files of a folder in the order of their names; a folder that is not there holds none.
fn files(dir: &Path) -> Result<Vec<(String, Vec<u8>)>, TrustError> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(io(dir, &e)),
    };
    let mut found = Vec::new();
    for entry in entries.take(MAX_FILES) {
        let path = entry.map_err(|e| io(dir, &e))?.path();
        let metadata = std::fs::metadata(&path).map_err(|e| io(&path, &e))?;
        // A pipe would wait for whoever writes into it.
        if !metadata.is_file() {
            return Err(TrustError::Io { file: path.display().to_string(), kind: std::io::ErrorKind::InvalidInput });
        }
        if metadata.len() > MAX_BYTES {
            return Err(TrustError::Io { file: path.display().to_string(), kind: std::io::ErrorKind::FileTooLarge });
        }
        found.push((path.display().to_string(), std::fs::read(&path).map_err(|e| io(&path, &e))?));
    }
    found.sort();
    Ok(found)
}
