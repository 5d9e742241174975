//! SourceAFIS for Java, as published: its own extractor, and its matcher over minutiae of another.

use crate::contender::{Contender, read_tables};
use crate::prints::Prints;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const CLASSES: &str = "target/interop/sourceafis/classes:target/interop/sourceafis/lib/*";
/// Seconds for which matching is timed.
const SECONDS: &str = "5";

/// What SourceAFIS is given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Image files, which it decodes itself: on grey PNG that bends the grey values, and the error rates suffer.
    Files,
    /// Grey values.
    Pixels,
}

/// Whether its program is built.
pub fn is_built() -> bool {
    Path::new("target/interop/sourceafis/classes").exists()
}

/// SourceAFIS with its own extractor.
pub fn contender(prints: &Prints, input: Input) -> Contender {
    let (what, name) = match input {
        Input::Files => ("files", "SourceAFIS, decoding the files"),
        Input::Pixels => ("pixels", "SourceAFIS, given the pixels"),
    };
    let (told, scores) = run(what, Path::new(&prints.folder));
    // One mean for all prints: the program times them together.
    let extraction = vec![told["extractMillis"].as_f64().unwrap(); prints.all().count()];
    Contender { name, tables: read_tables(prints, &scores), extraction, ..times(&told) }
}

/// SourceAFIS's matcher over a folder of minutiae; the extraction is another's.
pub fn over_minutiae(prints: &Prints, name: &'static str, minutiae: &Path, extraction: Vec<f64>) -> Contender {
    let (told, scores) = run("minutiae", minutiae);
    Contender { name, tables: read_tables(prints, &scores), extraction, ..times(&told) }
}

fn times(told: &Value) -> Contender {
    Contender {
        name: "",
        tables: Vec::new(),
        extraction: Vec::new(),
        preparation: told["prepareMicros"].as_f64(),
        rate: told["matchesPerSecond"].as_f64(),
    }
}

fn run(what: &str, folder: &Path) -> (Value, String) {
    let dir = tempfile::tempdir().unwrap();
    let scores = dir.path().join("scores.csv");
    let mut java = Command::new("java");
    java.args(["-Xmx4g", "-XX:+UseSerialGC", "-cp", CLASSES, "id.ektp.interop.fingers.Main", what]);
    let output = java.arg(folder).arg(&scores).arg(SECONDS).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "SourceAFIS: {text}{}", String::from_utf8_lossy(&output.stderr));
    (serde_json::from_str(text.trim()).unwrap(), std::fs::read_to_string(&scores).unwrap())
}
