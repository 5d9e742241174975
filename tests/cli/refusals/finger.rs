//! Verbs of fingers: prints and templates from a folder, without a card.

use super::Refusal::{Act, But, Line};
use super::place::Place;
use super::{Rows, Yes};
use crate::ridges::pgm;
use ektp::finger::position::FingerPosition::{LeftIndex, LeftThumb, RightIndex};
use ektp::finger::template::{encode_record_2005, synthetic};
use ektp::lds::fingers::{self, FingerFormat};
use std::fmt::Write as _;

/// What is asked of a sensor.
const ASKED: &str = "{\"version\":1,\"finger\":\"right_index\",\"attempt\":1}\n";

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "finger match",
        yes: Yes::Line("@a.fmr @a.fmr"),
        refusals: &[
            Line("person-mismatch", "@a.fmr @b.fmr"),
            Line("sample-too-poor", "@a.fmr @poor.fmr"),
            Line("input-invalid", "@a.fmr @left.fmr"),
            Line("template-invalid", "@a.fmr @garbage"),
            Line("encoding-invalid", "@a.fmr @cut.ef"),
            Line("partly-done", "--pairs @pairs.csv"),
            Line("file-unreadable", "@a.fmr @none"),
            Line("finger-image-invalid", "@a.fmr @cut.png"),
            Line("finger-not-seen", "@a.fmr %samples/portrait.jpg --dpi 500"),
            Line("resolution-unknown", "@a.fmr @one.pgm"),
            Line("no-finger-on-file", "@thumb.fmr @ef.bin --position left_thumb"),
            Line("weights-missing", "@one.pgm @one.pgm --dpi 500 --extractor leader --weights @none"),
            Line("person-mismatch", "@one.pgm @two.pgm --dpi 500"),
            Line("usage", "@a.fmr"),
        ],
    },
    Rows {
        verb: "finger extract",
        yes: Yes::Line("@one.pgm --dpi 500 --position right_index --output @one.fmr --picture @drawn.png"),
        refusals: &[
            But("file-unreadable", "@one.pgm", "@none"),
            But("finger-image-invalid", "@one.pgm", "@cut.png"),
            But("finger-image-invalid", "@one.pgm", "@garbage"),
            But("input-invalid", "@one.pgm", "@large"),
            But("finger-not-seen", "@one.pgm", "%samples/portrait.jpg"),
            But("sample-too-poor", "@one.pgm", "@poor.pgm"),
            Line("resolution-unknown", "@one.pgm"),
            Line("weights-missing", "@one.pgm --dpi 500 --extractor leader --weights @none"),
            But("usage", "@one.pgm", "@a.fmr"),
            Line("usage", "@one.pgm --dpi 500 --output @x --to png"),
            Line("usage", "@one.pgm --dpi 500 --from card-compact"),
        ],
    },
    Rows {
        verb: "finger sensor",
        yes: Yes::Act(|place| place.run_on("finger sensor --image @one.pgm --dpi 500 --output @capture", ASKED)),
        refusals: &[
            Line("input-invalid", "--image @one.pgm --dpi 500 --output @capture"),
            Act("file-unreadable", |place| place.run_on("finger sensor --image @none --output @capture", ASKED)),
            Act("finger-image-invalid", |place| place.run_on("finger sensor --image @cut.png --output @capture", ASKED)),
            Act("resolution-unknown", |place| place.run_on("finger sensor --image @one.pgm --output @capture", ASKED)),
            Act("usage", |place| place.run_on("finger sensor --image @one.pgm --dpi 500", ASKED)),
        ],
    },
    Rows {
        verb: "finger convert",
        yes: Yes::Line("@a.fmr @a2011.fmr --to iso-2011"),
        refusals: &[
            But("template-invalid", "@a.fmr", "@cut.fmr"),
            But("encoding-invalid", "@a.fmr", "@cut.ef"),
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
            Line("weights-missing", "@prints --extractor leader --weights @none"),
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
    place.write("one.pgm", pgm(1, 24));
    place.write("two.pgm", pgm(2, 24));
    place.write("poor.pgm", pgm(1, 3));
    place.write("large", vec![0; ektp::limits::IMAGE_BYTES + 1]);
    super::run_all(ROWS, &place);
}

/// Templates of fingers that nobody has, and the card's file with two of them.
fn templates(place: &Place) {
    let fingers = [
        ("a", 1, RightIndex, 40),
        ("b", 2, RightIndex, 40),
        ("poor", 2, RightIndex, 6),
        ("left", 1, LeftIndex, 40),
        ("thumb", 1, LeftThumb, 40),
    ];
    for (name, seed, position, minutiae) in fingers {
        place.write(&format!("{name}.fmr"), encode_record_2005(&synthetic::template(seed, position, minutiae)).unwrap());
    }
    let whole = place.read("a.fmr");
    place.write("cut.fmr", &whole[..whole.len() - 9]);
    let picture = place.read("signature.png");
    place.write("cut.png", &picture[..picture.len() / 2]);
    let [right, left] = [RightIndex, LeftIndex].map(|position| synthetic::template(3, position, 30));
    place.write("ef.bin", fingers::build(&[(RightIndex, &right), (LeftIndex, &left)], FingerFormat::Record).unwrap());
    let file = place.read("ef.bin");
    place.write("cut.ef", &file[..file.len() / 2]);
    place.write("pairs.csv", "a.fmr,a.fmr\na.fmr,none.fmr\n");
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
