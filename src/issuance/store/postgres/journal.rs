//! The journal of personalization in PostgreSQL.

use super::PostgresStore;
use super::error::violated;
use crate::issuance::store::error::StoreError;
use crate::issuance::store::key::StoreKey;
use crate::limits::STORE_ATTEMPTS;
use crate::perso::journal::JournalError;
use crate::perso::journal::base::{Act, Base, Fault, Row, Tx, Value};
use ::postgres::types::ToSql;
use ::postgres::{Client, GenericClient, Statement};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A connection of a journal's own.
pub(in crate::issuance::store) struct Kept(Mutex<Inside>);

struct Inside {
    client: Client,
    /// By their text.
    statements: HashMap<String, Statement>,
}

/// Opens it: the store's settings, format and key are asked as for every connection.
pub(in crate::issuance::store) fn open(url: &str, key: &StoreKey) -> Result<Kept, StoreError> {
    let PostgresStore { client, .. } = PostgresStore::open(url, Some(key))?;
    Ok(Kept(Mutex::new(Inside { client, statements: HashMap::new() })))
}

/// A connection or a transaction, and what is ready there.
struct Open<'a, C> {
    client: &'a mut C,
    statements: &'a mut HashMap<String, Statement>,
    /// How rows are held.
    held: &'static str,
    /// Whether what may stand once was found standing, which another may have written at this moment.
    met: bool,
    /// Whether others stood in the way.
    busy: bool,
}

impl Base for Kept {
    fn step(&self, act: Act<'_>) -> Result<(), JournalError> {
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for attempt in 1.. {
            let Inside { client, statements } = &mut *inside;
            let mut tx = client.transaction().map_err(StoreError::from)?;
            let mut open = Open { client: &mut tx, statements, held: " FOR UPDATE", met: false, busy: false };
            let done = act(&mut open);
            // Who met another's value asks again, and is told by its name what it met.
            let again = (open.met && attempt == 1) || (open.busy && attempt < STORE_ATTEMPTS);
            match done {
                Ok(()) => return Ok(tx.commit().map_err(StoreError::from)?),
                Err(_) if again => tx.rollback().map_err(StoreError::from)?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn look(&self, act: Act<'_>) -> Result<(), JournalError> {
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Inside { client, statements } = &mut *inside;
        act(&mut Open { client, statements, held: "", met: false, busy: false })
    }
}

impl<C: GenericClient> Open<'_, C> {
    fn prepared(&mut self, sql: &str) -> Result<Statement, ::postgres::Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn said(&mut self, error: ::postgres::Error) -> JournalError {
        let error = StoreError::from(error);
        self.busy |= error == StoreError::Busy;
        error.into()
    }
}

impl<C: GenericClient> Tx for Open<'_, C> {
    fn each(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        row: &mut dyn FnMut(&dyn Row) -> Result<(), JournalError>,
    ) -> Result<(), JournalError> {
        let asked = self.prepared(sql).and_then(|statement| self.client.query(&statement, &bound(values)));
        asked.map_err(|e| self.said(e))?.iter().try_for_each(|found| row(found))
    }

    fn run(&mut self, sql: &str, values: &[Value<'_>]) -> Result<(), Fault> {
        let done = self.prepared(sql).and_then(|statement| self.client.execute(&statement, &bound(values)));
        done.map(drop).map_err(|e| match violated(&e) {
            Some(_) => {
                self.met = true;
                Fault::Unique
            }
            None => Fault::Other(self.said(e)),
        })
    }

    fn held(&self) -> &'static str {
        self.held
    }
}

fn bound<'a>(values: &'a [Value<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    let value = |value: &'a Value<'a>| -> &'a (dyn ToSql + Sync) {
        match value {
            Value::Text(text) => text,
            Value::Int(n) => n,
            Value::Bytes(bytes) => bytes,
        }
    };
    values.iter().map(value).collect()
}

impl Row for ::postgres::Row {
    fn text(&self, at: usize) -> Result<Option<String>, JournalError> {
        self.try_get(at).map_err(|_| JournalError::Damaged("a column"))
    }

    fn int(&self, at: usize) -> Result<Option<i64>, JournalError> {
        self.try_get(at).map_err(|_| JournalError::Damaged("a column"))
    }

    fn bytes(&self, at: usize) -> Result<Option<Vec<u8>>, JournalError> {
        self.try_get(at).map_err(|_| JournalError::Damaged("a column"))
    }
}
