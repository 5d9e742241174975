//! The network LEADER under onnxruntime, one thread, its minutiae compared by SourceAFIS.

use crate::contender::Contender;
use crate::prints::Prints;
use crate::sourceafis;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The contender.
pub const NAME: &str = "LEADER + SourceAFIS";
const PYTHON: &str = "target/venv/bin/python";
/// Where `scripts/setup peers` puts the weights.
pub const WEIGHTS: &str = "target/peers/LEADER.onnx";

/// LEADER and SourceAFIS, if `scripts/setup peers` was run; LEADER's minutiae are left in a folder.
pub fn contender(prints: &Prints, minutiae: &Path) -> Option<Contender> {
    if !Path::new(WEIGHTS).exists() {
        return None;
    }
    let mut python = Command::new(PYTHON);
    python.args(["tests/interop/leader/extract.py", WEIGHTS, &prints.folder]).arg(minutiae);
    let output = python.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "LEADER: {text}{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    Some(sourceafis::over_minutiae(prints, NAME, minutiae, times(prints, &lines)))
}

/// Milliseconds for each print, in the order of the prints; a print timed twice has its later time.
fn times(prints: &Prints, lines: &[Value]) -> Vec<f64> {
    let of = |set: &str, print: &str| lines.iter().rev().find(|l| l["set"] == set && l["print"] == print).unwrap();
    let sets = prints.data.sets.iter();
    let names = sets.flat_map(|s| s.impressions().map(|(_, _, file)| (s.name.as_str(), file.rsplit_once('.').unwrap().0)));
    names.map(|(set, print)| of(set, print)["millis"].as_f64().unwrap()).collect()
}
