//! Whether synthetic fingers are as hard as real ones: the peers' error rates on both, and how alike two synthetic fingers look to them.

use crate::accuracy::comparisons;
use crate::contender::Contender;
use crate::prints::Prints;
use crate::report::{Bound, Report};
use crate::{nbis, sourceafis};
use ektp::finger::eval::{Curve, Protocol};
use ektp::finger::position::FingerPosition::{self, LeftIndex, LeftMiddle, RightIndex, RightMiddle};
use ektp::finger::synth::image::{Finger, Level};
use ektp::finger::synth::{Person, Seed};
use std::path::Path;

/// The populations that are pooled, each as four sets of ten fingers in eight captures, like the development sets.
const SEEDS: [u64; 2] = [1, 2];
const POSITIONS: [FingerPosition; 4] = [RightIndex, RightMiddle, LeftIndex, LeftMiddle];
const PERSONS: u64 = 10;
const CAPTURES: u32 = 8;
/// The rate at which real impostors are told from real fingers, for the threshold that synthetic impostors must reach as often.
const FMR: f64 = 1e-3;

/// Each peer on synthetic fingers beside the same peer on real ones.
pub fn figures(report: &mut Report, real: &Prints, peers: &[Contender]) {
    let folder = tempfile::tempdir().unwrap();
    SEEDS.iter().for_each(|seed| write(*seed, folder.path()));
    let prints = Prints::read(folder.path().to_str().unwrap()).unwrap();
    for synthetic in contenders(&prints) {
        let Some(peer) = peers.iter().find(|p| p.name == synthetic.name) else { continue };
        compare(report, &pooled(real, peer), &pooled(&prints, &synthetic), peer.name);
    }
}

/// The peers that judge.
pub fn contenders(prints: &Prints) -> Vec<Contender> {
    let mut found = vec![nbis::contender(prints)];
    if sourceafis::is_built() {
        found.push(sourceafis::contender(prints, sourceafis::Input::Files));
        found.push(sourceafis::contender(prints, sourceafis::Input::Pixels));
    }
    found
}

fn pooled(prints: &Prints, contender: &Contender) -> Curve {
    comparisons(prints, contender, &prints.places(|_| true), Protocol::Single).curve()
}

fn compare(report: &mut Report, real: &Curve, synthetic: &Curve, peer: &str) {
    let (on_real, on_synthetic) = (real.claim_at_fmr(FMR).unwrap(), synthetic.claim_at_fmr(FMR).unwrap());
    let threshold = on_real.threshold;
    for (what, synthetic, real) in [
        ("EER", synthetic.eer(), real.eer()),
        ("FMR1000", synthetic.fnmr(on_synthetic), real.fnmr(on_real)),
        ("FMR where real prints have 1e-3", synthetic.fmr_at_threshold(threshold), real.fmr_at_threshold(threshold)),
    ] {
        let against = format!("{:.3} % / {:.3} %", 100.0 * synthetic, 100.0 * real);
        report.bounded(format!("synthetic / real, {peer}: {what}"), synthetic / real, "", Bound::AtLeast(1.0), against);
    }
}

/// The sets of a population, as `ektp finger synth` lays them out.
fn write(seed: u64, folder: &Path) {
    for position in POSITIONS {
        let set = folder.join(format!("{seed}-{position}"));
        std::fs::create_dir(&set).unwrap();
        for person in 1..=PERSONS {
            let finger = Finger::grow(Person::new(Seed::new(seed), person), position);
            for capture in 1..=CAPTURES {
                let image = finger.capture(capture, Level::Usual).unwrap();
                std::fs::write(set.join(format!("{person}_{capture}.png")), image.to_png().unwrap()).unwrap();
            }
        }
    }
}
