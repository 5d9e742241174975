//! `ektp verify …`: each sample has its verdict, a challenge is new, a file is judged as a file.

use crate::contract::{ektp, root};
use serde_json::json;

fn sample(name: &str) -> crate::contract::Run {
    ektp(&["verify", "card", "--sample", name])
}

#[test]
fn the_good_sample_is_genuine_by_sample_keys_and_shows_its_portrait() {
    let dir = tempfile::tempdir().unwrap();
    let portrait = dir.path().join("portrait.png");
    let run = ektp(&["verify", "card", "--sample", "good", "--portrait", portrait.to_str().unwrap()]);
    let verdict = &run.yes().data()["verdict"];
    assert_eq!((&verdict["decision"], &verdict["sample_keys"]), (&json!("genuine"), &json!(true)));
    assert!(std::fs::read(portrait).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn every_other_sample_is_refused_by_name() {
    let rows = [
        ("cloned", 43, "clone-suspected", "not-genuine"),
        ("altered", 40, "hash-mismatch", "not-genuine"),
        ("expired", 42, "card-expired", "not-genuine"),
        ("stale", 3, "status-list-stale", "could-not-decide"),
        ("wrong-issuer", 44, "untrusted-issuer", "not-genuine"),
    ];
    for (name, exit, reason, decision) in rows {
        let run = sample(name);
        run.refused(exit, reason);
        assert_eq!(run.data()["verdict"]["decision"], decision, "{name}");
    }
}

#[test]
fn a_challenge_serves_one_judgement_and_a_file_alone_proves_no_chip() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let evidence = root().join("samples/evidence/good.json").to_str().unwrap().to_owned();
    let trust = root().join("samples/evidence/trust").to_str().unwrap().to_owned();
    let state = path("state");
    let one = ektp(&["verify", "challenge", "-o", &path("a")]).yes().data()["challenge"].clone();
    let two = ektp(&["verify", "challenge", "-o", &path("b")]).yes().data()["challenge"].clone();
    assert_ne!(one, two);
    let judged =
        |challenge: &[&str]| ektp(&[&["verify", "card", &evidence, "--trust", &trust, "--state", &state], challenge].concat());
    let signer = |run: &crate::contract::Run| run.data()["verdict"]["checks"][0]["result"].clone();
    assert_eq!(signer(&judged(&[])), "passed");
    assert_eq!(judged(&[]).data()["mode"], "none");
    assert_eq!(judged(&["--challenge", &path("a")]).data()["mode"], "challenged");
    ektp(&["verify", "card", &evidence, "--state", &state]).refused(2, "usage");
    ektp(&["verify", "card", &evidence, "--trust", &trust]).refused(2, "usage");
    ektp(&["verify", "card", &path("none"), "--trust", &trust, "--state", &state]).refused(10, "file-unreadable");
}

#[test]
fn a_judge_remembers_the_revocation_lists_it_has_seen() {
    use ektp::pki::sample::Kit;
    use ektp::pki::x509::{crl, issue::Span};
    use ektp::world::{Clock, SystemClock, system_entropy};
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let kit = Kit::mint(&SystemClock, &mut system_entropy()).unwrap();
    kit.save(&dir.path().join("kit"), &mut system_entropy()).unwrap();
    let evidence = root().join("samples/evidence/good.json").to_str().unwrap().to_owned();
    let judged = |number: u64, state: &str| {
        let span = Span::days(SystemClock.now(), 90);
        let list = crl::make(&kit.roots.csca, number, span, &std::collections::BTreeMap::new()).unwrap();
        std::fs::write(path("kit/trust/crl/csca.crl"), list.as_der()).unwrap();
        let run = ektp(&["verify", "card", &evidence, "--trust", &path("kit/trust"), "--state", &path(state)]);
        let check = run.data()["verdict"]["checks"][1].clone();
        assert_eq!(check["name"], "revocation");
        (run, check["result"].clone())
    };
    let (run, result) = judged(5, "state");
    assert_eq!(result, "passed");
    assert_eq!(run.data()["verdict"]["revocation_lists"][0]["number"], 5);
    let (run, _) = judged(4, "state");
    run.refused(3, "crl-rollback");
    assert_eq!(judged(4, "another").1, "passed", "this judge has seen no newer one");
    assert_eq!(judged(5, "state").1, "passed");
    let kept = std::fs::read_to_string(dir.path().join("state/list-numbers.json")).unwrap();
    assert!(kept.contains("\"crl ") && kept.contains(":5"), "{kept}");
}

#[test]
fn a_password_never_stands_on_the_command_line() {
    let run = ektp(&["read", "--reader", "none", "--can", "123456", "-o", "x.json"]);
    run.refused(10, "input-invalid");
    assert!(!run.result.to_string().contains("123456"));
}

#[test]
fn a_person_is_not_compared_without_fingers_in_the_evidence() {
    let evidence = root().join("samples/evidence/good.json").to_str().unwrap().to_owned();
    let probe = root().join("samples/right-index.fmr").to_str().unwrap().to_owned();
    let trust = root().join("samples/evidence/trust").to_str().unwrap().to_owned();
    ektp(&["verify", "person", &evidence, "--trust", &trust, "--probe", &probe]).refused(3, "group-not-read");
    ektp(&["verify", "person", &evidence, "--probe", &probe]).refused(2, "usage");
}
