//! Fingers that nobody has: persons of ten, decided by a seed alone, for samples, tests and galleries.
//!
//! A [`Person`] is a seed and a number. What belongs to a finger for life (its pattern, its ridges, its scars) is drawn from the
//! finger's own seed; what belongs to one capture (where it lay, how hard it was pressed) from the capture's. The same seed gives the
//! same bytes on every machine and number of threads: nothing here calls a function whose last bit a platform may choose.

pub mod image;
mod pattern;
mod random;
pub mod templates;

pub use pattern::Pattern;
pub use random::{Draws, Seed};

use crate::finger::position::FingerPosition;

/// What a seed is drawn for, so that no two uses meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// What all fingers of a person share: size, ridge period, state of the skin.
    Body,
    /// The pattern and the ridges of a finger, as an image's master print.
    Ridges,
    /// One capture of a finger.
    Capture,
    /// The minutiae of a finger, where no image is made.
    Minutiae,
}

/// A person of ten fingers who does not exist: the same for the same seed and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Person {
    seed: Seed,
    number: u64,
}

impl Person {
    /// Person `number` of the population that `seed` stands for.
    #[must_use]
    pub const fn new(seed: Seed, number: u64) -> Self {
        Self { seed, number }
    }

    /// The number in the population.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.number
    }

    /// The seed of what all fingers of the person share.
    #[must_use]
    pub fn body(self) -> Seed {
        self.seed.of(Purpose::Body as u64).of(self.number)
    }

    /// The seed of a finger for a purpose; a capture's is this seed's [`Seed::of`] its number.
    #[must_use]
    pub fn finger(self, position: FingerPosition, purpose: Purpose) -> Seed {
        self.seed.of(purpose as u64).of(self.number).of(u64::from(position.code()))
    }

    /// The class of a finger's pattern, by the frequencies of [`Pattern::draw`]; fingers of a person tend to be alike.
    #[must_use]
    pub fn pattern(self, position: FingerPosition) -> Pattern {
        let habit = self.body().of(1).draws().normal();
        Pattern::draw(position, habit, &mut self.finger(position, Purpose::Ridges).of(0).draws())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finger_and_purpose_has_a_seed_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for number in 0..50 {
            let person = Person::new(Seed::new(1), number);
            assert!(seen.insert(person.body()));
            for position in FingerPosition::ALL {
                for purpose in [Purpose::Ridges, Purpose::Capture, Purpose::Minutiae] {
                    assert!(seen.insert(person.finger(position, purpose)));
                }
            }
        }
        assert_eq!(seen.len(), 50 * 31);
    }

    #[test]
    fn a_person_is_the_same_each_time_and_another_under_another_seed() {
        let patterns = |seed| FingerPosition::ALL.map(|p| Person::new(Seed::new(seed), 7).pattern(p));
        assert_eq!(patterns(5), patterns(5));
        assert!((6..20).any(|seed| patterns(seed) != patterns(5)));
    }
}
