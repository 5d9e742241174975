//! A smooth error of all directions of one capture: whoever measures them follows the flow of the ridges about a place, and errs with it.

use super::draw::normal;
use super::tuning::{SWAY, SWAY_WIDTH};
use crate::finger::synth::Draws;

/// Nodes of the grid across and up; it reaches beyond the largest pad.
const NODES: [usize; 2] = [10, 13];

/// Turns at the nodes of a grid over the pad.
#[derive(Debug, Clone)]
pub(super) struct Sway {
    nodes: [[f32; NODES[0]]; NODES[1]],
}

impl Sway {
    pub fn draw(draws: &mut Draws) -> Self {
        Self { nodes: [[SWAY; NODES[0]]; NODES[1]].map(|row| row.map(|deviation| deviation * normal(draws))) }
    }

    /// The turn at a place of the pad, in radians.
    #[inline]
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let (column, u) = split(x, NODES[0]);
        let (row, v) = split(y, NODES[1]);
        let node = |r: usize, c: usize| self.nodes.get(r).and_then(|row| row.get(c)).copied().unwrap_or(0.0);
        let across = |r: usize| node(r, column) * (1.0 - u) + node(r, column + 1) * u;
        across(row) * (1.0 - v) + across(row + 1) * v
    }
}

/// The cell of a coordinate about the middle, and how far into it.
#[inline]
fn split(at: f32, nodes: usize) -> (usize, f32) {
    let cells = super::count(nodes - 1);
    let at = (at / SWAY_WIDTH + 0.5 * cells).clamp(0.0, cells - 0.001);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped
    let cell = at as usize;
    (cell, at - super::count(cell))
}
