//! A store that an older program wrote (`tests/compat/`), brought to this program's format: nothing of it is lost, and work goes on.

use crate::contract::root;
use crate::refusals::place::Place;
use ektp::issuance::store::FORMAT;
use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

const STORE: &str = "--store @old.db --store-key @store.key --store-passphrase file:@pass";
/// The application that is in it.
const APPLICATION: &str = "A-4C10CF0A06E52F29";

/// A place with the store of format 2, its key, its roster, a personalizer's key and the heads of its audit.
fn of_format_2() -> Place {
    let (place, sample) = (Place::new(), root().join("tests/compat/store-2"));
    let db = Connection::open(place.at("old.db")).unwrap();
    // A dump has the tables by their names, and not in the order in which they name each other.
    db.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    db.execute_batch(&std::fs::read_to_string(sample.join("store.sql")).unwrap()).unwrap();
    assert!(!db.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap(), "a thing names another that is not there");
    for file in ["store.key", "personalizer.key", "heads.json", "roster/root.json"] {
        copy(&sample.join(file), &place.at(file));
    }
    for folder in ["roster/grants", "roster/ends"] {
        for entry in std::fs::read_dir(sample.join(folder)).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &place.at(folder).join(entry.file_name()));
        }
    }
    place
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::fs::copy(from, to).unwrap();
}

/// Every row of every table of a file, in their order, but for the format of the store itself.
fn rows(path: &Path) -> BTreeMap<String, Vec<Vec<Value>>> {
    let db = Connection::open(path).unwrap();
    let mut names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let all = names.into_iter().map(|name| {
        let columns = if name == "store" { "one, id, key_check" } else { "*" };
        let mut rows = db.prepare(&format!("SELECT {columns} FROM {name}")).unwrap();
        let width = rows.column_count();
        let row = |row: &rusqlite::Row<'_>| (0..width).map(|n| row.get(n)).collect::<Result<Vec<Value>, _>>();
        let found = rows.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap();
        (name, found)
    });
    all.collect()
}

fn format(path: &Path) -> u32 {
    Connection::open(path).unwrap().query_row("SELECT format FROM store", [], |row| row.get(0)).unwrap()
}

/// Tables, indexes and guards.
fn schema(path: &Path) -> Vec<String> {
    let db = Connection::open(path).unwrap();
    let mut all = db.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
    all.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_store_of_format_2_is_tried_backed_up_and_migrated_with_all_that_stands_in_it() {
    let place = of_format_2();
    let (old, backup) = (place.at("old.db"), place.at("b.db"));
    let before = rows(&old);
    assert_eq!((before["audit"].len(), before["card"].len(), before["sealed"].len()), (22, 1, 11));
    place.run(&format!("case show {APPLICATION} {STORE}")).refused(10, "encoding-invalid");
    let tried = place.run(&format!("store migrate {STORE} --backup @b.db --dry-run"));
    let told = |run: &crate::contract::Run| json!(["from", "to", "dry_run", "indexed"].map(|name| run.data()[name].clone()));
    assert_eq!(told(tried.yes()), json!([2, FORMAT, true, 0]));
    assert_eq!((format(&old), rows(&old) == before, backup.exists()), (2, true, false), "a dry run keeps nothing");
    // Somebody else's file is in the place of the backup: nothing is done.
    place.run(&format!("store migrate {STORE} --backup @taken")).refused(12, "output-exists");
    assert_eq!(format(&old), 2);
    let done = place.run(&format!("store migrate {STORE} --backup @b.db"));
    assert_eq!(told(done.yes()), json!([2, FORMAT, false, 1]), "who was identified is found by their data now");
    assert_eq!((format(&backup), rows(&backup) == before), (2, true), "the backup is the store as it was");
    let mode = std::os::unix::fs::PermissionsExt::mode(&backup.metadata().unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "and its owner's alone");
    let after = rows(&old);
    for (table, rows) in &before {
        assert_eq!(&after[table], rows, "{table}");
    }
    assert_eq!((format(&old), after["likeness"].is_empty()), (FORMAT, false));
    place.run("store create --store @new.db --store-key @store.key --store-passphrase file:@pass").yes();
    assert_eq!(schema(&old), schema(&place.at("new.db")), "what it became is what a new one is made as");
}

#[test]
fn a_store_that_was_migrated_is_verified_by_the_heads_of_before_and_worked_on() {
    let place = of_format_2();
    place.run(&format!("store migrate {STORE} --backup @b.db")).yes();
    let verified = || place.run("audit verify @old.db --roster @roster --known @heads.json");
    let rows = |run: &crate::contract::Run| (run.data()["rows"].clone(), run.data()["signatures"].clone());
    assert_eq!(rows(verified().yes()), (22.into(), true.into()));
    let shown = place.run(&format!("case show {APPLICATION} {STORE}"));
    assert_eq!(shown.yes().data()["state"], "in-personalization");
    let desk = "--roster @roster --office 31.71 --key @personalizer.key --passphrase file:@pass";
    place.run(&format!("batch withdraw --batch b1 --because test {STORE} {desk}")).yes();
    assert_eq!(rows(verified().yes()), (24.into(), true.into()), "a step of the batch and one of its application");
    let again = place.run(&format!("store migrate {STORE} --backup @c.db"));
    assert_eq!((&again.yes().data()["from"], place.at("c.db").exists()), (&FORMAT.into(), false), "there is nothing left to do");
    // The store as it was before, migrated in the place of the one that went on, is told.
    place.run("audit verify @old.db --roster @roster --out @after.json").yes();
    let older = STORE.replace("@old.db", "@b.db");
    place.run(&format!("store migrate {older} --backup @d.db")).yes();
    place.run("audit verify @b.db --roster @roster --known @after.json").refused(40, "store-rolled-back");
}
