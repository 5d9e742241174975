//! The log: who came and went since the snapshot, one sealed record a change, durable before anything is answered.

use super::body::{Change, Input};
use super::error::SealedError;
use super::key::{CHECK, FileKey, GalleryKey, NONCE, TAG};
use crate::durable::{self, Readers};
use crate::limits::{GALLERY_LOG_BYTES, GALLERY_RECORD_BYTES};
use rand_core::CryptoRng;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// First bytes of a log: its form, and the version of the form.
const MAGIC: [u8; 8] = *b"EKTPAFL1";
/// Bytes of a header: magic, gallery, generation, salt, weights, mark.
pub(super) const HEADER: usize = 64;
/// Bytes before a record's ciphertext: length, nonce, mark of both.
const HEAD: usize = 4 + NONCE + CHECK;

/// What a disk writes at once, at least.
const SECTOR: u64 = 512;
/// So many zeroes in a row, from one sector's edge to the next, are not what was written.
const HOLE: usize = 16;

/// Where a log ends: its number of records, and the last one's tag.
pub(super) type End = (u64, [u8; TAG]);
/// Changes, in order, each with the tag of its record.
pub(super) type Changes = Vec<(Change, [u8; TAG])>;
/// Where an empty log ends.
pub(super) const START: End = (0, [0; TAG]);

/// What a log is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// To be read; the file stays as it is.
    Read,
    /// To be appended to.
    Write,
}

/// A log; one that was opened for reading takes nothing.
pub(super) struct Log {
    file: File,
    header: Vec<u8>,
    keys: FileKey,
    end: End,
    bytes: u64,
    halted: bool,
}

/// What a log was found to hold.
pub(super) struct Contents {
    /// Of which gallery.
    pub gallery: [u8; 16],
    /// After which snapshot.
    pub generation: u64,
    /// What it says.
    pub changes: Changes,
    /// Whether the last record was torn off in the middle of being written: it was never answered and counts for nothing.
    pub torn: bool,
    /// The log itself.
    pub log: Log,
}

/// Writes an empty log into its place, over whatever is there.
pub(super) fn create(
    path: &Path,
    gallery: &[u8; 16],
    generation: u64,
    weights: [u8; 8],
    key: &GalleryKey,
    rng: &mut dyn CryptoRng,
) -> Result<Log, SealedError> {
    let mut salt = [0; 16];
    rng.fill_bytes(&mut salt);
    let stated = [&MAGIC[..], gallery, &generation.to_be_bytes(), &salt, &weights].concat();
    let keys = key.of_file(&stated);
    let header = [&stated[..], &keys.mark(&stated)].concat();
    let unwritable = |e: io::Error| SealedError::Unwritable(e.kind());
    durable::replace(path, &header, Readers::Owner).map_err(unwritable)?;
    let file = open(path, Access::Write).map_err(unwritable)?;
    Ok(Log { file, bytes: header.len() as u64, header, keys, end: START, halted: false })
}

/// Reads a log. A torn end stays where it is; who means to append has it cut off first ([`Log::cut`]).
pub(super) fn read(path: &Path, key: &GalleryKey, weights: [u8; 8], access: Access) -> Result<Contents, SealedError> {
    let unreadable = |e: io::Error| match e.kind() {
        io::ErrorKind::NotFound => SealedError::LogMissing,
        kind => SealedError::Unreadable(kind),
    };
    let mut file = open(path, access).map_err(unreadable)?;
    let mut bytes = Vec::new();
    Read::by_ref(&mut file).take(GALLERY_LOG_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > GALLERY_LOG_BYTES {
        return Err(SealedError::Unreadable(io::ErrorKind::FileTooLarge));
    }
    let (header, records) = bytes.split_at_checked(HEADER).ok_or(SealedError::LogAltered(0))?;
    let (stated, mark) = header.split_at(HEADER - CHECK);
    let mut input = Input(stated);
    if input.array() != Ok(MAGIC) {
        return Err(SealedError::LogAltered(0));
    }
    let (gallery, generation) = (input.array()?, u64::from_be_bytes(input.array()?));
    let _: [u8; 16] = input.array()?;
    let same_weights = input.array() == Ok(weights);
    let keys = key.of_file(stated);
    if keys.mark(stated) != mark {
        return Err(SealedError::LogAltered(0));
    }
    let mut log = Log { file, header: header.to_vec(), keys, end: START, bytes: header.len() as u64, halted: false };
    let (changes, torn) = log.replay(records, same_weights)?;
    Ok(Contents { gallery, generation, changes, torn, log })
}

fn open(path: &Path, access: Access) -> io::Result<File> {
    std::fs::OpenOptions::new().read(true).write(access == Access::Write).open(path)
}

/// A record as it lies in the file.
enum Found<'a> {
    Whole { nonce: [u8; NONCE], sealed: &'a [u8], rest: &'a [u8] },
    Torn,
}

impl Log {
    /// Where it ends.
    pub const fn end(&self) -> End {
        self.end
    }

    /// Whether a change could not be made durable before.
    pub const fn is_halted(&self) -> bool {
        self.halted
    }

    /// Takes no more: the file may not be the log any longer.
    pub const fn halt(&mut self) {
        self.halted = true;
    }

    /// Appends a change; on return it is on disk. After a failure the log takes no more.
    pub fn append(&mut self, change: &[u8], rng: &mut dyn CryptoRng) -> Result<(), SealedError> {
        if self.halted {
            return Err(SealedError::Halted);
        }
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let sealed = self.keys.seal(&nonce, change, &self.associated())?;
        let length = u32::try_from(sealed.len()).map_err(|_| SealedError::Content)?.to_be_bytes();
        let record = [&length[..], &nonce, &self.mark(&length, &nonce), &sealed].concat();
        if self.bytes.saturating_add(record.len() as u64) > GALLERY_LOG_BYTES as u64 {
            return Err(SealedError::LogFull);
        }
        let written = self.file.seek(SeekFrom::Start(self.bytes)).and_then(|_| self.file.write_all(&record));
        if let Err(error) = written.and_then(|()| self.file.sync_data()) {
            // What reached the disk is not known. The next to open the log finds a torn record or a whole one that was not answered.
            self.halted = self.cut().is_err() || error.kind() != io::ErrorKind::StorageFull;
            return Err(SealedError::Unwritable(error.kind()));
        }
        self.bytes += record.len() as u64;
        self.end = (self.end.0 + 1, sealed.last_chunk().copied().unwrap_or_default());
        Ok(())
    }

    fn replay(&mut self, mut records: &[u8], same_weights: bool) -> Result<(Changes, bool), SealedError> {
        let mut changes = Vec::new();
        while !records.is_empty() {
            let number = self.end.0;
            let Found::Whole { nonce, sealed, rest } = self.find(records)? else { return Ok((changes, true)) };
            let plain = self.keys.open(&nonce, sealed, &self.associated());
            let plain: Zeroizing<Vec<u8>> = match plain {
                Some(plain) => plain,
                // Written by nobody: the file had grown when the power went, and the content had not come.
                None if rest.is_empty() && sealed.ends_with(&[0; TAG]) => return Ok((changes, true)),
                None => return Err(self.flaw(records.get(..HEAD + sealed.len()).unwrap_or(records))),
            };
            let tag = sealed.last_chunk().copied().unwrap_or_default();
            changes.push((Change::read(&plain, same_weights)?, tag));
            self.end = (number + 1, tag);
            self.bytes += (HEAD + sealed.len()) as u64;
            records = rest;
        }
        Ok((changes, false))
    }

    /// The record at the front. Its head is marked, so that an altered length is not taken for a torn end.
    fn find<'a>(&self, records: &'a [u8]) -> Result<Found<'a>, SealedError> {
        if records.len() < HEAD || records.iter().all(|b| *b == 0) {
            return Ok(Found::Torn);
        }
        let mut input = Input(records);
        let (length, nonce, mark) = (input.array()?, input.array()?, input.array::<CHECK>()?);
        if mark != self.mark(&length, &nonce) {
            return Err(self.flaw(records.get(..HEAD).unwrap_or(records)));
        }
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if !(TAG..=GALLERY_RECORD_BYTES).contains(&length) {
            return Err(SealedError::LogAltered(self.end.0));
        }
        Ok(match input.0.split_at_checked(length) {
            Some((sealed, rest)) => Found::Whole { nonce, sealed, rest },
            None => Found::Torn,
        })
    }

    /// What is wrong with a record, whole or its head, that does not open: a sector of it may hold zeroes alone, as where a disk wrote the
    /// pages of a file in another order than they were given and the power went between.
    fn flaw(&self, record: &[u8]) -> SealedError {
        let edge = usize::try_from(SECTOR - self.bytes % SECTOR).unwrap_or(usize::MAX);
        let (first, rest) = record.split_at_checked(edge).unwrap_or((record, &[]));
        let mut pieces = std::iter::once(first).chain(rest.chunks(usize::try_from(SECTOR).unwrap_or(usize::MAX)));
        if pieces.any(|piece| piece.len() >= HOLE && piece.iter().all(|b| *b == 0)) {
            SealedError::LogHole(self.end.0)
        } else {
            SealedError::LogAltered(self.end.0)
        }
    }

    /// Cuts off what lies beyond the last whole record.
    pub fn cut(&self) -> io::Result<()> {
        self.file.set_len(self.bytes)?;
        self.file.sync_all()
    }

    fn mark(&self, length: &[u8; 4], nonce: &[u8; NONCE]) -> [u8; CHECK] {
        self.keys.mark(&[&self.end.0.to_be_bytes()[..], length, nonce].concat())
    }

    /// What a record is bound to: the log, its own number, and the record before.
    fn associated(&self) -> Vec<u8> {
        [&self.header[..], &self.end.0.to_be_bytes(), &self.end.1].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::DangerousSeededEntropy;

    #[test]
    fn a_log_that_cannot_be_written_takes_no_more_and_a_full_one_says_so() {
        let (dir, mut rng) = (tempfile::tempdir().unwrap(), DangerousSeededEntropy::new(1));
        let (path, key) = (dir.path().join("log"), GalleryKey::generate(&mut rng));
        let mut log = create(&path, &[1; 16], 0, [2; 8], &key, &mut rng).unwrap();
        let went = Change::went("a".parse().unwrap());
        log.append(&went, &mut rng).unwrap();
        let whole = std::mem::replace(&mut log.bytes, GALLERY_LOG_BYTES as u64);
        assert_eq!(log.append(&went, &mut rng), Err(SealedError::LogFull));
        log.bytes = whole;
        log.file = File::open(&path).unwrap();
        assert!(matches!(log.append(&went, &mut rng), Err(SealedError::Unwritable(_))));
        log.file = open(&path, Access::Write).unwrap();
        assert_eq!(log.append(&went, &mut rng), Err(SealedError::Halted), "what reached the disk is not known");
        let found = read(&path, &key, [2; 8], Access::Read).unwrap();
        let [(change, tag)] = found.changes.as_slice() else { panic!("{} changes", found.changes.len()) };
        assert_eq!((change, found.torn, (1, *tag)), (&Change::Went("a".parse().unwrap()), false, found.log.end()));
        let mut log = found.log;
        assert!(matches!(log.append(&went, &mut rng), Err(SealedError::Unwritable(_))), "opened to be read");
    }
}
