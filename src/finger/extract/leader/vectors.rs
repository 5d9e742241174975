//! A panel of 16 channels in the processor's vectors: one of AVX-512, two of AVX2, four of NEON.
//!
//! Everything here, and every closure that calls it, must be inlined: only within [`run`] is the code compiled for those vectors.

use super::plane::{PANEL, Panel};
use pulp::{Simd, WithSimd};

/// A panel.
pub(super) type Vectors<S, const V: usize> = [<S as Simd>::f32s; V];

/// Work that is compiled for every kind of vector: `MR` pixels are worked on at once, `PX` where filters slide.
pub(super) trait Work {
    type Output;

    fn run<S: Simd, const V: usize, const MR: usize, const PX: usize>(self, o: Ops<S, V>) -> Self::Output;
}

/// Runs it on the vectors of `arch`.
pub(super) fn run<W: Work>(arch: pulp::Arch, work: W) -> W::Output {
    arch.dispatch(Job(work))
}

struct Job<W>(W);

impl<W: Work> WithSimd for Job<W> {
    type Output = W::Output;

    /// As many pixels as the registers hold sums for.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> W::Output {
        match S::F32_LANES {
            16 => self.0.run::<S, 1, 12, 8>(Ops(simd)),
            8 => self.0.run::<S, 2, 6, 4>(Ops(simd)),
            4 => self.0.run::<S, 4, 6, 4>(Ops(simd)),
            _ => self.0.run::<S, 16, 2, 1>(Ops(simd)),
        }
    }
}

/// What is done with panels.
#[derive(Clone, Copy)]
pub(super) struct Ops<S: Simd, const V: usize>(S);

/// Element by element, with the processor's own operation.
macro_rules! each {
    ($($(#[$doc:meta])* $name:ident($($arg:ident),+) = $op:ident;)*) => {$(
        $(#[$doc])*
        #[inline(always)]
        pub(super) fn $name(self, $($arg: Vectors<S, V>),+) -> Vectors<S, V> {
            let mut out = self.zero();
            for v in 0..V {
                out[v] = self.0.$op($($arg[v]),+);
            }
            out
        }
    )*};
}

impl<S: Simd, const V: usize> Ops<S, V> {
    each! {
        add(a, b) = add_f32s;
        sub(a, b) = sub_f32s;
        mul(a, b) = mul_f32s;
        div(a, b) = div_f32s;
        max(a, b) = max_f32s;
        min(a, b) = min_f32s;
        sqrt(a) = sqrt_f32s;
        /// `a · b + c`.
        fma(a, b, c) = mul_add_e_f32s;
    }

    #[inline(always)]
    pub(super) fn zero(self) -> Vectors<S, V> {
        self.splat(0.0)
    }

    #[inline(always)]
    pub(super) fn splat(self, value: f32) -> Vectors<S, V> {
        [self.0.splat_f32s(value); V]
    }

    #[inline(always)]
    pub(super) fn load(self, panel: &Panel) -> Vectors<S, V> {
        let (vectors, _) = S::as_simd_f32s(panel);
        let mut out = self.zero();
        for v in 0..V {
            out[v] = vectors[v];
        }
        out
    }

    /// The panel that begins at `at`; zeros if it ends too early.
    #[inline(always)]
    pub(super) fn load_at(self, from: &[f32], at: usize) -> Vectors<S, V> {
        match from[at..].first_chunk::<PANEL>() {
            Some(panel) => self.load(panel),
            None => self.zero(),
        }
    }

    #[inline(always)]
    pub(super) fn store(self, to: &mut Panel, values: Vectors<S, V>) {
        let (vectors, _) = S::as_mut_simd_f32s(to);
        for v in 0..V {
            vectors[v] = values[v];
        }
    }

    /// The panel that begins at `at`; nothing if it ends too early.
    #[inline(always)]
    pub(super) fn store_at(self, to: &mut [f32], at: usize, values: Vectors<S, V>) {
        if let Some(panel) = to[at..].first_chunk_mut::<PANEL>() {
            self.store(panel, values);
        }
    }

    /// The sum of a panel's values.
    #[inline(always)]
    pub(super) fn total(self, values: Vectors<S, V>) -> f32 {
        let mut sum = values[0];
        for v in 1..V {
            sum = self.0.add_f32s(sum, values[v]);
        }
        self.0.reduce_sum_f32s(sum)
    }

    /// 2 to a power, which is brought between -126 and 126.
    #[inline(always)]
    fn power(self, exponent: Vectors<S, V>) -> Vectors<S, V> {
        /// Adding 1.5 · 2^23 leaves the nearest whole number in the low bits.
        const ROUND: f32 = 12_582_912.0;
        /// ln(2)^k / k!
        const SERIES: [f32; 7] =
            [1.0, std::f32::consts::LN_2, 0.240_226_5, 0.055_504_11, 0.009_618_129, 0.001_333_355_8, 0.000_154_035_3];
        let exponent = self.max(self.min(exponent, self.splat(126.0)), self.splat(-126.0));
        let shifted = self.add(exponent, self.splat(ROUND));
        let rest = self.sub(exponent, self.sub(shifted, self.splat(ROUND)));
        let mut sum = self.splat(SERIES[6]);
        for term in (0..6).rev() {
            sum = self.fma(sum, rest, self.splat(SERIES[term]));
        }
        for v in 0..V {
            let whole = self.0.wrapping_dyn_shl_u32s(self.0.transmute_u32s_f32s(shifted[v]), self.0.splat_u32s(23));
            sum[v] = self.0.transmute_f32s_u32s(self.0.add_u32s(self.0.transmute_u32s_f32s(sum[v]), whole));
        }
        sum
    }

    /// x · Φ(x) as the network has it, with tanh: x · σ(2 √(2/π) (x + 0.044715 x³)).
    #[inline(always)]
    pub(super) fn gelu(self, x: Vectors<S, V>) -> Vectors<S, V> {
        /// -2 √(2/π) log₂ e, and that times 0.044715.
        const LINEAR: f32 = -2.302_208_2;
        const CUBIC: f32 = -0.102_943_24;
        let exponent = self.mul(x, self.fma(self.mul(x, x), self.splat(CUBIC), self.splat(LINEAR)));
        self.div(x, self.add(self.splat(1.0), self.power(exponent)))
    }

    /// The logistic function.
    #[inline(always)]
    pub(super) fn sigmoid(self, x: Vectors<S, V>) -> Vectors<S, V> {
        let one = self.splat(1.0);
        self.div(one, self.add(one, self.power(self.mul(x, self.splat(-std::f32::consts::LOG2_E)))))
    }
}
