//! One print against another, by their minutiae: a calibrated log-likelihood ratio, the same bits on every machine.
//!
//! [`Prepared`] prints are compared in a [`Workspace`]. Neighbouring minutiae are joined by edges; like edges of two prints vote for
//! pairs of minutiae, votes that agree on a turn and a shift make a pose, and the likeliest poses grow into alignments that follow
//! the skin's distortion. What speaks for and against one finger in the best of them is weighed by a model fitted on prints of both
//! kinds (`specs/finger-score.md`). Everything is whole numbers.

mod alignment;
mod compare;
mod edges;
mod evidence;
pub(crate) mod geometry;
mod growth;
mod matcher;
mod model;
mod motion;
mod pairing;
mod poses;
mod prepared;
mod score;
mod threshold;
mod tuning;
mod votes;
mod workspace;

#[cfg(test)]
mod matcher_tests;
#[cfg(test)]
mod tests;

pub use evidence::{Evidence, NAMES, VALUES};
pub use matcher::{Judgement, MinutiaMatcher, Ready};
pub use pairing::{Pair, Pairing};
pub use prepared::Prepared;
pub use score::Score;
pub use threshold::{Fmr, FmrError, Threshold};
pub use workspace::{Observation, Workspace, score};
