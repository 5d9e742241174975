//! An alignment grown from two like edges: minutia after minutia, nearest first, each looked for where its paired neighbour says,
//! so that a print stretched by the finger's pressure is followed.

// Numbers of minutiae are below 64, votes below 2^13, and squares of distances below 2^31 by the bounds that `prepared.rs` keeps.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
// Loops that run over several arrays of one length at once, which the compiler makes wide code of.
#![allow(clippy::needless_range_loop)]

use super::geometry::{Turn, apart};
use super::motion::{Motion, Sums};
use super::prepared::{Lanes, Prepared};
use super::tuning::{GROW_BASE, GROW_SLOPE, MINUTIAE, PAIR_TURN};
use super::votes::Hit;

/// No partner.
pub(super) const ALONE: u8 = u8::MAX;

/// Pairs of minutiae: the partner in the second print of each minutia of the first, or [`ALONE`].
#[derive(Clone, Copy)]
pub(super) struct Pairs {
    pub partner: Lanes<u8>,
    pub count: usize,
}

impl Pairs {
    pub const NONE: Self = Self { partner: [ALONE; MINUTIAE], count: 0 };

    /// The pairs in order of the first print.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.partner.iter().enumerate().filter(|(_, j)| **j != ALONE).map(|(i, j)| (i, usize::from(*j) % MINUTIAE))
    }
}

/// State of one growth.
struct Growth<'a> {
    a: &'a Prepared,
    b: &'a Prepared,
    pairs: Pairs,
    sums: Sums,
    motion: Motion,
    /// Squared distance in pixels to the nearest paired minutia, and own number; `u32::MAX` once tried.
    near: Lanes<u32>,
    /// That nearest paired minutia.
    via: Lanes<u8>,
    /// 0 while the minutia of the first print is untried, else `u32::MAX`.
    tried: Lanes<u32>,
    /// 0 while the minutia of the second print is free, else `u32::MAX`.
    taken: Lanes<u32>,
}

/// Grows an alignment from the hit.
#[inline(always)]
pub(super) fn grow(a: &Prepared, b: &Prepared, hit: &Hit) -> Pairs {
    let mut g = Growth {
        a,
        b,
        pairs: Pairs::NONE,
        sums: Sums::default(),
        motion: Motion::default(),
        near: [u32::MAX; MINUTIAE],
        via: [0; MINUTIAE],
        tried: [u32::MAX; MINUTIAE],
        taken: [u32::MAX; MINUTIAE],
    };
    g.tried.iter_mut().take(a.count).for_each(|t| *t = 0);
    g.taken.iter_mut().take(b.count).for_each(|t| *t = 0);
    for end in 0..2 {
        g.pair(usize::from(hit.a[end]) % MINUTIAE, usize::from(hit.b[end]) % MINUTIAE);
    }
    // At most one step for each minutia.
    for _ in 0..a.count {
        let next = g.near.iter().zip(&g.tried).fold(u32::MAX, |m, (n, t)| m.min(n | t));
        if next == u32::MAX {
            break;
        }
        let i = (next & 63) as usize;
        g.tried[i] = u32::MAX;
        if let Some(j) = g.look(i, next >> 6) {
            g.pair(i, j);
        }
    }
    g.pairs
}

impl Growth<'_> {
    /// Pairs two minutiae.
    #[inline(always)]
    fn pair(&mut self, i: usize, j: usize) {
        let a = self.a;
        self.pairs.partner[i] = j as u8;
        self.pairs.count += 1;
        self.tried[i] = u32::MAX;
        self.taken[j] = u32::MAX;
        self.sums.add(point(a, i), point(self.b, j));
        self.motion = self.sums.motion();
        let [x, y] = point(a, i);
        for k in 0..MINUTIAE {
            let (dx, dy) = (i32::from(a.x[k]) - x, i32::from(a.y[k]) - y);
            let key = ((dx * dx + dy * dy) as u32 >> 4) << 6 | k as u32;
            let nearer = key < self.near[k];
            self.near[k] = if nearer { key } else { self.near[k] };
            self.via[k] = if nearer { i as u8 } else { self.via[k] };
        }
    }

    /// The free minutia that lies best where minutia `i` is looked for; `square` is its distance in pixels to its guide, squared.
    #[inline(always)]
    fn look(&self, i: usize, square: u32) -> Option<usize> {
        let (a, b) = (self.a, self.b);
        let guide = usize::from(self.via[i]) % MINUTIAE;
        let there = usize::from(self.pairs.partner[guide]) % MINUTIAE;
        let motion = self.motion;
        let ([x, y], [gx, gy]) = (point(a, i), point(a, guide));
        let [dx, dy] = motion.rotate([x - gx, y - gy]);
        let [x, y] = point(b, there);
        let (x, y, turn) = (bounded(x + dx), bounded(y + dy), a.turn[i].wrapping_add(motion.turn));
        let radius = GROW_BASE + (square.isqrt() as i32 * 4 * GROW_SLOPE) / 256;
        best(b, &self.taken, [x, y], turn, radius.min(1 << 10))
    }
}

/// The free minutia nearest to a place and direction, both within their tolerance.
#[inline(always)]
fn best(b: &Prepared, taken: &Lanes<u32>, [x, y]: [i32; 2], turn: Turn, radius: i32) -> Option<usize> {
    let limit = radius * radius;
    // Squares at their tolerance come to 4096.
    let (place, angle) = ((1 << 24) / limit.max(1), (4096 << 4) / (PAIR_TURN * PAIR_TURN));
    let mut least = u32::MAX;
    for j in 0..MINUTIAE {
        let (dx, dy) = (i32::from(b.x[j]) - x, i32::from(b.y[j]) - y);
        let off = (dx * dx + dy * dy).min(limit + 1);
        let askew = i32::from(apart(b.turn[j], turn));
        let cost = ((off * (place >> 4)) >> 8) + ((askew * askew * angle) >> 4);
        let key = (cost as u32) << 6 | j as u32 | taken[j];
        let key = if off > limit || askew > PAIR_TURN { u32::MAX } else { key };
        least = least.min(key);
    }
    (least != u32::MAX).then_some((least & 63) as usize)
}

/// A minutia's place.
#[inline(always)]
pub(super) fn point(p: &Prepared, i: usize) -> [i32; 2] {
    [i32::from(p.x[i % MINUTIAE]), i32::from(p.y[i % MINUTIAE])]
}

/// Keeps a computed place so near that squares of distances to it fit; nothing is paired beyond.
#[inline(always)]
pub(super) fn bounded(place: i32) -> i32 {
    place.clamp(-(1 << 14), 1 << 14)
}
