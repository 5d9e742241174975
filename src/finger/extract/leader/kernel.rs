//! The sums of the network: products with packed weights, filters over all channels, and filters of one channel each.

use super::plane::{PANEL, Panel, Plane};
use super::vectors::{Ops, Vectors};
use pulp::Simd;
use std::array::from_fn;

/// Packed weights: for every panel of outputs, for every input, the weights of the panel's 16 outputs.
pub(super) struct Matrix {
    pub(super) inputs: usize,
    weights: Vec<Panel>,
    bias: Vec<Panel>,
}

impl Matrix {
    /// Of `outputs` by `inputs` weights and as many biases as outputs.
    pub(super) fn new(outputs: usize, inputs: usize, weight: impl Fn(usize, usize) -> f32, bias: impl Fn(usize) -> f32) -> Self {
        let panels = outputs.div_ceil(PANEL);
        let real = |o: usize, value: &dyn Fn() -> f32| if o < outputs { value() } else { 0.0 };
        let weights = (0..panels).flat_map(|p| (0..inputs).map(move |i| (p, i)));
        Self {
            inputs,
            weights: weights.map(|(p, i)| from_fn(|l| real(p * PANEL + l, &|| weight(p * PANEL + l, i)))).collect(),
            bias: (0..panels).map(|p| from_fn(|l| real(p * PANEL + l, &|| bias(p * PANEL + l)))).collect(),
        }
    }

    pub(super) fn panels(&self) -> usize {
        self.bias.len()
    }

    #[inline(always)]
    fn panel(&self, panel: usize) -> &[Panel] {
        &self.weights[panel * self.inputs..][..self.inputs]
    }
}

/// Products of `rows` rows (each `STRIDE` after the one before) with packed weights; `put` is handed each row's every panel, and must
/// be inlined. `rows` is a multiple of `MR`.
#[inline(always)]
pub(super) fn product<S: Simd, const V: usize, const MR: usize, const STRIDE: usize>(
    o: Ops<S, V>,
    from: &[f32],
    rows: usize,
    matrix: &Matrix,
    mut put: impl FnMut(usize, usize, Vectors<S, V>),
) {
    let mut panel = 0;
    // Two panels are as many sums as AVX-512's registers hold.
    while V == 1 && panel + 1 < matrix.panels() {
        for row in (0..rows).step_by(MR) {
            let sums = block::<S, V, MR, 2, STRIDE>(o, &from[row * STRIDE..], matrix, panel);
            for r in 0..MR {
                put(row + r, panel, sums[r][0]);
                put(row + r, panel + 1, sums[r][1]);
            }
        }
        panel += 2;
    }
    while panel < matrix.panels() {
        for row in (0..rows).step_by(MR) {
            let sums = block::<S, V, MR, 1, STRIDE>(o, &from[row * STRIDE..], matrix, panel);
            for r in 0..MR {
                put(row + r, panel, sums[r][0]);
            }
        }
        panel += 1;
    }
}

#[inline(always)]
fn block<S: Simd, const V: usize, const MR: usize, const P: usize, const STRIDE: usize>(
    o: Ops<S, V>,
    from: &[f32],
    matrix: &Matrix,
    panel: usize,
) -> [[Vectors<S, V>; P]; MR] {
    let inputs = matrix.inputs;
    let mut weights: [&[Panel]; P] = [&[]; P];
    let mut bias = [o.zero(); P];
    for p in 0..P {
        weights[p] = &matrix.panel(panel + p)[..inputs];
        bias[p] = o.load(&matrix.bias[panel + p]);
    }
    let mut rows: [&[f32]; MR] = [&[]; MR];
    for r in 0..MR {
        rows[r] = &from[r * STRIDE..][..inputs];
    }
    let mut sums = [bias; MR];
    for i in 0..inputs {
        let mut w = [o.zero(); P];
        for p in 0..P {
            w[p] = o.load(&weights[p][i]);
        }
        for r in 0..MR {
            let x = o.splat(rows[r][i]);
            for p in 0..P {
                sums[r][p] = o.fma(x, w[p], sums[r][p]);
            }
        }
    }
    sums
}

/// A filter whose every output sees every input: weights by tap, then input; the taps by how far they lie from the pixel.
pub(super) struct Filter {
    pub(super) taps: Vec<(isize, isize)>,
    pub(super) inputs: usize,
    pub(super) weights: Vec<Panel>,
    pub(super) bias: Panel,
}

/// The answers of `MR` pixels of a row to a filter with one panel of outputs.
#[inline(always)]
pub(super) fn filter<S: Simd, const V: usize, const MR: usize>(
    o: Ops<S, V>,
    plane: &Plane,
    (x, y): (usize, usize),
    filter: &Filter,
) -> [Vectors<S, V>; MR] {
    let mut sums = [o.load(&filter.bias); MR];
    for (tap, (dx, dy)) in filter.taps.iter().enumerate() {
        let weights = &filter.weights[tap * filter.inputs..][..filter.inputs];
        for (panel, weights) in weights.chunks(PANEL).enumerate() {
            let pixels = &plane.run(panel, x, y, *dx, *dy)[..MR];
            for i in 0..weights.len().min(PANEL) {
                let w = o.load(&weights[i]);
                for r in 0..MR {
                    sums[r] = o.fma(o.splat(pixels[r][i]), w, sums[r]);
                }
            }
        }
    }
    sums
}

/// The answers of `PX` pixels of a row to filters of `SIDE` by `SIDE`, one for each channel of a panel.
#[inline(always)]
pub(super) fn each<S: Simd, const V: usize, const SIDE: usize, const PX: usize>(
    o: Ops<S, V>,
    plane: &Plane,
    panel: usize,
    (x, y): (usize, usize),
    weights: &[Panel],
) -> [Vectors<S, V>; PX] {
    let mut sums = [o.zero(); PX];
    let half = (SIDE / 2).cast_signed();
    for (dy, weights) in (-half..).zip(weights.chunks_exact(SIDE)) {
        let pixels = &plane.run(panel, x, y, -half, dy)[..PX + SIDE - 1];
        for i in 0..SIDE {
            let w = o.load(&weights[i]);
            for p in 0..PX {
                sums[p] = o.fma(o.load(&pixels[p + i]), w, sums[p]);
            }
        }
    }
    sums
}
