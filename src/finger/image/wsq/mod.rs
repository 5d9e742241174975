//! WSQ, the FBI's wavelet compression of fingerprints (IAFIS-IC-0110 version 3): bytes to grey pixels.

mod blocks;
mod huffman;
mod reader;
mod segments;
mod subbands;
mod wavelet;

use crate::limits;
use crate::raster::{self, RasterError};
use crate::reason::{Reason, Refusal};
use reader::Reader;
use segments::Tables;
use subbands::Tree;

/// Why bytes are no WSQ picture; positions are byte offsets from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WsqError {
    /// More bytes than a picture may have.
    #[error("the WSQ file has more than {max} bytes")]
    TooLarge {
        /// The bound.
        max: usize,
    },
    /// It does not begin with the start of image.
    #[error("not a WSQ file")]
    NotWsq,
    /// The bytes end before the picture does.
    #[error("the WSQ file ends at byte {offset}, before its picture does")]
    Truncated {
        /// Where the bytes end.
        offset: usize,
    },
    /// A marker where the order of segments allows none like it.
    #[error("marker {marker:02X} at byte {offset} of the WSQ file is out of place")]
    Marker {
        /// The marker's second byte.
        marker: u8,
        /// Where it stands.
        offset: usize,
    },
    /// A segment whose length is not that of its contents.
    #[error("the segment at byte {offset} of the WSQ file has a wrong length")]
    Length {
        /// Where the segment's length stands.
        offset: usize,
    },
    /// A field with a value that its definition excludes.
    #[error("{field} at byte {offset} of the WSQ file is out of range")]
    OutOfRange {
        /// The field.
        field: &'static str,
        /// Where it stands.
        offset: usize,
    },
    /// A part that the picture needs and that did not come before it.
    #[error("the WSQ file has no {0} before it is needed")]
    Missing(&'static str),
    /// Bits that are no code of the table.
    #[error("the compressed data before byte {offset} of the WSQ file are no code")]
    Code {
        /// The byte after the bits.
        offset: usize,
    },
    /// A block with more coefficients than its subbands have.
    #[error("a run before byte {offset} of the WSQ file leaves its block")]
    Overrun {
        /// The byte after the run.
        offset: usize,
    },
    /// Allowed by the specification and not read here, because no encoder in use writes it.
    #[error("the WSQ file uses {0}, which is not read")]
    Unsupported(&'static str),
    /// Sides beyond the bounds of [`limits`], or shorter than the decomposition can split (32).
    #[error("a WSQ picture of {width} by {height} pixels is out of bounds")]
    Size {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
}

impl Refusal for WsqError {
    fn reason(&self) -> Reason {
        Reason::FingerImageInvalid
    }
}

/// A decoded picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded {
    /// Grey values, row by row from the top left.
    pub pixels: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Dots per inch, if a NIST comment states them.
    pub ppi: Option<u32>,
}

/// Shortest side whose five halvings leave something on both sides.
const SIDE_MIN: u32 = 32;

/// Whether the bytes begin like a WSQ picture.
#[must_use]
pub fn is_wsq(bytes: &[u8]) -> bool {
    // The start of image and the first byte of any marker; JPEG begins FF D8.
    bytes.starts_with(&[0xFF, 0xA0, 0xFF])
}

/// Decodes a picture. Data after the end of image are passed over.
///
/// # Errors
/// [`WsqError`].
pub fn decode(bytes: &[u8]) -> Result<Decoded, WsqError> {
    if bytes.len() > limits::IMAGE_BYTES {
        return Err(WsqError::TooLarge { max: limits::IMAGE_BYTES });
    }
    let mut reader = Reader::new(bytes);
    if bytes.get(..2) != Some(&[0xFF, segments::SOI]) {
        return Err(WsqError::NotWsq);
    }
    reader.take(2)?;
    let mut tables = Tables::default();
    let first = tables.read_until_block(&mut reader)?.ok_or(WsqError::Missing("block"))?;
    let frame = tables.frame()?;
    let (width, height) = (u32::from(frame.width), u32::from(frame.height));
    let size = WsqError::Size { width, height };
    raster::within_bounds(width, height).map_err(|_: RasterError| size)?;
    if width < SIDE_MIN || height < SIDE_MIN {
        return Err(size);
    }
    let tree = Tree::new(frame.width.into(), frame.height.into());
    let coefficients = blocks::read(&mut reader, &mut tables, &tree, first)?;
    let mut plane = tree.dequantize(tables.quantization()?, &coefficients);
    wavelet::synthesize(&mut plane, &tree, tables.synthesis()?);
    let pixels = plane.iter().map(|v| grey(v * frame.scale + frame.shift)).collect();
    Ok(Decoded { pixels, width, height, ppi: tables.ppi() })
}

/// To the nearest grey value; not-a-number, which no finite table gives, would be black.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a float to a byte saturates
const fn grey(value: f32) -> u8 {
    (value + 0.5) as u8
}

/// A print is biometric data: it is measured, not shown.
impl std::fmt::Debug for Decoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Decoded({} x {}, {:?} ppi)", self.width, self.height, self.ppi)
    }
}

#[cfg(test)]
mod tests;
