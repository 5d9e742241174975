//! Captures side by side on one picture, at half their size and in sixteen tones, so that a look tells what they are like.

use super::{HEIGHT, WIDTH};
use crate::finger::image::FingerImage;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageError};

/// White space around each capture.
const GAP: usize = 4;
/// Most rows and columns: ten fingers across, and a page's height.
pub const ROWS: usize = 24;
/// Most columns.
pub const COLUMNS: usize = 16;

/// A sheet of captures; row by row, each from left to right.
pub struct ContactSheet {
    columns: usize,
    tiles: Vec<Vec<u8>>,
}

impl ContactSheet {
    /// An empty sheet of at most [`COLUMNS`] columns.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self { columns: columns.clamp(1, COLUMNS), tiles: Vec::new() }
    }

    /// Whether there is no room left.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.tiles.len() >= self.columns * ROWS
    }

    /// Puts a capture into the next place, if there is room.
    pub fn push(&mut self, capture: &FingerImage) {
        if !self.is_full() {
            self.tiles.push(halved(capture));
        }
    }

    /// The sheet as an 8-bit grey PNG file.
    ///
    /// # Errors
    /// The encoder's.
    pub fn to_png(&self) -> Result<Vec<u8>, ImageError> {
        let (wide, high) = (usize::from(WIDTH) / 2 + GAP, usize::from(HEIGHT) / 2 + GAP);
        let width = self.columns * wide + GAP;
        let height = self.tiles.len().div_ceil(self.columns).max(1) * high + GAP;
        let mut pixels = vec![u8::MAX; width * height];
        for (place, tile) in self.tiles.iter().enumerate() {
            let corner = (place / self.columns * high + GAP) * width + place % self.columns * wide + GAP;
            for (line, row) in tile.chunks_exact(wide - GAP).enumerate() {
                let start = corner + line * width;
                if let Some(to) = pixels.get_mut(start..start + row.len()) {
                    to.copy_from_slice(row);
                }
            }
        }
        let side = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let mut png = Vec::new();
        PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::NoFilter).write_image(
            &pixels,
            side(width),
            side(height),
            ExtendedColorType::L8,
        )?;
        Ok(png)
    }
}

/// Half as wide and high, sixteen tones from 0 to 255; a picture of another size than captures have is cut or filled up with white.
fn halved(capture: &FingerImage) -> Vec<u8> {
    let (width, height) = (usize::from(capture.width()), usize::from(capture.height()));
    let pixel = |x: usize, y: usize| if x < width { capture.pixels().get(y * width + x).copied() } else { None };
    let tone = |x: usize, y: usize| {
        let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(i, j)| u16::from(pixel(2 * x + i, 2 * y + j).unwrap_or(u8::MAX)));
        u8::try_from((four.iter().sum::<u16>() + 34) / 68).unwrap_or(15).min(15) * 17
    };
    let rows = usize::from(HEIGHT) / 2;
    (0..rows)
        .flat_map(|y| (0..usize::from(WIDTH) / 2).map(move |x| (x, y)))
        .map(|(x, y)| if 2 * y < height { tone(x, y) } else { 255 })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture(grey: u8) -> FingerImage {
        FingerImage::new(WIDTH, HEIGHT, vec![grey; usize::from(WIDTH) * usize::from(HEIGHT)]).unwrap()
    }

    #[test]
    fn captures_stand_in_rows() {
        let mut sheet = ContactSheet::new(2);
        [0, 100, 255].into_iter().for_each(|grey| sheet.push(&capture(grey)));
        let picture = image::load_from_memory(&sheet.to_png().unwrap()).unwrap().to_luma8();
        assert_eq!(picture.dimensions(), (2 * 154 + 4, 2 * 204 + 4));
        let at = |x, y| picture.get_pixel(x, y).0[0];
        assert_eq!([at(0, 0), at(4, 4), at(158, 4), at(4, 208), at(158, 208)], [255, 0, 102, 255, 255]);
    }

    #[test]
    fn a_full_sheet_takes_no_more_and_an_odd_picture_does_no_harm() {
        let mut sheet = ContactSheet::new(0);
        (0..=ROWS).for_each(|_| sheet.push(&FingerImage::new(70, 900, vec![0; 63_000]).unwrap()));
        assert!(sheet.is_full());
        let picture = image::load_from_memory(&sheet.to_png().unwrap()).unwrap().to_luma8();
        assert_eq!(picture.dimensions(), (158, 24 * 204 + 4));
        assert_eq!([picture.get_pixel(38, 4).0[0], picture.get_pixel(39, 4).0[0]], [0, 255]);
    }
}
