//! Minutiae as what they are in a wave: points where the phase turns once around. A ridge that ends and a ridge that splits both
//! give such a point, at the same place whether the finger is pressed lightly or hard, and the sense of the turn says to which side
//! there is one ridge more.

use super::bank::Bank;
use super::filter::{self, Answer};
use super::plane::Plane;
use super::waves::pixel;

/// A point around which the phase turns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dislocation {
    /// Place in pixels of the 250 dpi plane, from the middle of the first.
    pub(super) x: f32,
    pub(super) y: f32,
    /// The pixel left and above.
    pub(super) cell: (usize, usize),
    /// +1 where the phase turns from x to y: then there is one ridge more on the left of the kernel's wave; -1 on its right.
    pub(super) sense: f32,
    /// Determinant of the answer's slope: how sharp the zero is.
    pub(super) slope: f32,
}

type C = (f32, f32);

/// All dislocations of an answer, row by row.
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
        let mut z = answer.seen(x + dx, y + dy, filter::parts(other).0, d);
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
fn place(c: &[C; 4], x: usize, y: usize, sense: f32) -> Dislocation {
    let mean = |f: fn(&C) -> f32| 0.25 * (f(&c[0]) + f(&c[1]) + f(&c[2]) + f(&c[3]));
    let along_x = |f: fn(&C) -> f32| 0.5 * (f(&c[1]) - f(&c[0]) + f(&c[2]) - f(&c[3]));
    let along_y = |f: fn(&C) -> f32| 0.5 * (f(&c[3]) - f(&c[0]) + f(&c[2]) - f(&c[1]));
    let re: fn(&C) -> f32 = |z| z.0;
    let im: fn(&C) -> f32 = |z| z.1;
    let (a, b, d, e) = (along_x(re), along_y(re), along_x(im), along_y(im));
    let slope = a * e - b * d;
    let safe = if slope.abs() < 1e-9 { 1e-9 } else { slope };
    let dx = (b * mean(im) - e * mean(re)) / safe;
    let dy = (d * mean(re) - a * mean(im)) / safe;
    Dislocation {
        x: pixel(x) + 0.5 + dx.clamp(-0.5, 0.5),
        y: pixel(y) + 0.5 + dy.clamp(-0.5, 0.5),
        cell: (x, y),
        sense,
        slope: slope.abs(),
    }
}

/// The dislocations of a list, in the order of [`find`], of this sense and nearest to a place: the least distance, at most `reach`.
/// One at `except` is left out.
pub(super) fn nearest(list: &[Dislocation], sense: f32, (x, y): (f32, f32), reach: f32, except: Option<(usize, usize)>) -> f32 {
    let from = list.partition_point(|d| pixel(d.cell.1) + 1.0 < y - reach);
    list[from..]
        .iter()
        .take_while(|d| pixel(d.cell.1) <= y + reach)
        .filter(|d| d.sense == sense && Some(d.cell) != except)
        .map(|d| ((d.x - x) * (d.x - x) + (d.y - y) * (d.y - y)).sqrt())
        .fold(reach, f32::min)
}

#[cfg(test)]
mod tests {
    use super::super::bank::FINE;
    use super::*;

    /// An answer with one zero between the pixels (9, 7) and (10, 8) on a wave along x.
    fn vortex(sense: f32) -> (Answer, Plane<u16>) {
        let choice = Plane { width: 20, height: 16, data: vec![filter::index(0, 4); 320] };
        let k = FINE.kernel(0, 4).wave[0];
        let mut answer = Answer { re: Plane::new(20, 16), im: Plane::new(20, 16) };
        for i in 0..320 {
            let (x, y) = (pixel(i % 20), pixel(i / 20));
            let (dx, dy) = (x - 9.3, sense * (y - 7.6));
            let (c, s) = (libm::cosf(k * x), libm::sinf(k * x));
            (answer.re.data[i], answer.im.data[i]) = times((dx, dy), (c, s));
        }
        (answer, choice)
    }

    #[test]
    fn a_turn_of_the_phase_is_found_once_with_its_sense_and_place() {
        for sense in [1.0, -1.0] {
            let (answer, choice) = vortex(sense);
            let found = find(&answer, &FINE, &choice);
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].sense, sense);
            assert!((found[0].x - 9.3).abs() < 0.05 && (found[0].y - 7.6).abs() < 0.05, "{:?}", found[0]);
        }
    }

    #[test]
    fn the_nearest_of_a_sense_is_found_within_reach() {
        let at = |x, y, sense| Dislocation { x: pixel(x), y: pixel(y), cell: (x, y), sense, slope: 1.0 };
        let list = [at(5, 2, 1.0), at(8, 6, -1.0), at(5, 9, 1.0)];
        assert_eq!(nearest(&list, 1.0, (5.0, 5.0), 10.0, None), 3.0);
        assert_eq!(nearest(&list, 1.0, (5.0, 5.0), 10.0, Some((5, 2))), 4.0);
        assert_eq!(nearest(&list, -1.0, (8.0, 9.0), 2.5, None), 2.5);
    }
}
