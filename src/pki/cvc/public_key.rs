//! Public keys of CV certificates and the signatures they verify (TR-03110-3 A.7.3, A.7.4, D.3).

use super::CvcError;
use super::algorithm::Algorithm;
use crate::crypto::ec::{self, Curve};
use crate::lds::der;
use crate::lds::tlv::{self, Reader, Tlv};
use crate::limits::CERTIFICATE_BYTES;

pub(super) const TAG: u32 = 0x7F49;
const MIN_RSA_BITS: usize = 1024;

/// Where an EC key's domain parameters come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Domain {
    /// Not in the certificate: those of the CVCA.
    Inherited,
    /// Written out, and those of a curve of ours.
    Curve(Curve),
    /// Written out, of a curve that is not ours: the objects 81 to 85 and 87 as they came.
    Other {
        /// 81 to 85.
        before: Vec<u8>,
        /// 87, if there.
        after: Vec<u8>,
    },
}

/// A public key with the algorithm that its signatures use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// An elliptic-curve point.
    Ec {
        /// ECDSA with its hash.
        algorithm: Algorithm,
        /// Where the curve comes from.
        domain: Domain,
        /// `04 ‖ x ‖ y`, not yet checked against a curve.
        point: Vec<u8>,
    },
    /// An RSA key.
    Rsa {
        /// RSA scheme with its hash.
        algorithm: Algorithm,
        /// Modulus, no leading zero.
        modulus: Vec<u8>,
        /// Public exponent, no leading zero.
        exponent: Vec<u8>,
    },
}

impl PublicKey {
    /// An EC key with its domain parameters written out, signing with its curve's natural hash.
    #[must_use]
    pub fn ec(key: &ec::PublicKey) -> Self {
        let algorithm = Algorithm::Ecdsa(key.curve().natural_hash());
        Self::Ec { algorithm, domain: Domain::Curve(key.curve()), point: key.as_bytes().to_vec() }
    }

    /// The same key without domain parameters, as DV and terminal certificates want it.
    #[must_use]
    pub fn without_domain(self) -> Self {
        match self {
            Self::Ec { algorithm, point, .. } => Self::Ec { algorithm, domain: Domain::Inherited, point },
            rsa @ Self::Rsa { .. } => rsa,
        }
    }

    /// The signature algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ec { algorithm, .. } | Self::Rsa { algorithm, .. } => *algorithm,
        }
    }

    /// The curve that is written out; none if inherited, unknown or RSA.
    #[must_use]
    pub fn own_curve(&self) -> Option<Curve> {
        match self {
            Self::Ec { domain: Domain::Curve(curve), .. } => Some(*curve),
            _ => None,
        }
    }

    /// Whether domain parameters are written out. An RSA key has none to write.
    #[must_use]
    pub fn has_domain(&self) -> bool {
        matches!(self, Self::Ec { domain: Domain::Curve(_) | Domain::Other { .. }, .. })
    }

    /// The checked EC point on its own curve or the inherited one.
    ///
    /// # Errors
    /// [`CvcError::UnsupportedCurve`], [`CvcError::DomainParameters`] or [`CvcError::BadKey`].
    pub fn point(&self, inherited: Option<Curve>) -> Result<ec::PublicKey, CvcError> {
        let Self::Ec { domain, point, .. } = self else { return Err(CvcError::UnknownAlgorithm) };
        let curve = match domain {
            Domain::Curve(curve) => *curve,
            Domain::Inherited => inherited.ok_or(CvcError::DomainParameters)?,
            Domain::Other { .. } => return Err(CvcError::UnsupportedCurve),
        };
        ec::PublicKey::from_uncompressed(curve, point).map_err(|_| CvcError::BadKey)
    }

    /// Verifies a signature over a message: ECDSA plain `r ‖ s`, or RSA.
    ///
    /// # Errors
    /// [`CvcError::BadSignature`], or an error of the key.
    pub fn verify(&self, inherited: Option<Curve>, message: &[u8], signature: &[u8]) -> Result<(), CvcError> {
        match self {
            Self::Ec { algorithm, .. } => {
                let digest = algorithm.hash().digest(message);
                self.point(inherited)?.verify_raw(&digest, signature).map_err(|_| CvcError::BadSignature)
            }
            Self::Rsa { algorithm, modulus, exponent } => algorithm.verify_rsa(modulus, exponent, message, signature),
        }
    }

    pub(super) fn read(object: &Tlv<'_>) -> Result<Self, CvcError> {
        let mut reader = object.reader();
        let algorithm = Algorithm::from_oid(&der::read_oid(&reader.expect(der::OID)?)?).ok_or(CvcError::UnknownAlgorithm)?;
        let key = match algorithm {
            Algorithm::Ecdsa(_) => read_ec(algorithm, &mut reader)?,
            _ => read_rsa(algorithm, &mut reader)?,
        };
        reader.finish()?;
        Ok(key)
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let oid = der::oid(self.algorithm().oid());
        match self {
            Self::Ec { domain, point, .. } => {
                let (before, after) = encode_domain(domain);
                tlv::encode_all(TAG, &[&oid, &before, &tlv::encode(0x86, point), &after])
            }
            Self::Rsa { modulus, exponent, .. } => {
                tlv::encode_all(TAG, &[&oid, &tlv::encode(0x81, modulus), &tlv::encode(0x82, exponent)])
            }
        }
    }
}

fn encode_domain(domain: &Domain) -> (Vec<u8>, Vec<u8>) {
    match domain {
        Domain::Inherited => (Vec::new(), Vec::new()),
        Domain::Other { before, after } => (before.clone(), after.clone()),
        Domain::Curve(curve) => {
            let d = curve.domain();
            let before = [tlv::encode(0x81, d.p), tlv::encode(0x82, d.a), tlv::encode(0x83, d.b)].concat();
            let rest = [tlv::encode(0x84, d.base), tlv::encode(0x85, d.order)].concat();
            ([before, rest].concat(), tlv::encode(0x87, &[1]))
        }
    }
}

/// Domain parameters are all there, save the cofactor, or none.
fn read_ec(algorithm: Algorithm, reader: &mut Reader<'_>) -> Result<PublicKey, CvcError> {
    let mut before = Vec::new();
    if reader.peek_tag()? == 0x81 {
        for tag in 0x81..=0x85 {
            tlv::write(&mut before, tag, reader.expect(tag)?.value);
        }
    }
    let point = reader.expect(0x86)?.value.to_vec();
    let after = reader.optional(0x87)?.map(|f| tlv::encode(0x87, f.value)).unwrap_or_default();
    let domain = if before.is_empty() && after.is_empty() {
        Domain::Inherited
    } else {
        let ours = Curve::ALL.into_iter().find(|c| encode_domain(&Domain::Curve(*c)) == (before.clone(), after.clone()));
        ours.map_or(Domain::Other { before, after }, Domain::Curve)
    };
    Ok(PublicKey::Ec { algorithm, domain, point })
}

fn read_rsa(algorithm: Algorithm, reader: &mut Reader<'_>) -> Result<PublicKey, CvcError> {
    let modulus = reader.expect(0x81)?.value.to_vec();
    let exponent = reader.expect(0x82)?.value.to_vec();
    let minimal = |n: &[u8]| n.first().is_some_and(|b| *b != 0);
    let bits = modulus.len() * 8;
    if !minimal(&modulus) || !minimal(&exponent) || !(MIN_RSA_BITS..=CERTIFICATE_BYTES).contains(&bits) || exponent.len() > 4 {
        return Err(CvcError::BadKey);
    }
    Ok(PublicKey::Rsa { algorithm, modulus, exponent })
}
