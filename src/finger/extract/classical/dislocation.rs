//! Minutiae as what they are in a wave: points where the phase turns once around. A ridge that ends and a ridge that splits both
//! give such a point, at the same place whether the finger is pressed lightly or hard, and the sense of the turn says to which side
//! there is one ridge more.

use super::bank::Bank;
use super::filter::{self, Answer};
use super::plane::Plane;
use super::waves::oriented;

/// A point around which the phase turns.
#[derive(Clone, Copy)]
pub(super) struct Dislocation {
    /// Place in pixels of the 250 dpi plane, from the middle of the first.
    pub(super) x: f32,
    pub(super) y: f32,
    /// The pixel left and above.
    pub(super) cell: (usize, usize),
    /// Towards the side with one ridge more: +1 against the kernel's wave turned by a quarter, or -1 along it.
    pub(super) sense: f32,
    /// Determinant of the answer's slope: how sharp the zero is.
    pub(super) slope: f32,
}

type C = (f32, f32);

pub(super) fn find(answer: &Answer, bank: &Bank, choice: &Plane<u16>) -> Vec<Dislocation> {
    let mut found = Vec::new();
    for y in 0..choice.height.saturating_sub(1) {
        for x in 0..choice.width.saturating_sub(1) {
            if let Some(corners) = corners(answer, bank, choice, x, y)
                && let Some(sense) = winding(&corners)
            {
                found.push(place(&corners, x, y, sense));
            }
        }
    }
    found
}

/// The answers at the four pixels around, clockwise, freed of the wave itself.
fn corners(answer: &Answer, bank: &Bank, choice: &Plane<u16>, x: usize, y: usize) -> Option<[C; 4]> {
    let here = choice.at(x, y);
    if here == filter::NONE {
        return None;
    }
    let (d, p) = filter::parts(here);
    let kernel = bank.kernel(d, p);
    let mut out = [(0.0, 0.0); 4];
    for (o, (dx, dy)) in out.iter_mut().zip([(0, 0), (1, 0), (1, 1), (0, 1)]) {
        let other = choice.at(x + dx, y + dy);
        if other == filter::NONE {
            return None;
        }
        let mut z = oriented(answer, x + dx, y + dy, filter::parts(other).0, d);
        if dx == 1 {
            z = times(z, kernel.back[0]);
        }
        if dy == 1 {
            z = times(z, kernel.back[1]);
        }
        *o = z;
    }
    Some(out)
}

fn times(a: C, b: C) -> C {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

/// Which way the four numbers go around zero, if they do.
fn winding(corners: &[C; 4]) -> Option<f32> {
    let mut turns = 0;
    for (i, p) in corners.iter().enumerate() {
        let q = corners[(i + 1) % 4];
        let cross = p.0 * q.1 - p.1 * q.0;
        if p.1 <= 0.0 && q.1 > 0.0 && cross > 0.0 {
            turns += 1;
        } else if q.1 <= 0.0 && p.1 > 0.0 && cross < 0.0 {
            turns -= 1;
        }
    }
    match turns {
        1 => Some(1.0),
        -1 => Some(-1.0),
        _ => None,
    }
}

/// Where between the four the answer is zero, by its mean slope.
#[allow(clippy::cast_precision_loss)] // under 2^24
fn place(c: &[C; 4], x: usize, y: usize, sense: f32) -> Dislocation {
    let mean = |f: fn(&C) -> f32| 0.25 * (f(&c[0]) + f(&c[1]) + f(&c[2]) + f(&c[3]));
    let along_x = |f: fn(&C) -> f32| 0.5 * (f(&c[1]) - f(&c[0]) + f(&c[2]) - f(&c[3]));
    let along_y = |f: fn(&C) -> f32| 0.5 * (f(&c[3]) - f(&c[0]) + f(&c[2]) - f(&c[1]));
    let (re, im): (fn(&C) -> f32, fn(&C) -> f32) = (|z| z.0, |z| z.1);
    let (a, b, d, e) = (along_x(re), along_y(re), along_x(im), along_y(im));
    let slope = a * e - b * d;
    let safe = if slope.abs() < 1e-9 { 1e-9 } else { slope };
    let dx = (b * mean(im) - e * mean(re)) / safe;
    let dy = (d * mean(re) - a * mean(im)) / safe;
    Dislocation {
        x: x as f32 + 0.5 + dx.clamp(-0.5, 0.5),
        y: y as f32 + 0.5 + dy.clamp(-0.5, 0.5),
        cell: (x, y),
        sense,
        slope: slope.abs(),
    }
}
