//! Persons who do not exist, by number, and captures of their fingers.

use ektp::finger::position::FingerPosition;
use ektp::finger::synth::templates::{Finger, Population as Synthetic};
use ektp::finger::synth::{Draws, Seed};
use ektp::finger::template::Template;

/// Persons of one seed.
#[derive(Clone, Copy)]
pub struct Population(Synthetic);

impl Population {
    pub fn new(seed: u64) -> Self {
        Self(Synthetic::new(seed))
    }

    /// A capture of one finger.
    pub fn capture(self, person: u64, position: FingerPosition, number: u32) -> Template {
        self.finger(person, position).capture(number)
    }

    pub fn finger(self, person: u64, position: FingerPosition) -> Finger {
        Finger::of(self.0.person(person), position)
    }
}

/// Draws of a normal distribution.
pub struct Normal(Draws);

impl Normal {
    pub fn new(seed: u64) -> Self {
        Self(Seed::new(seed).draws())
    }

    #[allow(dead_code)] // for the learning of codes
    pub fn next(&mut self) -> f64 {
        f64::from(self.0.normal())
    }

    /// Below a bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        (f64::from(self.0.between(0.0, 1.0)) * bound as f64) as u64 % bound
    }
}
