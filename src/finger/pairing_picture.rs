//! The pairing of two prints as a picture: both side by side, minutiae with their directions, a line for each pair.

use crate::finger::image::FingerImage;
use crate::finger::matching::Pairing;
use crate::finger::template::Minutia;
use crate::limits;
use image::{ImageError, ImageFormat, Rgb, RgbImage};

/// One of the prints.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The list that the print was prepared from.
    pub minutiae: &'a [Minutia],
    /// Width and height of the area in the minutiae's units.
    pub area: [u16; 2],
    /// The picture under the minutiae, which covers that area.
    pub image: Option<&'a FingerImage>,
}

/// Picture units for a side: its longer edge.
const LONGER: f64 = 900.0;
/// White space around a side.
const MARGIN: f64 = 12.0;
const PAIRED: [u8; 3] = [0, 120, 60];
const ALONE: [u8; 3] = [170, 110, 60];
/// Colours of the lines, in turn, so that neighbours can be told apart.
const LINES: [[u8; 3]; 6] = [[31, 119, 180], [214, 39, 40], [44, 160, 44], [148, 103, 189], [227, 119, 194], [23, 150, 170]];

/// Draws the pairing as a PNG file.
///
/// # Errors
/// The encoder's.
pub fn picture(pairing: &Pairing, a: Side<'_>, b: Side<'_>) -> Result<Vec<u8>, ImageError> {
    let scales = [a, b].map(|s| LONGER / f64::from(s.area[0].max(s.area[1]).clamp(1, limits::FINGER_SIDE_MAX)));
    let edge = |s: Side<'_>, scale: f64, axis: usize| (f64::from(s.area[axis].min(limits::FINGER_SIDE_MAX)) * scale).min(LONGER);
    let left = [MARGIN, MARGIN.mul_add(2.0, edge(a, scales[0], 0))];
    let width = left[1] + edge(b, scales[1], 0) + MARGIN;
    let height = edge(a, scales[0], 1).max(edge(b, scales[1], 1)) + 2.0 * MARGIN;
    let mut sheet = Sheet::blank(width, height);
    for (side, scale, left) in [(a, scales[0], left[0]), (b, scales[1], left[1])] {
        sheet.ground(side, scale, left);
    }
    let place = |m: &Minutia, n: usize| [left[n] + f64::from(m.x) * scales[n], MARGIN + f64::from(m.y) * scales[n]];
    for (p, colour) in pairing.pairs.iter().zip(LINES.iter().cycle()) {
        if let (Some(x), Some(y)) = (a.minutiae.get(usize::from(p.a)), b.minutiae.get(usize::from(p.b))) {
            sheet.line(place(x, 0), place(y, 1), *colour, 1.2, 0.65);
        }
    }
    for (n, side) in [a, b].into_iter().enumerate() {
        for (i, m) in side.minutiae.iter().enumerate() {
            let paired = pairing.pairs.iter().any(|p| usize::from([p.a, p.b][n]) == i);
            sheet.minutia(place(m, n), m.angle, if paired { PAIRED } else { ALONE });
        }
    }
    sheet.png()
}

/// White paper.
struct Sheet(RgbImage);

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped to the sheet
impl Sheet {
    fn blank(width: f64, height: f64) -> Self {
        let side = |v: f64| v.clamp(1.0, 4.0 * LONGER) as u32;
        Self(RgbImage::from_pixel(side(width), side(height), Rgb([255; 3])))
    }

    /// The side's picture, pale, so that what is drawn over it stands out.
    fn ground(&mut self, side: Side<'_>, scale: f64, left: f64) {
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
    fn minutia(&mut self, [x, y]: [f64; 2], angle: u8, colour: [u8; 3]) {
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
    fn line(&mut self, a: [f64; 2], b: [f64; 2], colour: [u8; 3], width: f64, strength: f64) {
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

    fn png(self) -> Result<Vec<u8>, ImageError> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::matching::{Prepared, Workspace};
    use crate::finger::position::FingerPosition;
    use crate::finger::template::synthetic;

    fn drawn(side: Side<'_>) -> RgbImage {
        let p = Prepared::new(side.minutiae, 197, 197);
        let pairing = Workspace::new().explain(&p, &p);
        image::load_from_memory(&picture(&pairing, side, side).unwrap()).unwrap().to_rgb8()
    }

    #[test]
    fn both_prints_and_their_pairs_are_drawn() {
        let t = synthetic::template(4, FingerPosition::RightIndex, 30);
        let side = Side { minutiae: &t.views[0].minutiae, area: [t.width, t.height], image: None };
        let picture = drawn(side);
        // 300 by 400 twice, the longer edge 900, three margins across.
        assert_eq!(picture.dimensions(), (675 * 2 + 36, 924));
        let inked = |colour: [u8; 3]| picture.pixels().filter(|p| p.0 == colour).count();
        assert!(inked(PAIRED) > 30 * 2 * 20, "a ring and a tail for every paired minutia");
        assert_eq!(inked(ALONE), 0, "a print against itself leaves none alone");
    }

    #[test]
    fn a_picture_lies_under_the_minutiae_and_an_odd_area_does_no_harm() {
        let t = synthetic::template(4, FingerPosition::RightIndex, 30);
        let image = FingerImage::new(300, 400, vec![0; 120_000]).unwrap();
        let side = Side { minutiae: &t.views[0].minutiae, area: [300, 400], image: Some(&image) };
        assert_eq!(drawn(side).get_pixel(14, 14).0, [128; 3]);
        for area in [[0, 0], [u16::MAX, 1], [1, u16::MAX], [u16::MAX, u16::MAX]] {
            let (w, h) = drawn(Side { area, ..side }).dimensions();
            assert!(w <= 3_600 && h <= 1_000, "{w} {h}");
        }
    }
}
