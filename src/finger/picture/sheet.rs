//! The paper that prints are drawn on: ground, minutiae with their directions, lines.

use super::Side;
use image::{ImageError, ImageFormat, Rgb, RgbImage};

/// Picture units for a side: its longer edge.
pub(super) const LONGER: f64 = 900.0;
/// White space around a side.
pub(super) const MARGIN: f64 = 12.0;
/// White paper.
pub(super) struct Sheet(RgbImage);

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped to the sheet
impl Sheet {
    pub(super) fn blank(width: f64, height: f64) -> Self {
        let side = |v: f64| v.clamp(1.0, 4.0 * LONGER) as u32;
        Self(RgbImage::from_pixel(side(width), side(height), Rgb([255; 3])))
    }

    /// The side's picture, pale, so that what is drawn over it stands out.
    pub(super) fn ground(&mut self, side: Side<'_>, scale: f64, left: f64) {
        let Some(image) = side.image else { return };
        let step = |axis: usize, size: u16| f64::from(size) / f64::from(side.area[axis].max(1)) / scale;
        let steps = [step(0, image.width()), step(1, image.height())];
        for (x, y, pixel) in self.0.enumerate_pixels_mut() {
            let at = [(f64::from(x) - left) * steps[0], (f64::from(y) - MARGIN) * steps[1]];
            if at.iter().all(|v| *v >= 0.0) && at[0] < f64::from(image.width()) && at[1] < f64::from(image.height()) {
                let place = at[1] as usize * usize::from(image.width()) + at[0] as usize;
                let grey = image.pixels().get(place).map_or(255, |g| 128 + g / 2);
                *pixel = Rgb([grey; 3]);
            }
        }
    }

    /// A ring, and a tail along the direction.
    pub(super) fn minutia(&mut self, [x, y]: [f64; 2], angle: u8, colour: [u8; 3]) {
        let turn = f64::from(angle) / 256.0 * std::f64::consts::TAU;
        let (dx, dy) = (libm::cos(turn), -libm::sin(turn));
        self.line([x + dx * 4.0, y + dy * 4.0], [x + dx * 14.0, y + dy * 14.0], colour, 2.0, 1.0);
        let ring = |n: u8| {
            let a = f64::from(n) / 12.0 * std::f64::consts::TAU;
            [x + 4.0 * libm::cos(a), y + 4.0 * libm::sin(a)]
        };
        for n in 0..12 {
            self.line(ring(n), ring(n + 1), colour, 2.0, 1.0);
        }
    }

    /// A line with round ends: a pixel is covered by how far its middle lies inside the line's edge.
    pub(super) fn line(&mut self, a: [f64; 2], b: [f64; 2], colour: [u8; 3], width: f64, strength: f64) {
        let half = width / 2.0;
        let (w, h) = self.0.dimensions();
        let range = |axis: usize, end: u32| {
            let low = (a[axis].min(b[axis]) - half - 1.0).clamp(0.0, f64::from(end)) as u32;
            low..(a[axis].max(b[axis]) + half + 2.0).clamp(0.0, f64::from(end)) as u32
        };
        for y in range(1, h) {
            for x in range(0, w) {
                let covered = (half + 0.5 - distance([f64::from(x) + 0.5, f64::from(y) + 0.5], a, b)).min(1.0) * strength;
                if covered > 0.0
                    && let Some(Rgb(old)) = self.0.get_pixel_mut_checked(x, y)
                {
                    for (old, new) in old.iter_mut().zip(colour) {
                        *old = (f64::from(*old) + (f64::from(new) - f64::from(*old)) * covered).round().clamp(0.0, 255.0) as u8;
                    }
                }
            }
        }
    }

    pub(super) fn png(self) -> Result<Vec<u8>, ImageError> {
        let mut file = std::io::Cursor::new(Vec::new());
        self.0.write_to(&mut file, ImageFormat::Png)?;
        Ok(file.into_inner())
    }
}

/// Distance of a point from the segment between two others.
fn distance(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (along, to) = ([b[0] - a[0], b[1] - a[1]], [p[0] - a[0], p[1] - a[1]]);
    let square = along[0] * along[0] + along[1] * along[1];
    let part = if square > 0.0 { ((to[0] * along[0] + to[1] * along[1]) / square).clamp(0.0, 1.0) } else { 0.0 };
    libm::hypot(to[0] - part * along[0], to[1] - part * along[1])
}
