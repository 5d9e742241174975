//! `ektp pki`: a country from nothing, by files, and what is refused on the way.

use crate::contract::{Run, ektp};
use ektp::pki::status_list::CardStatus;
use ektp::pki::status_list::register::Register;
use std::path::Path;

/// Runs `ektp pki ARGS` with `@` standing for the folder and the passphrase file filled in after every key.
#[track_caller]
fn pki(dir: &Path, line: &str) -> Run {
    let args: Vec<String> = line.split_whitespace().map(|w| w.replace('@', &format!("{}/", dir.display()))).collect();
    let mut all = vec!["pki".to_owned()];
    for arg in args {
        let is_key = all.last().is_some_and(|a| a == "--key" || a == "--old-key");
        let option = if all.last().is_some_and(|a| a == "--old-key") { "--old-passphrase" } else { "--passphrase" };
        all.push(arg);
        if is_key {
            all.extend([option.to_owned(), format!("file:{}/pass", dir.display())]);
        }
    }
    ektp(&all.iter().map(String::as_str).collect::<Vec<_>>())
}

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("pass"), "correct horse\n").unwrap();
    dir
}

const PLAN: &str = "--crl-url http://x.invalid/crl --from 2026-11-01";

#[test]
fn a_country_is_made_by_files_and_checked() {
    let dir = folder();
    let at = dir.path();
    for key in ["csca", "csca2", "ds", "ops", "approver", "list"] {
        pki(at, &format!("key --key @{key}.key")).yes();
    }
    pki(at, &format!("csca --key @csca.key --organization Min --name CSCA --key-days 1500 --days 5500 {PLAN} --out @csca.pem"))
        .yes();
    pki(at, "request --key @ds.key --organization Min --name DS --out @ds.csr").yes();
    let ds = format!("ds --ca @csca.pem --key @csca.key --request @ds.csr --key-days 90 --days 3700 {PLAN}");
    let run = pki(at, &format!("{ds} --out @ds.pem"));
    assert_eq!(run.yes().data()["certificate"]["sample"], false);
    pki(at, "operations-root --key @ops.key --organization Min --name Ops --from 2026-11-01 --out @ops.pem").yes();
    for (key, purpose) in [("approver", "approver"), ("list", "status-list")] {
        pki(at, &format!("request --key @{key}.key --organization Min --name {key} --out @{key}.csr")).yes();
        let request = format!("--request @{key}.csr --from 2026-11-01 --out @{key}.pem");
        pki(at, &format!("issue --ca @ops.pem --key @ops.key --purpose {purpose} {request}")).yes();
    }
    pki(at, "crl --ca @csca.pem --key @csca.key --out @1.crl").yes();
    pki(at, "trust-new @trust --kind production").yes();
    for (file, role) in [("csca.pem", "csca"), ("ops.pem", "operations"), ("1.crl", "crl")] {
        pki(at, &format!("trust-add @trust @{file} --as {role}")).yes();
    }
    let good = pki(at, "check @ds.pem --trust @trust");
    assert!(good.yes().data()["facts"]["revocation"].as_str().unwrap().starts_with("checked"));
    // On a day before the list was made, the list says nothing.
    let early = pki(at, "check @ds.pem --trust @trust --at 2026-11-02");
    early.refused(3, "crl-stale");
    assert!(early.data()["facts"]["revocation"].as_str().unwrap().starts_with("not decided"));
    pki(at, "crl --ca @csca.pem --key @csca.key --previous @1.crl --from 2046-01-01 --out @9.crl").yes();
    pki(at, "trust-add @trust @9.crl --as crl").refused(3, "crl-invalid");
    // Nobody knows yet whether the operations root revoked it.
    let open = pki(at, "check @approver.pem --purpose approver --trust @trust");
    open.refused(3, "crl-stale");
    assert!(open.data()["facts"]["revocation"].as_str().unwrap().starts_with("not decided: there is no revocation list of"));
    pki(at, "crl --ca @ops.pem --key @ops.key --days 30 --out @ops.crl").yes();
    pki(at, "trust-add @trust @ops.crl --as crl").yes();
    pki(at, "check @approver.pem --purpose approver --trust @trust").yes();
    pki(at, "check @approver.pem --purpose receipt --trust @trust").refused(40, "certificate-invalid");
    pki(at, "check @ds.pem --trust @trust --at 2046-11-23").refused(42, "certificate-expired");
    pki(at, "crl --ca @csca.pem --key @csca.key --previous @1.crl --revoke @ds.pem --out @2.crl").yes();
    pki(at, "trust-add @trust @2.crl --as crl").yes();
    pki(at, "check @ds.pem --trust @trust").refused(40, "certificate-revoked");
    pki(at, "check @ds.pem --trust @trust --at 2026-11-23").refused(40, "certificate-revoked");
    pki(at, "trust-add @trust @1.crl --as crl").refused(3, "crl-rollback");
    assert_eq!(pki(at, "show @trust").yes().data()["summary"]["country"], "ID");
    pki(at, &format!("csca --key @csca2.key --organization Min --name CSCA --key-days 1500 --days 5500 {PLAN} --out @csca2.pem"))
        .yes();
    let link = "link --old @csca.pem --key @csca.key --new @csca2.pem --key-days 1500 --days 5500";
    pki(at, &format!("{link} {PLAN} --out @link.pem")).yes();
    pki(at, "trust-add @trust @link.pem --as link").yes();
}

#[test]
fn terminals_are_made_by_files_and_checked() {
    let dir = folder();
    let at = dir.path();
    for key in ["cvca", "cvca2", "dv", "is", "is2"] {
        pki(at, &format!("key --key @{key}.key")).yes();
    }
    let from = "--from 2026-11-01";
    pki(at, &format!("cvca --key @cvca.key --reference IDCVCA00001 {from} --out @cvca.cvcert")).yes();
    pki(at, &format!("cvca --key @cvca2.key --reference IDCVCA00002 {from} --out @cvca2.cvcert")).yes();
    pki(at, "cv-link --old @cvca.cvcert --key @cvca.key --new @cvca2.cvcert --out @link.cvcert").yes();
    for (key, role, ca, days) in [("dv", "dv", "cvca", 90), ("is", "is", "dv", 30)] {
        pki(at, &format!("cv-request --key @{key}.key --reference ID{}00001 --out @{key}.cvreq", key.to_uppercase())).yes();
        let request = format!("--request @{key}.cvreq --role {role} --days {days} {from} --out @{key}.cvcert");
        pki(at, &format!("cv-issue --ca @{ca}.cvcert --key @{ca}.key {request}")).yes();
    }
    pki(at, "trust-new @trust --kind production").yes();
    pki(at, "trust-add @trust @cvca.cvcert --as cvca").yes();
    let chain = pki(at, "check @dv.cvcert @is.cvcert --trust @trust --at 2026-11-23");
    assert_eq!(chain.yes().data()["facts"]["anchor"], "IDCVCA00001");
    assert_ne!(pki(at, "check @dv.cvcert @is.cvcert --trust @trust --at 2026-12-23").exit, 0, "the IS certificate expired");
    // A renewal carries the outer signature of the key that is certified.
    let renewal = "cv-request --key @is2.key --reference IDIS00002 --old @is.cvcert --old-key @is.key --out @is2.cvreq";
    pki(at, renewal).yes();
    let answer = format!("cv-issue --ca @dv.cvcert --key @dv.key --role is --days 30 {from} --renews @is.cvcert");
    pki(at, &format!("{answer} --request @is2.cvreq --out @is2.cvcert")).yes();
    assert_ne!(pki(at, &format!("{answer} --request @is.cvreq --out @no.cvcert")).exit, 0, "no outer signature");
    let long = "cv-issue --ca @dv.cvcert --key @dv.key --role is --days 300 --request @is.cvreq --out @long.cvcert";
    assert_ne!(pki(at, long).exit, 0, "an IS certificate of 300 days");
    for (file, kind) in [("is.cvcert", "cv-certificate"), ("is2.cvreq", "cv-request")] {
        assert_eq!(pki(at, &format!("show @{file}")).yes().data()["kind"], kind);
    }
}

/// The reason and the words of a refusal.
fn why(run: &Run) -> (String, String) {
    let text = |field: &str| run.result[field].as_str().unwrap_or_default().to_owned();
    (text("reason"), text("message"))
}

/// A kit of sample keys with its trust store, and two keys beside it.
fn kit() -> tempfile::TempDir {
    let dir = folder();
    pki(dir.path(), "sample-kit @kit").yes();
    for key in ["new", "stranger"] {
        pki(dir.path(), &format!("key --key @{key}.key")).yes();
    }
    dir
}

#[test]
fn authorities_and_lists_are_checked_by_name() {
    let dir = kit();
    let at = dir.path();
    for (file, kind) in [
        ("csca/sample.pem", "csca"),
        ("operations/sample.pem", "operations"),
        ("cvca/sample.cvcert", "cvca"),
        ("crl/csca.crl", "revocation-list"),
        ("crl/operations.crl", "revocation-list"),
    ] {
        let run = pki(at, &format!("check @kit/trust/{file} --trust @kit/trust"));
        assert_eq!(run.yes().data()["kind"], kind, "{file}");
    }
    assert_eq!(pki(at, "check @kit/dv.cvcert --trust @kit/trust").yes().data()["facts"]["anchor"], "IDSAMPLE00001");
    pki(at, "check @kit/is.cvcert --trust @kit/trust").refused(44, "untrusted-issuer");
    let plan = format!("--key-days 1500 --days 5500 {PLAN}");
    pki(at, &format!("csca --key @stranger.key --organization Min --name CSCA {plan} --out @stranger.pem")).yes();
    let sound = pki(at, "check @stranger.pem --trust @kit/trust");
    let words = "certificate C=ID, O=Min, CN=CSCA is sound, but it is no anchor of this trust store";
    assert_eq!((sound.exit, why(&sound)), (44, ("untrusted-issuer".into(), words.into())));
    pki(at, "operations-root --key @stranger.key --organization Min --name Ops --from 2026-11-01 --out @ops.pem").yes();
    let root = pki(at, "check @ops.pem --trust @kit/trust");
    let words = "certificate C=ID, O=Min, CN=Ops has no privateKeyUsagePeriod (Doc 9303-12 table 6)";
    assert_eq!((root.exit, why(&root)), (40, ("certificate-unfit".into(), words.into())));
    pki(at, "check @ops.pem --purpose receipt --trust @kit/trust").refused(44, "untrusted-issuer");
    pki(at, "crl --ca @stranger.pem --key @stranger.key --out @stranger.crl").yes();
    let list = pki(at, "check @stranger.crl --trust @kit/trust");
    let words = "revocation list is signed by no anchor of the store";
    assert_eq!((list.exit, why(&list)), (44, ("untrusted-issuer".into(), words.into())));
    pki(at, "check @kit/trust/crl/csca.crl --trust @kit/trust --at 2096-01-01").refused(42, "certificate-expired");
    pki(at, "cvca --key @stranger.key --reference IDCVCA00009 --from 2026-11-01 --out @stranger.cvcert").yes();
    let cvca = pki(at, "check @stranger.cvcert --trust @kit/trust");
    let words = "CVCA certificate is sound, but it is none of this trust store's";
    assert_eq!((cvca.exit, why(&cvca)), (44, ("untrusted-issuer".into(), words.into())));
    pki(at, "check @kit/trust/cvca/sample.cvcert --trust @kit/trust --at 2096-01-01").refused(28, "terminal-not-accepted");
    pki(at, "check @kit/trust/cvca/sample.cvcert @kit/dv.cvcert --trust @kit/trust").refused(40, "certificate-unfit");
    pki(at, "request --key @new.key --organization Min --name DS --out @new.csr").yes();
    let request = pki(at, "check @new.csr --trust @kit/trust");
    assert_eq!(why(&request).0, "encoding-invalid");
    assert!(why(&request).1.ends_with("no certificate, revocation list, EF.SOD or status list"), "{}", request.result);
}

#[test]
fn links_and_the_days_of_lists_are_checked_before_they_are_taken_in() {
    let dir = kit();
    let at = dir.path();
    let plan = format!("--key-days 1500 --days 5000 {PLAN}");
    for key in ["stranger", "new"] {
        pki(at, &format!("csca --key @{key}.key --organization Min --name CSCA {plan} --out @{key}.pem")).yes();
    }
    pki(at, &format!("link --old @stranger.pem --key @stranger.key --new @new.pem {plan} --out @link.pem")).yes();
    pki(at, "check @link.pem --trust @kit/trust").refused(44, "untrusted-issuer");
    pki(at, "trust-new @trust --kind production").yes();
    pki(at, "trust-add @trust @stranger.pem --as csca").yes();
    pki(at, "check @link.pem --trust @trust").refused(3, "crl-stale");
    for (number, days) in [(1, "--from 2026-11-01 --days 10"), (2, "--days 30")] {
        let previous = if number == 1 { String::new() } else { "--previous @1.crl".to_owned() };
        pki(at, &format!("crl --ca @stranger.pem --key @stranger.key {previous} {days} --out @{number}.crl")).yes();
    }
    pki(at, "check @1.crl --trust @trust --at 2026-11-05").yes();
    pki(at, "check @1.crl --trust @trust --at 2026-11-25").refused(3, "crl-stale");
    let early = pki(at, "check @1.crl --trust @trust --at 2026-10-05");
    early.refused(42, "certificate-expired");
    pki(at, "trust-add @trust @2.crl --as crl").yes();
    pki(at, "check @1.crl --trust @trust").refused(3, "crl-rollback");
    let link = pki(at, "check @link.pem --trust @trust");
    assert_eq!(link.yes().data()["kind"], "link");
    assert_eq!(link.data()["facts"]["anchor"], "C=ID, O=Min, CN=CSCA");
    let data = std::fs::read(at.join("link.pem")).unwrap();
    let link = ektp::pki::x509::Certificate::from_file(&data).unwrap();
    let mut altered = link.as_der().to_vec();
    *altered.last_mut().unwrap() ^= 1;
    std::fs::write(at.join("altered.pem"), altered).unwrap();
    pki(at, "check @altered.pem --trust @trust").refused(44, "untrusted-issuer");
}

#[test]
fn a_trust_store_is_checked_file_by_file_and_as_a_whole() {
    let dir = kit();
    let at = dir.path();
    let good = pki(at, "check @kit/trust");
    let facts = &good.yes().data()["facts"];
    assert_eq!((good.data()["kind"].as_str(), facts["items"].as_array().unwrap().len()), (Some("trust-store"), 5));
    assert!(facts["items"].as_array().unwrap().iter().all(|item| item["accepted"] == true));
    assert_eq!(facts["wants"], serde_json::json!([]));
    // Both a folder and a store to check it against would be two stores.
    pki(at, "check @kit/trust --trust @kit/trust").refused(10, "input-invalid");
    std::fs::remove_file(at.join("kit/trust/crl/operations.crl")).unwrap();
    let open = pki(at, "check @kit/trust");
    open.refused(3, "crl-stale");
    let wants = open.data()["facts"]["wants"][0].as_str().unwrap();
    assert!(wants.starts_with("no revocation list of C=ID, O=SAMPLE"), "{wants}");
    std::fs::copy(at.join("kit/ds.cert.pem"), at.join("kit/trust/csca/leaf.pem")).unwrap();
    let leaf = pki(at, "check @kit/trust");
    leaf.refused(40, "certificate-unfit");
    let items = leaf.data()["facts"]["items"].as_array().unwrap();
    let refused: Vec<_> = items.iter().filter(|item| item["accepted"] == false).collect();
    assert_eq!(refused.len(), 1);
    assert!(refused[0]["file"].as_str().unwrap().ends_with("csca/leaf.pem"));
    assert_eq!(refused[0]["why"], "not a self-signed authority certificate");
    pki(at, "trust-new @empty --kind production").yes();
    let empty = pki(at, "check @empty");
    empty.refused(3, "could-not-decide");
    assert_eq!(empty.data()["facts"]["wants"], serde_json::json!(["no CSCA", "no root of operations"]));
    std::fs::write(at.join("empty/trust.json"), "{}").unwrap();
    pki(at, "check @empty").refused(10, "encoding-invalid");
}

#[test]
fn keys_are_guarded() {
    let dir = folder();
    let at = dir.path();
    pki(at, "key --key @a.key").yes();
    pki(at, "key --key @a.key").refused(12, "output-exists");
    std::fs::write(at.join("pass"), "wrong\n").unwrap();
    pki(at, "request --key @a.key --organization X --name Y --out @a.csr").refused(50, "login-needed");
    pki(at, "request --key @none.key --organization X --name Y --out @a.csr").refused(50, "key-missing");
    pki(at, "show @pass").refused(10, "encoding-invalid");
    pki(at, "show @nothing").refused(10, "file-unreadable");
    let key = at.join("a.key").display().to_string();
    let clear = ektp(&["pki", "key", "--key", &key, "--passphrase", "hunter22"]);
    clear.refused(10, "input-invalid");
    assert!(!clear.result.to_string().contains("hunter22"), "a secret on the command line is not repeated");
}

#[test]
fn a_key_signs_no_longer_than_its_kind_may() {
    let dir = folder();
    let at = dir.path();
    pki(at, "key --key @a.key").yes();
    let csca = |days| format!("csca --key @a.key --organization X --name Y --key-days {days} --days 9000 {PLAN} --out @a.pem");
    pki(at, &csca(2_000)).refused(10, "input-invalid");
    pki(at, &csca(1_500)).yes();
    pki(at, "request --key @a.key --organization X --name DS --out @a.csr").yes();
    let ds = format!("ds --ca @a.pem --key @a.key --request @a.csr --key-days 120 --days 3700 {PLAN} --out @ds.pem");
    pki(at, &ds).refused(10, "input-invalid");
}

#[test]
fn the_status_list_is_kept_and_signed() {
    let dir = folder();
    let at = dir.path();
    pki(at, "sample-kit @kit").yes();
    std::fs::write(at.join("pass"), "sample\n").unwrap();
    let new = "status-list-new @register.json --uri https://x.invalid/1";
    assert_eq!(pki(at, new).yes().data()["indices"], 1_048_576, "as many as the default profile draws from");
    pki(at, new).refused(12, "output-exists");
    let small = pki(at, "status-list-new @small.json --uri https://x.invalid/1 --indices 4096");
    assert_eq!(small.yes().data()["indices"], 4_096);
    pki(at, "status-list-new @none.json --uri https://x.invalid/1 --indices 0").refused(10, "input-invalid");
    pki(at, "status-list-new @none.json --uri https://x.invalid/1 --profile ektp-9k").refused(10, "profile-invalid");
    pki(at, "status-list-new @none.json --uri https://x.invalid/1 --profile ektp-8k --indices 9").refused(2, "usage");
    pki(at, "status-list-set @register.json --index 5 --state active").yes();
    pki(at, "status-list-set @register.json --index 6 --state revoked").yes();
    pki(at, "status-list-set @register.json --index 6 --state active").refused(12, "revoked-for-good");
    let sign = "status-list-sign @register.json --cert @kit/status-list.cert.pem --key @kit/status-list.key.pem";
    let first = pki(at, &format!("{sign} --out @1.cwt"));
    assert_eq!((&first.yes().data()["number"], &first.data()["length"]), (&1.into(), &1_048_576.into()));
    assert_eq!(pki(at, &format!("{sign} --out @2.cwt")).yes().data()["number"], 2);
    assert_eq!(pki(at, "check @2.cwt --trust @kit/trust").yes().data()["facts"]["number"], 2);
    for (file, kind, number) in [("2.cwt", "status-list", "number"), ("register.json", "status-register", "last_number")] {
        let shown = pki(at, &format!("show @{file}"));
        let summary = &shown.yes().data()["summary"];
        assert_eq!((&shown.data()["kind"], &summary[number]), (&kind.into(), &2.into()));
        let states = ["active", "suspended", "revoked", "not_handed_over"].map(|state| summary[state].as_u64().unwrap());
        assert_eq!((states, &summary["uri"]), ([1, 0, 1, 1_048_574], &"https://x.invalid/1".into()));
    }
}

#[test]
fn todays_list_takes_the_place_of_yesterdays_and_a_refused_place_spends_no_number() {
    let dir = folder();
    let at = dir.path();
    pki(at, "sample-kit @kit").yes();
    std::fs::write(at.join("pass"), "sample\n").unwrap();
    for register in ["register", "other"] {
        pki(at, &format!("status-list-new @{register}.json --uri https://x.invalid/{register} --indices 4096")).yes();
    }
    let sign = |register: &str, out: &str| {
        let signer = "--cert @kit/status-list.cert.pem --key @kit/status-list.key.pem";
        pki(at, &format!("status-list-sign @{register}.json {signer} --out @{out}"))
    };
    assert_eq!(sign("register", "list.cwt").yes().data()["number"], 1);
    pki(at, "status-list-set @register.json --index 5 --state active").yes();
    assert_eq!(sign("register", "list.cwt").yes().data()["number"], 2);
    let check = pki(at, "check @list.cwt --trust @kit/trust");
    assert_eq!(check.yes().data()["facts"]["number"], 2);
    let kept = std::fs::read(at.join("list.cwt")).unwrap();
    sign("other", "list.cwt").refused(12, "output-exists");
    sign("register", "kit/status-list.cert.pem").refused(12, "output-exists");
    std::fs::create_dir(at.join("folder")).unwrap();
    assert_ne!(sign("register", "folder").exit, 0);
    sign("register", "nowhere/list.cwt").refused(10, "file-unreadable");
    // A later list than the register knows: the register was set back, and would give its numbers again.
    let state = std::fs::read_to_string(at.join("register.json")).unwrap();
    std::fs::write(at.join("register.json"), state.replace("\"number\": 2", "\"number\": 1")).unwrap();
    sign("register", "list.cwt").refused(12, "output-exists");
    std::fs::write(at.join("register.json"), state).unwrap();
    assert_eq!(std::fs::read(at.join("list.cwt")).unwrap(), kept);
    // Whoever may not sign status lists spends no number either.
    let signer = "--cert @kit/ds.cert.pem --key @kit/ds.key.pem";
    pki(at, &format!("status-list-sign @register.json {signer} --out @list.cwt")).refused(40, "certificate-invalid");
    assert_eq!(sign("register", "list.cwt").yes().data()["number"], 3, "what was refused spent no number");
    assert_eq!(
        std::fs::read_dir(at).unwrap().filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().ends_with(".new")).count(),
        0
    );
}

#[test]
fn twenty_processes_lose_no_change_and_give_no_number_twice() {
    let dir = folder();
    let at = dir.path();
    pki(at, "sample-kit @kit").yes();
    std::fs::write(at.join("pass"), "sample\n").unwrap();
    let made = std::thread::scope(|scope| {
        let new = || pki(at, "status-list-new @register.json --uri https://x.invalid/1").exit;
        let all: Vec<_> = (0..4).map(|_| scope.spawn(new)).collect();
        all.into_iter().map(|t| t.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!((made.iter().filter(|e| **e == 0).count(), made.iter().filter(|e| **e == 12).count()), (1, 3));
    std::thread::scope(|scope| {
        for index in 0..20 {
            scope.spawn(move || pki(at, &format!("status-list-set @register.json --index {index} --state active")).yes().exit);
        }
    });
    let register = Register::load(&at.join("register.json")).unwrap();
    assert_eq!(register.count(CardStatus::Active), 20, "every change is there");
    let sign = "status-list-sign @register.json --cert @kit/status-list.cert.pem --key @kit/status-list.key.pem";
    let mut numbers = std::thread::scope(|scope| {
        let one = |n| move || pki(at, &format!("{sign} --out @{n}.cwt")).yes().data()["number"].as_u64().unwrap();
        let all: Vec<_> = (0..6).map(|n| scope.spawn(one(n))).collect();
        all.into_iter().map(|t| t.join().unwrap()).collect::<Vec<_>>()
    });
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn sample_keys_stay_out_of_a_production_store() {
    let dir = folder();
    let at = dir.path();
    pki(at, "sample-roots @roots").yes();
    pki(at, "sample-roots @roots").refused(12, "output-exists");
    for (file, mode) in [("csca.key.pem", 0o600), ("cvca.key.pem", 0o600)] {
        let found = std::fs::metadata(at.join("roots").join(file)).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&found) & 0o777, mode, "{file}");
    }
    pki(at, "trust-new @trust --kind production").yes();
    pki(at, "trust-add @trust @roots/csca.cert.pem --as csca").refused(44, "sample-key");
    pki(at, "trust-add @trust @roots/cvca.cvcert --as cvca").refused(44, "sample-key");
    pki(at, "sample-kit @kit").yes();
    pki(at, "check @kit/ds.cert.pem --trust @trust").refused(44, "sample-key");
    pki(at, "check @kit/ds.cert.pem --trust @kit/trust").yes();
    pki(at, "check @kit/dv.cvcert @kit/qc-is.cvcert --trust @kit/trust").yes();
}
