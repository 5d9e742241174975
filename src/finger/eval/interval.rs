//! How far a rate may be off: 95 % intervals from fingers drawn again, never narrower than the exact binomial one.
//!
//! Comparisons that share a finger err together, so not comparisons but fingers are drawn again (with replacement, within each
//! set), a comparison counting as often as the product of its fingers' draws; the interval lies between the 2.5 and 97.5 percentiles
//! of [`REPLICATES`] such draws. Where few errors are seen that is too narrow (no error in n draws to "between 0 and 0"), so each end
//! is the outer one of this and Clopper and Pearson's exact interval on the genuine comparisons. The draws are seeded: the same
//! scores give the same interval on every machine.

use crate::finger::eval::sweep::{Curve, count};
use crate::finger::eval::trials::Trials;

/// Draws of the fingers.
pub const REPLICATES: usize = 1_000;
/// Probability left out at each end.
const TAIL: f64 = 0.025;
const SEED: u64 = 0x656B_7470_2D64_6574;

/// A rate and its 95 % interval, all between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// As measured.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// For each of `metrics` its values over the draws, in order; empty where fingers are not named or too few draws held comparisons
/// of both kinds.
#[must_use]
pub fn redraw(trials: &Trials, metrics: &[&dyn Fn(&Curve) -> f64]) -> Vec<Vec<f64>> {
    let mut values = vec![Vec::with_capacity(REPLICATES); metrics.len()];
    if trials.strata().is_empty() {
        return values;
    }
    let mut state = SEED;
    for _ in 0..REPLICATES {
        let curve = trials.redrawn(&draws(trials.strata(), &mut state));
        if curve.is_usable() {
            for (list, metric) in values.iter_mut().zip(metrics) {
                list.push(metric(&curve));
            }
        }
    }
    for list in &mut values {
        list.sort_by(f64::total_cmp);
        if list.len() < REPLICATES / 2 {
            list.clear();
        }
    }
    values
}

/// The rate of `value` over `genuine` comparisons, with the interval of the sorted `drawn` values and of Clopper and Pearson.
#[must_use]
pub fn rate(value: f64, genuine: u64, drawn: &[f64]) -> Rate {
    let errors = libm::round(value * count(genuine));
    let (low, high) = clopper_pearson(errors, count(genuine));
    let at = |share: f64| percentile(drawn, share);
    Rate {
        value,
        low: at(TAIL).map_or(low, |b| b.min(low)).min(value),
        high: at(1.0 - TAIL).map_or(high, |b| b.max(high)).max(value),
    }
}

/// Nearest rank.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // 0 ≤ share ≤ 1, short lists
fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    let rank = libm::ceil(share * sorted.len() as f64) as usize;
    sorted.get(rank.saturating_sub(1)).copied()
}

/// How often each finger is drawn when as many are drawn from each set as it has.
fn draws(strata: &[u32], state: &mut u64) -> Vec<u64> {
    let mut drawn = vec![0; strata.len()];
    let mut from = 0;
    for set in strata.chunk_by(|a, b| a == b) {
        for _ in set {
            let pick = from + below(set.len(), state);
            if let Some(times) = drawn.get_mut(pick) {
                *times += 1;
            }
        }
        from += set.len();
    }
    drawn
}

/// A number below `bound` (multiply and shift; the bias is below 2^-40 for our bounds), by SplitMix64 (Steele, Lea, Flood 2014).
#[allow(clippy::cast_possible_truncation)] // the product's upper half is below the bound
fn below(bound: usize, state: &mut u64) -> usize {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    ((u128::from(z) * bound as u128) >> 64) as usize
}

/// Clopper and Pearson's exact 95 % interval of a rate with `errors` in `n` independent comparisons.
#[must_use]
pub fn clopper_pearson(errors: f64, n: f64) -> (f64, f64) {
    let low = if errors <= 0.0 { 0.0 } else { beta_quantile(TAIL, errors, n - errors + 1.0) };
    let high = if errors >= n { 1.0 } else { beta_quantile(1.0 - TAIL, errors + 1.0, n - errors) };
    (low, high)
}

/// Where the beta distribution reaches `p`, by halving.
fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if beta_share(middle, a, b) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// The regularized incomplete beta function I_x(a, b), by its continued fraction (Abramowitz and Stegun 26.5.8).
fn beta_share(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    let front = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log1p(-x);
    // The fraction converges fast below the mean; above it the other tail is taken.
    if x < (a + 1.0) / (a + b + 2.0) {
        libm::exp(front) / (a * fraction(x, a, b))
    } else {
        1.0 - libm::exp(front) / (b * fraction(1.0 - x, b, a))
    }
}

/// The continued fraction 1 + d1/(1 + d2/(1 + …)), from the innermost term outward: d(2m+1) = −(a+m)(a+b+m)x / ((a+2m)(a+2m+1)),
/// d(2m) = m(b−m)x / ((a+2m−1)(a+2m)).
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    // Its terms settle within a few times the square root of the larger parameter.
    let terms = 200.0 + 4.0 * libm::sqrt(a.max(b));
    let mut value = 1.0;
    let mut m = libm::floor(terms);
    while m >= 0.0 {
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        value = 1.0 + odd / value;
        if m > 0.0 {
            let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
            value = 1.0 + even / value;
        }
        m -= 1.0;
    }
    value
}
