//! A code table of WSQ: the values of each code length, codes counted up as JPEG does (ISO/IEC 10918-1 annex C).

use super::WsqError;
use super::reader::{Bits, Reader};

/// Longest code in bits.
const LONGEST: usize = 16;

/// A table that has been checked: no more codes of a length than the shorter ones leave room for.
pub(super) struct Huffman {
    counts: [u8; LONGEST],
    values: Vec<u8>,
}

impl Huffman {
    /// Reads the counts and values of one table.
    pub fn read(r: &mut Reader<'_>) -> Result<Self, WsqError> {
        let offset = r.offset();
        let mut counts = [0; LONGEST];
        for count in &mut counts {
            *count = r.u8()?;
        }
        // Room left at each length, in codes; a length may not use more than there is.
        let room = counts.iter().try_fold(1u32, |room, count| (room * 2).checked_sub((*count).into()));
        let total = counts.iter().map(|c| usize::from(*c)).sum();
        if room.is_none() || total == 0 || total > 256 {
            return Err(WsqError::OutOfRange { field: "code table", offset });
        }
        Ok(Self { counts, values: r.take(total)?.to_vec() })
    }

    /// The value of the code that begins here.
    pub fn value(&self, bits: &mut Bits<'_, '_>) -> Result<u8, WsqError> {
        let (mut code, mut first, mut index) = (0u32, 0u32, 0u32);
        for count in self.counts {
            code = code << 1 | u32::from(bits.bit()?);
            first <<= 1;
            if let Some(place) = code.checked_sub(first).filter(|p| *p < u32::from(count)) {
                let value = usize::try_from(index + place).ok().and_then(|i| self.values.get(i));
                return value.copied().ok_or(WsqError::Code { offset: bits.offset() });
            }
            first += u32::from(count);
            index += u32::from(count);
        }
        Err(WsqError::Code { offset: bits.offset() })
    }
}
