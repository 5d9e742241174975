//! The door through which a matcher enters. Until one does, a comparison could not be decided.

use crate::finger::template::{Template, View};
use crate::reason::{Reason, Refusal};

/// How clear a decision is. The raw score stays inside the matcher: shown, it would let an attacker climb towards a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// Close to the threshold.
    Near,
    /// Far from the threshold.
    Clear,
}

impl Band {
    /// Its word: `near` or `clear`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Near => "near",
            Self::Clear => "clear",
        }
    }
}

/// The answer to "same finger?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchOutcome {
    /// The same finger, at the matcher's stated rate of false matches.
    Match(Band),
    /// Not the same finger.
    NoMatch(Band),
    /// The probe is too poor to say; this is not a mismatch and nobody's card is taken for it.
    SampleTooPoor,
}

/// Why no comparison was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MatchError {
    /// No matcher is built in or configured.
    #[error("no matcher is present")]
    NoMatcher,
    /// Both templates name a finger, and not the same one.
    #[error("probe and stored template name different fingers")]
    DifferentFingers,
    /// A template without views or minutiae.
    #[error("a template holds no minutiae")]
    EmptyTemplate,
}

impl Refusal for MatchError {
    fn reason(&self) -> Reason {
        match self {
            Self::NoMatcher => Reason::MatcherMissing,
            Self::DifferentFingers => Reason::InputInvalid,
            Self::EmptyTemplate => Reason::TemplateInvalid,
        }
    }
}

/// Compares two templates, one finger against one finger.
pub trait Matcher {
    /// Compares the live `probe` with the `stored` template.
    ///
    /// # Errors
    /// [`MatchError`] when the templates cannot be compared at all.
    fn compare(&self, probe: &Template, stored: &Template) -> Result<MatchOutcome, MatchError>;
}

/// Compares by `matcher` if there is one, after the checks that every matcher needs: minutiae on both sides, and not two fingers
/// that are declared to be different.
///
/// # Errors
/// [`MatchError::NoMatcher`], [`MatchError::DifferentFingers`], [`MatchError::EmptyTemplate`], or the matcher's own.
pub fn compare(matcher: Option<&dyn Matcher>, probe: &Template, stored: &Template) -> Result<MatchOutcome, MatchError> {
    if [probe, stored].iter().any(|t| t.views.iter().all(|v| v.minutiae.is_empty())) {
        return Err(MatchError::EmptyTemplate);
    }
    let may_be_one = |a: &View, b: &View| a.position.is_none() || b.position.is_none() || a.position == b.position;
    if !probe.views.iter().any(|a| stored.views.iter().any(|b| may_be_one(a, b))) {
        return Err(MatchError::DifferentFingers);
    }
    matcher.ok_or(MatchError::NoMatcher)?.compare(probe, stored)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::position::FingerPosition;
    use crate::finger::template::synthetic;

    struct Yes;
    impl Matcher for Yes {
        fn compare(&self, _: &Template, _: &Template) -> Result<MatchOutcome, MatchError> {
            Ok(MatchOutcome::Match(Band::Clear))
        }
    }

    #[test]
    fn no_matcher_is_no_decision() {
        let t = synthetic::template(1, FingerPosition::RightIndex, 40);
        assert_eq!(compare(None, &t, &t), Err(MatchError::NoMatcher));
        assert_eq!(MatchError::NoMatcher.reason().exit(), 3);
        assert_eq!(compare(Some(&Yes), &t, &t), Ok(MatchOutcome::Match(Band::Clear)));
    }

    #[test]
    fn different_fingers_and_empty_templates_are_not_compared() {
        let right = synthetic::template(1, FingerPosition::RightIndex, 40);
        let left = synthetic::template(1, FingerPosition::LeftIndex, 40);
        assert_eq!(compare(Some(&Yes), &right, &left), Err(MatchError::DifferentFingers));
        let empty = Template { views: Vec::new(), ..right.clone() };
        assert_eq!(compare(Some(&Yes), &empty, &right), Err(MatchError::EmptyTemplate));
    }
}
