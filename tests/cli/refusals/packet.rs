//! `packet seal`, `verify` and `open`.

use super::Refusal::{Act, But, Line};
use super::place::Place;
use super::{Rows, Yes, case};
use crate::contract::Run;
use ektp::pki::sample::Kit;
use ektp::world::{SystemClock, system_entropy};

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "packet seal",
        yes: Yes::Line(
            "@record.json @print.png --application A-1 --office 31.71.01 --key @o1.key --passphrase file:@pass \
             --recipient @kit/office.cert.pem --out @1.packet",
        ),
        refusals: &[
            But("usage", "A-1", "A/1"),
            But("usage", "31.71.01", "31"),
            But("output-exists", "@1.packet", "@taken"),
            Line(
                "file-unreadable",
                "@none.json --application A-1 --office 31.71 --key @o1.key --passphrase file:@pass \
                 --recipient @kit/office.cert.pem --out @2.packet",
            ),
            Line(
                "input-invalid",
                "@Upper.json --application A-1 --office 31.71 --key @o1.key --passphrase file:@pass \
                 --recipient @kit/office.cert.pem --out @2.packet",
            ),
            Line(
                "login-needed",
                "@record.json --application A-1 --office 31.71 --key @o1.key --passphrase file:@wrong \
                 --recipient @kit/office.cert.pem --out @2.packet",
            ),
            Line(
                "key-missing",
                "@record.json --application A-1 --office 31.71 --key @none --passphrase file:@pass \
                 --recipient @kit/office.cert.pem --out @2.packet",
            ),
            Line(
                "encoding-invalid",
                "@record.json --application A-1 --office 31.71 --key @o1.key --passphrase file:@pass --recipient @garbage --out @2.packet",
            ),
            Line(
                "certificate-invalid",
                "@record.json --application A-1 --office 31.71 --key @o1.key --passphrase file:@pass \
                 --recipient @version.cer --out @2.packet",
            ),
            Line(
                "certificate-unfit",
                "@record.json --application A-1 --office 31.71 --key @o1.key --passphrase file:@pass \
                 --recipient @kit/bureau.cert.pem --out @2.packet",
            ),
        ],
    },
    Rows {
        verb: "packet seal",
        yes: Yes::Line(
            "@capture --application A-3 --office 31.71.01 --key @o1.key --passphrase file:@pass --recipient @kit/office.cert.pem \
             --dpi 500 --exception right_thumb=amputated --exception right_middle=amputated --exception right_ring=amputated \
             --exception right_little=amputated --exception left_thumb=amputated --exception left_middle=amputated \
             --exception left_ring=amputated --exception left_little=amputated --out @3.packet",
        ),
        refusals: &[
            Act("finger-image-invalid", |place| sealed_of(place, "@unreadable")),
            Act("image-invalid", |place| sealed_of(place, "@faceless")),
            Act("sample-too-poor", |place| sealed_of(place, "@poor")),
            Act("fingers-alike", |place| sealed_of(place, "@alike")),
            Line(
                "usage",
                "@record.json --device sensor-1 --application A-1 --office 31.71 --key @o1.key --passphrase file:@pass \
                 --recipient @kit/office.cert.pem --out @2.packet",
            ),
        ],
    },
    Rows {
        verb: "packet verify",
        yes: Yes::Line("@1.packet --roster @roster"),
        refusals: &[
            But("input-invalid", "@1.packet", "@garbage"),
            But("file-unreadable", "@1.packet", "@none"),
            But("file-unreadable", "@roster", "@none"),
            But("not-permitted", "@roster", "@bare"),
            But("packet-altered", "@1.packet", "@altered.packet"),
        ],
    },
    Rows {
        verb: "packet open",
        yes: Yes::Line("@1.packet --roster @roster --key @kit/office.key.pem --passphrase file:@sample --into @opened"),
        refusals: &[
            But("output-exists", "@opened", "@taken"),
            Line("input-invalid", "@garbage --roster @roster --key @kit/office.key.pem --passphrase file:@sample --into @2"),
            Line("file-unreadable", "@1.packet --roster @none --key @kit/office.key.pem --passphrase file:@sample --into @2"),
            Line("not-permitted", "@1.packet --roster @bare --key @kit/office.key.pem --passphrase file:@sample --into @2"),
            Line(
                "packet-altered",
                "@altered.packet --roster @roster --key @kit/office.key.pem --passphrase file:@sample --into @2",
            ),
            Line("login-needed", "@1.packet --roster @roster --key @kit/office.key.pem --passphrase file:@wrong --into @2"),
            Line("key-missing", "@1.packet --roster @roster --key @kit/approver.key.pem --passphrase file:@sample --into @2"),
            Line("encoding-invalid", "@1.packet --roster @roster --key @garbage --passphrase file:@sample --into @2"),
        ],
    },
];

/// A packet of the capture in a folder.
fn sealed_of(place: &Place, folder: &str) -> Run {
    let by = "--office 31.71.01 --key @o1.key --passphrase file:@pass --recipient @kit/office.cert.pem --out @2.packet";
    place.run(&format!("packet seal {folder} --application A-3 {by} --dpi 500 {}", case::EXCEPTIONS))
}

pub fn run() {
    let place = Place::new();
    case::pictures(&place);
    place.save(&Kit::mint(&SystemClock, &mut system_entropy()).unwrap());
    place.patched("kit/office.cert.pem", "version.cer", &[0xA0, 3, 2, 1, 2], &[0xA0, 3, 2, 1, 0]);
    for (name, bytes) in [("record.json", &b"{}"[..]), ("print.png", &[7; 900]), ("Upper.json", b"{}")] {
        place.write(name, bytes);
    }
    place.run("pki key --key @root.key --passphrase file:@pass").yes();
    for roster in ["roster", "bare"] {
        place.run(&format!("officer roster @{roster} --key @root.key --passphrase file:@pass")).yes();
    }
    let ask = "--role operator --office 31.71.01 --key @o1.key --passphrase file:@pass --out @o1.json";
    place.run(&format!("officer enrol --label O-1 {ask}")).yes();
    let by_root = "--roster @roster --key @root.key --passphrase file:@pass --from 2026-01-01 --until 2099-01-01";
    place.run(&format!("officer grant @o1.json {by_root}")).yes();
    let first = "@record.json @print.png --application A-2 --office 31.71.01 --key @o1.key --passphrase file:@pass";
    place.run(&format!("packet seal {first} --recipient @kit/office.cert.pem --out @altered.packet")).yes();
    let mut altered = place.read("altered.packet");
    *altered.last_mut().unwrap() ^= 1;
    place.write("altered.packet", altered);
    super::run_all(ROWS, &place);
    assert_eq!((place.read("opened/record.json"), place.read("opened/print.png")), (b"{}".to_vec(), vec![7; 900]));
    assert!(!place.at("2").exists(), "what was refused wrote nothing");
}
