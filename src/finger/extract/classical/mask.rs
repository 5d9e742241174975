//! Where the finger is: contrast, and a share of the local power that one wave explains.

use super::filter::Answer;
use super::flow::PITCH;
use super::plane::{Plane, smooth};

/// The mean over each grid cell.
#[allow(clippy::cast_precision_loss)] // cells of 16
pub(super) fn cells(plane: &Plane) -> Plane {
    let (gw, gh) = (plane.width.div_ceil(PITCH), plane.height.div_ceil(PITCH));
    let (mut sum, mut count) = (Plane::new(gw, gh), Plane::<f32>::new(gw, gh));
    for y in 0..plane.height {
        for (x, v) in plane.row(y).iter().enumerate() {
            let i = y / PITCH * gw + x / PITCH;
            sum.data[i] += v;
            count.data[i] += 1.0;
        }
    }
    sum.data.iter_mut().zip(&count.data).for_each(|(s, n)| *s /= n.max(1.0));
    sum
}

/// Grid cells with enough contrast to be looked at.
pub(super) fn contrast(spread: &Plane) -> Plane<bool> {
    let grid = cells(spread);
    let mut sorted = grid.data.clone();
    sorted.sort_unstable_by(f32::total_cmp);
    let strong = sorted.get(sorted.len() * 9 / 10).copied().unwrap_or(0.0);
    let least = (super::settings().contrast * strong).max(4.0);
    grid.map(|v| *v >= least)
}

/// The share of the power of each neighbourhood that is in the wave, 0 to about 1.
pub(super) fn purity(plane: &Plane, answer: &Answer, sigma: f32) -> Plane {
    let mut wave = answer.re.clone();
    wave.data.iter_mut().zip(&answer.im.data).for_each(|(r, i)| *r = 0.5 * (*r * *r + i * i));
    let (wave, all) = (smooth(&cells(&wave), sigma), smooth(&cells(&plane.map(|v| v * v)), sigma));
    let mut purity = wave;
    purity.data.iter_mut().zip(&all.data).for_each(|(p, a)| *p /= a.max(0.02));
    purity
}

/// The finger: cells of contrast and purity, holes closed, crumbs dropped.
pub(super) fn finger(contrast: &Plane<bool>, purity: &Plane) -> Plane<bool> {
    let mut mask = purity.map(|p| *p >= super::settings().purity);
    mask.data.iter_mut().zip(&contrast.data).for_each(|(m, c)| *m &= c);
    let mask = majority(&majority(&mask));
    fill(&largest(&mask))
}

fn majority(mask: &Plane<bool>) -> Plane<bool> {
    let mut out = mask.clone();
    for y in 0..mask.height {
        for x in 0..mask.width {
            let near = |dx: isize, dy: isize| mask.near(x as isize + dx, y as isize + dy);
            let n = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy))).filter(|(dx, dy)| near(*dx, *dy)).count();
            out.data[y * mask.width + x] = n >= 5;
        }
    }
    out
}

/// The pieces that are at least a fifth of the largest.
fn largest(mask: &Plane<bool>) -> Plane<bool> {
    let (labels, sizes) = pieces(mask, true);
    let most = sizes.iter().copied().max().unwrap_or(0);
    labels.map(|l| *l > 0 && sizes.get(*l - 1).is_some_and(|s| 5 * s >= most))
}

/// Closes holes that do not touch the edge and are smaller than an eighth of all.
fn fill(mask: &Plane<bool>) -> Plane<bool> {
    let (labels, sizes) = pieces(mask, false);
    let total = mask.data.iter().filter(|m| **m).count();
    let mut open = vec![false; sizes.len() + 1];
    for y in 0..mask.height {
        for x in 0..mask.width {
            if x == 0 || y == 0 || x + 1 == mask.width || y + 1 == mask.height {
                open[labels.at(x, y)] = true;
            }
        }
    }
    labels.map(|l| *l == 0 || (!open[*l] && sizes[*l - 1] * 8 < total))
}

/// Numbers the four-connected pieces of a value from 1, 0 elsewhere.
fn pieces(mask: &Plane<bool>, value: bool) -> (Plane<usize>, Vec<usize>) {
    let (w, h) = (mask.width, mask.height);
    let mut labels = Plane::<usize>::new(w, h);
    let mut sizes = Vec::new();
    for start in 0..w * h {
        if mask.data[start] != value || labels.data[start] != 0 {
            continue;
        }
        let (label, mut size, mut stack) = (sizes.len() + 1, 0, vec![start]);
        labels.data[start] = label;
        while let Some(i) = stack.pop() {
            size += 1;
            let (x, y) = (i % w, i / w);
            let around = [(x > 0).then(|| i - 1), (x + 1 < w).then(|| i + 1), (y > 0).then(|| i - w), (y + 1 < h).then(|| i + w)];
            for j in around.into_iter().flatten().filter(|j| mask.data[*j] == value) {
                if labels.data[j] == 0 {
                    labels.data[j] = label;
                    stack.push(j);
                }
            }
        }
        sizes.push(size);
    }
    (labels, sizes)
}
