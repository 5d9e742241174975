//! Files with one picture in them, and the picture as the file has it: grey, at whatever resolution is stated.

use super::{FingerImage, Resolution, ScanError, resample, stated, wsq};
use crate::raster::{self, Kind};

/// A finger's picture before it is brought to 500 dpi.
#[derive(Clone, PartialEq, Eq)]
pub struct Scan {
    /// `width` × `height` grey values, row by row from the top left.
    pub pixels: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// What the file says of its resolution, be it plausible or not.
    pub stated: Option<Resolution>,
}

/// The finger image in a file, at 500 dpi. `given` is what the operator says of the scanner's resolution.
///
/// The kind is told by the contents: PNG, BMP, TIFF (first page), JPEG, PGM, JPEG 2000, WSQ.
///
/// # Errors
/// [`ScanError`].
pub fn read(bytes: &[u8], given: Option<Resolution>) -> Result<FingerImage, ScanError> {
    Scan::parse(bytes)?.at_500(given)
}

impl Scan {
    /// The picture in a file, of any kind that [`read`] takes.
    ///
    /// # Errors
    /// [`ScanError::Raster`] and [`ScanError::Wsq`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ScanError> {
        if wsq::is_wsq(bytes) {
            let wsq::Decoded { pixels, width, height, ppi } = wsq::decode(bytes)?;
            return Ok(Self { pixels, width, height, stated: ppi.and_then(Resolution::per_inch) });
        }
        const KINDS: [Kind; 6] = [Kind::Png, Kind::Bmp, Kind::Tiff, Kind::Jpeg, Kind::Pnm, Kind::Jpeg2000];
        let picture = raster::decode(bytes, &KINDS)?.into_grey();
        let stated = Kind::of(bytes).and_then(|kind| stated::of(kind, bytes));
        Ok(Self { pixels: picture.pixels, width: picture.width, height: picture.height, stated })
    }

    /// The picture at 500 dpi.
    ///
    /// # Errors
    /// [`ScanError::Resolution`] and [`ScanError::Size`].
    pub fn at_500(self, given: Option<Resolution>) -> Result<FingerImage, ScanError> {
        let resolution = Resolution::settle(self.stated, given)?;
        Ok(resample::to_500(self.pixels, self.width, self.height, resolution)?)
    }
}

/// A print is biometric data: it is measured, not shown.
impl std::fmt::Debug for Scan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scan({} x {}, {:?})", self.width, self.height, self.stated)
    }
}

#[cfg(test)]
mod tests;
