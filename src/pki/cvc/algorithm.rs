//! Signature algorithms of Terminal Authentication (TR-03110-3 Tables 17 and 18).

use super::CvcError;
use crate::crypto::hash::HashAlg;

/// A signature algorithm of a CV key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA, plain signature.
    Ecdsa(HashAlg),
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(HashAlg),
    /// RSASSA-PSS with the default parameters: MGF1 and salt length of the hash.
    RsaPss(HashAlg),
}

const TABLE: [(&str, Algorithm); 11] = [
    ("0.4.0.127.0.7.2.2.2.1.1", Algorithm::RsaPkcs1(HashAlg::Sha1)),
    ("0.4.0.127.0.7.2.2.2.1.2", Algorithm::RsaPkcs1(HashAlg::Sha256)),
    ("0.4.0.127.0.7.2.2.2.1.3", Algorithm::RsaPss(HashAlg::Sha1)),
    ("0.4.0.127.0.7.2.2.2.1.4", Algorithm::RsaPss(HashAlg::Sha256)),
    ("0.4.0.127.0.7.2.2.2.1.5", Algorithm::RsaPkcs1(HashAlg::Sha512)),
    ("0.4.0.127.0.7.2.2.2.1.6", Algorithm::RsaPss(HashAlg::Sha512)),
    ("0.4.0.127.0.7.2.2.2.2.1", Algorithm::Ecdsa(HashAlg::Sha1)),
    ("0.4.0.127.0.7.2.2.2.2.2", Algorithm::Ecdsa(HashAlg::Sha224)),
    ("0.4.0.127.0.7.2.2.2.2.3", Algorithm::Ecdsa(HashAlg::Sha256)),
    ("0.4.0.127.0.7.2.2.2.2.4", Algorithm::Ecdsa(HashAlg::Sha384)),
    ("0.4.0.127.0.7.2.2.2.2.5", Algorithm::Ecdsa(HashAlg::Sha512)),
];

impl Algorithm {
    /// Its object identifier, dotted. An RSA scheme that the table lacks has the one of its SHA-256 form.
    #[must_use]
    pub fn oid(self) -> &'static str {
        let row = TABLE.iter().find(|(_, a)| *a == self);
        match (row, self) {
            (Some((oid, _)), _) => oid,
            (None, Self::RsaPkcs1(_)) => "0.4.0.127.0.7.2.2.2.1.2",
            (None, _) => "0.4.0.127.0.7.2.2.2.1.4",
        }
    }

    /// The algorithm of an object identifier.
    #[must_use]
    pub fn from_oid(oid: &str) -> Option<Self> {
        TABLE.iter().find(|(o, _)| *o == oid).map(|(_, a)| *a)
    }

    /// Its hash function.
    #[must_use]
    pub fn hash(self) -> HashAlg {
        match self {
            Self::Ecdsa(hash) | Self::RsaPkcs1(hash) | Self::RsaPss(hash) => hash,
        }
    }

    pub(super) fn verify_rsa(self, modulus: &[u8], exponent: &[u8], message: &[u8], signature: &[u8]) -> Result<(), CvcError> {
        let number = rsa::BoxedUint::from_be_slice_vartime;
        let key = rsa::RsaPublicKey::new(number(modulus), number(exponent)).map_err(|_| CvcError::BadKey)?;
        let digest = self.hash().digest(message);
        let verified = match self {
            Self::RsaPkcs1(HashAlg::Sha1) => key.verify(rsa::Pkcs1v15Sign::new::<sha1::Sha1>(), &digest, signature),
            Self::RsaPkcs1(HashAlg::Sha256) => key.verify(rsa::Pkcs1v15Sign::new::<sha2::Sha256>(), &digest, signature),
            Self::RsaPkcs1(HashAlg::Sha512) => key.verify(rsa::Pkcs1v15Sign::new::<sha2::Sha512>(), &digest, signature),
            Self::RsaPss(HashAlg::Sha1) => key.verify(rsa::Pss::<sha1::Sha1>::new(), &digest, signature),
            Self::RsaPss(HashAlg::Sha256) => key.verify(rsa::Pss::<sha2::Sha256>::new(), &digest, signature),
            Self::RsaPss(HashAlg::Sha512) => key.verify(rsa::Pss::<sha2::Sha512>::new(), &digest, signature),
            _ => return Err(CvcError::UnknownAlgorithm),
        };
        verified.map_err(|_| CvcError::BadSignature)
    }
}
