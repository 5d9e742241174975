//! A biometric data block as a card stores or takes it: 5F2E, or 7F2E with standard and proprietary parts (ISO/IEC 7816-11, 19794-2).

use super::cbeff::{DATA, DATA_CONSTRUCTED};
use super::tlv::{self, Tlv, TlvError, TlvErrorKind};

const STANDARD: u32 = 0x81;
const STANDARD_PARTS: u32 = 0xA1;
const PROPRIETARY: u32 = 0x82;
const PROPRIETARY_PARTS: u32 = 0xA2;
/// Inside the standard parts: minutiae; 91 ridge counts, 92 cores, 93 deltas, 94 quality of cells.
pub const MINUTIAE: u32 = 0x90;

/// A part of a constructed block.
#[derive(Clone, PartialEq, Eq)]
pub enum Part {
    /// Standardized data in one piece (81): minutiae.
    Standard(Vec<u8>),
    /// Standardized data by feature (A1), each with its tag.
    StandardParts(Vec<(u32, Vec<u8>)>),
    /// A vendor's data (82, A2 or another tag), as they stand.
    Other(u32, Vec<u8>),
}

/// A biometric data block.
#[derive(Clone, PartialEq, Eq)]
pub enum BiometricData {
    /// 5F2E: standardized data in one piece.
    Primitive(Vec<u8>),
    /// 7F2E: parts.
    Constructed(Vec<Part>),
}

impl BiometricData {
    /// Minutiae as 7F2E { 81 }, which EF.Fingers holds and a VERIFY command carries.
    #[must_use]
    pub fn of_minutiae(minutiae: Vec<u8>) -> Self {
        Self::Constructed(vec![Part::Standard(minutiae)])
    }

    /// Reads a block. Every part is kept, so that `parse(b)?.encode() == b`.
    ///
    /// # Errors
    /// Any [`TlvError`].
    pub fn parse(data: &[u8]) -> Result<Self, TlvError> {
        if data.starts_with(&[0x5F, 0x2E]) {
            return Ok(Self::Primitive(tlv::parse_one(data, DATA)?.value.to_vec()));
        }
        let block = tlv::parse_one(data, DATA_CONSTRUCTED)?;
        let parts: Vec<Part> = block.children()?.iter().map(part).collect::<Result<_, _>>()?;
        if parts.is_empty() { Err(block.bad_value()) } else { Ok(Self::Constructed(parts)) }
    }

    /// Writes the block.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let Self::Constructed(parts) = self else {
            let Self::Primitive(data) = self else { return Vec::new() };
            return tlv::encode(DATA, data);
        };
        let encoded = parts.iter().flat_map(|part| match part {
            Part::Standard(data) => tlv::encode(STANDARD, data),
            Part::StandardParts(all) => {
                tlv::encode(STANDARD_PARTS, &all.iter().flat_map(|(tag, value)| tlv::encode(*tag, value)).collect::<Vec<u8>>())
            }
            Part::Other(tag, data) => tlv::encode(*tag, data),
        });
        tlv::encode(DATA_CONSTRUCTED, &encoded.collect::<Vec<u8>>())
    }

    /// The minutiae of its standardized data, in the card format that the card's information template names.
    ///
    /// # Errors
    /// [`TlvErrorKind::Missing`] if the block has none.
    pub fn minutiae(&self) -> Result<&[u8], TlvError> {
        let found = match self {
            Self::Primitive(data) => Some(data),
            Self::Constructed(parts) => parts.iter().find_map(|part| match part {
                Part::Standard(data) => Some(data),
                Part::StandardParts(all) => all.iter().find(|(tag, _)| *tag == MINUTIAE).map(|(_, value)| value),
                Part::Other(..) => None,
            }),
        };
        found.map(Vec::as_slice).ok_or(TlvError::at(TlvErrorKind::Missing(MINUTIAE), 0))
    }
}

fn part(object: &Tlv<'_>) -> Result<Part, TlvError> {
    let value = object.value.to_vec();
    Ok(match object.tag {
        STANDARD => Part::Standard(value),
        STANDARD_PARTS => Part::StandardParts(object.children()?.iter().map(|o| (o.tag, o.value.to_vec())).collect()),
        PROPRIETARY | PROPRIETARY_PARTS => Part::Other(object.tag, value),
        _ => return Err(object.bad_value()),
    })
}

/// Minutiae are biometric data: they are measured, not shown.
impl std::fmt::Debug for BiometricData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BiometricData({} bytes)", self.encode().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::template::parse_card_compact;
    use hex_literal::hex;

    const MINUTIA: [u8; 3] = hex!("64 33 90");

    #[test]
    fn every_wrapping_is_read_and_comes_back() {
        let blocks = [
            &hex!("5F2E03 643390")[..],
            &hex!("7F2E05 8103 643390"),
            &hex!("7F2E07 A105 9003 643390"),
            &hex!("7F2E0B A109 92020102 9003 643390"),
            &hex!("7F2E0A 8203 010203 8103 643390"),
        ];
        for block in blocks {
            let data = BiometricData::parse(block).unwrap();
            assert_eq!(data.minutiae().unwrap(), MINUTIA);
            assert_eq!(parse_card_compact(data.minutiae().unwrap()).unwrap().minutiae(), 1);
            assert_eq!(data.encode(), block);
            for end in 0..block.len() {
                assert!(BiometricData::parse(&block[..end]).is_err());
            }
        }
        assert_eq!(BiometricData::of_minutiae(MINUTIA.to_vec()).encode(), hex!("7F2E05 8103 643390"));
    }

    #[test]
    fn a_block_without_minutiae_says_so() {
        let kind = |bytes: &[u8]| BiometricData::parse(bytes).and_then(|d| d.minutiae().map(<[u8]>::to_vec)).unwrap_err().kind;
        assert_eq!(kind(&hex!("7F2E05 8203 010203")), TlvErrorKind::Missing(MINUTIAE));
        assert_eq!(kind(&hex!("7F2E06 A104 92020102")), TlvErrorKind::Missing(MINUTIAE));
        assert_eq!(kind(&hex!("7F2E00")), TlvErrorKind::BadValue(DATA_CONSTRUCTED));
        assert_eq!(kind(&hex!("7F2E05 8303 010203")), TlvErrorKind::BadValue(0x83));
        assert!(matches!(kind(&hex!("7F60 00")), TlvErrorKind::UnexpectedTag { expected: DATA_CONSTRUCTED, .. }));
    }

    #[test]
    fn debug_shows_no_minutia() {
        assert_eq!(format!("{:?}", BiometricData::Primitive(vec![1, 2, 3])), "BiometricData(6 bytes)");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_refused_or_come_back(tail: Vec<u8>) {
            for bytes in [tlv::encode(DATA_CONSTRUCTED, &tail), tlv::encode(DATA, &tail), tail] {
                if let Ok(data) = BiometricData::parse(&bytes) {
                    proptest::prop_assert_eq!(data.encode(), bytes);
                }
            }
        }
    }
}
