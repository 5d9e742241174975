//! Pixels of any resolution to 500 dpi: a cubic filter, widened when dots are merged, in arithmetic that is the same on every machine.

use super::{FingerImage, FingerImageError, Resolution};
use crate::limits;

/// Bits of a weight's fraction; a row's weights add up to one exactly.
const WEIGHT_BITS: u32 = 14;
/// Bits of fraction kept between the two passes.
const BETWEEN_BITS: u32 = 6;
/// Thousandths of a dot per inch that are 500 dpi written otherwise: 19,685 per metre, 197 per centimetre. A length of 500 dots is
/// wrong by less than a dot and a half.
const ROUNDING: u32 = 1_300;
const TARGET: u32 = Resolution::DPI_500.x_thousandths();

/// The picture at 500 dpi. Pixels that are at 500 dpi already pass untouched.
///
/// # Errors
/// [`FingerImageError`] when the picture is too small or too large at 500 dpi, or has not `width` times `height` pixels.
pub fn to_500(pixels: Vec<u8>, width: u32, height: u32, resolution: Resolution) -> Result<FingerImage, FingerImageError> {
    let (x, y) = (Axis::new(width, resolution.x_thousandths()), Axis::new(height, resolution.y_thousandths()));
    let size = FingerImageError::Size { width: x.target, height: y.target };
    let side = |n: u32| u16::try_from(n).ok().filter(|s| (limits::FINGER_SIDE_MIN..=limits::FINGER_SIDE_MAX).contains(s));
    let (new_width, new_height) = (side(x.target).ok_or(size)?, side(y.target).ok_or(size)?);
    let area = usize::try_from(u64::from(width) * u64::from(height)).map_err(|_| size)?;
    if pixels.len() != area {
        return Err(FingerImageError::Pixels { found: pixels.len(), asked: area });
    }
    if x.is_whole() && y.is_whole() {
        return FingerImage::new(new_width, new_height, pixels);
    }
    let rows = across(&pixels, x.length(), &x.taps());
    FingerImage::new(new_width, new_height, down(&rows, usize::from(new_width), &y.taps()))
}

/// One direction: how many dots there are, how many there will be, and how wide one of those is.
struct Axis {
    source: u32,
    target: u32,
    thousandths: u32,
}

impl Axis {
    fn new(source: u32, thousandths: u32) -> Self {
        let thousandths = if thousandths.abs_diff(TARGET) <= ROUNDING { TARGET } else { thousandths };
        let scaled = (u64::from(source) * u64::from(TARGET) + u64::from(thousandths) / 2) / u64::from(thousandths.max(1));
        Self { source, target: u32::try_from(scaled).unwrap_or(u32::MAX), thousandths }
    }

    const fn is_whole(&self) -> bool {
        self.thousandths == TARGET
    }

    const fn length(&self) -> usize {
        self.source as usize
    }

    /// For every new dot, the first old one that counts and the weights from there on.
    fn taps(&self) -> Vec<Taps> {
        let scale = f64::from(self.thousandths) / f64::from(TARGET);
        (0..self.target).map(|i| self.tap(i, scale)).collect()
    }

    fn tap(&self, index: u32, scale: f64) -> Taps {
        let width = scale.max(1.0);
        let centre = (f64::from(index) + 0.5) * scale - 0.5;
        let last = f64::from(self.source) - 1.0;
        // Beyond the border stands the border's own dot.
        let (first, end) = ((centre - 2.0 * width).ceil(), (centre + 2.0 * width).floor());
        let (low, high) = (first.clamp(0.0, last), end.clamp(0.0, last));
        let mut weights = vec![0.0; whole(high - low) + 1];
        let mut at = first;
        while at <= end {
            if let Some(weight) = weights.get_mut(whole(at.clamp(low, high) - low)) {
                *weight += cubic((at - centre) / width);
            }
            at += 1.0;
        }
        Taps { first: whole(low), weights: fixed(&weights) }
    }
}

struct Taps {
    first: usize,
    weights: Vec<i32>,
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and the side of a picture
fn whole(value: f64) -> usize {
    value as usize
}

/// The cubic of Catmull and Rom, whose support is two to each side.
fn cubic(distance: f64) -> f64 {
    let d = distance.abs();
    if d < 1.0 {
        (1.5 * d - 2.5) * d * d + 1.0
    } else if d < 2.0 {
        ((2.5 - 0.5 * d) * d - 4.0) * d + 2.0
    } else {
        0.0
    }
}

/// Weights as fractions of one; what rounding leaves goes to the heaviest.
#[allow(clippy::cast_possible_truncation)] // weights are within -1 and 2
fn fixed(weights: &[f64]) -> Vec<i32> {
    let one = 1 << WEIGHT_BITS;
    let total: f64 = weights.iter().sum();
    let mut out: Vec<i32> = weights.iter().map(|w| (w / total * f64::from(one)).round() as i32).collect();
    let left = one - out.iter().sum::<i32>();
    if let Some(heaviest) = out.iter_mut().max_by_key(|w| **w) {
        *heaviest += left;
    }
    out
}

fn across(pixels: &[u8], width: usize, taps: &[Taps]) -> Vec<i32> {
    const SHIFT: u32 = WEIGHT_BITS - BETWEEN_BITS;
    let mut out = Vec::with_capacity(pixels.len() / width.max(1) * taps.len());
    for row in pixels.chunks_exact(width.max(1)) {
        out.extend(taps.iter().map(|t| {
            let dots = row.iter().skip(t.first).zip(&t.weights);
            (dots.map(|(p, w)| i32::from(*p) * w).sum::<i32>() + (1 << (SHIFT - 1))) >> SHIFT
        }));
    }
    out
}

fn down(rows: &[i32], width: usize, taps: &[Taps]) -> Vec<u8> {
    const SHIFT: u32 = WEIGHT_BITS + BETWEEN_BITS;
    let mut out = Vec::with_capacity(width * taps.len());
    let mut sums = vec![0i32; width];
    for t in taps {
        sums.fill(1 << (SHIFT - 1));
        for (row, weight) in rows.chunks_exact(width.max(1)).skip(t.first).zip(&t.weights) {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += value * weight;
            }
        }
        out.extend(sums.iter().map(|s| u8::try_from((s >> SHIFT).clamp(0, 255)).unwrap_or(u8::MAX)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::image::resolution::Unit;

    fn dpi(n: u32) -> Resolution {
        Resolution::per_inch(n).unwrap()
    }

    /// A wave of this period (in dots) across, sampled where the dots are.
    fn wave(width: u32, height: u32, period: f64) -> Vec<u8> {
        let grey = |x: u32| 127.5 + 100.0 * ((f64::from(x) + 0.5) / period * std::f64::consts::TAU).cos();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        (0..height).flat_map(|_| (0..width).map(|x| grey(x).round() as u8)).collect()
    }

    fn worst(a: &[u8], b: &[u8], width: usize, margin: usize) -> u8 {
        let inside = |i: &usize| (margin..width - margin).contains(&(i % width));
        (0..a.len()).filter(inside).map(|i| a[i].abs_diff(b[i])).max().unwrap()
    }

    #[test]
    fn five_hundred_passes_untouched_however_it_is_written() {
        let pixels = wave(200, 100, 9.0);
        for resolution in [
            dpi(500),
            Resolution::new((19_685, 1), (19_685, 1), Unit::Metre).unwrap(),
            Resolution::new((197, 1), (197, 1), Unit::Centimetre).unwrap(),
        ] {
            assert_eq!(to_500(pixels.clone(), 200, 100, resolution).unwrap().pixels(), pixels);
        }
    }

    #[test]
    fn ridges_keep_their_place_and_depth() {
        // Ridges of 9 dots at 500 dpi; the wave at another resolution must become the wave at 500.
        for (from, bound) in [(1_000, 4), (569, 4), (508, 4), (400, 8), (250, 30)] {
            let period = 9.0 * f64::from(from) / 500.0;
            let (width, height) = (400 * from / 500, 80 * from / 500);
            let image = to_500(wave(width, height, period), width, height, dpi(from)).unwrap();
            let ideal = wave(image.width().into(), image.height().into(), 9.0);
            let off = worst(image.pixels(), &ideal, image.width().into(), 8);
            assert!(off <= bound, "{from} dpi: {off}");
        }
    }

    #[test]
    fn flat_stays_flat_to_the_border() {
        for from in [251, 333, 569, 777, 1_200] {
            let image = to_500(vec![200; 400 * 300], 400, 300, dpi(from)).unwrap();
            assert!(image.pixels().iter().all(|p| *p == 200), "{from}");
        }
    }

    #[test]
    fn axes_differ_where_the_file_says_so() {
        let image = to_500(vec![9; 400 * 300], 400, 300, Resolution::new((1_000, 1), (500, 1), Unit::Inch).unwrap()).unwrap();
        assert_eq!((image.width(), image.height()), (200, 300));
    }

    #[test]
    fn the_bytes_are_the_same_everywhere() {
        use sha2::Digest;
        #[allow(clippy::cast_possible_truncation)]
        let pixels: Vec<u8> = (0..150u32).flat_map(|y| (0..200u32).map(move |x| (x * x * 3 + y * y * 5 + x * y) as u8)).collect();
        // The definition evaluated by a second program, in Python's floats and integers.
        for (from, size, expected) in [(569, (176, 132), "a879066b580995d9"), (400, (250, 188), "9dbd5f8c5bf3da4c")] {
            let image = to_500(pixels.clone(), 200, 150, dpi(from)).unwrap();
            assert_eq!((image.width(), image.height()), size);
            let digest: String = sha2::Sha256::digest(image.pixels()).iter().take(8).map(|b| format!("{b:02x}")).collect();
            assert_eq!(digest, expected, "{from} dpi");
        }
    }

    #[test]
    fn what_is_too_large_or_short_is_refused() {
        let size = FingerImageError::Size { width: 2_500, height: 200 };
        assert_eq!(to_500(vec![0; 2_500 * 200], 2_500, 200, dpi(500)), Err(size));
        let tiny = FingerImageError::Size { width: 32, height: 32 };
        assert_eq!(to_500(vec![0; 64 * 64], 64, 64, dpi(1_000)), Err(tiny));
        let pixels = FingerImageError::Pixels { found: 5, asked: 40_000 };
        assert_eq!(to_500(vec![0; 5], 200, 200, dpi(400)), Err(pixels));
    }
}
