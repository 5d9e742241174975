//! Fits a picture to its bytes: crop, then search scale and rate for the best measured similarity.

use super::jpeg::{self, JpegError};
use super::jpeg2000::{self, Jpeg2000Error};
use super::ssim;
use crate::reason::{Reason, Refusal};
use crate::record::{Picture, PictureError};
use image::DynamicImage;
use image::imageops::FilterType;

/// Encoder passes for one scale until the size is right.
const PASSES: usize = 6;
/// Heights tried, in pixels, from the largest.
const HEIGHTS: [u32; 12] = [640, 560, 480, 420, 360, 320, 280, 240, 200, 160, 120, 80];
/// A codestream below this holds little more than its headers.
const LEAST_BYTES: usize = 250;

/// Similarity that no smaller scale will better.
const NOTHING_TO_GAIN: f64 = 0.98;

/// How a picture is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    /// JPEG 2000 in a JP2 file: 85 bytes more, and every reader of JPEG 2000 knows it.
    Jp2,
    /// JPEG 2000 as a bare codestream: for chips where 85 bytes count.
    Codestream,
    /// JPEG, baseline in a JFIF file: for readers without JPEG 2000, at less quality for the same bytes.
    Jpeg,
}

/// What to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    /// Most bytes of the result, container included.
    pub budget: usize,
    /// Largest height in pixels.
    pub max_height: u32,
    /// Whether to crop to the portrait's 3 : 4.
    pub crop: bool,
    /// Container.
    pub container: Container,
}

/// The result of a fit.
#[derive(Clone, PartialEq)]
pub struct Fitted {
    /// The picture file, at most the budget.
    pub image: Vec<u8>,
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
    /// 1 for grey, 3 for RGB.
    pub channels: u8,
    /// Similarity to the cropped original at its own size, 1 for equal.
    pub ssim: f64,
}

impl std::fmt::Debug for Fitted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fitted({}x{}, {} bytes, ssim {:.3})", self.width, self.height, self.image.len(), self.ssim)
    }
}

/// Why a picture does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PortraitError {
    /// No scale and rate gives a file of so few bytes.
    #[error("no picture fits {budget} bytes")]
    DoesNotFit {
        /// The bytes there are.
        budget: usize,
    },
    /// The JPEG 2000 encoder refused.
    #[error(transparent)]
    Encode(#[from] Jpeg2000Error),
    /// The JPEG encoder refused.
    #[error(transparent)]
    Jpeg(#[from] JpegError),
    /// What was encoded cannot be decoded again.
    #[error("the encoded picture does not decode: {0}")]
    Decode(#[from] PictureError),
}

impl Refusal for PortraitError {
    fn reason(&self) -> Reason {
        match self {
            Self::DoesNotFit { .. } => Reason::DoesNotFit,
            Self::Encode(e) => e.reason(),
            Self::Jpeg(e) => e.reason(),
            Self::Decode(_) => Reason::InternalError,
        }
    }
}

/// Fits a picture. The same picture and budget give the same bytes.
///
/// # Errors
/// Any [`PortraitError`].
pub fn fit(picture: &Picture, wish: Fit) -> Result<Fitted, PortraitError> {
    let cropped = if wish.crop { crop(picture)? } else { checked(picture)? };
    let reference = at_height(&cropped, cropped.height.min(wish.max_height))?;
    let luma = ssim::luma(&reference);
    let heights: Vec<u32> =
        std::iter::once(reference.height).chain(HEIGHTS.into_iter().filter(|h| *h < reference.height)).collect();
    let mut best: Option<Fitted> = None;
    let mut worse = 0;
    for height in heights.into_iter().skip_while(|h| hopeless(&reference, *h, wish.budget)) {
        let Some(candidate) = at_scale(&reference, &luma, height, wish)? else { continue };
        if best.as_ref().is_none_or(|b| candidate.ssim > b.ssim) {
            (best, worse) = (Some(candidate), 0);
        } else {
            worse += 1;
        }
        // Similarity rises and then falls along the scale; two falls in a row are the far side.
        if worse >= 2 || best.as_ref().is_some_and(|b| b.ssim > NOTHING_TO_GAIN) {
            break;
        }
    }
    best.ok_or(PortraitError::DoesNotFit { budget: wish.budget })
}

/// Fits a picture without scaling it: a print whose scale changed would have another resolution.
///
/// # Errors
/// Any [`PortraitError`].
pub fn fit_unscaled(picture: &Picture, budget: usize, container: Container) -> Result<Fitted, PortraitError> {
    let whole = checked(picture)?;
    let wish = Fit { budget, max_height: whole.height, crop: false, container };
    at_scale(&whole, &ssim::luma(&whole), whole.height, wish)?.ok_or(PortraitError::DoesNotFit { budget })
}

/// Below a tenth of a bit a pixel no coding leaves anything of a face: not worth a try, unless no smaller scale is left.
fn hopeless(reference: &Picture, height: u32, budget: usize) -> bool {
    let width = u64::from(reference.width) * u64::from(height) / u64::from(reference.height.max(1));
    let bits = u64::try_from(budget).unwrap_or(u64::MAX).saturating_mul(80);
    height > 160 && width * u64::from(height) > bits
}

/// The best file at one scale, or none if even its smallest is over the budget.
fn at_scale(reference: &Picture, luma: &[u8], height: u32, wish: Fit) -> Result<Option<Fitted>, PortraitError> {
    let scaled = at_height(reference, height)?;
    let Some(image) = encoded(&scaled, wish)? else { return Ok(None) };
    let back = at_size(&Picture::decode(&image)?, reference.width, reference.height)?;
    let width = usize::try_from(reference.width).unwrap_or(0);
    let ssim = ssim::ssim(luma, &ssim::luma(&back), width).unwrap_or(0.0);
    let side = |n: u32| u16::try_from(n).unwrap_or(u16::MAX);
    Ok(Some(Fitted { image, width: side(scaled.width), height: side(scaled.height), channels: scaled.channels, ssim }))
}

/// The best file of a picture at its own size, or none if even its smallest is over the budget.
fn encoded(picture: &Picture, wish: Fit) -> Result<Option<Vec<u8>>, PortraitError> {
    let overhead = match wish.container {
        Container::Jpeg => return Ok(jpeg::within(picture, wish.budget)?),
        Container::Jp2 => jpeg2000::JP2_OVERHEAD,
        Container::Codestream => 0,
    };
    let Some(room) = wish.budget.checked_sub(overhead).filter(|r| *r >= LEAST_BYTES) else { return Ok(None) };
    let codestream = within(picture, room)?;
    Ok(match wish.container {
        Container::Jp2 => codestream.map(|c| jpeg2000::jp2(&c, picture.width, picture.height, picture.channels)),
        _ => codestream,
    })
}

/// The largest codestream of at most `room` bytes that a few passes find: one pass misses its target by some bytes.
fn within(picture: &Picture, room: usize) -> Result<Option<Vec<u8>>, PortraitError> {
    let (mut target, mut best) = (room, None::<Vec<u8>>);
    for _ in 0..PASSES {
        let bytes = jpeg2000::encode(picture, target)?;
        let over = bytes.len() > room;
        let gap = bytes.len().abs_diff(room);
        let spent = best.as_ref().is_some_and(|b| bytes.len() <= b.len());
        if !over && best.as_ref().is_none_or(|b| bytes.len() > b.len()) {
            best = Some(bytes);
        }
        // Near enough, or a picture that has no more to tell.
        if !over && (gap * 200 <= room || spent) {
            break;
        }
        target = if over { target.saturating_sub(gap + 4) } else { target + gap / 2 };
        if target < LEAST_BYTES / 2 {
            break;
        }
    }
    Ok(best)
}

/// The largest upright 3 : 4 part: sides are cut alike, height is cut at the bottom, where a portrait can spare it.
fn crop(picture: &Picture) -> Result<Picture, PortraitError> {
    let Picture { width, height, channels, ref pixels } = checked(picture)?;
    let (w, h) = if width * 4 > height * 3 { (height * 3 / 4, height) } else { (width, width * 4 / 3) };
    let (left, bytes) = (usize::try_from((width - w) / 2).unwrap_or(0), usize::from(channels));
    let (row, kept) = (usize::try_from(width).unwrap_or(0) * bytes, usize::try_from(w).unwrap_or(0) * bytes);
    let rows = pixels.chunks_exact(row.max(1)).take(usize::try_from(h).unwrap_or(0));
    let pixels = rows.flat_map(|r| r.iter().skip(left * bytes).take(kept)).copied().collect();
    Ok(Picture { pixels, width: w, height: h, channels })
}

fn checked(picture: &Picture) -> Result<Picture, PortraitError> {
    let bad = Jpeg2000Error::BadPixels { width: picture.width, height: picture.height };
    let size = u64::from(picture.width) * u64::from(picture.height) * u64::from(picture.channels);
    let limit = picture.width <= crate::limits::IMAGE_SIDE && picture.height <= crate::limits::IMAGE_SIDE;
    let good = limit && size > 0 && u64::try_from(picture.pixels.len()) == Ok(size) && matches!(picture.channels, 1 | 3);
    if good { Ok(picture.clone()) } else { Err(bad.into()) }
}

fn at_height(picture: &Picture, height: u32) -> Result<Picture, PortraitError> {
    let width = (picture.width * height + picture.height / 2) / picture.height.max(1);
    at_size(picture, width.max(1), height)
}

fn at_size(picture: &Picture, width: u32, height: u32) -> Result<Picture, PortraitError> {
    if (width, height) == (picture.width, picture.height) {
        return Ok(picture.clone());
    }
    let bad = Jpeg2000Error::BadPixels { width: picture.width, height: picture.height };
    let Picture { pixels, channels, .. } = picture.clone();
    let image = if channels == 3 {
        DynamicImage::ImageRgb8(image::RgbImage::from_raw(picture.width, picture.height, pixels).ok_or(bad)?)
    } else {
        DynamicImage::ImageLuma8(image::GrayImage::from_raw(picture.width, picture.height, pixels).ok_or(bad)?)
    };
    let pixels = image.resize_exact(width, height, FilterType::CatmullRom).into_bytes();
    Ok(Picture { pixels, width, height, channels })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::resident::picture;

    const WISH: Fit = Fit { budget: 3_000, max_height: 640, crop: true, container: Container::Codestream };

    #[test]
    fn a_portrait_fits_its_budget_and_fills_it() {
        let fitted = fit(&picture(300, 320, 3), WISH).unwrap();
        assert!((2_700..=3_000).contains(&fitted.image.len()), "{fitted:?}");
        assert_eq!(u32::from(fitted.width), (u32::from(fitted.height) * 3 + 2) / 4);
        assert!(fitted.ssim > 0.6, "{fitted:?}");
        let more = fit(&picture(300, 320, 3), Fit { budget: 9_000, ..WISH }).unwrap();
        assert!(more.ssim > fitted.ssim);
        assert_eq!(fit(&picture(300, 320, 3), WISH).unwrap(), fitted);
    }

    #[test]
    fn a_jpeg_fits_its_budget_at_the_scale_of_best_similarity() {
        let wish = Fit { budget: 6_000, container: Container::Jpeg, ..WISH };
        let fitted = fit(&picture(300, 320, 3), wish).unwrap();
        assert!((4_800..=6_000).contains(&fitted.image.len()) && fitted.image.starts_with(&[0xFF, 0xD8, 0xFF]), "{fitted:?}");
        assert_eq!(u32::from(fitted.width), (u32::from(fitted.height) * 3 + 2) / 4);
        let back = Picture::decode(&fitted.image).unwrap();
        assert_eq!((back.width, back.height, back.channels), (fitted.width.into(), fitted.height.into(), 3));
        // No scale that the search passed over does better.
        let cropped = crop(&picture(300, 320, 3)).unwrap();
        let luma = ssim::luma(&cropped);
        for height in HEIGHTS.into_iter().filter(|h| *h <= cropped.height) {
            let other = at_scale(&cropped, &luma, height, wish).unwrap();
            assert!(other.is_none_or(|o| o.ssim <= fitted.ssim), "{height}");
        }
        let grey = fit(&picture(300, 100, 1), Fit { budget: 2_500, max_height: 200, crop: false, ..wish }).unwrap();
        assert!(grey.image.len() <= 2_500 && grey.channels == 1 && grey.width > grey.height * 2, "{grey:?}");
        let jpeg2000 = fit(&picture(300, 320, 3), Fit { container: Container::Jp2, ..wish }).unwrap();
        assert!(jpeg2000.ssim > fitted.ssim, "{jpeg2000:?} {fitted:?}");
    }

    #[test]
    fn a_signature_keeps_its_shape() {
        let wish = Fit { budget: 550, max_height: 80, crop: false, container: Container::Codestream };
        let fitted = fit(&picture(300, 100, 1), wish).unwrap();
        assert!(fitted.image.len() <= 550 && fitted.channels == 1 && fitted.width > fitted.height * 2);
        let file = fit(&picture(300, 100, 1), Fit { container: Container::Jp2, ..wish }).unwrap();
        assert!(file.image.len() <= 550 && file.image.starts_with(&[0, 0, 0, 12, b'j', b'P']));
    }

    #[test]
    fn a_print_keeps_its_size() {
        let print = picture(200, 260, 1);
        let fitted = fit_unscaled(&print, 5_000, Container::Jp2).unwrap();
        assert_eq!((fitted.width, fitted.height, fitted.channels), (200, 260, 1));
        assert!((4_500..=5_000).contains(&fitted.image.len()), "{fitted:?}");
        assert_eq!(Picture::decode(&fitted.image).unwrap().pixels.len(), print.pixels.len());
        assert_eq!(fit_unscaled(&print, 200, Container::Jp2), Err(PortraitError::DoesNotFit { budget: 200 }));
    }

    #[test]
    fn refusals() {
        assert_eq!(fit(&picture(60, 80, 3), Fit { budget: 100, ..WISH }), Err(PortraitError::DoesNotFit { budget: 100 }));
        let broken = Picture { width: 61, ..picture(60, 80, 3) };
        let bad = Jpeg2000Error::BadPixels { width: 61, height: 80 };
        assert_eq!(fit(&broken, WISH), Err(PortraitError::Encode(bad)));
        assert_eq!(PortraitError::Decode(PictureError::Damaged).reason(), Reason::InternalError);
        let few = Fit { budget: 300, container: Container::Jpeg, ..WISH };
        assert_eq!(fit(&picture(60, 80, 3), few), Err(PortraitError::DoesNotFit { budget: 300 }));
        assert_eq!(PortraitError::Jpeg(JpegError::Encoder).reason(), Reason::InternalError);
    }
}
