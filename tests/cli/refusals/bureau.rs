//! The bureau's verbs, one after the other in one store: blanks, a shift, batches whose cards are made, wait, spoil and are made again.

use super::Refusal::{But, Line};
use super::country::Country;
use super::place::Place;
use super::{Rows, Yes, desk_line, of_desk, of_store, offices};
use ektp::issuance::Role;
use ektp::issuance::store::{Id, Move, Opening, Word};

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "blank receive",
        yes: Yes::Line(desk_line!(
            "B001..B016 --type ektp-80k --note DO-17 --evidence @taken --job-id j-receive",
            "31.71",
            "courier"
        )),
        refusals: of_desk!("@courier.key", "j-receive", "used";
            // Known under another job's name.
            But("job-conflict", "j-receive", "j-again"),
            But("input-invalid", "B001..B016", "B016..B001"),
            But("input-invalid", "B001..B016", "3171010101900001"),
            But("input-invalid", "ektp-80k", "a/b"),
            But("file-unreadable", "@taken", "@none"),
        ),
    },
    Rows {
        verb: "blank leave",
        yes: Yes::Line(desk_line!(
            "B016 --as sample --because qualification --job-id j-leave",
            "31.71",
            "courier",
            "regency-supervisor"
        )),
        refusals: of_desk!("@courier.key", "j-leave", "used.0";
            But("wrong-state", "j-leave", "j-other"),
            Line("identifier-unknown", desk_line!("Z1 --as missing --because gone --job-id j-z", "31.71", "courier", "regency-supervisor")),
            Line("not-permitted", desk_line!("B015 --as given-back --because recalled --job-id j-alone", "31.71", "courier")),
        ),
    },
    Rows {
        verb: "incident open",
        yes: Yes::Line(desk_line!("B016 --because in-another-drawer --job-id j-report", "31.71", "courier")),
        refusals: of_desk!("@courier.key", "j-report", "used.0";
            Line("identifier-unknown", desk_line!("B9999 --because nowhere", "31.71", "courier")),
            Line("not-permitted", desk_line!("B016 --because nowhere", "31.71", "head")),
        ),
    },
    Rows {
        verb: "incident list",
        yes: Yes::Line(of_store!("--office 31.71")),
        refusals: &[
            But("store-unavailable", "@issuance.db", "@garbage"),
            But("wrong-store-key", "@store.key", "@other-store.key"),
            But("encoding-invalid", "@issuance.db", "@newer.db"),
            But("key-missing", "@store.key", "@none"),
            But("input-invalid", "@store.key", "@gallery.key"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("file-unreadable", "file:@pass", "file:@none"),
        ],
    },
    Rows {
        verb: "incident close",
        yes: Yes::Line(desk_line!("i1.incident --because found --job-id j-incident", "31.71", "regency-supervisor", "courier")),
        refusals: of_desk!("@regency-supervisor.key", "j-incident", "used.0";
            But("wrong-state", "j-incident", "j-other"),
            But("identifier-unknown", "i1.incident", "i9.incident"),
            Line("not-permitted", desk_line!("i2.incident --because found", "31.71", "regency-supervisor")),
        ),
    },
    Rows {
        verb: "incident show",
        yes: Yes::Line(of_store!("i1.incident")),
        refusals: &[
            But("identifier-unknown", "i1.incident", "i9.incident"),
            But("store-unavailable", "@issuance.db", "@garbage"),
            But("wrong-store-key", "@store.key", "@other-store.key"),
            But("encoding-invalid", "@issuance.db", "@newer.db"),
            But("key-missing", "@store.key", "@none"),
            But("input-invalid", "@store.key", "@gallery.key"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("file-unreadable", "file:@pass", "file:@none"),
        ],
    },
    Rows {
        verb: "blank leave",
        yes: Yes::Line(desk_line!("E1 --as found --because behind-the-shelf", "31.71", "courier", "regency-supervisor")),
        refusals: &[Line("wrong-state", desk_line!("B014 --as found --because here", "31.71", "courier", "regency-supervisor"))],
    },
    Rows {
        verb: "blank show",
        yes: Yes::Line(of_store!("B016")),
        refusals: &[
            But("identifier-unknown", "B016", "Z1"),
            But("input-invalid", "B016", "3171010101900001"),
            But("store-unavailable", "@issuance.db", "@garbage"),
            But("encoding-invalid", "@issuance.db", "@newer.db"),
            But("wrong-store-key", "@store.key", "@other-store.key"),
            But("key-missing", "@store.key", "@none"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("file-unreadable", "file:@pass", "file:@none"),
        ],
    },
    Rows {
        verb: "shift open",
        yes: Yes::Line(desk_line!(
            "--shift h1 --station enc-1 --operator personalizer --materials @materials.toml --counter ribbon=0 --job-id j-open",
            "31.71",
            "personalizer"
        )),
        refusals: of_desk!("@personalizer.key", "j-open", "used.0";
            Line("wrong-state", desk_line!("--shift h9 --station enc-2 --operator personalizer", "31.71", "personalizer")),
            Line("count-unbalanced", desk_line!("B010 --shift h9 --station enc-9 --operator personalizer", "31.71", "personalizer")),
            But("input-invalid", "ribbon=0", "film=0"),
            But("input-invalid", "personalizer", "nobody"),
            // Of this office, but not in a role that makes cards.
            But("input-invalid", "personalizer", "courier"),
            But("input-invalid", "@materials.toml", "@garbage"),
        ),
    },
    Rows {
        verb: "shift supply",
        yes: Yes::Line(desk_line!(
            "B001..B010 --counter ribbon=50 --station enc-1 --job-id j-supply",
            "31.71",
            "courier",
            "personalizer"
        )),
        refusals: of_desk!("@courier.key", "j-supply", "used.0";
            But("wrong-state", "j-supply", "j-other"),
            But("wrong-state", "enc-1", "enc-9"),
            Line("identifier-unknown", desk_line!("Z1 --station enc-1", "31.71", "courier", "personalizer")),
            But("input-invalid", "ribbon=50", "ribbon"),
            Line(
                "count-unbalanced",
                desk_line!("--counter ribbon=501 --station enc-1 --job-id j-more", "31.71", "courier", "personalizer")
            ),
            Line("input-invalid", desk_line!("--counter ribbon=1 --station store-room", "31.71", "courier", "personalizer")),
        ),
    },
    Rows {
        verb: "batch create",
        yes: Yes::Line(desk_line!("a1 --batch b1 --type ektp-80k --job-id j-create", "31.71", "personalizer")),
        refusals: of_desk!("@personalizer.key", "j-create", "used.0";
            Line("wrong-state", desk_line!("a1 --batch b9 --type ektp-80k", "31.71", "personalizer")),
            Line("identifier-unknown", desk_line!("a99 --batch b9 --type ektp-80k", "31.71", "personalizer")),
            // The regency makes it.
            Line("not-permitted", desk_line!("a2 --batch b9 --type ektp-80k", "31.71.01", "operator")),
            Line("wrong-state", desk_line!("--rules @nothing.toml --batch b9 --type ektp-80k", "31.71", "personalizer")),
            Line("input-invalid", desk_line!("--rules @garbage --batch b9 --type ektp-80k", "31.71", "personalizer")),
            Line("input-invalid", desk_line!("--batch b9 --type ektp-80k", "31.71", "personalizer")),
            Line("input-invalid", desk_line!("a2 a2 --batch b9 --type ektp-80k", "31.71", "personalizer")),
            Line("usage", desk_line!("a2 --rules @rules.toml --batch b9 --type ektp-80k", "31.71", "personalizer")),
        ),
    },
    Rows {
        verb: "batch approve",
        yes: Yes::Line(desk_line!("--batch b1 --job-id j-approve", "31.71", "approver")),
        refusals: of_desk!("@approver.key", "j-approve", "used.0";
            But("wrong-state", "j-approve", "j-other"),
            Line("identifier-unknown", desk_line!("--batch b99", "31.71", "approver")),
            But("not-permitted", "@approver.key", "@personalizer.key"),
        ),
    },
    Rows {
        verb: "batch run",
        yes: Yes::Line(desk_line!("--batch b1 --station enc-1 --maker @maker --job-id j-run", "31.71", "personalizer")),
        refusals: of_desk!("@personalizer.key", "b1", "b8";
            But("wrong-state", "enc-1", "enc-9"),
            But("identifier-unknown", "b1", "b99"),
            But("file-unreadable", "@maker", "@none"),
            // Waits once, and goes on by `batch resume`.
            Line("partly-done", desk_line!("--batch b4 --station enc-1 --maker @maker", "31.71", "personalizer")),
            Line("partly-done", desk_line!("--batch b5 --station enc-1 --maker @maker", "31.71", "personalizer")),
            // Waits for ever.
            Line("stopped-after-failures", desk_line!("--batch b6 --station enc-1 --maker @maker --most-failures 1", "31.71", "personalizer")),
            // Spoils.
            Line("partly-done", desk_line!("--batch b7 --station enc-1 --maker @maker", "31.71", "personalizer")),
        ),
    },
    Rows {
        verb: "batch resume",
        yes: Yes::Line(desk_line!("--batch b4 --station enc-1 --maker @maker --job-id j-resume", "31.71", "personalizer")),
        refusals: of_desk!("@personalizer.key", "b4", "b6";
            But("wrong-state", "b4", "b8"),
            But("identifier-unknown", "b4", "b99"),
            Line("partly-done", desk_line!("--batch b5 --station enc-1 --maker @maker --ask-blank", "31.71", "personalizer")),
            Line("stopped-after-failures", desk_line!("--batch b6 --station enc-1 --maker @maker --most-failures 1", "31.71", "personalizer")),
        ),
    },
    Rows {
        verb: "perso status",
        yes: Yes::Line(of_store!("")),
        refusals: &[
            But("store-unavailable", "@issuance.db", "@garbage"),
            But("wrong-store-key", "@store.key", "@other-store.key"),
            But("encoding-invalid", "@issuance.db", "@newer.db"),
            But("key-missing", "@store.key", "@none"),
            But("input-invalid", "@store.key", "@gallery.key"),
            But("login-needed", "file:@pass", "file:@wrong"),
        ],
    },
    Rows {
        verb: "batch show",
        yes: Yes::Line(of_store!("b7")),
        refusals: &[
            But("identifier-unknown", "b7", "b99"),
            But("store-unavailable", "@issuance.db", "@garbage"),
            But("wrong-store-key", "@store.key", "@other-store.key"),
            But("encoding-invalid", "@issuance.db", "@newer.db"),
            But("key-missing", "@store.key", "@none"),
            But("input-invalid", "@store.key", "@gallery.key"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("file-unreadable", "file:@pass", "file:@none"),
        ],
    },
    Rows {
        verb: "batch close",
        yes: Yes::Line(desk_line!("--batch b7 --job-id j-close", "31.71", "personalizer", "regency-supervisor")),
        refusals: of_desk!("@personalizer.key", "j-close", "used.0";
            But("wrong-state", "j-close", "j-other"),
            Line("identifier-unknown", desk_line!("--batch b99", "31.71", "personalizer", "regency-supervisor")),
            Line("count-unbalanced", desk_line!("--batch b6", "31.71", "personalizer", "regency-supervisor")),
            Line("output-exists", desk_line!("--batch b4 --out @taken", "31.71", "personalizer", "regency-supervisor")),
        ),
    },
    Rows {
        verb: "batch withdraw",
        yes: Yes::Line(desk_line!("--batch b10 --because no-power --job-id j-withdraw", "31.71", "personalizer")),
        refusals: of_desk!("@personalizer.key", "j-withdraw", "used.0";
            But("wrong-state", "j-withdraw", "j-other"),
            But("identifier-unknown", "b10", "b99"),
            // Who runs batches does not give one up that was approved.
            Line("not-permitted", desk_line!("--batch b11 --because no-power", "31.71", "personalizer")),
            Line("not-permitted", desk_line!("--batch b11 --because no-power", "31.71", "approver")),
        ),
    },
    Rows {
        verb: "batch withdraw",
        yes: Yes::Line(desk_line!("--batch b11 --because no-power", "31.71", "approver", "personalizer")),
        refusals: &[],
    },
    Rows {
        verb: "batch requeue",
        yes: Yes::Line(desk_line!("--failed --batch b7 --job-id j-again", "31.71", "personalizer")),
        refusals: of_desk!("@personalizer.key", "b7", "b5";
            Line("wrong-state", desk_line!("a1 --batch b1", "31.71", "personalizer")),
            Line("identifier-unknown", desk_line!("a99 --batch b1", "31.71", "personalizer")),
            Line("usage", desk_line!("--batch b1", "31.71", "personalizer")),
        ),
    },
    Rows {
        verb: "shift close",
        // Five blanks were taken, of which one is half-made and two are spoiled.
        yes: Yes::Line(desk_line!(
            "B006..B010 --counter ribbon=48 --shift h1 --job-id j-end",
            "31.71",
            "personalizer",
            "regency-supervisor"
        )),
        refusals: of_desk!("@personalizer.key", "B006..B010", "B006..B009";
            But("wrong-state", "j-end", "j-other"),
            Line("identifier-unknown", desk_line!("D011 --shift h99", "31.71", "personalizer", "regency-supervisor")),
            Line("count-unbalanced", desk_line!("D011..D013 --shift h2", "31.71", "personalizer", "regency-supervisor")),
            Line("not-permitted", desk_line!("D011..D014 --shift h2", "31.71", "personalizer")),
            Line("usage", desk_line!("D011..D013 --missing D014 --shift h2", "31.71", "personalizer", "regency-supervisor")),
        ),
    },
    Rows {
        verb: "shift show",
        yes: Yes::Line(of_store!("h1")),
        refusals: &[
            But("identifier-unknown", "h1", "h99"),
            But("store-unavailable", "@issuance.db", "@garbage"),
            But("wrong-store-key", "@store.key", "@other-store.key"),
            But("encoding-invalid", "@issuance.db", "@newer.db"),
            But("key-missing", "@store.key", "@none"),
            But("input-invalid", "@store.key", "@gallery.key"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("file-unreadable", "file:@pass", "file:@none"),
        ],
    },
];

/// Done once, waits at the first call, waits always, spoils at the second, spoils.
const MAKER: &str = r#"#!/bin/sh
once() { mkdir "$0.$1" 2>/dev/null; }
case "$1 $2" in
  blank*) exit 5 ;;
  "encode c2") once c2 && exit 9 ;;
  "encode c3") once c3 && exit 9; echo chip-mute; exit 3 ;;
  "encode c4") exit 9 ;;
  "print c5") echo ribbon-torn; exit 3 ;;
esac
echo "$1 of $2 on $4"
"#;

pub fn run() {
    let place = Place::new();
    prepare(&place);
    super::run_all(ROWS, &place);
    let shown = place.run(&format!("batch show b7 {}", offices::STORE));
    let row = &shown.yes().data()["rows"][0];
    assert_eq!((&row["result"], &row["reason"], &row["blank"]), (&"spoiled".into(), &"ribbon-torn".into(), &"B005".into()));
    let closed = place.run(&format!("shift show h1 {}", offices::STORE));
    let books = &closed.yes().data()["books"]["blanks"]["ektp-80k"];
    assert_eq!(books["made"], serde_json::json!(["B001", "B002"]));
    assert_eq!(books["in-process"], serde_json::json!(["B004"]));
    assert_eq!(books["spoiled"], serde_json::json!(["B003", "B005"]));
}

fn prepare(place: &Place) {
    offices::furnish(place);
    offices::newer(place);
    place.write("materials.toml", "format = 1\n[[material]]\nname = \"ribbon\"\nunit = \"panel\"\nper_card = 1\ntolerance = 1\n");
    place.write("nothing.toml", "format = 1\n[[class]]\nname = \"none\"\nreasons = [\"no-such-reason\"]\n");
    place.write("maker", MAKER);
    #[cfg(unix)]
    std::fs::set_permissions(place.at("maker"), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let mut country = Country::of(place);
    for n in 1..=8 {
        country.print_ready(n, "regular-citizen-office", "31.71.01");
    }
    let blank = |name: &str| {
        let opening = Opening::Blank { of: Word::parse("ektp-80k").unwrap() };
        (Move::open(Id::parse(name).unwrap(), opening), Role::Personalizer, None)
    };
    country.under("used.0", "31.71", vec![blank("U1")]);
    country.take("31.71", ["D011", "D012", "D013", "D014", "E1", "E2"].map(blank).to_vec());
    drop(country);
    let desk = |line: &str, first: &str| {
        place.run(&format!("{line} {}", offices::desk("31.71", first, None))).yes();
    };
    desk(
        "shift open --shift room --station store-room --operator personalizer --materials @materials.toml --counter ribbon=0",
        "personalizer",
    );
    let two = offices::desk("31.71", "courier", Some("personalizer"));
    place.run(&format!("shift supply --counter ribbon=500 --note DO-9 --station store-room {two}")).yes();
    desk("shift open --shift h2 --station enc-2 --operator personalizer", "personalizer");
    place.run(&format!("shift supply D011..D014 --station enc-2 {two}")).yes();
    for (job, blank) in [("i1", "E1"), ("i2", "E2")] {
        place.run(&format!("blank leave {blank} --as missing --because gone --job-id {job} {two}")).yes();
    }
    desk("batch create a7 --batch b10 --type ektp-80k", "personalizer");
    for (batch, application) in [("b11", "a8"), ("b4", "a2"), ("b5", "a3"), ("b6", "a4"), ("b7", "a5"), ("b8", "a6")] {
        desk(&format!("batch create {application} --batch {batch} --type ektp-80k"), "personalizer");
        desk(&format!("batch approve --batch {batch}"), "approver");
    }
}
