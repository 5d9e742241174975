//! A gallery with its files: what is answered is on disk, and who is on disk is in memory.

use super::body::Change;
use super::error::SealedError;
use super::key::GalleryKey;
use super::load::{Loaded, log_path, real, sweep};
use super::log::{self, Access, Log, START};
use super::snapshot::{self, Header};
use super::trail::{Mark, Trail};
use crate::afis::answer::Answer;
use crate::afis::code::Projection;
use crate::afis::gallery::{Gallery, GalleryError, Ticket};
use crate::afis::person::{Person, PersonId};
use crate::afis::policy::Policy;
use crate::durable::{self, Held};
use rand_core::CryptoRng;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What came of an enrolment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// What the search for the person among those who came before answered.
    pub answer: Answer,
    /// The state of the gallery with this person in it; `None` if the answer was not *single*, and nobody was taken in.
    pub taken: Option<Mark>,
}

/// A person who was taken in before, exactly as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// What a search for the person among those who came before answers now.
    pub answer: Answer,
    /// How many these are.
    pub before: usize,
    /// The state with which the person was taken in; if a snapshot was made since, that snapshot's.
    pub taken: Mark,
}

/// A gallery that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The gallery.
    pub store: Store,
    /// Whether the log ended in a record that was torn while it was written. It was cut off: nobody had been answered.
    pub torn: bool,
}

/// A gallery that is looked at while nobody changes it: others may look too.
#[derive(Debug)]
pub struct Seen {
    /// The persons in memory, for searches.
    pub gallery: Gallery,
    /// The state of the files.
    pub mark: Mark,
    /// Whether the log ends in a record that was torn while it was written. It counts for nothing, and stays until somebody opens the gallery
    /// to change it.
    pub torn: bool,
    _lock: Held,
}

/// A gallery with its files, held by this process alone.
pub struct Store {
    path: PathBuf,
    key: GalleryKey,
    gallery: Gallery,
    written: Mutex<Written>,
    _lock: Held,
}

/// What stands in the files.
struct Written {
    log: Log,
    header: Header,
    trail: Trail,
    /// After how many changes those came whom the snapshot does not hold.
    came: HashMap<PersonId, u64>,
    /// Persons who are seated, and of whom it is not decided yet whether they stay.
    pending: HashSet<PersonId>,
}

impl Store {
    /// Makes the files of an empty gallery: the snapshot at `path`, and beside it the log, `NAME.log`. A log without a snapshot that is
    /// an empty gallery's of this key is what a killed maker left, and is replaced.
    ///
    /// # Errors
    /// [`SealedError::Exists`], [`SealedError::Busy`], [`SealedError::Unwritable`].
    pub fn create(path: &Path, key: &GalleryKey, rng: &mut dyn CryptoRng) -> Result<Mark, SealedError> {
        let _lock = hold(path)?;
        sweep(path)?;
        let weights = Projection::committed().id();
        if path.exists() || (log_path(path).exists() && !never_used(path, key, weights)) {
            return Err(SealedError::Exists);
        }
        let (mut gallery, mut salt) = ([0; 16], [0; 16]);
        rng.fill_bytes(&mut gallery);
        rng.fill_bytes(&mut salt);
        let check = key.check(&gallery);
        log::create(&log_path(path), &gallery, 0, weights, key, rng)?;
        let header = Header { gallery, generation: 0, persons: 0, salt, weights, folded: START, check, changes: 0 };
        let trail = Trail::new(&gallery);
        snapshot::write(path, &header, key, std::iter::empty(), &trail)?;
        Ok(trail.mark())
    }

    /// Opens a gallery: decrypts everyone into memory and holds the files. With `at_least`, a state that the caller knows the gallery
    /// has reached, an older or another one put in its place is found out, before anything is changed.
    ///
    /// # Errors
    /// Any [`SealedError`] but [`SealedError::Exists`], [`SealedError::KeyLength`], [`SealedError::NotAMark`] and
    /// [`SealedError::Halted`].
    pub fn open(
        path: &Path,
        key: &GalleryKey,
        threads: usize,
        at_least: Option<Mark>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Opened, SealedError> {
        let path = &real(path)?;
        let lock = hold(path)?;
        let loaded = Loaded::read(path, key, threads, at_least, Access::Write)?;
        sweep(path)?;
        let Loaded { gallery, header, trail, came, log, torn } = loaded;
        let log = match log {
            Some(log) if torn => log.cut().map(|()| log).map_err(|e| SealedError::Unwritable(e.kind()))?,
            Some(log) => log,
            None => {
                let weights = Projection::committed().id();
                log::create(&log_path(path), &header.gallery, header.generation, weights, key, rng)?
            }
        };
        let written = Mutex::new(Written { log, header, trail, came, pending: HashSet::new() });
        let store = Self { path: path.clone(), key: key.clone(), gallery, written, _lock: lock };
        Ok(Opened { store, torn })
    }

    /// Looks at a gallery: decrypts everyone into memory and keeps others from changing the files, which stay as they are. With `at_least` as
    /// for [`Store::open`].
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn look(path: &Path, key: &GalleryKey, threads: usize, at_least: Option<Mark>) -> Result<Seen, SealedError> {
        let path = &real(path)?;
        let lock = durable::try_share(path).map_err(|e| SealedError::Unwritable(e.kind()))?.ok_or(SealedError::Busy)?;
        let loaded = Loaded::read(path, key, threads, at_least, Access::Read)?;
        Ok(Seen { gallery: loaded.gallery, mark: loaded.trail.mark(), torn: loaded.torn, _lock: lock })
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

    /// The enrolment of this very person, if they were taken in before: whoever did not hear the answer may ask again. None if the identifier
    /// is nobody's, or stands for other fingers.
    #[must_use]
    pub fn again(&self, person: &Person, policy: &Policy) -> Option<Again> {
        let taken = {
            let written = self.written();
            let settled = !written.pending.contains(&person.id());
            let known = self.gallery.person(person.id()).filter(|known| settled && known.fingers() == person.fingers());
            known.and_then(|_| written.trail.at(written.came.get(&person.id()).copied().unwrap_or(written.header.changes)))?
        };
        let ticket = self.gallery.ticket(person.id())?;
        let answer = self.gallery.identify_before(ticket, person, policy);
        Some(Again { answer, before: self.gallery.before(ticket), taken })
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
        written.append(&Change::went(id), rng)?;
        written.came.remove(&id);
        self.gallery.remove(id)?;
        Ok(written.mark())
    }

    /// Writes everyone into a new snapshot and begins a new log. Searches go on meanwhile; changes wait.
    ///
    /// # Errors
    /// [`SealedError::Unwritable`]; then snapshot and log are what they were, or can be opened as they are, and this store takes no more
    /// changes, since it is not known which of the files stand in their places. [`SealedError::Halted`] if it took none before.
    pub fn compact(&self, rng: &mut dyn CryptoRng) -> Result<Mark, SealedError> {
        let mut written = self.written();
        let Written { log, header, trail, came, pending } = &mut *written;
        if log.is_halted() {
            return Err(SealedError::Halted);
        }
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        let settled = |person: &Person| !pending.contains(&person.id());
        // Nobody can settle or leave while the files are held, but newcomers may be seated, who are counted out as pending.
        let persons = self.gallery.persons().filter(settled).count() as u64;
        let weights = Projection::committed().id();
        let (generation, folded, changes) = (header.generation + 1, log.end(), trail.changes());
        let next = Header { generation, persons, salt, weights, folded, changes, ..header.clone() };
        // A change that went into the old log while the new snapshot stands would be lost.
        log.halt();
        snapshot::write(&self.path, &next, &self.key, self.gallery.persons().filter(settled), trail)?;
        *log = log::create(&log_path(&self.path), &next.gallery, generation, weights, &self.key, rng)?;
        *header = next;
        came.clear();
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
        if let Err(error) = written.append(&Change::came(person), rng) {
            self.gallery.remove(person.id())?;
            return Err(error);
        }
        let changes = written.trail.changes();
        written.came.insert(person.id(), changes);
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
    fn mark(&self) -> Mark {
        self.trail.mark()
    }

    fn append(&mut self, change: &[u8], rng: &mut dyn CryptoRng) -> Result<(), SealedError> {
        self.log.append(change, rng)?;
        self.trail.push(&self.log.end().1);
        Ok(())
    }
}

/// Persons are biometric data: they are counted, not shown.
impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({:?})", self.gallery)
    }
}

/// Whether a log is that of a gallery of this key into which nobody ever came: the first log, without a change.
fn never_used(path: &Path, key: &GalleryKey, weights: [u8; 8]) -> bool {
    let found = log::read(&log_path(path), key, weights, Access::Read);
    found.is_ok_and(|log| log.generation == 0 && log.changes.is_empty() && !log.torn)
}

fn hold(path: &Path) -> Result<Held, SealedError> {
    let lock = durable::try_lock(path).map_err(|e| SealedError::Unwritable(e.kind()))?;
    lock.ok_or(SealedError::Busy)
}
