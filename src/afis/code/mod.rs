//! The code of a print: 384 bits that alike prints have nearly alike, computed from minutiae alone.
//!
//! Pairs of neighbouring minutiae are counted in cells ([`features`]), the roots of the counts are weighed by learned weights, and the
//! sign of each weighed sum is a bit. Two codes are compared by the number of bits in which they differ. How the weights were learned,
//! and on what, stands in `specs/afis.md`; everything is whole numbers, the same on every machine.

mod features;
mod projection;

pub use features::{CELLS, Features, features};
pub use projection::{Projection, ProjectionError};

use super::packed::Packed;

/// Bits of a code.
pub const BITS: usize = 384;
/// 64-bit words of a code.
pub const WORDS: usize = BITS / 64;

/// The code of one print. Biometric data, if less telling than minutiae.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code(pub [u64; WORDS]);

impl Code {
    /// The code of a print under the committed weights.
    #[must_use]
    pub fn of(print: &Packed) -> Self {
        Projection::committed().code(&features(print))
    }

    /// In how many bits two codes differ.
    #[must_use]
    pub fn distance(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }
}

/// Biometric data is not shown.
impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code")
    }
}

#[cfg(test)]
mod tests;
