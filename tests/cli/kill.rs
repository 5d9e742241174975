//! `kill -9` of the real process at random instants: no card is lost, none is made twice; and two stations that lack
//! what keeps it so, the journal and the read-back, are caught by the same count.

use crate::bureau::{Bureau, Rot, lay, lay_rotting, serial_blank};
use crate::census::{Ordered, violations};
use crate::contract::{Run, ektp};
use ektp::lds::build::Built;
use ektp::lds::file_id::FileId;
use ektp::softchip::{SharedChip, State};
use ektp::world::DangerousSeededEntropy;
use rand_core::Rng;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Kills that make the proof; `EKTP_KILLS` asks for another number.
const KILLS: u32 = 200;
/// Runs that one card may take.
const MOST_RUNS: u32 = 60;

fn start(args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_ektp"))
        .arg("--json")
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets the process speak to its chip for a while, then kills it. The last state that it told; none if it ended by itself
/// before.
fn kill_within(args: &[&str], wait: Duration) -> Option<String> {
    let mut child = start(args);
    // The first event after `hello` comes when a journal step is durable: from then on every instant counts.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let first = lines.by_ref().find(|line| line.contains("\"event\""));
    if first.is_some() {
        std::thread::sleep(wait);
    }
    child.kill().unwrap();
    // A process that was dead already ended by its exit code, and does not count.
    let killed = child.wait().unwrap().signal() == Some(9);
    let told =
        first.into_iter().chain(lines).filter_map(|line| line.split("\"state\":\"").nth(1)?.split('"').next().map(str::to_owned));
    killed.then(|| told.last().unwrap_or_default())
}

/// A station whose process is killed again and again, and the card that it works on.
struct Station<'a> {
    bureau: &'a Bureau,
    random: DangerousSeededEntropy,
    kills: u32,
    landed: BTreeMap<String, u32>,
}

/// A card before the station has begun with it.
struct Order {
    image: String,
    card: Ordered,
    place: PathBuf,
}

impl<'a> Station<'a> {
    fn new(bureau: &'a Bureau, seed: u32) -> Self {
        Self { bureau, random: DangerousSeededEntropy::new(seed.into()), kills: 0, landed: BTreeMap::new() }
    }

    fn order(&self, number: u32) -> Order {
        let (built, job) = (self.bureau.renumbered(), format!("job-{number}"));
        let (image, chip) = (self.bureau.image(&built, &job), numbered(number));
        Order { image, card: Ordered { job, chip, built }, place: self.bureau.dir.path().join(format!("chip-{number}")) }
    }

    /// Kills runs of this order until one ends by itself or tells that it is done, or until so many kills in all.
    fn torment(&mut self, args: &[&str], kills: u32) -> u32 {
        for run in 1..=MOST_RUNS {
            let wait = Duration::from_micros(u64::from(self.random.next_u32() % 90_000));
            let Some(told) = (if self.kills < kills { kill_within(args, wait) } else { None }) else { return run };
            self.kills += 1;
            *self.landed.entry(told.clone()).or_insert(0) += 1;
            if told == "ISSUED" {
                return run;
            }
        }
        MOST_RUNS
    }

    fn args(&self, image: &str, store: &str, reader: &str) -> Vec<String> {
        ["perso", "run", image, "--store", store, "--reader", reader, "--kit", &self.bureau.path("kit")].map(str::to_owned).into()
    }

    fn violations(&self, store: &str, cards: &[Ordered], spares: &[SharedChip]) -> Vec<String> {
        let own = Path::new(store).with_extension("register");
        let register = if own.exists() { own } else { self.bureau.dir.path().join("kit/signer.register") };
        violations(Path::new(store), &register, &self.bureau.kit.trust_store().unwrap(), cards, spares)
    }
}

fn numbered(number: u32) -> SharedChip {
    let mut serial = [0xC1; 10];
    serial[6..].copy_from_slice(&number.to_be_bytes());
    serial_blank(serial, number.into())
}

fn words(args: &[String]) -> Vec<&str> {
    args.iter().map(String::as_str).collect()
}

fn dg2(built: &Built) -> Vec<u8> {
    built.files.get(FileId::Dg2).unwrap().to_vec()
}

#[test]
fn kill_9_at_random_instants_loses_no_card_and_makes_none_twice() {
    let wanted = std::env::var("EKTP_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let bureau = Bureau::new();
    let mut station = Station::new(&bureau, wanted);
    let store = bureau.path("journal.db");
    let mut cards = Vec::new();
    while station.kills < wanted {
        let order = station.order(u32::try_from(cards.len()).unwrap() + 1);
        let reader = lay(&order.card.chip, order.place);
        let args = station.args(&order.image, &store, &reader);
        let runs = station.torment(&words(&args), wanted);
        let issued = ektp(&words(&args));
        assert_eq!(issued.yes().data()["state"], "ISSUED", "{} after {runs} runs", order.card.job);
        cards.push(order.card);
    }
    // The last job once more, with a blank on the reader: it is done, and the blank stays one.
    let spare = numbered(u32::MAX);
    let (last, reader) =
        (bureau.path(&format!("image-{}", cards.last().unwrap().job)), lay(&spare, bureau.dir.path().join("spare")));
    ektp(&words(&station.args(&last, &store, &reader))).yes();
    assert_eq!(station.violations(&store, &cards, &[spare]), Vec::<String>::new());
    // Every run probes from the start, so early instants are hit most; the late ones must be hit too.
    let landed = &station.landed;
    assert!(wanted < KILLS || ["SIGNED", "PERSONALIZED", "READ_BACK"].iter().all(|s| landed.contains_key(*s)), "{landed:?}");
    println!("kill -9: jobs stood at {landed:?}");
    println!("kill -9: {} kills over {} cards, 0 lost, 0 made twice", station.kills, cards.len());
}

#[test]
fn a_station_without_a_journal_is_caught_by_the_count() {
    let bureau = Bureau::new();
    let mut station = Station::new(&bureau, 1);
    let order = station.order(1);
    let reader = lay(&order.card.chip, order.place);
    // What a run wrote is gone with its process: the next one begins with an empty store and an empty register.
    let args = |station: &Station<'_>, store: &str| {
        let mut args = station.args(&order.image, store, &reader);
        let register = Path::new(store).with_extension("register").display().to_string();
        args.extend(["--keep-image".to_owned(), "--register".to_owned(), register]);
        args
    };
    let store = |run: u32| bureau.path(&format!("journal-{run}.db"));
    for run in 1..MOST_RUNS {
        station.torment(&words(&args(&station, &store(run))), run);
        if order.card.chip.lock().unwrap().state() != State::Blank {
            break;
        }
    }
    ektp(&words(&args(&station, &store(0)))).refused(22, "card-not-blank");
    let wrong = station.violations(&store(0), &[order.card], &[]);
    assert!(wrong.iter().any(|w| w.starts_with("lost: job-1 is AWAIT_CARD")), "{wrong:?}");
    assert!(wrong.iter().any(|w| w.starts_with("one receipt a card")), "{wrong:?}");
}

/// Kills runs of a card whose chip rots after COMMIT, then lets one run: what it said, and what the count says.
fn rotten(unseen: bool) -> (Run, State, Vec<String>) {
    let bureau = Bureau::new();
    let mut station = Station::new(&bureau, 2);
    let (order, store) = (station.order(1), bureau.path("journal.db"));
    let reader = lay_rotting(&order.card.chip, Rot { of: dg2(&order.card.built), unseen }, order.place);
    let args = station.args(&order.image, &store, &reader);
    station.torment(&words(&args), 5);
    let run = ektp(&words(&args));
    let state = order.card.chip.lock().unwrap().state();
    (run, state, station.violations(&store, &[order.card], &[]))
}

#[test]
fn a_station_without_read_back_is_caught_by_the_count() {
    let (honest, state, _) = rotten(false);
    honest.refused(26, "read-back-differs");
    assert_eq!((honest.data()["state"].as_str(), state), (Some("VOID"), State::Terminated), "the bad card is destroyed");
    let (blind, state, wrong) = rotten(true);
    assert_eq!((blind.yes().data()["state"].as_str(), state), (Some("ISSUED"), State::Locked), "what it reads is not the chip");
    assert_eq!(wrong, ["wrong data: the chip of job-1 holds other bytes than were ordered"]);
}
