//! Complex Gabor kernels at 250 dpi for every direction and period, built once.

use super::angle::angle;
use std::f32::consts::PI;
use std::sync::LazyLock;

/// Directions over half a turn.
pub(super) const DIRECTIONS: usize = 48;
/// Ridge periods in pixels of the 250 dpi plane, from `SHORTEST`, each `STEP` times the one before.
pub(super) const PERIODS: usize = 12;
/// The shortest period: 5 pixels of the picture.
pub(super) const SHORTEST: f32 = 2.5;
/// Ratio of neighbouring periods; the longest is 15 pixels of the picture.
pub(super) const STEP: f32 = 1.105;
/// Pixels from a kernel's middle to its edge.
pub(super) const REACH: usize = 7;
/// Values of a kernel row: 15 and a zero, so that a row is whole vectors.
pub(super) const ROW: usize = 16;
/// Rows of a kernel.
pub(super) const ROWS: usize = 2 * REACH + 1;

/// One kernel: rows of real and rows of imaginary parts, and the wave it answers to.
pub(super) struct Kernel {
    pub(super) re: [[f32; ROW]; ROWS],
    pub(super) im: [[f32; ROW]; ROWS],
    /// Radians a pixel along x and y.
    pub(super) wave: [f32; 2],
    /// What undoes the wave's advance over one pixel along x and along y.
    pub(super) back: [(f32, f32); 2],
}

/// Kernels by direction, then period.
pub(super) struct Bank(Vec<Kernel>);

/// Widths of the kernel's Gaussian, in periods.
pub(super) struct Shape {
    pub(super) across: f32,
    pub(super) along: f32,
}

impl Bank {
    pub(super) fn new(shape: &Shape) -> Self {
        Self((0..DIRECTIONS).flat_map(|d| (0..PERIODS).map(move |p| kernel(shape, direction(d), period(p)))).collect())
    }

    pub(super) fn kernel(&self, direction: usize, period: usize) -> &Kernel {
        &self.0[direction % DIRECTIONS * PERIODS + period.min(PERIODS - 1)]
    }
}

/// Angle of the wave vector of a direction, in radians.
#[allow(clippy::cast_precision_loss)] // small
pub(super) fn direction(d: usize) -> f32 {
    d as f32 * PI / DIRECTIONS as f32
}

/// The length of a period in pixels at 250 dpi.
pub(super) fn period(p: usize) -> f32 {
    (0..p).fold(SHORTEST, |t, _| t * STEP)
}

/// The nearest direction of a double-angle vector, and of a length the nearest period.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // within the bank by construction
pub(super) fn nearest_direction(cos: f32, sin: f32) -> usize {
    let half_turns = angle(sin, cos) / (2.0 * PI);
    let d = ((half_turns + 1.0) * DIRECTIONS as f32 + 0.5) as usize;
    d % DIRECTIONS
}

fn kernel(shape: &Shape, towards: f32, period: f32) -> Kernel {
    let (c, s) = (libm::cosf(towards), libm::sinf(towards));
    let turn = 2.0 * PI / period;
    let envelope = |x: f32, y: f32| {
        let (u, v) = ((c * x + s * y) / (shape.across * period), (c * y - s * x) / (shape.along * period));
        libm::expf(-0.5 * (u * u + v * v))
    };
    let back = [c, s].map(|a| (libm::cosf(turn * a), -libm::sinf(turn * a)));
    let mut k = Kernel { re: [[0.0; ROW]; ROWS], im: [[0.0; ROW]; ROWS], wave: [turn * c, turn * s], back };
    let (mut sum, mut mean) = (0.0, 0.0);
    for_each(|x, y, _, _| {
        let e = envelope(x, y);
        sum += e;
        mean += e * libm::cosf(turn * (c * x + s * y));
    });
    let mean = mean / sum;
    let (mut even, mut odd) = (0.0, 0.0);
    for_each(|x, y, i, j| {
        let (e, phase) = (envelope(x, y), turn * (c * x + s * y));
        k.re[j][i] = e * (libm::cosf(phase) - mean);
        k.im[j][i] = -e * libm::sinf(phase);
        even += k.re[j][i] * libm::cosf(phase);
        odd -= k.im[j][i] * libm::sinf(phase);
    });
    k.re.iter_mut().flatten().for_each(|v| *v /= even);
    k.im.iter_mut().flatten().for_each(|v| *v /= odd);
    k
}

#[allow(clippy::cast_precision_loss)] // small
fn for_each(mut f: impl FnMut(f32, f32, usize, usize)) {
    for j in 0..ROWS {
        for i in 0..ROW - 1 {
            f(i as f32 - REACH as f32, j as f32 - REACH as f32, i, j);
        }
    }
}

/// The kernels that show where ridges run: wide, deaf to noise.
pub(super) static WIDE: LazyLock<Bank> = LazyLock::new(|| Bank::new(&Shape { across: 0.5, along: 0.7 }));
/// The kernels that show minutiae: as narrow as tells one wave from its neighbours.
pub(super) static FINE: LazyLock<Bank> = LazyLock::new(|| Bank::new(&Shape { across: 0.43, along: 0.53 }));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_is_deaf_to_grey_and_answers_its_own_wave_with_one() {
        for (d, p) in [(0, 0), (7, 5), (24, 9), (40, PERIODS - 1)] {
            let k = WIDE.kernel(d, p);
            let (mut flat, mut re, mut im) = (0.0, 0.0, 0.0);
            for_each(|x, y, i, j| {
                let wave = libm::cosf(k.wave[0] * x + k.wave[1] * y);
                flat += k.re[j][i];
                re += wave * k.re[j][i];
                im += wave * k.im[j][i];
            });
            assert!(flat.abs() < 1e-4 && (re - 1.0).abs() < 1e-4 && im.abs() < 1e-4, "{d} {p}: {flat} {re} {im}");
        }
    }

    #[test]
    fn the_nearest_direction_wraps_at_half_a_turn() {
        for d in 0..DIRECTIONS {
            let a = 2.0 * direction(d);
            assert_eq!(nearest_direction(libm::cosf(a), libm::sinf(a)), d);
        }
        assert_eq!(nearest_direction(1.0, -0.01), 0);
    }
}
