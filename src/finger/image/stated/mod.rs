//! The resolution that a picture file states: PNG pHYs, JFIF density, EXIF and TIFF tags, BMP pels per metre, JP2 resolution boxes.

mod jp2;
mod tiff;

use super::resolution::{Resolution, Unit};
use crate::raster::Kind;

/// What the file says, be it plausible or not; `None` if it says nothing, or nothing that has a unit.
#[must_use]
pub fn of(kind: Kind, bytes: &[u8]) -> Option<Resolution> {
    match kind {
        Kind::Png => png(bytes),
        Kind::Jpeg => jpeg(bytes),
        Kind::Bmp => bmp(bytes),
        Kind::Tiff => tiff::resolution(bytes),
        Kind::Jpeg2000 => jp2::resolution(bytes),
        Kind::Pnm => None,
    }
}

/// The pHYs chunk, which stands before the first IDAT (ISO/IEC 15948 11.3.5.3).
fn png(bytes: &[u8]) -> Option<Resolution> {
    let mut rest = bytes.get(8..)?;
    loop {
        let length = usize::try_from(be32(rest, 0)?).ok()?;
        match rest.get(4..8)? {
            b"pHYs" if length == 9 && *rest.get(16)? == 1 => {
                return Resolution::new((be32(rest, 8)?, 1), (be32(rest, 12)?, 1), Unit::Metre);
            }
            b"pHYs" | b"IDAT" | b"IEND" => return None,
            _ => rest = rest.get(length.checked_add(12)?..)?,
        }
    }
}

/// The JFIF segment (ISO/IEC 10918-5 10.1), else the EXIF one.
fn jpeg(bytes: &[u8]) -> Option<Resolution> {
    let mut rest = bytes.get(2..)?;
    let mut exif = None;
    while let Some(&[0xFF, marker, high, low]) = rest.get(..4) {
        let length = usize::from(u16::from_be_bytes([high, low]));
        let body = rest.get(4..length.checked_add(2)?)?;
        match marker {
            0xE0 if body.starts_with(b"JFIF\0") => {
                let unit = match *body.get(7)? {
                    1 => Some(Unit::Inch),
                    2 => Some(Unit::Centimetre),
                    _ => None,
                };
                if let Some(unit) = unit {
                    return Resolution::new((be16(body, 8)?, 1), (be16(body, 10)?, 1), unit);
                }
            }
            0xE1 if body.starts_with(b"Exif\0\0") => exif = exif.or_else(|| tiff::resolution(body.get(6..)?)),
            0xDA => break,
            _ => {}
        }
        rest = rest.get(length + 2..)?;
    }
    exif
}

/// Pels per metre of the information header, which OS/2's core header has not.
fn bmp(bytes: &[u8]) -> Option<Resolution> {
    let le32 = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    if le32(14)? < 40 {
        return None;
    }
    Resolution::new((le32(38)?, 1), (le32(42)?, 1), Unit::Metre)
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|c| u16::from_be_bytes(*c).into())
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|c| u32::from_be_bytes(*c))
}

#[cfg(test)]
mod tests;
