//! A chart as PNG: lines by their distance to each pixel, texts in a line font of our own.

use super::glyphs::{ADVANCE, HEIGHT, strokes};
use super::{Anchor, Chart, INK, Mark, SIZE};
use image::{ImageError, ImageFormat, Rgb, RgbImage};

/// Pixels of the PNG for one of the SVG.
const SCALE: f64 = 2.0;

/// The chart as a PNG file of twice [`SIZE`].
///
/// # Errors
/// The encoder's.
pub fn png(chart: &Chart) -> Result<Vec<u8>, ImageError> {
    let mut sheet = Sheet::blank();
    for mark in chart.marks() {
        match mark {
            Mark::Line { points, colour, width } => sheet.polyline(&points, colour, width),
            Mark::Text { at, text, size, anchor } => sheet.text(at, &text, size, anchor),
        }
    }
    let mut file = std::io::Cursor::new(Vec::new());
    sheet.pixels.write_to(&mut file, ImageFormat::Png)?;
    Ok(file.into_inner())
}

/// White paper.
struct Sheet {
    pixels: RgbImage,
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped to the sheet
impl Sheet {
    fn blank() -> Self {
        Self { pixels: RgbImage::from_pixel((SIZE.0 * SCALE) as u32, (SIZE.1 * SCALE) as u32, Rgb([255; 3])) }
    }

    fn polyline(&mut self, points: &[(f64, f64)], colour: [u8; 3], width: f64) {
        for pair in points.windows(2) {
            if let [a, b] = pair {
                self.segment(*a, *b, colour, width);
            }
        }
    }

    /// A line with round ends: a pixel is covered by how far its middle lies inside the line's edge.
    fn segment(&mut self, a: (f64, f64), b: (f64, f64), colour: [u8; 3], width: f64) {
        let (a, b, half) = ((a.0 * SCALE, a.1 * SCALE), (b.0 * SCALE, b.1 * SCALE), width * SCALE / 2.0);
        let range = |from: f64, to: f64, end: u32| {
            let (low, high) = (from.min(to) - half - 1.0, from.max(to) + half + 1.0);
            (low.clamp(0.0, f64::from(end)) as u32)..(libm::ceil(high).clamp(0.0, f64::from(end)) as u32)
        };
        for y in range(a.1, b.1, self.pixels.height()) {
            for x in range(a.0, b.0, self.pixels.width()) {
                let covered = half + 0.5 - distance((f64::from(x) + 0.5, f64::from(y) + 0.5), a, b);
                if covered > 0.0 {
                    self.blend(x, y, colour, covered.min(1.0));
                }
            }
        }
    }

    fn blend(&mut self, x: u32, y: u32, colour: [u8; 3], covered: f64) {
        let Some(Rgb(old)) = self.pixels.get_pixel_mut_checked(x, y) else { return };
        for (old, new) in old.iter_mut().zip(colour) {
            let mixed = f64::from(*old) + (f64::from(new) - f64::from(*old)) * covered;
            *old = libm::round(mixed).clamp(0.0, 255.0) as u8;
        }
    }

    /// A text of this size (the height of a capital is seven tenths of it) with its baseline at `at`.
    fn text(&mut self, at: (f64, f64), text: &str, size: f64, anchor: Anchor) {
        let unit = size * 0.7 / HEIGHT;
        let length = text.chars().map(|_| ADVANCE * unit).sum::<f64>();
        let start = match anchor {
            Anchor::Middle | Anchor::Upwards => -length / 2.0,
            Anchor::End => -length,
        };
        let mut pen = start;
        for character in text.chars() {
            for stroke in strokes(character) {
                let place = |(x, y): (f64, f64)| match anchor {
                    Anchor::Upwards => (at.0 - y * unit, at.1 - pen - x * unit),
                    _ => (at.0 + pen + x * unit, at.1 - y * unit),
                };
                let points: Vec<(f64, f64)> = stroke.into_iter().map(place).collect();
                self.polyline(&points, INK, size * 0.09);
            }
            pen += ADVANCE * unit;
        }
    }
}

/// From a point to a line between two others.
fn distance(p: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
    let (along, to) = ((b.0 - a.0, b.1 - a.1), (p.0 - a.0, p.1 - a.1));
    let length = along.0 * along.0 + along.1 * along.1;
    let share = if length > 0.0 { ((to.0 * along.0 + to.1 * along.1) / length).clamp(0.0, 1.0) } else { 0.0 };
    libm::hypot(to.0 - share * along.0, to.1 - share * along.1)
}
