//! `kill -9` of the real process at random instants: no card is lost, none is made twice (reliability R4).

use crate::bureau::{Bureau, blank, lay};
use crate::contract::ektp;
use ektp::softchip::State;
use ektp::world::DangerousSeededEntropy;
use rand_core::Rng;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
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

#[test]
fn kill_9_at_random_instants_loses_no_card_and_makes_none_twice() {
    let wanted = std::env::var("EKTP_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let mut random = DangerousSeededEntropy::new(u64::from(wanted));
    let bureau = Bureau::new();
    let (store, kit) = (bureau.path("journal.db"), bureau.path("kit"));
    let (mut kills, mut cards) = (0, 0u8);
    let mut landed = std::collections::BTreeMap::<String, u32>::new();
    while kills < wanted {
        cards += 1;
        let job = format!("job-{cards}");
        let image = bureau.image(&bureau.renumbered(), &job);
        let chip = blank(cards);
        let reader = lay(&chip, bureau.dir.path().join(format!("chip-{cards}")));
        let args = ["perso", "run", &image, "--store", &store, "--reader", &reader, "--kit", &kit];
        let mut runs = 0;
        while kills < wanted && runs < MOST_RUNS {
            runs += 1;
            let wait = Duration::from_micros(u64::from(random.next_u32() % 90_000));
            let Some(told) = kill_within(&args, wait) else { break };
            kills += 1;
            *landed.entry(told).or_insert(0) += 1;
        }
        let issued = ektp(&args);
        assert_eq!(issued.yes().data()["state"], "ISSUED", "card {cards} after {runs} runs");
        assert_eq!(chip.lock().unwrap().state(), State::Locked);
    }
    let status = ektp(&["perso", "status", "--store", &store]);
    let jobs = status.yes().data()["jobs"].as_array().unwrap();
    let chips: std::collections::BTreeSet<&str> = jobs.iter().map(|j| j["chip"].as_str().unwrap()).collect();
    assert_eq!((jobs.len(), chips.len()), (usize::from(cards), usize::from(cards)), "each card once, each chip once");
    assert_eq!(status.data()["receipts"], u64::from(cards), "one receipt a card, the chain unbroken");
    // Every run probes from the start, so early instants are hit most; the late ones must be hit too.
    assert!(wanted < KILLS || ["SIGNED", "PERSONALIZED", "READ_BACK"].iter().all(|s| landed.contains_key(*s)), "{landed:?}");
    println!("kill -9: jobs stood at {landed:?}");
    println!("kill -9: {kills} kills over {cards} cards, 0 lost, 0 made twice");
}
