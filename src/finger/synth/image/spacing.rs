//! How far ridges stand apart: where directions fan out, ridges move apart before they fork, so that no more minutiae are forced
//! upon the pattern than skin has.
//!
//! With the phase's gradient f·n (f ridges a pixel, n across them) a pattern without minutiae has a curl of zero, which is
//! t·grad(ln f) = -n·grad(direction), t along the ridges and n a quarter turn on. The logarithm of the spacing is found that obeys this best while it stays
//! smooth and near what the finger's breadth asks for.

use super::raster::{Raster, column, pixels};

/// Pixels of the canvas at 500 dpi from node to node.
pub(super) const PITCH: usize = 16;
/// Weight of smoothness, and of staying near what is asked for.
const SMOOTH: f32 = 0.08;
const NEAR: f32 = 0.015;
/// Most that a node's direction may ask for, per node: cores and deltas ask for more than skin can do.
const STEEPEST: f32 = 0.25;
/// Length of a step down the slope, and how many are made.
const STEP: f32 = 0.11;
const STEPS: usize = 400;

/// What is asked of a node: the tangent, and how fast ln f grows along it.
#[derive(Clone, Copy, Default)]
struct Wish {
    along: [f32; 2],
    growth: f32,
}

/// The natural logarithm of the spacing, as a difference from what is asked for, on nodes [`PITCH`] apart; `direction` tells cosine
/// and sine of twice the ridge direction (y up) at a node's column and row.
pub(super) fn adapt(width: usize, height: usize, direction: impl Fn(usize, usize) -> [f32; 2]) -> Raster {
    let (columns, rows) = (width / PITCH + 1, height / PITCH + 1);
    let wishes = wishes(columns, rows, direction);
    let mut density = Raster::of(columns, rows, |_, _| 0.0);
    for _ in 0..STEPS {
        let slope = slope(&density, &wishes);
        density.data.iter_mut().zip(&slope).for_each(|(v, s)| *v -= STEP * s);
    }
    density.data.iter_mut().for_each(|v| *v = -*v);
    density
}

fn wishes(columns: usize, rows: usize, direction: impl Fn(usize, usize) -> [f32; 2]) -> Vec<Wish> {
    let mut wishes = vec![Wish::default(); columns * rows];
    for (at, wish) in wishes.iter_mut().enumerate() {
        let (x, y) = (at % columns, at / columns);
        if x + 1 >= columns || y + 1 >= rows {
            continue;
        }
        let here = direction(x, y);
        // Rows run down, y runs up.
        let turn = [turned(here, direction(x + 1, y)), -turned(here, direction(x, y + 1))];
        let half = libm::atan2f(here[1], here[0]) / 2.0;
        let along = [libm::cosf(half), libm::sinf(half)];
        let growth = along[1] * turn[0] - along[0] * turn[1];
        *wish = Wish { along, growth: growth.clamp(-STEEPEST, STEEPEST) };
    }
    wishes
}

/// By how many radians the second of two doubled directions is turned from the first.
fn turned(a: [f32; 2], b: [f32; 2]) -> f32 {
    libm::atan2f(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1]) / 2.0
}

/// The slope of the sum of squares that is to be least, at every node.
fn slope(density: &Raster, wishes: &[Wish]) -> Vec<f32> {
    let columns = density.width;
    let mut slope: Vec<f32> = density.data.iter().map(|v| NEAR * v).collect();
    for (at, wish) in wishes.iter().enumerate() {
        let (x, y) = (column(at % columns), column(at / columns));
        let here = density.at(x, y);
        let grad = [density.at(x + 1, y) - here, here - density.at(x, y + 1)];
        let miss = wish.along[0] * grad[0] + wish.along[1] * grad[1] - wish.growth;
        let pull = [miss * wish.along[0] + SMOOTH * grad[0], miss * wish.along[1] + SMOOTH * grad[1]];
        let mut add = |place: usize, v: f32| {
            if let Some(s) = slope.get_mut(place) {
                *s += v;
            }
        };
        if (at % columns) + 1 < columns {
            add(at + 1, pull[0]);
            add(at, -pull[0]);
        }
        add(at, pull[1]);
        add(at + columns, -pull[1]);
    }
    slope
}

/// Between the nodes, at a pixel of the canvas.
pub(super) fn between(nodes: &Raster, x: f32, y: f32) -> f32 {
    nodes.between(x / pixels(PITCH), y / pixels(PITCH))
}
