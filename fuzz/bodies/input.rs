//! Takes a fuzz input apart: bytes, numbers and length-prefixed pieces, until nothing is left.

/// What is left of an input.
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// One byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Two bytes as a number.
    pub fn number(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes([self.byte()?, self.byte()?]))
    }

    /// As many bytes as a length byte says, or all that are left.
    pub fn short(&mut self) -> Option<&'a [u8]> {
        let length = usize::from(self.byte()?);
        Some(self.take(length))
    }

    /// As many bytes as a length of two bytes says, or all that are left.
    pub fn long(&mut self) -> Option<&'a [u8]> {
        let length = usize::from(self.number()?);
        Some(self.take(length))
    }

    fn take(&mut self, length: usize) -> &'a [u8] {
        let (piece, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        piece
    }
}
