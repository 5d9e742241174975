//! The wave of each place, direction across the ridges and ridge period, and the kernel that fits it.

use super::bank;
use super::filter;
use super::flow::{Flow, PITCH};
use super::plane::Plane;

/// Direction and period on the grid.
pub(super) struct Waves {
    pub(super) flow: Flow,
    /// Ridge period in steps of the bank.
    pub(super) step: Plane,
}

impl Waves {
    /// The kernel of every pixel in the cells that are `wanted`.
    pub(super) fn choice(&self, width: usize, height: usize, wanted: &Plane<bool>) -> Plane<u16> {
        let mut choice = Plane { width, height, data: vec![filter::NONE; width * height] };
        for (y, row) in choice.data.chunks_exact_mut(width).enumerate() {
            for (x, v) in row.iter_mut().enumerate().filter(|(x, _)| wanted.at(x / PITCH, y / PITCH)) {
                let at = grid_place(pixel(x), pixel(y));
                let (c, s) = (self.flow.cos.between(at), self.flow.sin.between(at));
                *v = filter::index(bank::nearest_direction(c, s), nearest_step(self.step.between(at)));
            }
        }
        choice
    }
}

/// A pixel's index as its place.
#[allow(clippy::cast_precision_loss)] // under 2^24
pub(super) fn pixel(i: usize) -> f32 {
    i as f32
}

/// Where a place stands between the middles of grid cells.
pub(super) fn grid_place(x: f32, y: f32) -> (f32, f32) {
    let half = (pixel(PITCH) - 1.0) / 2.0;
    ((x - half) / pixel(PITCH), (y - half) / pixel(PITCH))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped
fn nearest_step(step: f32) -> usize {
    (step.clamp(0.0, pixel(bank::PERIODS - 1)) + 0.5) as usize
}
