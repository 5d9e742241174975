//! Pictures of a record: plausible as a portrait or a signature.

pub use crate::raster::Picture;
use crate::raster::{self, Kind, RasterError};
use crate::reason::{Reason, Refusal};

/// Why a picture is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// A file with more bytes than a picture may have.
    #[error("the picture has more than {max} bytes")]
    TooLarge {
        /// The bound.
        max: usize,
    },
    /// Neither PNG, JPEG, BMP nor JPEG 2000, by its content; the file's name does not count.
    #[error("the picture is neither PNG, JPEG, BMP nor JPEG 2000")]
    UnknownKind,
    /// Not decodable, or it ends early.
    #[error("the picture is damaged")]
    Damaged,
    /// A sequential JPEG whose colours lie in scans apart and at another size than its brightness: it would be shown in wrong colours.
    #[error("the picture is a JPEG whose colours lie in scans apart, which is not read")]
    ColoursApart,
    /// More pixels than a picture may have.
    #[error("the picture is {width} by {height} pixels, beyond the bound")]
    TooManyPixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// Fewer pixels than its purpose needs.
    #[error("the picture is smaller than {width} by {height} pixels")]
    TooSmall {
        /// Least width in pixels.
        width: u32,
        /// Least height in pixels.
        height: u32,
    },
    /// A portrait that is not upright, or a picture far too long for its purpose.
    #[error("the picture does not have the proportions of its purpose")]
    Proportions,
    /// One colour all over.
    #[error("the picture is blank")]
    Blank,
}

impl From<RasterError> for PictureError {
    fn from(error: RasterError) -> Self {
        match error {
            RasterError::TooLarge { max } => Self::TooLarge { max },
            RasterError::UnknownKind => Self::UnknownKind,
            RasterError::Damaged => Self::Damaged,
            RasterError::ColoursApart => Self::ColoursApart,
            RasterError::TooManyPixels { width, height } => Self::TooManyPixels { width, height },
        }
    }
}

impl Refusal for PictureError {
    fn reason(&self) -> Reason {
        Reason::ImageInvalid
    }
}

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A face, upright, in colour or grey.
    Portrait,
    /// A signature, which becomes grey.
    Signature,
    /// A print of one finger at 500 dpi, which becomes grey.
    Finger,
    /// Both hands, of whom no finger can be taken.
    Hands,
    /// One eye's iris, which becomes grey (ISO/IEC 29794-6 asks for 640 by 480 pixels).
    Iris,
}

/// Longest side of a print of one finger at 500 dpi, in pixels (40 mm): a slap of several fingers is longer.
const FINGER_SIDE: u32 = 800;

impl Purpose {
    /// Least width and height in pixels.
    #[must_use]
    pub const fn least(self) -> (u32, u32) {
        match self {
            // 240 pixels of width leave about 60 between the eyes in a full frontal portrait (ISO/IEC 19794-5 asks for 60 at least).
            Self::Portrait => (240, 300),
            Self::Signature => (100, 30),
            // 8 mm: the smallest sensors.
            Self::Finger => (160, 160),
            Self::Hands => (480, 320),
            Self::Iris => (640, 480),
        }
    }

    const fn proportions(self, width: u32, height: u32) -> bool {
        match self {
            Self::Portrait => height >= width && height <= width * 2,
            Self::Signature => width <= height * 10 && height <= width,
            Self::Finger => width <= height * 2 && height <= width * 3,
            Self::Hands | Self::Iris => width <= height * 2 && height <= width * 2,
        }
    }
}

impl Picture {
    /// Decodes a picture for a purpose: orientation applied, transparency laid on white, 8 bits a channel.
    ///
    /// # Errors
    /// [`PictureError`].
    pub fn read(bytes: &[u8], purpose: Purpose) -> Result<Self, PictureError> {
        let picture = Self::decode(bytes)?;
        let (width, height) = purpose.least();
        if picture.width < width || picture.height < height {
            return Err(PictureError::TooSmall { width, height });
        }
        if purpose == Purpose::Finger && picture.width.max(picture.height) > FINGER_SIDE {
            return Err(PictureError::TooManyPixels { width: picture.width, height: picture.height });
        }
        if !purpose.proportions(picture.width, picture.height) {
            return Err(PictureError::Proportions);
        }
        let mut pixels = picture.pixels.chunks_exact(usize::from(picture.channels.max(1)));
        let first = pixels.next();
        if pixels.all(|p| Some(p) == first) {
            return Err(PictureError::Blank);
        }
        Ok(if matches!(purpose, Purpose::Portrait | Purpose::Hands) { picture } else { picture.into_grey() })
    }

    /// Decodes any picture that a record may hold, within the bounds of [`limits`](crate::limits).
    ///
    /// # Errors
    /// [`PictureError`] but for those of a purpose.
    pub fn decode(bytes: &[u8]) -> Result<Self, PictureError> {
        Ok(raster::decode(bytes, &[Kind::Png, Kind::Jpeg, Kind::Bmp, Kind::Jpeg2000])?)
    }
}

#[cfg(test)]
mod tests;
