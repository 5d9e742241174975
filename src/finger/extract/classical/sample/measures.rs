//! What is measured of a sample, named after the features of ISO/IEC 29794-4.

use super::super::flow::PITCH;
use super::super::mask::{area, cells, mean_over};
use super::super::plane::Plane;
use super::super::ridges::CELL;
use super::super::steps::Seen;
use super::super::waves::pixel;

/// What was measured of a sample. All are shares from 0 to 1 unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures {
    /// Area of ridges in square millimetres.
    pub area: f32,
    /// Orientation certainty: how well gradients agree on where ridges run.
    pub certainty: f32,
    /// Frequency domain: the part of the local power that is in one wave.
    pub purity: f32,
    /// Local clarity: pixels that are as dark or as bright as the ridge or valley they lie on.
    pub clarity: f32,
    /// Ridge and valley uniformity: pixels darker than the mean around them, 0.5 where ridges are as wide as valleys.
    pub ridge: f32,
    /// Mean grey level of the finger, 0 black to 1 white.
    pub grey: f32,
    /// Mean local standard deviation of grey, 1 being the whole scale.
    pub contrast: f32,
    /// Cells that are dark and without ridges, per cell of finger.
    pub blots: f32,
    /// Cells of contrast beside the finger, per cell of finger.
    pub dirt: f32,
    /// Distance of the finger's middle from the picture's, in halves of the picture's shorter side.
    pub offset: f32,
    /// Minutiae that another look may be expected to find again: the sum of their probabilities.
    pub minutiae: f32,
}

/// A dark cell, by the finger's mean grey.
const DARK: f32 = 0.6;
/// A cell without ridges, and a cell of traces, by the finger's mean contrast.
const BARE: f32 = 0.5;
const TRACES: f32 = 0.3;

/// Measures what was seen, given the probabilities of its minutiae.
pub(in super::super) fn measure(seen: &Seen, minutiae: &[f32]) -> Measures {
    let (finger, n) = (&seen.finger, &seen.normalized);
    let count = pixel(area(finger).max(1));
    let (mean, spread) = (cells(&n.mean), cells(&n.spread));
    let (grey, contrast) = (mean_over(&mean, finger), mean_over(&spread, finger));
    let share = |is: &dyn Fn(usize) -> bool| pixel((0..finger.data.len()).filter(|i| is(*i)).count()) / count;
    let mut clear = n.plane.clone();
    clear.data.iter_mut().zip(&seen.answer.re.data).for_each(|(v, r)| *v = if (*v < 0.0) == (*r < 0.0) { 1.0 } else { 0.0 });
    Measures {
        area: pixel(area(finger)) * CELL,
        certainty: mean_over(&seen.gradients.certainty, finger),
        purity: mean_over(&seen.purity, finger),
        clarity: mean_over(&cells(&clear), finger),
        ridge: mean_over(&cells(&n.plane.map(|v| if *v < 0.0 { 1.0 } else { 0.0 })), finger),
        grey: grey / 255.0,
        contrast: contrast / 255.0,
        blots: share(&|i| finger.data[i] && mean.data[i] < DARK * grey && spread.data[i] < BARE * contrast),
        dirt: share(&|i| !finger.data[i] && spread.data[i] > TRACES * contrast),
        offset: offset(finger, &n.plane),
        minutiae: minutiae.iter().sum(),
    }
}

/// How far the finger's middle is from the plane's.
fn offset(finger: &Plane<bool>, plane: &Plane) -> f32 {
    let (mut x, mut y) = (0.0, 0.0);
    for (i, _) in finger.data.iter().enumerate().filter(|(_, f)| **f) {
        x += pixel(i % finger.width * PITCH + PITCH / 2);
        y += pixel(i / finger.width * PITCH + PITCH / 2);
    }
    let count = pixel(area(finger).max(1));
    let (dx, dy) = (x / count - pixel(plane.width) / 2.0, y / count - pixel(plane.height) / 2.0);
    (dx * dx + dy * dy).sqrt() / (pixel(plane.width.min(plane.height)) / 2.0)
}
