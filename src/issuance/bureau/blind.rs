//! What a count is to find is told to nobody before its shift is closed: where shifts are open, and which blanks lie in them.
//!
//! A count that did not balance is counted again, by another person, who is to know as little. So a shift keeps its secret until it is
//! closed, and not only until its first count; whoever must know sooner closes it, which two can do at any time.

use super::shift::{Begun, STORE_ROOM, Supplied};
use super::{BureauError, notes};
use crate::issuance::store::{Id, Kind, Office, Page, Part, Standing, Store, StoreError, StoreKey};
use crate::limits::STORE_PAGE_ROWS;
use std::collections::BTreeMap;

/// The word that stands in the place of a blank's state.
pub const OPEN_SHIFT: &str = "open-shift";

/// The open shifts of an office, or of all, at whose stations blanks lie: the store room keeps books of materials alone.
///
/// # Errors
/// What the store says.
pub fn shifts(store: &mut dyn Store, office: Option<&Office>) -> Result<Vec<Standing>, StoreError> {
    let (mut open, mut after) = (Vec::new(), None);
    loop {
        let office = office.cloned();
        let page = Page { state: Some("open"), office, after, limit: STORE_PAGE_ROWS, ..Page::of(Kind::Shift) };
        let found = store.page(&page)?;
        after = found.last().map(Standing::cursor);
        open.extend(found.into_iter().filter(|shift| shift.word.as_str() != STORE_ROOM));
        if after.is_none() {
            return Ok(open);
        }
    }
}

/// The blanks that lie in open shifts, by serial number, each with its shift: those that were there at its beginning and those that came
/// since, whatever became of them.
///
/// # Errors
/// [`BureauError::Notes`]; what the store says.
pub fn blanks(store: &mut dyn Store, key: &StoreKey, office: Option<&Office>) -> Result<BTreeMap<String, Id>, BureauError> {
    let mut all = BTreeMap::new();
    for shift in shifts(store, office)? {
        let serials = serials(store, key, &shift.id)?;
        all.extend(serials.into_iter().map(|serial| (serial, shift.id.clone())));
    }
    Ok(all)
}

/// The open shift that a blank lies in, if it does.
///
/// # Errors
/// As [`blanks`].
pub fn shift_of(store: &mut dyn Store, key: &StoreKey, blank: &Standing) -> Result<Option<Standing>, BureauError> {
    for shift in shifts(store, Some(&blank.custody))? {
        if serials(store, key, &shift.id)?.iter().any(|serial| serial == blank.id.as_str()) {
            return Ok(Some(shift));
        }
    }
    Ok(None)
}

/// Every blank of a shift, half-made ones of the one before among them.
fn serials(store: &mut dyn Store, key: &StoreKey, shift: &Id) -> Result<Vec<String>, BureauError> {
    let begun: Option<Begun> = notes::look(store, key, (Kind::Shift, shift), Part::Opening)?;
    let begun = begun.ok_or_else(|| BureauError::Notes { kind: Kind::Shift, id: shift.clone() })?;
    let supplied: Option<Supplied> = notes::look(store, key, (Kind::Shift, shift), Part::Supply)?;
    let supplied = supplied.unwrap_or_default();
    Ok(begun.blanks.into_values().chain(supplied.blanks.into_values()).flatten().collect())
}
