//! The score: a log-likelihood ratio in hundredths of a nat.

use std::iter::Sum;

/// The natural logarithm of how much more likely two prints are if they are of one finger than if they are of two, in hundredths:
/// 0 says nothing, 460 is a hundred to one for one finger, -460 a hundred to one against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Score(i32);

impl Score {
    /// No evidence either way, as for a finger that is missing.
    pub const NONE: Self = Self(0);

    /// A score of so many hundredths of a nat.
    #[must_use]
    pub const fn from_centinats(value: i32) -> Self {
        Self(value)
    }

    /// Hundredths of a nat.
    #[must_use]
    pub const fn centinats(self) -> i32 {
        self.0
    }

    /// Several fingers of two persons: independent evidence adds up.
    #[must_use]
    pub fn fuse(scores: impl IntoIterator<Item = Self>) -> Self {
        scores.into_iter().sum()
    }
}

impl Sum for Score {
    fn sum<I: Iterator<Item = Self>>(scores: I) -> Self {
        scores.fold(Self::NONE, |sum, s| Self(sum.0.saturating_add(s.0)))
    }
}

/// Nats with two decimals, e.g. `-3.07`.
impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (sign, value) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        write!(f, "{sign}{}.{:02}", value / 100, value % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_adds_up() {
        let scores = [350, -120, 0].map(Score::from_centinats);
        assert_eq!(Score::fuse(scores), Score::from_centinats(230));
        assert_eq!(Score::fuse([]), Score::NONE);
        assert_eq!(Score::fuse([i32::MAX, 1].map(Score::from_centinats)).centinats(), i32::MAX);
    }

    #[test]
    fn a_score_is_shown_in_nats() {
        let shown = [1234, -307, 5, -5, i32::MIN].map(|v| Score::from_centinats(v).to_string());
        assert_eq!(shown, ["12.34", "-3.07", "0.05", "-0.05", "-21474836.48"]);
    }
}
