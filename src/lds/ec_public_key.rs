//! SubjectPublicKeyInfo of an elliptic-curve key, with explicit or named domain parameters (RFC 5480, TR-03110-3 A.2.1).

use super::der;
use super::tlv::{self, Reader, Tlv, TlvError};
use crate::crypto::ec::{Curve, PublicKey};

/// id-ecPublicKey.
pub const ID_EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
const ID_EC_DH: &str = "1.3.132.1.12";
const ID_PRIME_FIELD: &str = "1.2.840.10045.1.1";
/// standardizedDomainParameters of TR-03110-3 A.2.1.1, whose parameter is an INTEGER.
const STANDARDIZED: &str = "0.4.0.127.0.7.1.2";

/// How domain parameters are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameters {
    /// Written out, cofactor included: what Chip Authentication version 1 asks for.
    Explicit,
    /// By object identifier.
    Named,
}

/// ECParameters with everything written out (SEC 1 C.2): version 1, no seed, cofactor 1.
#[must_use]
pub fn explicit_parameters(curve: Curve) -> Vec<u8> {
    let domain = curve.domain();
    let field = der::sequence(&[&der::oid(ID_PRIME_FIELD), &der::unsigned(domain.p)]);
    let coefficients = der::sequence(&[&tlv::encode(der::OCTET_STRING, domain.a), &tlv::encode(der::OCTET_STRING, domain.b)]);
    let base = tlv::encode(der::OCTET_STRING, domain.base);
    der::sequence(&[&der::integer(1), &field, &coefficients, &base, &der::unsigned(domain.order), &der::integer(1)])
}

/// SubjectPublicKeyInfo with the point uncompressed.
#[must_use]
pub fn encode(key: &PublicKey, parameters: Parameters) -> Vec<u8> {
    let parameters = match parameters {
        Parameters::Explicit => explicit_parameters(key.curve()),
        Parameters::Named => der::oid(key.curve().oid()),
    };
    let algorithm = der::sequence(&[&der::oid(ID_EC_PUBLIC_KEY), &parameters]);
    der::sequence(&[&algorithm, &der::bit_string(key.as_bytes())])
}

/// Parses SubjectPublicKeyInfo that fills `data`.
///
/// # Errors
/// Any [`TlvError`]; parameters that are not exactly one of our curves and points off it are bad values.
pub fn parse(data: &[u8]) -> Result<PublicKey, TlvError> {
    read(&tlv::parse_one(data, der::SEQUENCE)?)
}

/// Reads SubjectPublicKeyInfo from its SEQUENCE.
///
/// # Errors
/// As [`parse`].
pub fn read(info: &Tlv<'_>) -> Result<PublicKey, TlvError> {
    let mut reader = info.reader();
    let algorithm = reader.expect(der::SEQUENCE)?;
    let key = reader.expect(der::BIT_STRING)?;
    reader.finish()?;
    let mut reader = algorithm.reader();
    let oid = reader.expect(der::OID)?;
    let parameters = reader.next()?;
    reader.finish()?;
    let curve = match der::read_oid(&oid)?.as_str() {
        ID_EC_PUBLIC_KEY | ID_EC_DH => read_curve(&parameters)?,
        STANDARDIZED => read_standardized(&parameters)?,
        _ => return Err(oid.bad_value()),
    };
    PublicKey::from_uncompressed(curve, der::read_bit_string(&key)?).map_err(|_| key.bad_value())
}

/// The curve of an ECParameters choice.
fn read_curve(parameters: &Tlv<'_>) -> Result<Curve, TlvError> {
    if parameters.tag == der::OID {
        return Curve::from_oid(&der::read_oid(parameters)?).ok_or_else(|| parameters.bad_value());
    }
    if parameters.tag != der::SEQUENCE {
        return Err(parameters.bad_value());
    }
    let mut reader = parameters.reader();
    let version = reader.expect(der::INTEGER)?;
    if !(1..=3).contains(&der::read_integer(&version)?) {
        return Err(version.bad_value());
    }
    let p = read_field(&reader.expect(der::SEQUENCE)?)?;
    let curve = Curve::ALL.into_iter().find(|c| c.domain().p == p).ok_or_else(|| parameters.bad_value())?;
    read_rest(reader, curve)
}

/// Checks coefficients, base point, order and cofactor against the one curve that has this prime.
fn read_rest(mut reader: Reader<'_>, curve: Curve) -> Result<Curve, TlvError> {
    let domain = curve.domain();
    let coefficients = reader.expect(der::SEQUENCE)?;
    let base = reader.expect(der::OCTET_STRING)?;
    let order = reader.expect(der::INTEGER)?;
    let cofactor = reader.optional(der::INTEGER)?;
    reader.finish()?;
    let mut inner = coefficients.reader();
    for expected in [domain.a, domain.b] {
        let value = inner.expect(der::OCTET_STRING)?;
        if strip(value.value) != strip(expected) {
            return Err(value.bad_value());
        }
    }
    inner.optional(der::BIT_STRING)?;
    inner.finish()?;
    if base.value != domain.base {
        return Err(base.bad_value());
    }
    if der::read_unsigned(&order)? != domain.order {
        return Err(order.bad_value());
    }
    match cofactor {
        Some(value) if der::read_integer(&value)? != 1 => Err(value.bad_value()),
        _ => Ok(curve),
    }
}

fn read_field<'a>(field: &Tlv<'a>) -> Result<&'a [u8], TlvError> {
    let mut reader = field.reader();
    let kind = reader.expect(der::OID)?;
    if der::read_oid(&kind)? != ID_PRIME_FIELD {
        return Err(kind.bad_value());
    }
    let p = reader.expect(der::INTEGER)?;
    reader.finish()?;
    der::read_unsigned(&p)
}

fn read_standardized(parameters: &Tlv<'_>) -> Result<Curve, TlvError> {
    let id = u8::try_from(der::read_integer(parameters)?).map_err(|_| parameters.bad_value())?;
    Curve::from_parameter_id(id).ok_or_else(|| parameters.bad_value())
}

/// Field elements are octet strings of fixed length; some issuers drop leading zeros.
fn strip(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|&b| b != 0).unwrap_or(bytes.len());
    bytes.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::ec::PrivateKey;
    use crate::world::DangerousSeededEntropy;

    #[test]
    fn p256_explicit_parameters_are_those_of_openssl() {
        // openssl ecparam -name prime256v1 -param_enc explicit -no_seed -outform DER
        let bytes = explicit_parameters(Curve::P256);
        assert_eq!(bytes.len(), 227);
        assert!(bytes.starts_with(&[0x30, 0x81, 0xE0, 2, 1, 1, 0x30, 0x2C, 6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 1, 1]));
        assert!(bytes.ends_with(&[0x63, 0x25, 0x51, 2, 1, 1]));
    }

    #[test]
    fn every_curve_reads_back_both_ways() {
        let mut rng = DangerousSeededEntropy::new(3);
        for curve in Curve::ALL {
            let key = PrivateKey::generate(curve, &mut rng).public_key();
            for how in [Parameters::Explicit, Parameters::Named] {
                assert_eq!(parse(&encode(&key, how)).unwrap(), key);
            }
        }
    }

    #[test]
    fn one_changed_byte_of_the_parameters_is_refused() {
        let key = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(4)).public_key();
        let good = encode(&key, Parameters::Explicit);
        for index in 0..good.len() {
            let mut bad = good.clone();
            bad[index] ^= 1;
            // Version 0 and 3 of ECParameters differ from 1 in other bits only; a changed key byte leaves the curve.
            assert!(parse(&bad).is_err(), "byte {index}");
        }
        for end in 0..good.len() {
            assert!(parse(&good[..end]).is_err(), "cut at {end}");
        }
    }
}
