//! Pictures: decoded within bounds, upright, without transparency, and plausible as a portrait or a signature.

use crate::limits;
use crate::reason::{Reason, Refusal};
use image::{DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

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

impl Refusal for PictureError {
    fn reason(&self) -> Reason {
        Reason::ImageInvalid
    }
}

/// Decoded pixels, row by row from the top left.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// `width` × `height` × `channels` bytes.
    pub pixels: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// 1 for grey, 3 for RGB.
    pub channels: u8,
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
        }
    }

    const fn proportions(self, width: u32, height: u32) -> bool {
        match self {
            Self::Portrait => height >= width && height <= width * 2,
            Self::Signature => width <= height * 10 && height <= width,
            Self::Finger => width <= height * 2 && height <= width * 3,
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
        Ok(if purpose == Purpose::Portrait { picture } else { picture.into_grey() })
    }

    /// Decodes any picture within the bounds of [`limits`].
    ///
    /// # Errors
    /// [`PictureError`] but for those of a purpose.
    pub fn decode(bytes: &[u8]) -> Result<Self, PictureError> {
        if bytes.len() > limits::IMAGE_BYTES {
            return Err(PictureError::TooLarge { max: limits::IMAGE_BYTES });
        }
        if is_jpeg2000(bytes) { decode_jpeg2000(bytes) } else { decode_common(bytes) }
    }

    fn into_grey(self) -> Self {
        if self.channels == 1 {
            return self;
        }
        // ITU-R BT.601 luma in thousandths.
        let luma = |p: &[u8]| {
            let sum: u32 = p.iter().zip([299u32, 587, 114]).map(|(v, w)| u32::from(*v) * w).sum();
            u8::try_from((sum + 500) / 1_000).unwrap_or(u8::MAX)
        };
        Self { pixels: self.pixels.chunks_exact(3).map(luma).collect(), channels: 1, ..self }
    }
}

/// Personal data: measured, not shown.
impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}x{}, {} channels)", self.width, self.height, self.channels)
    }
}

/// A JP2 file or a bare codestream.
fn is_jpeg2000(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x00\x00\x00\x0CjP  ") || bytes.starts_with(b"\xFF\x4F\xFF\x51")
}

fn within_bounds(width: u32, height: u32) -> Result<(), PictureError> {
    let pixels = u64::from(width) * u64::from(height);
    let ok =
        (1..=limits::IMAGE_SIDE).contains(&width) && (1..=limits::IMAGE_SIDE).contains(&height) && pixels <= limits::IMAGE_PIXELS;
    if ok { Ok(()) } else { Err(PictureError::TooManyPixels { width, height }) }
}

fn decode_common(bytes: &[u8]) -> Result<Picture, PictureError> {
    let format = image::guess_format(bytes).map_err(|_| PictureError::UnknownKind)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Bmp) {
        return Err(PictureError::UnknownKind);
    }
    if format == ImageFormat::Jpeg && !jpeg_is_whole(bytes) {
        return Err(PictureError::Damaged);
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut bounds = Limits::default();
    // Eight bytes a pixel (16-bit RGBA) is the most a decoder needs; sides are judged below, so that the refusal names them.
    bounds.max_alloc = Some(limits::IMAGE_PIXELS * 8);
    reader.limits(bounds);
    let mut decoder = reader.into_decoder().map_err(|_| PictureError::Damaged)?;
    let (width, height) = decoder.dimensions();
    within_bounds(width, height)?;
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|_| PictureError::Damaged)?;
    image.apply_orientation(orientation);
    Ok(flatten(&image))
}

/// Whether the end marker follows the first scan; a decoder would fill what is missing with grey. Segments before the scan are stepped
/// over, because a preview inside one has an end marker of its own. Cameras may append data after the end.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    const SCAN: u8 = 0xDA;
    let mut at = 2;
    while let Some(&[0xFF, marker, high, low]) = bytes.get(at..at + 4) {
        if marker == SCAN {
            return bytes.get(at..).is_some_and(|rest| rest.windows(2).any(|w| w == [0xFF, 0xD9]));
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low])).max(2);
    }
    false
}

fn flatten(image: &DynamicImage) -> Picture {
    let (width, height) = image.dimensions();
    let colour = image.color();
    if colour.has_alpha() {
        let pixels = image.to_rgba8().pixels().flat_map(|p| on_white(&p.0)).collect();
        return Picture { pixels, width, height, channels: 3 };
    }
    if colour.has_color() {
        return Picture { pixels: image.to_rgb8().into_raw(), width, height, channels: 3 };
    }
    Picture { pixels: image.to_luma8().into_raw(), width, height, channels: 1 }
}

/// The colours of a pixel, whose last channel is its opacity, laid on white.
fn on_white(pixel: &[u8]) -> impl Iterator<Item = u8> + use<> {
    let (alpha, colours) = pixel.split_last().map_or((255, Vec::new()), |(a, c)| (u32::from(*a), c.to_vec()));
    colours.into_iter().map(move |c| {
        let mixed = (u32::from(c) * alpha + 255 * (255 - alpha) + 127) / 255;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    })
}

fn decode_jpeg2000(bytes: &[u8]) -> Result<Picture, PictureError> {
    use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};
    let settings = DecodeSettings { strict: true, ..DecodeSettings::default() };
    let image = Image::new(bytes, &settings).map_err(|_| PictureError::Damaged)?;
    let (width, height, alpha) = (image.width(), image.height(), image.has_alpha());
    within_bounds(width, height)?;
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|_| PictureError::Damaged)?;
    let count = decoded.components().len();
    let area = usize::try_from(u64::from(width) * u64::from(height)).unwrap_or(usize::MAX);
    if decoded.components().iter().any(|c| c.samples().len() != area) {
        return Err(PictureError::Damaged);
    }
    let data = decoded.data_u8();
    let (pixels, channels) = match (count, alpha) {
        (1, false) => (data, 1),
        (3, false) => (data, 3),
        (2, true) => (data.chunks_exact(2).flat_map(on_white).collect(), 1),
        (4, true) => (data.chunks_exact(4).flat_map(on_white).collect(), 3),
        _ => return Err(PictureError::UnknownKind),
    };
    Ok(Picture { pixels, width, height, channels })
}

#[cfg(test)]
mod tests;
