//! Scores of known origin, in the order of their thresholds.

use crate::finger::eval::error::EvalError;
use crate::finger::eval::sweep::{Curve, Point};

/// Most fingers in one comparison: two persons with two fingers each.
const FINGERS: usize = 4;

/// One comparison: its score, and the fingers that took part in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// Grows with likeness; negative infinity where a print gave no template.
    pub score: f64,
    fingers: [u32; FINGERS],
    count: u8,
}

impl Trial {
    /// A comparison of these fingers, by their numbers from 0; those beyond the fourth are left out.
    #[must_use]
    pub fn new(score: f64, fingers: &[u32]) -> Self {
        let mut own = [0; FINGERS];
        let mut count = 0;
        for (place, finger) in own.iter_mut().zip(fingers) {
            *place = *finger;
            count += 1;
        }
        Self { score, fingers: own, count }
    }

    /// The fingers that took part.
    #[must_use]
    pub fn fingers(&self) -> &[u32] {
        self.fingers.get(..usize::from(self.count)).unwrap_or_default()
    }
}

/// Genuine and impostor comparisons over numbered fingers.
#[derive(Clone)]
pub struct Trials {
    /// Sorted by score; `true` is genuine.
    steps: Vec<(Trial, bool)>,
    /// The set of each finger: fingers are drawn again only within their set.
    strata: Vec<u32>,
    genuine: u64,
    impostors: u64,
}

impl Trials {
    /// Comparisons over fingers, of which `strata` names the set of each: finger `i` is of set `strata[i]`.
    ///
    /// # Errors
    /// [`EvalError::NotANumber`], [`EvalError::NoGenuine`], [`EvalError::NoImpostor`].
    pub fn new(genuine: Vec<Trial>, impostor: Vec<Trial>, strata: Vec<u32>) -> Result<Self, EvalError> {
        if genuine.is_empty() {
            return Err(EvalError::NoGenuine);
        }
        if impostor.is_empty() {
            return Err(EvalError::NoImpostor);
        }
        let counts = (genuine.len() as u64, impostor.len() as u64);
        let mut steps: Vec<(Trial, bool)> = genuine.into_iter().map(|t| (t, true)).collect();
        steps.extend(impostor.into_iter().map(|t| (t, false)));
        if let Some(index) = steps.iter().position(|(t, _)| t.score.is_nan()) {
            return Err(EvalError::NotANumber { index });
        }
        steps.sort_by(|a, b| a.0.score.total_cmp(&b.0.score));
        Ok(Self { steps, strata, genuine: counts.0, impostors: counts.1 })
    }

    /// Scores alone, each comparison between fingers of its own.
    ///
    /// # Errors
    /// As [`Trials::new`].
    pub fn of_scores(genuine: &[f64], impostor: &[f64]) -> Result<Self, EvalError> {
        let plain = |scores: &[f64]| scores.iter().map(|s| Trial::new(*s, &[])).collect();
        Self::new(plain(genuine), plain(impostor), Vec::new())
    }

    /// Genuine comparisons.
    #[must_use]
    pub const fn genuine(&self) -> u64 {
        self.genuine
    }

    /// Impostor comparisons.
    #[must_use]
    pub const fn impostors(&self) -> u64 {
        self.impostors
    }

    /// The set of each finger.
    #[must_use]
    pub fn strata(&self) -> &[u32] {
        &self.strata
    }

    /// Impostor scores, highest first.
    pub fn impostor_scores(&self) -> impl Iterator<Item = f64> + '_ {
        self.steps.iter().rev().filter(|(_, genuine)| !genuine).map(|(t, _)| t.score)
    }

    /// The errors at every threshold, each comparison counted once.
    #[must_use]
    pub fn curve(&self) -> Curve {
        self.weighted(|_| 1)
    }

    /// The errors at every threshold, each comparison counted as often as the product of its fingers' `draws` says.
    #[must_use]
    pub fn redrawn(&self, draws: &[u64]) -> Curve {
        self.weighted(|t| t.fingers().iter().map(|f| draws.get(*f as usize).copied().unwrap_or(1)).product())
    }

    fn weighted(&self, weight: impl Fn(&Trial) -> u64) -> Curve {
        let weights: Vec<u64> = self.steps.iter().map(|(t, _)| weight(t)).collect();
        let sum = |which: bool| self.steps.iter().zip(&weights).filter(|((_, g), _)| *g == which).map(|(_, w)| w).sum();
        let (genuine, impostors): (u64, u64) = (sum(true), sum(false));
        let mut points: Vec<Point> = Vec::new();
        let (mut below, mut above) = (0, impostors);
        for ((trial, is_genuine), weight) in self.steps.iter().zip(&weights) {
            if points.last().is_none_or(|p| p.threshold < trial.score) {
                points.push(Point { threshold: trial.score, false_non_matches: below, false_matches: above });
            }
            if *is_genuine {
                below += weight;
            } else {
                above -= weight;
            }
        }
        points.push(Point { threshold: f64::INFINITY, false_non_matches: genuine, false_matches: 0 });
        Curve::new(points, genuine, impostors)
    }
}

/// Scores of known persons would help an attacker climb: they are counted, not shown.
impl std::fmt::Debug for Trials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Trials({} genuine, {} impostors)", self.genuine, self.impostors)
    }
}
