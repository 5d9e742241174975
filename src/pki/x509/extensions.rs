//! The extensions of Doc 9303-12 table 6: read and made.

use super::X509Error;
use crate::lds::der;
use crate::lds::tlv::{self, Reader, Tlv, TlvError};
use crate::pki::{oid, time};
use jiff::Timestamp;

/// Key usage bits (RFC 5280 4.2.1.3), most significant bit of the first byte first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage(pub u16);

impl KeyUsage {
    /// digitalSignature.
    pub const DIGITAL_SIGNATURE: Self = Self(0x8000);
    /// keyEncipherment: a bureau with an RSA key.
    pub const KEY_ENCIPHERMENT: Self = Self(0x2000);
    /// keyAgreement: a bureau with an EC key.
    pub const KEY_AGREEMENT: Self = Self(0x0800);
    /// keyCertSign: issues certificates.
    pub const CERT_SIGN: Self = Self(0x0400);
    /// cRLSign: issues revocation lists.
    pub const CRL_SIGN: Self = Self(0x0200);
    /// keyCertSign and cRLSign: an authority.
    pub const AUTHORITY: Self = Self(0x0600);

    /// Whether all bits of `other` are set.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Basic constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Basic {
    /// Whether the key may sign certificates.
    pub ca: bool,
    /// Most certificates below it that are not self-issued, leaf aside.
    pub path_len: Option<u64>,
}

/// What a certificate's extensions say, as far as the verifier uses it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extensions {
    /// Key usage.
    pub key_usage: Option<KeyUsage>,
    /// Basic constraints.
    pub basic: Option<Basic>,
    /// Subject key identifier.
    pub subject_key_id: Option<Vec<u8>>,
    /// Key identifier of the authority.
    pub authority_key_id: Option<Vec<u8>>,
    /// Extended key usages.
    pub extended_usage: Vec<String>,
    /// Document types that a document signer may sign.
    pub document_types: Vec<String>,
    /// When the private key may be used.
    pub private_key_usage: Option<(Option<Timestamp>, Option<Timestamp>)>,
    /// Critical extensions that the verifier does not know.
    pub unknown_critical: Vec<String>,
    /// Identifiers of all extensions.
    pub present: Vec<String>,
    /// Identifiers of the critical ones.
    pub critical: Vec<String>,
}

/// Non-critical and critical extensions that are known without being used.
const TOLERATED: [&str; 3] = [oid::CE_SAN, oid::CE_IAN, oid::CE_CRLDP];

impl Extensions {
    /// Reads the SEQUENCE of extensions.
    ///
    /// # Errors
    /// [`X509Error::ExtensionRepeated`] or [`X509Error::Encoding`].
    pub fn read(list: &Tlv<'_>) -> Result<Self, X509Error> {
        let mut out = Self::default();
        for extension in list.children()? {
            let mut reader = extension.reader();
            let dotted = der::read_oid(&reader.expect(der::OID)?)?;
            let critical = match reader.optional(0x01)? {
                Some(b) if b.value == [0xFF] => true,
                Some(b) => return Err(b.bad_value().into()),
                None => false,
            };
            let value = reader.expect(der::OCTET_STRING)?;
            reader.finish()?;
            if out.present.contains(&dotted) {
                return Err(X509Error::ExtensionRepeated(dotted));
            }
            if !out.take(&dotted, &value)? && critical {
                out.unknown_critical.push(dotted.clone());
            }
            if critical {
                out.critical.push(dotted.clone());
            }
            out.present.push(dotted);
        }
        Ok(out)
    }

    /// Reads one extension; false if it is not known here.
    fn take(&mut self, dotted: &str, value: &Tlv<'_>) -> Result<bool, TlvError> {
        let mut reader = value.reader();
        match dotted {
            oid::CE_KEY_USAGE => self.key_usage = Some(read_key_usage(&reader.next()?)?),
            oid::CE_BASIC => self.basic = Some(read_basic(&reader.next()?)?),
            oid::CE_SKI => self.subject_key_id = Some(reader.expect(der::OCTET_STRING)?.value.to_vec()),
            oid::CE_AKI => self.authority_key_id = read_authority(&reader.expect(der::SEQUENCE)?)?,
            oid::CE_EKU => {
                let usages = reader.expect(der::SEQUENCE)?.children()?;
                self.extended_usage = usages.iter().map(der::read_oid).collect::<Result<_, _>>()?;
            }
            oid::CE_PKUP => self.private_key_usage = Some(read_usage_period(&reader.expect(der::SEQUENCE)?)?),
            oid::DOCUMENT_TYPE_LIST => self.document_types = read_document_types(&reader.expect(der::SEQUENCE)?)?,
            _ => return Ok(TOLERATED.contains(&dotted)),
        }
        reader.finish()?;
        Ok(true)
    }
}

fn read_key_usage(object: &Tlv<'_>) -> Result<KeyUsage, TlvError> {
    match object.value {
        [unused @ 0..=7, bits @ ..] if object.tag == der::BIT_STRING && (1..=2).contains(&bits.len()) => {
            let first = bits.first().copied().unwrap_or_default();
            let second = bits.get(1).copied().unwrap_or_default();
            let last = bits.last().copied().unwrap_or_default();
            if last & ((1u8 << unused) - 1) == 0 {
                Ok(KeyUsage(u16::from_be_bytes([first, second])))
            } else {
                Err(object.bad_value())
            }
        }
        _ => Err(object.bad_value()),
    }
}

fn read_basic(object: &Tlv<'_>) -> Result<Basic, TlvError> {
    if object.tag != der::SEQUENCE {
        return Err(object.bad_value());
    }
    let mut reader = object.reader();
    let ca = match reader.optional(0x01)? {
        Some(b) if b.value == [0xFF] => true,
        Some(b) if b.value == [0] => false,
        Some(b) => return Err(b.bad_value()),
        None => false,
    };
    let path_len = reader.optional(der::INTEGER)?.map(|n| der::read_integer(&n)).transpose()?;
    reader.finish()?;
    Ok(Basic { ca, path_len })
}

fn read_authority(object: &Tlv<'_>) -> Result<Option<Vec<u8>>, TlvError> {
    Ok(object.children()?.iter().find(|field| field.tag == 0x80).map(|id| id.value.to_vec()))
}

fn read_usage_period(object: &Tlv<'_>) -> Result<(Option<Timestamp>, Option<Timestamp>), TlvError> {
    let mut reader = object.reader();
    let from = reader.optional(0x80)?.map(|t| time::read_implicit(&t)).transpose()?;
    let until = reader.optional(0x81)?.map(|t| time::read_implicit(&t)).transpose()?;
    reader.finish()?;
    Ok((from, until))
}

/// DocumentTypeListSyntax: version 0 and a SET of one- or two-letter codes.
fn read_document_types(object: &Tlv<'_>) -> Result<Vec<String>, TlvError> {
    let mut reader = object.reader();
    let version = reader.expect(der::INTEGER)?;
    let types = reader.expect(der::SET)?.children()?;
    reader.finish()?;
    if der::read_integer(&version)? != 0 {
        return Err(version.bad_value());
    }
    types
        .iter()
        .map(|t| {
            let fits = t.tag == der::PRINTABLE_STRING && (1..=2).contains(&t.value.len()) && t.value.is_ascii();
            if fits { Ok(String::from_utf8_lossy(t.value).into_owned()) } else { Err(t.bad_value()) }
        })
        .collect()
}

/// One extension.
#[must_use]
pub fn extension(dotted: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { vec![0x01, 0x01, 0xFF] } else { Vec::new() };
    der::sequence(&[&der::oid(dotted), &critical, &tlv::encode(der::OCTET_STRING, value)])
}

/// Key usage, critical.
#[must_use]
pub fn key_usage(usage: KeyUsage) -> Vec<u8> {
    let [first, second] = usage.0.to_be_bytes();
    let bits = if second == 0 { vec![first] } else { vec![first, second] };
    let last = bits.last().copied().unwrap_or_default();
    let unused = u8::try_from(last.trailing_zeros().min(7)).unwrap_or(0);
    extension(oid::CE_KEY_USAGE, true, &tlv::encode(der::BIT_STRING, &[&[unused][..], &bits].concat()))
}

/// Basic constraints of an authority, critical.
#[must_use]
pub fn authority(path_len: u64) -> Vec<u8> {
    extension(oid::CE_BASIC, true, &der::sequence(&[&[0x01, 0x01, 0xFF], &der::integer(path_len)]))
}

/// Subject key identifier.
#[must_use]
pub fn subject_key_id(id: &[u8]) -> Vec<u8> {
    extension(oid::CE_SKI, false, &tlv::encode(der::OCTET_STRING, id))
}

/// Authority key identifier.
#[must_use]
pub fn authority_key_id(id: &[u8]) -> Vec<u8> {
    extension(oid::CE_AKI, false, &der::sequence(&[&tlv::encode(0x80, id)]))
}

/// Private key usage period.
#[must_use]
pub fn private_key_usage(from: Timestamp, until: Timestamp) -> Vec<u8> {
    let bytes = |t: Timestamp| time::generalized(t).get(2..).unwrap_or_default().to_vec();
    extension(oid::CE_PKUP, false, &der::sequence(&[&tlv::encode(0x80, &bytes(from)), &tlv::encode(0x81, &bytes(until))]))
}

/// Subject or issuer alternative name: the country as locality, as Doc 9303-12 7.1.1.2 asks (ICAO three-letter code).
#[must_use]
pub fn alternative_name(dotted: &str, country: &str) -> Vec<u8> {
    let locality = der::sequence(&[&der::oid(oid::L), &tlv::encode(der::PRINTABLE_STRING, country.as_bytes())]);
    let name = der::sequence(&[&der::set_of(vec![locality])]);
    extension(dotted, false, &der::sequence(&[&tlv::encode(0xA4, &name)]))
}

/// CRL distribution point.
#[must_use]
pub fn crl_distribution_point(url: &str) -> Vec<u8> {
    let full_name = tlv::encode(0xA0, &tlv::encode(0x86, url.as_bytes()));
    let point = der::sequence(&[&tlv::encode(0xA0, &full_name)]);
    extension(oid::CE_CRLDP, false, &der::sequence(&[&point]))
}

/// Document types of a document signer.
#[must_use]
pub fn document_types(types: &[&str]) -> Vec<u8> {
    let types = types.iter().map(|t| tlv::encode(der::PRINTABLE_STRING, t.as_bytes())).collect();
    extension(oid::DOCUMENT_TYPE_LIST, false, &der::sequence(&[&der::integer(0), &der::set_of(types)]))
}

/// Extended key usage, critical: a purpose of our own is the certificate's only purpose.
#[must_use]
pub fn extended_usage(purposes: &[&str]) -> Vec<u8> {
    let list: Vec<Vec<u8>> = purposes.iter().map(|p| der::oid(p)).collect();
    extension(oid::CE_EKU, true, &tlv::encode(der::SEQUENCE, &list.concat()))
}

/// Reads the value of a PKCS#10 or CRL extension list given as whole bytes.
///
/// # Errors
/// As [`Extensions::read`].
pub fn parse(data: &[u8]) -> Result<Extensions, X509Error> {
    Extensions::read(&Reader::new(data).expect(der::SEQUENCE)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_read() {
        let at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let usage = KeyUsage(KeyUsage::AUTHORITY.0 | KeyUsage::DIGITAL_SIGNATURE.0);
        let all = [
            key_usage(usage),
            authority(0),
            subject_key_id(&[1, 2]),
            authority_key_id(&[3]),
            private_key_usage(at, at),
            alternative_name(oid::CE_SAN, "IDN"),
            crl_distribution_point("http://x"),
            document_types(&["I"]),
            extended_usage(&[oid::KP_RECEIPT]),
        ];
        let read = parse(&tlv::encode(der::SEQUENCE, &all.concat())).unwrap();
        assert_eq!(read.key_usage, Some(usage));
        assert_eq!(read.basic, Some(Basic { ca: true, path_len: Some(0) }));
        assert_eq!(read.subject_key_id, Some(vec![1, 2]));
        assert_eq!(read.authority_key_id, Some(vec![3]));
        assert_eq!(read.private_key_usage, Some((Some(at), Some(at))));
        assert_eq!(read.document_types, ["I"]);
        assert_eq!(read.extended_usage, [oid::KP_RECEIPT]);
        assert_eq!(read.unknown_critical, Vec::<String>::new());
        assert_eq!(read.present.len(), 9);
    }

    #[test]
    fn an_extension_may_stand_once() {
        let twice = tlv::encode(der::SEQUENCE, &[authority(0), authority(1)].concat());
        assert_eq!(parse(&twice).unwrap_err(), X509Error::ExtensionRepeated(oid::CE_BASIC.into()));
    }

    #[test]
    fn unknown_extensions_count_only_if_critical() {
        let list = [extension("1.2.3", true, &[]), extension("1.2.4", false, &[])].concat();
        assert_eq!(parse(&tlv::encode(der::SEQUENCE, &list)).unwrap().unknown_critical, ["1.2.3"]);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(data: Vec<u8>) {
            let _ = parse(&data);
            let _ = parse(&tlv::encode(der::SEQUENCE, &extension(oid::CE_KEY_USAGE, true, &data)));
        }
    }
}
