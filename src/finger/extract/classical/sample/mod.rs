//! How good a picture is as a sample of a finger, and what to do for a better one: our own measure, on features after
//! ISO/IEC 29794-4, and not NFIQ 2.

mod measures;
mod retake;

pub use measures::Measures;
pub use retake::Retake;

pub(super) use measures::measure;

/// A sample's worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// 0 to 100: above 50 a second look at the finger may be expected to match.
    pub score: u8,
    /// What the score was made of.
    pub measures: Measures,
    /// What to do for a better sample, where the score is low and the cause is plain.
    pub retake: Option<Retake>,
}

/// Scores below this come with a hint.
const ENOUGH: u8 = 50;
/// Expected minutiae, area in square millimetres, and span of purity beyond which more is no better.
const MANY: f32 = 50.0;
const WIDE: f32 = 220.0;
const PURE: (f32, f32) = (0.15, 0.55);
/// Points for minutiae, purity and area: in proportion to how they go with a finger's mean score against its other impressions.
const POINTS: (f32, f32, f32) = (55.0, 30.0, 15.0);

impl Sample {
    pub(super) fn of(measures: Measures) -> Self {
        let minutiae = (measures.minutiae / MANY).min(1.0);
        let purity = ((measures.purity - PURE.0) / (PURE.1 - PURE.0)).clamp(0.0, 1.0);
        let area = (measures.area / WIDE).min(1.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 100 by the points
        let score = (POINTS.0 * minutiae + POINTS.1 * purity + POINTS.2 * area + 0.5) as u8;
        Self { score, measures, retake: if score < ENOUGH { Retake::of(&measures) } else { None } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Measures = Measures {
        area: 220.0,
        certainty: 0.6,
        purity: 0.45,
        clarity: 0.8,
        ridge: 0.4,
        grey: 0.6,
        contrast: 0.13,
        blots: 0.0,
        dirt: 0.02,
        offset: 0.1,
        minutiae: 40.0,
    };

    #[test]
    fn a_good_sample_scores_high_and_asks_for_nothing() {
        let s = Sample::of(GOOD);
        assert_eq!((s.score, s.retake), (82, None));
        assert_eq!(Sample::of(Measures { minutiae: 90.0, purity: 0.7, area: 400.0, ..GOOD }).score, 100);
        assert_eq!(Sample::of(Measures { minutiae: 0.0, purity: 0.1, area: 0.0, ..GOOD }).score, 0);
    }

    #[test]
    fn each_plain_cause_has_its_hint() {
        let poor = Measures { minutiae: 15.0, purity: 0.25, ..GOOD };
        let hint = |m: Measures| Sample::of(m).retake;
        assert_eq!(hint(poor), None);
        assert_eq!(hint(Measures { dirt: 0.4, ..poor }), Some(Retake::CleanGlass));
        assert_eq!(hint(Measures { area: 90.0, offset: 0.5, ..poor }), Some(Retake::CentreFinger));
        assert_eq!(hint(Measures { area: 90.0, ..poor }), Some(Retake::PressMore));
        assert_eq!(hint(Measures { contrast: 0.05, ..poor }), Some(Retake::PressMore));
        assert_eq!(hint(Measures { blots: 0.05, ..poor }), Some(Retake::DryFinger));
        assert_eq!(hint(Measures { ridge: 0.55, ..poor }), Some(Retake::PressLess));
        assert_eq!(hint(Measures { ridge: 0.28, ..poor }), Some(Retake::MoistenFinger));
    }
}
