//! The waves that an answer itself shows, by how its phase advances from pixel to pixel: far finer than the gradients it began from.

use super::angle::angle;
use super::bank;
use super::filter::{self, Answer};
use super::flow::{PITCH, Products};
use super::plane::{Plane, smooth};
use super::waves::Waves;
use std::f32::consts::PI;
use std::ops::Range;

/// Grid points over which directions are smoothed: less would follow noise, more would straighten the ridges about a core.
const DIRECTION: f32 = 1.2;
/// Grid points over which periods are smoothed.
const PERIOD: f32 = 3.0;
/// Advances in radians a pixel that ridges can have.
const ADVANCES: Range<f32> = 0.3..3.0;

/// The waves of an answer, each pixel weighed by its energy.
pub(super) fn refine(answer: &Answer, choice: &Plane<u16>) -> Waves {
    let (w, h) = (choice.width, choice.height);
    let mut products = Products::new(w, h);
    let mut turns = Plane::<f32>::new(w.div_ceil(PITCH), h.div_ceil(PITCH));
    let mut weights = turns.clone();
    for y in 0..h.saturating_sub(1) {
        for x in 0..w.saturating_sub(1) {
            let Some((energy, kx, ky)) = advance(answer, choice, x, y) else { continue };
            let k = (kx * kx + ky * ky).sqrt();
            if ADVANCES.contains(&k) {
                let scale = energy.sqrt() / k;
                products.add(x, y, kx * scale, ky * scale);
                let i = y / PITCH * turns.width + x / PITCH;
                turns.data[i] += energy * k;
                weights.data[i] += energy;
            }
        }
    }
    Waves { flow: products.flow(DIRECTION), step: steps(&smooth(&turns, PERIOD), &smooth(&weights, PERIOD)) }
}

/// Periods, in steps of the bank, of summed advances and weights.
fn steps(turns: &Plane, weights: &Plane) -> Plane {
    let mut step = turns.clone();
    for (s, w) in step.data.iter_mut().zip(&weights.data) {
        let k = (*s / w.max(1e-6)).clamp(ADVANCES.start, ADVANCES.end);
        *s = libm::logf(2.0 * PI / k / bank::SHORTEST) / libm::logf(bank::STEP);
    }
    step
}

/// Energy and phase advance to the right and down, of three pixels seen along one direction.
fn advance(answer: &Answer, choice: &Plane<u16>, x: usize, y: usize) -> Option<(f32, f32, f32)> {
    let chosen = |x: usize, y: usize| Some(choice.at(x, y)).filter(|c| *c != filter::NONE).map(|c| filter::parts(c).0);
    let direction = chosen(x, y)?;
    let (here, right, below) = (
        answer.seen(x, y, direction, direction),
        answer.seen(x + 1, y, chosen(x + 1, y)?, direction),
        answer.seen(x, y + 1, chosen(x, y + 1)?, direction),
    );
    let turn = |to: (f32, f32)| angle(here.0 * to.1 - here.1 * to.0, here.0 * to.0 + here.1 * to.1);
    Some((here.0 * here.0 + here.1 * here.1, turn(right), turn(below)))
}
