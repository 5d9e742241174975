//! Image → minutiae: the door through which an extractor enters.

pub mod classical;
pub mod leader;

pub use classical::Classical;
pub use classical::sample::{Measures, Retake, Sample};

use crate::finger::image::FingerImage;
use crate::finger::position::FingerPosition;
use crate::finger::template::{Minutia, Template, View};
use crate::reason::{Reason, Refusal};

/// Pixels per centimetre that stand for 500 dpi (ISO/IEC 19794-2).
const PER_CM: u16 = 197;

/// What an extractor found in one picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Extraction {
    /// Minutiae in pixels of the 500 dpi picture, best first, each with a quality of 1 to 100; at most [`crate::limits::MINUTIAE`].
    pub minutiae: Vec<Minutia>,
    /// How good the picture is as a sample, 0 to 100: our own measure on the features of ISO/IEC 29794-4, not NFIQ 2.
    pub quality: u8,
}

impl Extraction {
    /// The minutiae as a template of one view, live-scan plain, at 500 dpi. The picture's quality is the view's.
    #[must_use]
    pub fn template(&self, image: &FingerImage, position: Option<FingerPosition>) -> Template {
        let view = View {
            position,
            number: 0,
            impression: 0,
            quality: self.quality,
            minutiae: self.minutiae.clone(),
            extended: Vec::new(),
        };
        let (width, height) = (image.width(), image.height());
        Template { width, height, x_resolution: PER_CM, y_resolution: PER_CM, equipment: 0, views: vec![view] }
    }
}

/// What a picture of no finger, or of one that can hardly be seen, fails by; the first in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RidgeTest {
    /// Too little of the picture has ridges: blank, or the edge of a finger.
    Area,
    /// Lines further apart than ridges: a face, a blurred picture, a resolution that is not the scanner's.
    Period,
    /// Lines without anything like a minutia where a finger has some: rings, a smear.
    Bare,
    /// Lines that all run one way, and break off unlike minutiae: a text, a grating.
    Straight,
    /// Lines without a sure direction: noise, a photograph, smudged ridges.
    Uncertain,
    /// Lines that break off everywhere: noise, cloth.
    Crowded,
}

/// What was seen, for a sentence.
impl std::fmt::Display for RidgeTest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Area => "too little of the picture has ridges",
            Self::Period => "its lines are too far apart for ridges",
            Self::Bare => "its lines have nothing like a minutia",
            Self::Straight => "its lines all run one way",
            Self::Uncertain => "its lines have no sure direction",
            Self::Crowded => "its lines break off everywhere",
        })
    }
}

/// Why a picture gave no template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// No area of ridges that is surely a finger's: blank, a face, a text, noise, a finger that can hardly be seen.
    #[error("no finger is seen clearly enough: {test} ({percent} % of the picture has clear lines)")]
    NoRidges {
        /// Share of the picture that has ridges, in percent.
        percent: u8,
        /// What speaks against a finger.
        test: RidgeTest,
    },
    /// Ridges, and too few minutiae on them to say anything.
    #[error("only {found} minutiae")]
    TooFewMinutiae {
        /// Minutiae found.
        found: usize,
    },
}

impl Refusal for ExtractError {
    fn reason(&self) -> Reason {
        match self {
            Self::NoRidges { .. } => Reason::FingerNotSeen,
            Self::TooFewMinutiae { .. } => Reason::SampleTooPoor,
        }
    }
}

/// Finds minutiae. The same picture gives the same bytes on every run and number of threads.
pub trait Extractor: Send + Sync {
    /// The name under which figures are given, e.g. `classical`.
    fn name(&self) -> &'static str;

    /// The minutiae of a picture.
    ///
    /// # Errors
    /// [`ExtractError`] when the picture shows no finger or too little of one.
    fn extract(&self, image: &FingerImage) -> Result<Extraction, ExtractError>;
}

/// Minutiae are biometric data: they are counted, not shown.
impl std::fmt::Debug for Extraction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Extraction({} minutiae, quality {})", self.minutiae.len(), self.quality)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_without_a_finger_and_a_poor_finger_have_reasons_of_their_own() {
        assert_eq!(ExtractError::NoRidges { percent: 2, test: RidgeTest::Area }.reason(), Reason::FingerNotSeen);
        assert_eq!(ExtractError::TooFewMinutiae { found: 3 }.reason(), Reason::SampleTooPoor);
    }

    #[test]
    fn debug_shows_no_minutia() {
        let found = Extraction { minutiae: Vec::new(), quality: 50 };
        assert_eq!(format!("{found:?}"), "Extraction(0 minutiae, quality 50)");
    }
}
