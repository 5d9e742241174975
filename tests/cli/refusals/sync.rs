//! `sync …` of a service point that has a store of its own, over a folder and over a line.

use super::Refusal::{Act, But, Same};
use super::place::Place;
use super::service::Service;
use super::{Rows, Yes, centre, desk_line, of_desk, offices, stores};
use crate::contract::Run;
use crate::sync::{certificates, free_port, line, lines};
use ektp::issuance::store::{Id, Move, Opening, Word};
use ektp::pki::sample::Kit;
use ektp::world::{SystemClock, system_entropy};

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "sync push",
        yes: Yes::Line(desk_line!(
            "@stick --spool @spool --recipients @recipients --trust @trust --job-id j-sync",
            "31.71.01",
            "sync"
        )),
        refusals: of_desk!("@sync.key", "j-sync", "used";
            But("usage", "@stick", "ftp://nowhere"),
            But("usage", "@stick", "https://localhost:1"),
            But("encoding-invalid", "@trust", "@trust-encoding"),
            But("certificate-unfit", "@trust", "@trust-certificate"),
            But("untrusted-issuer", "@trust", "@trust-untrusted"),
            But("sample-key", "@trust", "@trust-sample"),
            But("crl-rollback", "@trust", "@trust-rollback"),
            But("file-unreadable", "@recipients", "@none"),
            Act("offline-queued", |place| place.run(&over(place, "push", 1))),
            Act("partly-done", |place| {
                // A capture that cannot be sealed to anybody.
                centre::consolidated(place, "A-343BE57D09DD983B");
                place.run(&over(place, "push", 0).replace("@recipients", "@nobody"))
            }),
            Act("store-rolled-back", |place| rolled_back(place, "push")),
        ),
    },
    Rows {
        verb: "sync pull",
        yes: Yes::Line(desk_line!(
            "@stick --opens @kit/office.key.pem --opens-passphrase file:@sample --spool @spool --recipients @recipients \
             --trust @trust --job-id j-sync",
            "31.71.01",
            "sync"
        )),
        refusals: of_desk!("@sync.key", "j-sync", "used";
            But("usage", "@stick", "https://localhost"),
            But("encoding-invalid", "@trust", "@trust-encoding"),
            But("certificate-unfit", "@trust", "@trust-certificate"),
            But("untrusted-issuer", "@trust", "@trust-untrusted"),
            But("sample-key", "@trust", "@trust-sample"),
            But("crl-rollback", "@trust", "@trust-rollback"),
            But("file-unreadable", "@stick", "@none"),
            Act("offline-queued", |place| place.run(&over(place, "pull", 1))),
            Act("partly-done", |place| {
                std::fs::create_dir_all(place.at("torn/31.71.01")).unwrap();
                place.write(&format!("torn/31.71.01/{}.item", "0".repeat(64)), "torn");
                place.run(&over(place, "pull", 0).replace("@stick", "@torn"))
            }),
            Act("store-rolled-back", |place| rolled_back(place, "pull")),
        ),
    },
    Rows {
        verb: "sync relay",
        yes: Yes::Line("@stick --spool @relay --roster @roster --office 31.71"),
        refusals: &[
            But("in-use", "@relay", "@busy"),
            But("file-unreadable", "@stick", "@none"),
            But("input-invalid", "31.71", "31.72"),
            Act("partly-done", |place| place.run("sync relay @torn --spool @relay --roster @roster --office 31.71")),
            Act("not-permitted", |place| {
                // A service of another authority.
                let port = free_port();
                let serve = format!("sync serve --listen 127.0.0.1:{port} --spool @served --roster @roster --office ministry");
                let _service = Service::start(place, &format!("{serve} {}", line("ministry")));
                let by = line("31.71").replace("@lines.pem", "@others.pem");
                place.run(&format!("sync relay https://localhost:{port} --spool @relay --roster @roster --office 31.71 {by}"))
            }),
        ],
    },
    Rows {
        verb: "sync relay",
        yes: Yes::Elsewhere(
            "https://localhost:1 --spool @relay --roster @roster --office 31.71 --line-cert @line-31.71.pem --line-key @line-31.71.key \
             --line-passphrase file:@pass --line-ca @lines.pem",
        ),
        refusals: &[
            Same("offline-queued"),
            But("usage", "--line-ca", "--no-ca"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("key-missing", "@line-31.71.key", "@none"),
            But("encoding-invalid", "@line-31.71.key", "@garbage"),
            But("not-permitted", "@lines.pem", "@garbage"),
        ],
    },
    Rows { verb: "sync status", yes: Yes::Line("--spool @spool"), refusals: &[But("file-unreadable", "@spool", "@none")] },
    Rows {
        verb: "sync serve",
        yes: Yes::Act(|place| {
            let serve =
                format!("sync serve --listen 127.0.0.1:{} --spool @served --roster @roster --office ministry", free_port());
            let service = Service::start(place, &format!("{serve} {}", line("ministry")));
            service.asked_to_end();
            service.ended()
        }),
        refusals: &[Act("in-use", |place| {
            let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let port = busy.local_addr().unwrap().port();
            let by = line("ministry");
            place.run(&format!("sync serve --listen 127.0.0.1:{port} --spool @served --roster @roster --office ministry {by}"))
        })],
    },
    Rows {
        verb: "sync serve",
        yes: Yes::Elsewhere(
            "--listen 127.0.0.1:0 --spool @served --roster @roster --office ministry --line-cert @line-ministry.pem \
             --line-key @line-ministry.key --line-passphrase file:@pass --line-ca @lines.pem",
        ),
        refusals: &[
            But("usage", "127.0.0.1:0", "nowhere"),
            But("input-invalid", "ministry", "31.71"),
            But("input-invalid", "file:@pass", "correct"),
            But("file-unreadable", "file:@pass", "file:@none"),
            But("file-unreadable", "@roster", "@none"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("key-missing", "@line-ministry.key", "@none"),
            But("encoding-invalid", "@line-ministry.key", "@garbage"),
            But("not-permitted", "@lines.pem", "@garbage"),
        ],
    },
];

/// A line of the desk, at a port where nobody answers, or the folder.
fn over(_: &Place, verb: &str, port: u16) -> String {
    let at = if port == 0 { "@stick".to_owned() } else { format!("https://localhost:{port} {}", line("31.71.01")) };
    let opens = if verb == "pull" { "--opens @kit/office.key.pem --opens-passphrase file:@sample" } else { "" };
    let desk = offices::desk("31.71.01", "sync", None);
    format!("sync {verb} {at} {opens} --spool @spool --recipients @recipients {desk}")
}

/// The same with a store that was put back, whose folder knows better.
fn rolled_back(place: &Place, verb: &str) -> Run {
    if !place.at("old.db").exists() {
        std::fs::copy(place.at("issuance.db"), place.at("old.db")).unwrap();
        row(place, "after");
        place.run(&over(place, "push", 0)).yes();
    }
    place.run(&over(place, verb, 0).replace("@issuance.db", "@old.db"))
}

/// A row in the audit of the store.
fn row(place: &Place, name: &str) {
    let opening = Opening::Incident { about: Word::parse("nothing").unwrap() };
    let incident = Move::open(Id::parse(&format!("I-{name}")).unwrap(), opening);
    centre::take(place, "31.71.01", vec![("operator", vec![incident])]);
}

pub fn run() {
    let place = Place::new();
    offices::furnish(&place);
    let kit = Kit::mint(&SystemClock, &mut system_entropy()).unwrap();
    place.save(&kit);
    stores::make(&place, &kit);
    certificates(&place, &["ministry"]);
    lines(&place, &["ministry", "31.71", "31.71.01"]);
    place.write("others.pem", place.read("lines.pem"));
    lines(&place, &["ministry", "31.71", "31.71.01"]);
    for folder in ["stick", "nobody"] {
        std::fs::create_dir(place.at(folder)).unwrap();
    }
    centre::registered(&place);
    let used = Opening::Incident { about: Word::parse("nothing").unwrap() };
    let mut country = super::country::Country::of(&place);
    country.under("used", "31.71.01", vec![(Move::open(Id::parse("I-0").unwrap(), used), ektp::issuance::Role::Operator, None)]);
    drop(country);
    let held = ektp::issuance::sync::Spool::open(&place.at("busy"), "31.71".parse().unwrap()).unwrap();
    let _held = held.hold().unwrap().unwrap();
    place.run(&over(&place, "push", 0)).yes();
    centre::consolidated(&place, "A-73540A00D69260E7");
    super::run_all(ROWS, &place);
}
