//! Tests of field use: PACE, selection, reading, what ends a session.

use super::lifecycle::State;
use super::port::{SoftPort, lock};
use super::read::{EXTENDED, SHORT_SECURE};
use super::testing::*;
use crate::chip::apdu::Command;
use crate::chip::channel::RunError;
use crate::chip::pace::PaceError;
use crate::chip::port::{Port, PortLimits};
use std::time::Duration;

fn select_ef(fid: u16) -> Command {
    Command::new(0x00, 0xA4, 0x02, 0x0C).with_data(fid.to_be_bytes())
}

fn lds1() -> Command {
    Command::new(0x00, 0xA4, 0x04, 0x0C).with_data([0xA0, 0, 0, 2, 0x47, 0x10, 1])
}

fn contents(dgi: u16) -> Vec<u8> {
    files().into_iter().find(|f| f.0 == dgi).unwrap().3
}

fn locked() -> SoftPort {
    Station::with_state(State::Locked).into_port()
}

#[test]
fn every_file_is_read_by_short_identifier_and_by_offset() {
    let mut port = locked();
    let mut channel = open_lds1(&mut port, CAN).ok().unwrap();
    for (dgi, fid, rule, file) in files().into_iter().filter(|f| f.0 >> 8 == 1) {
        let sfi = 0x80 | dgi.to_be_bytes()[1];
        let (first, status) = send(&mut channel, &read(sfi, 0, 256));
        assert_eq!((status, first.len()), (0x9000, file.len().min(SHORT_SECURE)), "{dgi:04X} rule {rule}");
        assert_eq!(send(&mut channel, &select_ef(fid)).1, 0x9000);
        let mut all = Vec::new();
        while all.len() < file.len() {
            let [high, low] = u16::try_from(all.len()).unwrap().to_be_bytes();
            let (part, status) = send(&mut channel, &read(high, low, 256));
            assert_eq!(status, 0x9000);
            all.extend(part);
        }
        assert_eq!(all, file);
    }
    assert_eq!(send(&mut channel, &Command::new(0x00, 0xA4, 0x04, 0x0C).with_data([0xF0, 0x45, 0x4B, 0x54, 0x50, 1])).1, 0x9000);
    assert_eq!(send(&mut channel, &read(0x81, 0, 256)).1, 0x6982, "fingers need Terminal Authentication");
    assert_eq!(send(&mut channel, &select_ef(0x0101)).1, 0x6982);
    assert_eq!(send(&mut channel, &lds1()).1, 0x9000);
    assert_eq!(send(&mut channel, &read(0x81, 0, 4)).0, contents(0x0101)[..4], "rights survive both AIDs");
}

#[test]
fn the_end_of_a_file_is_no_warning() {
    let mut port = locked();
    let dg1 = contents(0x0101);
    let end = u8::try_from(dg1.len()).unwrap();
    let mut channel = open_lds1(&mut port, CAN).ok().unwrap();
    assert_eq!(send(&mut channel, &read(0x81, end - 3, 256)), (dg1[dg1.len() - 3..].to_vec(), 0x9000));
    assert_eq!(send(&mut channel, &read(0x81, end - 1, 1)), (dg1[dg1.len() - 1..].to_vec(), 0x9000));
    assert_eq!(send(&mut channel, &read(0x81, end, 1)).1, 0x6B00);
    assert_eq!(send(&mut channel, &read(0x7F, 0xFF, 1)).1, 0x6B00);
    assert_eq!(send(&mut channel, &Command::new(0x00, 0xB0, 0x81, 0)).1, 0x6700, "no Le");
    for (p1, p2) in [(0x80, 0), (0x9F, 0), (0xE1, 0)] {
        assert_eq!(send(&mut channel, &read(p1, p2, 1)).1, 0x6A86);
    }
    assert_eq!(send(&mut channel, &read(0x83, 0, 1)).1, 0x6A82, "DG3 is not there");
    assert_eq!(send(&mut channel, &select_ef(0x2F00)).1, 0x6A82, "EF.DIR is not inside the DF");
    assert_eq!(send(&mut channel, &lds1()).1, 0x9000);
    assert_eq!(send(&mut channel, &read(0, 0, 1)).1, 0x6986, "nothing is selected");
}

#[test]
fn odd_read_binary_carries_its_offset_in_an_object() {
    let mut port = locked();
    let dg2 = contents(0x0102);
    let mut channel = open_lds1(&mut port, CAN).ok().unwrap();
    let odd = |p2, data: &[u8], le| Command::new(0x00, 0xB1, 0, p2).with_data(data).with_le(le);
    let (object, status) = send(&mut channel, &odd(2, &[0x54, 2, 1, 0], 10));
    assert_eq!((status, &object[..2], &object[2..]), (0x9000, &[0x53, 8][..], &dg2[0x100..0x108]));
    let (object, _) = send(&mut channel, &odd(0, &[0x54, 1, 0], 256));
    assert_eq!((object.len(), &object[..3]), (SHORT_SECURE, &[0x53, 0x81, 220][..]));
    assert_eq!(send(&mut channel, &odd(0, &[0x54, 3, 0, 2, 0xBF], 256)).0, [0x53, 1, 0x5A], "the last byte");
    assert_eq!(send(&mut channel, &odd(0, &[0x54, 2, 2, 0xC0], 256)).1, 0x6B00, "never an empty object");
    assert_eq!(send(&mut channel, &odd(0, &[0x54, 0], 256)).1, 0x6A80);
    assert_eq!(send(&mut channel, &odd(0, &[0x55, 1, 0], 256)).1, 0x6A80);
    assert_eq!(send(&mut channel, &odd(0, &[0x54, 1, 0], 2)).1, 0x6700, "no room for a byte");
    assert_eq!(send(&mut channel, &odd(0x1F, &[0x54, 1, 0], 9)).1, 0x6A86);
}

#[test]
fn extended_length_carries_a_whole_file() {
    let mut port = locked().with_limits(PortLimits::EXTENDED);
    let mut channel = open_lds1(&mut port, CAN).ok().unwrap();
    assert_eq!(send(&mut channel, &read(0x82, 0, 65_536)), (contents(0x0102), 0x9000));
    const { assert!(EXTENDED < 65_536 - 64, "the protected answer fits an APDU") };
}

#[test]
fn before_pace_only_the_master_file_is_open_and_ios_order_works() {
    let mut station = Station::with_state(State::Locked);
    let access = contents(0x3F1C);
    // JMRTD: no SELECT MF, no Le; then with Le; gmrtd: SELECT MF in both forms.
    assert_eq!(station.status(&select_ef(0x011C)), 0x9000);
    assert_eq!(station.plain(&read(0, 0, 8)), (access[..8].to_vec(), 0x9000));
    assert_eq!(station.status(&lds1()), 0x9000);
    assert_eq!(station.status(&select_ef(0x011C)), 0x6982, "here it is EF.CVCA");
    assert_eq!(station.status(&read(0x81, 0, 1)), 0x6982);
    assert_eq!(station.status(&Command::new(0x00, 0xA4, 0x00, 0x0C)), 0x9000);
    assert_eq!(station.status(&lds1().with_le(256)), 0x9000);
    assert_eq!(station.status(&Command::new(0x00, 0xA4, 0x00, 0x0C).with_data([0x3F, 0])), 0x9000);
    assert_eq!(station.plain(&read(0x9C, 0, 256)), (access.clone(), 0x9000));
    assert_eq!(station.status(&select_ef(0x2F01).with_le(256)), 0x9000);
    assert_eq!(station.status(&select_ef(0x0101)), 0x6A82);
    assert_eq!(station.status(&Command::new(0x00, 0xA4, 0x08, 0x0C).with_data([0x2F, 0x00])), 0x9000);
    assert_eq!(station.status(&Command::new(0x00, 0xA4, 0x04, 0x0C).with_data([0xA0, 0, 0, 2, 0x48])), 0x6A82);
    assert_eq!(station.chip.process(&[0xFF, 0xCA, 0x01, 0x00, 0x00]), [0x6E, 0x00]);
    assert_eq!(station.chip.process(&[0x00, 0xCA, 0x01, 0x00, 0x00]), [0x6D, 0x00]);
    assert_eq!(station.chip.process(&[0x00]), [0x67, 0x00]);
}

#[test]
fn ef_cvca_names_the_trust_point() {
    let mut port = locked();
    let mut channel = open_lds1(&mut port, CAN).ok().unwrap();
    let (file, status) = send(&mut channel, &read(0x9C, 0, 256));
    assert_eq!(status, 0x9000);
    assert_eq!(file, [&[0x42, 15][..], b"IDCVCATEST00001", &[0; 19]].concat());
}

#[test]
fn a_wrong_can_slows_down_from_the_fourth_try_on_and_survives_a_reset() {
    let mut port = locked();
    for tries in 1..=5u32 {
        let before = port.traffic().time;
        let error = open_lds1(&mut port, "000000").err().unwrap();
        assert_eq!(error, RunError::Protocol(PaceError::WrongPassword));
        port.power_cycle().unwrap();
        let slow = port.traffic().time - before;
        assert_eq!(slow, if tries > 3 { Duration::from_secs(1) } else { Duration::ZERO }, "try {tries}");
    }
    open_lds1(&mut port, CAN).ok().unwrap();
    let before = port.traffic().time;
    port.power_cycle().unwrap();
    open_lds1(&mut port, CAN).ok().unwrap();
    assert_eq!(port.traffic().time, before, "a good password ends it");
}

#[test]
fn a_failure_is_counted_even_if_the_power_is_cut_to_hide_it() {
    let mut port = locked();
    let chip = port.chip().unwrap();
    let count = |p: &SoftPort| lock(&p.chip().unwrap()).store.failures(super::layout::PACE_FAILURES);
    let _ = open_lds1(&mut port, "000000");
    assert_eq!(count(&port), 1);
    // Power goes after the attempt was counted and before its answer.
    port.set_faults(super::faults::FaultPlan::at(4, super::faults::Fault::RemovedAfter));
    assert!(open_lds1(&mut port, "000000").is_err());
    port.insert(chip);
    assert_eq!(count(&port), 2);
}

#[test]
fn a_plain_command_an_altered_one_and_a_reset_end_the_session() {
    let plain_read = [0x00, 0xB0, 0x81, 0x00, 0x01];
    let mut port = locked();
    {
        let mut channel = open_lds1(&mut port, CAN).ok().unwrap();
        assert_eq!(channel.link().port().transmit(&plain_read).unwrap(), [0x69, 0x82]);
        assert!(channel.send(&read(0x81, 0, 1)).is_err(), "6988, plain");
    }
    {
        let mut channel = open_lds1(&mut port, CAN).ok().unwrap();
        let garbage = [0x0C, 0xB0, 0x81, 0, 0x0D, 0x97, 1, 1, 0x8E, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0];
        assert_eq!(channel.link().port().transmit(&garbage).unwrap(), [0x69, 0x88]);
        assert!(channel.send(&read(0x81, 0, 1)).is_err());
    }
    let mut channel = open_lds1(&mut port, CAN).ok().unwrap();
    channel.link().port().power_cycle().unwrap();
    assert!(channel.send(&read(0x81, 0, 1)).is_err());
}

#[test]
fn pace_out_of_order_or_for_what_the_chip_has_not_is_refused() {
    let mut station = Station::with_state(State::Personalized);
    let set = |data: &[u8]| Command::new(0x00, 0x22, 0xC1, 0xA4).with_data(data);
    let oid = hex_literal::hex!("80 0A 04007F00070202040202");
    let with = |tail: &[u8]| set(&[&oid[..], tail].concat());
    let step = Command::new(0x10, 0x86, 0, 0).with_data([0x7C, 0]).with_le(256);
    assert_eq!(station.status(&step), 0x6985, "no MSE");
    assert_eq!(station.status(&with(&[0x83, 1, 3])), 0x6A88, "no such password");
    assert_eq!(station.status(&with(&[0x83, 1, 2, 0x84, 1, 13])), 0x6A88, "no such parameters");
    assert_eq!(station.status(&with(&[])), 0x6A80);
    let aes256 = hex_literal::hex!("80 0A 04007F00070202040204 83 01 02");
    assert_eq!(station.status(&set(&aes256)), 0x6A80, "not announced");
    assert_eq!(station.status(&with(&[0x83, 1, 2])), 0x9000, "84 may be left out");
    assert_eq!(station.status(&with(&[0x83, 1, 1, 0x84, 1, 12])), 0x9000, "the MRZ");
    assert_eq!(station.plain(&step).1, 0x9000);
    assert_eq!(station.status(&select_ef(0x011C)), 0x9000);
    assert_eq!(station.status(&step), 0x6985, "another command ends the run");
    assert_eq!(station.status(&Command::new(0x00, 0x22, 0x81, 0xA5).with_data([0])), 0x6A86);
}
