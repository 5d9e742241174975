//! A print as pixels: 8-bit grey at exactly 500 dpi, ridges dark. Whatever comes in is brought to this or refused.

pub mod an2k;
mod entry;
mod error;
mod resample;
mod resolution;
mod scan;
pub mod stated;
mod write;
pub mod wsq;

pub use error::ScanError;
pub use resample::to_500;
pub use resolution::{Resolution, ResolutionError, Unit};
pub use scan::{Asked, Found, Scan, find, read};

use crate::limits;

/// Resolution of every [`FingerImage`], in dots per inch.
pub const DPI: u16 = 500;

/// An 8-bit grey picture of one finger at 500 dpi, ridges dark on light ground, rows from the top.
#[derive(Clone, PartialEq, Eq)]
pub struct FingerImage {
    width: u16,
    height: u16,
    pixels: Vec<u8>,
}

/// Pixels that cannot be a [`FingerImage`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FingerImageError {
    /// A side is shorter than [`limits::FINGER_SIDE_MIN`] or longer than [`limits::FINGER_SIDE_MAX`] pixels.
    #[error("a finger image of {width} x {height} pixels at 500 dpi is out of bounds")]
    Size {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The number of pixels is not width times height.
    #[error("{found} pixels where width and height ask for {asked}")]
    Pixels {
        /// Pixels given.
        found: usize,
        /// Width times height.
        asked: usize,
    },
}

impl FingerImage {
    /// The picture of these pixels, which are at 500 dpi.
    ///
    /// # Errors
    /// [`FingerImageError`] when the sides are out of bounds or the pixels are too few or too many.
    pub fn new(width: u16, height: u16, pixels: Vec<u8>) -> Result<Self, FingerImageError> {
        let sides = limits::FINGER_SIDE_MIN..=limits::FINGER_SIDE_MAX;
        if !sides.contains(&width) || !sides.contains(&height) {
            return Err(FingerImageError::Size { width: width.into(), height: height.into() });
        }
        let asked = usize::from(width) * usize::from(height);
        if pixels.len() != asked {
            return Err(FingerImageError::Pixels { found: pixels.len(), asked });
        }
        Ok(Self { width, height, pixels })
    }

    /// Width in pixels.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub const fn height(&self) -> u16 {
        self.height
    }

    /// Grey values, 0 black, row by row from the top left.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }
}

impl crate::reason::Refusal for FingerImageError {
    fn reason(&self) -> crate::reason::Reason {
        crate::reason::Reason::FingerImageInvalid
    }
}

/// A print is biometric data: it is measured, not shown.
impl std::fmt::Debug for FingerImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FingerImage({} x {})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_and_pixels_must_agree() {
        assert!(FingerImage::new(100, 120, vec![0; 12_000]).is_ok());
        assert_eq!(FingerImage::new(100, 120, vec![0; 11_999]), Err(FingerImageError::Pixels { found: 11_999, asked: 12_000 }));
        assert_eq!(FingerImage::new(10, 120, vec![0; 1_200]), Err(FingerImageError::Size { width: 10, height: 120 }));
        let wide = limits::FINGER_SIDE_MAX + 1;
        let error = FingerImageError::Size { width: wide.into(), height: 120 };
        assert_eq!(FingerImage::new(wide, 120, Vec::new()), Err(error));
    }

    #[test]
    fn debug_shows_no_pixel() {
        let image = FingerImage::new(64, 64, vec![7; 4_096]).unwrap();
        assert_eq!(format!("{image:?}"), "FingerImage(64 x 64)");
    }
}
