//! Why a record is refused: the field's path and what is wrong, never the value.

use crate::finger::TemplateError;
use crate::reason::{Reason, Refusal};
use crate::record::{FileError, FingersError, PictureError};

/// What is wrong with one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldError {
    /// Nothing where something must stand.
    #[error("is empty")]
    Empty,
    /// More characters than the field has.
    #[error("is longer than {max} characters")]
    TooLong {
        /// The bound.
        max: usize,
    },
    /// A character that the field does not take: a control character, another script, a digit in a name.
    #[error("has a character it cannot take, at position {position}")]
    ForbiddenCharacter {
        /// Position in characters, the first is 1.
        position: usize,
    },
    /// Spaces at an end, or two together.
    #[error("has a space at an end, or two together")]
    Spacing,
    /// Not of the field's form.
    #[error("is not {expected}")]
    Form {
        /// The form.
        expected: &'static str,
    },
    /// Of the form of a date, but no day of the calendar, or beyond 1850 to 2199.
    #[error("is a date that does not exist")]
    ImpossibleDate,
    /// Not one of the field's values.
    #[error("is none of the known values of {list}")]
    UnknownValue {
        /// The list.
        list: &'static str,
    },
    /// A name of fewer words than the rule of 2022 asks for.
    #[error("has fewer than two words, which the rule of 2022 asks for")]
    TooFewWords,
}

/// Two fields that cannot both be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Contradiction {
    /// Born after the card is issued.
    #[error("lies before the date of birth")]
    BeforeBirth,
    /// Registered after the card is issued.
    #[error("lies after the date of issue")]
    AfterIssue,
    /// The card ends before it begins.
    #[error("does not lie after the date of issue")]
    EndsBeforeIssue,
    /// A foreign resident's card is never for life.
    #[error("is lifetime, which only a citizen's card can be")]
    ForeignForLife,
    /// A region's code does not begin with the code of the region around it.
    #[error("does not lie in the region around it")]
    OutsideRegion,
}

/// Why a record is refused. Paths are JSON pointers, also for CSV.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// More bytes than a document may have.
    #[error("the document has more than {max} bytes")]
    TooLarge {
        /// The bound.
        max: usize,
    },
    /// Not UTF-8.
    #[error("the document is not UTF-8, from byte {offset} on")]
    NotUtf8 {
        /// The first wrong byte.
        offset: usize,
    },
    /// A NUL byte.
    #[error("byte {offset} of the document is NUL")]
    NulByte {
        /// Where.
        offset: usize,
    },
    /// Not JSON.
    #[error("not JSON at line {line}, column {column}")]
    Syntax {
        /// Line, the first is 1.
        line: usize,
        /// Column, the first is 1.
        column: usize,
    },
    /// The `format` is not one that is read here.
    #[error("{path}: not a record format that is read here")]
    UnsupportedFormat {
        /// Where.
        path: String,
    },
    /// A field that does not exist.
    #[error("{path}: no such field")]
    UnknownField {
        /// Where.
        path: String,
    },
    /// A field that stands twice.
    #[error("{path}: stands twice")]
    DuplicateField {
        /// Where.
        path: String,
    },
    /// A field that is missing.
    #[error("{path}: missing")]
    MissingField {
        /// Where.
        path: String,
    },
    /// A value of another JSON type.
    #[error("{path}: not {expected}")]
    WrongType {
        /// Where.
        path: String,
        /// The type asked for.
        expected: &'static str,
    },
    /// A list that is too long.
    #[error("{path}: more than {max} items")]
    TooManyItems {
        /// Where.
        path: String,
        /// The bound.
        max: usize,
    },
    /// A wrong value.
    #[error("{path}: {error}")]
    Field {
        /// Where.
        path: String,
        /// What is wrong with it.
        error: FieldError,
    },
    /// Fields that contradict each other.
    #[error("{path}: {rule}")]
    Contradiction {
        /// The field that is taken to be wrong.
        path: String,
        /// The rule that is broken.
        rule: Contradiction,
    },
    /// A file that the record names.
    #[error("{path}: {error}")]
    File {
        /// Where it is named.
        path: String,
        /// What is wrong with it.
        error: FileError,
    },
    /// A picture.
    #[error("{path}: {error}")]
    Picture {
        /// Where it is named.
        path: String,
        /// What is wrong with it.
        error: PictureError,
    },
    /// A fingerprint template.
    #[error("{path}: {error}")]
    Template {
        /// Where it is named.
        path: String,
        /// What is wrong with it.
        error: TemplateError,
    },
    /// The choice of fingers.
    #[error("{path}: {error}")]
    Fingers {
        /// Where.
        path: String,
        /// The rule that is broken.
        error: FingersError,
    },
}

impl Refusal for FieldError {
    fn reason(&self) -> Reason {
        Reason::RecordInvalid
    }
}

impl Refusal for RecordError {
    fn reason(&self) -> Reason {
        match self {
            Self::File { error, .. } => error.reason(),
            Self::Picture { error, .. } => error.reason(),
            Self::Template { error, .. } => error.reason(),
            Self::NotUtf8 { .. } | Self::NulByte { .. } => Reason::EncodingInvalid,
            _ => Reason::RecordInvalid,
        }
    }
}
