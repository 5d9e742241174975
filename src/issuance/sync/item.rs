//! What travels between offices: a packet or a letter, named by the SHA-256 of its bytes.

use super::SyncError;
use super::letter::{self, Letter};
use crate::crypto::hash::sha256;
use crate::issuance::office::Office;
use crate::issuance::officer::Roster;
use crate::issuance::packet::{self, Packet};
use crate::limits::{OFFICER_DOCUMENT_BYTES, SYNC_ITEM_BYTES};
use crate::verify::hex;
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

/// The name of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha([u8; 32]);

impl Sha {
    /// The name of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha256(bytes))
    }
}

impl fmt::Display for Sha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl FromStr for Sha {
    type Err = SyncError;

    fn from_str(text: &str) -> Result<Self, SyncError> {
        let plain = text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let bytes = hex::decode(text).filter(|_| plain).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(SyncError::Answer("the name of an item"))
    }
}

/// An item as it came.
#[derive(Debug, Clone)]
pub enum Item {
    /// A capture.
    Packet(Packet),
    /// A letter.
    Letter(Letter),
}

/// What stands outside on an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// `packet`, or the letter's kind.
    pub kind: &'static str,
    /// From which office.
    pub from: Office,
    /// To which.
    pub to: Office,
    /// About which thing; `-` for several or none.
    pub about: String,
    /// When.
    pub at: Timestamp,
}

impl Label {
    fn of_packet(head: &packet::Head) -> Self {
        let about = head.application().to_string();
        Self { kind: "packet", from: head.office(), to: Office::Ministry, about, at: head.at() }
    }

    fn of_letter(head: &letter::Head) -> Self {
        Self { kind: head.kind.name(), from: head.from, to: head.to, about: head.about().to_owned(), at: head.at }
    }

    /// Reads it off the front of an item, of which the rest need not be there.
    ///
    /// # Errors
    /// [`SyncError::Form`].
    pub fn read(front: &[u8]) -> Result<Self, SyncError> {
        let most = usize::try_from(OFFICER_DOCUMENT_BYTES).unwrap_or(usize::MAX);
        let (magic, mut rest) = front.split_at_checked(letter::MAGIC.len()).ok_or(SyncError::Form(0))?;
        let head = packet::unframed(&mut rest, most).ok_or(SyncError::Form(magic.len()))?;
        if magic == letter::MAGIC {
            return letter::Head::parse(head).map(|head| Self::of_letter(&head)).ok_or(SyncError::Form(0));
        }
        packet::Head::parse(head).map(|head| Self::of_packet(&head)).ok_or(SyncError::Form(0))
    }
}

impl Item {
    /// Reads one.
    ///
    /// # Errors
    /// [`SyncError::Form`], [`SyncError::Packet`], [`SyncError::TooMuch`].
    pub fn parse(bytes: &[u8]) -> Result<Self, SyncError> {
        if u64::try_from(bytes.len()).is_ok_and(|length| length > SYNC_ITEM_BYTES) {
            return Err(SyncError::TooMuch("bytes of an item", SYNC_ITEM_BYTES));
        }
        if bytes.starts_with(letter::MAGIC) {
            return Letter::parse(bytes).map(Self::Letter);
        }
        Ok(Self::Packet(Packet::parse(bytes)?))
    }

    /// What stands outside.
    #[must_use]
    pub fn label(&self) -> Label {
        match self {
            Self::Packet(packet) => Label::of_packet(packet.head()),
            Self::Letter(letter) => Label::of_letter(letter.head()),
        }
    }

    /// Checks whose it is, as an office on its way does: without any key.
    ///
    /// # Errors
    /// [`SyncError`]: it is not signed by an officer of the office that it names, or was altered.
    pub fn verify(self, roster: &Roster, now: Timestamp) -> Result<Known, SyncError> {
        Ok(match self {
            Self::Packet(packet) => Known::Packet(Box::new(packet.verify(roster, now)?)),
            Self::Letter(letter) => Known::Letter(Box::new(letter.verify(roster, now)?)),
        })
    }
}

/// An item whose officer and office are proven.
#[derive(Debug, Clone)]
pub enum Known {
    /// A capture.
    Packet(Box<packet::Verified>),
    /// A letter.
    Letter(Box<letter::Verified>),
}
