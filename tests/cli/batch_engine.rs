//! `ektp batch run` with the station's own engine: over a socket and over real PC/SC readers, killed at random instants, at two stations.

use crate::bureau::{Bureau, lay, serial_blank};
use crate::contract::{Run, check};
use crate::private_pcscd::inside;
use crate::refusals::country::Country;
use crate::refusals::offices::{self, desk};
use crate::refusals::place::Place;
use ektp::chip::port::pcsc::Readers;
use ektp::crypto::hash::sha256;
use ektp::crypto::scp03::ChipSerial;
use ektp::issuance::store::{self, Office, Word};
use ektp::perso::journal::{Journal, Ledger as _};
use ektp::softchip::{SharedChip, State};
use ektp::world::DangerousSeededEntropy;
use rand_core::Rng as _;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Prints and checks, and says so.
const PRINTER: &str = "#!/bin/sh\necho \"$1 $2\"\n";
/// How often a killed batch is begun anew.
const KILLS: usize = 24;

/// A regency's bureau: a batch of cards with their images, and chips to make them of.
pub struct Line {
    pub place: Place,
    pub chips: Vec<(ChipSerial, PathBuf)>,
    cards: usize,
}

impl Line {
    /// So many cards, and as many blanks for each of these stations.
    pub fn new(cards: u32, stations: &[&str]) -> Self {
        Self::in_place(Place::of(Bureau::new()), cards, stations)
    }

    /// The same beside the smart card service of the environment.
    fn at_readers(cards: u32, stations: &[&str]) -> Self {
        Self::in_place(Place::of(Bureau::new()).beside_a_service(), cards, stations)
    }

    fn in_place(place: Place, cards: u32, stations: &[&str]) -> Self {
        offices::furnish(&place);
        place.write("printer", PRINTER);
        std::fs::set_permissions(place.at("printer"), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let mut line = Self { place, chips: Vec::new(), cards: cards as usize };
        line.authorize(cards);
        for (at, station) in (0u8..).zip(stations) {
            line.station(station, at, u8::try_from(cards).unwrap());
        }
        let all: Vec<String> = (1..=cards).map(|n| format!("a{n}")).collect();
        line.done(&format!("batch create {} --batch b1 --type ektp-8k", all.join(" ")), "personalizer", None);
        line.done("batch approve --batch b1", "approver", None);
        line
    }

    /// Applications whose cards have images, as the centre leaves them.
    fn authorize(&self, cards: u32) {
        std::fs::create_dir(self.place.at("images")).unwrap();
        let mut country = Country::of(&self.place);
        for n in 1..=cards {
            let built = self.place.bureau().renumbered();
            let number = built.numbers.document_number.clone();
            let image = self.place.bureau().image(&built, &format!("a{n}"));
            let manifest = sha256(&std::fs::read(format!("{image}/manifest.json")).unwrap());
            std::fs::rename(image, self.place.at(&format!("images/a{n}.1"))).unwrap();
            let procedure = ("regular-citizen-office", "31.71.01");
            country.authorized(n, procedure, (&format!("C-{number}"), &number), Some(manifest));
        }
    }

    /// An open shift at a station, with blanks.
    fn station(&mut self, name: &str, at: u8, blanks: u8) {
        let mut serials = Vec::new();
        for n in 0..blanks {
            let serial = ChipSerial([0xE0 + at, n, 1, 2, 3, 4, 5, 6, 7, 8]);
            let state = self.place.at(&format!("{serial}.state"));
            let chip = format!("chip new --state @{serial}.state --profile ektp-8k --serial {serial}");
            self.place.run(&chip).yes();
            self.chips.push((serial, state));
            serials.push(serial.to_string());
        }
        let list = serials.join(" ");
        self.done(&format!("blank receive {list} --type ektp-8k"), "courier", None);
        self.done(&format!("shift open --shift h-{name} --station {name} --operator personalizer"), "personalizer", None);
        self.done(&format!("shift supply {list} --station {name}"), "courier", Some("personalizer"));
    }

    fn done(&self, line: &str, first: &str, second: Option<&str>) -> Run {
        let run = self.place.run(&format!("{line} {}", desk("31.71", first, second)));
        run.yes();
        run
    }

    /// The words of a run at a station.
    fn run_line(&self, verb: &str, station: &str, reader: &str) -> String {
        let engine = "--kit @kit --images @images --maker @printer";
        format!("batch {verb} --batch b1 --station {station} {engine} --reader {reader} {}", desk("31.71", "personalizer", None))
    }

    /// A run, about to begin; a reader's name may have blanks.
    pub fn command(&self, verb: &str, station: &str, reader: &str, more: &[&str]) -> Command {
        let mut command = self.place.command(&self.run_line(verb, station, "READER"));
        let words: Vec<_> =
            command.get_args().map(|word| if word == "READER" { reader.into() } else { word.to_owned() }).collect();
        let mut again = Command::new(command.get_program());
        again.args(words).args(more);
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => again.env(name, value),
                None => again.env_remove(name),
            };
        }
        command = again;
        command
    }

    pub fn run(&self, verb: &str, station: &str, reader: &str, more: &[&str]) -> Run {
        let output = self.command(verb, station, reader, more).stdin(Stdio::null()).output().unwrap();
        check(output.status.code().unwrap_or(-1), &String::from_utf8(output.stdout).unwrap())
    }

    pub fn journal(&self, station: &str) -> Journal {
        let place = store::Place::File(self.place.at("issuance.db"));
        let (office, station) = (Office::parse("31.71").unwrap(), Word::parse(station).unwrap());
        place.journal(&offices::store_key(), &office, &station).unwrap()
    }

    /// Every card was made once, of a chip of its own, and the books balance: the closed batch.
    pub fn whole(&self) -> Run {
        let journal = self.journal("looker");
        let jobs = journal.jobs(100).unwrap();
        assert_eq!(jobs.len(), self.cards, "one job a card");
        assert!(jobs.iter().all(|job| job.state.name() == "ISSUED"), "{jobs:?}");
        let chips: BTreeSet<_> = jobs.iter().filter_map(|job| job.chip).collect();
        assert_eq!(chips.len(), self.cards, "one chip a card");
        let trust = self.place.bureau().kit.trust_store().unwrap();
        assert_eq!(journal.verify_chain(Some(&trust)), Ok(self.cards as u64), "one receipt a card");
        let locked = self.chips.iter().filter(|(_, state)| chip_state(state) == State::Locked).count();
        let blank = self.chips.iter().filter(|(_, state)| chip_state(state) == State::Blank).count();
        assert_eq!((locked, blank), (self.cards, self.chips.len() - self.cards), "no chip was touched in vain");
        let closed = self.done("batch close --batch b1 --out @result.csv", "personalizer", Some("regency-supervisor"));
        let books = &closed.data()["books"];
        assert_eq!((&books["made"], &books["in-process"], &books["spoiled"]), (&self.cards.into(), &0.into(), &0.into()));
        for row in closed.data()["rows"].as_array().unwrap() {
            assert_eq!((&row["result"], &row["blank"]), (&"issued".into(), &row["chip"]), "the chip is the blank that was taken");
            let job = jobs.iter().find(|job| row["card"] == job.id.as_str()).unwrap();
            assert_eq!(row["status_index"], job.status_index);
            let sod = ektp::verify::hex::encode(&sha256(job.sod.as_ref().unwrap()));
            assert_eq!((&row["number"], &row["sod"]), (&job.document_number.clone().into(), &sod.into()));
        }
        self.place.run("audit verify @issuance.db").yes();
        closed
    }
}

fn chip_state(state: &std::path::Path) -> State {
    ektp::softchip::SoftChip::restore(&std::fs::read(state).unwrap(), DangerousSeededEntropy::new(1)).unwrap().state()
}

/// Lays the chips of a station on its virtual reader, one after the other: each until its card is issued, as a feeder does that lets no card go
/// that is held. A chip's process ends with its input, its memory whole.
struct Feeder {
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Feeder {
    fn at(line: &Line, chips: &[(ChipSerial, PathBuf)], (port, reader): (&str, &'static str)) -> Self {
        let port: u16 = std::env::var(port).unwrap().parse().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, chips, journal) = (stop.clone(), chips.to_vec(), line.journal("feeder"));
        let thread = std::thread::spawn(move || {
            for (serial, state) in chips {
                while !stopped.load(Ordering::Relaxed) && !is_done(&journal, serial) {
                    let mut served = serve(&state, port);
                    // What the reader does not see, as it may after its user was killed in the middle of a word, is laid there again.
                    while sees(reader, true) && !stopped.load(Ordering::Relaxed) && !is_done(&journal, serial) {
                        std::thread::sleep(Duration::from_millis(20));
                    }
                    drop(served.stdin.take());
                    served.wait().unwrap();
                    sees(reader, false);
                }
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

/// Whether the reader comes to see a card, or none, while one waits.
fn sees(reader: &str, card: bool) -> bool {
    let readers = Readers::open().unwrap();
    let found = readers.list().unwrap().into_iter().find(|found| found.name == reader).unwrap();
    found.card == card || readers.wait(&found, card, Duration::from_secs(3)).is_ok()
}

impl Drop for Feeder {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.thread.take().map(std::thread::JoinHandle::join);
    }
}

pub fn is_done(journal: &Journal, chip: ChipSerial) -> bool {
    let job = journal.holder(chip).ok().flatten().and_then(|id| journal.job(&id).ok());
    job.is_some_and(|job| job.state.is_final())
}

fn serve(state: &std::path::Path, port: u16) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ektp"));
    command.args(["--json", "chip", "serve", "--until-eof", "--port", &port.to_string(), "--state"]).arg(state);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn cards_of_a_batch_are_made_in_process_one_blank_after_the_other() {
    let line = Line::new(1, &["enc-1"]);
    let serial = line.chips[0].0;
    let chip: SharedChip = serial_blank(serial.0, 7);
    let reader = line.place.at("reader");
    // No card, and nobody who would lay one: nothing is begun.
    let absent = line.run("run", "enc-1", &format!("unix:{}", reader.display()), &["--wait", "0"]);
    absent.refused(20, "no-reader");
    assert_eq!(absent.data()["stopped"], "down");
    let at = lay(&serial_blank([9; 10], 9), line.place.at("another"));
    let other = line.run("run", "enc-1", &at, &["--wait", "0"]);
    other.refused(75, "partly-done");
    assert_eq!((&other.data()["stopped"], &other.data()["issued"]), (&"no-blank".into(), &0.into()), "not the shift's blank");
    assert!(other.events.iter().any(|e| e["event"] == "lay" || e["blank"].is_null()), "{:?}", other.events);
    let at = lay(&chip, reader);
    let ran = line.run("resume", "enc-1", &at, &[]);
    ran.yes();
    let told: Vec<_> = ran.events.iter().filter_map(|e| e["state"].as_str()).collect();
    assert_eq!((told.first(), told.last()), (Some(&"RESERVED"), Some(&"ISSUED")));
    let stages: Vec<_> = ran.events.iter().filter(|e| e["became"] == "done").filter_map(|e| e["stage"].as_str()).collect();
    assert_eq!(stages, ["encode", "print", "check"]);
    assert_eq!(ran.data()["found"], serde_json::json!({"finished": 0, "begun": 0}));
    assert_eq!(chip.lock().unwrap().state(), State::Locked);
    assert!(!line.place.at("images/a1.1/files.cms").exists(), "the sealed files have done their duty");
    let again = line.run("resume", "enc-1", &at, &[]);
    assert_eq!(again.yes().data()["found"], serde_json::json!({"finished": 1, "begun": 0}));
    std::fs::write(&line.chips[0].1, chip.lock().unwrap().save()).unwrap();
    let closed = line.whole();
    traced(&line, serial, &closed.data()["rows"][0]);
}

/// The serial of the chip tells the life of card and person, with the chip and its receipt; once the shift that it lay in is closed.
fn traced(line: &Line, serial: ChipSerial, row: &serde_json::Value) {
    let trace = |id: &str| line.place.run(&format!("trace {id} {}", offices::STORE));
    let typed = serial.to_string().to_lowercase();
    let kinds = |told: &Run| -> Vec<String> {
        told.yes().data()["things"].as_array().unwrap().iter().map(|thing| thing["kind"].as_str().unwrap().to_owned()).collect()
    };
    let open = trace(&typed);
    assert_eq!((kinds(&open), &open.data()["open_shift"]), (vec!["blank".to_owned()], &"h-enc-1".into()));
    assert_eq!(open.data()["events"].as_array().unwrap().len(), 1, "that it came in");
    line.done("shift close --shift h-enc-1", "personalizer", Some("regency-supervisor"));
    let told = trace(&typed);
    assert_eq!(kinds(&told), ["application", "card", "blank", "batch"]);
    assert_eq!(told.data(), trace(row["card"].as_str().unwrap()).data(), "the card's life");
    let events = told.data()["events"].as_array().unwrap();
    let of = |step: &str| events.iter().find(|event| event["kind"] == "card" && event["step"] == step).unwrap();
    assert_eq!((&of("encode")["chip"], &of("encode")["chip_receipt"]), (&serial.to_string().into(), &serde_json::Value::Null));
    assert_eq!((&of("finish-encoding")["chip_receipt"], of("encode")["id"].as_str()), (&row["receipt"], row["card"].as_str()));
}

#[test]
fn a_station_that_encodes_alone_leaves_the_rest_to_a_printer_elsewhere() {
    let line = Line::new(1, &["enc-1", "print-1"]);
    let chip: SharedChip = serial_blank(line.chips[0].0.0, 7);
    let at = lay(&chip, line.place.at("reader"));
    let alone = "--kit @kit --images @images";
    let desk = desk("31.71", "personalizer", None);
    let ran = line.place.run(&format!("batch run --batch b1 --station enc-1 {alone} --reader {at} {desk}"));
    ran.refused(75, "partly-done");
    assert_eq!((&ran.data()["waiting"], &ran.data()["stopped"]), (&1.into(), &"done".into()));
    let printed = line.place.run(&format!("batch run --batch b1 --station print-1 --maker @printer {desk}"));
    assert_eq!(printed.yes().data()["found"], serde_json::json!({"finished": 0, "begun": 1}));
    std::fs::write(&line.chips[0].1, chip.lock().unwrap().save()).unwrap();
    line.whole();
}

#[test]
fn what_is_wrong_with_the_station_stops_it_and_no_card_is_blamed() {
    let line = Line::new(4, &["enc-1"]);
    let chip: SharedChip = serial_blank(line.chips[0].0.0, 7);
    let at = lay(&chip, line.place.at("reader"));
    let socket = line.place.at("no-signer").display().to_string();
    let down = line.run("run", "enc-1", &at, &["--mode", "online", "--signer", &socket]);
    down.refused(50, "key-store-unavailable");
    let stopped = serde_json::json!([0, 0, 1, "down"]);
    let said = |run: &Run| serde_json::json!(["issued", "failed", "waiting", "stopped"].map(|name| run.data()[name].clone()));
    assert_eq!(said(&down), stopped, "the first card waits, the others are not tried");
    let store = store::Place::File(line.place.at("issuance.db"));
    let held = store.hold(&Office::parse("31.71").unwrap(), &Word::parse("enc-1").unwrap()).unwrap().unwrap();
    line.run("run", "enc-1", &at, &[]).refused(12, "in-use");
    drop(held);
    std::fs::rename(line.place.at("kit/qc-is.cvcert"), line.place.at("kit/qc")).unwrap();
    let blind = line.run("run", "enc-1", &at, &[]);
    blind.refused(28, "terminal-not-accepted");
    assert_eq!(said(&blind), stopped);
    line.run("run", "enc-1", "station:none", &[]).refused(20, "station-unknown");
    line.run("run", "enc-1", "port:00-00", &[]).refused(20, "service-down");
    assert_eq!(chip.lock().unwrap().state(), State::Blank, "and no chip was touched");
    // The image of the third is gone: that card waits, and the others are not held up by it.
    std::fs::rename(line.place.at("kit/qc"), line.place.at("kit/qc-is.cvcert")).unwrap();
    std::fs::rename(line.place.at("images/a1.1"), line.place.at("images/hidden")).unwrap();
    let ran = line.run("run", "enc-1", &at, &["--wait", "0"]);
    ran.refused(75, "partly-done");
    let waits = ran.events.iter().find(|e| e["became"] == "waits").unwrap();
    assert_eq!((&waits["stage"], &waits["reason"]), (&"encode".into(), &"file-unreadable".into()));
}

/// Lets a run speak to its chips for a while, then kills it; whether it was killed before it ended.
fn kill_within(mut command: Command, wait: Duration) -> bool {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    if lines.by_ref().any(|line| line.contains("\"event\"")) {
        std::thread::sleep(wait);
    }
    child.kill().unwrap();
    child.wait().unwrap().signal() == Some(9)
}

#[test]
fn a_batch_that_is_killed_at_random_instants_loses_no_card_and_makes_none_twice() {
    if !inside("batch_engine::a_batch_that_is_killed_at_random_instants_loses_no_card_and_makes_none_twice", &[]) {
        return;
    }
    let line = Line::at_readers(6, &["enc-1"]);
    let reader = "Virtual PCD 00 00";
    let feeder = Feeder::at(&line, &line.chips, ("VPCD_PORT", reader));
    let mut random = DangerousSeededEntropy::new(KILLS as u64);
    let mut kills = 0;
    while kills < KILLS {
        let wait = Duration::from_micros(u64::from(random.next_u32() % 700_000));
        let verb = if kills == 0 { "run" } else { "resume" };
        if !kill_within(line.command(verb, "enc-1", reader, &["--wait", "20"]), wait) {
            break;
        }
        kills += 1;
    }
    // At once, whatever the lease says: it is the same station, and nobody else is at work under its name.
    let began = Instant::now();
    let last = line.run("resume", "enc-1", reader, &["--wait", "20", "--lease", "86400"]);
    last.yes();
    assert!(began.elapsed() < Duration::from_secs(120), "{:?}", began.elapsed());
    let sum = |name: &str| last.data()["found"][name].as_u64().unwrap();
    assert_eq!(sum("finished") + last.data()["issued"].as_u64().unwrap(), 6, "{:?}", last.data());
    println!("kill -9 of batch run: {kills} kills; the last run found {}", last.data()["found"]);
    assert!(kills > 3, "too few kills: {kills}");
    drop(feeder);
    line.whole();
}

#[test]
fn two_stations_at_two_readers_make_each_card_once() {
    if !inside("batch_engine::two_stations_at_two_readers_make_each_card_once", &[]) {
        return;
    }
    let line = Line::at_readers(6, &["enc-1", "enc-2"]);
    let readers = ["Virtual PCD 00 00", "Virtual PCD 00 01"];
    let [one, two] = [("VPCD_PORT", readers[0]), ("VPCD_PORT2", readers[1])];
    let feeders = [(one, 0..6), (two, 6..12)].map(|(at, own)| Feeder::at(&line, &line.chips[own], at));
    let runs = [("enc-1", readers[0]), ("enc-2", readers[1])].map(|(station, reader)| {
        let mut command = line.command("run", station, reader, &["--wait", "20"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap()
    });
    let ended = runs.map(|child| {
        let output = child.wait_with_output().unwrap();
        check(output.status.code().unwrap_or(-1), &String::from_utf8(output.stdout).unwrap())
    });
    let issued: Vec<u64> = ended.iter().map(|run| run.data()["issued"].as_u64().unwrap()).collect();
    println!("two stations at once: {issued:?} cards");
    // Whoever ends first may have seen the other at its last card.
    assert!(issued.iter().all(|n| *n > 0) && issued.iter().sum::<u64>() == 6, "{issued:?}");
    drop(feeders);
    line.whole();
}
