//! Templates of fingers that nobody has: plausible minutiae from a seed, for samples and tests.

use super::{Minutia, MinutiaKind, Template, View};
use crate::finger::position::FingerPosition;
use crate::world::DangerousSeededEntropy;
use rand_core::Rng;

/// Least distance of two minutiae in pixels; real ones keep about a ridge period (9 pixels at 500 dpi) apart.
const APART: i32 = 9;
const WIDTH: u16 = 300;
const HEIGHT: u16 = 400;

/// A template of `count` minutiae (at most 100 find room) at 500 dpi, the same for the same seed, best first.
///
/// Positions are spread over an upright ellipse with the spacing of ridges, and directions follow a whorl with some noise. It is a
/// likeness for sizes, formats and demonstrations; it says nothing about any matcher's accuracy.
#[must_use]
pub fn template(seed: u64, position: FingerPosition, count: usize) -> Template {
    let mut rng = DangerousSeededEntropy::new(seed ^ u64::from(position.code()) << 32);
    let mut minutiae: Vec<Minutia> = Vec::new();
    for _ in 0..count.saturating_mul(200) {
        if minutiae.len() >= count.min(100) {
            break;
        }
        if let Some(m) = candidate(&mut rng)
            && minutiae.iter().all(|o| distance_squared(o, &m) >= APART * APART)
        {
            minutiae.push(m);
        }
    }
    minutiae.sort_by_key(|m| std::cmp::Reverse(m.quality));
    let quality = 70 + below(&mut rng, 25);
    let view = View { position: Some(position), number: 0, impression: 0, quality, minutiae, extended: Vec::new() };
    Template { width: WIDTH, height: HEIGHT, x_resolution: 197, y_resolution: 197, equipment: 0, views: vec![view] }
}

fn candidate(rng: &mut DangerousSeededEntropy) -> Option<Minutia> {
    let (x, y) = (uniform(rng, WIDTH), uniform(rng, HEIGHT));
    let (dx, dy) = (f64::from(x) - 150.0, f64::from(y) - 200.0);
    let radius = (dx / 125.0).powi(2) + (dy / 175.0).powi(2);
    if radius > 1.0 {
        return None;
    }
    // Ridges of a whorl run around its centre: the direction is a quarter turn from the radius, either way along the ridge.
    let along = (-dy).atan2(dx) / std::f64::consts::TAU + 0.25;
    let flip = if below(rng, 2) == 0 { 0.0 } else { 0.5 };
    let noise = (f64::from(below(rng, 21)) - 10.0) / 256.0;
    let angle = turn(along + flip + noise);
    let kind = if below(rng, 100) < 60 { MinutiaKind::Ending } else { MinutiaKind::Bifurcation };
    // The rim of a print is poorer than its middle.
    let quality = if radius > 0.7 { 20 + below(rng, 40) } else { 45 + below(rng, 56) };
    Some(Minutia { x, y, angle, kind, quality })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a fraction of a turn times 256, then masked to a byte
fn turn(fraction: f64) -> u8 {
    (fraction.rem_euclid(1.0) * 256.0) as u8
}

fn uniform(rng: &mut DangerousSeededEntropy, bound: u16) -> u16 {
    let value = rng.next_u32() % u32::from(bound.max(1));
    u16::try_from(value).unwrap_or_default()
}

fn below(rng: &mut DangerousSeededEntropy, bound: u8) -> u8 {
    let value = rng.next_u32() % u32::from(bound.max(1));
    u8::try_from(value).unwrap_or_default()
}

fn distance_squared(a: &Minutia, b: &Minutia) -> i32 {
    let (dx, dy) = (i32::from(a.x) - i32::from(b.x), i32::from(a.y) - i32::from(b.y));
    dx * dx + dy * dy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides_and_ridge_spacing_is_kept() {
        let a = template(3, FingerPosition::RightIndex, 60);
        assert_eq!(a, template(3, FingerPosition::RightIndex, 60));
        assert_ne!(a, template(4, FingerPosition::RightIndex, 60));
        let m = &a.views[0].minutiae;
        assert_eq!(m.len(), 60);
        for (i, p) in m.iter().enumerate() {
            assert!(m[..i].iter().all(|q| distance_squared(p, q) >= APART * APART));
            assert!((1..=100).contains(&p.quality) && p.x < WIDTH && p.y < HEIGHT);
        }
    }
}
