//! Which minutiae of two prints have like neighbours: pairs of like edges vote for the pairs of minutiae at their ends.

// Numbers of minutiae are below 64, votes below 2^13, and squares of distances below 2^31 by the bounds that `prepared.rs` keeps.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
// Loops that run over several arrays of one length at once, which the compiler makes wide code of.
#![allow(clippy::needless_range_loop)]

use super::edges::{BLOCK, Block, Edge};
use super::geometry::{Turn, apart};
use super::growth::Pairs;
use super::prepared::{Lanes, Prepared};
use super::tuning::{EDGE_COST, EDGE_MAX, HITS, LENGTH_BASE, LENGTH_SLOPE, MINUTIAE, SUPPORT_CAP, TURN_BASE, TURN_NEAR};

/// Two like edges: the minutiae at their ends, and how like they are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hit {
    /// Ends of the first print's edge.
    pub a: [u8; 2],
    /// Ends of the second print's edge.
    pub b: [u8; 2],
    /// 1 to 17.
    pub weight: u16,
    /// The turn that lays the first edge on the second.
    pub turn: Turn,
}

/// How far edges of one length may differ, with what brings a difference at its tolerance to 16.
#[derive(Clone, Copy)]
struct Tolerance {
    length: u8,
    turn: u8,
    length_scale: u16,
    turn_scale: u16,
}

/// Lengths from 0 to the longest.
const LENGTHS: usize = EDGE_MAX as usize + 1;

static TOLERANCES: [Tolerance; LENGTHS] = tolerances();

const fn tolerances() -> [Tolerance; LENGTHS] {
    let mut table = [Tolerance { length: 0, turn: 0, length_scale: 0, turn_scale: 0 }; LENGTHS];
    let mut d = 0;
    while d < LENGTHS {
        let length = LENGTH_BASE + (d as u32 * LENGTH_SLOPE) / 256;
        let turn = TURN_BASE + TURN_NEAR / (if d == 0 { 1 } else { d as u32 });
        let turn = if turn > 60 { 60 } else { turn };
        table[d] = Tolerance {
            length: length as u8,
            turn: turn as u8,
            length_scale: (16 * 256 / length) as u16,
            turn_scale: (16 * 256 / turn) as u16,
        };
        d += 1;
    }
    table
}

/// The votes of one comparison; a buffer that is used again and again.
pub(super) struct Votes {
    pub hits: Vec<Hit>,
    /// Support of a pair of minutiae, row by minutia of the first print.
    pub first: Box<[Lanes<u16>; MINUTIAE]>,
    /// The same, each vote weighed by the support of the pair at the edge's other end.
    pub second: Box<[Lanes<u16>; MINUTIAE]>,
}

impl Votes {
    pub fn new() -> Self {
        let none = Box::new([[0; MINUTIAE]; MINUTIAE]);
        Self { hits: Vec::with_capacity(HITS), first: none.clone(), second: none }
    }

    /// Counts the votes.
    #[inline(always)]
    pub fn count(&mut self, a: &Prepared, b: &Prepared) {
        self.hits.clear();
        for row in 0..a.count {
            self.first[row % MINUTIAE] = [0; MINUTIAE];
            self.second[row % MINUTIAE] = [0; MINUTIAE];
        }
        self.find(a, b);
        for h in &self.hits {
            for end in 0..2 {
                let cell = cell(&mut self.first, h.a[end], h.b[end]);
                *cell = cell.saturating_add(h.weight);
            }
        }
        for h in &self.hits {
            let there =
                [at(&self.first, h.a[0], h.b[0]), at(&self.first, h.a[1], h.b[1])].map(|s| (s - h.weight).min(SUPPORT_CAP));
            for end in 0..2 {
                let cell = cell(&mut self.second, h.a[end], h.b[end]);
                *cell = cell.saturating_add((h.weight * there[1 - end]) >> 3);
            }
        }
    }

    /// All pairs of like edges, up to [`HITS`].
    #[inline(always)]
    fn find(&mut self, a: &Prepared, b: &Prepared) {
        for edge in &a.edges.once {
            let t = &TOLERANCES[usize::from(edge.length).min(LENGTHS - 1)];
            let near = i32::from(edge.near);
            let (low, high) = (near - i32::from(t.turn), near + i32::from(t.turn));
            // Both directions of `b`'s edges are looked at. Angles go round, so there may be two stretches.
            self.stretch(a, b, edge, t, low.max(0), high.min(255));
            if low < 0 {
                self.stretch(a, b, edge, t, low + 256, 255);
            }
            if high > 255 {
                self.stretch(a, b, edge, t, 0, high - 256);
            }
            if self.hits.len() >= HITS {
                return;
            }
        }
    }

    /// One edge against those whose `near` lies between two values.
    #[inline(always)]
    fn stretch(&mut self, a: &Prepared, b: &Prepared, edge: &Edge, t: &Tolerance, low: i32, high: i32) {
        let bound = |v: i32| usize::from(b.edges.below[(v & 0x1FF).min(256) as usize]);
        let (low, high) = (bound(low), bound(high + 1));
        if low >= high {
            return;
        }
        let first = low / BLOCK;
        for (n, block) in b.edges.blocks.get(first..high.div_ceil(BLOCK)).unwrap_or_default().iter().enumerate() {
            let start = (first + n) * BLOCK;
            self.compare(a, b, edge, block, t, low.saturating_sub(start), (high - start).min(BLOCK));
        }
    }

    /// One edge against a block of the other print's, of which the places from `low` to below `high` count.
    #[inline(always)]
    #[allow(clippy::too_many_arguments)] // One loop, cut in two for the reader.
    fn compare(&mut self, a: &Prepared, b: &Prepared, edge: &Edge, block: &Block, t: &Tolerance, low: usize, high: usize) {
        // Cut to the stretch, since one block may hold parts of two.
        let mut set = like(edge, block, t) & (u32::MAX << (low % BLOCK)) & (u32::MAX >> (BLOCK - high));
        while set != 0 {
            let l = set.trailing_zeros() as usize % BLOCK;
            set &= set - 1;
            let scaled = |difference: u8, scale: u16| (u32::from(difference) * u32::from(scale)) >> 8;
            let d = scaled(block.length[l].abs_diff(edge.length), t.length_scale);
            let n = scaled(apart(block.near[l], edge.near), t.turn_scale);
            let f = scaled(apart(block.far[l], edge.far), t.turn_scale);
            let cost = d * d + n * n + f * f;
            if cost < EDGE_COST && self.hits.len() < HITS {
                let weight = 1 + ((EDGE_COST - cost) * 16 / EDGE_COST) as u16;
                let (i, j) = (usize::from(edge.from) % MINUTIAE, usize::from(block.from[l]) % MINUTIAE);
                let turn = block.near[l].wrapping_add(b.turn[j]).wrapping_sub(edge.near.wrapping_add(a.turn[i]));
                self.hits.push(Hit { a: [edge.from, edge.to], b: [block.from[l], block.to[l]], weight, turn });
            }
        }
    }

    /// What the votes between pairs of an alignment weigh.
    #[inline(always)]
    pub fn support(&self, pairs: &Pairs) -> u32 {
        let paired = |i: u8, j: u8| pairs.partner[usize::from(i) % MINUTIAE] == j;
        self.hits.iter().map(|h| u32::from(h.weight) * u32::from(paired(h.a[0], h.b[0]) & paired(h.a[1], h.b[1]))).sum()
    }
}

/// Which edges of a block are within tolerance, a bit for each; written so that the compiler makes wide code of it.
#[inline(always)]
fn like(edge: &Edge, block: &Block, t: &Tolerance) -> u32 {
    let least = [edge.near, edge.far].map(|v| v.wrapping_sub(t.turn));
    let shortest = edge.length.wrapping_sub(t.length);
    let mut bits = [0u8; BLOCK];
    for l in 0..BLOCK {
        let near = block.near[l].wrapping_sub(least[0]) <= 2 * t.turn;
        let far = block.far[l].wrapping_sub(least[1]) <= 2 * t.turn;
        let length = block.length[l].wrapping_sub(shortest) <= 2 * t.length;
        bits[l] = if near & far & length { 1 << (l & 7) } else { 0 };
    }
    let mut set = 0;
    for (n, eight) in bits.as_chunks::<8>().0.iter().enumerate() {
        // The product's top byte is the sum of all eight.
        let sum = u64::from_le_bytes(*eight).wrapping_mul(0x0101_0101_0101_0101) >> 56;
        set |= (sum as u32) << (8 * n);
    }
    set
}

#[inline(always)]
fn cell(table: &mut [Lanes<u16>; MINUTIAE], i: u8, j: u8) -> &mut u16 {
    &mut table[usize::from(i) % MINUTIAE][usize::from(j) % MINUTIAE]
}

#[inline(always)]
pub(super) fn at(table: &[Lanes<u16>; MINUTIAE], i: u8, j: u8) -> u16 {
    table[usize::from(i) % MINUTIAE][usize::from(j) % MINUTIAE]
}

const _: () = assert!(EDGE_MAX + LENGTH_BASE + EDGE_MAX * LENGTH_SLOPE / 256 < 255, "an empty place must be near no edge");
