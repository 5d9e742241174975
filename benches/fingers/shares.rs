//! Ours as a share of a peer, held to the bounds.

use crate::accuracy::{Rates, rates};
use crate::contender::Contender;
use crate::prints::Prints;
use crate::report::{Bound, Report};

/// What one of our back ends is held to, and beside whom.
struct Duel {
    ours: &'static str,
    accuracy: &'static [&'static str],
    /// Shares of: mean EER and FMR1000, two-finger FNMR, extraction time.
    eer: f64,
    two_fingers: f64,
    extraction: (&'static str, f64),
    /// How many times the matches a second.
    rate: (&'static str, f64),
}

const DUELS: [Duel; 2] = [
    Duel {
        ours: "ours, classical",
        // The bound is of the first; the second is the stronger, and told too.
        accuracy: &["SourceAFIS, decoding the files", "SourceAFIS, given the pixels"],
        eer: 0.6,
        two_fingers: 0.6,
        extraction: ("fprint-mindtct + fprint-bozorth3", 0.8),
        rate: ("SourceAFIS, given the pixels", 3.5),
    },
    Duel {
        ours: "ours, LEADER",
        accuracy: &["LEADER + SourceAFIS"],
        eer: 0.9,
        two_fingers: 0.95,
        extraction: ("LEADER + SourceAFIS", 1.1),
        rate: ("LEADER + SourceAFIS", 3.5),
    },
];

/// Every share for which both sides were measured.
pub fn figures(report: &mut Report, prints: &Prints, ours: &[Contender], peers: &[Contender]) {
    for duel in &DUELS {
        let Some(own) = ours.iter().find(|c| c.name == duel.ours) else {
            println!("  {} is left out: it was not measured", duel.ours);
            continue;
        };
        // Tuned on one half and tested on the other, where that can be.
        let crossed = ours.iter().find(|c| c.name == format!("{}, cross-validated", duel.ours));
        let own_rates = rates(prints, crossed.unwrap_or(own));
        for peer in duel.accuracy.iter().filter_map(|name| peers.iter().find(|c| c.name == *name)) {
            accuracy(report, duel, &own_rates, peer.name, &rates(prints, peer));
        }
        speed(report, duel, own, peers);
    }
}

fn accuracy(report: &mut Report, duel: &Duel, own: &Rates, peer: &str, theirs: &Rates) {
    for (what, ours, theirs, bound) in [
        ("mean EER, 2002", own.eer_2002, theirs.eer_2002, duel.eer),
        ("mean EER, 2004", own.eer_2004, theirs.eer_2004, duel.eer),
        ("pooled FMR1000", own.fmr1000, theirs.fmr1000, duel.eer),
        ("two fingers, FNMR at FMR 1e-4", own.two_fingers, theirs.two_fingers, duel.two_fingers),
    ] {
        let against = format!("{ours:.2} % / {theirs:.2} %");
        report.bounded(format!("{} / {peer}: {what}", duel.ours), ours / theirs, "", Bound::AtMost(bound), against);
    }
}

fn speed(report: &mut Report, duel: &Duel, own: &Contender, peers: &[Contender]) {
    let (name, bound) = duel.extraction;
    let theirs = peers.iter().find(|c| c.name == name).and_then(Contender::extraction_mean);
    if let (Some(ours), Some(theirs)) = (own.extraction_mean(), theirs) {
        let against = format!("{ours:.2} ms / {theirs:.2} ms a print, one thread");
        report.bounded(format!("{} / {name}: extraction", duel.ours), ours / theirs, "", Bound::AtMost(bound), against);
    }
    let (name, bound) = duel.rate;
    let theirs = peers.iter().find(|c| c.name == name).and_then(|c| c.rate);
    if let (Some(ours), Some(theirs)) = (own.rate, theirs) {
        let against = format!("{ours:.0} / {theirs:.0} matches a second, one thread");
        report.bounded(format!("{} / {name}: 1:1 matches", duel.ours), ours / theirs, "", Bound::AtLeast(bound), against);
    }
}
