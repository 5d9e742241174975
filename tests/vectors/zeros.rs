//! Scalars whose multiples begin with a zero byte, found by counting: one addition a try, 256 tries on the average.

use ektp::crypto::ec::{Curve, PrivateKey, PublicKey};
use elliptic_curve::ff::PrimeField;
use elliptic_curve::group::Curve as _;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, Sec1Point, ToSec1Point};
use elliptic_curve::{CurveArithmetic, Field, FieldBytes, ProjectivePoint};

/// Points that are looked at together.
const BATCH: usize = 256;

/// Which coordinate begins with a zero byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    X,
    Y,
}

impl Axis {
    /// X for an even number.
    pub fn of(number: usize) -> Self {
        if number.is_multiple_of(2) { Self::X } else { Self::Y }
    }
}

/// Whether the point's coordinate begins with a zero byte.
pub fn leads(point: &PublicKey, axis: Axis) -> bool {
    leading(point.as_bytes(), axis)
}

/// The same of `04 ‖ x ‖ y`.
fn leading(point: &[u8], axis: Axis) -> bool {
    match axis {
        Axis::X => point[1] == 0,
        Axis::Y => point[1 + (point.len() - 1) / 2] == 0,
    }
}

/// The generator of a curve.
pub fn generator(curve: Curve) -> PublicKey {
    let mut one = vec![0; curve.field_len()];
    one[curve.field_len() - 1] = 1;
    PrivateKey::from_bytes(curve, &one).unwrap().public_key()
}

/// The first `count` scalars `s` from `start` on whose `s · base + offset` has a coordinate that begins with a zero byte.
pub fn scalars(base: &PublicKey, offset: Option<&PublicKey>, axis: Axis, start: &PrivateKey, count: usize) -> Vec<PrivateKey> {
    let bytes = |point: &PublicKey| point.as_bytes().to_vec();
    let (base_bytes, offset) = (bytes(base), offset.map(bytes));
    let search = match base.curve() {
        Curve::P256 => search::<p256::NistP256>,
        Curve::P384 => search::<p384::NistP384>,
        Curve::Bp256 => search::<bp256::BrainpoolP256r1>,
        Curve::Bp384 => search::<bp384::BrainpoolP384r1>,
    };
    let found = search(&base_bytes, offset.as_deref(), axis, start.expose(), count);
    found.iter().map(|scalar| PrivateKey::from_bytes(base.curve(), scalar).unwrap()).collect()
}

/// `product ÷ factor` modulo the order: its multiple of `factor · base` is `product · base`.
pub fn quotient(product: &PrivateKey, factor: &PrivateKey) -> PrivateKey {
    let divide = match product.curve() {
        Curve::P256 => divide::<p256::NistP256>,
        Curve::P384 => divide::<p384::NistP384>,
        Curve::Bp256 => divide::<bp256::BrainpoolP256r1>,
        Curve::Bp384 => divide::<bp384::BrainpoolP384r1>,
    };
    PrivateKey::from_bytes(product.curve(), &divide(product.expose(), factor.expose())).unwrap()
}

fn divide<C: CurveArithmetic>(product: &[u8], factor: &[u8]) -> Vec<u8> {
    (scalar::<C>(product) * scalar::<C>(factor).invert().unwrap()).to_repr().to_vec()
}

fn scalar<C: CurveArithmetic>(bytes: &[u8]) -> C::Scalar {
    let mut repr = FieldBytes::<C>::default();
    repr.copy_from_slice(bytes);
    C::Scalar::from_repr(repr).unwrap()
}

fn point<C>(bytes: &[u8]) -> ProjectivePoint<C>
where
    C: CurveArithmetic,
    C::FieldBytesSize: ModulusSize,
    C::AffinePoint: FromSec1Point<C>,
{
    C::AffinePoint::from_sec1_point(&Sec1Point::<C>::from_bytes(bytes).unwrap()).unwrap().into()
}

fn search<C>(base: &[u8], offset: Option<&[u8]>, axis: Axis, start: &[u8], count: usize) -> Vec<Vec<u8>>
where
    C: CurveArithmetic,
    C::FieldBytesSize: ModulusSize,
    C::AffinePoint: FromSec1Point<C> + ToSec1Point<C>,
{
    let mut scalar = scalar::<C>(start);
    let base = point::<C>(base);
    let mut multiple = base * scalar;
    if let Some(offset) = offset {
        multiple += point::<C>(offset);
    }
    let mut found = Vec::new();
    while found.len() < count {
        // One inversion for all points of a batch.
        let mut points = vec![multiple; BATCH];
        for at in 1..BATCH {
            points[at] = points[at - 1] + base;
        }
        multiple = points[BATCH - 1] + base;
        let mut affine = vec![C::AffinePoint::default(); BATCH];
        ProjectivePoint::<C>::batch_normalize(&points, &mut affine);
        for point in affine {
            if leading(point.to_sec1_point(false).as_bytes(), axis) {
                found.push(scalar.to_repr().to_vec());
            }
            scalar += C::Scalar::ONE;
        }
    }
    found.truncate(count);
    found
}
