//! The network LEADER by our kernels beside onnxruntime: how many minutiae are the same, print by print.

use crate::contender::length;
use crate::prints::Prints;
use crate::report::Report;
use ektp::finger::extract::Extractor;
use ektp::finger::extract::leader::Leader;
use ektp::finger::template::{Minutia, MinutiaKind};
use std::path::Path;

/// A step of a template's direction, in degrees.
const STEP: f64 = 360.0 / 256.0;

/// What is the same of the minutiae that `tests/interop/leader/extract.py` wrote into a folder.
pub fn figures(report: &mut Report, prints: &Prints, leader: &Leader, folder: &Path) {
    let (mut whole, mut all, mut same, mut ours_alone) = (0, 0, 0, 0);
    for (set, greys) in prints.data.sets.iter().zip(&prints.greys) {
        for ((_, _, file), grey) in set.impressions().zip(greys) {
            let theirs = read(&folder.join(&set.name).join(file).with_extension("csv"));
            let ours = leader.extract(&crate::ours::image(grey)).map_or_else(|_| Vec::new(), |found| found.minutiae);
            let shared = theirs.iter().filter(|line| ours.iter().any(|m| is(m, line))).count();
            all += theirs.len();
            same += shared;
            ours_alone += ours.len().saturating_sub(shared);
            whole += usize::from(shared == theirs.len() && shared == ours.len());
        }
    }
    report.heading("Fingers: LEADER by our kernels beside onnxruntime");
    let what = "place and kind the same, direction within a step of 1.4 degrees, quality within 1 %";
    report.plain(
        "LEADER: minutiae of onnxruntime that are ours too",
        100.0 * length(same) / length(all),
        "%",
        format!("{same} of {all}: {what}"),
    );
    report.plain("LEADER: minutiae of ours that are not onnxruntime's", length(ours_alone), "", "");
    let against = format!("of {}: every minutia is the other's too", prints.all().count());
    report.plain("LEADER: prints with the same minutiae", length(whole), "", against);
}

/// `x,y,degrees,type,quality` a line.
fn read(file: &Path) -> Vec<[f64; 5]> {
    let text = std::fs::read_to_string(file).unwrap();
    let numbers = |line: &str| -> Vec<f64> { line.split(',').map(|field| field.parse().unwrap()).collect() };
    text.lines().map(|line| numbers(line).try_into().unwrap()).collect()
}

#[allow(clippy::float_cmp)] // whole pixels and kinds
fn is(m: &Minutia, [x, y, degrees, kind, quality]: &[f64; 5]) -> bool {
    let turn = (f64::from(m.angle) * STEP - degrees).rem_euclid(360.0);
    let ending = m.kind == MinutiaKind::Ending;
    f64::from(m.x) == *x
        && f64::from(m.y) == *y
        && ending == (*kind == 1.0)
        && turn.min(360.0 - turn) <= STEP
        && (f64::from(m.quality) - quality).abs() <= 1.0
}
