//! Ridges grown out of noise: filtered again and again along their direction and at their period, they join to a pattern in which
//! minutiae stand where they must (Cappelli, Erol, Maio and Maltoni 2000).

use super::raster::{Raster, pixels};
use std::sync::OnceLock;

/// Radius of a kernel in pixels at 250 dpi.
pub(super) const RADIUS: usize = 6;
/// Width of a kernel's row, filled up with zeros.
const ROW: usize = 16;
const ROWS: usize = 2 * RADIUS + 1;
/// Directions of the bank over half a turn.
const DIRECTIONS: u16 = 64;
/// Periods of the bank, in steps of [`STEP`] pixels from [`SHORTEST`].
const PERIODS: u16 = 24;
const SHORTEST: f32 = 3.2;
const STEP: f32 = 0.12;
/// Deviation of a kernel's bell, in periods: a narrower one leaves more minutiae.
const SPREAD: f32 = 0.39;
/// No ridges grow here.
pub(super) const NOTHING: u16 = u16::MAX;

/// A kernel for each direction and period.
pub(super) struct Bank(Vec<f32>);

impl Bank {
    /// The bank of all fingers, made once.
    pub(super) fn shared() -> &'static Self {
        static BANK: OnceLock<Bank> = OnceLock::new();
        BANK.get_or_init(Self::new)
    }

    /// Kernels that answer a wave of their direction and period with its own height, and a constant with nothing.
    fn new() -> Self {
        let kernels = (0..DIRECTIONS).flat_map(|d| (0..PERIODS).flat_map(move |p| kernel(d, p)));
        Self(kernels.collect())
    }

    /// Which kernel belongs to a doubled direction (y up) and a period in pixels at 250 dpi.
    pub(super) fn index([c, s]: [f32; 2], period: f32) -> u16 {
        let half = libm::atan2f(s, c) / (2.0 * core::f32::consts::PI);
        let direction = round((half + 1.0) * f32::from(DIRECTIONS)) % DIRECTIONS;
        let step = round(((period - SHORTEST) / STEP).max(0.0)).min(PERIODS - 1);
        direction * PERIODS + step
    }

    fn kernel(&self, index: u16) -> &[f32] {
        let start = usize::from(index) * ROWS * ROW;
        self.0.get(start..start + ROWS * ROW).unwrap_or_default()
    }
}

/// The ridges of a canvas, from -1 in a valley to 1 on a ridge; `choice` tells each pixel's kernel.
pub(super) fn grow(bank: &Bank, choice: &[u16], seeds: &Raster, rounds: usize) -> Raster {
    let (width, height) = (seeds.width, seeds.height);
    let stride = width + ROW;
    let mut from = vec![0.0; stride * (height + 2 * RADIUS)];
    for (row, line) in from.chunks_exact_mut(stride).skip(RADIUS).zip(seeds.data.chunks_exact(width)) {
        row.iter_mut().skip(RADIUS).zip(line).for_each(|(to, v)| *to = *v);
    }
    let mut to = from.clone();
    for _ in 0..rounds {
        let rows = to.chunks_exact_mut(stride).skip(RADIUS).zip(choice.chunks_exact(width));
        for ((y, (row, choice)), _) in rows.enumerate().zip(0..height) {
            for ((x, v), index) in row.iter_mut().skip(RADIUS).enumerate().zip(choice) {
                *v = if *index == NOTHING { 0.0 } else { saturate(answer(bank.kernel(*index), &from, y * stride + x, stride)) };
            }
        }
        std::mem::swap(&mut from, &mut to);
    }
    let lines = from.chunks_exact(stride).skip(RADIUS).take(height);
    Raster { width, height, data: lines.flat_map(|l| l.iter().skip(RADIUS).take(width).copied()).collect() }
}

/// A kernel's answer where its top left corner is at `corner`; sixteen sums side by side, always added up in one order.
fn answer(kernel: &[f32], plane: &[f32], corner: usize, stride: usize) -> f32 {
    let mut sums = [0.0f32; ROW];
    for (weights, line) in kernel.chunks_exact(ROW).zip(plane.get(corner..).unwrap_or_default().chunks(stride)) {
        let Some(line) = line.get(..ROW) else { break };
        for ((sum, w), v) in sums.iter_mut().zip(weights).zip(line) {
            *sum += w * v;
        }
    }
    sums.iter().sum()
}

/// Strengthens what is weak and bounds what is strong, without an edge.
fn saturate(v: f32) -> f32 {
    let v = v.clamp(-1.0, 1.0);
    v * (1.5 - 0.5 * v * v)
}

fn kernel(direction: u16, period: u16) -> Vec<f32> {
    let angle = f32::from(direction) / f32::from(DIRECTIONS) * core::f32::consts::PI;
    let period = SHORTEST + STEP * f32::from(period);
    let spread = SPREAD * period;
    let phase = 2.0 * core::f32::consts::PI / period;
    // Across the ridge, in pixels with y down.
    let normal = [libm::sinf(angle), libm::cosf(angle)];
    let places: Vec<[f32; 2]> = (0..ROWS * ROW).map(|at| [offset(at % ROW), offset(at / ROW)]).collect();
    let wave: Vec<f32> = places.iter().map(|[x, y]| libm::cosf(phase * (x * normal[0] + y * normal[1]))).collect();
    let bell = places.iter().map(|[x, y]| {
        let inside = *x <= offset(ROWS - 1);
        if inside { libm::expf(-(x * x + y * y) / (2.0 * spread * spread)) } else { 0.0 }
    });
    let bell: Vec<f32> = bell.collect();
    let constant = bell.iter().zip(&wave).map(|(b, w)| b * w).sum::<f32>() / bell.iter().sum::<f32>();
    let kernel: Vec<f32> = bell.iter().zip(&wave).map(|(b, w)| b * (w - constant)).collect();
    let height = kernel.iter().zip(&wave).map(|(k, w)| k * w).sum::<f32>();
    kernel.iter().map(|k| k / height).collect()
}

/// A column or row of a kernel from its middle.
fn offset(n: usize) -> f32 {
    pixels(n) - pixels(RADIUS)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
fn round(v: f32) -> u16 {
    (v + 0.5) as u16
}
