//! `make bench`, synthetic templates: are they as hard to compare as real fingers' classical minutiae, under the peers' matchers?
//!
//! Both sides go through one protocol: sets of ten fingers in eight captures, all genuine pairs and all cross-finger pairs of a set. The
//! real ones are the prints of `../shared/data/fingers`; without them nothing is measured, and that is said.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod collection;
mod likeness;
mod matchers;
#[path = "../fingers/prints.rs"]
#[allow(dead_code)] // shared with the figures of fingers
mod prints;
#[path = "../figures/report.rs"]
#[allow(dead_code)] // shared with the figures of the card
mod report;

use collection::Collection;
use ektp::finger::FingerPosition;
use ektp::finger::synth::templates::{Finger, Population};
use prints::Prints;
use report::Report;
use std::time::Duration;

const FOLDER: &str = "../shared/data/fingers";
/// Populations, each of as many sets as the real ones.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=6;
/// Persons made for the time.
const PERSONS: u32 = 2_000;

fn main() -> std::io::Result<()> {
    // `cargo test --benches` asks every bench to run; figures of a debug build mean nothing.
    if std::env::args().any(|a| a == "--test") {
        return Ok(());
    }
    let mut report = Report::default();
    report.heading("Synthetic templates: making them");
    speed(&mut report);
    match Prints::read(FOLDER) {
        Some(prints) => realism(&mut report, &prints),
        None => println!("\nSynthetic templates: realism is skipped, {FOLDER} is not there"),
    }
    report.append("target/figures.jsonl")?;
    report.end()
}

fn realism(report: &mut Report, prints: &Prints) {
    let real = Collection::real(prints);
    let synthetic: Vec<Collection> = SEEDS.map(|seed| Collection::synthetic(seed, prints.data.sets.len())).collect();
    report.heading("Synthetic templates beside real fingers' classical minutiae: minutiae");
    report.plain("real: minutiae a print", real.mean_count(), "", format!("{} prints", real.count()));
    let mean = synthetic.iter().map(Collection::mean_count).sum::<f64>() / f64::from(u32::try_from(synthetic.len()).unwrap());
    report.plain("synthetic templates: minutiae a print", mean, "", format!("{} populations", synthetic.len()));
    for matcher in matchers::all() {
        report.heading(&format!("Synthetic templates beside real fingers' classical minutiae: {}", matcher.name));
        likeness::figures(report, &matcher, &real, &synthetic);
    }
}

/// How fast persons are made, and how much their templates hold.
fn speed(report: &mut Report) {
    let population = Population::new(0);
    let (mut minutiae, start) = (0, cpu());
    for number in 0..u64::from(PERSONS) {
        let person = population.person(number);
        minutiae += FingerPosition::ALL.iter().map(|p| Finger::of(person, *p).capture(0).minutiae()).sum::<usize>();
    }
    let seconds = (cpu() - start).as_secs_f64();
    let each = f64::from(u32::try_from(minutiae).unwrap()) / f64::from(PERSONS);
    let against = format!("ten fingers, one capture each, one thread; {each:.0} minutiae a person");
    report.plain("synthetic templates: persons a second", f64::from(PERSONS) / seconds, "1/s", against);
}

/// CPU time of this thread: the machine is not ours alone.
fn cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap())
}
