//! What is in stock: blanks by type and state, now.

use super::{Cell, ReportError, Table};
use crate::issuance::blank::State;
use crate::issuance::names::Named as _;
use crate::issuance::office::Office;
use crate::issuance::store::{Kind, Spread, Store};
use std::collections::BTreeMap;

/// Blanks by type, a column for each state, and all that ever came in.
///
/// # Errors
/// [`ReportError`].
pub fn stock(store: &mut dyn Store, office: Option<Office>) -> Result<Table, ReportError> {
    let bands = store.spread(&Spread { kind: Kind::Blank, office: office.map(Into::into), ages: Vec::new() })?;
    let mut types: BTreeMap<String, BTreeMap<&'static str, u64>> = BTreeMap::new();
    for band in bands {
        let of = band.word.map(|word| word.to_string()).unwrap_or_default();
        *types.entry(of).or_default().entry(band.state).or_default() += band.things;
    }
    let mut columns = vec!["type"];
    columns.extend(State::EVERY.iter().map(|state| state.name()));
    columns.push("all");
    let mut table = Table::new("stock", &columns);
    for (of, counts) in types {
        let mut row = vec![Cell::Text(of)];
        row.extend(State::EVERY.iter().map(|state| Cell::Number(counts.get(state.name()).copied().unwrap_or_default())));
        row.push(counts.values().sum::<u64>().into());
        table.rows.push(row);
    }
    Ok(table)
}
