//! The angle of a vector, by one fixed sequence of operations that the compiler can put into vectors.

use std::f32::consts::{FRAC_PI_2, PI};

/// The angle of (x, y) from the x axis, −π to π, to 2·10⁻⁵ radians (Abramowitz and Stegun 4.4.49); 0 for no vector.
#[inline(always)]
pub(super) fn angle(y: f32, x: f32) -> f32 {
    let (ax, ay) = (x.abs(), y.abs());
    let (low, high) = (ax.min(ay), ax.max(ay));
    let a = low / high.max(1e-30);
    let s = a * a;
    let octant = a * (0.999_866 + s * (-0.330_299_5 + s * (0.180_141 + s * (-0.085_133 + s * 0.020_835_1))));
    let quadrant = if ay > ax { FRAC_PI_2 - octant } else { octant };
    let half = if x < 0.0 { PI - quadrant } else { quadrant };
    if y < 0.0 { -half } else { half }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_arc_tangent_all_around() {
        for i in 1..10_000u16 {
            let t = (f32::from(i) / 10_000.0 - 0.5) * 2.0 * PI;
            let found = angle(libm::sinf(t) * 3.0, libm::cosf(t) * 3.0);
            assert!((found - t).abs() < 2e-5, "{t}: {found}");
        }
        assert_eq!(angle(0.0, 0.0), 0.0);
    }
}
