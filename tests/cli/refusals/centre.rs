//! The centre's verbs and `clarify`, on one application from the consolidated capture to the card in the hand, and what is refused on the way.

use super::Refusal::{Act, But, Line};
use super::country::Country;
use super::place::Place;
use super::{Rows, Yes, desk_line, of_desk, of_store, offices, stores};
use crate::contract::{Run, check};
use ektp::issuance::application::{self, Step};
use ektp::issuance::card;
use ektp::issuance::centre::approve::facts;
use ektp::issuance::desk::{By, Desk, Officer};
use ektp::issuance::officer::Folder;
use ektp::issuance::store::{By as Find, Id, Kind, Move, Opening, SqliteStore, Store as _, StoreKey, Word};
use ektp::issuance::{Office, Role, blank};
use ektp::pki::sample::Kit;
use ektp::pki::status_list::{CardStatus, folder, look_at};
use ektp::world::{SystemClock, system_entropy};
use serde_json::json;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

const PUBLISH: &str = of_store!("centre publish @register.json");

/// A line by which a policy is signed into a new file.
macro_rules! policy_line {
    ($from:literal, $until:literal, $key:literal) => {
        concat!(
            "@settings.toml --for 31.71 --from ",
            $from,
            " --until ",
            $until,
            " --roster @roster --key ",
            $key,
            " --passphrase file:@pass --out @another.json"
        )
    };
}

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "centre receive",
        yes: Yes::Line(desk_line!("A-73540A00D69260E7 --job-id j-receive", "ministry", "centre")),
        refusals: of_desk!("@centre.key", "j-receive", "used";
            But("wrong-state", "j-receive", "j-other"),
            But("identifier-unknown", "A-73540A00D69260E7", "A-0"),
            Line("usage", desk_line!("--packet @other.packet --packet-key @kit/office.key.pem --packet-passphrase file:@sample \
                A-343BE57D09DD983B A-DDE6348D8A5A3609", "ministry", "centre")),
            Line("packet-altered", desk_line!("--packet @other.packet --packet-key @kit/office.key.pem --packet-passphrase file:@sample \
                A-343BE57D09DD983B", "ministry", "centre")),
            Line("input-invalid", desk_line!("--packet @garbage --packet-key @kit/office.key.pem --packet-passphrase file:@sample \
                A-343BE57D09DD983B", "ministry", "centre")),
        ),
    },
    Rows {
        verb: "centre receive",
        yes: Yes::Line(desk_line!(
            "--packet @alike.packet --packet-key @kit/office.key.pem --packet-passphrase file:@sample A-128AFA58EA5C822C",
            "ministry",
            "centre"
        )),
        refusals: &[],
    },
    Rows {
        verb: "centre identify",
        yes: Yes::Line(desk_line!(
            "A-73540A00D69260E7 --gallery @gallery --gallery-key @gallery.key --gallery-passphrase file:@pass --job-id j-identify",
            "ministry",
            "centre"
        )),
        refusals: of_desk!("@centre.key", "j-identify", "used";
            But("wrong-state", "j-identify", "j-other"),
            But("identifier-unknown", "A-73540A00D69260E7", "A-0"),
            But("wrong-gallery-key", "@gallery", "@foreign"),
            But("gallery-altered", "@gallery", "@altered"),
            But("gallery-rolled-back", "@gallery", "@lost"),
            Line("fingers-alike", desk_line!(
                "A-128AFA58EA5C822C --gallery @gallery --gallery-key @gallery.key --gallery-passphrase file:@pass",
                "ministry",
                "centre"
            )),
        ),
    },
    // The same fingers under another name; and what could not be identified is sent again.
    Rows { verb: "centre receive", yes: Yes::Line(desk_line!("A-343BE57D09DD983B", "ministry", "centre")), refusals: &[] },
    Rows { verb: "centre receive", yes: Yes::Line(desk_line!("A-128AFA58EA5C822C", "ministry", "centre")), refusals: &[] },
    Rows {
        verb: "centre identify",
        yes: Yes::Elsewhere(""),
        refusals: &[Act("partly-done", |place| {
            let of = "A-128AFA58EA5C822C A-343BE57D09DD983B";
            let gallery = "--gallery @gallery --gallery-key @gallery.key --gallery-passphrase file:@pass";
            let run = place.run(&format!("centre identify {of} {gallery} {}", offices::desk("ministry", "centre", None)));
            let (failed, found) = (&run.data()["failed"][0], &run.data()["identified"][0]);
            assert_eq!([&failed["application"], &failed["reason"]], ["A-128AFA58EA5C822C", "fingers-alike"]);
            assert_eq!([&found["application"], &found["answer"]], ["A-343BE57D09DD983B", "duplicate"]);
            run
        })],
    },
    Rows {
        verb: "clarify show",
        yes: Yes::Line(desk_line!("A-343BE57D09DD983B --out @sides --job-id j-look", "ministry", "adjudicator")),
        refusals: &[
            Line("output-exists", desk_line!("A-343BE57D09DD983B --out @sides --job-id j-again", "ministry", "adjudicator")),
            Line("job-conflict", desk_line!("A-343BE57D09DD983B --out @others --job-id used.0", "ministry", "adjudicator")),
        ],
    },
    Rows {
        verb: "clarify show",
        yes: Yes::Line(desk_line!("A-343BE57D09DD983B", "ministry", "adjudicator")),
        refusals: &[
            Line("not-permitted", desk_line!("A-343BE57D09DD983B", "31.71.02", "adjudicator")),
            But("store-unavailable", "@issuance.db", "@garbage"),
            But("wrong-store-key", "@store.key", "@other-store.key"),
            But("encoding-invalid", "@store.key", "@garbage"),
            But("key-missing", "@store.key", "@none"),
            But("input-invalid", "@store.key", "@gallery.key"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("file-unreadable", "file:@pass", "file:@none"),
            But("not-permitted", "@adjudicator.key", "@stranger.key"),
            But("not-permitted", "@adjudicator.key", "@centre.key"),
            But("wrong-state", "A-343BE57D09DD983B", "A-DDE6348D8A5A3609"),
            But("identifier-unknown", "A-343BE57D09DD983B", "A-0"),
        ],
    },
    Rows {
        verb: "clarify open",
        yes: Yes::Line(desk_line!("A-343BE57D09DD983B --job-id j-open", "ministry", "adjudicator", "supervisor-ministry")),
        refusals: of_desk!("@adjudicator.key", "j-open", "used.0";
            Line("not-permitted", desk_line!("A-343BE57D09DD983B", "31.71.02", "adjudicator", "supervisor-ministry")),
            Line("identifier-unknown", desk_line!("A-0", "ministry", "adjudicator", "supervisor-ministry")),
            But("wrong-state", "j-open", "j-other"),
        ),
    },
    Rows {
        verb: "clarify decide",
        yes: Yes::Line(desk_line!(
            "A-343BE57D09DD983B --outcome keep-first --same A-73540A00D69260E7 --job-id j-decide",
            "ministry",
            "adjudicator",
            "supervisor-ministry"
        )),
        refusals: of_desk!("@adjudicator.key", "j-decide", "used.0";
            But("job-conflict", "keep-first", "fraud"),
            But("job-conflict", "A-73540A00D69260E7", "A-0"),
            // Who is no candidate, and an outcome that says of nobody that they are the same.
            Line("input-invalid", desk_line!(
                "A-343BE57D09DD983B --outcome keep-first --same A-DDE6348D8A5A3609", "ministry", "adjudicator", "supervisor-ministry"
            )),
            Line("input-invalid", desk_line!(
                "A-343BE57D09DD983B --outcome different-people --same A-73540A00D69260E7",
                "ministry",
                "adjudicator",
                "supervisor-ministry"
            )),
            Line("not-permitted", desk_line!(
                "A-343BE57D09DD983B --outcome fraud", "31.71.02", "adjudicator", "supervisor-ministry"
            )),
            But("usage", "keep-first", "nobody"),
            Line("identifier-unknown", desk_line!("A-0 --outcome fraud", "ministry", "adjudicator", "supervisor-ministry")),
            But("wrong-state", "j-decide", "j-other"),
            Line("wrong-state", desk_line!(
                "A-343BE57D09DD983B --outcome remake --job-id j-remake",
                "ministry",
                "adjudicator",
                "supervisor-ministry"
            )),
        ),
    },
    Rows {
        verb: "centre approve",
        yes: Yes::Line(desk_line!(
            "A-73540A00D69260E7 --profile ektp-80k --recipient @kit/bureau.cert.pem --trust @trust --numbers @numbers.db \
             --cert @approver.pem --signer sample-signer --images @images --job-id j-approve",
            "31.71",
            "approver"
        )),
        refusals: of_desk!("@approver.key", "j-approve", "used.0";
            But("profile-invalid", "ektp-80k", "other"),
            But("certificate-invalid", "@kit/bureau.cert.pem", "@version.cer"),
            But("certificate-unfit", "@kit/bureau.cert.pem", "@kit/receipt.cert.pem"),
            But("encoding-invalid", "@trust", "@trust-encoding"),
            But("certificate-unfit", "@trust", "@trust-certificate"),
            But("untrusted-issuer", "@trust", "@trust-untrusted"),
            But("sample-key", "@trust", "@trust-sample"),
            But("crl-rollback", "@trust", "@trust-rollback"),
            But("not-permitted", "@approver.pem", "@kit/receipt.cert.pem"),
            But("input-invalid", "@approver.pem", "@kit/approver.cert.pem"),
            But("untrusted-issuer", "@approver.pem", "@unknown.pem"),
            But("encoding-invalid", "@numbers.db", "@garbage"),
            But("job-conflict", "ektp-80k", "ektp-8k"),
            But("wrong-state", "j-approve", "j-other"),
            But("identifier-unknown", "A-73540A00D69260E7", "A-0"),
        ),
    },
    Rows {
        verb: "centre publish",
        yes: Yes::Act(|place| {
            delivered(place);
            place.run(PUBLISH)
        }),
        refusals: &[Act("revoked-for-good", revoked)],
    },
    Rows {
        verb: "centre publish",
        yes: Yes::Elsewhere(of_store!("@register.json")),
        refusals: &[
            But("store-unavailable", "@issuance.db", "@garbage"),
            But("wrong-store-key", "@store.key", "@other-store.key"),
            But("encoding-invalid", "@store.key", "@garbage"),
            But("encoding-invalid", "@register.json", "@garbage"),
            But("key-missing", "@store.key", "@none"),
            But("input-invalid", "@store.key", "@gallery.key"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("file-unreadable", "@register.json", "@none"),
        ],
    },
    Rows {
        verb: "centre publish",
        yes: Yes::Act(given_out),
        refusals: &[
            Act("store-rolled-back", put_back),
            Act("status-list-rollback", |place| {
                let newer = std::fs::read(place.at("register.json")).unwrap();
                std::fs::copy(place.at("register-before.json"), place.at("register.json")).unwrap();
                let run = place.run(&format!("centre publish {GIVE}"));
                std::fs::write(place.at("register.json"), newer).unwrap();
                run
            }),
        ],
    },
    Rows {
        verb: "centre publish",
        yes: Yes::Elsewhere(GIVE),
        refusals: &[
            But("login-needed", "file:@sample", "file:@wrong"),
            But("key-missing", "@kit/status-list.key.pem", "@none"),
            But("input-invalid", "@kit/status-list.key.pem", "@kit/ds.key.pem"),
            But("certificate-invalid", "@kit/status-list.cert.pem", "@version.cer"),
            But("output-exists", "@public", "@other-list"),
            But("usage", "--cert", "--full"),
            Line(
                "certificate-expired",
                of_store!("@register.json --cert @past.pem --key @list.key --passphrase file:@pass --out @public"),
            ),
            Line(
                "certificate-invalid",
                of_store!("@register.json --cert @kit/ds.cert.pem --key @kit/ds.key.pem --passphrase file:@sample --out @public"),
            ),
        ],
    },
    Rows {
        verb: "centre watch",
        yes: Yes::Act(watched),
        refusals: &[
            Act("store-rolled-back", |place| place.run(&format!("centre watch {WATCH}").replace("@issuance.db", "@old.db"))),
            Act("status-list-rollback", |place| {
                let newer = std::fs::read(place.at("register.json")).unwrap();
                std::fs::copy(place.at("register-before.json"), place.at("register.json")).unwrap();
                let run = place.run(&format!("centre watch {WATCH}"));
                std::fs::write(place.at("register.json"), newer).unwrap();
                run
            }),
            Act("revoked-for-good", |place| {
                place.run(
                    &format!("centre watch {WATCH}").replace("@register.json", "@revoked.json").replace("@public", "@none-yet"),
                )
            }),
        ],
    },
    Rows {
        verb: "centre watch",
        yes: Yes::Elsewhere(WATCH),
        refusals: &[
            But("store-unavailable", "@issuance.db", "@garbage"),
            But("wrong-store-key", "@store.key", "@other-store.key"),
            But("encoding-invalid", "@store.key", "@garbage"),
            But("encoding-invalid", "@register.json", "@garbage"),
            But("key-missing", "@store.key", "@none"),
            But("input-invalid", "@store.key", "@gallery.key"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("file-unreadable", "@register.json", "@none"),
            But("login-needed", "file:@sample", "file:@wrong"),
            But("key-missing", "@kit/status-list.key.pem", "@none"),
            But("input-invalid", "@kit/status-list.key.pem", "@kit/ds.key.pem"),
            But("certificate-invalid", "@kit/status-list.cert.pem", "@version.cer"),
            But("output-exists", "@public", "@other-list"),
            But("usage", "--until-eof", "--every"),
            Line(
                "certificate-expired",
                of_store!("@register.json --cert @past.pem --key @list.key --passphrase file:@pass --out @public --until-eof"),
            ),
        ],
    },
    Rows {
        verb: "centre policy",
        yes: Yes::Line(
            "@settings.toml --for 31.71 --from 2026-01-02 --until 2035-01-01 --roster @roster --key @centre.key --passphrase file:@pass \
             --out @policy.json",
        ),
        refusals: &[
            But("output-exists", "@policy.json", "@garbage"),
            Act("input-invalid", |place| place.run(&format!("centre policy {}", POLICY.replace("@settings.toml", "@garbage")))),
            But("usage", "31.71", "everywhere"),
            But("usage", "2035-01-01", "tomorrow"),
            Line("input-invalid", policy_line!("2035-01-01", "2030-01-01", "@centre.key")),
            // A key of which no roster knows, another role, and longer than the own grant.
            Line("not-permitted", policy_line!("2026-01-02", "2035-01-01", "@stranger.key")),
            Line("not-permitted", policy_line!("2026-01-02", "2035-01-01", "@adjudicator.key")),
            Line("not-permitted", policy_line!("2026-01-02", "2039-01-01", "@centre.key")),
            Line("key-missing", policy_line!("2026-01-02", "2035-01-01", "@none")),
            Line("encoding-invalid", policy_line!("2026-01-02", "2035-01-01", "@garbage")),
            Act("login-needed", |place| place.run(&format!("centre policy {}", POLICY.replace("file:@pass", "file:@wrong")))),
            Act("file-unreadable", |place| place.run(&format!("centre policy {}", POLICY.replace("@roster", "@none")))),
        ],
    },
    Rows {
        verb: "trace",
        yes: Yes::Line(of_store!("A-73540A00D69260E7")),
        refusals: &[
            But("identifier-unknown", "A-73540A00D69260E7", "A-0"),
            But("identifier-unknown", "A-73540A00D69260E7", "3171010101900001"),
            But("input-invalid", "A-73540A00D69260E7", "a/b"),
            But("store-unavailable", "@issuance.db", "@garbage"),
            But("wrong-store-key", "@store.key", "@other-store.key"),
            But("encoding-invalid", "@store.key", "@garbage"),
            But("key-missing", "@store.key", "@none"),
            But("input-invalid", "@store.key", "@gallery.key"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("file-unreadable", "file:@pass", "file:@none"),
        ],
    },
];

/// How handovers are held: one capture of each finger in each round.
pub const SETTINGS: &str = "format = 1\nfmr = \"1e-4\"\ncaptures = 1\nrounds = 2\nsittings = 5\nfingers = 2\n";

/// The list of the register, given out.
const GIVE: &str = of_store!(
    "@register.json --cert @kit/status-list.cert.pem --key @kit/status-list.key.pem --passphrase file:@sample --out @public"
);

/// The same by itself, until its standard input ends.
const WATCH: &str = of_store!(
    "@register.json --cert @kit/status-list.cert.pem --key @kit/status-list.key.pem --passphrase file:@sample --out @public \
     --every 1 --until-eof"
);

const POLICY: &str = policy_line!("2026-01-02", "2035-01-01", "@centre.key");

/// The card is made valid again while the list is watched: it is in the next delta without any other command.
fn watched(place: &Place) -> Run {
    let mut child = place.command(&format!("centre watch {WATCH}")).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    let mut heard = |event: &str| {
        let mut all = lines.by_ref().map_while(Result::ok).inspect(|line| said.push(line.clone()));
        let found = all.find(|line| line.contains(&format!("\"{event}\""))).unwrap();
        serde_json::from_str::<serde_json::Value>(&found).unwrap()["data"].clone()
    };
    let number = heard("published")["number"].as_u64().unwrap();
    // A store that is away for a while is waited for.
    std::fs::rename(place.at("issuance.db"), place.at("away.db")).unwrap();
    assert_eq!(heard("waits")["reason"], "store-unavailable");
    std::fs::rename(place.at("away.db"), place.at("issuance.db")).unwrap();
    let before = look_at(&folder::read(&place.at("public")).unwrap()).unwrap().0;
    let two = offices::desk("ministry", "adjudicator", Some("supervisor-ministry"));
    place.run(&format!("status resume {} --because answered {two}", card_of(place).id)).yes();
    let delta = heard("published");
    assert_eq!([&delta["number"], &delta["changed"], &delta["delta"]["indices"]], [&json!(number + 1), &json!(1), &json!(1)]);
    let now = look_at(&folder::read(&place.at("public")).unwrap()).unwrap().0;
    let states = |status| [&before, &now].map(|list| (0..list.bits.len()).filter(|n| list.bits.get(*n) == Some(status)).count());
    assert_eq!([states(CardStatus::Suspended), states(CardStatus::Active)], [[1, 0], [0, 1]]);
    drop(child.stdin.take());
    said.extend(lines.map_while(Result::ok));
    let run = check(child.wait().unwrap().code().unwrap_or(-1), &said.join("\n"));
    assert_eq!([&run.yes().data()["lists"], &run.data()["number"]], [&json!(2), &json!(number + 1)]);
    run
}

/// A whole list, and after the card was suspended a delta.
fn given_out(place: &Place) -> Run {
    let whole = place.run(&format!("centre publish {GIVE}"));
    assert_eq!([&whole.yes().data()["number"], &whole.data()["changed"]], [1, 0]);
    assert!(whole.data()["delta"].is_null() && whole.data()["full"]["length"].as_u64() > Some(1_000), "{}", whole.result);
    let shown = place.run("pki show @public/status-list.cwt");
    assert_eq!([&shown.yes().data()["summary"]["number"], &shown.data()["summary"]["active"]], [1, 1]);
    std::fs::copy(place.at("issuance.db"), place.at("old.db")).unwrap();
    std::fs::copy(place.at("register.json"), place.at("register-before.json")).unwrap();
    let two = offices::desk("ministry", "adjudicator", Some("supervisor-ministry"));
    place.run(&format!("status suspend {} --because asked {two}", card_of(place).id)).yes();
    let delta = place.run(&format!("centre publish {GIVE}"));
    assert_eq!([&delta.yes().data()["number"], &delta.data()["delta"]["indices"]], [2, 1]);
    assert!(delta.data()["full"].is_null());
    let shown = place.run("pki show @public/status-delta-2.cwt");
    assert_eq!([&shown.yes().data()["kind"], &shown.data()["summary"]["suspended"]], [&json!("status-delta"), &json!(1)]);
    delta
}

/// The store as it was before, in the place of the one that was published from.
fn put_back(place: &Place) -> Run {
    place.run("audit verify @issuance.db --known @register.json").yes();
    place.run("audit verify @old.db --known @register-before.json").yes();
    place.run("audit verify @old.db --known @register.json").refused(40, "store-rolled-back");
    place.run(&format!("centre publish {GIVE}").replace("@issuance.db", "@old.db"))
}

/// The one application that is led through.
const BUDI: &str = "A-73540A00D69260E7";

pub fn run() {
    let place = Place::new();
    offices::furnish(&place);
    let kit = Kit::mint(&SystemClock, &mut system_entropy()).unwrap();
    place.save(&kit);
    stores::make(&place, &kit);
    place.patched("kit/bureau.cert.pem", "version.cer", &[0xA0, 3, 2, 1, 2], &[0xA0, 3, 2, 1, 0]);
    approver(&place);
    galleries(&place);
    captured(&place);
    place.run("pki status-list-new @register.json --uri https://example.invalid/status").yes();
    for line in [
        "key --key @list.key",
        "request --key @list.key --organization O --name List --out @list.csr",
        "operations-root --key @list.key --organization O --name Past --from 2016-01-01 --out @past-ops.pem",
        "issue --ca @past-ops.pem --key @list.key --purpose status-list --from 2016-01-02 --request @list.csr --out @past.pem",
    ] {
        place.run(&format!("pki {line} --passphrase file:@pass")).yes();
    }
    place.write("settings.toml", SETTINGS);
    std::fs::create_dir(place.at("other-list")).unwrap();
    place.write("other-list/status-list.cwt", b"none");
    let mut country = Country::of(&place);
    for (job, blank) in [("used.0", "U1"), ("used.73540A00D69260E7", "U2")] {
        let opening = Opening::Blank { of: Word::parse("t").unwrap() };
        country.under(job, "31.71", vec![(Move::open(Id::parse(blank).unwrap(), opening), Role::Personalizer, None)]);
    }
    drop(country);
    super::run_all(ROWS, &place);
}

/// A certificate for the approver's own key, by a root of operations that the trust store has; and one by a root that it has not.
fn approver(place: &Place) {
    for line in [
        "key --key @ops.key",
        "operations-root --key @ops.key --organization O --name Operations --out @ops.pem",
        "request --key @approver.key --organization O --name Approver --out @approver.csr",
        "issue --ca @ops.pem --key @ops.key --purpose approver --request @approver.csr --days 365 --out @approver.pem",
        "crl --ca @ops.pem --key @ops.key --out @ops.crl",
        "operations-root --key @ops.key --organization O --name Nobody --out @nobody.pem",
        "issue --ca @nobody.pem --key @ops.key --purpose approver --request @approver.csr --days 365 --out @unknown.pem",
    ] {
        place.run(&format!("pki {line} --passphrase file:@pass")).yes();
    }
    place.run("pki trust-add @trust @ops.pem --as operations").yes();
    place.run("pki trust-add @trust @ops.crl --as crl").yes();
}

/// A gallery, and galleries that do not open.
fn galleries(place: &Place) {
    place.run("pki chip-key --kind gallery --passphrase file:@pass --out @foreign.key").yes();
    for (gallery, key) in [("gallery", "gallery"), ("foreign", "foreign"), ("altered", "gallery"), ("lost", "gallery")] {
        place.run(&format!("afis new @{gallery} --key @{key}.key --passphrase file:@pass")).yes();
    }
    let mut sealed = place.read("altered.log");
    let last = sealed.len() - 1;
    sealed[last] ^= 1;
    place.write("altered.log", sealed);
    std::fs::remove_file(place.at("lost.log")).unwrap();
}

/// The register brought in, four residents summoned, and pictures of two fingers.
pub fn registered(place: &Place) {
    let all = "A-73540A00D69260E7 A-343BE57D09DD983B A-128AFA58EA5C822C A-DDE6348D8A5A3609";
    let [operator, head, camat] = [("31.71", "regency-operator"), ("31.71", "head"), ("31.71.01", "camat")]
        .map(|(office, officer)| offices::desk(office, officer, None));
    place.run(&format!("case register import %/samples/register.csv {operator}")).yes();
    place.run(&format!("case list --of citizens --out @list.pdf {head} --job-id list-1")).yes();
    place.run(&format!("case summon {all} --on 2030-12-02 {camat}")).yes();
    super::case::pictures(place);
}

/// Whoever was summoned was handed the summons, comes, and shows it.
fn verified(place: &Place, application: &str) {
    let operator = offices::desk("31.71.01", "operator", None);
    for to in ["village-head", "resident"] {
        place.run(&format!("case pass {application} --to {to} --name SPESIMEN {operator}")).yes();
    }
    let code = super::case::summons_code(place, application);
    place.run(&format!("case verify {application} --paper summons --code {code} {operator}")).yes();
}

/// An application verified, captured and consolidated at the service point: the receipt's code.
pub fn consolidated(place: &Place, application: &str) -> String {
    let operator = offices::desk("31.71.01", "operator", None);
    let two = offices::desk("31.71.01", "operator", Some("supervisor"));
    verified(place, application);
    let captured = place.run(&format!("case capture {application} @capture --dpi 500 {} {two}", super::case::EXCEPTIONS));
    let code = captured.yes().data()["code"].as_str().unwrap().to_owned();
    place.run(&format!("case consolidate {application} {operator}")).yes();
    code
}

/// Two applications captured at the desk, and a third whose capture comes in a packet, of one print for two fingers.
fn captured(place: &Place) {
    registered(place);
    for application in [BUDI, "A-343BE57D09DD983B"] {
        consolidated(place, application);
    }
    verified(place, "A-128AFA58EA5C822C");
    let packed = Id::parse("A-128AFA58EA5C822C").unwrap();
    let steps = [Step::Capture, Step::Consolidate].map(|step| Move::application(packed.clone(), step));
    take(place, "31.71.01", vec![("operator", steps.to_vec())]);
    place.write("alike/capture.json", r#"{"format": 1, "fingers": [], "exceptions": [], "device": null}"#);
    let files = "@alike/right-index.png @alike/left-index.png @alike/portrait.jpg @alike/signature.png @alike/capture.json";
    let by = "--office 31.71.01 --key @operator.key --passphrase file:@pass --recipient @kit/office.cert.pem";
    place.run(&format!("packet seal {files} --application A-128AFA58EA5C822C {by} --trust @trust --out @alike.packet")).yes();
    place.run(&format!("packet seal {files} --application A-9 {by} --trust @trust --out @other.packet")).yes();
}

/// Steps of an office, each list by an officer of the table.
pub fn take(place: &Place, office: &str, steps: Vec<(&str, Vec<Move>)>) {
    take_of(place, ("issuance.db", &offices::store_key()), office, steps);
}

/// The same in this store.
pub fn take_of(place: &Place, (file, key): (&str, &StoreKey), office: &str, steps: Vec<(&str, Vec<Move>)>) {
    let mut store = SqliteStore::open(&place.at(file), Some(key)).unwrap();
    let roster = Folder::open(&place.at("roster")).unwrap().roster().clone();
    let (clock, mut rng) = (SystemClock, system_entropy());
    let office: Office = office.parse().unwrap();
    let mut desk = Desk { office, roster: &roster, store: &mut store, key, clock: &clock, rng: &mut rng };
    for (name, moves) in steps {
        let (seed, (_, role, of)) = (1..).zip(offices::OFFICERS).find(|(_, (known, ..))| *known == name).unwrap();
        let officer = Officer::new(offices::key(seed), role, of.parse().unwrap());
        let job = Id::parse(&format!("raw-{}", super::desk::next())).unwrap();
        desk.take_by(&job, moves, By::one(&officer)).unwrap();
    }
}

/// The card of Budi's application.
fn card_of(place: &Place) -> ektp::issuance::store::Standing {
    let mut store = SqliteStore::open(&place.at("issuance.db"), Some(&offices::store_key())).unwrap();
    store.find(Kind::Card, Find::Owner(&Id::parse(BUDI).unwrap())).unwrap().remove(0)
}

/// Makes the card of the application that was approved, and brings it into the holder's hand.
fn delivered(place: &Place) {
    let (a, c) = (Id::parse(BUDI).unwrap(), card_of(place).id);
    made(place, (&a, &c), "B-1");
    let over = vec![Move::card_of(c, a.clone(), card::Step::HandOver), Move::application(a, application::Step::Deliver)];
    take(place, "31.71.01", vec![("operator", over)]);
}

/// Makes a card that was allocated of a blank, and brings it to the service point.
pub fn made(place: &Place, (a, c): (&Id, &Id), b: &str) {
    let step = |step| vec![Move::card(c.clone(), step)];
    let mut steps = bureau((a, c), b);
    steps.push(("courier", step(card::Step::Pack)));
    take(place, "31.71", steps);
    take(place, "31.71.01", vec![("operator", step(card::Step::Receive))]);
}

/// The steps by which a card that was allocated is made of a blank, and checked.
pub fn bureau((a, c): (&Id, &Id), b: &str) -> Vec<(&'static str, Vec<Move>)> {
    let b = Id::parse(b).unwrap();
    let step = |step| vec![Move::card(c.clone(), step)];
    let bureau = [
        vec![Move::open(b.clone(), Opening::Blank { of: Word::parse("ektp-80k").unwrap() })],
        vec![Move::application(a.clone(), Step::Personalize)],
        vec![Move::card(c.clone(), card::Step::Encode), Move::blank_for(b.clone(), c.clone())],
        vec![Move::blank(b, blank::Step::Make)],
        step(card::Step::FinishEncoding),
        step(card::Step::Print),
        step(card::Step::Check),
    ];
    bureau.into_iter().map(|moves| ("personalizer", moves)).collect()
}

/// A register that says the card is revoked, which the store knows to be active.
fn revoked(place: &Place) -> Run {
    let key = offices::store_key();
    let card = card_of(place);
    let mut store = SqliteStore::open(&place.at("issuance.db"), Some(&key)).unwrap();
    let index = facts(&mut store, &key, &card).unwrap().status_index;
    place.run("pki status-list-new @revoked.json --uri https://example.invalid/status").yes();
    place.run(&format!("pki status-list-set @revoked.json --index {index} --state revoked")).yes();
    place.run(of_store!("centre publish @revoked.json"))
}
