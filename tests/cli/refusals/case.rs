//! `case …`: one resident on the way from the list, another from the form, and every way in which a verb does not go on.

use super::Refusal::{Act, But, Line, Same};
use super::place::Place;
use super::{Rows, Yes, offices};
use crate::contract::Run;
use ektp::issuance::desk::{By, Desk, Officer};
use ektp::issuance::officer::Folder;
use ektp::issuance::store::{Id, Move, Opening, SqliteStore, Word};
use ektp::issuance::{Office, application, blank, card};
use ektp::world::{SystemClock, system_entropy};

/// Store, roster, office and officer.
macro_rules! at {
    ($office:literal $key:literal) => {
        concat!(
            "--store @issuance.db --store-key @store.key --store-passphrase file:@pass --roster @roster --office ",
            $office,
            " --key @",
            $key,
            ".key --passphrase file:@pass"
        )
    };
    ($office:literal $key:literal $second:literal) => {
        concat!(at!($office $key), " --second @", $second, ".key --second-passphrase file:@pass")
    };
}

/// The store alone.
macro_rules! store {
    () => {
        "--store @issuance.db --store-key @store.key --store-passphrase file:@pass"
    };
}

/// The refusals of every verb that opens the store, and others.
macro_rules! refusals {
    ($($other:expr),* $(,)?) => {
        &[
            But("store-unavailable", "@issuance.db", "@none"),
            But("wrong-store-key", "@store.key", "@other-store.key"),
            But("encoding-invalid", "@store.key", "@garbage"),
            But("input-invalid", "@store.key", "@gallery.key"),
            But("key-missing", "@store.key", "@none"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("file-unreadable", "file:@pass", "file:@none"),
            $($other),*
        ]
    };
}

/// A line with the application of Budi, who is summoned.
macro_rules! budi {
    ($($rest:expr),*) => { concat!("A-73540A00D69260E7 ", $($rest),*) };
}

/// Why every finger but the two is not taken.
pub const EXCEPTIONS: &str = "--exception right_thumb=amputated --exception right_middle=amputated --exception right_ring=amputated \
    --exception right_little=amputated --exception left_thumb=amputated --exception left_middle=amputated \
    --exception left_ring=amputated --exception left_little=amputated";

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "case register import",
        yes: Yes::Line(concat!("%/samples/register.csv ", at!("31.71" "regency-operator"), " --job-id import-1")),
        refusals: refusals![
            But("record-invalid", "%/samples/register.csv", "@bad.csv"),
            But("job-conflict", "%/samples/register.csv", "@changed.csv"),
            Line("not-permitted", concat!("@changed.csv ", at!("31.71" "courier"))),
            Line("not-permitted", concat!("@changed.csv ", at!("31.71.02" "regency-operator"))),
        ],
    },
    Rows {
        verb: "case register depart",
        yes: Yes::Line(concat!("9999990211780000 --why dead ", at!("31.71" "head"), " --job-id depart-1")),
        refusals: refusals![
            But("resident-unknown", "9999990211780000", "3171010101900001"),
            But("job-conflict", "9999990211780000", "9999996412900000"),
            Line("wrong-state", concat!("9999990211780000 --why moved ", at!("31.71" "head"))),
            Line("not-permitted", concat!("9999996412900000 --why moved ", at!("31.71" "regency-operator"))),
            Line("not-permitted", concat!("9999996412900000 --why moved ", at!("31.71.02" "head"))),
        ],
    },
    Rows {
        verb: "case register import",
        yes: Yes::Elsewhere(concat!("@changed.csv ", at!("31.71" "regency-operator"))),
        refusals: &[Same("wrong-state")],
    },
    Rows {
        verb: "case register show",
        yes: Yes::Line(concat!("9999990902830000 --family 9999990101260000 ", store!())),
        refusals: refusals![
            But("resident-unknown", "9999990902830000", "3171010101900001"),
            But("input-invalid", "9999990101260000", "9999990101260017"),
            But("usage", "9999990902830000", "99"),
        ],
    },
    Rows {
        verb: "case list",
        yes: Yes::Line(concat!("--of citizens --out @list.pdf ", at!("31.71" "head"), " --job-id list-1")),
        refusals: &[
            But("output-exists", "@list.pdf", "@taken"),
            Line(
                "store-unavailable",
                "--of citizens --store @none --store-key @store.key --store-passphrase file:@pass --roster @roster --office 31.71 --key @head.key --passphrase file:@pass",
            ),
            Line(
                "wrong-store-key",
                "--of citizens --store @issuance.db --store-key @other-store.key --store-passphrase file:@pass --roster @roster --office 31.71 --key @head.key --passphrase file:@pass",
            ),
            Line(
                "encoding-invalid",
                "--of citizens --store @issuance.db --store-key @garbage --store-passphrase file:@pass --roster @roster --office 31.71 --key @head.key --passphrase file:@pass",
            ),
            Line(
                "input-invalid",
                "--of citizens --store @issuance.db --store-key @gallery.key --store-passphrase file:@pass --roster @roster --office 31.71 --key @head.key --passphrase file:@pass",
            ),
            Line(
                "key-missing",
                "--of citizens --store @issuance.db --store-key @none --store-passphrase file:@pass --roster @roster --office 31.71 --key @head.key --passphrase file:@pass",
            ),
            Line(
                "login-needed",
                "--of citizens --store @issuance.db --store-key @store.key --store-passphrase file:@wrong --roster @roster --office 31.71 --key @head.key --passphrase file:@pass",
            ),
            Line(
                "file-unreadable",
                "--of citizens --store @issuance.db --store-key @store.key --store-passphrase file:@none --roster @roster --office 31.71 --key @head.key --passphrase file:@pass",
            ),
            Line("job-conflict", concat!("--of foreign-residents ", at!("31.71" "head"), " --job-id list-1")),
            Line("not-permitted", concat!("--of foreign-residents ", at!("31.71" "regency-operator"))),
        ],
    },
    Rows {
        verb: "case summon",
        yes: Yes::Line(concat!(
            "A-73540A00D69260E7 A-343BE57D09DD983B A-128AFA58EA5C822C --on 2030-12-02 ",
            at!("31.71.01" "camat"),
            " --job-id summon-1"
        )),
        refusals: refusals![
            But("job-conflict", "2030-12-02", "2030-12-03"),
            Line("identifier-unknown", concat!("A-0 --on 2030-12-02 ", at!("31.71.01" "camat"))),
            Line("wrong-state", budi!("--on 2030-12-02 ", at!("31.71.01" "camat"))),
            Line("not-permitted", concat!("A-DDE6348D8A5A3609 --on 2030-12-02 ", at!("31.71.01" "head"))),
            But("usage", "2030-12-02", "tomorrow"),
        ],
    },
    Rows {
        verb: "case pass",
        yes: Yes::Line(budi!("--to village-head --name LURAH ", at!("31.71.01" "operator"), " --job-id pass-1")),
        refusals: refusals![
            But("job-conflict", "village-head", "resident"),
            Line("identifier-unknown", concat!("A-0 --to resident --name BUDI ", at!("31.71.01" "operator"))),
            Line("wrong-state", concat!("A-DDE6348D8A5A3609 --to village-head --name LURAH ", at!("31.71.01" "operator"))),
            Line("not-permitted", budi!("--to resident --name BUDI ", at!("31.71" "regency-operator"))),
        ],
    },
    Rows {
        verb: "case pass",
        yes: Yes::Act(|place| {
            for application in ["A-343BE57D09DD983B", "A-128AFA58EA5C822C"] {
                let operator = at!("31.71.01" "operator");
                let pass = |to: &str| format!("case pass {application} --to {to} --name SPESIMEN {operator}");
                place.run(&pass("resident")).refused(12, "wrong-state");
                place.run(&pass("village-head")).yes();
                place.run(&pass("resident")).yes();
            }
            // Nobody comes who was not handed the summons.
            let line = budi!("--paper summons --code EKTP1/S/A-73540A00D69260E7/0/8B14B97208C5FC0CAEC1836F ");
            place.run(&format!("case verify {line} {}", at!("31.71.01" "operator"))).refused(12, "wrong-state");
            place.run(concat!("case pass ", budi!("--to resident --name BUDI ", at!("31.71.01" "operator"))))
        }),
        refusals: &[],
    },
    Rows {
        verb: "case verify",
        yes: Yes::Line(budi!(
            "--paper summons --code EKTP1/S/A-73540A00D69260E7/0/8B14B97208C5FC0CAEC1836F ",
            at!("31.71.01" "operator"),
            " --job-id verify-1"
        )),
        refusals: refusals![
            But("job-conflict", "summons", "summons:copy"),
            Line("identifier-unknown", concat!("A-0 --paper summons ", at!("31.71.01" "operator"))),
            Line(
                "wrong-state",
                budi!(
                    "--paper summons --code EKTP1/S/A-73540A00D69260E7/0/8B14B97208C5FC0CAEC1836F ",
                    at!("31.71.01" "operator")
                )
            ),
            Line("not-permitted", budi!("--paper summons ", at!("31.71" "regency-operator"))),
            Line(
                "receipt-invalid",
                concat!(
                    "A-343BE57D09DD983B --paper summons --code EKTP1/S/A-128AFA58EA5C822C/0/07E9B56C4AB03E1B02534065 ",
                    at!("31.71.01" "operator")
                )
            ),
            Act("record-invalid", |place| {
                let code = summons_code(place, "A-343BE57D09DD983B");
                let papers = format!("--paper summons --paper proof-of-change --changes @value.json --code {code}");
                place.run(&format!("case verify A-343BE57D09DD983B {papers} {}", at!("31.71.01" "operator")))
            }),
            Line("input-invalid", concat!("A-343BE57D09DD983B --paper summons --changes @garbage ", at!("31.71.01" "operator"))),
            // The code of the summons was not read.
            Line("input-invalid", concat!("A-343BE57D09DD983B --paper summons ", at!("31.71.01" "operator"))),
            But("usage", "summons", "letter"),
        ],
    },
    Rows {
        verb: "case capture",
        yes: Yes::Act(|place| captured(place, "A-73540A00D69260E7", "31.71.01", ["operator", "supervisor"], "capture-1")),
        refusals: &[
            Act("job-conflict", |place| captured_of(place, "@capture", "amputated", "bandaged")),
            Act("finger-image-invalid", |place| captured_of(place, "@unreadable", "capture-1", "c-2")),
            Act("image-invalid", |place| captured_of(place, "@faceless", "capture-1", "c-3")),
            Act("sample-too-poor", |place| captured_of(place, "@poor", "capture-1", "c-4")),
            Act("fingers-alike", |place| captured_of(place, "@alike", "capture-1", "c-5")),
            Act("weights-missing", |place| {
                captured_of(place, "@capture", "--job-id capture-1", "--extractor leader --weights @none")
            }),
            Act("identifier-unknown", |place| {
                place.run(&capture_line("@capture").replace("A-73540A00D69260E7", "A-0").replace("capture-1", "c-8"))
            }),
            Act("wrong-state", |place| captured_of(place, "@capture", "capture-1", "c-9")),
            Act("not-permitted", |place| {
                captured_of(place, "@capture", "--second @supervisor.key --job-id capture-1", "--job-id c-6")
            }),
            Act("store-unavailable", |place| captured_of(place, "@capture", "@issuance.db", "@none")),
            Act("wrong-store-key", |place| captured_of(place, "@capture", "@store.key", "@other-store.key")),
            Act("encoding-invalid", |place| captured_of(place, "@capture", "@store.key", "@garbage")),
            Act("input-invalid", |place| captured_of(place, "@capture", "@store.key", "@gallery.key")),
            Act("key-missing", |place| captured_of(place, "@capture", "@store.key", "@none")),
            Act("login-needed", |place| {
                captured_of(place, "@capture", "--store-passphrase file:@pass", "--store-passphrase file:@wrong")
            }),
            Act("file-unreadable", |place| captured_of(place, "@nowhere", "capture-1", "c-7")),
            Act("no-terminal", |place| {
                place.run_alone(&capture_line("@capture").replace("--store-passphrase file:@pass", "--store-passphrase prompt"))
            }),
        ],
    },
    Rows {
        verb: "case stamp",
        yes: Yes::Line(budi!("--out @stamp.pdf ", at!("31.71.01" "operator"), " --job-id stamp-1")),
        refusals: &[
            Same("output-exists"),
            Line("job-conflict", concat!("A-343BE57D09DD983B --out @s2.pdf ", at!("31.71.01" "operator"), " --job-id stamp-1")),
            // Once for each receipt, and none before the capture.
            Line("wrong-state", budi!("--out @s3.pdf ", at!("31.71.01" "operator"))),
            Line("wrong-state", concat!("A-343BE57D09DD983B --out @s4.pdf ", at!("31.71.01" "operator"))),
            Line("not-permitted", budi!("--out @s5.pdf ", at!("31.71" "regency-operator"))),
        ],
    },
    Rows {
        verb: "case stamp",
        yes: Yes::Elsewhere(budi!("--out @none.pdf ", at!("31.71.01" "operator"))),
        refusals: refusals![Same("wrong-state"), But("identifier-unknown", "A-73540A00D69260E7", "A-0")],
    },
    Rows {
        verb: "case receipt",
        yes: Yes::Line(budi!(at!("31.71.01" "operator" "supervisor"), " --job-id receipt-1")),
        refusals: refusals![
            But("job-conflict", "A-73540A00D69260E7", "A-343BE57D09DD983B"),
            Line("wrong-state", concat!("A-343BE57D09DD983B ", at!("31.71.01" "operator" "supervisor"))),
            Line("identifier-unknown", concat!("A-0 ", at!("31.71.01" "operator" "supervisor"))),
            Line("not-permitted", budi!(at!("31.71.01" "operator"))),
        ],
    },
    Rows {
        verb: "case consolidate",
        yes: Yes::Line(budi!(at!("31.71.01" "operator"), " --job-id consolidate-1")),
        refusals: refusals![
            But("job-conflict", "A-73540A00D69260E7", "A-343BE57D09DD983B"),
            Line("wrong-state", concat!("A-343BE57D09DD983B ", at!("31.71.01" "operator"))),
            Line("identifier-unknown", concat!("A-0 ", at!("31.71.01" "operator"))),
            Line("not-permitted", budi!(at!("31.71" "regency-operator"))),
        ],
    },
    Rows {
        verb: "case withdraw",
        yes: Yes::Line(concat!("A-DDE6348D8A5A3609 --why applicant ", at!("31.71.01" "operator"), " --job-id withdraw-1")),
        refusals: refusals![
            But("job-conflict", "applicant", "moved"),
            Line("wrong-state", concat!("A-DDE6348D8A5A3609 --why applicant ", at!("31.71.01" "operator"))),
            Line("identifier-unknown", concat!("A-0 --why applicant ", at!("31.71.01" "operator"))),
            Line("not-permitted", concat!("A-343BE57D09DD983B --why applicant ", at!("31.71.01" "courier"))),
            Act("offline-queued", |_| {
                let place = Place::new();
                super::handover::own_desk(&place);
                let two = offices::desk("31.71.01", "operator", Some("supervisor"));
                let run = place.run(&format!("case withdraw A-73540A00D69260E7 --why applicant {two}"));
                assert_eq!((&run.data()["queued"], &run.data()["revoked"][0]), (&true.into(), &"C-1".into()), "{}", run.result);
                run
            }),
        ],
    },
    Rows {
        verb: "case apply",
        yes: Yes::Line(concat!(
            "9999995707850000 --family 9999990101260000 --reason damaged --paper family-card:copy --paper old-card ",
            at!("31.71.01" "operator"),
            " --job-id apply-1"
        )),
        refusals: refusals![
            But("job-conflict", "damaged", "expired"),
            But("usage", "damaged", "tired"),
            Line(
                "resident-unknown",
                concat!("3171010101900001 --family 9999990101260000 --reason new ", at!("31.71.01" "operator"))
            ),
            Line(
                "person-has-card",
                concat!(
                    "9999996412900000 --family 9999990101260019 --reason new --paper family-card:copy ",
                    at!("31.71.01" "operator")
                )
            ),
            Line(
                "record-invalid",
                concat!(
                    "9999996412900000 --family 9999990101260019 --reason damaged --paper family-card:copy --paper old-card --paper proof-of-change --changes @value.json ",
                    at!("31.71.01" "operator")
                )
            ),
            Line(
                "wrong-state",
                concat!(
                    "9999997005090000 --family 9999990101260000 --reason damaged --paper family-card:copy --paper old-card ",
                    at!("31.71.01" "operator")
                )
            ),
            Line(
                "not-permitted",
                concat!(
                    "9999996412900000 --family 9999990101260019 --reason damaged --paper family-card:copy --paper old-card ",
                    at!("31.71" "regency-operator")
                )
            ),
        ],
    },
    Rows {
        verb: "case visit",
        yes: Yes::Line(concat!(
            "A-22A9AC9EDF86260A --why illness --on 2030-12-02 ",
            at!("31.71" "regency-operator"),
            " --job-id visit-1"
        )),
        refusals: refusals![
            But("job-conflict", "illness", "age"),
            Line("wrong-state", concat!("A-73540A00D69260E7 --why age --on 2030-12-02 ", at!("31.71" "regency-operator"))),
            Line("identifier-unknown", concat!("A-0 --why age --on 2030-12-02 ", at!("31.71" "regency-operator"))),
            Line("not-permitted", concat!("A-343BE57D09DD983B --why age --on 2030-12-02 ", at!("31.71.01" "operator"))),
        ],
    },
    Rows {
        verb: "case show",
        yes: Yes::Line(budi!(store!())),
        refusals: refusals![But("identifier-unknown", "A-73540A00D69260E7", "A-0")],
    },
    Rows {
        verb: "case print",
        yes: Yes::Line(budi!("--paper summons --out @summons.pdf ", store!())),
        refusals: &[
            But("output-exists", "@summons.pdf", "@taken"),
            Line("wrong-state", budi!("--paper visit-slip --out @slip.pdf ", store!())),
            Line("identifier-unknown", concat!("A-0 --paper form --out @nobody.pdf ", store!())),
            Line(
                "store-unavailable",
                budi!("--paper form --out @f.pdf --store @none --store-key @store.key --store-passphrase file:@pass"),
            ),
            Line(
                "wrong-store-key",
                budi!(
                    "--paper form --out @f.pdf --store @issuance.db --store-key @other-store.key --store-passphrase file:@pass"
                ),
            ),
            Line(
                "encoding-invalid",
                budi!("--paper form --out @f.pdf --store @issuance.db --store-key @garbage --store-passphrase file:@pass"),
            ),
            Line(
                "input-invalid",
                budi!("--paper form --out @f.pdf --store @issuance.db --store-key @gallery.key --store-passphrase file:@pass"),
            ),
            Line(
                "key-missing",
                budi!("--paper form --out @f.pdf --store @issuance.db --store-key @none --store-passphrase file:@pass"),
            ),
            Line(
                "login-needed",
                budi!("--paper form --out @f.pdf --store @issuance.db --store-key @store.key --store-passphrase file:@wrong"),
            ),
            Line(
                "file-unreadable",
                budi!("--paper form --out @f.pdf --store @issuance.db --store-key @store.key --store-passphrase file:@none"),
            ),
        ],
    },
    Rows {
        verb: "case close",
        yes: Yes::Act(|place| {
            delivered(place, "A-22A9AC9EDF86260A");
            place.run(concat!(
                "case close A-22A9AC9EDF86260A --old-card collected ",
                at!("31.71.01" "operator"),
                " --job-id close-1"
            ))
        }),
        refusals: &[],
    },
    Rows {
        verb: "case close",
        yes: Yes::Elsewhere(concat!("A-22A9AC9EDF86260A --old-card collected ", at!("31.71.01" "operator"), " --job-id close-1")),
        refusals: refusals![
            But("job-conflict", "collected", "none"),
            Line("identifier-unknown", concat!("A-0 --old-card none ", at!("31.71.01" "operator"))),
            Line("wrong-state", concat!("A-22A9AC9EDF86260A --old-card collected ", at!("31.71.01" "operator"))),
            Line("not-permitted", concat!("A-22A9AC9EDF86260A --old-card collected ", at!("31.71" "regency-operator"))),
            Act("offline-queued", |_| {
                let place = Place::new();
                super::handover::own_desk(&place);
                let (a, c) = (Id::parse("A-73540A00D69260E7").unwrap(), Id::parse("C-1").unwrap());
                let told = vec![
                    Move::application(a, application::Step::FollowDelivered),
                    Move::card(c, ektp::issuance::card::Step::FollowActive),
                ];
                super::centre::take(&place, "31.71.01", vec![("sync", told)]);
                let desk = offices::desk("31.71.01", "operator", None);
                let run = place.run(&format!("case close A-73540A00D69260E7 --old-card none {desk}"));
                assert_eq!(run.data()["queued"], true, "{}", run.result);
                run
            }),
        ],
    },
];

/// The code on the summons of an application, as it is printed.
pub fn summons_code(place: &Place, application: &str) -> String {
    let printed = place.run(&format!("case print {application} --paper summons --out @{application}.pdf {}", offices::STORE));
    printed.yes().data()["papers"][0]["code"].as_str().unwrap().to_owned()
}

/// The line of a capture of Budi out of a folder.
fn capture_line(folder: &str) -> String {
    let desk =
        at!("31.71.01" "operator").to_owned() + " --second-passphrase file:@pass --second @supervisor.key --job-id capture-1";
    format!("case capture A-73540A00D69260E7 {folder} --dpi 500 {EXCEPTIONS} {desk}")
}

/// The same with a part of it replaced.
fn captured_of(place: &Place, folder: &str, old: &str, new: &str) -> Run {
    let line = capture_line(folder);
    assert!(line.contains(old), "{old}");
    place.run(&line.replace(old, new))
}

fn captured(place: &Place, application: &str, office: &str, [first, second]: [&str; 2], job: &str) -> Run {
    let line = capture_line("@capture").replace("A-73540A00D69260E7", application).replace("31.71.01", office);
    let line = line.replace("@operator.key", &format!("@{first}.key")).replace("@supervisor.key", &format!("@{second}.key"));
    place.run(&line.replace("capture-1", job))
}

/// Brings Siti's application into her hand: verified and captured at home, and then what is others' to do.
fn delivered(place: &Place, application: &str) {
    place.run(&format!("case verify {application} {}", at!("31.71" "regency-operator"))).yes();
    captured(place, application, "31.71", ["regency-operator", "regency-supervisor"], "capture-2").yes();
    place.run(&format!("case consolidate {application} {}", at!("31.71" "regency-operator"))).yes();
    let (mut store, key) =
        (SqliteStore::open(&place.at("issuance.db"), Some(&offices::store_key())).unwrap(), offices::store_key());
    let roster = Folder::open(&place.at("roster")).unwrap().roster().clone();
    let (clock, mut rng) = (SystemClock, system_entropy());
    let office = Office::Regency(31, 71);
    let mut desk = Desk { office, roster: &roster, store: &mut store, key: &key, clock: &clock, rng: &mut rng };
    let id = |text: &str| Id::parse(text).unwrap();
    let (a, c, b) = (id(application), id("C-1"), id("B-1"));
    let mut n = 0;
    let mut take = |name: &str, moves: Vec<Move>| {
        n += 1;
        let officer = officer(name);
        desk.take_by(&id(&format!("raw-{n}")), moves, By::one(&officer)).unwrap();
    };
    use application::Step::{Approve, Deliver, FindSingle, Personalize, Receive, Send};
    for step in [Send, Receive, FindSingle] {
        take("centre", vec![Move::application(a.clone(), step)]);
    }
    let opening = Opening::Card { application: a.clone(), number: Word::parse("N-1").unwrap() };
    take("approver", vec![Move::application(a.clone(), Approve), Move::open(c.clone(), opening)]);
    take("personalizer", vec![Move::open(b.clone(), Opening::Blank { of: Word::parse("ektp-80k").unwrap() })]);
    take("personalizer", vec![Move::application(a.clone(), Personalize)]);
    take("personalizer", vec![Move::card(c.clone(), card::Step::Encode), Move::blank_for(b.clone(), c.clone())]);
    take("personalizer", vec![Move::blank(b, blank::Step::Make)]);
    for step in [card::Step::FinishEncoding, card::Step::Print, card::Step::Check] {
        take("personalizer", vec![Move::card(c.clone(), step)]);
    }
    for step in [card::Step::Pack, card::Step::Receive] {
        take("courier", vec![Move::card(c.clone(), step)]);
    }
    let over = Move::card_of(c, a.clone(), card::Step::HandOver);
    take("regency-operator", vec![over, Move::application(a, Deliver)]);
}

/// An officer of the table.
fn officer(name: &str) -> Officer {
    let (seed, (_, role, office)) = (1..).zip(offices::OFFICERS).find(|(_, (known, ..))| *known == name).unwrap();
    Officer::new(offices::key(seed), role, office.parse().unwrap())
}

/// Two fingers that nobody has, and folders that are not what they should be.
pub fn pictures(place: &Place) {
    place.run("finger synth --persons 1 --fingers right_index,left_index --quality good --output @synth").yes();
    let [right, left] = ["right_index", "left_index"].map(|finger| place.read(&format!("synth/{finger}/1_1.png")));
    let samples = crate::contract::root().join("samples");
    let [face, sign] = ["portrait.jpg", "signature.png"].map(|name| std::fs::read(samples.join(name)).unwrap());
    let grey = image::GrayImage::from_fn(400, 400, |x, y| image::Luma([u8::try_from((x * 3 + y) % 251).unwrap()]));
    let mut noise = std::io::Cursor::new(Vec::new());
    grey.write_to(&mut noise, image::ImageFormat::Png).unwrap();
    let folder = |name: &str, right: &[u8], left: &[u8], face: &[u8]| {
        std::fs::create_dir(place.at(name)).unwrap();
        for (file, bytes) in
            [("right-index.png", right), ("left-index.png", left), ("portrait.jpg", face), ("signature.png", &sign)]
        {
            place.write(&format!("{name}/{file}"), bytes);
        }
    };
    folder("capture", &right, &left, &face);
    folder("unreadable", &right, b"no picture", &face);
    folder("poor", &right, noise.get_ref(), &face);
    folder("alike", &right, &right, &face);
    folder("faceless", &right, &left, b"no picture");
}

pub fn run() {
    let place = Place::new();
    offices::furnish(&place);
    pictures(&place);
    let register = std::fs::read_to_string(crate::contract::root().join("samples/register.csv")).unwrap();
    place.write("bad.csv", register.replace("1983-02-09", "1983-02-30"));
    place.write("changed.csv", register.replace("JL. CONTOH NO. 11,", "JL. CONTOH NO. 12,"));
    place.write("value.json", r#"[{"field": "/religion", "value": "none", "proof": "SK 1"}]"#);
    super::run_all(ROWS, &place);
    let audit = place.run("audit verify @issuance.db --roster @roster");
    assert!(audit.yes().data()["rows"].as_u64().unwrap() > 40);
    let summons = place.read("list.pdf");
    assert!(summons.starts_with(b"%PDF-"));
}
