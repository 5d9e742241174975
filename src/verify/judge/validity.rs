//! The card's own validity: the date of expiry that the authority signed in DG1.

use super::Judgement;
use super::national::national;
use crate::lds::dg1;
use crate::lds::file_id::FileId;
use crate::lds::mrz::{MrzDate, Td1};
use crate::reason::Reason;
use crate::verify::check::{Check, CheckName};
use crate::verify::evidence::Evidence;
use jiff::civil::Date;

/// The card has not expired.
#[derive(Debug)]
pub struct InForce(());

/// Compares the expiry in DG1 with the date of judgement; the last day counts as valid.
pub(super) fn check(evidence: &Evidence, today: Date, out: &mut Judgement) -> Option<InForce> {
    let name = CheckName::CardValidity;
    let Some(group) = evidence.file(FileId::Dg1) else {
        out.add(Check::undecided(name, Reason::GroupNotRead, "DG1 was not read, so the date of expiry is not known"));
        return None;
    };
    let on_chip = zone(group).and_then(|zone| expiry(zone.expiry));
    match on_chip.and_then(|chip| national_end(evidence).map(|end| end.map_or(chip, |end| end.min(chip)))) {
        None => out.add(Check::failed(name, Reason::DataInconsistent, "DG1 or DG13 holds a date of expiry that is no date")),
        Some(last) if last < today => out.add(Check::failed(name, Reason::CardExpired, format!("the card expired on {last}"))),
        Some(last) => {
            out.add(Check::passed(name, format!("the card is valid until {last}")));
            return Some(InForce(()));
        }
    }
    None
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
    fn expiry_is_read_as_this_century() {
        let date = |text: &str| expiry(MrzDate::from_text(text).unwrap());
        assert_eq!(date("361231"), Some(jiff::civil::date(2036, 12, 31)));
        assert_eq!(date("990101"), Some(jiff::civil::date(2099, 1, 1)));
        assert_eq!(date("360230"), None);
        assert_eq!(date("<<<<<<"), None);
    }
}
