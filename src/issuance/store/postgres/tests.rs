//! What only PostgreSQL can show: settings of the server, locks that are held, its dump, and that it stays on this machine.

use super::*;
use crate::issuance::store::migration::{FORMAT, Migrated, Migration};
use crate::issuance::store::tests::{self, Server, server};
use crate::issuance::store::{StoreKey, audit};
use crate::reason::{Reason, Refusal as _};
use crate::world::DangerousSeededEntropy;

fn key() -> StoreKey {
    StoreKey::new(&[7; 32]).unwrap()
}

fn create(url: &str) -> Result<PostgresStore, StoreError> {
    PostgresStore::create(url, &key(), &mut DangerousSeededEntropy::new(1))
}

#[test]
fn a_server_that_may_lose_what_it_acknowledged_is_refused() {
    for setting in ["fsync", "full_page_writes"] {
        let Some(loose) = Server::start(&[&format!("{setting}=off")]) else { return };
        let refused = create(&loose.database().url()).err();
        assert_eq!(refused, Some(StoreError::UnsafeSetting(setting)));
    }
}

#[test]
fn a_session_is_set_to_wait_for_the_disk_whatever_its_database_says() {
    let Some(server) = server() else { return };
    let database = server.database();
    let loose = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$";
    database.connect().batch_execute(loose).unwrap();
    let mut store = create(&database.url()).unwrap();
    let value: String = store.client.query_one("SHOW synchronous_commit", &[]).unwrap().get(0);
    assert_eq!(value, "on");
}

#[test]
fn an_address_elsewhere_is_refused_since_nothing_is_encrypted() {
    for elsewhere in
        ["postgres://ektp@db.example/x", "postgres:///x?host=10.0.0.7", "postgres:///x?host=localhost&hostaddr=10.0.0.7"]
    {
        assert_eq!(create(elsewhere).err(), Some(StoreError::UnsafeSetting("host")), "{elsewhere}");
    }
    assert!(matches!(create("postgres://[").err(), Some(StoreError::Unavailable(_))));
    let nobody = create("postgres:///x?host=/nonexistent&user=ektp").unwrap_err();
    assert_eq!(nobody, StoreError::Unavailable("no connection".into()));
    assert_eq!(nobody.reason(), Reason::StoreUnavailable);
}

#[test]
fn what_is_no_store_is_not_opened() {
    let Some(server) = server() else { return };
    let database = server.database();
    assert_eq!(PostgresStore::open(&database.url(), Some(&key())).err(), Some(StoreError::NotAStore));
    database.connect().batch_execute("CREATE TABLE store (x INT)").unwrap();
    assert_eq!(PostgresStore::open(&database.url(), Some(&key())).err(), Some(StoreError::NotAStore));
    assert_eq!(create(&database.url()).err(), Some(StoreError::Exists), "what is there is not ours to write over");
}

#[test]
fn a_chain_that_another_holds_for_too_long_is_busy() {
    let Some(server) = server() else { return };
    let database = server.database();
    let mut store = create(&database.url()).unwrap();
    tests::two_applications(&mut store);
    store.client.batch_execute("SET lock_timeout = '20ms'").unwrap();
    let mut other = database.connect();
    let mut held = other.transaction().unwrap();
    held.batch_execute("SELECT 1 FROM chain FOR UPDATE").unwrap();
    assert_eq!(tests::an_application(&mut store, 7), Err(StoreError::Busy));
    held.rollback().unwrap();
    assert!(tests::an_application(&mut store, 7).is_ok());
}

#[test]
fn a_connection_that_ends_is_named_and_nothing_was_done() {
    let Some(server) = server() else { return };
    let database = server.database();
    let mut store = create(&database.url()).unwrap();
    tests::two_applications(&mut store);
    let others =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    database.connect().batch_execute(others).unwrap();
    assert!(matches!(tests::an_application(&mut store, 7), Err(StoreError::Unavailable(_))));
    let mut store = PostgresStore::open(&database.url(), Some(&key())).unwrap();
    assert_eq!(audit::verify(&mut store, &[]).unwrap().rows, 2);
}

#[test]
fn a_migration_is_tried_dry_dumped_and_done_once() {
    let Some(server) = server() else { return };
    let (database, folder) = (server.database(), tempfile::tempdir().unwrap());
    let mut store = create(&database.url()).unwrap();
    tests::two_applications(&mut store);
    let heads = store.heads().unwrap();
    let steps = [Migration { to: FORMAT + 1, sqlite: String::new(), postgres: "ALTER TABLE card ADD COLUMN colour TEXT".into() }];
    let backup = folder.path().join("backup");
    let migrate = |dry| migrate::by(&steps, &database.url(), &key(), &backup, dry);
    let (from, to) = (FORMAT, FORMAT + 1);
    assert_eq!(migrate(true), Ok(Migrated { from, to, done: false }));
    assert!(!backup.exists());
    PostgresStore::open(&database.url(), Some(&key())).unwrap();
    std::fs::write(&backup, b"of yesterday").unwrap();
    assert!(matches!(migrate(false), Err(StoreError::Backup(_))), "nothing is written over");
    std::fs::remove_file(&backup).unwrap();
    assert_eq!(migrate(false), Ok(Migrated { from, to, done: true }));
    let newer = StoreError::NewerFormat { found: to, known: from };
    assert_eq!(PostgresStore::open(&database.url(), Some(&key())).err(), Some(newer.clone()));
    assert_eq!(migrate(false), Ok(Migrated { from: to, to, done: false }), "there is nothing left to do");
    let unknown = StoreError::NewerFormat { found: to, known: 1 };
    assert_eq!(migrate::by(&[], &database.url(), &key(), &backup, false), Err(unknown));
    // Put back into a database of its own, the dump is the store before.
    let beside = database.beside();
    let restore =
        std::process::Command::new("pg_restore").args(["--exit-on-error", "--dbname", &beside.url()]).arg(&backup).status();
    assert!(restore.unwrap().success());
    let mut old = PostgresStore::open(&beside.url(), Some(&key())).unwrap();
    assert_eq!(audit::verify(&mut old, &heads).unwrap().heads, heads);
}

#[test]
fn the_guard_of_revoked_cards_speaks_for_itself() {
    let Some(server) = server() else { return };
    let database = server.database();
    let mut store = create(&database.url()).unwrap();
    tests::a_revoked_card(&mut store);
    let back = store.client.execute("UPDATE card SET state = 'active'", &[]).unwrap_err();
    assert_eq!(StoreError::from(back), StoreError::RevokedForGood);
}

#[test]
fn a_store_of_the_first_format_becomes_one_of_this_programs() {
    let Some(server) = server() else { return };
    let (database, folder) = (server.database(), tempfile::tempdir().unwrap());
    let mut old = PostgresStore::create_by(&[], &database.url(), &key(), &mut DangerousSeededEntropy::new(1)).unwrap();
    tests::a_revoked_card(&mut old);
    let heads = old.heads().unwrap();
    let older = StoreError::OlderFormat { found: 1, known: FORMAT };
    assert_eq!(PostgresStore::open(&database.url(), Some(&key())).err(), Some(older));
    let migrated = PostgresStore::migrate(&database.url(), &key(), &folder.path().join("backup"), false);
    assert_eq!(migrated, Ok(Migrated { from: 1, to: FORMAT, done: true }));
    let mut store = PostgresStore::open(&database.url(), Some(&key())).unwrap();
    tests::a_shift(&mut store);
    assert_eq!(audit::verify(&mut store, &heads).unwrap().rows, heads[0].n + 1);
}

#[test]
fn keys_that_are_not_those_of_the_row_are_found_and_change_for_nobody() {
    let Some(server) = server() else { return };
    let database = server.database();
    let mut store = create(&database.url()).unwrap();
    tests::a_revoked_card(&mut store);
    let rows = audit::verify(&mut store, &[]).unwrap().rows;
    for table in ["application_key", "card_key"] {
        for change in ["UPDATE {} SET key_id = 'x'", "DELETE FROM {}", "TRUNCATE {}"] {
            let refused = store.client.batch_execute(&change.replace("{}", table)).unwrap_err();
            assert_eq!(StoreError::from(refused), StoreError::Unavailable("PostgreSQL EK002".into()), "{change} {table}");
        }
    }
    let mut forger = database.connect();
    forger.batch_execute("SET session_replication_role = replica").unwrap();
    let (application, card) = ((Kind::Application, "a"), (Kind::Card, "c"));
    let again = [
        "DELETE FROM application_key; INSERT INTO application_key SELECT id, subject, family, office, since FROM application",
        "DELETE FROM card_key; INSERT INTO card_key SELECT id, subject, application FROM card",
    ];
    for ((kind, id), forged) in [
        (application, "UPDATE application_key SET key_since = key_since + 1"),
        (application, "UPDATE application_key SET key_office = '9' || key_office"),
        (application, "UPDATE application_key SET key_family = sha256('')"),
        (application, "UPDATE application_key SET key_subject = sha256(key_subject)"),
        (application, "DELETE FROM application_key"),
        (card, "UPDATE card_key SET key_subject = sha256(key_subject)"),
        (card, "UPDATE card_key SET key_application = 'b'"),
        (card, "DELETE FROM card_key"),
    ] {
        forger.batch_execute(forged).unwrap();
        let unaccounted = StoreError::Unaccounted { kind, id: id.into() };
        assert_eq!(audit::verify(&mut store, &[]).err(), Some(unaccounted), "{forged}");
        forger.batch_execute(&again.join("; ")).unwrap();
        assert_eq!(audit::verify(&mut store, &[]).unwrap().rows, rows);
    }
}

#[test]
fn a_digest_of_another_length_is_refused_where_it_is_written() {
    let Some(server) = server() else { return };
    let mut store = create(&server.database().url()).unwrap();
    tests::a_revoked_card(&mut store);
    for (table, column) in [("application", "subject"), ("application", "family"), ("card", "subject")] {
        let set = format!("ALTER TABLE {table} DISABLE TRIGGER ALL; UPDATE {table} SET {column} = 'short'");
        let refused = store.client.batch_execute(&set).unwrap_err();
        // 23514 is check_violation.
        assert_eq!(StoreError::from(refused), StoreError::Unavailable("PostgreSQL 23514".into()), "{table}.{column}");
    }
}
