//! The chain of a gallery's changes: a digest after each of them, by which a state that was told once is known again.

use super::error::SealedError;
use super::key::TAG;
use crate::crypto::hash::sha256;
use crate::limits::GALLERY_TRAIL;
use std::collections::VecDeque;

/// Bytes of a digest, and of what names a gallery in a [`Mark`].
pub(super) const DIGEST: usize = 8;
type Digest = [u8; DIGEST];

/// A state of a gallery, to hold against a later one: which gallery, how many changes it had seen since it was made, and the digest of their
/// chain. A gallery that has seen fewer, or others, is not a later state of the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    gallery: Digest,
    changes: u64,
    digest: Digest,
}

impl Mark {
    /// Persons who came and went since the gallery was made.
    #[must_use]
    pub const fn changes(&self) -> u64 {
        self.changes
    }
}

/// `GALLERY.CHANGES.DIGEST`, the first and last in hexadecimal.
impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [gallery, digest] = [self.gallery, self.digest].map(u64::from_be_bytes);
        write!(f, "{gallery:016x}.{}.{digest:016x}", self.changes)
    }
}

impl std::str::FromStr for Mark {
    type Err = SealedError;

    fn from_str(text: &str) -> Result<Self, SealedError> {
        let lower = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        let digest = |text: &str| match text {
            _ if text.len() != 2 * DIGEST || !text.chars().all(lower) => Err(SealedError::NotAMark),
            _ => u64::from_str_radix(text, 16).map(u64::to_be_bytes).map_err(|_| SealedError::NotAMark),
        };
        let mut parts = text.split('.');
        let mut part = || parts.next().ok_or(SealedError::NotAMark);
        let (gallery, number, last) = (digest(part()?)?, part()?, digest(part()?)?);
        let plain = parts.next().is_none() && number.bytes().all(|b| b.is_ascii_digit());
        let changes = number.parse().ok().filter(|_| plain).ok_or(SealedError::NotAMark)?;
        Ok(Self { gallery, changes, digest: last })
    }
}

/// The digests after the latest changes, [`GALLERY_TRAIL`] at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trail {
    gallery: Digest,
    /// Changes before the first digest.
    first: u64,
    /// Never empty.
    digests: VecDeque<Digest>,
}

impl Trail {
    /// Of a gallery that has seen no change.
    pub fn new(gallery: &[u8; 16]) -> Self {
        let start = short(&sha256(&[&b"ektp gallery chain"[..], gallery].concat()));
        Self { gallery: named(gallery), first: 0, digests: VecDeque::from([start]) }
    }

    /// How many digests a gallery keeps after so many changes.
    pub fn kept(changes: u64) -> usize {
        usize::try_from(changes.saturating_add(1)).unwrap_or(usize::MAX).min(GALLERY_TRAIL)
    }

    /// Of the bytes of its digests, after so many changes; `None` if there are not as many as there should be.
    pub fn read(gallery: &[u8; 16], changes: u64, bytes: &[u8]) -> Option<Self> {
        let (digests, []) = bytes.as_chunks::<DIGEST>() else { return None };
        let kept = Self::kept(changes);
        let first = changes.checked_add(1)?.checked_sub(kept as u64)?;
        let digests: VecDeque<Digest> = digests.iter().copied().collect();
        (digests.len() == kept).then(|| Self { gallery: named(gallery), first, digests })
    }

    /// The digests, one behind the other.
    pub fn bytes(&self) -> Vec<u8> {
        self.digests.iter().flatten().copied().collect()
    }

    /// A change more: the tag of its record in the log, which is bound to all of the log before it.
    pub fn push(&mut self, tag: &[u8; TAG]) {
        let last = self.digests.back().copied().unwrap_or_default();
        self.digests.push_back(short(&sha256(&[&last[..], tag].concat())));
        while self.digests.len() > GALLERY_TRAIL {
            self.digests.pop_front();
            self.first += 1;
        }
    }

    /// Changes so far.
    pub fn changes(&self) -> u64 {
        (self.first + self.digests.len() as u64).saturating_sub(1)
    }

    /// The state after so many changes, if it is still kept.
    pub fn at(&self, changes: u64) -> Option<Mark> {
        let place = usize::try_from(changes.checked_sub(self.first)?).ok()?;
        Some(Mark { gallery: self.gallery, changes, digest: *self.digests.get(place)? })
    }

    /// The present state.
    pub fn mark(&self) -> Mark {
        let digest = self.digests.back().copied().unwrap_or_default();
        Mark { gallery: self.gallery, changes: self.changes(), digest }
    }

    /// That the gallery has passed through a state.
    pub fn passed(&self, known: &Mark) -> Result<(), SealedError> {
        if known.gallery != self.gallery {
            return Err(SealedError::OtherGallery);
        }
        if known.changes > self.changes() {
            return Err(SealedError::RolledBack);
        }
        match self.at(known.changes) {
            None => Err(SealedError::MarkTooOld),
            Some(mark) if mark == *known => Ok(()),
            Some(_) => Err(SealedError::Forked(known.changes)),
        }
    }
}

fn named(gallery: &[u8; 16]) -> Digest {
    gallery.first_chunk().copied().unwrap_or_default()
}

fn short(hash: &[u8; 32]) -> Digest {
    hash.first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::{Reason, Refusal};

    fn trail(tags: &[u8]) -> Trail {
        let mut trail = Trail::new(&[7; 16]);
        tags.iter().for_each(|tag| trail.push(&[*tag; TAG]));
        trail
    }

    #[test]
    fn a_state_is_written_and_read_and_nothing_else_is_one() {
        let mark = trail(&[1, 2]).mark();
        let text = mark.to_string();
        assert_eq!((text.parse(), mark.changes(), &text[..19]), (Ok(mark), 2, "0707070707070707.2."));
        for wrong in [
            "",
            "1.0",
            "0707070707070707.2",
            &text.to_uppercase(),
            &format!("{text}.0"),
            &text.replace(".2.", ".+2."),
            &text[1..],
        ] {
            assert_eq!(wrong.parse::<Mark>(), Err(SealedError::NotAMark), "{wrong}");
        }
        assert_eq!(SealedError::NotAMark.reason(), Reason::InputInvalid);
    }

    #[test]
    fn a_state_is_passed_by_the_same_changes_alone() {
        let known = trail(&[1, 2]).mark();
        for later in [&[1, 2][..], &[1, 2, 3]] {
            assert_eq!(trail(later).passed(&known), Ok(()));
        }
        assert_eq!(trail(&[1]).passed(&known), Err(SealedError::RolledBack));
        assert_eq!(trail(&[1, 9, 3]).passed(&known), Err(SealedError::Forked(2)));
        assert_eq!(Trail::new(&[8; 16]).passed(&known), Err(SealedError::OtherGallery));
        let reasons = [SealedError::Forked(2), SealedError::OtherGallery].map(|e| e.reason());
        assert_eq!(reasons, [Reason::GalleryRolledBack; 2]);
    }

    #[test]
    fn the_latest_states_are_kept_and_led_back() {
        let mut long = trail(&[1]);
        let first = long.mark();
        (0..GALLERY_TRAIL).for_each(|_| long.push(&[5; TAG]));
        assert_eq!((long.changes(), long.bytes().len()), (GALLERY_TRAIL as u64 + 1, GALLERY_TRAIL * DIGEST));
        assert_eq!((long.passed(&first), long.at(1)), (Err(SealedError::MarkTooOld), None));
        assert_eq!(SealedError::MarkTooOld.reason(), Reason::InputInvalid);
        assert_eq!(Trail::read(&[7; 16], long.changes(), &long.bytes()), Some(long.clone()));
        assert_eq!(Trail::read(&[7; 16], 1, &long.bytes()), None);
        let short = trail(&[1, 2]);
        assert_eq!(Trail::read(&[7; 16], 2, &short.bytes()), Some(short.clone()));
        assert_eq!(Trail::read(&[7; 16], 2, &short.bytes()[1..]), None);
        assert_eq!(Trail::read(&[7; 16], u64::MAX, &short.bytes()), None);
    }
}
