//! `ektp chip new` and `ektp chip serve`.

use crate::contract::{check, ektp};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};

#[test]
fn a_blank_is_made_once_and_served_until_the_reader_leaves() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("chip.state");
    let state = state.to_str().unwrap();
    let made = ektp(&["chip", "new", "--state", state, "--serial", "000102030405060708ff", "--profile", "ektp-8k"]);
    assert_eq!(made.yes().data()["serial"], "000102030405060708FF");
    assert_eq!(made.data()["capacity"], 8192);
    ektp(&["chip", "new", "--state", state]).refused(12, "output-exists");

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let serve = ["--json", "chip", "serve", "--state", state, "--port", &port];
    let child = Command::new(env!("CARGO_BIN_EXE_ektp")).args(serve).stdout(Stdio::piped()).spawn().unwrap();
    let (mut reader, _) = listener.accept().unwrap();
    ektp(&["chip", "serve", "--state", state, "--port", &port]).refused(12, "in-use");
    reader.write_all(&[0, 1, 1]).unwrap();
    reader.write_all(&[0, 13, 0x00, 0xA4, 0x04, 0x0C, 8, 0xA0, 0, 0, 1, 0x51, 0, 0, 0]).unwrap();
    let mut answer = [0; 4];
    reader.read_exact(&mut answer).unwrap();
    assert_eq!(answer, [0, 2, 0x90, 0x00]);
    drop(reader);
    let output = child.wait_with_output().unwrap();
    let run = check(output.status.code().unwrap(), &String::from_utf8(output.stdout).unwrap());
    assert_eq!(run.yes().data()["apdus"], 1);
    assert_eq!(run.data()["state"], "blank");
}

#[test]
fn wrong_options_and_files_are_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("chip.state");
    let state = state.to_str().unwrap();
    ektp(&["chip", "new", "--state", state, "--serial", "12"]).refused(2, "usage");
    ektp(&["chip", "new", "--state", state, "--profile", "other"]).refused(10, "profile-invalid");
    ektp(&["chip", "serve", "--state", state, "--port", "1", "--latency", "fast"]).refused(2, "usage");
    ektp(&["chip", "serve", "--state", state, "--port", "1"]).refused(10, "file-unreadable");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left beside a chip that is not there");
    std::fs::write(state, b"something else").unwrap();
    ektp(&["chip", "serve", "--state", state, "--port", "1"]).refused(10, "input-invalid");
}
