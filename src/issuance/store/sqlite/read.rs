//! Questions to SQLite.

use crate::issuance::store::asked::{claim_of, id, number, whole};
use crate::issuance::store::error::StoreError;
use crate::issuance::store::key::{Mark, Part, Sealed};
use crate::issuance::store::rows::{self, Columns};
use crate::issuance::store::rule::Kind;
use crate::issuance::store::sql::{self, Keys, Param, Wanted};
use crate::issuance::store::standing::{Claim, Standing, Work};
use crate::issuance::store::word::Id;
use crate::issuance::store::{By, Head, column};
use crate::limits::{STORE_ITEMS, STORE_OFFICES, STORE_PAGE_ROWS};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row};

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Int(n) => ValueRef::Integer(*n),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Columns for Row<'_> {
    fn text(&self, at: usize) -> Result<Option<String>, StoreError> {
        Ok(self.get(at)?)
    }

    fn int(&self, at: usize) -> Result<Option<i64>, StoreError> {
        Ok(self.get(at)?)
    }

    fn bytes(&self, at: usize) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.get(at)?)
    }
}

type Read<'r, T> = &'r dyn Fn(&dyn Columns) -> Result<T, StoreError>;

/// Every row of an answer.
pub(super) fn all<T>(
    db: &Connection,
    sql: &str,
    params: &[Param<'_>],
    read: impl Fn(&dyn Columns) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    // SQLite numbers its parameters with a question mark.
    let mut statement = db.prepare_cached(&sql.replace('$', "?"))?;
    let mut answer = statement.query(rusqlite::params_from_iter(params))?;
    let mut out = Vec::new();
    while let Some(row) = answer.next()? {
        out.push(read(row)?);
    }
    Ok(out)
}

/// The first row of an answer.
pub(super) fn one<T>(
    db: &Connection,
    sql: &str,
    params: &[Param<'_>],
    read: impl Fn(&dyn Columns) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let read: Read<'_, T> = &read;
    Ok(all(db, sql, params, read)?.into_iter().next())
}

pub(super) fn found(db: &Connection, kind: Kind, by: By<'_>) -> Result<Vec<Standing>, StoreError> {
    let Some(column) = column(kind, by) else { return Ok(Vec::new()) };
    let bound = usize::try_from(STORE_PAGE_ROWS).unwrap_or(usize::MAX);
    let params = [by.param(), Param::Int(i64::from(STORE_PAGE_ROWS) + 1)];
    whole(all(db, &sql::standing_by(kind, column, Keys::Inside), &params, |row| rows::standing(kind, row))?, "things", bound)
}

pub(super) fn items(db: &Connection, kind: Kind, of: &Id) -> Result<Vec<Id>, StoreError> {
    if sql::spec(kind).item.is_none() {
        return Ok(Vec::new());
    }
    let table = kind.name();
    let sql = format!("SELECT item FROM {table}_item WHERE {table} = $1 ORDER BY item");
    whole(all(db, &sql, &[Param::Text(of.as_str())], id)?, "items", STORE_ITEMS)
}

pub(super) fn heads(db: &Connection) -> Result<Vec<Head>, StoreError> {
    let bound = number(STORE_OFFICES as u64 + 1);
    whole(all(db, sql::HEADS, &[bound], rows::head)?, "offices", STORE_OFFICES)
}

pub(super) fn sealed(db: &Connection, kind: Kind, id: &Id, part: Part) -> Result<Option<Sealed>, StoreError> {
    let params = [Param::Text(kind.name()), Param::Text(id.as_str()), Param::Text(part.name())];
    let bytes = one(db, sql::SEALED, &params, |row| row.bytes(0))?.flatten();
    Ok(bytes.map(|bytes| Sealed { kind, id: id.clone(), part, bytes }))
}

pub(super) fn marked(db: &Connection, marks: &[Mark], most: u32) -> Result<Vec<Id>, StoreError> {
    let places: Vec<String> = (2..marks.len() + 2).map(|n| format!("${n}")).collect();
    let mut params = vec![Param::Int(most.into())];
    params.extend(marks.iter().map(|mark| Param::Bytes(mark.bytes())));
    all(db, &sql::marked(&format!("IN ({})", places.join(", ")), "$1"), &params, id)
}

pub(super) fn claimed(db: &Connection, work: &Work, wanted: Wanted<'_>) -> Result<Option<Claim>, StoreError> {
    let query = sql::claim(work, wanted, "");
    one(db, &query.sql, &query.params, |row| claim_of(work, row))
}

pub(super) fn release(db: &Connection, claim: &Claim) -> Result<bool, StoreError> {
    let params = [Param::Text(claim.id.as_str()), Param::Text(claim.station.as_str()), number(claim.fence)];
    let mut statement = db.prepare_cached(&sql::release(claim.kind).replace('$', "?"))?;
    Ok(statement.execute(rusqlite::params_from_iter(&params))? == 1)
}
