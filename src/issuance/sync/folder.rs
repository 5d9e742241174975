//! A folder that is carried from office to office, or that both reach: `OFFICE/SHA.item` for each office that something is for.
//!
//! What is put there is whole under its name, or a part that the next run goes on with. Whoever fetches an item takes it away once it is
//! durable in the own spool.

use super::SyncError;
use super::item::{Item, Label, Sha};
use super::parts::Parts;
use super::spool::{Spool, bounded, named};
use crate::issuance::office::Office;
use crate::issuance::officer::Roster;
use crate::limits::{STORE_OFFICES, SYNC_CHUNK_BYTES, SYNC_ITEM_BYTES};
use jiff::Timestamp;
use std::fs::{self, File};
use std::path::Path;

/// What became of an item on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Which.
    pub item: Sha,
    /// What stands outside on it, if it could be read.
    pub label: Option<Label>,
    /// Why it was not.
    pub refused: Option<SyncError>,
}

/// Puts everything that is due into the folder.
///
/// # Errors
/// [`SyncError::Files`] if nothing can be written there.
pub fn push(spool: &Spool, to: &Path, again: bool, now: Timestamp) -> Result<Vec<Carried>, SyncError> {
    let mut carried = Vec::new();
    for entry in spool.outgoing()?.into_iter().filter(|entry| entry.is_due(again, now)) {
        let bytes = match spool.bytes(entry.sha) {
            Ok(bytes) => bytes,
            Err(error) => {
                carried.push(Carried { item: entry.sha, label: Some(entry.label), refused: Some(error) });
                continue;
            }
        };
        let office = to.join(entry.label.to.to_string());
        put(&office, entry.sha, &bytes)?;
        spool.delivered(&entry, now)?;
        carried.push(Carried { item: entry.sha, label: Some(entry.label), refused: None });
    }
    Ok(carried)
}

/// Puts an item there, in parts, going on where an earlier run ended.
fn put(office: &Path, sha: Sha, bytes: &[u8]) -> Result<(), SyncError> {
    let (parts, path) = (Parts::at(office)?, office.join(format!("{sha}.item")));
    if bounded(&path, SYNC_ITEM_BYTES).is_ok_and(|found| Sha::of(&found) == sha) {
        return Ok(());
    }
    let have = usize::try_from(parts.have(sha)).unwrap_or(usize::MAX);
    let mut rest = bytes.get(have..).unwrap_or_else(|| {
        parts.forget(sha);
        bytes
    });
    let mut at = u64::try_from(bytes.len() - rest.len()).unwrap_or(u64::MAX);
    while !rest.is_empty() {
        let (part, after) = rest.split_at(rest.len().min(SYNC_CHUNK_BYTES));
        at = parts.add(sha, at, part)?;
        rest = after;
    }
    parts.finish(sha, &path)
}

/// Fetches everything that is for this office, or goes on from here, and takes it away from there. What is not proven to be an office's is
/// named, and stays where it lies.
///
/// # Errors
/// [`SyncError::Files`] if the folder cannot be read.
pub fn pull(spool: &Spool, from: &Path, roster: &Roster, now: Timestamp) -> Result<Vec<Carried>, SyncError> {
    let mut carried = Vec::new();
    let parts = spool.parts("folder")?;
    let offices = fs::read_dir(from).map_err(|e| SyncError::io(from, &e))?;
    let office = |entry: fs::DirEntry| entry.file_name().to_str().and_then(|name| name.parse::<Office>().ok());
    let offices: Vec<Office> = offices.take(STORE_OFFICES).filter_map(Result::ok).filter_map(office).collect();
    for to in offices {
        let folder = from.join(to.to_string());
        for sha in named(&folder)? {
            if let Some(done) = fetch(spool, &parts, (&folder, to, sha), (roster, now)) {
                carried.push(done);
            }
        }
    }
    Ok(carried)
}

/// Fetches one item; nothing if it is not for here.
fn fetch(
    spool: &Spool,
    parts: &Parts,
    (folder, to, sha): (&Path, Office, Sha),
    (roster, now): (&Roster, Timestamp),
) -> Option<Carried> {
    let path = folder.join(format!("{sha}.item"));
    let mut label = None;
    let fetched = (|| {
        let bytes = copy(parts, &path, sha)?;
        let item = Item::parse(&bytes)?;
        let known = item.label();
        label = Some(known.clone());
        if known.to != to {
            return Err(SyncError::Anothers);
        }
        if !is_on_its_way(spool.office(), &known) {
            parts.forget(sha);
            return Ok(false);
        }
        item.verify(roster, now)?;
        spool.put(&bytes, &known)?;
        parts.forget(sha);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(SyncError::io(&path, &error)),
            _ => Ok(true),
        }
    })();
    match fetched {
        Ok(false) => None,
        Ok(true) => Some(Carried { item: sha, label, refused: None }),
        Err(error) => Some(Carried { item: sha, label, refused: Some(error) }),
    }
}

/// The bytes of an item that lies in a folder, copied in parts: a stick that is pulled out is gone on with.
fn copy(parts: &Parts, path: &Path, sha: Sha) -> Result<Vec<u8>, SyncError> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let io = |e: std::io::Error| SyncError::io(path, &e);
    let mut file = File::open(path).map_err(io)?;
    let mut at = parts.have(sha);
    file.seek(SeekFrom::Start(at)).map_err(io)?;
    let mut chunk = vec![0; SYNC_CHUNK_BYTES];
    loop {
        let read = file.read(&mut chunk).map_err(io)?;
        if read == 0 {
            return parts.whole(sha);
        }
        at = parts.add(sha, at, chunk.get(..read).unwrap_or_default())?;
    }
}

/// Whether an item is for this office, or goes on from here: down to an office below, or up from one.
#[must_use]
pub fn is_on_its_way(here: Office, label: &Label) -> bool {
    let goes_down = here.holds(label.to);
    let comes_up = here.holds(label.from) && label.from != here;
    label.to == here || label.from != here && (goes_down || comes_up)
}
