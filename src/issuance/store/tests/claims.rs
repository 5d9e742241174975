//! Work is given to one station at a time, and comes back when its lease is over.

use super::home::Home;
use super::moves::{Desk, applied, steps};
use super::on_both;
use super::people::{at, id, word};
use crate::issuance::application;
use crate::issuance::store::{Claim, Kind, Move, Store, StoreError, Work};
use crate::reason::{Reason, Refusal as _};

on_both!(
    work_is_given_once_oldest_and_most_urgent_first,
    a_claim_ends_with_its_lease_and_a_late_station_finds_it_lost,
    a_clock_that_goes_back_holds_no_work,
    claimed_work_is_nobody_elses,
    a_station_that_died_takes_up_its_own_at_once,
);

fn work(station: &str, second: i64) -> Work {
    Work { kind: Kind::Application, state: "applied", station: word(station), now: at(second), lease_seconds: 60 }
}

fn claimed(store: &mut dyn Store, station: &str, second: i64) -> Option<(String, u64)> {
    store.claim(&work(station, second)).unwrap().map(|claim| (claim.id.to_string(), claim.fence))
}

fn work_is_given_once_oldest_and_most_urgent_first(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    for n in 0..3 {
        desk.done(store.as_mut(), vec![applied(&format!("a{n}"), n)]);
    }
    home.attempt("UPDATE application SET priority = -1 WHERE id = 'a2'").unwrap();
    let mut other = home.open();
    assert_eq!(claimed(store.as_mut(), "s1", 100), Some(("a2".into(), 1)));
    assert_eq!(claimed(other.as_mut(), "s2", 100), Some(("a0".into(), 1)));
    assert_eq!(claimed(store.as_mut(), "s1", 101), Some(("a1".into(), 1)));
    assert_eq!(claimed(other.as_mut(), "s2", 101), None);
    let idle = Work { kind: Kind::Card, state: "allocated", ..work("s1", 100) };
    assert_eq!(store.claim(&idle), Ok(None));
    // Given back, it is the next one's; a claim that is not there any more is not given back twice.
    let back = Claim { kind: Kind::Application, id: id("a0"), station: word("s2"), fence: 1 };
    let elses = Claim { station: word("s1"), ..back.clone() };
    assert_eq!(store.release(&elses), Ok(false));
    assert_eq!((store.release(&back), store.release(&back)), (Ok(true), Ok(false)));
    assert_eq!(claimed(store.as_mut(), "s3", 102), Some(("a0".into(), 2)));
}

fn a_claim_ends_with_its_lease_and_a_late_station_finds_it_lost(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![applied("a", 1)]);
    assert_eq!(claimed(store.as_mut(), "s1", 100), Some(("a".into(), 1)));
    assert_eq!(claimed(store.as_mut(), "s2", 159), None);
    assert_eq!(claimed(store.as_mut(), "s2", 160), Some(("a".into(), 2)));
    let verify = |fence| vec![Move::application(id("a"), application::Step::VerifyData).claimed(fence)];
    let lost = StoreError::ClaimLost(Kind::Application);
    assert_eq!(desk.take(store.as_mut(), verify(1)), Err(lost.clone()));
    assert_eq!(lost.reason(), Reason::WrongState);
    assert_eq!(desk.take(store.as_mut(), verify(u64::MAX)), Err(lost.clone()));
    desk.done(store.as_mut(), verify(2));
    // The work is done, and the claim with it.
    let capture = Move::application(id("a"), application::Step::Capture).claimed(2);
    assert_eq!(desk.take(store.as_mut(), vec![capture]), Err(lost));
    desk.done(store.as_mut(), steps("a", &[application::Step::Capture]));
}

fn a_clock_that_goes_back_holds_no_work(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![applied("a", 1)]);
    assert_eq!(claimed(store.as_mut(), "s1", 1_000_000), Some(("a".into(), 1)));
    // Set back by eleven days: the claim is from a future that has not been.
    assert_eq!(claimed(store.as_mut(), "s2", 50), Some(("a".into(), 2)));
    assert_eq!(claimed(store.as_mut(), "s1", 51), None);
}

fn claimed_work_is_nobody_elses(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![applied("a", 1)]);
    assert_eq!(claimed(store.as_mut(), "s1", 0), Some(("a".into(), 1)));
    let elses = StoreError::Claimed(Kind::Application);
    assert_eq!(desk.take(store.as_mut(), steps("a", &[application::Step::VerifyData])), Err(elses.clone()));
    assert_eq!(elses.reason(), Reason::InUse);
    desk.job = 100;
    desk.done(store.as_mut(), steps("a", &[application::Step::VerifyData]));
}

fn a_station_that_died_takes_up_its_own_at_once(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    desk.done(store.as_mut(), vec![applied("a", 1)]);
    assert_eq!(claimed(store.as_mut(), "s1", 100), Some(("a".into(), 1)));
    let mut anew = home.open();
    assert_eq!(store.take_up(&work("s2", 101), &id("a")), Ok(None), "another station waits for the lease");
    assert_eq!(anew.claim_one(&work("s1", 101), &id("a")), Ok(None), "a process that is not sure to be alone, too");
    let own = anew.take_up(&work("s1", 101), &id("a")).unwrap().unwrap();
    assert_eq!((own.fence, own.station.as_str()), (2, "s1"));
    // Whoever held it before has lost it.
    let verify = |fence| vec![Move::application(id("a"), application::Step::VerifyData).claimed(fence)];
    assert_eq!(desk.take(store.as_mut(), verify(1)), Err(StoreError::ClaimLost(Kind::Application)));
    desk.done(store.as_mut(), verify(2));
    assert_eq!(anew.take_up(&work("s1", 102), &id("a")), Ok(None), "the work is done");
}
