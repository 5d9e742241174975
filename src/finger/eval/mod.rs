//! Error rates of a matcher: from scores of known origin to EER, FNMR at a false-match rate with intervals, and a DET plot.
//!
//! A score is a number that grows with likeness. At a threshold `t` a comparison is a match if its score is at least `t`:
//! FMR(t) is the share of impostor comparisons with a score ≥ t, FNMR(t) the share of genuine ones with a score < t.
//! The equal error rate is that of FVC2000 (the middle of the smaller of the two intervals around the crossing), FMR100 and FMR1000
//! are the lowest FNMR where FMR ≤ 1 % and ≤ 0.1 %.
//!
//! Two rules stand above every figure. No false-match rate below 3 ÷ impostor comparisons is claimed (with no false match in n
//! comparisons the rate is below 3 ÷ n at 95 % confidence, and no better): a lower one is [`AtFmr::extrapolated`], and says so. And
//! comparisons of one finger are no independent trials: intervals are bootstrapped over fingers ([`interval`]).

pub mod chart;
mod dataset;
mod det;
pub mod engine;
mod error;
pub mod interval;
mod protocol;
mod summary;
mod sweep;
mod table;
mod tail;
mod trials;

pub use dataset::{Dataset, Finger, Set};
pub use det::{chart, plot};
pub use error::EvalError;
pub use interval::Rate;
pub use protocol::{Protocol, trials, two_finger_count};
pub use summary::{AtFmr, Summary, summarize};
pub use sweep::{Curve, Point};
pub use table::{Comparison, HEADER, Table, parse_scores};
pub use trials::{Trial, Trials};

#[cfg(test)]
mod tests;
