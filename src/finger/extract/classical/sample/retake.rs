//! What the holder or the operator can do for a better sample. The words are the user interface's.

use super::Measures;

/// A hint for the next capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retake {
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
