//! Picture files to pixels: decoded within bounds, upright, transparency laid on white, 8 bits a channel.

use crate::limits;
use crate::reason::{Reason, Refusal};
use image::{DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Why a file is no picture for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RasterError {
    /// A file with more bytes than a picture may have.
    #[error("the picture has more than {max} bytes")]
    TooLarge {
        /// The bound.
        max: usize,
    },
    /// None of the kinds asked for, by its content; the file's name does not count.
    #[error("the picture is of no kind that is taken here")]
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
}

impl Refusal for RasterError {
    fn reason(&self) -> Reason {
        Reason::ImageInvalid
    }
}

/// A kind of picture file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Portable network graphics.
    Png,
    /// JPEG, lossy.
    Jpeg,
    /// Windows bitmap.
    Bmp,
    /// TIFF; its first page.
    Tiff,
    /// Portable bitmap, greymap or pixmap.
    Pnm,
    /// A JP2 file or a bare JPEG 2000 codestream.
    Jpeg2000,
}

impl Kind {
    /// The kind that the first bytes show.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x00\x00\x00\x0CjP  ") || bytes.starts_with(b"\xFF\x4F\xFF\x51") {
            return Some(Self::Jpeg2000);
        }
        match image::guess_format(bytes).ok()? {
            ImageFormat::Png => Some(Self::Png),
            ImageFormat::Jpeg => Some(Self::Jpeg),
            ImageFormat::Bmp => Some(Self::Bmp),
            ImageFormat::Tiff => Some(Self::Tiff),
            ImageFormat::Pnm => Some(Self::Pnm),
            _ => None,
        }
    }

    const fn format(self) -> Option<ImageFormat> {
        match self {
            Self::Png => Some(ImageFormat::Png),
            Self::Jpeg => Some(ImageFormat::Jpeg),
            Self::Bmp => Some(ImageFormat::Bmp),
            Self::Tiff => Some(ImageFormat::Tiff),
            Self::Pnm => Some(ImageFormat::Pnm),
            Self::Jpeg2000 => None,
        }
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

/// Decodes a picture of one of these kinds within the bounds of [`limits`].
///
/// # Errors
/// [`RasterError`].
pub fn decode(bytes: &[u8], kinds: &[Kind]) -> Result<Picture, RasterError> {
    if bytes.len() > limits::IMAGE_BYTES {
        return Err(RasterError::TooLarge { max: limits::IMAGE_BYTES });
    }
    let kind = Kind::of(bytes).filter(|k| kinds.contains(k)).ok_or(RasterError::UnknownKind)?;
    kind.format().map_or_else(|| decode_jpeg2000(bytes), |format| decode_common(bytes, format))
}

/// Whether sides are within the bounds of [`limits`].
///
/// # Errors
/// [`RasterError::TooManyPixels`], also when a side is 0.
pub fn within_bounds(width: u32, height: u32) -> Result<(), RasterError> {
    let pixels = u64::from(width) * u64::from(height);
    let ok =
        (1..=limits::IMAGE_SIDE).contains(&width) && (1..=limits::IMAGE_SIDE).contains(&height) && pixels <= limits::IMAGE_PIXELS;
    if ok { Ok(()) } else { Err(RasterError::TooManyPixels { width, height }) }
}

impl Picture {
    /// The same picture in grey.
    #[must_use]
    pub fn into_grey(self) -> Self {
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

fn decode_common(bytes: &[u8], format: ImageFormat) -> Result<Picture, RasterError> {
    match format {
        ImageFormat::Jpeg => check_jpeg(bytes)?,
        ImageFormat::Png if !png_is_whole(bytes) => return Err(RasterError::Damaged),
        _ => {}
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut bounds = Limits::default();
    // Eight bytes a pixel (16-bit RGBA) is the most a decoder needs; sides are judged below, so that the refusal names them.
    bounds.max_alloc = Some(limits::IMAGE_PIXELS * 8);
    reader.limits(bounds);
    let mut decoder = reader.into_decoder().map_err(|_| RasterError::Damaged)?;
    let (width, height) = decoder.dimensions();
    within_bounds(width, height)?;
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|_| RasterError::Damaged)?;
    image.apply_orientation(orientation);
    Ok(flatten(&image))
}

/// Whether the end marker follows the first scan, for a decoder would fill what is missing with grey; and whether the decoder shows the
/// colours as they are. Segments before the scan are stepped over, because a preview inside one has an end marker of its own. Cameras
/// may append data after the end.
fn check_jpeg(bytes: &[u8]) -> Result<(), RasterError> {
    // Frames of the baseline and the extended sequential process (ITU-T T.81 table B.1).
    const FRAMES: [u8; 2] = [0xC0, 0xC1];
    const SCAN: u8 = 0xDA;
    let (mut at, mut of_several_sizes) = (2, None);
    while let Some(&[0xFF, marker, high, low]) = bytes.get(at..at + 4) {
        let content = bytes.get(at + 4..).unwrap_or_default();
        if FRAMES.contains(&marker) {
            of_several_sizes = components_of_several_sizes(content);
        }
        if marker == SCAN {
            let whole = content.windows(2).any(|w| w == [0xFF, 0xD9]);
            let apart = of_several_sizes.is_some_and(|all| content.first().is_some_and(|in_scan| *in_scan < all));
            return if !whole {
                Err(RasterError::Damaged)
            } else if apart {
                Err(RasterError::ColoursApart)
            } else {
                Ok(())
            };
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low])).max(2);
    }
    Err(RasterError::Damaged)
}

/// The number of components of a frame, if they are not all of one size: behind precision and sides, each with identifier, sampling
/// factors and table (ITU-T T.81 B.2.2).
fn components_of_several_sizes(frame: &[u8]) -> Option<u8> {
    let (&count, components) = frame.get(5..)?.split_first()?;
    let mut sizes = components.chunks_exact(3).take(usize::from(count)).map(|component| component.get(1));
    let first = sizes.next()?;
    sizes.any(|size| size != first).then_some(count)
}

/// Whether the chunks go on to a whole IEND (PNG 5.3); a decoder stops when it has its pixels. Data may follow the end.
fn png_is_whole(bytes: &[u8]) -> bool {
    const FRAME: usize = 12;
    let mut at = 8;
    while let Some(&[a, b, c, d, ref kind @ ..]) = bytes.get(at..at + 8) {
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        let end = at.saturating_add(FRAME).saturating_add(length);
        if kind == b"IEND" {
            return end <= bytes.len();
        }
        at = end.min(bytes.len());
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

fn decode_jpeg2000(bytes: &[u8]) -> Result<Picture, RasterError> {
    use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};
    let settings = DecodeSettings { strict: true, ..DecodeSettings::default() };
    let image = Image::new(bytes, &settings).map_err(|_| RasterError::Damaged)?;
    let (width, height, alpha) = (image.width(), image.height(), image.has_alpha());
    within_bounds(width, height)?;
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|_| RasterError::Damaged)?;
    let count = decoded.components().len();
    let area = usize::try_from(u64::from(width) * u64::from(height)).unwrap_or(usize::MAX);
    if decoded.components().iter().any(|c| c.samples().len() != area) {
        return Err(RasterError::Damaged);
    }
    let data = decoded.data_u8();
    let (pixels, channels) = match (count, alpha) {
        (1, false) => (data, 1),
        (3, false) => (data, 3),
        (2, true) => (data.chunks_exact(2).flat_map(on_white).collect(), 1),
        (4, true) => (data.chunks_exact(4).flat_map(on_white).collect(), 3),
        _ => return Err(RasterError::UnknownKind),
    };
    Ok(Picture { pixels, width, height, channels })
}
