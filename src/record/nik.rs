//! The national identity number, which explains itself but decides nothing, and the family card number.
//!
//! A NIK is `PPKKCC DDMMYY SSSS`: the district of first registration, the day of birth (women + 40), a serial. It never changes, not when
//! its holder moves nor when a date of birth is corrected, and it has no check digit. So what it says is information, and disagreement with
//! the record is a remark.

use super::error::FieldError;
use super::region::{self, Region};
use super::status::Sex;
use super::warning::WarningKind;
use jiff::civil::Date;

/// A national identity number: sixteen digits, always as text.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Nik(String);

/// The number of a family card (*kartu keluarga*, KK): sixteen digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FamilyCardNo(String);

fn sixteen(text: &str) -> Result<String, FieldError> {
    match text.len() == 16 && text.bytes().all(|b| b.is_ascii_digit()) {
        true => Ok(text.to_owned()),
        false => Err(FieldError::Form { expected: "sixteen digits" }),
    }
}

/// Whether a text holds what may be somebody's number: sixteen digits in a row, by themselves or among others. A row that begins `00` is of
/// no region, digests in hexadecimal (32 letters and digits or more, in lower case, not of digits alone) are drawn and nobody's, and ten bytes
/// in hexadecimal capitals are the serial number of a chip, digits alone or not.
#[must_use]
pub fn is_told_in(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !is_digest(word) && !is_chip(word)).any(|word| {
        let rows = word.as_bytes().windows(16);
        rows.filter(|row| row.iter().all(u8::is_ascii_digit)).any(|row| !row.starts_with(b"00"))
    })
}

fn is_digest(word: &str) -> bool {
    let is_hex = word.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    matches!(word.len(), 32 | 40 | 64) && is_hex && word.bytes().any(|b| !b.is_ascii_digit())
}

/// Ten bytes, as [`crate::crypto::scp03::ChipSerial`] is written.
fn is_chip(word: &str) -> bool {
    word.len() == 20 && word.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b))
}

impl FamilyCardNo {
    /// Parses sixteen digits.
    ///
    /// # Errors
    /// [`FieldError::Form`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        sixteen(text).map(Self)
    }

    /// The sixteen digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a NIK says of its holder at first registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// The province, if any table since 2016 has its code.
    pub province: Option<Region>,
    /// The regency or city.
    pub regency: Option<Region>,
    /// The district.
    pub district: Option<Region>,
    /// Sex by the day: 01 to 31 a man, 41 to 71 a woman, anything else neither.
    pub sex: Option<Sex>,
    /// Day of the month with the women's 40 taken off, if it is 1 to 31.
    pub day: Option<u8>,
    /// Month, if it is 1 to 12.
    pub month: Option<u8>,
    /// The last two digits of the year. A NIK does not tell the century.
    pub year_in_century: u8,
    /// The serial, 0 to 9999.
    pub serial: u16,
    /// Of the reserved region 99 or serial 0000: a specimen's, nobody's.
    pub reserved: bool,
}

impl Nik {
    /// Parses sixteen digits. Nothing else is asked of them.
    ///
    /// # Errors
    /// [`FieldError::Form`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        sixteen(text).map(Self)
    }

    /// The sixteen digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the digits say.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        let two = |from: usize| self.0.get(from..from + 2).and_then(|t| t.parse::<u8>().ok()).unwrap_or_default();
        let code = |digits: usize| self.0.get(..digits).and_then(region::find);
        let (day, sex) = match two(6) {
            d @ 1..=31 => (Some(d), Some(Sex::Male)),
            d @ 41..=71 => (Some(d - 40), Some(Sex::Female)),
            _ => (None, None),
        };
        let serial = self.0.get(12..).and_then(|t| t.parse().ok()).unwrap_or_default();
        Explanation {
            province: code(2),
            regency: code(4),
            district: code(6),
            sex,
            day,
            month: Some(two(8)).filter(|m| (1..=12).contains(m)),
            year_in_century: two(10),
            serial,
            reserved: self.0.starts_with("99") || serial == 0,
        }
    }
}

impl Explanation {
    /// The date of birth, in the century that brings it closest to a date of birth known otherwise, the record's.
    ///
    /// `None` if day and month are no date of that year.
    #[must_use]
    pub fn birth_date_near(&self, known: Date) -> Option<Date> {
        let first = i16::from(self.year_in_century) + known.year().div_euclid(100) * 100;
        let year = [first - 100, first, first + 100].into_iter().min_by_key(|y| (y - known.year()).abs())?;
        self.in_year(year)
    }

    /// The latest date of birth that is not after a day the caller names; never the clock's.
    ///
    /// `None` if day and month are no date of that year.
    #[must_use]
    pub fn birth_date_before(&self, as_of: Date) -> Option<Date> {
        let first = i16::from(self.year_in_century) + as_of.year().div_euclid(100) * 100;
        match self.in_year(first) {
            Some(date) if date <= as_of => Some(date),
            _ if first < as_of.year() => None,
            _ => self.in_year(first - 100),
        }
    }

    /// What is odd about the NIK by itself and beside a date of birth and a sex known otherwise. Never a reason to refuse.
    #[must_use]
    pub fn disagreements(&self, birth_date: Option<Date>, sex: Option<Sex>) -> Vec<WarningKind> {
        // A leap year stands in where no date of birth is known, so that 29 February passes.
        let in_nik = birth_date.map_or_else(|| self.in_year(2_000), |known| self.birth_date_near(known));
        let flags = [
            (self.reserved, WarningKind::NikReserved),
            (!self.reserved && self.district.is_none(), WarningKind::NikRegionUnknown),
            (in_nik.is_none(), WarningKind::NikDateImpossible),
            (birth_date.is_some() && in_nik.is_some() && in_nik != birth_date, WarningKind::NikDateDiffers),
            (sex.is_some() && self.sex.is_some() && self.sex != sex, WarningKind::NikSexDiffers),
        ];
        flags.into_iter().filter(|f| f.0).map(|(_, kind)| kind).collect()
    }

    fn in_year(&self, year: i16) -> Option<Date> {
        let part = |value: u8| i8::try_from(value).ok();
        Date::new(year, part(self.month?)?, part(self.day?)?).ok()
    }
}

/// Personal data: not shown.
impl std::fmt::Debug for Nik {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Nik")
    }
}

/// Personal data: not shown.
impl std::fmt::Debug for FamilyCardNo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FamilyCardNo")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn explain(text: &str) -> Explanation {
        Nik::parse(text).unwrap().explain()
    }

    #[test]
    fn sixteen_digits_and_nothing_else() {
        for text in [
            "",
            "317101170785000",
            "31710117078500000",
            "317101170785000A",
            "3171 0117 0785 00",
            "３１７１０１１７０７８５０００１",
        ] {
            assert_eq!(Nik::parse(text), Err(FieldError::Form { expected: "sixteen digits" }));
            assert_eq!(FamilyCardNo::parse(text), Err(FieldError::Form { expected: "sixteen digits" }));
        }
    }

    #[test]
    fn a_nik_explains_itself() {
        let e = explain("3171015707850012");
        assert_eq!(e.district.unwrap().name, "Gambir");
        assert_eq!(e.regency.unwrap().code, "3171");
        assert_eq!((e.sex, e.day, e.month, e.year_in_century, e.serial), (Some(Sex::Female), Some(17), Some(7), 85, 12));
        assert!(!e.reserved);
        assert!(explain("9999995707850012").reserved && explain("3171015707850000").reserved);
    }

    #[test]
    fn a_dead_code_is_still_explained_with_its_years() {
        let merauke = explain("9101010101900001").district.unwrap();
        assert_eq!((merauke.name, merauke.last_seen), ("Merauke", 2022));
    }

    #[test]
    fn day_42_is_the_second_and_not_refused() {
        let e = explain("3171014202000001");
        assert_eq!((e.sex, e.day), (Some(Sex::Female), Some(2)));
        assert_eq!(e.birth_date_near(date(2000, 2, 2)), Some(date(2000, 2, 2)));
    }

    #[test]
    fn the_century_comes_from_the_record() {
        let e = explain("3171010101050001");
        assert_eq!(e.birth_date_near(date(2005, 1, 1)), Some(date(2005, 1, 1)));
        assert_eq!(e.birth_date_near(date(1905, 6, 1)), Some(date(1905, 1, 1)));
        let turn = explain("3171013112990001");
        assert_eq!(turn.birth_date_near(date(2000, 1, 1)), Some(date(1999, 12, 31)), "a corrected date may lie over the turn");
    }

    #[test]
    fn without_a_record_the_callers_day_decides() {
        let e = explain("3171013006260001");
        assert_eq!(e.birth_date_before(date(2026, 6, 30)), Some(date(2026, 6, 30)));
        assert_eq!(e.birth_date_before(date(2026, 6, 29)), Some(date(1926, 6, 30)));
        let leap = explain("3171012902000001");
        assert_eq!(leap.birth_date_before(date(2026, 1, 1)), Some(date(2000, 2, 29)));
    }

    #[test]
    fn impossible_parts_are_left_out_not_refused() {
        let e = explain("3171013200850001");
        assert_eq!((e.sex, e.day, e.month), (None, None, None));
        assert_eq!(e.birth_date_near(date(1985, 1, 1)), None);
        assert_eq!(explain("3171013002850001").birth_date_near(date(1985, 2, 28)), None, "30 February");
        assert_eq!(explain("3171017213850001").sex, None);
    }

    proptest! {
        #[test]
        fn every_day_of_either_sex_comes_back(days in 0i64..60_000, woman: bool, serial in 1u16..=9_999) {
            let born = date(1900, 1, 1) + jiff::ToSpan::days(days);
            let day = born.day() + if woman { 40 } else { 0 };
            let e = explain(&format!("317101{day:02}{:02}{:02}{serial:04}", born.month(), born.year() % 100));
            prop_assert_eq!(e.birth_date_near(born), Some(born));
            prop_assert_eq!(e.sex, Some(if woman { Sex::Female } else { Sex::Male }));
            prop_assert_eq!(e.serial, serial);
            prop_assert_eq!(e.birth_date_before(born), Some(born));
        }

        #[test]
        fn any_sixteen_digits_are_explained_without_a_panic(text in "[0-9]{16}", year in 1850i16..2199) {
            let e = explain(&text);
            let _ = (e.birth_date_near(date(year, 3, 1)), e.birth_date_before(date(year, 3, 1)));
        }
    }
}
