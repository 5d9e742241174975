//! Bytes of a WSQ file in order, and the bits of its compressed data.

use super::WsqError;

/// Reads big-endian fields and knows where it stands.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub fn offset(&self) -> usize {
        self.at
    }

    pub fn take(&mut self, n: usize) -> Result<&'a [u8], WsqError> {
        let end = self.at.saturating_add(n);
        let slice = self.bytes.get(self.at..end).ok_or(WsqError::Truncated { offset: self.bytes.len() })?;
        self.at = end;
        Ok(slice)
    }

    pub fn u8(&mut self) -> Result<u8, WsqError> {
        self.take(1).map(|b| b.first().copied().unwrap_or_default())
    }

    pub fn u16(&mut self) -> Result<u16, WsqError> {
        Ok(u16::from(self.u8()?) << 8 | u16::from(self.u8()?))
    }

    pub fn u32(&mut self) -> Result<u32, WsqError> {
        Ok(u32::from(self.u16()?) << 16 | u32::from(self.u16()?))
    }

    /// The second byte of the marker that stands here.
    pub fn marker(&mut self) -> Result<u8, WsqError> {
        let offset = self.at;
        match self.u16()?.to_be_bytes() {
            [0xFF, marker] => Ok(marker),
            [other, _] => Err(WsqError::Marker { marker: other, offset }),
        }
    }

    /// The body of the segment that begins here with its length; errors inside keep their places in the file.
    pub fn segment(&mut self) -> Result<Self, WsqError> {
        let offset = self.at;
        let length = usize::from(self.u16()?).checked_sub(2).ok_or(WsqError::Length { offset })?;
        let start = self.at;
        self.take(length)?;
        Ok(Self { bytes: self.bytes.get(..self.at).unwrap_or_default(), at: start })
    }

    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The compressed data that begin here.
    pub fn bits(&mut self) -> Bits<'_, 'a> {
        Bits { reader: self, held: 0, count: 0 }
    }
}

/// Bits of one block, most significant first. A stuffed zero after FF is dropped; a marker ends the bits.
pub(super) struct Bits<'r, 'a> {
    reader: &'r mut Reader<'a>,
    held: u8,
    count: u8,
}

impl Bits<'_, '_> {
    pub fn bit(&mut self) -> Result<u8, WsqError> {
        if self.count == 0 {
            self.held = self.byte()?;
            self.count = 8;
        }
        self.count -= 1;
        Ok(self.held >> self.count & 1)
    }

    pub fn number(&mut self, bits: u8) -> Result<u16, WsqError> {
        (0..bits).try_fold(0, |value, _| Ok(value << 1 | u16::from(self.bit()?)))
    }

    pub fn offset(&self) -> usize {
        self.reader.offset()
    }

    fn byte(&mut self) -> Result<u8, WsqError> {
        let offset = self.reader.offset();
        let byte = self.reader.u8()?;
        if byte == 0xFF {
            let next = self.reader.u8()?;
            if next != 0 {
                return Err(WsqError::Marker { marker: next, offset });
            }
        }
        Ok(byte)
    }
}
