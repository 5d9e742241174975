//! `finger eval` on scores whose rates are worked out by hand.

use crate::contract::{Run, ektp};
use std::fmt::Write as _;
use std::path::Path;

/// A folder of two sets with four fingers in two impressions; only names are looked at where scores are given.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for set in ["a", "b"] {
        std::fs::create_dir(dir.path().join(set)).unwrap();
        for finger in 1..=4 {
            for impression in 1..=2 {
                std::fs::write(dir.path().join(set).join(format!("{finger}_{impression}.png")), b"").unwrap();
            }
        }
        std::fs::write(dir.path().join(set).join("readme.txt"), b"").unwrap();
    }
    dir
}

/// Genuine scores of 10, but for the first finger of set `a`, which has 1; impostors of 2.
fn scores(dir: &Path) -> String {
    let mut text = String::from("set,F1,I1,F2,I2,score\n");
    for set in ["a", "b"] {
        let all: Vec<(u32, u32)> = (1..=4).flat_map(|f| [(f, 1), (f, 2)]).collect();
        for (at, (f, i)) in all.iter().enumerate() {
            for (g, j) in &all[at + 1..] {
                let score = if f != g {
                    2
                } else if (set, *f) == ("a", 1) {
                    1
                } else {
                    10
                };
                writeln!(text, "{set},{f},{i},{g},{j},{score}").unwrap();
            }
        }
    }
    let file = dir.join("scores.csv");
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

fn eval(dir: &Path, more: &[&str]) -> Run {
    ektp(&[&["finger", "eval", dir.to_str().unwrap()], more].concat())
}

#[test]
fn rates_of_sets_of_all_and_of_two_fingers() {
    let dir = folder();
    let scores = scores(dir.path());
    let plot = dir.path().join("plot.svg");
    let run = eval(dir.path(), &["--scores", &scores, "--fmr", "0.2", "--det", plot.to_str().unwrap()]);
    run.yes();
    let rows = run.data()["rows"].as_array().unwrap();
    let facts: Vec<(&str, &str, u64, u64)> = rows
        .iter()
        .map(|r| {
            let count = |name: &str| r[name].as_u64().unwrap();
            (r["name"].as_str().unwrap(), r["protocol"].as_str().unwrap(), count("genuine"), count("impostors"))
        })
        .collect();
    let worked =
        [("a", "single", 4, 24), ("b", "single", 4, 24), ("pooled", "single", 8, 48), ("two fingers", "two-fingers", 12, 24)];
    assert_eq!(facts, worked);
    // Set a: one genuine score of four lies below every impostor: at threshold 10 FNMR 1/4 and FMR 0.
    let eer: Vec<f64> = rows.iter().map(|r| r["eer"]["value"].as_f64().unwrap()).collect();
    assert_eq!(eer, [0.125, 0.0, 0.0625, 0.0]);
    assert_eq!(rows[0]["smallest_fmr"], 0.125);
    // FMR 0.2 can be shown by 24 impostors; 0.01 and 0.001 cannot, and so few have no tail.
    assert_eq!((&rows[0]["at"][2]["extrapolated"], &rows[0]["at"][2]["fnmr"]["value"]), (&false.into(), &0.25.into()));
    assert!(rows[0]["at"][0].is_null() && rows[0]["at"][1].is_null());
    // Persons with finger 1 of set a: 1 + 10 against impostors of 4.
    assert_eq!(rows[3]["at"][2]["threshold"], 11.0);
    assert_eq!(run.data()["det"].as_array().unwrap().len(), 2);
    assert!(std::fs::read_to_string(&plot).unwrap().starts_with("<svg"));
    assert_eq!(image::open(plot.with_extension("png")).unwrap().width(), 1_520);
}

#[test]
fn one_set_alone_is_a_folder_of_prints() {
    let dir = folder();
    let scores = scores(dir.path());
    let run = eval(&dir.path().join("b"), &["--scores", &scores]);
    let rows = run.yes().data()["rows"].as_array().unwrap();
    let names: Vec<&str> = rows.iter().map(|r| r["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["b", "two fingers"]);
    assert_eq!(run.data()["unused_scores"], 28, "those of set a are told, not passed over");
    assert_eq!(eval(dir.path(), &["--scores", &scores]).yes().data()["unused_scores"], 0);
    let more = std::fs::read_to_string(&scores).unwrap() + "c,1,1,1,2,5\na,9,1,9,2,5\n";
    std::fs::write(&scores, more).unwrap();
    assert_eq!(eval(dir.path(), &["--scores", &scores]).yes().data()["unused_scores"], 2);
}

#[test]
fn the_plots_are_named_after_all_of_the_name() {
    let dir = folder();
    let scores = scores(dir.path());
    for (name, expected) in [("a.b", "a.b"), ("plain", "plain"), ("c.d.svg", "c.d"), ("e.PNG", "e")] {
        let plot = dir.path().join(name).display().to_string();
        let run = eval(dir.path(), &["--scores", &scores, "--det", &plot]);
        let paths = ["svg", "png"].map(|end| dir.path().join(format!("{expected}.{end}")).display().to_string());
        assert_eq!(run.yes().data()["det"], serde_json::json!(paths), "{name}");
        assert!(paths.iter().all(|path| Path::new(path).exists()), "{name}");
    }
}

#[test]
fn what_cannot_be_evaluated_is_refused() {
    let dir = folder();
    let good = scores(dir.path());
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let text = std::fs::read_to_string(&good).unwrap();
    let short: String = text.lines().take(20).map(|l| format!("{l}\n")).collect();
    eval(dir.path(), &["--scores", &file("short.csv", &short)]).refused(10, "input-invalid");
    let twice = format!("{text}a,1,2,1,1,5\n");
    eval(dir.path(), &["--scores", &file("twice.csv", &twice)]).refused(10, "input-invalid");
    eval(dir.path(), &["--scores", &file("bad.csv", "1,2,3\n")]).refused(10, "input-invalid");
    eval(dir.path(), &["--scores", "/no/such/file"]).refused(10, "file-unreadable");
    eval(Path::new("/no/such/folder"), &["--scores", &good]).refused(10, "file-unreadable");
    let empty = tempfile::tempdir().unwrap();
    eval(empty.path(), &["--scores", &good]).refused(10, "input-invalid");
    eval(dir.path(), &["--scores", &good, "--fmr", "2"]).refused(2, "usage");
    let none = dir.path().join("none");
    eval(dir.path(), &["--extractor", "leader", "--weights", none.to_str().unwrap()]).refused(10, "weights-missing");
    eval(dir.path(), &["--extractor", "leader", "--weights", &good]).refused(10, "input-invalid");
}

#[test]
fn our_own_scores_are_those_that_are_kept_and_a_blank_counts_as_an_error() {
    let prints = crate::contract::root().join("../shared/data/fingers/fvc2002-db1");
    if !prints.is_dir() {
        crate::skipped::skipped(&format!("{} is not there", prints.display()));
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let set = dir.path().join("set");
    std::fs::create_dir(&set).unwrap();
    for name in ["101_1.png", "101_2.png", "102_1.png"] {
        std::fs::copy(prints.join(name), set.join(name)).unwrap();
    }
    image::GrayImage::from_pixel(200, 200, image::Luma([255])).save(set.join("102_2.png")).unwrap();
    let kept = dir.path().join("kept.csv");
    let kept = kept.to_str().unwrap();
    let own = eval(dir.path(), &["--dpi", "500", "--keep-scores", kept, "--fmr", "0.75"]);
    let data = own.yes().data();
    assert_eq!((data["extractor"].as_str(), data["without_template"].as_u64()), (Some("classical"), Some(1)));
    assert_eq!((&data["rows"][0]["genuine"], &data["rows"][0]["impostors"]), (&2.into(), &4.into()));
    assert_eq!(std::fs::read_to_string(kept).unwrap().matches("-inf").count(), 3, "the blank's three comparisons");
    // One of two genuine pairs has a blank: half of them are lost at every threshold that stops an impostor.
    assert_eq!(data["rows"][0]["at"][2]["fnmr"]["value"], 0.5);
    let again = eval(dir.path(), &["--scores", kept, "--fmr", "0.75"]);
    assert_eq!(again.yes().data()["rows"], data["rows"]);
    eval(dir.path(), &["--scores", kept, "--dpi", "500"]).refused(2, "usage");
    std::fs::write(set.join("103_1.png"), b"no picture").unwrap();
    eval(dir.path(), &["--dpi", "500"]).refused(10, "finger-image-invalid");
}
