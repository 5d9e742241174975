//! What known writers get wrong, mostly lengths: found, put right on request, and named. Without that request such a record is refused.

use super::reader::Reader;
use super::{Record, RecordFormat, TemplateError};

/// Code of the block of cores and deltas, whose content tells its length.
const SINGULAR_POINTS: u16 = 2;

/// A field that says something else than what is there, or what it may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flaw {
    /// Which field.
    pub field: &'static str,
    /// The byte it stands at.
    pub offset: usize,
    /// Its size in bytes, 1, 2 or 4.
    pub size: usize,
    /// What it says.
    pub stated: u32,
    /// What it should say.
    pub actual: u32,
}

impl Record {
    /// Reads a record whose total length, length of extended data or directions beyond a turn (ANSI) may be wrong, and says which were.
    /// All other checks are those of [`Record::parse`]; [`Record::encode`] then writes it right.
    ///
    /// # Errors
    /// As [`Record::parse`].
    pub fn repair(bytes: &[u8]) -> Result<(Self, Vec<Flaw>), TemplateError> {
        match Self::parse(bytes) {
            Ok(record) => Ok((record, Vec::new())),
            Err(_) => Self::read(&mut Reader::tolerant(bytes)?),
        }
    }
}

/// The bytes with their flaws, from what [`Record::encode`] writes: the inverse of [`Record::repair`].
#[must_use]
pub fn with_flaws(mut bytes: Vec<u8>, flaws: &[Flaw]) -> Vec<u8> {
    for flaw in flaws {
        let stated = flaw.stated.to_be_bytes();
        if let (Some(place), Some(value)) =
            (bytes.get_mut(flaw.offset..flaw.offset + flaw.size), stated.get(4usize.saturating_sub(flaw.size)..))
            && place.len() == value.len()
        {
            place.copy_from_slice(value);
        }
    }
    bytes
}

/// Extended data measured by their content.
pub(super) struct Measured {
    /// The data with the blocks' lengths put right.
    pub data: Vec<u8>,
    /// What was wrong; offsets count from the data's start.
    pub flaws: Vec<Flaw>,
}

/// Measures the extended data at the start of `rest`, which are said to be `declared` bytes; `None` if the blocks do not tell.
pub(super) fn measure(format: RecordFormat, rest: &[u8], declared: usize) -> Option<Measured> {
    let mut flaws = Vec::new();
    let mut data = rest.to_vec();
    let mut at = 0;
    // Each block has a head of four bytes, so that the record's length is the bound.
    while declared.saturating_sub(at) >= 4 {
        let be16 = |place: usize| rest.get(place..)?.first_chunk().map(|b| u16::from_be_bytes(*b));
        let (code, stated) = (be16(at)?, be16(at + 2)?);
        let body = rest.get(at + 4..)?;
        if code != SINGULAR_POINTS {
            let head = if format == RecordFormat::Iso2005 { 4 } else { 0 };
            at += usize::from(stated).checked_add(head).filter(|n| *n >= 4)?;
            continue;
        }
        let length = u16::try_from(format.singular_length(body)?).ok()?;
        let counts_head = format != RecordFormat::Iso2005 || stated.abs_diff(length + 4) < stated.abs_diff(length);
        let actual = if counts_head { length + 4 } else { length };
        if stated != actual {
            let (stated, actual) = (stated.into(), actual.into());
            flaws.push(Flaw { field: "length of extended data", offset: at + 2, size: 2, stated, actual });
        }
        data.get_mut(at + 2..at + 4)?.copy_from_slice(&actual.to_be_bytes());
        at += usize::from(length) + 4;
    }
    data.truncate(at);
    (data.len() == at && u16::try_from(at).is_ok()).then_some(Measured { data, flaws })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::template::record::tests::{sample, shared};

    fn round_trip(name: &str) -> Option<(Record, Vec<Flaw>)> {
        let bytes = std::fs::read(shared(name)?).unwrap();
        let (record, flaws) = Record::repair(&bytes).unwrap();
        let right = record.encode().unwrap();
        assert_eq!(Record::parse(&right).as_ref(), Ok(&record));
        assert_eq!(with_flaws(right, &flaws), bytes, "{name}");
        Some((record, flaws))
    }

    fn stated(flaws: &[Flaw]) -> Vec<(usize, u32, u32)> {
        flaws.iter().map(|f| (f.offset, f.stated, f.actual)).collect()
    }

    #[test]
    fn flawed_records_of_known_writers_are_read_and_come_back_byte_for_byte() {
        let Some((record, flaws)) = round_trip("biometric-files/fmr.iso2005") else { return };
        assert_eq!(stated(&flaws), [(328, 42, 41), (332, 42, 41)]);
        assert_eq!(record.format.extensions(&record.views[1].view.extended).unwrap().len(), 1);
        let (record, flaws) = round_trip("biometric-files/fmr.ansi2004").unwrap();
        assert_eq!(stated(&flaws), [(515, 719, 721), (1_196, 42, 44)]);
        assert_eq!((record.views.len(), record.format.extensions(&record.views[2].view.extended).unwrap().len()), (3, 2));
        let (record, flaws) = round_trip("templates/ansi378v2004-sample.dat").unwrap();
        // Its second view has ISO's directions in a field that counts in two degrees.
        let (_, other) = round_trip("templates/ansi378v2009-sample.dat").unwrap();
        assert_eq!(stated(&other), [(8, 363, 364)]);
        assert_eq!((stated(&flaws), record.views.len()), (vec![(8, 340, 342), (322, 213, 33), (328, 249, 69)], 2));
    }

    #[test]
    fn a_length_in_the_form_of_records_of_another_size_is_refused_even_then() {
        // Two bytes tell the length below 65,536 bytes, two zeros and four bytes above.
        let short = sample(RecordFormat::Ansi2004).encode().unwrap();
        let as_long = [&short[..8], &[0, 0, 0, 1, 0, 0], &short[10..]].concat();
        let refusal = TemplateError::LengthMismatch { declared: 65_536, actual: as_long.len() };
        assert_eq!(Record::repair(&as_long), Err(refusal));
        let as_short = [&short[..], &vec![0; 65_536]].concat();
        let refusal = TemplateError::LengthMismatch { declared: short.len(), actual: as_short.len() };
        assert_eq!(Record::repair(&as_short), Err(refusal));
    }

    #[test]
    fn a_right_record_has_no_flaw_and_other_errors_stay() {
        for format in RecordFormat::ALL {
            let bytes = sample(format).encode().unwrap();
            assert_eq!(Record::repair(&bytes), Ok((sample(format), Vec::new())));
            for end in 0..bytes.len() {
                assert!(Record::repair(&bytes[..end]).is_err(), "{format:?} cut at {end}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_repaired_is_right_and_comes_back(format_index in 0usize..6, at in 8usize..330, value: u8) {
            let mut bytes = sample(RecordFormat::ALL[format_index]).encode().unwrap();
            if let Some(b) = bytes.get_mut(at) { *b = value; }
            if let Ok((record, flaws)) = Record::repair(&bytes) {
                let right = record.encode().unwrap();
                proptest::prop_assert_eq!(Record::parse(&right).unwrap(), record);
                proptest::prop_assert_eq!(with_flaws(right, &flaws), bytes);
            }
        }
    }
}
