//! From an older format to this program's: a dump first, then every step in one transaction.

use super::PostgresStore;
use super::open::config;
use crate::durable::{self, Readers};
use crate::issuance::store::error::StoreError;
use crate::issuance::store::key::StoreKey;
use crate::issuance::store::migration::{self, Migrated, Migration};
use ::postgres::Config;
use ::postgres::config::Host;
use std::path::Path;
use std::process::{Command, Stdio};

impl PostgresStore {
    /// Brings a store to this program's format, after a dump by `pg_dump` into a new file; a dry run does all of it and keeps nothing.
    ///
    /// # Errors
    /// As [`PostgresStore::open`]; [`StoreError::Backup`] if the dump cannot be made, and nothing is migrated.
    pub fn migrate(url: &str, key: &StoreKey, backup: &Path, dry_run: bool) -> Result<Migrated, StoreError> {
        by(&migration::steps(), url, key, backup, dry_run)
    }
}

pub(super) fn by(steps: &[Migration], url: &str, key: &StoreKey, backup: &Path, dry_run: bool) -> Result<Migrated, StoreError> {
    let mut store = PostgresStore::connect(url)?;
    let found = store.head(Some(key))?;
    let rest = migration::from(found, steps)?;
    let done = !dry_run && !rest.is_empty();
    let mut tx = store.client.transaction()?;
    // Every step of issuance writes a row of it, and waits here; a dump only reads.
    tx.batch_execute("LOCK TABLE chain IN EXCLUSIVE MODE")?;
    if done {
        dump(&config(url)?, backup)?;
    }
    for step in rest {
        tx.batch_execute(&step.postgres)?;
    }
    tx.execute("UPDATE store SET format = $1 WHERE format = $2", &[&i64::from(migration::newest(steps)), &i64::from(found)])?;
    if done {
        tx.commit()?;
    }
    Ok(Migrated { from: found, to: migration::newest(steps), done })
}

/// A dump in the custom format, which `pg_restore` puts back. What it needs to get in goes by the environment, where other users do not
/// see it.
fn dump(config: &Config, backup: &Path) -> Result<(), StoreError> {
    let failed = |e: std::io::Error| StoreError::Backup(e.kind().to_string());
    durable::create(backup, &[], Readers::Owner).map_err(failed)?;
    let file = std::fs::OpenOptions::new().write(true).open(backup).map_err(failed)?;
    let mut command = Command::new("pg_dump");
    command.arg("--format=custom").arg("--no-password").env("PGCLIENTENCODING", "UTF8");
    command.stdin(Stdio::null()).stdout(file.try_clone().map_err(failed)?).stderr(Stdio::null());
    for (name, value) in environment(config) {
        command.env(name, value);
    }
    let status = command.status().map_err(|e| StoreError::Backup(format!("pg_dump: {}", e.kind())))?;
    if !status.success() {
        return Err(StoreError::Backup(format!("pg_dump ended with {status}")));
    }
    file.sync_all().map_err(failed)
}

fn environment(config: &Config) -> Vec<(&'static str, std::ffi::OsString)> {
    let mut variables: Vec<(&'static str, std::ffi::OsString)> = Vec::new();
    let host = config.get_hosts().first().map(|host| match host {
        Host::Tcp(name) => name.into(),
        #[cfg(unix)]
        Host::Unix(folder) => folder.into(),
    });
    variables.extend(host.map(|host| ("PGHOST", host)));
    variables.extend(config.get_ports().first().map(|port| ("PGPORT", port.to_string().into())));
    variables.extend(config.get_user().map(|user| ("PGUSER", user.into())));
    variables.extend(config.get_dbname().map(|name| ("PGDATABASE", name.into())));
    let password = config.get_password().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    variables.extend(password.map(|password| ("PGPASSWORD", password.into())));
    variables
}
