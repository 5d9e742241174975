//! The frame that all verbs share: usage, schemas for every verb, help.

use crate::contract::{ektp, root};

#[test]
fn an_unknown_verb_is_a_usage_error_in_the_contract() {
    ektp(&["make-coffee"]).refused(2, "usage");
}

#[test]
fn a_missing_option_value_is_a_usage_error() {
    ektp(&["--lang"]).refused(2, "usage");
}

#[test]
fn help_and_version_are_answers_in_the_contract_too() {
    let answer = |args: &[&str]| {
        let run = ektp(args);
        assert_eq!((run.yes().verb(), run.events.len()), ("help", 0));
        let text = run.data()["text"].as_str().unwrap().to_owned();
        ([run.data()["kind"].clone(), run.data()["of"].clone()], text)
    };
    let (what, text) = answer(&["--version"]);
    assert_eq!((what, text.as_str()), (["version".into(), serde_json::Value::Null], concat!("ektp ", env!("CARGO_PKG_VERSION"))));
    let (what, text) = answer(&["pki", "ds", "--help"]);
    assert_eq!(what, ["help", "pki ds"].map(serde_json::Value::from));
    assert!(text.contains("Usage: ektp pki ds") && text.contains("Exit codes") && !text.contains('\u{1b}'), "{text}");
    for args in [&["--help"][..], &["help", "pki"], &["pki", "--help"], &["-h"]] {
        let (what, text) = answer(args);
        assert_eq!(what, ["help".into(), serde_json::Value::Null]);
        assert!(text.contains("Usage: ektp"), "{text}");
    }
}

#[test]
fn every_verb_has_a_schema_and_help() {
    fn walk(command: &clap::Command, path: &str, missing: &mut Vec<String>) {
        for sub in command.get_subcommands().filter(|c| c.get_name() != "help") {
            let name = if path.is_empty() { sub.get_name().to_owned() } else { format!("{path}-{}", sub.get_name()) };
            if sub.has_subcommands() {
                walk(sub, &name, missing);
            } else if !root().join(format!("specs/json/{name}.schema.json")).exists() || sub.get_about().is_none() {
                missing.push(name);
            }
        }
    }
    let mut missing = Vec::new();
    walk(&ektp::cli::command(), "", &mut missing);
    assert_eq!(missing, Vec::<String>::new(), "verbs without a schema in specs/json/ or without help");
}

#[test]
fn doctor_reports_findings() {
    let run = ektp(&["doctor"]);
    assert!(run.data()["findings"].as_array().unwrap().iter().any(|f| f["check"] == "disk" && f["ok"] == true));
    assert!([0, 20].contains(&run.exit), "with or without a reader service");
    let checks: Vec<_> = run.data()["findings"].as_array().unwrap().iter().map(|f| f["check"].as_str().unwrap()).collect();
    assert_eq!(checks, ["pcscd", "readers", "slots", "clock", "disk", "sample-keys"], "whatever could be looked at");
}

#[test]
fn doctor_tells_a_sample_trust_store_from_a_production_one() {
    let dir = tempfile::tempdir().unwrap();
    let finding = |name: &str| {
        let store = dir.path().join(name).display().to_string();
        let run = ektp(&["doctor", "--trust", &store]);
        let findings = run.data()["findings"].as_array().unwrap().clone();
        findings.into_iter().find(|f| f["check"] == "sample-keys").unwrap()
    };
    for kind in ["sample", "production"] {
        ektp(&["pki", "trust-new", dir.path().join(kind).to_str().unwrap(), "--kind", kind]).yes();
    }
    assert_eq!(finding("production")["ok"], true);
    for bad in ["sample", "none"] {
        let finding = finding(bad);
        assert_eq!(finding["ok"], false);
        assert!(finding["mend"].as_str().unwrap().contains("trust-new"));
    }
    let alone = ektp(&["doctor"]);
    assert!(alone.data()["findings"].as_array().unwrap().iter().any(|f| f["check"] == "sample-keys" && f["ok"] == true));
}

/// What `doctor` finds of a check.
fn found(args: &[&str], check: &str) -> serde_json::Value {
    let run = ektp(&[&["doctor"], args].concat());
    let findings = run.data()["findings"].as_array().unwrap().clone();
    findings.into_iter().find(|f| f["check"] == check).unwrap()
}

#[test]
fn doctor_takes_the_journal_as_personalization_does_and_tells_the_room_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let journal = dir.path().join("store.db");
    for _ in 0..2 {
        // Before it is there, and after.
        let finding = found(&["--store", journal.to_str().unwrap()], "disk");
        let detail = finding["detail"].as_str().unwrap();
        assert!(detail.starts_with(&format!("{} ", dir.path().display())) && detail.ends_with(" MiB free"), "{detail}");
        std::fs::write(&journal, "").unwrap();
    }
    let nowhere = dir.path().join("none/store.db");
    let finding = found(&["--store", nowhere.to_str().unwrap()], "disk");
    assert_eq!(
        (&finding["ok"], finding["mend"].as_str().unwrap()),
        (&false.into(), &*format!("df -h {0}; ls -ld {0}", dir.path().join("none").display()))
    );
}

#[test]
fn doctor_mends_with_commands_that_are_whole() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("trust");
    ektp(&["pki", "trust-new", store.to_str().unwrap(), "--kind", "sample"]).yes();
    let run = ektp(&["doctor", "--trust", store.to_str().unwrap(), "--store", "/nonexistent/folder/store.db"]);
    let mends: Vec<_> = run.data()["findings"].as_array().unwrap().iter().filter_map(|f| f["mend"].as_str()).collect();
    assert!(mends.len() >= 2, "{:#}", run.data());
    for mend in mends {
        // Every word between the signs of a shell is a command that the shell finds, or ours.
        for command in mend.split("&&").flat_map(|part| part.split(';')) {
            let mut words = command.split_whitespace();
            let first = words.next().unwrap();
            assert!(["sudo", "ektp", "df", "ls", "cargo"].contains(&first) && !mend.contains('…'), "{mend}");
            if first == "ektp" {
                let line = std::iter::once("ektp").chain(words);
                let parsed = ektp::cli::command().try_get_matches_from(line);
                assert!(parsed.is_ok(), "{command}: {}", parsed.err().unwrap());
            }
        }
    }
}

#[test]
fn man_pages_and_completions_are_written() {
    let dir = tempfile::tempdir().unwrap();
    ektp(&["generate", dir.path().to_str().unwrap()]).yes();
    assert!(dir.path().join("ektp-doctor.1").exists());
}
