//! Where the finger is: contrast, and a share of the local power that one wave explains.

use super::filter::Answer;
use super::flow::PITCH;
use super::pieces::{neighbours, pieces};
use super::plane::{Plane, smooth};
use super::waves::pixel;

/// Least contrast, as a share of that of the most contrasted tenth, and in grey levels.
const CONTRAST: (f32, f32) = (0.2, 4.0);
/// Least share of the power in the wave: a print of dots has little more.
const PURITY: f32 = 0.1;
/// Grid points over which powers are smoothed.
const SMOOTH: f32 = 1.5;
/// Power below which a neighbourhood is empty.
const POWER: f32 = 0.02;

/// The mean over each grid cell.
pub(super) fn cells(plane: &Plane) -> Plane {
    let mut sum = Plane::<f32>::new(plane.width.div_ceil(PITCH), plane.height.div_ceil(PITCH));
    let mut count = sum.clone();
    for y in 0..plane.height {
        for (x, v) in plane.row(y).iter().enumerate() {
            let i = y / PITCH * sum.width + x / PITCH;
            sum.data[i] += v;
            count.data[i] += 1.0;
        }
    }
    sum.data.iter_mut().zip(&count.data).for_each(|(s, n)| *s /= n);
    sum
}

/// Grid cells with enough contrast to be looked at.
pub(super) fn contrast(spread: &Plane) -> Plane<bool> {
    let grid = cells(spread);
    let mut sorted = grid.data.clone();
    sorted.sort_unstable_by(f32::total_cmp);
    let strong = sorted.get(sorted.len() * 9 / 10).copied().unwrap_or(0.0);
    let least = (CONTRAST.0 * strong).max(CONTRAST.1);
    grid.map(|v| *v >= least)
}

/// The share of the power of each neighbourhood that is in the wave, 0 to about 1.
pub(super) fn purity(plane: &Plane, answer: &Answer) -> Plane {
    let mut wave = answer.re.clone();
    wave.data.iter_mut().zip(&answer.im.data).for_each(|(r, i)| *r = 0.5 * (*r * *r + i * i));
    let mut purity = smooth(&cells(&wave), SMOOTH);
    let all = smooth(&cells(&plane.map(|v| v * v)), SMOOTH);
    purity.data.iter_mut().zip(&all.data).for_each(|(p, a)| *p /= a.max(POWER));
    purity
}

/// The finger: cells of contrast and purity, crumbs dropped, holes closed.
pub(super) fn finger(contrast: &Plane<bool>, purity: &Plane) -> Plane<bool> {
    let mut mask = purity.map(|p| *p >= PURITY);
    mask.data.iter_mut().zip(&contrast.data).for_each(|(m, c)| *m &= c);
    fill(&large(&neighbours(&neighbours(&mask, 5), 5)))
}

/// The pieces that are at least a fifth of the largest.
fn large(mask: &Plane<bool>) -> Plane<bool> {
    let (labels, sizes) = pieces(mask, true);
    let most = sizes.iter().copied().max().unwrap_or(0);
    labels.map(|l| l.checked_sub(1).and_then(|i| sizes.get(i)).is_some_and(|s| 5 * s >= most))
}

/// Closes holes that do not touch the edge and are smaller than an eighth of the mask.
fn fill(mask: &Plane<bool>) -> Plane<bool> {
    let (labels, mut sizes) = pieces(mask, false);
    let all = area(mask);
    let (w, h) = (mask.width, mask.height);
    let edge = (0..w).flat_map(|x| [(x, 0), (x, h - 1)]).chain((0..h).flat_map(|y| [(0, y), (w - 1, y)]));
    for (x, y) in edge {
        if let Some(size) = labels.at(x, y).checked_sub(1).and_then(|i| sizes.get_mut(i)) {
            *size = usize::MAX / 8;
        }
    }
    labels.map(|l| l.checked_sub(1).and_then(|i| sizes.get(i)).is_none_or(|s| 8 * s < all))
}

/// Cells that are set.
pub(super) fn area(mask: &Plane<bool>) -> usize {
    mask.data.iter().filter(|m| **m).count()
}

/// The mean of a grid over the cells that are set, 0 if none is.
pub(super) fn mean_over(grid: &Plane, mask: &Plane<bool>) -> f32 {
    let sum: f32 = grid.data.iter().zip(&mask.data).filter(|(_, m)| **m).map(|(v, _)| *v).sum();
    sum / pixel(area(mask).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_closed_and_crumbs_dropped() {
        let mut m = Plane::<bool>::new(40, 40);
        for y in 5..35 {
            for x in 5..35 {
                m.data[y * 40 + x] = !((15..20).contains(&x) && (15..20).contains(&y));
            }
        }
        m.data[40 + 1] = true;
        let finger = finger(&m.map(|_| true), &m.map(|v| if *v { 0.5 } else { 0.0 }));
        assert!(finger.at(17, 17), "the hole");
        assert!(!finger.at(1, 1), "the crumb");
        assert!(!finger.at(2, 20), "the ground");
        assert!(finger.at(20, 6), "the finger");
    }

    #[test]
    fn a_cell_is_the_mean_of_its_pixels() {
        let mut p = Plane::<f32>::new(6, 4);
        p.data[0] = 16.0;
        p.data[5] = 8.0;
        assert_eq!(cells(&p).data, [1.0, 1.0]);
    }
}
