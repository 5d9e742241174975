//! `ektp audit verify`, over stores that are whole, altered, put back or none.

use super::Refusal::{But, Line};
use super::place::Place;
use super::{Rows, Yes, offices};
use ektp::issuance::officer::{Grant, OfficerId};
use ektp::issuance::role::Role;
use ektp::issuance::store::{
    Actor, Draft, Hands, Id, Move, Office, Opening, SqliteStore, Store as _, StoreKey, Word, audit, heads,
};
use ektp::world::DangerousSeededEntropy;

pub const ROWS: &[Rows] = &[Rows {
    verb: "audit verify",
    yes: Yes::Line("@store --known @heads"),
    refusals: &[
        But("audit-altered", "@store", "@altered"),
        But("store-rolled-back", "@store", "@old"),
        But("store-rolled-back", "@store", "@fork"),
        But("store-unavailable", "@store", "@none"),
        But("store-unavailable", "@store", "@garbage"),
        But("store-unavailable", "@store", "postgres:///x?host=@none"),
        But("store-unavailable", "@store", "postgres://db.example/x"),
        But("encoding-invalid", "@store", "@newer"),
        But("encoding-invalid", "@heads", "@garbage"),
        Line("audit-altered", "@store --roster @roster"),
        Line("not-permitted", "@store --roster @mixed"),
        But("input-invalid", "@heads", "@misnamed"),
        But("input-invalid", "@heads", "@huge"),
        But("file-unreadable", "@heads", "@none"),
        Line("file-unreadable", "@store --out @none/new"),
        Line("output-exists", "@store --out @taken"),
        Line("usage", ""),
    ],
}];

pub fn run() {
    let place = Place::new();
    let key = StoreKey::new(&[1; 32]).unwrap();
    let store = |name: &str| SqliteStore::create(&place.at(name), &key, &mut DangerousSeededEntropy::new(1)).unwrap();
    for (name, blanks) in [("store", &["a", "b"][..]), ("altered", &["a", "b"]), ("old", &["a"]), ("fork", &["a", "c"])] {
        let mut store = store(name);
        blanks.iter().for_each(|blank| received(&mut store, blank));
    }
    drop(store("newer"));
    forge(&place, "altered", "DROP TRIGGER audit_no_update; UPDATE audit SET hands = '{}' WHERE n = 2");
    forge(&place, "newer", "UPDATE store SET format = 99");
    let mut whole = SqliteStore::open(&place.at("store"), Some(&key)).unwrap();
    let text = heads::to_json(&audit::verify(&mut whole, &[]).unwrap().heads);
    place.write("misnamed", text.replace("3273", "two words"));
    place.write("heads", text);
    offices::furnish(&place);
    // A roster with a grant that nobody above signed.
    std::fs::create_dir(place.at("mixed")).unwrap();
    for name in ["root.json", "grants", "ends"] {
        let (from, to) = (place.at("roster").join(name), place.at("mixed").join(name));
        if from.is_dir() {
            std::fs::create_dir(to).unwrap();
        } else {
            std::fs::copy(from, to).unwrap();
        }
    }
    let own = offices::key(7);
    let time = |text: &str| text.parse().unwrap();
    let span = (time("2026-01-01T00:00:00Z"), time("2027-01-01T00:00:00Z"));
    let grant = Grant::new(&own.public_key(), "X-1", (Role::Witness, ektp::issuance::Office::Ministry), span).unwrap();
    let grant = serde_json::to_vec(&grant.signed_by(&offices::key(8))).unwrap();
    place.write(&format!("mixed/grants/{}.json", "0".repeat(64)), grant);
    super::run_all(ROWS, &place);
    let signed = place.run("audit verify @issuance.db --roster @roster");
    assert_eq!(signed.yes().data()["signatures"], true);
    let verified = place.run("audit verify @store --out @new");
    assert_eq!(verified.yes().data()["offices"][0]["rows"], 2);
    assert_eq!(place.read("new"), place.read("heads"), "the heads that go out are those of the store");
}

/// A blank comes into stock.
fn received(store: &mut SqliteStore, blank: &str) {
    let id = |text: &str| Id::parse(text).unwrap();
    let office = Office::parse("3273").unwrap();
    let by =
        Actor { id: OfficerId::from_bytes([1; 16]), role: Role::Personalizer, office: office.clone(), signature: vec![1; 70] };
    let opening = Opening::Blank { of: Word::parse("ektp-80k").unwrap() };
    let at = "2026-11-26T08:00:00Z".parse().unwrap();
    let draft = Draft::new(id(&format!("job-{blank}")), office, at, vec![Move::open(id(blank), opening)]).unwrap();
    store.take(&draft.signed_by(&Hands { by, with: None }).unwrap()).unwrap();
}

fn forge(place: &Place, name: &str, sql: &str) {
    rusqlite::Connection::open(place.at(name)).unwrap().execute_batch(sql).unwrap();
}
