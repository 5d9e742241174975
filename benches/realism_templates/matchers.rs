//! The matchers under which both sides are compared: the peers', to which the bounds belong, and our own.

use crate::collection::Collection;
use ektp::finger::eval::{Table, parse_scores};
use ektp::finger::matching::{Prepared, Workspace};
use ektp::finger::template::Minutia;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

const CLASSES: &str = "target/interop/sourceafis/classes:target/interop/sourceafis/lib/*";
/// Degrees of a 256th of a turn.
const DEGREES: f64 = 360.0 / 256.0;

/// A matcher by its name.
pub struct Matcher {
    pub name: &'static str,
    /// Whether the likeness is held to a bound under it.
    pub bounded: bool,
    /// The scores of all pairs, by set.
    pub tables: fn(&Collection) -> Vec<Table>,
}

/// Every matcher at hand; what is missing is said.
pub fn all() -> Vec<Matcher> {
    let bozorth = Matcher { name: "fprint-bozorth3", bounded: true, tables: bozorth };
    let own = Matcher { name: "ours", bounded: false, tables: ours };
    if Path::new("target/interop/sourceafis/classes").exists() {
        vec![bozorth, Matcher { name: "SourceAFIS", bounded: true, tables: sourceafis }, own]
    } else {
        println!("\nSynthetic templates: SourceAFIS is left out, run scripts/bench, which builds it");
        vec![bozorth, own]
    }
}

fn bozorth(collection: &Collection) -> Vec<Table> {
    // Its y axis points up, from anywhere; its directions point the other way.
    let minutia = |m: &Minutia| {
        let degrees = (f64::from(m.angle) * DEGREES).round() + 180.0;
        #[allow(clippy::cast_possible_truncation)] // below 540
        fprint_bozorth3::Minutia::from_xyt(i32::from(m.x), 4_096 - i32::from(m.y), degrees as i32 % 360)
    };
    let prepare = |minutiae: &[Minutia]| minutiae.iter().map(minutia).collect::<Vec<_>>();
    compared(collection, prepare, |a, b| f64::from(fprint_bozorth3::match_score(a, b)))
}

fn ours(collection: &Collection) -> Vec<Table> {
    let mut workspace = Workspace::new();
    let prepare = |minutiae: &[Minutia]| Prepared::new(minutiae, 197, 197);
    compared(collection, prepare, |a, b| f64::from(workspace.score(a, b).centinats()) / 100.0)
}

fn compared<T>(collection: &Collection, prepare: impl Fn(&[Minutia]) -> T, mut score: impl FnMut(&T, &T) -> f64) -> Vec<Table> {
    let print = |minutiae: &Vec<Minutia>| (!minutiae.is_empty()).then(|| prepare(minutiae));
    let sets = collection.data.sets.iter().zip(&collection.sets);
    sets.map(|(set, prints)| Table::of_templates(set, &prints.iter().map(print).collect::<Vec<_>>(), &mut score, || ())).collect()
}

/// SourceAFIS's matcher, in its own program, over files of minutiae.
fn sourceafis(collection: &Collection) -> Vec<Table> {
    let dir = tempfile::tempdir().unwrap();
    for (set, prints) in collection.data.sets.iter().zip(&collection.sets) {
        std::fs::create_dir(dir.path().join(&set.name)).unwrap();
        for ((finger, impression, _), minutiae) in set.impressions().zip(prints) {
            std::fs::write(dir.path().join(&set.name).join(format!("{finger}_{impression}.csv")), lines(minutiae)).unwrap();
        }
    }
    let scores = dir.path().join("scores");
    let mut java = Command::new("java");
    java.args(["-Xmx2g", "-XX:+UseSerialGC", "-cp", CLASSES, "id.ektp.interop.fingers.Main", "minutiae"]);
    let output = java.arg(dir.path()).arg(&scores).arg("0").output().unwrap();
    assert!(output.status.success(), "SourceAFIS: {}", String::from_utf8_lossy(&output.stderr));
    let mut tables: Vec<Table> = collection.data.sets.iter().map(Table::new).collect();
    for c in parse_scores(&std::fs::read_to_string(&scores).unwrap()).unwrap() {
        let place = collection.data.sets.iter().position(|s| s.name == c.set).unwrap();
        assert!(tables[place].put(c.probe, c.reference, c.score).unwrap());
    }
    tables
}

/// One minutia a line: pixels from the top left, degrees counter-clockwise, kind.
fn lines(minutiae: &[Minutia]) -> String {
    minutiae.iter().fold(String::new(), |mut text, m| {
        let _ = writeln!(text, "{},{},{},{}", m.x, m.y, f64::from(m.angle) * DEGREES, m.kind.code());
        text
    })
}
