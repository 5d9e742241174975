//! Every row of the card profile's tables of states, commands and status words, run against the chip.

use super::lifecycle::State;
use super::select::PERSONALIZATION;
use super::testing::Station;
use crate::chip::apdu::Command;

const PROFILE: &str = include_str!("../../specs/card-profile.md");

struct Row<'a> {
    name: &'a str,
    apdus: Vec<Vec<u8>>,
    words: Vec<u16>,
}

fn unhex(text: &str) -> Vec<u8> {
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
            let rng = crate::world::DangerousSeededEntropy::new(4);
            station.chip = super::SoftChip::restore(&saved, rng).unwrap();
            let command = Command::parse(&row.apdus[0]).unwrap();
            let word = station.at_door(&PERSONALIZATION, &command).err().unwrap_or(0x9000);
            assert_eq!(word, row.words[index], "{} in {state:?}: {word:04X}", row.name);
        }
    }
}
