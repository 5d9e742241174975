//! `ektp signer serve` and `ektp signer stop`: two processes, one socket.

use crate::contract::{check, ektp};
use ektp::crypto::scp03::ChipSerial;
use ektp::pki::key_service::{KeyService, LocalKeys, RemoteKeys};
use ektp::pki::sample::Kit;
use ektp::world::{Clock, SystemClock};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

fn serve(socket: &Path, state: &Path) -> Child {
    serve_with(socket, state, &[])
}

fn serve_with(socket: &Path, state: &Path, more: &[&str]) -> Child {
    let args = ["--json", "signer", "serve", "--socket", socket.to_str().unwrap(), "--state", state.to_str().unwrap()];
    let mut child = Command::new(env!("CARGO_BIN_EXE_ektp")).args(args).args(more).stdout(Stdio::piped()).spawn().unwrap();
    let up = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        std::os::unix::net::UnixStream::connect(socket).is_ok()
    });
    if !up {
        child.kill().unwrap();
        child.wait().unwrap();
        panic!("the service does not come up");
    }
    child
}

#[test]
fn a_station_asks_another_process_until_it_is_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let (socket, state) = (dir.path().join("s"), dir.path().join("state"));
    let child = serve(&socket, &state);
    let mut keys =
        LocalKeys { transport: Kit::transport_keys(), scp03_master: Kit::scp03_master(), proof_master: Kit::proof_master() };
    let chip = ChipSerial([7; 10]);
    assert_eq!(RemoteKeys::new(&socket).put_key_data(chip).unwrap(), keys.put_key_data(chip).unwrap());
    for private in [&socket, &state.join("register.db"), &state, &state.join("kit")] {
        assert_eq!(std::fs::metadata(private).unwrap().permissions().mode() & 0o077, 0, "{}", private.display());
    }
    let at = socket.to_str().unwrap();
    ektp(&["signer", "serve", "--socket", at, "--state", state.to_str().unwrap()]).refused(12, "in-use");
    // Neither a second service over the same register, nor a second register behind the same socket.
    let (second, elsewhere) = (dir.path().join("s2"), dir.path().join("state2"));
    let other = ektp(&["signer", "serve", "--socket", second.to_str().unwrap(), "--state", state.to_str().unwrap()]);
    other.refused(12, "in-use");
    assert!(!second.exists());
    ektp(&["signer", "serve", "--socket", at, "--state", elsewhere.to_str().unwrap()]).refused(12, "in-use");
    ektp(&["signer", "stop", "--socket", at]).yes();
    let output = child.wait_with_output().unwrap();
    let run = check(output.status.code().unwrap(), &String::from_utf8(output.stdout).unwrap());
    assert_eq!(run.yes().data()["questions"], 1);
    let name = run.data()["certificate"].clone();
    ektp(&["signer", "stop", "--socket", at]).refused(50, "key-store-unavailable");

    // The register and the key are the same after a restart.
    let child = serve(&socket, &state);
    ektp(&["signer", "stop", "--socket", at]).yes();
    let output = child.wait_with_output().unwrap();
    let run = check(output.status.code().unwrap(), &String::from_utf8(output.stdout).unwrap());
    assert_eq!(run.yes().data()["certificate"], name);
}

/// Ends a service and hears its answer.
fn ends(child: Child, end: impl FnOnce(&Child)) -> crate::contract::Run {
    end(&child);
    let output = child.wait_with_output().unwrap();
    check(output.status.code().unwrap_or(-1), &String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_signal_ends_a_service_as_stop_does() {
    let dir = tempfile::tempdir().unwrap();
    let (socket, state) = (dir.path().join("s"), dir.path().join("state"));
    for signal in ["-TERM", "-INT", "-HUP"] {
        let child = serve(&socket, &state);
        RemoteKeys::new(&socket).put_key_data(ChipSerial([7; 10])).unwrap();
        // A station that is connected and asks nothing holds nothing up.
        let _idle = std::os::unix::net::UnixStream::connect(&socket).unwrap();
        let at = std::time::Instant::now();
        let run = ends(child, |child| {
            assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        });
        assert_eq!(run.yes().data()["questions"], 1, "{signal}");
        assert!(at.elapsed() < Duration::from_secs(20), "{:?}", at.elapsed());
        assert!(!socket.exists(), "{signal}");
    }
}

#[test]
fn a_service_may_end_with_its_standard_input() {
    let dir = tempfile::tempdir().unwrap();
    let (socket, state) = (dir.path().join("s"), dir.path().join("state"));
    let args =
        ["--json", "signer", "serve", "--until-eof", "--socket", socket.to_str().unwrap(), "--state", state.to_str().unwrap()];
    let mut command = Command::new(env!("CARGO_BIN_EXE_ektp"));
    let mut child = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let up = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        std::os::unix::net::UnixStream::connect(&socket).is_ok()
    });
    assert!(up);
    drop(child.stdin.take());
    let run = ends(child, |_| ());
    assert_eq!(run.yes().data()["questions"], 0);
    assert!(!socket.exists());
}

#[test]
fn folders_that_cannot_be_used_are_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, b"x").unwrap();
    let (file, state) = (file.to_str().unwrap(), dir.path().join("state"));
    ektp(&["signer", "serve", "--socket", "/nonexistent/s", "--state", file]).refused(12, "output-exists");
    let state = state.to_str().unwrap();
    ektp(&["signer", "serve", "--socket", "/nonexistent/s", "--state", state]).refused(10, "file-unreadable");
}

/// A production country in a folder: document signer, trust store and keys towards chips, each with its passphrase.
fn country(dir: &Path) {
    let here = format!("{}/", dir.display());
    std::fs::write(dir.join("pass"), "correct horse\n").unwrap();
    std::fs::write(dir.join("chip-pass"), "battery staple\n").unwrap();
    std::fs::write(dir.join("vendor"), format!("{}\n", "0123456789ABCDEF".repeat(6))).unwrap();
    let today = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let plan = format!("--crl-url http://x.invalid/crl --from {today} --days 3700 --organization Min");
    for line in [
        "key --key @csca.key --passphrase file:@pass".to_owned(),
        "key --key @ds.key --passphrase file:@pass".to_owned(),
        format!("csca --key @csca.key --passphrase file:@pass --name CSCA --key-days 1500 {plan} --out @csca.pem"),
        "request --key @ds.key --passphrase file:@pass --organization Min --name DS --out @ds.csr".to_owned(),
        format!(
            "ds --ca @csca.pem --key @csca.key --passphrase file:@pass --request @ds.csr --key-days 90 {} --out @ds.pem",
            plan.replace(" --organization Min", "")
        ),
        "trust-new @trust --kind production".to_owned(),
        "trust-add @trust @csca.pem --as csca".to_owned(),
        "chip-key --kind transport --value file:@vendor --passphrase file:@chip-pass --out @transport".to_owned(),
        "chip-key --kind scp03-master --passphrase file:@chip-pass --out @scp03".to_owned(),
        "chip-key --kind proof-master --passphrase file:@chip-pass --out @proof".to_owned(),
    ] {
        let line = format!("pki {line}").replace('@', &here);
        ektp(&line.split_whitespace().collect::<Vec<_>>()).yes();
    }
}

const REAL: &str = "--key @ds.key --cert @ds.pem --passphrase file:@pass --trust @trust --transport @transport \
                    --scp03-master @scp03 --proof-master @proof --chip-passphrase file:@chip-pass --name signer-1";

#[test]
fn a_signer_of_real_keys_starts_with_all_of_them_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    country(dir.path());
    let here = format!("{}/", dir.path().display());
    let (socket, state) = (dir.path().join("s"), dir.path().join("state"));
    let words = |line: &str| line.replace('@', &here).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let refused = |line: &str| {
        let line = words(&format!("signer serve --socket @s --state @state {line}"));
        ektp(&line.iter().map(String::as_str).collect::<Vec<_>>())
    };
    refused(&REAL.replace("file:@pass", "file:@chip-pass")).refused(50, "login-needed");
    refused(&REAL.replace("file:@chip-pass", "file:@pass")).refused(50, "login-needed");
    refused(&REAL.replace("@ds.key", "@none")).refused(50, "key-missing");
    refused(&REAL.replace("@proof ", "@none ")).refused(50, "key-missing");
    refused(&REAL.replace("@proof ", "@scp03 ")).refused(10, "input-invalid");
    refused(&REAL.replace("--cert @ds.pem", "--cert @csca.pem")).refused(10, "input-invalid");
    refused(&REAL.replace("--trust @trust", "")).refused(2, "usage");
    refused(&REAL.replace("--scp03-master @scp03", "")).refused(2, "usage");

    let real = words(REAL);
    let child = serve_with(&socket, &state, &real.iter().map(String::as_str).collect::<Vec<_>>());
    let chip = ChipSerial([7; 10]);
    let theirs = RemoteKeys::new(&socket).put_key_data(chip).unwrap();
    let mut sample =
        LocalKeys { transport: Kit::transport_keys(), scp03_master: Kit::scp03_master(), proof_master: Kit::proof_master() };
    assert_ne!(theirs, sample.put_key_data(chip).unwrap(), "no sample key serves here");
    ektp(&["signer", "stop", "--socket", socket.to_str().unwrap()]).yes();
    let output = child.wait_with_output().unwrap();
    let run = check(output.status.code().unwrap(), &String::from_utf8(output.stdout).unwrap());
    assert_eq!((&run.yes().data()["name"], &run.events[0]["keys"]), (&"signer-1".into(), &"production".into()));
}

#[test]
fn sample_keys_do_not_serve_a_production_store() {
    let dir = tempfile::tempdir().unwrap();
    country(dir.path());
    let here = format!("{}/", dir.path().display());
    let ektp_at = |line: &str| ektp(&line.replace('@', &here).split_whitespace().collect::<Vec<_>>());
    std::fs::write(dir.path().join("vendor"), "404142434445464748494A4B4C4D4E4F".repeat(3)).unwrap();
    let sample = "pki chip-key --kind transport --value file:@vendor --passphrase file:@chip-pass --out @sample-transport";
    assert_eq!(ektp_at(sample).yes().data()["sample"], true);
    let serve = format!("signer serve --socket @s --state @state {REAL}");
    ektp_at(&serve.replace("@transport", "@sample-transport")).refused(44, "sample-key");
    ektp_at("pki sample-kit @kit").yes();
    std::fs::write(dir.path().join("pass"), "sample\n").unwrap();
    ektp_at(&serve.replace("@ds.key", "@kit/ds.key.pem").replace("@ds.pem", "@kit/ds.cert.pem")).refused(44, "sample-key");
    std::fs::write(dir.path().join("vendor"), "404142").unwrap();
    ektp_at(&sample.replace("@sample-transport", "@other")).refused(10, "input-invalid");
    ektp_at("pki chip-key --kind transport --passphrase file:@chip-pass --out @other").refused(2, "usage");
}
