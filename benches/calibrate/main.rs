//! The calibration of the finger score (`specs/finger-score.md`): `cargo bench --bench calibrate -- DIR…`, where every folder holds
//! the minutiae of the same prints by one extractor, as `SET/F_I.csv` with lines `x,y,degrees,type,quality` at 500 dpi.
//! Prints the weights and thresholds of `src/finger/matching/{model,threshold}.rs`, and the cross-validated figures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a tool of the workshop fails by panicking
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, missing_docs)]

mod figures;
mod fit;
mod prints;

use ektp::finger::matching::{NAMES, Observation};
use figures::{Table, rate, row, two_fingers};
use fit::{Model, fit};
use prints::{Kind, Trial};

/// Regularization of the fit: the weights of standardized values are drawn to 0 as by this many squared errors each.
const RIDGE: f64 = 1.0 / 0.3;

fn main() {
    let folders: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    if folders.is_empty() {
        println!("calibrate: no folder of minutiae given, nothing measured");
        return;
    }
    let kinds: Vec<Kind> = folders.iter().map(|f| Kind::read(f)).collect();
    let trials: Vec<Trial> = kinds.iter().enumerate().flat_map(|(k, kind)| kind.trials(k)).collect();
    let halves = cross_validated(&kinds, &trials);
    println!("cross-validated: weights from half the sets, figures from the other half");
    report(&kinds, &trials, &halves);
    let all: Vec<&Trial> = trials.iter().collect();
    let model = Model::of(&all);
    model.print(&NAMES);
    let scores: Vec<f64> = trials.iter().map(|t| model.score(&t.seen)).collect();
    println!("with these weights, in sample");
    report(&kinds, &trials, &scores);
    thresholds(&kinds, &trials, &scores, &model);
}

/// Scores of every trial by a model that never saw its set: the first and last set against the others.
fn cross_validated(kinds: &[Kind], trials: &[Trial]) -> Vec<f64> {
    let last = kinds[0].sets.len() - 1;
    let half = |t: &Trial| t.set == 0 || t.set == last;
    let mut scores = vec![0.0; trials.len()];
    for side in [false, true] {
        let model = Model::of(&trials.iter().filter(|t| half(t) != side).collect::<Vec<_>>());
        for (score, t) in scores.iter_mut().zip(trials).filter(|(_, t)| half(t) == side) {
            *score = model.score(&t.seen);
        }
    }
    scores
}

fn report(kinds: &[Kind], trials: &[Trial], scores: &[f64]) {
    for (k, kind) in kinds.iter().enumerate() {
        let of_kind = |t: &Trial| t.kind == k;
        let sets: Vec<Table> = (0..kind.sets.len()).map(|s| Table::of(trials, scores, |t| of_kind(t) && t.set == s)).collect();
        println!(
            "  {:<16}{}",
            kind.name,
            row(&kind.sets, &sets, &Table::of(trials, scores, of_kind), &two_fingers(kind, trials, scores, k))
        );
    }
}

/// Thresholds at the decades, the highest of all kinds of minutiae; beyond what the impostors show, along the tail.
fn thresholds(kinds: &[Kind], trials: &[Trial], scores: &[f64], model: &Model) {
    let singles: Vec<Vec<f64>> = kinds.iter().map(|kind| kind.strangers(|seen: &Observation| model.score(seen))).collect();
    let doubles: Vec<Vec<f64>> =
        kinds.iter().enumerate().map(|(k, kind)| two_fingers(kind, trials, scores, k).impostor).collect();
    for (name, lists) in [("one finger", singles), ("two fingers", doubles)] {
        let count = lists[0].len();
        println!("thresholds, {name}: {count} impostors a kind, 3 of them are a rate of {:.3e}", 3.0 / count as f64);
        for (kind, list) in kinds.iter().zip(&lists) {
            let at: Vec<String> = [1e-1, 1e-2, 1e-3, 1e-4].iter().map(|f| format!("{:.0}", rate(list, *f))).collect();
            println!("  {:<16}{}", kind.name, at.join(" "));
        }
    }
}

/// The two fits of a model.
impl Model {
    fn of(trials: &[&Trial]) -> Self {
        let genuine = trials.iter().filter(|t| t.genuine).count() as f64;
        let prior = (genuine / (trials.len() as f64 - genuine)).ln();
        let aligned: Vec<(Vec<f64>, bool)> =
            trials.iter().filter_map(|t| Some((t.seen.evidence?.iter().map(|v| f64::from(*v)).collect(), t.genuine))).collect();
        let unaligned: Vec<(Vec<f64>, bool)> =
            trials.iter().filter(|t| t.seen.evidence.is_none()).map(|t| (vec![f64::from(t.seen.promise)], t.genuine)).collect();
        Self::rounded(&fit(&aligned, RIDGE), &fit(&unaligned, RIDGE), prior)
    }
}
