//! `card build --numbers`: no number twice, whoever builds and whatever is killed; and OpenSSL opens what was built.

use crate::contract::{ektp, ektp_in, root};
use ektp::crypto::hash::sha256;
use ektp::lds::image::manifest::{hex, numbers_digest};
use ektp::lds::image::{CardImage, SealedContent};
use ektp::lds::numbers::Register;
use ektp::pki::sample::{self, Kit};
use ektp::pki::seal;
use ektp::world::{DangerousSeededEntropy, SystemClock, system_entropy};
use rand_core::Rng;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A desk that builds images for one bureau.
struct Desk {
    dir: tempfile::TempDir,
    kit: Kit,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let kit = Kit::mint(&SystemClock, &mut system_entropy()).unwrap();
        kit.save(&dir.path().join("kit"), &mut system_entropy()).unwrap();
        Self { dir, kit }
    }

    fn at(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    fn build(&self, profile: &str, job: &str, more: &[&str]) -> Vec<String> {
        let record = root().join("samples/record-citizen.json").to_str().unwrap().to_owned();
        let (recipient, out, numbers) = (self.at("kit/bureau.cert.pem"), self.at(job), self.at("numbers.db"));
        let order = ["card", "build", "--profile", profile, "--record", &record, "--recipient", &recipient];
        let job = ["--job-id", job, "--out", &out, "--numbers", &numbers];
        [&order[..], &job[..], more].concat().into_iter().map(str::to_owned).collect()
    }

    fn start(&self, job: &str) -> Child {
        Command::new(env!("CARGO_BIN_EXE_ektp"))
            .arg("--json")
            .args(self.build("ektp-8k", job, &[]))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn image(&self, job: &str) -> (CardImage, SealedContent) {
        let image = CardImage::read(&PathBuf::from(self.at(job))).unwrap();
        let content = SealedContent::parse(&seal::open(&image.sealed, &self.kit.bureau.key).unwrap()).unwrap();
        (image, content)
    }
}

fn run(args: &[String]) -> crate::contract::Run {
    ektp(&args.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn builds_at_once_and_killed_ones_never_share_a_number() {
    let desk = Desk::new();
    let mut random = DangerousSeededEntropy::new(9);
    // Killed at some instant, some before, some after their numbers were given.
    for job in ["a", "b", "c"] {
        let mut child = desk.start(job);
        std::thread::sleep(Duration::from_millis(u64::from(random.next_u32() % 150)));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let jobs = ["a", "b", "c", "d"];
    let children: Vec<Child> = jobs.iter().map(|job| desk.start(job)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let contents: Vec<_> = jobs.iter().map(|job| desk.image(job)).collect();
    let indices: BTreeSet<u32> = contents.iter().map(|(_, c)| c.status_index).collect();
    let numbers: BTreeSet<&str> = contents.iter().map(|(_, c)| c.document_number.as_str()).collect();
    assert_eq!((indices.len(), numbers.len()), (4, 4));
    let mut register = Register::open(&PathBuf::from(desk.at("numbers.db"))).unwrap();
    assert_eq!(register.count(), Ok(4));
    for (job, (image, content)) in jobs.iter().zip(&contents) {
        let given = register.give(job, 1 << 20, &mut random).unwrap();
        assert_eq!((&given.document_number, given.status_index), (&content.document_number, content.status_index));
        assert_eq!(image.manifest.numbers_digest, hex(&numbers_digest(&given.document_number, given.status_index)));
    }
}

#[test]
fn a_job_keeps_its_numbers_and_a_range_that_is_used_up_is_named() {
    let desk = Desk::new();
    assert_eq!(run(&desk.build("ektp-8k", "a", &[])).yes().data()["numbers"], "registered");
    let before = desk.image("a").1;
    assert_eq!(run(&desk.build("ektp-8k", "a", &[])).yes().data()["repeated"], true);
    // An image of the user's own numbers is none of the register's.
    let mut own = desk.build("ektp-8k", "own", &[]);
    let registered = own.clone();
    own.truncate(own.len() - 2);
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    assert_eq!(ektp_in(&own, &[("EKTP_JOBS", &desk.at("jobs"))]).yes().data()["numbers"], "own");
    run(&registered).refused(12, "job-conflict");
    // The image was lost: the job builds it again with the numbers it has.
    std::fs::remove_dir_all(desk.at("a")).unwrap();
    run(&desk.build("ektp-8k", "a", &[])).yes();
    let again = desk.image("a").1;
    assert_eq!((&again.document_number, again.status_index), (&before.document_number, before.status_index));
    assert_eq!(again.can.expose(), before.can.expose(), "what may be printed already");
    // Another face, bureau or key of the NIK digest is another card, or another reader of this one.
    std::fs::write(desk.at("nik.key"), "a key of the office, long enough").unwrap();
    std::fs::create_dir(desk.at("kit2")).unwrap();
    let second = Kit::mint(&SystemClock, &mut system_entropy()).unwrap();
    second.save(&PathBuf::from(desk.at("kit2")), &mut system_entropy()).unwrap();
    let nik = format!("file:{}", desk.at("nik.key"));
    let bureau = desk.build("ektp-8k", "a", &[]).iter().map(|w| w.replace("/kit/", "/kit2/")).collect::<Vec<_>>();
    for (lost, other) in [
        (false, desk.build("ektp-8k", "a", &["--face", "can"])),
        (false, desk.build("ektp-8k", "a", &["--nik-key", &nik])),
        (false, bureau.clone()),
        (true, desk.build("ektp-8k", "a", &["--face", "can"])),
        (true, desk.build("ektp-8k", "a", &["--nik-key", &nik])),
        (true, bureau),
    ] {
        if lost {
            let _ = std::fs::remove_dir_all(desk.at("a"));
        }
        run(&other).refused(12, "job-conflict");
    }
    run(&desk.build("ektp-8k", "a", &[])).yes();
    // Another person under the same job would get them too, and does not.
    std::fs::remove_dir_all(desk.at("a")).unwrap();
    let other = root().join("samples/record-foreigner.json").to_str().unwrap().to_owned();
    let mut args = desk.build("ektp-8k", "a", &[]);
    args[5] = other;
    run(&args).refused(12, "job-conflict");
    assert!(!PathBuf::from(desk.at("a")).exists());

    let profile = std::fs::read_to_string(root().join("specs/profiles/ektp-8k.toml")).unwrap();
    let small = desk.at("small.toml");
    let line = |l: &str| if l.starts_with("status_indices") { "status_indices = 1".to_owned() } else { l.to_owned() };
    std::fs::write(&small, profile.lines().map(line).collect::<Vec<_>>().join("\n")).unwrap();
    // The one index of the small range is given, to this job or to the one above.
    let mut register = Register::open(&PathBuf::from(desk.at("numbers.db"))).unwrap();
    drop(register.give("the last", 1, &mut system_entropy()));
    drop(register);
    run(&desk.build(&small, "z", &[])).refused(12, "numbers-used-up");
    std::fs::write(desk.at("numbers.db"), "no register, whatever it is: ".repeat(20)).unwrap();
    run(&desk.build("ektp-8k", "y", &[])).refused(10, "encoding-invalid");
}

#[test]
fn an_erased_can_is_not_drawn_anew_for_the_same_card() {
    let desk = Desk::new();
    run(&desk.build("ektp-8k", "a", &[])).yes();
    let stored = std::fs::read(desk.at("numbers.db")).unwrap();
    let can = desk.image("a").1.can.expose().clone();
    assert!(!stored.windows(6).any(|w| w == can.as_bytes()));
    let numbers = desk.at("numbers.db");
    let erase = || ektp(&["card", "erase-can", "--job-id", "a", "--numbers", &numbers]);
    assert_eq!(erase().yes().data()["repeated"], false);
    assert_eq!(erase().yes().data()["repeated"], true);
    std::fs::remove_dir_all(desk.at("a")).unwrap();
    run(&desk.build("ektp-8k", "a", &[])).refused(12, "wrong-state");
    assert!(!PathBuf::from(desk.at("a")).exists());
    run(&desk.build("ektp-8k", "b", &[])).yes();
}

#[test]
fn openssl_opens_an_image_with_the_bureaus_key() {
    let desk = Desk::new();
    run(&desk.build("ektp-8k", "a", &[])).yes();
    let (sealed, plain) = (desk.at("a/files.cms"), desk.at("plain"));
    let (cert, key, pass) =
        (desk.at("kit/bureau.cert.pem"), desk.at("kit/bureau.key.pem"), format!("pass:{}", sample::PASSPHRASE));
    let decrypt = |key: &str| {
        let files = ["cms", "-decrypt", "-binary", "-inform", "DER", "-in", &sealed, "-out", &plain];
        Command::new("openssl").args(files).args(["-recip", &cert, "-inkey", key, "-passin", &pass]).output()
    };
    let Ok(output) = decrypt(&key) else {
        crate::skipped::skipped("no openssl");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let content = SealedContent::parse(&std::fs::read(&plain).unwrap()).unwrap();
    let (image, ours) = desk.image("a");
    assert_eq!(content.encode(), ours.encode());
    let manifest = &image.manifest;
    assert_eq!(manifest.files.len(), content.files.0.len());
    for file in &manifest.files {
        let bytes = content.files.get(file.name).unwrap();
        assert_eq!((file.size, &file.sha256), (bytes.len(), &hex(&sha256(bytes))), "{}", file.name);
    }
    assert_eq!(manifest.numbers_digest, hex(&numbers_digest(&content.document_number, content.status_index)));
    assert!(!decrypt(&desk.at("kit/approver.key.pem")).unwrap().status.success(), "another's key opens nothing");
}
