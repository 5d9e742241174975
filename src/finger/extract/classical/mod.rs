//! The classical extractor: no model file, one thread, the same bytes on every processor.
//!
//! A picture is brought to 250 dpi and normalized; ridges are waves, so that their direction and period can be measured, refined by
//! the phase of a first set of contextual (Gabor) filters, and passed through a second, finer set. There is no binary picture and no
//! skeleton: a minutia is where the phase of the answer turns once around, whatever the pressure made of the ridge. Its kind is the
//! tone of the line that is one more, its quality a probability by the evidence around it.

mod angle;
mod bank;
mod candidate;
mod dislocation;
mod filter;
mod flow;
mod mask;
mod normalize;
mod period;
mod phase;
mod pieces;
mod plane;
mod quality;
mod ridges;
mod ring;
pub mod sample;
mod steps;
mod waves;

use crate::finger::extract::{ExtractError, Extraction, Extractor};
use crate::finger::image::FingerImage;
use crate::finger::template::{Minutia, MinutiaKind};
use crate::limits;
use candidate::Candidate;
use filter::Path;
use sample::Sample;
use std::cmp::Reverse;

/// Least probability of a minutia that is worth its place in a template.
const WORTH: f32 = 0.08;
/// Fewest minutiae on which anything can be said.
const FEWEST: usize = 5;

/// Our own extractor, the default.
#[derive(Debug, Clone, Copy, Default)]
pub struct Classical;

impl Extractor for Classical {
    fn name(&self) -> &'static str {
        "classical"
    }

    fn extract(&self, image: &FingerImage) -> Result<Extraction, ExtractError> {
        let (minutiae, sample) = examine(image, Path::Widest)?;
        if minutiae.len() < FEWEST {
            return Err(ExtractError::TooFewMinutiae { found: minutiae.len() });
        }
        Ok(Extraction { minutiae, quality: sample.score })
    }
}

impl Classical {
    /// How good a picture is as a sample, with what to do for a better one; also for a finger that shows too few minutiae.
    ///
    /// # Errors
    /// [`ExtractError::NoRidges`] when the picture shows no finger.
    pub fn sample(&self, image: &FingerImage) -> Result<Sample, ExtractError> {
        examine(image, Path::Widest).map(|(_, sample)| sample)
    }
}

/// The minutiae that are worth their place, best first, and what the picture is worth.
fn examine(image: &FingerImage, path: Path) -> Result<(Vec<Minutia>, Sample), ExtractError> {
    let seen = steps::look(image, path);
    let candidates = candidate::candidates(&seen);
    let probabilities: Vec<f32> = candidates.iter().map(|c| c.probability).collect();
    ridges::check(&seen, &probabilities)?;
    let mut minutiae: Vec<Minutia> = candidates.iter().filter(|c| c.probability >= WORTH).map(minutia).collect();
    minutiae.sort_by_key(|m| (Reverse(m.quality), m.y, m.x, m.angle));
    minutiae.truncate(limits::MINUTIAE);
    Ok((minutiae, Sample::of(sample::measure(&seen, &probabilities))))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // places within the picture, a turn of 256, percent
fn minutia(c: &Candidate) -> Minutia {
    let turn = c.angle / (2.0 * std::f32::consts::PI) * 256.0;
    Minutia {
        x: (c.x + 0.5) as u16,
        y: (c.y + 0.5) as u16,
        angle: ((turn + 256.5) as u16 % 256) as u8,
        kind: if c.ending { MinutiaKind::Ending } else { MinutiaKind::Bifurcation },
        quality: (c.probability * 100.0 + 0.5).clamp(1.0, 100.0) as u8,
    }
}

#[cfg(test)]
mod tests;
