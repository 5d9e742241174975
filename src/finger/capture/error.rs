//! Why an answer of a sensor's program is no capture.

use crate::finger::image::ScanError;
use crate::finger::position::FingerPosition;
use crate::reason::{Reason, Refusal};

/// What is wrong with a capture.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// The answer does not begin with a line of JSON, or it is too long.
    #[error("the sensor's answer has no header line")]
    NoHeader,
    /// The header is no such object; `detail` names the field, never a value.
    #[error("the header of the sensor's answer: {0}")]
    Header(String),
    /// What was asked of the sensor is no such line; `detail` names the field, never a value.
    #[error("what is asked of the sensor: {0}")]
    Request(String),
    /// A version that is not ours.
    #[error("the sensor's answer is of version {0}")]
    Version(u32),
    /// The picture is longer or shorter than the header says.
    #[error("the header states {stated} bytes of picture, {found} came")]
    Length {
        /// Bytes by the header.
        stated: usize,
        /// Bytes that came.
        found: usize,
    },
    /// The sensor says that it took another finger than was asked for.
    #[error("{asked} was asked for, and the sensor took {declared}")]
    OtherFinger {
        /// Asked for.
        asked: FingerPosition,
        /// Taken.
        declared: FingerPosition,
    },
    /// The picture.
    #[error(transparent)]
    Picture(#[from] ScanError),
}

impl Refusal for CaptureError {
    fn reason(&self) -> Reason {
        match self {
            Self::NoHeader | Self::Header(_) | Self::Version(_) | Self::Length { .. } => Reason::CaptureFailed,
            Self::Request(_) | Self::OtherFinger { .. } => Reason::InputInvalid,
            Self::Picture(e) => e.reason(),
        }
    }
}
