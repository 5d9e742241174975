//! Shipments, returns and destruction, in one store: cards on their way, under seals that hold and seals that do not.

use super::Refusal::{Act, But, Line};
use super::country::Country;
use super::place::Place;
use super::{Rows, Yes, desk_line, of_desk, offices};
use crate::contract::Run;
use ektp::issuance::Role;
use ektp::issuance::application::{self, Step};
use ektp::issuance::card::State;
use ektp::issuance::store::{Id, Kind, Move, Opening, Part, SqliteStore, Word};
use ektp::world::system_entropy;

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "ship pack",
        yes: Yes::Line(desk_line!("c1 c2 --shipment w1 --to 31.71.01 --seal S1 --seal S2 --job-id j-pack", "31.71", "courier")),
        refusals: of_desk!("@courier.key", "j-pack", "used.0";
            But("wrong-state", "j-pack", "j-other"),
            Line("wrong-state", desk_line!("c6 --shipment w9 --to 31.71.01 --seal S9", "31.71", "courier")),
            Line("identifier-unknown", desk_line!("c99 --shipment w9 --to 31.71.01 --seal S9", "31.71", "courier")),
            Line("not-permitted", desk_line!("c5 --shipment w9 --to 31.71 --seal S9", "31.71.01", "operator")),
            Line("input-invalid", desk_line!("--shipment w9 --to 31.71.01 --seal S9", "31.71", "courier")),
            Line("usage", desk_line!("c3 --shipment w9 --to nowhere --seal S1", "31.71", "courier")),
            Act("offline-queued", |place| afar(place, "ship pack c93 --shipment o1 --to 31.71 --seal O1", ("operator", None))),
        ),
    },
    Rows {
        verb: "ship send",
        yes: Yes::Line(desk_line!("--shipment w1 --job-id j-send", "31.71", "courier")),
        refusals: of_desk!("@courier.key", "j-send", "used.0";
            But("wrong-state", "j-send", "j-other"),
            Line("identifier-unknown", desk_line!("--shipment w99", "31.71", "courier")),
            Line("not-permitted", desk_line!("--shipment w2", "31.71.01", "operator")),
            Act("offline-queued", |place| afar(place, "ship send --shipment o1", ("operator", None))),
        ),
    },
    Rows {
        verb: "ship receive",
        yes: Yes::Line(desk_line!("c1 c2 --shipment w1 --seal S1 --seal S2 --job-id j-receive", "31.71.01", "operator")),
        refusals: of_desk!("@operator.key", "j-receive", "used.0";
            But("wrong-state", "j-receive", "j-other"),
            Line("not-permitted", desk_line!("c3 --shipment w2 --seal w2-S1", "31.71", "courier")),
            Line("identifier-unknown", desk_line!("c3 --shipment w99 --seal w2-S1", "31.71.01", "operator")),
            But("count-unbalanced", "S2", "S3"),
            Line("count-unbalanced", desk_line!("c3 c9 --shipment w2 --seal w2-S1", "31.71.01", "operator")),
            Act("offline-queued", |place| afar(place, "ship receive c90 --shipment w90 --seal w90-S1", ("operator", None))),
        ),
    },
    Rows {
        verb: "ship dispute",
        yes: Yes::Line(desk_line!("--shipment w2 --because torn --job-id j-dispute", "31.71.01", "operator", "supervisor")),
        refusals: of_desk!("@operator.key", "j-dispute", "used.0";
            But("wrong-state", "j-dispute", "j-other"),
            Line("identifier-unknown", desk_line!("--shipment w99 --because torn", "31.71.01", "operator", "supervisor")),
            Line("not-permitted", desk_line!("--shipment w3 --because torn", "31.71.01", "operator")),
            Act("offline-queued", |place| afar(place, "ship dispute --shipment w91 --because torn", ("operator", Some("supervisor")))),
        ),
    },
    Rows {
        verb: "ship settle",
        yes: Yes::Line(desk_line!("c3 --shipment w2 --because counted --job-id j-settle", "31.71.01", "operator", "supervisor")),
        refusals: of_desk!("@operator.key", "j-settle", "used.0";
            But("wrong-state", "j-settle", "j-other"),
            Line("identifier-unknown", desk_line!("c3 --shipment w99 --because counted", "31.71.01", "operator", "supervisor")),
            Line("not-permitted", desk_line!("c3 --shipment w2 --because counted", "31.71", "courier", "regency-supervisor")),
            But("count-unbalanced", "c3", "c9"),
            Act("offline-queued", |place| afar(place, "ship settle c91 --shipment w91 --because counted", ("operator", Some("supervisor")))),
        ),
    },
    Rows {
        verb: "ship missing",
        yes: Yes::Line(desk_line!("--shipment w3 --because robbed --job-id j-missing", "31.71.01", "operator", "supervisor")),
        refusals: of_desk!("@operator.key", "j-missing", "used.0";
            But("wrong-state", "j-missing", "j-other"),
            Line("identifier-unknown", desk_line!("--shipment w99 --because robbed", "31.71.01", "operator", "supervisor")),
            Act("offline-queued", |place| afar(place, "ship missing --shipment w92 --because robbed", ("operator", Some("supervisor")))),
        ),
    },
    Rows {
        verb: "ship shelve",
        yes: Yes::Line(desk_line!("c6 --job-id j-shelve", "31.71", "courier")),
        refusals: of_desk!("@courier.key", "j-shelve", "used.0";
            But("wrong-state", "j-shelve", "j-other"),
            But("identifier-unknown", "c6", "c9"),
            Line("not-permitted", desk_line!("c5", "31.71.01", "operator")),
        ),
    },
    Rows {
        verb: "return",
        yes: Yes::Line(desk_line!("c1 --because died --job-id j-return", "31.71.01", "operator", "supervisor")),
        refusals: of_desk!("@operator.key", "j-return", "used.0";
            But("wrong-state", "j-return", "j-other"),
            But("usage", "died", "lazy"),
            Line("identifier-unknown", desk_line!("c99 --because died", "31.71.01", "operator", "supervisor")),
            Line("not-permitted", desk_line!("c2 --because died", "31.71", "regency-operator", "regency-supervisor")),
            Line("not-permitted", desk_line!("c2 --because died", "31.71.01", "operator")),
            Act("offline-queued", |place| afar(place, "return c94 --because unclaimed", ("operator", Some("supervisor")))),
        ),
    },
    Rows {
        verb: "destroy",
        yes: Yes::Act(|place| {
            let line = "destroy c7 --minutes @minutes.toml --job-id j-destroy";
            let two = offices::desk("ministry", "witness", Some("witness2"));
            let draft = place.run(&format!("{line} --draft --out @draft.pdf {two}"));
            assert_eq!(draft.yes().data()["draft"], true);
            let done = place.run(&format!("{line} --out @minutes.pdf {two}"));
            assert_eq!(place.read("draft.pdf"), place.read("minutes.pdf"), "what was signed is what was shown");
            done
        }),
        refusals: &[],
    },
    Rows {
        verb: "destroy",
        yes: Yes::Elsewhere(desk_line!(
            "c7 --minutes @minutes.toml --out @m.pdf --job-id j-destroy",
            "ministry",
            "witness",
            "witness2"
        )),
        refusals: of_desk!("@witness.key", "j-destroy", "used.0";
            But("wrong-state", "j-destroy", "j-other"),
            But("not-permitted", "c7", "c1"),
            But("identifier-unknown", "c7", "c99"),
            But("input-invalid", "@minutes.toml", "@garbage"),
            But("input-invalid", "@minutes.toml", "@one-witness.toml"),
            But("output-exists", "@m.pdf", "@taken"),
            Line("not-permitted", desk_line!("c8 --minutes @minutes.toml --out @m.pdf", "ministry", "witness")),
        ),
    },
];

const MINUTES: &str = r#"
number = "470/12/2026"
day = "26 November 2026"
place = "Jakarta"
method = "dicacah"

[officer]
name = "Petugas"
number = "1970"
body = "Ditjen Dukcapil"

[[witnesses]]
name = "Saksi Satu"
number = "witness"
body = "Inspektorat"
"#;

/// A step at a service point that has a store of its own.
/// A line at the service point that has a store of its own.
pub(super) fn afar(place: &Place, line: &str, (first, second): (&str, Option<&str>)) -> Run {
    let desk = offices::desk("31.71.01", first, second).replace("@issuance.db", "@own.db");
    let run = place.run(&format!("{line} {desk}"));
    assert_eq!(run.data()["queued"], true, "{}", run.result);
    run
}

/// The store of that service point: told of four shipments, of which one was received, and with a card that waits and one that its holder has.
pub(super) fn own(place: &Place) {
    let key = offices::store_key();
    drop(SqliteStore::create(&place.at("own.db"), &key, &mut system_entropy()).unwrap());
    let take = |steps| super::centre::take_of(place, ("own.db", &key), "31.71.01", steps);
    let id = |text: &str| Id::parse(text).unwrap();
    for n in 90..=93 {
        let (w, c, a) = (format!("w{n}"), format!("c{n}"), format!("a{n}"));
        let manifest = serde_json::json!({
            "format": 1, "to": "31.71.01", "seals": [format!("{w}-S1")],
            "cards": [{"card": c, "number": format!("N{n}"), "application": a, "next": "31.71", "sends": "send-back"}],
            "copy": {"from": "31.71", "sent": "2026-11-20T01:00:00Z", "told": 2, "at": 1},
        });
        let sealed = key.seal(Kind::Shipment, &id(&w), Part::Opening, manifest.to_string().as_bytes(), &mut system_entropy());
        let opening = Opening::ShipmentCopy { to: ektp::issuance::store::Office::parse("31.71.01").unwrap(), cards: Vec::new() };
        take(vec![("sync", vec![Move::open(id(&w), opening).with_sealed(sealed.unwrap())])]);
    }
    take(vec![("sync", vec![Move::shipment(id("w93"), ektp::issuance::shipment::Step::FollowReceived)])]);
    for n in 94..=95 {
        let (application, card) = (id(&format!("a{n}")), id(&format!("c{n}")));
        let procedure = Word::parse("regular-citizen-office").unwrap();
        let subject = key.subject(&ektp::record::Nik::parse(&format!("31710101019000{n}")).unwrap());
        let begins = application::State::Applied;
        let opening = Opening::Application { begins, procedure, subject, family: None, priority: 0 };
        let step = |step| Move::application(application.clone(), step);
        let desk = [Step::VerifyData, Step::Capture, Step::Consolidate].map(step);
        let copy = Opening::CardCopy { application: application.clone(), number: Word::parse(&format!("N{n}")).unwrap() };
        take(vec![
            ("operator", std::iter::once(Move::open(application.clone(), opening)).chain(desk).collect()),
            ("sync", vec![step(Step::Send)]),
            ("sync", vec![step(Step::FollowInPersonalization), Move::open(card, copy)]),
        ]);
    }
    let given = Move::card_of(id("c95"), id("a95"), ektp::issuance::card::Step::FollowActive);
    take(vec![("sync", vec![given, Move::application(id("a95"), Step::FollowDelivered)])]);
}

pub fn run() {
    let place = Place::new();
    offices::furnish(&place);
    own(&place);
    place.write("one-witness.toml", MINUTES);
    place.write(
        "minutes.toml",
        format!("{MINUTES}\n[[witnesses]]\nname = \"Saksi Dua\"\nnumber = \"witness2\"\nbody = \"Kepolisian\"\n"),
    );
    let mut country = Country::of(&place);
    for n in 1..=5 {
        country.finished(n, "regular-citizen-office", "31.71.01", "31.71");
    }
    country.finished(6, "regular-foreign-office", "31.71", "31.71");
    country.returned(7);
    country.returned(8);
    let opening = Opening::Blank { of: Word::parse("t").unwrap() };
    country.under("used.0", "31.71", vec![(Move::open(Id::parse("U1").unwrap(), opening), Role::Personalizer, None)]);
    drop(country);
    for (shipment, card) in [("w2", "c3"), ("w3", "c4")] {
        let courier = offices::desk("31.71", "courier", None);
        place.run(&format!("ship pack {card} --shipment {shipment} --to 31.71.01 --seal {shipment}-S1 {courier}")).yes();
        place.run(&format!("ship send --shipment {shipment} {courier}")).yes();
    }
    super::run_all(ROWS, &place);
    let mut country = Country::of(&place);
    let states = ["c1", "c2", "c3", "c4", "c6", "c7", "c8"].map(|card| country.card(card));
    let expected =
        [State::Refused, State::Waiting, State::Waiting, State::Missing, State::Waiting, State::Destroyed, State::Returned];
    assert_eq!(states, expected);
}
