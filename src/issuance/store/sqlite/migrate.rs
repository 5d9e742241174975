//! From an older format to this program's: a copy first, then every step in one transaction.

use super::SqliteStore;
use super::open::{connect, head};
use crate::durable::{self, Readers};
use crate::issuance::store::error::StoreError;
use crate::issuance::store::key::StoreKey;
use crate::issuance::store::migration::{self, Migrated, Migration};
use rusqlite::TransactionBehavior;
use std::path::Path;

impl SqliteStore {
    /// Brings the store in a file to this program's format, after a copy into a new file; a dry run does all of it and keeps nothing.
    ///
    /// # Errors
    /// As [`SqliteStore::open`]; [`StoreError::Backup`] if the copy cannot be made, and nothing is migrated.
    pub fn migrate(path: &Path, key: &StoreKey, backup: &Path, dry_run: bool) -> Result<Migrated, StoreError> {
        by(&migration::steps(), path, key, backup, dry_run)
    }
}

pub(super) fn by(steps: &[Migration], path: &Path, key: &StoreKey, backup: &Path, dry_run: bool) -> Result<Migrated, StoreError> {
    let mut db = connect(path)?;
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = head(&tx, Some(key))?;
    let rest = migration::from(found, steps)?;
    let done = !dry_run && !rest.is_empty();
    if done {
        copy(path, backup)?;
    }
    for step in rest {
        tx.execute_batch(&step.sqlite)?;
    }
    tx.execute("UPDATE store SET format = ?1", [migration::newest(steps)])?;
    if done {
        tx.commit()?;
    }
    Ok(Migrated { from: found, to: migration::newest(steps), done })
}

/// A whole copy, by a connection of its own: whoever migrates holds the store, so it is what is migrated.
fn copy(path: &Path, backup: &Path) -> Result<(), StoreError> {
    let failed = |e: String| StoreError::Backup(e);
    durable::create(backup, &[], Readers::Owner).map_err(|e| failed(e.kind().to_string()))?;
    let to = backup.to_str().ok_or_else(|| failed("its path is no text".into()))?;
    connect(path)?.execute("VACUUM INTO ?1", [to]).map_err(|e| failed(StoreError::from(e).to_string()))?;
    let file = std::fs::File::open(backup).and_then(|file| file.sync_all());
    file.map_err(|e| failed(e.kind().to_string()))
}
