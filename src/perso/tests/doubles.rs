//! Two troubles, the second in mid-recovery from the first, sampled by seed over every kind there is.

use super::faults;
use super::matrix::{End, check};
use super::nth::Failing;
use super::trouble::{Trouble, Troubles};
use super::world::World;
use crate::perso::error::PersoError;
use crate::perso::journal::JournalError;
use crate::pki::key_service::KeyServiceError;
use crate::pki::signer::SignerError;
use crate::world::DangerousSeededEntropy;
use jiff::SignedDuration;
use rand_core::Rng;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Pairs without `EKTP_DOUBLES`.
const PAIRS: u64 = 2_000;
/// Where seeds begin, far from those of other tests' worlds.
const SEEDS: u64 = 1 << 32;

/// How often a run without trouble calls whom.
#[derive(Clone, Copy)]
struct Calls {
    exchanges: u64,
    journal: u32,
    keys: u32,
    looks: u32,
}

/// Draws troubles that a run can meet.
struct Draw {
    random: DangerousSeededEntropy,
    calls: Calls,
}

impl Draw {
    /// Below a bound; its slight slope does no harm here.
    fn below(&mut self, bound: u64) -> u64 {
        self.random.next_u64() % bound
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        let index = self.below(of.len() as u64);
        of[usize::try_from(index).unwrap()].clone()
    }

    fn failing<E>(&mut self, calls: u32, error: E) -> Failing<E> {
        let at = 1 + u32::try_from(self.below(calls.into())).unwrap();
        Failing { at, after: self.below(2) == 0, lasting: self.below(2) == 0, error }
    }

    fn trouble(&mut self) -> Trouble {
        match self.below(20) {
            0..12 => {
                let (index, all) = (self.below(self.calls.exchanges), faults::all());
                Trouble::Chip(index, self.pick(&all))
            }
            12..16 => {
                let error = self.pick(&[JournalError::Full, JournalError::Unavailable("disk I/O error".into())]);
                Trouble::Journal(self.failing(self.calls.journal, error))
            }
            16 => {
                let error = self.pick(&[SignerError::Unavailable, SignerError::LoginNeeded, SignerError::NoRoom]);
                Trouble::Signer(self.failing(1, error))
            }
            17 => {
                let error = self.pick(&[KeyServiceError::Unavailable, KeyServiceError::LoginNeeded]);
                Trouble::Keys(self.failing(self.calls.keys, error))
            }
            18 => Trouble::Notary(self.failing(1, PersoError::Receipt("away".into()))),
            _ => {
                let hours = self.pick(&[1, 24, 24 * 3_650]);
                Trouble::Clock(1 + u32::try_from(self.below(self.calls.looks.into())).unwrap(), SignedDuration::from_hours(hours))
            }
        }
    }
}

/// What is added up over all pairs.
#[derive(Default)]
struct Found {
    ends: BTreeMap<Option<End>, usize>,
    /// Pairs whose first trouble left a job to resume, or that came in one run.
    in_recovery: usize,
    wrong: Vec<String>,
}

/// One pair: both in one run, where that run recovers by itself, or the second in the run that resumes.
fn pair(seed: u64, calls: Calls, found: &Mutex<Found>) {
    let mut draw = Draw { random: DangerousSeededEntropy::new(seed), calls };
    let mut world = World::seeded(SEEDS + seed, seed.is_multiple_of(2));
    let (first, second) = (draw.trouble(), draw.trouble());
    let together = draw.below(3) == 0;
    let (before, outcome) = if together {
        (None, world.go(&Troubles::of(&[first.clone(), second.clone()])))
    } else {
        let before = End::of(&world.go(&Troubles::of(std::slice::from_ref(&first))));
        world.lay_bound();
        (before, world.go(&Troubles::of(std::slice::from_ref(&second))))
    };
    let outcome = world.resume(outcome);
    let end = End::of(&outcome);
    let mut wrong = end.map_or_else(|| vec![format!("no end: {outcome:?}")], |end| check(&world, end));
    // A job whose chip was set aside waits for another one; every other end stands.
    if before.is_some() && before != Some(End::SetAside) && before != end {
        wrong.push(format!("I8: {before:?} became {end:?}"));
    }
    let how = if together { "in one run" } else { "then, resuming," };
    let mut found = found.lock().unwrap();
    *found.ends.entry(end).or_default() += 1;
    found.in_recovery += usize::from(before.is_none());
    found.wrong.extend(wrong.into_iter().map(|w| format!("seed {seed}: {first:?} {how} {second:?}: {w}")));
}

fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn a_second_trouble_in_mid_recovery_ends_well() {
    let (from, pairs) = (asked("EKTP_SEED", 1), asked("EKTP_DOUBLES", PAIRS));
    let (clean, mut world) = (Troubles::none(), World::new(true));
    world.go(&clean).unwrap();
    let (journal, keys, looks) = (clean.journal.made(), clean.keys.made(), clean.clock.looks());
    let calls = Calls { exchanges: world.exchanges, journal, keys, looks };
    let next = AtomicU64::new(from);
    let found = Mutex::new(Found::default());
    let worker = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= from + pairs {
                return;
            }
            pair(seed, calls, &found);
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(worker))));
    let Found { ends, in_recovery, wrong } = found.into_inner().unwrap();
    let to = from + pairs - 1;
    println!("double faults: {pairs} pairs, seeds {from} to {to}, {in_recovery} of them in recovery: {ends:?}");
    assert_eq!(ends.values().sum::<usize>(), usize::try_from(pairs).unwrap());
    assert_eq!(wrong, Vec::<String>::new());
}
