//! A fault of each kind at every APDU index of one personalization, and what must hold after it.

use super::faults;
use super::inspection::missing;
use super::services::pki;
use super::world::World;
use crate::perso::engine::Outcome;
use crate::perso::error::PersoError;
use crate::perso::state::State;
use crate::reason::{Reason, Refusal as _};
use crate::softchip::State as ChipState;
use crate::softchip::faults::{Fault, FaultPlan};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// How a point ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum End {
    Issued,
    Void,
    Quarantined,
    /// The chip was set aside before it was bound; the job waits for another chip.
    SetAside,
}

impl End {
    /// How a job ended, if it did.
    pub(super) fn of(outcome: &Result<Outcome, PersoError>) -> Option<Self> {
        match outcome {
            Ok(Outcome::Issued(_)) => Some(Self::Issued),
            Ok(Outcome::Void { .. }) => Some(Self::Void),
            Ok(Outcome::Quarantined { .. }) => Some(Self::Quarantined),
            Err(PersoError::AuthenticationFailed(_) | PersoError::Blocked(_)) => Some(Self::SetAside),
            Ok(Outcome::Resumable(_)) | Err(_) => None,
        }
    }
}

/// What a broken engine gets away with here must be nothing: each violation is named.
pub(super) fn check(world: &World, end: End) -> Vec<String> {
    let mut wrong: Vec<String> = world.violations.iter().map(|v| format!("I6: {v} before its intent")).collect();
    let chip = world.bound().lock().unwrap().state();
    let stranger = world.stranger().lock().unwrap().state();
    let Some(job) = world.job() else {
        wrong.push("I2: the job is lost".into());
        return wrong;
    };
    let mut must = |holds: bool, what: &str| {
        if !holds {
            wrong.push(format!("{what} (job {}, chip {chip:?})", job.state.name()));
        }
    };
    must(stranger == world.stranger_was, "I2, I3: a chip that is not the job's was written");
    match end {
        End::Issued => {
            must(job.state == State::Issued && chip == ChipState::Locked, "I2: issued means locked");
            must(missing(world.bound(), &world.work.files).is_empty(), "I3, I5: the chip holds other data than the image");
            let sod = job.sod.clone().unwrap_or_default();
            let memory = world.bound().lock().unwrap().save();
            must(memory.windows(sod.len()).any(|w| w == sod), "I8: another EF.SOD than the stored");
            let holds = |slot| job.key(slot).is_some_and(|k| memory.windows(k.key.len()).any(|w| w == k.key));
            must(holds(1) && holds(2) == world.work.parameters.aa, "I4: the chip's keys are the registered ones");
            must(world.signer.stored.len() == 1, "I8: one signature");
        }
        End::Void => must(job.state == State::Void && chip != ChipState::Locked, "I2: void is never in use"),
        End::Quarantined => must(job.state == State::Quarantined, "I2: quarantined"),
        End::SetAside => must(job.state == State::AwaitCard && chip == ChipState::Blank, "I2: set aside is blank"),
    }
    let named = |reason: &Reason| *reason != Reason::InternalError && reason.exit() > 1;
    must(world.said.iter().all(named), "I9: a refusal without a name, or with our own bug's");
    let ended = matches!(end, End::Void | End::Quarantined);
    must(job.reason == if ended { world.said.last().copied() } else { None }, "I9: the job's reason is the one that was told");
    must(world.journal.verify_chain(Some(&pki().trust)) == Ok(u64::from(end == End::Issued)), "I7: one receipt a card");
    must(job.state != State::Issued || world.violations.is_empty(), "I6: no effect without intent");
    wrong
}

/// The exit codes that a run may end with which met this fault: what the operator does next depends on it.
fn honest(fault: &Fault) -> &'static [u8] {
    match fault {
        // 12: the chip was gone when LOCK was to be confirmed.
        Fault::RemovedBefore | Fault::RemovedAfter => &[21, 12],
        Fault::EmptyAnswer => &[21],
        Fault::NotDelivered | Fault::NoAnswer | Fault::LateAnswer | Fault::TornAfter(_) | Fault::ForeignReset => &[24],
        // 12: the blank that lies there now is not personalized.
        Fault::Swapped => &[12, 21, 22, 23, 24, 26, 27, 43],
        // Altered bytes are whatever they look like, and never our bug, the input, a key store or the disk.
        _ => &[21, 22, 23, 24, 25, 26, 27, 43],
    }
}

/// One run with a fault, then resumes without one until the job ends: its end, and everything that is wrong with it.
pub(super) fn point(index: u64, fault: &Fault) -> (Option<End>, Vec<String>) {
    point_in(World::new(true), index, fault)
}

/// The same in a world wherever its journal is kept.
pub(super) fn point_in(mut world: World, index: u64, fault: &Fault) -> (Option<End>, Vec<String>) {
    let first = world.run(FaultPlan::at(index, fault.clone()));
    let reason = match &first {
        Ok(outcome) => outcome.reason(),
        Err(error) => Some(error.reason()),
    };
    let outcome = world.resume(first);
    let end = End::of(&outcome);
    let mut wrong = end.map_or_else(|| vec![format!("no end: {outcome:?}")], |end| check(&world, end));
    if let Some(reason) = reason.filter(|r| !honest(fault).contains(&r.exit())) {
        wrong.push(format!("the run stopped by the name of {reason}"));
    }
    (end, wrong.into_iter().map(|w| format!("{fault:?} at {index}: {w}")).collect())
}

/// All points of some APDUs, over the machine's cores: how they ended, and every violation.
pub(super) fn points(indices: std::ops::Range<u64>) -> (BTreeMap<Option<End>, usize>, Vec<String>) {
    let next = AtomicU64::new(indices.start);
    let found = Mutex::new((BTreeMap::<Option<End>, usize>::new(), Vec::new()));
    let worker = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= indices.end {
                return;
            }
            for fault in faults::at(index) {
                let (end, wrong) = point(index, &fault);
                let mut found = found.lock().unwrap();
                *found.0.entry(end).or_default() += 1;
                found.1.extend(wrong);
            }
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(worker))));
    found.into_inner().unwrap()
}

#[test]
fn a_fault_of_each_kind_at_every_apdu_ends_well() {
    let mut clean = World::new(true);
    clean.run(FaultPlan::none()).unwrap();
    let length = clean.exchanges;
    let (ends, wrong) = points(0..length);
    let points: usize = ends.values().sum();
    let expected: usize = (0..length).map(|index| faults::at(index).len()).sum();
    println!("fault matrix: {points} points over {length} APDUs: {ends:?}");
    assert_eq!(points, expected);
    assert_eq!(wrong, Vec::<String>::new());
}
