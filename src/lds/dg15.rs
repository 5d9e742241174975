//! DG15: the Active Authentication public key as SubjectPublicKeyInfo (Doc 9303-10 4.7.15).

use super::der;
use super::ec_public_key::{self, Parameters};
use super::tlv::{self, Tlv, TlvError};
use crate::crypto::ec::PublicKey;

/// Tag of DG15.
pub const TAG: u32 = 0x6F;
const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";

/// An Active Authentication public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActiveAuthenticationKey {
    /// ECDSA; the hash stands in DG14.
    Ec(PublicKey),
    /// RSA with ISO 9796-2.
    Rsa {
        /// Modulus, big-endian without leading zeros.
        modulus: Vec<u8>,
        /// Public exponent, big-endian without leading zeros.
        exponent: Vec<u8>,
    },
}

/// DG15 with an elliptic-curve key, parameters explicit as in DG14.
#[must_use]
pub fn build(key: &PublicKey) -> Vec<u8> {
    tlv::encode(TAG, &ec_public_key::encode(key, Parameters::Explicit))
}

/// Parses DG15.
///
/// # Errors
/// Any [`TlvError`]; a key of another kind, or on a curve that is not ours, is a bad value.
pub fn parse(data: &[u8]) -> Result<ActiveAuthenticationKey, TlvError> {
    let group = tlv::parse_one(data, TAG)?;
    let mut reader = group.reader();
    let info = reader.expect(der::SEQUENCE)?;
    reader.finish()?;
    let mut inner = info.reader();
    let algorithm = inner.expect(der::SEQUENCE)?;
    let key = inner.expect(der::BIT_STRING)?;
    let oid = algorithm.reader().expect(der::OID)?;
    if der::read_oid(&oid)? == RSA_ENCRYPTION {
        read_rsa(&key)
    } else {
        ec_public_key::read(&info).map(ActiveAuthenticationKey::Ec)
    }
}

fn read_rsa(key: &Tlv<'_>) -> Result<ActiveAuthenticationKey, TlvError> {
    let bytes = der::read_bit_string(key)?;
    let sequence = tlv::parse_one(bytes, der::SEQUENCE).map_err(|_| key.bad_value())?;
    let numbers = sequence.children().map_err(|_| key.bad_value())?;
    match numbers.as_slice() {
        [n, e] => {
            let modulus = der::read_unsigned(n).map_err(|_| key.bad_value())?.to_vec();
            let exponent = der::read_unsigned(e).map_err(|_| key.bad_value())?.to_vec();
            Ok(ActiveAuthenticationKey::Rsa { modulus, exponent })
        }
        _ => Err(key.bad_value()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::ec::{Curve, PrivateKey};
    use crate::lds::tlv::TlvErrorKind;
    use crate::world::DangerousSeededEntropy;

    #[test]
    fn an_elliptic_curve_key_reads_back() {
        let key = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(2)).public_key();
        let bytes = build(&key);
        assert_eq!(parse(&bytes).unwrap(), ActiveAuthenticationKey::Ec(key));
        for end in 0..bytes.len() {
            assert!(parse(&bytes[..end]).is_err());
        }
    }

    #[test]
    fn an_rsa_key_is_read() {
        let numbers = der::sequence(&[&der::unsigned(&[0xC1; 128]), &der::integer(65_537)]);
        let algorithm = der::sequence(&[&der::oid(RSA_ENCRYPTION), &tlv::encode(der::NULL, &[])]);
        let info = der::sequence(&[&algorithm, &der::bit_string(&numbers)]);
        let key = parse(&tlv::encode(TAG, &info)).unwrap();
        assert_eq!(key, ActiveAuthenticationKey::Rsa { modulus: vec![0xC1; 128], exponent: vec![1, 0, 1] });
        let algorithm = der::sequence(&[&der::oid("1.2.3"), &tlv::encode(der::NULL, &[])]);
        let info = der::sequence(&[&algorithm, &der::bit_string(&numbers)]);
        assert_eq!(parse(&tlv::encode(TAG, &info)).unwrap_err().kind, TlvErrorKind::BadValue(der::OID));
    }
}
