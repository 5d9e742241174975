//! Reports over a store in which something happened, and over what is none.

use super::Refusal::{But, Line};
use super::country::Country;
use super::place::Place;
use super::{Rows, Yes, offices};

macro_rules! reports {
    ($($verb:literal: $line:literal, $more:expr;)+ with $stock:expr) => {
        &[$stock, $(
            Rows { verb: $verb, yes: Yes::Line(concat!("@issuance.db ", $line)), refusals: &[] },
            Rows {
                verb: $verb,
                yes: Yes::Elsewhere("@issuance.db"),
                refusals: &[
                    But("store-unavailable", "@issuance.db", "@garbage"),
                    But("encoding-invalid", "@issuance.db", "@newer.db"),
                    Line("output-exists", "@issuance.db --out @taken"),
                    Line("file-unreadable", "@issuance.db --out @none/x"),
                    Line("input-invalid", "@issuance.db --table nothing"),
                    Line("usage", "@issuance.db --office nowhere"),
                    $more,
                ],
            },
        )+]
    };
}

pub const ROWS: &[Rows] = reports! {
    "report daily": "--day 2026-11-20 --until 2026-11-21 --picture @days.svg --table books --out @books.csv",
        Line("input-invalid", "@issuance.db --day 2026-02-02 --until 2026-01-01");
    "report ageing": "--kind card --office 31.71.01 --out @ageing.csv", Line("usage", "@issuance.db --kind thing");
    "report stock": "--out @stock.csv", Line("usage", "");
    "report duplicates": "--day 2026-11-20", Line("output-exists", "@issuance.db --picture @taken");
    "report production": "--day 2026-11-20 --picture @production.svg --out @production.csv",
        Line("input-invalid", "@issuance.db --until 2000-01-01");
    with Rows {
        verb: "report stock",
        yes: Yes::Line("@issuance.db --store-key @store.key --store-passphrase file:@pass"),
        refusals: &[
            But("store-unavailable", "@issuance.db", "@garbage"),
            But("wrong-store-key", "@store.key", "@other-store.key"),
            But("encoding-invalid", "@store.key", "@garbage"),
            But("key-missing", "@store.key", "@none"),
            But("input-invalid", "@store.key", "@gallery.key"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("file-unreadable", "file:@pass", "file:@none"),
        ],
    }
};

pub fn run() {
    let place = Place::new();
    offices::furnish(&place);
    offices::newer(&place);
    let mut country = Country::of(&place);
    country.finished(1, "regular-citizen-office", "31.71.01", "31.71");
    drop(country);
    super::run_all(ROWS, &place);
    let text = |name: &str| String::from_utf8(place.read(name)).unwrap();
    let books = "type,opening,received,made,spoiled,returned,missing,sample,quarantined,in-process,carried-over\n";
    assert_eq!(text("books.csv"), format!("{books}ektp-80k,0,1,1,0,0,0,0,0,0,0\n"));
    assert!(text("production.csv").ends_with("31.71,,1,1,0,0,0\n"), "{}", text("production.csv"));
    assert!(text("days.svg").starts_with("<svg") && text("stock.csv").lines().count() == 2);
    let daily = place.run("report daily @issuance.db --day 2026-11-20");
    assert_eq!(daily.yes().data()["balanced"], true);
}
