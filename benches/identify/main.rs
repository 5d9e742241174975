//! `make bench`, identification: a gallery of persons who do not exist, filled as it grows; speed, errors and memory of the whole chain.
//!
//! `EKTP_GALLERY` is the number of persons (a million unless given), `EKTP_PROBES` that of mated probes (1,000 unless given), with three times
//! as many others. The bounds are those of a million with at least so many probes; less is only told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a tool of the workshop fails by panicking
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, missing_docs)]

mod clock;
mod errors;
mod fill;
mod growth;
mod persons;
mod probes;
#[path = "../figures/report.rs"]
#[allow(dead_code)] // shared with the figures of the card
mod report;

use ektp::afis::{Gallery, Policy, SEAT_BYTES};
use report::{Bound, Report};
use serde_json::Value;

/// Threads of a search.
const THREADS: usize = 2;
/// Persons of the gallery that the bounds are stated for.
pub const MILLION: u64 = 1_000_000;
/// Mated probes that the bounds are stated for.
pub const MATED: u64 = 1_000;
/// The population of the figures; the codes were learned on another.
const SEED: u64 = 2026;

/// A generator that was found less lifelike than the real prints feeds no figure.
fn realistic<'a>(mut lines: impl Iterator<Item = &'a str>) -> std::io::Result<()> {
    let missed = lines.find(|line| {
        let figure: Value = serde_json::from_str(line).unwrap_or_default();
        figure["figure"].as_str().is_some_and(|name| name.starts_with("synthetic")) && figure["ok"] == false
    });
    missed.map_or(Ok(()), |line| {
        Err(std::io::Error::other(format!("the synthetic templates are not as hard as real ones: {line}")))
    })
}

fn main() -> std::io::Result<()> {
    if std::env::args().any(|a| a == "--test") {
        return Ok(());
    }
    let number = |name: &str, or: u64| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(or);
    let (persons, mated) = (number("EKTP_GALLERY", MILLION), number("EKTP_PROBES", MATED));
    realistic(std::fs::read_to_string("target/figures.jsonl").unwrap_or_default().lines())?;
    let mut report = Report::default();
    report.heading(&format!("Identification: {persons} synthetic persons of ten fingers, {THREADS} threads"));
    let population = persons::Population::new(SEED);
    let (gallery, policy) = (Gallery::new(THREADS), Policy::default());
    let before = fill::resident();
    let mut points = Vec::new();
    for size in growth::sizes(persons) {
        fill::fill(&gallery, population, size, THREADS);
        points.push(growth::measure(&gallery, population, size, &policy));
    }
    let resident = (fill::resident() - before) as f64 / persons as f64;
    // The bounds are those of a million: in a small gallery what is there once weighs more, and a search is mostly its fixed part.
    let whole = persons >= MILLION;
    let seat = format!("{SEAT_BYTES} B of them the seat");
    match whole {
        true => report.bounded("resident bytes a person", resident, "B", Bound::AtMost(2_000.0), seat),
        false => report.plain("resident bytes a person", resident, "B", seat),
    }
    errors::figures(&mut report, &gallery, population, &policy, persons, mated);
    growth::figures(&mut report, &points)?;
    report.append("target/figures.jsonl")?;
    report.end()
}
