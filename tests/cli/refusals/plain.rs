//! Verbs that need neither keys nor a chip.

use super::Refusal::{But, Line};
use super::place::Place;
use super::{Rows, Yes};

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "nik check",
        yes: Yes::Line("3171015707850012"),
        refusals: &[But("input-invalid", "3171015707850012", "317101570785001"), But("input-invalid", "3171015707850012", "-")],
    },
    Rows {
        verb: "nik explain",
        yes: Yes::Line("3171015707850012 --as-of 2026-01-01"),
        refusals: &[But("input-invalid", "3171015707850012", "317101570785001"), But("usage", "2026-01-01", "2026-02-30")],
    },
    Rows {
        verb: "record check",
        yes: Yes::Line("@record-citizen.json"),
        refusals: &[
            But("usage", "@record-citizen.json", "@garbage"),
            But("record-invalid", "@record-citizen.json", "@record.json"),
            But("image-invalid", "@record-citizen.json", "@picture.json"),
            But("template-invalid", "@record-citizen.json", "@template.json"),
            But("encoding-invalid", "@record-citizen.json", "@nul.json"),
            But("file-unreadable", "@record-citizen.json", "@none.json"),
            But("file-unreadable", "@record-citizen.json", "@lost.json"),
            But("input-invalid", "@record-citizen.json", "@header.csv"),
            But("record-invalid", "@record-citizen.json", "@rows.csv"),
        ],
    },
    Rows {
        verb: "verify challenge",
        yes: Yes::Line("--output @challenge --state @judge"),
        refusals: &[But("file-unreadable", "@challenge", "@none/challenge"), But("file-unreadable", "@judge", "@garbage")],
    },
    Rows {
        verb: "chip new",
        yes: Yes::Line("--state @chip --profile ektp-8k --serial 000102030405060708FF"),
        refusals: &[
            But("usage", "000102030405060708FF", "0001"),
            But("profile-invalid", "ektp-8k", "other"),
            But("output-exists", "@chip", "@taken"),
        ],
    },
    Rows { verb: "generate", yes: Yes::Line("@man"), refusals: &[But("output-exists", "@man", "@garbage")] },
    Rows {
        verb: "signer stop",
        yes: Yes::Elsewhere("--socket @none"),
        refusals: &[Line("key-store-unavailable", "--socket @none")],
    },
];

pub fn run() {
    let place = Place::new();
    records(&place);
    super::run_all(ROWS, &place);
}

/// The sample records with their files, and records that are wrong in one thing each.
pub fn records(place: &Place) {
    for entry in std::fs::read_dir(crate::contract::root().join("samples")).unwrap().flatten() {
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), place.at(entry.file_name().to_str().unwrap())).unwrap();
        }
    }
    let citizen = |to: &str, old: &str, new: &str| place.changed("record-citizen.json", to, old, new);
    citizen("record.json", "\"003\"", "\"3\"");
    citizen("picture.json", "portrait.jpg", "right-index.fmr");
    citizen("template.json", "right-index.fmr", "portrait.jpg");
    citizen("nul.json", "JAKARTA", "\0");
    citizen("lost.json", "portrait.jpg", "none.jpg");
    citizen("too-large.json", "portrait.jpg", "huge");
    place.changed("batch.csv", "header.csv", "nik,", "nikk,");
    place.changed("batch.csv", "rows.csv", ",003,", ",3,");
}
