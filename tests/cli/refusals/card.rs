//! `card plan`, `build`, `inspect` and `approve`.

use super::Refusal::{But, Line, Same};
use super::place::Place;
use super::{Rows, Yes, plain};
use crate::contract::root;
use ektp::lds::numbers::Register;
use ektp::pki::sample::Kit;
use ektp::world::{SystemClock, system_entropy};

const RECORD: &str = "@record-citizen.json";

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "card plan",
        yes: Yes::Line("--profile ektp-8k --record @record-citizen.json"),
        refusals: &[
            But("profile-invalid", "ektp-8k", "ektp-4k"),
            But("does-not-fit", "ektp-8k", "@small.toml"),
            But("record-invalid", RECORD, "@record.json"),
            But("image-invalid", RECORD, "@picture.json"),
            But("template-invalid", RECORD, "@template.json"),
            But("encoding-invalid", RECORD, "@nul.json"),
            But("input-invalid", RECORD, "@too-large.json"),
            But("file-unreadable", RECORD, "@none.json"),
            But("password-not-printed", "ektp-8k", "@unprinted.toml"),
        ],
    },
    Rows {
        verb: "card build",
        yes: Yes::Line(
            "--profile ektp-8k --record @record-citizen.json --recipient @kit/bureau.cert.pem --job-id b-1 --out @image --numbers @n.db",
        ),
        refusals: &[
            But("profile-invalid", "ektp-8k", "ektp-4k"),
            But("does-not-fit", "ektp-8k", "@small.toml"),
            But("password-not-printed", "ektp-8k", "@unprinted.toml"),
            But("record-invalid", RECORD, "@record.json"),
            But("image-invalid", RECORD, "@picture.json"),
            But("template-invalid", RECORD, "@template.json"),
            But("input-invalid", RECORD, "@too-large.json"),
            But("file-unreadable", RECORD, "@none.json"),
            But("file-unreadable", "@kit/bureau.cert.pem", "@none"),
            But("encoding-invalid", "@kit/bureau.cert.pem", "@garbage"),
            But("certificate-invalid", "@kit/bureau.cert.pem", "@version.cer"),
            But("encoding-invalid", "@n.db", "@garbage"),
            But("job-conflict", RECORD, "@record-foreigner.json"),
            Line(
                "numbers-used-up",
                "--profile @one.toml --record @record-citizen.json --recipient @kit/bureau.cert.pem --job-id z --out @z --numbers @one.db",
            ),
        ],
    },
    Rows {
        verb: "card erase-can",
        yes: Yes::Line("--job-id b-1 --numbers @n.db"),
        refusals: &[
            But("usage", "b-1", "b/1"),
            But("wrong-state", "b-1", "b-2"),
            But("file-unreadable", "@n.db", "@none"),
            But("encoding-invalid", "@n.db", "@garbage"),
        ],
    },
    Rows {
        verb: "card build",
        yes: Yes::Elsewhere(
            "--profile ektp-8k --record @record-citizen.json --recipient @kit/bureau.cert.pem --job-id b-1 --out @image --numbers @n.db",
        ),
        refusals: &[Same("wrong-state")],
    },
    Rows {
        verb: "card inspect",
        yes: Yes::Line("@sealed --key @kit/bureau.key.pem --passphrase file:@sample --can-to @can"),
        refusals: &[
            But("file-unreadable", "@sealed", "@none"),
            But("input-invalid", "@sealed", "@empty"),
            But("image-altered", "@sealed", "@altered"),
            But("input-invalid", "file:@sample", "sample"),
            But("file-unreadable", "file:@sample", "file:@none"),
            But("login-needed", "file:@sample", "file:@wrong"),
            But("key-missing", "@kit/bureau.key.pem", "@none"),
            But("key-missing", "@kit/bureau.key.pem", "@kit/approver.key.pem"),
            But("encoding-invalid", "@kit/bureau.key.pem", "@garbage"),
            But("output-exists", "@can", "@taken"),
        ],
    },
    Rows {
        verb: "card approve",
        yes: Yes::Line(
            "@approved --cert @kit/approver.cert.pem --key @kit/approver.key.pem --passphrase file:@sample --application A-1 \
             --route office --reason sample --signer signer-1",
        ),
        refusals: &[But("job-conflict", "office", "elsewhere")],
    },
    Rows {
        verb: "card approve",
        yes: Yes::Elsewhere(
            "@sealed --cert @kit/approver.cert.pem --key @kit/approver.key.pem --passphrase file:@sample --application A-1 \
             --route office --reason sample --signer signer-1",
        ),
        refusals: &[
            But("not-permitted", "@kit/approver.cert.pem", "@kit/receipt.cert.pem"),
            But("authorization-invalid", "sample", "first"),
            But("input-invalid", "@kit/approver.key.pem", "@kit/receipt.key.pem"),
            But("input-invalid", "file:@sample", "sample"),
            But("login-needed", "file:@sample", "file:@wrong"),
            But("key-missing", "@kit/approver.key.pem", "@none"),
            But("encoding-invalid", "@kit/approver.key.pem", "@garbage"),
            But("encoding-invalid", "@kit/approver.cert.pem", "@garbage"),
            But("certificate-invalid", "@kit/approver.cert.pem", "@version.cer"),
            But("file-unreadable", "@sealed", "@none"),
        ],
    },
];

pub fn run() {
    let place = Place::new();
    plain::records(&place);
    let kit = Kit::mint(&SystemClock, &mut system_entropy()).unwrap();
    place.save(&kit);
    // X.509 version 1, which no certificate of ours has.
    place.patched("kit/bureau.cert.pem", "version.cer", &[0xA0, 3, 2, 1, 2], &[0xA0, 3, 2, 1, 0]);
    profiles(&place);
    images(&place, &kit);
    super::run_all(ROWS, &place);
}

/// Profiles that are too small for a card, print no password, or have one status index, which is given.
pub fn profiles(place: &Place) {
    let profile = std::fs::read_to_string(root().join("specs/profiles/ektp-8k.toml")).unwrap();
    place.write("8k.toml", profile);
    place.changed("8k.toml", "small.toml", "capacity = 8192", "capacity = 7000");
    place.changed("8k.toml", "unprinted.toml", "passwords = [\"can\", \"mrz\", \"legacy\"]", "passwords = [\"legacy\"]");
    let line = |l: &str| if l.starts_with("status_indices") { "status_indices = 1".to_owned() } else { l.to_owned() };
    let text = String::from_utf8(place.read("8k.toml")).unwrap();
    place.write("one.toml", text.lines().map(line).collect::<Vec<_>>().join("\n"));
    Register::open(&place.at("one.db")).unwrap().give("the only one", 1, &mut system_entropy()).unwrap();
}

fn images(place: &Place, kit: &Kit) {
    for folder in ["sealed", "approved", "altered"] {
        crate::approve::sealed_image(kit, &place.at(folder));
    }
    let mut sealed = place.read("altered/files.cms");
    *sealed.last_mut().unwrap() ^= 1;
    place.write("altered/files.cms", sealed);
    std::fs::create_dir(place.at("empty")).unwrap();
}
