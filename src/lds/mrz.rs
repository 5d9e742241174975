//! The machine readable zone of a TD1 card (Doc 9303-5 4.2): three lines of thirty, check digits, and the key text of PACE.

use super::mrz_name::MrzName;
use crate::reason::{Reason, Refusal};
use jiff::civil::Date;

/// Characters of a TD1 zone.
pub const TD1_LEN: usize = 90;

/// Why text is no TD1 zone, or fields make none. Positions count characters from 0; no content is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MrzError {
    /// Not ninety characters.
    #[error("{0} characters where a TD1 zone has 90")]
    Length(usize),
    /// Not the length of a key text.
    #[error("{0} characters where a zone has 90 and its key text 24")]
    KeyTextLength(usize),
    /// A character other than A to Z, 0 to 9 and `<`.
    #[error("character {0} is none of a machine readable zone")]
    Character(usize),
    /// A check digit that does not fit its field.
    #[error("check digit of {0} is wrong")]
    CheckDigit(Field),
    /// A field whose content its definition does not allow.
    #[error("{0} is not of its form")]
    BadField(Field),
}

impl Refusal for MrzError {
    fn reason(&self) -> Reason {
        Reason::EncodingInvalid
    }
}

/// A field of the zone, for error messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Kind of document, two characters.
    DocumentCode,
    /// Issuing state or nationality.
    State,
    /// Document number.
    DocumentNumber,
    /// Optional data of either line.
    OptionalData,
    /// Date of birth.
    BirthDate,
    /// Sex.
    Sex,
    /// Date of expiry.
    ExpiryDate,
    /// The check digit over all of them.
    Composite,
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::DocumentCode => "document code",
            Self::State => "state",
            Self::DocumentNumber => "document number",
            Self::OptionalData => "optional data",
            Self::BirthDate => "date of birth",
            Self::Sex => "sex",
            Self::ExpiryDate => "date of expiry",
            Self::Composite => "the whole zone",
        })
    }
}

/// Sex as the zone shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MrzSex {
    /// `M`.
    Male,
    /// `F`.
    Female,
    /// `<`.
    Unspecified,
}

/// Six characters `YYMMDD`; unknown parts of a birth date are fillers. The century is not in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MrzDate([u8; 6]);

impl std::fmt::Debug for MrzDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MrzDate")
    }
}

impl MrzDate {
    /// Year within the century, month and day of a date.
    #[must_use]
    pub fn from_date(date: Date) -> Self {
        let two = |n: i64| -> [u8; 2] {
            let n = u8::try_from(n.rem_euclid(100)).unwrap_or(0);
            [b'0' + n / 10, b'0' + n % 10]
        };
        let ([a, b], [c, d], [e, f]) = (two(i64::from(date.year())), two(i64::from(date.month())), two(i64::from(date.day())));
        Self([a, b, c, d, e, f])
    }

    /// Six characters, each pair two digits or two fillers, month and day within their range.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes: [u8; 6] = text.as_bytes().try_into().ok()?;
        let pair = |pair: &[u8], range: std::ops::RangeInclusive<u8>| match pair {
            [b'<', b'<'] => true,
            [a @ b'0'..=b'9', b @ b'0'..=b'9'] => range.contains(&((a - b'0') * 10 + (b - b'0'))),
            _ => false,
        };
        let [y1, y2, m1, m2, d1, d2] = bytes;
        (pair(&[y1, y2], 0..=99) && pair(&[m1, m2], 1..=12) && pair(&[d1, d2], 1..=31)).then_some(Self(bytes))
    }

    /// The six characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// The fields of a TD1 zone.
#[derive(Clone, PartialEq, Eq)]
pub struct Td1 {
    /// Two characters, the first A, C or I; `ID` on our cards.
    pub document_code: String,
    /// Issuing state: one to three letters.
    pub issuer: String,
    /// Document number: 1 to 22 characters; more than nine overflow into the first optional data.
    pub document_number: String,
    /// Optional data of line 1, fillers at the end left out.
    pub optional_1: String,
    /// Date of birth.
    pub birth: MrzDate,
    /// Sex.
    pub sex: MrzSex,
    /// Date of expiry.
    pub expiry: MrzDate,
    /// Nationality: one to three letters.
    pub nationality: String,
    /// Optional data of line 2, fillers at the end left out.
    pub optional_2: String,
    /// Name.
    pub name: MrzName,
}

impl std::fmt::Debug for Td1 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Td1")
    }
}

impl Td1 {
    /// The zone as ninety characters.
    ///
    /// # Errors
    /// [`MrzError::BadField`] for a field that is too long or has other characters.
    pub fn encode(&self) -> Result<String, MrzError> {
        self.check()?;
        let optional_1 = self.line_1_rest();
        let document_line = format!("{:<<2}{:<<3}{optional_1}", self.document_code, self.issuer);
        let (birth, expiry) = (self.birth.as_str(), self.expiry.as_str());
        let sex = match self.sex {
            MrzSex::Male => 'M',
            MrzSex::Female => 'F',
            MrzSex::Unspecified => '<',
        };
        let dates = format!("{birth}{}{sex}{expiry}{}", check_digit(birth), check_digit(expiry));
        let middle = format!("{dates}{:<<3}{:<<11}", self.nationality, self.optional_2);
        let composite = check_digit(&composite_text(&document_line, &middle));
        Ok(format!("{document_line}{middle}{composite}{}", self.name.field(30)))
    }

    /// Document number, its check digit and the optional data: 25 characters.
    fn line_1_rest(&self) -> String {
        let number = &self.document_number;
        let digit = check_digit(number);
        match number.split_at_checked(9) {
            Some((head, tail)) if !tail.is_empty() => format!("{head}<{:<<15}", format!("{tail}{digit}<{}", self.optional_1)),
            _ => format!("{number:<<9}{digit}{:<<15}", self.optional_1),
        }
    }

    fn check(&self) -> Result<(), MrzError> {
        let fits = |text: &str, range: std::ops::RangeInclusive<usize>, field: Field| {
            let good = range.contains(&text.len()) && !text.ends_with('<') && text.bytes().all(is_mrz);
            if good { Ok(()) } else { Err(MrzError::BadField(field)) }
        };
        fits(&self.document_code, 1..=2, Field::DocumentCode)?;
        fits(&self.issuer, 1..=3, Field::State)?;
        fits(&self.nationality, 1..=3, Field::State)?;
        fits(&self.document_number, 1..=22, Field::DocumentNumber)?;
        // An overflowing number takes its tail, a check digit and a filler out of the optional data.
        let room = if self.document_number.len() > 9 { 22usize.saturating_sub(self.document_number.len()) } else { 15 };
        fits(&self.optional_1, 0..=room, Field::OptionalData)?;
        fits(&self.optional_2, 0..=11, Field::OptionalData)
    }

    /// Parses ninety characters and checks every check digit.
    ///
    /// # Errors
    /// Any [`MrzError`].
    pub fn parse(text: &str) -> Result<Self, MrzError> {
        check_characters(text)?;
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        let trimmed = |from: usize, to: usize| part(from, to).trim_end_matches('<').to_owned();
        let (document_number, optional_1) = read_number(part(5, 14), part(14, 15), part(15, 30))?;
        let birth = read_date(part(30, 36), part(36, 37), Field::BirthDate)?;
        let expiry = read_date(part(38, 44), part(44, 45), Field::ExpiryDate)?;
        if !digit_fits(&composite_text(part(0, 30), part(30, 59)), part(59, 60)) {
            return Err(MrzError::CheckDigit(Field::Composite));
        }
        let sex = match part(37, 38) {
            "M" => MrzSex::Male,
            "F" => MrzSex::Female,
            "<" => MrzSex::Unspecified,
            _ => return Err(MrzError::BadField(Field::Sex)),
        };
        if !matches!(part(0, 1), "A" | "C" | "I") {
            return Err(MrzError::BadField(Field::DocumentCode));
        }
        let state = |from: usize| {
            let code = trimmed(from, from + 3);
            let letters = !code.is_empty() && code.bytes().all(|b| b.is_ascii_uppercase());
            if letters { Ok(code) } else { Err(MrzError::BadField(Field::State)) }
        };
        Ok(Self {
            document_code: trimmed(0, 2),
            issuer: state(2)?,
            document_number,
            optional_1,
            birth,
            sex,
            expiry,
            nationality: state(45)?,
            optional_2: trimmed(48, 59),
            name: MrzName::from_field(part(60, 90)),
        })
    }

    /// The MRZ information of Doc 9303-11 4.3.2: document number, birth and expiry, each with its check digit.
    #[must_use]
    pub fn key_text(&self) -> String {
        key_text(&self.document_number, self.birth, self.expiry)
    }
}

/// The MRZ information from which PACE and BAC take their key: SHA-1 over it is the password.
#[must_use]
pub fn key_text(document_number: &str, birth: MrzDate, expiry: MrzDate) -> String {
    let number = format!("{document_number:<<9}");
    let (birth, expiry) = (birth.as_str(), expiry.as_str());
    format!("{number}{}{birth}{}{expiry}{}", check_digit(&number), check_digit(birth), check_digit(expiry))
}

/// Whether text is a key text: a document number of 9 to 22 characters, birth and expiry, each with its check digit.
///
/// # Errors
/// [`MrzError::KeyTextLength`], [`MrzError::Character`], [`MrzError::CheckDigit`] or [`MrzError::BadField`].
pub fn check_key_text(text: &str) -> Result<(), MrzError> {
    if let Some(position) = text.chars().position(|c| !u8::try_from(c).is_ok_and(is_mrz)) {
        return Err(MrzError::Character(position));
    }
    let digits = 15;
    let number_len = text.len().saturating_sub(digits);
    if !(9..=22).contains(&number_len) {
        return Err(MrzError::KeyTextLength(text.len()));
    }
    let part = |from: usize, length: usize| text.get(from..from + length).unwrap_or_default();
    let number = part(0, number_len);
    if !digit_fits(number, part(number_len, 1)) {
        return Err(MrzError::CheckDigit(Field::DocumentNumber));
    }
    if number.starts_with('<') {
        return Err(MrzError::BadField(Field::DocumentNumber));
    }
    read_date(part(number_len + 1, 6), part(number_len + 7, 1), Field::BirthDate)?;
    read_date(part(number_len + 8, 6), part(number_len + 14, 1), Field::ExpiryDate).map(drop)
}

/// The check digit of a field: weights 7, 3, 1 modulo 10 (Doc 9303-3 4.9), as a character.
#[must_use]
pub fn check_digit(field: &str) -> char {
    let value = |b: u8| match b {
        b'0'..=b'9' => u32::from(b - b'0'),
        b'A'..=b'Z' => u32::from(b - b'A') + 10,
        _ => 0,
    };
    let sum: u32 = field.bytes().zip([7, 3, 1].into_iter().cycle()).map(|(b, weight)| value(b) * weight).sum();
    char::from_digit(sum % 10, 10).unwrap_or('0')
}

/// What the composite digit is over: positions 6 to 30 of line 1; 1 to 7, 9 to 15 and 19 to 29 of line 2.
fn composite_text(first: &str, second: &str) -> String {
    let part = |text: &str, from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
    part(first, 5, 30) + &part(second, 0, 7) + &part(second, 8, 15) + &part(second, 18, 29)
}

fn is_mrz(b: u8) -> bool {
    b == b'<' || b.is_ascii_digit() || b.is_ascii_uppercase()
}

fn check_characters(text: &str) -> Result<(), MrzError> {
    if let Some(position) = text.chars().position(|c| !u8::try_from(c).is_ok_and(is_mrz)) {
        return Err(MrzError::Character(position));
    }
    if text.len() == TD1_LEN { Ok(()) } else { Err(MrzError::Length(text.len())) }
}

/// Whether `digit` is the check digit of `field`; an empty field may have a filler for it.
fn digit_fits(field: &str, digit: &str) -> bool {
    digit.chars().eq([check_digit(field)]) || (digit == "<" && field.bytes().all(|b| b == b'<'))
}

fn read_date(text: &str, digit: &str, field: Field) -> Result<MrzDate, MrzError> {
    if !digit_fits(text, digit) {
        return Err(MrzError::CheckDigit(field));
    }
    MrzDate::from_text(text).ok_or(MrzError::BadField(field))
}

/// The document number, with its overflow if the check digit's place holds a filler, and the optional data left.
fn read_number(number: &str, digit: &str, optional: &str) -> Result<(String, String), MrzError> {
    let bad = MrzError::BadField(Field::DocumentNumber);
    if digit != "<" {
        if !digit_fits(number, digit) {
            return Err(MrzError::CheckDigit(Field::DocumentNumber));
        }
        let number = number.trim_end_matches('<');
        return if number.is_empty() { Err(bad) } else { Ok((number.to_owned(), optional.trim_end_matches('<').to_owned())) };
    }
    let (overflow, rest) = optional.split_once('<').ok_or(bad)?;
    let (tail, digit) = overflow.split_at_checked(overflow.len().saturating_sub(1)).ok_or(bad)?;
    if tail.is_empty() {
        return Err(bad);
    }
    let whole = format!("{number}{tail}");
    if !digit_fits(&whole, digit) {
        return Err(MrzError::CheckDigit(Field::DocumentNumber));
    }
    Ok((whole, rest.trim_end_matches('<').to_owned()))
}

#[cfg(test)]
#[path = "tests/mrz.rs"]
mod tests;
