//! The network's two beginnings: the picture through filters near and wide, normalized, bent and brought to half its size.

use super::plane::{PANEL, Panel, Plane};
use super::tile::{EPSILON, TILE, share};
use super::vectors::{Ops, Vectors, Work};
use pulp::Simd;

/// How far the widest filter reaches: two taps of two pixels.
const REACH: usize = 4;
/// Values beyond the picture that may be read, by sums whose answers are dropped.
const SLACK: usize = 64;

/// The picture as the network sees it: grey values 0 to 255 within zeros.
pub(super) struct Field {
    pub(super) width: usize,
    pub(super) height: usize,
    data: Vec<f32>,
}

impl Field {
    pub(super) fn new(width: usize, height: usize, value: impl Fn(usize, usize) -> f32) -> Self {
        let mut field = Self { width, height, data: vec![0.0; (width + 2 * REACH) * (height + 2 * REACH) + SLACK] };
        for y in 0..height {
            let at = field.at(0, y);
            field.data[at..at + width].iter_mut().enumerate().for_each(|(x, v)| *v = value(x, y));
        }
        field
    }

    fn at(&self, x: usize, y: usize) -> usize {
        (y + REACH) * (self.width + 2 * REACH) + x + REACH
    }

    #[inline(always)]
    fn run(&self, (x, y): (usize, usize), (dx, dy): (isize, isize)) -> &[f32] {
        let row = (self.width + 2 * REACH).cast_signed();
        &self.data[self.at(x, y).wrapping_add_signed(dy * row + dx)..]
    }
}

/// One panel of a stem.
pub(super) struct Branch {
    /// How far each tap lies from the pixel, and the panel's weights there.
    pub(super) taps: Vec<((isize, isize), Panel)>,
    pub(super) bias: Panel,
    pub(super) scale: Panel,
    pub(super) shift: Panel,
}

/// Panels that are normalized together.
pub(super) struct Stem<const N: usize> {
    pub(super) branches: [Branch; N],
    /// Whether two by two pixels give their highest value, or their mean.
    pub(super) highest: bool,
}

/// A stem over the picture, into the panels of a map from `panel` on.
pub(super) struct Run<'a, const N: usize> {
    pub(super) stem: &'a Stem<N>,
    pub(super) from: &'a Field,
    pub(super) to: &'a mut Plane,
    pub(super) panel: usize,
}

impl<const N: usize> Work for Run<'_, N> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const V: usize, const MR: usize, const PX: usize>(self, o: Ops<S, V>) {
        let mut rows = [[[[0.0; PANEL]; TILE]; N]; 2];
        for y in (0..self.from.height).step_by(2) {
            for x in (0..self.from.width).step_by(TILE) {
                let width = TILE.min(self.from.width - x);
                for (dy, row) in rows.iter_mut().enumerate() {
                    for dx in (0..width).step_by(MR) {
                        pixels::<S, V, MR, N>(o, self.stem, self.from, (x + dx, y + dy), row, dx);
                    }
                }
                for panel in 0..N {
                    let [above, below] = [&rows[0][panel], &rows[1][panel]];
                    for dx in (0..width).step_by(2) {
                        let four = [o.load(&above[dx]), o.load(&above[dx + 1]), o.load(&below[dx]), o.load(&below[dx + 1])];
                        let (highest, mean) = pooled(o, four);
                        let to = self.to.pixel_mut(self.panel + panel, (x + dx) / 2, y / 2);
                        o.store(to, if self.stem.highest { highest } else { mean });
                    }
                }
            }
        }
    }
}

/// The highest and the mean of four.
#[inline(always)]
pub(super) fn pooled<S: Simd, const V: usize>(o: Ops<S, V>, [a, b, c, d]: [Vectors<S, V>; 4]) -> (Vectors<S, V>, Vectors<S, V>) {
    let mean = o.mul(o.splat(0.25), o.add(o.add(a, b), o.add(c, d)));
    (o.max(o.max(a, b), o.max(c, d)), mean)
}

/// `MR` pixels through every branch, normalized over all channels.
#[inline(always)]
fn pixels<S: Simd, const V: usize, const MR: usize, const N: usize>(
    o: Ops<S, V>,
    stem: &Stem<N>,
    field: &Field,
    (x, y): (usize, usize),
    to: &mut [[Panel; TILE]; N],
    at: usize,
) {
    let mut sums = [[o.zero(); MR]; N];
    for (branch, sums) in stem.branches.iter().zip(&mut sums) {
        *sums = [o.load(&branch.bias); MR];
        for (tap, weights) in &branch.taps {
            let w = o.load(weights);
            let values = &field.run((x, y), *tap)[..MR];
            for r in 0..MR {
                sums[r] = o.fma(o.splat(values[r]), w, sums[r]);
            }
        }
    }
    for r in 0..MR {
        let mut channels = [o.zero(); N];
        for b in 0..N {
            channels[b] = sums[b][r];
        }
        let normal = normalized(o, channels);
        for (b, branch) in stem.branches.iter().enumerate() {
            let bent = o.gelu(o.fma(normal[b], o.load(&branch.scale), o.load(&branch.shift)));
            o.store(&mut to[b][at + r], bent);
        }
    }
}

/// Panels of one pixel brought together to mean 0 and variance 1.
#[inline(always)]
fn normalized<S: Simd, const V: usize, const N: usize>(o: Ops<S, V>, panels: [Vectors<S, V>; N]) -> [Vectors<S, V>; N] {
    let share = share(N * PANEL);
    let mut sum = o.zero();
    for panel in panels {
        sum = o.add(sum, panel);
    }
    let mean = o.splat(o.total(sum) * share);
    let mut out = panels;
    let mut square = o.zero();
    for p in 0..N {
        out[p] = o.sub(panels[p], mean);
        square = o.fma(out[p], out[p], square);
    }
    let scale = o.splat(1.0 / (o.total(square) * share + EPSILON).sqrt());
    for p in 0..N {
        out[p] = o.mul(out[p], scale);
    }
    out
}
