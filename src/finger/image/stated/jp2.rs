//! Resolution boxes of a JP2 file: capture first, then default display (ISO/IEC 15444-1 I.5.3.7).

use super::{be16, be32};
use crate::finger::image::resolution::{Resolution, Unit};

/// What the boxes say; a bare codestream has none.
pub(super) fn resolution(bytes: &[u8]) -> Option<Resolution> {
    let res = find(find(bytes, b"jp2h")?, b"res ")?;
    find(res, b"resc").or_else(|| find(res, b"resd")).and_then(points)
}

/// The contents of the first box of this type.
fn find<'a>(mut rest: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    // Every step moves on by at least a header, so that the file's length is the bound.
    while !rest.is_empty() {
        let (head, length) = match be32(rest, 0)? {
            0 => (8, rest.len()),
            1 => (16, usize::try_from(u64::from(be32(rest, 8)?) << 32 | u64::from(be32(rest, 12)?)).ok()?),
            n => (8, usize::try_from(n).ok()?),
        };
        let body = rest.get(head..length)?;
        if rest.get(4..8)? == kind {
            return Some(body);
        }
        rest = rest.get(length..)?;
    }
    None
}

/// Vertical then horizontal points per metre, each a numerator, a denominator and a power of ten.
fn points(body: &[u8]) -> Option<Resolution> {
    let one = |at: usize, exponent: usize| {
        let power = i8::from_be_bytes([*body.get(exponent)?]);
        let ten = 10u32.checked_pow(u32::from(power.unsigned_abs()))?;
        let (n, d) = (be16(body, at)?, be16(body, at + 2)?);
        if power < 0 { Some((n, d.checked_mul(ten)?)) } else { Some((n.checked_mul(ten)?, d)) }
    };
    Resolution::new(one(4, 9)?, one(0, 8)?, Unit::Metre)
}
