//! Filling a gallery, and what it takes of memory.

use crate::persons::Population;
use crate::probes::templates;
use ektp::afis::{Finger, Gallery, Person};
use std::sync::atomic::{AtomicU64, Ordering};

/// Persons from those there are up to so many, each in capture 0.
pub fn fill(gallery: &Gallery, population: Population, size: u64, threads: usize) {
    let next = AtomicU64::new(gallery.len() as u64);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= size {
                        return;
                    }
                    gallery.insert(&person(population, number, 0)).unwrap();
                }
            });
        }
    });
}

/// A capture of a person; nobody asks whether the fingers are ten, for they are made so.
pub fn person(population: Population, number: u64, capture: u32) -> Person {
    let templates = templates(population, number, capture);
    Person::assume_distinct(number.to_string().parse().unwrap(), std::array::from_fn(|place| Finger::of(&templates[place].1)))
}

/// Bytes of this process in memory.
pub fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) * 1024
}
