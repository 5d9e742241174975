//! What can be wrong with a gallery on disk.

use crate::afis::gallery::GalleryError;
use crate::reason::{Reason, Refusal};
use std::io::ErrorKind;

/// Why a gallery is not opened, or a change to it not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealedError {
    /// What the gallery itself says.
    #[error(transparent)]
    Gallery(#[from] GalleryError),
    /// A file that cannot be read.
    #[error("the gallery cannot be read: {0}")]
    Unreadable(ErrorKind),
    /// A file that cannot be written.
    #[error("the gallery cannot be written: {0}")]
    Unwritable(ErrorKind),
    /// There is a gallery at this place already.
    #[error("there is a gallery already")]
    Exists,
    /// Another process holds the gallery.
    #[error("another process holds the gallery")]
    Busy,
    /// Not a gallery, or of a version that this program does not know.
    #[error("not a gallery of this program")]
    NotAGallery,
    /// A key that is not of 32 bytes.
    #[error("a gallery's key has 32 bytes, not {0}")]
    KeyLength(usize),
    /// The key is another gallery's.
    #[error("the key is not this gallery's")]
    WrongKey,
    /// The snapshot ends before it should.
    #[error("the snapshot ends within chunk {0}")]
    Truncated(u64),
    /// The snapshot goes on after its end.
    #[error("the snapshot goes on after its last chunk")]
    Trailing,
    /// A chunk that was altered, exchanged or moved.
    #[error("chunk {0} of the snapshot was altered or is not in its place")]
    Altered(u64),
    /// The log is not there.
    #[error("the log beside the snapshot is missing")]
    LogMissing,
    /// The log belongs to another gallery.
    #[error("the log is of another gallery")]
    OtherLog,
    /// A record of the log that was altered, exchanged or moved.
    #[error("record {0} of the log was altered or is not in its place")]
    LogAltered(u64),
    /// A page of a record is not there, though what was written after it is: the power failed while the disk wrote, or somebody removed it.
    #[error("record {0} of the log lacks a page, and what was written after that page is there")]
    LogHole(u64),
    /// Snapshot and log, or what the caller knows, are of different times.
    #[error("an older state of the gallery was put in its place")]
    RolledBack,
    /// The state that the caller knows is another gallery's.
    #[error("the known state is of another gallery")]
    OtherGallery,
    /// The gallery has had other changes than the one whose state the caller knows.
    #[error("the gallery went another way before its change {0}: an older state was put in its place, and changed")]
    Forked(u64),
    /// The state that the caller knows is not kept any more.
    #[error("the known state is too long ago to be checked: give a later one")]
    MarkTooOld,
    /// A text that is no state of a gallery.
    #[error("not a state of a gallery: GALLERY.CHANGES.DIGEST, as the verbs print it")]
    NotAMark,
    /// Authentic content that this program would not have written.
    #[error("the gallery holds what no gallery can hold")]
    Content,
    /// The log has no room for another change.
    #[error("the log is full: fold it into a new snapshot with `ektp afis compact`")]
    LogFull,
    /// A change could not be made durable before, so none is taken until the gallery is opened anew.
    #[error("the log could not be written before; open the gallery anew")]
    Halted,
}

impl Refusal for SealedError {
    fn reason(&self) -> Reason {
        match self {
            Self::Gallery(e) => e.reason(),
            Self::Unreadable(_) => Reason::FileUnreadable,
            Self::Unwritable(ErrorKind::StorageFull) => Reason::DiskFull,
            Self::Unwritable(_) | Self::Halted => Reason::FileUnreadable,
            Self::LogFull => Reason::GalleryFull,
            Self::Exists => Reason::OutputExists,
            Self::Busy => Reason::InUse,
            Self::NotAGallery => Reason::EncodingInvalid,
            Self::KeyLength(_) | Self::MarkTooOld | Self::NotAMark => Reason::InputInvalid,
            Self::WrongKey => Reason::WrongGalleryKey,
            Self::Truncated(_) | Self::Trailing | Self::Altered(_) | Self::LogAltered(_) | Self::LogHole(_) | Self::Content => {
                Reason::GalleryAltered
            }
            Self::LogMissing | Self::OtherLog | Self::RolledBack | Self::OtherGallery | Self::Forked(_) => {
                Reason::GalleryRolledBack
            }
        }
    }
}
