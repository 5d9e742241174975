//! UTCTime and GeneralizedTime as RFC 5280 4.1.2.5 uses them.

use crate::lds::tlv::{self, Tlv, TlvError};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// How far a signed list may be ahead of the judge's clock.
pub const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

const UTC_TIME: u32 = 0x17;
const GENERALIZED_TIME: u32 = 0x18;

fn civil(at: Timestamp) -> DateTime {
    at.to_zoned(TimeZone::UTC).datetime()
}

/// The instant of a civil date and time in UTC; instants before year 1 or after 9999 do not occur.
#[must_use]
pub fn from_civil(at: DateTime) -> Timestamp {
    TimeZone::UTC.to_timestamp(at).unwrap_or(Timestamp::MAX)
}

/// The first instant of a date in UTC.
#[must_use]
pub fn start_of(date: jiff::civil::Date) -> Timestamp {
    from_civil(date.at(0, 0, 0, 0))
}

/// The day of an instant in UTC.
#[must_use]
pub fn date_of(at: Timestamp) -> jiff::civil::Date {
    civil(at).date()
}

/// `at` moved by whole days.
#[must_use]
pub fn plus_days(at: Timestamp, days: i64) -> Timestamp {
    at.checked_add(jiff::SignedDuration::from_hours(days * 24)).unwrap_or(Timestamp::MAX)
}

/// Whether what was made then comes from the future of `now`, clocks that differ a little allowed for.
#[must_use]
pub fn is_future(made: Timestamp, now: Timestamp) -> bool {
    made.duration_since(now) > SKEW
}

/// `at` without fractions of a second, which X.509 times do not have.
#[must_use]
pub fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// UTCTime up to 2049, GeneralizedTime from 2050.
#[must_use]
pub fn encode(at: Timestamp) -> Vec<u8> {
    let t = civil(at);
    if (1950..2050).contains(&t.year()) {
        tlv::encode(UTC_TIME, digits(t).get(2..).unwrap_or_default().as_bytes())
    } else {
        generalized(at)
    }
}

/// GeneralizedTime.
#[must_use]
pub fn generalized(at: Timestamp) -> Vec<u8> {
    tlv::encode(GENERALIZED_TIME, digits(civil(at)).as_bytes())
}

fn digits(t: DateTime) -> String {
    format!("{:04}{:02}{:02}{:02}{:02}{:02}Z", t.year(), t.month(), t.day(), t.hour(), t.minute(), t.second())
}

/// Reads either form.
///
/// # Errors
/// [`tlv::TlvErrorKind::BadValue`] unless it is `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ` and a real instant.
pub fn read(object: &Tlv<'_>) -> Result<Timestamp, TlvError> {
    let year_digits = match (object.tag, object.value.len()) {
        (UTC_TIME, 13) => 2,
        (GENERALIZED_TIME, 15) => 4,
        _ => return Err(object.bad_value()),
    };
    read_digits(object.value, year_digits).ok_or_else(|| object.bad_value())
}

/// GeneralizedTime under an implicit context tag (private key usage period).
///
/// # Errors
/// As [`read`].
pub fn read_implicit(object: &Tlv<'_>) -> Result<Timestamp, TlvError> {
    if object.value.len() != 15 {
        return Err(object.bad_value());
    }
    read_digits(object.value, 4).ok_or_else(|| object.bad_value())
}

fn read_digits(value: &[u8], year_digits: usize) -> Option<Timestamp> {
    let (number, zone) = value.split_at_checked(value.len().checked_sub(1)?)?;
    if zone != b"Z" || !number.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let field = |from: usize, len: usize| -> Option<i16> {
        Some(number.get(from..from + len)?.iter().fold(0i16, |acc, &b| acc * 10 + i16::from(b - b'0')))
    };
    let mut year = field(0, year_digits)?;
    if year_digits == 2 {
        year += if year >= 50 { 1900 } else { 2000 };
    }
    let mut two = [0i8; 5];
    for (index, slot) in two.iter_mut().enumerate() {
        *slot = i8::try_from(field(year_digits + 2 * index, 2)?).ok()?;
    }
    let [month, day, hour, minute, second] = two;
    let at = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    TimeZone::UTC.to_timestamp(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::tlv::Reader;

    fn back(bytes: &[u8]) -> Result<Timestamp, TlvError> {
        read(&Reader::new(bytes).next().unwrap())
    }

    #[test]
    fn both_forms_read_back() {
        for (text, tag) in [("2026-11-23T22:00:01Z", 0x17), ("2049-12-31T23:59:59Z", 0x17), ("2050-01-01T00:00:00Z", 0x18)] {
            let at: Timestamp = text.parse().unwrap();
            let bytes = encode(at);
            assert_eq!(bytes[0], tag);
            assert_eq!(back(&bytes).unwrap(), at);
            assert_eq!(back(&generalized(at)).unwrap(), at);
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for bad in ["2611232200Z", "261323220001Z", "261123220001+0700", "26112322000aZ", "261123250001Z"] {
            assert!(back(&tlv::encode(0x17, bad.as_bytes())).is_err(), "{bad}");
        }
        assert!(back(&tlv::encode(0x18, b"20261123220001.5Z")).is_err());
    }
}
