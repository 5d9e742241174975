//! The rows of the audit of a time: found in each office's chain by halving, since a chain is in the order of time but for clocks that
//! differ by a little.

use super::ReportError;
use crate::issuance::office::Office;
use crate::issuance::store::{self, Row, Store};
use crate::limits::{REPORT_DAYS, REPORT_ROWS, STORE_PAGE_ROWS};
use jiff::civil::Date;
use jiff::tz::{self, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// By how much the clocks of an office's stations may differ, and rows stand out of order.
const MARGIN: SignedDuration = SignedDuration::from_hours(1);

/// A time, and of which offices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// From here.
    pub from: Timestamp,
    /// To here, not with it.
    pub until: Timestamp,
    /// Of this office alone, or of all that the store has.
    pub office: Option<Office>,
}

/// Days are those of Jakarta.
#[must_use]
pub fn zone() -> TimeZone {
    TimeZone::fixed(tz::offset(7))
}

/// When a day begins.
///
/// # Errors
/// [`ReportError::Time`] outside of the calendar.
pub fn begins(day: Date) -> Result<Timestamp, ReportError> {
    day.to_zoned(zone()).map(|zoned| zoned.timestamp()).map_err(|_| ReportError::Time)
}

/// The day of an instant.
#[must_use]
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(zone()).date()
}

impl Span {
    /// From the beginning of a day to the end of another.
    ///
    /// # Errors
    /// [`ReportError::Time`].
    pub fn days(first: Date, last: Date, office: Option<Office>) -> Result<Self, ReportError> {
        let after = last.tomorrow().map_err(|_| ReportError::Time)?;
        let span = Self { from: begins(first)?, until: begins(after)?, office };
        let hours = span.until.duration_since(span.from).as_hours();
        let most = i64::try_from(REPORT_DAYS).unwrap_or(i64::MAX).saturating_mul(24);
        if (1..=most).contains(&hours) { Ok(span) } else { Err(ReportError::Time) }
    }

    fn holds(&self, at: i64) -> bool {
        (self.from.as_microsecond()..self.until.as_microsecond()).contains(&at)
    }

    /// The offices with a chain, of those that are asked for.
    pub(super) fn offices(&self, store: &mut dyn Store) -> Result<Vec<store::Head>, ReportError> {
        let own: Option<store::Office> = self.office.map(Into::into);
        let heads = store.heads()?;
        Ok(heads.into_iter().filter(|head| own.as_ref().is_none_or(|own| *own == head.office)).collect())
    }

    /// Goes through the rows of this time, and of all that follows if `on` is set: each with whether it is of this time.
    ///
    /// # Errors
    /// [`ReportError::TooMuch`]; what the store says.
    pub fn each(&self, store: &mut dyn Store, on: bool, mut with: impl FnMut(&Row, bool)) -> Result<(), ReportError> {
        let mut left = REPORT_ROWS;
        let margin = |at: Timestamp, by: SignedDuration| at.checked_add(by).unwrap_or(at).as_microsecond();
        let (early, late) = (margin(self.from, -MARGIN), margin(self.until, MARGIN));
        for head in self.offices(store)? {
            let mut after = before(store, &head, early)?;
            loop {
                let rows = store.rows(&head.office, after, STORE_PAGE_ROWS)?;
                let Some(last) = rows.last() else { break };
                (after, left) = (last.n, left.checked_sub(rows.len()).ok_or(ReportError::TooMuch)?);
                let over = !on && last.at > late;
                for row in rows {
                    if self.holds(row.at) || on && row.at >= self.until.as_microsecond() {
                        with(&row, self.holds(row.at));
                    }
                }
                if over {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// The number of the last row of a chain before a time, by halving.
fn before(store: &mut dyn Store, head: &store::Head, at: i64) -> Result<u64, ReportError> {
    let (mut low, mut high) = (0, head.n);
    while low < high {
        let middle = low + (high - low) / 2;
        match store.rows(&head.office, middle, 1)?.first() {
            Some(row) if row.at < at => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}
