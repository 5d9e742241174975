//! Big-endian fields of a template, read in order.

use super::flaw::{Flaw, measure};
use super::{COORDINATE_MAX, Minutia, MinutiaKind, RecordFormat, TemplateError};
use crate::limits;

/// A turn in units of two degrees.
const TURN: u8 = 180;

/// Reads big-endian fields and knows where it stands.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Wrong lengths that were put right; `None` where they are refused.
    flaws: Option<Vec<Flaw>>,
}

impl<'a> Reader<'a> {
    /// A reader at the start of a template within [`limits::FILE_BYTES`].
    pub fn new(bytes: &'a [u8]) -> Result<Self, TemplateError> {
        if bytes.len() > limits::FILE_BYTES {
            return Err(TemplateError::TooLarge { max: limits::FILE_BYTES });
        }
        Ok(Self { bytes, at: 0, flaws: None })
    }

    /// A reader that puts wrong lengths right.
    pub fn tolerant(bytes: &'a [u8]) -> Result<Self, TemplateError> {
        Ok(Self { flaws: Some(Vec::new()), ..Self::new(bytes)? })
    }

    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub fn into_flaws(self) -> Vec<Flaw> {
        self.flaws.unwrap_or_default()
    }

    pub const fn at(&self) -> usize {
        self.at
    }

    pub fn take(&mut self, n: usize) -> Result<&'a [u8], TemplateError> {
        let end = self.at.saturating_add(n);
        let slice = self.bytes.get(self.at..end).ok_or(TemplateError::Truncated { offset: self.bytes.len() })?;
        self.at = end;
        Ok(slice)
    }

    pub fn u8(&mut self) -> Result<u8, TemplateError> {
        self.take(1).map(|b| b.first().copied().unwrap_or_default())
    }

    pub fn u16(&mut self) -> Result<u16, TemplateError> {
        Ok(u16::from(self.u8()?) << 8 | u16::from(self.u8()?))
    }

    pub fn u32(&mut self) -> Result<u32, TemplateError> {
        Ok(u32::from(self.u16()?) << 16 | u32::from(self.u16()?))
    }

    pub fn in_range<T: Copy>(
        &mut self,
        field: &'static str,
        ok: impl Fn(T) -> bool,
        read: impl Fn(&mut Self) -> Result<T, TemplateError>,
    ) -> Result<T, TemplateError> {
        let offset = self.at;
        let value = read(self)?;
        if ok(value) { Ok(value) } else { Err(TemplateError::OutOfRange { field, offset }) }
    }

    /// The magic and version that every record begins with.
    pub fn magic(&mut self, version: &[u8; 4]) -> Result<(), TemplateError> {
        if self.take(4)? != super::MAGIC {
            return Err(TemplateError::NotARecord);
        }
        if self.take(4)? == version { Ok(()) } else { Err(TemplateError::UnsupportedVersion) }
    }

    /// A total length that must be that of the bytes, and was read from the `size` bytes before.
    pub fn total_length(&mut self, stated: u32, size: usize) -> Result<(), TemplateError> {
        let declared = usize::try_from(stated).unwrap_or(usize::MAX);
        let actual = self.bytes.len();
        match (&mut self.flaws, u32::try_from(actual)) {
            _ if declared == actual => Ok(()),
            (Some(flaws), Ok(actual)) => {
                flaws.push(Flaw { field: "total length", offset: self.at - size, size, stated, actual });
                Ok(())
            }
            _ => Err(TemplateError::LengthMismatch { declared, actual }),
        }
    }

    pub const fn end(&self) -> Result<(), TemplateError> {
        if self.at == self.bytes.len() { Ok(()) } else { Err(TemplateError::TrailingBytes { offset: self.at }) }
    }

    /// A minutia of five bytes, or of six with its quality. `angle` turns the format's unit into 1/256 of a turn, or refuses.
    pub fn minutia(&mut self, layout: &Layout) -> Result<Minutia, TemplateError> {
        let x = self.in_range("minutia type", |v: u16| v >> 14 != 3, Self::u16)?;
        let y = self.in_range("reserved bits", |v: u16| v >> 14 == 0, Self::u16)?;
        let angle = self.angle(layout)?;
        let quality =
            if layout.with_quality { self.in_range("minutia quality", layout.quality, Self::u8)? } else { layout.no_quality };
        let kind = match x >> 14 {
            1 => MinutiaKind::Ending,
            2 => MinutiaKind::Bifurcation,
            _ => MinutiaKind::Other,
        };
        Ok(Minutia { x: x & COORDINATE_MAX, y, angle, kind, quality })
    }

    fn angle(&mut self, layout: &Layout) -> Result<u8, TemplateError> {
        let offset = self.at;
        let code = self.u8()?;
        match ((layout.angle)(code), &mut self.flaws) {
            (Some(angle), _) => Ok(angle),
            (None, Some(flaws)) => {
                // Two degrees beyond a full turn are two degrees.
                let actual = code % TURN;
                flaws.push(Flaw { field: "angle", offset, size: 1, stated: code.into(), actual: actual.into() });
                (layout.angle)(actual).ok_or(TemplateError::OutOfRange { field: "angle", offset })
            }
            (None, None) => Err(TemplateError::OutOfRange { field: "angle", offset }),
        }
    }

    /// A count in one byte, then that many minutiae.
    pub fn minutiae(&mut self, layout: &Layout) -> Result<Vec<Minutia>, TemplateError> {
        let count = self.u8()?;
        (0..count).map(|_| self.minutia(layout)).collect()
    }

    /// A length in two bytes, then that many bytes of extended data.
    pub fn extended(&mut self, format: RecordFormat) -> Result<Vec<u8>, TemplateError> {
        let offset = self.at;
        let stated = self.u16()?;
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or_default();
        if let Some(flaws) = &mut self.flaws
            && let Some(measured) = measure(format, rest, stated.into())
        {
            self.at += measured.data.len();
            let (stated, actual) = (u32::from(stated), u32::try_from(measured.data.len()).unwrap_or_default());
            if stated != actual {
                flaws.push(Flaw { field: "length of all extended data", offset, size: 2, stated, actual });
            }
            flaws.extend(measured.flaws.iter().map(|f| Flaw { offset: start + f.offset, ..*f }));
            return Ok(measured.data);
        }
        Ok(self.take(stated.into())?.to_vec())
    }
}

/// How a format writes a minutia.
pub(super) struct Layout {
    /// The format's angle as 1/256 of a turn.
    pub angle: fn(u8) -> Option<u8>,
    /// 1/256 of a turn as the format's angle.
    pub angle_code: fn(u8) -> u8,
    /// Which quality codes there are.
    pub quality: fn(u8) -> bool,
    /// Whether quality is written at all.
    pub with_quality: bool,
    /// The quality code of a minutia without one.
    pub no_quality: u8,
}

impl Layout {
    /// ISO/IEC 19794-2:2005: 1/256 of a turn; quality 0 is not given.
    pub const ISO_2005: Self =
        Self { angle: Some, angle_code: |angle| angle, quality: |q| q <= 100, with_quality: true, no_quality: 0 };

    /// ISO/IEC 19794-2:2011: as 2005, but 254 is not given and 255 failed, and a view may leave qualities out.
    pub const fn iso_2011(with_quality: bool) -> Self {
        Self { quality: |q| q <= 100 || q >= 254, with_quality, no_quality: 254, ..Self::ISO_2005 }
    }

    /// ANSI INCITS 378-2004: two degrees; quality 0 is not given.
    pub const ANSI_2004: Self = Self { angle: from_two_degrees, angle_code: to_two_degrees, ..Self::ISO_2005 };

    /// ANSI INCITS 378-2009 and its amendment: as 2004, but 254 is not given and 255 failed.
    pub const ANSI_2009: Self = Self { quality: |q| q <= 100 || q >= 254, no_quality: 254, ..Self::ANSI_2004 };

    /// Writes minutiae with their count.
    pub fn write(&self, minutiae: &[Minutia], base: usize, out: &mut Vec<u8>) -> Result<(), TemplateError> {
        out.push(u8::try_from(minutiae.len()).map_err(|_| TemplateError::Count { what: "minutiae" })?);
        for m in minutiae {
            if m.x > COORDINATE_MAX || m.y > COORDINATE_MAX || !(self.quality)(m.quality) {
                return Err(TemplateError::OutOfRange { field: "minutia", offset: base + out.len() });
            }
            out.extend_from_slice(&(u16::from(m.kind.code()) << 14 | m.x).to_be_bytes());
            out.extend_from_slice(&m.y.to_be_bytes());
            out.push((self.angle_code)(m.angle));
            if self.with_quality {
                out.push(m.quality);
            }
        }
        Ok(())
    }
}

/// Writes extended data with their length.
pub(super) fn write_extended(extended: &[u8], out: &mut Vec<u8>) -> Result<(), TemplateError> {
    let length = u16::try_from(extended.len()).map_err(|_| TemplateError::Count { what: "extended bytes" })?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(extended);
    Ok(())
}

/// Two degrees to 1/256 of a turn, rounded; `None` from 360 degrees on. [`to_two_degrees`] brings each of the 180 values back.
pub(super) fn from_two_degrees(code: u8) -> Option<u8> {
    (code < TURN).then(|| u8::try_from((u32::from(code) * 256 + 90) / 180 % 256).unwrap_or_default())
}

/// 1/256 of a turn to two degrees, rounded.
pub(super) fn to_two_degrees(angle: u8) -> u8 {
    u8::try_from((u32::from(angle) * 180 + 128) / 256 % 180).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_degrees_come_back_and_a_turn_does_not_exist() {
        for code in 0..180 {
            assert_eq!(to_two_degrees(from_two_degrees(code).unwrap()), code);
        }
        assert_eq!(from_two_degrees(180), None);
        assert_eq!([0, 64, 128, 255].map(to_two_degrees), [0, 45, 90, 179]);
        assert_eq!(from_two_degrees(45), Some(64));
    }
}
