//! What was made in a time: by office and station, how many cards in how long, and what was spoiled of them.

use super::{Cell, ReportError, Span, Table};
use crate::issuance::card::State;
use crate::issuance::names::Named as _;
use crate::issuance::store::{Id, Kind, Store};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
struct Station {
    begun: u64,
    finished: u64,
    spoiled: u64,
    quarantined: u64,
    /// Microseconds from chip to check, of those that began and ended in the time.
    times: Vec<u64>,
}

/// Cards by office and station: chips begun, cards finished, spoiled and quarantined, and the median of the seconds from chip to check.
///
/// # Errors
/// [`ReportError`].
pub fn production(store: &mut dyn Store, span: &Span) -> Result<Table, ReportError> {
    let mut stations: BTreeMap<(String, String), Station> = BTreeMap::new();
    let mut begun: BTreeMap<Id, i64> = BTreeMap::new();
    span.each(store, false, |row, within| {
        let made = State::of_name(&row.now).filter(|_| within && row.kind == Kind::Card);
        let Some(state @ (State::Encoding | State::Checked | State::Spoiled | State::Quarantined)) = made else { return };
        let station = stations.entry((row.office.to_string(), row.device().unwrap_or_default())).or_default();
        match state {
            State::Encoding => {
                station.begun += 1;
                begun.insert(row.id.clone(), row.at);
            }
            State::Checked => {
                station.finished += 1;
                let time = begun.remove(&row.id).and_then(|at| row.at.checked_sub(at)).and_then(|time| u64::try_from(time).ok());
                station.times.extend(time);
            }
            State::Spoiled => station.spoiled += 1,
            _ => station.quarantined += 1,
        }
    })?;
    let mut table =
        Table::new("production", &["office", "station", "begun", "finished", "spoiled", "quarantined", "median-seconds"]);
    for ((office, name), mut station) in stations {
        station.times.sort_unstable();
        let median = station.times.get(station.times.len() / 2).map_or(Cell::None, |micros| Cell::Number(micros / 1_000_000));
        let counts = [station.begun, station.finished, station.spoiled, station.quarantined].map(Cell::Number);
        table.rows.push([vec![Cell::Text(office), Cell::Text(name)], counts.to_vec(), vec![median]].concat());
    }
    Ok(table)
}
