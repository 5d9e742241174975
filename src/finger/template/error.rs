//! Why a fingerprint template is refused.

use crate::reason::{Reason, Refusal};

/// A template that cannot be read or written; positions are byte offsets from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// More bytes than any template has.
    #[error("more than {max} bytes")]
    TooLarge {
        /// The bound.
        max: usize,
    },
    /// The bytes end inside a field.
    #[error("ends at byte {offset}, inside a field")]
    Truncated {
        /// Where the bytes end.
        offset: usize,
    },
    /// Not the magic of a finger minutiae record.
    #[error("does not begin with `FMR`")]
    NotARecord,
    /// A version of the format that is not read here.
    #[error("the format's version is not one that is read")]
    UnsupportedVersion,
    /// The length in the header is not that of the bytes.
    #[error("header says {declared} bytes, there are {actual}")]
    LengthMismatch {
        /// What the header says.
        declared: usize,
        /// What there is.
        actual: usize,
    },
    /// A field holds a value that its definition excludes.
    #[error("{field} at byte {offset} is out of range")]
    OutOfRange {
        /// The field.
        field: &'static str,
        /// Where it stands.
        offset: usize,
    },
    /// Bytes after the last view.
    #[error("bytes from {offset} on belong to no view")]
    TrailingBytes {
        /// The first of them.
        offset: usize,
    },
    /// More views or minutiae than the format can count, or none where one is needed.
    #[error("the format cannot hold this number of {what}")]
    Count {
        /// Views, minutiae or extended bytes.
        what: &'static str,
    },
    /// Views of different size or resolution, for a format that has one of each.
    #[error("the views differ in size or resolution, and the format has one for all")]
    FramesDiffer,
    /// A card format's length is not a multiple of its minutia.
    #[error("{length} bytes are not a whole number of minutiae")]
    NotWholeMinutiae {
        /// The length.
        length: usize,
    },
}

impl Refusal for TemplateError {
    fn reason(&self) -> Reason {
        Reason::TemplateInvalid
    }
}
