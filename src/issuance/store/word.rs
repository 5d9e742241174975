//! The short texts of the store: ids of things, codes of offices, words of the caller. None may hold what a person is known by.

use super::error::StoreError;
use crate::limits::STORE_WORD_CHARS;
use crate::record::nik;
use serde::{Serialize, Serializer};

fn is_word(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    // Sixteen digits in a row are a NIK or a family card: these never stand where everyone reads.
    !text.is_empty() && text.len() <= STORE_WORD_CHARS && text.bytes().all(allowed) && !nik::is_told_in(text)
}

/// A text of letters, digits, `-`, `.` and `_`, at most 64; nowhere sixteen digits in a row.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Parses one: letters, digits, `-`, `.` and `_`, at most 64; never sixteen digits in a row, which would be
            /// somebody's number ([`nik::is_told_in`]).
            ///
            /// # Errors
            /// [`StoreError::Word`].
            pub fn parse(text: &str) -> Result<Self, StoreError> {
                is_word(text).then(|| Self(text.to_owned())).ok_or(StoreError::Word($what))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

word!(
    /// The id of an application, card, blank, batch, shipment or job.
    Id,
    "id"
);
word!(
    /// The code of an office: each has an audit chain of its own.
    Office,
    "office"
);
word!(
    /// A word of the caller: a reason, a device, a type of blank, a seal.
    Word,
    "word"
);

impl Id {
    /// The id of a part of a job that this is.
    ///
    /// # Errors
    /// [`StoreError::Word`] if it is too long.
    pub fn part(&self, part: &str) -> Result<Self, StoreError> {
        Self::parse(&format!("{self}.{part}"))
    }
}

impl From<crate::issuance::Office> for Office {
    /// The code of an office of the procedures, which is a word of the store.
    fn from(office: crate::issuance::Office) -> Self {
        Self(office.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_job_is_named_after_it() {
        let job = Id::parse("j-1").unwrap();
        assert_eq!(job.part("run").unwrap().as_str(), "j-1.run");
        assert_eq!(job.part(&"a".repeat(64)), Err(StoreError::Word("id")));
    }

    #[test]
    fn a_word_is_short_plain_and_nobodys_number() {
        for good in
            ["a", "3273", "7f-3A.b_c", "317301010190000", "A-0000000000000017", "E0000102030405060708", "47901234567890123456"]
        {
            assert_eq!(Id::parse(good).unwrap().as_str(), good);
        }
        let point = crate::issuance::Office::ServicePoint(31, 71, 1);
        assert_eq!(Office::parse("31.71.01"), Ok(point.into()));
        let digest = "job-99999901018100281234567890abcdef";
        assert_eq!(Id::parse(digest).map(|id| id.to_string()), Ok(digest.to_owned()), "what is drawn is nobody's");
        for told in ["3173010101900001", "form-9999990101810028", "A-9999990101810028", "31730101019000010", "x9999990101810028y"]
        {
            assert_eq!(Id::parse(told), Err(StoreError::Word("id")), "sixteen digits are a person's: {told}");
        }
        assert_eq!(Word::parse("SITI-9999990101810028-SPESIMEN"), Err(StoreError::Word("word")));
        assert_eq!(Office::parse(""), Err(StoreError::Word("office")));
        assert_eq!(Word::parse(&"a".repeat(65)), Err(StoreError::Word("word")));
        for bad in ["a b", "a/b", "é", "a\n", "a'"] {
            assert_eq!(Id::parse(bad), Err(StoreError::Word("id")), "{bad}");
        }
    }
}
