//! `make bench`, issuance: steps of applications, each acknowledged after its own commit, against the database's raw rate of inserting
//! the bytes of their audit row; pages and reports over a million applications.
//!
//! `EKTP_APPLICATIONS` is the number of applications (1,000,000 unless given), `EKTP_SECONDS` the time of each rate; `EKTP_PART` is one
//! part alone: `rates`, `growth` or `likeness`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a tool of the workshop fails by panicking
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, missing_docs)]

mod database;
mod growth;
mod likeness;
mod rates;
#[path = "../figures/report.rs"]
#[allow(dead_code)] // shared with the figures of the card
mod report;
mod steps;

use report::Report;

fn main() -> std::io::Result<()> {
    if std::env::args().any(|a| a == "--test") {
        return Ok(());
    }
    let number = |name: &str, or: f64| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(or);
    let (applications, seconds) = (number("EKTP_APPLICATIONS", 1_000_000.0) as u64, number("EKTP_SECONDS", 24.0));
    let mut report = Report::default();
    let server = database::Server::start();
    let part = std::env::var("EKTP_PART").ok();
    let wants = |name: &str| part.as_deref().is_none_or(|part| part == name);
    if wants("rates") {
        report.heading("Issuance: steps, each acknowledged after its own commit");
        let mut places = vec![database::Place::file()];
        places.extend(server.as_ref().map(database::Server::database));
        rates::figures(&mut report, &places, seconds);
    }
    let mut series = Vec::new();
    if wants("growth") {
        report.heading(&format!("Issuance: pages and reports over {applications} applications"));
        series.extend(growth::figures(&mut report, &server, applications));
    }
    if wants("likeness") {
        report.heading(&format!("Issuance: candidates by data among {applications} persons"));
        series.extend(likeness::figures(&mut report, &server, applications as u32));
    }
    growth::plot(series, applications as f64)?;
    if server.is_none() {
        println!("skipped: PostgreSQL is not installed (scripts/setup postgres)");
    }
    report.append("target/figures.jsonl")?;
    report.end()
}
