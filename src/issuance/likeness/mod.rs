//! Who is like whom by their data: candidates where fingers cannot say enough.
//!
//! A name is folded to what is heard ([`fold`]), so that old and new spelling, titles and abbreviations make no difference. What is looked
//! up are keyed digests, each of a part of a name *with* a part of a birth date ([`keys`]), so that neither stands in the database, and a
//! common name alone shows in no count. What a look-up brings is opened and judged in the clear ([`judge`]): how alike, and why.

pub mod fold;
pub mod judge;
pub mod keys;
pub mod people;
pub mod search;

pub use fold::Name;
pub use judge::{Alike, Why, judge};
pub use search::{Everybody, Found, index, index_all, search};

use crate::record::{Biodata, Sex};
use jiff::civil::Date;

/// What two persons are compared by.
#[derive(Clone, PartialEq, Eq)]
pub struct Traits {
    /// The name, as it is heard.
    pub name: Name,
    /// The birth date of the record.
    pub born: Date,
    /// The one that the NIK tells, if it tells another.
    pub by_nik: Option<Date>,
    /// The place of birth, as it is heard.
    pub place: Name,
    /// Sex.
    pub sex: Sex,
}

/// Somebody's: not shown.
impl std::fmt::Debug for Traits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Traits")
    }
}

impl Traits {
    /// Of the data of a record. The days of a woman's NIK are 40 more than those of the date in it; the NIK of somebody whose date was
    /// corrected still tells the first one.
    #[must_use]
    pub fn of(biodata: &Biodata) -> Self {
        let by_nik = biodata.nik.explain().birth_date_near(biodata.birth_date).filter(|date| *date != biodata.birth_date);
        Self {
            name: Name::fold(biodata.full_name.as_str()),
            born: biodata.birth_date,
            by_nik,
            place: Name::fold(biodata.birth_place.as_str()),
            sex: biodata.sex,
        }
    }

    /// Every birth date that is told.
    pub fn dates(&self) -> impl Iterator<Item = Date> + '_ {
        std::iter::once(self.born).chain(self.by_nik)
    }
}

/// A date with its day taken for the month and its month for the day; none where that is no date, or the same.
#[must_use]
pub fn swapped(date: Date) -> Option<Date> {
    Date::new(date.year(), date.day(), date.month()).ok().filter(|other| *other != date)
}

/// The same day of the year before and of the year after.
pub fn year_off(date: Date) -> impl Iterator<Item = Date> {
    [-1, 1].into_iter().filter_map(move |years| Date::new(date.year().checked_add(years)?, date.month(), date.day()).ok())
}

#[cfg(test)]
mod tests;
