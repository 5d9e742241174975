//! The pairing of two prints as a picture: both side by side, minutiae with their directions, a line for each pair.

use super::Side;
use super::sheet::{LONGER, MARGIN, Sheet};
use crate::finger::matching::Pairing;
use crate::finger::template::Minutia;
use crate::limits;
use image::ImageError;

const PAIRED: [u8; 3] = [0, 120, 60];
const ALONE: [u8; 3] = [170, 110, 60];
/// Colours of the lines, in turn, so that neighbours can be told apart.
const LINES: [[u8; 3]; 6] = [[31, 119, 180], [214, 39, 40], [44, 160, 44], [148, 103, 189], [227, 119, 194], [23, 150, 170]];

/// Draws the pairing as a PNG file.
///
/// # Errors
/// The encoder's.
pub fn pairing(pairing: &Pairing, a: Side<'_>, b: Side<'_>) -> Result<Vec<u8>, ImageError> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::image::FingerImage;
    use crate::finger::matching::{Prepared, Workspace};
    use crate::finger::position::FingerPosition;
    use crate::finger::template::synthetic;
    use image::RgbImage;

    fn drawn(side: Side<'_>) -> RgbImage {
        let p = Prepared::new(side.minutiae, 197, 197);
        let pairing = Workspace::new().explain(&p, &p);
        image::load_from_memory(&super::pairing(&pairing, side, side).unwrap()).unwrap().to_rgb8()
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
