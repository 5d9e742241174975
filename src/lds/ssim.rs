//! Structural similarity of two grey pictures (Wang 2004): mean over 8 × 8 windows at every fourth pixel.

use crate::record::Picture;

const WINDOW: usize = 8;
const STRIDE: usize = 4;
const C1: f64 = 6.5025; // (0.01 · 255)²
const C2: f64 = 58.5225; // (0.03 · 255)²

/// Luma (BT.601) of a picture, one byte a pixel.
#[must_use]
pub fn luma(picture: &Picture) -> Vec<u8> {
    if picture.channels == 1 {
        return picture.pixels.clone();
    }
    let grey = |p: &[u8]| {
        let sum: u32 = p.iter().zip([299u32, 587, 114]).map(|(v, w)| u32::from(*v) * w).sum();
        u8::try_from((sum + 500) / 1_000).unwrap_or(u8::MAX)
    };
    picture.pixels.chunks_exact(3).map(grey).collect()
}

/// Mean similarity of two lumas of `width` columns, 1 for equal ones; `None` if their sizes differ or are too small.
#[must_use]
pub fn ssim(a: &[u8], b: &[u8], width: usize) -> Option<f64> {
    if a.len() != b.len() || width < WINDOW || a.len() < width * WINDOW || !a.len().is_multiple_of(width) {
        return None;
    }
    let height = a.len() / width;
    let (mut sum, mut count) = (0.0, 0u32);
    for y in (0..=height - WINDOW).step_by(STRIDE) {
        for x in (0..=width - WINDOW).step_by(STRIDE) {
            sum += window(a, b, width, x, y);
            count += 1;
        }
    }
    Some(sum / f64::from(count))
}

fn window(a: &[u8], b: &[u8], width: usize, x: usize, y: usize) -> f64 {
    let (mut sum_a, mut sum_b, mut square_a, mut square_b, mut product) = (0u32, 0u32, 0u32, 0u32, 0u32);
    for row in y..y + WINDOW {
        let start = row * width + x;
        let (row_a, row_b) = (a.get(start..start + WINDOW).unwrap_or_default(), b.get(start..start + WINDOW).unwrap_or_default());
        for (p, q) in row_a.iter().zip(row_b) {
            let (p, q) = (u32::from(*p), u32::from(*q));
            sum_a += p;
            sum_b += q;
            square_a += p * p;
            square_b += q * q;
            product += p * q;
        }
    }
    let n = 64.0;
    let (mean_a, mean_b) = (f64::from(sum_a) / n, f64::from(sum_b) / n);
    let (var_a, var_b) = (f64::from(square_a) / n - mean_a * mean_a, f64::from(square_b) / n - mean_b * mean_b);
    let covariance = f64::from(product) / n - mean_a * mean_b;
    ((2.0 * mean_a * mean_b + C1) * (2.0 * covariance + C2)) / ((mean_a * mean_a + mean_b * mean_b + C1) * (var_a + var_b + C2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::cast_possible_truncation)]
    fn equal_is_one_and_noise_is_less() {
        let a: Vec<u8> = (0..32u32 * 32).map(|i| (i * 7 % 251) as u8).collect();
        assert!((ssim(&a, &a, 32).unwrap() - 1.0).abs() < 1e-9);
        let noisy: Vec<u8> = a.iter().enumerate().map(|(i, v)| v.wrapping_add((i % 29) as u8)).collect();
        let inverse: Vec<u8> = a.iter().map(|v| 255 - v).collect();
        let (near, far) = (ssim(&a, &noisy, 32).unwrap(), ssim(&a, &inverse, 32).unwrap());
        assert!(near < 1.0 && far < near && far < 0.0);
    }

    #[test]
    fn sizes_must_agree() {
        assert_eq!(ssim(&[0; 64], &[0; 63], 8), None);
        assert_eq!(ssim(&[0; 49], &[0; 49], 7), None);
        assert_eq!(ssim(&[0; 65], &[0; 65], 8), None);
        let rgb = Picture { pixels: vec![255, 255, 255, 0, 0, 0], width: 2, height: 1, channels: 3 };
        assert_eq!(luma(&rgb), [255, 0]);
    }
}
