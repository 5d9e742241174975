//! The few DER values (X.690) that security infos and the LDS security object are made of, over `tlv`.

use super::tlv::{self, Tlv, TlvError};
use const_oid::ObjectIdentifier;

/// INTEGER.
pub const INTEGER: u32 = 0x02;
/// BIT STRING.
pub const BIT_STRING: u32 = 0x03;
/// OCTET STRING.
pub const OCTET_STRING: u32 = 0x04;
/// NULL.
pub const NULL: u32 = 0x05;
/// OBJECT IDENTIFIER.
pub const OID: u32 = 0x06;
/// PrintableString.
pub const PRINTABLE_STRING: u32 = 0x13;
/// SEQUENCE and SEQUENCE OF.
pub const SEQUENCE: u32 = 0x30;
/// SET and SET OF.
pub const SET: u32 = 0x31;

/// An OBJECT IDENTIFIER from its dotted form, which must be a constant of this program.
#[must_use]
pub fn oid(dotted: &str) -> Vec<u8> {
    let oid = ObjectIdentifier::new(dotted).unwrap_or_else(|_| unreachable!("an identifier of our own tables"));
    tlv::encode(OID, oid.as_bytes())
}

/// The dotted form of an OBJECT IDENTIFIER.
///
/// # Errors
/// [`tlv::TlvErrorKind::BadValue`] if it is none.
pub fn read_oid(object: &Tlv<'_>) -> Result<String, TlvError> {
    if object.tag != OID {
        return Err(object.bad_value());
    }
    ObjectIdentifier::from_bytes(object.value).map(|o| o.to_string()).map_err(|_| object.bad_value())
}

/// A non-negative INTEGER from big-endian bytes.
#[must_use]
pub fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|&b| b != 0).unwrap_or(bytes.len());
    let digits = bytes.get(start..).unwrap_or_default();
    let mut value = Vec::with_capacity(digits.len() + 1);
    if digits.first().is_none_or(|&b| b & 0x80 != 0) {
        value.push(0);
    }
    value.extend_from_slice(digits);
    tlv::encode(INTEGER, &value)
}

/// A small non-negative INTEGER.
#[must_use]
pub fn integer(value: u64) -> Vec<u8> {
    unsigned(&value.to_be_bytes())
}

/// The big-endian bytes of a non-negative INTEGER, without leading zeros (zero itself: none).
///
/// # Errors
/// [`tlv::TlvErrorKind::BadValue`] if it is negative, empty or not in its shortest form.
pub fn read_unsigned<'a>(object: &Tlv<'a>) -> Result<&'a [u8], TlvError> {
    match object.value {
        _ if object.tag != INTEGER => Err(object.bad_value()),
        [] => Err(object.bad_value()),
        [0] => Ok(&[]),
        [0, rest @ ..] if rest.first().is_some_and(|b| b & 0x80 != 0) => Ok(rest),
        [first, ..] if *first != 0 && first & 0x80 == 0 => Ok(object.value),
        _ => Err(object.bad_value()),
    }
}

/// A non-negative INTEGER of at most eight bytes.
///
/// # Errors
/// [`tlv::TlvErrorKind::BadValue`] if it is negative or larger.
pub fn read_integer(object: &Tlv<'_>) -> Result<u64, TlvError> {
    let digits = read_unsigned(object)?;
    if digits.len() > 8 {
        return Err(object.bad_value());
    }
    Ok(digits.iter().fold(0, |acc, &b| acc << 8 | u64::from(b)))
}

/// A SEQUENCE of these encoded parts.
#[must_use]
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv::encode_all(SEQUENCE, parts)
}

/// A SET OF in DER order (X.690 11.6): the elements sorted as byte strings.
#[must_use]
pub fn set_of(mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    elements.sort();
    tlv::encode(SET, &elements.concat())
}

/// A BIT STRING of whole bytes.
#[must_use]
pub fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tlv::encode_all(BIT_STRING, &[&[0], bytes])
}

/// The bytes of a BIT STRING without unused bits.
///
/// # Errors
/// [`tlv::TlvErrorKind::BadValue`] otherwise.
pub fn read_bit_string<'a>(object: &Tlv<'a>) -> Result<&'a [u8], TlvError> {
    match object.value {
        [0, bytes @ ..] if object.tag == BIT_STRING => Ok(bytes),
        _ => Err(object.bad_value()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::tlv::Reader;

    #[test]
    fn integers_are_shortest_and_never_negative() {
        assert_eq!(integer(0), [2, 1, 0]);
        assert_eq!(integer(127), [2, 1, 127]);
        assert_eq!(integer(128), [2, 2, 0, 128]);
        assert_eq!(integer(0x0100), [2, 2, 1, 0]);
        for bad in [&[2u8, 0][..], &[2, 1, 0x80], &[2, 2, 0, 1], &[4, 1, 1], &[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0]] {
            assert!(read_integer(&Reader::new(bad).next().unwrap()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn object_identifiers_read_back() {
        let bytes = oid("1.2.840.10045.2.1");
        assert_eq!(read_oid(&Reader::new(&bytes).next().unwrap()).unwrap(), "1.2.840.10045.2.1");
        assert!(read_oid(&Reader::new(&[6, 0]).next().unwrap()).is_err());
        assert!(read_oid(&Reader::new(&[6, 1, 0x80]).next().unwrap()).is_err());
        assert!(read_oid(&Reader::new(&[4, 1, 0x2A]).next().unwrap()).is_err());
        assert!(read_bit_string(&Reader::new(&[3, 1, 4]).next().unwrap()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_number_reads_back(value: u64) {
            assert_eq!(read_integer(&Reader::new(&integer(value)).next().unwrap()).unwrap(), value);
        }
    }
}
