//! Classes of prints and how often each finger bears them.

use super::random::Draws;
use crate::finger::position::{FingerName, FingerPosition, Hand};

/// The class of a print (Henry), named as it looks on paper: a left loop opens to the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pattern {
    /// Ridges that enter on one side and leave on the other, without core or delta.
    Arch,
    /// An arch with an upright core over a delta.
    TentedArch,
    /// A core whose ridges return to the left, a delta on the right.
    LeftLoop,
    /// A core whose ridges return to the right, a delta on the left.
    RightLoop,
    /// Two cores between two deltas.
    Whorl,
}

/// Percent of arch, tented arch, ulnar loop, radial loop and whorl by finger, thumb first. After the counts of ten-print files that
/// textbooks print (arch 3.7, tented 2.9, loops 65.5, whorl 27.9 % of all; radial loops mostly on index fingers), rounded.
const FREQUENCY: [(FingerName, [u8; 5]); 5] = [
    (FingerName::Thumb, [2, 2, 56, 1, 39]),
    (FingerName::Index, [6, 7, 36, 18, 33]),
    (FingerName::Middle, [5, 4, 70, 2, 19]),
    (FingerName::Ring, [1, 1, 56, 1, 41]),
    (FingerName::Little, [1, 1, 82, 1, 15]),
];

impl Pattern {
    /// The class of a finger. `habit` (normal, the same for all fingers of a person) leans it to arches or to whorls.
    pub fn draw(position: FingerPosition, habit: f32, draws: &mut Draws) -> Self {
        let shares = FREQUENCY.into_iter().find(|(name, _)| *name == position.name()).map_or([20; 5], |(_, shares)| shares);
        let lean = (0.5 * habit).clamp(-0.9, 0.9);
        let weights = [1.0 - lean, 1.0 - lean, 1.0, 1.0, 1.0 + lean];
        let weighed: Vec<f32> = shares.iter().zip(weights).map(|(s, w)| f32::from(*s) * w).collect();
        let mut left = draws.unit() * weighed.iter().sum::<f32>();
        let mut class = 4;
        for (at, weight) in weighed.iter().enumerate() {
            if left < *weight {
                class = at;
                break;
            }
            left -= weight;
        }
        // Ulnar loops open to the little finger: on a print of the right hand that is the right side.
        match (class, position.hand()) {
            (0, _) => Self::Arch,
            (1, _) => Self::TentedArch,
            (2, Hand::Right) | (3, Hand::Left) => Self::RightLoop,
            (2, Hand::Left) | (3, Hand::Right) => Self::LeftLoop,
            _ => Self::Whorl,
        }
    }

    /// The stable name in files, e.g. `left_loop`.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Arch => "arch",
            Self::TentedArch => "tented_arch",
            Self::LeftLoop => "left_loop",
            Self::RightLoop => "right_loop",
            Self::Whorl => "whorl",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::synth::{Person, Seed};

    #[test]
    fn classes_come_as_often_as_on_hands() {
        let mut counts = std::collections::BTreeMap::new();
        for number in 0..2_000 {
            for position in FingerPosition::ALL {
                *counts.entry(Person::new(Seed::new(1), number).pattern(position)).or_insert(0) += 1;
            }
        }
        let percent = |p| f64::from(counts[&p]) / 200.0;
        let (loops, whorls) = (percent(Pattern::LeftLoop) + percent(Pattern::RightLoop), percent(Pattern::Whorl));
        let arches = percent(Pattern::Arch) + percent(Pattern::TentedArch);
        assert!((62.0..68.0).contains(&loops) && (27.0..32.0).contains(&whorls) && (4.0..8.0).contains(&arches), "{counts:?}");
    }

    #[test]
    fn ulnar_loops_of_the_right_hand_open_to_the_right() {
        let share = |position, wanted: Pattern| {
            let of = |number| Person::new(Seed::new(2), number).pattern(position);
            (0..500).filter(|n| of(*n) == wanted).count()
        };
        assert!(share(FingerPosition::RightLittle, Pattern::RightLoop) > 350);
        assert!(share(FingerPosition::LeftLittle, Pattern::LeftLoop) > 350);
    }
}
