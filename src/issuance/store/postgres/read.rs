//! Questions to PostgreSQL.

use super::PostgresStore;
use crate::issuance::store::asked::{claim_of, id, number, whole};
use crate::issuance::store::error::StoreError;
use crate::issuance::store::key::Mark;
use crate::issuance::store::rows::{self, Columns};
use crate::issuance::store::rule::Kind;
use crate::issuance::store::sql::{self, Keys, Param, Wanted};
use crate::issuance::store::standing::{Claim, Standing, Work};
use crate::issuance::store::word::Id;
use crate::issuance::store::{By, Head, column};
use crate::limits::{STORE_ITEMS, STORE_OFFICES, STORE_PAGE_ROWS};
use ::postgres::types::{ToSql, Type};
use ::postgres::{Row, Statement};

/// Parameters as the driver takes them.
pub(super) fn bound<'a>(params: &'a [Param<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    let param = |param: &'a Param<'a>| -> &'a (dyn ToSql + Sync) {
        match param {
            Param::Text(text) => text,
            Param::Int(n) => n,
            Param::Bytes(bytes) => bytes,
        }
    };
    params.iter().map(param).collect()
}

impl Columns for Row {
    fn text(&self, at: usize) -> Result<Option<String>, StoreError> {
        Ok(self.try_get(at)?)
    }

    fn int(&self, at: usize) -> Result<Option<i64>, StoreError> {
        Ok(self.try_get(at)?)
    }

    fn bytes(&self, at: usize) -> Result<Option<Vec<u8>>, StoreError> {
        // A NULL that is no column's has the type of a text.
        match self.columns().get(at) {
            Some(column) if *column.type_() == Type::TEXT => Ok(None),
            _ => Ok(self.try_get(at)?),
        }
    }
}

impl PostgresStore {
    /// A statement, prepared once a connection.
    pub(super) fn prepared(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Applications by marks.
    pub(super) fn marked_by(&mut self, marks: &[Mark], most: u32) -> Result<Vec<Id>, StoreError> {
        let statement = self.prepared(&sql::marked("= ANY($1::bytea[])", "$2"))?;
        let all: Vec<&[u8]> = marks.iter().map(|mark| mark.bytes().as_slice()).collect();
        let answer = self.client.query(&statement, &[&all, &i64::from(most)])?;
        answer.iter().map(|row| id(row)).collect()
    }

    /// Every row of an answer.
    pub(super) fn all<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        read: impl Fn(&dyn Columns) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let statement = self.prepared(sql)?;
        let answer = self.client.query(&statement, &bound(params))?;
        answer.iter().map(|row| read(row)).collect()
    }

    /// The first row of an answer.
    pub(super) fn one<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        read: impl Fn(&dyn Columns) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(sql, params, read)?.into_iter().next())
    }

    pub(super) fn found(&mut self, kind: Kind, by: By<'_>) -> Result<Vec<Standing>, StoreError> {
        let Some(column) = column(kind, by) else { return Ok(Vec::new()) };
        let most = usize::try_from(STORE_PAGE_ROWS).unwrap_or(usize::MAX);
        let params = [by.param(), Param::Int(i64::from(STORE_PAGE_ROWS) + 1)];
        whole(self.all(&sql::standing_by(kind, column, Keys::Apart), &params, |row| rows::standing(kind, row))?, "things", most)
    }

    pub(super) fn items_of(&mut self, kind: Kind, of: &Id) -> Result<Vec<Id>, StoreError> {
        if sql::spec(kind).item.is_none() {
            return Ok(Vec::new());
        }
        let table = kind.name();
        let sql = format!("SELECT item FROM {table}_item WHERE {table} = $1 ORDER BY item");
        whole(self.all(&sql, &[Param::Text(of.as_str())], id)?, "items", STORE_ITEMS)
    }

    pub(super) fn all_heads(&mut self) -> Result<Vec<Head>, StoreError> {
        let most = number(STORE_OFFICES as u64 + 1);
        whole(self.all(sql::HEADS, &[most], rows::head)?, "offices", STORE_OFFICES)
    }

    pub(super) fn claimed(&mut self, work: &Work, wanted: Wanted<'_>) -> Result<Option<Claim>, StoreError> {
        let query = sql::claim(work, wanted, " FOR UPDATE SKIP LOCKED");
        self.one(&query.sql, &query.params, |row| claim_of(work, row))
    }

    pub(super) fn released(&mut self, claim: &Claim) -> Result<bool, StoreError> {
        let statement = self.prepared(&sql::release(claim.kind))?;
        let params = [Param::Text(claim.id.as_str()), Param::Text(claim.station.as_str()), number(claim.fence)];
        Ok(self.client.execute(&statement, &bound(&params))? == 1)
    }
}
