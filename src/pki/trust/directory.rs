//! A trust store as a directory: `trust.json`, and `csca`, `link`, `operations`, `cvca`, `crl` with one file each.

use super::{Kind, TrustError, TrustStore};
use crate::durable::{self, Readers};
use crate::pki::cvc;
use crate::pki::x509::{Certificate, Crl, X509Error};
use std::path::Path;

/// Version of the directory's layout.
const FORMAT: u32 = 1;
/// Its folders.
const FOLDERS: [&str; 5] = ["csca", "link", "operations", "cvca", "crl"];
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

/// Loads a store; every file must parse and be acceptable.
///
/// # Errors
/// Any [`TrustError`].
pub fn load(dir: &Path) -> Result<TrustStore, TrustError> {
    let path = dir.join("trust.json");
    let text = std::fs::read(&path).map_err(|e| io(&path, &e))?;
    let description: Description = serde_json::from_slice(&text).map_err(|e| malformed(&path, &e))?;
    if description.format != FORMAT {
        return Err(TrustError::Description { file: path.display().to_string(), line: 1, column: 1 });
    }
    let mut store = TrustStore::new(description.kind, &description.country);
    for (name, bytes) in files(&dir.join("csca"))? {
        store.add_csca(parse(&name, &bytes, Certificate::from_file)?)?;
    }
    for (name, bytes) in files(&dir.join("operations"))? {
        store.add_operations_root(parse(&name, &bytes, Certificate::from_file)?)?;
    }
    add_links(&mut store, &dir.join("link"))?;
    for (_, bytes) in files(&dir.join("cvca"))? {
        store.add_cvca(cvc::Certificate::parse(&bytes).map_err(TrustError::Cvca)?)?;
    }
    for (name, bytes) in files(&dir.join("crl"))? {
        store.add_crl(parse(&name, &bytes, Crl::from_file)?)?;
    }
    Ok(store)
}

/// Links may hang on links, in any order of names: they are tried until no more goes in.
fn add_links(store: &mut TrustStore, dir: &Path) -> Result<(), TrustError> {
    let mut waiting = Vec::new();
    for (name, bytes) in files(dir)? {
        waiting.push(parse(&name, &bytes, Certificate::from_file)?);
    }
    loop {
        let before = waiting.len();
        let mut left = Vec::new();
        for cert in waiting {
            match store.add_link(cert.clone()) {
                Err(TrustError::LinkUntrusted) => left.push(cert),
                other => other?,
            }
        }
        if left.is_empty() {
            return Ok(());
        }
        if left.len() == before {
            return Err(TrustError::LinkUntrusted);
        }
        waiting = left;
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
