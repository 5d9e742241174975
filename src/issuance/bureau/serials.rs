//! Serial numbers as deliveries, shifts and people write them: lists and ranges.

use crate::issuance::balance::Serials;
use crate::issuance::store::Id;
use crate::limits::BLANK_SERIALS;
use crate::reason::{Reason, Refusal};

/// Why a list of serial numbers is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SerialError {
    /// No serial number.
    #[error("line {0}: {1:?} is no serial number")]
    Serial(usize, String),
    /// No range: its ends have another beginning, another length, or stand the wrong way round.
    #[error("line {0}: {1:?} is no range: its ends differ in their last digits alone, the lower first")]
    Range(usize, String),
    /// A serial number stands twice.
    #[error("line {0}: {1} stands twice")]
    Twice(usize, String),
    /// More than one list may have.
    #[error("a list has at most {BLANK_SERIALS} serial numbers")]
    TooMany,
    /// Nothing in it.
    #[error("the list has no serial number")]
    Empty,
}

impl Refusal for SerialError {
    fn reason(&self) -> Reason {
        Reason::InputInvalid
    }
}

/// Parses serial numbers: one after the other, on lines or with commas between, or `FIRST..LAST`; `#` begins a remark.
///
/// # Errors
/// [`SerialError`].
pub fn parse(text: &str) -> Result<Serials, SerialError> {
    let mut all = Serials::new();
    for (at, line) in (1..).zip(text.lines()) {
        let line = line.split('#').next().unwrap_or_default();
        for item in line.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            match item.split_once("..") {
                None => add(&mut all, at, item)?,
                Some((first, last)) => range(&mut all, at, item, (first.trim(), last.trim()))?,
            }
        }
    }
    if all.is_empty() { Err(SerialError::Empty) } else { Ok(all) }
}

fn add(all: &mut Serials, at: usize, serial: &str) -> Result<(), SerialError> {
    if Id::parse(serial).is_err() {
        return Err(SerialError::Serial(at, serial.to_owned()));
    }
    if all.len() >= BLANK_SERIALS {
        return Err(SerialError::TooMany);
    }
    if all.insert(serial.to_owned()) { Ok(()) } else { Err(SerialError::Twice(at, serial.to_owned())) }
}

fn range(all: &mut Serials, at: usize, item: &str, (first, last): (&str, &str)) -> Result<(), SerialError> {
    let wrong = || SerialError::Range(at, item.to_owned());
    let digits = |text: &str| text.len() - text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let width = digits(first);
    if first.len() != last.len() || digits(last) < width || width == 0 {
        return Err(wrong());
    }
    let (prefix, from) = first.split_at_checked(first.len() - width).ok_or_else(wrong)?;
    let to = last.strip_prefix(prefix).ok_or_else(wrong)?;
    let (from, to): (u64, u64) = (from.parse().map_err(|_| wrong())?, to.parse().map_err(|_| wrong())?);
    let count = to.checked_sub(from).ok_or_else(wrong)?;
    if count >= BLANK_SERIALS as u64 {
        return Err(SerialError::TooMany);
    }
    (from..=to).try_for_each(|n| add(all, at, &format!("{prefix}{n:0width$}")))
}

/// Serial numbers in as few words as they need: ranges of three or more, and the rest one by one.
#[must_use]
pub fn write(serials: &Serials) -> String {
    let mut runs: Vec<(&str, &str, usize)> = Vec::new();
    for serial in serials {
        match runs.last_mut() {
            Some((_, last, count)) if follows(last, serial) => (*last, *count) = (serial, *count + 1),
            _ => runs.push((serial, serial, 1)),
        }
    }
    let words = runs.into_iter().map(|(first, last, count)| match count {
        1 => first.to_owned(),
        2 => format!("{first}, {last}"),
        _ => format!("{first}..{last}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Whether a serial is the next after another: the same but for its last digits, which are one more.
fn follows(one: &str, next: &str) -> bool {
    let parts = |text: &str| {
        let digits = text.len() - text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (prefix, number) = text.split_at_checked(text.len() - digits)?;
        Some((prefix.to_owned(), number.parse::<u64>().ok()?))
    };
    one.len() == next.len()
        && match (parts(one), parts(next)) {
            (Some((prefix, n)), Some((other, m))) => prefix == other && n.checked_add(1) == Some(m),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges_are_read_and_written_in_few_words() {
        let all = parse("# box 1\nID-0001..ID-0003, ID-0007\nX9\n\n  ID-0010..ID-0011 # two\n").unwrap();
        let expected = ["ID-0001", "ID-0002", "ID-0003", "ID-0007", "ID-0010", "ID-0011", "X9"];
        assert_eq!(all.iter().map(String::as_str).collect::<Vec<_>>(), expected);
        assert_eq!(write(&all), "ID-0001..ID-0003, ID-0007, ID-0010, ID-0011, X9");
        assert_eq!(parse(&write(&all)), Ok(all));
        assert_eq!(parse("99..99").unwrap().len(), 1);
        assert_eq!(write(&parse("A098..A101").unwrap()), "A098..A101");
    }

    #[test]
    fn each_list_that_is_none_is_named_by_its_line() {
        assert_eq!(parse("A1\nb c"), Err(SerialError::Serial(2, "b c".into())));
        assert_eq!(parse("3173010101900001"), Err(SerialError::Serial(1, "3173010101900001".into())), "a NIK is no serial");
        for range in ["A1..B3", "A1..A10", "A3..A1", "A..B", "A1.."] {
            assert_eq!(parse(range), Err(SerialError::Range(1, range.into())), "{range}");
        }
        assert_eq!(parse("A1..A3\nA2"), Err(SerialError::Twice(2, "A2".into())));
        assert_eq!(parse("A000000..A999999"), Err(SerialError::TooMany));
        assert_eq!(parse("A00000..A99999, B1"), Err(SerialError::TooMany));
        assert_eq!(parse("# nothing\n"), Err(SerialError::Empty));
        assert_eq!(SerialError::Empty.reason(), Reason::InputInvalid);
    }
}
