//! Errors of the whole chain: who is missed, who is bothered, and how deep the short list must be.

use crate::clock::Stopwatch;
use crate::persons::Population;
use crate::probes::Probe;
use crate::report::{Bound, Report};
use ektp::afis::gallery::SHORT_LIST;
use ektp::afis::{Answer, Gallery, PersonId, Policy};

/// Depths at which misses of the first stage are told.
const DEPTHS: [usize; 7] = [1, 10, 100, 300, 1_000, 3_000, 10_000];

/// Probes of few fingers.
const FEW: usize = 300;

/// Answers to a kind of probes.
#[derive(Default)]
struct Tally {
    searches: usize,
    single: usize,
    adjudicate: usize,
    duplicate: usize,
    /// Mated probes whose own person is not among the candidates.
    others: usize,
    times: Vec<f64>,
    cpu: f64,
}

/// Measures and tells.
pub fn figures(report: &mut Report, gallery: &Gallery, population: Population, policy: &Policy, persons: u64, mated: u64) {
    let step = (persons / mated).max(1);
    let mates: Vec<u64> = (0..mated).map(|n| n * step % persons).collect();
    let strangers: Vec<u64> = (0..3 * mated).map(|n| persons + n).collect();
    let found = tally(gallery, policy, &mates, |nth, number| Probe::of(population, number, nth));
    let bothered = tally(gallery, policy, &strangers, |nth, number| Probe::of(population, number, nth));
    let share = |part: usize, whole: usize| part as f64 / whole as f64 * 100.0;
    let whole = persons >= super::MILLION && mated >= super::MATED;
    let mut bound = |name: &str, value: f64, most: f64, against: String| match whole {
        true => report.bounded(name, value, "%", Bound::AtMost(most), against),
        false => report.plain(name, value, "%", against),
    };
    bound("FNIR: mated probes answered single", share(found.single, found.searches), 0.5, count(&found));
    let fpir = share(bothered.searches - bothered.single, bothered.searches);
    bound("FPIR: non-mated probes not answered single", fpir, 0.1, count(&bothered));
    report.plain("mated probes, their person not among the candidates", share(found.others, found.searches), "%", "");
    let cpu = (found.cpu + bothered.cpu) / (found.searches + bothered.searches) as f64;
    let mut times: Vec<f64> = found.times.into_iter().chain(bothered.times).collect();
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    report.plain("search, templates in, median", at(0.5), "ms", "both cores, one probe at a time");
    match persons >= super::MILLION {
        true => report.bounded("search, templates in, 95th percentile", at(0.95), "ms", Bound::AtMost(150.0), ""),
        false => report.plain("search, templates in, 95th percentile", at(0.95), "ms", ""),
    }
    report.plain("search, CPU time of both cores together, mean", cpu, "ms", "what the wall clock is at least half of");
    few(report, gallery, population, policy, &mates);
    depth(report, gallery, population, persons, &mates);
}

/// Misses where few fingers are there: as few as *single* can be said by, and two fewer.
fn few(report: &mut Report, gallery: &Gallery, population: Population, policy: &Policy, mates: &[u64]) {
    let needed = policy.fingers_needed(gallery.len());
    let some = &mates[..mates.len().min(FEW)];
    for fingers in [needed, needed + 1, needed.saturating_sub(2).max(1)] {
        let found = tally(gallery, policy, some, |_, number| Probe::with(population, number, fingers));
        let missed = found.others as f64 / found.searches as f64 * 100.0;
        let name = format!("mated probes of {fingers} fingers, their person not among the candidates");
        report.plain(name, missed, "%", count(&found));
    }
}

fn count(t: &Tally) -> String {
    format!("{} of {} single, {} adjudicate, {} duplicate", t.single, t.searches, t.adjudicate, t.duplicate)
}

/// What a gallery answers to probes of these persons.
fn tally(gallery: &Gallery, policy: &Policy, numbers: &[u64], probe: impl Fn(u64, u64) -> Probe) -> Tally {
    let mut tally = Tally::default();
    for (nth, number) in (0..).zip(numbers) {
        let probe = probe(nth, *number);
        let id: PersonId = number.to_string().parse().unwrap();
        let watch = Stopwatch::start();
        let answer = gallery.identify(&probe.person(), policy);
        tally.times.push(watch.wall());
        tally.cpu += watch.cpu();
        tally.searches += 1;
        let candidates = match answer {
            Answer::Single(_) => {
                tally.single += 1;
                Vec::new()
            }
            Answer::Adjudicate(_, found) => {
                tally.adjudicate += 1;
                found
            }
            Answer::Duplicate(found) => {
                tally.duplicate += 1;
                found
            }
        };
        tally.others += usize::from(!candidates.iter().any(|c| c.id == id));
    }
    tally
}

/// Penetration against misses of the first stage alone.
fn depth(report: &mut Report, gallery: &Gallery, population: Population, persons: u64, mates: &[u64]) {
    let deepest = DEPTHS[DEPTHS.len() - 1];
    let ranks: Vec<Option<usize>> = (0..)
        .zip(mates)
        .map(|(nth, number)| {
            let probe = Probe::of(population, *number, nth).person();
            gallery.rank(&probe, number.to_string().parse().unwrap(), deepest)
        })
        .collect();
    for depth in DEPTHS.into_iter().filter(|d| (*d as u64) <= persons) {
        let missed = ranks.iter().filter(|r| r.is_none_or(|r| r >= depth)).count();
        let name = format!("first stage misses, short list of {depth}{}", if depth == SHORT_LIST { " (ours)" } else { "" });
        let penetration = depth as f64 / persons as f64 * 100.0;
        report.plain(name, missed as f64 / ranks.len() as f64 * 100.0, "%", format!("penetration {penetration:.4} %"));
    }
}
