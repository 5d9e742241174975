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
    /// One for each rate asked, in their order; `None` where it is beyond the evidence and too few scores have a tail.
    pub at: Vec<Option<AtFmr>>,
}

/// The figures of these comparisons at these false-match rates.
///
/// # Errors
/// [`EvalError::BadRate`].
pub fn summarize(trials: &Trials, rates: &[f64]) -> Result<Summary, EvalError> {
    let curve = trials.curve();
    let highest: Vec<f64> = trials.impostor_scores().collect();
    let found = rates.iter().map(|fmr| Threshold::find(&curve, &highest, *fmr)).collect::<Result<Vec<_>, _>>()?;
    let at = |which: Option<Threshold>| move |c: &Curve| which.map_or(1.0, |t| t.fnmr(c));
    let metrics: Vec<Metric> =
        std::iter::once(Box::new(Curve::eer) as Metric).chain(found.iter().map(|t| Box::new(at(*t)) as Metric)).collect();
    let drawn = redraw(trials, &metrics.iter().map(AsRef::as_ref).collect::<Vec<_>>());
    let mut rates = metrics.iter().zip(&drawn).map(|(metric, values)| rate(metric(&curve), trials.genuine(), values));
    let eer = rates.next().ok_or(EvalError::BadRate)?;
    let at = found.iter().zip(rates).map(|(threshold, fnmr)| threshold.map(|t| t.with(fnmr)));
    Ok(Summary { genuine: trials.genuine(), impostors: trials.impostors(), eer, at: at.collect() })
}

type Metric = Box<dyn Fn(&Curve) -> f64>;

/// Where a false-match rate puts the threshold.
#[derive(Clone, Copy)]
struct Threshold {
    fmr: f64,
    score: f64,
    extrapolated: bool,
}

impl Threshold {
    fn find(curve: &Curve, highest: &[f64], fmr: f64) -> Result<Option<Self>, EvalError> {
        match curve.claim_at_fmr(fmr) {
            Ok(point) => Ok(Some(Self { fmr, score: point.threshold, extrapolated: false })),
            Err(EvalError::BeyondEvidence { .. }) => {
                Ok(tail::threshold(highest, fmr).map(|score| Self { fmr, score, extrapolated: true }))
            }
            Err(error) => Err(error),
        }
    }

    /// In a draw of the fingers the threshold is found anew where it can be measured; an extrapolated one stands.
    fn fnmr(self, curve: &Curve) -> f64 {
        if self.extrapolated {
            curve.fnmr_at_threshold(self.score)
        } else {
            curve.at_fmr(self.fmr).map_or(1.0, |p| curve.fnmr(p))
        }
    }

    const fn with(self, fnmr: Rate) -> AtFmr {
        AtFmr { fmr: self.fmr, threshold: self.score, fnmr, extrapolated: self.extrapolated }
    }
}
