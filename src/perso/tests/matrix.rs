//! A fault of each kind at every APDU index of one personalization, and what must hold after it (reliability R1).

use super::faults;
use super::inspection::missing;
use super::world::World;
use crate::perso::engine::Outcome;
use crate::perso::state::State;
use crate::reason::{Reason, Refusal as _};
use crate::softchip::State as ChipState;
use crate::softchip::faults::{Fault, FaultPlan};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Resumes that a job may need after one fault.
const MOST_RESUMES: usize = 3;

/// How a point ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum End {
    Issued,
    Void,
    Quarantined,
    /// The chip was set aside before it was bound; the job waits for another chip.
    SetAside,
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
    must(stranger == ChipState::Blank, "I2, I3: a chip that is not the job's was written");
    match end {
        End::Issued => {
            must(job.state == State::Issued && chip == ChipState::Locked, "I2: issued means locked");
            must(missing(world.bound(), &world.work.files).is_empty(), "I3, I5: the chip holds other data than the image");
            let sod = job.sod.clone().unwrap_or_default();
            must(world.bound().lock().unwrap().save().windows(sod.len()).any(|w| w == sod), "I8: another EF.SOD than the stored");
            must(job.key(1).is_some(), "I4: its key is registered");
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
    must(world.journal.verify_chain() == Ok(u64::from(end == End::Issued)), "I7: one receipt a card");
    must(job.state != State::Issued || world.violations.is_empty(), "I6: no effect without intent");
    wrong
}

/// One run with a fault, then resumes without one until the job ends.
pub(super) fn point(index: u64, fault: Fault) -> (End, World) {
    let mut world = World::new(true);
    let mut outcome = world.run(FaultPlan::at(index, fault.clone()));
    for _ in 0..MOST_RESUMES {
        let end = match &outcome {
            Ok(Outcome::Issued(_)) => Some(End::Issued),
            Ok(Outcome::Void { .. }) => Some(End::Void),
            Ok(Outcome::Quarantined { .. }) => Some(End::Quarantined),
            Err(e) if e.reason() == Reason::CardAuthFailed => Some(End::SetAside),
            Ok(Outcome::Resumable(_)) | Err(_) => None,
        };
        if let Some(end) = end {
            return (end, world);
        }
        outcome = world.run(FaultPlan::none());
    }
    panic!("no end after {fault:?} at {index}: {outcome:?}");
}

/// All points of some APDUs, over the machine's cores: how they ended, and every violation.
pub(super) fn points(indices: std::ops::Range<u64>) -> (BTreeMap<End, usize>, Vec<String>) {
    let next = AtomicU64::new(indices.start);
    let found = Mutex::new((BTreeMap::<End, usize>::new(), Vec::new()));
    let worker = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= indices.end {
                return;
            }
            for fault in faults::at(index) {
                let (end, world) = point(index, fault.clone());
                let wrong = check(&world, end);
                let mut found = found.lock().unwrap();
                *found.0.entry(end).or_default() += 1;
                found.1.extend(wrong.into_iter().map(|w| format!("{fault:?} at {index}: {w}")));
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
