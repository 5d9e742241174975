//! What a refusal tells its reader to do fits what happened: the file is named, and the next step is one that helps.

use crate::bureau::{Bureau, blank, lay};
use crate::contract::{Run, check, ektp, root};
use std::path::Path;
use std::process::{Command, Stdio};

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Asserts what message and next step say.
#[track_caller]
fn says(run: &Run, message: &str, next: &str) {
    let of = |field: &str| run.result[field].as_str().unwrap_or_default().to_owned();
    assert!(of("message").contains(message) && of("next").contains(next), "{:#}", run.result);
}

#[test]
fn a_trust_store_is_named_with_what_is_wrong_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = text(dir.path());
    let shown = |path: &str| ektp(&["pki", "show", path]);
    let missing = shown(&store);
    missing.refused(10, "file-unreadable");
    says(&missing, "trust.json", "Check the path");
    std::fs::write(dir.path().join("trust.json"), "{\n  \"format\": }").unwrap();
    let broken = shown(&store);
    broken.refused(10, "encoding-invalid");
    says(&broken, "trust.json is malformed at line 2", "Supply the file again");
    assert!(!broken.result["next"].as_str().unwrap().contains("byte"));
}

#[test]
fn a_missing_key_says_which() {
    let bureau = Bureau::new();
    let image = bureau.image(&bureau.built(), "job-1");
    let (store, kit) = (bureau.path("journal.db"), bureau.path("kit"));
    let reader = lay(&blank(1), bureau.dir.path().join("chip"));
    for key in ["bureau", "receipt", "ds", "qc-is"] {
        let (here, away) = (bureau.path(&format!("kit/{key}.key.pem")), bureau.path("away"));
        std::fs::rename(&here, &away).unwrap();
        let run = ektp(&["perso", "run", &image, "--store", &store, "--reader", &reader, "--kit", &kit]);
        run.refused(50, "key-missing");
        says(&run, &format!("{key}.key.pem"), "Install the key");
        std::fs::rename(&away, &here).unwrap();
    }
    let (socket, state) = (bureau.path("socket"), bureau.path("state"));
    std::fs::remove_file(bureau.path("kit/ds.key.pem")).unwrap();
    let serve = ektp(&["signer", "serve", "--socket", &socket, "--state", &state, "--kit", &kit]);
    serve.refused(50, "key-missing");
    says(&serve, "ds.key.pem", "Install the key");
}

#[test]
fn a_question_without_a_terminal_is_no_matter_of_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let key = text(&dir.path().join("a.key"));
    // A session of its own has no terminal, wherever the tests run.
    let mut run = Command::new("setsid");
    run.args(["--wait", env!("CARGO_BIN_EXE_ektp"), "--json", "pki", "key", "--key", &key, "--passphrase", "prompt"]);
    let output = run.stdin(Stdio::null()).output().unwrap();
    let run = check(output.status.code().unwrap(), &String::from_utf8(output.stdout).unwrap());
    run.refused(10, "no-terminal");
    says(&run, "new passphrase", "file:PATH");
}

#[test]
fn readers_stations_and_chips() {
    let station = ektp(&["reader", "qualify", "--reader", "station:desk-3"]);
    station.refused(20, "station-unknown");
    says(&station, "desk-3", "--stations");
    // A blank is no copy of a card.
    let dir = tempfile::tempdir().unwrap();
    let (can, evidence) = (dir.path().join("can"), text(&dir.path().join("evidence")));
    std::fs::write(&can, "123456\n").unwrap();
    let (reader, can) = (lay(&blank(1), dir.path().join("chip")), format!("file:{}", can.display()));
    let read = ektp(&["read", "--reader", &reader, "--can", &can, "--output", &evidence]);
    read.refused(12, "not-personalized");
    says(&read, "not a finished card", "ektp perso run");
    let (kit, state) = (text(&dir.path().join("kit")), text(&dir.path().join("judge")));
    ektp(&["pki", "sample-kit", &kit]).yes();
    let trust = format!("{kit}/trust");
    let judge = ektp(&["verify", "card", "--reader", &reader, "--can", &can, "--trust", &trust, "--state", &state]);
    judge.refused(12, "not-personalized");
}

#[test]
fn a_signature_is_no_portrait() {
    let dir = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(root().join("samples")).unwrap().flatten().filter(|e| e.path().is_file()) {
        std::fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
    }
    std::fs::write(dir.path().join("signature.png"), b"no picture").unwrap();
    let run = ektp(&["record", "check", &text(&dir.path().join("record-citizen.json"))]);
    run.refused(10, "image-invalid");
    says(&run, "/signature", "the picture that the message names");
}

#[test]
fn a_certificate_that_does_not_fit_a_step_makes_no_card_false() {
    let dir = tempfile::tempdir().unwrap();
    let here = format!("{}/", dir.path().display());
    let run = |line: &str| ektp(&line.replace('@', &here).split_whitespace().collect::<Vec<_>>());
    std::fs::write(dir.path().join("pass"), "sample\n").unwrap();
    run("pki sample-kit @kit").yes();
    run("pki cv-request --key @kit/is.key.pem --passphrase file:@pass --reference IDIS00009 --out @is.cvreq").yes();
    // An inspection system certifies nobody.
    let issue = run("pki cv-issue --ca @kit/is.cvcert --key @kit/is.key.pem --passphrase file:@pass --request @is.cvreq \
                     --role is --days 10 --out @no.cvcert");
    issue.refused(40, "certificate-unfit");
    says(&issue, "role may not be issued", "Supply one whose kind, role");
    let record = text(&root().join("samples/record-citizen.json"));
    let build =
        format!("card build --record {record} --profile ektp-8k --recipient @kit/approver.cert.pem --job-id j --out @image");
    let sealed = run(&build);
    sealed.refused(40, "certificate-unfit");
    says(&sealed, "approver.cert.pem", "Supply one whose kind, role");
    for refused in [&issue, &sealed] {
        assert!(!refused.result.to_string().contains("false"), "{:#}", refused.result);
    }
}

#[test]
fn usage_errors_tell_people_too_what_to_do() {
    let say = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_ektp")).args(args).stdin(Stdio::null()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (exit, parser) = say(&["card", "plan", "--face", "other"]);
    assert_eq!(exit, Some(2));
    assert!(
        parser.contains("--face") && parser.contains("[usage]") && parser.contains("next: Run the verb with --help"),
        "{parser}"
    );
    let (exit, own) = say(&["read", "--can", "-", "-o", "x"]);
    assert_eq!((exit, own.as_str()), (Some(2), "ektp: --reader is needed [usage]\nnext: Run the verb with --help\n"));
    let (_, indonesian) = say(&["--lang", "id", "card", "plan", "--face", "other"]);
    assert!(indonesian.contains("lanjut: Jalankan perintah dengan --help"), "{indonesian}");
}
