//! Synthetic captures: the same pixels everywhere, and fingers to our own eyes.

use super::*;
use crate::crypto::hash::sha256;
use crate::finger::extract::{Classical, Extractor};
use crate::finger::matching::{Prepared, score};
use crate::finger::synth::Seed;
use hex_literal::hex;

fn finger(number: u64, position: FingerPosition) -> Finger {
    Finger::grow(Person::new(Seed::new(11), number), position)
}

fn prepared(finger: &Finger, capture: u32) -> Prepared {
    let found = Classical.extract(&finger.capture(capture, Level::Good).unwrap()).unwrap();
    assert!((15..=120).contains(&found.minutiae.len()), "{} minutiae", found.minutiae.len());
    Prepared::new(&found.minutiae, 197, 197)
}

#[test]
fn a_capture_has_the_same_pixels_on_every_machine() {
    let finger = finger(1, FingerPosition::RightIndex);
    let digest = |capture, level| sha256(finger.capture(capture, level).unwrap().pixels());
    assert_eq!(digest(1, Level::Usual), hex!("8a369d5f82385415afb85bf17809745b1315e55c84a299ae4dbac23f577b3413"));
    assert_ne!(digest(1, Level::Usual), digest(2, Level::Usual));
    assert_ne!(digest(1, Level::Usual), digest(1, Level::Poor));
}

#[test]
fn captures_of_a_finger_match_and_those_of_two_fingers_do_not() {
    let fingers = [finger(1, FingerPosition::RightIndex), finger(2, FingerPosition::RightIndex)];
    let prints: Vec<[Prepared; 2]> = fingers.iter().map(|f| [prepared(f, 1), prepared(f, 2)]).collect();
    for (at, [a, b]) in prints.iter().enumerate() {
        assert!(score(a, b).centinats() > 600, "finger {at}: {}", score(a, b));
        for other in prints.iter().enumerate().filter(|(n, _)| *n != at).flat_map(|(_, p)| p) {
            assert!(score(a, other).centinats() < 200, "finger {at}: {}", score(a, other));
        }
    }
}

#[test]
fn every_class_of_pattern_is_grown_and_its_captures_show_ridges_and_ground() {
    let mut seen = std::collections::BTreeSet::new();
    for number in 1..200 {
        let person = Person::new(Seed::new(11), number);
        let pattern = person.pattern(FingerPosition::RightIndex);
        if seen.insert(pattern) {
            let grown = finger(number, FingerPosition::RightIndex);
            assert_eq!(grown.pattern(), pattern);
            let image = grown.capture(1, Level::Good).unwrap();
            let share = |of: &dyn Fn(u8) -> bool| image.pixels().iter().filter(|p| of(**p)).count() * 100 / image.pixels().len();
            let (dark, light) = (share(&|p| p < 170), share(&|p| p > 190));
            assert!((5..=60).contains(&dark) && light >= 25, "{pattern:?}: {dark} % dark, {light} % light");
        }
    }
    assert_eq!(seen.len(), 5);
}

#[test]
fn levels_have_names_in_their_order() {
    assert_eq!([Level::Good, Level::Usual, Level::Poor].map(Level::text), ["good", "usual", "poor"]);
    assert_eq!(Level::default(), Level::Usual);
}
