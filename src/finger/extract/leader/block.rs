//! A stage of the second encoder and decoder: filters of one channel each, a normalization, four times as many channels through GELU,
//! and back, together with what went in.

use super::kernel::{Matrix, product};
use super::plane::{PANEL, Plane};
use super::tile::{Depthwise, NARROW, Scratch, Target, WIDE, normalize, tiles};
use super::vectors::{Ops, Work};
use pulp::Simd;
use std::ops::Range;

/// The stage as far as GELU.
pub(super) struct Expand {
    pub(super) depth: Depthwise,
    /// With the normalization's scale and shift in it.
    pub(super) matrix: Matrix,
    pub(super) outputs: usize,
}

impl Expand {
    /// A tile's rows: the outputs, then what went in.
    #[inline(always)]
    pub(super) fn answers<S: Simd, const V: usize, const MR: usize, const PX: usize>(
        &self,
        o: Ops<S, V>,
        from: &Plane,
        tile: &Range<usize>,
        scratch: &mut Scratch,
    ) {
        let Scratch { narrow, wide, .. } = scratch;
        self.depth.answers::<S, V, 7, PX>(o, from, tile, narrow);
        for row in narrow.chunks_exact_mut(NARROW).take(tile.len()) {
            normalize(o, row, self.depth.channels);
        }
        let rows = tile.len().next_multiple_of(MR);
        product::<S, V, MR, NARROW>(
            o,
            narrow,
            rows,
            &self.matrix,
            #[inline(always)]
            |row, panel, sums| o.store_at(wide, row * WIDE + panel * PANEL, o.gelu(sums)),
        );
        self.depth.originals(o, from, tile, wide, self.outputs);
    }
}

pub(super) struct Block {
    pub(super) expand: Expand,
    /// Back to few channels, what went in added, and the product after it, all in one.
    pub(super) out: Matrix,
}

pub(super) struct Run<'a> {
    pub(super) stage: &'a Block,
    pub(super) from: &'a Plane,
    pub(super) to: Target<'a>,
    pub(super) scratch: &'a mut Scratch,
}

impl Work for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const V: usize, const MR: usize, const PX: usize>(mut self, o: Ops<S, V>) {
        for tile in tiles(self.from) {
            self.stage.expand.answers::<S, V, MR, PX>(o, self.from, &tile, self.scratch);
            let rows = tile.len().next_multiple_of(MR);
            product::<S, V, MR, WIDE>(
                o,
                &self.scratch.wide,
                rows,
                &self.stage.out,
                #[inline(always)]
                |row, panel, sums| {
                    let pixel = tile.start + row;
                    if pixel < tile.end {
                        self.to.put(o, panel, (pixel % self.from.width, pixel / self.from.width), sums);
                    }
                },
            );
        }
    }
}
