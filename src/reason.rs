//! Reason codes: the one list of why the product refuses, with exit code, whose hand, retry and next step.

include!(concat!(env!("OUT_DIR"), "/reasons.rs"));

/// Whose hand the next step is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// Whoever runs the command.
    Operator,
    /// The person whose card it is.
    Holder,
    /// The issuing authority: keys, lists, approvals.
    Authority,
    /// Whoever keeps the machine, the reader, the disk.
    Station,
    /// The makers of this program.
    Us,
}

/// When trying again makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Never with the same input.
    Never,
    /// Now, with the same card.
    SameCard,
    /// Now, with another card.
    NewCard,
    /// Later, when what is missing has come.
    Later,
}

struct Entry {
    code: &'static str,
    exit: u8,
    hand: Hand,
    retry: Retry,
    en: &'static str,
    id: &'static str,
    next_en: &'static str,
    next_id: &'static str,
}

/// The language of texts for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Indonesian.
    Id,
    /// English.
    #[default]
    En,
}

impl Lang {
    /// The text of this language out of the two.
    #[must_use]
    pub const fn pick<'a>(self, en: &'a str, id: &'a str) -> &'a str {
        match self {
            Self::En => en,
            Self::Id => id,
        }
    }
}

impl Reason {
    /// The stable code, e.g. `wrong-can`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.entry().code
    }

    /// The exit code of the process.
    #[must_use]
    pub const fn exit(self) -> u8 {
        self.entry().exit
    }

    /// Whose hand the next step is in.
    #[must_use]
    pub const fn hand(self) -> Hand {
        self.entry().hand
    }

    /// When a retry makes sense.
    #[must_use]
    pub const fn retry(self) -> Retry {
        self.entry().retry
    }

    /// What happened, in a sentence.
    #[must_use]
    pub const fn text(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Id => self.entry().id,
            Lang::En => self.entry().en,
        }
    }

    /// What to do next, in a sentence.
    #[must_use]
    pub const fn next_step(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Id => self.entry().next_id,
            Lang::En => self.entry().next_en,
        }
    }

    /// The reason of a file that could not be read or written.
    #[must_use]
    pub fn of_io(kind: std::io::ErrorKind) -> Self {
        use std::io::ErrorKind::{AlreadyExists, QuotaExceeded, StorageFull};
        match kind {
            StorageFull | QuotaExceeded => Self::DiskFull,
            AlreadyExists => Self::OutputExists,
            _ => Self::FileUnreadable,
        }
    }

    /// The reason of a stable code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|r| r.code() == code)
    }
}

/// Whether a store has no room: SQLite says so, or it could not make the index of its log longer.
#[cfg(feature = "perso")]
pub(crate) fn is_out_of_room(error: &rusqlite::Error) -> bool {
    /// `SQLITE_IOERR_SHMSIZE`: on a full disk it is what the first connection meets.
    const INDEX_OF_LOG: i32 = 4_874;
    error.sqlite_error().is_some_and(|e| e.code == rusqlite::ErrorCode::DiskFull || e.extended_code == INDEX_OF_LOG)
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl serde::Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Reason {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_code(&code).ok_or_else(|| serde::de::Error::custom("unknown reason code"))
    }
}

/// An error that knows its public reason. Every public error enum of the library implements this.
pub trait Refusal: std::error::Error {
    /// The stable reason behind this error.
    fn reason(&self) -> Reason;
}
