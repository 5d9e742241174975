//! Minutiae from the network's answers: peaks of the blurred probability, each with its direction and kind.

use super::network::answer;
use super::plane::{PANEL, Panel, Plane};
use super::vectors::{Ops, Work, run};
use pulp::Simd;

/// How far the blur reaches, and the square in which a peak is highest.
const BLUR: usize = 2;
const APART: usize = 3;

/// One peak, in pixels of the network's picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Peak {
    pub(super) x: usize,
    pub(super) y: usize,
    /// 0 to 1.
    pub(super) quality: f32,
    /// Radians counter-clockwise from the x axis, as seen.
    pub(super) direction: f32,
    pub(super) ending: bool,
}

/// Probabilities over the picture within a border of zeros.
pub(super) struct Map {
    pub(super) width: usize,
    pub(super) height: usize,
    row: usize,
    data: Vec<f32>,
}

impl Map {
    fn new(width: usize, height: usize) -> Self {
        let row = width + 2 * BLUR;
        Self { width, height, row, data: vec![0.0; row * (height + 2 * BLUR)] }
    }

    fn at(&self, x: usize, y: usize) -> usize {
        (y + BLUR) * self.row + x + BLUR
    }

    pub(super) fn value(&self, x: usize, y: usize) -> f32 {
        self.data[self.at(x, y)]
    }
}

/// The probability of a minutia at every pixel.
pub(super) fn probabilities(arch: pulp::Arch, answers: &Plane) -> Map {
    run(arch, Probabilities(answers))
}

struct Probabilities<'a>(&'a Plane);

impl Work for Probabilities<'_> {
    type Output = Map;

    #[inline(always)]
    fn run<S: Simd, const V: usize, const MR: usize, const PX: usize>(self, o: Ops<S, V>) -> Map {
        let answers = self.0;
        let mut map = Map::new(2 * answers.width, 2 * answers.height);
        for y in 0..answers.height {
            for x in 0..answers.width {
                let mut values: Panel = [0.0; PANEL];
                o.store(&mut values, o.sigmoid(o.load(answers.pixel(0, x, y))));
                for place in 0..4 {
                    let at = map.at(2 * x + place % 2, 2 * y + place / 2);
                    map.data[at] = values[place * (PANEL / 4)];
                }
            }
        }
        map
    }
}

/// The map blurred by five by five taps.
pub(super) fn blurred(arch: pulp::Arch, map: &Map, taps: &[f32]) -> Map {
    run(arch, Blurred(map, taps))
}

struct Blurred<'a>(&'a Map, &'a [f32]);

impl Work for Blurred<'_> {
    type Output = Map;

    #[inline(always)]
    fn run<S: Simd, const V: usize, const MR: usize, const PX: usize>(self, _: Ops<S, V>) -> Map {
        let Self(map, taps) = self;
        let mut blurred = Map::new(map.width, map.height);
        for y in 0..map.height {
            let to = blurred.at(0, y);
            let to = &mut blurred.data[to..][..map.width];
            for (dy, taps) in taps.chunks_exact(2 * BLUR + 1).enumerate() {
                let row = &map.data[(y + dy) * map.row..][..map.row];
                for (dx, tap) in taps.iter().enumerate() {
                    for (sum, value) in to.iter_mut().zip(&row[dx..]) {
                        *sum += value * tap;
                    }
                }
            }
        }
        blurred
    }
}

/// The peaks of at least `least`, row by row.
pub(super) fn peaks(answers: &Plane, blurred: &Map, least: f32) -> Vec<Peak> {
    let mut found = Vec::new();
    for y in 0..blurred.height {
        for x in 0..blurred.width {
            let quality = blurred.value(x, y);
            if quality >= least && is_highest(blurred, x, y, quality) {
                let [_, cos, sin, kind] = answer(answers, x, y);
                // A logit of 0 is a half.
                found.push(Peak { x, y, quality, direction: libm::atan2f(sin, cos), ending: kind >= 0.0 });
            }
        }
    }
    found
}

fn is_highest(map: &Map, x: usize, y: usize, value: f32) -> bool {
    let around = |at: usize, side: usize| at.saturating_sub(APART)..(at + APART + 1).min(side);
    around(y, map.height).all(|j| around(x, map.width).all(|i| map.value(i, j) <= value))
}
