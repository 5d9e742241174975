//! `--job-id`: the same id and content give the same result, other content is refused, on every verb that changes something.

use crate::contract::{Run, ektp_in};
use ektp::pki::sample::Kit;
use ektp::world::{DangerousSeededEntropy, SystemClock};
use std::path::Path;

/// A folder with its own memory of jobs, in whose lines `@` stands for the folder.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("pass"), "correct horse\n").unwrap();
        Self(dir)
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    #[track_caller]
    fn run(&self, line: &str) -> Run {
        let here = format!("{}/", self.0.path().display());
        let args: Vec<String> = line.split_whitespace().map(|w| w.replace('@', &here)).collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        ektp_in(&args, &[("EKTP_JOBS", self.at("jobs").to_str().unwrap())])
    }

    /// Asserts that a line is done once: the same again answers the same, and `other` under the same id is refused.
    #[track_caller]
    fn once(&self, line: &str, other: &str) -> Run {
        let first = self.run(line);
        let again = self.run(line);
        assert_eq!(again.yes().data(), first.yes().data(), "{line}");
        assert_eq!(again.events.iter().filter(|e| e["job_id"].is_string()).count(), 1, "the repeat says that it is one");
        self.run(other).refused(12, "job-conflict");
        first
    }
}

/// Verbs that change nothing that lasts, which is why they have no job: kept by hand beside the program's own list.
const UNCHANGING: [&str; 49] = [
    "doctor",
    "nik check",
    "nik explain",
    "record check",
    "reader list",
    "reader identify",
    "reader qualify",
    "chip serve",
    "card plan",
    "card inspect",
    "finger convert",
    "finger eval",
    "finger extract",
    "finger match",
    "finger sensor",
    "afis identify",
    "afis status",
    "audit verify",
    "case print",
    "case register show",
    "case show",
    "blank show",
    "shift show",
    "batch show",
    "incident list",
    "incident show",
    "report daily",
    "report ageing",
    "report stock",
    "report duplicates",
    "report production",
    "officer show",
    "packet verify",
    "perso status",
    "pki show",
    "pki check",
    "read",
    "verify person",
    "verify log",
    "signer serve",
    "demo card",
    "generate",
    "trace",
    "demo morning",
    "officer session",
    "officer leave",
    "sync status",
    "sync serve",
    "centre watch",
];

#[test]
fn every_verb_that_changes_something_takes_a_job_id() {
    fn walk(command: &clap::Command, path: &str, leaves: &mut Vec<(String, bool)>) {
        for sub in command.get_subcommands().filter(|c| c.get_name() != "help") {
            let name = if path.is_empty() { sub.get_name().to_owned() } else { format!("{path} {}", sub.get_name()) };
            if sub.has_subcommands() {
                walk(sub, &name, leaves);
            } else {
                leaves.push((name, sub.get_arguments().any(|a| a.get_long() == Some("job-id"))));
            }
        }
    }
    let mut leaves = Vec::new();
    walk(&ektp::cli::command(), "", &mut leaves);
    // `perso status --job-id` asks after a job.
    let unchanging = |name: &String| UNCHANGING.contains(&name.as_str());
    let without: Vec<_> = leaves.iter().filter(|(name, has)| !has && !unchanging(name)).collect();
    assert!(without.is_empty(), "verbs that change something, without --job-id: {without:?}");
    let with: Vec<_> = leaves.iter().filter(|(name, has)| *has && unchanging(name) && name != "perso status").collect();
    assert!(with.is_empty(), "verbs that change nothing, with --job-id: {with:?}");
    for name in UNCHANGING {
        assert!(leaves.iter().any(|(leaf, _)| leaf == name), "{name} is no verb");
    }
    assert_eq!(UNCHANGING, ektp::cli::job::UNCHANGING);
    assert!(leaves.iter().filter(|(_, has)| *has).count() >= 24);
}

#[test]
fn keys_and_certificates_are_made_once() {
    let place = Place::new();
    let key = "pki key --key @a.key --passphrase file:@pass --job-id key-1";
    let made = place.once(key, "pki key --key @a.key --passphrase file:@pass --curve p384 --job-id key-1");
    place.run("pki key --key @b.key --passphrase file:@pass --job-id key-1").refused(12, "job-conflict");
    place.run("pki cvca --key @a.key --reference IDX00001 --out @x --job-id key-1").refused(12, "job-conflict");
    let record = std::fs::read_to_string(place.at("jobs/job-key-1.json")).unwrap();
    assert!(record.contains(made.data()["key_id"].as_str().unwrap()) && !record.contains("correct horse"));
    private(&place.at("jobs/job-key-1.json"));
    private(&place.at("jobs"));
    let csr = "pki request --key @a.key --passphrase file:@pass --organization Min --name A --out @a.csr --job-id csr-1";
    place.once(csr, &csr.replace("--name A", "--name B"));
    let root = "pki operations-root --key @a.key --passphrase file:@pass --organization Min --name Ops --out @ops.pem --job-id r";
    place.once(root, &root.replace("@ops.pem", "@other.pem"));
    let issue = "pki issue --ca @ops.pem --key @a.key --passphrase file:@pass --purpose approver --request @a.csr --out @ap.pem";
    let issue = format!("{issue} --job-id i");
    place.run(&issue).yes();
    // The place is the same, what stands there is not.
    std::fs::remove_file(place.at("a.csr")).unwrap();
    place.run(&csr.replace("csr-1", "csr-2").replace("--name A", "--name B")).yes();
    place.run(&issue).refused(12, "job-conflict");
}

#[test]
fn lists_and_stores_change_once() {
    let place = Place::new();
    place.once("pki trust-new @trust --kind sample --job-id t", "pki trust-new @trust --kind production --job-id t");
    place.run("pki sample-kit @kit --job-id k").yes();
    place.run("pki sample-kit @kit --job-id k").yes();
    let add = "pki trust-add @trust @kit/trust/csca/sample.pem --as csca --job-id a";
    place.once(add, &add.replace("--as csca", "--as operations"));
    let new = "pki status-list-new @list.json --uri https://x.invalid/1 --job-id n";
    place.once(new, &new.replace("/1 ", "/2 "));
    let set = "pki status-list-set @list.json --index 5 --state suspended --job-id s1";
    place.once(set, &set.replace("--index 5", "--index 6"));
    place.run("pki status-list-set @list.json --index 5 --state active --job-id s2").yes();
    assert_eq!(place.run(set).yes().data()["after"], "suspended", "what was answered then");
    std::fs::write(place.at("pass"), "sample\n").unwrap();
    let sign = "pki status-list-sign @list.json --cert @kit/status-list.cert.pem --key @kit/status-list.key.pem \
                --passphrase file:@pass --out @1.cwt --job-id l1";
    assert_eq!(place.once(sign, &sign.replace("@1.cwt", "@2.cwt")).data()["number"], 1);
    let next = place.run(&sign.replace("@1.cwt", "@2.cwt").replace("l1", "l2"));
    assert_eq!(next.yes().data()["number"], 2, "a repeat spends no number, and does not undo a later change");
    let index_5 = place.run("pki status-list-set @list.json --index 5 --state active");
    assert_eq!(index_5.yes().data()["before"], "active");
}

#[test]
fn chips_and_challenges_are_made_once() {
    let place = Place::new();
    place.once("chip new --state @chip --job-id c", "chip new --state @chip --profile ektp-8k --job-id c");
    place
        .once("verify challenge -o @challenge --state @judge --job-id v", "verify challenge -o @other --state @judge --job-id v");
    place.run("signer stop --socket @none --job-id s").refused(50, "key-store-unavailable");
    place.run("chip new --state @second --job-id s").yes();
    place.run("chip new --state @third --job-id a/b").refused(2, "usage");
}

#[test]
fn two_processes_with_one_job_do_it_once() {
    let place = Place::new();
    let line = "chip new --state @chip --job-id both";
    let serials: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| place.run(line).yes().data()["serial"].to_string())).collect();
        runs.into_iter().map(|r| r.join().unwrap()).collect()
    });
    assert!(serials.iter().all(|s| *s == serials[0]), "{serials:?}");
}

#[test]
fn an_interrupted_job_is_taken_up_again_and_nothing_is_overwritten() {
    let place = Place::new();
    let (chip, set) = ("chip new --state @chip --job-id c", "pki status-list-set @l --index 5 --state active --job-id s");
    place.run("pki status-list-new @l --uri https://x.invalid/1").yes();
    place.run(chip).yes();
    place.run(set).yes();
    for job in ["c", "s"] {
        let path = place.at(&format!("jobs/job-{job}.json"));
        let mut record: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        record["data"] = serde_json::Value::Null;
        std::fs::write(&path, record.to_string()).unwrap();
    }
    let chip_before = std::fs::read(place.at("chip")).unwrap();
    assert_ne!(place.run(chip).exit, 0, "the chip of the interrupted run is there");
    assert_eq!(std::fs::read(place.at("chip")).unwrap(), chip_before);
    place.run(set).yes();
    place.run(&set.replace("--index 5", "--index 7")).refused(12, "job-conflict");
    std::fs::write(place.at("jobs/job-s.json"), "{}").unwrap();
    place.run(set).refused(10, "encoding-invalid");
}

#[test]
fn an_image_is_approved_once() {
    let place = Place::new();
    let kit = Kit::mint(&SystemClock, &mut DangerousSeededEntropy::new(1)).unwrap();
    std::fs::create_dir(place.at("kit")).unwrap();
    kit.save(&place.at("kit"), &mut DangerousSeededEntropy::new(2)).unwrap();
    crate::approve::sealed_image(&kit, &place.at("image"));
    std::fs::write(place.at("pass"), "sample\n").unwrap();
    let line = "card approve @image --cert @kit/approver.cert.pem --key @kit/approver.key.pem --passphrase file:@pass \
                --application A-1 --route office --reason sample --signer s --job-id a";
    place.once(line, &line.replace("office", "elsewhere"));
}

fn private(path: &Path) {
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "{}", path.display());
}
