//! Probes: new captures of persons, some with two fingers missing, some with the hands changed about.

use crate::persons::{Normal, Population};
use ektp::afis::Person;
use ektp::finger::position::FingerPosition;
use ektp::finger::template::Template;
use ektp::record::PassedOver;

/// A probe before it is prepared: templates as a station sends them.
pub struct Probe {
    pub templates: Vec<(FingerPosition, Template)>,
    pub missing: Vec<FingerPosition>,
}

/// The templates of a capture of a person.
pub fn templates(population: Population, number: u64, capture: u32) -> Vec<(FingerPosition, Template)> {
    FingerPosition::ALL.into_iter().map(|p| (p, population.capture(number, p, capture))).collect()
}

impl Probe {
    /// Capture 1 of a person; of every hundred probes five have two fingers missing and one the hands changed about.
    pub fn of(population: Population, number: u64, nth: u64) -> Self {
        let Self { mut templates, missing } = Self::with(population, number, if nth % 20 == 3 { 8 } else { 10 });
        if nth % 100 == 7 {
            for (position, template) in &mut templates {
                let code = (position.code() + 4) % 10 + 1;
                *position = FingerPosition::from_code(code).unwrap();
                template.views.iter_mut().for_each(|v| v.position = Some(*position));
            }
        }
        Self { templates, missing }
    }

    /// Capture 1 of a person, of so many fingers, by chance.
    pub fn with(population: Population, number: u64, fingers: usize) -> Self {
        let mut templates = templates(population, number, 1);
        let mut missing = Vec::new();
        let mut draws = Normal::new(number ^ 0xF1);
        while templates.len() > fingers {
            let out = draws.below(templates.len() as u64) as usize;
            missing.push(templates.remove(out).0);
        }
        Self { templates, missing }
    }

    /// What a search begins with.
    pub fn person(&self) -> Person {
        let missing = self.missing.iter().map(|p| (*p, PassedOver::Amputated));
        Person::of("probe".parse().unwrap(), self.templates.iter().map(|(p, t)| (*p, t)), missing).unwrap()
    }
}
