//! `officer roster`, `enrol`, `grant`, `revoke` and `show`.

use super::Refusal::{Act, But, Line, Same};
use super::place::Place;
use super::{Rows, Yes};
use crate::contract::Run;

const PASS: &str = "file:@pass";

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "officer roster",
        yes: Yes::Line("@second --key @root.key --passphrase file:@pass"),
        refusals: &[
            But("output-exists", "@second", "@roster"),
            But("file-unreadable", "@second", "@taken/second"),
            But("input-invalid", PASS, "correct"),
            But("login-needed", PASS, "file:@wrong"),
            But("key-missing", "@root.key", "@none"),
            But("encoding-invalid", "@root.key", "@garbage"),
        ],
    },
    Rows {
        verb: "officer enrol",
        yes: Yes::Line("--label O-1 --role operator --office 31.71.01 --key @o1.key --passphrase file:@pass --out @o1.json"),
        refusals: &[
            But("usage", "operator", "mayor"),
            But("usage", "31.71.01", "31"),
            // A role that nobody has at this office.
            But("input-invalid", "operator", "personalizer"),
            But("output-exists", "@o1.json", "@o2.json"),
            But("output-exists", "@o1.key", "@o2.key"),
            Line(
                "file-unreadable",
                "--label O-2 --role operator --office 31.71 --key @o2.key --passphrase file:@none --out @o2.json",
            ),
            Line(
                "input-invalid",
                "--label O-2 --role operator --office ministry --key @o2.key --passphrase file:@pass --out @o2.json",
            ),
        ],
    },
    Rows {
        verb: "officer grant",
        yes: Yes::Line("@o1.json --roster @roster --key @head.key --passphrase file:@pass --from 2026-01-01 --until 2027-01-01"),
        refusals: &[
            But("not-permitted", "@head.key", "@o1.key"),
            But("not-permitted", "2027-01-01", "2039-01-01"),
            But("input-invalid", "2027-01-01", "2025-01-01"),
            But("input-invalid", "@o1.json", "@garbage"),
            But("file-unreadable", "@roster", "@none"),
            But("usage", "2027-01-01", "tomorrow"),
            But("login-needed", PASS, "file:@wrong"),
            But("key-missing", "@head.key", "@none"),
            But("encoding-invalid", "@head.key", "@garbage"),
        ],
    },
    Rows {
        verb: "officer revoke",
        yes: Yes::Act(|place| revoke(place, "head.key")),
        refusals: &[
            Act("no-terminal", |place| {
                place.run_alone(&format!("officer revoke {} --roster @roster --key @head.key", "0".repeat(64)))
            }),
            Act("not-permitted", |place| revoke(place, "o1.key")),
            Line(
                "input-invalid",
                "0000000000000000000000000000000000000000000000000000000000000000 --roster @roster --key @head.key --passphrase correct",
            ),
            Line(
                "file-unreadable",
                "0000000000000000000000000000000000000000000000000000000000000000 --roster @none --key @head.key --passphrase file:@pass",
            ),
            Line(
                "login-needed",
                "0000000000000000000000000000000000000000000000000000000000000000 --roster @roster --key @head.key --passphrase file:@wrong",
            ),
            Line(
                "key-missing",
                "0000000000000000000000000000000000000000000000000000000000000000 --roster @roster --key @none --passphrase file:@pass",
            ),
            Line(
                "encoding-invalid",
                "0000000000000000000000000000000000000000000000000000000000000000 --roster @roster --key @garbage --passphrase file:@pass",
            ),
        ],
    },
    Rows {
        verb: "officer revoke",
        yes: Yes::Elsewhere(
            "0000000000000000000000000000000000000000000000000000000000000000 --roster @roster --key @head.key --passphrase file:@pass",
        ),
        refusals: &[Same("wrong-state")],
    },
    Rows {
        verb: "officer show",
        yes: Yes::Line("@roster"),
        refusals: &[
            But("file-unreadable", "@roster", "@none"),
            But("input-invalid", "@roster", "@broken"),
            But("not-permitted", "@roster", "@mixed"),
        ],
    },
    Rows {
        verb: "officer session",
        yes: Yes::Line("--key @operator.key --passphrase file:@pass --socket @alone --until 2035-01-01 --idle 1"),
        refusals: &[
            Line("in-use", "--key @operator.key --passphrase file:@pass --socket @held --until 2035-01-01"),
            Line("input-invalid", "--key @operator.key --passphrase file:@pass --socket @s --until 2020-01-01"),
            Line("login-needed", "--key @operator.key --passphrase file:@wrong --socket @s --until 2035-01-01"),
            Line("key-missing", "--key @none --passphrase file:@pass --socket @s --until 2035-01-01"),
            Line("encoding-invalid", "--key @garbage --passphrase file:@pass --socket @s --until 2035-01-01"),
            Line("file-unreadable", "--key @operator.key --passphrase file:@none --socket @s --until 2035-01-01"),
            Line("output-exists", "--key @operator.key --passphrase file:@pass --socket @taken --until 2035-01-01"),
            Line("usage", "--key @operator.key --passphrase file:@pass --socket @s --until tomorrow"),
        ],
    },
    Rows {
        verb: "officer leave",
        yes: Yes::Act(left),
        refusals: &[Line("login-needed", "--socket @none"), Act("key-store-unavailable", strange)],
    },
];

/// A session of a key for a second, and a verb that signs by it meanwhile.
fn in_session(place: &Place) -> Run {
    let session = std::thread::scope(|scope| {
        let session = scope.spawn(|| {
            place.run("officer session --key @operator.key --passphrase file:@pass --socket @session --until 2035-01-01 --idle 2")
        });
        while !place.at("session").exists() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let apply = "9999990902830000 --family 9999990101260000 --reason new --paper family-card:copy";
        let desk = "--roster @country --office 31.71.01 --session @session";
        place.run(&format!("case register import %/samples/register.csv {} --roster @country --office 31.71 --key @regency-operator.key --passphrase file:@pass", super::offices::STORE)).yes();
        place.run(&format!("case apply {apply} {} {desk}", super::offices::STORE)).yes();
        let held = place.run("officer session --key @operator.key --passphrase file:@pass --socket @session --until 2035-01-01");
        assert_eq!((held.exit, held.reason()), (12, "in-use"));
        session.join().unwrap()
    });
    let data = session.yes().data().clone();
    assert_eq!((data["signed"].as_u64(), data["ended"].as_str()), (Some(1), Some("idle")));
    session
}

/// A session that somebody ends.
fn left(place: &Place) -> Run {
    std::thread::scope(|scope| {
        let session = scope.spawn(|| {
            place.run("officer session --key @operator.key --passphrase file:@pass --socket @leaving --until 2035-01-01")
        });
        while !place.at("leaving").exists() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let leave = place.run("officer leave --socket @leaving");
        assert_eq!(session.join().unwrap().yes().data()["ended"], "officer");
        leave
    })
}

/// Whatever answers otherwise.
fn strange(place: &Place) -> Run {
    let listener = std::os::unix::net::UnixListener::bind(place.at("strange")).unwrap();
    let stranger = std::thread::spawn(move || drop(listener.accept()));
    let run = place.run("officer leave --socket @strange");
    stranger.join().unwrap();
    run
}

/// Ends the operator's grant with a key.
fn revoke(place: &Place, key: &str) -> Run {
    let shown = place.run("officer show @roster");
    let grants = shown.yes().data()["grants"].as_array().unwrap().clone();
    let grant = grants.iter().find(|g| g["label"] == "O-1").unwrap()["grant"].as_str().unwrap().to_owned();
    place.run(&format!("officer revoke {grant} --roster @roster --key @{key} --passphrase file:@pass --at 2026-06-01"))
}

pub fn run() {
    let place = Place::new();
    super::offices::furnish(&place);
    std::fs::rename(place.at("roster"), place.at("country")).unwrap();
    std::fs::remove_file(place.at("head.key")).unwrap();
    place.run("pki key --key @root.key --passphrase file:@pass").yes();
    place.run("officer roster @roster --key @root.key --passphrase file:@pass").yes();
    let head = "--role head-of-registry --office 31.71 --key @head.key --passphrase file:@pass --out @head.json";
    place.run(&format!("officer enrol --label H-1 {head}")).yes();
    let until = "--roster @roster --key @root.key --passphrase file:@pass --from 2026-01-01 --until 2028-01-01";
    place.run(&format!("officer grant @head.json {until}")).yes();
    // A roster whose root is none, and one under another root with this one's grant.
    std::fs::create_dir(place.at("broken")).unwrap();
    place.write("broken/root.json", b"{}");
    place.run("pki key --key @other.key --passphrase file:@pass").yes();
    place.run("officer roster @mixed --key @other.key --passphrase file:@pass").yes();
    for grant in std::fs::read_dir(place.at("roster/grants")).unwrap() {
        let grant = grant.unwrap();
        std::fs::copy(grant.path(), place.at("mixed/grants").join(grant.file_name())).unwrap();
    }
    // Somebody answers there: no session takes the place.
    let held = std::os::unix::net::UnixListener::bind(place.at("held")).unwrap();
    super::run_all(ROWS, &place);
    drop(held);
    in_session(&place);
    let shown = place.run("officer show @roster --at 2026-05-31T12:00:00Z");
    let states = |run: &Run| -> Vec<String> {
        let grants = run.data()["grants"].as_array().unwrap().clone();
        let mut told: Vec<_> =
            grants.iter().map(|g| format!("{} {}", g["label"].as_str().unwrap(), g["state"].as_str().unwrap())).collect();
        told.sort();
        told
    };
    assert_eq!(states(shown.yes()), ["H-1 in-force", "O-1 in-force"]);
    let later = place.run("officer show @roster --at 2026-06-02");
    assert_eq!(states(later.yes()), ["H-1 in-force", "O-1 revoked"]);
}
