//! JPEG 2000 of our own pixels: a bare codestream of about the size asked for, or the same in a JP2 file.
//!
//! The encoder's only safe output is a file path, so the bytes pass through a private folder in memory (or the temporary
//! folder) that is gone when this returns. Foreign data never reach this encoder's library: a safe decoder reads those.

use crate::reason::{Reason, Refusal};
use crate::record::Picture;
use openjp2::openjpeg::{OPJ_CLRSPC_GRAY, OPJ_CLRSPC_SRGB, OPJ_CODEC_J2K};
use openjp2::{Codec, Stream, opj_cparameters_t, opj_image, opj_image_comptparm};

/// Bytes that a JP2 file adds to its codestream.
pub const JP2_OVERHEAD: usize = 85;
const SOC: [u8; 2] = [0xFF, 0x4F];
const SOT: [u8; 2] = [0xFF, 0x90];
const COMMENT: [u8; 2] = [0xFF, 0x64];

/// Why a picture was not encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Jpeg2000Error {
    /// No pixels, more than the format's sides hold, or a buffer of another size than width × height × channels.
    #[error("the pixels are not a picture of {width} by {height}")]
    BadPixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The encoder gave up.
    #[error("the JPEG 2000 encoder failed at {0}")]
    Encoder(&'static str),
    /// The private folder could not be made, written or read.
    #[error("the private folder of the encoder cannot be used")]
    Storage,
}

impl Refusal for Jpeg2000Error {
    fn reason(&self) -> Reason {
        match self {
            Self::BadPixels { .. } => Reason::ImageInvalid,
            Self::Encoder(_) => Reason::InternalError,
            Self::Storage => Reason::FileUnreadable,
        }
    }
}

/// Encodes lossily to about `target` bytes (one pass of the encoder overshoots by a few); comments are left out.
///
/// # Errors
/// Any [`Jpeg2000Error`].
pub fn encode(picture: &Picture, target: usize) -> Result<Vec<u8>, Jpeg2000Error> {
    let mut image = planes(picture)?;
    let mut parameters = parameters(picture, target);
    let folder = private_folder().map_err(|_| Jpeg2000Error::Storage)?;
    let path = folder.path().join("codestream");
    {
        let mut stream = Stream::new_file(&path, 1 << 16, false).map_err(|_| Jpeg2000Error::Storage)?;
        let mut codec = Codec::new_encoder(OPJ_CODEC_J2K).ok_or(Jpeg2000Error::Encoder("creation"))?;
        let steps: [(&'static str, i32); 4] = [
            ("setup", codec.setup_encoder(&mut parameters, &mut image)),
            ("start", codec.start_compress(&mut image, &mut stream)),
            ("encoding", codec.encode(&mut stream)),
            ("end", codec.end_compress(&mut stream)),
        ];
        if let Some((step, _)) = steps.iter().find(|(_, done)| *done == 0) {
            return Err(Jpeg2000Error::Encoder(step));
        }
        stream.flush().map_err(|_| Jpeg2000Error::Storage)?;
    }
    let bytes = std::fs::read(&path).map_err(|_| Jpeg2000Error::Storage)?;
    without_comments(&bytes).ok_or(Jpeg2000Error::Encoder("its own header"))
}

/// A folder only we can enter, in memory where the system has such a place.
fn private_folder() -> std::io::Result<tempfile::TempDir> {
    let builder = super::image::store::private_folder("ektp-");
    builder.tempdir_in("/dev/shm").or_else(|_| builder.tempdir())
}

fn planes(picture: &Picture) -> Result<Box<opj_image>, Jpeg2000Error> {
    let Picture { width, height, channels, .. } = *picture;
    let bad = Jpeg2000Error::BadPixels { width, height };
    let area = usize::try_from(u64::from(width) * u64::from(height)).map_err(|_| bad)?;
    let sides = (1..=u32::from(u16::MAX)).contains(&width) && (1..=u32::from(u16::MAX)).contains(&height);
    if !sides || !matches!(channels, 1 | 3) || area.checked_mul(usize::from(channels)) != Some(picture.pixels.len()) {
        return Err(bad);
    }
    let plane = opj_image_comptparm { dx: 1, dy: 1, w: width, h: height, x0: 0, y0: 0, prec: 8, bpp: 8, sgnd: 0 };
    let space = if channels == 3 { OPJ_CLRSPC_SRGB } else { OPJ_CLRSPC_GRAY };
    let mut image = opj_image::create(&vec![plane; usize::from(channels)], space).ok_or(Jpeg2000Error::Encoder("memory"))?;
    (image.x0, image.y0, image.x1, image.y1) = (0, 0, width, height);
    let components = image.comps_mut().ok_or(Jpeg2000Error::Encoder("memory"))?;
    for (index, component) in components.iter_mut().enumerate() {
        let samples: Vec<i32> = picture.pixels.iter().skip(index).step_by(usize::from(channels)).map(|v| i32::from(*v)).collect();
        if !component.set_data(&samples) {
            return Err(Jpeg2000Error::Encoder("memory"));
        }
    }
    Ok(image)
}

fn parameters(picture: &Picture, target: usize) -> opj_cparameters_t {
    let mut parameters = opj_cparameters_t::default();
    let raw = f64::from(picture.width) * f64::from(picture.height) * f64::from(picture.channels);
    let target = f64::from(u32::try_from(target.max(1)).unwrap_or(u32::MAX));
    parameters.tcp_numlayers = 1;
    parameters.cp_disto_alloc = 1;
    #[allow(clippy::cast_possible_truncation)]
    let ratio = (raw / target).max(1.0) as f32;
    parameters.tcp_rates[0] = ratio;
    parameters.irreversible = 1;
    parameters.tcp_mct = i8::from(picture.channels == 3) as core::ffi::c_char;
    // Each level halves the sides; a level on a side of less than two pixels is none.
    let side = picture.width.min(picture.height).max(1);
    parameters.numresolution = i32::try_from(side.ilog2().min(5)).unwrap_or(0) + 1;
    parameters
}

/// The codestream without the comment segments of its main header.
fn without_comments(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(&SOC)?;
    let mut out = SOC.to_vec();
    while !rest.starts_with(&SOT) {
        let length = usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?]));
        let (segment, next) = rest.split_at_checked(length + 2)?;
        if !segment.starts_with(&COMMENT) {
            out.extend_from_slice(segment);
        }
        rest = next;
    }
    out.extend_from_slice(rest);
    Some(out)
}

/// A JP2 file (ISO/IEC 15444-1 annex I) around a codestream of 8-bit grey or sRGB.
#[must_use]
pub fn jp2(codestream: &[u8], width: u32, height: u32, channels: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(codestream.len() + JP2_OVERHEAD);
    let mut put = |kind: &[u8; 4], parts: &[&[u8]]| {
        let length = 8 + parts.iter().map(|p| p.len()).sum::<usize>();
        out.extend(u32::try_from(length).unwrap_or(0).to_be_bytes());
        out.extend(kind);
        parts.iter().for_each(|p| out.extend_from_slice(p));
    };
    let mut ihdr = [&[0, 0, 0, 22][..], b"ihdr", &height.to_be_bytes(), &width.to_be_bytes()].concat();
    ihdr.extend([0, channels, 7, 7, 0, 0]);
    let space: u8 = if channels == 3 { 16 } else { 17 };
    let colr = [&[0, 0, 0, 15][..], b"colr", &[1, 0, 0, 0, 0, 0, space]].concat();
    put(b"jP  ", &[b"\r\n\x87\n"]);
    put(b"ftyp", &[b"jp2 \0\0\0\0jp2 "]);
    put(b"jp2h", &[&ihdr, &colr]);
    put(b"jp2c", &[codestream]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::resident::picture;

    #[test]
    fn both_containers_decode_to_what_went_in() {
        for channels in [1, 3] {
            let original = picture(96, 128, channels);
            let codestream = encode(&original, 6_000).unwrap();
            let file = jp2(&codestream, 96, 128, channels);
            assert_eq!(file.len(), codestream.len() + JP2_OVERHEAD);
            assert!(!codestream.windows(2).take(120).any(|w| w == COMMENT));
            for bytes in [&codestream, &file] {
                let back = Picture::decode(bytes).unwrap();
                assert_eq!((back.width, back.height, back.channels), (96, 128, channels));
                let off = back.pixels.iter().zip(&original.pixels).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>();
                assert!(off / (original.pixels.len() as u64) < 12, "mean difference {off}");
            }
        }
    }

    #[test]
    fn the_size_follows_the_target() {
        let original = picture(120, 160, 3);
        let (small, large) = (encode(&original, 1_000).unwrap().len(), encode(&original, 4_000).unwrap().len());
        assert!((900..1_150).contains(&small) && (3_700..4_300).contains(&large), "{small} {large}");
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let mut short = picture(10, 10, 3);
        short.pixels.pop();
        assert_eq!(encode(&short, 100), Err(Jpeg2000Error::BadPixels { width: 10, height: 10 }));
        let flat = Picture { pixels: vec![], width: 0, height: 5, channels: 1 };
        assert_eq!(encode(&flat, 100), Err(Jpeg2000Error::BadPixels { width: 0, height: 5 }));
        assert!(encode(&picture(1, 1, 1), 100).is_ok());
        assert_eq!(without_comments(b"\xFF\x4F\xFF\x64\x00\x09"), None);
        assert_eq!(Jpeg2000Error::Encoder("start").reason(), Reason::InternalError);
        assert_eq!(Jpeg2000Error::Storage.reason(), Reason::FileUnreadable);
    }
}
