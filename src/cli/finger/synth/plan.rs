//! What `finger synth` is asked for, within bounds; where it goes, and the list of what was made.

use super::Args;
use crate::cli::output::Failure;
use crate::crypto::hash::sha256;
use crate::finger::image::DPI;
use crate::finger::position::FingerPosition;
use crate::finger::synth::image::{GENERATOR, HEIGHT, Level, WIDTH};
use crate::finger::synth::{Pattern, Person, Seed};
use crate::limits;
use crate::reason::Reason;
use serde_json::{Value, json};
use std::path::Path;

/// What is asked for, within bounds.
pub(super) struct Plan<'a> {
    pub(super) folder: &'a Path,
    pub(super) seed: u64,
    pub(super) persons: u32,
    pub(super) captures: u32,
    pub(super) positions: Vec<FingerPosition>,
    pub(super) level: Level,
}

/// A finger whose captures are written.
pub(super) struct Made {
    pub(super) person: u32,
    pub(super) place: usize,
    pub(super) pattern: Pattern,
    /// SHA-256 of each capture's pixels.
    pub(super) digests: Vec<[u8; 32]>,
}

impl<'a> Plan<'a> {
    pub(super) fn of(args: &'a Args) -> Result<Self, Failure> {
        let mut positions = if args.fingers.is_empty() { FingerPosition::ALL.to_vec() } else { args.fingers.clone() };
        positions.sort_unstable();
        positions.dedup();
        let plan = Self {
            folder: &args.output,
            seed: args.seed,
            persons: args.persons,
            captures: args.captures,
            positions,
            level: args.quality.level(),
        };
        if plan.images() > limits::SYNTH_IMAGES {
            let text = format!("{} images where at most {} are made", plan.images(), limits::SYNTH_IMAGES);
            return Err(Failure::new(Reason::InputInvalid, text));
        }
        Ok(plan)
    }

    pub(super) fn images(&self) -> u64 {
        u64::from(self.persons).saturating_mul(self.captures.into()).saturating_mul(self.positions.len() as u64)
    }

    /// Makes the folders; what is there already is left alone, and refused.
    pub(super) fn lay(&self) -> Result<(), Failure> {
        let unwritable =
            |e: std::io::Error| Failure::new(Reason::FileUnreadable, format!("{}: {}", self.folder.display(), e.kind()));
        std::fs::create_dir_all(self.folder).map_err(unwritable)?;
        if std::fs::read_dir(self.folder).map_err(unwritable)?.next().is_some() {
            return Err(Failure::new(Reason::OutputExists, format!("{} is not empty", self.folder.display())));
        }
        for position in &self.positions {
            std::fs::create_dir(self.folder.join(position.text())).map_err(unwritable)?;
        }
        Ok(())
    }

    pub(super) fn person(&self, number: u32) -> Person {
        Person::new(Seed::new(self.seed), number.into())
    }

    /// One of the fingers, by its number among all: person after person.
    pub(super) fn finger(&self, number: usize) -> Option<(u32, usize, FingerPosition)> {
        let person = u32::try_from(number / self.positions.len()).ok()?.checked_add(1).filter(|p| *p <= self.persons)?;
        let place = number % self.positions.len();
        Some((person, place, *self.positions.get(place)?))
    }

    pub(super) fn manifest(&self, made: &[Made]) -> Value {
        let fingers = made.iter().map(|finger| {
            let set = self.positions.get(finger.place).map_or("", |p| p.text());
            let captures = finger.digests.iter().zip(1..).map(
                |(digest, number)| json!({"file": format!("{set}/{}_{number}.png", finger.person), "pixels_sha256": hex(digest)}),
            );
            json!({
                "person": finger.person,
                "position": set,
                "pattern": finger.pattern.text(),
                "captures": captures.collect::<Vec<_>>(),
            })
        });
        json!({
            "format": "ektp-synthetic-fingers",
            "generator": GENERATOR,
            "seed": self.seed,
            "quality": self.level.text(),
            "width": WIDTH,
            "height": HEIGHT,
            "dpi": DPI,
            "persons": self.persons,
            "captures": self.captures,
            "fingers": fingers.collect::<Vec<_>>(),
        })
    }
}

/// One digest over the pixels of all captures, in the manifest's order.
pub(super) fn digest_of(made: &[Made]) -> String {
    let all: Vec<u8> = made.iter().flat_map(|finger| finger.digests.iter().flatten().copied()).collect();
    hex(&sha256(&all))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
