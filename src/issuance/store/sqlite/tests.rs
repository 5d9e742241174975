//! What only SQLite can show: a full disk at every page, a lock that is held, files of another kind.

use super::open::{connect, settings_hold};
use super::*;
use crate::issuance::store::migration::{FORMAT, Migrated, Migration};
use crate::issuance::store::tests::{self, File};
use crate::issuance::store::{StoreKey, audit};
use crate::reason::{Reason, Refusal as _};
use crate::world::DangerousSeededEntropy;

fn key() -> StoreKey {
    StoreKey::new(&[7; 32]).unwrap()
}

fn create(file: &File) -> SqliteStore {
    SqliteStore::create(&file.path(), &key(), &mut DangerousSeededEntropy::new(1)).unwrap()
}

#[test]
fn each_connection_has_the_settings_and_a_looser_one_is_refused() {
    let file = File::new();
    let store = create(&file);
    settings_hold(&store.db).unwrap();
    for (setting, value) in [("synchronous", "NORMAL"), ("foreign_keys", "OFF"), ("secure_delete", "OFF")] {
        let db = connect(&file.path()).unwrap();
        db.pragma_update(None, setting, value).unwrap();
        assert_eq!(settings_hold(&db), Err(StoreError::UnsafeSetting(setting)));
    }
    let memory = Connection::open_in_memory().unwrap();
    assert_eq!(settings_hold(&memory), Err(StoreError::UnsafeSetting("journal_mode")));
    assert_eq!(StoreError::UnsafeSetting("synchronous").reason(), Reason::StoreUnavailable);
}

#[cfg(unix)]
#[test]
fn the_files_are_their_owners_alone() {
    let file = File::new();
    let mut store = create(&file);
    tests::two_applications(&mut store);
    let mut seen = 0;
    for entry in std::fs::read_dir(file.path().parent().unwrap()).unwrap() {
        let mode = std::os::unix::fs::PermissionsExt::mode(&entry.unwrap().metadata().unwrap().permissions());
        assert_eq!(mode & 0o077, 0);
        seen += 1;
    }
    assert_eq!(seen, 3, "the store, its log and the log's index");
}

#[test]
fn a_disk_that_is_full_at_any_page_leaves_the_old_state_or_the_new_one() {
    let file = File::new();
    drop(create(&file));
    let pages: i64 = connect(&file.path()).unwrap().query_row("PRAGMA page_count", [], |r| r.get(0)).unwrap();
    let (mut full, mut done) = (0, 0);
    for more in 0..60 {
        let mut store = SqliteStore::open(&file.path(), Some(&key())).unwrap();
        store.db.query_row(&format!("PRAGMA max_page_count = {}", pages + more), [], |_| Ok(())).unwrap();
        let before = store.heads().unwrap();
        // With its sealed part a step takes several pages, and may run out at each.
        match tests::an_application(&mut store, u32::try_from(more).unwrap()) {
            Ok(_) => done += 1,
            Err(error) => {
                assert_eq!(error, StoreError::Full, "at {more} pages");
                assert_eq!(store.heads().unwrap(), before);
                full += 1;
            }
        }
        drop(store);
        let mut store = SqliteStore::open(&file.path(), Some(&key())).unwrap();
        assert_eq!(audit::verify(&mut store, &before).unwrap().rows, done);
    }
    assert_eq!(StoreError::Full.reason(), Reason::DiskFull);
    assert!(full > 10 && done > 5, "{full} full, {done} done");
}

#[test]
fn a_store_that_another_holds_is_busy() {
    let file = File::new();
    let mut store = create(&file);
    store.db.busy_timeout(std::time::Duration::from_millis(50)).unwrap();
    let other = connect(&file.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(tests::an_application(&mut store, 1), Err(StoreError::Busy));
    assert_eq!(StoreError::Busy.reason(), Reason::InUse);
    other.execute_batch("ROLLBACK").unwrap();
    assert!(tests::an_application(&mut store, 1).is_ok());
}

#[test]
fn what_is_no_store_is_not_opened_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    let open = || SqliteStore::open(&path, Some(&key())).err();
    assert!(matches!(open(), Some(StoreError::Unavailable(_))), "nothing is made where nothing is");
    assert!(!path.exists());
    std::fs::write(&path, b"this is a letter, not a store; and it is longer than the head of a database").unwrap();
    assert_eq!(open(), Some(StoreError::NotAStore));
    std::fs::write(&path, b"").unwrap();
    assert_eq!(open(), Some(StoreError::NotAStore));
    let nowhere = SqliteStore::create(std::path::Path::new("/nonexistent/x"), &key(), &mut DangerousSeededEntropy::new(1));
    assert!(matches!(nowhere.err(), Some(StoreError::Unavailable(_))));
}

#[test]
fn a_migration_is_tried_dry_backed_up_and_done_once() {
    let file = File::new();
    let mut store = create(&file);
    tests::two_applications(&mut store);
    let heads = store.heads().unwrap();
    drop(store);
    let steps = [Migration { to: FORMAT + 1, sqlite: "ALTER TABLE card ADD COLUMN colour TEXT".into(), postgres: String::new() }];
    let backup = file.path().with_extension("backup");
    let migrate = |dry| migrate::by(&steps, &file.path(), &key(), &backup, dry);
    let (from, to) = (FORMAT, FORMAT + 1);
    assert_eq!(migrate(true), Ok(Migrated { from, to, done: false }));
    assert!(!backup.exists());
    SqliteStore::open(&file.path(), Some(&key())).unwrap();
    std::fs::write(&backup, b"of yesterday").unwrap();
    assert!(matches!(migrate(false), Err(StoreError::Backup(_))), "nothing is written over");
    assert_eq!(StoreError::Backup(String::new()).reason(), Reason::StoreUnavailable);
    std::fs::remove_file(&backup).unwrap();
    assert_eq!(migrate(false), Ok(Migrated { from, to, done: true }));
    assert_eq!(SqliteStore::open(&file.path(), Some(&key())).err(), Some(StoreError::NewerFormat { found: to, known: from }));
    assert_eq!(migrate(false), Ok(Migrated { from: to, to, done: false }), "there is nothing left to do");
    let mut old = SqliteStore::open(&backup, Some(&key())).unwrap();
    assert_eq!(audit::verify(&mut old, &heads).unwrap().heads, heads);
    assert_eq!(migrate::by(&[], &file.path(), &key(), &backup, false), Err(StoreError::NewerFormat { found: to, known: 1 }));
    let bad = [Migration { to, sqlite: "ALTER TABLE nothing ADD COLUMN x TEXT".into(), postgres: String::new() }];
    let again = file.path().with_extension("again");
    assert!(matches!(migrate::by(&bad, &backup, &key(), &again, false), Err(StoreError::Unavailable(_))));
    SqliteStore::open(&backup, Some(&key())).unwrap();
}

#[test]
fn the_guard_of_revoked_cards_speaks_for_itself() {
    let file = File::new();
    let mut store = create(&file);
    tests::a_revoked_card(&mut store);
    let back = store.db.execute("UPDATE card SET state = 'active'", []).unwrap_err();
    assert_eq!(StoreError::from(back), StoreError::RevokedForGood);
    assert_eq!(StoreError::RevokedForGood.reason(), Reason::RevokedForGood);
}

#[test]
fn a_store_of_the_first_format_becomes_one_of_this_programs() {
    let file = File::new();
    let mut old = SqliteStore::create_by(&[], &file.path(), &key(), &mut DangerousSeededEntropy::new(1)).unwrap();
    tests::a_revoked_card(&mut old);
    let heads = old.heads().unwrap();
    drop(old);
    let older = StoreError::OlderFormat { found: 1, known: FORMAT };
    assert_eq!(SqliteStore::open(&file.path(), Some(&key())).err(), Some(older));
    let backup = file.path().with_extension("backup");
    let migrated = SqliteStore::migrate(&file.path(), &key(), &backup, false);
    assert_eq!(migrated, Ok(Migrated { from: 1, to: FORMAT, done: true }));
    let mut store = SqliteStore::open(&file.path(), Some(&key())).unwrap();
    tests::a_shift(&mut store);
    assert_eq!(audit::verify(&mut store, &heads).unwrap().rows, heads[0].n + 1);
    // What it became is what a new one is made as.
    let new = File::new();
    drop(create(&new));
    assert_eq!(schema(&file.path()), schema(&new.path()));
}

/// Tables, indexes and guards of a file.
fn schema(path: &std::path::Path) -> String {
    let all = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name)";
    connect(path).unwrap().query_row(all, [], |row| row.get(0)).unwrap()
}

/// The store of format 2 that its own program wrote (`tests/compat/`), and its key.
fn of_format_2() -> (File, StoreKey) {
    use crate::pki::chip_keys::{ChipKey, Kind};
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat/store-2");
    let passphrase = crate::secret::Secret::new("correct horse".to_owned());
    let key = ChipKey::open(&sample.join("store.key"), Kind::Store, &passphrase).unwrap();
    let key = StoreKey::new(key.master(Kind::Store).unwrap().expose()).unwrap();
    let file = File::new();
    let db = Connection::open(file.path()).unwrap();
    db.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    db.execute_batch(&std::fs::read_to_string(sample.join("store.sql")).unwrap()).unwrap();
    (file, key)
}

#[test]
fn a_store_of_format_2_goes_one_format_after_the_other_and_a_step_that_fails_takes_back_those_before_it() {
    let (file, key) = of_format_2();
    let (path, all) = (file.path(), crate::issuance::store::migration::steps());
    let backup = |n: u32| path.with_extension(format!("backup-{n}"));
    let second = schema(&path);
    // The step to format 3 is done, and the one to format 4 cannot be: the store is of format 2, as before.
    let (third, _) = all.split_at(2);
    let broken = Migration { to: 4, sqlite: "CREATE TABLE likeness (x); CREATE TABLE audit (x)".into(), postgres: String::new() };
    let steps: Vec<Migration> = third.iter().map(copy).chain([broken]).collect();
    assert!(matches!(migrate::by(&steps, &path, &key, &backup(0), false), Err(StoreError::Unavailable(_))));
    assert_eq!(schema(&path), second);
    let older = |found| Some(StoreError::OlderFormat { found, known: FORMAT });
    assert_eq!(SqliteStore::open(&path, Some(&key)).err(), older(2));
    for (steps, from, to) in [(third, 2, 3), (&all[..], 3, FORMAT)] {
        assert_eq!(migrate::by(steps, &path, &key, &backup(from), true), Ok(Migrated { from, to, done: false }));
        assert_eq!(SqliteStore::open(&path, Some(&key)).err(), older(from), "a dry run");
        assert_eq!(migrate::by(steps, &path, &key, &backup(from), false), Ok(Migrated { from, to, done: true }));
        assert_eq!(SqliteStore::open(&backup(from), Some(&key)).err(), older(from), "the backup");
    }
    let new = File::new();
    drop(create(&new));
    assert_eq!(schema(&path), schema(&new.path()));
    let mut store = SqliteStore::open(&path, Some(&key)).unwrap();
    assert_eq!(audit::verify(&mut store, &[]).unwrap().rows, 22);
    let stranger = migrate::by(&all, &path, &StoreKey::new(&[7; 32]).unwrap(), &backup(9), false);
    assert_eq!(stranger, Err(StoreError::WrongKey));
}

fn copy(step: &Migration) -> Migration {
    Migration { to: step.to, sqlite: step.sqlite.clone(), postgres: step.postgres.clone() }
}
