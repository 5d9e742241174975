//! What is in stock: blanks by type and state, now.

use super::{Cell, ReportError, Table, blind};
use crate::issuance::office::Office;
use crate::issuance::store::{Kind, Spread, Store, StoreKey};
use std::collections::BTreeMap;

/// Blanks by type, a column for each state, and all that ever came in. While a shift is open, the blanks that lie in it stand in a column of
/// their own, whatever became of them; without the key so does every blank of its office.
///
/// # Errors
/// [`ReportError`].
pub fn stock(store: &mut dyn Store, office: Option<Office>, key: Option<&StoreKey>) -> Result<Table, ReportError> {
    let bands = store.spread(&Spread { kind: Kind::Blank, office: office.map(Into::into), ages: Vec::new() })?;
    let mut types: BTreeMap<String, BTreeMap<&'static str, u64>> = BTreeMap::new();
    for band in bands {
        let of = band.word.map(|word| word.to_string()).unwrap_or_default();
        *types.entry(of).or_default().entry(band.state).or_default() += band.things;
    }
    for ((of, state), n) in blind::hidden(store, office, key)? {
        let counts = types.entry(of).or_default();
        let told = counts.entry(state).or_default();
        *told = told.saturating_sub(n);
        *counts.entry(blind::OPEN_SHIFT).or_default() += n;
    }
    let states = blind::states();
    let mut table = Table::new("stock", &[&["type"][..], &states, &["all"]].concat());
    for (of, counts) in types {
        let mut row = vec![Cell::Text(of)];
        row.extend(states.iter().map(|state| Cell::Number(counts.get(state).copied().unwrap_or_default())));
        row.push(counts.values().sum::<u64>().into());
        table.rows.push(row);
    }
    Ok(table)
}
