//! `ektp verify …`: each sample has its verdict, a challenge is new, a file is judged as a file.

use crate::contract::{ektp, ektp_in, root};
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
    let one = ektp(&["verify", "challenge", "--state", &state, "-o", &path("a")]).yes().data()["challenge"].clone();
    let two = ektp(&["verify", "challenge", "--state", &state, "-o", &path("b")]).yes().data()["challenge"].clone();
    assert_ne!(one, two);
    // An outstanding challenge is not lost to another.
    let kept = std::fs::read(path("a")).unwrap();
    ektp(&["verify", "challenge", "--state", &state, "-o", &path("a")]).refused(12, "output-exists");
    assert_eq!(std::fs::read(path("a")).unwrap(), kept);
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
fn options_that_would_be_left_unheard_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let evidence = root().join("samples/evidence/good.json").to_str().unwrap().to_owned();
    let trust = root().join("samples/evidence/trust").to_str().unwrap().to_owned();
    let challenge = path("challenge");
    let (state, can) = (path("state"), path("can"));
    ektp(&["verify", "challenge", "--state", &state, "-o", &challenge]).yes();
    let judge = ["--trust", &trust, "--state", &state];
    let of_reading: [&[&str]; 10] = [
        &["--reader", "nope"],
        &["--stations", &can],
        &["--extended"],
        &["--can", "-"],
        &["--mrz", "-"],
        &["--legacy", "-"],
        &["--is-chain", &trust],
        &["--is-chain", &trust, "--is-name", "is"],
        &["--is-chain", &trust, "--is-passphrase", "-"],
        &["--want", "name"],
    ];
    for options in of_reading {
        ektp(&[&["verify", "card", &evidence], &judge[..], options].concat()).refused(2, "usage");
        ektp(&[&["verify", "card", "--sample", "good"], options].concat()).refused(2, "usage");
    }
    for options in [&judge[..2], &judge[2..], &["--status-list", &can], &["--challenge", &challenge], &["--purpose", "use"]] {
        ektp(&[&["verify", "card", "--sample", "good"], options].concat()).refused(2, "usage");
    }
    // Whoever judges live makes the challenge; one that is given would be ignored.
    let live = ["verify", "card", "--reader", "unix:/nonexistent", "--can", "-"];
    ektp(&[&live[..], &judge, &["--challenge", &challenge]].concat()).refused(2, "usage");
    ektp(&["read", "--reader", "none", "--can", "-", "--is-name", "x", "-o", &can]).refused(2, "usage");
    ektp(&["read", "--reader", "none", "--can", "-", "--is-passphrase", "-", "-o", &can]).refused(2, "usage");
}

#[test]
fn a_stations_environment_does_not_stand_in_the_way_of_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let evidence = root().join("samples/evidence/good.json").to_str().unwrap().to_owned();
    let trust = root().join("samples/evidence/trust").to_str().unwrap().to_owned();
    let state = dir.path().join("state").to_str().unwrap().to_owned();
    let environment = [("EKTP_READER", "unix:/nonexistent/chip"), ("EKTP_STATIONS", "/nonexistent/stations")];
    let judged = ektp_in(&["verify", "card", &evidence, "--trust", &trust, "--state", &state], &environment);
    assert_eq!(judged.data()["mode"], "none");
    let can = dir.path().join("can");
    std::fs::write(&can, "123456\n").unwrap();
    let (can, output) = (format!("file:{}", can.display()), dir.path().join("e.json"));
    let read = ["read", "--can", &can, "-o", output.to_str().unwrap()];
    ektp_in(&read, &environment[..1]).refused(20, "no-reader");
    ektp(&read).refused(2, "usage");
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

#[test]
fn a_verdict_speaks_the_language_that_was_asked_for() {
    let said = |args: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_ektp")).args(args).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (exit, good, _) = said(&["--lang", "id", "verify", "card", "--sample", "good"]);
    assert_eq!((exit, good.lines().last()), (Some(0), Some("asli, kunci contoh")));
    let of = "C=ID, O=SAMPLE - NOT FOR PRODUCTION, CN=SAMPLE";
    let told = format!(
        "\
ya    penanda tangan         {of} document signer bersumber pada {of} CSCA
ya    pencabutan             tidak ada dalam daftar 2026-11-22T12:00:00Z
ya    data utuh              8 kelompok sama dengan yang ditandatangani otoritas
ya    data lengkap           setiap kelompok dalam EF.SOD dibaca atau terbukti ada
ya    data bertanda tangan   EF.COM dan EF.SOD menyebut kelompok yang sama
ya    info keamanan          EF.CardAccess termuat di DG14, dan PACE berjalan menurutnya
ya    kesesuaian data        kelompok data yang dibaca saling sesuai dan sesuai dengan negara penanda tangan
-     sidik jari             dari EF.Fingers hanya intisarinya yang disimpan
-     autentikasi cip        catatan Chip Authentication yang disimpan tidak membuktikan apa pun: pembuatnya dapat memalsukannya
ya    autentikasi aktif      cip menandatangani tantangan dengan kunci privat DG15
ya    kehadiran cip          cip menjawab tantangan pemeriksa ini yang belum terpakai, dari 2026-11-23T12:59:00Z
ya    status kartu           aktif menurut daftar 1 tanggal 2026-11-23T12:00:00Z
ya    masa berlaku           kartu berlaku sampai 2036-11-23
catatan penerusan tidak terdeteksi: cip di tempat lain mungkin menjawab melalui perantara
asli, kunci contoh
"
    );
    assert_eq!(good, told);
    let (exit, altered, why) = said(&["--lang", "id", "verify", "card", "--sample", "altered"]);
    assert_eq!(exit, Some(40));
    let failed: Vec<_> = altered.lines().filter(|line| line.starts_with("GAGAL")).collect();
    assert_eq!(failed, ["GAGAL data utuh              berbeda dari EF.SOD: DG2"]);
    let hash = ektp::reason::Reason::HashMismatch;
    let text = hash.text(ektp::reason::Lang::Id);
    assert_eq!(altered.lines().last(), Some(format!("TIDAK ASLI: {text}").as_str()));
    assert_eq!(why, format!("ektp: {text} [hash-mismatch]\nlanjut: {}\n", hash.next_step(ektp::reason::Lang::Id)));
}

#[test]
fn a_recorded_answer_is_not_made_genuine_by_writing_its_challenge_afterwards() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let sample = |name: &str| root().join("samples/evidence").join(name).to_str().unwrap().to_owned();
    let mut challenge: serde_json::Value = serde_json::from_slice(&std::fs::read(sample("challenge.json")).unwrap()).unwrap();
    challenge["made_at"] = (jiff::Timestamp::now() - jiff::SignedDuration::from_mins(1)).to_string().into();
    std::fs::write(path("c"), challenge.to_string()).unwrap();
    let judged = ektp(&[
        "verify",
        "card",
        &sample("good.json"),
        "--challenge",
        &path("c"),
        "--trust",
        &sample("trust"),
        "--state",
        &path("s"),
    ]);
    let checks = judged.data()["verdict"]["checks"].as_array().unwrap().clone();
    let presence = checks.iter().find(|c| c["name"] == "presence").unwrap();
    assert_eq!((&presence["result"], &presence["reason"]), (&json!("undecided"), &json!("challenge-unknown")));
    assert_ne!(judged.exit, 0);
}

#[test]
fn an_earlier_holders_picture_is_not_left_where_this_holders_was_to_be() {
    let dir = tempfile::tempdir().unwrap();
    let old = dir.path().join("old.png");
    std::fs::write(&old, "an earlier holder").unwrap();
    let run = ektp(&["verify", "card", "--sample", "altered", "--portrait", old.to_str().unwrap()]);
    run.refused(40, "hash-mismatch");
    assert_eq!((old.exists(), &run.data()["pictures"]), (false, &json!([])));
    let good = ektp(&["verify", "card", "--sample", "good", "--portrait", old.to_str().unwrap()]);
    assert_eq!(good.yes().data()["pictures"], json!([old.to_str().unwrap()]));
}

#[test]
fn the_same_job_is_told_the_same_verdict_and_spends_no_second_challenge() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (evidence, trust, state, jobs) = (sample_file("good.json"), sample_file("trust"), path("s"), path("jobs"));
    for name in ["c", "d"] {
        ektp(&["verify", "challenge", "--state", &state, "-o", &path(name)]).yes();
    }
    let judged = |challenge: &str, more: &[&str]| {
        let line = ["verify", "card", &evidence, "--trust", &trust, "--state", &state, "--challenge", &path(challenge)];
        ektp_in(&[&line[..], more].concat(), &[("EKTP_JOBS", &jobs)])
    };
    let portrait = path("p.png");
    let job = ["--job-id", "desk-7", "--portrait", &portrait];
    let first = judged("c", &job);
    let again = judged("c", &job);
    assert_ne!(first.exit, 0, "the evidence answers another challenge");
    assert_eq!((again.exit, again.reason(), again.data()), (first.exit, first.reason(), first.data()));
    assert_eq!(again.events.iter().filter(|e| e["job_id"] == "desk-7").count(), 1, "the repeat says that it is one");
    judged("d", &job).refused(12, "job-conflict");
    let replayed = judged("c", &["--job-id", "desk-8"]);
    assert!(replayed.data()["verdict"].to_string().contains("challenge-replayed"), "another job spends the challenge again");
    // A card that lies on a reader may be another one by now, and a sample spends nothing.
    let live = ["verify", "card", "--reader", "port:none", "--can", "-", "--trust", &trust, "--state", &state, "--job-id", "l"];
    ektp_in(&live, &[("EKTP_JOBS", &jobs)]).refused(2, "usage");
    ektp_in(&["verify", "card", "--sample", "good", "--job-id", "l"], &[("EKTP_JOBS", &jobs)]).refused(2, "usage");
}

fn sample_file(name: &str) -> String {
    root().join("samples/evidence").join(name).to_str().unwrap().to_owned()
}

#[test]
fn a_place_for_pictures_that_cannot_be_used_spends_no_challenge() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let sample = |name: &str| root().join("samples/evidence").join(name).to_str().unwrap().to_owned();
    ektp(&["verify", "challenge", "--state", &path("s"), "-o", &path("c")]).yes();
    let (evidence, trust, challenge, state) = (sample("good.json"), sample("trust"), path("c"), path("s"));
    let judge = ["verify", "card", &evidence, "--trust", &trust, "--challenge", &challenge, "--state", &state];
    ektp(&[&judge[..], &["--portrait", "/nonexistent/p.png"]].concat()).refused(10, "file-unreadable");
    assert_eq!(std::fs::read_dir(dir.path().join("s/spent-challenges")).unwrap().count(), 0);
}
