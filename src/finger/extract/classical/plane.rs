//! A rectangle of numbers and the few things done to it: bringing a picture to 250 dpi, and smoothing.

use super::waves::pixel;
use crate::finger::image::FingerImage;

/// Numbers in rows from the top left.
#[derive(Clone)]
pub(super) struct Plane<T = f32> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) data: Vec<T>,
}

impl<T: Copy + Default> Plane<T> {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self { width, height, data: vec![T::default(); width * height] }
    }

    pub(super) fn row(&self, y: usize) -> &[T] {
        &self.data[y * self.width..(y + 1) * self.width]
    }

    pub(super) fn at(&self, x: usize, y: usize) -> T {
        self.data[y * self.width + x]
    }

    pub(super) fn map<U: Copy + Default>(&self, f: impl FnMut(&T) -> U) -> Plane<U> {
        Plane { width: self.width, height: self.height, data: self.data.iter().map(f).collect() }
    }
}

/// The nearest index below `len`.
pub(super) fn clamp(i: isize, len: usize) -> usize {
    usize::try_from(i).unwrap_or(0).min(len.saturating_sub(1))
}

impl Plane<f32> {
    /// The value between the four around a place given in units of the rows and columns.
    pub(super) fn between(&self, (x, y): (f32, f32)) -> f32 {
        let (x, y) = (x.clamp(0.0, edge(self.width)), y.clamp(0.0, edge(self.height)));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped above
        let (ix, iy) = (x as usize, y as usize);
        let (fx, fy) = (x - pixel(ix), y - pixel(iy));
        let (jx, jy) = ((ix + 1).min(self.width - 1), (iy + 1).min(self.height - 1));
        let top = self.at(ix, iy) * (1.0 - fx) + self.at(jx, iy) * fx;
        let bottom = self.at(ix, jy) * (1.0 - fx) + self.at(jx, jy) * fx;
        top * (1.0 - fy) + bottom * fy
    }
}

fn edge(len: usize) -> f32 {
    pixel(len.saturating_sub(1))
}

/// The picture at 250 dpi: each number is the mean of two by two pixels.
pub(super) fn halve(image: &FingerImage) -> Plane {
    let (w, full) = (usize::from(image.width()) / 2, usize::from(image.width()));
    let mut data = Vec::with_capacity(w * usize::from(image.height()) / 2);
    for rows in image.pixels().chunks_exact(2 * full) {
        let (top, bottom) = rows.split_at(full);
        data.extend(top.chunks_exact(2).zip(bottom.chunks_exact(2)).map(|(a, b)| mean([a[0], a[1], b[0], b[1]])));
    }
    Plane { width: w, height: usize::from(image.height()) / 2, data }
}

fn mean(four: [u8; 4]) -> f32 {
    f32::from(four.iter().map(|v| u16::from(*v)).sum::<u16>()) * 0.25
}

/// Smooths by a Gaussian of this many rows and columns, edges repeated.
pub(super) fn smooth(plane: &Plane, sigma: f32) -> Plane {
    let taps = gaussian(sigma);
    let (w, h) = (plane.width, plane.height);
    let mut across = Plane::<f32>::new(w, h);
    for y in 0..h {
        let padded = pad(plane.row(y), taps.len() / 2);
        let out = &mut across.data[y * w..(y + 1) * w];
        for (k, t) in taps.iter().enumerate() {
            out.iter_mut().zip(&padded[k..]).for_each(|(o, v)| *o += t * v);
        }
    }
    let mut down = Plane::<f32>::new(w, h);
    let reach = isize::try_from(taps.len() / 2).unwrap_or(0);
    for (y, out) in down.data.chunks_exact_mut(w).enumerate() {
        for (t, dy) in taps.iter().zip(-reach..) {
            let row = across.row(clamp(isize::try_from(y).unwrap_or(0) + dy, h));
            out.iter_mut().zip(row).for_each(|(o, v)| *o += t * v);
        }
    }
    down
}

fn pad(row: &[f32], by: usize) -> Vec<f32> {
    let (first, last) = (row.first().copied().unwrap_or(0.0), row.last().copied().unwrap_or(0.0));
    let mut out = vec![first; by];
    out.extend_from_slice(row);
    out.resize(row.len() + 2 * by, last);
    out
}

/// A Gaussian of sum 1, cut at three times its width.
fn gaussian(sigma: f32) -> Vec<f32> {
    #[allow(clippy::cast_possible_truncation)] // a few units
    let reach = (3.0 * sigma).ceil() as i16;
    let taps: Vec<f32> = (-reach..=reach).map(|i| libm::expf(-0.5 * f32::from(i) * f32::from(i) / (sigma * sigma))).collect();
    let sum: f32 = taps.iter().sum();
    taps.iter().map(|t| t / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_takes_the_mean_of_four_and_drops_an_odd_edge() {
        let pixels: Vec<u8> =
            (0..65 * 65).map(|i| if i % 65 < 2 && i / 65 < 2 { [10, 20, 30, 40][i % 65 + 2 * (i / 65)] } else { 100 }).collect();
        let half = halve(&FingerImage::new(65, 65, pixels).unwrap());
        assert_eq!((half.width, half.height, half.data.len()), (32, 32, 1_024));
        assert_eq!((half.at(0, 0), half.at(1, 0)), (25.0, 100.0));
    }

    #[test]
    fn smoothing_keeps_a_flat_plane_and_the_sum_of_a_point() {
        let mut plane = Plane::new(41, 41);
        plane.data[20 * 41 + 20] = 1.0;
        let s = smooth(&plane, 2.0);
        assert!((s.data.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!((s.at(20, 20) - 0.0398).abs() < 1e-3, "{}", s.at(20, 20));
        let flat = smooth(&plane.map(|_| 3.0), 2.0);
        assert!(flat.data.iter().all(|v| (v - 3.0).abs() < 1e-5));
    }

    #[test]
    fn between_is_bilinear() {
        let plane = Plane { width: 2, height: 2, data: vec![0.0, 1.0, 2.0, 3.0] };
        assert_eq!(plane.between((0.5, 0.5)), 1.5);
        assert_eq!(plane.between((-4.0, 9.0)), 2.0);
    }
}
