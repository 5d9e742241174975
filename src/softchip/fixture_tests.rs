//! Tests of chips that no personalization made.

use super::fixture::{Inside, files_of, key_of};
use super::lifecycle::State;
use super::port::SoftPort;
use super::testing::*;
use crate::chip::apdu::Command;
use crate::lds::file_id::FileId;
use crate::world::DangerousSeededEntropy;

fn rng() -> DangerousSeededEntropy {
    DangerousSeededEntropy::new(77)
}

#[test]
fn a_copied_card_reads_alike_but_has_no_keys() {
    let original = Station::with_state(State::Locked).chip;
    let files = files_of(&original);
    assert_eq!(files.0.len(), 9);
    let chip = Inside::copied(files.clone(), CAN).chip(rng()).unwrap();
    assert_eq!(files_of(&chip), files);
    assert!(key_of(&original, 1).is_some() && key_of(&chip, 1).is_none());
    let mut port = SoftPort::new(chip);
    let mut channel = open_lds1(&mut port, CAN).ok().unwrap();
    assert_eq!(send(&mut channel, &read(0x81, 0, 256)).0, files.get(FileId::Dg1).unwrap());
    let oid = hex_literal::hex!("80 0A 04007F00070202030202 84 01 01");
    assert_eq!(send(&mut channel, &Command::new(0x00, 0x22, 0x41, 0xA4).with_data(oid)).1, 0x6A88);
    assert_eq!(send(&mut channel, &Command::new(0x00, 0x88, 0, 0).with_data([1; 8]).with_le(256)).1, 0x6A88);
    assert_eq!(send(&mut channel, &read(0x9C, 0, 36)).1, 0x6A82, "no trust point, no EF.CVCA");
}

#[test]
fn a_fixture_takes_keys_trust_point_and_date() {
    let original = Station::with_state(State::Locked).chip;
    let inside = Inside {
        ca_key: key_of(&original, 1),
        trust_point: Some(cvca().body_bytes().to_vec()),
        date: Some([2, 6, 1, 1, 2, 3]),
        state: State::Personalized,
        ..Inside::copied(files_of(&original), CAN)
    };
    let chip = inside.chip(rng()).unwrap();
    assert_eq!(chip.state(), State::Personalized);
    let state = super::trust::state(&chip.store).unwrap();
    assert_eq!((state.date(), state.points().len()), (day(2026, 11, 23), 1));
    assert!(Inside { can: Some("12".into()), ..inside }.chip(rng()).is_none());
}

#[test]
fn basic_access_control_is_there_only_where_it_is_enabled() {
    use crate::chip::bac::{self, BacError, BacKeys};
    use crate::chip::channel::{Channel, RunError};
    use crate::chip::link::Link;
    use crate::crypto::hash::sha1;
    use crate::lds::file_id::Application;
    let text = "L898902C<369080619406236";
    let files = files_of(&Station::with_state(State::Locked).chip);
    let run = |bac: bool, text: &str| {
        let digest = sha1(b"L898902C<369080619406236");
        let chip = Inside { bac, mrz_sha1: Some(digest), ..Inside::copied(files.clone(), CAN) }.chip(rng()).unwrap();
        let mut port = SoftPort::new(chip);
        let mut channel = Channel::new(Link::new(&mut port));
        assert_eq!(select(&mut channel, Application::Lds1), 0x9000);
        let session = bac::run(&mut channel, &BacKeys::from_mrz(text), &mut rng())?;
        channel.protect(session);
        assert_eq!(send(&mut channel, &read(0x9E, 0, 256)).0, files.get(FileId::Com).unwrap());
        assert_eq!(send(&mut channel, &read(0x82, 0, 256)).0.len(), 223);
        assert_eq!(send(&mut channel, &Command::new(0x00, 0x84, 0, 0).with_le(8)).1, 0x6985, "fingers want PACE");
        Ok(())
    };
    assert_eq!(run(true, text), Ok(()));
    assert_eq!(run(true, "L898902C<469080619406236"), Err(RunError::Protocol(BacError::WrongPassword)));
    assert!(matches!(run(false, text), Err(RunError::Protocol(BacError::Refused { .. }))));
}
