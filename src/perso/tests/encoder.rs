//! Personalization through a port that only transmits: the same card, and the same ends after every fault.

use super::inspection::missing;
use super::matrix::{End, check};
use super::world::World;
use crate::perso::engine::Outcome;
use crate::softchip::State as ChipState;
use crate::softchip::faults::{Fault, FaultPlan};

fn world() -> World {
    let mut world = World::new(true);
    world.transmit_only = true;
    world
}

#[test]
fn a_port_that_only_transmits_makes_a_card() {
    let mut world = world();
    let Outcome::Issued(receipt) = world.run(FaultPlan::none()).unwrap() else { panic!("not issued") };
    assert_eq!(world.chip.lock().unwrap().state(), ChipState::Locked);
    assert_eq!(missing(&world.chip, &world.work.files), Vec::<&str>::new());
    assert_eq!(check(&world, End::Issued), Vec::<String>::new());
    assert_eq!(receipt.reader, "transmit only");
}

/// Faults that need no field to be taken away: the chip stays where it is, and the answer is lost, bent or another's.
#[test]
fn a_fault_at_every_apdu_of_a_port_that_only_transmits_ends_well() {
    let mut clean = world();
    clean.run(FaultPlan::none()).unwrap();
    let faults = [
        Fault::NotDelivered,
        Fault::NoAnswer,
        Fault::DeliveredTwice,
        Fault::RemovedAfter,
        Fault::ForeignReset,
        Fault::WrongStatusAfter(0x6F00),
        Fault::TornAfter(40),
    ];
    for index in 0..clean.exchanges {
        for fault in &faults {
            let mut world = world();
            let first = world.run(FaultPlan::at(index, fault.clone()));
            let outcome = world.resume(first);
            let end = End::of(&outcome).unwrap_or_else(|| panic!("{fault:?} at {index}: {outcome:?}"));
            assert_eq!(check(&world, end), Vec::<String>::new(), "{fault:?} at {index}");
        }
    }
}
