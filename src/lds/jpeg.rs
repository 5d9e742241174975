//! JPEG of our own pixels: the best baseline JFIF file of at most so many bytes.
//!
//! ISO/IEC 19794-5:2005 knows JPEG as sequential baseline in a JFIF file. Luma at full size, colour at half, which a face can spare.

use crate::reason::{Reason, Refusal};
use crate::record::Picture;
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

/// Least and best quality of the encoder's scale.
const QUALITIES: (u8, u8) = (1, 100);

/// Why a picture was not encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JpegError {
    /// No pixels, sides beyond the format's 16 bits, or a buffer of another size than width × height × channels.
    #[error("the pixels are not a picture of {width} by {height}")]
    BadPixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The encoder gave up.
    #[error("the JPEG encoder failed")]
    Encoder,
}

impl Refusal for JpegError {
    fn reason(&self) -> Reason {
        match self {
            Self::BadPixels { .. } => Reason::ImageInvalid,
            Self::Encoder => Reason::InternalError,
        }
    }
}

/// The file of the best quality with at most `room` bytes; none if even the least quality takes more.
///
/// # Errors
/// Any [`JpegError`].
pub fn within(picture: &Picture, room: usize) -> Result<Option<Vec<u8>>, JpegError> {
    let (mut least, mut most) = QUALITIES;
    let mut best = None;
    // Bytes grow with quality: each look halves the scale that is left.
    while least <= most {
        let quality = least.midpoint(most);
        let bytes = encode(picture, quality)?;
        if bytes.len() <= room {
            (best, least) = (Some(bytes), quality + 1);
        } else {
            most = quality - 1;
        }
    }
    Ok(best)
}

/// Encodes with a quality from 1 to 100; other values are taken for the nearest of these.
///
/// # Errors
/// Any [`JpegError`].
pub fn encode(picture: &Picture, quality: u8) -> Result<Vec<u8>, JpegError> {
    let (width, height, colour) = layout(picture)?;
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality.clamp(QUALITIES.0, QUALITIES.1));
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    // Tables of its own make the encoder write each colour as a scan apart, which some decoders misread where colour is at half size.
    encoder.set_optimized_huffman_tables(picture.channels == 1);
    encoder.encode(&picture.pixels, width, height, colour).map_err(|_| JpegError::Encoder)?;
    Ok(bytes)
}

fn layout(picture: &Picture) -> Result<(u16, u16, ColorType), JpegError> {
    let Picture { width, height, channels, ref pixels } = *picture;
    let bad = JpegError::BadPixels { width, height };
    let size = u64::from(width) * u64::from(height) * u64::from(channels);
    let colour = match channels {
        1 => ColorType::Luma,
        3 => ColorType::Rgb,
        _ => return Err(bad),
    };
    match (u16::try_from(width), u16::try_from(height)) {
        (Ok(w), Ok(h)) if size > 0 && u64::try_from(pixels.len()) == Ok(size) => Ok((w, h, colour)),
        _ => Err(bad),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::resident::picture;

    #[test]
    fn a_file_decodes_to_what_went_in() {
        for channels in [1, 3] {
            let original = picture(96, 128, channels);
            let bytes = encode(&original, 90).unwrap();
            assert!(bytes.starts_with(&[0xFF, 0xD8, 0xFF, 0xE0]) && bytes.get(6..11) == Some(b"JFIF\0"));
            assert!(bytes.windows(2).any(|w| w == [0xFF, 0xC0]) && !bytes.windows(2).any(|w| w == [0xFF, 0xC2]), "baseline");
            assert_eq!(bytes.windows(2).filter(|w| *w == [0xFF, 0xDA]).count(), 1, "one scan");
            let back = Picture::decode(&bytes).unwrap();
            assert_eq!((back.width, back.height, back.channels), (96, 128, channels));
            let off = back.pixels.iter().zip(&original.pixels).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>();
            assert!(off / (original.pixels.len() as u64) < 12, "mean difference {off}");
        }
    }

    #[test]
    fn the_best_quality_that_fits_is_found() {
        let original = picture(120, 160, 3);
        for room in [1_500, 3_000, 6_000] {
            let best = within(&original, room).unwrap().unwrap();
            assert!(best.len() <= room);
            let sizes: Vec<usize> = (1..=100).map(|q| encode(&original, q).unwrap().len()).collect();
            assert_eq!(sizes.iter().filter(|s| **s <= room).max(), Some(&best.len()), "{room}");
        }
        assert_eq!(within(&original, 300), Ok(None));
        assert_eq!(within(&original, usize::MAX), encode(&original, 100).map(Some));
        assert_eq!(encode(&original, 0), encode(&original, 1));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let mut short = picture(10, 10, 3);
        short.pixels.pop();
        assert_eq!(encode(&short, 50), Err(JpegError::BadPixels { width: 10, height: 10 }));
        let flat = Picture { pixels: vec![], width: 0, height: 5, channels: 1 };
        assert_eq!(within(&flat, 100), Err(JpegError::BadPixels { width: 0, height: 5 }));
        let wide = Picture { pixels: vec![0; 65_536], width: 65_536, height: 1, channels: 1 };
        assert_eq!(encode(&wide, 50), Err(JpegError::BadPixels { width: 65_536, height: 1 }));
        let two = Picture { pixels: vec![0; 8], width: 2, height: 2, channels: 2 };
        assert_eq!(encode(&two, 50), Err(JpegError::BadPixels { width: 2, height: 2 }));
        assert_eq!(JpegError::BadPixels { width: 2, height: 2 }.reason(), Reason::ImageInvalid);
        assert_eq!(JpegError::Encoder.reason(), Reason::InternalError);
    }
}
