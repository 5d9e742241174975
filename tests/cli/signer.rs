//! `ektp signer serve` and `ektp signer stop`: two processes, one socket.

use crate::contract::{check, ektp};
use ektp::crypto::scp03::ChipSerial;
use ektp::pki::key_service::{KeyService, LocalKeys, RemoteKeys};
use ektp::pki::sample::Kit;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

fn serve(socket: &Path, state: &Path) -> Child {
    let args = ["--json", "signer", "serve", "--socket", socket.to_str().unwrap(), "--state", state.to_str().unwrap()];
    let child = Command::new(env!("CARGO_BIN_EXE_ektp")).args(args).stdout(Stdio::piped()).spawn().unwrap();
    for _ in 0..600 {
        if std::os::unix::net::UnixStream::connect(socket).is_ok() {
            return child;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the service does not come up");
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
    ektp(&["signer", "serve", "--socket", at, "--state", state.to_str().unwrap()]).refused(12, "wrong-state");
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

#[test]
fn folders_that_cannot_be_used_are_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, b"x").unwrap();
    let (file, state) = (file.to_str().unwrap(), dir.path().join("state"));
    ektp(&["signer", "serve", "--socket", "/nonexistent/s", "--state", file]).refused(10, "file-unreadable");
    let state = state.to_str().unwrap();
    ektp(&["signer", "serve", "--socket", "/nonexistent/s", "--state", state]).refused(10, "file-unreadable");
}
