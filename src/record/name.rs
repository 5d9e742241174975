//! Full names under Permendagri 73/2022 and, for older entries, under what was usual before.

use super::error::FieldError;
use super::text::{check, is_latin_letter};
use super::warning::WarningKind;
use jiff::civil::{Date, date};

/// Day of promulgation of Permendagri 73/2022; its rule holds for names registered after it.
pub const RULE_OF_2022: Date = date(2022, 4, 21);
/// Longest name under the rule of 2022, in characters with spaces.
pub const NAME_MAX: usize = 60;
/// Longest older name.
pub const OLD_NAME_MAX: usize = 100;

/// A full name in capitals, as face and chip hold it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FullName(String);

impl FullName {
    /// Parses a name registered on a day, and tells what is odd about it.
    ///
    /// After [`RULE_OF_2022`]: letters of Latin script, at least two words, at most 60 characters; dot and comma for titles, with a
    /// warning. Before: also one word, up to 100 characters, apostrophe and hyphen, each with a warning. Never digits. Small letters are
    /// made capitals.
    ///
    /// # Errors
    /// [`FieldError`].
    pub fn parse(text: &str, registered: Date) -> Result<(Self, Vec<WarningKind>), FieldError> {
        let new_rule = registered > RULE_OF_2022;
        let max = if new_rule { NAME_MAX } else { OLD_NAME_MAX };
        let name = text.to_uppercase();
        let punctuation: &[char] = if new_rule { &['.', ','] } else { &['.', ',', '\'', '-'] };
        check(&name, max, |c| is_latin_letter(c) || punctuation.contains(&c))?;
        let words = name.split(' ').filter(|w| w.chars().any(is_latin_letter)).count();
        if words == 0 {
            return Err(FieldError::Form { expected: "a name with letters" });
        }
        if new_rule && words < 2 {
            return Err(FieldError::TooFewWords);
        }
        let odd = [
            (words < 2, WarningKind::NameOneWord),
            (name.chars().count() > NAME_MAX, WarningKind::NameLong),
            (name.contains(['.', ',', '\'', '-']), WarningKind::NamePunctuation),
            (!name.is_ascii(), WarningKind::NameNotAscii),
        ];
        Ok((Self(name), odd.into_iter().filter(|(is, _)| *is).map(|(_, kind)| kind).collect()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Personal data: counted, not shown.
impl std::fmt::Debug for FullName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FullName({} characters)", self.0.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NEW: Date = date(2022, 4, 22);

    fn old(text: &str) -> Result<Vec<WarningKind>, FieldError> {
        FullName::parse(text, RULE_OF_2022).map(|(_, w)| w)
    }

    fn new(text: &str) -> Result<Vec<WarningKind>, FieldError> {
        FullName::parse(text, NEW).map(|(_, w)| w)
    }

    #[test]
    fn the_rule_of_2022_holds_from_its_day_on() {
        assert_eq!(old("SUHARTO"), Ok(vec![WarningKind::NameOneWord]));
        assert_eq!(new("SUHARTO"), Err(FieldError::TooFewWords));
        assert_eq!(new("SUHARTO ."), Err(FieldError::TooFewWords), "a dot is no word");
        assert_eq!(new("BUDI SPESIMEN"), Ok(vec![]));
        let long = format!("{} {}", "A".repeat(30), "B".repeat(30));
        assert_eq!(new(&long), Err(FieldError::TooLong { max: 60 }));
        assert_eq!(old(&long), Ok(vec![WarningKind::NameLong]));
        assert_eq!(old(&"A".repeat(101)), Err(FieldError::TooLong { max: 100 }));
    }

    #[test]
    fn punctuation_and_letters() {
        assert_eq!(new("SITI RAHMA, S.H."), Ok(vec![WarningKind::NamePunctuation]));
        assert_eq!(old("NUR'AINI"), Ok(vec![WarningKind::NameOneWord, WarningKind::NamePunctuation]));
        assert_eq!(new("NUR'AINI PUTRI"), Err(FieldError::ForbiddenCharacter { position: 4 }));
        assert_eq!(new("JÖRG MÜLLER"), Ok(vec![WarningKind::NameNotAscii]));
        assert_eq!(old("BUDI 2"), Err(FieldError::ForbiddenCharacter { position: 6 }));
        assert_eq!(old("..."), Err(FieldError::Form { expected: "a name with letters" }));
        assert_eq!(new(""), Err(FieldError::Empty));
        assert_eq!(new("BUDI  SPESIMEN"), Err(FieldError::Spacing));
        assert_eq!(FullName::parse("Budi Spesimen", NEW).unwrap().0.as_str(), "BUDI SPESIMEN");
    }

    proptest! {
        #[test]
        fn what_the_new_rule_takes_the_old_took_too(text in "[A-Za-z.' ]{0,70}|\\PC{0,30}") {
            if FullName::parse(&text, NEW).is_ok() {
                prop_assert!(FullName::parse(&text, RULE_OF_2022).is_ok());
            }
        }
    }
}
