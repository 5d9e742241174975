//! Big-endian fields of a file, read in order and within its bytes.

/// The bytes end inside a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ended {
    /// Where they end.
    pub offset: usize,
}

/// Reads fields and knows where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Bytes<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bytes<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub fn at(&self) -> usize {
        self.at
    }

    pub fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub fn take(&mut self, n: usize) -> Result<&'a [u8], Ended> {
        let end = self.at.saturating_add(n);
        let slice = self.bytes.get(self.at..end).ok_or(Ended { offset: self.bytes.len() })?;
        self.at = end;
        Ok(slice)
    }

    pub fn u8(&mut self) -> Result<u8, Ended> {
        self.take(1).map(|b| b.first().copied().unwrap_or_default())
    }

    pub fn u16(&mut self) -> Result<u16, Ended> {
        Ok(u16::from(self.u8()?) << 8 | u16::from(self.u8()?))
    }

    pub fn u32(&mut self) -> Result<u32, Ended> {
        Ok(u32::from(self.u16()?) << 16 | u32::from(self.u16()?))
    }

    /// A length of four bytes.
    pub fn length(&mut self) -> Result<usize, Ended> {
        Ok(usize::try_from(self.u32()?).unwrap_or(usize::MAX))
    }
}
