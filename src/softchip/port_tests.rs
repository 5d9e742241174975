//! Tests of the software reader: each fault does what its name says.

use super::chip::SoftChip;
use super::faults::{Fault, FaultPlan};
use super::fixture;
use super::latency::{Latency, VirtualTime};
use super::lifecycle::State;
use super::port::{SoftPort, Traffic, lock};
use super::testing::Station;
use crate::chip::port::{Port, PortError, PortLimits};
use crate::world::DangerousSeededEntropy;
use std::sync::{Arc, Mutex};

const SELECT: [u8; 13] = hex_literal::hex!("00A4040C08 A000000151000000");
/// Counts the sequence counter up: tells how often a command arrived.
const UPDATE: [u8; 14] = hex_literal::hex!("8050300008 0102030405060708 00");

fn port() -> SoftPort {
    SoftPort::new(SoftChip::blank(&fixture::config(8_192), DangerousSeededEntropy::new(1)))
}

/// What INITIALIZE UPDATE gives under a fault, and how often the chip has seen it.
fn under(fault: Fault) -> (Result<Vec<u8>, PortError>, u8, SoftPort) {
    let mut port = port();
    let chip = port.chip().unwrap();
    port.transmit(&SELECT).unwrap();
    port.set_faults(FaultPlan::at(0, fault));
    let answer = port.transmit(&UPDATE);
    let seen = lock(&chip).store.get(super::layout::SEQUENCE)[2];
    (answer, seen, port)
}

#[test]
fn each_fault_does_what_its_name_says() {
    let good = under(Fault::Oversize(0)).0.unwrap();
    assert_eq!(good.len(), 34);
    let check = |fault, answer: Result<Vec<u8>, PortError>, seen| {
        let (got, times, _) = under(fault);
        assert_eq!((got, times), (answer, seen));
    };
    check(Fault::NotDelivered, Err(PortError::Timeout), 0);
    check(Fault::NoAnswer, Err(PortError::Timeout), 1);
    check(Fault::LateAnswer, Err(PortError::Timeout), 1);
    check(Fault::RemovedBefore, Err(PortError::CardRemoved), 0);
    check(Fault::RemovedAfter, Err(PortError::CardRemoved), 1);
    check(Fault::WrongStatusInstead(0x6F00), Ok(vec![0x6F, 0]), 0);
    check(Fault::WrongStatusAfter(0x6F00), Ok(vec![0x6F, 0]), 1);
    check(Fault::EmptyAnswer, Err(PortError::CardRemoved), 1);
    check(Fault::Truncated(3), Ok(good[..31].to_vec()), 1);
    check(Fault::Truncated(33), Err(PortError::CardRemoved), 1);
    check(Fault::Oversize(300), Err(PortError::OversizeResponse(334)), 1);
    check(Fault::ForeignReset, Err(PortError::CardReset), 0);
    check(Fault::BitFlippedIn(2 * 8), Ok(vec![0x6A, 0x88]), 0);
    let (flipped, _, _) = under(Fault::BitFlippedOut(0));
    assert_eq!(flipped.unwrap()[0], good[0] ^ 1);
    assert_eq!(under(Fault::DeliveredTwice).1, 2);
}

#[test]
fn a_late_answer_comes_instead_of_the_next() {
    let (_, _, mut port) = under(Fault::LateAnswer);
    assert_eq!(port.transmit(&SELECT).unwrap().len(), 34, "the old answer");
    assert_eq!(port.transmit(&SELECT).unwrap(), [0x90, 0]);
}

#[test]
fn a_torn_chip_is_silent_until_the_next_power_on() {
    let (answer, _, mut port) = under(Fault::TornAfter(2));
    assert_eq!(answer, Err(PortError::Timeout));
    assert_eq!(port.transmit(&SELECT), Err(PortError::Timeout), "no power");
    port.power_cycle().unwrap();
    assert_eq!(port.transmit(&SELECT), Ok(vec![0x90, 0]));
    assert!(port.transmit(&UPDATE).unwrap().ends_with(&[0, 0, 1, 0x90, 0]), "the torn count never was");
}

#[test]
fn chips_come_go_and_are_swapped() {
    let mut port = port();
    let first = port.chip().unwrap();
    let other = Arc::new(Mutex::new(Station::with_state(State::Locked).chip));
    port.swap_in(other);
    port.set_faults(FaultPlan::at(1, Fault::Swapped));
    assert_eq!(port.transmit(&SELECT), Ok(vec![0x90, 0]));
    assert_eq!(port.transmit(&SELECT), Ok(vec![0x69, 0x85]), "a locked chip now");
    assert!(port.remove().is_some());
    assert_eq!(port.transmit(&SELECT), Err(PortError::CardAbsent));
    assert_eq!(port.power_cycle(), Err(PortError::CardAbsent));
    assert!(port.atr().is_empty());
    port.insert(first);
    assert_eq!(port.transmit(&SELECT), Ok(vec![0x90, 0]));
    assert_eq!(port.exchanges(), 4);
}

#[test]
fn traffic_and_time_are_counted_and_length_is_bounded() {
    let mut port =
        port().with_latency(Latency::j3r180(106), VirtualTime).with_limits(PortLimits { command: 13, ..PortLimits::SHORT });
    assert_eq!(port.transmit(&UPDATE), Err(PortError::CommandTooLong(14)));
    port.transmit(&SELECT).unwrap();
    let time = Latency::j3r180(106).of(15, &super::latency::Work::default());
    assert_eq!(port.traffic(), Traffic { exchanges: 1, sent: 13, received: 2, time });
    assert_eq!(port.atr(), [0x3B, 0x80, 0x80, 0x01, 0x01]);
    assert_eq!(port.fingerprint(), "software chip");
    let chip = port.chip().unwrap();
    let before = lock(&chip).uid();
    port.power_cycle().unwrap();
    assert_ne!(before, lock(&chip).uid(), "the UID is random");
}
