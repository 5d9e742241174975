//! What stands in a gallery's files, read and held against what the caller knows; nothing is changed.

use super::body::Change;
use super::error::SealedError;
use super::key::GalleryKey;
use super::log::{self, Access, Contents, Log};
use super::snapshot::{self, Header};
use super::trail::{Mark, Trail};
use crate::afis::code::Projection;
use crate::afis::gallery::Gallery;
use crate::afis::person::PersonId;
use crate::durable;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What the files of a gallery hold.
pub(super) struct Loaded {
    pub gallery: Gallery,
    pub header: Header,
    pub trail: Trail,
    /// After how many changes those came whom the snapshot does not hold.
    pub came: HashMap<PersonId, u64>,
    /// None if the snapshot holds all of it, and a new log must begin.
    pub log: Option<Log>,
    /// Whether the log ends in a torn record, which counts for nothing.
    pub torn: bool,
}

impl Loaded {
    /// Reads both files, and changes neither.
    pub fn read(
        path: &Path,
        key: &GalleryKey,
        threads: usize,
        at_least: Option<Mark>,
        access: Access,
    ) -> Result<Self, SealedError> {
        let gallery = Gallery::new(threads);
        let (header, trail) = snapshot::read(path, key, |person| Ok(gallery.insert(&person).map(|_| ())?))?;
        let found = log::read(&log_path(path), key, Projection::committed().id(), access)?;
        let mut loaded = Self { gallery, header, trail, came: HashMap::new(), log: None, torn: found.torn };
        loaded.follow(found)?;
        at_least.map_or(Ok(()), |known| loaded.trail.passed(&known))?;
        Ok(loaded)
    }

    /// Brings the changes of a log into the gallery of the snapshot.
    fn follow(&mut self, found: Contents) -> Result<(), SealedError> {
        let header = &self.header;
        if found.gallery != header.gallery {
            return Err(SealedError::OtherLog);
        }
        if found.generation.checked_add(1) == Some(header.generation) && found.log.end() == header.folded {
            return Ok(());
        }
        if found.generation != header.generation {
            return Err(SealedError::RolledBack);
        }
        for (change, tag) in &found.changes {
            self.trail.push(tag);
            match change {
                Change::Came(person) => {
                    self.came.insert(person.id(), self.trail.changes());
                    self.gallery.insert(person).map(|_| ())
                }
                Change::Went(id) => {
                    self.came.remove(id);
                    self.gallery.remove(*id)
                }
            }
            .map_err(|_| SealedError::Content)?;
        }
        self.log = Some(found.log);
        Ok(())
    }
}

/// The place of a gallery's snapshot. A link is another name of one gallery, which has one lock and one log.
pub(super) fn real(path: &Path) -> Result<PathBuf, SealedError> {
    std::fs::canonicalize(path).map_err(|e| SealedError::Unreadable(e.kind()))
}

/// Removes what a program that was killed left of either file.
pub(super) fn sweep(path: &Path) -> Result<(), SealedError> {
    let swept = durable::sweep(path).and_then(|_| durable::sweep(&log_path(path)));
    swept.map(|_| ()).map_err(|e| SealedError::Unwritable(e.kind()))
}

/// The place of a snapshot's log.
pub(super) fn log_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".log");
    path.with_file_name(name)
}
