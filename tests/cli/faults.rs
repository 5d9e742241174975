//! `ektp chip serve --fault`: faults on a virtual reader, told and counted; a personalization that one interrupts is resumed.

use crate::bureau::Bureau;
use crate::contract::{Run, check, ektp};
use crate::private_pcscd::inside;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A chip on a reader, as a process of its own.
struct Served(Child);

impl Served {
    fn start(state: &str, port: &str, more: &[&str]) -> Self {
        let args = ["--json", "chip", "serve", "--state", state, "--port", port];
        let command = Command::new(env!("CARGO_BIN_EXE_ektp")).args(args).args(more).stdout(Stdio::piped()).spawn();
        Self(command.unwrap())
    }

    /// What it said, once it has ended.
    fn ended(mut self) -> Run {
        let mut said = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        check(self.0.wait().unwrap().code().unwrap_or(-1), &said)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn new_chip(bureau: &Bureau, name: &str) -> String {
    let state = bureau.path(name);
    ektp(&["chip", "new", "--state", &state, "--profile", "ektp-8k"]).yes();
    state
}

/// Sends SELECT of the security domain, and hears what comes.
fn select(stream: &mut std::net::TcpStream) -> Option<[u8; 4]> {
    stream.write_all(&[0, 13, 0x00, 0xA4, 0x04, 0x0C, 8, 0xA0, 0, 0, 1, 0x51, 0, 0, 0]).unwrap();
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).ok().map(|()| answer)
}

#[test]
fn faults_strike_at_their_command_and_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    let (state, other) = (at("chip"), at("other"));
    for state in [&state, &other] {
        ektp(&["chip", "new", "--state", state, "--profile", "ektp-8k"]).yes();
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let swapped = format!("swapped@3:{other}");
    let faults = ["--fault", "status@2:6F00", "--fault", &swapped, "--fault", "late-answer@4", "--fault", "no-answer@6"];
    let more = [&faults[..], &["--fault", "removed@90", "--silence", "700"]].concat();
    let served = Served::start(&state, &port, &more);
    let (mut reader, _) = listener.accept().unwrap();
    reader.write_all(&[0, 1, 1]).unwrap();
    assert_eq!(select(&mut reader), Some([0, 2, 0x90, 0x00]));
    assert_eq!(select(&mut reader), Some([0, 2, 0x6F, 0x00]), "the status word that was asked for");
    assert_eq!(select(&mut reader), Some([0, 2, 0x90, 0x00]), "the other chip's answer");
    let before = Instant::now();
    assert_eq!(select(&mut reader), Some([0, 2, 0x90, 0x00]));
    assert!(before.elapsed() >= Duration::from_millis(700), "the answer is late");
    assert_eq!(select(&mut reader), Some([0, 2, 0x90, 0x00]));
    assert_eq!(select(&mut reader), None, "a chip that gives no answer leaves the reader");
    let run = served.ended();
    assert_eq!((&run.yes().data()["apdus"], &run.data()["ended_by"]), (&6.into(), &"chip".into()));
    let struck: Vec<bool> = run.data()["faults"].as_array().unwrap().iter().map(|f| f["struck"].as_bool().unwrap()).collect();
    assert_eq!(struck, [true, true, true, true, false], "the last one's command never came");
    let told: Vec<&str> = run.events.iter().filter_map(|e| e["fault"].as_str()).collect();
    assert_eq!(told, ["status@2:6F00", &swapped, "late-answer@4", "no-answer@6"]);
}

#[test]
fn a_chip_comes_back_after_a_fault_if_it_is_told_to() {
    let bureau = Bureau::new();
    let state = new_chip(&bureau, "chip");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let served = Served::start(&state, &port, &["--fault", "removed@1", "--return-after", "1000"]);
    let (mut reader, _) = listener.accept().unwrap();
    reader.write_all(&[0, 1, 1]).unwrap();
    let left = Instant::now();
    assert_eq!(select(&mut reader), None);
    let (mut reader, _) = listener.accept().unwrap();
    assert!(left.elapsed() >= Duration::from_millis(1_000));
    reader.write_all(&[0, 1, 1]).unwrap();
    assert_eq!(select(&mut reader), Some([0, 2, 0x90, 0x00]));
    drop(reader);
    let run = served.ended();
    assert_eq!((&run.yes().data()["apdus"], &run.data()["ended_by"]), (&2.into(), &"reader".into()));
}

/// In the middle of the files: the card leaves, loses power in a write, and answers a status word that nothing vouches for.
const INTERRUPTIONS: [(&str, &str, &str); 3] = [
    ("removed@25", "PERSO_OPEN", "card-removed"),
    ("torn@25:40", "PERSO_OPEN", "card-removed"),
    ("status@25:6F00", "PERSO_OPEN", "secure-channel-broken"),
];

#[test]
fn a_personalization_that_a_fault_interrupts_is_resumed_on_a_real_pcscd() {
    if !inside("faults::a_personalization_that_a_fault_interrupts_is_resumed_on_a_real_pcscd", &[]) {
        return;
    }
    let port = std::env::var("VPCD_PORT").unwrap();
    let bureau = Bureau::new();
    let kit = bureau.path("kit");
    for (number, (fault, state, reason)) in INTERRUPTIONS.into_iter().enumerate() {
        let job = format!("job-{number}");
        let image = bureau.image(&bureau.renumbered(), &job);
        let (chip, store) = (new_chip(&bureau, &format!("chip-{number}")), bureau.path(&format!("{number}.db")));
        let station = ["--store", &store, "--kit", &kit, "--reader", "port:00-00"];
        let served = Served::start(&chip, &port, &["--fault", fault, "--return-after", "1500"]);
        await_card();
        let stopped = ektp(&[&["perso", "run", &image], &station[..]].concat());
        stopped.refused(if reason == "card-removed" { 21 } else { 24 }, reason);
        assert_eq!((&stopped.data()["state"], &stopped.data()["custody"]), (&state.into(), &"HELD".into()), "{fault}");
        await_card();
        let issued = ektp(&[&["perso", "resume", "--job-id", &job], &station[..]].concat());
        assert_eq!(issued.yes().data()["state"], "ISSUED", "{fault}");
        assert_eq!((&issued.data()["runs"], &issued.data()["chip"]), (&2.into(), &stopped.data()["chip"]), "{fault}");
        drop(served);
        std::thread::sleep(Duration::from_secs(1));
    }
}

#[test]
fn a_reading_outlasts_three_removals_on_a_real_pcscd() {
    if !inside("faults::a_reading_outlasts_three_removals_on_a_real_pcscd", &[]) {
        return;
    }
    let port = std::env::var("VPCD_PORT").unwrap();
    let bureau = Bureau::new();
    let built = bureau.renumbered();
    let (image, chip) = (bureau.image(&built, "job"), new_chip(&bureau, "chip"));
    let (kit, can) = (bureau.path("kit"), bureau.path("can"));
    std::fs::write(&can, built.numbers.can.expose()).unwrap();
    let served = Served::start(&chip, &port, &[]);
    await_card();
    let station = ["--store", &bureau.path("store.db"), "--kit", &kit, "--reader", "port:00-00"];
    ektp(&[&["perso", "run", &image], &station[..]].concat()).yes();
    drop(served);
    // How soon the reader's service sees a card come and go is chance, so more than one reading is taken.
    for reading in 0..4 {
        std::thread::sleep(Duration::from_secs(1));
        let removals = ["--fault", "removed@25", "--fault", "removed@45", "--fault", "removed@65", "--return-after", "1000"];
        let served = Served::start(&chip, &port, &removals);
        await_card();
        let (can, evidence) = (format!("file:{can}"), bureau.path(&format!("evidence-{reading}")));
        let read = ektp(&["read", "--reader", "port:00-00", "--can", &can, "--is-chain", &kit, "--output", &evidence]);
        assert_eq!(read.yes().data()["timing"]["field_lost"], 3, "{reading}");
        drop(served);
    }
}

/// Waits until pcscd shows a card on the first reader.
fn await_card() {
    let shown = || ektp(&["reader", "list"]).data()["readers"][0]["card"] == true;
    // A card that just left stays on pcscd's list until it looks again.
    std::thread::sleep(Duration::from_millis(800));
    assert!(
        (0..100).any(|_| shown() || {
            std::thread::sleep(Duration::from_millis(100));
            false
        }),
        "no card on the reader"
    );
}
