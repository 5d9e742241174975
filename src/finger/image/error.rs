//! Why a file gave no finger image.

use super::an2k::An2kError;
use super::wsq::WsqError;
use super::{FingerImageError, ResolutionError};
use crate::finger::image_record::ImageRecordError;
use crate::raster::RasterError;
use crate::reason::{Reason, Refusal};

/// A file that gives no finger image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// Its pixels cannot be had.
    #[error(transparent)]
    Raster(#[from] RasterError),
    /// Its WSQ data cannot be read.
    #[error(transparent)]
    Wsq(#[from] WsqError),
    /// It is an ANSI/NIST file that cannot be read.
    #[error(transparent)]
    An2k(#[from] An2kError),
    /// It is an ISO/IEC 19794-4 record that cannot be read.
    #[error(transparent)]
    Record(#[from] ImageRecordError),
    /// The record and the picture in it differ in width or height.
    #[error("the record says {0} x {1} pixels and the picture in it has {2} x {3}", record.0, record.1, picture.0, picture.1)]
    SizeDiffers {
        /// Width and height by the record.
        record: (u32, u32),
        /// Width and height of the picture.
        picture: (u32, u32),
    },
    /// A way of writing pixels that is not read.
    #[error("{0} are not read")]
    Unsupported(&'static str),
    /// The record holds several fingers and none, or no single one, was asked for.
    #[error("the record holds {count} pictures: name the finger with --position")]
    SeveralFingers {
        /// Pictures in the record.
        count: usize,
    },
    /// The record does not hold the finger asked for.
    #[error("none of the record's {count} pictures is of the finger asked for")]
    NoSuchFinger {
        /// Pictures in the record.
        count: usize,
    },
    /// The picture is of several fingers (a slap) or of a palm.
    #[error("the picture is not of one finger but of several, or of a palm (code {code})")]
    NotOneFinger {
        /// The record's code.
        code: u8,
    },
    /// Its resolution is not known.
    #[error(transparent)]
    Resolution(#[from] ResolutionError),
    /// Its size is not a finger's.
    #[error(transparent)]
    Size(#[from] FingerImageError),
}

impl Refusal for ScanError {
    fn reason(&self) -> Reason {
        match self {
            Self::Resolution(e) => e.reason(),
            _ => Reason::FingerImageInvalid,
        }
    }
}
