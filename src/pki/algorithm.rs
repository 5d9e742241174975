//! Signature algorithms: their identifiers, and which of them are accepted on which date.

use super::oid;
use crate::crypto::hash::HashAlg;
use crate::lds::der;
use crate::lds::tlv::{self, Tlv, TlvError};
use crate::reason::{Reason, Refusal};
use jiff::civil::{Date, date};

/// Why an algorithm or key is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AlgorithmError {
    /// An identifier that is none of ours.
    #[error("algorithm {0} is not known")]
    Unknown(String),
    /// The key is of another kind than the algorithm.
    #[error("the algorithm does not go with the key")]
    KeyMismatch,
    /// The signature does not verify.
    #[error("signature does not verify")]
    BadSignature,
    /// A hash that the policy no longer accepts on the date of judgement.
    #[error("hash function {hash:?} is not accepted after {until}")]
    HashTooOld {
        /// The hash.
        hash: HashAlg,
        /// Last day it was accepted.
        until: Date,
    },
    /// An RSA key that is too short, or whose exponent is not an odd number from 65537 on.
    #[error("RSA key of {bits} bits is not accepted")]
    WeakKey {
        /// Its length in bits.
        bits: usize,
    },
    /// The structure around it is malformed.
    #[error("malformed: {0}")]
    Encoding(#[from] TlvError),
}

impl Refusal for AlgorithmError {
    fn reason(&self) -> Reason {
        match self {
            Self::BadSignature => Reason::SignatureInvalid,
            Self::Encoding(_) => Reason::EncodingInvalid,
            _ => Reason::CertificateInvalid,
        }
    }
}

/// How a signature is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// ECDSA, DER signature.
    Ecdsa(HashAlg),
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(HashAlg),
    /// RSASSA-PSS with MGF1 over the same hash.
    RsaPss {
        /// The hash of message and mask.
        hash: HashAlg,
        /// Salt length in bytes.
        salt: usize,
    },
}

const TABLE: [(&str, SignatureAlgorithm); 10] = [
    (oid::ECDSA_SHA1, SignatureAlgorithm::Ecdsa(HashAlg::Sha1)),
    (oid::ECDSA_SHA224, SignatureAlgorithm::Ecdsa(HashAlg::Sha224)),
    (oid::ECDSA_SHA256, SignatureAlgorithm::Ecdsa(HashAlg::Sha256)),
    (oid::ECDSA_SHA384, SignatureAlgorithm::Ecdsa(HashAlg::Sha384)),
    (oid::ECDSA_SHA512, SignatureAlgorithm::Ecdsa(HashAlg::Sha512)),
    (oid::RSA_SHA1, SignatureAlgorithm::RsaPkcs1(HashAlg::Sha1)),
    (oid::RSA_SHA224, SignatureAlgorithm::RsaPkcs1(HashAlg::Sha224)),
    (oid::RSA_SHA256, SignatureAlgorithm::RsaPkcs1(HashAlg::Sha256)),
    (oid::RSA_SHA384, SignatureAlgorithm::RsaPkcs1(HashAlg::Sha384)),
    (oid::RSA_SHA512, SignatureAlgorithm::RsaPkcs1(HashAlg::Sha512)),
];

impl SignatureAlgorithm {
    /// The hash of the message.
    #[must_use]
    pub fn hash(self) -> HashAlg {
        match self {
            Self::Ecdsa(hash) | Self::RsaPkcs1(hash) | Self::RsaPss { hash, .. } => hash,
        }
    }

    /// AlgorithmIdentifier.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let null = tlv::encode(der::NULL, &[]);
        let dotted = TABLE.iter().find(|(_, a)| *a == self).map_or(oid::RSA_PSS, |(o, _)| o);
        match self {
            Self::Ecdsa(_) => der::sequence(&[&der::oid(dotted)]),
            Self::RsaPkcs1(_) => der::sequence(&[&der::oid(dotted), &null]),
            Self::RsaPss { hash, salt } => {
                let digest = der::sequence(&[&der::oid(hash.oid()), &null]);
                let mask = der::sequence(&[&der::oid(oid::MGF1), &digest]);
                let salt = der::integer(u64::try_from(salt).unwrap_or(u64::MAX));
                let params = der::sequence(&[&tlv::encode(0xA0, &digest), &tlv::encode(0xA1, &mask), &tlv::encode(0xA2, &salt)]);
                der::sequence(&[&der::oid(dotted), &params])
            }
        }
    }

    /// Reads an AlgorithmIdentifier.
    ///
    /// # Errors
    /// [`AlgorithmError::Unknown`] or [`AlgorithmError::Encoding`].
    pub fn read(object: &Tlv<'_>) -> Result<Self, AlgorithmError> {
        let (dotted, parameters) = identifier(object)?;
        if dotted == oid::RSA_PSS {
            return read_pss(&parameters.ok_or_else(|| object.bad_value())?);
        }
        if let Some(p) = parameters
            && (p.tag != der::NULL || !p.value.is_empty())
        {
            return Err(p.bad_value().into());
        }
        TABLE.iter().find(|(o, _)| *o == dotted).map(|(_, a)| *a).ok_or(AlgorithmError::Unknown(dotted))
    }

    /// Reads the signature algorithm of a CMS signer, where a bare `rsaEncryption` takes the hash from the digest algorithm.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_cms(object: &Tlv<'_>, digest: HashAlg) -> Result<Self, AlgorithmError> {
        if identifier(object)?.0 == oid::RSA { Ok(Self::RsaPkcs1(digest)) } else { Self::read(object) }
    }
}

/// The identifier and parameters of an AlgorithmIdentifier.
///
/// # Errors
/// Any [`TlvError`].
pub fn identifier<'a>(object: &Tlv<'a>) -> Result<(String, Option<Tlv<'a>>), TlvError> {
    if object.tag != der::SEQUENCE {
        return Err(object.bad_value());
    }
    let mut reader = object.reader();
    let dotted = der::read_oid(&reader.expect(der::OID)?)?;
    let parameters = if reader.is_empty() { None } else { Some(reader.next()?) };
    reader.finish()?;
    Ok((dotted, parameters))
}

/// Reads the AlgorithmIdentifier of a hash; parameters are absent or NULL (RFC 5754 2).
///
/// # Errors
/// [`AlgorithmError::Unknown`] or [`AlgorithmError::Encoding`].
pub fn read_hash(object: &Tlv<'_>) -> Result<HashAlg, AlgorithmError> {
    let (dotted, parameters) = identifier(object)?;
    match parameters {
        Some(p) if p.tag != der::NULL || !p.value.is_empty() => Err(p.bad_value().into()),
        _ => HashAlg::from_oid(&dotted).ok_or(AlgorithmError::Unknown(dotted)),
    }
}

/// AlgorithmIdentifier of a hash, without parameters.
#[must_use]
pub fn encode_hash(hash: HashAlg) -> Vec<u8> {
    der::sequence(&[&der::oid(hash.oid())])
}

/// RSASSA-PSS-params (RFC 4055 3.1), defaults included.
fn read_pss(parameters: &Tlv<'_>) -> Result<SignatureAlgorithm, AlgorithmError> {
    if parameters.tag != der::SEQUENCE {
        return Err(parameters.bad_value().into());
    }
    let mut reader = parameters.reader();
    let hash = match reader.optional(0xA0)? {
        Some(field) => read_hash(&field.reader().expect(der::SEQUENCE)?)?,
        None => HashAlg::Sha1,
    };
    let mask = match reader.optional(0xA1)? {
        Some(field) => match identifier(&field.reader().expect(der::SEQUENCE)?)? {
            (dotted, Some(inner)) if dotted == oid::MGF1 => read_hash(&inner)?,
            (dotted, _) => return Err(AlgorithmError::Unknown(dotted)),
        },
        None => HashAlg::Sha1,
    };
    let salt = match reader.optional(0xA2)? {
        Some(field) => der::read_integer(&field.reader().expect(der::INTEGER)?)?,
        None => 20,
    };
    let trailer = reader.optional(0xA3)?;
    reader.finish()?;
    if let Some(trailer) = trailer
        && der::read_integer(&trailer.reader().expect(der::INTEGER)?)? != 1
    {
        return Err(trailer.bad_value().into());
    }
    let salt = usize::try_from(salt).ok().filter(|s| *s <= 512).ok_or_else(|| parameters.bad_value())?;
    // Different hashes for message and mask are legal but used by nobody; refusing them keeps the check one function.
    if mask == hash { Ok(SignatureAlgorithm::RsaPss { hash, salt }) } else { Err(parameters.bad_value().into()) }
}

/// Last day on which SHA-1 signatures are accepted; none of ours ever used it.
pub const SHA1_UNTIL: Date = date(2020, 12, 31);
/// Last day on which SHA-224 signatures are accepted (BSI TR-02102-1).
pub const SHA224_UNTIL: Date = date(2025, 12, 31);
/// Last day on which RSA keys below 3000 bits are accepted.
pub const RSA_2048_UNTIL: Date = date(2030, 12, 31);

/// Whether a hash is accepted for signatures judged on this day.
///
/// # Errors
/// [`AlgorithmError::HashTooOld`].
pub fn accept_hash(hash: HashAlg, on: Date) -> Result<(), AlgorithmError> {
    let until = match hash {
        HashAlg::Sha1 => SHA1_UNTIL,
        HashAlg::Sha224 => SHA224_UNTIL,
        _ => return Ok(()),
    };
    if on <= until { Ok(()) } else { Err(AlgorithmError::HashTooOld { hash, until }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::tlv::Reader;

    fn read(bytes: &[u8]) -> Result<SignatureAlgorithm, AlgorithmError> {
        SignatureAlgorithm::read(&Reader::new(bytes).next()?)
    }

    #[test]
    fn all_read_back() {
        let pss = SignatureAlgorithm::RsaPss { hash: HashAlg::Sha256, salt: 32 };
        for algorithm in TABLE.iter().map(|(_, a)| *a).chain([pss]) {
            assert_eq!(read(&algorithm.encode()).unwrap(), algorithm);
        }
    }

    #[test]
    fn unknown_and_malformed_are_named() {
        let other = der::sequence(&[&der::oid("1.2.3.4")]);
        assert_eq!(read(&other).unwrap_err(), AlgorithmError::Unknown("1.2.3.4".into()));
        let parameters = der::sequence(&[&der::oid(oid::ECDSA_SHA256), &der::integer(1)]);
        assert!(matches!(read(&parameters).unwrap_err(), AlgorithmError::Encoding(_)));
    }

    #[test]
    fn old_hashes_end_on_their_day() {
        assert!(accept_hash(HashAlg::Sha1, SHA1_UNTIL).is_ok());
        let late = accept_hash(HashAlg::Sha1, date(2026, 11, 23)).unwrap_err();
        assert_eq!(late, AlgorithmError::HashTooOld { hash: HashAlg::Sha1, until: SHA1_UNTIL });
        assert!(accept_hash(HashAlg::Sha224, date(2026, 1, 1)).is_err());
        assert!(accept_hash(HashAlg::Sha256, date(2066, 1, 1)).is_ok());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(data: Vec<u8>) {
            let _ = read(&data);
        }
    }
}
