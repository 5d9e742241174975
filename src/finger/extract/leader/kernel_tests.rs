//! Every kernel beside the plainest sums, on the widest vectors and on none.

use super::kernel::{Filter, Matrix, each, filter, product};
use super::plane::{PANEL, Panel, Plane};
use super::tile::{Depthwise, EPSILON, NARROW, Pool, TILE, normalize};
use super::vectors::{Ops, Work, run};
use pulp::Simd;
use std::array::from_fn;

/// Numbers without a pattern, -1 to 1.
fn rough(seed: usize) -> f32 {
    let mixed = (seed as u32).wrapping_mul(2_654_435_761).wrapping_add(12_345).wrapping_mul(1_103_515_245);
    f32::from((mixed >> 16) as u16) / 32_768.0 - 1.0
}

fn map(panels: usize, width: usize, height: usize, border: usize) -> Plane {
    let mut plane = Plane::new(panels, width, height, border);
    for panel in 0..panels {
        for y in 0..height {
            for x in 0..width {
                *plane.pixel_mut(panel, x, y) = from_fn(|l| rough(((panel * height + y) * width + x) * PANEL + l));
            }
        }
    }
    plane
}

/// A pixel's value, zero outside.
fn value(plane: &Plane, channel: usize, x: isize, y: isize) -> f32 {
    let inside = |at: isize, side: usize| usize::try_from(at).ok().filter(|at| *at < side);
    let place = inside(x, plane.width).zip(inside(y, plane.height));
    place.map_or(0.0, |(x, y)| plane.pixel(channel / PANEL, x, y)[channel % PANEL])
}

fn close(found: f32, wanted: f32) {
    assert!((found - wanted).abs() <= 1e-5 * (1.0 + wanted.abs()), "{found} for {wanted}");
}

/// Work over closures cannot be, closures have no type parameters: one type for each kernel.
struct Product<'a>(&'a [f32], &'a Matrix, &'a mut Vec<Vec<Panel>>);

impl Work for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const V: usize, const MR: usize, const PX: usize>(self, o: Ops<S, V>) {
        product::<S, V, MR, NARROW>(o, self.0, 12, self.1, |row, panel, sums| o.store(&mut self.2[row][panel], sums));
    }
}

#[test]
fn a_product_is_its_sums() {
    let rows: Vec<f32> = (0..12 * NARROW).map(rough).collect();
    for (outputs, inputs) in [(16, 1), (40, 37), (80, 16)] {
        let weight = |o: usize, i: usize| rough(o * 1_000 + i);
        let matrix = Matrix::new(outputs, inputs, weight, |o| rough(o + 77));
        for arch in [pulp::Arch::new(), pulp::Arch::Scalar] {
            let mut found = vec![vec![[9.0; PANEL]; outputs.div_ceil(PANEL)]; 12];
            run(arch, Product(&rows, &matrix, &mut found));
            for (row, panels) in found.iter().enumerate() {
                for (o, found) in panels.as_flattened().iter().enumerate() {
                    let sum: f32 = (0..inputs).map(|i| rows[row * NARROW + i] * weight(o, i)).sum();
                    close(*found, if o < outputs { sum + rough(o + 77) } else { 0.0 });
                }
            }
        }
    }
}

struct Filtered<'a>(&'a Plane, &'a Filter, usize, usize, &'a mut Vec<Panel>);

impl Work for Filtered<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const V: usize, const MR: usize, const PX: usize>(self, o: Ops<S, V>) {
        let sums = filter::<S, V, MR>(o, self.0, (self.2, self.3), self.1);
        for sum in sums {
            self.4.push([0.0; PANEL]);
            o.store(self.4.last_mut().unwrap(), sum);
        }
    }
}

#[test]
fn a_filter_sees_every_channel_and_zeros_beyond_the_edge() {
    let plane = map(2, 13, 5, 2);
    let taps = vec![(-2, -2), (0, 1), (2, 0)];
    let weights = (0..taps.len() * 24).map(|n| from_fn(|l| rough(n * PANEL + l + 5))).collect();
    let wide = Filter { taps, inputs: 24, weights, bias: from_fn(rough) };
    for arch in [pulp::Arch::new(), pulp::Arch::Scalar] {
        let mut found = Vec::new();
        run(arch, Filtered(&plane, &wide, 1, 4, &mut found));
        for (r, found) in found.iter().enumerate() {
            for (l, found) in found.iter().enumerate() {
                let mut sum = wide.bias[l];
                for (t, (dx, dy)) in wide.taps.iter().enumerate() {
                    for i in 0..24 {
                        let seen = value(&plane, i, 1 + r.cast_signed() + dx, 4 + dy);
                        sum += seen * wide.weights[t * 24 + i][l];
                    }
                }
                close(*found, sum);
            }
        }
    }
}

struct Each<'a>(&'a Plane, &'a [Panel], usize, usize, &'a mut Vec<Panel>);

impl Work for Each<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const V: usize, const MR: usize, const PX: usize>(self, o: Ops<S, V>) {
        for sum in each::<S, V, 5, PX>(o, self.0, 1, (self.2, self.3), self.1) {
            self.4.push([0.0; PANEL]);
            o.store(self.4.last_mut().unwrap(), sum);
        }
    }
}

#[test]
fn filters_of_one_channel_see_it_alone() {
    let plane = map(2, 9, 6, 2);
    let weights: Vec<f32> = (0..27 * 25).map(rough).collect();
    let depth = Depthwise::new(&weights, 25, &[16, 11]);
    assert_eq!((depth.channels, &depth.offsets), (27, &vec![0, 16]));
    for arch in [pulp::Arch::new(), pulp::Arch::Scalar] {
        let mut found = Vec::new();
        run(arch, Each(&plane, &depth.weights[1], 1, 5, &mut found));
        for (r, found) in found.iter().enumerate() {
            for (l, found) in found.iter().enumerate() {
                let channel = PANEL + l;
                let tap = |t: usize| {
                    let (dx, dy) = (t.cast_signed() % 5 - 2, t.cast_signed() / 5 - 2);
                    value(&plane, channel, 1 + r.cast_signed() + dx, 5 + dy)
                };
                let sum: f32 = (0..25).map(|t| tap(t) * weights.get(channel * 25 + t).copied().unwrap_or_default()).sum();
                close(*found, if l < 11 { sum } else { 0.0 });
            }
        }
    }
}

struct Normal<'a>(&'a mut [f32], usize);

impl Work for Normal<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const V: usize, const MR: usize, const PX: usize>(self, o: Ops<S, V>) {
        normalize(o, self.0, self.1);
    }
}

#[test]
fn a_normalization_asks_nothing_of_what_lies_beyond_its_channels() {
    for channels in [16, 27, 52] {
        let before: Vec<f32> = (0..64).map(|n| 5.0 + rough(n)).collect();
        let real = &before[..channels];
        let share = 1.0 / f32::from(u16::try_from(channels).unwrap());
        let mean = real.iter().sum::<f32>() * share;
        let variance = real.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() * share;
        for arch in [pulp::Arch::new(), pulp::Arch::Scalar] {
            let mut row = before.clone();
            run(arch, Normal(&mut row, channels));
            for (found, before) in row.iter().zip(real) {
                close(*found, (before - mean) / (variance + EPSILON).sqrt());
            }
        }
    }
}

struct Bent<'a>(&'a mut [Panel; 2], &'a Panel);

impl Work for Bent<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const V: usize, const MR: usize, const PX: usize>(self, o: Ops<S, V>) {
        let [gelu, sigmoid] = self.0;
        o.store(gelu, o.gelu(o.load(self.1)));
        o.store(sigmoid, o.sigmoid(o.load(self.1)));
    }
}

#[test]
fn gelu_and_the_logistic_function_are_theirs() {
    let some = [0.0, -0.0, 1e-20, 0.5, -0.5, 1.0, -1.0, 3.0, -3.0, 8.0, -8.0, 40.0, -40.0, 1e6, -1e6, -0.75];
    for arch in [pulp::Arch::new(), pulp::Arch::Scalar] {
        let mut found = [[9.0; PANEL]; 2];
        run(arch, Bent(&mut found, &some));
        for (l, x) in some.iter().map(|x| f64::from(*x)).enumerate() {
            let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x * x * x);
            close(found[0][l], (0.5 * x * (1.0 + libm::tanh(inner))) as f32);
            close(found[1][l], (1.0 / (1.0 + libm::exp(-x))) as f32);
        }
    }
}

#[test]
fn half_of_the_channels_keep_their_highest_and_half_their_mean() {
    let from = map(3, 4, 4, 1);
    for arch in [pulp::Arch::new(), pulp::Arch::Scalar] {
        let mut to = Plane::new(1, 2, 2, 0);
        run(arch, Pool { from: &from, panels: 2..3, to: &mut to });
        let four = |l: usize| [(2, 0), (3, 0), (2, 1), (3, 1)].map(|(x, y)| from.pixel(2, x, y)[l]);
        for l in 0..PANEL {
            let highest = four(l).into_iter().fold(f32::MIN, f32::max);
            close(to.pixel(0, 1, 0)[l], if l < 8 { highest } else { four(l).iter().sum::<f32>() / 4.0 });
        }
    }
}

#[test]
fn a_tile_is_whole_for_every_kernel() {
    assert!([12, 6, 2, 8, 4, 1].iter().all(|pixels| TILE.is_multiple_of(*pixels)));
}
