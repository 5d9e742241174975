//! The DET plot: FNMR against FMR on normal-deviate axes.

use crate::finger::eval::chart::{Axis, Chart, Scale, Series};
use crate::finger::eval::sweep::Curve;

/// Highest rate drawn.
const HIGHEST: f64 = 0.5;
/// Lowest FMR drawn, and lowest FNMR: genuine comparisons are always fewer.
const LOWEST: (f64, f64) = (1e-5, 1e-4);
const TICKS: [(f64, &str); 9] = [
    (1e-5, "0.001"),
    (1e-4, "0.01"),
    (1e-3, "0.1"),
    (5e-3, "0.5"),
    (0.01, "1"),
    (0.05, "5"),
    (0.1, "10"),
    (0.2, "20"),
    (0.4, "40"),
];

/// The corners of the DET curve as (FMR, FNMR), FMR falling, down to the lowest FMR that the comparisons can show.
#[must_use]
pub fn plot(curve: &Curve) -> Vec<(f64, f64)> {
    let smallest = curve.smallest_fmr();
    let mut corners: Vec<(f64, f64)> = Vec::new();
    for point in curve.points() {
        let next = (curve.fmr(point), curve.fnmr(point));
        if next.0 < smallest {
            break;
        }
        // Between corners one of the errors stands still: only the ends of such a run are kept.
        if let [.., a, b] = corners[..]
            && (same(a.0, b.0, next.0) || same(a.1, b.1, next.1))
        {
            corners.pop();
        }
        corners.push(next);
    }
    corners
}

/// The part of a curve from where it enters the chart.
fn within(corners: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let enters = corners.iter().rposition(|c| c.0 >= HIGHEST).unwrap_or(0);
    corners.get(enters..).unwrap_or_default().to_vec()
}

/// Whether three shares of one whole are one share.
fn same(a: f64, b: f64, c: f64) -> bool {
    a.to_bits() == b.to_bits() && b.to_bits() == c.to_bits()
}

/// The DET chart of these curves, each with its name.
#[must_use]
pub fn chart(title: &str, curves: &[(String, Curve)]) -> Chart {
    let axis = |title: &str, lowest: f64| Axis {
        title: title.to_owned(),
        scale: Scale::Probit,
        range: (lowest, HIGHEST),
        ticks: TICKS.iter().filter(|(at, _)| *at >= lowest).map(|(at, label)| (*at, (*label).to_owned())).collect(),
    };
    Chart {
        title: title.to_owned(),
        x: axis("false-match rate, %", LOWEST.0),
        y: axis("false-non-match rate, %", LOWEST.1),
        series: curves.iter().map(|(name, curve)| Series { name: name.clone(), points: within(&plot(curve)) }).collect(),
    }
}
