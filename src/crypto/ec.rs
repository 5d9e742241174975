//! Elliptic curves of Doc 9303 and TR-03110: keys, ECDH, ECDSA, and the arithmetic that PACE mapping needs.
//!
//! Coordinates, scalars and secrets have fixed length (TR-03111 3.1.3): a leading zero byte is never dropped.

use super::CryptoError;
use super::hash::HashAlg;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, Sec1Point, ToSec1Point};
use elliptic_curve::{CurveArithmetic, FieldBytes, Group, NonZeroScalar};
use rand_core::CryptoRng;
use std::sync::OnceLock;
use zeroize::{Zeroize, Zeroizing};

/// A named curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Curve {
    /// NIST P-256, secp256r1: standardized domain parameter 12.
    P256,
    /// NIST P-384, secp384r1: standardized domain parameter 15.
    P384,
    /// brainpoolP256r1: standardized domain parameter 13.
    Bp256,
    /// brainpoolP384r1: standardized domain parameter 16.
    Bp384,
}

impl Curve {
    /// All curves.
    pub const ALL: [Self; 4] = [Self::P256, Self::P384, Self::Bp256, Self::Bp384];

    /// Bytes of a coordinate or scalar.
    #[must_use]
    pub fn field_len(self) -> usize {
        match self {
            Self::P256 | Self::Bp256 => 32,
            Self::P384 | Self::Bp384 => 48,
        }
    }

    /// The parameterId of Doc 9303-11 Table 6.
    #[must_use]
    pub fn parameter_id(self) -> u8 {
        match self {
            Self::P256 => 12,
            Self::Bp256 => 13,
            Self::P384 => 15,
            Self::Bp384 => 16,
        }
    }

    /// The curve of a parameterId.
    #[must_use]
    pub fn from_parameter_id(id: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.parameter_id() == id)
    }

    /// Object identifier of the named curve, dotted (RFC 5480, RFC 5639).
    #[must_use]
    pub fn oid(self) -> &'static str {
        match self {
            Self::P256 => "1.2.840.10045.3.1.7",
            Self::P384 => "1.3.132.0.34",
            Self::Bp256 => "1.3.36.3.3.2.8.1.1.7",
            Self::Bp384 => "1.3.36.3.3.2.8.1.1.11",
        }
    }

    /// The curve of an object identifier.
    #[must_use]
    pub fn from_oid(oid: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.oid() == oid)
    }

    /// The hash function that goes with the curve's size.
    #[must_use]
    pub fn natural_hash(self) -> HashAlg {
        match self {
            Self::P256 | Self::Bp256 => HashAlg::Sha256,
            Self::P384 | Self::Bp384 => HashAlg::Sha384,
        }
    }
}

/// Runs `$body` with `$c` bound to the curve's type.
macro_rules! on_curve {
    ($curve:expr, $c:ident => $body:expr) => {
        match $curve {
            Curve::P256 => {
                type $c = p256::NistP256;
                $body
            }
            Curve::P384 => {
                type $c = p384::NistP384;
                $body
            }
            Curve::Bp256 => {
                type $c = bp256::BrainpoolP256r1;
                $body
            }
            Curve::Bp384 => {
                type $c = bp384::BrainpoolP384r1;
                $body
            }
        }
    };
}

/// A point that was checked to be on its curve and not the identity, as `04 ‖ x ‖ y`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    curve: Curve,
    bytes: Vec<u8>,
}

impl PublicKey {
    /// Parses an uncompressed point `04 ‖ x ‖ y` (TR-03111 3.2.1) and checks it.
    ///
    /// # Errors
    /// [`CryptoError::BadPoint`] unless it is a point of `curve` other than the identity.
    pub fn from_uncompressed(curve: Curve, bytes: &[u8]) -> Result<Self, CryptoError> {
        if bytes.len() != 1 + 2 * curve.field_len() || bytes.first() != Some(&4) {
            return Err(CryptoError::BadPoint);
        }
        on_curve!(curve, C => parse_point::<C>(bytes).map(|_| ()))?;
        Ok(Self { curve, bytes: bytes.to_vec() })
    }

    /// Its curve.
    #[must_use]
    pub fn curve(&self) -> Curve {
        self.curve
    }

    /// `04 ‖ x ‖ y`.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The x coordinate, fixed length: Comp() of TR-03110-3 A.2.2.3.
    #[must_use]
    pub fn x(&self) -> &[u8] {
        self.bytes.get(1..=self.curve.field_len()).unwrap_or_default()
    }

    /// Verifies an ECDSA signature `r ‖ s` of fixed length over a digest.
    ///
    /// # Errors
    /// [`CryptoError::BadSignature`] if it does not verify.
    pub fn verify_raw(&self, digest: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        on_curve!(self.curve, C => {
            let sig = ecdsa::Signature::<C>::from_slice(signature).map_err(|_| CryptoError::BadSignature)?;
            verify::<C>(&self.bytes, digest, &sig)
        })
    }

    /// Verifies an ECDSA signature in DER (RFC 3279 2.2.3) over a digest.
    ///
    /// # Errors
    /// [`CryptoError::BadSignature`] if it is not canonical DER or does not verify.
    pub fn verify_der(&self, digest: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        on_curve!(self.curve, C => {
            let sig = ecdsa::Signature::<C>::from_der(signature).map_err(|_| CryptoError::BadSignature)?;
            verify::<C>(&self.bytes, digest, &sig)
        })
    }
}

/// A point may be a shared secret.
impl Zeroize for PublicKey {
    fn zeroize(&mut self) {
        self.bytes.zeroize();
    }
}

/// A private key; zeroized on drop, never shown.
#[derive(Clone)]
pub struct PrivateKey {
    curve: Curve,
    scalar: Zeroizing<Vec<u8>>,
    /// Computed when it is first asked for: a handshake asks several times.
    public: OnceLock<PublicKey>,
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PrivateKey({:?})", self.curve)
    }
}

impl PrivateKey {
    /// A fresh key.
    #[must_use]
    pub fn generate(curve: Curve, rng: &mut dyn CryptoRng) -> Self {
        let mut scalar = Zeroizing::new(vec![0; curve.field_len()]);
        // A random string is below the order of these curves with probability above one half.
        for _ in 0..256 {
            rng.fill_bytes(&mut scalar);
            if let Ok(key) = Self::from_bytes(curve, &scalar) {
                return key;
            }
        }
        unreachable!("the entropy source repeats itself")
    }

    /// Takes a fixed-length big-endian scalar.
    ///
    /// # Errors
    /// [`CryptoError::BadScalar`] if it is of the wrong length, zero, or not below the order.
    pub fn from_bytes(curve: Curve, scalar: &[u8]) -> Result<Self, CryptoError> {
        on_curve!(curve, C => parse_scalar::<C>(scalar).map(|_| ()))?;
        Ok(Self { curve, scalar: Zeroizing::new(scalar.to_vec()), public: OnceLock::new() })
    }

    /// Its curve.
    #[must_use]
    pub fn curve(&self) -> Curve {
        self.curve
    }

    /// The scalar, for storage in an encrypted key file. Never log it.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.scalar
    }

    /// Its public key for the curve's own generator.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.public.get_or_init(|| self.multiply_generator()).clone()
    }

    fn multiply_generator(&self) -> PublicKey {
        let bytes = on_curve!(self.curve, C => {
            parse_scalar::<C>(&self.scalar).and_then(|d| encode::<C>(&elliptic_curve::ProjectivePoint::<C>::mul_by_generator(&d)))
        });
        PublicKey { curve: self.curve, bytes: bytes.unwrap_or_else(|_| unreachable!("a checked scalar")) }
    }

    /// Its public key for another generator: PACE after generic mapping (Doc 9303-11 4.4.3.3).
    ///
    /// # Errors
    /// [`CryptoError::CurveMismatch`] or [`CryptoError::Identity`].
    pub fn public_key_on(&self, generator: &PublicKey) -> Result<PublicKey, CryptoError> {
        multiply(self, generator)
    }

    /// The shared point of ECDH, checked not to be the identity. Cofactor is 1 on all our curves.
    ///
    /// # Errors
    /// [`CryptoError::CurveMismatch`] or [`CryptoError::Identity`].
    pub fn shared_point(&self, theirs: &PublicKey) -> Result<Zeroizing<PublicKey>, CryptoError> {
        multiply(self, theirs).map(Zeroizing::new)
    }

    /// The ECDH shared secret: the x coordinate at fixed length (TR-03111 4.3.1).
    ///
    /// # Errors
    /// [`CryptoError::CurveMismatch`] or [`CryptoError::Identity`].
    pub fn shared_secret(&self, theirs: &PublicKey) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        Ok(Zeroizing::new(self.shared_point(theirs)?.x().to_vec()))
    }

    /// Deterministic ECDSA (RFC 6979 with `hash`) over a digest, as `r ‖ s` at fixed length.
    #[must_use]
    pub fn sign_raw(&self, hash: HashAlg, digest: &[u8]) -> Vec<u8> {
        on_curve!(self.curve, C => sign::<C>(&self.scalar, hash, digest).to_bytes().to_vec())
    }

    /// Deterministic ECDSA over a digest, in DER.
    #[must_use]
    pub fn sign_der(&self, hash: HashAlg, digest: &[u8]) -> Vec<u8> {
        on_curve!(self.curve, C => sign::<C>(&self.scalar, hash, digest).to_der().as_bytes().to_vec())
    }
}

/// Generic mapping: `nonce · G + shared` (Doc 9303-11 4.4.3.3.1). The nonce is reduced modulo the order.
///
/// # Errors
/// [`CryptoError::Identity`] if the result is the point at infinity.
pub fn map_generic(nonce: &[u8], shared: &PublicKey) -> Result<PublicKey, CryptoError> {
    let bytes = on_curve!(shared.curve, C => {
        let s = reduce::<C>(nonce);
        let h = parse_point::<C>(&shared.bytes)?;
        encode::<C>(&(elliptic_curve::ProjectivePoint::<C>::mul_by_generator(&s) + h))
    })?;
    Ok(PublicKey { curve: shared.curve, bytes })
}

fn multiply(key: &PrivateKey, point: &PublicKey) -> Result<PublicKey, CryptoError> {
    if key.curve != point.curve {
        return Err(CryptoError::CurveMismatch);
    }
    let bytes = on_curve!(key.curve, C => {
        let d = parse_scalar::<C>(&key.scalar)?;
        encode::<C>(&(parse_point::<C>(&point.bytes)? * *d))
    })?;
    Ok(PublicKey { curve: key.curve, bytes })
}

fn parse_scalar<C: CurveArithmetic>(bytes: &[u8]) -> Result<NonZeroScalar<C>, CryptoError> {
    let mut repr = FieldBytes::<C>::default();
    if repr.len() != bytes.len() {
        return Err(CryptoError::BadScalar);
    }
    repr.copy_from_slice(bytes);
    Option::from(NonZeroScalar::<C>::from_repr(repr)).ok_or(CryptoError::BadScalar)
}

/// Interprets up to twice the field length as a big-endian integer modulo the order.
fn reduce<C: CurveArithmetic>(bytes: &[u8]) -> C::Scalar {
    let radix = C::Scalar::from(256u64);
    bytes.iter().fold(<C::Scalar as elliptic_curve::Field>::ZERO, |acc, &b| acc * radix + C::Scalar::from(u64::from(b)))
}

fn parse_point<C>(bytes: &[u8]) -> Result<C::ProjectivePoint, CryptoError>
where
    C: CurveArithmetic,
    C::FieldBytesSize: ModulusSize,
    C::AffinePoint: FromSec1Point<C>,
{
    let point = Sec1Point::<C>::from_bytes(bytes).map_err(|_| CryptoError::BadPoint)?;
    let affine: Option<C::AffinePoint> = C::AffinePoint::from_sec1_point(&point).into();
    let projective = C::ProjectivePoint::from(affine.ok_or(CryptoError::BadPoint)?);
    if bool::from(projective.is_identity()) { Err(CryptoError::BadPoint) } else { Ok(projective) }
}

fn encode<C>(point: &C::ProjectivePoint) -> Result<Vec<u8>, CryptoError>
where
    C: CurveArithmetic,
    C::FieldBytesSize: ModulusSize,
    C::AffinePoint: ToSec1Point<C>,
{
    if bool::from(point.is_identity()) {
        return Err(CryptoError::Identity);
    }
    let affine: C::AffinePoint = (*point).into();
    Ok(affine.to_sec1_point(false).as_bytes().to_vec())
}

fn verify<C>(point: &[u8], digest: &[u8], signature: &ecdsa::Signature<C>) -> Result<(), CryptoError>
where
    C: ecdsa::EcdsaCurve + CurveArithmetic,
    C::FieldBytesSize: ModulusSize,
    C::AffinePoint: FromSec1Point<C>,
    ecdsa::SignatureSize<C>: elliptic_curve::array::ArraySize,
{
    let q = parse_point::<C>(point)?;
    ecdsa::hazmat::verify_prehashed::<C>(&q, digest, signature).map_err(|_| CryptoError::BadSignature)
}

fn sign<C>(scalar: &[u8], hash: HashAlg, digest: &[u8]) -> ecdsa::Signature<C>
where
    C: ecdsa::EcdsaCurve + CurveArithmetic,
    ecdsa::SignatureSize<C>: elliptic_curve::array::ArraySize,
{
    let d = parse_scalar::<C>(scalar).unwrap_or_else(|_| unreachable!("a checked scalar"));
    match hash {
        HashAlg::Sha1 | HashAlg::Sha224 | HashAlg::Sha256 => {
            ecdsa::hazmat::sign_prehashed_rfc6979::<C, sha2::Sha256>(&d, digest, &[]).0
        }
        HashAlg::Sha384 => ecdsa::hazmat::sign_prehashed_rfc6979::<C, sha2::Sha384>(&d, digest, &[]).0,
        HashAlg::Sha512 => ecdsa::hazmat::sign_prehashed_rfc6979::<C, sha2::Sha512>(&d, digest, &[]).0,
    }
}
