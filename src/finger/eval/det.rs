//! The DET plot: FNMR against FMR on normal-deviate axes.

use crate::finger::eval::chart::{Axis, Chart, Scale, Series};
use crate::finger::eval::sweep::Curve;

/// Ends of both axes.
const RANGE: (f64, f64) = (1e-5, 0.5);
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

/// Whether three shares of one whole are one share.
fn same(a: f64, b: f64, c: f64) -> bool {
    a.to_bits() == b.to_bits() && b.to_bits() == c.to_bits()
}

/// The DET chart of these curves, each with its name.
#[must_use]
pub fn chart(title: &str, curves: &[(String, Curve)]) -> Chart {
    let axis = |title: &str| Axis {
        title: title.to_owned(),
        scale: Scale::Probit,
        range: RANGE,
        ticks: TICKS.iter().map(|(at, label)| (*at, (*label).to_owned())).collect(),
    };
    Chart {
        title: title.to_owned(),
        x: axis("false-match rate, %"),
        y: axis("false-non-match rate, %"),
        series: curves.iter().map(|(name, curve)| Series { name: name.clone(), points: plot(curve) }).collect(),
    }
}
