//! A session signs acts while it lasts, and ends by shift, by idleness and by its officer.

use super::*;
use crate::issuance::Office;
use crate::issuance::officer::tests::{at, key};
use crate::world::FixedClock;
use std::thread::JoinHandle;

struct Held {
    folder: tempfile::TempDir,
    thread: JoinHandle<(u64, Ended)>,
}

impl Held {
    fn new(until: &str, idle: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("s")).unwrap();
        let lasts = Lasts { until: at(until), idle };
        let thread = std::thread::spawn(move || hold(&listener, &key(3), lasts, &FixedClock(at("2026-06-01"))).unwrap());
        Self { folder, thread }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("s")
    }

    fn ended(self) -> (u64, Ended) {
        self.thread.join().unwrap()
    }
}

fn act() -> Act {
    Act::new("application-open", [7; 32], Office::Ministry, at("2026-06-01")).unwrap()
}

const LONG: Duration = Duration::from_secs(600);

#[test]
fn a_session_signs_what_its_key_would_and_ends_with_its_officer() {
    let held = Held::new("2026-06-02", LONG);
    let session = Session::at(&held.socket()).unwrap();
    assert_eq!(session.id(), OfficerId::of(&key(3).public_key()));
    assert!(act().is_signed_by(&key(3).public_key(), &session.sign(&act()).unwrap().into()));
    // What is no question is cut off, and costs the session nothing.
    for nonsense in [&b"hello\n"[..], b"{\"sign\": {}}\n", &vec![b'x'; 1 << 20]] {
        let mut stream = UnixStream::connect(held.socket()).unwrap();
        let _ = stream.write_all(nonsense);
        drop(stream);
    }
    session.sign(&act()).unwrap();
    Session::end(&held.socket()).unwrap();
    let socket = held.socket();
    assert_eq!(held.ended(), (2, Ended::Officer));
    assert_eq!(session.sign(&act()), Err(HandError::SessionEnded));
    assert_eq!(Session::at(&socket).unwrap_err(), HandError::SessionEnded);
}

#[test]
fn a_session_ends_with_the_shift_and_when_nobody_asks() {
    assert_eq!(Held::new("2026-06-01", LONG).ended(), (0, Ended::Shift));
    assert_eq!(Held::new("2026-06-02", Duration::ZERO).ended(), (0, Ended::Idle));
    // Who only looks keeps no session open.
    let held = Held::new("2026-06-02", Duration::from_millis(300));
    let socket = held.socket();
    while Session::at(&socket).is_ok() {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(held.ended(), (0, Ended::Idle));
}

#[test]
fn whatever_answers_otherwise_is_not_a_session() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("s");
    let listener = UnixListener::bind(&socket).unwrap();
    let other = std::thread::spawn(move || {
        for _ in 0..3 {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = read::<Question>(&stream);
            stream.write_all(b"{\"signature\": \"00\"}\n").unwrap();
        }
    });
    assert_eq!(Session::at(&socket).unwrap_err(), HandError::Unavailable);
    assert_eq!(Session::end(&socket).unwrap_err(), HandError::Unavailable);
    let session = Session { socket, id: OfficerId::of(&key(3).public_key()) };
    assert_eq!(session.sign(&act()), Ok(vec![0]), "a signature that does not hold is found when it is checked");
    other.join().unwrap();
}
