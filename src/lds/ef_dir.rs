//! EF.DIR: the applications on the chip (ISO/IEC 7816-4, Doc 9303-10 3.11.2).

use super::file_id::Application;
use super::tlv::{self, Reader, TlvError};

const ENTRY: u32 = 0x61;
const AID: u32 = 0x4F;
const MOST: usize = 32;

/// EF.DIR of our cards: LDS1 and the national application.
#[must_use]
pub fn build() -> Vec<u8> {
    let aids = [Application::Lds1, Application::National].into_iter().filter_map(Application::aid);
    aids.flat_map(|aid| tlv::encode(ENTRY, &tlv::encode(AID, aid))).collect()
}

/// The application identifiers listed.
///
/// # Errors
/// Any [`TlvError`]; an identifier of other than 5 to 16 bytes is a bad value.
pub fn parse(data: &[u8]) -> Result<Vec<Vec<u8>>, TlvError> {
    let mut reader = Reader::new(data);
    let mut aids = Vec::new();
    while !reader.is_empty() {
        let entry = reader.expect(ENTRY)?;
        let aid = entry.reader().expect(AID)?;
        entry.children()?;
        if !(5..=16).contains(&aid.value.len()) || aids.len() >= MOST {
            return Err(aid.bad_value());
        }
        aids.push(aid.value.to_vec());
    }
    Ok(aids)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::tlv::TlvErrorKind;

    #[test]
    fn it_lists_both_applications() {
        let bytes = build();
        let aids = parse(&bytes).unwrap();
        assert_eq!(aids.len(), 2);
        assert_eq!(Some(aids[1].as_slice()), Application::National.aid());
        assert_eq!(parse(&[0x61, 3, 0x4F, 1, 0xA0]).unwrap_err().kind, TlvErrorKind::BadValue(AID));
        assert!(parse(&bytes[..5]).is_err());
    }
}
