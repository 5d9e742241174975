//! Every row of the card profile's tables of states, commands and status words, run against the chip.

use super::SoftChip;
use super::authenticate_tests::{by_terminal, up_to_ca};
use super::keys::PROOF_KVN;
use super::lifecycle::State;
use super::port::SoftPort;
use super::select::{PERSONALIZATION, SECURITY_DOMAIN};
use super::testing::{CAN, CAPACITY, Station, open_lds1, proof_key, send, unique_keys};
use crate::chip::apdu::Command;
use crate::chip::channel::Channel;
use crate::chip::scp03::Level;
use crate::crypto::scp03::put_key_data;
use crate::world::DangerousSeededEntropy;

const PROFILE: &str = include_str!("../../specs/card-profile.md");

struct Row<'a> {
    name: &'a str,
    apdus: Vec<Vec<u8>>,
    words: Vec<u16>,
}

/// The bytes of a cell; key data stand there by name, as they depend on the vendor's Key-DEK.
fn unhex(text: &str) -> Vec<u8> {
    let dek = super::fixture::config(CAPACITY).transport.dek;
    let data = |bytes: Vec<u8>| {
        let length = u8::try_from(bytes.len()).unwrap();
        [&[length][..], &bytes].concat().iter().map(|b| format!("{b:02X}")).collect::<String>()
    };
    let text = text.replace("proof key", &data(put_key_data(&dek, PROOF_KVN, &[&proof_key()])));
    let text = text.replace("set 31", &data(put_key_data(&dek, 0x31, &unique_keys().keys())));
    let digits: String = text.chars().filter(|c| *c != ' ' && *c != '`').collect();
    assert!(digits.len().is_multiple_of(2), "{text}");
    (0..digits.len() / 2).map(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).unwrap()).collect()
}

/// The rows after `heading` that have this many status words.
fn rows(heading: &str, states: usize) -> Vec<Row<'static>> {
    let part = PROFILE.split_once(heading).unwrap().1;
    let lines = part.lines().skip_while(|l| !l.starts_with("|---")).skip(1).take_while(|l| l.starts_with('|'));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            assert_eq!(cells.len(), 2 + states, "{line}");
            Row {
                name: cells[0],
                apdus: cells[1].split('·').map(unhex).collect(),
                words: cells[2..].iter().map(|w| u16::from_str_radix(w, 16).unwrap()).collect(),
            }
        })
        .collect()
}

#[test]
fn plain_commands_in_every_state() {
    let rows = rows("### 8.2", 5);
    assert!(rows.len() > 30);
    for (index, state) in State::ALL.into_iter().enumerate() {
        let mut station = Station::with_state(state);
        for row in &rows {
            station.chip.power_on();
            let last = row.apdus.iter().map(|apdu| station.chip.process(apdu)).last().unwrap();
            let word = u16::from_be_bytes(*last.last_chunk::<2>().unwrap());
            assert_eq!(word, row.words[index], "{} in {state:?}: {word:04X}", row.name);
            if state == State::Locked && row.apdus[0][0] == 0x80 {
                assert_eq!(last.len(), 2, "a locked chip tells nothing static");
            }
        }
    }
}

#[test]
fn commands_behind_door_2_in_every_state() {
    let rows = rows("Behind door 2", 3);
    assert!(rows.len() > 12);
    for (index, state) in [State::Blank, State::PersoOpen, State::Personalized].into_iter().enumerate() {
        let saved = Station::with_state(state).chip.save();
        for row in &rows {
            let mut station = Station::with_blank();
            station.chip = again(&saved);
            let command = Command::parse(&row.apdus[0]).unwrap();
            let word = station.at_door(&PERSONALIZATION, &command).err().unwrap_or(0x9000);
            assert_eq!(word, row.words[index], "{} in {state:?}: {word:04X}", row.name);
        }
    }
}

fn again(saved: &[u8]) -> SoftChip {
    SoftChip::restore(saved, DangerousSeededEntropy::new(4)).unwrap()
}

#[test]
fn commands_behind_door_1_in_every_state() {
    let rows = rows("Behind door 1", 4);
    assert!(rows.len() > 14);
    let new = Station::with_blank().chip.save();
    let later = [State::Blank, State::PersoOpen, State::Personalized].map(|state| Station::with_state(state).chip.save());
    for (index, saved) in std::iter::once(&new).chain(&later).enumerate() {
        for row in &rows {
            let mut station = Station::with_blank();
            station.chip = again(saved);
            station.open(&SECURITY_DOMAIN, Level::Full);
            let words = row.apdus.iter().map_while(|apdu| {
                let command = Command::parse(apdu).unwrap();
                station.host.is_some().then(|| station.secure(&command).err().unwrap_or(0x9000))
            });
            let word = words.last().unwrap();
            assert_eq!(word, row.words[index], "{} in column {index}: {word:04X}", row.name);
        }
    }
}

/// A session: PACE, then Chip Authentication, then Terminal Authentication, as far as asked.
fn session(port: &mut SoftPort, steps: usize) -> Channel<'_> {
    match steps {
        0 => open_lds1(port, CAN).ok().unwrap(),
        1 => up_to_ca(port).0,
        _ => by_terminal(port),
    }
}

#[test]
fn commands_under_secure_messaging_in_every_state() {
    let rows = rows("Under secure messaging, in the two states", 6);
    assert!(rows.len() > 30);
    for (column, state) in [State::Personalized, State::Locked].into_iter().enumerate() {
        let saved = Station::with_state(state).chip.save();
        for steps in 0..3 {
            for row in &rows {
                let mut port = SoftPort::new(again(&saved));
                let mut channel = session(&mut port, steps);
                let words = row.apdus.iter().map(|apdu| send(&mut channel, &Command::parse(apdu).unwrap()).1);
                let word = words.last().unwrap();
                assert_eq!(word, row.words[3 * column + steps], "{} in {state:?} after step {steps}: {word:04X}", row.name);
            }
        }
    }
}
