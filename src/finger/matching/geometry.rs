//! Angles, sines, directions and logarithms in integers: the same bits on every machine.

// Numbers of minutiae are below 64, votes below 2^13, and squares of distances below 2^31 by the bounds that `prepared.rs` keeps.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

/// Angles are 1/256 of a turn, counter-clockwise.
pub type Turn = u8;

/// Binary places of [`sin`] and [`cos`].
pub const TRIG_BITS: u32 = 14;

/// 2π in 30 binary places.
const TAU_Q30: i64 = 6_746_518_852;

static SINES: [i32; 256] = sines();
/// Arctangent of k/256, in 1/256 of a [`Turn`].
static ARCTANGENTS: [u16; 257] = arctangents();
/// log2(1 + k/64) in 1/64.
static LOGARITHMS: [u8; 64] = logarithms();

/// Sine in [`TRIG_BITS`] binary places.
#[inline(always)]
pub fn sin(angle: Turn) -> i32 {
    SINES[usize::from(angle)]
}

/// Cosine in [`TRIG_BITS`] binary places.
#[inline(always)]
pub fn cos(angle: Turn) -> i32 {
    SINES[usize::from(angle.wrapping_add(64))]
}

/// The unsigned difference of two angles, 0 to 128.
#[inline(always)]
pub const fn apart(a: Turn, b: Turn) -> u8 {
    let d = a.wrapping_sub(b);
    if d > 128 { 0u8.wrapping_sub(d) } else { d }
}

/// The direction of a vector, y upwards, off by less than 0.6 of a unit; 0 for the null vector.
#[inline(always)]
pub fn direction(dx: i32, dy: i32) -> Turn {
    let (ax, ay) = (dx.unsigned_abs(), dy.unsigned_abs());
    let (small, large) = if ax < ay { (ax, ay) } else { (ay, ax) };
    if large == 0 {
        return 0;
    }
    // A vector of 2^23 and more loses low bits that no angle shows.
    let shift = (32 - large.leading_zeros()).saturating_sub(23);
    let ratio = (((small >> shift) << 8) + (large >> shift) / 2) / (large >> shift);
    let octant = u32::from(ARCTANGENTS[(ratio & 0x1FF).min(256) as usize]);
    let quarter = if ax < ay { (64 << 8) - octant } else { octant };
    let half = if dx < 0 { (128 << 8) - quarter } else { quarter };
    let full = if dy < 0 { (256 << 8) - half } else { half };
    (((full + 128) >> 8) & 0xFF) as u8
}

/// Square root, rounded to the nearest.
#[inline(always)]
pub const fn root(square: u32) -> u32 {
    let down = square.isqrt();
    // (down + 1/2)² = down² + down + 1/4
    if square - down * down > down { down + 1 } else { down }
}

/// log2(value + 1) in 1/64.
#[inline(always)]
pub fn log2(value: u32) -> i32 {
    let value = value.saturating_add(1);
    let places = 31 - value.leading_zeros();
    let mantissa = if places >= 6 { value >> (places - 6) } else { value << (6 - places) };
    (places as i32) * 64 + i32::from(LOGARITHMS[(mantissa & 63) as usize])
}

/// Taylor series of sine and cosine over a quarter turn, in 30 places.
const fn sines() -> [i32; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let angle = (i % 64) as i64 * TAU_Q30 / 256;
        let square = (angle * angle) >> 30;
        let (mut s, mut c, mut s_term, mut c_term) = (angle, 1 << 30, angle, 1 << 30);
        let mut n = 1;
        while n < 16 {
            c_term = -((c_term * square) >> 30) / (n * (n + 1));
            s_term = -((s_term * square) >> 30) / ((n + 1) * (n + 2));
            c += c_term;
            s += s_term;
            n += 2;
        }
        let value = match i / 64 {
            0 => s,
            1 => c,
            2 => -s,
            _ => -c,
        };
        table[i] = ((value + (1 << 15)) >> 16) as i32;
        i += 1;
    }
    table
}

/// By bisection on the sines of a finer circle: the angle whose tangent is k/256.
const fn arctangents() -> [u16; 257] {
    let mut table = [0; 257];
    let mut k = 0;
    while k <= 256 {
        // atan(x) = Σ of CORDIC angles; vectoring mode in 40 places, angles in 1/65536 of a turn and 16 places more.
        let (mut x, mut y, mut angle) = (256i64 << 32, (k as i64) << 32, 0i64);
        let mut i = 0;
        while i < CORDIC.len() {
            let (dx, dy) = (y >> i, x >> i);
            if y > 0 {
                x += dx;
                y -= dy;
                angle += CORDIC[i];
            } else {
                x -= dx;
                y += dy;
                angle -= CORDIC[i];
            }
            i += 1;
        }
        table[k] = if angle < 0 { 0 } else { ((angle + (1 << 15)) >> 16) as u16 };
        k += 1;
    }
    table
}

/// atan(2^-i) in 2^-32 of a turn.
const CORDIC: [i64; 20] = [
    536_870_912,
    316_933_406,
    167_458_907,
    85_004_756,
    42_667_331,
    21_354_465,
    10_679_838,
    5_340_245,
    2_670_163,
    1_335_087,
    667_544,
    333_772,
    166_886,
    83_443,
    41_722,
    20_861,
    10_430,
    5_215,
    2_608,
    1_304,
];

/// log2 by repeated squaring, in 1/64 rounded to the nearest.
const fn logarithms() -> [u8; 64] {
    let mut table = [0; 64];
    let mut k = 0;
    while k < 64 {
        let mut value = ((64 + k) as u64) << 24;
        let (mut result, mut bit) = (0u32, 0);
        while bit < 12 {
            value = (value * value) >> 30;
            result <<= 1;
            if value >= 2 << 30 {
                value >>= 1;
                result |= 1;
            }
            bit += 1;
        }
        let rounded = (result + (1 << 5)) >> 6;
        table[k] = if rounded > 63 { 63 } else { rounded as u8 };
        k += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn sines_are_right_to_half_a_unit() {
        for a in 0..=255u8 {
            let exact = (f64::from(a) / 256.0 * TAU).sin() * 16384.0;
            assert!((f64::from(sin(a)) - exact).abs() <= 0.501, "{a}");
            assert_eq!(cos(a), sin(a.wrapping_add(64)));
        }
    }

    #[test]
    fn directions_are_right_to_a_unit() {
        for dx in -60..=60 {
            for dy in -60..=60 {
                if (dx, dy) == (0, 0) {
                    continue;
                }
                let exact = f64::from(dy).atan2(f64::from(dx)) / TAU * 256.0;
                let off = (f64::from(direction(dx, dy)) - exact).rem_euclid(256.0);
                assert!(off.min(256.0 - off) <= 0.6, "{dx} {dy} {off}");
            }
        }
        assert_eq!(direction(0, 0), 0);
        assert_eq!(direction(i32::MIN, 0), 128);
        assert_eq!(direction(i32::MAX, i32::MAX), 32);
    }

    #[test]
    fn roots_and_logarithms_are_rounded_to_the_nearest() {
        for v in (0..70_000u32).chain([u32::MAX]) {
            assert_eq!(root(v), f64::from(v).sqrt().round() as u32, "{v}");
        }
        for v in (0..70_000u32).step_by(7) {
            assert!((f64::from(log2(v)) - (f64::from(v) + 1.0).log2() * 64.0).abs() <= 2.0, "{v}");
        }
        assert!((0..5_000).all(|v| log2(v) <= log2(v + 1)));
    }

    #[test]
    fn apart_is_symmetric() {
        assert_eq!((apart(0, 255), apart(255, 0), apart(128, 0), apart(10, 250)), (1, 1, 128, 16));
    }
}
