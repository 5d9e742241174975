//! Finger image records of ISO/IEC 19794-4, of 2005 and of 2011: pictures with what was captured, when and how.

mod edition_2005;
mod edition_2011;

use super::bytes::Ended;
pub use super::template::{Capture, QualityBlock};
use crate::limits;
use crate::reason::{Reason, Refusal};

/// Most views of a record: sixteen of each of ten fingers would be 160; files in use hold a few.
pub const MOST_VIEWS: usize = 64;
const MAGIC: &[u8; 4] = b"FIR\0";

/// A finger image record that cannot be read or written; positions are byte offsets from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageRecordError {
    /// More bytes than a picture may have.
    #[error("the image record has more than {max} bytes")]
    TooLarge {
        /// The bound.
        max: usize,
    },
    /// The bytes end inside a field.
    #[error("the image record ends at byte {offset}, inside a field")]
    Truncated {
        /// Where the bytes end.
        offset: usize,
    },
    /// Not the magic of a finger image record.
    #[error("does not begin with `FIR`")]
    NotARecord,
    /// Neither version 010 (2005) nor 020 (2011).
    #[error("the image record's version is not one that is read")]
    UnsupportedVersion,
    /// A length that is not that of the bytes.
    #[error("the image record says {declared} bytes at byte {offset}, there are {actual}")]
    LengthMismatch {
        /// Where the length stands.
        offset: usize,
        /// What it says.
        declared: u64,
        /// What there is.
        actual: usize,
    },
    /// A field holds a value that its definition excludes.
    #[error("{field} at byte {offset} of the image record is out of range")]
    OutOfRange {
        /// The field.
        field: &'static str,
        /// Where it stands.
        offset: usize,
    },
    /// More of something than its field counts, or none where one is needed.
    #[error("the image record cannot hold this number of {what}")]
    Count {
        /// Views, blocks or bytes.
        what: &'static str,
    },
    /// Views of different resolution, depth or compression, for the edition of 2005, which has one for all.
    #[error("the views differ in resolution, depth or compression, and the edition has one for all")]
    SamplingDiffers,
}

impl Refusal for ImageRecordError {
    fn reason(&self) -> Reason {
        Reason::FingerImageInvalid
    }
}

impl From<Ended> for ImageRecordError {
    fn from(end: Ended) -> Self {
        Self::Truncated { offset: end.offset }
    }
}

/// The edition of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImageEdition {
    /// ISO/IEC 19794-4:2005, version 010.
    Iso2005,
    /// ISO/IEC 19794-4:2011, version 020.
    Iso2011,
}

/// How the pixels of a view are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compression {
    /// One byte a pixel, row by row.
    None,
    /// WSQ.
    Wsq,
    /// JPEG.
    Jpeg,
    /// JPEG 2000; in 2011 the lossy one.
    Jpeg2000,
    /// JPEG 2000 without loss; only 2011 tells it apart.
    Jpeg2000Lossless,
    /// PNG.
    Png,
}

impl Compression {
    const fn code(self, edition: ImageEdition) -> u8 {
        match (self, edition) {
            (Self::None, _) => 0,
            (Self::Wsq, _) => 2,
            (Self::Jpeg, _) => 3,
            (Self::Jpeg2000, _) | (Self::Jpeg2000Lossless, ImageEdition::Iso2005) => 4,
            (Self::Jpeg2000Lossless, ImageEdition::Iso2011) | (Self::Png, ImageEdition::Iso2005) => 5,
            (Self::Png, ImageEdition::Iso2011) => 6,
        }
    }

    fn from_code(code: u8, edition: ImageEdition) -> Option<Self> {
        let all = [Self::None, Self::Wsq, Self::Jpeg, Self::Jpeg2000, Self::Jpeg2000Lossless, Self::Png];
        all.into_iter().find(|c| c.code(edition) == code)
    }
}

/// Resolution, depth and compression of a view's pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// Unit of the resolutions: 1 pixels per inch, 2 pixels per centimetre.
    pub unit: u8,
    /// Resolution of the scanner, horizontal and vertical.
    pub scanned: (u16, u16),
    /// Resolution of the image, horizontal and vertical.
    pub image: (u16, u16),
    /// Bits of a pixel.
    pub depth: u8,
    /// How pixels are written.
    pub compression: Compression,
}

/// One view of one finger.
#[derive(Clone, PartialEq, Eq)]
pub struct ImageView {
    /// Finger code: 0 unknown, 1 to 10 one finger, 13 to 15 slaps, 20 and more palms.
    pub position: u8,
    /// How many views of this finger there are (2005), at least 1.
    pub count: u8,
    /// Which of them this is.
    pub number: u8,
    /// Quality of the finger in the edition of 2005: 0 to 100, 254 not given.
    pub quality: u8,
    /// Impression type.
    pub impression: u8,
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
    /// How the pixels are written; one for all views in 2005.
    pub sampling: Sampling,
    /// Capture (2011).
    pub capture: Capture,
    /// Quality blocks (2011).
    pub qualities: Vec<QualityBlock>,
    /// Certification blocks (2011): authority and scheme.
    pub certifications: Vec<(u16, u8)>,
    /// The picture.
    pub image: Vec<u8>,
    /// What follows the picture (2011: segmentation, annotation, comments), as it stands.
    pub extended: Vec<u8>,
}

/// A finger image record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRecord {
    /// Its edition.
    pub edition: ImageEdition,
    /// Capture device (2005), 0 where not told.
    pub device: u16,
    /// Image acquisition level (2005): 31 is 500 dpi, 8 bits.
    pub acquisition_level: u16,
    /// How many fingers the header says there are. In use it counts fingers, or views.
    pub fingers: u8,
    /// Whether views have certification blocks (2011).
    pub has_certifications: bool,
    /// The views, at least one.
    pub views: Vec<ImageView>,
}

impl ImageRecord {
    /// A record of 2005 at acquisition level 31 whose header counts its views.
    #[must_use]
    pub fn new_2005(views: Vec<ImageView>) -> Self {
        let fingers = u8::try_from(views.len()).unwrap_or(u8::MAX);
        Self { edition: ImageEdition::Iso2005, device: 0, acquisition_level: 31, fingers, has_certifications: false, views }
    }

    /// Reads a record of either edition. Everything is checked and no byte is left over, so that `parse(b)?.encode()? == b`.
    ///
    /// # Errors
    /// [`ImageRecordError`], with the byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, ImageRecordError> {
        if bytes.len() > limits::IMAGE_BYTES {
            return Err(ImageRecordError::TooLarge { max: limits::IMAGE_BYTES });
        }
        if bytes.get(..4) != Some(MAGIC) {
            return Err(ImageRecordError::NotARecord);
        }
        match bytes.get(4..8) {
            Some(b"010\0") => edition_2005::parse(bytes),
            Some(b"020\0") => edition_2011::parse(bytes),
            Some(_) => Err(ImageRecordError::UnsupportedVersion),
            None => Err(ImageRecordError::Truncated { offset: bytes.len() }),
        }
    }

    /// Writes the record in its edition.
    ///
    /// # Errors
    /// [`ImageRecordError::Count`], [`ImageRecordError::OutOfRange`] or [`ImageRecordError::SamplingDiffers`].
    pub fn encode(&self) -> Result<Vec<u8>, ImageRecordError> {
        if !(1..=MOST_VIEWS).contains(&self.views.len()) {
            return Err(ImageRecordError::Count { what: "views" });
        }
        match self.edition {
            ImageEdition::Iso2005 => edition_2005::encode(self),
            ImageEdition::Iso2011 => edition_2011::encode(self),
        }
    }
}

impl ImageView {
    /// A view of 2005 about which nothing more is known.
    #[must_use]
    pub fn new(position: u8, (width, height): (u16, u16), sampling: Sampling, image: Vec<u8>) -> Self {
        Self {
            position,
            count: 1,
            number: 1,
            quality: 254,
            impression: 0,
            width,
            height,
            sampling,
            capture: Capture::default(),
            qualities: Vec::new(),
            certifications: Vec::new(),
            image,
            extended: Vec::new(),
        }
    }
}

impl Sampling {
    /// The same resolution throughout, in pixels per centimetre, 8 bits.
    #[must_use]
    pub const fn per_centimetre(resolution: u16, compression: Compression) -> Self {
        let both = (resolution, resolution);
        Self { unit: 2, scanned: both, image: both, depth: 8, compression }
    }
}

/// A print is biometric data: it is measured, not shown.
impl std::fmt::Debug for ImageView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ImageView(position {}, {}x{}, {} bytes)", self.position, self.width, self.height, self.image.len())
    }
}

#[cfg(test)]
mod tests;
