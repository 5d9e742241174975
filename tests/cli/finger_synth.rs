//! `finger synth`: what it lays out, that it is the same every time, and that `finger eval` reads it.

use crate::contract::{Run, ektp, schema};
use serde_json::Value;
use std::path::Path;

fn synth(folder: &Path, more: &[&str]) -> Run {
    ektp(&[&["finger", "synth", "--output", folder.to_str().unwrap(), "--seed", "3"], more].concat())
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn persons_are_laid_out_as_sets_and_come_again_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let [one, two] = ["one", "two"].map(|name| dir.path().join(name));
    let sheet = dir.path().join("sheet.png");
    let asked = ["--persons", "1", "--captures", "2", "--fingers", "left_thumb,right-index", "--quality", "good"];
    let run = synth(&one, &[&asked[..], &["--contact-sheet", sheet.to_str().unwrap()]].concat());
    let data = run.yes().data();
    assert_eq!((&data["images"], &data["sets"]), (&4.into(), &serde_json::json!(["right_index", "left_thumb"])));
    assert_eq!(names(&one), ["left_thumb", "manifest.json", "right_index"]);
    assert_eq!(names(&one.join("left_thumb")), ["1_1.png", "1_2.png"]);
    let picture = image::open(one.join("right_index/1_1.png")).unwrap();
    assert_eq!((picture.width(), picture.height(), picture.color()), (300, 400, image::ColorType::L8));
    assert_eq!(image::open(&sheet).unwrap().width(), 2 * 154 + 4);
    let manifest: Value = serde_json::from_slice(&std::fs::read(one.join("manifest.json")).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema("finger-synth-manifest")).unwrap();
    let errors: Vec<String> = validator.iter_errors(&manifest).map(|e| format!("{e} at {}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let mut other = manifest.clone();
    other["dpi"] = 300.into();
    assert!(!validator.is_valid(&other));
    assert_eq!((&manifest["seed"], &manifest["quality"], &manifest["dpi"]), (&3.into(), &"good".into(), &500.into()));
    let first = &manifest["fingers"][0];
    assert_eq!((&first["person"], &first["position"]), (&1.into(), &"right_index".into()));
    assert_eq!(first["captures"][1]["file"], "right_index/1_2.png");
    // One person more, in one capture less and without a finger: whoever was there before is as before.
    let again = synth(&two, &["--persons", "2", "--quality", "good", "--fingers", "left_thumb"]);
    assert_ne!(again.yes().data()["pixels_sha256"], data["pixels_sha256"]);
    let [before, now] = [&one, &two].map(|folder| std::fs::read(folder.join("left_thumb/1_1.png")).unwrap());
    assert!(before == now, "the pixels of a person depend on who else is there");
}

#[test]
fn an_evaluation_reads_what_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("prints");
    synth(&folder, &["--persons", "2", "--captures", "2", "--fingers", "left_index", "--quality", "good"]).yes();
    let run = ektp(&["finger", "eval", folder.to_str().unwrap(), "--fmr", "0.75"]);
    let row = &run.yes().data()["rows"][0];
    assert_eq!((&row["name"], &row["genuine"], &row["impostors"]), (&"left_index".into(), &2.into(), &4.into()));
    assert_eq!(row["eer"]["value"], 0.0);
}
