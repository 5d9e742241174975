//! `verify person` end to end: pictures from files and from a sensor against a card whose fingers came from pictures.

use crate::contract::check;
use crate::refusals::cards::Cards;
use crate::refusals::place::Place;
use crate::refusals::stores;
use crate::ridges::pgm;
use ektp::finger::extract::{Classical, Extractor};
use ektp::finger::image;
use ektp::finger::position::FingerPosition::{self, LeftIndex, RightIndex};
use ektp::finger::template::Template;
use ektp::lds::dg13::Dg13;
use ektp::lds::file_id::FileId;
use ektp::lds::fingers::{self, FingerFormat};
use ektp::verify::Evidence;
use std::process::Stdio;

const VERIFY: &str = "verify person @card.json --trust @trust";

fn template(seed: u64, position: FingerPosition) -> Template {
    let image = image::read(&pgm(seed, 24), Some("500".parse().unwrap())).unwrap();
    Classical.extract(&image).unwrap().template(&image, Some(position)).for_chip()
}

/// A card with the right index of picture 1 and the left index of picture 2, in either format of the chip.
fn place(format: FingerFormat) -> Place {
    let (place, cards) = (Place::new(), Cards::citizen());
    place.save(&cards.kit);
    stores::make(&place, &cards.kit);
    let [right, left] = [template(1, RightIndex), template(2, LeftIndex)];
    let file = fingers::build(&[(RightIndex, &right), (LeftIndex, &left)], format).unwrap();
    let files = cards.files(cards.signer(), |files| {
        let mut national = Dg13::parse(files.get(FileId::Dg13).unwrap()).unwrap();
        national.fingers_digest = ektp::crypto::hash::sha256(&file);
        files.insert(FileId::Dg13, national.encode());
        files.insert(FileId::Fingers, file.clone());
    });
    place.write("card.json", cards.evidence(cards.chip(files), None).to_json());
    for (name, seed, count) in [("one.pgm", 1, 24), ("two.pgm", 2, 24), ("stranger.pgm", 3, 24), ("poor.pgm", 1, 3)] {
        place.write(name, pgm(seed, count));
    }
    place
}

#[test]
fn a_picture_of_the_holders_finger_matches_through_either_format_of_the_chip() {
    for format in [FingerFormat::Record, FingerFormat::Compact] {
        let place = place(format);
        let right = place.run(&format!("{VERIFY} --probe @one.pgm --dpi 500 --position right_index"));
        let data = right.yes().data();
        assert_eq!((&data["answer"], &data["band"], &data["finger"]), (&"match".into(), &"clear".into(), &"right_index".into()));
        // Without a name it is held against both.
        let unnamed = place.run(&format!("{VERIFY} --probe @two.pgm --dpi 500"));
        assert_eq!(unnamed.yes().data()["finger"], "left_index");
        let stranger = place.run(&format!("{VERIFY} --probe @stranger.pgm --dpi 500"));
        stranger.refused(30, "person-mismatch");
        assert_eq!(stranger.data()["band"], "clear");
        let other = place.run(&format!("{VERIFY} --probe @one.pgm --dpi 500 --position left_index"));
        other.refused(30, "person-mismatch");
        let not_on_card = place.run(&format!("{VERIFY} --probe @one.pgm --dpi 500 --position right_thumb"));
        not_on_card.refused(3, "finger-not-on-card");
        assert_eq!(not_on_card.data()["on_card"], serde_json::json!(["right_index", "left_index"]));
    }
}

#[test]
fn standard_input_is_a_probe_too() {
    let place = place(FingerFormat::Record);
    let mut command = place.command(&format!("{VERIFY} --probe - --dpi 500"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &pgm(1, 24)).unwrap();
    let output = child.wait_with_output().unwrap();
    check(output.status.code().unwrap(), &String::from_utf8(output.stdout).unwrap()).yes();
}

#[test]
fn a_poor_capture_is_taken_again_and_the_evidence_tells_how_often_but_shows_nobody() {
    let place = place(FingerFormat::Record);
    let out = place.at("compared.json");
    let line = format!("{VERIFY} --output {}", out.display());
    let run = place.run_sensor(&line, "--image @poor.pgm --image @one.pgm --dpi 500 --finger right_index");
    let probe = &run.yes().data()["probe"];
    assert_eq!((&probe["kind"], &probe["attempts"], &probe["dpi"]), (&"image".into(), &2.into(), &"500".into()));
    assert_eq!(probe["device"], serde_json::json!(["ektp", "simulated sensor", "0"]));
    assert_eq!(probe["sha256"], ektp::verify::hex::encode(&ektp::crypto::hash::sha256(&pgm(1, 24))));
    let written = Evidence::from_json(&std::fs::read(&out).unwrap()).unwrap();
    let person = written.person.as_ref().unwrap();
    assert_eq!((person.answer.as_str(), person.probe.attempts), ("match", 2));
    assert!(written.file(FileId::Fingers).is_none(), "the fingers are left out");
    place.write("blank.pgm", [&b"P5\n300 400\n255\n"[..], &[255; 300 * 400]].concat());
    let blank_first = place.run_sensor(VERIFY, "--image @blank.pgm --image @one.pgm --dpi 500 --finger right_index");
    assert_eq!(blank_first.yes().data()["probe"]["attempts"], 2);
    let blank = place.run(&format!("{VERIFY} --probe @blank.pgm --dpi 500"));
    blank.refused(31, "sample-too-poor");
    assert_eq!(blank.data()["retake"], "whole-finger");
    let stays_poor = place.run_sensor(VERIFY, "--image @poor.pgm --dpi 500");
    stays_poor.refused(31, "sample-too-poor");
    assert_eq!(stays_poor.data()["probe"]["attempts"], 3);
    let once = place.run_sensor(&format!("{VERIFY} --attempts 1"), "--image @poor.pgm --image @one.pgm --dpi 500");
    once.refused(31, "sample-too-poor");
}

#[test]
fn a_mismatch_is_not_tried_again() {
    let place = place(FingerFormat::Record);
    let run = place.run_sensor(VERIFY, "--image @stranger.pgm --image @one.pgm --dpi 500");
    run.refused(30, "person-mismatch");
    assert_eq!(run.data()["probe"]["attempts"], 1);
}

#[test]
fn a_sensor_that_takes_another_finger_or_sees_an_artefact_decides_nothing() {
    let place = place(FingerFormat::Record);
    place.run_sensor(VERIFY, "--image @one.pgm --dpi 500 --finger left_index").refused(10, "input-invalid");
    let attack = place.run_sensor(VERIFY, "--image @one.pgm --dpi 500 --attack");
    attack.refused(3, "presentation-attack");
    assert_eq!(attack.data()["probe"]["presentation"], "attack");
}

#[test]
fn a_sensor_that_fails_or_hangs_is_told_and_stopped() {
    let place = place(FingerFormat::Record);
    for (command, patience) in [("false", 60), ("/nonexistent/sensor", 60), ("echo hello", 60), ("sleep 600", 1)] {
        let mut run = place.command(&format!("{VERIFY} --patience {patience}"));
        let output = run.args(["--capture", command]).stdin(Stdio::null()).output().unwrap();
        let run = check(output.status.code().unwrap(), &String::from_utf8(output.stdout).unwrap());
        run.refused(24, "capture-failed");
    }
}

#[test]
fn what_a_sensors_program_started_is_stopped_with_it() {
    let place = place(FingerFormat::Record);
    let (script, started) = (place.at("sensor.sh"), place.at("started"));
    std::fs::write(&script, format!("sleep 600 & echo $! > {}\nsleep 600\n", started.display())).unwrap();
    let mut run = place.command(&format!("{VERIFY} --patience 2"));
    let output = run.args(["--capture", &format!("sh {}", script.display())]).stdin(Stdio::null()).output().unwrap();
    check(output.status.code().unwrap(), &String::from_utf8(output.stdout).unwrap()).refused(24, "capture-failed");
    let child = std::fs::read_to_string(started).unwrap();
    // It is gone, or ended and not yet waited for.
    let state = std::fs::read_to_string(format!("/proc/{}/stat", child.trim())).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z "), "{state}");
}

#[test]
fn an_output_that_is_no_regular_file_stays_what_it_is() {
    let place = place(FingerFormat::Record);
    let pipe = place.at("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for line in [
        "finger extract @one.pgm --dpi 500 -o @pipe",
        "finger extract @one.pgm --dpi 500 -o @template.fmr --picture @pipe",
        "verify person @card.json --trust @trust --probe @one.pgm --dpi 500 --output @pipe",
    ] {
        let run = place.run(line);
        run.refused(10, "file-unreadable");
        assert!(run.result["message"].as_str().unwrap().ends_with("not a regular file"), "{line}: {}", run.result);
        assert!(std::os::unix::fs::FileTypeExt::is_fifo(&std::fs::symlink_metadata(&pipe).unwrap().file_type()), "{line}");
    }
}

#[test]
fn retake_hints_are_told_in_the_holders_language() {
    let place = place(FingerFormat::Record);
    let program = env!("CARGO_BIN_EXE_ektp");
    let at = |name: &str| place.at(name).display().to_string();
    let said = |lang: &str| {
        let sensor = format!("{program} finger sensor --image {} --dpi 500", at("poor.pgm"));
        let args = ["--lang", lang, "verify", "person", &at("card.json"), "--trust", &at("trust"), "--capture", &sensor];
        let output = std::process::Command::new(program).args(args).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let reason = ektp::reason::Reason::SampleTooPoor;
    for (lang, name) in [(ektp::reason::Lang::Id, "id"), (ektp::reason::Lang::En, "en")] {
        assert!(said(name).starts_with(reason.text(lang)), "{}", said(name));
    }
}
