//! Making and opening the file; the settings without which an acknowledged change could be lost.

use super::SqliteStore;
use super::error::of_io;
use super::read::one;
use crate::durable::{self, Readers};
use crate::issuance::store::error::StoreError;
use crate::issuance::store::key::StoreKey;
use crate::issuance::store::migration::{self, Migration};
use crate::issuance::store::{rows, sql};
use crate::verify::hex;
use rand_core::CryptoRng;
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a connection waits for others.
const WAIT: Duration = Duration::from_secs(10);
/// Statements kept ready.
const STATEMENTS: usize = 64;

/// The tables and guards that a format adds.
pub(in crate::issuance::store) fn of_format(format: u32) -> String {
    // With format 3 the journal of personalization came into the store.
    if format == 3 {
        return crate::perso::journal::schema::sqlite();
    }
    let guards = match format {
        1 => include_str!("guards.sql"),
        2 => include_str!("guards-2.sql"),
        _ => "",
    };
    sql::tables(format, "BLOB", "INTEGER", " STRICT") + guards
}

impl SqliteStore {
    /// Makes an empty store in a new file, which its owner alone can read.
    ///
    /// # Errors
    /// [`StoreError::Exists`], [`StoreError::Unavailable`], [`StoreError::Full`].
    pub fn create(path: &Path, key: &StoreKey, rng: &mut dyn CryptoRng) -> Result<Self, StoreError> {
        Self::create_by(&migration::steps(), path, key, rng)
    }

    /// Makes an empty store of the format that these steps lead to.
    pub(super) fn create_by(
        steps: &[Migration],
        path: &Path,
        key: &StoreKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, StoreError> {
        // Empty, and 0600: the log and its index inherit the mode.
        durable::create(path, &[], Readers::Owner).map_err(|e| of_io(&e))?;
        let mut store = Self { db: connect(path)? };
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        let id = hex::encode(&id);
        let tx = store.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(&of_format(migration::FIRST))?;
        for step in steps {
            tx.execute_batch(&step.sqlite)?;
        }
        let format = migration::newest(steps);
        tx.execute("INSERT INTO store VALUES (1, ?1, ?2, ?3)", params![id, format, key.check(&id)])?;
        tx.commit()?;
        Ok(store)
    }

    /// Opens the store in a file. Without a key what is sealed stays so.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`], [`StoreError::NewerFormat`], [`StoreError::OlderFormat`], [`StoreError::WrongKey`],
    /// [`StoreError::UnsafeSetting`], [`StoreError::Unavailable`].
    pub fn open(path: &Path, key: Option<&StoreKey>) -> Result<Self, StoreError> {
        let store = Self { db: connect(path)? };
        migration::current(head(&store.db, key)?)?;
        Ok(store)
    }
}

/// A connection to the store in a file, for whoever keeps tables of its own there.
pub(in crate::issuance::store) fn of_a_store(path: &Path, key: &StoreKey) -> Result<Connection, StoreError> {
    Ok(SqliteStore::open(path, Some(key))?.db)
}

/// The format of a store, whose key is this.
pub(super) fn head(db: &Connection, key: Option<&StoreKey>) -> Result<u32, StoreError> {
    let tables = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('store', 'chain')";
    if db.query_row(tables, [], |r| r.get::<_, i64>(0))? != 2 {
        return Err(StoreError::NotAStore);
    }
    let (id, format, check) = one(db, sql::STORE, &[], rows::store)?.ok_or(StoreError::NotAStore)?;
    key.map_or(Ok(()), |key| migration::fits(key, &id, &check))?;
    Ok(format)
}

/// A connection with its settings, to a file that is there.
pub(super) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(WAIT)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    // The change to the log does not wait for another who makes it, or who leaves: it is asked for again.
    let end = Instant::now() + WAIT;
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;
        PRAGMA recursive_triggers = ON; PRAGMA trusted_schema = OFF";
    while let Err(error) = db.execute_batch(settings) {
        match StoreError::from(error) {
            StoreError::Busy if Instant::now() < end => std::thread::sleep(Duration::from_millis(10)),
            other => return Err(other),
        }
    }
    settings_hold(&db)?;
    Ok(db)
}

/// Whether the settings are what they were set to.
pub(super) fn settings_hold(db: &Connection) -> Result<(), StoreError> {
    let is = |name: &'static str, wanted: &str| {
        let value: rusqlite::types::Value = db.query_row(&format!("PRAGMA {name}"), [], |r| r.get(0))?;
        let holds = match value {
            rusqlite::types::Value::Text(text) => text == wanted,
            rusqlite::types::Value::Integer(n) => n.to_string() == wanted,
            _ => false,
        };
        if holds { Ok(()) } else { Err(StoreError::UnsafeSetting(name)) }
    };
    is("journal_mode", "wal")?;
    // FULL: the log is flushed at every commit.
    is("synchronous", "2")?;
    is("foreign_keys", "1")?;
    is("secure_delete", "1")
}
