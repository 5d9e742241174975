//! A bounded reader of the fixed binary records inside a template: big-endian numbers, errors with the byte's position.

use super::tlv::{Tlv, TlvError, TlvErrorKind};

/// Reads a value from its start; positions count in the outermost data.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    object: Tlv<'a>,
    offset: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(object: Tlv<'a>) -> Self {
        Self { object, offset: 0 }
    }

    /// The next `count` bytes.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], TlvError> {
        let end = self.object.position + self.object.value.len();
        let truncated = TlvError::at(TlvErrorKind::Truncated, end);
        let stop = self.offset.checked_add(count).ok_or(truncated)?;
        let bytes = self.object.value.get(self.offset..stop).ok_or(truncated)?;
        self.offset = stop;
        Ok(bytes)
    }

    /// A big-endian number of `count` bytes, at most eight.
    pub(crate) fn number(&mut self, count: usize) -> Result<u64, TlvError> {
        Ok(self.take(count)?.iter().fold(0, |acc, &b| acc << 8 | u64::from(b)))
    }

    pub(crate) fn u8(&mut self) -> Result<u8, TlvError> {
        self.take(1).map(|b| b.first().copied().unwrap_or_default())
    }

    pub(crate) fn u16(&mut self) -> Result<u16, TlvError> {
        Ok(u16::try_from(self.number(2)?).unwrap_or_default())
    }

    /// Checks that these bytes come next.
    pub(crate) fn magic(&mut self, bytes: &[u8]) -> Result<(), TlvError> {
        let bad = self.bad();
        if self.take(bytes.len())? == bytes { Ok(()) } else { Err(bad) }
    }

    /// A length that the record states, which must be a usable size.
    pub(crate) fn length(&mut self, count: usize) -> Result<usize, TlvError> {
        let bad = self.bad();
        usize::try_from(self.number(count)?).map_err(|_| bad)
    }

    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.offset >= self.object.value.len()
    }

    /// An error about the byte that comes next.
    pub(crate) fn bad(&self) -> TlvError {
        TlvError::at(TlvErrorKind::BadValue(self.object.tag), self.object.position + self.offset)
    }
}
