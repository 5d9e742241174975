//! Protobuf on the wire: the fields of a message, one after another.

use super::OnnxError;

/// Bytes, and where in the file they begin.
#[derive(Clone, Copy)]
pub(super) struct Slice<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Slice<'a> {
    pub(super) fn text(self) -> Result<&'a str, OnnxError> {
        std::str::from_utf8(self.bytes).map_err(|_| OnnxError::BadName { at: self.at })
    }

    fn take(&mut self, n: usize, begun: usize) -> Result<Self, OnnxError> {
        let (bytes, rest) = self.bytes.split_at_checked(n).ok_or(OnnxError::Cut { at: begun })?;
        let taken = Self { bytes, at: self.at };
        *self = Self { bytes: rest, at: self.at + n };
        Ok(taken)
    }

    /// A varint.
    pub(super) fn number(&mut self) -> Result<u64, OnnxError> {
        let begun = self.at;
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1, begun)?.bytes.first().ok_or(OnnxError::Cut { at: begun })?;
            if shift == 63 && byte > 1 {
                break;
            }
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(OnnxError::BadField { at: begun })
    }
}

/// A field of a message.
pub(super) struct Field<'a> {
    number: u64,
    value: Value<'a>,
}

#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Number(u64),
    Bytes(Slice<'a>),
    /// 32 or 64 bits that nobody asks for.
    Fixed,
}

impl<'a> Field<'a> {
    pub(super) fn number_and_value(&self) -> (u64, Value<'a>) {
        (self.number, self.value)
    }
}

/// The fields of a message, in order; the first error ends them.
pub(super) struct Fields<'a>(Slice<'a>);

impl<'a> Fields<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self(Slice { bytes, at })
    }

    fn field(&mut self) -> Result<Field<'a>, OnnxError> {
        let rest = &mut self.0;
        let at = rest.at;
        let tag = rest.number()?;
        let value = match tag & 7 {
            0 => Value::Number(rest.number()?),
            1 => rest.take(8, at).map(|_| Value::Fixed)?,
            2 => {
                let length = rest.number()?;
                Value::Bytes(rest.take(usize::try_from(length).unwrap_or(usize::MAX), at)?)
            }
            5 => rest.take(4, at).map(|_| Value::Fixed)?,
            _ => return Err(OnnxError::BadField { at }),
        };
        if tag >> 3 == 0 { Err(OnnxError::BadField { at }) } else { Ok(Field { number: tag >> 3, value }) }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, OnnxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.bytes.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0.bytes = &[];
        }
        Some(field)
    }
}
