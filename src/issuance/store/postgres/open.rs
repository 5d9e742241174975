//! Making and opening a store; the settings without which an acknowledged change could be lost.

use super::{PostgresStore, schema};
use crate::issuance::store::error::StoreError;
use crate::issuance::store::key::StoreKey;
use crate::issuance::store::migration::{self, Migration};
use crate::issuance::store::{rows, sql};
use crate::verify::hex;
use ::postgres::config::Host;
use ::postgres::{Client, Config, NoTls};
use rand_core::CryptoRng;
use std::collections::HashMap;
use std::time::Duration;

/// How long a connection waits to be made.
const WAIT: Duration = Duration::from_secs(10);
/// The settings of a session: waits for others end, and a commit is on the disk before it is acknowledged.
const SESSION: &str = "SET synchronous_commit = on; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';
    SET default_transaction_isolation = 'read committed'; SET client_encoding = 'UTF8'";

impl PostgresStore {
    /// Makes an empty store in a database that has none.
    ///
    /// # Errors
    /// [`StoreError::Exists`], [`StoreError::UnsafeSetting`], [`StoreError::Unavailable`].
    pub fn create(url: &str, key: &StoreKey, rng: &mut dyn CryptoRng) -> Result<Self, StoreError> {
        Self::create_by(&migration::steps(), url, key, rng)
    }

    /// Makes an empty store of the format that these steps lead to.
    pub(super) fn create_by(steps: &[Migration], url: &str, key: &StoreKey, rng: &mut dyn CryptoRng) -> Result<Self, StoreError> {
        let mut store = Self::connect(url)?;
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        let id = hex::encode(&id);
        let mut tx = store.client.transaction()?;
        if tx.query_one("SELECT to_regclass('store') IS NOT NULL", &[])?.try_get::<_, bool>(0)? {
            return Err(StoreError::Exists);
        }
        tx.batch_execute(&schema::of_format(migration::FIRST))?;
        for step in steps {
            tx.batch_execute(&step.postgres)?;
        }
        tx.execute("INSERT INTO store VALUES (1, $1, $2, $3)", &[&id, &i64::from(migration::newest(steps)), &key.check(&id)])?;
        tx.commit()?;
        Ok(store)
    }

    /// Opens the store in a database. Without a key what is sealed stays so.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`], [`StoreError::NewerFormat`], [`StoreError::OlderFormat`], [`StoreError::WrongKey`],
    /// [`StoreError::UnsafeSetting`], [`StoreError::Unavailable`].
    pub fn open(url: &str, key: Option<&StoreKey>) -> Result<Self, StoreError> {
        let mut store = Self::connect(url)?;
        migration::current(store.head(key)?)?;
        Ok(store)
    }

    /// The format of the store, whose key is this.
    pub(super) fn head(&mut self, key: Option<&StoreKey>) -> Result<u32, StoreError> {
        let ours = "SELECT to_regclass('store') IS NOT NULL AND to_regclass('chain') IS NOT NULL";
        if !self.client.query_one(ours, &[])?.try_get::<_, bool>(0)? {
            return Err(StoreError::NotAStore);
        }
        let row = self.client.query_opt(sql::STORE, &[])?.ok_or(StoreError::NotAStore)?;
        let (id, format, check) = rows::store(&row)?;
        key.map_or(Ok(()), |key| migration::fits(key, &id, &check))?;
        Ok(format)
    }

    /// A connection with its settings.
    pub(super) fn connect(url: &str) -> Result<Self, StoreError> {
        let mut config = config(url)?;
        let mut client = config.connect_timeout(WAIT).application_name("ektp").connect(NoTls)?;
        client.batch_execute(SESSION)?;
        settings_hold(&mut client)?;
        Ok(Self { client, statements: HashMap::new() })
    }
}

/// An address, which stays on this machine: what goes to the server is not encrypted.
pub(super) fn config(url: &str) -> Result<Config, StoreError> {
    let config: Config = url.parse().map_err(|_| StoreError::Unavailable("the address does not parse".into()))?;
    let local = |host: &Host| match host {
        Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    let addressed = config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback);
    let here = addressed && config.get_hosts().iter().all(local);
    if here { Ok(config) } else { Err(StoreError::UnsafeSetting("host")) }
}

/// Whether the settings are what they must be: of the server (flushed to disk, pages whole after a crash), and of this session.
fn settings_hold(client: &mut Client) -> Result<(), StoreError> {
    let sought = ["fsync", "full_page_writes", "synchronous_commit"];
    for (name, wanted) in sought.iter().map(|name| (*name, "on")).chain([("server_encoding", "UTF8")]) {
        let value: String = client.query_one("SELECT current_setting($1)", &[&name])?.try_get(0)?;
        if value != wanted {
            return Err(StoreError::UnsafeSetting(name));
        }
    }
    Ok(())
}
