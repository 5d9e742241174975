//! Images of fingers that nobody has: a master print grown once a finger, and captures of it as a live scanner would take them.

mod capture;
mod flow;
mod growth;
mod master;
mod press;
mod raster;
mod sheet;
mod spacing;

pub use sheet::ContactSheet;

use crate::finger::image::{FingerImage, FingerImageError};
use crate::finger::position::FingerPosition;
use crate::finger::synth::{Pattern, Person, Purpose};
use master::Master;
use press::Press;

/// Width of a capture in pixels at 500 dpi: a scanner of 15.2 x 20.3 mm.
pub const WIDTH: u16 = 300;
/// Height of a capture in pixels.
pub const HEIGHT: u16 = 400;

/// Number of the generator: another one makes other images of the same seed.
pub const GENERATOR: u32 = 1;

/// How hard captures are to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Level {
    /// Clean glass, guided fingers.
    Good,
    /// As hard as the development sets of real prints.
    #[default]
    Usual,
    /// Dry, wet, partial and hurried.
    Poor,
}

impl Level {
    /// The stable name in files, e.g. `usual`.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Usual => "usual",
            Self::Poor => "poor",
        }
    }

    fn factor(self) -> f32 {
        match self {
            Self::Good => 0.45,
            Self::Usual => 1.0,
            Self::Poor => 1.6,
        }
    }
}

/// One finger of a person, ready to be captured any number of times.
pub struct Finger {
    person: Person,
    position: FingerPosition,
    master: Master,
}

impl Finger {
    /// Grows the finger's skin: the costly part, well under a second.
    #[must_use]
    pub fn grow(person: Person, position: FingerPosition) -> Self {
        Self { person, position, master: Master::grow(person, position) }
    }

    /// The class of its pattern.
    #[must_use]
    pub const fn pattern(&self) -> Pattern {
        self.master.pattern
    }

    /// Capture `number` of the finger, [`WIDTH`] by [`HEIGHT`].
    ///
    /// # Errors
    /// None: the size is one that a finger image may have, and the pixels are as many.
    pub fn capture(&self, number: u32, level: Level) -> Result<FingerImage, FingerImageError> {
        let seed = self.person.finger(self.position, Purpose::Capture);
        let life = self.person.finger(self.position, Purpose::Ridges);
        let capture = seed.of(1).of(number.into());
        let press = Press::draw(self.master.size, level, seed.of(0), capture.of(0));
        let pixels = capture::render(&self.master, &press, life, capture, (WIDTH.into(), HEIGHT.into()));
        FingerImage::new(WIDTH, HEIGHT, pixels)
    }
}

#[cfg(test)]
mod tests;
