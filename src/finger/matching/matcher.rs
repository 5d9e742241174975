//! The matcher as the rest of the product knows it: two templates in, a decision and a coarse band out.

use super::prepared::Prepared;
use super::score::Score;
use super::threshold::{Fmr, Threshold};
use super::workspace::Workspace;
use crate::finger::matcher::{Band, MatchError, MatchOutcome, Matcher};
use crate::finger::template::{Template, View};
use crate::limits;

/// Fewer minutiae than this on either side cannot show that two prints differ.
const ENOUGH: usize = 12;
/// A score this near the threshold, in hundredths of a nat, could have fallen the other way: a factor of twenty in likelihood.
const NEAR: i32 = 300;

/// Our own matcher, at a stated rate of false matches.
#[derive(Debug, Clone, Copy)]
pub struct MinutiaMatcher {
    fmr: Fmr,
}

impl MinutiaMatcher {
    /// The matcher that takes different fingers for one at this rate.
    #[must_use]
    pub const fn new(fmr: Fmr) -> Self {
        Self { fmr }
    }

    /// The best score over the views of both templates, and the least that counts as a match: the more views, the more chances.
    fn best(&self, probe: &Template, stored: &Template) -> Option<(Score, i32)> {
        let mut workspace = Workspace::new();
        let (probes, stored) = (prepared(probe), prepared(stored));
        let scores = probes.iter().flat_map(|p| stored.iter().map(move |s| (p, s))).map(|(p, s)| workspace.score(p, s));
        let best = scores.max()?;
        let chances = u32::try_from(probes.len() * stored.len()).unwrap_or(u32::MAX);
        // ln(n) in hundredths, from log2 in 1/64: ln 2 / 64 · 100 = 1.083.
        let chances = super::geometry::log2(chances.saturating_sub(1)) * 1083 / 1000;
        Some((best, Threshold::at_fmr(self.fmr, 1).score.centinats().saturating_add(chances)))
    }
}

impl Default for MinutiaMatcher {
    /// One false match in ten thousand comparisons with other fingers.
    fn default() -> Self {
        Self::new(Fmr::E4)
    }
}

fn prepared(template: &Template) -> Vec<Prepared> {
    let views = template.views.iter().filter(|v| !v.minutiae.is_empty()).take(limits::VIEWS_COMPARED);
    views.map(|v| Prepared::new(&v.minutiae, template.x_resolution, template.y_resolution)).collect()
}

impl Matcher for MinutiaMatcher {
    fn compare(&self, probe: &Template, stored: &Template) -> Result<MatchOutcome, MatchError> {
        let (best, least) = self.best(probe, stored).ok_or(MatchError::EmptyTemplate)?;
        let over = best.centinats().saturating_sub(least);
        let band = if over.abs() < NEAR { Band::Near } else { Band::Clear };
        let enough = |t: &Template| t.views.iter().map(|v: &View| v.minutiae.len()).max() >= Some(ENOUGH);
        Ok(match over {
            0.. => MatchOutcome::Match(band),
            _ if !enough(probe) || !enough(stored) => MatchOutcome::SampleTooPoor,
            _ => MatchOutcome::NoMatch(band),
        })
    }
}
