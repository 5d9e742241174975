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
use ektp::lds::fingers::EfFingersError;
use ektp::lds::mrz::{Field, MrzError, Td1, check_digit};
use ektp::lds::tlv::{TlvError, TlvErrorKind};
use ektp::lds::{card_access, com, dg1, dg2, dg7, dg14, dg15, fingers, tlv};
use ektp::limits::TLV_NODES;
use ektp::pki::cms::CmsError;
use ektp::pki::sod::{self, SodError};
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

/// Why a file's own parser refuses bytes.
#[derive(Debug, PartialEq)]
enum Refused {
    Encoding(TlvError),
    Sod(SodError),
    Fingers(EfFingersError),
}

impl From<TlvError> for Refused {
    fn from(error: TlvError) -> Self {
        Self::Encoding(error)
    }
}

/// What a file's own parser says of these bytes.
fn parse(file: FileId, bytes: &[u8]) -> Result<(), Refused> {
    match file {
        FileId::Dg1 => dg1::parse(bytes).map(drop)?,
        FileId::Dg2 => dg2::parse(bytes).map(drop)?,
        FileId::Dg7 => dg7::parse(bytes).map(drop)?,
        FileId::Dg11 => Dg11::parse(bytes).map(drop)?,
        FileId::Dg12 => Dg12::parse(bytes).map(drop)?,
        FileId::Dg13 => Dg13::parse(bytes).map(drop)?,
        FileId::Dg14 => dg14::parse(bytes).map(drop)?,
        FileId::Dg15 => dg15::parse(bytes).map(drop)?,
        FileId::Com => com::Com::parse(bytes).map(drop)?,
        FileId::CardAccess => card_access::parse(bytes).map(drop)?,
        FileId::Sod => {
            return sod::read(bytes).map(drop).map_err(|error| match error {
                SodError::Encoding(error) => Refused::Encoding(error),
                error => Refused::Sod(error),
            });
        }
        FileId::Fingers => {
            return fingers::parse(bytes).map(drop).map_err(|error| match error {
                EfFingersError::Tlv(error) => Refused::Encoding(error),
                error => Refused::Fingers(error),
            });
        }
        other => panic!("no parser of {other} here"),
    }
    Ok(())
}

/// A refusal of the encoding: what is wrong, and at which byte.
fn refused(kind: TlvErrorKind, position: usize) -> Result<(), Refused> {
    Err(Refused::Encoding(TlvError::at(kind, position)))
}

fn parsed() -> impl Iterator<Item = (FileId, &'static [u8])> {
    files().iter().filter(|(file, _)| !matches!(file, FileId::AtrInfo | FileId::Dir | FileId::Cvca))
}

/// Bytes of a file's first tag.
fn tag_len(file: FileId) -> usize {
    if file == FileId::Fingers { 2 } else { 1 }
}

#[test]
fn t01_every_file_cut_at_every_byte_is_refused() {
    for (file, bytes) in parsed() {
        assert_eq!(parse(file, bytes), Ok(()), "{file}");
        for end in 0..bytes.len() {
            assert_eq!(parse(file, &bytes[..end]), refused(TlvErrorKind::Truncated, end), "{file} cut at {end}");
        }
    }
}

#[test]
fn t02_lengths_that_lie_are_refused() {
    for (file, bytes) in parsed() {
        let tag = tag_len(file);
        let (head, rest) = bytes.split_at(tag);
        let bodies: [(&[u8], TlvErrorKind, usize); 4] = [
            (&[0x00], TlvErrorKind::TrailingBytes, tag + 1),
            (&[0x80], TlvErrorKind::BadLength, tag),
            (&[0x84, 0xFF, 0xFF, 0xFF, 0xFF], TlvErrorKind::BadLength, tag),
            (&[0x83, 0x00, 0x00, 0x01], TlvErrorKind::BadLength, tag),
        ];
        for (length, kind, position) in bodies {
            let bent = [head, length, rest].concat();
            assert_eq!(parse(file, &bent), refused(kind, position), "{file} {length:02X?}");
        }
        // One too long, one too short: the last byte of each of these lengths has room for both.
        let last = tag + usize::from(if rest[0] & 0x80 == 0 { 0 } else { rest[0] & 0x7F });
        for (step, kind, position) in
            [(1, TlvErrorKind::Truncated, bytes.len()), (-1, TlvErrorKind::TrailingBytes, bytes.len() - 1)]
        {
            let mut bent = bytes.to_vec();
            bent[last] = bent[last].checked_add_signed(step).unwrap();
            assert_eq!(parse(file, &bent), refused(kind, position), "{file} length {step}");
        }
    }
}

/// What the parser of each file meets first in 2,000 nested objects, and in 100,000 empty ones; positions follow a tag of one byte.
fn bombs(file: FileId) -> [Result<(), Refused>; 2] {
    let foreign = |expected, tag: usize| {
        let kind = TlvErrorKind::UnexpectedTag { expected, found: 0x30 };
        [refused(kind, tag + 3), refused(kind, tag + 4)]
    };
    let many = refused(TlvErrorKind::TooComplex, 5 + 2 * TLV_NODES);
    match file {
        FileId::Dg1 => foreign(0x5F1F, 1),
        FileId::Dg2 => foreign(0x7F61, 1),
        FileId::Dg7 => foreign(0x02, 1),
        FileId::Dg11 | FileId::Dg12 => foreign(0x5C, 1),
        FileId::Dg13 => [refused(TlvErrorKind::Missing(0x80), 0), many],
        FileId::Dg14 => foreign(0x31, 1),
        // The key's SEQUENCE is there, and what should be its BIT STRING ends with it.
        FileId::Dg15 => [refused(TlvErrorKind::Truncated, DEEP_LEN + 4), refused(TlvErrorKind::TrailingBytes, 7)],
        FileId::Sod => {
            let message = |kind, position| Err(Refused::Sod(SodError::Cms(CmsError::Encoding(TlvError::at(kind, position)))));
            let no_oid = TlvErrorKind::UnexpectedTag { expected: 0x06, found: 0x30 };
            [message(no_oid, 4), message(TlvErrorKind::TrailingBytes, 2)]
        }
        FileId::Com => foreign(0x5F01, 1),
        FileId::Fingers => foreign(0x02, 2),
        FileId::CardAccess => [refused(TlvErrorKind::UnexpectedTag { expected: 0x06, found: 0x30 }, 8), many],
        other => panic!("no parser of {other} here"),
    }
}

/// Bytes of 2,000 nested objects.
const DEEP_LEN: usize = 7_833;

#[test]
fn t03_deep_and_numerous_objects_end_in_a_refusal() {
    let mut deep = vec![0x30, 0x00];
    for _ in 0..2_000 {
        deep = tlv::encode(0x30, &deep);
    }
    assert_eq!(deep.len(), DEEP_LEN);
    let many = [0x30, 0x00].repeat(100_000);
    for (file, _) in parsed() {
        let tag = file.tag().unwrap();
        let found = [&deep, &many].map(|bomb| parse(file, &tlv::encode(tag, bomb)));
        assert_eq!(found, bombs(file), "{file}");
    }
    // Behind what the file has to begin with, and where anything may stand.
    for file in [FileId::Dg11, FileId::Dg12] {
        let listed = tlv::encode(file.tag().unwrap(), &[&[0x5C, 0x00], &many[..]].concat());
        assert_eq!(parse(file, &listed), refused(TlvErrorKind::TooComplex, 7 + 2 * TLV_NODES), "{file}");
    }
    let set = tlv::encode(0x6E, &tlv::encode(0x31, &many));
    assert_eq!(parse(FileId::Dg14, &set), refused(TlvErrorKind::TooComplex, 10 + 2 * TLV_NODES));
    // The walk over what is passed on as it is.
    let depth = tlv::check(&deep).map_err(|error| error.kind);
    assert_eq!(depth, Err(TlvErrorKind::TooComplex));
    assert_eq!(tlv::check(&many), Err(TlvError::at(TlvErrorKind::TooComplex, 2 * TLV_NODES)));
}

#[test]
fn t04_doubled_and_missing_elements_are_refused() {
    let bytes = files().get(FileId::Dg13).unwrap();
    let group = tlv::parse_one(bytes, 0x6D).unwrap();
    let elements = group.children().unwrap();
    let encode = |order: &[usize]| {
        let mut value = Vec::new();
        order.iter().for_each(|at| tlv::write(&mut value, elements[*at].tag, elements[*at].value));
        tlv::encode(0x6D, &value)
    };
    let all: Vec<usize> = (0..elements.len()).collect();
    assert_eq!(parse(FileId::Dg13, &encode(&all)), Ok(()));
    for (index, element) in elements.iter().enumerate() {
        let twice = encode(&[&all[..], &[index]].concat());
        let second = twice.len() - (bytes.len() - element.start).min(tlv::encode(element.tag, element.value).len());
        assert_eq!(parse(FileId::Dg13, &twice), refused(TlvErrorKind::Duplicate(element.tag), second), "twice {index}");
        let without = encode(&[&all[..index], &all[index + 1..]].concat());
        let optional = element.tag == 0x8C;
        let expected = if optional { Ok(()) } else { refused(TlvErrorKind::Missing(element.tag), 0) };
        assert_eq!(parse(FileId::Dg13, &without), expected, "without {index}");
    }
}

/// Where a file has an order, its elements stand in it.
#[test]
fn t04_reordered_elements_are_refused() {
    for (file, expected) in [(FileId::Com, 0x5F01), (FileId::Dg7, 0x02), (FileId::Dg11, 0x5C), (FileId::Dg12, 0x5C)] {
        let bytes = files().get(file).unwrap();
        let group = tlv::parse_one(bytes, file.tag().unwrap()).unwrap();
        let mut elements = group.children().unwrap();
        elements.swap(0, 1);
        let value: Vec<u8> = elements.iter().flat_map(|e| tlv::encode(e.tag, e.value)).collect();
        let kind = TlvErrorKind::UnexpectedTag { expected, found: elements[0].tag };
        assert_eq!(parse(file, &tlv::encode(group.tag, &value)), refused(kind, group.position), "{file}");
    }
}

#[test]
fn t05_bytes_after_the_end_are_refused() {
    for (file, bytes) in parsed() {
        let longer = [bytes, &[0x00]].concat();
        assert_eq!(parse(file, &longer), refused(TlvErrorKind::TrailingBytes, bytes.len()), "{file}");
    }
}

#[test]
fn t06_padding_tags_and_indefinite_lengths_are_refused() {
    for (file, bytes) in parsed() {
        for tag in [0x00, 0xFF] {
            let mut bent = bytes.to_vec();
            bent[0] = tag;
            assert_eq!(parse(file, &bent), refused(TlvErrorKind::BadTag, 0), "{file}");
        }
        let (head, rest) = bytes.split_at(tag_len(file));
        let indefinite = [head, &[0x80], rest, &[0, 0]].concat();
        assert_eq!(parse(file, &indefinite), refused(TlvErrorKind::BadLength, head.len()), "{file}");
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

/// The zone of the honest card, its check digits made anew after a change.
fn zone(change: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut zone = dg1::parse(files().get(FileId::Dg1).unwrap()).unwrap().into_bytes();
    change(&mut zone);
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).unwrap().to_owned();
    let digit = |bytes: &[u8]| u8::try_from(check_digit(&text(bytes))).unwrap();
    (zone[36], zone[44]) = (digit(&zone[30..36]), digit(&zone[38..44]));
    zone[59] = digit(&[&zone[5..30], &zone[30..37], &zone[38..45], &zone[48..59]].concat());
    text(&zone)
}

#[test]
fn t11_a_zone_with_a_wrong_check_digit_is_no_zone() {
    let text = zone(|_| {});
    assert_eq!(Td1::parse(&text).map(drop), Ok(()));
    // Every digit of number, dates and their check digits is covered by a check digit.
    let fields =
        [(5..15, Field::DocumentNumber), (30..37, Field::BirthDate), (38..45, Field::ExpiryDate), (59..60, Field::Composite)];
    for (at, field) in fields.into_iter().flat_map(|(range, field)| range.map(move |at| (at, field))) {
        let mut bent = text.clone().into_bytes();
        let value = char::from(bent[at]).to_digit(36).unwrap_or(0);
        bent[at] = b'0' + u8::try_from((value + 1) % 10).unwrap();
        let refused = Td1::parse(std::str::from_utf8(&bent).unwrap()).map(drop);
        assert_eq!(refused, Err(MrzError::CheckDigit(field)), "position {at}");
    }
    let mut reading = Card::honest().read().unwrap();
    let mut group = reading.evidence.file(FileId::Dg1).unwrap().to_vec();
    group[20] ^= 1;
    reading.evidence.files.insert(FileId::Dg1, Content::Bytes(group.into()));
    assert_eq!(judge_reading(&reading).reason(), Some(Reason::HashMismatch));
}

#[test]
fn t11_impossible_dates_under_good_check_digits_are_refused() {
    for (from, field) in [(30, Field::BirthDate), (38, Field::ExpiryDate)] {
        for date in [b"901301", b"900001", b"900132", b"900100", b"9<0101", b"90010<", b"9A0101"] {
            let text = zone(|zone| zone[from..from + 6].copy_from_slice(date));
            assert_eq!(Td1::parse(&text).map(drop), Err(MrzError::BadField(field)), "{}", String::from_utf8_lossy(date));
        }
    }
}

#[test]
fn t11_fillers_and_characters_out_of_place_are_refused() {
    let text = zone(|_| {});
    assert_eq!(Td1::parse(&text.replacen("IDN", "ID1", 1)).map(drop), Err(MrzError::BadField(Field::State)));
    assert_eq!(Td1::parse(&text.replacen("IDN", "<<<", 1)).map(drop), Err(MrzError::BadField(Field::State)));
    assert_eq!(Td1::parse(&zone(|zone| zone[37] = b'X')).map(drop), Err(MrzError::BadField(Field::Sex)));
    // A name beyond ASCII, and one that a terminal would obey.
    for foreign in ["é", "\u{1b}", "a", " "] {
        let name = format!("{}{foreign}{}", &text[..60], &text[61..]);
        assert_eq!(Td1::parse(&name).map(drop), Err(MrzError::Character(60)));
    }
    assert_eq!(Td1::parse(&text[..89]).map(drop), Err(MrzError::Length(89)));
    assert_eq!(Td1::parse(&format!("{text}<")).map(drop), Err(MrzError::Length(91)));
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
