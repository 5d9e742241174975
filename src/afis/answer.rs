//! What an identification answers. *Single* cannot be made without the proof that enough fingers were usable.

use super::person::PersonId;
use super::policy::{Bounds, Policy};
use crate::finger::matcher::Band;
use crate::finger::matching::{Fmr, Score, Threshold};
use crate::finger::position::FingerPosition;

/// A person's answer is one of three.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Nobody in the gallery is this person, at the stated rate.
    Single(Single),
    /// A person must look: at these candidates, or at why nothing could be said.
    Adjudicate(Doubt, Vec<Candidate>),
    /// The person is in the gallery: these candidates, best first, of whom the first leaves no doubt by enough fingers.
    Duplicate(Vec<Candidate>),
}

/// The answer that nobody is this person. Only [`decide`] makes one, and only of an [`Enough`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Single(Enough);

impl Single {
    /// Usable fingers of the person.
    #[must_use]
    pub const fn usable(&self) -> usize {
        self.0.usable
    }

    /// How many persons were looked at.
    #[must_use]
    pub const fn searched(&self) -> usize {
        self.0.searched
    }
}

/// The proof that a probe has as many usable fingers as the stated rates need in this gallery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enough {
    usable: usize,
    searched: usize,
}

impl Enough {
    /// Counts the fingers.
    ///
    /// # Errors
    /// [`Doubt::NoUsableFinger`] or [`Doubt::TooFewFingers`].
    pub fn count(usable: usize, searched: usize, policy: &Policy) -> Result<Self, Doubt> {
        let needed = policy.fingers_needed(searched);
        match usable {
            0 => Err(Doubt::NoUsableFinger),
            _ if usable < needed => Err(Doubt::TooFewFingers { usable, needed }),
            _ => Ok(Self { usable, searched }),
        }
    }
}

/// Why a person must look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Somebody is like enough to be looked at, and not enough to be taken for the same.
    Candidates,
    /// None of the ten fingers can be compared.
    NoUsableFinger,
    /// Somebody in the gallery has fingers, and hardly one of them, or none, is the probe's: a right hand says nothing about a left one.
    NotComparable {
        /// How many such persons there are.
        persons: usize,
    },
    /// Fewer usable fingers than the stated rate of false positives needs in a gallery of this size.
    TooFewFingers {
        /// Fingers that can be compared.
        usable: usize,
        /// Fingers that are needed.
        needed: usize,
    },
}

/// Somebody in the gallery who may be this person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub id: PersonId,
    /// How sure: [`Band::Near`] within a factor of twenty of the bound that the candidate passed.
    pub band: Band,
    /// Whether the hands were found changed about, here or when this person was enrolled.
    pub hands_swapped: bool,
    /// Each finger of the probe.
    pub fingers: Vec<FingerVerdict>,
    /// The fused score, which stays inside.
    pub(super) score: Score,
}

/// What one finger says of a candidate, coarsely; the score stays inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FingerVerdict {
    /// The probe's finger.
    pub probe: FingerPosition,
    /// The finger in the gallery that it was compared with.
    pub gallery: FingerPosition,
    /// What was found.
    pub likeness: Likeness,
}

/// A coarse band of one finger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// One finger: strangers come so near less than once in ten thousand comparisons.
    Same,
    /// It cannot be told by this finger.
    Unclear,
    /// Strangers come nearer in one of a hundred comparisons.
    Different,
    /// There is no print on one side, or none was needed.
    NotCompared,
}

impl Likeness {
    /// Its stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Unclear => "unclear",
            Self::Different => "different",
            Self::NotCompared => "not-compared",
        }
    }

    pub(super) fn of(score: Option<Score>) -> Self {
        let at = |rate| Threshold::at_fmr(rate, 1).score;
        let loose = Fmr::per_billion(10_000_000).unwrap_or(Fmr::E3);
        match score {
            None => Self::NotCompared,
            Some(score) if score >= at(Fmr::E4) => Self::Same,
            Some(score) if score >= at(loose) => Self::Unclear,
            Some(_) => Self::Different,
        }
    }
}

/// A score this near its bound, in hundredths of a nat, could have fallen the other way.
const NEAR: i32 = 300;

/// How a fused score stands to the bounds for as many fingers as were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    Nobody,
    Looked(BandOf),
    Same(BandOf),
}

/// [`Band`], in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BandOf {
    Near,
    Clear,
}

impl Standing {
    pub fn of(score: Score, bounds: &Bounds) -> Self {
        let over = |bound: Score| score.centinats().saturating_sub(bound.centinats());
        let band = |over: i32| if over < NEAR { BandOf::Near } else { BandOf::Clear };
        match (over(bounds.adjudicate), over(bounds.duplicate)) {
            (_, over @ 0..) => Self::Same(band(over)),
            (over @ 0.., _) => Self::Looked(band(over)),
            _ => Self::Nobody,
        }
    }

    pub const fn band(self) -> Option<Band> {
        match self {
            Self::Nobody => None,
            Self::Looked(BandOf::Near) | Self::Same(BandOf::Near) => Some(Band::Near),
            Self::Looked(BandOf::Clear) | Self::Same(BandOf::Clear) => Some(Band::Clear),
        }
    }
}

/// The answer. With too few fingers a person always looks, at the candidates that there are; else somebody who leaves no doubt comes first,
/// then whether *single* may be said at all.
pub(super) fn decide(mut found: Vec<(Standing, Candidate)>, enough: Result<Enough, Doubt>) -> Answer {
    found.retain(|(standing, _)| *standing > Standing::Nobody);
    found.sort_by_key(|(standing, c)| (std::cmp::Reverse((*standing, c.score)), c.id));
    let sure = found.first().is_some_and(|(standing, _)| matches!(standing, Standing::Same(_)));
    let candidates: Vec<Candidate> = found.into_iter().map(|(_, candidate)| candidate).collect();
    match enough {
        Err(doubt @ (Doubt::NoUsableFinger | Doubt::TooFewFingers { .. })) => Answer::Adjudicate(doubt, candidates),
        _ if sure => Answer::Duplicate(candidates),
        Err(doubt) => Answer::Adjudicate(doubt, candidates),
        Ok(_) if !candidates.is_empty() => Answer::Adjudicate(Doubt::Candidates, candidates),
        Ok(enough) => Answer::Single(Single(enough)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(id: &str, score: i32) -> (Standing, Candidate) {
        let score = Score::from_centinats(score);
        let bounds = Bounds { adjudicate: Score::from_centinats(1_000), duplicate: Score::from_centinats(2_000) };
        let standing = Standing::of(score, &bounds);
        let band = standing.band().unwrap_or(Band::Near);
        (standing, Candidate { id: id.parse().unwrap(), band, hands_swapped: false, fingers: Vec::new(), score })
    }

    fn ids(candidates: &[Candidate]) -> Vec<String> {
        candidates.iter().map(|c| c.id.to_string()).collect()
    }

    #[test]
    fn two_bounds_make_three_answers() {
        let enough = || Enough::count(10, 1_000, &Policy::default());
        assert!(
            matches!(decide(vec![candidate("a", 999)], enough()), Answer::Single(s) if (s.usable(), s.searched()) == (10, 1_000))
        );
        let looked = decide(vec![candidate("a", 1_000), candidate("b", 1_300), candidate("c", 0)], enough());
        let Answer::Adjudicate(Doubt::Candidates, found) = looked else { panic!("{looked:?}") };
        assert_eq!((ids(&found), found[0].band, found[1].band), (vec!["b".into(), "a".into()], Band::Clear, Band::Near));
        let same = decide(vec![candidate("a", 1_500), candidate("b", 2_299)], enough());
        let Answer::Duplicate(found) = same else { panic!("{same:?}") };
        assert_eq!((ids(&found), found[0].band), (vec!["b".into(), "a".into()], Band::Near));
    }

    #[test]
    fn with_too_few_fingers_a_person_always_looks() {
        let policy = Policy::default();
        let few = |usable| Enough::count(usable, 1_000_000, &policy).err();
        assert_eq!(few(0), Some(Doubt::NoUsableFinger));
        assert_eq!(few(4), Some(Doubt::TooFewFingers { usable: 4, needed: 5 }));
        assert_eq!(few(5), None);
        for usable in 0..5 {
            let doubt = few(usable).unwrap();
            assert_eq!(decide(Vec::new(), Err(doubt)), Answer::Adjudicate(doubt, Vec::new()));
            for score in [1_200, 2_000, 9_000] {
                let looked = decide(vec![candidate("a", score)], Err(doubt));
                assert!(matches!(looked, Answer::Adjudicate(d, found) if d == doubt && found.len() == 1), "{score}");
            }
        }
        // Other fingers than somebody's keep nobody from being somebody else.
        let apart = Doubt::NotComparable { persons: 1 };
        assert!(matches!(decide(vec![candidate("a", 2_000)], Err(apart)), Answer::Duplicate(_)));
        assert!(matches!(decide(vec![candidate("a", 1_200)], Err(apart)), Answer::Adjudicate(d, _) if d == apart));
    }

    #[test]
    fn a_finger_is_told_coarsely() {
        let of = |v: Option<i32>| Likeness::of(v.map(Score::from_centinats)).code();
        assert_eq!([of(Some(420)), of(Some(419)), of(Some(-8)), of(Some(-9))], ["same", "unclear", "unclear", "different"]);
        assert_eq!(of(None), "not-compared");
    }
}
