//! One print against another: votes, an early no, alignments grown from the likeliest poses, evidence, log-likelihood ratio.

// Numbers of minutiae are below 64, votes below 2^13, and squares of distances below 2^31 by the bounds that `prepared.rs` keeps.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
// Loops that run over several arrays of one length at once, which the compiler makes wide code of.
#![allow(clippy::needless_range_loop)]

use super::alignment::{Alignment, refine};
use super::evidence::{Evidence, observe};
use super::geometry::log2;
use super::growth::{Pairs, grow};
use super::model::{ratio, unaligned};
use super::poses::{Pose, Poses, prior};
use super::prepared::Prepared;
use super::tuning::{POSES, PROMISE_LEAST, REFINED, SEEDS, SURE, SURE_SUPPORT};
use super::votes::Votes;

/// What a comparison found.
pub(super) struct Found {
    /// Log-likelihood ratio in hundredths of a nat.
    pub ratio: i32,
    /// How much the likeliest pose promises.
    pub promise: i32,
    /// The best alignment; `None` if the promise was too small for one or none came of it.
    pub best: Option<(Evidence, Alignment)>,
}

/// A grown alignment.
#[derive(Clone, Copy)]
struct Grown {
    support: u32,
    likely: u32,
    pairs: Pairs,
}

/// Compares two prints.
#[inline(always)]
pub(super) fn compare(a: &Prepared, b: &Prepared, votes: &mut Votes, poses: &mut Poses) -> Found {
    votes.count(a, b);
    let poses = poses.find(a, b, votes);
    let promise = promise(&poses, votes);
    let best = if promise < PROMISE_LEAST { None } else { align(&Judge { a, b, votes }, &poses) };
    match best {
        Some((ratio, evidence, alignment)) => Found { ratio, promise, best: Some((evidence, alignment)) },
        None => Found { ratio: unaligned(promise), promise, best: None },
    }
}

/// The likeliest pose against what as many votes give by chance, which grows as their root: a logarithm to base 2 in 1/64, doubled.
#[inline(always)]
fn promise(poses: &[Pose; POSES], votes: &Votes) -> i32 {
    2 * log2(poses[0].likely) - log2(votes.hits.len() as u32)
}

/// What judging an alignment needs.
struct Judge<'a> {
    a: &'a Prepared,
    b: &'a Prepared,
    votes: &'a Votes,
}

type Judged = (i32, Evidence, Alignment);

/// The best of several alignments. One that leaves no doubt ends the search.
#[inline(always)]
fn align(judge: &Judge<'_>, poses: &[Pose; POSES]) -> Option<Judged> {
    let mut grown = [Grown { support: 0, likely: 0, pairs: Pairs::NONE }; SEEDS];
    let mut best = None;
    for (n, (g, pose)) in grown.iter_mut().zip(poses).take_while(|(_, pose)| pose.likely > 0).enumerate() {
        let pairs = grow(judge.a, judge.b, &pose.hit);
        let support = (judge.votes.support(&pairs) * prior(pose.hit.turn)) >> 8;
        *g = Grown { support, likely: pose.likely, pairs };
        if n == 0 && support > SURE_SUPPORT {
            best = judge.refine(g);
            if best.as_ref().is_some_and(|b| b.0 > SURE) {
                return best;
            }
            g.pairs = Pairs::NONE;
        }
    }
    // Stable, so that equals keep the order of their poses.
    grown.sort_by_key(|g| std::cmp::Reverse(g.support));
    let least = grown[0].support / 2;
    for g in grown.iter().take(REFINED).filter(|g| g.support >= least) {
        let judged = judge.refine(g);
        if best.as_ref().is_none_or(|b| judged.as_ref().is_some_and(|j| j.0 > b.0)) {
            best = judged.or(best);
        }
    }
    best
}

impl Judge<'_> {
    #[inline(always)]
    fn refine(&self, grown: &Grown) -> Option<Judged> {
        if grown.pairs.count < 2 {
            return None;
        }
        let alignment = refine(self.a, self.b, &grown.pairs);
        if alignment.pairs.count < 2 {
            return None;
        }
        let evidence = observe(self.a, self.b, self.votes, grown.likely, &alignment);
        Some((ratio(&evidence, alignment.pairs.count), evidence, alignment))
    }
}
