//! Another chip comes onto the reader at every APDU: a begun one of another job, an issued card, a blank of another vendor.

use super::matrix::{End, check};
use super::world::{World, work};
use crate::crypto::scp03::KeySet;
use crate::softchip::faults::{Fault, FaultPlan};
use crate::softchip::{ChipConfig, SharedChip, SoftChip, State as ChipState};
use crate::world::DangerousSeededEntropy;
use std::sync::{Arc, Mutex};

/// APDUs of a run without a fault.
fn length() -> u64 {
    let mut clean = World::new(false);
    clean.run(FaultPlan::none()).unwrap();
    clean.exchanges
}

/// Swaps this chip in at every APDU of a job; both the job and the chip must come out well.
fn swap_at_every_apdu(what: &str, other: impl Fn() -> SharedChip) {
    let length = length();
    for index in 0..length {
        let (mut world, other) = (World::new(false), other());
        (world.stranger_was, world.other) = (other.lock().unwrap().state(), other.clone());
        let first = world.run(FaultPlan::at(index, Fault::Swapped));
        assert_eq!(End::of(&first).filter(|end| *end != End::SetAside), None, "{what} at {index}: {first:?}");
        let outcome = world.resume(first);
        let end = End::of(&outcome).unwrap_or_else(|| panic!("{what} at {index}: no end: {outcome:?}"));
        assert_eq!(end, End::Issued, "{what} at {index}");
        assert_eq!(check(&world, end), Vec::<String>::new(), "{what} at {index}");
    }
    println!("swaps, {what}: {length} points, all issued on their own chip");
}

#[test]
fn an_issued_card_that_comes_onto_the_reader_in_mid_run_stays_as_it_is() {
    swap_at_every_apdu("an issued card", || {
        let mut other = World::new(false);
        other.run(FaultPlan::none()).unwrap();
        other.chip
    });
}

#[test]
fn a_blank_of_another_vendor_that_comes_onto_the_reader_in_mid_run_stays_blank() {
    swap_at_every_apdu("another vendor's blank", || {
        let transport = KeySet::new(0x30, &[0x77; 16], &[0x78; 16], &[0x79; 16]).unwrap();
        let config = ChipConfig { serial: [0xF0; 10], capacity: 8_192, transport };
        Arc::new(Mutex::new(SoftChip::blank(&config, DangerousSeededEntropy::new(7))))
    });
}

#[test]
fn two_readers_whose_chips_are_exchanged_in_mid_run_make_each_card_on_its_own_chip() {
    let length = length();
    for index in 0..length {
        let (mut one, mut two) = (World::new(false), World::new(false));
        two.keep_in(&one.store);
        two.work = work("other", 770_000 + index, false);
        // The second job stands in mid-stream when its chip goes over to the first one's reader.
        two.run(FaultPlan::at(14, Fault::NoAnswer)).unwrap();
        (one.stranger_was, one.other) = (ChipState::PersoOpen, two.chip.clone());
        let first = one.run(FaultPlan::at(index, Fault::Swapped));
        assert_eq!(End::of(&first), None, "at {index}: {first:?}");
        // Before either is back in its place, the second finds the first one's chip.
        let own = std::mem::replace(&mut two.chip, one.chip.clone());
        let crossed = two.run(FaultPlan::none());
        assert_eq!(End::of(&crossed), None, "at {index}: {crossed:?}");
        assert_eq!(End::of(&one.resume(first)), Some(End::Issued), "at {index}");
        two.chip = own;
        assert_eq!(End::of(&two.run(FaultPlan::none())), Some(End::Issued), "at {index}");
        let chips = [&one, &two].map(|world| (world.job().unwrap().chip.unwrap().0, world.chip.lock().unwrap().serial()));
        assert!(chips.iter().all(|(job, chip)| job == chip), "at {index}: {chips:?}");
    }
    println!("exchanges between two readers: {length} points, each card on its own chip");
}
