//! Questions as both databases are asked them: bounds, and answers that are complete.

use super::error::StoreError;
use super::key::Mark;
use super::rows::Columns;
use super::sql::{self, Keys, Param, Query};
use super::standing::{Claim, Spread, Work};
use super::word::Id;
use crate::limits::{STORE_AGES, STORE_MARKS, STORE_PAGE_ROWS};

/// A number of a caller: none is so large that a table has it.
pub(super) fn number(n: u64) -> Param<'static> {
    Param::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

/// How many rows a page may have.
pub(super) fn limit(asked: u32) -> i64 {
    i64::from(asked.min(STORE_PAGE_ROWS))
}

/// An answer that is complete, or refused: its statement asked for one more than may be.
pub(super) fn whole<T>(answer: Vec<T>, what: &'static str, bound: usize) -> Result<Vec<T>, StoreError> {
    if answer.len() > bound { Err(StoreError::TooMany(what, bound)) } else { Ok(answer) }
}

/// A question of few ages.
pub(super) fn spread(of: &Spread, keys: Keys) -> Result<Query<'_>, StoreError> {
    if of.ages.len() > STORE_AGES { Err(StoreError::TooMany("ages", STORE_AGES)) } else { Ok(sql::spread(of, keys)) }
}

/// So many marks as are asked at once.
pub(super) fn marks(marks: &[Mark]) -> Result<&[Mark], StoreError> {
    if marks.len() > STORE_MARKS { Err(StoreError::TooMany("marks", STORE_MARKS)) } else { Ok(marks) }
}

pub(super) fn id(row: &dyn Columns) -> Result<Id, StoreError> {
    Id::parse(&row.text(0)?.unwrap_or_default()).map_err(|_| StoreError::Damaged("id"))
}

/// The work that a station was given.
pub(super) fn claim_of(work: &Work, row: &dyn Columns) -> Result<Claim, StoreError> {
    let fence = row.int(1)?.and_then(|n| u64::try_from(n).ok()).ok_or(StoreError::Damaged("fence"))?;
    Ok(Claim { kind: work.kind, id: id(row)?, station: work.station.clone(), fence })
}
