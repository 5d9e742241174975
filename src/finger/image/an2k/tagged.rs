//! Tagged records of ANSI/NIST-ITL: `T.FFF:value` fields between separators, the first of which states the record's length.

use super::{An2kError, Resolution, Unit};
use crate::finger::bytes::Bytes;
use crate::limits;

/// Ends a field.
const GROUP: u8 = 0x1D;
/// Ends a record.
const FILE: u8 = 0x1C;
/// The field that holds a picture: it is the last, and may hold any byte.
const DATA: u16 = 999;

/// A record's fields.
pub(super) struct Tagged<'a> {
    kind: u16,
    offset: usize,
    fields: Vec<(u16, &'a [u8])>,
}

impl<'a> Tagged<'a> {
    /// The record of this type that begins here.
    pub fn read(r: &mut Bytes<'a>, file: &'a [u8], kind: u16) -> Result<Self, An2kError> {
        let offset = r.at();
        let wrong = An2kError::Field { record: kind, field: 1, offset };
        let rest = file.get(offset..).unwrap_or_default();
        let truncated = An2kError::Truncated { offset: file.len() };
        let end = rest.iter().take(limits::AN2K_LENGTH_BYTES).position(|b| *b == GROUP || *b == FILE);
        let first = rest.get(..end.ok_or(if rest.len() < limits::AN2K_LENGTH_BYTES { truncated } else { wrong })?);
        let (found, number, value) = first.and_then(field).ok_or(wrong)?;
        let length = std::str::from_utf8(value).ok().and_then(|text| text.parse::<usize>().ok());
        let length = length.filter(|_| (found, number) == (kind, 1)).ok_or(wrong)?;
        let body = r.take(length)?;
        let Some((FILE, body)) = body.split_last().map(|(last, body)| (*last, body)) else {
            return Err(An2kError::Length { offset });
        };
        Ok(Self { kind, offset, fields: fields(body, kind) })
    }

    /// An error about a field.
    pub const fn wrong(&self, field: u16) -> An2kError {
        An2kError::Field { record: self.kind, field, offset: self.offset }
    }

    /// A field's value as it stands.
    pub fn value(&self, number: u16) -> Result<&'a [u8], An2kError> {
        self.fields.iter().find(|(n, _)| *n == number).map(|(_, value)| *value).ok_or_else(|| self.wrong(number))
    }

    /// A field's value as a whole number.
    pub fn number(&self, number: u16) -> Result<u32, An2kError> {
        let text = std::str::from_utf8(self.value(number)?).map_err(|_| self.wrong(number))?;
        text.parse().map_err(|_| self.wrong(number))
    }

    /// A resolution in pixels per millimetre with two decimals, such as 19.69; `None` for 00.00, which stands where no picture has one.
    pub fn pixels_per_millimetre(&self, number: u16) -> Result<Option<Resolution>, An2kError> {
        let text = std::str::from_utf8(self.value(number)?).map_err(|_| self.wrong(number))?;
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        if whole.len() > 4 || decimals.len() > 2 || !whole.bytes().chain(decimals.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(self.wrong(number));
        }
        let hundredths: u32 = format!("{whole}{decimals:0<2}").parse().map_err(|_| self.wrong(number))?;
        Ok(Resolution::new((hundredths, 100), (hundredths, 100), Unit::Millimetre))
    }
}

/// The fields of this type up to the first that is malformed; what is needed after it is then missing.
fn fields(body: &[u8], kind: u16) -> Vec<(u16, &[u8])> {
    let mut out = Vec::new();
    let mut rest = body;
    while out.len() < limits::AN2K_FIELDS {
        let data_follows = rest.get(..8).and_then(field).is_some_and(|(_, number, _)| number == DATA);
        let end = if data_follows { rest.len() } else { rest.iter().position(|b| *b == GROUP).unwrap_or(rest.len()) };
        match rest.get(..end).and_then(field) {
            Some((found, number, value)) if found == kind => out.push((number, value)),
            // Files are in use with a field of another type amid a record's own.
            Some(_) => {}
            None => break,
        }
        match rest.get(end + 1..) {
            Some(next) => rest = next,
            None => break,
        }
    }
    out
}

/// Type, number and value of `T.FFF:value`.
fn field(bytes: &[u8]) -> Option<(u16, u16, &[u8])> {
    let colon = bytes.iter().take(12).position(|b| *b == b':')?;
    let (kind, number) = std::str::from_utf8(bytes.get(..colon)?).ok()?.split_once('.')?;
    Some((kind.parse().ok()?, number.parse().ok()?, bytes.get(colon + 1..)?))
}
