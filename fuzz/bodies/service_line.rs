//! Lines to the signer and key service, through its real socket; and a reply's line as a station reads it.

use super::input::Input;
use super::world::{self, sample};
use ektp::crypto::scp03::KeySet;
use ektp::pki::key_service::{GuardedKeys, LocalKeys};
use ektp::pki::sample::Kit;
use ektp::pki::signer::online::{Ask, Line, Service, listen, serve};
use ektp::pki::signer::{DocumentKey, LocalSigner, Register};
use ektp::world::FixedClock;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let Some(kind) = input.byte() else { return };
    if kind & 1 == 0 {
        let _ = serde_json::from_slice::<Line>(input.0).map(Line::into_answer);
    } else {
        ask(input.0);
    }
}

/// A reply to every line, or the service hangs up.
fn ask(lines: &[u8]) {
    let asks_to_stop = |line: &[u8]| serde_json::from_slice::<Ask>(line).is_ok_and(|ask| format!("{ask:?}").contains("Stop"));
    if lines.split(|b| *b == b'\n').any(asks_to_stop) {
        return;
    }
    let stream = UnixStream::connect(socket()).expect("the service is there");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
    let mut writer = &stream;
    if writer.write_all(lines).and_then(|()| writer.write_all(b"\n")).is_err() {
        return;
    }
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut replies = 0;
    for line in BufReader::new(&stream).lines() {
        let line = line.expect("the service answers in time");
        assert!(serde_json::from_str::<Line>(&line).is_ok(), "a reply is a line");
        replies += 1;
    }
    assert!(replies <= lines.split(|b| *b == b'\n').count(), "one reply a line");
}

/// The service, started once.
fn socket() -> &'static PathBuf {
    static SOCKET: OnceLock<(PathBuf, tempfile::TempDir)> = OnceLock::new();
    &SOCKET
        .get_or_init(|| {
            let dir = tempfile::tempdir().expect("a folder");
            let path = dir.path().join("s");
            let listener = listen(&path).expect("a socket");
            std::thread::spawn(move || serve(&listener, service()));
            (path, dir)
        })
        .0
}

fn service() -> Service {
    let kit = &sample().kit;
    let transport = Kit::transport_keys();
    let keys = LocalKeys {
        transport: KeySet { kvn: transport.kvn, ..transport },
        scp03_master: Kit::scp03_master(),
        proof_master: Kit::proof_master(),
    };
    let signer = LocalSigner {
        name: "signer".into(),
        register: Register::in_memory().expect("memory"),
        key: DocumentKey::Open(Box::new(kit.ds.key.clone())),
        cert: kit.ds.cert.clone(),
        trust: sample().store.clone(),
        keys: Box::new(keys.clone()),
        clock: Box::new(FixedClock(world::now())),
    };
    let guarded = GuardedKeys::new(keys, Register::in_memory().expect("memory"));
    Service { signer: Box::new(signer), keys: Box::new(guarded) }
}
