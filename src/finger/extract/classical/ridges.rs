//! Whether what was seen is a finger at all: a face, a text and noise have waves too.

use super::mask::{area, mean_over};
use super::plane::Plane;
use super::steps::Seen;
use super::waves::pixel;
use crate::finger::extract::ExtractError;

/// Smallest area of ridges in square millimetres: a quarter of a small sensor's.
const AREA: f32 = 25.0;
/// Least mean certainty of the flow: prints of the development sets have 0.89 and more, band-passed noise 0.66, a face 0.83.
const CERTAINTY: f32 = 0.86;
/// Most dislocations per grid cell: prints have at most 0.17, noise 0.18 to 0.7.
const CROWD: f32 = 0.25;
/// Most that all ridges may run one way: lines of text do, a finger bends (0.77 at most).
const ONE_WAY: f32 = 0.85;
/// Widest mean ridge, in steps of the filters' periods: prints have at most 8.8; a face, whose waves are those of hair and cheeks at
/// whatever scale it is shown, has 12.5 and more.
const WIDE: f32 = 11.0;
/// Square millimetres of ridges on which a finger has a minutia that is likelier than not.
const BARE: f32 = 100.0;
/// A minutia that is likelier than not.
const SURE: f32 = 0.5;
/// Square millimetres of a grid cell of eight by eight pixels.
pub(super) const CELL: f32 = 64.0 / (19.685 * 19.685);

/// Refuses what is no finger, given the probabilities of its minutiae.
pub(super) fn check(seen: &Seen, minutiae: &[f32]) -> Result<(), ExtractError> {
    let certainty = &seen.waves.flow.certainty;
    let cells = pixel(area(&seen.finger));
    let bare = cells * CELL >= BARE && !minutiae.iter().any(|p| *p >= SURE);
    let fine = cells * CELL >= AREA
        && mean_over(certainty, &seen.finger) >= CERTAINTY
        && pixel(minutiae.len()) <= CROWD * cells
        && one_way(seen) <= ONE_WAY
        && mean_over(&seen.waves.step, &seen.finger) <= WIDE
        && !bare;
    if fine { Ok(()) } else { Err(ExtractError::NoRidges { percent: percent(certainty, &seen.finger) }) }
}

/// Length of the mean direction: 1 where all ridges run one way.
fn one_way(seen: &Seen) -> f32 {
    let flow = &seen.waves.flow;
    let (c, s) = (mean_over(&flow.cos, &seen.finger), mean_over(&flow.sin, &seen.finger));
    (c * c + s * s).sqrt()
}

/// Percent of the picture where ridges run certainly.
#[allow(clippy::cast_possible_truncation)] // at most 100
fn percent(certainty: &Plane, finger: &Plane<bool>) -> u8 {
    let sure = certainty.data.iter().zip(&finger.data).filter(|(c, f)| **f && **c >= 0.95).count();
    (100 * sure / finger.data.len().max(1)) as u8
}
