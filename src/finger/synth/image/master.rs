//! The master print: what a finger's skin is, before anyone presses it on a glass.

use super::flow::Flow;
use super::growth::{Bank, NOTHING, grow};
use super::raster::{Field, Raster, column, mix, pixels, ramp};
use crate::finger::position::{FingerName, FingerPosition};
use crate::finger::synth::{Pattern, Person, Purpose};

/// The canvas at 250 dpi, on which ridges grow.
const WIDTH: usize = 232;
const HEIGHT: usize = 312;
/// Rounds of growth: more would heal minutiae that real fingers have.
const ROUNDS: usize = 9;

/// The skin of one finger.
pub(super) struct Master {
    /// Ridges at 500 dpi, from -1 in a valley to 1 on a ridge.
    pub(super) ridges: Raster,
    /// How large the finger is, 1 for a usual index finger.
    pub(super) size: f32,
    pub(super) pattern: Pattern,
}

impl Master {
    /// Grows a person's finger.
    pub(super) fn grow(person: Person, position: FingerPosition) -> Self {
        let pattern = person.pattern(position);
        let mut body = person.body().of(2).draws();
        let (stature, fineness) = (1.0 + 0.07 * body.normal(), 9.0 + 0.55 * body.normal());
        let (breadth, coarser) = match position.name() {
            FingerName::Thumb => (1.13, 1.07),
            FingerName::Index => (1.0, 1.0),
            FingerName::Middle => (1.03, 1.0),
            FingerName::Ring => (0.98, 0.98),
            FingerName::Little => (0.87, 0.94),
        };
        let seed = person.finger(position, Purpose::Ridges);
        let size = (stature * breadth).clamp(0.75, 1.25);
        let canvas = (2 * WIDTH, 2 * HEIGHT);
        let flow = Flow::draw(pattern, size, canvas, &mut seed.of(1).draws());
        let mut draws = seed.of(2).draws();
        let fineness = fineness * coarser + 0.2 * draws.normal();
        let spacing = Field::draw(canvas.0, canvas.1, 90.0, &mut draws);
        let choice: Vec<u16> = (0..WIDTH * HEIGHT)
            .map(|at| {
                let [px, py] = [pixels(at % WIDTH) * 2.0, pixels(at / WIDTH) * 2.0];
                let place = [px - pixels(WIDTH), pixels(HEIGHT) - py];
                if !on_finger(place, size) {
                    return NOTHING;
                }
                // Ridges are wider apart towards the crease.
                let lower = mix(1.07, 0.97, ramp(place[1], -120.0, 40.0));
                let period = (fineness * lower * (1.0 + 0.06 * spacing.at(px, py))).clamp(6.6, 12.0);
                Bank::index(flow.at(place, [px, py]), period / 2.0)
            })
            .collect();
        let mut noise = seed.of(3).draws();
        let seeds = Raster::of(WIDTH, HEIGHT, |_, _| noise.normal());
        let ridges = doubled(&grow(Bank::shared(), &choice, &seeds, ROUNDS));
        Self { ridges, size, pattern }
    }

    /// The ridges at a place of the finger, in pixels at 500 dpi from its middle, y down.
    pub(super) fn ridge(&self, x: f32, y: f32) -> f32 {
        self.ridges.between(x + pixels(WIDTH), y + pixels(HEIGHT))
    }
}

/// Whether a place (y up) is on the last phalanx's skin of ridges.
fn on_finger([x, y]: [f32; 2], size: f32) -> bool {
    let (across, along) = (x / (205.0 * size), y / (if y > 0.0 { 215.0 } else { 285.0 } * size));
    across * across + along * along < 1.0
}

/// Twice as many pixels each way, by the eight nearest of a windowed sinc.
fn doubled(small: &Raster) -> Raster {
    /// Weights half a pixel from the middle (Lanczos, 4 lobes), normalized.
    const HALF: [f32; 4] = [0.618_877_4, -0.166_011_4, 0.059_764_1, -0.012_630_2];
    let row = Raster::of(2 * small.width, small.height, |x, y| {
        let (i, j) = (column(x / 2), column(y));
        if x % 2 == 0 {
            return small.at(i, j);
        }
        HALF.iter().zip(0..).map(|(w, n)| w * (small.at(i - n, j) + small.at(i + 1 + n, j))).sum()
    });
    Raster::of(row.width, 2 * row.height, |x, y| {
        let (i, j) = (column(x), column(y / 2));
        if y % 2 == 0 {
            return row.at(i, j);
        }
        HALF.iter().zip(0..).map(|(w, n)| w * (row.at(i, j - n) + row.at(i, j + 1 + n))).sum()
    })
}
