//! The figures of one list of comparisons.

use crate::finger::eval::error::EvalError;
use crate::finger::eval::interval::{Rate, rate, redraw};
use crate::finger::eval::sweep::Curve;
use crate::finger::eval::tail;
use crate::finger::eval::trials::Trials;

/// The FNMR where the false-match rate is at most `fmr`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtFmr {
    /// The false-match rate asked for.
    pub fmr: f64,
    /// The lowest score that is then a match.
    pub threshold: f64,
    /// Genuine comparisons below it, with a 95 % interval.
    pub fnmr: Rate,
    /// Whether the threshold is not measured but drawn from the tail of the impostor scores: `fmr` is below 3 ÷ impostors.
    pub extrapolated: bool,
}

/// What is said about a matcher on one list of comparisons.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Genuine comparisons.
    pub genuine: u64,
    /// Impostor comparisons.
    pub impostors: u64,
    /// Equal error rate, with a 95 % interval.
    pub eer: Rate,
    /// One for each rate asked, in their order.
    pub at: Vec<AtFmr>,
}

/// The figures of these comparisons at these false-match rates.
///
/// # Errors
/// [`EvalError::BadRate`]; [`EvalError::TooFewForTail`] where a rate is beyond the evidence and too few scores could be
/// extrapolated.
pub fn summarize(trials: &Trials, rates: &[f64]) -> Result<Summary, EvalError> {
    let curve = trials.curve();
    let highest: Vec<f64> = trials.impostor_scores().collect();
    let asked = rates.iter().map(|fmr| threshold(&curve, &highest, *fmr)).collect::<Result<Vec<_>, _>>()?;
    // In a draw the threshold is found anew where it can be measured; an extrapolated one stands.
    let at = |curve: &Curve, (fmr, threshold, extrapolated): (f64, f64, bool)| {
        if extrapolated { curve.fnmr_at_threshold(threshold) } else { curve.at_fmr(fmr).map_or(1.0, |p| curve.fnmr(p)) }
    };
    let metrics: Vec<Box<dyn Fn(&Curve) -> f64>> = std::iter::once(Box::new(Curve::eer) as Box<dyn Fn(&Curve) -> f64>)
        .chain(asked.iter().map(|a| Box::new(move |c: &Curve| at(c, *a)) as Box<dyn Fn(&Curve) -> f64>))
        .collect();
    let drawn = redraw(trials, &metrics.iter().map(AsRef::as_ref).collect::<Vec<_>>());
    let mut rates = metrics.iter().zip(&drawn).map(|(metric, values)| rate(metric(&curve), trials.genuine(), values));
    let eer = rates.next().ok_or(EvalError::BadRate)?;
    let at = asked.iter().zip(rates).map(|((fmr, threshold, extrapolated), fnmr)| AtFmr {
        fmr: *fmr,
        threshold: *threshold,
        fnmr,
        extrapolated: *extrapolated,
    });
    Ok(Summary { genuine: trials.genuine(), impostors: trials.impostors(), eer, at: at.collect() })
}

/// The threshold of a false-match rate, and whether it is beyond the evidence.
fn threshold(curve: &Curve, highest: &[f64], fmr: f64) -> Result<(f64, f64, bool), EvalError> {
    match curve.claim_at_fmr(fmr) {
        Ok(point) => Ok((fmr, point.threshold, false)),
        Err(EvalError::BeyondEvidence { .. }) => Ok((fmr, tail::threshold(highest, fmr)?, true)),
        Err(error) => Err(error),
    }
}
