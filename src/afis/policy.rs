//! What the gallery decides by: rates of false positives, never bare scores.

use crate::finger::matching::{Fmr, Score, Threshold};
use crate::reason::{Reason, Refusal};

/// How much one finger of the same person is counted on to bring, in hundredths of a nat. It says how many fingers the stated rates
/// need; of probes with no more than those, as few are missed as of all (`docs/identification.md`).
const FINGER_WORTH: i32 = 300;
/// Fewest fingers by which a person is ever told to be single.
pub(super) const FINGERS_LEAST: usize = 2;

/// The two rates: of searches for persons who are not in the gallery, the share that is not answered *single*, and the share that is
/// answered *duplicate*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    adjudicate: Fmr,
    duplicate: Fmr,
}

/// Why two rates make no policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// More strangers would be taken for a duplicate than are looked at.
    #[error("the rate of duplicates must not be above that of persons who are looked at")]
    Order,
}

impl Refusal for PolicyError {
    fn reason(&self) -> Reason {
        Reason::InputInvalid
    }
}

impl Default for Policy {
    /// One stranger in a thousand is looked at, one in a million taken for a duplicate.
    fn default() -> Self {
        Self { adjudicate: Fmr::E3, duplicate: Fmr::E6 }
    }
}

/// The scores from which on a person is looked at, and taken for the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub adjudicate: Score,
    pub duplicate: Score,
}

impl Policy {
    /// A policy of two rates: of strangers who are looked at, and of strangers who are taken for a duplicate.
    ///
    /// # Errors
    /// [`PolicyError::Order`].
    pub fn new(adjudicate: Fmr, duplicate: Fmr) -> Result<Self, PolicyError> {
        if duplicate <= adjudicate { Ok(Self { adjudicate, duplicate }) } else { Err(PolicyError::Order) }
    }

    /// False-positive identification rate: searches of strangers that an adjudicator must look at.
    #[must_use]
    pub const fn adjudicate(&self) -> Fmr {
        self.adjudicate
    }

    /// Rate of strangers that are taken for a duplicate without doubt.
    #[must_use]
    pub const fn duplicate(&self) -> Fmr {
        self.duplicate
    }

    /// The bounds for persons compared by so many fingers in a gallery of so many persons: each is a chance of a false positive, and
    /// twice one, since hands are compared as told and changed about. A score that speaks against a person passes neither.
    pub(super) fn bounds(&self, persons: usize, fingers: usize) -> Bounds {
        let at = |rate| Threshold::at_fmr(rate, fingers).for_best_of(persons.max(1).saturating_mul(2)).score.max(Score::NONE);
        Bounds { adjudicate: at(self.adjudicate), duplicate: at(self.duplicate) }
    }

    /// How many fingers of a person must be usable so that *single* can be said at the stated rate.
    #[must_use]
    pub fn fingers_needed(&self, persons: usize) -> usize {
        let bound = self.bounds(persons, FINGERS_LEAST).adjudicate.centinats().max(0);
        let needed = usize::try_from((bound + FINGER_WORTH - 1) / FINGER_WORTH).unwrap_or(usize::MAX);
        needed.max(FINGERS_LEAST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_for_a_duplicate_would_be_looked_at_too() {
        assert_eq!(Policy::new(Fmr::E3, Fmr::E6), Ok(Policy::default()));
        assert_eq!(Policy::new(Fmr::E6, Fmr::E3), Err(PolicyError::Order));
        assert_eq!(PolicyError::Order.reason(), Reason::InputInvalid);
        let loose = Policy::new(Fmr::per_billion(100_000_000).unwrap(), Fmr::E3).unwrap();
        assert_eq!(loose.bounds(1, 10).adjudicate, Score::NONE);
    }

    #[test]
    fn the_larger_the_gallery_and_the_rarer_the_error_the_more_is_asked() {
        let policy = Policy::default();
        let at = |persons| policy.bounds(persons, 10).adjudicate.centinats();
        // ln 1,000 = 6.91 nats for a thousand times as many persons.
        assert!((at(1_000_000) - at(1_000) - 691).abs() <= 5);
        assert!(policy.bounds(1_000, 10).duplicate > policy.bounds(1_000, 10).adjudicate);
        assert!(policy.bounds(1_000, 1).adjudicate > policy.bounds(1_000, 2).adjudicate);
        let needed: Vec<usize> = [0, 1_000, 1_000_000, 10_000_000, usize::MAX].map(|n| policy.fingers_needed(n)).to_vec();
        assert_eq!(needed, [2, 3, 5, 6, 8]);
    }
}
