//! Reading files from a chip made of one closure.

use super::*;
use crate::lds::tlv;

/// A chip with one file, which may be cut short on the wire.
struct OneFile {
    content: Vec<u8>,
    commands: usize,
    give: usize,
    status: u16,
}

impl OneFile {
    fn new(length: usize) -> Self {
        let body: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
        Self { content: tlv::encode(0x75, &body), commands: 0, give: usize::MAX, status: 0x9000 }
    }
}

impl Exchange for OneFile {
    fn send(&mut self, command: &Command) -> Result<Response, ReadError> {
        self.commands += 1;
        let le = usize::try_from(command.le().unwrap()).unwrap();
        let (offset, le) = match (command.ins(), command.p1()) {
            (0xB0, 0x82) => (0, le),
            (0xB0, p1) => (usize::from(u16::from_be_bytes([p1, command.p2()])), le),
            _ => (command.data()[2..].iter().fold(0, |n, b| n << 8 | usize::from(*b)), le - 4),
        };
        let end = (offset + le.min(self.give)).min(self.content.len());
        let data = self.content[offset.min(end)..end].to_vec();
        let data = if command.ins() == 0xB1 { tlv::encode(0x53, &data) } else { data };
        Ok(Response::new(data, StatusWord(self.status)))
    }
}

fn read(chip: &mut OneFile, chunk: u32) -> Result<Vec<u8>, ReadError> {
    let mut file = PartialFile::new(FileId::Dg2);
    loop {
        assert_eq!(file.step(chip, chunk)?, Found::Present);
        if file.done() == file.total() {
            return Ok(file.into_whole().unwrap());
        }
    }
}

#[test]
fn the_number_of_commands_is_the_least() {
    for length in [1, 100, 219, 220, 221, 300, 443, 5_000, 32_700] {
        let mut chip = OneFile::new(length);
        assert_eq!(read(&mut chip, 223).unwrap(), chip.content);
        assert_eq!(chip.commands, chip.content.len().div_ceil(223), "{length}");
    }
}

#[test]
fn beyond_32767_bytes_the_odd_instruction_reads() {
    for length in [32_768, 33_000, 70_000] {
        let mut chip = OneFile::new(length);
        assert_eq!(read(&mut chip, 223).unwrap(), chip.content);
    }
}

#[test]
fn short_answers_are_taken_as_they_come() {
    let mut chip = OneFile { give: 10, ..OneFile::new(500) };
    assert_eq!(read(&mut chip, 223).unwrap(), chip.content);
}

#[test]
fn an_endless_or_empty_file_ends_the_reading() {
    let mut chip = OneFile { give: 0, ..OneFile::new(500) };
    assert_eq!(read(&mut chip, 223), Err(ReadError::Malformed(FileId::Dg2)));
    let mut chip = OneFile::new(500);
    chip.content.truncate(300);
    assert_eq!(read(&mut chip, 223), Err(ReadError::EndsEarly { file: FileId::Dg2, offset: 300 }));
    let mut chip = OneFile::new(4);
    chip.content = vec![0x75, 0x83, 0xFF, 0xFF, 0xFF, 0];
    assert_eq!(read(&mut chip, 223), Err(ReadError::TooLarge(FileId::Dg2)));
    chip.content = vec![0x75, 0x84, 0xFF, 0xFF, 0xFF, 0xFF];
    assert_eq!(read(&mut chip, 223), Err(ReadError::Malformed(FileId::Dg2)));
    chip.content = vec![0x61, 0x01, 0x00];
    assert_eq!(read(&mut chip, 223), Err(ReadError::Malformed(FileId::Dg2)));
}

#[test]
fn after_a_lost_field_reading_goes_on_where_it_stood() {
    let mut chip = OneFile::new(1_000);
    let mut file = PartialFile::new(FileId::Dg2);
    file.step(&mut chip, 223).unwrap();
    file.step(&mut chip, 223).unwrap();
    file.deselected();
    while file.done() < file.total() {
        file.step(&mut chip, 223).unwrap();
    }
    assert_eq!(file.into_whole(), Some(chip.content.clone()));
    assert_eq!(chip.commands, chip.content.len().div_ceil(223) + 1);
}

#[test]
fn a_refusal_is_an_answer_at_first_and_an_error_later() {
    let mut chip = OneFile { status: 0x6982, ..OneFile::new(1_000) };
    let mut file = PartialFile::new(FileId::Dg2);
    assert_eq!(file.step(&mut chip, 223), Ok(Found::Answer(StatusWord(0x6982))));
    assert_eq!(probe(&mut chip, FileId::Dg2), Ok(StatusWord(0x6982)));
    chip.status = 0x9000;
    file.step(&mut chip, 223).unwrap();
    chip.status = 0x6982;
    let refused = ReadError::Refused { file: FileId::Dg2, offset: 223, status: StatusWord(0x6982) };
    assert_eq!(file.step(&mut chip, 223), Err(refused));
}

#[test]
fn a_probe_tells_a_file_from_an_empty_one() {
    let mut chip = OneFile::new(10);
    assert_eq!(probe(&mut chip, FileId::Dg2).unwrap(), StatusWord::NO_ERROR);
    chip.content.clear();
    assert_eq!(probe(&mut chip, FileId::Dg2).unwrap(), StatusWord::END_OF_FILE);
    chip.status = 0x6A82;
    assert_eq!(probe(&mut chip, FileId::Dg2).unwrap(), StatusWord::FILE_NOT_FOUND);
}
