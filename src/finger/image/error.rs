//! Why a file gave no finger image.

use super::wsq::WsqError;
use super::{FingerImageError, ResolutionError};
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
