//! Where a store is: a file, or a database of PostgreSQL.

use super::audit::{self, Head};
use super::error::StoreError;
use super::key::StoreKey;
use super::migration::Migrated;
use super::{PostgresStore, SqliteStore, Store};
use rand_core::CryptoRng;
use std::path::{Path, PathBuf};

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file of SQLite.
    File(PathBuf),
    /// A database of PostgreSQL, as `postgres://…`, over a Unix socket or the loopback interface.
    Server(String),
}

impl Place {
    /// `postgres://…` and `postgresql://…` are servers; everything else is a file.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Self::Server(text.to_owned()),
            _ => Self::File(PathBuf::from(text)),
        }
    }

    /// Makes an empty store, whose key is this.
    ///
    /// # Errors
    /// [`StoreError::Exists`], [`StoreError::Unavailable`], [`StoreError::UnsafeSetting`].
    pub fn create(&self, key: &StoreKey, rng: &mut dyn CryptoRng) -> Result<Box<dyn Store>, StoreError> {
        Ok(match self {
            Self::File(path) => Box::new(SqliteStore::create(path, key, rng)?),
            Self::Server(url) => Box::new(PostgresStore::create(url, key, rng)?),
        })
    }

    /// Opens a store, and holds it against heads that were seen before. Without a key the audit can be read, and what is sealed not.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], [`StoreError::NotAStore`], [`StoreError::NewerFormat`], [`StoreError::OlderFormat`],
    /// [`StoreError::RolledBack`], [`StoreError::Forked`], [`StoreError::UnsafeSetting`], [`StoreError::Unavailable`].
    pub fn open(&self, key: Option<&StoreKey>, known: &[Head]) -> Result<Box<dyn Store>, StoreError> {
        let mut store: Box<dyn Store> = match self {
            Self::File(path) => Box::new(SqliteStore::open(path, key)?),
            Self::Server(url) => Box::new(PostgresStore::open(url, key)?),
        };
        audit::witness(store.as_mut(), known)?;
        Ok(store)
    }

    /// Brings a store to this program's format, after a backup into a new file; a dry run does all of it and keeps nothing.
    ///
    /// # Errors
    /// As [`Place::open`]; [`StoreError::Backup`].
    pub fn migrate(&self, key: &StoreKey, backup: &Path, dry_run: bool) -> Result<Migrated, StoreError> {
        match self {
            Self::File(path) => SqliteStore::migrate(path, key, backup, dry_run),
            Self::Server(url) => PostgresStore::migrate(url, key, backup, dry_run),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_server_and_a_path_is_a_file() {
        assert_eq!(Place::parse("postgres:///x?host=/run"), Place::Server("postgres:///x?host=/run".into()));
        assert_eq!(Place::parse("postgresql://a/b"), Place::Server("postgresql://a/b".into()));
        for path in ["store.db", "/a/postgres", "http://a"] {
            assert_eq!(Place::parse(path), Place::File(path.into()));
        }
    }
}
