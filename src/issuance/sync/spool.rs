//! The folder in which an office keeps what comes and goes: items to be sent on, items to be taken in, and what it knows of other stores.
//!
//! | | |
//! |---|---|
//! | `office` | whose folder it is |
//! | `out/SHA.item` | to be sent: own items until their receipt comes, others' until the next office has them |
//! | `out/SHA.sent` | when the next office had it |
//! | `out/SHA.refused` | why whoever it was for refused it |
//! | `in/SHA.item` | for this office, to be taken in |
//! | `parts/…/SHA.part` | has come in part |
//! | `heads/OFFICE.json` | how far the audit chains of that office's store go, as it showed last |
//! | `heads/OFFICE.refused` | that office showed an older store, or another: nothing of it is taken in before somebody removes this |
//!
//! Each file is put there whole, flushed, in one step: whoever is killed leaves the state before or after.

use super::SyncError;
use super::item::{Label, Sha};
use super::parts::Parts;
use super::shown::Shown;
use crate::durable::{self, Held, Readers};
use crate::issuance::office::Office;
use crate::limits::{OFFICER_DOCUMENT_BYTES, STORE_HEADS_BYTES, STORE_OFFICES, SYNC_ITEM_BYTES, SYNC_ITEMS};
use jiff::{SignedDuration, Timestamp};
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// After how long an item is sent again for which no receipt came.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// An office's folder.
#[derive(Debug, Clone)]
pub struct Spool {
    root: PathBuf,
    office: Office,
}

/// An item in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub sha: Sha,
    /// How large it is, in bytes.
    pub bytes: u64,
    /// What stands outside on it.
    pub label: Label,
    /// When the next office had it.
    pub sent: Option<Timestamp>,
    /// Why whoever it was for refused it.
    pub refused: Option<String>,
}

impl Spool {
    /// Opens the folder of an office, and makes it if it is not there.
    ///
    /// # Errors
    /// [`SyncError::OtherOffice`], [`SyncError::Files`].
    pub fn open(root: &Path, office: Office) -> Result<Self, SyncError> {
        for folder in ["out", "in", "heads"] {
            let path = root.join(folder);
            durable::private_folder(&path).map_err(|e| SyncError::io(&path, &e))?;
        }
        let (path, spool) = (root.join("office"), Self { root: root.to_owned(), office });
        match durable::create(&path, office.to_string().as_bytes(), Readers::Owner) {
            Ok(()) => return Ok(spool),
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(SyncError::io(&path, &error)),
            Err(_) => {}
        }
        let whose = Self::found(root)?.office;
        if whose == office { Ok(spool) } else { Err(SyncError::OtherOffice(whose)) }
    }

    /// The folder of whichever office it is.
    ///
    /// # Errors
    /// [`SyncError::Files`] if it is none.
    pub fn found(root: &Path) -> Result<Self, SyncError> {
        let path = root.join("office");
        let whose = bounded(&path, 64)?;
        let whose = std::str::from_utf8(&whose).ok().and_then(|text| text.trim().parse().ok());
        let damaged = || SyncError::Files { what: path.display().to_string(), kind: ErrorKind::InvalidData };
        Ok(Self { root: root.to_owned(), office: whose.ok_or_else(damaged)? })
    }

    /// Offices that showed an older store, or another: nothing of them is taken in.
    ///
    /// # Errors
    /// [`SyncError::Files`].
    pub fn blocked(&self) -> Result<Vec<Office>, SyncError> {
        let folder = self.root.join("heads");
        let entries = fs::read_dir(&folder).map_err(|e| SyncError::io(&folder, &e))?.take(STORE_OFFICES.saturating_mul(3));
        let name = |entry: fs::DirEntry| entry.file_name().to_str()?.strip_suffix(".refused")?.parse::<Office>().ok();
        let mut blocked: Vec<Office> = entries.filter_map(Result::ok).filter_map(name).collect();
        blocked.sort();
        Ok(blocked)
    }

    /// Whose it is.
    #[must_use]
    pub const fn office(&self) -> Office {
        self.office
    }

    /// Holds the folder for one run that makes, sends, fetches or takes in: none if another is at it.
    ///
    /// # Errors
    /// [`SyncError::Files`].
    pub fn hold(&self) -> Result<Option<Held>, SyncError> {
        let path = self.root.join("run");
        durable::try_lock(&path).map_err(|e| SyncError::io(&path, &e))
    }

    /// The folder of what comes in part by one way, which no other way shares.
    ///
    /// # Errors
    /// [`SyncError::Files`].
    pub fn parts(&self, way: &str) -> Result<Parts, SyncError> {
        Parts::at(&self.root.join("parts").join(way))
    }

    fn file(&self, folder: &str, sha: Sha, ending: &str) -> PathBuf {
        self.root.join(folder).join(format!("{sha}.{ending}"))
    }

    /// Puts an item where it belongs: to be taken in, or to be sent on. Durable when this returns; the same again is as good.
    ///
    /// # Errors
    /// [`SyncError::Files`].
    pub fn put(&self, bytes: &[u8], label: &Label) -> Result<Sha, SyncError> {
        let sha = Sha::of(bytes);
        let path = self.file(if label.to == self.office { "in" } else { "out" }, sha, "item");
        match durable::create(&path, bytes, Readers::Owner) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(SyncError::io(&path, &error)),
            _ => Ok(sha),
        }
    }

    /// Whether an item is here, to be taken in or sent on.
    #[must_use]
    pub fn has(&self, sha: Sha) -> bool {
        ["in", "out"].iter().any(|folder| self.file(folder, sha, "item").exists())
    }

    /// What is to be sent, oldest first; at most [`SYNC_ITEMS`].
    ///
    /// # Errors
    /// [`SyncError::Files`].
    pub fn outgoing(&self) -> Result<Vec<Entry>, SyncError> {
        self.entries("out")
    }

    /// What is to be taken in, oldest first; at most [`SYNC_ITEMS`].
    ///
    /// # Errors
    /// [`SyncError::Files`].
    pub fn incoming(&self) -> Result<Vec<Entry>, SyncError> {
        self.entries("in")
    }

    fn entries(&self, folder: &str) -> Result<Vec<Entry>, SyncError> {
        let mut entries = Vec::new();
        for sha in named(&self.root.join(folder))? {
            entries.extend(self.entry_in(folder, sha));
        }
        entries.sort_by_key(|entry| (entry.label.at, entry.sha));
        Ok(entries)
    }

    /// An item that is to be sent, if it is there.
    #[must_use]
    pub fn entry(&self, sha: Sha) -> Option<Entry> {
        self.entry_in("out", sha)
    }

    /// One that cannot be read as one is damage of this disk: it is in nobody's way.
    fn entry_in(&self, folder: &str, sha: Sha) -> Option<Entry> {
        let mut file = File::open(self.file(folder, sha, "item")).ok()?;
        let bytes = file.metadata().ok()?.len();
        let mut front = Vec::new();
        Read::by_ref(&mut file).take(OFFICER_DOCUMENT_BYTES + 16).read_to_end(&mut front).ok()?;
        let note = |ending| bounded(&self.file(folder, sha, ending), 256).ok().and_then(|text| String::from_utf8(text).ok());
        let sent = note("sent").and_then(|at| at.trim().parse().ok());
        Some(Entry { sha, bytes, label: Label::read(&front).ok()?, sent, refused: note("refused") })
    }

    /// The bytes of an item to be sent or taken in, which are those of its name.
    ///
    /// # Errors
    /// [`SyncError::Digest`], [`SyncError::Files`].
    pub fn bytes(&self, sha: Sha) -> Result<Vec<u8>, SyncError> {
        let path = ["in", "out"].map(|folder| self.file(folder, sha, "item"));
        let path = path.iter().find(|path| path.exists()).unwrap_or(&path[1]);
        let bytes = bounded(path, SYNC_ITEM_BYTES)?;
        if Sha::of(&bytes) == sha { Ok(bytes) } else { Err(SyncError::Digest(sha)) }
    }

    /// The next office has an item: another's goes, an own one stays until its receipt comes, unless it is one for which none comes.
    ///
    /// # Errors
    /// [`SyncError::Files`].
    pub fn delivered(&self, entry: &Entry, now: Timestamp) -> Result<(), SyncError> {
        if entry.label.from != self.office || matches!(entry.label.kind, "receipts" | "heads") {
            return self.drop_out(entry.sha);
        }
        let path = self.file("out", entry.sha, "sent");
        durable::replace(&path, now.to_string().as_bytes(), Readers::Owner).map_err(|e| SyncError::io(&path, &e))
    }

    /// The receipt of an own item came: taken in, or refused and waits for somebody to look. What the centre took in stays until the centre
    /// has said what came of it.
    ///
    /// # Errors
    /// [`SyncError::Files`].
    pub fn receipted(&self, entry: &Entry, refused: Option<&str>, now: Timestamp) -> Result<(), SyncError> {
        let stays = matches!(entry.label.kind, "packet" | "handover");
        let (ending, text) = match refused {
            None if !stays => return self.drop_out(entry.sha),
            None => ("sent", now.to_string()),
            Some(why) => ("refused", why.to_owned()),
        };
        let path = self.file("out", entry.sha, ending);
        durable::replace(&path, text.as_bytes(), Readers::Owner).map_err(|e| SyncError::io(&path, &e))
    }

    /// An item that was taken in, or that nobody here takes in, goes.
    ///
    /// # Errors
    /// [`SyncError::Files`].
    pub fn taken(&self, sha: Sha) -> Result<(), SyncError> {
        remove(&self.file("in", sha, "item"))
    }

    /// An item that is not to be sent any more goes.
    ///
    /// # Errors
    /// [`SyncError::Files`].
    pub fn drop_out(&self, sha: Sha) -> Result<(), SyncError> {
        // The item first: what says of nothing that it was sent says nothing.
        ["item", "sent", "refused"].iter().try_for_each(|ending| remove(&self.file("out", sha, ending)))
    }

    /// What a store's owner showed last of its audit chains, as far as is known here.
    ///
    /// # Errors
    /// [`SyncError::Files`].
    pub fn shown(&self, of: Office) -> Result<Option<Shown>, SyncError> {
        let note = self.note(&format!("heads/{of}.json"))?;
        Ok(note.and_then(|bytes| Shown::parse(&bytes)))
    }

    /// Keeps what a store's owner showed.
    ///
    /// # Errors
    /// [`SyncError::Files`].
    pub fn keep_shown(&self, of: Office, shown: &Shown) -> Result<(), SyncError> {
        self.keep(&format!("heads/{of}.json"), shown.to_json().as_bytes())
    }

    /// A note of this office to itself.
    ///
    /// # Errors
    /// [`SyncError::Files`].
    pub fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), SyncError> {
        let path = self.root.join(name);
        durable::replace(&path, bytes, Readers::Owner).map_err(|e| SyncError::io(&path, &e))
    }

    /// A note, if there is one.
    ///
    /// # Errors
    /// [`SyncError::Files`].
    pub fn note(&self, name: &str) -> Result<Option<Vec<u8>>, SyncError> {
        match bounded(&self.root.join(name), STORE_HEADS_BYTES) {
            Err(SyncError::Files { kind: ErrorKind::NotFound, .. }) => Ok(None),
            bytes => bytes.map(Some),
        }
    }
}

impl Entry {
    /// Whether it is sent now: not yet, or so long ago that its receipt should have come.
    #[must_use]
    pub fn is_due(&self, again: bool, now: Timestamp) -> bool {
        let late = |sent: Timestamp| now.duration_since(sent) >= PATIENCE || sent > now;
        again || self.refused.is_none() && self.sent.is_none_or(late)
    }
}

/// The items of a folder, by name.
pub(super) fn named(folder: &Path) -> Result<Vec<Sha>, SyncError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(|e| SyncError::io(folder, &e))?,
    };
    let item = |name: &str| name.strip_suffix(".item")?.parse::<Sha>().ok();
    let names = entries.filter_map(Result::ok).filter_map(|entry| item(entry.file_name().to_str()?));
    Ok(names.take(SYNC_ITEMS).collect())
}

/// A file of at most so many bytes.
pub(super) fn bounded(path: &Path, most: u64) -> Result<Vec<u8>, SyncError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(most.saturating_add(1)).read_to_end(&mut bytes));
    read.map_err(|e| SyncError::io(path, &e))?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= most);
    if fits { Ok(bytes) } else { Err(SyncError::TooMuch("bytes of a file", most)) }
}

fn remove(path: &Path) -> Result<(), SyncError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(SyncError::io(path, &error)),
        _ => Ok(()),
    }
}
