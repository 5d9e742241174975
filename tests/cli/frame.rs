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

#[test]
fn man_pages_and_completions_are_written() {
    let dir = tempfile::tempdir().unwrap();
    ektp(&["generate", dir.path().to_str().unwrap()]).yes();
    assert!(dir.path().join("ektp-doctor.1").exists());
}
