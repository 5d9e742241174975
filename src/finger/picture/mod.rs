//! Prints as pictures for people: the minutiae of one over its image, and the pairing of two.

mod minutiae;
mod pairing;
mod sheet;

pub use minutiae::minutiae;
pub use pairing::pairing;

use crate::finger::image::FingerImage;
use crate::finger::template::Minutia;

/// A print to be drawn.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The list that the print was prepared from.
    pub minutiae: &'a [Minutia],
    /// Width and height of the area in the minutiae's units.
    pub area: [u16; 2],
    /// The picture under the minutiae, which covers that area.
    pub image: Option<&'a FingerImage>,
}
