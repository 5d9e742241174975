//! What the holder or the operator can do for a better sample. The words are the user interface's.

use super::Measures;
use crate::reason::Lang;

/// A hint for the next capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retake {
    /// No finger is seen: lay all of it on the glass.
    WholeFinger,
    /// Too little of the finger, or too faint: press a little more, lay the finger flat.
    PressMore,
    /// Ridges run into each other: press less.
    PressLess,
    /// Traces beside the finger: clean the glass.
    CleanGlass,
    /// The finger lies at the edge: lay it in the middle.
    CentreFinger,
    /// Blots of sweat or water: dry the finger.
    DryFinger,
    /// Ridges break into dots: breathe on the finger or moisten it.
    MoistenFinger,
}

/// Square millimetres below which too little of a finger is seen.
const SMALL: f32 = 110.0;
/// Offset from the middle, in halves of the shorter side, beyond which a small print is one at the edge.
const ASIDE: f32 = 0.35;
/// Cells of contrast beside the finger, per cell of finger.
const DIRTY: f32 = 0.25;
/// Blots per cell of finger.
const BLOTS: f32 = 0.01;
/// Share of dark pixels above which ridges are pressed flat and below which they are dry: one in twenty of the development sets
/// is beyond.
const RIDGES: (f32, f32) = (0.3, 0.48);
/// Contrast of a faint print.
const FAINT: f32 = 0.08;

impl Retake {
    /// The stable name for machines.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WholeFinger => "whole-finger",
            Self::PressMore => "press-more",
            Self::PressLess => "press-less",
            Self::CleanGlass => "clean-glass",
            Self::CentreFinger => "centre-finger",
            Self::DryFinger => "dry-finger",
            Self::MoistenFinger => "moisten-finger",
        }
    }

    /// What to tell the person or the officer.
    #[must_use]
    pub const fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::WholeFinger => lang.pick("Lay the whole finger on the glass", "Letakkan seluruh jari di kaca"),
            Self::PressMore => lang.pick("Press more", "Tekan lebih kuat"),
            Self::PressLess => lang.pick("Press less", "Tekan lebih ringan"),
            Self::CleanGlass => lang.pick("Clean the glass", "Bersihkan kaca"),
            Self::CentreFinger => lang.pick("Lay the finger in the middle", "Letakkan jari di tengah"),
            Self::DryFinger => lang.pick("Dry the finger", "Keringkan jari"),
            Self::MoistenFinger => lang.pick("Moisten the finger", "Lembapkan jari"),
        }
    }

    /// The plainest cause of a low score.
    pub(super) fn of(m: &Measures) -> Option<Self> {
        let causes = [
            (m.area < SMALL && m.offset > ASIDE, Self::CentreFinger),
            (m.area < SMALL, Self::PressMore),
            (m.blots > BLOTS, Self::DryFinger),
            (m.ridge > RIDGES.1, Self::PressLess),
            (m.dirt > DIRTY, Self::CleanGlass),
            (m.contrast < FAINT, Self::PressMore),
            (m.ridge < RIDGES.0, Self::MoistenFinger),
        ];
        causes.into_iter().find(|(is, _)| *is).map(|(_, hint)| hint)
    }
}
