//! How a finger's ridges run: the direction field of its cores and deltas (Sherlock and Monro 1993), bent a little, and how fast the
//! ridges part, which is what minutiae come of.

use super::draw::normal;
use super::tuning::{COUNT, DRIFT, LEAN, PAD, PERIOD, SENSED};
use crate::finger::synth::{Draws, Pattern};

/// Softens the field within a ridge period of a core or delta.
const SOFT: f32 = 40.0;

/// A core (a half turn of the direction) or a delta (a half turn back).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Singularity {
    pub x: f32,
    pub y: f32,
    pub delta: bool,
}

/// The direction field of one finger, in pixels at 500 dpi right of and above the middle of its pad.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flow {
    singularities: [Singularity; 4],
    count: usize,
    /// Greatest slope of an arch, and its height and widths.
    arch: f32,
    arch_at: [f32; 2],
    /// Turn of the direction in radians: constant, and by x, y, xy and x² + y² in hundreds of pixels.
    bend: [f32; 5],
    /// What the change of the ridge period over the finger adds to one sense of minutiae.
    drift: [f32; 2],
}

/// The field at one place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// Unit vector along the ridge, one of the two.
    pub along: [f32; 2],
    /// How fast the ridges part along that vector, in radians a pixel.
    pub parting: f32,
}

impl Flow {
    /// Draws the field of a finger of this pattern and size.
    pub fn draw(draws: &mut Draws, pattern: Pattern, size: f32) -> Self {
        let mut flow = Self {
            singularities: [Singularity::default(); 4],
            count: 0,
            arch: 0.0,
            arch_at: [0.0, -20.0],
            bend: [0.0; 5],
            drift: [0.0; 2],
        };
        let core = [10.0 * normal(draws), 32.0 + 14.0 * normal(draws)];
        let mut side = |sign: f32| [sign * (108.0 + 16.0 * normal(draws)), -100.0 + 22.0 * normal(draws)];
        let (left, right) = (side(-1.0), side(1.0));
        match pattern {
            Pattern::Arch => {
                flow.arch = 0.9 + 0.25 * normal(draws);
                flow.arch_at = [core[0], -30.0 + 15.0 * normal(draws)];
            }
            Pattern::TentedArch => {
                flow.add(core, false, size);
                flow.add([core[0] + 6.0 * normal(draws), core[1] - 75.0 - 15.0 * normal(draws)], true, size);
            }
            // The delta lies on the side to which the loop does not open.
            Pattern::LeftLoop => {
                flow.add(core, false, size);
                flow.add(right, true, size);
            }
            Pattern::RightLoop => {
                flow.add(core, false, size);
                flow.add(left, true, size);
            }
            Pattern::Whorl => {
                let apart = [12.0 * normal(draws), 36.0 + 14.0 * normal(draws)];
                flow.add([core[0], core[1] + 5.0], false, size);
                flow.add([core[0] + apart[0], core[1] + 5.0 - apart[1]], false, size);
                flow.add(left, true, size);
                flow.add(right, true, size);
            }
        }
        flow.bend = [0.035, 0.045, 0.045, 0.04, 0.02].map(|deviation| deviation * normal(draws));
        flow.drift = [DRIFT, DRIFT].map(|deviation| deviation * normal(draws));
        flow
    }

    fn add(&mut self, [x, y]: [f32; 2], delta: bool, size: f32) {
        if let Some(place) = self.singularities.get_mut(self.count) {
            *place = Singularity { x: x * size, y: y * size, delta };
            self.count += 1;
        }
    }

    /// Its cores and deltas.
    pub fn singularities(&self) -> &[Singularity] {
        self.singularities.get(..self.count).unwrap_or_default()
    }

    /// The field at a place.
    #[inline]
    pub fn at(&self, x: f32, y: f32) -> Run {
        // Twice the direction is the sum of the angles at which cores are seen, less those of deltas: a product of vectors.
        let (mut re, mut im, mut turn_x, mut turn_y) = (1.0f32, 0.0f32, 0.0f32, 0.0f32);
        for s in self.singularities() {
            let (dx, dy) = (x - s.x, y - s.y);
            let sign = if s.delta { -1.0 } else { 1.0 };
            (re, im) = (re * dx - im * dy * sign, re * dy * sign + im * dx);
            let half = 0.5 * sign / (dx * dx + dy * dy + SOFT);
            turn_x -= half * dy;
            turn_y += half * dx;
        }
        let [mut c, mut s] = half_angle(re, im);
        if self.arch > 0.0 {
            let (slope, slope_x, slope_y) = self.slope(x, y);
            let part = 1.0 / (1.0 + slope * slope);
            let unit = part.sqrt();
            (c, s) = ((c - s * slope) * unit, (s + c * slope) * unit);
            turn_x += slope_x * part;
            turn_y += slope_y * part;
        }
        let (u, v) = (x * 0.01, y * 0.01);
        let [constant, by_x, by_y, by_xy, by_square] = self.bend;
        let bend = (constant + by_x * u + by_y * v + by_xy * u * v + by_square * (u * u + v * v)).clamp(-0.6, 0.6);
        let (bc, bs) = (1.0 - 0.5 * bend * bend, bend - bend * bend * bend / 6.0);
        (c, s) = (c * bc - s * bs, s * bc + c * bs);
        Run { along: [c, s], parting: c * turn_y - s * turn_x }
    }

    /// How far minutiae lean to pointing along the run (1: all) or against it (-1): where ridges part, more of them begin than end.
    #[inline]
    pub fn lean(&self, run: &Run) -> f32 {
        // Ridges that part at this rate need so many new ones, by the area that a minutia has for itself.
        const NEW: f32 = SENSED * std::f32::consts::PI * PAD[0] * PAD[1] / (COUNT[0] * PERIOD);
        let drift = run.along[0] * self.drift[0] + run.along[1] * self.drift[1];
        (NEW * run.parting + drift).clamp(-LEAN, LEAN)
    }

    /// Slope of an arch at a place, and how it grows along x and y.
    fn slope(&self, x: f32, y: f32) -> (f32, f32, f32) {
        const WIDTH: f32 = 60.0;
        const HEIGHT: f32 = 75.0;
        let (u, v) = ((x - self.arch_at[0]) / WIDTH, (y - self.arch_at[1]) / HEIGHT);
        let (across, up) = (1.0 / (1.0 + u * u), 1.0 / (1.0 + v * v));
        let slope = -2.0 * self.arch * u * across * up;
        let by_x = -2.0 * self.arch * (1.0 - u * u) * across * across * up / WIDTH;
        (slope, by_x, -2.0 * v * up * slope / HEIGHT)
    }
}

/// The unit vector of half the angle of another vector.
#[inline]
fn half_angle(re: f32, im: f32) -> [f32; 2] {
    let length = (re * re + im * im).sqrt();
    if length <= 0.0 {
        return [1.0, 0.0];
    }
    let cosine = re / length;
    let c = (0.5 * (1.0 + cosine)).max(0.0).sqrt();
    if c < 1e-3 { [0.0, 1.0] } else { [c, 0.5 * im / (length * c)] }
}
