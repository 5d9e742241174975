//! Why there is no network to run.

use super::OnnxError;
use super::weights::COMMAND;
use crate::reason::{Reason, Refusal};

/// Why the LEADER extractor cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeaderError {
    /// No file of weights where one is looked for.
    #[error("the weights of LEADER are not there: fetch them with {COMMAND}")]
    Missing,
    /// A file that is not the one whose SHA-256 is pinned.
    #[error("not the weights of LEADER that are pinned by their SHA-256: fetch them with {COMMAND}")]
    OtherFile,
    /// A file that is no model.
    #[error("the weights of LEADER: {0}")]
    Onnx(#[from] OnnxError),
    /// A model without one of the layers, or with one of another shape.
    #[error("the weights of LEADER: no layer {name} of the shape that is asked for")]
    Layer {
        /// The layer.
        name: String,
    },
}

impl Refusal for LeaderError {
    fn reason(&self) -> Reason {
        match self {
            Self::Missing => Reason::WeightsMissing,
            Self::OtherFile | Self::Layer { .. } => Reason::InputInvalid,
            Self::Onnx(error) => error.reason(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_fetched_and_another_file_is_bad_input() {
        assert_eq!(LeaderError::Missing.reason(), Reason::WeightsMissing);
        assert_eq!(LeaderError::OtherFile.reason(), Reason::InputInvalid);
        assert_eq!(LeaderError::Onnx(OnnxError::NoGraph).reason(), Reason::InputInvalid);
        assert!(LeaderError::Missing.to_string().ends_with("scripts/leader-weights"));
    }
}
