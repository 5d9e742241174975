//! The steps from a picture to dislocations, in their order.

use super::bank::{FINE, WIDE};
use super::dislocation::{self, Dislocation};
use super::filter::{Answer, Field, Path};
use super::flow::{self, Flow};
use super::mask;
use super::normalize::{self, Normalized};
use super::period;
use super::phase;
use super::pieces::neighbours;
use super::plane::{self, Plane};
use super::waves::Waves;
use crate::finger::image::FingerImage;

/// Grid points over which gradients are smoothed.
const GRADIENTS: f32 = 1.1;

/// What the steps found.
pub(super) struct Seen {
    pub(super) normalized: Normalized,
    /// The flow by gradients alone.
    pub(super) gradients: Flow,
    /// The waves in which minutiae were looked for.
    pub(super) waves: Waves,
    pub(super) choice: Plane<u16>,
    pub(super) answer: Answer,
    pub(super) purity: Plane,
    /// The cells of the grid that are finger.
    pub(super) finger: Plane<bool>,
    /// The dislocations of the answer to wide kernels.
    pub(super) coarse: Vec<Dislocation>,
    /// The dislocations of the answer to fine kernels.
    pub(super) fine: Vec<Dislocation>,
}

/// Looks at a picture: once through wide kernels chosen by its gradients, then through fine ones chosen by the first answer.
pub(super) fn look(image: &FingerImage, path: Path) -> Seen {
    let normalized = normalize::normalize(&plane::halve(image));
    let p = &normalized.plane;
    let contrast = mask::contrast(&normalized.spread);
    let wanted = neighbours(&contrast, 1);
    let field = Field::new(p, path);

    let products = flow::gradients(p);
    let first = period::measure(&field, p.width, p.height, products.flow(GRADIENTS));
    let choice = first.choice(p.width, p.height, &wanted);
    let answer = field.answer(&WIDE, &choice);
    let coarse = dislocation::find(&answer, &WIDE, &choice);

    let waves = phase::refine(&answer, &choice);
    let choice = waves.choice(p.width, p.height, &wanted);
    let answer = field.answer(&FINE, &choice);
    let fine = dislocation::find(&answer, &FINE, &choice);

    let purity = mask::purity(p, &answer);
    let finger = mask::finger(&contrast, &purity);
    Seen { gradients: first.flow, waves, choice, answer, purity, finger, coarse, fine, normalized }
}
