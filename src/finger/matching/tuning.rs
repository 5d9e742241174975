//! The matcher's numbers. They were chosen on the development sets as `specs/finger-score.md` says, and the calibration of
//! `model.rs` holds for these alone: whoever changes one repeats it.

/// Most minutiae of a print that are compared, best first.
pub const MINUTIAE: usize = 64;
/// Coordinates are in quarters of a pixel at 500 dpi.
pub const QUARTERS: i32 = 4;
/// Pixels per centimetre that count as 500 dpi (ISO/IEC 19794-2 writes it so).
pub const PER_CM: u32 = 197;
/// Minutiae closer than this in x and y, in quarter pixels, and alike in direction, are one that was found twice.
pub const TWIN: i32 = 12;
/// How alike in direction.
pub const TWIN_TURN: u8 = 32;

/// Nearest neighbours that a minutia makes edges to.
pub const NEIGHBOURS: usize = 7;
/// Shortest edge in pixels; the direction of a shorter one is noise.
pub const EDGE_MIN: u32 = 10;
/// Longest edge in pixels.
pub const EDGE_MAX: u32 = 160;

/// Two edges are alike within `LENGTH_BASE + length · LENGTH_SLOPE / 256` pixels …
pub const LENGTH_BASE: u32 = 5;
/// (the slope)
pub const LENGTH_SLOPE: u32 = 20;
/// … and, at either end, within `TURN_BASE + TURN_NEAR / length` of a 256th of a turn.
pub const TURN_BASE: u32 = 8;
/// (what a shorter edge is allowed more)
pub const TURN_NEAR: u32 = 100;
/// Squared differences, each at most 256 at its tolerance, may add up to this.
pub const EDGE_COST: u32 = 512;
/// Most pairs of like edges that are looked at: a bound on time, which no two real prints reach.
pub const HITS: usize = 4_096;
/// A neighbour's support counts up to this when support is weighed a second time.
pub const SUPPORT_CAP: u16 = 35;

/// Poses looked at.
pub const POSES: usize = 6;
/// Votes agree if, laid on each other, their middles are this near, in eighths of a pixel …
pub const POSE_BASE: i32 = 96;
/// … to which, squared, this many 256ths of the squared distance between them are added …
pub const POSE_SLOPE: i32 = 2;
/// … and their turns differ by no more than this.
pub const POSE_TURN: u8 = 12;

/// A likeliest pose that promises less than this is not followed: an early no.
pub const PROMISE_LEAST: i32 = 300;
/// Poses that are grown into alignments.
pub const SEEDS: usize = 3;
/// Alignments that are refined and judged, best supported first.
pub const REFINED: usize = 2;
/// If the likeliest pose's alignment has this support, it is judged at once …
pub const SURE_SUPPORT: u32 = 200;
/// … and if its score is this or more, in hundredths of a nat, no other is looked at.
pub const SURE: i32 = 1_000;

/// Growing: a minutia is looked for within this many quarter pixels of where its nearest paired neighbour says …
pub const GROW_BASE: i32 = 32;
/// … and this much more for each 256 of distance to that neighbour.
pub const GROW_SLOPE: i32 = 36;
/// Growing and pairing: most that directions may differ.
pub const PAIR_TURN: i32 = 22;
/// Pairing: most that a minutia may lie off the smoothed position, in quarter pixels.
pub const PAIR_RADIUS: i32 = 44;
/// Reach of the smoothing, in quarter pixels.
pub const SMOOTH_RADIUS: i32 = 512;
/// Weight of "no displacement" in the smoothing, of 256.
pub const SMOOTH_REST: i32 = 90;
/// A minutia lies in the other print's area if one of its minutiae is this near, in quarter pixels.
pub const AREA_RADIUS: i32 = 160;
