//! Residents: one for a NIK, found by person and by family, and what the centre says is not overwritten.

use super::home::Home;
use super::moves::{Desk, registered, state};
use super::on_both;
use super::people::{id, person};
use crate::issuance::resident::{State, Step};
use crate::issuance::store::{By, Kind, Move, Store, StoreError, audit};

on_both!(a_resident_is_one_and_moves_between_families, what_the_centre_said_is_not_overwritten);

fn of_family(store: &mut dyn Store, family: &str) -> Vec<String> {
    store.find(Kind::Resident, By::Owner(&id(family))).unwrap().into_iter().map(|s| s.id.to_string()).collect()
}

fn a_resident_is_one_and_moves_between_families(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![registered("r1", 1, "f1", State::Dirty), registered("r2", 2, "f1", State::Dirty)]);
    let twice = desk.take(store.as_mut(), vec![registered("r3", 1, "f2", State::Dirty)]);
    assert_eq!(twice, Err(StoreError::Taken { kind: Kind::Resident, id: "r3".into() }), "one resident for a NIK");
    assert_eq!(of_family(store.as_mut(), "f1"), ["r1", "r2"]);
    desk.done(store.as_mut(), vec![Move::resident(id("r2"), Some(id("f2")), Step::Import)]);
    assert_eq!((of_family(store.as_mut(), "f1"), of_family(store.as_mut(), "f2")), (vec!["r1".into()], vec!["r2".into()]));
    desk.done(store.as_mut(), vec![Move::resident(id("r2"), None, Step::Import)]);
    assert_eq!(of_family(store.as_mut(), "f2"), ["r2"], "without another, it stays");
    let found = store.find(Kind::Resident, By::Person(&person(2))).unwrap();
    assert_eq!(found.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["r2"]);
    let other = home.attempt("UPDATE resident SET source = 'elsewhere'").unwrap_err();
    assert!(other.contains("never changes"), "{other}");
    audit::verify(store.as_mut(), &[]).unwrap();
    let forged = format!("UPDATE resident SET subject = {} WHERE id = 'r1'", home.hex(person(9).bytes()));
    home.forge(&forged).unwrap();
    let unaccounted = StoreError::Unaccounted { kind: Kind::Resident, id: "r1".into() };
    assert_eq!(audit::verify(store.as_mut(), &[]), Err(unaccounted), "whose it is stands in the audit");
}

fn what_the_centre_said_is_not_overwritten(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![registered("r1", 1, "f1", State::Dirty), registered("r2", 2, "f1", State::Clean)]);
    let import = |name: &str| vec![Move::resident(id(name), None, Step::Import)];
    let never = StoreError::WrongState { kind: Kind::Resident, state: "clean", step: "import" };
    assert_eq!(desk.take(store.as_mut(), import("r2")), Err(never.clone()));
    desk.done(store.as_mut(), vec![Move::resident(id("r1"), None, Step::Consolidate)]);
    assert_eq!(desk.take(store.as_mut(), import("r1")), Err(never));
    desk.done(store.as_mut(), vec![Move::resident(id("r1"), None, Step::RecordDeath)]);
    assert_eq!(state(store.as_mut(), Kind::Resident, "r1"), "dead");
    audit::verify(store.as_mut(), &[]).unwrap();
}
