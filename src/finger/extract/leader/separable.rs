//! A stage of the first encoder and decoder: filters of one channel each, a product over channels, a normalization, GELU.

use super::kernel::{Matrix, product};
use super::plane::{PANEL, Panel, Plane};
use super::tile::{Depthwise, EPSILON, NARROW, Scratch, Target, WIDE, share, tiles};
use super::vectors::{Ops, Work};
use pulp::Simd;

pub(super) struct Separable {
    pub(super) depth: Depthwise,
    /// Its outputs have mean 0 whatever goes in, as the normalization asks.
    pub(super) point: Matrix,
    /// By panel: scale and shift after the normalization.
    pub(super) norm: Vec<(Panel, Panel)>,
}

pub(super) struct Run<'a> {
    pub(super) stage: &'a Separable,
    pub(super) from: &'a Plane,
    pub(super) to: Target<'a>,
    pub(super) scratch: &'a mut Scratch,
}

impl Work for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const V: usize, const MR: usize, const PX: usize>(mut self, o: Ops<S, V>) {
        let Separable { depth, point, norm } = self.stage;
        let Scratch { narrow, wide, .. } = self.scratch;
        for tile in tiles(self.from) {
            depth.answers::<S, V, 5, PX>(o, self.from, &tile, narrow);
            let rows = tile.len().next_multiple_of(MR);
            product::<S, V, MR, NARROW>(
                o,
                narrow,
                rows,
                point,
                #[inline(always)]
                |row, panel, sums| o.store_at(wide, row * WIDE + panel * PANEL, sums),
            );
            for (row, pixel) in tile.enumerate() {
                let values = &wide[row * WIDE..];
                let mut square = o.zero();
                for panel in 0..norm.len() {
                    let value = o.load_at(values, panel * PANEL);
                    square = o.fma(value, value, square);
                }
                let variance = o.total(square) * share(norm.len() * PANEL);
                let normal = o.splat(1.0 / (variance + EPSILON).sqrt());
                for (panel, (scale, shift)) in norm.iter().enumerate() {
                    let value = o.mul(o.load_at(values, panel * PANEL), normal);
                    let bent = o.gelu(o.fma(value, o.load(scale), o.load(shift)));
                    self.to.put(o, panel, (pixel % self.from.width, pixel / self.from.width), bent);
                }
            }
        }
    }
}
