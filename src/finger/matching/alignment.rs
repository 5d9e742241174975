//! An alignment refined: a rigid motion and a smooth displacement over it, and the minutiae paired anew under both.

// Numbers of minutiae are below 64, votes below 2^13, and squares of distances below 2^31 by the bounds that `prepared.rs` keeps.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
// Loops that run over several arrays of one length at once, which the compiler makes wide code of.
#![allow(clippy::needless_range_loop)]

use super::geometry::{Turn, apart};
use super::growth::{ALONE, Pairs, bounded, point};
use super::motion::{Motion, Sums};
use super::prepared::{Lanes, Prepared};
use super::tuning::{AREA_RADIUS, MINUTIAE, PAIR_RADIUS, PAIR_TURN, SMOOTH_RADIUS, SMOOTH_REST};

/// Cost of a pair whose place and direction are both exact; one at both tolerances has twice [`COST_UNIT`].
pub(super) const COST_UNIT: u32 = 256;

/// Farthest, squared, that a pair may lie apart.
const LIMIT: i32 = PAIR_RADIUS * PAIR_RADIUS;

/// Most pairs that are weighed when partners are chosen; the nearest of more than any two real prints have.
const CANDIDATES: usize = 512;

/// Two prints laid on each other.
pub(super) struct Alignment {
    pub motion: Motion,
    pub pairs: Pairs,
    /// Cost of each pair, by minutia of the first print.
    pub cost: Lanes<u16>,
    /// Squared distance of each pair from the smoothed place, in quarter pixels.
    pub off: Lanes<u16>,
    /// Minutiae of either print that lie in the area of the other.
    pub inside: [u32; 2],
}

/// Refines grown pairs twice.
#[inline(always)]
pub(super) fn refine(a: &Prepared, b: &Prepared, grown: &Pairs) -> Alignment {
    let first = pass(a, b, grown);
    if first.pairs.count < 2 { first } else { pass(a, b, &first.pairs) }
}

#[inline(always)]
fn pass(a: &Prepared, b: &Prepared, pairs: &Pairs) -> Alignment {
    let mut sums = Sums::default();
    for (i, j) in pairs.iter() {
        sums.add(point(a, i), point(b, j));
    }
    let motion = sums.motion();
    let places = smoothed(a, b, pairs, &motion);
    let mut candidates = Candidates { keys: [0; CANDIDATES], count: 0 };
    let inside = survey(a, b, &motion, &places, &mut candidates);
    let (pairs, cost, off) = candidates.choose(b, &places);
    Alignment { motion, pairs, cost, off, inside }
}

/// Where each minutia of the first print is expected in the second: the motion, and what its paired neighbours are off by.
#[inline(always)]
fn smoothed(a: &Prepared, b: &Prepared, pairs: &Pairs, motion: &Motion) -> [Lanes<i32>; 2] {
    const REACH: i32 = SMOOTH_RADIUS * SMOOTH_RADIUS;
    let mut places = [[0i32; MINUTIAE]; 2];
    for i in 0..MINUTIAE {
        let [x, y] = motion.apply(point(a, i));
        (places[0][i], places[1][i]) = (bounded(x), bounded(y));
    }
    let (mut weight, mut sum) = ([SMOOTH_REST; MINUTIAE], [[0i32; MINUTIAE]; 2]);
    for (i, j) in pairs.iter() {
        let ([x, y], [u, v]) = (point(a, i), point(b, j));
        let (du, dv) = ((u - places[0][i]).clamp(-4095, 4095), (v - places[1][i]).clamp(-4095, 4095));
        for k in 0..MINUTIAE {
            let (dx, dy) = (i32::from(a.x[k]) - x, i32::from(a.y[k]) - y);
            // (1 - d²/R²)², 256 at the pair itself, which has no say about itself.
            let left = (REACH - (dx * dx + dy * dy)).max(0) >> (REACH.ilog2() - 8);
            let w = if k == i { 0 } else { (left * left) >> 8 };
            weight[k] += w;
            sum[0][k] += w * du;
            sum[1][k] += w * dv;
        }
    }
    for k in 0..a.count {
        let part = (1 << 16) / i64::from(weight[k]);
        for axis in 0..2 {
            let shift = (i64::from(sum[axis][k]) * part) >> 16;
            places[axis][k] = bounded(places[axis][k] + shift as i32);
        }
    }
    places
}

/// Pairs that may be, each as cost, minutia of the first and of the second print, packed so that the order of numbers is theirs.
struct Candidates {
    keys: [u32; CANDIDATES],
    count: usize,
}

/// Finds the candidates, and how many minutiae of either print lie in the other's area.
#[inline(always)]
fn survey(a: &Prepared, b: &Prepared, motion: &Motion, places: &[Lanes<i32>; 2], candidates: &mut Candidates) -> [u32; 2] {
    const AREA: i32 = AREA_RADIUS * AREA_RADIUS;
    let mut nearest = [i32::MAX; MINUTIAE];
    let mut inside = [0; 2];
    for i in 0..a.count {
        let (x, y, turn) = (places[0][i], places[1][i], a.turn[i].wrapping_add(motion.turn));
        let mut off = [0; MINUTIAE];
        for j in 0..MINUTIAE {
            let (dx, dy) = (i32::from(b.x[j]) - x, i32::from(b.y[j]) - y);
            off[j] = dx * dx + dy * dy;
        }
        for j in 0..MINUTIAE {
            nearest[j] = nearest[j].min(off[j]);
        }
        let least = off.iter().fold(i32::MAX, |m, o| m.min(*o));
        inside[0] += u32::from(least < AREA);
        if least <= LIMIT {
            candidates.add(b, i, &off, turn);
        }
    }
    inside[1] = nearest.iter().map(|n| u32::from(*n < AREA)).sum();
    inside
}

impl Candidates {
    /// Adds the candidates of a minutia of the first print, cheapest first.
    #[inline(always)]
    fn add(&mut self, b: &Prepared, i: usize, off: &Lanes<i32>, turn: Turn) {
        const PLACE: i32 = (COST_UNIT as i32) * (1 << 12) / LIMIT;
        const ANGLE: i32 = (COST_UNIT as i32) * (1 << 12) / (PAIR_TURN * PAIR_TURN);
        let mut keys = [u32::MAX; MINUTIAE];
        for j in 0..MINUTIAE {
            let askew = i32::from(apart(b.turn[j], turn)).min(PAIR_TURN + 1);
            let near = off[j].min(LIMIT + 1);
            let cost = (near * PLACE + askew * askew * ANGLE) >> 12;
            let key = (cost as u32) << 12 | (i as u32) << 6 | j as u32;
            keys[j] = if (near > LIMIT) | (askew > PAIR_TURN) { u32::MAX } else { key };
        }
        while self.count < CANDIDATES {
            let least = keys.iter().fold(u32::MAX, |m, k| m.min(*k));
            if least == u32::MAX {
                break;
            }
            self.keys[self.count] = least;
            self.count += 1;
            keys[(least & 63) as usize] = u32::MAX;
        }
    }

    /// The cheapest pairs first, each minutia once.
    #[inline(always)]
    fn choose(&mut self, b: &Prepared, places: &[Lanes<i32>; 2]) -> (Pairs, Lanes<u16>, Lanes<u16>) {
        let keys = self.keys.get_mut(..self.count).unwrap_or_default();
        keys.sort_unstable();
        let (mut pairs, mut cost, mut off, mut taken) = (Pairs::NONE, [0; MINUTIAE], [0; MINUTIAE], 0u64);
        for key in keys {
            let (i, j) = ((*key >> 6 & 63) as usize, (*key & 63) as usize);
            if pairs.partner[i] == ALONE && taken >> j & 1 == 0 {
                let (dx, dy) = (i32::from(b.x[j]) - places[0][i], i32::from(b.y[j]) - places[1][i]);
                (pairs.partner[i], cost[i], off[i]) = (j as u8, (*key >> 12) as u16, (dx * dx + dy * dy) as u16);
                pairs.count += 1;
                taken |= 1 << j;
            }
        }
        (pairs, cost, off)
    }
}

const _: () = assert!((SMOOTH_RADIUS as u32).is_power_of_two(), "the smoothing divides by shifting");
