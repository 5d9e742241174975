//! `make bench`, fingers: error rates and speed of our back ends beside every open peer's, on the same prints and pairs in one run.
//!
//! The prints are those of `../shared/data/fingers`; without them nothing is measured, and that is said.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accuracy;
mod agreement;
mod chip;
mod contender;
#[path = "../calibrate/fit.rs"]
#[allow(dead_code, clippy::cast_precision_loss, clippy::cast_possible_truncation)] // shared with the calibration
mod fit;
mod folds;
mod leader;
mod nbis;
mod ours;
mod prints;
mod realism;
#[path = "../figures/report.rs"]
#[allow(dead_code)] // shared with the figures of the card
mod report;
mod shares;
mod sourceafis;

use contender::Contender;
use ektp::finger::extract::leader::Leader;
use prints::Prints;
use report::Report;
use std::path::Path;

const FOLDER: &str = "../shared/data/fingers";

fn main() -> std::io::Result<()> {
    // `cargo test --benches` asks every bench to run; figures of a debug build mean nothing.
    if std::env::args().any(|a| a == "--test") {
        return Ok(());
    }
    let Some(prints) = Prints::read(FOLDER) else {
        println!("\nFingers: skipped, {FOLDER} is not there");
        return Ok(());
    };
    let mut report = Report::default();
    let minutiae = tempfile::tempdir()?;
    // `cargo bench --bench fingers -- realism`: that part alone.
    let alone = std::env::args().any(|a| a == "realism");
    let peers = if alone { realism::contenders(&prints) } else { peers(&prints, minutiae.path()) };
    report.heading("Fingers: synthetic ones beside real ones, for the peers");
    realism::figures(&mut report, &prints, &peers);
    if !alone {
        rates(&mut report, &prints, &peers, minutiae.path());
    }
    report.append("target/figures.jsonl")?;
    report.end()
}

/// Error rates and speed of everyone, ours as a share of the peers', and what the chip's formats cost.
fn rates(report: &mut Report, prints: &Prints, peers: &[Contender], minutiae: &Path) {
    let leader = std::fs::read(leader::WEIGHTS).ok().map(|weights| Leader::new(&weights).unwrap());
    let ours = ours::contenders(prints, leader.as_ref());
    for contender in peers.iter().chain(&ours) {
        report.heading(&format!("Fingers: {}", contender.name));
        accuracy::figures(report, prints, contender);
        contender.speed(report);
    }
    if let Some(leader) = leader.as_ref().filter(|_| peers.iter().any(|p| p.name == leader::NAME)) {
        agreement::figures(report, prints, leader, minutiae);
    }
    report.heading("Fingers: ours as a share of the peer in this run");
    shares::figures(report, prints, &ours, peers);
    report.heading("Fingers: through the chip");
    chip::figures(report, prints, "ours, classical", &ektp::finger::extract::Classical);
    if let Some(leader) = &leader {
        chip::figures(report, prints, "ours, LEADER", leader);
    }
}

/// Every peer that is at hand; what is missing is said.
fn peers(prints: &Prints, minutiae: &Path) -> Vec<Contender> {
    let mut found = vec![nbis::contender(prints)];
    if sourceafis::is_built() {
        found.push(sourceafis::contender(prints, sourceafis::Input::Files));
        found.push(sourceafis::contender(prints, sourceafis::Input::Pixels));
        match leader::contender(prints, minutiae) {
            Some(leader) => found.push(leader),
            None => println!("\nFingers: LEADER is left out, run scripts/setup peers"),
        }
    } else {
        println!("\nFingers: SourceAFIS and LEADER are left out, run scripts/bench, which builds them");
    }
    found
}
