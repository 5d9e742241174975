//! Edges between neighbouring minutiae, by what no rotation or shift changes: length, and the angle to either end's direction.

// Numbers of minutiae are below 64, votes below 2^13, and squares of distances below 2^31 by the bounds that `prepared.rs` keeps.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
// Loops that run over several arrays of one length at once, which the compiler makes wide code of.
#![allow(clippy::needless_range_loop)]

use super::geometry::{Turn, direction, root};
use super::growth::{ALONE, Pairs};
use super::prepared::Lanes;
use super::tuning::{EDGE_MAX, EDGE_MIN, MINUTIAE, NEIGHBOURS};

/// Edges in a block: the width of the loop that compares them.
pub(super) const BLOCK: usize = 32;

/// Edges side by side. An empty place has the length 255, which no edge is near.
#[derive(Clone, Copy)]
pub(super) struct Block {
    /// Direction of the edge less that of the minutia it leaves.
    pub near: [Turn; BLOCK],
    /// Direction of the edge seen from its far end less that of the minutia there.
    pub far: [Turn; BLOCK],
    /// Length in pixels.
    pub length: [u8; BLOCK],
    /// The minutia it leaves.
    pub from: [u8; BLOCK],
    /// The minutia it reaches.
    pub to: [u8; BLOCK],
}

const EMPTY: Block = Block { near: [0; BLOCK], far: [0; BLOCK], length: [255; BLOCK], from: [0; BLOCK], to: [0; BLOCK] };

/// One direction of an edge.
#[derive(Clone, Copy, Default)]
pub(super) struct Edge {
    pub near: Turn,
    pub far: Turn,
    pub length: u8,
    pub from: u8,
    pub to: u8,
}

/// The edges of a print.
#[derive(Clone)]
pub(super) struct Edges {
    /// Every edge once, from the minutia of smaller number.
    pub once: Box<[Edge]>,
    /// Every edge in both directions, by `near`.
    pub blocks: Box<[Block]>,
    /// How many directed edges have a `near` below the index.
    pub below: [u16; 257],
}

impl Edges {
    pub fn between(x: &Lanes<i16>, y: &Lanes<i16>, turn: &Lanes<Turn>, count: usize) -> Self {
        let once: Box<[Edge]> = neighbours(x, y, turn, count).into_boxed_slice();
        let both = || once.iter().flat_map(|e| [*e, Edge { near: e.far, far: e.near, from: e.to, to: e.from, ..*e }]);
        let mut below = [0u16; 257];
        for e in both() {
            below[usize::from(e.near) + 1] += 1;
        }
        for i in 0..256 {
            below[i + 1] += below[i];
        }
        let mut next = below;
        let mut blocks = vec![EMPTY; (once.len() * 2).div_ceil(BLOCK)].into_boxed_slice();
        for e in both() {
            let place = &mut next[usize::from(e.near)];
            let (block, lane) = (usize::from(*place) / BLOCK, usize::from(*place) % BLOCK);
            *place += 1;
            if let Some(b) = blocks.get_mut(block) {
                (b.near[lane], b.far[lane], b.length[lane], b.from[lane], b.to[lane]) = (e.near, e.far, e.length, e.from, e.to);
            }
        }
        Self { once, blocks, below }
    }

    /// Edges between minutiae that are both paired.
    #[inline(always)]
    pub fn inner(&self, pairs: &Pairs) -> u32 {
        let paired = |i: u8| u32::from(pairs.partner[usize::from(i) % MINUTIAE] != ALONE);
        self.once.iter().map(|e| paired(e.from) & paired(e.to)).sum()
    }
}

/// The edges of each minutia to its nearest, each edge once.
fn neighbours(x: &Lanes<i16>, y: &Lanes<i16>, turn: &Lanes<Turn>, count: usize) -> Vec<Edge> {
    let mut linked = [0u64; MINUTIAE];
    let mut list = Vec::with_capacity(count * NEIGHBOURS);
    for i in 0..count.min(MINUTIAE) {
        for key in nearest(x, y, i, count) {
            let j = (key & 63) as usize;
            if key == u32::MAX || linked[i] >> j & 1 == 1 {
                continue;
            }
            linked[i] |= 1 << j;
            linked[j] |= 1 << i;
            let (from, to) = if i < j { (i, j) } else { (j, i) };
            let along = direction(i32::from(x[to]) - i32::from(x[from]), i32::from(y[to]) - i32::from(y[from]));
            list.push(Edge {
                near: along.wrapping_sub(turn[from]),
                far: along.wrapping_add(128).wrapping_sub(turn[to]),
                length: ((root(key >> 6) + 2) / 4).min(EDGE_MAX) as u8,
                from: from as u8,
                to: to as u8,
            });
        }
    }
    list
}

/// Squared distance in quarter pixels (26 bits) and number of the nearest neighbours, nearest first; `u32::MAX` where there are fewer.
#[inline(always)]
fn nearest(x: &Lanes<i16>, y: &Lanes<i16>, i: usize, count: usize) -> [u32; NEIGHBOURS] {
    const NEAR: u32 = (EDGE_MIN * 4) * (EDGE_MIN * 4);
    const FAR: u32 = (EDGE_MAX * 4) * (EDGE_MAX * 4);
    let mut keys = [u32::MAX; MINUTIAE];
    for (j, key) in keys.iter_mut().enumerate() {
        let (dx, dy) = (i32::from(x[j]) - i32::from(x[i]), i32::from(y[j]) - i32::from(y[i]));
        let square = (dx * dx + dy * dy) as u32;
        *key = if !(NEAR..=FAR).contains(&square) { u32::MAX } else { square << 6 | j as u32 };
    }
    let mut best = [u32::MAX; NEIGHBOURS];
    for &key in keys.iter().take(count) {
        if key < best[NEIGHBOURS - 1] {
            let mut at = NEIGHBOURS - 1;
            while at > 0 && best[at - 1] > key {
                best[at] = best[at - 1];
                at -= 1;
            }
            best[at] = key;
        }
    }
    best
}
