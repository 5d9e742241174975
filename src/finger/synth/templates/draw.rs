//! Draws in a hurry: tens of them make one minutia.

use crate::finger::synth::Draws;

/// Even over -1 to 1, in two dimensions.
#[inline]
pub(super) fn square(draws: &mut Draws) -> [f32; 2] {
    let bits = draws.bits();
    [bits >> 40, bits & 0xFF_FFFF].map(|bits| fraction(bits) * 2.0 - 1.0)
}

/// Even over a disc of radius 1.
#[inline]
pub(super) fn disc(draws: &mut Draws) -> [f32; 2] {
    // One in five misses: thirty-two in a row do not happen.
    for _ in 0..32 {
        let [x, y] = square(draws);
        if x * x + y * y < 1.0 {
            return [x, y];
        }
    }
    [0.0, 0.0]
}

/// Nearly normal, mean 0 and deviation 1, none beyond 3.5: four even numbers added.
#[inline]
pub(super) fn normal(draws: &mut Draws) -> f32 {
    /// Half the greatest sum.
    const MEAN: i32 = 2 * 0xFFFF;
    /// One over the deviation of the sum, 2^16 times the root of a third.
    const SCALE: f32 = 1.0 / 37_837.2;
    let bits = draws.bits();
    let sum: u64 = [0, 16, 32, 48].iter().map(|shift| bits >> shift & 0xFFFF).sum();
    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_precision_loss)] // below 2^18
    let off = (sum as i32 - MEAN) as f32;
    off * SCALE
}

/// 1 or -1, with this mean.
#[inline]
pub(super) fn sensed(draws: &mut Draws, lean: f32) -> f32 {
    if 2.0 * draws.unit() - 1.0 < lean { 1.0 } else { -1.0 }
}

/// Exponential, mean 1, none beyond 17.
#[inline]
pub(super) fn exponential(draws: &mut Draws) -> f32 {
    -libm::logf(1.0 - draws.unit())
}

/// 24 bits as a fraction, exact.
#[inline]
fn fraction(bits: u64) -> f32 {
    #[allow(clippy::cast_precision_loss)] // 24 bits
    let fraction = bits as f32;
    fraction * (1.0 / 16_777_216.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::synth::Seed;

    #[test]
    fn the_distributions_have_their_moments() {
        const N: u16 = 50_000;
        let mut draws = Seed::new(7).draws();
        let mut mean = |f: fn(&mut Draws) -> f32| (0..N).map(|_| f64::from(f(&mut draws))).sum::<f64>() / f64::from(N);
        assert!(mean(normal).abs() < 0.02);
        assert!((mean(|d| normal(d).powi(2)) - 1.0).abs() < 0.03);
        assert!((mean(exponential) - 1.0).abs() < 0.02);
        assert!((mean(|d| disc(d).iter().map(|v| v * v).sum()) - 0.5).abs() < 0.01);
        assert!((mean(|d| square(d)[1].powi(2)) - 1.0 / 3.0).abs() < 0.01);
    }
}
