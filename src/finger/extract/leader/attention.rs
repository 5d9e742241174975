//! The attention of the first decoder over its own answers: filters of three widths, then a weight for every channel and pixel.

use super::kernel::{Filter, Matrix, filter, product};
use super::plane::{PANEL, Plane};
use super::tile::{Scratch, TILE, WIDE};
use super::vectors::{Ops, Work};
use pulp::Simd;

pub(super) struct Attention {
    /// Near to wide.
    pub(super) filters: [Filter; 3],
    pub(super) weigh: Matrix,
}

/// Over `from`, into the first panels of `to`.
pub(super) struct Run<'a> {
    pub(super) attention: &'a Attention,
    pub(super) from: &'a Plane,
    pub(super) to: &'a mut Plane,
    pub(super) scratch: &'a mut Scratch,
}

impl Work for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const V: usize, const MR: usize, const PX: usize>(self, o: Ops<S, V>) {
        let Self { attention, from, to, scratch } = self;
        for y in 0..from.height {
            for x in (0..from.width).step_by(TILE) {
                let width = TILE.min(from.width - x);
                for dx in (0..width).step_by(MR) {
                    for (panel, one) in attention.filters.iter().enumerate() {
                        let sums = filter::<S, V, MR>(o, from, (x + dx, y), one);
                        for r in 0..MR {
                            o.store_at(&mut scratch.wide, (dx + r) * WIDE + panel * PANEL, o.gelu(sums[r]));
                        }
                    }
                }
                let rows = width.next_multiple_of(MR);
                product::<S, V, MR, WIDE>(
                    o,
                    &scratch.wide,
                    rows,
                    &attention.weigh,
                    #[inline(always)]
                    |row, panel, sums| {
                        if row < width {
                            let own = o.load(from.pixel(panel, x + row, y));
                            o.store(to.pixel_mut(panel, x + row, y), o.mul(own, o.sigmoid(sums)));
                        }
                    },
                );
            }
        }
    }
}
