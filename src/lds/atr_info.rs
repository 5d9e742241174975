//! EF.ATR/INFO: what the chip can do and how long a command and a response may be (Doc 9303-10 3.11.1, ISO/IEC 7816-4).

use super::der;
use super::tlv::{self, Reader, TlvError};

const SERVICE_DATA: u32 = 0x43;
const CAPABILITIES: u32 = 0x47;
const EXTENDED_LENGTH: u32 = 0x7F66;
/// Selection by full name; EF.DIR and EF.ATR/INFO are BER-TLV files read by READ BINARY.
const OUR_SERVICE: u8 = 0xB8;
/// DF selection by full name and file identifier, short EF identifiers.
const OUR_SELECTION: u8 = 0x94;
const CHAINING: u8 = 0x80;
const EXTENDED: u8 = 0x40;

/// Longest command and response in bytes, where extended length is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buffers {
    /// Command APDU.
    pub command: u16,
    /// Response APDU.
    pub response: u16,
}

/// What EF.ATR/INFO says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtrInfo {
    /// Whether command chaining is supported.
    pub chaining: bool,
    /// Buffer sizes; without them a terminal must not use extended length.
    pub extended: Option<Buffers>,
}

impl AtrInfo {
    /// The file's bytes.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let third = if self.chaining { CHAINING } else { 0 } | if self.extended.is_some() { EXTENDED } else { 0 };
        let mut out = tlv::encode(SERVICE_DATA, &[OUR_SERVICE]);
        tlv::write(&mut out, CAPABILITIES, &[OUR_SELECTION, 0x01, third]);
        if let Some(buffers) = self.extended {
            let two = |n: u16| tlv::encode(der::INTEGER, &n.to_be_bytes());
            tlv::write(&mut out, EXTENDED_LENGTH, &[two(buffers.command), two(buffers.response)].concat());
        }
        out
    }

    /// Parses EF.ATR/INFO; objects it does not know are passed over.
    ///
    /// # Errors
    /// Any [`TlvError`].
    pub fn parse(data: &[u8]) -> Result<Self, TlvError> {
        let mut info = Self { chaining: false, extended: None };
        for object in Reader::new(data).all()? {
            match object.tag {
                CAPABILITIES => info.chaining = object.value.get(2).is_some_and(|b| b & CHAINING != 0),
                EXTENDED_LENGTH => {
                    let mut reader = object.reader();
                    let (command, response) = (reader.expect(der::INTEGER)?, reader.expect(der::INTEGER)?);
                    reader.finish()?;
                    let two = |o: &tlv::Tlv<'_>| <[u8; 2]>::try_from(o.value).map(u16::from_be_bytes).map_err(|_| o.bad_value());
                    info.extended = Some(Buffers { command: two(&command)?, response: two(&response)? });
                }
                _ => {}
            }
        }
        Ok(info)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::tlv::TlvErrorKind;

    #[test]
    fn it_reads_back() {
        let extended = Some(Buffers { command: 1_024, response: 65_535 });
        for info in [AtrInfo { chaining: true, extended: None }, AtrInfo { chaining: false, extended }] {
            assert_eq!(AtrInfo::parse(&info.encode()).unwrap(), info);
        }
        assert_eq!(AtrInfo { chaining: true, extended }.encode().len(), 19);
        let odd = [0x7F, 0x66, 6, 2, 1, 1, 2, 1, 1];
        assert_eq!(AtrInfo::parse(&odd).unwrap_err().kind, TlvErrorKind::BadValue(der::INTEGER));
        assert!(AtrInfo::parse(&[0x47]).is_err());
    }
}
