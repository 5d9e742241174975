//! The wave of each place: direction across the ridges and ridge period, and the kernel that fits it.

use super::bank::{self, Bank, PERIODS};
use super::filter::{self, Answer, Path};
use super::flow::{Flow, PITCH, Products};
use super::plane::{Plane, smooth};

/// Direction and period on the grid.
pub(super) struct Waves {
    pub(super) flow: Flow,
    /// Ridge period in steps of the bank.
    pub(super) step: Plane,
}

/// The period of each grid point by the answers of kernels of every period in the direction of the flow.
pub(super) fn by_bank(plane: &Plane, flow: Flow, bank: &Bank, sigma: f32, path: Path) -> Waves {
    let energies: Vec<Plane> = (0..PERIODS).map(|p| energy(plane, &flow, bank, p, sigma, path)).collect();
    let mut step = Plane::new(flow.cos.width, flow.cos.height);
    for (i, v) in step.data.iter_mut().enumerate() {
        *v = peak(&energies, i);
    }
    Waves { flow, step }
}

/// The smoothed energy of one period on the grid.
fn energy(plane: &Plane, flow: &Flow, bank: &Bank, period: usize, sigma: f32, path: Path) -> Plane {
    let mut choice = Plane { width: plane.width, height: plane.height, data: vec![filter::NONE; plane.data.len()] };
    for (i, (c, s)) in flow.cos.data.iter().zip(&flow.sin.data).enumerate() {
        let (x, y) = middle(i % flow.cos.width, i / flow.cos.width, plane);
        choice.data[y * plane.width + x] = filter::index(bank::nearest_direction(*c, *s), period);
    }
    let answer = filter::answer(plane, bank, &choice, path);
    let mut grid = Plane::new(flow.cos.width, flow.cos.height);
    for (i, v) in grid.data.iter_mut().enumerate() {
        let (x, y) = middle(i % flow.cos.width, i / flow.cos.width, plane);
        let (re, im) = (answer.re.at(x, y), answer.im.at(x, y));
        *v = re * re + im * im;
    }
    smooth(&grid, sigma)
}

/// The pixel in the middle of a grid cell.
pub(super) fn middle(gx: usize, gy: usize, plane: &Plane) -> (usize, usize) {
    ((gx * PITCH + PITCH / 2).min(plane.width - 1), (gy * PITCH + PITCH / 2).min(plane.height - 1))
}

/// The step of most energy, between steps by a parabola.
#[allow(clippy::cast_precision_loss)] // a few steps
fn peak(energies: &[Plane], i: usize) -> f32 {
    let at = |p: usize| energies.get(p).map_or(0.0, |e| e.data[i]);
    let best = (0..PERIODS).fold(0, |b, p| if at(p) > at(b) { p } else { b });
    if best == 0 || best + 1 == PERIODS {
        return best as f32;
    }
    let (l, m, r) = (at(best - 1), at(best), at(best + 1));
    best as f32 + (0.5 * (l - r) / (l - 2.0 * m + r).min(-1e-9)).clamp(-0.5, 0.5)
}

impl Waves {
    /// The kernel of every pixel where `wanted` says so.
    pub(super) fn choice(&self, width: usize, height: usize, wanted: &Plane<bool>) -> Plane<u16> {
        let mut choice = Plane { width, height, data: vec![filter::NONE; width * height] };
        for (y, row) in choice.data.chunks_exact_mut(width).enumerate() {
            for (x, v) in row.iter_mut().enumerate() {
                if wanted.at(x / PITCH, y / PITCH) {
                    let (gx, gy) = grid_place(x, y);
                    let (c, s) = (self.flow.cos.between(gx, gy), self.flow.sin.between(gx, gy));
                    *v = filter::index(bank::nearest_direction(c, s), nearest(self.step.between(gx, gy)));
                }
            }
        }
        choice
    }
}

/// Where a pixel stands between grid points.
#[allow(clippy::cast_precision_loss)] // under 2^24
pub(super) fn grid_place(x: usize, y: usize) -> (f32, f32) {
    let place = |v: usize| (v as f32 - (PITCH / 2) as f32) / PITCH as f32;
    (place(x), place(y))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped
fn nearest(step: f32) -> usize {
    (step.clamp(0.0, 100.0) + 0.5) as usize
}

/// The waves that the answer itself shows: how its phase advances from pixel to pixel, weighed by its energy.
pub(super) fn by_phase(answer: &Answer, choice: &Plane<u16>, direction_sigma: f32, period_sigma: f32) -> Waves {
    let (w, h) = (choice.width, choice.height);
    let mut products = Products::new(w, h);
    let mut turns = Plane::new(products.cos.width, products.cos.height);
    let mut weights = turns.clone();
    for y in 0..h.saturating_sub(1) {
        for x in 0..w.saturating_sub(1) {
            let Some((e, kx, ky)) = advance(answer, choice, x, y) else { continue };
            let k = (kx * kx + ky * ky).sqrt();
            if !(0.3..3.0).contains(&k) {
                continue;
            }
            let scale = e.sqrt() / k;
            products.add(x, y, kx * scale, ky * scale);
            let i = y / PITCH * turns.width + x / PITCH;
            turns.data[i] += e * k;
            weights.data[i] += e;
        }
    }
    let (turns, weights) = (smooth(&turns, period_sigma), smooth(&weights, period_sigma));
    let mut step = turns;
    for (s, w) in step.data.iter_mut().zip(&weights.data) {
        let k = (*s / w.max(1e-6)).clamp(0.3, 3.0);
        *s = libm::logf(2.0 * std::f32::consts::PI / k / bank::SHORTEST) / libm::logf(bank::STEP);
    }
    Waves { flow: products.flow(direction_sigma), step }
}

/// Energy and phase advance to the right and down, of three pixels whose kernels agree in sense.
fn advance(answer: &Answer, choice: &Plane<u16>, x: usize, y: usize) -> Option<(f32, f32, f32)> {
    let here = choice.at(x, y);
    if here == filter::NONE {
        return None;
    }
    let (d, _) = filter::parts(here);
    let z = |x: usize, y: usize| {
        let other = choice.at(x, y);
        (other != filter::NONE).then(|| oriented(answer, x, y, filter::parts(other).0, d))
    };
    let (a, r, b) = (z(x, y)?, z(x + 1, y)?, z(x, y + 1)?);
    let turn = |p: (f32, f32)| libm::atan2f(a.0 * p.1 - a.1 * p.0, a.0 * p.0 + a.1 * p.1);
    Some((a.0 * a.0 + a.1 * a.1, turn(r), turn(b)))
}

/// The answer of a pixel as seen along `direction`: conjugate where its own kernel points the other way.
pub(super) fn oriented(answer: &Answer, x: usize, y: usize, own: usize, direction: usize) -> (f32, f32) {
    let (re, im) = (answer.re.at(x, y), answer.im.at(x, y));
    let turned = own.abs_diff(direction) > bank::DIRECTIONS / 2;
    (re, if turned { -im } else { im })
}
