//! Verbs of fingers: prints and templates from a folder, without a card.

use super::Refusal::{But, Line};
use super::place::Place;
use super::{Rows, Yes};
use ektp::finger::position::FingerPosition::{LeftIndex, RightIndex};
use ektp::finger::template::{encode_record_2005, synthetic};
use ektp::lds::fingers::{self, FingerFormat};
use std::fmt::Write as _;

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "finger match",
        yes: Yes::Line("@a.fmr @a.fmr"),
        refusals: &[
            Line("person-mismatch", "@a.fmr @b.fmr"),
            Line("sample-too-poor", "@a.fmr @poor.fmr"),
            Line("input-invalid", "@a.fmr @left.fmr"),
            Line("template-invalid", "@a.fmr @garbage"),
            Line("file-unreadable", "@a.fmr @none"),
            Line("usage", "@a.fmr"),
        ],
    },
    Rows {
        verb: "finger convert",
        yes: Yes::Line("@a.fmr @a2011.fmr --to iso-2011"),
        refusals: &[
            But("template-invalid", "@a.fmr", "@cut.fmr"),
            But("file-unreadable", "@a.fmr", "@none"),
            Line("finger-image-invalid", "@cut.png @x.png --to png"),
            Line("resolution-unknown", "@signature.png @x.png --to png --dpi 72"),
            Line("input-invalid", "@ef.bin @x.fmr --to iso-2005"),
            Line("no-finger-on-file", "@ef.bin @x.fmr --to iso-2005 --position left_thumb"),
            Line("usage", "@a.fmr @x.png --to png"),
        ],
    },
    Rows {
        verb: "finger eval",
        yes: Yes::Line("@prints --scores @scores.csv"),
        refusals: &[
            But("input-invalid", "@scores.csv", "@garbage"),
            But("file-unreadable", "@scores.csv", "@none"),
            Line("finger-image-invalid", "@prints --dpi 500"),
            Line("usage", "@prints --scores @scores.csv --fmr 2"),
        ],
    },
    Rows {
        verb: "finger synth",
        yes: Yes::Line("--persons 1 --fingers left_index --output @synth"),
        refusals: &[
            Line("output-exists", "--persons 1 --output @prints"),
            Line("input-invalid", "--persons 4000000000 --captures 4000000000 --output @many"),
            Line("file-unreadable", "--persons 1 --output @garbage"),
            Line("file-unreadable", "--persons 1 --fingers left_index --output @synth2 --contact-sheet @none/sheet.png"),
            Line("usage", "--persons 0 --output @many"),
            Line("usage", "--persons 1 --fingers nose --output @many"),
            Line("usage", "--persons 1"),
        ],
    },
];

pub fn run() {
    let place = Place::new();
    super::plain::records(&place);
    templates(&place);
    prints(&place);
    super::run_all(ROWS, &place);
}

/// Templates of fingers that nobody has, and the card's file with two of them.
fn templates(place: &Place) {
    let fingers = [("a", 1, RightIndex, 40), ("b", 2, RightIndex, 40), ("poor", 2, RightIndex, 6), ("left", 1, LeftIndex, 40)];
    for (name, seed, position, minutiae) in fingers {
        place.write(&format!("{name}.fmr"), encode_record_2005(&synthetic::template(seed, position, minutiae)).unwrap());
    }
    let whole = place.read("a.fmr");
    place.write("cut.fmr", &whole[..whole.len() - 9]);
    let picture = place.read("signature.png");
    place.write("cut.png", &picture[..picture.len() / 2]);
    let [right, left] = [RightIndex, LeftIndex].map(|position| synthetic::template(3, position, 30));
    place.write("ef.bin", fingers::build(&[(RightIndex, &right), (LeftIndex, &left)], FingerFormat::Record).unwrap());
}

/// A set of four fingers in two impressions, which are no pictures, and a score for each of their comparisons.
fn prints(place: &Place) {
    std::fs::create_dir_all(place.at("prints/set")).unwrap();
    let all: Vec<(u32, u32)> = (1..=4).flat_map(|f| [(f, 1), (f, 2)]).collect();
    let mut text = String::from("set,F1,I1,F2,I2,score\n");
    for (at, (f, i)) in all.iter().enumerate() {
        place.write(&format!("prints/set/{f}_{i}.png"), "");
        for (g, j) in &all[at + 1..] {
            writeln!(text, "set,{f},{i},{g},{j},{}", if f == g { 10 } else { 2 }).unwrap();
        }
    }
    place.write("scores.csv", text);
}
