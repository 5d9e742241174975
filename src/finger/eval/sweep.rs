//! Both errors at every threshold, and what is read off them.

use crate::finger::eval::error::EvalError;

/// Room for the rounding of `rate × comparisons`.
const EPSILON: f64 = 1e-9;

/// The errors when scores of at least `threshold` are matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The lowest score that is a match.
    pub threshold: f64,
    /// Genuine comparisons with a lower score.
    pub false_non_matches: u64,
    /// Impostor comparisons with this score or a higher one.
    pub false_matches: u64,
}

/// The errors at every threshold that tells scores apart, lowest threshold first, "nothing matches" last.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    points: Vec<Point>,
    genuine: u64,
    impostors: u64,
}

impl Curve {
    pub(super) const fn new(points: Vec<Point>, genuine: u64, impostors: u64) -> Self {
        Self { points, genuine, impostors }
    }

    /// Whether both kinds of comparison are there.
    #[must_use]
    pub const fn is_usable(&self) -> bool {
        self.genuine > 0 && self.impostors > 0
    }

    /// The points.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Share of genuine comparisons that do not match at a point.
    #[must_use]
    pub fn fnmr(&self, point: &Point) -> f64 {
        share(point.false_non_matches, self.genuine)
    }

    /// Share of impostor comparisons that match at a point.
    #[must_use]
    pub fn fmr(&self, point: &Point) -> f64 {
        share(point.false_matches, self.impostors)
    }

    /// The equal error rate as FVC2000 defines it: with t1 the last threshold where FNMR ≤ FMR and t2 the first where FNMR ≥ FMR,
    /// the middle between FNMR and FMR at whichever of the two has the smaller sum.
    #[must_use]
    pub fn eer(&self) -> f64 {
        let sum = |p: &Point| self.fnmr(p) + self.fmr(p);
        let before = self.points.iter().rev().find(|p| self.fnmr(p) <= self.fmr(p));
        let after = self.points.iter().find(|p| self.fnmr(p) >= self.fmr(p));
        match (before, after) {
            (Some(t1), Some(t2)) => sum(t1).min(sum(t2)) / 2.0,
            (Some(one), None) | (None, Some(one)) => sum(one) / 2.0,
            (None, None) => 0.0,
        }
    }

    /// The lowest threshold whose FMR is at most `fmr`, with the FNMR there: the lowest that this FMR allows.
    #[must_use]
    pub fn at_fmr(&self, fmr: f64) -> Option<&Point> {
        let allowed = fmr * count(self.impostors) + EPSILON;
        let from = self.points.partition_point(|p| count(p.false_matches) > allowed);
        self.points.get(from)
    }

    /// The lowest false-match rate that may be claimed: 3 ÷ impostor comparisons.
    #[must_use]
    pub fn smallest_fmr(&self) -> f64 {
        3.0 / count(self.impostors)
    }

    /// As [`Curve::at_fmr`], for a rate that the comparisons can show.
    ///
    /// # Errors
    /// [`EvalError::BadRate`]; [`EvalError::BeyondEvidence`] below 3 ÷ impostors.
    pub fn claim_at_fmr(&self, fmr: f64) -> Result<&Point, EvalError> {
        if !(fmr > 0.0 && fmr < 1.0) {
            return Err(EvalError::BadRate);
        }
        let smallest = self.smallest_fmr();
        if fmr < smallest * (1.0 - EPSILON) {
            return Err(EvalError::BeyondEvidence { asked: fmr, smallest, impostors: self.impostors });
        }
        self.at_fmr(fmr).ok_or(EvalError::NoImpostor)
    }

    /// The FNMR at a threshold that was found elsewhere.
    #[must_use]
    pub fn fnmr_at_threshold(&self, threshold: f64) -> f64 {
        self.at_threshold(threshold).map_or(1.0, |p| self.fnmr(p))
    }

    /// The FMR at a threshold that was found elsewhere.
    #[must_use]
    pub fn fmr_at_threshold(&self, threshold: f64) -> f64 {
        self.at_threshold(threshold).map_or(0.0, |p| self.fmr(p))
    }

    /// The point whose errors hold at `threshold`: the first that is not below it.
    fn at_threshold(&self, threshold: f64) -> Option<&Point> {
        self.points.get(self.points.partition_point(|p| p.threshold < threshold))
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { count(part) / count(whole) }
}

/// Counts stay far below 2^53.
#[allow(clippy::cast_precision_loss)]
pub(super) const fn count(n: u64) -> f64 {
    n as f64
}
