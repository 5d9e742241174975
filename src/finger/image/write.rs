//! Finger images out: PNG with its resolution, and ISO/IEC 19794-4 records.

use super::FingerImage;
use crate::finger::image_record::{Compression, ImageEdition, ImageRecord, ImageRecordError, ImageView, Sampling};
use crate::finger::position::FingerPosition;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

/// Pixels per metre of 500 dpi, the nearest whole number.
const PIXELS_PER_METRE: u32 = 19_685;
/// Pixels per centimetre of 500 dpi.
const PIXELS_PER_CENTIMETRE: u16 = 197;
/// Where the header chunk of a PNG ends.
const AFTER_HEADER: usize = 33;

impl FingerImage {
    /// The image as an 8-bit grey PNG that states 500 dpi (its pHYs chunk), so that [`super::read`] gives it back unchanged.
    ///
    /// # Errors
    /// [`ImageRecordError::Count`] if the encoder fails, which a whole image never makes it do.
    pub fn to_png(&self) -> Result<Vec<u8>, ImageRecordError> {
        let mut png = Vec::new();
        PngEncoder::new_with_quality(&mut png, CompressionType::Default, FilterType::Adaptive)
            .write_image(self.pixels(), self.width().into(), self.height().into(), ExtendedColorType::L8)
            .map_err(|_| ImageRecordError::Count { what: "pixels" })?;
        let mut chunk = b"pHYs".to_vec();
        chunk.extend([PIXELS_PER_METRE.to_be_bytes(), PIXELS_PER_METRE.to_be_bytes()].concat());
        chunk.push(1);
        let mut sum = flate2::Crc::new();
        sum.update(&chunk);
        let tail = png.split_off(AFTER_HEADER.min(png.len()));
        png.extend([&[0, 0, 0, 9], chunk.as_slice(), &sum.sum().to_be_bytes(), &tail].concat());
        Ok(png)
    }

    /// The image as an ISO/IEC 19794-4 record of one view, uncompressed, at 197 pixels per centimetre.
    #[must_use]
    pub fn to_record(&self, position: Option<FingerPosition>, edition: ImageEdition) -> ImageRecord {
        let sampling = Sampling::per_centimetre(PIXELS_PER_CENTIMETRE, Compression::None);
        let code = position.map_or(0, FingerPosition::code);
        let view = ImageView::new(code, (self.width(), self.height()), sampling, self.pixels().to_vec());
        match edition {
            ImageEdition::Iso2005 => ImageRecord::new_2005(vec![view]),
            ImageEdition::Iso2011 => {
                ImageRecord { edition, acquisition_level: 0, ..ImageRecord::new_2005(vec![ImageView { number: 0, ..view }]) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::image::{Asked, find, read};

    #[allow(clippy::cast_possible_truncation)]
    fn image() -> FingerImage {
        FingerImage::new(90, 80, (0..7_200u32).map(|i| (i * 31 / 7) as u8).collect()).unwrap()
    }

    #[test]
    fn png_comes_back_at_its_resolution() {
        let png = image().to_png().unwrap();
        assert_eq!(read(&png, None), Ok(image()));
        let other = ::image::load_from_memory(&png).unwrap();
        assert_eq!(other.to_luma8().into_raw(), image().pixels(), "a reader that checks every sum");
    }

    #[test]
    fn records_come_back_with_their_finger() {
        for edition in [ImageEdition::Iso2005, ImageEdition::Iso2011] {
            let record = image().to_record(Some(FingerPosition::LeftRing), edition).encode().unwrap();
            let found = find(&record, Asked::default()).unwrap();
            assert_eq!(found.position, Some(FingerPosition::LeftRing));
            assert_eq!(found.scan.at_500(None), Ok(image()));
            let unknown = find(&image().to_record(None, edition).encode().unwrap(), Asked::default()).unwrap();
            assert_eq!(unknown.position, None);
        }
    }
}
