//! What waits for how long: things of a kind by state and age.

use super::{Cell, ReportError, Table, blind};
use crate::issuance::office::Office;
use crate::issuance::store::{Band, Kind, Spread, Store};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Days at which an age ends.
const DAYS: [i64; 6] = [1, 3, 7, 14, 30, 90];

/// Of a state: how many stand there since each age, and since when the oldest does, if that is told.
type Ages = ([u64; DAYS.len() + 1], Option<Timestamp>);

/// Things of a kind by state: how many have stood there for at most a day, three, a week, …, and since when the oldest has. Blanks of an
/// office that has an open shift stand together, whatever their state: what a count should find is not told.
///
/// # Errors
/// [`ReportError`].
pub fn ageing(store: &mut dyn Store, kind: Kind, office: Option<Office>, now: Timestamp) -> Result<Table, ReportError> {
    let back = |days: i64| now.checked_sub(SignedDuration::from_hours(24 * days)).map_err(|_| ReportError::Time);
    let ages = DAYS.iter().map(|days| back(*days)).collect::<Result<Vec<_>, _>>()?;
    let hidden = if kind == Kind::Blank { blind::bands(store, office, &ages)? } else { Vec::new() };
    let mut states: BTreeMap<&'static str, Ages> = BTreeMap::new();
    for band in store.spread(&Spread { kind, office: office.map(Into::into), ages })? {
        add(&mut states, band.state, &band);
    }
    for band in hidden {
        if let Some((counts, oldest)) = states.get_mut(band.state) {
            if let Some(count) = counts.get_mut(band.age) {
                *count = count.saturating_sub(band.things);
            }
            // It may be one of those that are not told.
            *oldest = None;
        }
        add(&mut states, blind::OPEN_SHIFT, &band);
    }
    states.retain(|_, (counts, _)| counts.iter().any(|n| *n > 0));
    let mut columns = vec!["state".to_owned()];
    columns.extend(DAYS.iter().map(|days| format!("to-{days}-days")));
    columns.extend(["over-90-days", "all", "oldest"].map(str::to_owned));
    let row = |(state, (counts, oldest)): (&str, Ages)| {
        let mut row = vec![Cell::text(state)];
        row.extend(counts.iter().map(|n| Cell::Number(*n)));
        row.extend([counts.iter().sum::<u64>().into(), oldest.map_or(Cell::None, Cell::Time)]);
        row
    };
    Ok(Table { name: "ageing", columns, rows: states.into_iter().map(row).collect() })
}

fn add(states: &mut BTreeMap<&'static str, Ages>, state: &'static str, band: &Band) {
    let (counts, oldest) = states.entry(state).or_insert(([0; DAYS.len() + 1], Some(band.oldest)));
    if let Some(count) = counts.get_mut(band.age) {
        *count += band.things;
    }
    *oldest = oldest.map(|oldest| oldest.min(band.oldest));
}
