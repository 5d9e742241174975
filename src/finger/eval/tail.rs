//! Beyond the evidence: where the tail of the impostor scores would put a threshold, if it went on as it falls.
//!
//! The highest hundredth of the impostor scores (30 at least) is taken to fall off exponentially above its foot `u`, with the mean
//! excess β: FMR(t) = m/n · e^(−(t−u)/β). What comes of it is never a measurement.

use crate::finger::eval::error::EvalError;

/// Fewest scores of a tail.
const FEWEST: usize = 30;

/// The threshold at which so few of the impostors would match, by the tail of their scores (`descending`, highest first).
///
/// # Errors
/// [`EvalError::TooFewForTail`] with fewer than 100 finite scores.
pub fn threshold(descending: &[f64], fmr: f64) -> Result<f64, EvalError> {
    let finite = descending.partition_point(|s| s.is_finite());
    let taken = (descending.len() / 100).max(FEWEST);
    let (Some(top), Some(foot), true) = (descending.get(..taken), descending.get(taken), finite >= 100) else {
        return Err(EvalError::TooFewForTail { impostors: descending.len() });
    };
    let excess = top.iter().map(|s| s - foot).sum::<f64>() / length(taken);
    let share = length(taken) / length(descending.len());
    Ok(foot + excess * libm::log(share / fmr).max(0.0))
}

#[allow(clippy::cast_precision_loss)] // far below 2^53
const fn length(n: usize) -> f64 {
    n as f64
}
