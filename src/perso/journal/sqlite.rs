//! A journal's database in SQLite: a station's own file, or the store of issuance.

use super::base::{Act, Base, Fault, Row, Tx, Value};
use super::{JournalError, schema};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;

/// Format version of a station's own file.
const FORMAT: i64 = 3;
/// From format 1, whose jobs do not say in which mode they were begun.
const FROM_1: &str = "ALTER TABLE job ADD COLUMN mode TEXT";
/// From format 2, which had other names and one chain.
const FROM_2: &str = include_str!("from-2.sql");
/// Statements kept ready.
const STATEMENTS: usize = 64;

/// A connection whose settings are made.
pub(super) struct Sqlite(Connection);

impl Sqlite {
    /// Opens a station's own file, making it if it is not there; the log and its index inherit its mode.
    pub(super) fn open(path: &Path) -> Result<Self, JournalError> {
        use std::os::unix::fs::OpenOptionsExt as _;
        std::fs::OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
        Self::own(Connection::open(path)?)
    }

    /// A journal in memory that every connection of the same `name` in this process shares.
    pub(super) fn in_memory(name: &str) -> Result<Self, JournalError> {
        Self::own(Connection::open(format!("file:{name}?mode=memory&cache=shared"))?)
    }

    /// A connection of the store of issuance, as it is.
    pub(super) fn of_store(db: Connection) -> Self {
        Self(db)
    }

    fn own(db: Connection) -> Result<Self, JournalError> {
        db.busy_timeout(std::time::Duration::from_secs(10))?;
        db.set_prepared_statement_cache_capacity(STATEMENTS);
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "foreign_keys", "ON")?;
        let tx = Transaction::new_unchecked(&db, TransactionBehavior::Immediate)?;
        let format: i64 = tx.query_row("PRAGMA user_version", [], |r| r.get(0))?;
        match format {
            FORMAT => return Ok(tx.rollback().map(|()| Self(db))?),
            0 => tx.execute_batch(&(schema::sqlite() + schema::OWN_CHAIN))?,
            1 => tx.execute_batch(&[FROM_1, ";", &schema::sqlite(), FROM_2].concat())?,
            2 => tx.execute_batch(&(schema::sqlite() + FROM_2))?,
            other => return Err(JournalError::UnknownFormat(other)),
        }
        tx.pragma_update(None, "user_version", FORMAT)?;
        tx.commit()?;
        Ok(Self(db))
    }
}

impl Base for Sqlite {
    fn step(&self, act: Act<'_>) -> Result<(), JournalError> {
        // The write lock at once, so that what it reads is what it changes.
        let tx = Transaction::new_unchecked(&self.0, TransactionBehavior::Immediate)?;
        act(&mut Open(&tx))?;
        Ok(tx.commit()?)
    }

    fn look(&self, act: Act<'_>) -> Result<(), JournalError> {
        act(&mut Open(&self.0))
    }
}

struct Open<'a>(&'a Connection);

impl Tx for Open<'_> {
    fn each(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        row: &mut dyn FnMut(&dyn Row) -> Result<(), JournalError>,
    ) -> Result<(), JournalError> {
        let mut statement = self.0.prepare_cached(&sql.replace('$', "?"))?;
        let mut answer = statement.query(rusqlite::params_from_iter(values))?;
        while let Some(found) = answer.next()? {
            row(found)?;
        }
        Ok(())
    }

    fn run(&mut self, sql: &str, values: &[Value<'_>]) -> Result<(), Fault> {
        let other = |e: rusqlite::Error| match e.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) if is_unique(&e) => Fault::Unique,
            _ => Fault::Other(e.into()),
        };
        let mut statement = self.0.prepare_cached(&sql.replace('$', "?")).map_err(other)?;
        statement.execute(rusqlite::params_from_iter(values)).map(drop).map_err(other)
    }
}

fn is_unique(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    let code = error.sqlite_error().map(|e| e.extended_code);
    [Some(SQLITE_CONSTRAINT_UNIQUE), Some(SQLITE_CONSTRAINT_PRIMARYKEY)].contains(&code)
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(text) => text.map_or(ValueRef::Null, |text| ValueRef::Text(text.as_bytes())),
            Self::Int(n) => n.map_or(ValueRef::Null, ValueRef::Integer),
            Self::Bytes(bytes) => bytes.map_or(ValueRef::Null, ValueRef::Blob),
        }))
    }
}

impl Row for rusqlite::Row<'_> {
    fn text(&self, at: usize) -> Result<Option<String>, JournalError> {
        self.get(at).map_err(|_| JournalError::Damaged("a column"))
    }

    fn int(&self, at: usize) -> Result<Option<i64>, JournalError> {
        self.get(at).map_err(|_| JournalError::Damaged("a column"))
    }

    fn bytes(&self, at: usize) -> Result<Option<Vec<u8>>, JournalError> {
        self.get(at).map_err(|_| JournalError::Damaged("a column"))
    }
}
