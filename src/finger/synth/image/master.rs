//! The master print: what a finger's skin is, before anyone presses it on a glass.

use super::flow::Flow;
use super::growth::{Bank, NOTHING, grow};
use super::raster::{Field, Raster, column, mix, pixels, ramp};
use super::spacing;
use crate::finger::position::{FingerName, FingerPosition};
use crate::finger::synth::{Draws, Pattern, Person, Purpose};

/// The canvas at 250 dpi, on which ridges grow.
const WIDTH: usize = 232;
const HEIGHT: usize = 312;
/// Rounds of growth: more would heal minutiae that real fingers have.
const ROUNDS: usize = 8;

/// How much ridges move apart at most where they fan out, as a logarithm; the rest they fork.
const FANNED: f32 = 0.12;
/// How much the period differs by chance from place to place.
const CHANCE: f32 = 0.09;

/// The skin of one finger.
pub(super) struct Master {
    /// Ridges at 500 dpi, from -1 in a valley to 1 on a ridge.
    pub(super) ridges: Raster,
    /// How large the finger is, 1 for a usual index finger.
    pub(super) size: f32,
    pub(super) pattern: Pattern,
}

/// What a finger is like before its ridges grow.
struct Build {
    /// 1 for a usual index finger.
    size: f32,
    /// Pixels at 500 dpi from ridge to ridge.
    period: f32,
}

impl Build {
    /// Fingers of a person share stature and fineness; thumbs are larger and coarser, little fingers smaller and finer.
    fn draw(person: Person, position: FingerPosition, draws: &mut Draws) -> Self {
        let mut body = person.body().of(2).draws();
        let (stature, fineness) = (1.0 + 0.07 * body.normal(), 9.0 + 0.55 * body.normal());
        let (breadth, coarser) = match position.name() {
            FingerName::Thumb => (1.13, 1.07),
            FingerName::Index => (1.0, 1.0),
            FingerName::Middle => (1.03, 1.0),
            FingerName::Ring => (0.98, 0.98),
            FingerName::Little => (0.87, 0.94),
        };
        Self { size: (stature * breadth).clamp(0.75, 1.25), period: fineness * coarser + 0.2 * draws.normal() }
    }
}

impl Master {
    /// Grows a person's finger.
    pub(super) fn grow(person: Person, position: FingerPosition) -> Self {
        let pattern = person.pattern(position);
        let seed = person.finger(position, Purpose::Ridges);
        let mut draws = seed.of(2).draws();
        let build = Build::draw(person, position, &mut draws);
        let flow = Flow::draw(pattern, build.size, (2 * WIDTH, 2 * HEIGHT), &mut seed.of(1).draws());
        let choice = choice(&build, &flow, &mut draws);
        let mut noise = seed.of(3).draws();
        let seeds = Raster::of(WIDTH, HEIGHT, |_, _| noise.normal());
        let ridges = doubled(&grow(Bank::shared(), &choice, &seeds, ROUNDS));
        Self { ridges, size: build.size, pattern }
    }

    /// How much of a place, y down, is skin with ridges: 1 but near the edge, 0 beyond.
    pub(super) fn skin(&self, x: f32, y: f32) -> f32 {
        1.0 - ramp(outward([x, -y], self.size), 0.88, 0.98)
    }

    /// The ridges at a place of the finger, in pixels at 500 dpi from its middle, y down.
    pub(super) fn ridge(&self, x: f32, y: f32) -> f32 {
        self.ridges.between(x + pixels(WIDTH), y + pixels(HEIGHT))
    }
}

/// The kernel of every pixel of the small canvas, by its direction and period.
fn choice(build: &Build, flow: &Flow, draws: &mut Draws) -> Vec<u16> {
    let chance = Field::draw(2 * WIDTH, 2 * HEIGHT, 60.0, draws);
    let direction = |px: f32, py: f32| flow.at([px - pixels(WIDTH), pixels(HEIGHT) - py], [px, py]);
    let node = |n: usize| pixels(n * spacing::PITCH);
    let apart = spacing::adapt(2 * WIDTH, 2 * HEIGHT, |i, j| direction(node(i), node(j)));
    let kernel = |at: usize| {
        let [px, py] = [pixels(at % WIDTH) * 2.0, pixels(at / WIDTH) * 2.0];
        let place = [px - pixels(WIDTH), pixels(HEIGHT) - py];
        if outward(place, build.size) >= 1.0 {
            return NOTHING;
        }
        // Ridges are wider apart towards the crease.
        let lower = mix(1.07, 0.97, ramp(place[1], -120.0, 40.0));
        let fanned = libm::expf(spacing::between(&apart, px, py).clamp(-FANNED, FANNED));
        let period = build.period * lower * (1.0 + CHANCE * chance.at(px, py)) * fanned;
        Bank::index(direction(px, py), period.clamp(6.4, 12.4) / 2.0)
    };
    (0..WIDTH * HEIGHT).map(kernel).collect()
}

/// How far out a place (y up) is on the last phalanx's skin of ridges, whose edge is at 1.
fn outward([x, y]: [f32; 2], size: f32) -> f32 {
    let (across, along) = (x / (205.0 * size), y / (if y > 0.0 { 215.0 } else { 285.0 } * size));
    (across * across + along * along).sqrt()
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
