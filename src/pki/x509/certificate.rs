//! An X.509 certificate as it came: parsed strictly, its signed bytes kept (RFC 5280 4.1).

use super::extensions::Extensions;
use super::{SignedParts, X509Error, der_or_pem, raw, signed_parts, to_pem};
use crate::lds::der;
use crate::lds::tlv::Tlv;
use crate::limits::CERTIFICATE_BYTES;
use crate::pki::algorithm::{AlgorithmError, SignatureAlgorithm};
use crate::pki::key::PublicKey;
use crate::pki::name::Name;
use crate::pki::time;
use jiff::Timestamp;

const PEM_LABEL: &str = "CERTIFICATE";

/// A parsed certificate. Parsing says nothing about trust; [`super::path`] does.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    tbs: Vec<u8>,
    serial: Vec<u8>,
    issuer: Name,
    subject: Name,
    not_before: Timestamp,
    not_after: Timestamp,
    spki: Vec<u8>,
    key: PublicKey,
    algorithm: SignatureAlgorithm,
    signature: Vec<u8>,
    extensions: Extensions,
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Certificate({}, serial {})", self.subject, self.serial_hex())
    }
}

impl Certificate {
    /// Parses DER.
    ///
    /// # Errors
    /// Any [`X509Error`] but `Pem`.
    pub fn parse(data: &[u8]) -> Result<Self, X509Error> {
        if data.len() > CERTIFICATE_BYTES {
            return Err(X509Error::TooLarge(data.len()));
        }
        let SignedParts { tbs_bytes, tbs: object, algorithm, signature } = signed_parts(data)?;
        let fields = Fields::read(&object)?;
        if raw(data, &fields.algorithm) != raw(data, &algorithm) {
            return Err(X509Error::AlgorithmsDiffer);
        }
        let mut validity = fields.validity.reader();
        let (not_before, not_after) = (time::read(&validity.next()?)?, time::read(&validity.next()?)?);
        validity.finish()?;
        Ok(Self {
            der: data.to_vec(),
            tbs: tbs_bytes.to_vec(),
            serial: fields.serial.value.to_vec(),
            issuer: Name::read(&fields.issuer)?,
            subject: Name::read(&fields.subject)?,
            not_before,
            not_after,
            spki: raw(data, &fields.spki).to_vec(),
            key: PublicKey::read(&fields.spki)?,
            algorithm: SignatureAlgorithm::read(&algorithm)?,
            signature: signature.to_vec(),
            extensions: Extensions::read(&fields.extensions.reader().expect(der::SEQUENCE)?)?,
        })
    }

    /// Parses a file that is DER or PEM.
    ///
    /// # Errors
    /// Any [`X509Error`].
    pub fn from_file(data: &[u8]) -> Result<Self, X509Error> {
        Self::parse(&der_or_pem(data, PEM_LABEL)?)
    }

    /// Its DER, as it came.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// PEM.
    #[must_use]
    pub fn to_pem(&self) -> String {
        to_pem(PEM_LABEL, &self.der)
    }

    /// The bytes of its serial number's INTEGER.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// Its serial number in hexadecimal.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        self.serial.iter().map(|b| format!("{b:02X}")).collect()
    }

    /// Who issued it.
    #[must_use]
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// Whose it is.
    #[must_use]
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// First and last instant of its validity.
    #[must_use]
    pub fn validity(&self) -> (Timestamp, Timestamp) {
        (self.not_before, self.not_after)
    }

    /// Its key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// SubjectPublicKeyInfo, as it came.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// How it is signed.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Its extensions.
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// SHA-256 of its DER.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        crate::crypto::hash::sha256(&self.der)
    }

    /// Whether issuer and subject are the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.issuer.matches(&self.subject)
    }

    /// Whether this key signed that certificate.
    ///
    /// # Errors
    /// [`AlgorithmError::KeyMismatch`] or [`AlgorithmError::BadSignature`].
    pub fn verify_issued(&self, other: &Self) -> Result<(), AlgorithmError> {
        self.key.verify(other.algorithm, &other.tbs, &other.signature)
    }

    /// Whether this certificate's name and key identifier are those that `other` names as its issuer's.
    #[must_use]
    pub fn is_named_issuer_of(&self, other: &Self) -> bool {
        let ids_agree = match (&other.extensions.authority_key_id, &self.extensions.subject_key_id) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        ids_agree && self.subject.matches(&other.issuer)
    }
}

/// The fields of TBSCertificate in their order.
struct Fields<'a> {
    serial: Tlv<'a>,
    algorithm: Tlv<'a>,
    issuer: Tlv<'a>,
    validity: Tlv<'a>,
    subject: Tlv<'a>,
    spki: Tlv<'a>,
    extensions: Tlv<'a>,
}

impl<'a> Fields<'a> {
    fn read(tbs: &Tlv<'a>) -> Result<Self, X509Error> {
        let mut reader = tbs.reader();
        match reader.optional(0xA0)? {
            Some(version) if version.value == [2, 1, 2] => {}
            _ => return Err(X509Error::Version),
        }
        let fields = Self {
            serial: reader.expect(der::INTEGER)?,
            algorithm: reader.expect(der::SEQUENCE)?,
            issuer: reader.expect(der::SEQUENCE)?,
            validity: reader.expect(der::SEQUENCE)?,
            subject: reader.expect(der::SEQUENCE)?,
            spki: reader.expect(der::SEQUENCE)?,
            extensions: reader.expect(0xA3)?,
        };
        reader.finish()?;
        der::read_unsigned(&fields.serial)?;
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::x509::issue::tests::{ds, kit};

    #[test]
    fn a_certificate_reads_back_as_it_was_made() {
        let kit = kit();
        let (_, cert) = ds(&kit);
        assert_eq!(Certificate::from_file(cert.to_pem().as_bytes()).unwrap(), cert);
        assert_eq!(Certificate::from_file(cert.as_der()).unwrap(), cert);
        assert!(kit.csca.cert.is_named_issuer_of(&cert));
        kit.csca.cert.verify_issued(&cert).unwrap();
        assert_eq!(cert.issuer().country(), "ID");
    }

    #[test]
    fn what_is_no_certificate_is_refused_by_name() {
        let (_, cert) = ds(&kit());
        let der = cert.as_der();
        assert_eq!(Certificate::parse(&[0x30; CERTIFICATE_BYTES + 1]).unwrap_err(), X509Error::TooLarge(CERTIFICATE_BYTES + 1));
        assert_eq!(Certificate::from_file(b"-----BEGIN NOTHING").unwrap_err(), X509Error::Pem);
        assert!(matches!(Certificate::parse(&der[..der.len() - 1]).unwrap_err(), X509Error::Encoding(_)));
        let mut version = der.to_vec();
        let at = version.windows(5).position(|w| w == [0xA0, 3, 2, 1, 2]).unwrap();
        version[at + 4] = 1;
        assert_eq!(Certificate::parse(&version).unwrap_err(), X509Error::Version);
        let mut inside = der.to_vec();
        let ecdsa_sha256 = crate::lds::der::oid(crate::pki::oid::ECDSA_SHA256);
        let at = inside.windows(ecdsa_sha256.len()).position(|w| w == ecdsa_sha256).unwrap();
        inside[at + ecdsa_sha256.len() - 1] = 3;
        assert_eq!(Certificate::parse(&inside).unwrap_err(), X509Error::AlgorithmsDiffer);
        let outside = inside.len() - 1 - inside.windows(ecdsa_sha256.len()).rev().position(|w| w == ecdsa_sha256).unwrap();
        inside[outside] = 9;
        let at = inside.windows(ecdsa_sha256.len() - 1).position(|w| w == &ecdsa_sha256[..ecdsa_sha256.len() - 1]).unwrap();
        inside[at + ecdsa_sha256.len() - 1] = 9;
        assert!(matches!(Certificate::parse(&inside).unwrap_err(), X509Error::Algorithm(AlgorithmError::Unknown(_))));
    }

    #[test]
    fn every_flipped_byte_breaks_the_certificate_or_its_signature() {
        let kit = kit();
        let (_, cert) = ds(&kit);
        for index in 0..cert.as_der().len() {
            let mut bad = cert.as_der().to_vec();
            bad[index] ^= 1;
            assert!(Certificate::parse(&bad).map_or(true, |c| kit.csca.cert.verify_issued(&c).is_err()), "byte {index}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(data: Vec<u8>) {
            let _ = Certificate::parse(&data);
        }
    }
}
