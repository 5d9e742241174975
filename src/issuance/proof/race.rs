//! Two applications of one person who are identified in the same second, by two desks of the centre at once: one is found. Desks that have a
//! gallery each let both through: the proof tells them apart.

use super::country::{Country, officer, roster};
use crate::afis::Policy;
use crate::afis::sealed::{GalleryKey, Store as GalleryStore};
use crate::issuance::Office;
use crate::issuance::centre::tests::world::Named;
use crate::issuance::centre::{Answer, Doubt, Population, identify};
use crate::issuance::desk::{By, Desk};
use crate::issuance::papers::Reason;
use crate::issuance::store::tests::people::id;
use crate::issuance::store::tests::{Home, key, on_both};
use crate::issuance::store::{Id, Place};
use crate::world::{DangerousSeededEntropy, FixedClock};
use jiff::Timestamp;
use std::sync::Barrier;

on_both!(of_two_applications_of_one_person_in_the_same_second_one_is_found);

/// Persons who come under two NIKs.
const PAIRS: u32 = 6;

/// The two applications of a person, received.
fn received(country: &mut Country, pair: u32) -> [Id; 2] {
    [1, 2].map(|which| {
        let resident = 2 * pair + which;
        let name = resident.to_string();
        let of = country.applies(&name, resident, Reason::New);
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
