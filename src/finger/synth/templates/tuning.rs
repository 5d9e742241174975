//! The generator's numbers. They were chosen so that pairs of captures differ as the development sets' do (`docs/synthetic-templates.md`);
//! lengths are in pixels at 500 dpi, odds are natural logarithms.

/// Most minutiae that a finger has for life.
pub const LASTING: usize = 112;
/// Minutiae on a finger of ordinary size: mean and deviation.
pub const COUNT: [f32; 2] = [61.0, 14.0];
/// Half the width and height of the ellipse that a finger's minutiae lie in.
pub const PAD: [f32; 2] = [160.0, 220.0];
/// How much they crowd towards the middle: 0 not at all.
pub const MIDDLE: f32 = 0.30;
/// Deviation of fingers' size, by person.
pub const SIZE: f32 = 0.06;
/// Share of minutiae that lie about the cores and deltas, where ridges part, and how far from them.
pub const GATHERED: f32 = 0.16;
pub const GATHERED_REACH: [f32; 2] = [8.0, 100.0];
/// Ridge period.
pub const PERIOD: f32 = 9.2;
/// How much of the ridges' parting becomes minutiae of one sense.
pub const SENSED: f32 = 2.2;
/// Most that either sense outweighs the other.
pub const LEAN: f32 = 0.97;
/// Deviation of what the ridge period's change over the finger adds to one sense.
pub const DRIFT: f32 = 1.25;
/// How often a minutia has an opposite close by (a spur, a break, a short ridge), and how far off that is.
pub const OPPOSITE: f32 = 0.03;
/// How often a minutia has another of its own sense near it, and one that faces it ahead, and how far off those are.
pub const FELLOW: f32 = 0.30;
pub const FELLOW_REACH: [f32; 2] = [10.0, 40.0];
pub const FACING: f32 = 0.08;
pub const FACING_REACH: [f32; 2] = [14.0, 60.0];
pub const OPPOSITE_REACH: [f32; 2] = [5.0, 13.0];
/// Share of endings.
pub const ENDINGS: f32 = 0.57;
/// Deviation of a minutia's direction from the flow of the ridges, in radians.
pub const SKEW: f32 = 0.01;

/// Odds that a minutia is seen, before all else: mean, and deviation from minutia to minutia.
pub const CLEAR: [f32; 2] = [3.3, 1.7];
/// Deviation of those odds from look to look.
pub const LOOK: f32 = 1.9;
/// Odds below which a minutia is not told.
pub const TOLD: f32 = -2.45;
/// Deviations of all odds by person, finger, session and capture.
pub const STATE: [f32; 4] = [0.35, 0.4, 0.45, 0.75];
/// How often a finger is worn, and a capture is poor, and the mean by how much.
pub const WORN: [f32; 2] = [0.05, 1.2];
pub const POOR: [f32; 2] = [0.21, 2.6];

/// Half the width and height of the area that touches the glass, and the deviations of its size.
pub const TOUCH: [f32; 2] = [128.0, 180.0];
pub const TOUCH_SIZE: [f32; 2] = [0.09, 0.11];
/// How often but a part touches, and the least share of width and height then.
pub const PART: [f32; 2] = [0.06, 0.35];
/// Deviation of the middle of that area on the pad.
pub const TOUCH_SHIFT: [f32; 2] = [24.0, 38.0];
/// How often a finger lies askew, and by how much the shift is then greater.
pub const ASKEW: f32 = 0.09;
pub const ASKEW_SHIFT: f32 = 2.2;

/// Deviation of a capture's turn in radians.
pub const TURN: f32 = 0.18;
/// Deviation of the middle of the print on the glass.
pub const PLACE: [f32; 2] = [24.0, 30.0];
/// Deviation of the logarithm of how much the skin is pulled in a capture.
pub const STRAIN: f32 = 0.45;
/// Stretch and shear: deviation of the four terms of the linear map.
pub const STRETCH: f32 = 0.011;
/// Second-order distortion: deviation of its terms, in pixels at 100 from the middle.
pub const CURVE: f32 = 1.2;
/// Local pulls of the skin: how many, deviation in pixels, and their width.
pub const PULLS: usize = 3;
pub const PULL: f32 = 3.5;
pub const PULL_WIDTH: f32 = 50.0;
/// Deviation of a place, clear and at the least odds told.
pub const JITTER: [f32; 2] = [1.0, 2.2];
/// Deviation of what all directions near a place are off by, in radians at the nodes of a grid, and the grid's width.
pub const SWAY: f32 = 0.035;
pub const SWAY_WIDTH: f32 = 50.0;
/// Deviation of a direction by itself, likewise, in radians; and how often it is much greater, and how much.
pub const WAVER: [f32; 2] = [0.012, 0.065];
pub const WILD: f32 = 0.02;
pub const WILD_WAVER: f32 = 0.25;
/// How often the kind is mistaken, clear and at the least odds told.
pub const MISTAKEN: [f32; 2] = [0.13, 0.33];

/// Smudges: their mean number, depth in odds and width.
pub const SMUDGES: usize = 3;
pub const SMUDGE: f32 = 1.6;
pub const SMUDGE_WIDTH: f32 = 48.0;
/// Minutiae that are none: mean number, and more for each unit of odds that a capture is worse than ordinary.
pub const FALSE: [f32; 2] = [9.0, 6.0];
/// How often they come in twos that face each other.
pub const FALSE_OPPOSITE: f32 = 0.3;
/// Their odds: mean and deviation.
pub const FALSE_CLEAR: [f32; 2] = [-0.4, 1.9];

/// Size of the picture that a template tells.
pub const PICTURE: [u16; 2] = [400, 480];
/// Most minutiae of a template.
pub const MOST: usize = 120;
