//! Public and private keys of certificates: EC on our curves, and RSA where a customer has it.

use super::algorithm::{AlgorithmError, SignatureAlgorithm, identifier};
use super::oid;
use crate::crypto::ec;
use crate::crypto::hash::{HashAlg, sha1};
use crate::lds::tlv::{self, Tlv};
use crate::lds::{der, ec_public_key};
use jiff::civil::Date;
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey};
use rsa::traits::PublicKeyParts;
use zeroize::Zeroizing;

pub use crate::lds::ec_public_key::Parameters;

/// A public key of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// On one of our curves.
    Ec(ec::PublicKey),
    /// RSA.
    Rsa(Box<rsa::RsaPublicKey>),
}

impl PublicKey {
    /// Reads SubjectPublicKeyInfo; explicit parameters must be exactly those of one of our curves.
    ///
    /// # Errors
    /// [`AlgorithmError::Unknown`], [`AlgorithmError::WeakKey`] or [`AlgorithmError::Encoding`].
    pub fn read(info: &Tlv<'_>) -> Result<Self, AlgorithmError> {
        let algorithm = info.reader().expect(der::SEQUENCE)?;
        let (dotted, _) = identifier(&algorithm)?;
        match dotted.as_str() {
            ec_public_key::ID_EC_PUBLIC_KEY => Ok(Self::Ec(ec_public_key::read(info)?)),
            oid::RSA => {
                let spki = tlv::encode(der::SEQUENCE, info.value);
                let key = rsa::RsaPublicKey::from_public_key_der(&spki).map_err(|_| info.bad_value())?;
                Ok(Self::Rsa(Box::new(key)))
            }
            _ => Err(AlgorithmError::Unknown(dotted)),
        }
    }

    /// Parses the DER of SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(spki: &[u8]) -> Result<Self, AlgorithmError> {
        Self::read(&tlv::parse_one(spki, der::SEQUENCE)?)
    }

    /// SubjectPublicKeyInfo.
    #[must_use]
    pub fn encode(&self, parameters: Parameters) -> Vec<u8> {
        match self {
            Self::Ec(key) => ec_public_key::encode(key, parameters),
            Self::Rsa(key) => key.to_public_key_der().map(|d| d.as_bytes().to_vec()).unwrap_or_default(),
        }
    }

    /// SHA-256 of SubjectPublicKeyInfo with named parameters: the same for one key however its parameters are written.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        crate::crypto::hash::sha256(&self.encode(Parameters::Named))
    }

    /// Subject key identifier: SHA-1 of the key's bits (RFC 5280 4.2.1.2, method 1).
    #[must_use]
    pub fn identifier(&self) -> Vec<u8> {
        match self {
            Self::Ec(key) => sha1(key.as_bytes()).to_vec(),
            Self::Rsa(_) => {
                let spki = self.encode(Parameters::Named);
                let bits = tlv::parse_one(&spki, der::SEQUENCE).and_then(|s| {
                    let mut reader = s.reader();
                    reader.next()?;
                    reader.next()
                });
                sha1(bits.map(|b| b.value.get(1..).unwrap_or_default()).unwrap_or_default()).to_vec()
            }
        }
    }

    /// Verifies a signature over a message.
    ///
    /// # Errors
    /// [`AlgorithmError::KeyMismatch`] or [`AlgorithmError::BadSignature`].
    pub fn verify(&self, algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> Result<(), AlgorithmError> {
        let digest = algorithm.hash().digest(message);
        match (self, algorithm) {
            (Self::Ec(key), SignatureAlgorithm::Ecdsa(_)) => {
                key.verify_der(&digest, signature).map_err(|_| AlgorithmError::BadSignature)
            }
            (Self::Rsa(key), SignatureAlgorithm::RsaPkcs1(hash)) => {
                key.verify(pkcs1(hash), &digest, signature).map_err(|_| AlgorithmError::BadSignature)
            }
            (Self::Rsa(key), SignatureAlgorithm::RsaPss { hash, salt }) => {
                verify_pss(key, hash, salt, &digest, signature).map_err(|_| AlgorithmError::BadSignature)
            }
            _ => Err(AlgorithmError::KeyMismatch),
        }
    }

    /// Whether the key is strong enough on the day of judgement. Our curves always are.
    ///
    /// # Errors
    /// [`AlgorithmError::WeakKey`].
    pub fn accept(&self, on: Date) -> Result<(), AlgorithmError> {
        let Self::Rsa(key) = self else { return Ok(()) };
        let bits = usize::try_from(key.n().bit_width()).unwrap_or(0);
        let least = if on <= super::algorithm::RSA_2048_UNTIL { 2048 } else { 3000 };
        let e = key.e().to_be_bytes();
        let exponent = e.iter().fold(0u64, |acc, &b| acc << 8 | u64::from(b));
        if bits >= least && exponent >= 65_537 && !super::roca::is_suspect(&key.n().to_be_bytes()) {
            Ok(())
        } else {
            Err(AlgorithmError::WeakKey { bits })
        }
    }
}

fn pkcs1(hash: HashAlg) -> rsa::Pkcs1v15Sign {
    match hash {
        HashAlg::Sha1 => rsa::Pkcs1v15Sign::new::<sha1::Sha1>(),
        HashAlg::Sha224 => rsa::Pkcs1v15Sign::new::<sha2::Sha224>(),
        HashAlg::Sha256 => rsa::Pkcs1v15Sign::new::<sha2::Sha256>(),
        HashAlg::Sha384 => rsa::Pkcs1v15Sign::new::<sha2::Sha384>(),
        HashAlg::Sha512 => rsa::Pkcs1v15Sign::new::<sha2::Sha512>(),
    }
}

fn verify_pss(key: &rsa::RsaPublicKey, hash: HashAlg, salt: usize, digest: &[u8], signature: &[u8]) -> rsa::errors::Result<()> {
    match hash {
        HashAlg::Sha1 => key.verify(rsa::Pss::<sha1::Sha1>::new_with_salt(salt), digest, signature),
        HashAlg::Sha224 => key.verify(rsa::Pss::<sha2::Sha224>::new_with_salt(salt), digest, signature),
        HashAlg::Sha256 => key.verify(rsa::Pss::<sha2::Sha256>::new_with_salt(salt), digest, signature),
        HashAlg::Sha384 => key.verify(rsa::Pss::<sha2::Sha384>::new_with_salt(salt), digest, signature),
        HashAlg::Sha512 => key.verify(rsa::Pss::<sha2::Sha512>::new_with_salt(salt), digest, signature),
    }
}

/// A private key of a certificate; zeroized on drop, never shown.
#[derive(Clone)]
pub enum PrivateKey {
    /// On one of our curves.
    Ec(ec::PrivateKey),
    /// RSA.
    Rsa(Box<rsa::RsaPrivateKey>),
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ec(key) => key.fmt(f),
            Self::Rsa(_) => f.write_str("PrivateKey(Rsa)"),
        }
    }
}

impl From<ec::PrivateKey> for PrivateKey {
    fn from(key: ec::PrivateKey) -> Self {
        Self::Ec(key)
    }
}

impl PrivateKey {
    /// A fresh EC key.
    #[must_use]
    pub fn generate(curve: ec::Curve, rng: &mut dyn rand_core::CryptoRng) -> Self {
        Self::Ec(ec::PrivateKey::generate(curve, rng))
    }

    /// Its public key.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        match self {
            Self::Ec(key) => PublicKey::Ec(key.public_key()),
            Self::Rsa(key) => PublicKey::Rsa(Box::new(key.to_public_key())),
        }
    }

    /// The EC key, if it is one: key agreement, CV certificates.
    #[must_use]
    pub fn ec(&self) -> Option<&ec::PrivateKey> {
        match self {
            Self::Ec(key) => Some(key),
            Self::Rsa(_) => None,
        }
    }

    /// How it signs: ECDSA with the curve's own hash, RSA with PKCS#1 v1.5 and SHA-256. Both are deterministic.
    #[must_use]
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        match self {
            Self::Ec(key) => SignatureAlgorithm::Ecdsa(key.curve().natural_hash()),
            Self::Rsa(_) => SignatureAlgorithm::RsaPkcs1(HashAlg::Sha256),
        }
    }

    /// Signs a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let hash = self.signature_algorithm().hash();
        let digest = hash.digest(message);
        match self {
            Self::Ec(key) => key.sign_der(hash, &digest),
            Self::Rsa(key) => key.sign(pkcs1(hash), &digest).unwrap_or_default(),
        }
    }

    /// PrivateKeyInfo (RFC 5208), for an encrypted key file.
    #[must_use]
    pub fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Ec(key) => Zeroizing::new(ec_pkcs8(key)),
            Self::Rsa(key) => key.to_pkcs8_der().map(|d| Zeroizing::new(d.as_bytes().to_vec())).unwrap_or_default(),
        }
    }

    /// Parses PrivateKeyInfo.
    ///
    /// # Errors
    /// [`AlgorithmError::Unknown`] or [`AlgorithmError::Encoding`]; the error names no byte of the key.
    pub fn from_pkcs8(data: &[u8]) -> Result<Self, AlgorithmError> {
        let info = tlv::parse_one(data, der::SEQUENCE)?;
        let mut reader = info.reader();
        der::read_integer(&reader.expect(der::INTEGER)?)?;
        let (dotted, parameters) = identifier(&reader.expect(der::SEQUENCE)?)?;
        let key = reader.expect(der::OCTET_STRING)?;
        match dotted.as_str() {
            ec_public_key::ID_EC_PUBLIC_KEY => {
                let curve = parameters
                    .filter(|p| p.tag == der::OID)
                    .and_then(|p| der::read_oid(&p).ok())
                    .and_then(|o| ec::Curve::from_oid(&o))
                    .ok_or_else(|| info.bad_value())?;
                let inner = key.reader().expect(der::SEQUENCE)?;
                let mut reader = inner.reader();
                der::read_integer(&reader.expect(der::INTEGER)?)?;
                let scalar = reader.expect(der::OCTET_STRING)?;
                ec::PrivateKey::from_bytes(curve, scalar.value).map(Self::Ec).map_err(|_| scalar.bad_value().into())
            }
            oid::RSA => {
                let key = rsa::RsaPrivateKey::from_pkcs8_der(data).map_err(|_| key.bad_value())?;
                Ok(Self::Rsa(Box::new(key)))
            }
            _ => Err(AlgorithmError::Unknown(dotted)),
        }
    }
}

/// ECPrivateKey (RFC 5915) inside PrivateKeyInfo, with the named curve and the public key.
fn ec_pkcs8(key: &ec::PrivateKey) -> Vec<u8> {
    let algorithm = der::sequence(&[&der::oid(ec_public_key::ID_EC_PUBLIC_KEY), &der::oid(key.curve().oid())]);
    let public = tlv::encode(0xA1, &der::bit_string(key.public_key().as_bytes()));
    let scalar = Zeroizing::new(tlv::encode(der::OCTET_STRING, key.expose()));
    let inner = Zeroizing::new(der::sequence(&[&der::integer(1), &scalar, &public]));
    der::sequence(&[&der::integer(0), &algorithm, &tlv::encode(der::OCTET_STRING, &inner)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::ec::Curve;
    use crate::world::DangerousSeededEntropy;

    #[test]
    fn every_curve_signs_and_reads_back() {
        let mut rng = DangerousSeededEntropy::new(1);
        for curve in Curve::ALL {
            let key = PrivateKey::generate(curve, &mut rng);
            let back = PrivateKey::from_pkcs8(&key.to_pkcs8()).unwrap();
            let signature = back.sign(b"message");
            for parameters in [Parameters::Named, Parameters::Explicit] {
                let public = PublicKey::parse(&key.public_key().encode(parameters)).unwrap();
                public.verify(key.signature_algorithm(), b"message", &signature).unwrap();
                assert_eq!(public.verify(key.signature_algorithm(), b"other", &signature), Err(AlgorithmError::BadSignature));
                let rsa = SignatureAlgorithm::RsaPkcs1(HashAlg::Sha256);
                assert_eq!(public.verify(rsa, b"message", &signature), Err(AlgorithmError::KeyMismatch));
            }
        }
    }

    #[test]
    fn a_key_of_another_kind_is_named() {
        let ed25519 = der::sequence(&[&der::sequence(&[&der::oid("1.3.101.112")]), &der::bit_string(&[1; 32])]);
        assert_eq!(PublicKey::parse(&ed25519).unwrap_err(), AlgorithmError::Unknown("1.3.101.112".into()));
    }
}
