//! From evidence to a log-likelihood ratio: a sum of weighed values, fitted as `specs/finger-score.md` says.

use super::evidence::{Evidence, VALUES};

/// Weights, in 1/1024 of a hundredth of a nat for one unit of each value of [`super::evidence::NAMES`].
const WEIGHTS: [i32; VALUES] = [3293, 2627, 1861, 176, -362, -5931, -8931, 453, 317, -2264, -1856, 761, -2674, 1348, 3283];
/// What is added to their sum, in hundredths of a nat.
const CONSTANT: i32 = -2771;
/// The same for two prints that were not aligned, from [`super::compare::promise`] alone.
const PROMISE_WEIGHT: i32 = 548;
/// What is added to it.
const PROMISE_CONSTANT: i32 = -501;
/// Most that two prints which were not aligned can reach.
const UNALIGNED_MOST: i32 = -300;

/// A pair of minutiae brings no more than this, in hundredths of a nat …
const PAIR_MOST: i32 = 250;
/// … and the first two bring nothing, as they only say how the prints lie. This bounds what the model makes of prints of two or three
/// minutiae, which it never saw.
const PAIRS_FREE: i32 = 2;

/// The log-likelihood ratio of an alignment of so many pairs, in hundredths of a nat.
#[inline(always)]
pub(super) fn ratio(evidence: &Evidence, pairs: usize) -> i32 {
    let sum: i64 = evidence.iter().zip(WEIGHTS).map(|(e, w)| i64::from(*e) * i64::from(w)).sum();
    let most = (i32::try_from(pairs).unwrap_or(i32::MAX).saturating_sub(PAIRS_FREE)).saturating_mul(PAIR_MOST);
    i32::try_from(sum >> 10).unwrap_or(0).saturating_add(CONSTANT).min(most)
}

/// The log-likelihood ratio where nothing was aligned.
#[inline(always)]
pub(super) fn unaligned(promise: i32) -> i32 {
    (((promise * PROMISE_WEIGHT) >> 10) + PROMISE_CONSTANT).min(UNALIGNED_MOST)
}
