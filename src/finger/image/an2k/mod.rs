//! ANSI/NIST-ITL files (1-2000 to 1-2011, traditional encoding): the pictures of fingers in type 4, 13 and 14 records.

mod tagged;

use super::entry::{Coding, Entry};
use super::resolution::{Resolution, Unit};
use crate::finger::bytes::{Bytes, Ended};
use crate::finger::position::FingerPosition;
use crate::limits;
use crate::reason::{Reason, Refusal};
use tagged::Tagged;

/// Bytes of a type 4 record before its picture.
const TYPE_4_HEADER: usize = 18;
const RESOLUTION_NATIVE: u16 = 11;
const RESOLUTION_NOMINAL: u16 = 12;

/// Why a file is no ANSI/NIST transaction that is read here; positions are byte offsets from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum An2kError {
    /// More bytes than a picture file may have.
    #[error("the ANSI/NIST file has more than {max} bytes")]
    TooLarge {
        /// The bound.
        max: usize,
    },
    /// The bytes end inside a record.
    #[error("the ANSI/NIST file ends at byte {offset}, inside a record")]
    Truncated {
        /// Where the bytes end.
        offset: usize,
    },
    /// It does not begin with field 1.001.
    #[error("not an ANSI/NIST file")]
    NotAn2k,
    /// A record whose stated length is not that of its contents.
    #[error("the record at byte {offset} of the ANSI/NIST file has a wrong length")]
    Length {
        /// Where the record begins.
        offset: usize,
    },
    /// A field that is missing or whose value its definition excludes.
    #[error("field {record}.{field:03} of the record at byte {offset} is missing or out of range")]
    Field {
        /// Type of the record.
        record: u16,
        /// Number of the field.
        field: u16,
        /// Where the record begins.
        offset: usize,
    },
    /// More bytes, or more records, than field 1.003 lists.
    #[error("bytes from {offset} on belong to no record that the ANSI/NIST file lists")]
    TrailingBytes {
        /// The first of them.
        offset: usize,
    },
    /// No type 4, 13 or 14 record.
    #[error("the ANSI/NIST file holds no finger image that is read (types 4, 13 and 14)")]
    NoFinger,
}

impl Refusal for An2kError {
    fn reason(&self) -> Reason {
        Reason::FingerImageInvalid
    }
}

impl From<Ended> for An2kError {
    fn from(end: Ended) -> Self {
        Self::Truncated { offset: end.offset }
    }
}

/// Whether the bytes begin like a transaction.
#[must_use]
pub fn is_an2k(bytes: &[u8]) -> bool {
    [&b"1.001:"[..], b"1.01:"].iter().any(|start| bytes.starts_with(start))
}

/// The finger pictures of a transaction, in its order.
pub(super) fn entries(bytes: &[u8]) -> Result<Vec<Entry<'_>>, An2kError> {
    if bytes.len() > limits::IMAGE_BYTES {
        return Err(An2kError::TooLarge { max: limits::IMAGE_BYTES });
    }
    if !is_an2k(bytes) {
        return Err(An2kError::NotAn2k);
    }
    let mut r = Bytes::new(bytes);
    let first = Tagged::read(&mut r, bytes, 1)?;
    let mut found = Vec::new();
    for kind in contents(&first)? {
        match kind {
            4 => found.push(type_4(&mut r, &first)?),
            3 | 5..=8 => {
                binary(&mut r)?;
            }
            13 | 14 => found.push(variable(&Tagged::read(&mut r, bytes, kind)?)?),
            _ => {
                Tagged::read(&mut r, bytes, kind)?;
            }
        }
    }
    if !r.is_empty() {
        return Err(An2kError::TrailingBytes { offset: r.at() });
    }
    if found.is_empty() { Err(An2kError::NoFinger) } else { Ok(found) }
}

/// Types of the records after the first, from field 1.003; its count must be that of its list.
fn contents(first: &Tagged<'_>) -> Result<Vec<u16>, An2kError> {
    let wrong = || first.wrong(3);
    let text = std::str::from_utf8(first.value(3)?).map_err(|_| wrong())?;
    let mut pairs = text.split('\x1E').map(|pair| pair.split_once('\x1F'));
    let (_, count) = pairs.next().flatten().filter(|(one, _)| *one == "1").ok_or_else(wrong)?;
    let count: usize = count.parse().map_err(|_| wrong())?;
    if count > limits::AN2K_RECORDS {
        return Err(wrong());
    }
    let kinds = pairs.map(|pair| pair?.0.parse().ok()).take(limits::AN2K_RECORDS + 1).collect::<Option<Vec<u16>>>();
    let kinds = kinds.ok_or_else(wrong)?;
    if kinds.len() == count && !kinds.contains(&1) { Ok(kinds) } else { Err(wrong()) }
}

/// The contents of a binary record after its length.
fn binary<'a>(r: &mut Bytes<'a>) -> Result<&'a [u8], An2kError> {
    let offset = r.at();
    let length = r.length()?.checked_sub(4).ok_or(An2kError::Length { offset })?;
    Ok(r.take(length)?)
}

/// A grey picture at the resolution of the transaction.
fn type_4<'a>(r: &mut Bytes<'a>, first: &Tagged<'_>) -> Result<Entry<'a>, An2kError> {
    let offset = r.at();
    let body = binary(r)?;
    let data = body.get(TYPE_4_HEADER - 4..).ok_or(An2kError::Length { offset })?;
    let field = |number| An2kError::Field { record: 4, field: number, offset };
    let mut header = Bytes::new(body);
    header.take(2)?; // IDC and kind of impression
    let code = header.u8()?;
    header.take(5)?; // other fingers that it may be
    // 4.005: 0 is the nominal resolution, 1 the scanner's own.
    let resolution = match header.u8()? {
        0 => first.pixels_per_millimetre(RESOLUTION_NOMINAL)?,
        1 => first.pixels_per_millimetre(RESOLUTION_NATIVE)?,
        _ => return Err(field(5)),
    };
    let (width, height) = (header.u16()?, header.u16()?);
    let coding = match header.u8()? {
        0 => Coding::Raw { depth: 8 },
        1 => Coding::Wsq,
        2 => Coding::Jpeg,
        3 => Coding::JpegLossless,
        4 | 5 => Coding::Jpeg2000,
        6 => Coding::Png,
        _ => return Err(field(8)),
    };
    let size = (width.into(), height.into());
    Ok(Entry { code, position: position(code), size, stated: resolution, coding, data: data.into() })
}

/// A type 13 (latent) or 14 (finger) record, whose fields have the same numbers.
fn variable<'a>(record: &Tagged<'a>) -> Result<Entry<'a>, An2kError> {
    let size = (record.number(6)?, record.number(7)?);
    let unit = match record.number(8)? {
        1 => Some(Unit::Inch),
        2 => Some(Unit::Centimetre),
        0 => None,
        _ => return Err(record.wrong(8)),
    };
    let (x, y) = (record.number(9)?, record.number(10)?);
    let stated = unit.and_then(|unit| Resolution::new((x, 1), (y, 1), unit));
    let depth = u8::try_from(record.number(12)?).map_err(|_| record.wrong(12))?;
    let coding = match record.value(11)? {
        b"NONE" => Coding::Raw { depth },
        b"WSQ20" | b"WSQ" => Coding::Wsq,
        b"JPEGB" => Coding::Jpeg,
        b"JPEGL" => Coding::JpegLossless,
        b"JP2" | b"JP2L" => Coding::Jpeg2000,
        b"PNG" => Coding::Png,
        _ => return Err(record.wrong(11)),
    };
    // Several codes are fingers that a latent may be.
    let fingers = record.value(13)?;
    let code = match std::str::from_utf8(fingers).ok().and_then(|text| text.parse().ok()) {
        Some(code) => code,
        None if fingers.contains(&0x1E) => 0,
        None => return Err(record.wrong(13)),
    };
    Ok(Entry { code, position: position(code), size, stated, coding, data: record.value(999)?.into() })
}

/// The finger of a code of table 12; 11 and 12 are the thumbs pressed flat.
fn position(code: u8) -> Option<FingerPosition> {
    match code {
        11 => Some(FingerPosition::RightThumb),
        12 => Some(FingerPosition::LeftThumb),
        _ => FingerPosition::from_code(code),
    }
}

#[cfg(test)]
mod tests;
