//! `ektp perso run`, `resume` and `status` as a program, from a blank to a receipt.

use crate::bureau::{Bureau, blank, lay};
use crate::contract::ektp;
use ektp::crypto::scp03::ChipSerial;
use ektp::perso::JobId;
use ektp::perso::journal::{Journal, Ledger as _};
use ektp::perso::state::State as JobState;
use ektp::reason::Reason;
use ektp::softchip::State;
use ektp::world::{Clock as _, SystemClock};

#[test]
fn a_blank_becomes_a_card_and_the_store_tells_it() {
    let bureau = Bureau::new();
    let image = bureau.image(&bureau.built(), "job-1");
    let chip = blank(1);
    let reader = lay(&chip, bureau.dir.path().join("chip"));
    let (store, kit) = (bureau.path("journal.db"), bureau.path("kit"));
    let station = ["--store", &store, "--reader", &reader, "--kit", &kit];
    let run = |image: &str| ektp(&[&["perso", "run", image], &station[..]].concat());

    let at = std::time::Instant::now();
    let issued = run(&image);
    println!("one run: {:?}", at.elapsed());
    assert_eq!(issued.yes().data()["state"], "ISSUED");
    assert_eq!(issued.data()["custody"], "RELEASE");
    assert_eq!(chip.lock().unwrap().state(), State::Locked);
    assert!(issued.events.iter().any(|e| e["state"] == "READ_BACK"));
    assert!(!std::path::Path::new(&image).join("files.cms").exists(), "the sealed files have done their duty");
    // Again: the same result, without a chip and without the image's files. What a killed run left of them goes too.
    std::fs::write(std::path::Path::new(&image).join("files.cms"), b"left").unwrap();
    assert_eq!(run(&image).yes().data(), issued.data());
    assert_eq!(ektp(&[&["perso", "resume", "--job-id", "job-1"], &station[..]].concat()).yes().data(), issued.data());

    assert!(!std::path::Path::new(&image).join("files.cms").exists());
    let receipt = bureau.path("receipt.json");
    let status = ektp(&["perso", "status", "--store", &store, "--job-id", "job-1", "--receipt", &receipt]);
    assert_eq!((&status.yes().data()["receipts"], &status.data()["receipt"]["mode"]), (&1.into(), &"local".into()));
    assert!(std::path::Path::new(&format!("{receipt}.p7s")).exists());
    assert_eq!(status.data()["signers"], "as-carried");
    let asked = |trust: &str| ektp(&["perso", "status", "--store", &store, "--trust", trust]);
    assert_eq!(asked(&bureau.path("kit/trust")).yes().data()["signers"], "trusted");
    let other = bureau.path("other");
    ektp(&["pki", "trust-new", &other, "--kind", "sample"]).yes();
    asked(&other).refused(44, "untrusted-issuer");
    let row = rusqlite::Connection::open(&store).unwrap();
    row.execute("UPDATE perso_job SET profile = 'ektp-80k'", []).unwrap();
    asked(&bureau.path("kit/trust")).refused(40, "data-inconsistent");
    row.execute("UPDATE perso_job SET profile = 'ektp-8k'", []).unwrap();
    drop(row);
    assert_eq!(ektp(&["perso", "status", "--store", &store]).yes().data()["jobs"].as_array().unwrap().len(), 1);

    // Another job on the same chip, and other content under the same name.
    let other = bureau.image(&bureau.built(), "job-2");
    run(&other).refused(22, "card-not-blank");
    ektp(&[&["perso", "run", &other, "--job-id", "job-1"], &station[..]].concat()).refused(12, "job-conflict");
    std::fs::remove_file(std::path::Path::new(&other).join("files.cms")).unwrap();
    let gone = ektp(&[&["perso", "run", &other, "--job-id", "job-3"], &station[..]].concat());
    gone.refused(10, "file-unreadable");
    assert_eq!(gone.result["message"], "the image's sealed files are gone: they are deleted once their card is issued");
    ektp(&[&["perso", "resume", "--job-id", "job-2", "--give-up"], &station[..]].concat()).yes();
}

#[test]
fn a_job_does_not_end_on_a_reader_that_is_not_there() {
    let bureau = Bureau::new();
    let image = bureau.image(&bureau.built(), "job-1");
    let (store, kit) = (bureau.path("journal.db"), bureau.path("kit"));
    let chip = lay(&blank(3), bureau.dir.path().join("chip"));
    let station = ["--store", &store, "--kit", &kit, "--reader"];
    let run = |expected: &str| ektp(&[&["perso", "run", &image, "--expect-serial", expected], &station[..], &[&chip]].concat());
    run("0303").refused(2, "usage");
    // Not the blank that the stock list has in this place.
    run("04040404040404040404").refused(22, "wrong-card");
    let (mut journal, id) = (Journal::open(store.as_ref()).unwrap(), JobId::parse("job-1").unwrap());
    journal.reserve(&id, ChipSerial([4; 10]), SystemClock.now()).unwrap();
    let give_up = ["perso", "resume", "--job-id", "job-1", "--give-up"];
    ektp(&[&give_up[..], &station, &["unix:/nonexistent/chip"]].concat()).refused(20, "no-reader");
    ektp(&[&give_up[..], &station, &[&chip]].concat()).refused(22, "wrong-card");
    assert_eq!(journal.job(&id).unwrap().state, JobState::Reserved, "another chip on the reader says nothing of the job's");
}

#[test]
fn a_chip_that_was_set_aside_is_refused_by_the_same_code_and_told() {
    let bureau = Bureau::new();
    let image = bureau.image(&bureau.built(), "job-1");
    let (store, kit) = (bureau.path("journal.db"), bureau.path("kit"));
    let (chip, reader) = (blank(5), bureau.dir.path().join("chip"));
    let reader = lay(&chip, reader);
    let status = |more: &[&str]| ektp(&[&["perso", "status", "--store", &store], more].concat());
    let mut journal = Journal::open(store.as_ref()).unwrap();
    assert_eq!(status(&[]).yes().data()["set_aside"], serde_json::json!([]));
    journal.block(ChipSerial([5; 10]), Reason::CardNotBlank, "2026-11-26T06:30:00Z".parse().unwrap()).unwrap();
    let refused = ektp(&["perso", "run", &image, "--store", &store, "--kit", &kit, "--reader", &reader]);
    refused.refused(22, "card-not-blank");
    assert_eq!(refused.result["message"], "the chip was set aside before: card-not-blank");
    assert_eq!((chip.lock().unwrap().state(), journal.jobs(9).unwrap()[0].state), (State::Blank, JobState::AwaitCard));
    let told = serde_json::json!([{"chip": "05050505050505050505", "reason": "card-not-blank", "at": "2026-11-26T06:30:00Z"}]);
    assert_eq!(status(&[]).yes().data()["set_aside"], told);
    assert_eq!(status(&["--job-id", "job-1"]).yes().data()["set_aside"], serde_json::json!([]));
}

#[test]
fn a_run_does_not_start_on_what_is_missing() {
    let bureau = Bureau::new();
    let image = bureau.image(&bureau.built(), "job-1");
    let (store, kit) = (bureau.path("journal.db"), bureau.path("kit"));
    let args = |reader: &'static str| ["--store", &store, "--kit", &kit, "--reader", reader].map(str::to_owned);
    let run = |more: &[&str]| {
        let station = args("unix:/nonexistent/chip");
        ektp(&[&["perso", "run", &image], more, &station.each_ref().map(String::as_str)[..]].concat())
    };
    run(&[]).refused(20, "no-reader");
    run(&["--job-id", "no/slash"]).refused(2, "usage");
    run(&["--chunk", "240"]).refused(2, "usage");
    run(&["--mode", "online"]).refused(2, "usage");
    ektp(&["perso", "status", "--store", &bureau.path("none.db")]).refused(10, "file-unreadable");
    ektp(&["perso", "status", "--store", &store, "--job-id", "unknown"]).refused(12, "wrong-state");
    std::fs::remove_file(bureau.dir.path().join("kit/qc-is.cvcert")).unwrap();
    let chip = lay(&blank(2), bureau.dir.path().join("chip"));
    ektp(&["perso", "run", &image, "--store", &store, "--kit", &kit, "--reader", &chip]).refused(28, "terminal-not-accepted");
    std::fs::write(std::path::Path::new(&image).join("authorization.json"), b"{}").unwrap();
    ektp(&["perso", "run", &image, "--store", &store, "--kit", &kit, "--reader", &chip]).refused(11, "authorization-invalid");
}

#[test]
fn a_bare_record_becomes_a_card_with_sample_keys_alone() {
    let bureau = Bureau::new();
    let chip = Bureau::of("ektp-80k").blank(7);
    let reader = lay(&chip, bureau.dir.path().join("chip"));
    let (store, kit) = (bureau.path("journal.db"), bureau.path("kit"));
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/");
    let record = |name: &str| format!("{samples}{name}");
    let run = |record: &str, more: &[&str]| {
        ektp(&[&["perso", "run", record, "--store", &store, "--reader", &reader, "--kit", &kit], more].concat())
    };
    let citizen = record("record-citizen.json");
    run(&citizen, &[]).refused(2, "usage");
    let issued = run(&citizen, &["--job-id", "bare-1"]);
    assert_eq!(issued.yes().data()["state"], "ISSUED");
    // The same again is the same card; another record under the same name is refused.
    assert_eq!(run(&citizen, &["--job-id", "bare-1"]).yes().data(), issued.data());
    run(&record("record-foreigner.json"), &["--job-id", "bare-1"]).refused(12, "job-conflict");
    let trust = bureau.dir.path().join("kit/trust/trust.json");
    let production = std::fs::read_to_string(&trust).unwrap().replace("sample", "production");
    std::fs::write(&trust, production).unwrap();
    run(&citizen, &["--job-id", "bare-2"]).refused(44, "sample-key");
}
