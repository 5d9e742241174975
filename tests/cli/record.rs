//! `nik check`, `nik explain` and `record check`: what they say, and every way they refuse.

use crate::contract::{ektp, ektp_with, root};
use std::path::{Path, PathBuf};

fn sample(name: &str) -> String {
    root().join("samples").join(name).to_string_lossy().into_owned()
}

/// A copy of the samples in which one file is changed.
fn changed(dir: &Path, name: &str, change: impl Fn(String) -> String) -> String {
    for entry in std::fs::read_dir(root().join("samples")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            continue;
        }
        std::fs::copy(entry.path(), dir.join(entry.file_name())).unwrap();
    }
    let path: PathBuf = dir.join(name);
    std::fs::write(&path, change(std::fs::read_to_string(&path).unwrap())).unwrap();
    path.to_string_lossy().into_owned()
}

#[test]
fn a_nik_is_explained() {
    let run = ektp(&["nik", "explain", "3171015707850012", "--birth-date", "1985-07-17"]);
    let data = run.yes().data();
    assert_eq!(
        (&data["district"]["name"], &data["sex"], &data["birth_date"]),
        (&"Gambir".into(), &"female".into(), &"1985-07-17".into())
    );
    assert_eq!(data["warnings"].as_array().unwrap().len(), 0);
    let dead = ektp_with(&["nik", "explain", "-", "--as-of", "2026-01-01"], "9101010101300001\n");
    assert_eq!((&dead.yes().data()["regency"]["last_seen"], &dead.data()["birth_date"]), (&2022.into(), &"1930-01-01".into()));
    let bare = ektp(&["nik", "explain", "3171015707850012"]);
    assert!(bare.yes().data()["birth_date"].is_null(), "no century without a record or a day");
    assert!(!bare.result.to_string().contains("3171015707850012"), "the number itself is not repeated");
}

#[test]
fn disagreement_is_a_remark_and_a_yes() {
    let run = ektp(&["nik", "check", "3171015707850012", "--birth-date", "1985-07-18", "--sex", "male"]);
    let kinds: Vec<&str> = run.yes().data()["warnings"].as_array().unwrap().iter().map(|w| w["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["nik-date-differs", "nik-sex-differs"]);
}

#[test]
fn what_is_no_nik_is_refused() {
    for nik in ["317101570785001", "31710157078500120", "3171 0157 0785 0012", "abcdefghijklmnop"] {
        ektp(&["nik", "check", nik]).refused(10, "input-invalid");
        ektp(&["nik", "explain", nik]).refused(10, "input-invalid");
    }
    ektp(&["nik", "check", "3171015707850012", "--birth-date", "1985-02-30"]).refused(2, "usage");
    ektp(&["nik", "explain", "3171015707850012", "--birth-date", "1985-02-03", "--as-of", "2026-01-01"]).refused(2, "usage");
}

#[test]
fn the_samples_check() {
    let citizen = ektp(&["record", "check", &sample("record-citizen.json")]);
    assert_eq!(citizen.yes().data()["warnings"][0]["kind"], "nik-reserved");
    ektp(&["record", "check", &sample("record-foreigner.json")]).yes();
    let batch = ektp(&["record", "check", &sample("batch.csv")]);
    assert_eq!((&batch.yes().data()["records"], &batch.data()["warnings"][0]["row"]), (&3.into(), &2.into()));
}

#[test]
fn records_are_refused_by_the_reason_of_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |from: &str, to: &str, reason: &str| {
        let path = changed(dir.path(), "record-citizen.json", |text| text.replacen(from, to, 1));
        let run = ektp(&["record", "check", &path]);
        run.refused(10, reason);
        run.result["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused("\"003\"", "\"3\"", "record-invalid"), "/address/rt: is not three digits");
    assert_eq!(
        refused("portrait.jpg", "right-index.fmr", "image-invalid"),
        "/portrait: the picture is neither PNG, JPEG, BMP nor JPEG 2000"
    );
    assert!(refused("right-index.fmr", "portrait.jpg", "template-invalid").starts_with("/fingers/taken/0/template: "));
    assert!(refused("portrait.jpg", "none.jpg", "file-unreadable").starts_with("/portrait: "));
    assert!(refused("JAKARTA", "\0", "encoding-invalid").ends_with("of the document is NUL"));
    ektp(&["record", "check", "none.json"]).refused(10, "file-unreadable");
    ektp(&["record", "check", &sample("PROVENANCE.md")]).refused(2, "usage");
}

#[test]
fn every_bad_row_of_a_batch_is_in_the_result() {
    let dir = tempfile::tempdir().unwrap();
    let path = changed(dir.path(), "batch.csv", |text| text.replace(",003,", ",3,").replace("1990-03-02", "1990-02-30"));
    let run = ektp(&["record", "check", &path]);
    run.refused(10, "record-invalid");
    let rows: Vec<u64> = run.data()["refused"].as_array().unwrap().iter().map(|r| r["row"].as_u64().unwrap()).collect();
    assert_eq!(rows, [2, 3]);
    let path = changed(dir.path(), "batch.csv", |text| text.replacen("nik,", "nikk,", 1));
    ektp(&["record", "check", &path]).refused(10, "input-invalid");
}
