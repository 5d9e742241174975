//! Where comparisons are made: buffers that are used again and again, and the processor's widest registers.

use super::compare::{Found, compare};
use super::evidence::Evidence;
use super::pairing::Pairing;
use super::poses::Poses;
use super::prepared::Prepared;
use super::score::Score;
use super::votes::Votes;
use std::cmp::Ordering;

/// Buffers for comparisons, some 150 kB; one for each thread. A comparison allocates nothing.
pub struct Workspace {
    votes: Votes,
    poses: Poses,
}

/// What a comparison observed, from which the calibration is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observation {
    /// The score that the present calibration gives.
    pub score: Score,
    /// How much the likeliest pose promised: twice the base-2 logarithm of its worth, less that of the number of votes, in 1/64.
    pub promise: i32,
    /// The values of the best alignment; `None` where none was made.
    pub evidence: Option<Evidence>,
}

/// One comparison, in the form that is compiled for each kind of processor.
struct Comparison<'a> {
    a: &'a Prepared,
    b: &'a Prepared,
    votes: &'a mut Votes,
    poses: &'a mut Poses,
}

impl pulp::WithSimd for Comparison<'_> {
    type Output = Found;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Found {
        compare(self.a, self.b, self.votes, self.poses)
    }
}

impl Workspace {
    /// Fresh buffers.
    #[must_use]
    pub fn new() -> Self {
        Self { votes: Votes::new(), poses: Poses::new() }
    }

    /// How much more likely these two prints are of one finger than of two. `score(a, b) == score(b, a)`.
    pub fn score(&mut self, a: &Prepared, b: &Prepared) -> Score {
        Score::from_centinats(self.found(a, b).0.ratio)
    }

    /// The score, and what it rests on.
    pub fn observe(&mut self, a: &Prepared, b: &Prepared) -> Observation {
        let (found, _) = self.found(a, b);
        Observation {
            score: Score::from_centinats(found.ratio),
            promise: found.promise,
            evidence: found.best.map(|(evidence, _)| evidence),
        }
    }

    /// The score, and which minutiae were paired.
    pub fn explain(&mut self, a: &Prepared, b: &Prepared) -> Pairing {
        let (found, swapped) = self.found(a, b);
        if swapped { Pairing::of(&found, b, a).swapped() } else { Pairing::of(&found, a, b) }
    }

    /// Compares, always in the same order; true if that is not the order given.
    fn found(&mut self, a: &Prepared, b: &Prepared) -> (Found, bool) {
        let swapped = a.rank(b) == Ordering::Greater;
        let (a, b) = if swapped { (b, a) } else { (a, b) };
        let comparison = Comparison { a, b, votes: &mut self.votes, poses: &mut self.poses };
        (pulp::Arch::new().dispatch(comparison), swapped)
    }
}

impl Default for Workspace {
    fn default() -> Self {
        Self::new()
    }
}

/// The buffers hold what biometric data left behind: nothing of it is shown.
impl std::fmt::Debug for Workspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Workspace")
    }
}

/// Compares two prints once; many are compared faster in a [`Workspace`].
#[must_use]
pub fn score(a: &Prepared, b: &Prepared) -> Score {
    Workspace::new().score(a, b)
}
