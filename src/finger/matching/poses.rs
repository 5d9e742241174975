//! How two prints may lie on each other: votes that agree on a turn and a shift, weighed together.

// Numbers of minutiae are below 64, votes below 2^13, and squares of distances below 2^31 by the bounds that `prepared.rs` keeps.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
// Loops that run over several arrays of one length at once, which the compiler makes wide code of.
#![allow(clippy::needless_range_loop)]

use super::geometry::{TRIG_BITS, Turn, apart, cos, sin};
use super::prepared::Prepared;
use super::tuning::{HITS, MINUTIAE, POSE_BASE, POSE_SLOPE, POSE_TURN, POSES};
use super::votes::{Hit, Votes, at};

/// Votes in a group: the width of the loop that compares them.
const GROUP: usize = 16;

/// Votes side by side: the middles of both edges in eighths of a pixel, the turn between them, and what the vote counts.
#[derive(Clone, Copy)]
struct Group {
    a: [[i16; GROUP]; 2],
    b: [[i16; GROUP]; 2],
    turn: [u8; GROUP],
    /// What it counts for a pose.
    worth: [u16; GROUP],
    /// What it counts as a beginning; 0 once a pose includes it.
    seed: [u16; GROUP],
}

const EMPTY: Group = Group { a: [[0; GROUP]; 2], b: [[0; GROUP]; 2], turn: [0; GROUP], worth: [0; GROUP], seed: [0; GROUP] };

/// A pose, and the vote it began with.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pose {
    /// The worth of all votes that agree, less for a turn that fingers are seldom laid down with.
    pub likely: u32,
    pub hit: Hit,
}

/// The votes in groups; a buffer that is used again and again.
pub(super) struct Poses {
    groups: Vec<Group>,
}

impl Poses {
    pub fn new() -> Self {
        Self { groups: Vec::with_capacity(HITS / GROUP + 1) }
    }

    /// The best poses, best first.
    #[inline(always)]
    pub fn find(&mut self, a: &Prepared, b: &Prepared, votes: &Votes) -> [Pose; POSES] {
        self.fill(a, b, votes);
        let mut poses = [Pose::default(); POSES];
        for pose in &mut poses {
            let Some(at) = self.beginning() else { break };
            if let Some(hit) = votes.hits.get(at) {
                let worth = self.agreeing(at);
                *pose = Pose { likely: (worth * prior(hit.turn)) >> 8, hit: *hit };
            }
        }
        poses.sort_by_key(|p| std::cmp::Reverse(p.likely));
        poses
    }

    #[inline(always)]
    fn fill(&mut self, a: &Prepared, b: &Prepared, votes: &Votes) {
        self.groups.clear();
        for hits in votes.hits.chunks(GROUP) {
            let mut g = EMPTY;
            for (l, h) in hits.iter().enumerate().take(GROUP) {
                let (i, i2) = (usize::from(h.a[0]) % MINUTIAE, usize::from(h.a[1]) % MINUTIAE);
                let (j, j2) = (usize::from(h.b[0]) % MINUTIAE, usize::from(h.b[1]) % MINUTIAE);
                (g.a[0][l], g.a[1][l]) = (a.x[i] + a.x[i2], a.y[i] + a.y[i2]);
                (g.b[0][l], g.b[1][l]) = (b.x[j] + b.x[j2], b.y[j] + b.y[j2]);
                g.turn[l] = h.turn;
                let support = (at(&votes.first, h.a[0], h.b[0]).min(at(&votes.first, h.a[1], h.b[1])) - h.weight).min(60);
                g.worth[l] = h.weight + support * h.weight / 16;
                let deeper = at(&votes.second, h.a[0], h.b[0]).saturating_add(at(&votes.second, h.a[1], h.b[1]));
                g.seed[l] = ((u32::from(h.weight * (1 + ROOTS[usize::from(deeper.min(4095) >> 2)])) * prior(h.turn)) >> 8) as u16;
            }
            self.groups.push(g);
        }
    }

    /// The vote that counts most as a beginning.
    #[inline(always)]
    fn beginning(&self) -> Option<usize> {
        let mut best = (0u16, 0usize);
        for (n, g) in self.groups.iter().enumerate() {
            let top = g.seed.iter().fold(0, |m, s| m.max(*s));
            if top > best.0 {
                best = (top, n);
            }
        }
        let lane = self.groups.get(best.1)?.seed.iter().position(|s| *s == best.0)?;
        (best.0 > 0).then_some(best.1 * GROUP + lane)
    }

    /// The worth of all votes that agree with one; each is used up as a beginning.
    #[inline(always)]
    fn agreeing(&mut self, at: usize) -> u32 {
        let Some(g) = self.groups.get_mut(at / GROUP) else { return 0 };
        let lane = at % GROUP;
        let ([x, y], [u, v]) = (g.a.map(|c| i32::from(c[lane])), g.b.map(|c| i32::from(c[lane])));
        let turn = g.turn[lane];
        g.seed[lane] = 0;
        let (cos, sin) = (cos(turn), sin(turn));
        let mut worth = 0;
        for g in &mut self.groups {
            worth += g.agreeing([x, y], [u, v], turn, cos, sin);
        }
        worth
    }
}

impl Group {
    /// Two loops, since the compiler makes wide code of each but not of both in one.
    #[inline(always)]
    fn agreeing(&mut self, [x, y]: [i32; 2], [u, v]: [i32; 2], turn: Turn, cos: i32, sin: i32) -> u32 {
        let mut over = [0i32; GROUP];
        for l in 0..GROUP {
            // Middles are below 2^14, differences below 2^15.
            let (ax, ay) = (i32::from(self.a[0][l]) - x, i32::from(self.a[1][l]) - y);
            let (bx, by) = (i32::from(self.b[0][l]) - u, i32::from(self.b[1][l]) - v);
            // cos and sin have 14 places: three are shed before the product, eleven after.
            let px = ((cos >> 3) * ax - (sin >> 3) * ay) >> (TRIG_BITS - 3);
            let py = ((sin >> 3) * ax + (cos >> 3) * ay) >> (TRIG_BITS - 3);
            let (dx, dy) = ((bx - px).clamp(-8191, 8191), (by - py).clamp(-8191, 8191));
            over[l] = dx * dx + dy * dy - POSE_BASE * POSE_BASE - ((ax * ax + ay * ay) >> 8) * POSE_SLOPE;
        }
        let mut worth = 0;
        for l in 0..GROUP {
            let same = self.turn[l].wrapping_sub(turn).wrapping_add(POSE_TURN) <= 2 * POSE_TURN;
            let mask = if (over[l] <= 0) & same { u16::MAX } else { 0 };
            worth += u32::from(self.worth[l] & mask);
            self.seed[l] &= !mask;
        }
        worth
    }
}

/// Square roots of multiples of four, rounded down.
static ROOTS: [u16; 1024] = {
    let mut table = [0; 1024];
    let mut i = 0;
    while i < 1024 {
        table[i] = (i as u32 * 4).isqrt() as u16;
        i += 1;
    }
    table
};

/// What a pose counts by its turn, of 256.
#[inline(always)]
pub(super) fn prior(turn: Turn) -> u32 {
    let off = u32::from(apart(turn, 0)).min(64);
    256 - off * off.min(48) / 18
}
