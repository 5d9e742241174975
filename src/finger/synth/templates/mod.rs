//! Fingers as minutiae alone, for galleries of millions: a finger and a capture of it cost some ten microseconds.
//!
//! A [`Finger`] is what lasts: a direction field of its pattern's cores and deltas, and minutiae on it that are denser and of one sense
//! where ridges part. [`Finger::capture`] is one look at it: a part of the pad touches, turned, shifted and pulled; some minutiae are
//! missed, some are found that are none, and quality tells which, more or less. Persons, fingers, sessions and captures are better and
//! worse. That captures are as hard to compare as real ones is measured (`docs/synthetic-templates.md`).
//!
//! ```
//! use ektp::finger::FingerPosition;
//! use ektp::finger::synth::templates::{Finger, Population};
//!
//! let person = Population::new(1).person(4_711);
//! let finger = Finger::of(person, FingerPosition::RightIndex);
//! let (enrolled, live) = (finger.capture(0), finger.capture(1));
//! assert_ne!(enrolled, live);
//! ```
//!
//! The same seed, number, position and capture give the same template on every machine and thread, in whatever order they are asked
//! for: every draw is counted from its own seed, and of floating point only what IEEE 754 fixes (and `libm`, in software) is used.

mod capture;
mod draw;
mod flow;
mod master;
mod sway;
mod touch;
mod tuning;

use crate::finger::position::{FingerName, FingerPosition};
use crate::finger::synth::{Person, Purpose, Seed};
use crate::finger::template::{Minutia, Template, View};
use capture::{Look, ill};
use draw::normal;
use flow::Flow;
use master::Minutiae;
use tuning::{PICTURE, SIZE, STATE, WORN};

/// Persons by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Population {
    seed: Seed,
}

impl Population {
    /// The population of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed: Seed::new(seed) }
    }

    /// One of its persons; there are as many as numbers.
    #[must_use]
    pub const fn person(self, number: u64) -> Person {
        Person::new(self.seed, number)
    }
}

/// One finger of a person: what it has for life.
#[derive(Clone)]
pub struct Finger {
    position: FingerPosition,
    flow: Flow,
    minutiae: Minutiae,
    size: f32,
    state: f32,
    /// Where the draws of its captures and those of the person's sessions come from.
    captures: Seed,
    sessions: Seed,
}

impl Finger {
    /// A person's finger.
    #[must_use]
    pub fn of(person: Person, position: FingerPosition) -> Self {
        let mut body = person.body().of(2).draws();
        let size = (1.0 + SIZE * normal(&mut body)) * breadth(position.name());
        let state = STATE[0] * normal(&mut body);
        let own = person.finger(position, Purpose::Minutiae);
        let mut draws = own.draws();
        let size = size * (1.0 + 0.03 * normal(&mut draws));
        let flow = Flow::draw(&mut draws, person.pattern(position), size);
        let minutiae = Minutiae::draw(&mut draws, &flow, size);
        let state = state + STATE[1] * normal(&mut draws) - ill(&mut draws, WORN);
        Self { position, flow, minutiae, size, state, captures: own.of(1), sessions: person.body().of(3) }
    }

    /// Capture `number` of it. Captures of one number, of all fingers of a person, are one session.
    #[must_use]
    pub fn capture(&self, number: u32) -> Template {
        let session = normal(&mut self.sessions.of(u64::from(number)).draws());
        let look = Look::new(self, self.captures.of(u64::from(number)).draws(), self.state + STATE[2] * session);
        let minutiae = look.minutiae();
        let view = View {
            position: Some(self.position),
            number: 0,
            impression: 0,
            quality: quality(&minutiae),
            minutiae,
            extended: Vec::new(),
        };
        let [width, height] = PICTURE;
        Template { width, height, x_resolution: 197, y_resolution: 197, equipment: 0, views: vec![view] }
    }
}

/// A capture's quality: the mean of its minutiae's.
fn quality(minutiae: &[Minutia]) -> u8 {
    let sum: usize = minutiae.iter().map(|m| usize::from(m.quality)).sum();
    sum.checked_div(minutiae.len()).and_then(|mean| u8::try_from(mean).ok()).unwrap_or(0)
}

/// How large a finger's pad is beside an index finger's.
const fn breadth(name: FingerName) -> f32 {
    match name {
        FingerName::Thumb => 1.12,
        FingerName::Index | FingerName::Middle => 1.0,
        FingerName::Ring => 0.97,
        FingerName::Little => 0.86,
    }
}

/// Small numbers of minutiae.
#[allow(clippy::cast_precision_loss)] // below 2^24
const fn count(n: usize) -> f32 {
    n as f32
}

/// Minutiae are counted, not shown, as in templates of fingers that somebody has.
impl std::fmt::Debug for Finger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Finger({}, {} minutiae)", self.position, self.minutiae.all().len())
    }
}

#[cfg(test)]
mod tests;
