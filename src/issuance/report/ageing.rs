//! What waits for how long: things of a kind by state and age.

use super::{Cell, ReportError, Table};
use crate::issuance::office::Office;
use crate::issuance::store::{Band, Kind, Spread, Store};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Days at which an age ends.
const DAYS: [i64; 6] = [1, 3, 7, 14, 30, 90];

/// Things of a kind by state: how many have stood there for at most a day, three, a week, …, and since when the oldest has.
///
/// # Errors
/// [`ReportError`].
pub fn ageing(store: &mut dyn Store, kind: Kind, office: Option<Office>, now: Timestamp) -> Result<Table, ReportError> {
    let back = |days: i64| now.checked_sub(SignedDuration::from_hours(24 * days)).map_err(|_| ReportError::Time);
    let ages = DAYS.iter().map(|days| back(*days)).collect::<Result<Vec<_>, _>>()?;
    let bands = store.spread(&Spread { kind, office: office.map(Into::into), ages })?;
    let mut states: BTreeMap<&'static str, ([u64; DAYS.len() + 1], Timestamp)> = BTreeMap::new();
    for Band { state, age, things, oldest, .. } in bands {
        let (counts, since) = states.entry(state).or_insert(([0; DAYS.len() + 1], oldest));
        if let Some(count) = counts.get_mut(age) {
            *count += things;
        }
        *since = (*since).min(oldest);
    }
    let mut columns = vec!["state".to_owned()];
    columns.extend(DAYS.iter().map(|days| format!("to-{days}-days")));
    columns.extend(["over-90-days", "all", "oldest"].map(str::to_owned));
    let row = |(state, (counts, since)): (&str, ([u64; DAYS.len() + 1], Timestamp))| {
        let mut row = vec![Cell::text(state)];
        row.extend(counts.iter().map(|n| Cell::Number(*n)));
        row.extend([counts.iter().sum::<u64>().into(), Cell::Time(since)]);
        row
    };
    Ok(Table { name: "ageing", columns, rows: states.into_iter().map(row).collect() })
}
