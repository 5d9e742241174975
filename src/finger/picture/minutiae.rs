//! One print as a picture: its image, and over it each minutia with its direction, coloured by kind.

use super::Side;
use super::sheet::{LONGER, MARGIN, Sheet};
use crate::finger::template::MinutiaKind;
use crate::limits;
use image::ImageError;

const ENDING: [u8; 3] = [214, 39, 40];
const BIFURCATION: [u8; 3] = [31, 119, 180];
const OTHER: [u8; 3] = [44, 160, 44];

/// Draws the print as a PNG file: endings red, bifurcations blue, others green.
///
/// # Errors
/// The encoder's.
pub fn minutiae(side: Side<'_>) -> Result<Vec<u8>, ImageError> {
    let edges = side.area.map(|edge| f64::from(edge.clamp(1, limits::FINGER_SIDE_MAX)));
    let scale = LONGER / edges[0].max(edges[1]);
    let mut sheet = Sheet::blank(edges[0] * scale + 2.0 * MARGIN, edges[1] * scale + 2.0 * MARGIN);
    sheet.ground(side, scale, MARGIN);
    // The best last, on top.
    for m in side.minutiae.iter().rev() {
        let colour = match m.kind {
            MinutiaKind::Ending => ENDING,
            MinutiaKind::Bifurcation => BIFURCATION,
            MinutiaKind::Other => OTHER,
        };
        sheet.minutia([MARGIN + f64::from(m.x) * scale, MARGIN + f64::from(m.y) * scale], m.angle, colour);
    }
    sheet.png()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::position::FingerPosition;
    use crate::finger::template::{Minutia, synthetic};

    #[test]
    fn each_minutia_is_drawn_in_the_colour_of_its_kind() {
        let t = synthetic::template(4, FingerPosition::RightIndex, 30);
        let drawn = |minutiae: &[Minutia], area| {
            image::load_from_memory(&super::minutiae(Side { minutiae, area, image: None }).unwrap()).unwrap().to_rgb8()
        };
        let picture = drawn(&t.views[0].minutiae, [t.width, t.height]);
        assert_eq!(picture.dimensions(), (675 + 24, 924));
        for kind in [MinutiaKind::Ending, MinutiaKind::Bifurcation, MinutiaKind::Other] {
            let own: Vec<Minutia> = t.views[0].minutiae.iter().take(5).map(|m| Minutia { kind, ..*m }).collect();
            let picture = drawn(&own, [t.width, t.height]);
            let inked = |colour: [u8; 3]| picture.pixels().filter(|p| p.0 == colour).count() > 5 * 20;
            let expected = [MinutiaKind::Ending, MinutiaKind::Bifurcation, MinutiaKind::Other].map(|k| k == kind);
            assert_eq!([ENDING, BIFURCATION, OTHER].map(inked), expected);
        }
        let (w, h) = drawn(&t.views[0].minutiae, [0, u16::MAX]).dimensions();
        assert!(w <= 3_600 && h <= 1_000, "{w} {h}");
    }
}
