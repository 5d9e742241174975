//! Work on many files at once, on all processors; which one does which changes nothing.

use crate::cli::output::Failure;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// What `work` makes of each item, in their order; the first failure that is heard of ends it. `step` hears how many are done.
///
/// # Errors
/// The work's.
pub fn each<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, Failure> + Sync,
    mut step: impl FnMut(u64),
) -> Result<Vec<R>, Failure> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let mut made: Vec<Option<R>> = items.iter().map(|_| None).collect();
    std::thread::scope(|scope| -> Result<(), Failure> {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..workers {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(place) else { break };
                    if sender.send((place, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (done, (place, result)) in (1..).zip(receiver) {
            let result = result?;
            if let Some(slot) = made.get_mut(place) {
                *slot = Some(result);
            }
            step(done);
        }
        Ok(())
    })?;
    Ok(made.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::Reason;

    #[test]
    fn results_come_in_the_order_of_their_items_and_a_failure_ends_it() {
        let items: Vec<u32> = (0..100).collect();
        let mut steps = 0;
        let doubled = each(&items, |n| Ok(n * 2), |done| steps = done).unwrap();
        assert_eq!((doubled, steps), (items.iter().map(|n| n * 2).collect(), 100));
        let odd = each(&items, |n| if *n == 7 { Err(Failure::new(Reason::InputInvalid, "7")) } else { Ok(()) }, |_| ());
        assert_eq!(odd.map_err(|f| f.message), Err("7".to_owned()));
    }
}
