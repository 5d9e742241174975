//! I-09 on the line between offices: paths that lead elsewhere, uploads without an end, and callers who say nothing, or a byte now and then.

use super::http;
use super::{Client, Credentials};
use crate::issuance::centre::tests::world::{POINT, REGENCY};
use crate::issuance::sync::Spool;
use crate::issuance::sync::tests::lines::{Authority, served};
use crate::issuance::sync::tests::world::{morning, roster};
use crate::limits::{SYNC_CHUNK_BYTES, SYNC_CONNECTIONS, SYNC_ITEM_BYTES, SYNC_PARTS};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A proven office that says what no client of ours would.
struct Rude(StreamOwned<ClientConnection, TcpStream>);

impl Rude {
    fn reach(address: &str, credentials: &Credentials) -> Self {
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self(StreamOwned::new(ClientConnection::new(credentials.client().unwrap(), name).unwrap(), stream))
    }

    /// The status of what is answered; none if the line ends.
    fn ask(&mut self, method: &str, path: &str, body: &[u8]) -> Option<u16> {
        http::ask(&mut self.0, (method, path, "localhost"), body).ok()?;
        http::answer(&mut self.0, SYNC_CHUNK_BYTES).ok().map(|answer| answer.status)
    }
}

/// Every file and folder below.
fn below(folder: &Path) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            all.extend(below(&entry.path()));
        }
        all.insert(entry.path().display().to_string());
    }
    all
}

/// A service of the regency, its folder inside another, and an office of its own.
fn with_service(act: impl FnOnce(&Path, &str, &Credentials)) {
    let (ca, outside) = (Authority::new("lines"), tempfile::tempdir().unwrap());
    std::fs::write(outside.path().join("secret"), "somebody's").unwrap();
    let spool = Spool::open(&outside.path().join("spool"), REGENCY).unwrap();
    served(&spool, &ca.office("31.71", &ca), |address| act(outside.path(), address, &ca.office("31.71.01", &ca)));
}

#[test]
fn i09_a_path_that_leads_elsewhere_is_nowhere() {
    with_service(|outside, address, point| {
        let mut rude = Rude::reach(address, point);
        assert_eq!(rude.ask("GET", "/v1/items", b""), Some(200));
        let before = below(outside);
        let zero = "0".repeat(64);
        for path in [
            "/v1/items/../../secret",
            "/v1/items/..%2F..%2Fsecret",
            "/v1/items/%2e%2e/%2e%2e/secret",
            "/v1/items//etc/passwd",
            "/v1/items/..",
            "/../secret",
            "//",
            "*",
        ] {
            for method in ["GET", "DELETE"] {
                let status = rude.ask(method, path, b"");
                assert!(matches!(status, Some(404 | 422)), "{method} {path}: {status:?}");
            }
            let put = path.replace("items", "parts");
            let status = rude.ask("PUT", &format!("{put}?from=0&of=9"), b"somewhere");
            assert!(matches!(status, Some(404 | 422)), "PUT {put}: {status:?}");
        }
        let longer = format!("{zero}/../../x");
        for name in [&zero[1..], &longer, &"G".repeat(64), &format!("{zero}.part"), "secret"] {
            let status = rude.ask("PUT", &format!("/v1/parts/{name}?from=0&of=9"), b"somewhere");
            assert!(matches!(status, Some(404 | 422)), "PUT {name}: {status:?}");
        }
        assert_eq!(below(outside), before, "and nothing was written anywhere");
        assert_eq!(rude.ask("GET", "/v1/items", b""), Some(200), "who asks rightly is answered still");
    });
}

#[test]
fn i09_an_upload_has_an_end_whatever_is_said_of_it() {
    with_service(|outside, address, point| {
        // More in one request than any may have: the line ends before a byte of it is kept.
        let mut rude = Rude::reach(address, point);
        assert_eq!(rude.ask("GET", "/v1/items", b""), Some(200));
        let (sha, before) = ("1".repeat(64), below(outside));
        let head = format!("PUT /v1/parts/{sha}?from=0&of=9 HTTP/1.1\r\nHost: x\r\nContent-Length: 4294967296\r\n\r\n");
        rude.0.write_all(head.as_bytes()).unwrap();
        assert!(http::answer(&mut rude.0, 0).is_err());
        assert_eq!(below(outside), before);
        // An item that is said to be without end is given up where any item ends.
        let mut rude = Rude::reach(address, point);
        let endless = format!("/v1/parts/{sha}?of={}", u64::MAX);
        assert_eq!(rude.ask("PUT", &format!("{endless}&from=0"), b"a"), Some(200));
        let new: Vec<String> = below(outside).difference(&before).filter(|path| path.ends_with(".part")).cloned().collect();
        let [part] = new.as_slice() else { panic!("{new:?}") };
        std::fs::OpenOptions::new().write(true).open(part).unwrap().set_len(SYNC_ITEM_BYTES).unwrap();
        assert_eq!(rude.ask("PUT", &format!("{endless}&from={SYNC_ITEM_BYTES}"), b"a"), Some(422));
        assert!(!Path::new(part).exists(), "and what there was of it is gone");
        // Beginnings of more items than may be under way: the oldest are given up.
        for n in 0..2 * SYNC_PARTS {
            assert_eq!(rude.ask("PUT", &format!("/v1/parts/{n:064x}?from=0&of=9"), b"a"), Some(200), "{n}");
        }
        let parts = below(outside).into_iter().filter(|path| path.ends_with(".part")).count();
        assert_eq!(parts, SYNC_PARTS);
    });
}

#[test]
fn i09_callers_who_are_silent_or_slow_shut_nobody_out() {
    with_service(|_, address, point| {
        let connect = || TcpStream::connect(address).unwrap();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let mut silent: Vec<TcpStream> = (1..SYNC_CONNECTIONS).map(|_| connect()).collect();
            // And one who says a byte of a handshake now and then.
            let (mut slow, stop) = (connect(), &stop);
            let dripping = scope.spawn(move || {
                for byte in [0x16, 3, 1, 2, 0].into_iter().chain(std::iter::repeat_n(1, 2_000)) {
                    if stop.load(Ordering::SeqCst) || slow.write_all(&[byte]).is_err() {
                        break;
                    }
                    std::thread::sleep(Duration::from_millis(20));
                }
            });
            let began = Instant::now();
            let (roster, now) = (roster(), morning());
            // Each is known to have its place by the answer that it got.
            let honest: Vec<Client> = (0..3)
                .map(|_| {
                    let mut client = Client::reach(address, point, POINT).unwrap();
                    client.hello(POINT, None, (&roster, now)).unwrap();
                    client
                })
                .collect();
            assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
            silent[0].set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            assert_eq!(silent[0].read(&mut [0]).unwrap_or(0), 0, "the longest silent gave its place");
            // Strangers who come now take the places of strangers: the offices keep theirs.
            let more: Vec<TcpStream> = (0..SYNC_CONNECTIONS).map(|_| connect()).collect();
            let end = Instant::now() + Duration::from_secs(20);
            while !dripping.is_finished() && Instant::now() < end {
                std::thread::sleep(Duration::from_millis(20));
            }
            assert!(dripping.is_finished(), "a byte now and then keeps no place");
            for mut client in honest {
                client.hello(POINT, None, (&roster, now)).unwrap();
            }
            stop.store(true, Ordering::SeqCst);
            drop((silent, more));
        });
    });
}
