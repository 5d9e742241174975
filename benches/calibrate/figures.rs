//! Error rates: EER, FNMR at a false-match rate, persons of two fingers.

use crate::prints::{Kind, Trial};
use std::collections::HashMap;

/// Scores of one finger or person, and of two.
pub struct Table {
    pub genuine: Vec<f64>,
    pub impostor: Vec<f64>,
}

impl Table {
    pub fn of(trials: &[Trial], scores: &[f64], wanted: impl Fn(&Trial) -> bool) -> Self {
        let of = |genuine: bool| {
            trials.iter().zip(scores).filter(|(t, _)| wanted(t) && t.genuine == genuine).map(|(_, s)| *s).collect()
        };
        Self { genuine: of(true), impostor: of(false) }
    }

    /// Equal error rate in percent, between the two thresholds where the rates cross.
    fn eer(&self) -> f64 {
        let (mut g, mut i) = (self.genuine.clone(), self.impostor.clone());
        g.sort_by(f64::total_cmp);
        i.sort_by(f64::total_cmp);
        let below = |list: &[f64], t: f64| list.partition_point(|s| *s < t) as f64 / list.len() as f64;
        let (mut last, mut thresholds) = ((0.0, 1.0), g.iter().chain(&i).copied().collect::<Vec<_>>());
        thresholds.sort_by(f64::total_cmp);
        for t in thresholds {
            let (missed, passed) = (below(&g, t), 1.0 - below(&i, t));
            if missed >= passed {
                let (before, after) = (last.1 - last.0, missed - passed);
                let part = if before + after > 0.0 { before / (before + after) } else { 0.5 };
                return 100.0 * (last.0 + part * (missed - last.0));
            }
            last = (missed, passed);
        }
        100.0
    }

    /// FNMR in percent where at most this share of the impostors pass.
    fn fnmr(&self, fmr: f64) -> f64 {
        let least = rate(&self.impostor, fmr);
        100.0 * self.genuine.iter().filter(|s| **s <= least).count() as f64 / self.genuine.len() as f64
    }
}

/// The score that at most this share of the impostors exceeds.
pub fn rate(impostor: &[f64], fmr: f64) -> f64 {
    let mut sorted = impostor.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    sorted[((fmr * sorted.len() as f64) as usize).min(sorted.len() - 1)]
}

pub fn row(names: &[String], sets: &[Table], pooled: &Table, two: &Table) -> String {
    let each: Vec<String> = names.iter().zip(sets).map(|(n, t)| format!("{n} {:.2}", t.eer())).collect();
    format!(
        "EER % {}; pooled EER {:.2} FMR1000 {:.2} FMR10000 {:.2}; two fingers FNMR at 1e-4 {:.3}",
        each.join(" "),
        pooled.eer(),
        pooled.fnmr(1e-3),
        pooled.fnmr(1e-4),
        two.fnmr(1e-4),
    )
}

/// Persons of two fingers of a set; strangers share no finger.
pub fn two_fingers(kind: &Kind, trials: &[Trial], scores: &[f64], number: usize) -> Table {
    let mut table = Table { genuine: Vec::new(), impostor: Vec::new() };
    for (set, prints) in kind.prints.iter().enumerate() {
        let mut of = HashMap::new();
        for (t, s) in trials.iter().zip(scores).filter(|(t, _)| t.kind == number && t.set == set) {
            of.insert((t.who[0], t.who[1]), *s);
            of.insert((t.who[1], t.who[0]), *s);
        }
        let fingers: Vec<(u32, usize)> = prints.iter().map(|(f, list)| (*f, list.len())).collect();
        let persons: Vec<[(u32, usize); 2]> =
            fingers.iter().enumerate().flat_map(|(n, a)| fingers[n + 1..].iter().map(move |b| [*a, *b])).collect();
        for (n, p) in persons.iter().enumerate() {
            let impressions = p[0].1.min(p[1].1);
            for i in 0..impressions {
                table.genuine.extend((i + 1..impressions).map(|j| p.iter().map(|f| of[&((f.0, i), (f.0, j))]).sum::<f64>()));
            }
            for q in persons[n + 1..].iter().filter(|q| q.iter().all(|f| !p.contains(f))) {
                for i in 0..impressions {
                    let others = q[0].1.min(q[1].1);
                    table.impostor.extend((0..others).map(|j| (0..2).map(|k| of[&((p[k].0, i), (q[k].0, j))]).sum::<f64>()));
                }
            }
        }
    }
    table
}
