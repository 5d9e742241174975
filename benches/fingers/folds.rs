//! Cross-validation of our score: each half of the sets is scored by weights fitted on the other half alone.

use crate::fit::{Model, fit};
use crate::prints::{HALVES, Prints};
use ektp::finger::eval::{Set, Table};
use ektp::finger::matching::{Observation, Prepared, Workspace};

/// As in the calibration of the product (`benches/calibrate`).
const RIDGE: f64 = 1.0 / 0.3;
const CENTINATS: f64 = 100.0;

/// The tables of all sets by models that never saw them; `None` if the sets are not those of the two halves.
pub fn tables(prints: &Prints, templates: &[Vec<Option<Prepared>>]) -> Option<Vec<Table>> {
    let half = |set: &Set| HALVES.iter().position(|h| h.contains(&set.name.as_str()));
    let halves: Vec<usize> = prints.data.sets.iter().map(half).collect::<Option<_>>()?;
    let models = [1, 0].map(|other| {
        let sets = prints.data.sets.iter().zip(templates).zip(&halves).filter(|(_, half)| **half == other);
        model(&sets.flat_map(|((set, templates), _)| observations(set, templates)).collect::<Vec<_>>())
    });
    let mut workspace = Workspace::new();
    let sets = prints.data.sets.iter().zip(templates).zip(halves);
    let tables = sets.map(|((set, templates), half)| {
        let score = |a: &Prepared, b: &Prepared| models[half].score(&workspace.observe(a, b)) / CENTINATS;
        Table::of_templates(set, templates, score, || ())
    });
    Some(tables.collect())
}

/// Every comparison of a set, and whether it is one finger's.
fn observations(set: &Set, templates: &[Option<Prepared>]) -> Vec<(Observation, bool)> {
    let mut workspace = Workspace::new();
    let all: Vec<(u32, &Prepared)> =
        set.impressions().zip(templates).filter_map(|((f, _, _), t)| Some((f, t.as_ref()?))).collect();
    let mut seen = Vec::new();
    for (at, (finger, print)) in all.iter().enumerate() {
        seen.extend(all.iter().skip(at + 1).map(|(other, o)| (workspace.observe(print, o), finger == other)));
    }
    seen
}

/// The two sums of a model: for prints that were aligned, and for those that were not.
fn model(seen: &[(Observation, bool)]) -> Model {
    let genuine = seen.iter().filter(|(_, same)| *same).count();
    let prior = (crate::contender::length(genuine) / crate::contender::length(seen.len() - genuine)).ln();
    let aligned: Vec<(Vec<f64>, bool)> =
        seen.iter().filter_map(|(o, same)| Some((o.evidence?.iter().map(|v| f64::from(*v)).collect(), *same))).collect();
    let unaligned: Vec<(Vec<f64>, bool)> =
        seen.iter().filter(|(o, _)| o.evidence.is_none()).map(|(o, same)| (vec![f64::from(o.promise)], *same)).collect();
    Model::rounded(&fit(&aligned, RIDGE), &fit(&unaligned, RIDGE), prior)
}
