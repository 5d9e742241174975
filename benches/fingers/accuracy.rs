//! Error rates of one contender, by the protocol of `ektp::finger::eval`.

use crate::contender::{Contender, length};
use crate::prints::{HALVES, Prints};
use crate::report::Report;
use ektp::finger::eval::{AtFmr, Protocol, Rate, Set, Summary, Table, Trials, summarize, trials};

/// False-match rates at which single fingers and persons of two fingers are judged.
const SINGLE: [f64; 2] = [0.01, 0.001];
const TWO: [f64; 1] = [1e-4];

/// The figures of which the shares are taken, in percent.
pub struct Rates {
    pub eer_2002: f64,
    pub eer_2004: f64,
    pub fmr1000: f64,
    pub two_fingers: f64,
}

/// The comparisons of a contender over some sets.
pub fn comparisons(prints: &Prints, contender: &Contender, places: &[usize], protocol: Protocol) -> Trials {
    let sets: Vec<(&Set, &Table)> = places.iter().map(|p| (&prints.data.sets[*p], &contender.tables[*p])).collect();
    trials(&sets, protocol).unwrap()
}

/// What the shares are taken of.
pub fn rates(prints: &Prints, contender: &Contender) -> Rates {
    let everything = prints.places(|_| true);
    let at = |protocol, fmr| {
        let curve = comparisons(prints, contender, &everything, protocol).curve();
        100.0 * curve.fnmr(curve.claim_at_fmr(fmr).unwrap())
    };
    Rates {
        eer_2002: mean_eer(prints, contender, "fvc2002").0,
        eer_2004: mean_eer(prints, contender, "fvc2004").0,
        fmr1000: at(Protocol::Single, 1e-3),
        two_fingers: at(Protocol::TwoFingers, 1e-4),
    }
}

/// Every row of one contender.
pub fn figures(report: &mut Report, prints: &Prints, contender: &Contender) {
    let name = contender.name;
    for year in ["fvc2002", "fvc2004"] {
        let (mean, each) = mean_eer(prints, contender, year);
        report.plain(format!("{name}: mean EER, {year}"), mean, "%", each);
    }
    let everything = prints.places(|_| true);
    let pooled = summary(prints, contender, &everything, Protocol::Single, &SINGLE);
    report.plain(format!("{name}: pooled EER"), 100.0 * pooled.eer.value, "%", basis(&pooled, pooled.eer));
    for at in pooled.at.iter().flatten() {
        report.plain(format!("{name}: pooled FMR{:.0}", 1.0 / at.fmr), 100.0 * at.fnmr.value, "%", claimed(&pooled, at));
    }
    let two = summary(prints, contender, &everything, Protocol::TwoFingers, &TWO);
    report.plain(format!("{name}: two fingers, EER"), 100.0 * two.eer.value, "%", basis(&two, two.eer));
    for at in two.at.iter().flatten() {
        report.plain(format!("{name}: two fingers, FNMR at FMR 1e-4"), 100.0 * at.fnmr.value, "%", claimed(&two, at));
    }
    halves(report, prints, contender);
}

/// Each half alone, and at the threshold that the other half gave.
fn halves(report: &mut Report, prints: &Prints, contender: &Contender) {
    let name = contender.name;
    let curves = HALVES.map(|half| {
        let places = prints.places(|set| half.contains(&set));
        (half.join(" + "), (!places.is_empty()).then(|| comparisons(prints, contender, &places, Protocol::Single).curve()))
    });
    for (own, other) in [(0, 1), (1, 0)] {
        let (half, Some(curve)) = &curves[own] else { continue };
        let Some(elsewhere) = &curves[other].1 else { continue };
        let fmr1000 = 100.0 * curve.fnmr(curve.claim_at_fmr(1e-3).unwrap());
        report.plain(format!("{name}: {half}: FMR1000"), fmr1000, "%", "at the threshold of this half");
        let threshold = elsewhere.claim_at_fmr(1e-3).unwrap().threshold;
        let against = format!("where the other half has FMR 1e-3; here FMR {:.2e}", curve.fmr_at_threshold(threshold));
        let fnmr = 100.0 * curve.fnmr_at_threshold(threshold);
        report.plain(format!("{name}: {half}: FNMR, threshold carried over"), fnmr, "%", against);
    }
}

fn mean_eer(prints: &Prints, contender: &Contender, year: &str) -> (f64, String) {
    let places = prints.places(|set| set.starts_with(year));
    let eer = |place: usize| 100.0 * comparisons(prints, contender, &[place], Protocol::Single).curve().eer();
    let each: Vec<(&str, f64)> = places.iter().map(|p| (prints.data.sets[*p].name.as_str(), eer(*p))).collect();
    let mean = each.iter().map(|(_, e)| e).sum::<f64>() / length(each.len());
    let texts: Vec<String> = each.iter().map(|(set, e)| format!("{set} {e:.2}")).collect();
    (mean, texts.join(", "))
}

fn summary(prints: &Prints, contender: &Contender, places: &[usize], protocol: Protocol, rates: &[f64]) -> Summary {
    summarize(&comparisons(prints, contender, places, protocol), rates).unwrap()
}

fn basis(summary: &Summary, rate: Rate) -> String {
    let (low, high) = (100.0 * rate.low, 100.0 * rate.high);
    format!("95 % {low:.2} to {high:.2}; {} genuine, {} impostors", summary.genuine, summary.impostors)
}

fn claimed(summary: &Summary, at: &AtFmr) -> String {
    format!("{}{}", basis(summary, at.fnmr), if at.extrapolated { "; extrapolated" } else { "" })
}
