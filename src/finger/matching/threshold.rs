//! Thresholds as false-match rates: what score lets through how many strangers, as measured (`specs/finger-score.md`).

use super::geometry::log2;
use super::score::Score;

/// A false-match rate: of comparisons between different fingers (or persons), the share that a threshold takes for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fmr {
    per_billion: u32,
}

/// A rate that is none, or one that no threshold is known for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a false-match rate lies between 1e-9 and 0.1")]
pub struct FmrError;

impl Fmr {
    /// One in a thousand.
    pub const E3: Self = Self { per_billion: 1_000_000 };
    /// One in ten thousand.
    pub const E4: Self = Self { per_billion: 100_000 };
    /// One in a million.
    pub const E6: Self = Self { per_billion: 1_000 };

    /// A rate in false matches for each billion comparisons, 1 to 100 million.
    ///
    /// # Errors
    /// [`FmrError`] outside that range.
    pub const fn per_billion(per_billion: u32) -> Result<Self, FmrError> {
        if per_billion >= 1 && per_billion <= 100_000_000 { Ok(Self { per_billion }) } else { Err(FmrError) }
    }
}

/// A rate as a decimal fraction: `0.001`, `1e-4`.
impl std::str::FromStr for Fmr {
    type Err = FmrError;

    fn from_str(text: &str) -> Result<Self, FmrError> {
        let rate: f64 = text.trim().parse().map_err(|_| FmrError)?;
        let billion = (rate * 1e9).round();
        if !(1.0..=1e8).contains(&billion) {
            return Err(FmrError);
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Its range is checked above.
        Self::per_billion(billion as u32)
    }
}

impl std::fmt::Display for Fmr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:e}", f64::from(self.per_billion) / 1e9)
    }
}

/// A score from which on two prints, or two persons, count as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// The least score.
    pub score: Score,
    /// Whether the rate is beyond what the calibration's impostors can show (three false matches expected) and was carried on
    /// along the measured tail.
    pub extrapolated: bool,
}

/// Thresholds in hundredths of a nat at 1e-1, 1e-2, … 1e-9, for one finger and for two that are fused.
const TABLE: [[i32; 9]; 2] =
    [[-290, -8, 217, 420, 650, 880, 1110, 1340, 1570], [-551, -241, 42, 323, 553, 783, 1013, 1243, 1473]];
/// Rates below these, in false matches for each billion, are extrapolated: three in 49,920 and three in 161,280.
const MEASURED: [u32; 2] = [60_097, 18_602];

impl Threshold {
    /// The threshold for a rate, comparing so many fingers of either person; more than two are taken as two, which errs towards
    /// fewer false matches.
    #[must_use]
    pub fn at_fmr(fmr: Fmr, fingers: usize) -> Self {
        let row = usize::from(fingers > 1);
        // Steps of ten below one in ten, and how far into the step on a logarithmic scale, where log2(10) is 213 / 64.
        let step = (0..8).rev().find(|n| fmr.per_billion <= 100_000_000 / 10u32.pow(*n)).unwrap_or(0);
        let log = |v: u32| log2(v.saturating_mul(32) - 1);
        let into = (log(100_000_000 / 10u32.pow(step)) - log(fmr.per_billion)).clamp(0, 213);
        let step = step as usize;
        let [from, to] = [TABLE[row][step], TABLE[row][(step + 1).min(8)]];
        Self { score: Score::from_centinats(from + (to - from) * into / 213), extrapolated: fmr.per_billion < MEASURED[row] }
    }

    /// The threshold that keeps the rate where the best of so many comparisons is taken.
    #[must_use]
    pub fn for_best_of(self, chances: usize) -> Self {
        // log2 is in 1/64, and ln 2 / 64 · 100 is 1.083.
        let more = log2(u32::try_from(chances).unwrap_or(u32::MAX).saturating_sub(1)) * 1083 / 1000;
        Self { score: Score::fuse([self.score, Score::from_centinats(more)]), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_fraction_between_one_in_ten_and_one_in_a_billion() {
        assert_eq!("1e-4".parse(), Ok(Fmr::E4));
        assert_eq!("0.001".parse(), Ok(Fmr::E3));
        for bad in ["0", "-1", "0.2", "1e-10", "NaN", "inf", "x", ""] {
            assert_eq!(bad.parse::<Fmr>(), Err(FmrError), "{bad}");
        }
        assert_eq!(Fmr::per_billion(0), Err(FmrError));
        assert_eq!(Fmr::E4.to_string(), "1e-4");
    }

    #[test]
    fn thresholds_grow_as_rates_shrink_and_say_where_they_are_guesses() {
        for fingers in [1, 2] {
            let scores: Vec<_> =
                (0..9).map(|n| Threshold::at_fmr(Fmr::per_billion(10u32.pow(n)).unwrap(), fingers).score).collect();
            assert!(scores.windows(2).all(|w| w[0] > w[1]), "{scores:?}");
            for (n, score) in scores.iter().rev().enumerate() {
                assert!((score.centinats() - TABLE[fingers - 1][n]).abs() <= 8, "{n}");
            }
            assert!(!Threshold::at_fmr(Fmr::E4, fingers).extrapolated);
            assert!(Threshold::at_fmr(Fmr::per_billion(18_601).unwrap(), fingers).extrapolated);
            assert!(Threshold::at_fmr(Fmr::E6, fingers).extrapolated);
        }
    }
}
