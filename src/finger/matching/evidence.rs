//! What speaks for and against one finger in an alignment, as whole numbers that the model weighs.

// Numbers of minutiae are below 64, votes below 2^13, and squares of distances below 2^31 by the bounds that `prepared.rs` keeps.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
// Loops that run over several arrays of one length at once, which the compiler makes wide code of.
#![allow(clippy::needless_range_loop)]

use super::alignment::{Alignment, COST_UNIT};
use super::geometry::{apart, log2, root};
use super::growth::point;
use super::prepared::Prepared;
use super::tuning::MINUTIAE;
use super::votes::{Votes, at};

/// Values in an [`Evidence`].
pub const VALUES: usize = 15;

/// Names of the values, for the calibration's tables.
pub const NAMES: [&str; VALUES] = [
    "soft",
    "share_more",
    "share_less",
    "links",
    "link_share",
    "turn",
    "scale",
    "kind",
    "spread",
    "off",
    "askew",
    "first",
    "hits",
    "pose",
    "count",
];

/// What was observed in one alignment. Logarithms are to base 2 in 1/64, shares in 1/256.
pub type Evidence = [i32; VALUES];

/// Observes.
#[inline(always)]
pub(super) fn observe(a: &Prepared, b: &Prepared, votes: &Votes, likely: u32, al: &Alignment) -> Evidence {
    let n = (al.pairs.count as u32).max(1);
    let (mut first, mut soft, mut alike, mut off, mut askew) = (0u32, 0u32, 0u32, 0u32, 0u32);
    let (mut sx, mut sy, mut square) = (0i32, 0i32, 0u32);
    for (i, j) in al.pairs.iter() {
        first += u32::from(at(&votes.first, i as u8, j as u8));
        soft += (2 * COST_UNIT).saturating_sub(u32::from(al.cost[i]));
        alike += u32::from(a.kind[i] == b.kind[j]);
        off += u32::from(al.off[i]);
        askew += u32::from(apart(b.turn[j], a.turn[i].wrapping_add(al.motion.turn)));
        let [x, y] = point(a, i);
        // Whole pixels, so that the squares of all fit.
        (sx, sy, square) = (sx + x / 4, sy + y / 4, square + (x * x / 16 + y * y / 16) as u32);
    }
    let mean = [sx, sy].map(|s| s / n as i32);
    let spread = root((square / n).saturating_sub((mean[0] * mean[0] + mean[1] * mean[1]) as u32));
    let inside = al.inside.map(|v| v.max(n));
    let share = |of: u32| (n * 256 / of) as i32;
    let (links, link_share) = links(a, votes, al);
    [
        log2(soft / 8),
        share(inside[0].min(inside[1])),
        share(inside[0].max(inside[1])),
        log2(links),
        link_share,
        i32::from(apart(al.motion.turn, 0)).min(64),
        (log2(al.motion.scale * 16) - log2(4096 * 16)).abs().min(64),
        (alike * 256 / n) as i32,
        log2(spread),
        root(off / n) as i32 * 4,
        (askew * 16 / n) as i32,
        log2(first),
        log2(votes.hits.len() as u32),
        log2(likely),
        log2(a.count.min(b.count) as u32),
    ]
}

/// Votes between pairs of the alignment, and the share of the first print's edges between paired minutiae that have one.
#[inline(always)]
fn links(a: &Prepared, votes: &Votes, al: &Alignment) -> (u32, i32) {
    let paired = |i: u8, j: u8| al.pairs.partner[usize::from(i) % MINUTIAE] == j;
    let (mut weight, mut found) = (0u32, 0u32);
    for h in votes.hits.iter().filter(|h| paired(h.a[0], h.b[0]) && paired(h.a[1], h.b[1])) {
        weight += u32::from(h.weight);
        found += 1;
    }
    let of = a.edges.inner(&al.pairs).max(1);
    (weight, (found * 256 / of).min(256) as i32)
}
