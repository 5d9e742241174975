//! Shifts and incidents, work of one thing alone, and how things are spread over states and ages.

use super::home::{Home, key};
use super::moves::{Desk, applied, approved, encoded, lost, missing, state, stock, to_unique, to_waiting};
use super::on_both;
use super::people::{at, id, office, word};
use crate::issuance::store::{Band, By, Kind, Move, Opening, Part, Spread, StoreError, Unique, Work, audit};
use crate::issuance::{blank, card, incident, shift};
use crate::limits::STORE_AGES;
use crate::reason::{Reason, Refusal as _};
use crate::world::DangerousSeededEntropy;

on_both!(
    a_station_has_one_open_shift_whose_count_is_sealed,
    what_is_missing_names_an_incident_that_two_close,
    a_blank_in_a_station_is_missing_with_its_card_alone,
    one_thing_alone_is_claimed_like_any_other,
    things_are_spread_over_states_and_ages,
);

fn opened(name: &str, station: &str) -> Move {
    Move::open(id(name), Opening::Shift { station: word(station) })
}

fn a_station_has_one_open_shift_whose_count_is_sealed(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    let count =
        |text: &[u8]| key().seal(Kind::Shift, &id("h1"), Part::Opening, text, &mut DangerousSeededEntropy::new(1)).unwrap();
    desk.done(store.as_mut(), vec![opened("h1", "enc-1").with_sealed(count(b"three"))]);
    assert_eq!(store.sealed(Kind::Shift, &id("h1"), Part::Opening), Ok(Some(count(b"three"))));
    let second = StoreError::Duplicate(Unique::OpenShift);
    assert_eq!(desk.take(store.as_mut(), vec![opened("h2", "enc-1")]), Err(second.clone()));
    assert_eq!(second.reason(), Reason::InUse);
    desk.done(store.as_mut(), vec![opened("h3", "enc-2")]);
    Desk::new("3174").done(store.as_mut(), vec![opened("h4", "enc-1")]);
    desk.done(store.as_mut(), vec![Move::shift(id("h1"), shift::Step::Supply), Move::shift(id("h1"), shift::Step::Close)]);
    desk.done(store.as_mut(), vec![opened("h2", "enc-1")]);
    let at_station = store.find(Kind::Shift, By::Word(&word("enc-1"))).unwrap();
    let states: Vec<_> = at_station.iter().map(|s| (s.id.as_str(), s.state, s.office.as_str())).collect();
    assert_eq!(states.len(), 3);
    let latest = store.latest(Kind::Shift, &office("3273"), &word("enc-1")).unwrap().unwrap();
    assert_eq!((latest.id, latest.state), (id("h2"), "open"));
    assert_eq!(store.latest(Kind::Shift, &office("3174"), &word("enc-2")), Ok(None));
    assert!(states.contains(&("h1", "closed", "3273")) && states.contains(&("h4", "open", "3174")));
    let moved = home.attempt("UPDATE shift SET station = 'enc-9'").unwrap_err();
    assert!(moved.contains("never changes"), "{moved}");
    audit::verify(store.as_mut(), &[]).unwrap();
}

fn what_is_missing_names_an_incident_that_two_close(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![stock("s1"), stock("s2")]);
    let miss = |name: &str| Move::blank(id(name), blank::Step::Miss);
    desk.done(store.as_mut(), missing("i1", "s1", miss("s1")));
    assert_eq!(state(store.as_mut(), Kind::Blank, "s1"), "missing");
    let again = desk.take(store.as_mut(), missing("i1", "s2", miss("s2")));
    assert_eq!(again, Err(StoreError::Taken { kind: Kind::Incident, id: "i1".into() }));
    assert_eq!(store.find(Kind::Incident, By::Word(&word("s1"))).unwrap().len(), 1);
    desk.done(store.as_mut(), vec![Move::incident(id("i1"), incident::Step::Close)]);
    assert_eq!(state(store.as_mut(), Kind::Incident, "i1"), "closed");
    to_waiting(&mut desk, store.as_mut(), "a", 1, "c", "s3");
    desk.done(store.as_mut(), missing("i2", "c", Move::card(id("c"), card::Step::Miss)));
    assert_eq!(state(store.as_mut(), Kind::Card, "c"), "missing");
    audit::verify(store.as_mut(), &[]).unwrap();
}

fn a_blank_in_a_station_is_missing_with_its_card_alone(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![applied("a", 1), applied("b", 2), stock("s1"), stock("s2")]);
    for (name, card, blank) in [("a", "c1", "s1"), ("b", "c2", "s2")] {
        for step in to_unique(name) {
            desk.done(store.as_mut(), vec![step]);
        }
        desk.done(store.as_mut(), approved(name, card));
        desk.done(store.as_mut(), encoded(card, blank));
    }
    let alone = desk.take(store.as_mut(), missing("i", "s1", Move::blank(id("s1"), blank::Step::Miss)));
    assert_eq!(alone, Err(StoreError::WrongState { kind: Kind::Blank, state: "in-process", step: "miss" }));
    let card = desk.take(store.as_mut(), missing("i", "c1", Move::card(id("c1"), card::Step::Miss)));
    assert_eq!(card, Err(StoreError::WrongState { kind: Kind::Card, state: "encoding", step: "miss" }));
    assert_eq!(desk.take(store.as_mut(), lost("i", "c1", "s2")), Err(StoreError::WrongOwner(Kind::Blank)));
    desk.done(store.as_mut(), lost("i", "c1", "s1"));
    assert_eq!((state(store.as_mut(), Kind::Card, "c1"), state(store.as_mut(), Kind::Blank, "s1")), ("missing", "missing"));
    audit::verify(store.as_mut(), &[]).unwrap();
}

fn one_thing_alone_is_claimed_like_any_other(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    for n in 0..3 {
        desk.done(store.as_mut(), vec![applied(&format!("a{n}"), n)]);
    }
    let work = |state| Work { kind: Kind::Application, state, station: word("s1"), now: at(100), lease_seconds: 60 };
    let claim = store.claim_one(&work("applied"), &id("a1")).unwrap().unwrap();
    assert_eq!((claim.id.as_str(), claim.fence), ("a1", 1));
    assert_eq!(home.open().claim_one(&work("applied"), &id("a1")), Ok(None), "it is somebody's");
    assert_eq!(store.claim_one(&work("captured"), &id("a2")), Ok(None), "it stands elsewhere");
    assert_eq!(store.claim_one(&work("applied"), &id("nobody")), Ok(None));
    assert_eq!(store.release(&claim), Ok(true));
    assert_eq!(store.claim_one(&work("applied"), &id("a1")).unwrap().map(|claim| claim.fence), Some(2));
}

fn things_are_spread_over_states_and_ages(home: &mut dyn Home) {
    let mut store = home.create();
    for (n, office) in [(1, "3273"), (2, "3273"), (3, "3174")] {
        let mut desk = Desk { office, job: 100 * n };
        desk.done(store.as_mut(), vec![applied(&format!("a{n}"), n), stock(&format!("s{n}"))]);
    }
    let ages = vec![at(250), at(150)];
    let mut spread = |kind, of: Option<&str>| {
        let of = Spread { kind, office: of.map(office), ages: ages.clone() };
        store
            .spread(&of)
            .unwrap()
            .into_iter()
            .map(|Band { state, age, things, oldest, .. }| (state, age, things, oldest))
            .collect::<Vec<_>>()
    };
    let all = spread(Kind::Application, None);
    assert_eq!(all, [("applied", 0, 1, at(301)), ("applied", 1, 1, at(201)), ("applied", 2, 1, at(101))]);
    assert_eq!(spread(Kind::Application, Some("3174")), [("applied", 0, 1, at(301))]);
    assert_eq!(spread(Kind::Blank, Some("3273")), [("in-stock", 1, 1, at(201)), ("in-stock", 2, 1, at(101))]);
    assert_eq!(spread(Kind::Shift, None), []);
    let plain = Spread { kind: Kind::Blank, office: None, ages: Vec::new() };
    let bands = store.spread(&plain).unwrap();
    assert_eq!(bands, [Band { state: "in-stock", word: Some(word("ektp-80k")), age: 0, things: 3, oldest: at(101) }]);
    let many = Spread { ages: vec![at(0); STORE_AGES + 1], ..plain };
    assert_eq!(store.spread(&many), Err(StoreError::TooMany("ages", 16)));
}
