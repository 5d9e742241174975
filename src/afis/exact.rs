//! The second stage: the exact matcher over the short list, two fingers of all, more of the promising, all of the last.

use super::packed::Packed;
use super::person::{FINGERS, Person, other_hand};
use super::scan::Hint;
use crate::finger::matching::{Prepared, Score, Workspace};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Fingers compared in each round, and how many persons go on after it, best first.
const ROUNDS: [(usize, usize); 3] = [(2, 64), (2, 16), (FINGERS, 16)];
/// No finger speaks more against a person than this, in hundredths of a nat: one that is bandaged, rolled or of another finger hides
/// nobody.
const FLOOR: i32 = -300;

/// A probe's prints, ready for comparison; the fullest first, since it tells most.
pub(super) struct Prints {
    prints: Vec<(usize, Prepared)>,
}

impl Prints {
    pub fn of(probe: &Person) -> Self {
        let mut prints: Vec<(usize, &Packed)> = probe.prints().map(|(place, print)| (place, &print.packed)).collect();
        prints.sort_by_key(|(place, packed)| (std::cmp::Reverse(packed.len()), *place));
        Self { prints: prints.into_iter().map(|(place, packed)| (place, packed.prepared())).collect() }
    }
}

/// A person of the short list with what was found so far.
#[derive(Clone)]
pub(super) struct Suspect {
    pub hint: Hint,
    /// The person's prints, by finger.
    prints: [Option<Packed>; FINGERS],
    /// Scores by finger of the probe.
    pub scores: [Option<Score>; FINGERS],
}

impl Suspect {
    pub const fn new(hint: Hint, prints: [Option<Packed>; FINGERS]) -> Self {
        Self { hint, prints, scores: [None; FINGERS] }
    }

    /// The person's finger that a finger of the probe is compared with.
    pub fn opposite(&self, place: usize) -> usize {
        if self.hint.swapped { other_hand(place) } else { place }
    }

    /// Fingers compared.
    pub fn compared(&self) -> usize {
        self.scores.iter().flatten().count()
    }

    /// All fingers together, none of them below the floor.
    pub fn fused(&self) -> Score {
        Score::fuse(self.scores.iter().flatten().map(|s| (*s).max(Score::from_centinats(FLOOR))))
    }

    /// Compares up to so many fingers that were not compared yet.
    fn compare(&mut self, probe: &Prints, fingers: usize, workspace: &mut Workspace) {
        let mut left = fingers;
        for (place, print) in &probe.prints {
            let other = self.opposite(*place);
            let (Some(slot @ None), Some(Some(packed))) = (self.scores.get_mut(*place), self.prints.get(other)) else { continue };
            if left == 0 {
                break;
            }
            *slot = Some(workspace.score(print, &packed.prepared()));
            left -= 1;
        }
    }
}

/// Compares a probe with the short list, on so many threads; those of the last round come back, best first.
pub(super) fn compare(probe: &Prints, mut suspects: Vec<Suspect>, threads: usize) -> Vec<Suspect> {
    for (fingers, go_on) in ROUNDS {
        round(probe, &mut suspects, fingers, threads);
        suspects.sort_by_key(|s| std::cmp::Reverse((s.fused(), s.hint)));
        suspects.truncate(go_on);
    }
    suspects
}

/// One round, the work shared out in small portions.
fn round(probe: &Prints, suspects: &mut [Suspect], fingers: usize, threads: usize) {
    const PORTION: usize = 8;
    let portions: Vec<_> = suspects.chunks_mut(PORTION).map(std::sync::Mutex::new).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut workspace = Workspace::new();
        while let Some(portion) = portions.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut portion = portion.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            portion.iter_mut().for_each(|s| s.compare(probe, fingers, &mut workspace));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(portions.len()) {
            scope.spawn(work);
        }
        work();
    });
}
