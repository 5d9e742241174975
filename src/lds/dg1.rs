//! DG1: the machine readable zone on the chip (Doc 9303-10 4.7.1).

use super::mrz::{MrzError, Td1};
use super::tlv::{self, TlvError};

/// Tag of DG1.
pub const TAG: u32 = 0x61;
const MRZ: u32 = 0x5F1F;

/// DG1 of a TD1 card.
///
/// # Errors
/// Any [`MrzError`] of the fields.
pub fn build(zone: &Td1) -> Result<Vec<u8>, MrzError> {
    Ok(tlv::encode(TAG, &tlv::encode(MRZ, zone.encode()?.as_bytes())))
}

/// The zone's text: 90 characters (TD1), 72 (TD2) or 88 (TD3).
///
/// # Errors
/// Any [`TlvError`]; text of another length or with other characters is a bad value.
pub fn parse(data: &[u8]) -> Result<String, TlvError> {
    let group = tlv::parse_one(data, TAG)?;
    let mut reader = group.reader();
    let zone = reader.expect(MRZ)?;
    reader.finish()?;
    let good = matches!(zone.value.len(), 90 | 72 | 88)
        && zone.value.iter().all(|b| *b == b'<' || b.is_ascii_digit() || b.is_ascii_uppercase());
    if good { Ok(String::from_utf8_lossy(zone.value).into_owned()) } else { Err(zone.bad_value()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::tlv::TlvErrorKind;

    const TD1: &str = "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<";

    #[test]
    fn it_reads_back() {
        let bytes = build(&Td1::parse(TD1).unwrap()).unwrap();
        assert_eq!(bytes.len(), 95);
        assert_eq!(parse(&bytes).unwrap(), TD1);
        for end in 0..bytes.len() {
            assert!(parse(&bytes[..end]).is_err());
        }
        let odd = tlv::encode(TAG, &tlv::encode(MRZ, &[b'<'; 91]));
        assert_eq!(parse(&odd).unwrap_err().kind, TlvErrorKind::BadValue(MRZ));
    }
}
