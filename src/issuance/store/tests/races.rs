//! Many stations at once: of what only one may have, one gets it.

use super::home::Home;
use super::moves::{Desk, applied, card_steps, encoded, stock, to_active};
use super::on_both;
use super::people::{at, id, person, word};
use crate::issuance::card;
use crate::issuance::store::{By, Done, Kind, Place, Store, StoreError, Unique, Work, audit};
use std::collections::BTreeSet;
use std::sync::Barrier;

on_both!(
    of_sixty_four_applications_for_one_person_one_is_taken,
    without_the_constraint_more_than_one_wins_and_the_race_tells_it,
    of_sixty_four_stations_that_take_one_step_one_does,
    of_sixty_four_stations_that_take_one_blank_one_gets_it,
    work_for_many_stations_is_given_out_once,
    changes_that_meet_crosswise_are_all_done,
);

const THREADS: usize = 64;
const OFFICES: [&str; 4] = ["3273", "3174", "3578", "1271"];

/// What `THREADS` stations of several offices answer, who all begin at once.
fn together<T: Send>(place: &Place, what: impl Fn(usize, &mut dyn Store) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|n| {
                let (barrier, what) = (&barrier, &what);
                scope.spawn(move || {
                    let mut store = place.open(Some(&super::home::key()), &[]).unwrap();
                    barrier.wait();
                    what(n, store.as_mut())
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// A station's desk, whose jobs are no other's.
fn desk(n: usize) -> Desk {
    Desk { office: OFFICES[n % OFFICES.len()], job: u32::try_from(1_000 * (n + 1)).unwrap() }
}

/// That one was done, and all others refused for this.
fn one_wins(answers: &[Result<Done, StoreError>], lost: &StoreError) {
    let done = answers.iter().filter(|answer| answer.is_ok()).count();
    let refused = answers.iter().filter(|answer| answer.as_ref().err() == Some(lost)).count();
    assert_eq!((done, refused), (1, THREADS - 1), "{answers:?}");
}

fn of_sixty_four_applications_for_one_person_one_is_taken(home: &mut dyn Home) {
    let mut store = home.create();
    for round in 0..3 {
        let answers = together(&home.place(), |n, store| {
            let mut desk = desk(n);
            desk.job += round;
            desk.take(store, vec![applied(&format!("a{round}-{n}"), round)])
        });
        one_wins(&answers, &StoreError::Duplicate(Unique::OpenApplication));
        assert_eq!(store.find(Kind::Application, By::Person(&person(round))).unwrap().len(), 1);
    }
    assert_eq!(audit::verify(store.as_mut(), &[]).unwrap().rows, 3);
}

fn without_the_constraint_more_than_one_wins_and_the_race_tells_it(home: &mut dyn Home) {
    drop(home.create());
    home.forge("DROP INDEX application_one_open").unwrap();
    let answers = together(&home.place(), |n, store| desk(n).take(store, vec![applied(&format!("a{n}"), 1)]));
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), THREADS, "{answers:?}");
}

fn of_sixty_four_stations_that_take_one_step_one_does(home: &mut dyn Home) {
    let (mut store, mut first) = (home.create(), Desk::new("3273"));
    to_active(&mut first, store.as_mut(), "a", 1, "c", "s");
    let answers = together(&home.place(), |n, store| desk(n).take(store, card_steps("c", &[card::Step::Revoke])));
    one_wins(&answers, &StoreError::WrongState { kind: Kind::Card, state: "revoked", step: "revoke" });
    assert_eq!(audit::verify(store.as_mut(), &[]).unwrap().rows, 22);
}

fn of_sixty_four_stations_that_take_one_blank_one_gets_it(home: &mut dyn Home) {
    let (mut store, mut first) = (home.create(), Desk::new("3273"));
    for n in 0..THREADS {
        let name = format!("a{n}");
        first.done(store.as_mut(), vec![applied(&name, u32::try_from(n).unwrap())]);
        first.done(store.as_mut(), super::moves::to_unique(&name));
        first.done(store.as_mut(), super::moves::approved(&name, &format!("c{n}")));
    }
    first.done(store.as_mut(), vec![stock("s")]);
    let answers = together(&home.place(), |n, store| desk(n).take(store, encoded(&format!("c{n}"), "s")));
    one_wins(&answers, &StoreError::WrongState { kind: Kind::Blank, state: "in-process", step: "take" });
    let encoding = store.counts(Kind::Card).unwrap().into_iter().find(|count| count.state == "encoding").unwrap();
    assert_eq!(encoding.things, 1, "no card without its blank");
    audit::verify(store.as_mut(), &[]).unwrap();
}

fn work_for_many_stations_is_given_out_once(home: &mut dyn Home) {
    let (mut store, mut first) = (home.create(), Desk::new("3273"));
    let all: BTreeSet<String> = (0..40).map(|n| format!("a{n}")).collect();
    for (n, name) in (0..).zip(&all) {
        first.done(store.as_mut(), vec![applied(name, n)]);
    }
    let given = together(&home.place(), |n, store| {
        let station = word(&format!("s{n}"));
        let work = Work { kind: Kind::Application, state: "applied", station, now: at(500), lease_seconds: 60 };
        store.claim(&work).unwrap().map(|claim| claim.id.to_string())
    });
    let given: Vec<String> = given.into_iter().flatten().collect();
    assert_eq!((given.len(), given.iter().cloned().collect::<BTreeSet<_>>()), (40, all));
}

fn changes_that_meet_crosswise_are_all_done(home: &mut dyn Home) {
    let (mut store, mut first) = (home.create(), Desk::new("3273"));
    let blanks = |n: usize| format!("s{n}");
    for n in 0..2 {
        first.done(store.as_mut(), vec![stock(&blanks(n))]);
    }
    // Every other station takes the two the other way round: who waits for whom must never be a circle for good.
    let answers = together(&home.place(), |n, store| {
        let (a, b) = if n.is_multiple_of(2) { (0, 1) } else { (1, 0) };
        let moves = [a, b].map(|at| super::moves::stock(&format!("t{n}-{at}"))).to_vec();
        let mut desk = desk(n);
        let opened = desk.take(store, moves);
        let sample = |at: usize| crate::issuance::store::Move::blank(id(&blanks(at)), crate::issuance::blank::Step::Sample);
        (opened.is_ok(), desk.take(store, vec![sample(a), sample(b)]))
    });
    assert!(answers.iter().all(|(opened, _)| *opened));
    let taken: Vec<_> = answers.into_iter().map(|(_, taken)| taken).collect();
    one_wins(&taken, &StoreError::WrongState { kind: Kind::Blank, state: "sample", step: "sample" });
    assert_eq!(audit::verify(store.as_mut(), &[]).unwrap().rows, 2 + 128 + 2);
}
