//! `ektp batch run` with the station's own engine, and cards that are pulled off its reader in the middle of a word: before a command is heard,
//! or before its answer is. Each is gone on with, by the next run or as soon as it lies there again; none is made twice.

use crate::batch_engine::{Line, is_done};
use crate::bureau::serial_blank;
use ektp::crypto::scp03::ChipSerial;
use ektp::perso::journal::Journal;
use ektp::softchip::SharedChip;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};

/// A card of the magazine, and what befalls it.
struct Slot {
    serial: ChipSerial,
    chip: SharedChip,
    /// Commands that it was sent.
    heard: usize,
    /// At which of them it is pulled, and whether it does what that says before.
    pull: Option<(usize, bool)>,
}

/// Cards that lie on a reader one after the other, each until it is issued. The first is never pulled; when it is done, the others are pulled
/// once each, spread over as many commands as it took.
struct Magazine {
    slots: Arc<Mutex<Vec<Slot>>>,
    reader: String,
}

impl Magazine {
    fn of(line: &Line) -> Self {
        let slot = |(serial, _): &(ChipSerial, _)| {
            let chip = serial_blank(serial.0, u64::from(serial.0[1]) + 7);
            Slot { serial: *serial, chip, heard: 0, pull: None }
        };
        let slots: Vec<Slot> = line.chips.iter().map(slot).collect();
        let slots = Arc::new(Mutex::new(slots));
        let (path, journal) = (line.place.at("reader"), line.journal("feeder"));
        let (listener, all) = (UnixListener::bind(&path).unwrap(), slots.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut slots = all.lock().unwrap();
                let n = lying(&journal, &mut slots);
                let _ = serve(&mut slots[n], stream);
                slots[n].chip.lock().unwrap().power_off();
            }
        });
        Self { slots, reader: format!("unix:{}", path.display()) }
    }

    /// Writes each chip's memory where the line looks for it, and says at which command of how many each was pulled off.
    fn ends(&self, line: &Line, pulled: &str) {
        let slots = self.slots.lock().unwrap();
        for (slot, (_, state)) in slots.iter().zip(&line.chips) {
            std::fs::write(state, slot.chip.lock().unwrap().save()).unwrap();
        }
        let all = slots[0].heard;
        println!("{pulled}: {} cards pulled, one at every {} commands of {all}", slots.len() - 1, all / slots.len());
        assert!(slots.iter().all(|slot| slot.pull.is_none()), "a card was never pulled");
        assert!(all > 40, "too few commands to be pulled at: {all}");
    }
}

/// The card that lies there: the first that is not issued. As soon as the first is, it is known when to pull the others.
fn lying(journal: &Journal, slots: &mut [Slot]) -> usize {
    let n = slots.iter().position(|slot| !is_done(journal, slot.serial)).unwrap_or(slots.len() - 1);
    let (all, cards) = (slots[0].heard, slots.len());
    if n == 1 && slots[1].heard == 0 {
        for (at, slot) in slots.iter_mut().enumerate().skip(1) {
            slot.pull = Some(((all * at / cards).max(1), at % 2 == 0));
        }
    }
    n
}

/// A card's words with the station, until either hangs up.
fn serve(slot: &mut Slot, mut stream: UnixStream) -> std::io::Result<()> {
    loop {
        let mut length = [0; 2];
        stream.read_exact(&mut length)?;
        let mut frame = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut frame)?;
        let mut chip = slot.chip.lock().unwrap();
        let answer = match frame.as_slice() {
            [1 | 2] => {
                chip.power_on();
                continue;
            }
            [4] => chip.atr(),
            apdu => {
                slot.heard += 1;
                if let Some((_, hears)) = slot.pull.take_if(|(at, _)| *at == slot.heard) {
                    if hears {
                        chip.process(apdu);
                    }
                    return Ok(());
                }
                chip.process(apdu)
            }
        };
        let length = u16::try_from(answer.len()).unwrap();
        stream.write_all(&[&length.to_be_bytes(), &answer[..]].concat())?;
    }
}

#[test]
fn a_card_that_is_pulled_at_any_command_waits_for_the_next_run_and_is_made_once() {
    let cards = 10;
    let line = Line::new(cards, &["enc-1"]);
    let magazine = Magazine::of(&line);
    let (mut runs, mut issued, mut begun) = (0, 0, 0);
    loop {
        let verb = if runs == 0 { "run" } else { "resume" };
        let run = line.run(verb, "enc-1", &magazine.reader, &["--wait", "0"]);
        runs += 1;
        issued += run.data()["issued"].as_u64().unwrap();
        begun += run.data()["found"]["begun"].as_u64().unwrap();
        assert_eq!(run.data()["failed"], 0, "no card and no blank is blamed: {:#}", run.result);
        if run.exit == 0 {
            break;
        }
        run.refused(75, "partly-done");
        assert!(runs < 2 * cards, "{runs} runs, {issued} cards");
    }
    // A run for each card that was pulled, and the last; a card that was pulled before a job was begun is a blank still.
    assert_eq!((issued, runs), (cards.into(), cards));
    println!("{runs} runs, {begun} of the cards that were pulled gone on with, the others blank still");
    assert!(begun + 2 >= (cards - 1).into(), "{begun}");
    magazine.ends(&line, "pulled, then resumed");
    line.whole();
}

#[test]
fn a_card_that_is_laid_back_while_it_is_awaited_is_gone_on_with_at_once() {
    let line = Line::new(5, &["enc-1"]);
    let magazine = Magazine::of(&line);
    let run = line.run("run", "enc-1", &magazine.reader, &["--wait", "20"]);
    assert_eq!((&run.yes().data()["issued"], &run.data()["waiting"]), (&5.into(), &0.into()));
    let is_asked = |event: &&serde_json::Value| event["blank"].is_string() && event["stage"].is_null();
    let asked = run.events.iter().filter(is_asked).count();
    assert!(asked >= 3, "asked for the card that was pulled: {asked}");
    magazine.ends(&line, "pulled and laid back");
    line.whole();
}
