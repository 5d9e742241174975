//! The matcher as the rest of the product knows it: two templates in, a decision and a coarse band out.

use super::prepared::Prepared;
use super::score::Score;
use super::threshold::{Fmr, Threshold};
use super::workspace::Workspace;
use crate::finger::matcher::{Band, MatchError, MatchOutcome, Matcher};
use crate::finger::position::FingerPosition;
use crate::finger::template::Template;
use crate::limits;

/// Fewer minutiae than this on either side cannot show that two prints differ, nor that they are one: the calibration saw none such.
const ENOUGH: usize = 12;
/// A score this near the threshold, in hundredths of a nat, could have fallen the other way: a factor of twenty in likelihood.
const NEAR: i32 = 300;

/// Our own matcher, at a stated rate of false matches.
#[derive(Debug, Clone, Copy)]
pub struct MinutiaMatcher {
    fmr: Fmr,
    chances: usize,
}

/// A comparison of two templates with its score, which is for the caller who holds both; outward goes the outcome alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// The best score of any two views.
    pub score: Score,
    /// The least score that is a match.
    pub threshold: Threshold,
    /// The decision.
    pub outcome: MatchOutcome,
}

impl MinutiaMatcher {
    /// The matcher that takes different fingers for one at this rate.
    #[must_use]
    pub const fn new(fmr: Fmr) -> Self {
        Self { fmr, chances: 1 }
    }

    /// The same rate for the best of `fingers` comparisons, as when a probe that names no finger is held against each of a card.
    #[must_use]
    pub const fn among(self, fingers: usize) -> Self {
        Self { chances: if fingers == 0 { 1 } else { fingers }, ..self }
    }

    /// The least score of one comparison that is a match.
    #[must_use]
    pub fn threshold(&self) -> Threshold {
        Threshold::at_fmr(self.fmr, 1)
    }

    /// Compares two templates, as [`MinutiaMatcher::judge_ready`] does.
    ///
    /// # Errors
    /// As there.
    pub fn judge(&self, probe: &Template, stored: &Template) -> Result<Judgement, MatchError> {
        self.judge_ready(&mut Workspace::new(), &Ready::of(probe), &Ready::of(stored))
    }

    /// Compares every view of the one with every view of the other and takes the best. The more views, the more chances, so the
    /// threshold grows by the logarithm of their number, and the rate stays what it is.
    ///
    /// # Errors
    /// [`MatchError::EmptyTemplate`] where one of them has no minutiae or no resolution, [`MatchError::DifferentFingers`] where no view of
    /// the one may be of a finger of the other.
    pub fn judge_ready(&self, workspace: &mut Workspace, probe: &Ready, stored: &Ready) -> Result<Judgement, MatchError> {
        probe.meets(stored)?;
        let pairs = || probe.pairs(stored);
        let score = pairs().map(|(p, s)| workspace.score(&p.1, &s.1)).max().ok_or(MatchError::DifferentFingers)?;
        let threshold = self.threshold().for_best_of(pairs().count() * self.chances);
        let over = score.centinats().saturating_sub(threshold.score.centinats());
        let band = if over.abs() < NEAR { Band::Near } else { Band::Clear };
        let enough = |prints: &Ready| prints.0.iter().any(|(_, p)| p.len() >= ENOUGH);
        let outcome = match over {
            _ if !enough(probe) || !enough(stored) => MatchOutcome::SampleTooPoor,
            0.. => MatchOutcome::Match(band),
            _ => MatchOutcome::NoMatch(band),
        };
        Ok(Judgement { score, threshold, outcome })
    }
}

impl Default for MinutiaMatcher {
    /// One false match in ten thousand comparisons with other fingers.
    fn default() -> Self {
        Self::new(Fmr::E4)
    }
}

/// A view: which finger, if it says so, and its print.
type View = (Option<FingerPosition>, Prepared);

/// The views of a template, at most [`limits::VIEWS_COMPARED`], ready for comparison with many others. Biometric data, not to be stored.
#[derive(Clone)]
pub struct Ready(Vec<View>);

impl Ready {
    /// Of a template.
    #[must_use]
    pub fn of(template: &Template) -> Self {
        let views = template.views.iter().filter(|v| !v.minutiae.is_empty()).take(limits::VIEWS_COMPARED);
        let prints = views.map(|v| (v.position, Prepared::new(&v.minutiae, template.x_resolution, template.y_resolution)));
        Self(prints.filter(|(_, print)| !print.is_empty()).collect())
    }

    /// That there is something to compare.
    ///
    /// # Errors
    /// As [`MinutiaMatcher::judge_ready`].
    pub fn meets(&self, other: &Self) -> Result<(), MatchError> {
        if self.0.is_empty() || other.0.is_empty() {
            return Err(MatchError::EmptyTemplate);
        }
        self.pairs(other).next().map(|_| ()).ok_or(MatchError::DifferentFingers)
    }

    /// The views that may be of one finger.
    fn pairs<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (&'a View, &'a View)> {
        let all = self.0.iter().flat_map(|p| other.0.iter().map(move |s| (p, s)));
        all.filter(|(p, s)| may_be_one(p.0, s.0))
    }
}

/// Minutiae are biometric data: they are counted, not shown.
impl std::fmt::Debug for Ready {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ready({} views)", self.0.len())
    }
}

/// Views that are declared to be of different fingers are not compared, whatever else the templates hold.
fn may_be_one(a: Option<FingerPosition>, b: Option<FingerPosition>) -> bool {
    a.is_none_or(|a| b.is_none_or(|b| a == b))
}

impl Matcher for MinutiaMatcher {
    fn compare(&self, probe: &Template, stored: &Template) -> Result<MatchOutcome, MatchError> {
        Ok(self.judge(probe, stored)?.outcome)
    }
}
