//! The answer on a circle around a dislocation, freed of the wave: a real minutia has it strong all around, and its phase turns
//! evenly once.

use super::angle::angle;
use super::dislocation::Dislocation;
use super::filter;
use super::plane::clamp;
use super::steps::Seen;
use super::waves::pixel;
use std::f32::consts::PI;

/// Places on the circle.
const PLACES: u8 = 16;

pub(super) struct Ring {
    /// Mean strength of the answer.
    pub(super) mean: f32,
    /// Least mean strength of three neighbouring places.
    pub(super) least: f32,
    /// Share of the answer that turns evenly in the sense of the dislocation, 0 to 1.
    pub(super) turn: f32,
}

/// Walks the circle of this radius, in pixels at 250 dpi, around a dislocation on a wave of so many radians a pixel.
pub(super) fn ring(seen: &Seen, d: &Dislocation, wave: (f32, f32), radius: f32, direction: usize) -> Ring {
    let mut strengths = [0.0f32; PLACES as usize];
    let (mut sum, mut turning) = (0.0, (0.0, 0.0));
    for (i, strength) in (0..PLACES).zip(&mut strengths) {
        let t = f32::from(i) * 2.0 * PI / f32::from(PLACES);
        let (x, y) =
            (nearest(d.x + radius * libm::cosf(t), seen.choice.width), nearest(d.y + radius * libm::sinf(t), seen.choice.height));
        let own = seen.choice.at(x, y);
        if own == filter::NONE {
            continue;
        }
        let z = seen.answer.seen(x, y, filter::parts(own).0, direction);
        let (dx, dy) = (pixel(x) - d.x, pixel(y) - d.y);
        let back = -(wave.0 * dx + wave.1 * dy) - d.sense * angle(dy, dx);
        let (c, s) = (libm::cosf(back), libm::sinf(back));
        turning.0 += z.0 * c - z.1 * s;
        turning.1 += z.0 * s + z.1 * c;
        *strength = (z.0 * z.0 + z.1 * z.1).sqrt();
        sum += *strength;
    }
    let turning: (f32, f32) = turning;
    let three = |i: usize| (0..3).map(|j| strengths[(i + j) % strengths.len()]).sum::<f32>() / 3.0;
    Ring {
        mean: sum / f32::from(PLACES),
        least: (0..strengths.len()).map(three).fold(f32::MAX, f32::min),
        turn: (turning.0 * turning.0 + turning.1 * turning.1).sqrt() / sum.max(1e-3),
    }
}

#[allow(clippy::cast_possible_truncation)] // clamped to the plane
fn nearest(place: f32, len: usize) -> usize {
    clamp((place + 0.5).floor() as isize, len)
}
