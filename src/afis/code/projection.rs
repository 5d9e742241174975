//! The learned weights, from roots of counts to the bits of a code.

use super::features::{CELLS, Features};
use super::{BITS, Code, WORDS};
use crate::crypto::hash::sha256;
use std::sync::LazyLock;

/// The file of `cargo bench --bench afis-code`.
static COMMITTED: &[u8] = include_bytes!("projection.bin");

/// Bits that are weighed at a time.
const PART: usize = 64;

/// First bytes of a file of weights: its form, and the version of the form.
const MAGIC: &[u8; 8] = b"AFISPRJ1";
/// Bytes of the header: magic, bits, cells.
const HEADER: usize = 16;
/// Bytes of a file.
const FILE: usize = HEADER + CELLS * BITS + BITS * 4;

/// Why a file of weights is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProjectionError {
    /// Not the form, the number of bits or the number of cells that this version of the product has.
    #[error("not weights of this version's codes")]
    Form,
    /// Cut short or too long.
    #[error("the file of weights has {0} bytes")]
    Length(usize),
}

/// Weights of every bit for every cell, and what the weighed sum must exceed for the bit to be set.
///
/// File: `AFISPRJ1`, bits and cells as big-endian u32, then for each cell one i8 a bit, then for each bit a big-endian i32.
pub struct Projection {
    weights: Vec<[i8; BITS]>,
    bounds: [i32; BITS],
    /// First bytes of the SHA-256 of the file: codes of different weights cannot be compared.
    id: [u8; 8],
}

impl Projection {
    /// The weights of this version of the product.
    ///
    /// # Panics
    /// Never: a test reads the committed file.
    pub fn committed() -> &'static Self {
        static READ: LazyLock<Projection> = LazyLock::new(|| {
            Projection::parse(COMMITTED).unwrap_or(Projection { weights: Vec::new(), bounds: [0; BITS], id: [0; 8] })
        });
        &READ
    }

    /// Reads a file of weights.
    ///
    /// # Errors
    /// [`ProjectionError`].
    pub fn parse(file: &[u8]) -> Result<Self, ProjectionError> {
        let stated = |n: usize| u32::try_from(n).unwrap_or_default().to_be_bytes();
        let header = [&MAGIC[..], &stated(BITS), &stated(CELLS)].concat();
        if !file.starts_with(&header) {
            return Err(ProjectionError::Form);
        }
        if file.len() != FILE {
            return Err(ProjectionError::Length(file.len()));
        }
        let (weights, bounds) = file.split_at(HEADER + CELLS * BITS);
        let rows = weights.get(HEADER..).unwrap_or_default().as_chunks::<BITS>().0;
        let mut of_bits = [0; BITS];
        for (bound, bytes) in of_bits.iter_mut().zip(bounds.as_chunks::<4>().0) {
            *bound = i32::from_be_bytes(*bytes);
        }
        let digest = sha256(file);
        let id = digest.first_chunk().copied().unwrap_or_default();
        Ok(Self { weights: rows.iter().map(|row| row.map(u8::cast_signed)).collect(), bounds: of_bits, id })
    }

    /// A name of these weights.
    #[must_use]
    pub const fn id(&self) -> [u8; 8] {
        self.id
    }

    /// The code of a print.
    #[must_use]
    pub fn code(&self, features: &Features) -> Code {
        let mut sums = [0i32; BITS];
        pulp::Arch::new().dispatch(Weigh { features, weights: &self.weights, sums: &mut sums });
        let mut words = [0; WORDS];
        for (n, (sum, bound)) in sums.iter().zip(&self.bounds).enumerate() {
            if let Some(word) = words.get_mut(n / 64) {
                *word |= u64::from(sum > bound) << (n % 64);
            }
        }
        Code(words)
    }
}

/// The weighed sums, compiled for each kind of processor.
struct Weigh<'a> {
    features: &'a Features,
    weights: &'a [[i8; BITS]],
    sums: &'a mut [i32; BITS],
}

impl pulp::WithSimd for Weigh<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let full: Vec<(i32, &[i8; BITS])> =
            self.features.iter().zip(self.weights).filter(|(f, _)| **f > 0).map(|(f, row)| (i32::from(*f), row)).collect();
        // Some bits at a time, so that their sums stay in registers. Roots of counts are below 2^13 and there are 2^12 cells; the
        // sum of their squares is bounded by the number of pairs, so that no sum comes near 2^31.
        for (part, sums) in self.sums.as_chunks_mut::<PART>().0.iter_mut().enumerate() {
            let mut held = [0i32; PART];
            for (feature, row) in &full {
                let weights = row.as_chunks::<PART>().0.get(part).unwrap_or(&[0; PART]);
                for (sum, weight) in held.iter_mut().zip(weights) {
                    *sum += feature * i32::from(*weight);
                }
            }
            *sums = held;
        }
    }
}

impl std::fmt::Debug for Projection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Projection").field("id", &self.id).finish_non_exhaustive()
    }
}
