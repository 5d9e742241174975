//! `finger match`: two templates, a list of pairs, and every way either is refused.

use crate::contract::ektp;
use ektp::finger::position::FingerPosition;
use ektp::finger::template::{Template, encode_record_2005, synthetic};
use std::path::Path;

fn put(dir: &Path, name: &str, template: &Template) -> String {
    let path = dir.join(name);
    std::fs::write(&path, encode_record_2005(template).unwrap()).unwrap();
    path.to_str().unwrap().to_owned()
}

fn finger(seed: u64, minutiae: usize) -> Template {
    synthetic::template(seed, FingerPosition::RightIndex, minutiae)
}

#[test]
fn two_templates_are_told_with_their_score() {
    let dir = tempfile::tempdir().unwrap();
    let a = put(dir.path(), "a.fmr", &finger(1, 40));
    let b = put(dir.path(), "b.fmr", &finger(2, 40));
    let same = ektp(&["finger", "match", &a, &a]);
    let data = same.yes().data();
    assert_eq!((&data["decision"], &data["near"], &data["fmr"]), (&"match".into(), &false.into(), &"1e-4".into()));
    assert!(data["score"].as_i64() > data["threshold"].as_i64() && data["extrapolated"] == false);
    let other = ektp(&["finger", "match", &a, &b]);
    other.refused(30, "person-mismatch");
    assert_eq!(other.data()["decision"], "no-match");
    let strict = ektp(&["finger", "match", &a, &a, "--fmr", "1e-7"]);
    assert!(strict.yes().data()["threshold"].as_i64() > data["threshold"].as_i64());
    assert_eq!((&strict.data()["extrapolated"], &strict.data()["score"]), (&true.into(), &data["score"]));
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let a = put(dir.path(), "a.fmr", &finger(1, 40));
    let poor = put(dir.path(), "poor.fmr", &finger(2, 6));
    ektp(&["finger", "match", &a, &poor]).refused(31, "sample-too-poor");
    let none = put(dir.path(), "none.fmr", &finger(2, 0));
    ektp(&["finger", "match", &a, &none]).refused(10, "template-invalid");
    let left = put(dir.path(), "left.fmr", &synthetic::template(1, FingerPosition::LeftIndex, 40));
    ektp(&["finger", "match", &a, &left]).refused(10, "input-invalid");
    std::fs::write(dir.path().join("text"), "no record").unwrap();
    let text = dir.path().join("text").to_str().unwrap().to_owned();
    ektp(&["finger", "match", &a, &text]).refused(10, "template-invalid");
    ektp(&["finger", "match", &a, "/nowhere/at/all"]).refused(10, "file-unreadable");
    ektp(&["finger", "match", &a]).refused(2, "usage");
    ektp(&["finger", "match", &a, &a, "--fmr", "0.5"]).refused(2, "usage");
    ektp(&["finger", "match", &a, &a, "--pairs", &a]).refused(2, "usage");
}

#[test]
fn a_list_gives_one_score_a_line_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..4).map(|n| format!("{n}.fmr")).collect();
    for (seed, name) in (0..).zip(&names) {
        put(dir.path(), name, &finger(seed, 40));
    }
    let list = dir.path().join("pairs.csv");
    std::fs::write(&list, "# probe, reference\n0.fmr,0.fmr\n0.fmr,1.fmr\n1.fmr,0.fmr\n 3.fmr , 3.fmr\n").unwrap();
    let list = list.to_str().unwrap();
    let run = ektp(&["finger", "match", "--pairs", list]);
    assert_eq!((&run.yes().data()["pairs"], &run.data()["matches"]), (&4.into(), &2.into()));
    let told: Vec<_> = run.events.iter().filter(|e| e.get("score").is_some()).collect();
    let scores: Vec<i64> = told.iter().map(|e| e["score"].as_i64().unwrap()).collect();
    assert_eq!(told.iter().map(|e| e["line"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert!(scores[0] > 1_000 && scores[3] > 1_000 && scores[1] < 0);
    assert_eq!(scores[1], scores[2], "the order of the question does not matter");
    let (a, b) = (dir.path().join("0.fmr"), dir.path().join("1.fmr"));
    let single = ektp(&["finger", "match", a.to_str().unwrap(), b.to_str().unwrap()]);
    assert_eq!(single.data()["score"].as_i64(), Some(scores[1]));
    let plain =
        std::process::Command::new(env!("CARGO_BIN_EXE_ektp")).args(["finger", "match", "--pairs", list]).output().unwrap();
    let lines: Vec<i64> = String::from_utf8(plain.stdout).unwrap().lines().map(|l| l.replace('.', "").parse().unwrap()).collect();
    assert_eq!(lines, scores, "stdout holds the scores and nothing else, in nats with two decimals");
}

#[test]
fn every_view_of_a_list_s_prints_counts_and_a_handful_of_minutiae_is_no_match() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (finger(1, 40), finger(2, 40));
    put(dir.path(), "a.fmr", &a);
    let mut second = a.views[0].clone();
    second.number = 1;
    put(dir.path(), "both.fmr", &Template { views: vec![b.views[0].clone(), second], ..a.clone() });
    put(dir.path(), "few.fmr", &finger(1, 11));
    let list = dir.path().join("pairs.csv");
    std::fs::write(&list, "a.fmr,both.fmr\nboth.fmr,a.fmr\na.fmr,a.fmr\nfew.fmr,few.fmr\n").unwrap();
    let run = ektp(&["finger", "match", "--pairs", list.to_str().unwrap()]);
    assert_eq!((&run.yes().data()["pairs"], &run.data()["matches"]), (&4.into(), &3.into()));
    let scores: Vec<i64> = run.events.iter().filter_map(|e| e["score"].as_i64()).collect();
    assert_eq!((scores[0], scores[1]), (scores[2], scores[2]), "the second view is the finger");
}

#[test]
fn two_prints_that_differ_say_nothing_of_a_card() {
    let dir = tempfile::tempdir().unwrap();
    let [a, b] = [1, 2].map(|seed| put(dir.path(), &format!("{seed}.fmr"), &finger(seed, 40)));
    let other = ektp(&["finger", "match", &a, &b]);
    other.refused(30, "person-mismatch");
    for lang in ["en", "id"] {
        let mut plain = std::process::Command::new(env!("CARGO_BIN_EXE_ektp"));
        let said = plain.args(["--lang", lang, "finger", "match", &a, &b]).output().unwrap().stderr;
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("person-mismatch"), "{said}");
        assert!(["card", "holder", "kartu", "pemegang"].iter().all(|word| !said.contains(word)), "{said}");
    }
}

#[test]
fn what_is_no_list_gives_no_line_at_all() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "a.fmr", &finger(1, 40));
    for text in ["a.fmr,a.fmr\na.fmr\n", "a.fmr,a.fmr,a.fmr\n", "", "# nothing\n\n"] {
        let list = dir.path().join("pairs.csv");
        std::fs::write(&list, text).unwrap();
        let run = ektp(&["finger", "match", "--pairs", list.to_str().unwrap()]);
        run.refused(10, "input-invalid");
        assert!(run.events.iter().all(|e| e.get("score").is_none()), "{text}");
    }
}

#[test]
fn every_line_of_a_list_has_a_state_and_one_that_fails_stops_no_other() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "a.fmr", &finger(1, 40));
    put(dir.path(), "b.fmr", &finger(2, 40));
    put(dir.path(), "few.fmr", &finger(1, 11));
    put(dir.path(), "none.fmr", &finger(1, 0));
    put(dir.path(), "left.fmr", &synthetic::template(1, FingerPosition::LeftIndex, 40));
    std::fs::write(dir.path().join("blank.pgm"), [b"P5 200 200 255\n".to_vec(), vec![255; 40_000]].concat()).unwrap();
    let lines = [
        ("a.fmr,a.fmr", "match", None),
        ("a.fmr,gone.fmr", "failed", Some("file-unreadable")),
        ("few.fmr,a.fmr", "too-poor", None),
        ("a.fmr,left.fmr", "failed", Some("input-invalid")),
        ("none.fmr,a.fmr", "failed", Some("template-invalid")),
        ("blank.pgm,a.fmr", "failed", Some("finger-not-seen")),
        ("pairs.csv,a.fmr", "failed", Some("template-invalid")),
        ("a.fmr,b.fmr", "no-match", None),
    ];
    let list = dir.path().join("pairs.csv").to_str().unwrap().to_owned();
    let arguments = ["finger", "match", "--dpi", "500", "--pairs", &list];
    std::fs::write(&list, lines.map(|(line, ..)| format!("{line}\n")).concat()).unwrap();
    let run = ektp(&arguments);
    run.refused(75, "partly-done");
    let counts = ["pairs", "matches", "too_poor", "failed", "overruled"].map(|name| run.data()[name].as_u64().unwrap());
    assert_eq!(counts, [8, 1, 1, 5, 0]);
    let told: Vec<_> = run.events.iter().filter(|e| e.get("state").is_some()).collect();
    for ((n, told), (line, state, reason)) in (1..).zip(&told).zip(&lines) {
        assert_eq!((&told["line"], &told["state"]), (&n.into(), &(*state).into()), "{line}");
        assert_eq!((told["reason"].as_str(), told["score"].is_null()), (*reason, reason.is_some()), "{line}");
    }
    let plain = std::process::Command::new(env!("CARGO_BIN_EXE_ektp")).args(arguments).output().unwrap();
    assert_eq!(plain.status.code(), Some(75));
    let said: Vec<String> = String::from_utf8(plain.stdout).unwrap().lines().map(str::to_owned).collect();
    let nats = |at: usize| format!("{:.2}", told[at]["score"].as_f64().unwrap() / 100.0);
    assert_eq!(said[..4], [nats(0), "- file-unreadable".into(), format!("{} too-poor", nats(2)), "- input-invalid".into()]);
    assert_eq!(said[4..], ["- template-invalid", "- finger-not-seen", "- template-invalid", &nats(7)]);
    assert!(String::from_utf8(plain.stderr).unwrap().contains("line 2: "));
    // Where no pair was compared, that is what happened.
    std::fs::write(&list, "a.fmr,gone.fmr\na.fmr,left.fmr\n").unwrap();
    ektp(&arguments).refused(10, "file-unreadable");
}

#[test]
fn the_operator_has_the_last_word_on_the_resolution_and_it_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(at("scan.pgm"), crate::ridges::pgm(1, 24)).unwrap();
    ektp(&["finger", "convert", &at("scan.pgm"), &at("scan.png"), "--to", "png", "--dpi", "500"]).yes();
    ektp(&["finger", "extract", &at("scan.png"), "--dpi", "510"]).refused(10, "resolution-unknown");
    ektp(&["finger", "extract", &at("scan.png"), "--override-dpi"]).refused(2, "usage");
    let over = ["--dpi", "510", "--override-dpi"];
    let run = ektp(&[&["finger", "extract", &at("scan.png")], &over[..]].concat());
    assert_eq!(run.yes().data()["overruled"], "499.999");
    let run = ektp(&[&["finger", "match", &at("scan.png"), &at("scan.pgm")], &over[..]].concat());
    assert_eq!(run.yes().data()["overruled"], serde_json::json!(["499.999", null]));
    let run = ektp(&[&["finger", "convert", &at("scan.png"), &at("other.png"), "--to", "png"], &over[..]].concat());
    assert_eq!((&run.yes().data()["overruled"], &run.data()["resolution"]), (&"499.999".into(), &"510".into()));
    std::fs::write(at("pairs.csv"), "scan.png,scan.pgm\n").unwrap();
    let run = ektp(&[&["finger", "match", "--pairs", &at("pairs.csv")], &over[..]].concat());
    assert_eq!(run.yes().data()["overruled"], 1);
    let mut plain = std::process::Command::new(env!("CARGO_BIN_EXE_ektp"));
    let said = plain.args(["finger", "extract", &at("scan.png")]).args(over).output().unwrap().stderr;
    assert!(String::from_utf8(said).unwrap().contains("the image states 499.999 dpi"));
}

#[test]
fn the_pairs_are_drawn_into_a_private_file() {
    let dir = tempfile::tempdir().unwrap();
    let a = put(dir.path(), "a.fmr", &finger(1, 40));
    let file = dir.path().join("pairs.png");
    ektp(&["finger", "match", &a, &a, "--picture", file.to_str().unwrap()]).yes();
    assert_eq!(std::fs::read(&file).unwrap()[..8], *b"\x89PNG\r\n\x1a\n");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
}

#[test]
fn a_face_gives_no_template_at_any_scale() {
    let portrait = crate::contract::root().join("samples/portrait.jpg").display().to_string();
    for dpi in (240..=600).step_by(20).chain([700, 900, 1_200]) {
        let run = ektp(&["finger", "extract", &portrait, "--dpi", &dpi.to_string()]);
        run.refused(10, "finger-not-seen");
        assert!(run.result["message"].as_str().unwrap().contains("no finger is seen clearly"), "{dpi}: {:#}", run.result);
    }
}

#[test]
fn what_is_read_is_never_written_over() {
    let dir = tempfile::tempdir().unwrap();
    let a = put(dir.path(), "a.fmr", &finger(1, 40));
    let scan = dir.path().join("scan.pgm").to_str().unwrap().to_owned();
    std::fs::write(&scan, crate::ridges::pgm(1, 24)).unwrap();
    let link = dir.path().join("link").to_str().unwrap().to_owned();
    std::os::unix::fs::symlink(&scan, &link).unwrap();
    let before = std::fs::read(&scan).unwrap();
    ektp(&["finger", "extract", &scan, "--dpi", "500", "--picture", &link]).refused(2, "usage");
    ektp(&["finger", "extract", &scan, "--dpi", "500", "--output", &scan]).refused(2, "usage");
    ektp(&["finger", "convert", &scan, &link, "--to", "png", "--dpi", "500"]).refused(2, "usage");
    ektp(&["finger", "match", &a, &a, "--picture", &a]).refused(2, "usage");
    assert_eq!(std::fs::read(&scan).unwrap(), before);
}
