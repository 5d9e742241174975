//! Dates as records write them: `YYYY-MM-DD`, days that exist.

use super::error::FieldError;
use jiff::civil::Date;

/// Parses `YYYY-MM-DD`, from 1850 to 2199.
///
/// # Errors
/// [`FieldError::Form`] for anything else; [`FieldError::ImpossibleDate`] for a day that does not exist.
pub fn parse(text: &str) -> Result<Date, FieldError> {
    let form = FieldError::Form { expected: "a date of the form YYYY-MM-DD" };
    let bytes = text.as_bytes();
    let dashed = bytes.len() == 10 && bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count() == 8;
    if !dashed || !digits {
        return Err(form);
    }
    let part = |range| text.get(range).and_then(|t: &str| t.parse::<i16>().ok()).ok_or(form);
    let (year, month, day) = (part(0..4)?, part(5..7)?, part(8..10)?);
    let small = |value: i16| i8::try_from(value).map_err(|_| FieldError::ImpossibleDate);
    if !(1850..2200).contains(&year) {
        return Err(FieldError::ImpossibleDate);
    }
    Date::new(year, small(month)?, small(day)?).map_err(|_| FieldError::ImpossibleDate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn only_days_that_exist() {
        assert_eq!(parse("2024-02-29"), Ok(date(2024, 2, 29)));
        for text in ["2023-02-29", "2000-00-10", "2000-13-01", "2000-04-31", "1849-12-31", "2200-01-01", "2000-01-00"] {
            assert_eq!(parse(text), Err(FieldError::ImpossibleDate), "{text}");
        }
        for text in ["", "2000-1-1", "01-02-2000", "2000/01/01", "2000-01-01T00", "+200-01-01", "２000-01-1", "2000-01-1 "] {
            assert!(matches!(parse(text), Err(FieldError::Form { .. })), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_parsed_prints_the_same(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}|\\PC{0,12}") {
            if let Ok(date) = parse(&text) {
                prop_assert_eq!(date.to_string(), text);
            }
        }
    }
}
