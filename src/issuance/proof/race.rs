//! Two applications of one person who are identified in the same second, by two desks of the centre at once: one is found. Desks that have a
//! gallery each let both through: the proof tells them apart. And two pairs of officers who say otherwise of one doubt at once: one is heard.

use super::country::{Country, officer, roster};
use crate::afis::Policy;
use crate::afis::sealed::{GalleryKey, Store as GalleryStore};
use crate::issuance::Office;
use crate::issuance::application::State;
use crate::issuance::centre::tests::world::Named;
use crate::issuance::centre::{Answer, Doubt, Outcome, Population, clarify, identify};
use crate::issuance::desk::{By, Desk};
use crate::issuance::papers;
use crate::issuance::store::tests::people::id;
use crate::issuance::store::tests::{Home, key, on_both};
use crate::issuance::store::{Id, Place};
use crate::reason::{Reason, Refusal as _};
use crate::world::{DangerousSeededEntropy, FixedClock};
use jiff::Timestamp;
use std::sync::Barrier;

on_both!(
    of_two_applications_of_one_person_in_the_same_second_one_is_found,
    two_pairs_who_say_otherwise_in_the_same_second_one_is_heard,
);

/// Persons who come under two NIKs.
const PAIRS: u32 = 6;

/// The two applications of a person, received.
fn received(country: &mut Country, pair: u32) -> [Id; 2] {
    [1, 2].map(|which| {
        let resident = 2 * pair + which;
        let name = resident.to_string();
        let of = country.applies(&name, resident, papers::Reason::New);
        country.captured(&name, &of, 500 + u64::from(pair), which);
        of
    })
}

/// What two desks answer who begin at once, each with a connection of its own.
fn at_once(place: &Place, now: Timestamp, both: &[Id; 2], galleries: [&GalleryStore; 2]) -> [Answer; 2] {
    let (barrier, roster) = (Barrier::new(2), roster());
    std::thread::scope(|scope| {
        let desks = [0, 1].map(|n: usize| {
            let (barrier, roster, gallery, of) = (&barrier, &roster, galleries[n], &both[n]);
            scope.spawn(move || {
                let (key, clock, centre) = (key(), FixedClock(now), officer(24));
                let mut store = place.open(Some(&key), &[]).unwrap();
                let mut rng = DangerousSeededEntropy::new(n as u64);
                let population = Population { gallery, policy: &Policy::default(), prints: &Named };
                let office = Office::Ministry;
                let mut desk = Desk { office, roster, store: store.as_mut(), key: &key, clock: &clock, rng: &mut rng };
                barrier.wait();
                identify(&mut desk, &id(&format!("identify-{of}")), of, &population, By::one(&centre)).unwrap().answer
            })
        });
        desks.map(|desk| desk.join().unwrap())
    })
}

fn of_two_applications_of_one_person_in_the_same_second_one_is_found(home: &mut dyn Home) {
    let folder = tempfile::tempdir().unwrap();
    let mut country = Country::new(home.create(), folder.path(), 0);
    country.opens(1..=2 * PAIRS + 2, "B001..B002");
    let pairs: Vec<[Id; 2]> = (0..=PAIRS).map(|pair| received(&mut country, pair)).collect();
    let (place, now) = (home.place(), country.now);
    let (mutant, rest) = pairs.split_first().unwrap();
    for both in rest {
        let mut answers = at_once(&place, now, both, [&country.gallery, &country.gallery]);
        answers.sort_by_key(|answer| *answer != Answer::Single);
        assert_eq!(answers, [Answer::Single, Answer::Doubt(Doubt::Duplicate)], "{both:?}");
    }
    let (path, gallery_key) = (folder.path().join("another"), GalleryKey::new(&[8; 32]).unwrap());
    let mut rng = DangerousSeededEntropy::new(3);
    GalleryStore::create(&path, &gallery_key, &mut rng).unwrap();
    let another = GalleryStore::open(&path, &gallery_key, 1, None, &mut rng).unwrap().store;
    let apart = at_once(&place, now, mutant, [&country.gallery, &another]);
    assert_eq!(apart, [Answer::Single; 2], "with a gallery each nobody is found, and that is seen");
}

/// What two pairs are told who end one clarification at once, each in its own way and with a connection of its own.
fn say_at_once(place: &Place, now: Timestamp, of: &Id, outcomes: [Outcome; 2]) -> [Result<(), Reason>; 2] {
    let (barrier, roster) = (Barrier::new(2), roster());
    std::thread::scope(|scope| {
        let desks = [0, 1].map(|n: usize| {
            let (barrier, roster, outcome) = (&barrier, &roster, outcomes[n]);
            scope.spawn(move || {
                let (key, clock, pair) = (key(), FixedClock(now), [officer(22), officer(23)]);
                let mut store = place.open(Some(&key), &[]).unwrap();
                let mut rng = DangerousSeededEntropy::new(n as u64);
                let office = Office::Ministry;
                let mut desk = Desk { office, roster, store: store.as_mut(), key: &key, clock: &clock, rng: &mut rng };
                barrier.wait();
                let (job, by) = (id(&format!("decide-{n}-{of}")), By::two(&pair[n], &pair[1 - n]));
                clarify::decide(&mut desk, &job, of, outcome, by).map(|_| ()).map_err(|error| error.reason())
            })
        });
        desks.map(|desk| desk.join().unwrap())
    })
}

fn two_pairs_who_say_otherwise_in_the_same_second_one_is_heard(home: &mut dyn Home) {
    let folder = tempfile::tempdir().unwrap();
    let mut country = Country::new(home.create(), folder.path(), 0);
    country.opens(1..=2 * PAIRS, "B001..B002");
    let mut heard = [0, 0];
    for pair in 0..PAIRS {
        let [first, doubt] = received(&mut country, pair);
        for (of, answer) in [(&first, Answer::Single), (&doubt, Answer::Doubt(Doubt::Duplicate))] {
            assert_eq!(country.identified(of.as_str(), of), answer);
        }
        let job = id(&format!("take-up-{pair}"));
        country.by(Office::Ministry, &[22, 23], |desk, by| clarify::take_up(desk, &job, &doubt, false, by)).unwrap();
        let (place, now) = (home.place(), country.now);
        let answers = say_at_once(&place, now, &doubt, [Outcome::KeepFirst, Outcome::DifferentPeople]);
        let state = match answers {
            [Ok(()), Err(Reason::WrongState)] => (0, State::Rejected),
            [Err(Reason::WrongState), Ok(())] => (1, State::Unique),
            _ => panic!("{answers:?}"),
        };
        heard[state.0] += 1;
        assert_eq!(country.state(&doubt), state.1, "{answers:?}");
        // Whichever it was: the first one's case is held no longer.
        country.by(Office::Ministry, &[24], |desk, _| clarify::refuse_if_held(desk, &first)).unwrap();
    }
    println!("two pairs at once: {heard:?} heard of {PAIRS}");
    super::country::verified(country.store.as_mut(), &country.roster, &[]);
}
