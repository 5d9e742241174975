//! How one capture went: where the finger lay, how it was pressed and pushed, how moist it was. Drawn before a pixel is made.

use super::Level;
use crate::finger::synth::random::{Draws, Seed};

/// Degrees in radians.
const DEGREE: f32 = core::f32::consts::PI / 180.0;

/// How hard a finger's captures are for life, and how hard single ones come: set so that the peers err on captures of
/// [`Level::Usual`] a little more often than on real prints (`make bench`, docs/fingerprints.md).
const FINGER: f32 = 0.28;
const CAPTURE: f32 = 0.6;

/// One capture's circumstances; lengths in pixels at 500 dpi, y down.
#[derive(Clone, Copy)]
pub(super) struct Press {
    /// The place of the finger that the middle of the contact is.
    pub(super) contact: [f32; 2],
    /// Half axes of the contact.
    pub(super) axes: [f32; 2],
    /// Where the middle of the contact lies from the middle of the glass.
    pub(super) shift: [f32; 2],
    /// Cosine and sine of the finger's turn.
    pub(super) turn: [f32; 2],
    /// Skin around the part that sticks is pushed so far.
    pub(super) push: [f32; 2],
    /// And turned by so much, in radians.
    pub(super) twist: f32,
    /// Half axes of the part that sticks, as a share of the contact's.
    pub(super) stuck: f32,
    /// Over 0 wet, under 0 dry; 1 is the width of half a ridge.
    pub(super) moisture: f32,
    /// Strength of fine grain, and of larger blotches.
    pub(super) grain: f32,
    pub(super) blotch: f32,
    /// Share of the contact where the skin hardly touched.
    pub(super) bare: f32,
    /// Scratches of this capture alone.
    pub(super) scratches: u32,
}

impl Press {
    /// A capture of a finger `size` times the usual; `habit` is the finger's seed of what all its captures share.
    pub(super) fn draw(size: f32, level: Level, habit: Seed, capture: Seed) -> Self {
        let mut own = habit.draws();
        let mut draws = capture.draws();
        // Some fingers are always hard to read, and some captures of any finger go wrong: a long tail, as real sets have one.
        let hard = level.factor() * (FINGER * own.normal().abs() - CAPTURE * libm::logf(1.0 - draws.unit().min(0.999)));
        let lean = own.normal() * 0.16;
        let round = |draws: &mut Draws, spread: f32| draws.normal() * spread;
        let pressed = 1.0 + round(&mut draws, 0.07) - 0.12 * hard.min(2.0) * draws.unit();
        let turn = round(&mut draws, (7.0 + 6.0 * hard) * DEGREE);
        Self {
            contact: [round(&mut draws, 10.0 + 13.0 * hard), 5.0 + round(&mut draws, 16.0 + 22.0 * hard)],
            axes: [
                126.0 * size * pressed * (1.0 + round(&mut draws, 0.05)),
                184.0 * size * pressed * (1.0 + round(&mut draws, 0.06)),
            ],
            shift: [round(&mut draws, 10.0 + 6.0 * hard), round(&mut draws, 12.0 + 8.0 * hard)],
            turn: [libm::cosf(turn), libm::sinf(turn)],
            push: [round(&mut draws, 5.0 + 6.0 * hard), round(&mut draws, 6.0 + 8.0 * hard)],
            twist: round(&mut draws, (1.5 + 2.5 * hard) * DEGREE),
            stuck: draws.between(0.15, 0.5),
            moisture: lean + round(&mut draws, 0.1 + 0.28 * hard),
            grain: 0.3 + 0.4 * hard * draws.unit(),
            blotch: 0.2 + 0.4 * hard * draws.unit(),
            bare: (0.05 + 0.22 * hard * draws.unit()).min(0.5),
            scratches: draws.below(3),
        }
    }
}
