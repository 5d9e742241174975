//! DG11: additional personal details, the 16-digit NIK among them (Doc 9303-10 4.7.11).

use super::tag_list;
use super::tlv::{TlvError, TlvErrorKind};
use jiff::civil::Date;

/// Tag of DG11.
pub const TAG: u32 = 0x6B;
const NAME: u32 = 0x5F0E;
const PERSONAL_NUMBER: u32 = 0x5F10;
const BIRTH_DATE: u32 = 0x5F2B;
const BIRTH_PLACE: u32 = 0x5F11;
const ADDRESS: u32 = 0x5F42;
const PROFESSION: u32 = 0x5F13;

/// The elements of DG11 that our cards hold. Empty text is left out of the file.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Dg11 {
    /// Full name; on the chip its spaces are fillers, as Doc 9303 writes names.
    pub full_name: String,
    /// NIK, sixteen digits.
    pub personal_number: String,
    /// Date of birth, YYYYMMDD.
    pub birth_date: String,
    /// Place of birth.
    pub birth_place: String,
    /// Lines of the permanent address, separated by fillers on the chip.
    pub address: Vec<String>,
    /// Profession.
    pub profession: String,
}

impl std::fmt::Debug for Dg11 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dg11")
    }
}

/// A date as Doc 9303 writes it in ASCII.
#[must_use]
pub fn ascii_date(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

impl Dg11 {
    /// The file's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let clean = |text: &str| text.replace('<', " ");
        let lines: Vec<String> = self.address.iter().map(|l| clean(l)).collect();
        let elements = [
            (NAME, clean(&self.full_name).replace(' ', "<")),
            (PERSONAL_NUMBER, self.personal_number.clone()),
            (BIRTH_DATE, self.birth_date.clone()),
            (BIRTH_PLACE, clean(&self.birth_place)),
            (ADDRESS, lines.join("<")),
            (PROFESSION, clean(&self.profession)),
        ];
        tag_list::encode(TAG, &elements.map(|(tag, text)| (tag, text.into_bytes())))
    }

    /// Parses DG11, ours or foreign; elements that our cards do not have are passed over.
    ///
    /// # Errors
    /// Any [`TlvError`]; text that is not UTF-8 and dates that are none are bad values.
    pub fn parse(data: &[u8]) -> Result<Self, TlvError> {
        let mut group = Self::default();
        for element in tag_list::parse(data, TAG)? {
            match element.tag {
                NAME => group.full_name = tag_list::text(&element)?.replace('<', " ").trim().to_owned(),
                PERSONAL_NUMBER => group.personal_number = tag_list::text(&element)?,
                BIRTH_DATE => group.birth_date = tag_list::date(&element)?,
                BIRTH_PLACE => group.birth_place = tag_list::text(&element)?.replace('<', ", "),
                ADDRESS => group.address = tag_list::text(&element)?.split('<').map(str::to_owned).collect(),
                PROFESSION => group.profession = tag_list::text(&element)?,
                0x5F0F | 0x5F12 | 0x5F14..=0x5F18 | 0xA0 => {}
                _ => return Err(TlvError::at(TlvErrorKind::BadValue(element.tag), element.start)),
            }
        }
        Ok(group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::tlv;

    fn sample() -> Dg11 {
        Dg11 {
            full_name: "BUDI SANTOSO".into(),
            personal_number: "3171011708900001".into(),
            birth_date: ascii_date(Date::constant(1990, 8, 17)),
            birth_place: "JAKARTA".into(),
            address: vec!["JL MERDEKA 1".into(), "RT 003 RW 019".into()],
            profession: "GURU".into(),
        }
    }

    #[test]
    fn it_reads_back_and_every_cut_is_refused() {
        let bytes = sample().encode();
        assert_eq!(Dg11::parse(&bytes).unwrap(), sample());
        for end in 0..bytes.len() {
            assert!(Dg11::parse(&bytes[..end]).is_err());
        }
        let part = Dg11 { profession: String::new(), address: vec![], ..sample() };
        assert_eq!(Dg11::parse(&part.encode()).unwrap(), part);
    }

    #[test]
    fn foreign_habits_are_read() {
        // BCD date, tag list that announces more than is there, a custody element of no interest.
        let inner = [
            tlv::encode(0x5C, &[0x5F, 0x2B, 0x5F, 0x12]),
            tlv::encode(0x5F2B, &[0x19, 0x90, 0x08, 0x17]),
            tlv::encode(0x5F18, b"X"),
        ];
        assert_eq!(Dg11::parse(&tlv::encode(TAG, &inner.concat())).unwrap().birth_date, "19900817");
    }

    #[test]
    fn refusals_name_the_element() {
        let with = |tag: u32, value: &[u8]| {
            let inner = [tlv::encode(0x5C, &[]), tlv::encode(tag, value)].concat();
            Dg11::parse(&tlv::encode(TAG, &inner)).unwrap_err().kind
        };
        assert_eq!(with(NAME, &[0xFF]), TlvErrorKind::BadValue(NAME));
        assert_eq!(with(NAME, b"A\x07"), TlvErrorKind::BadValue(NAME));
        assert_eq!(with(BIRTH_DATE, b"1990-8-1"), TlvErrorKind::BadValue(BIRTH_DATE));
        assert_eq!(with(0x04, b"1"), TlvErrorKind::BadValue(0x04));
        let twice = [tlv::encode(0x5C, &[]), tlv::encode(NAME, b"A").repeat(2)].concat();
        assert_eq!(Dg11::parse(&tlv::encode(TAG, &twice)).unwrap_err().kind, TlvErrorKind::Duplicate(NAME));
        let list = tlv::encode(0x5C, &[0x5F]);
        assert_eq!(Dg11::parse(&tlv::encode(TAG, &list)).unwrap_err().kind, TlvErrorKind::BadValue(0x5C));
    }

    proptest::proptest! {
        #[test]
        fn any_text_reads_back_or_loses_fillers_only(name in "[A-Z '.]{1,60}", data: Vec<u8>) {
            let group = Dg11 { full_name: name.trim().to_owned(), ..Dg11::default() };
            assert_eq!(Dg11::parse(&group.encode()).unwrap(), group);
            let _ = Dg11::parse(&data);
            let _ = Dg11::parse(&tlv::encode(TAG, &data));
        }
    }
}
