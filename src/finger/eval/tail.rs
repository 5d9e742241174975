//! Beyond the evidence: where the tail of the impostor scores would put a threshold, if it went on as it falls.
//!
//! The highest hundredth of the impostor scores (30 at least) is taken to fall off exponentially above its foot `u`, with the mean
//! excess β: FMR(t) = m/n · e^(−(t−u)/β). What comes of it is never a measurement.

/// Fewest scores of a tail.
const FEWEST: usize = 30;

/// Fewest finite scores that have a tail.
const SCORES: usize = 100;

/// The threshold at which so few of the impostors would match, by the tail of their scores (`descending`, highest first); `None` with
/// fewer than 100 finite ones.
pub fn threshold(descending: &[f64], fmr: f64) -> Option<f64> {
    let finite = descending.partition_point(|s| s.is_finite());
    let taken = (descending.len() / 100).max(FEWEST);
    if finite < SCORES {
        return None;
    }
    let (top, foot) = (descending.get(..taken)?, descending.get(taken)?);
    let excess = top.iter().map(|s| s - foot).sum::<f64>() / length(taken);
    let share = length(taken) / length(descending.len());
    Some(foot + excess * libm::log(share / fmr).max(0.0))
}

#[allow(clippy::cast_precision_loss)] // far below 2^53
const fn length(n: usize) -> f64 {
    n as f64
}
