//! Family T: bytes that are not what they say, from files, answers and pictures.

use crate::issuer::{Ask, Card, Recipe, judge_reading, read_port};
use ektp::chip::apdu::{ApduError, Command};
use ektp::chip::link::{Link, LinkError};
use ektp::chip::port::memory::MemoryPort;
use ektp::chip::port::{Port, PortLimits};
use ektp::lds::atr_info::{AtrInfo, Buffers};
use ektp::lds::dg11::Dg11;
use ektp::lds::dg12::Dg12;
use ektp::lds::dg13::Dg13;
use ektp::lds::file_id::FileId;
use ektp::lds::files::CardFiles;
use ektp::lds::mrz::{MrzError, Td1};
use ektp::lds::{card_access, com, dg1, dg2, dg7, dg14, dg15, fingers, inspect, tlv};
use ektp::pki::sod;
use ektp::read::ReadError;
use ektp::reason::{Reason, Refusal};
use ektp::softchip::SoftPort;
use ektp::verify::evidence::Content;
use ektp::verify::{Decision, Evidence};
use std::sync::OnceLock;

fn files() -> &'static CardFiles {
    static FILES: OnceLock<CardFiles> = OnceLock::new();
    FILES.get_or_init(|| Card::honest().files)
}

/// Whether a file's own parser takes these bytes.
fn parses(file: FileId, bytes: &[u8]) -> bool {
    match file {
        FileId::Dg1 => dg1::parse(bytes).is_ok(),
        FileId::Dg2 => dg2::parse(bytes).is_ok(),
        FileId::Dg7 => dg7::parse(bytes).is_ok(),
        FileId::Dg11 => Dg11::parse(bytes).is_ok(),
        FileId::Dg12 => Dg12::parse(bytes).is_ok(),
        FileId::Dg13 => Dg13::parse(bytes).is_ok(),
        FileId::Dg14 => dg14::parse(bytes).is_ok(),
        FileId::Dg15 => dg15::parse(bytes).is_ok(),
        FileId::Sod => sod::read(bytes).is_ok(),
        FileId::Com => com::Com::parse(bytes).is_ok(),
        FileId::CardAccess => card_access::parse(bytes).is_ok(),
        FileId::Fingers => fingers::parse(bytes).is_ok(),
        _ => false,
    }
}

fn parsed() -> impl Iterator<Item = (FileId, &'static [u8])> {
    files().iter().filter(|(file, _)| !matches!(file, FileId::AtrInfo | FileId::Dir | FileId::Cvca))
}

#[test]
fn t01_every_file_cut_at_every_byte_is_refused() {
    for (file, bytes) in parsed() {
        assert!(parses(file, bytes), "{file}");
        for end in 0..bytes.len() {
            assert!(!parses(file, &bytes[..end]), "{file} cut at {end}");
        }
    }
}

#[test]
fn t02_lengths_that_lie_are_refused() {
    for (file, bytes) in parsed() {
        let tag = if file == FileId::Fingers { 2 } else { 1 };
        let (head, rest) = bytes.split_at(tag);
        let bodies: [&[u8]; 4] = [&[0x00], &[0x80], &[0x84, 0xFF, 0xFF, 0xFF, 0xFF], &[0x83, 0x00, 0x00, 0x01]];
        for length in bodies {
            assert!(!parses(file, &[head, length, rest].concat()), "{file} {length:02X?}");
        }
        let last = tag + usize::from(if rest[0] & 0x80 == 0 { 0 } else { rest[0] & 0x7F });
        for step in [1u8, 255] {
            let mut bent = bytes.to_vec();
            bent[last] = bent[last].wrapping_add(step);
            assert!(!parses(file, &bent), "{file} length {step}");
        }
    }
}

#[test]
fn t03_deep_and_numerous_objects_end_in_a_refusal() {
    let mut deep = vec![0x30, 0x00];
    for _ in 0..2_000 {
        deep = tlv::encode(0x30, &deep);
    }
    let many = [0x30, 0x00].repeat(100_000);
    for (file, _) in parsed() {
        for bomb in [&deep, &many] {
            let tag = file.tag().unwrap();
            assert!(!parses(file, &tlv::encode(tag, bomb)), "{file}");
        }
    }
}

#[test]
fn t04_doubled_and_missing_elements_are_refused() {
    let bytes = files().get(FileId::Dg13).unwrap();
    let elements = tlv::parse_one(bytes, 0x6D).unwrap().children().unwrap();
    let encode = |skip: Option<usize>, twice: Option<usize>| {
        let mut value = Vec::new();
        for (index, e) in elements.iter().enumerate().filter(|(i, _)| Some(*i) != skip) {
            for _ in 0..if Some(index) == twice { 2 } else { 1 } {
                tlv::write(&mut value, e.tag, e.value);
            }
        }
        tlv::encode(0x6D, &value)
    };
    assert!(parses(FileId::Dg13, &encode(None, None)));
    for (index, element) in elements.iter().enumerate() {
        assert!(!parses(FileId::Dg13, &encode(None, Some(index))), "twice {index}");
        let optional = element.tag == 0x8C;
        assert_eq!(parses(FileId::Dg13, &encode(Some(index), None)), optional, "without {index}");
    }
}

#[test]
fn t05_bytes_after_the_end_are_refused() {
    for (file, bytes) in parsed() {
        assert!(!parses(file, &[bytes, &[0x00]].concat()), "{file}");
    }
}

#[test]
fn t06_padding_tags_and_indefinite_lengths_are_refused() {
    for (file, bytes) in parsed() {
        for tag in [0x00, 0xFF] {
            let mut bent = bytes.to_vec();
            bent[0] = tag;
            assert!(!parses(file, &bent), "{file}");
        }
        let tag = if file == FileId::Fingers { 2 } else { 1 };
        let indefinite = [&bytes[..tag], &[0x80], &bytes[tag..], &[0, 0]].concat();
        assert!(!parses(file, &indefinite), "{file}");
    }
}

/// What a chip that answers every command so does to a plain exchange.
fn link_error(answer: &'static [u8]) -> LinkError {
    let mut port = MemoryPort::new(move |_| Ok(answer.to_vec()));
    Link::new(&mut port).send(&Command::new(0x00, 0xB0, 0x9C, 0x00).with_le(4)).map(drop).unwrap_err()
}

#[test]
fn t07_a_chip_that_never_likes_le_is_given_up() {
    assert!(matches!(link_error(&[0x6C, 0x10]), LinkError::EndlessWrongLe(_)));
    let mut port = MemoryPort::new(|_| Ok(vec![0x67, 0x00]));
    assert_eq!(read_port(&mut port, &Ask::default()).map(drop), Err(ReadError::PaceAbsent));
}

#[test]
fn t08_endless_more_data_is_given_up() {
    assert!(matches!(link_error(&[1, 2, 0x61, 0x02]), LinkError::EndlessResponse(_)));
}

#[test]
fn t09_more_than_was_asked_for_is_refused() {
    assert!(matches!(link_error(&[1, 2, 3, 4, 5, 0x90, 0x00]), LinkError::MoreThanAsked { asked: 4, got: 5, .. }));
    static LARGE: [u8; 65_540] = [0; 65_540];
    assert!(matches!(link_error(&LARGE), LinkError::Apdu { source: ApduError::ResponseTooLong(65_540), .. }));
}

#[test]
fn t10_answers_without_a_status_word_are_refused() {
    assert!(matches!(link_error(&[]), LinkError::Apdu { source: ApduError::ResponseTooShort(0), .. }));
    assert!(matches!(link_error(&[0x90]), LinkError::Apdu { source: ApduError::ResponseTooShort(1), .. }));
    assert_eq!(link_error(&[]).reason(), Reason::UnexpectedAnswer);
}

#[test]
fn t11_a_zone_with_a_wrong_check_digit_is_no_zone() {
    let text = dg1::parse(files().get(FileId::Dg1).unwrap()).unwrap();
    // Every digit of number, dates and their check digits is covered by a check digit.
    for at in (5..15).chain(30..37).chain(38..45) {
        let mut bent = text.clone().into_bytes();
        let value = char::from(bent[at]).to_digit(36).unwrap_or(0);
        bent[at] = b'0' + u8::try_from((value + 1) % 10).unwrap();
        assert!(Td1::parse(std::str::from_utf8(&bent).unwrap()).is_err(), "position {at}");
    }
    assert!(matches!(Td1::parse(&text.replacen("IDN", "ID1", 1)), Err(MrzError::BadField(_) | MrzError::CheckDigit(_))));
    assert!(Td1::parse(&text.replacen('<', "é", 1)).is_err());
    let mut reading = Card::honest().read().unwrap();
    let mut group = reading.evidence.file(FileId::Dg1).unwrap().to_vec();
    group[20] ^= 1;
    reading.evidence.files.insert(FileId::Dg1, Content::Bytes(group.into()));
    assert_eq!(judge_reading(&reading).reason(), Some(Reason::HashMismatch));
}

#[test]
fn t12_pictures_that_claim_too_much_are_not_decoded() {
    let picture = inspect::pictures(&files().0).into_iter().next().unwrap().1;
    assert!(inspect::png(&picture).is_ok());
    for end in (0..picture.len()).step_by(picture.len() / 40) {
        let _ = inspect::png(&picture[..end]);
    }
    let huge_png =
        [&b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"[..], &[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 8, 2, 0, 0, 0, 0, 0, 0, 0]]
            .concat();
    assert!(inspect::png(&huge_png).is_err());
    let huge_jpeg = [0xFF, 0xD8, 0xFF, 0xC0, 0x00, 0x0B, 8, 0xFF, 0xFF, 0xFF, 0xFF, 1, 1, 0x11, 0];
    assert!(inspect::png(&huge_jpeg).is_err());
}

#[test]
fn t13_an_answer_to_reset_of_any_length_changes_nothing() {
    struct OddReset(SoftPort, usize);
    impl Port for OddReset {
        fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, ektp::chip::port::PortError> {
            self.0.transmit(apdu)
        }
        fn power_cycle(&mut self) -> Result<(), ektp::chip::port::PortError> {
            self.0.power_cycle()
        }
        fn atr(&self) -> Vec<u8> {
            vec![0xFF; self.1]
        }
        fn limits(&self) -> PortLimits {
            self.0.limits()
        }
        fn fingerprint(&self) -> String {
            String::new()
        }
    }
    for length in [0, 64] {
        let mut port = OddReset(SoftPort::new(Card::honest().chip), length);
        let reading = read_port(&mut port, &Ask::default()).unwrap();
        assert_eq!(judge_reading(&reading).decision(), Decision::Genuine);
    }
}

#[test]
fn t14_short_and_extended_readings_see_the_same_files() {
    let files_of = |evidence: &Evidence| evidence.files.clone();
    let roomy = |files: &mut CardFiles| {
        let buffers = Buffers { command: 4_096, response: 4_096 };
        files.insert(FileId::AtrInfo, AtrInfo { chaining: true, extended: Some(buffers) }.encode());
    };
    let card = || Card::make(&Recipe { before: &roomy, ..Recipe::default() }).chip;
    let short = read_port(&mut SoftPort::new(card()), &Ask::default()).unwrap();
    let mut port = SoftPort::new(card()).with_limits(PortLimits::EXTENDED);
    let long = read_port(&mut port, &Ask { extended: true, ..Ask::default() }).unwrap();
    assert_eq!(files_of(&short.evidence), files_of(&long.evidence));
    assert!(long.evidence.timing.unwrap().apdus * 2 < short.evidence.timing.unwrap().apdus);
    assert_eq!(judge_reading(&long).decision(), Decision::Genuine);
}
