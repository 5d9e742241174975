//! Every finger grown and its captures written, on all processors.

use super::plan::{Made, Plan};
use crate::cli::output::{Failure, Output};
use crate::cli::place::write_private;
use crate::crypto::hash::sha256;
use crate::finger::position::FingerPosition;
use crate::finger::synth::image::Finger;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// Makes every finger on all processors; which one makes which changes nothing.
pub(super) fn make(plan: &Plan<'_>, out: &mut Output) -> Result<Vec<Made>, Failure> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let total = plan.images() / u64::from(plan.captures);
    let mut made = Vec::new();
    std::thread::scope(|scope| -> Result<(), Failure> {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..workers {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some(finger) = plan.finger(next.fetch_add(1, Ordering::Relaxed)) {
                    if sender.send(one(plan, finger)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (done, finger) in (1..).zip(receiver) {
            made.push(finger?);
            out.progress("synthesize", done, total);
        }
        Ok(())
    })?;
    Ok(made)
}

/// Grows a finger and writes its captures.
fn one(plan: &Plan<'_>, (number, place, position): (u32, usize, FingerPosition)) -> Result<Made, Failure> {
    let finger = Finger::grow(plan.person(number), position);
    let folder = plan.folder.join(position.text());
    let mut digests = Vec::new();
    for capture in 1..=plan.captures {
        let image = finger.capture(capture, plan.level)?;
        write_private(&folder.join(format!("{number}_{capture}.png")), &image.to_png()?)?;
        digests.push(sha256(image.pixels()));
    }
    Ok(Made { person: number, place, pattern: finger.pattern(), digests })
}
