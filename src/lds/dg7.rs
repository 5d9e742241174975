//! DG7: the holder's signature or usual mark as a picture (Doc 9303-10 4.7.7).

use super::tlv::{self, TlvError};
use super::{cbeff, der};

/// Tag of DG7.
pub const TAG: u32 = 0x67;
const IMAGE: u32 = 0x5F43;

/// DG7 with one picture.
#[must_use]
pub fn build(image: &[u8]) -> Vec<u8> {
    tlv::encode_all(TAG, &[&der::integer(1), &tlv::encode(IMAGE, image)])
}

/// The pictures of DG7.
///
/// # Errors
/// Any [`TlvError`]; a count that differs from the pictures present is a bad value.
pub fn parse(data: &[u8]) -> Result<Vec<Vec<u8>>, TlvError> {
    let group = tlv::parse_one(data, TAG)?;
    let mut reader = group.reader();
    let count = reader.expect(der::INTEGER)?;
    let mut images = Vec::new();
    while !reader.is_empty() && images.len() <= cbeff::MOST_TEMPLATES {
        images.push(reader.expect(IMAGE)?.value.to_vec());
    }
    let same = usize::try_from(der::read_integer(&count)?).is_ok_and(|n| n == images.len() && n <= cbeff::MOST_TEMPLATES);
    if same { Ok(images) } else { Err(count.bad_value()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::tlv::TlvErrorKind;

    #[test]
    fn it_reads_back_and_a_lying_count_is_refused() {
        let bytes = build(&[7; 200]);
        assert_eq!(parse(&bytes).unwrap(), [vec![7; 200]]);
        for end in 0..bytes.len() {
            assert!(parse(&bytes[..end]).is_err());
        }
        let twice = tlv::encode_all(TAG, &[&der::integer(2), &tlv::encode(IMAGE, &[1])]);
        assert_eq!(parse(&twice).unwrap_err().kind, TlvErrorKind::BadValue(der::INTEGER));
    }
}
