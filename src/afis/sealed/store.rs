//! A gallery with its files: what is answered is on disk, and who is on disk is in memory.

use super::body::Change;
use super::error::SealedError;
use super::key::GalleryKey;
use super::log::{self, Contents, Log, START};
use super::snapshot::{self, Header};
use crate::afis::answer::Answer;
use crate::afis::code::Projection;
use crate::afis::gallery::{Gallery, GalleryError, Ticket};
use crate::afis::person::{Person, PersonId};
use crate::afis::policy::Policy;
use crate::durable;
use rand_core::CryptoRng;
use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A state of a gallery, to hold against a later one: of two states of one gallery the greater is the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Number of the snapshot.
    pub generation: u64,
    /// Changes since.
    pub changes: u64,
}

/// `GENERATION.CHANGES`.
impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.generation, self.changes)
    }
}

impl std::str::FromStr for Mark {
    type Err = SealedError;

    fn from_str(text: &str) -> Result<Self, SealedError> {
        let number = |text: &str| text.parse().map_err(|_| SealedError::Content);
        let (generation, changes) = text.split_once('.').ok_or(SealedError::Content)?;
        Ok(Self { generation: number(generation)?, changes: number(changes)? })
    }
}

/// What came of an enrolment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// What the search for the person among those who came before answered.
    pub answer: Answer,
    /// The state of the gallery with this person in it; `None` if the answer was not *single*, and nobody was taken in.
    pub taken: Option<Mark>,
}

/// A gallery that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The gallery.
    pub store: Store,
    /// Whether the log ended in a record that was torn while it was written. It was given up: nobody had been answered.
    pub torn: bool,
}

/// A gallery with its files, held by this process alone.
pub struct Store {
    path: PathBuf,
    key: GalleryKey,
    gallery: Gallery,
    written: Mutex<Written>,
    _lock: File,
}

/// What stands in the files.
struct Written {
    log: Log,
    header: Header,
    /// Persons who are seated, and of whom it is not decided yet whether they stay.
    pending: HashSet<PersonId>,
}

impl Store {
    /// Makes the files of an empty gallery: the snapshot at `path`, and beside it the log, `NAME.log`.
    ///
    /// # Errors
    /// [`SealedError::Exists`], [`SealedError::Busy`], [`SealedError::Unwritable`].
    pub fn create(path: &Path, key: &GalleryKey, rng: &mut dyn CryptoRng) -> Result<Mark, SealedError> {
        let _lock = hold(path)?;
        if path.exists() || log_path(path).exists() {
            return Err(SealedError::Exists);
        }
        let (mut gallery, mut salt) = ([0; 16], [0; 16]);
        rng.fill_bytes(&mut gallery);
        rng.fill_bytes(&mut salt);
        let weights = Projection::committed().id();
        let check = key.check(&gallery);
        log::create(&log_path(path), &gallery, 0, weights, key, rng)?;
        let header = Header { gallery, generation: 0, persons: 0, salt, weights, folded: START, check };
        snapshot::write(path, &header, key, std::iter::empty())?;
        Ok(Mark { generation: 0, changes: 0 })
    }

    /// Opens a gallery: decrypts everyone into memory and holds the files. With `at_least`, a state that the caller knows the gallery
    /// has reached, an older one put in its place is found out.
    ///
    /// # Errors
    /// Any [`SealedError`] but [`SealedError::Exists`], [`SealedError::KeyLength`] and [`SealedError::Halted`].
    pub fn open(
        path: &Path,
        key: &GalleryKey,
        threads: usize,
        at_least: Option<Mark>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Opened, SealedError> {
        if !path.exists() {
            return Err(SealedError::Unreadable(std::io::ErrorKind::NotFound));
        }
        // A link is another name of one gallery, which has one lock and one log.
        let path = &std::fs::canonicalize(path).map_err(|e| SealedError::Unreadable(e.kind()))?;
        let lock = hold(path)?;
        let gallery = Gallery::new(threads);
        let header = snapshot::read(path, key, |person| Ok(gallery.insert(&person).map(|_| ())?))?;
        let weights = Projection::committed().id();
        let found = log::read(&log_path(path), key, weights)?;
        let torn = found.torn;
        let log = follow(&gallery, &header, found)?;
        let log = match log {
            Some(log) => log,
            None => log::create(&log_path(path), &header.gallery, header.generation, weights, key, rng)?,
        };
        let written = Mutex::new(Written { log, header, pending: HashSet::new() });
        let store = Self { path: path.to_owned(), key: key.clone(), gallery, written, _lock: lock };
        if at_least.is_some_and(|known| store.mark() < known) {
            return Err(SealedError::RolledBack);
        }
        Ok(Opened { store, torn })
    }

    /// The persons in memory, for searches.
    #[must_use]
    pub const fn gallery(&self) -> &Gallery {
        &self.gallery
    }

    /// The present state.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.written().mark()
    }

    /// Searches for a person and takes them in if they are single; what is answered is on disk. Of two enrolments of one person at
    /// the same time the one that is seated second sees the first.
    ///
    /// # Errors
    /// [`SealedError::Gallery`], [`SealedError::Unwritable`], [`SealedError::Halted`]; then the person is not in the gallery.
    pub fn enrol(&self, person: &Person, policy: &Policy, rng: &mut dyn CryptoRng) -> Result<Enrolment, SealedError> {
        let ticket = self.seat(person)?;
        let answer = self.gallery.identify_before(ticket, person, policy);
        if !matches!(answer, Answer::Single(_)) {
            self.give_up(person.id());
            return Ok(Enrolment { answer, taken: None });
        }
        Ok(Enrolment { answer, taken: Some(self.keep(person, rng)?) })
    }

    /// Takes a person in whom an adjudicator found to be nobody else, without a search.
    ///
    /// # Errors
    /// As [`Store::enrol`].
    pub fn admit(&self, person: &Person, rng: &mut dyn CryptoRng) -> Result<Mark, SealedError> {
        self.seat(person)?;
        self.keep(person, rng)
    }

    /// Takes a person out.
    ///
    /// # Errors
    /// [`SealedError::Gallery`], [`SealedError::Unwritable`], [`SealedError::Halted`]; then the person is still in the gallery.
    pub fn delete(&self, id: PersonId, rng: &mut dyn CryptoRng) -> Result<Mark, SealedError> {
        let mut written = self.written();
        if written.pending.contains(&id) || !self.gallery.contains(id) {
            return Err(GalleryError::Unknown(id).into());
        }
        written.log.append(&Change::went(id), rng)?;
        self.gallery.remove(id)?;
        Ok(written.mark())
    }

    /// Writes everyone into a new snapshot and begins a new log. Searches go on meanwhile; changes wait.
    ///
    /// # Errors
    /// [`SealedError::Unwritable`], [`SealedError::Halted`]; then snapshot and log are what they were, or can be opened as they are.
    pub fn compact(&self, rng: &mut dyn CryptoRng) -> Result<Mark, SealedError> {
        let mut written = self.written();
        let Written { log, header, pending } = &mut *written;
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        let settled = |person: &Person| !pending.contains(&person.id());
        // Nobody can settle or leave while the files are held, but newcomers may be seated, who are counted out as pending.
        let persons = self.gallery.persons().filter(settled).count() as u64;
        let weights = Projection::committed().id();
        let next = Header { generation: header.generation + 1, persons, salt, weights, folded: log.end(), ..header.clone() };
        snapshot::write(&self.path, &next, &self.key, self.gallery.persons().filter(settled))?;
        *header = next;
        *log = log::create(&log_path(&self.path), &header.gallery, header.generation, weights, &self.key, rng)?;
        Ok(written.mark())
    }

    /// Seats a person for whom it is not decided yet whether they stay.
    fn seat(&self, person: &Person) -> Result<Ticket, SealedError> {
        let mut written = self.written();
        let ticket = self.gallery.insert(person)?;
        written.pending.insert(person.id());
        Ok(ticket)
    }

    /// Makes it durable that a person stays.
    fn keep(&self, person: &Person, rng: &mut dyn CryptoRng) -> Result<Mark, SealedError> {
        let mut written = self.written();
        written.pending.remove(&person.id());
        if let Err(error) = written.log.append(&Change::came(person), rng) {
            self.gallery.remove(person.id())?;
            return Err(error);
        }
        Ok(written.mark())
    }

    fn give_up(&self, id: PersonId) {
        let mut written = self.written();
        written.pending.remove(&id);
        // Nobody else removes who is pending.
        let _ = self.gallery.remove(id);
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Written {
    const fn mark(&self) -> Mark {
        Mark { generation: self.header.generation, changes: self.log.end().0 }
    }
}

/// Persons are biometric data: they are counted, not shown.
impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({:?})", self.gallery)
    }
}

/// Brings the changes of a log into the gallery of a snapshot; `None` if the snapshot holds them all, and a new log must begin.
fn follow(gallery: &Gallery, header: &Header, found: Contents) -> Result<Option<Log>, SealedError> {
    if found.gallery != header.gallery {
        return Err(SealedError::OtherLog);
    }
    if found.generation.checked_add(1) == Some(header.generation) && found.log.end() == header.folded {
        return Ok(None);
    }
    if found.generation != header.generation {
        return Err(SealedError::RolledBack);
    }
    for change in &found.changes {
        match change {
            Change::Came(person) => gallery.insert(person).map(|_| ()),
            Change::Went(id) => gallery.remove(*id),
        }
        .map_err(|_| SealedError::Content)?;
    }
    Ok(Some(found.log))
}

fn hold(path: &Path) -> Result<File, SealedError> {
    let lock = durable::try_lock(path).map_err(|e| SealedError::Unwritable(e.kind()))?;
    lock.ok_or(SealedError::Busy)
}

fn log_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".log");
    path.with_file_name(name)
}
