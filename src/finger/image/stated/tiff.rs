//! Resolution tags of the first directory of a TIFF file or of an EXIF block (TIFF 6.0, XResolution, YResolution, ResolutionUnit).

use crate::finger::image::resolution::{Resolution, Unit};

const X_RESOLUTION: u16 = 282;
const Y_RESOLUTION: u16 = 283;
const RESOLUTION_UNIT: u16 = 296;
const SHORT: u16 = 3;
const RATIONAL: u16 = 5;

/// What the first directory says.
pub(super) fn resolution(bytes: &[u8]) -> Option<Resolution> {
    let file = File { bytes, little: bytes.starts_with(b"II") };
    let start = usize::try_from(file.u32(4)?).ok()?;
    let count = file.u16(start)?;
    let (mut x, mut y, mut unit) = (None, None, 2);
    // The count is 16 bits, and a directory that is not there ends the search.
    for entry in (0..usize::from(count)).map(|i| start + 2 + 12 * i) {
        match (file.u16(entry)?, file.u16(entry + 2)?) {
            (X_RESOLUTION, RATIONAL) => x = file.rational(entry + 8),
            (Y_RESOLUTION, RATIONAL) => y = file.rational(entry + 8),
            (RESOLUTION_UNIT, SHORT) => unit = file.u16(entry + 8)?,
            _ => {}
        }
    }
    let unit = match unit {
        2 => Unit::Inch,
        3 => Unit::Centimetre,
        _ => return None,
    };
    Resolution::new(x?, y?, unit)
}

struct File<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl File<'_> {
    fn u16(&self, at: usize) -> Option<u16> {
        let raw = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.little { u16::from_le_bytes(raw) } else { u16::from_be_bytes(raw) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let raw = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.little { u32::from_le_bytes(raw) } else { u32::from_be_bytes(raw) })
    }

    fn rational(&self, pointer: usize) -> Option<(u32, u32)> {
        let at = usize::try_from(self.u32(pointer)?).ok()?;
        Some((self.u32(at)?, self.u32(at.checked_add(4)?)?))
    }
}
