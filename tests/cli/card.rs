//! `card plan`, `card build`, `card inspect`: answers, refusals, durability under the job id.

use crate::contract::{Run, ektp, ektp_in, ektp_told, root};
use ektp::lds::image::CardImage;
use ektp::pki::name::Name;
use ektp::pki::x509::issue::{self, Credential, Purpose, Span};
use ektp::pki::{keystore, sample, seal};
use ektp::secret::Secret;
use ektp::world::{Clock, SystemClock, system_entropy};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn record() -> PathBuf {
    root().join("samples/record-citizen.json")
}

/// A folder with a minted sample kit: certificates and keys.
fn kit() -> &'static Path {
    static KIT: OnceLock<tempfile::TempDir> = OnceLock::new();
    let dir = KIT.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let kit = sample::Kit::mint(&SystemClock, &mut system_entropy()).unwrap();
        kit.save(&dir.path().join("kit"), &mut system_entropy()).unwrap();
        std::fs::write(dir.path().join("passphrase"), sample::PASSPHRASE).unwrap();
        dir
    });
    dir.path()
}

fn build<'a>(out: &'a Path, record: &'a Path, recipient: &'a Path) -> Vec<&'a str> {
    let profile = ["card", "build", "--profile", "ektp-8k", "--job-id", "job-7"];
    let rest = ["--record", text(record), "--recipient", text(recipient), "--out", text(out)];
    profile.into_iter().chain(rest).collect()
}

/// Runs a build of a user whose jobs are remembered in `desk`.
#[track_caller]
fn run(desk: &Path, args: &[&str]) -> Run {
    ektp_in(args, &[("EKTP_JOBS", text(&desk.join("jobs")))])
}

#[test]
fn a_plan_adds_up_and_names_where_passwords_are_printed() {
    let plan = ektp(&["card", "plan", "--profile", "ektp-8k"]);
    let data = plan.yes().data();
    let files: u64 = data["files"].as_array().unwrap().iter().map(|f| f["bytes"].as_u64().unwrap()).sum();
    assert_eq!(files + data["internals"].as_u64().unwrap(), data["total"].as_u64().unwrap());
    assert!(data["total"].as_u64().unwrap() <= 8_192);
    assert_eq!((&data["sample"], &data["below_recommended_portrait"]), (&true.into(), &true.into()));
    assert_eq!(data["passwords"][0]["place"], "front, six digits");
}

#[test]
fn every_face_can_be_chosen_and_the_chip_has_what_it_prints() {
    let planned = |face: &str| {
        let plan = ektp(&["card", "plan", "--face", face]);
        let passwords = plan.yes().data()["passwords"].as_array().unwrap().clone();
        passwords.iter().map(|p| p["password"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((planned("full"), planned("can")), (vec!["can".to_owned(), "mrz".to_owned()], vec!["can".to_owned()]));
    assert_eq!(planned("legacy"), ["legacy"]);
}

#[test]
fn plans_that_cannot_be_are_refused() {
    let text_of = std::fs::read_to_string(root().join("specs/profiles/ektp-80k.toml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let zone_alone = folder.path().join("zone.toml");
    std::fs::write(&zone_alone, text_of.replace(r#"["can", "mrz", "legacy"]"#, r#"["mrz"]"#)).unwrap();
    let unopened = ektp(&["card", "plan", "--profile", text(&zone_alone), "--face", "legacy"]);
    unopened.refused(25, "password-not-printed");
    assert!(unopened.result["next"].as_str().unwrap().contains("--face"));
    ektp(&["card", "plan", "--profile", "ektp-4k"]).refused(10, "profile-invalid");
    ektp(&["card", "plan", "--record", "/nowhere/record.json"]).refused(10, "file-unreadable");
    let dir = tempfile::tempdir().unwrap();
    let profile = std::fs::read_to_string(root().join("specs/profiles/ektp-8k.toml")).unwrap();
    let small = dir.path().join("small.toml");
    std::fs::write(&small, profile.replace("capacity = 8192", "capacity = 7000")).unwrap();
    let run = ektp(&["card", "plan", "--profile", text(&small)]);
    run.refused(25, "does-not-fit");
    assert_eq!(run.data()["offender"], "DG2");
    std::fs::write(&small, profile.replace("chunk =", "chunky =")).unwrap();
    let run = ektp(&["card", "plan", "--profile", text(&small)]);
    run.refused(10, "profile-invalid");
    assert!(run.result["message"].as_str().unwrap().contains("chunky"));
}

#[test]
fn a_build_is_durable_under_its_job_id_and_opens_with_the_bureaus_key() {
    let dir = tempfile::tempdir().unwrap();
    let (out, record) = (dir.path().join("image"), record());
    let bureau = kit().join("kit/bureau.cert.pem");
    let args = build(&out, &record, &bureau);
    let first = run(dir.path(), &args);
    assert_eq!(first.yes().data()["repeated"], false);
    let sealed = std::fs::read(out.join("files.cms")).unwrap();
    let again = run(dir.path(), &args);
    assert_eq!(again.yes().data()["repeated"], true);
    assert_eq!(again.data()["manifest_digest"], first.data()["manifest_digest"]);
    assert_eq!(std::fs::read(out.join("files.cms")).unwrap(), sealed);
    let other = root().join("samples/record-foreigner.json");
    run(dir.path(), &build(&out, &other, &bureau)).refused(12, "job-conflict");
    let (key, passphrase) = (kit().join("kit/bureau.key.pem"), format!("file:{}", text(&kit().join("passphrase"))));
    let pictures = dir.path().join("pictures");
    let inspect =
        ["card", "inspect", text(&out), "--key", text(&key), "--passphrase", &passphrase, "--pictures", text(&pictures)];
    let shown = ektp(&inspect);
    assert_eq!(shown.yes().data()["faults"], false, "{:#}", shown.result);
    assert_eq!(std::fs::read(pictures.join("portrait.png")).unwrap()[..4], *b"\x89PNG");
    ektp(&inspect).refused(12, "output-exists");
    ektp(&["card", "inspect", text(&out)]).yes();
    let can = dir.path().join("can.txt");
    let printer = ["card", "inspect", text(&out), "--key", text(&key), "--passphrase", &passphrase, "--can-to", text(&can)];
    ektp(&printer).yes();
    let digits = std::fs::read_to_string(&can).unwrap();
    assert!(digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()));
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&can).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let taken = ektp(&printer);
    taken.refused(12, "output-exists");
    let message = taken.result["message"].as_str().unwrap();
    assert!(message.contains("can.txt") && !message.contains("key"), "{message}");
    let approver = kit().join("kit/approver.key.pem");
    let wrong = ektp(&["card", "inspect", text(&out), "--key", text(&approver), "--passphrase", &passphrase]);
    assert_ne!(wrong.exit, 0);
}

/// An operations root of no samples, with a bureau and what else a test wants under it, in a folder.
struct Root {
    dir: tempfile::TempDir,
    root: Credential,
}

impl Root {
    fn new() -> Self {
        let mut rng = system_entropy();
        let key = issue::default_key(&mut rng);
        let name = Name::new("ID", "Ministry", "Operations");
        let cert = issue::operations_root(&key, &name, Span::days(SystemClock.now(), 900), &mut rng).unwrap();
        Self { dir: tempfile::tempdir().unwrap(), root: Credential { cert, key } }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A certificate under this root or under another, valid for `days` from `from` days before now.
    fn leaf(&self, root: &Credential, name: &str, purpose: Purpose, from: i64, days: i64) -> PathBuf {
        let mut rng = system_entropy();
        let key = issue::default_key(&mut rng).public_key();
        let start = ektp::pki::time::plus_days(SystemClock.now(), -from);
        let subject = Name::new("ID", root.cert.subject().get("2.5.4.10").unwrap(), name);
        let cert = issue::operations_leaf(root, purpose, &key, &subject, Span::days(start, days), &mut rng).unwrap();
        let path = self.at(name);
        std::fs::write(&path, cert.to_pem()).unwrap();
        path
    }

    /// A production store that trusts this root, with its revocation list or without.
    fn store(&self, name: &str, list: bool) -> PathBuf {
        let store = self.at(name);
        ektp(&["pki", "trust-new", text(&store), "--kind", "production"]).yes();
        std::fs::write(store.join("operations/root.pem"), self.root.cert.to_pem()).unwrap();
        if list {
            let span = Span::days(SystemClock.now(), 90);
            let list = ektp::pki::x509::crl::make(&self.root, 1, span, &std::collections::BTreeMap::new()).unwrap();
            std::fs::write(store.join("crl/1.crl"), list.as_der()).unwrap();
        }
        store
    }
}

#[test]
fn a_build_is_sealed_to_a_checked_bureau_alone() {
    let ours = Root::new();
    let (out, record) = (ours.at("image"), record());
    let bureau = ours.leaf(&ours.root, "bureau", Purpose::Bureau, 0, 30);
    let stores = (ours.store("trust", true), ours.store("bare", false));
    let with = |recipient: &Path, trust: Option<&Path>| {
        let mut args = build(&out, &record, recipient);
        args.extend(trust.into_iter().flat_map(|dir| ["--trust", text(dir)]));
        run(out.parent().unwrap(), &args)
    };
    let packet = |recipient: &Path| {
        let files = ["packet", "seal", text(&record), "--application", "a", "--office", "31.71", "--key", "k", "--out", "p"];
        let to = ["--recipient", text(recipient), "--trust", text(&stores.0), "--passphrase", "prompt"];
        ektp(&[&files[..], &to].concat())
    };
    let run = with(&bureau, None);
    run.refused(44, "untrusted-issuer");
    assert!(run.result["message"].as_str().unwrap().contains("--trust"));
    with(&bureau, Some(&stores.1)).refused(3, "crl-stale");
    let files = ["packet", "seal", text(&record), "--application", "a", "--office", "31.71", "--key", "k", "--out", "p"];
    let office = ours.leaf(&ours.root, "office", Purpose::Office, 0, 30);
    let to = ["--recipient", text(&office), "--trust", text(&stores.1), "--passphrase", "prompt"];
    ektp(&[&files[..], &to].concat()).refused(3, "crl-stale");
    with(&kit().join("kit/bureau.cert.pem"), Some(&stores.0)).refused(44, "sample-key");
    with(&kit().join("kit/receipt.cert.pem"), None).refused(40, "certificate-unfit");
    let receipts = ours.leaf(&ours.root, "receipts", Purpose::Receipt, 0, 30);
    with(&receipts, Some(&stores.0)).refused(40, "certificate-unfit");
    let expired = ours.leaf(&ours.root, "expired", Purpose::Bureau, 40, 30);
    with(&expired, Some(&stores.0)).refused(42, "certificate-expired");
    let expired = ours.leaf(&ours.root, "expired-office", Purpose::Office, 40, 30);
    packet(&expired).refused(42, "certificate-expired");
    packet(&bureau).refused(40, "certificate-unfit");
    with(&office, Some(&stores.0)).refused(40, "certificate-unfit");
    let coming = ours.leaf(&ours.root, "coming", Purpose::Bureau, -2, 30);
    with(&coming, Some(&stores.0)).refused(42, "certificate-expired");
    let samples = &sample::Roots::compiled().unwrap().operations;
    let old_sample = ours.leaf(samples, "old-sample", Purpose::Bureau, 40, 30);
    with(&old_sample, None).refused(42, "certificate-expired");
    assert!(!out.exists(), "nothing was built for any of them");
    with(&bureau, Some(&stores.0)).yes();
}

#[test]
fn a_job_has_one_set_of_numbers_wherever_its_images_go() {
    let dir = tempfile::tempdir().unwrap();
    let (record, bureau) = (record(), kit().join("kit/bureau.cert.pem"));
    let at = |name: &str| dir.path().join(name);
    let first = run(dir.path(), &build(&at("one"), &record, &bureau));
    let second = run(dir.path(), &build(&at("deep/two"), &record, &bureau));
    assert_eq!((&first.yes().data()["repeated"], &second.yes().data()["repeated"]), (&false.into(), &false.into()));
    assert_eq!(first.data()["manifest_digest"], second.data()["manifest_digest"]);
    let key = keystore::open(&kit().join("kit/bureau.key.pem"), &Secret::new(sample::PASSPHRASE.to_owned())).unwrap();
    let content = |name: &str| seal::open(&CardImage::read(&at(name)).unwrap().sealed, &key).unwrap();
    assert_eq!(content("one"), content("deep/two"), "CAN and all");
    // Other content is refused there too, and nothing appears.
    let other = root().join("samples/record-foreigner.json");
    run(dir.path(), &build(&at("three"), &other, &bureau)).refused(12, "job-conflict");
    assert!(!at("three").exists());
    // Another user's job of the same name is another job.
    let elsewhere = run(&at("elsewhere"), &build(&at("four"), &record, &bureau));
    assert_ne!(elsewhere.yes().data()["manifest_digest"], first.data()["manifest_digest"]);
    let own = std::fs::metadata(at("jobs/numbers.db")).unwrap().permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&own) & 0o777, 0o600);
}

#[test]
fn a_build_without_what_it_needs_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (out, record, bureau) = (dir.path().join("image"), record(), kit().join("kit/bureau.cert.pem"));
    run(dir.path(), &build(&out, &record, &record)).refused(10, "encoding-invalid");
    let mut args = build(&out, &record, &bureau);
    args.extend(["--nik-key", "0123456789abcdef"]);
    run(dir.path(), &args).refused(10, "input-invalid");
    let last = args.len() - 1;
    args[last] = "-";
    let jobs = dir.path().join("jobs");
    let told = |input: &str| ektp_told(&args, &[("EKTP_JOBS", text(&jobs))], input);
    told("short\n").refused(10, "input-invalid");
    assert!(!out.exists(), "nothing half-written");
    told("an office key of some length\n").yes();
    let manifest = std::fs::read_to_string(out.join("manifest.json")).unwrap();
    assert!(!manifest.contains("\"nik_digest\": null"));
}

#[test]
fn foreign_files_are_explained() {
    let dir = tempfile::tempdir().unwrap();
    ektp(&["card", "inspect", text(dir.path())]).refused(10, "input-invalid");
    std::fs::write(dir.path().join("notes.txt"), b"x").unwrap();
    ektp(&["card", "inspect", text(dir.path())]).refused(10, "input-invalid");
    std::fs::write(dir.path().join("EF_COM.bin"), b"\x60\x15\x5F\x01\x040107\x5F\x36\x06040000\x5C\x03\x61\x75\x6F").unwrap();
    let run = ektp(&["card", "inspect", text(dir.path())]);
    assert!(run.yes().data().to_string().contains("DG1 DG2 DG15"));
    std::fs::write(dir.path().join("EF_DG11.bin"), b"\x6B\x01").unwrap();
    assert_eq!(ektp(&["card", "inspect", text(dir.path())]).yes().data()["faults"], true);
    ektp(&["card", "inspect", "/nowhere"]).refused(10, "file-unreadable");
}
