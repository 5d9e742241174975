//! What a verb is given: regular files, a language or none, days that are not yet.

use crate::contract::{Run, ektp, root};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// A named pipe that nobody writes into.
fn pipe(path: &Path) -> String {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    text(path)
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_refused_and_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let (json, csv, store) = (pipe(&dir.path().join("a.json")), pipe(&dir.path().join("a.csv")), dir.path().join("trust"));
    let profile = pipe(&dir.path().join("a.toml"));
    ektp(&["pki", "trust-new", &text(&store), "--kind", "sample"]).yes();
    pipe(&store.join("csca/a.pem"));
    let store = text(&store);
    let (trust, state) = (text(&root().join("samples/evidence/trust")), text(&dir.path().join("judge")));
    let lines: [&[&str]; 13] = [
        &["record", "check", &json],
        &["verify", "card", &json, "--trust", &trust, "--state", &state],
        &["verify", "person", &json, "--trust", &trust, "--probe", "-"],
        &["record", "check", &csv],
        &["card", "plan", "--record", &json],
        &["card", "plan", "--profile", &profile],
        &["finger", "extract", &json],
        &["finger", "match", &json, &json],
        &["afis", "status", &json, "--key", "/none", "--passphrase", "file:/none"],
        &["pki", "show", &json],
        &["pki", "show", &store],
        &["reader", "qualify", "--reader", "station:a", "--stations", &json],
        &["read", "--reader", "unix:/none", "--can", "-", "--challenge", &json, "--output", "/nonexistent/e.json"],
    ];
    for line in lines {
        let mut command = Command::new("timeout");
        command.args(["60", env!("CARGO_BIN_EXE_ektp"), "--json"]).args(line);
        let start = Instant::now();
        let output = command.stdin(Stdio::null()).output().unwrap();
        let run = crate::contract::check(output.status.code().unwrap(), &String::from_utf8(output.stdout).unwrap());
        assert_eq!((run.exit, run.reason()), (10, "file-unreadable"), "{line:?}: {:#}", run.result);
        assert!(start.elapsed() < Duration::from_secs(50));
    }
}

#[test]
fn a_picture_that_is_a_pipe_is_refused_with_its_field() {
    let dir = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(root().join("samples")).unwrap().flatten().filter(|e| e.path().is_file()) {
        std::fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
    }
    let record = dir.path().join("record-citizen.json");
    let named: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&record).unwrap()).unwrap();
    let portrait = dir.path().join(named["portrait"].as_str().unwrap());
    std::fs::remove_file(&portrait).unwrap();
    pipe(&portrait);
    let run = ektp(&["record", "check", &text(&record)]);
    run.refused(10, "file-unreadable");
    assert!(run.result["message"].as_str().unwrap().contains("/portrait"), "{:#}", run.result);
}

#[test]
fn a_broken_challenge_is_called_one() {
    let dir = tempfile::tempdir().unwrap();
    let challenge = dir.path().join("challenge");
    std::fs::write(&challenge, "{\n  \"version\": }").unwrap();
    let (challenge, output) = (text(&challenge), text(&dir.path().join("e.json")));
    let run = ektp(&["read", "--reader", "unix:/none", "--can", "-", "--challenge", &challenge, "--output", &output]);
    run.refused(10, "input-invalid");
    let message = format!("{challenge} is no challenge of `ektp verify challenge`: line 2, column 14");
    assert_eq!(run.result["message"], message);
}

/// What a line says to people.
fn said(line: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ektp"));
    let output = command.args(line).envs(environment.iter().copied()).stdin(Stdio::null()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn an_empty_language_in_the_environment_is_none() {
    let line = ["nik", "explain", "3171015707850012"];
    let english = said(&line, &[("EKTP_LANG", "en")]);
    assert_eq!(said(&line, &[("EKTP_LANG", "")]), english);
    assert_ne!(said(&line, &[("EKTP_LANG", "id")]), english);
    assert_eq!(said(&line, &[("EKTP_LANG", "fr")]).0, Some(2));
    let help = said(&["nik", "explain", "--help"], &[]).1;
    assert!(help.contains("[possible values: id, en]"), "{help}");
}

#[test]
fn what_is_shown_to_people_is_in_their_language() {
    let dir = tempfile::tempdir().unwrap();
    let (chip, kit) = (text(&dir.path().join("chip")), text(&dir.path().join("kit")));
    ektp(&["pki", "sample-kit", &kit]).yes();
    let (trust, ds) = (format!("{kit}/trust"), format!("{kit}/ds.cert.pem"));
    let record = text(&root().join("samples/record-citizen.json"));
    let batch = text(&root().join("samples/batch.csv"));
    let indonesian = |line: &[&str]| said(&[&["--lang", "id"], line].concat(), &[]).1;
    let register = text(&dir.path().join("register.json"));
    let store = text(&dir.path().join("trust"));
    let cases: [(&[&str], &[&str]); 10] = [
        (&["pki", "trust-new", &store, "--kind", "sample"], &["trust: gudang kepercayaan kosong\n"]),
        (&["pki", "trust-add", &store, &format!("{trust}/csca/sample.pem"), "--as", "csca"], &["sample.pem  csca\n"]),
        (
            &["pki", "status-list-new", &register, "--uri", "u", "--indices", "8"],
            &["  register status 8 indeks, semuanya belum diserahkan\n"],
        ),
        (&["chip", "new", "--state", &chip], &["cip kosong "]),
        (&["pki", "show", &trust], &["trust: gudang kepercayaan\n", "  jenis ", "  negara ", "  daftar pencabutan\n"]),
        (&["pki", "show", &ds], &["ds.cert.pem: sertifikat\n", "  penerbit ", "  nomor seri ", "  contoh           ya\n"]),
        (&["pki", "check", &ds, "--trust", &trust], &["diterima: sertifikat\n", "  jangkar ", "  pencabutan "]),
        (&["record", "check", &record], &["1 data penduduk, "]),
        (&["record", "check", &batch], &[" data penduduk, ", " catatan\n"]),
        (&["doctor"], &["jam ", "kunci contoh"]),
    ];
    for (line, words) in cases {
        let told = indonesian(line);
        for word in words {
            assert!(told.contains(word), "{line:?}: no {word:?} in\n{told}");
        }
    }
}

/// `record check` of the sample citizen with another day of issue.
fn issued(day: &str) -> Run {
    let dir = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(root().join("samples")).unwrap().flatten().filter(|e| e.path().is_file()) {
        std::fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
    }
    let path = dir.path().join("record-citizen.json");
    let mut record: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    record["date_of_issue"] = day.into();
    std::fs::write(&path, record.to_string()).unwrap();
    ektp(&["record", "check", &text(&path)])
}

#[test]
fn a_day_of_issue_that_is_not_yet_is_remarked() {
    let remarks = |run: &Run| {
        let warnings = run.yes().data()["warnings"].as_array().unwrap().clone();
        warnings.iter().filter(|w| w["path"] == "/date_of_issue").map(|w| w["kind"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(remarks(&issued("2090-01-01")), ["issue-ahead"]);
    // Today where the day begins first in Indonesia.
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(9))).date();
    assert_eq!(remarks(&issued(&today.to_string())), Vec::<serde_json::Value>::new());
}
