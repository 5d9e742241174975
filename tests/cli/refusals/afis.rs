//! Verbs of a sealed gallery, over persons whom nobody is.

use super::Refusal::{Act, But, Line};
use super::place::Place;
use super::{Rows, Yes};
use crate::contract::Run;
use ektp::finger::position::FingerPosition;
use ektp::finger::template::{encode_record_2005, synthetic};

/// What every verb refuses of the key.
macro_rules! keys {
    ($($more:expr),* $(,)?) => {
        &[
            But("input-invalid", "file:@pass", "open-sesame"),
            But("encoding-invalid", "@key", "@garbage"),
            But("key-missing", "@key", "@none"),
            But("login-needed", "file:@pass", "file:@wrong"),
            $($more),*
        ]
    };
}

/// And of the gallery.
macro_rules! galleries {
    ($($more:expr),* $(,)?) => {
        keys![
            But("wrong-gallery-key", "@key", "@other.key"),
            But("encoding-invalid", "@gallery", "@garbage"),
            But("file-unreadable", "@gallery", "@none"),
            But("gallery-altered", "@gallery", "@altered"),
            But("gallery-rolled-back", "@gallery", "@lost"),
            $($more),*
        ]
    };
}

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "afis new",
        yes: Yes::Line("@new --key @key --passphrase file:@pass"),
        refusals: keys![
            But("output-exists", "@new", "@gallery"),
            But("file-unreadable", "@new", "@none/new"),
            Act("in-use", |place| held(place, "new @held")),
            Line("usage", "@new"),
        ],
    },
    Rows {
        verb: "afis enrol",
        yes: Yes::Line("@gallery @two --id two --key @key --passphrase file:@pass"),
        refusals: galleries![
            But("already-enrolled", "two", "one"),
            Line("duplicate-person", "@gallery @one.json --id again --key @key --passphrase file:@pass"),
            Line("adjudication-needed", "@gallery @few --id few --key @key --passphrase file:@pass"),
            But("template-invalid", "@two", "@broken"),
            But("fingers-alike", "@two", "@alike.json"),
            But("input-invalid", "@two", "@misnamed"),
            But("input-invalid", "@two", "@garbage"),
            But("input-invalid", "@two", "@twice.json"),
            But("file-unreadable", "@two", "@none"),
            Act("in-use", |place| held(place, "enrol @held @two --id two")),
            Line("usage", "@gallery @two --id twenty-characters-id --key @key"),
        ],
    },
    Rows {
        verb: "afis identify",
        yes: Yes::Line("@gallery @three --key @key --passphrase file:@pass"),
        refusals: galleries![
            But("duplicate-person", "@three", "@one.json"),
            But("adjudication-needed", "@three", "@few"),
            But("template-invalid", "@three", "@broken"),
            But("fingers-alike", "@three", "@alike.json"),
            But("input-invalid", "@three", "@elsewhere.json"),
            But("input-invalid", "@three", "@twice.json"),
            Line("input-invalid", "@gallery @three --fpir 1e-4 --duplicate-fpir 1e-3 --key @key --passphrase file:@pass"),
            Line(
                "gallery-rolled-back",
                "@gallery @three --at-least 0123456789abcdef.7.0123456789abcdef --key @key --passphrase file:@pass"
            ),
            Act("in-use", |place| held(place, "identify @held @three")),
            Line("usage", "@gallery @three --key @key --exception left_thumb=lost"),
        ],
    },
    Rows {
        verb: "afis delete",
        yes: Yes::Line("@gallery --id two --key @key --passphrase file:@pass"),
        refusals: galleries![But("not-enrolled", "two", "nobody"), Act("in-use", |place| held(place, "delete @held --id two")),],
    },
    Rows {
        verb: "afis compact",
        yes: Yes::Line("@gallery --key @key --passphrase file:@pass"),
        refusals: galleries![Act("in-use", |place| held(place, "compact @held"))],
    },
    Rows {
        verb: "afis status",
        yes: Yes::Line("@gallery --key @key --passphrase file:@pass"),
        refusals: galleries![
            Act("in-use", |place| held(place, "status @held")),
            Line("usage", "@gallery --at-least 1.0 --key @key --passphrase file:@pass"),
        ],
    },
];

/// A line about a gallery that another process holds.
fn held(place: &Place, line: &str) -> Run {
    let _held = ektp::durable::lock(&place.at("held")).unwrap();
    place.run(&format!("afis {line} --key @key --passphrase file:@pass"))
}

pub fn run() {
    let place = Place::new();
    for (number, name) in [(1, "one"), (2, "two"), (3, "three")] {
        fingers(&place, name, number, &FingerPosition::ALL);
    }
    fingers(&place, "few", 4, &[FingerPosition::LeftRing]);
    fingers(&place, "broken", 5, &FingerPosition::ALL);
    place.write("broken/left_ring.fmr", "no template");
    fingers(&place, "misnamed", 6, &[FingerPosition::LeftRing]);
    std::fs::rename(place.at("misnamed/left_ring.fmr"), place.at("misnamed/toe.fmr")).unwrap();
    place.write("one.json", person("one", "right_thumb.fmr"));
    place.write("elsewhere.json", person("one", "left_ring.fmr"));
    let twice = person("one", "right_thumb.fmr").replace("\"left_ring\":", "\"left_thumb\":");
    place.write("twice.json", twice);
    let mut print = synthetic::template(7, FingerPosition::RightThumb, 45);
    print.views[0].position = None;
    place.write("any.fmr", encode_record_2005(&print).unwrap());
    let all = FingerPosition::ALL.map(|position| format!(r#""{}": "any.fmr""#, position.text()));
    place.write("alike.json", format!(r#"{{"fingers": {{{}}}}}"#, all.join(", ")));
    for key in ["key", "other.key"] {
        let made = place.run(&format!("pki chip-key --kind gallery --passphrase file:@pass --out @{key}"));
        made.yes();
    }
    let done = |line: &str| place.run(&format!("{line} --key @key --passphrase file:@pass")).yes().data().clone();
    for gallery in ["gallery", "held", "altered", "lost"] {
        done(&format!("afis new @{gallery}"));
        done(&format!("afis enrol @{gallery} @one.json --id one"));
    }
    let mut log = place.read("altered.log");
    log[100] ^= 1;
    place.write("altered.log", log);
    std::fs::remove_file(place.at("lost.log")).unwrap();
    super::run_all(ROWS, &place);
    let status = done("afis status @gallery");
    let changes = status["state"].as_str().unwrap().split('.').nth(1).map(str::to_owned);
    assert_eq!((status["persons"].as_u64(), changes.as_deref()), (Some(1), Some("3")), "one came, two came and went");
}

/// A folder of a person's templates.
fn fingers(place: &Place, name: &str, number: u64, positions: &[FingerPosition]) {
    std::fs::create_dir_all(place.at(name)).unwrap();
    for position in positions {
        let template = synthetic::template(number, *position, 45);
        place.write(&format!("{name}/{}.fmr", position.text()), encode_record_2005(&template).unwrap());
    }
}

/// A person's file: all fingers of a folder, the right thumb's template being this file; the left little finger is bandaged.
fn person(folder: &str, thumb: &str) -> String {
    let told = FingerPosition::ALL.map(|position| match position {
        FingerPosition::LeftLittle => r#""left_little": {"exception": "bandaged"}"#.to_owned(),
        FingerPosition::RightThumb => format!(r#""right_thumb": "{folder}/{thumb}""#),
        _ => format!(r#""{}": "{folder}/{}.fmr""#, position.text(), position.text()),
    });
    format!(r#"{{"fingers": {{{}}}}}"#, told.join(", "))
}
