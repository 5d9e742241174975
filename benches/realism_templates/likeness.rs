//! Synthetic error rates as a share of the real ones, in one protocol.

use crate::collection::Collection;
use crate::matchers::Matcher;
use crate::report::{Bound, Report};
use ektp::finger::eval::{Curve, Protocol, Set, Table, trials};

/// The false-match rate at whose real threshold the synthetic false matches are counted.
const FMR: f64 = 1e-3;

/// What is held beside each other, in percent.
struct Rates {
    eer: f64,
    fmr1000: f64,
    /// False matches at the threshold where the real sets have [`FMR`].
    false_matches: f64,
}

/// A figure: its name, where it stands, and the real sets' value.
type Row = (&'static str, fn(&Rates) -> f64, f64);

/// The three figures of all populations together, each as a share of the real sets'; what each population alone has is told.
pub fn figures(report: &mut Report, matcher: &Matcher, real: &Collection, synthetic: &[Collection]) {
    let name = matcher.name;
    let real_curve = curve(&[(real, &(matcher.tables)(real))]);
    let threshold = real_curve.claim_at_fmr(FMR).unwrap().threshold;
    let own = rates(&real_curve, threshold);
    let tables: Vec<Vec<Table>> = synthetic.iter().map(matcher.tables).collect();
    let both: Vec<(&Collection, &Vec<Table>)> = synthetic.iter().zip(&tables).collect();
    let all = rates(&curve(&both), threshold);
    let each: Vec<Rates> = both.iter().map(|one| rates(&curve(&[*one]), threshold)).collect();
    let rows: [Row; 3] = [
        ("EER", |r| r.eer, own.eer),
        ("FMR1000", |r| r.fmr1000, own.fmr1000),
        ("FMR where the real sets have 1e-3", |r| r.false_matches, 100.0 * FMR),
    ];
    for (what, rate, theirs) in rows {
        let alone: Vec<String> = each.iter().map(|r| format!("{:.2}", rate(r))).collect();
        let against = format!("{:.3} % / {theirs:.3} %; each population {}", rate(&all), alone.join(", "));
        let figure = format!("synthetic templates / real, {name}: {what}");
        if matcher.bounded {
            report.bounded(figure, rate(&all) / theirs, "", Bound::AtLeast(1.0), against);
        } else {
            report.plain(figure, rate(&all) / theirs, "", against);
        }
    }
}

fn curve(collections: &[(&Collection, &Vec<Table>)]) -> Curve {
    let sets: Vec<(&Set, &Table)> = collections.iter().flat_map(|(c, tables)| c.data.sets.iter().zip(tables.iter())).collect();
    trials(&sets, Protocol::Single).unwrap().curve()
}

fn rates(curve: &Curve, threshold: f64) -> Rates {
    Rates {
        eer: 100.0 * curve.eer(),
        fmr1000: 100.0 * curve.fnmr(curve.claim_at_fmr(FMR).unwrap()),
        false_matches: 100.0 * curve.fmr_at_threshold(threshold),
    }
}
