//! Pixels that are worked on together, so that what is between two sums of products never leaves the caches.

use super::kernel::each;
use super::plane::{PANEL, Panel, Plane};
use super::stem::pooled;
use super::vectors::{Ops, Vectors, Work};
use pulp::Simd;
use std::array::from_fn;
use std::ops::Range;

/// Pixels of a tile: a multiple of those of every kernel.
pub(super) const TILE: usize = 48;
/// What is added to a variance.
pub(super) const EPSILON: f32 = 0.001;
/// Values of a row between the filters and the first product: an odd number of cache lines over the 256 of the widest layer.
pub(super) const NARROW: usize = 272;
/// Values of a row between the products: an odd number of cache lines over the 876 + 219 + 16 of the widest layer.
pub(super) const WIDE: usize = 1_136;

/// What a tile's pixels are on their way.
pub(super) struct Scratch {
    pub(super) narrow: Vec<f32>,
    pub(super) wide: Vec<f32>,
    pub(super) sums: Vec<Panel>,
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self { narrow: vec![0.0; TILE * NARROW], wide: vec![0.0; TILE * WIDE], sums: vec![[0.0; PANEL]; TILE] }
    }
}

/// The tiles of a map, row after row of its pixels.
pub(super) fn tiles(plane: &Plane) -> impl Iterator<Item = Range<usize>> + use<> {
    let pixels = plane.width * plane.height;
    (0..pixels).step_by(TILE).map(move |start| start..pixels.min(start + TILE))
}

/// Where a stage's answers go.
pub(super) struct Target<'a> {
    pub(super) plane: &'a mut Plane,
    /// The first panel.
    pub(super) panel: usize,
    /// Whether each pixel becomes two by two.
    pub(super) grow: bool,
}

impl Target<'_> {
    #[inline(always)]
    pub(super) fn put<S: Simd, const V: usize>(
        &mut self,
        o: Ops<S, V>,
        panel: usize,
        (x, y): (usize, usize),
        values: Vectors<S, V>,
    ) {
        let panel = self.panel + panel;
        if self.grow {
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                o.store(self.plane.pixel_mut(panel, 2 * x + dx, 2 * y + dy), values);
            }
        } else {
            o.store(self.plane.pixel_mut(panel, x, y), values);
        }
    }
}

/// Filters of one channel each.
pub(super) struct Depthwise {
    /// By panel, then tap.
    pub(super) weights: Vec<Vec<Panel>>,
    /// Where each panel's channels begin when they stand close together, without the empty ones at a panel's end.
    pub(super) offsets: Vec<usize>,
    /// All channels that are not empty.
    pub(super) channels: usize,
}

impl Depthwise {
    /// Of `channels` filters with `taps` weights each; `counts` are the channels of each panel that are not empty.
    pub(super) fn new(weights: &[f32], taps: usize, counts: &[usize]) -> Self {
        let mut offsets = Vec::new();
        let mut channels = 0;
        for count in counts {
            offsets.push(channels);
            channels += count;
        }
        let panel = |(count, offset): (&usize, &usize)| {
            let value = |t: usize, l: usize| if l < *count { weights[(offset + l) * taps + t] } else { 0.0 };
            (0..taps).map(|t| from_fn(|l| value(t, l))).collect()
        };
        let weights = counts.iter().zip(&offsets).map(panel).collect();
        Self { weights, offsets, channels }
    }

    /// A tile's answers, a row for each pixel with its channels close together.
    #[inline(always)]
    pub(super) fn answers<S: Simd, const V: usize, const SIDE: usize, const PX: usize>(
        &self,
        o: Ops<S, V>,
        from: &Plane,
        tile: &Range<usize>,
        to: &mut [f32],
    ) {
        for (panel, (weights, offset)) in self.weights.iter().zip(&self.offsets).enumerate() {
            let mut pixel = tile.start;
            while pixel < tile.end {
                let (x, y) = (pixel % from.width, pixel / from.width);
                let sums = each::<S, V, SIDE, PX>(o, from, panel, (x, y), weights);
                let real = PX.min(from.width - x).min(tile.end - pixel);
                let at = (pixel - tile.start) * NARROW + offset;
                for p in 0..PX {
                    if p < real {
                        o.store_at(to, at + p * NARROW, sums[p]);
                    }
                }
                pixel += real;
            }
        }
    }

    /// The map's own values of a tile, from `at` on in each row.
    #[inline(always)]
    pub(super) fn originals<S: Simd, const V: usize>(
        &self,
        o: Ops<S, V>,
        from: &Plane,
        tile: &Range<usize>,
        to: &mut [f32],
        at: usize,
    ) {
        for (panel, offset) in self.offsets.iter().enumerate() {
            for (row, pixel) in tile.clone().enumerate() {
                let values = o.load(from.pixel(panel, pixel % from.width, pixel / from.width));
                o.store_at(to, row * WIDE + at + offset, values);
            }
        }
    }
}

/// Brings the first `channels` values of a row to mean 0 and variance 1; the values after them, up to a whole panel, to 0.
#[inline(always)]
pub(super) fn normalize<S: Simd, const V: usize>(o: Ops<S, V>, row: &mut [f32], channels: usize) {
    let panels = channels.div_ceil(PANEL);
    // Beyond the channels lies what another stage left.
    row[channels..panels * PANEL].fill(0.0);
    let mut total = o.zero();
    for panel in 0..panels {
        total = o.add(total, o.load_at(row, panel * PANEL));
    }
    let share = share(channels);
    let mean = o.splat(o.total(total) * share);
    let real: Panel = from_fn(|l| if (panels - 1) * PANEL + l < channels { 1.0 } else { 0.0 });
    let mut square = o.zero();
    for panel in 0..panels {
        let mut values = o.sub(o.load_at(row, panel * PANEL), mean);
        if panel + 1 == panels {
            values = o.mul(values, o.load(&real));
        }
        square = o.fma(values, values, square);
        o.store_at(row, panel * PANEL, values);
    }
    let scale = o.splat(1.0 / (o.total(square) * share + EPSILON).sqrt());
    for panel in 0..panels {
        o.store_at(row, panel * PANEL, o.mul(o.load_at(row, panel * PANEL), scale));
    }
}

/// One over a number of channels.
#[allow(clippy::cast_precision_loss)] // at most 256
pub(super) fn share(channels: usize) -> f32 {
    1.0 / channels as f32
}

/// A map at half its size: of the first half of the channels the highest of two by two pixels, of the others the mean.
pub(super) struct Pool<'a> {
    pub(super) from: &'a Plane,
    /// The panels of `from` that are taken; all of `to` are filled.
    pub(super) panels: Range<usize>,
    pub(super) to: &'a mut Plane,
}

impl Work for Pool<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const V: usize, const MR: usize, const PX: usize>(self, o: Ops<S, V>) {
        let middle = self.panels.len() * PANEL / 2;
        for (to, panel) in self.panels.clone().enumerate() {
            let first: Panel = from_fn(|l| if to * PANEL + l < middle { 1.0 } else { 0.0 });
            let second = o.load(&first.map(|f| 1.0 - f));
            let first = o.load(&first);
            for y in 0..self.to.height {
                for x in 0..self.to.width {
                    let at = |dx, dy| self.from.pixel(panel, 2 * x + dx, 2 * y + dy);
                    let four = [o.load(at(0, 0)), o.load(at(1, 0)), o.load(at(0, 1)), o.load(at(1, 1))];
                    let (highest, mean) = pooled(o, four);
                    let chosen = o.fma(highest, first, o.mul(mean, second));
                    o.store(self.to.pixel_mut(to, x, y), chosen);
                }
            }
        }
    }
}
