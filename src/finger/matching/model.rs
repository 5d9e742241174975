//! From evidence to a log-likelihood ratio: a sum of weighed values, fitted as `specs/finger-score.md` says.

use super::evidence::{Evidence, VALUES};

/// Weights, in 1/1024 of a hundredth of a nat for one unit of each value of [`super::evidence::NAMES`].
const WEIGHTS: [i32; VALUES] = [3290, 2688, 2129, 645, -476, -4751, -7441, 466, 342, -3123, -1921, 973, -2568, 785, 3118];
/// What is added to their sum, in hundredths of a nat.
const CONSTANT: i32 = -2779;
/// The same for two prints that were not aligned, from [`super::compare::promise`] alone.
const PROMISE_WEIGHT: i32 = 515;
/// What is added to it.
const PROMISE_CONSTANT: i32 = -487;
/// Most that two prints which were not aligned can reach.
const UNALIGNED_MOST: i32 = -300;

/// A pair of minutiae brings no more than this, in hundredths of a nat …
const PAIR_MOST: i32 = 200;
/// … and the first few bring nothing, as they only say how the prints lie. This bounds what the model, which never saw them, makes of
/// prints of two or three minutiae.
const PAIRS_FREE: i32 = 4;

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
