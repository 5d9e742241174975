//! What no report tells while a shift is open: how many blanks a count of it should find.

use super::ReportError;
use crate::issuance::blank::State;
use crate::issuance::bureau::blind;
use crate::issuance::names::Named as _;
use crate::issuance::office::Office;
use crate::issuance::store::{self, Band, Id, Kind, Spread, Store, StoreKey};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

pub(super) use crate::issuance::bureau::blind::OPEN_SHIFT;

/// When the first of the shifts began that are open now.
pub(super) fn since(store: &mut dyn Store, office: Option<Office>) -> Result<Option<Timestamp>, ReportError> {
    let office = office.map(Into::into);
    Ok(blind::shifts(store, office.as_ref())?.into_iter().map(|shift| shift.since).min())
}

/// How many blanks are not told by type and state. With the key those that lie in open shifts; without it nobody knows which they are, and
/// all of an office that has one are not told.
pub(super) fn hidden(
    store: &mut dyn Store,
    office: Option<Office>,
    key: Option<&StoreKey>,
) -> Result<BTreeMap<(String, &'static str), u64>, ReportError> {
    let mut hidden = BTreeMap::new();
    let Some(key) = key else {
        for band in bands(store, office, &[])? {
            let of = band.word.map(|word| word.to_string()).unwrap_or_default();
            *hidden.entry((of, band.state)).or_default() += band.things;
        }
        return Ok(hidden);
    };
    let office = office.map(Into::into);
    for serial in blind::blanks(store, key, office.as_ref())?.into_keys() {
        let blank = store.standing(Kind::Blank, &Id::parse(&serial)?)?;
        // Whatever another office has by now is in its books.
        if let Some(blank) = blank.filter(|blank| office.as_ref().is_none_or(|office| blank.custody == *office)) {
            *hidden.entry((blank.word.to_string(), blank.state)).or_default() += 1;
        }
    }
    Ok(hidden)
}

/// The blanks of every office that has an open shift, spread over these ages.
pub(super) fn bands(store: &mut dyn Store, office: Option<Office>, ages: &[Timestamp]) -> Result<Vec<Band>, ReportError> {
    let own = office.map(Into::into);
    let offices: BTreeSet<store::Office> = blind::shifts(store, own.as_ref())?.into_iter().map(|shift| shift.office).collect();
    let mut bands = Vec::new();
    for office in offices {
        let spread = Spread { kind: Kind::Blank, office: Some(office), ages: ages.to_vec() };
        bands.extend(store.spread(&spread)?);
    }
    Ok(bands)
}

/// The columns of a report by state: each, and what is not told.
pub(super) fn states() -> Vec<&'static str> {
    State::EVERY.iter().map(|state| state.name()).chain([OPEN_SHIFT]).collect()
}
