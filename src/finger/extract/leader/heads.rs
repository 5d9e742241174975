//! The network's three heads: position, direction and kind of a minutia for every pixel.
//!
//! A head ends at half the picture's size in four channels, is doubled, and filtered by five by five taps. Doubled pixels repeat, so that
//! the filter is one of three by three taps for each of four places of a pixel: 4 places by 4 answers are one panel.

use super::block::Expand;
use super::kernel::{Filter, Matrix, filter, product};
use super::plane::{PANEL, Plane};
use super::tile::{EPSILON, Scratch, WIDE, tiles};
use super::vectors::{Ops, Work};
use pulp::Simd;

/// Channels of a head.
pub(super) const OWN: usize = 4;
/// Heads.
pub(super) const HEADS: usize = 3;

pub(super) struct Heads {
    /// Each with the product that brings it to its four channels of a panel, of mean 0.
    pub(super) heads: [(Expand, Matrix); HEADS],
    /// From squares to each head's variance.
    pub(super) variance: Matrix,
    /// Scale, shift and the product after them, each head for itself.
    pub(super) mix: Matrix,
    /// From four channels a head to four answers of each of four places.
    pub(super) last: Filter,
}

/// The heads as far as GELU, into a map of one panel.
pub(super) struct Run<'a> {
    pub(super) heads: &'a Heads,
    pub(super) from: &'a Plane,
    pub(super) to: &'a mut Plane,
    pub(super) scratch: &'a mut Scratch,
}

impl Work for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const V: usize, const MR: usize, const PX: usize>(self, o: Ops<S, V>) {
        let Self { heads, from, to, scratch } = self;
        for tile in tiles(from) {
            let rows = tile.len().next_multiple_of(MR);
            scratch.sums.fill([0.0; PANEL]);
            for (expand, out) in &heads.heads {
                expand.answers::<S, V, MR, PX>(o, from, &tile, scratch);
                let Scratch { wide, sums, .. } = &mut *scratch;
                product::<S, V, MR, WIDE>(
                    o,
                    wide,
                    rows,
                    out,
                    #[inline(always)]
                    |row, _, more| {
                        let both = o.add(o.load(&sums[row]), more);
                        o.store(&mut sums[row], both);
                    },
                );
            }
            let Scratch { sums, narrow, .. } = &mut *scratch;
            mix::<S, V, MR>(o, heads, sums, narrow, rows);
            for (sum, pixel) in sums.iter().zip(tile) {
                *to.pixel_mut(0, pixel % from.width, pixel / from.width) = *sum;
            }
        }
    }
}

/// Normalizes each head's channels, mixes and bends them, in place.
#[inline(always)]
fn mix<S: Simd, const V: usize, const MR: usize>(
    o: Ops<S, V>,
    heads: &Heads,
    sums: &mut [[f32; PANEL]],
    squares: &mut [f32],
    rows: usize,
) {
    for (sum, square) in sums.iter().zip(squares.as_chunks_mut::<PANEL>().0) {
        *square = sum.map(|s| s * s);
    }
    product::<S, V, MR, PANEL>(
        o,
        squares,
        rows,
        &heads.variance,
        #[inline(always)]
        |row, _, variance| {
            let deviation = o.sqrt(o.add(variance, o.splat(EPSILON)));
            let normal = o.div(o.load(&sums[row]), deviation);
            o.store(&mut sums[row], normal);
        },
    );
    squares[..rows * PANEL].copy_from_slice(&sums.as_flattened()[..rows * PANEL]);
    product::<S, V, MR, PANEL>(
        o,
        squares,
        rows,
        &heads.mix,
        #[inline(always)]
        |row, _, mixed| o.store(&mut sums[row], o.gelu(mixed)),
    );
}

/// The heads' last filter, into a map of one panel: four answers of each of four places.
pub(super) struct Last<'a> {
    pub(super) filter: &'a Filter,
    pub(super) from: &'a Plane,
    pub(super) to: &'a mut Plane,
}

impl Work for Last<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const V: usize, const MR: usize, const PX: usize>(self, o: Ops<S, V>) {
        for y in 0..self.from.height {
            for x in (0..self.from.width).step_by(MR) {
                let sums = filter::<S, V, MR>(o, self.from, (x, y), self.filter);
                for r in 0..MR {
                    if x + r < self.from.width {
                        o.store(self.to.pixel_mut(0, x + r, y), sums[r]);
                    }
                }
            }
        }
    }
}
