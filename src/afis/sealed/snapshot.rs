//! The snapshot: a header, and everyone in chunks that are sealed one by one, each bound to its place.

use super::body::{self, Input};
use super::error::SealedError;
use super::key::{CHECK, FileKey, GalleryKey, NONCE, TAG};
use super::trail::{DIGEST, Trail};
use crate::afis::code::Projection;
use crate::afis::person::Person;
use crate::durable::{Pending, Readers};
use crate::limits::GALLERY_PERSONS;
use std::io::{self, Read};
use std::path::Path;
use zeroize::Zeroizing;

/// First bytes of a snapshot: its form, and the version of the form.
const MAGIC: [u8; 8] = *b"EKTPAFG2";
/// Persons of a chunk.
const CHUNK: usize = 256;
/// Most bytes of a sealed chunk.
const CHUNK_BYTES: usize = CHUNK * 2_048 + TAG;
/// Bytes of the trail in a chunk.
const TRAIL_BYTES: usize = CHUNK * 2_048;
/// Bytes of a header.
const HEADER: usize = 104;

/// What stands at the front of a snapshot, in the open; every chunk is bound to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// Which gallery this is.
    pub gallery: [u8; 16],
    /// How many snapshots there were before.
    pub generation: u64,
    /// Persons in it.
    pub persons: u64,
    /// Drawn for this file alone.
    pub salt: [u8; 16],
    /// Whose codes these are.
    pub weights: [u8; 8],
    /// Where the log of the generation before ended, whose changes are all in here: its number of records, and its last tag.
    pub folded: (u64, [u8; TAG]),
    /// Tells a wrong key.
    pub check: [u8; CHECK],
    /// Changes since the gallery was made, all of which are in here.
    pub changes: u64,
}

impl Header {
    pub fn bytes(&self) -> Vec<u8> {
        let (records, tag) = &self.folded;
        let parts: [&[u8]; 10] = [
            &MAGIC,
            &self.gallery,
            &self.generation.to_be_bytes(),
            &self.persons.to_be_bytes(),
            &self.salt,
            &self.weights,
            &records.to_be_bytes(),
            tag,
            &self.check,
            &self.changes.to_be_bytes(),
        ];
        parts.concat()
    }

    fn read(bytes: &[u8]) -> Result<Self, SealedError> {
        let mut input = Input(bytes);
        if input.array() != Ok(MAGIC) {
            return Err(SealedError::NotAGallery);
        }
        let header = Self {
            gallery: input.array()?,
            generation: u64::from_be_bytes(input.array()?),
            persons: u64::from_be_bytes(input.array()?),
            salt: input.array()?,
            weights: input.array()?,
            folded: (u64::from_be_bytes(input.array()?), input.array()?),
            check: input.array()?,
            changes: u64::from_be_bytes(input.array()?),
        };
        if input.0.is_empty() { Ok(header) } else { Err(SealedError::NotAGallery) }
    }

    /// Chunks of persons; an empty gallery has one, which is empty, so that its header is sealed too.
    fn chunks(&self) -> u64 {
        self.persons.div_ceil(CHUNK as u64).max(1)
    }

    /// Whether codes in this file can be compared with those that this program computes.
    pub fn same_weights(&self) -> bool {
        self.weights == Projection::committed().id()
    }
}

/// Writes a snapshot into its place, in one step; of `persons` and of the trail's changes there must be as many as the header says.
pub(super) fn write(
    path: &Path,
    header: &Header,
    key: &GalleryKey,
    persons: impl Iterator<Item = Person>,
    trail: &Trail,
) -> Result<(), SealedError> {
    let unwritable = |e: io::Error| SealedError::Unwritable(e.kind());
    let mut file = Pending::beside(path, Readers::Owner).map_err(unwritable)?;
    let bytes = header.bytes();
    let keys = key.of_file(&bytes);
    file.push(&bytes).map_err(unwritable)?;
    let mut persons = persons.fuse();
    for index in 0..header.chunks() {
        let mut plain = Zeroizing::new(Vec::with_capacity(CHUNK_BYTES));
        persons.by_ref().take(CHUNK).for_each(|person| body::write(&person, &mut plain));
        push(&mut file, &keys, &bytes, index, &plain)?;
    }
    for (index, part) in (header.chunks()..).zip(trail.bytes().chunks(TRAIL_BYTES)) {
        push(&mut file, &keys, &bytes, index, part)?;
    }
    file.replace(&[]).map_err(unwritable)
}

/// One chunk, sealed.
fn push(file: &mut Pending, keys: &FileKey, header: &[u8], index: u64, plain: &[u8]) -> Result<(), SealedError> {
    let sealed = keys.seal(&nonce(index), plain, &associated(header, index))?;
    let length = u32::try_from(sealed.len()).map_err(|_| SealedError::Content)?;
    let pushed = file.push(&length.to_be_bytes()).and_then(|()| file.push(&sealed));
    pushed.map_err(|e| SealedError::Unwritable(e.kind()))
}

/// Reads a snapshot: its header and its trail, and every person to `take` as they come.
pub(super) fn read(
    path: &Path,
    key: &GalleryKey,
    mut take: impl FnMut(Person) -> Result<(), SealedError>,
) -> Result<(Header, Trail), SealedError> {
    let unreadable = |e: io::Error| SealedError::Unreadable(e.kind());
    let mut file = io::BufReader::new(std::fs::File::open(path).map_err(unreadable)?);
    let mut bytes = Vec::with_capacity(HEADER);
    file.by_ref().take(HEADER as u64).read_to_end(&mut bytes).map_err(unreadable)?;
    let header = Header::read(&bytes).map_err(|_| SealedError::NotAGallery)?;
    if header.check != key.check(&header.gallery) {
        return Err(SealedError::WrongKey);
    }
    if usize::try_from(header.persons).map_or(true, |n| n > GALLERY_PERSONS) {
        return Err(SealedError::Altered(0));
    }
    let keys = key.of_file(&bytes);
    let mut left = header.persons;
    for index in 0..header.chunks() {
        let plain = chunk(&mut file, &keys, &bytes, index)?;
        let mut input = Input(&plain);
        for _ in 0..left.min(CHUNK as u64) {
            take(body::read(&mut input, header.same_weights())?)?;
        }
        left = left.saturating_sub(CHUNK as u64);
        if !input.0.is_empty() {
            return Err(SealedError::Content);
        }
    }
    let mut trail = Vec::new();
    let parts = (Trail::kept(header.changes) * DIGEST).div_ceil(TRAIL_BYTES) as u64;
    for index in header.chunks()..header.chunks() + parts {
        trail.extend_from_slice(&chunk(&mut file, &keys, &bytes, index)?);
    }
    let trail = Trail::read(&header.gallery, header.changes, &trail).ok_or(SealedError::Content)?;
    match file.read(&mut [0]).map_err(unreadable)? {
        0 => Ok((header, trail)),
        _ => Err(SealedError::Trailing),
    }
}

/// One chunk, opened.
fn chunk(file: &mut impl Read, keys: &FileKey, header: &[u8], index: u64) -> Result<Zeroizing<Vec<u8>>, SealedError> {
    let mut part = |bytes: usize| {
        let mut part = Vec::with_capacity(bytes);
        file.by_ref().take(bytes as u64).read_to_end(&mut part).map_err(|e| SealedError::Unreadable(e.kind()))?;
        if part.len() == bytes { Ok(part) } else { Err(SealedError::Truncated(index)) }
    };
    let length = part(4)?.first_chunk().map_or(0, |b| u32::from_be_bytes(*b));
    let length = usize::try_from(length).ok().filter(|n| (TAG..=CHUNK_BYTES).contains(n)).ok_or(SealedError::Altered(index))?;
    let sealed = part(length)?;
    keys.open(&nonce(index), &sealed, &associated(header, index)).ok_or(SealedError::Altered(index))
}

/// The keys are this file's alone, so the chunk's number is a nonce.
fn nonce(index: u64) -> [u8; NONCE] {
    let mut nonce = [0; NONCE];
    if let Some(tail) = nonce.last_chunk_mut() {
        *tail = index.to_be_bytes();
    }
    nonce
}

/// What a chunk is bound to: gallery, generation, number of persons and so of chunks, salt, and its own number.
fn associated(header: &[u8], index: u64) -> Vec<u8> {
    [header, &index.to_be_bytes()].concat()
}
