//! Whether what was seen is a finger at all: a face, a text and noise have waves too.

use super::mask::{area, mean_over};
use super::steps::Seen;
use super::waves::pixel;
use crate::finger::extract::{ExtractError, RidgeTest};

/// Smallest area of ridges in square millimetres: a quarter of a small sensor's.
const AREA: f32 = 25.0;
/// Least mean certainty of the flow: prints of the development sets have 0.89 and more, band-passed noise 0.66, a face 0.83.
const CERTAINTY: f32 = 0.86;
/// Most dislocations per grid cell: prints have at most 0.17, noise 0.18 to 0.7.
const CROWD: f32 = 0.25;
/// Most that all ridges may run one way: lines of text do, a whole finger bends (0.77 at most).
const ONE_WAY: f32 = 0.85;
/// Widest mean ridge, in steps of the filters' periods: prints have at most 8.8; a face, whose waves are those of hair and cheeks at
/// whatever scale it is shown, has 12.5 and more.
const WIDE: f32 = 11.0;
/// Square millimetres of ridges on which a finger has a minutia that is likelier than not.
const BARE: f32 = 100.0;
/// A minutia that is likelier than not.
const SURE: f32 = 0.5;
/// A part of a finger whose ridges all run one way. Letters, bricks and gratings have many places where a line breaks off, and
/// hardly one is like a minutia; or all are, and there are more than on a finger.
const STRAIGHT: Straight = Straight { area: 150.0, sure: 5, mean: 0.25, likely: 0.06 };
/// A print under noise: what must be left of it. Without noise band-passed noise, grass, gravel and photographs come near one or two
/// of these, never to all.
const NOISY: Noisy = Noisy { area: 80.0, clear: 0.2, likely: 0.013, uneven: 0.25 };
/// Certainty of a cell whose line is clear.
const CLEAR: f32 = 0.95;
/// Square millimetres of a grid cell of eight by eight pixels.
pub(super) const CELL: f32 = 64.0 / (19.685 * 19.685);

/// What a part of a finger with straight ridges has.
struct Straight {
    /// Most square millimetres of ridges: the whole finger bends.
    area: f32,
    /// Fewest sure minutiae.
    sure: usize,
    /// Least mean probability of its minutiae.
    mean: f32,
    /// Most expected minutiae per grid cell.
    likely: f32,
}

/// What a print under noise still has.
struct Noisy {
    /// Square millimetres of ridges.
    area: f32,
    /// Share of them with clear lines.
    clear: f32,
    /// Expected minutiae per grid cell.
    likely: f32,
    /// Spread of the ridge period, in steps of the filters' periods: a lattice has one period.
    uneven: f32,
}

/// Refuses what is no finger, given the probabilities of its minutiae.
pub(super) fn check(seen: &Seen, minutiae: &[f32]) -> Result<(), ExtractError> {
    let refused = |test| Err(ExtractError::NoRidges { percent: percent(seen), test });
    failed(seen, minutiae).map_or(Ok(()), refused)
}

/// The first test that what was seen does not pass.
fn failed(seen: &Seen, minutiae: &[f32]) -> Option<RidgeTest> {
    let cells = pixel(area(&seen.finger));
    let sure = minutiae.iter().filter(|p| **p >= SURE).count();
    let likely: f32 = minutiae.iter().sum();
    let straight = || {
        let like_minutiae = sure >= STRAIGHT.sure && likely >= STRAIGHT.mean * pixel(minutiae.len());
        like_minutiae && cells * CELL <= STRAIGHT.area && likely <= STRAIGHT.likely * cells
    };
    let noisy = || under_noise(seen, cells, likely);
    if cells * CELL < AREA {
        Some(RidgeTest::Area)
    } else if mean_over(&seen.waves.step, &seen.finger) > WIDE {
        Some(RidgeTest::Period)
    } else if cells * CELL >= BARE && sure == 0 {
        Some(RidgeTest::Bare)
    } else if one_way(seen) > ONE_WAY && !straight() {
        Some(RidgeTest::Straight)
    } else if mean_over(&seen.waves.flow.certainty, &seen.finger) < CERTAINTY && !noisy() {
        Some(RidgeTest::Uncertain)
    } else if pixel(minutiae.len()) > CROWD * cells && !noisy() {
        Some(RidgeTest::Crowded)
    } else {
        None
    }
}

/// Whether lines that are broken everywhere are a print's under noise.
fn under_noise(seen: &Seen, cells: f32, likely: f32) -> bool {
    let step = &seen.waves.step;
    let mean = mean_over(step, &seen.finger);
    let variance = mean_over(&step.map(|v| (v - mean) * (v - mean)), &seen.finger);
    cells * CELL >= NOISY.area
        && pixel(clear(seen)) >= NOISY.clear * cells
        && likely >= NOISY.likely * cells
        && variance >= NOISY.uneven * NOISY.uneven
}

/// Length of the mean direction: 1 where all ridges run one way.
fn one_way(seen: &Seen) -> f32 {
    let flow = &seen.waves.flow;
    let (c, s) = (mean_over(&flow.cos, &seen.finger), mean_over(&flow.sin, &seen.finger));
    (c * c + s * s).sqrt()
}

/// Cells of the finger where a ridge runs clearly.
fn clear(seen: &Seen) -> usize {
    seen.waves.flow.certainty.data.iter().zip(&seen.finger.data).filter(|(c, f)| **f && **c >= CLEAR).count()
}

/// Percent of the picture where ridges run clearly.
#[allow(clippy::cast_possible_truncation)] // at most 100
fn percent(seen: &Seen) -> u8 {
    (100 * clear(seen) / seen.finger.data.len().max(1)) as u8
}
