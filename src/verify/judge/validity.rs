//! The card's own validity: the date of expiry that the authority signed in DG1.

use super::Judgement;
use super::national::national;
use crate::lds::dg1;
use crate::lds::file_id::FileId;
use crate::lds::mrz::{MrzDate, Td1};
use crate::pki::time;
use crate::reason::Reason;
use crate::verify::check::{Check, CheckName};
use crate::verify::evidence::Evidence;
use crate::verify::told::Told;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// The card has not expired.
#[derive(Debug)]
pub struct InForce(());

/// The zone in which Indonesia's day ends last: Western Indonesia Time.
const LAST_ZONE: SignedDuration = SignedDuration::from_hours(7);

/// Compares the expiry in DG1 with the date of judgement; the last day counts as valid, to its end everywhere in the country.
pub(super) fn check(evidence: &Evidence, now: Timestamp, out: &mut Judgement) -> Option<InForce> {
    let name = CheckName::CardValidity;
    let today = today(now);
    let Some(group) = evidence.file(FileId::Dg1) else {
        out.add(Check::undecided(
            name,
            Reason::GroupNotRead,
            Told::both(
                "DG1 was not read, so the date of expiry is not known",
                "DG1 tidak dibaca, jadi tanggal berakhir tidak diketahui",
            ),
        ));
        return None;
    };
    let on_chip = zone(group).and_then(|zone| expiry(zone.expiry));
    match on_chip.and_then(|chip| national_end(evidence).map(|end| end.map_or(chip, |end| end.min(chip)))) {
        None => out.add(Check::failed(
            name,
            Reason::DataInconsistent,
            Told::both(
                "DG1 or DG13 holds a date of expiry that is no date",
                "DG1 atau DG13 memuat tanggal berakhir yang bukan tanggal",
            ),
        )),
        Some(last) if last < today => out.add(Check::failed(
            name,
            Reason::CardExpired,
            Told::both(format!("the card expired on {last}"), format!("masa berlaku kartu berakhir {last}")),
        )),
        Some(last) => {
            out.add(Check::passed(
                name,
                Told::both(format!("the card is valid until {last}"), format!("kartu berlaku sampai {last}")),
            ));
            return Some(InForce(()));
        }
    }
    None
}

/// The date in the country's last zone. A card names a day, not an instant, and its day is over when it is over in Sabang: in Merauke,
/// two hours ahead, it is good for two hours of the next. By the date in UTC it would be for nine.
fn today(now: Timestamp) -> Date {
    time::date_of(now.checked_add(LAST_ZONE).unwrap_or(now))
}

/// The last day of a stay permit, which DG13 holds; an inner none for a card that is valid for life, an outer one for no real day.
fn national_end(evidence: &Evidence) -> Option<Option<Date>> {
    let Some(text) = national(evidence).and_then(|dg13| dg13.valid_until) else { return Some(None) };
    let (year, rest) = text.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok().map(Some)
}

/// The zone of DG1, if it is a TD1 zone with right check digits.
pub(super) fn zone(group: &[u8]) -> Option<Td1> {
    dg1::parse(group).ok().and_then(|text| Td1::parse(&text).ok())
}

/// A date of expiry is of this century: no card lives a hundred years, and none of this generation was made before it.
fn expiry(date: MrzDate) -> Option<Date> {
    let pair = |range: std::ops::Range<usize>| date.as_str().get(range)?.parse::<i8>().ok();
    Date::new(2000 + i16::from(pair(0..2)?), pair(2..4)?, pair(4..6)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_that_of_the_countrys_last_zone() {
        for (now, day) in [
            ("2026-11-23T16:59:59Z", 23),
            ("2026-11-23T17:00:00Z", 24),
            ("2026-11-23T00:00:00+07:00", 23),
            ("2026-11-23T23:59:59+07:00", 23),
            ("2026-11-23T23:59:59+08:00", 23),
            ("2026-11-23T23:59:59+09:00", 23),
        ] {
            assert_eq!(today(now.parse().unwrap()), jiff::civil::date(2026, 11, day), "{now}");
        }
    }

    #[test]
    fn expiry_is_read_as_this_century() {
        let date = |text: &str| expiry(MrzDate::from_text(text).unwrap());
        assert_eq!(date("361231"), Some(jiff::civil::date(2036, 12, 31)));
        assert_eq!(date("990101"), Some(jiff::civil::date(2099, 1, 1)));
        assert_eq!(date("360230"), None);
        assert_eq!(date("<<<<<<"), None);
    }
}
