//! Why scores gave no figure.

use crate::reason::{Reason, Refusal};

/// Why scores, or a folder of prints, gave no figure.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EvalError {
    /// No comparison of a finger with itself.
    #[error("there is no genuine comparison: no finger has two impressions")]
    NoGenuine,
    /// No comparison of two fingers.
    #[error("there is no impostor comparison: all impressions are of one finger")]
    NoImpostor,
    /// A score that is not a number.
    #[error("score {index} is not a number")]
    NotANumber {
        /// Its place among the genuine scores, then the impostors'.
        index: usize,
    },
    /// A false-match rate below what so many impostor comparisons can show.
    #[error("{impostors} impostor comparisons show no false-match rate below {smallest:e}; {asked:e} would be extrapolated")]
    BeyondEvidence {
        /// The rate asked for.
        asked: f64,
        /// 3 ÷ impostor comparisons.
        smallest: f64,
        /// Impostor comparisons.
        impostors: u64,
    },
    /// A false-match rate that is none.
    #[error("a false-match rate lies between 0 and 1")]
    BadRate,
    /// Two files, or two lines, for one thing.
    #[error("{what} is there twice")]
    Twice {
        /// An impression (`set/finger_impression`) or a comparison.
        what: String,
    },
    /// More impressions or lines than one evaluation takes.
    #[error("more than {bound} {what}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        bound: usize,
    },
    /// No file of the layout `F_I.png`, neither here nor one folder down.
    #[error("no prints of the layout SET/FINGER_IMPRESSION.png")]
    NoPrints,
    /// A line of a table of scores that is not `set,F1,I1,F2,I2,score`.
    #[error("line {line} of the scores: {what}")]
    ScoreLine {
        /// Line number, from 1.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A comparison that the protocol asks for and the table of scores does not have.
    #[error("{missing} comparisons have no score, the first is {first}")]
    MissingScores {
        /// How many.
        missing: usize,
        /// The first of them.
        first: String,
    },
}

impl Refusal for EvalError {
    fn reason(&self) -> Reason {
        match self {
            Self::BeyondEvidence { .. } => Reason::CouldNotDecide,
            _ => Reason::InputInvalid,
        }
    }
}
