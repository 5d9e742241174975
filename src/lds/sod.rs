//! LDSSecurityObject: the hashes that the authority signs inside EF.SOD (Doc 9303-10 4.6.2, appendix D).

use super::der;
use super::tlv::{self, Tlv, TlvError};
use crate::crypto::hash::HashAlg;
use std::collections::BTreeMap;

/// Content type of the signed data: id-icao-mrtd-security-ldsSecurityObject.
pub const ID_LDS_SECURITY_OBJECT: &str = "2.23.136.1.1.1";
/// Tag of EF.SOD around the CMS message.
pub const TAG: u32 = 0x77;

/// LDS and Unicode version, as in EF.COM: present in version 1 of the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LdsVersions {
    /// Four digits, `0108` for LDS 1.8.
    pub lds: String,
    /// Six digits, `040000` for Unicode 4.0.0.
    pub unicode: String,
}

impl LdsVersions {
    /// LDS 1.8 with Unicode 4.0.0, the product's own.
    #[must_use]
    pub fn lds_1_8() -> Self {
        Self { lds: super::com::LDS_VERSION.into(), unicode: super::com::UNICODE_VERSION.into() }
    }
}

/// The to-be-signed content of EF.SOD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LdsSecurityObject {
    /// Hash function of all groups.
    pub hash_alg: HashAlg,
    /// Hash of each data group by its number, 1 to 16.
    pub hashes: BTreeMap<u8, Vec<u8>>,
    /// Versions; with them the object is version 1, without it is version 0.
    pub versions: Option<LdsVersions>,
}

impl LdsSecurityObject {
    /// Hashes whole data group files, tag and length included; numbers outside 1 to 16 are left out.
    pub fn over<'a>(hash_alg: HashAlg, groups: impl IntoIterator<Item = (u8, &'a [u8])>) -> Self {
        let hashes = groups.into_iter().filter(|(n, _)| (1..=16).contains(n)).map(|(n, f)| (n, hash_alg.digest(f)));
        Self { hash_alg, hashes: hashes.collect(), versions: Some(LdsVersions::lds_1_8()) }
    }

    /// DER. Deterministic: groups ascend, the hash algorithm has no parameters (RFC 5754 2).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let algorithm = der::sequence(&[&der::oid(self.hash_alg.oid())]);
        let hashes: Vec<Vec<u8>> = self
            .hashes
            .iter()
            .map(|(number, hash)| der::sequence(&[&der::integer(u64::from(*number)), &tlv::encode(der::OCTET_STRING, hash)]))
            .collect();
        let hashes = tlv::encode(der::SEQUENCE, &hashes.concat());
        let versions = self.versions.as_ref().map(|v| {
            let text = |s: &str| tlv::encode(der::PRINTABLE_STRING, s.as_bytes());
            der::sequence(&[&text(&v.lds), &text(&v.unicode)])
        });
        let version = der::integer(u64::from(self.versions.is_some()));
        der::sequence(&[&version, &algorithm, &hashes, &versions.unwrap_or_default()])
    }

    /// Parses the object.
    ///
    /// # Errors
    /// Any [`TlvError`]: an unknown hash, a group number outside 1 to 16 or twice, a hash of the wrong length, a version
    /// that disagrees with the version info.
    pub fn parse(data: &[u8]) -> Result<Self, TlvError> {
        let object = tlv::parse_one(data, der::SEQUENCE)?;
        let mut reader = object.reader();
        let version = reader.expect(der::INTEGER)?;
        let hash_alg = read_algorithm(&reader.expect(der::SEQUENCE)?)?;
        let hashes = read_hashes(&reader.expect(der::SEQUENCE)?, hash_alg)?;
        let versions = reader.optional(der::SEQUENCE)?.map(|v| read_versions(&v)).transpose()?;
        reader.finish()?;
        match (der::read_integer(&version)?, &versions) {
            (0, None) | (1, Some(_)) => Ok(Self { hash_alg, hashes, versions }),
            _ => Err(version.bad_value()),
        }
    }
}

fn read_algorithm(algorithm: &Tlv<'_>) -> Result<HashAlg, TlvError> {
    let mut reader = algorithm.reader();
    let oid = reader.expect(der::OID)?;
    if let Some(null) = reader.optional(der::NULL)?
        && !null.value.is_empty()
    {
        return Err(null.bad_value());
    }
    reader.finish()?;
    HashAlg::from_oid(&der::read_oid(&oid)?).ok_or_else(|| oid.bad_value())
}

fn read_hashes(list: &Tlv<'_>, hash_alg: HashAlg) -> Result<BTreeMap<u8, Vec<u8>>, TlvError> {
    let mut hashes = BTreeMap::new();
    for entry in list.children()? {
        let mut reader = entry.reader();
        let number_object = reader.expect(der::INTEGER)?;
        let hash = reader.expect(der::OCTET_STRING)?;
        reader.finish()?;
        let number = u8::try_from(der::read_integer(&number_object)?).map_err(|_| number_object.bad_value())?;
        if !(1..=16).contains(&number) || hashes.contains_key(&number) {
            return Err(number_object.bad_value());
        }
        if hash.value.len() != hash_alg.len() {
            return Err(hash.bad_value());
        }
        hashes.insert(number, hash.value.to_vec());
    }
    if hashes.is_empty() { Err(list.bad_value()) } else { Ok(hashes) }
}

fn read_versions(info: &Tlv<'_>) -> Result<LdsVersions, TlvError> {
    let mut reader = info.reader();
    let lds = reader.expect(der::PRINTABLE_STRING)?;
    let unicode = reader.expect(der::PRINTABLE_STRING)?;
    reader.finish()?;
    let digits = |object: Tlv<'_>, length: usize| {
        if object.value.len() == length && object.value.iter().all(u8::is_ascii_digit) {
            Ok(String::from_utf8_lossy(object.value).into_owned())
        } else {
            Err(object.bad_value())
        }
    };
    Ok(LdsVersions { lds: digits(lds, 4)?, unicode: digits(unicode, 6)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::tlv::TlvErrorKind;

    fn sample(versions: Option<LdsVersions>) -> LdsSecurityObject {
        LdsSecurityObject { versions, ..LdsSecurityObject::over(HashAlg::Sha256, [(1, &b"one"[..]), (14, b"x"), (0, b"no")]) }
    }

    #[test]
    fn both_versions_read_back_and_every_cut_is_refused() {
        for object in [sample(None), sample(Some(LdsVersions::lds_1_8()))] {
            assert_eq!(object.hashes.len(), 2);
            let bytes = object.encode();
            assert_eq!(LdsSecurityObject::parse(&bytes).unwrap(), object);
            for end in 0..bytes.len() {
                assert!(LdsSecurityObject::parse(&bytes[..end]).is_err());
            }
        }
    }

    #[test]
    fn contradictions_are_refused() {
        let kind = |bytes: &[u8]| LdsSecurityObject::parse(bytes).unwrap_err().kind;
        let mut bytes = sample(None).encode();
        bytes[4] = 1; // says version 1, has no version info
        assert_eq!(kind(&bytes), TlvErrorKind::BadValue(der::INTEGER));
        let mut zero = sample(None);
        zero.hashes.insert(17, vec![0; 32]);
        assert_eq!(kind(&zero.encode()), TlvErrorKind::BadValue(der::INTEGER));
        let mut short = sample(None);
        short.hashes.insert(2, vec![0; 20]);
        assert_eq!(kind(&short.encode()), TlvErrorKind::BadValue(der::OCTET_STRING));
        let mut empty = sample(None);
        empty.hashes.clear();
        assert_eq!(kind(&empty.encode()), TlvErrorKind::BadValue(der::SEQUENCE));
        let odd = LdsVersions { lds: "01.8".into(), unicode: "040000".into() };
        assert_eq!(kind(&sample(Some(odd)).encode()), TlvErrorKind::BadValue(der::PRINTABLE_STRING));
        let pair = der::sequence(&[&der::integer(1), &tlv::encode(der::OCTET_STRING, &[0; 32])]);
        let algorithm = der::sequence(&[&der::oid(HashAlg::Sha256.oid()), &tlv::encode(der::NULL, &[])]);
        let twice = der::sequence(&[&der::integer(0), &algorithm, &tlv::encode(der::SEQUENCE, &pair.repeat(2))]);
        assert_eq!(kind(&twice), TlvErrorKind::BadValue(der::INTEGER));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(data: Vec<u8>) {
            let _ = LdsSecurityObject::parse(&data);
        }
    }
}
