//! Searches of small galleries, and what races between them.

use super::*;
use crate::afis::answer::Doubt;
use crate::afis::person::{FINGERS, Finger};
use crate::finger::position::FingerPosition;
use crate::finger::template::{Template, synthetic};
use crate::record::PassedOver;
use std::collections::BTreeMap;
use std::sync::Barrier;

/// A capture of a person's finger: every seed of a capture moves, turns and loses minutiae in its own way.
pub(in crate::afis) fn capture(person: u64, position: FingerPosition, seed: u64) -> Template {
    let mut template = synthetic::template(person, position, 45);
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(position.code()) << 32 ^ person;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let view = &mut template.views[0];
    view.minutiae.retain(|_| draw(10) < 9);
    for m in &mut view.minutiae {
        m.x = m.x + 20 + u16::try_from(draw(5)).unwrap();
        m.y = m.y + 20 + u16::try_from(draw(5)).unwrap();
        m.angle = m.angle.wrapping_add(u8::try_from(draw(9)).unwrap()).wrapping_sub(4);
    }
    template
}

/// A capture of a person under a name. Codes take their time without optimization, so each capture is made once.
pub(in crate::afis) fn person(id: &str, number: u64, seed: u64) -> Person {
    static MADE: Mutex<BTreeMap<(u64, u64), [Finger; FINGERS]>> = Mutex::new(BTreeMap::new());
    let id = id.parse().unwrap();
    let made = MADE.lock().unwrap().get(&(number, seed)).copied();
    let fingers = made.unwrap_or_else(|| {
        let templates = FingerPosition::ALL.map(|p| (p, capture(number, p, seed)));
        *Person::of(id, templates.iter().map(|(p, t)| (*p, t)), []).unwrap().fingers()
    });
    MADE.lock().unwrap().insert((number, seed), fingers);
    Person::assume_distinct(id, fingers)
}

/// The same person without the fingers at these places.
fn without(person: &Person, places: impl IntoIterator<Item = usize>) -> Person {
    let mut fingers = *person.fingers();
    places.into_iter().for_each(|p| fingers[p] = Finger::Exception(PassedOver::Amputated));
    Person::assume_distinct(person.id(), fingers)
}

fn gallery(persons: u64) -> Gallery {
    let gallery = Gallery::new(2);
    for n in 0..persons {
        gallery.insert(&person(&format!("p{n}"), n, 0)).unwrap();
    }
    gallery
}

fn duplicates(answer: &Answer) -> Vec<(String, bool)> {
    match answer {
        Answer::Duplicate(found) => found.iter().map(|c| (c.id.to_string(), c.hands_swapped)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn who_is_there_is_found_and_who_is_not_is_single() {
    let (gallery, policy) = (gallery(12), Policy::default());
    let found = gallery.identify(&person("probe", 7, 1), &policy);
    assert_eq!(duplicates(&found), [("p7".to_owned(), false)]);
    let Answer::Duplicate(found) = found else { unreachable!("asserted above") };
    assert_eq!(found[0].fingers.len(), 10);
    assert!(found[0].fingers.iter().all(|f| f.probe == f.gallery));
    let stranger = gallery.identify(&person("probe", 1_000, 1), &policy);
    assert!(matches!(stranger, Answer::Single(s) if (s.usable(), s.searched()) == (10, 12)), "{stranger:?}");
    assert_eq!(gallery.rank(&person("probe", 7, 1), "p7".parse().unwrap(), 12), Some(0));
    assert_eq!(gallery.rank(&person("probe", 7, 1), "q7".parse().unwrap(), 12), None);
}

#[test]
fn swapped_hands_missing_and_bad_fingers_hide_nobody() {
    let (gallery, policy) = (gallery(12), Policy::default());
    let probe = person("probe", 7, 1);
    let mut fingers = *probe.fingers();
    fingers.rotate_left(5);
    let swapped = gallery.identify(&Person::assume_distinct(probe.id(), fingers), &policy);
    assert_eq!(duplicates(&swapped), [("p7".to_owned(), true)]);
    assert_eq!(duplicates(&gallery.identify(&without(&probe, [0, 1, 5, 6]), &policy)), [("p7".to_owned(), false)]);
    let mut fingers = *probe.fingers();
    let other = person("other", 999, 1);
    (fingers[1], fingers[6], fingers[2]) = (other.fingers()[1], other.fingers()[6], other.fingers()[2]);
    assert_eq!(duplicates(&gallery.identify(&Person::assume_distinct(probe.id(), fingers), &policy)), [("p7".to_owned(), false)]);
}

#[test]
fn without_enough_fingers_nobody_is_single() {
    let (gallery, policy) = (gallery(12), Policy::default());
    let needed = policy.fingers_needed(12);
    let stranger = person("probe", 1_000, 1);
    let with = |usable: usize| gallery.identify(&without(&stranger, usable..10), &policy);
    assert_eq!(with(0), Answer::Adjudicate(Doubt::NoUsableFinger, Vec::new()));
    assert_eq!(with(needed - 1), Answer::Adjudicate(Doubt::TooFewFingers { usable: needed - 1, needed }, Vec::new()));
    assert!(matches!(with(needed), Answer::Single(_)));
    // Who is there is shown to whoever must look.
    let known = gallery.identify(&without(&person("probe", 7, 1), needed - 1..10), &policy);
    let Answer::Adjudicate(doubt, found) = known else { panic!("{known:?}") };
    assert_eq!((doubt, found[0].id), (Doubt::TooFewFingers { usable: needed - 1, needed }, "p7".parse().unwrap()));
}

#[test]
fn persons_come_and_go() {
    let (gallery, policy) = (gallery(12), Policy::default());
    // More than one block; the others are all one stranger.
    for n in 12..300 {
        gallery.insert(&person(&format!("p{n}"), 900, 0)).unwrap();
    }
    let id = "p7".parse().unwrap();
    assert_eq!((gallery.len(), gallery.persons().count()), (300, 300));
    assert_eq!(gallery.insert(&person("p7", 1, 0)), Err(GalleryError::Known(id)));
    gallery.remove(id).unwrap();
    assert_eq!(gallery.remove(id), Err(GalleryError::Unknown(id)));
    assert!(matches!(gallery.identify(&person("probe", 7, 1), &policy), Answer::Single(_)));
    gallery.insert(&person("again", 7, 2)).unwrap();
    assert_eq!(duplicates(&gallery.identify(&person("probe", 7, 1), &policy)), [("again".to_owned(), false)]);
    assert_eq!((gallery.len(), gallery.contains(id), gallery.is_empty()), (300, false, false));
    assert_eq!(GalleryError::Full.reason(), Reason::GalleryFull);
}

#[test]
fn of_two_who_race_the_second_sees_the_first_and_no_other() {
    let (gallery, policy) = (gallery(10), Policy::default());
    for round in 0..3u64 {
        let barrier = Barrier::new(2);
        let enrol = |name: &str, seed| {
            let person = person(&format!("{name}{round}"), 500 + round, seed);
            barrier.wait();
            let ticket = gallery.insert(&person).unwrap();
            (ticket, gallery.identify_before(ticket, &person, &policy))
        };
        let (a, b) = std::thread::scope(|scope| {
            let a = scope.spawn(|| enrol("a", 1));
            let b = scope.spawn(|| enrol("b", 2));
            (a.join().unwrap(), b.join().unwrap())
        });
        let (first, second) = if a.0 < b.0 { (a, b) } else { (b, a) };
        assert!(matches!(first.1, Answer::Single(_)), "round {round}: {:?}", first.1);
        assert_eq!(duplicates(&second.1).len(), 1, "round {round}: {:?}", second.1);
    }
}

#[test]
fn searches_go_on_while_persons_come_and_go() {
    let (gallery, policy) = (gallery(12), Policy::default());
    let probe = person("probe", 7, 1);
    std::thread::scope(|scope| {
        let busy = scope.spawn(|| {
            for n in 0..200u64 {
                let id = format!("q{n}");
                gallery.insert(&person(&id, 900 + n % 3, 0)).unwrap();
                gallery.remove(id.parse().unwrap()).unwrap();
            }
        });
        while !busy.is_finished() {
            assert_eq!(duplicates(&gallery.identify(&probe, &policy)), [("p7".to_owned(), false)]);
        }
        busy.join().unwrap();
    });
    assert_eq!(gallery.len(), 12);
}

#[test]
fn other_fingers_of_the_same_person_are_never_single() {
    let gallery = Gallery::new(2);
    gallery.insert(&without(&person("right", 1, 0), 5..10)).unwrap();
    let left = without(&person("left", 1, 1), 0..5);
    let answer = gallery.identify(&left, &Policy::default());
    assert_eq!(answer, Answer::Adjudicate(Doubt::NotComparable { persons: 1 }, Vec::new()));
    // Who has one finger alone can be compared by that one, and by no other.
    let one = Gallery::new(1);
    one.insert(&without(&person("one", 2, 0), 1..10)).unwrap();
    assert_eq!(one.identify(&left, &Policy::default()), answer);
    let right = without(&person("right", 1, 1), 5..10);
    assert!(matches!(one.identify(&right, &Policy::default()), Answer::Single(_)));
    // The same person's other nine fingers are not single; who has no finger at all keeps nobody from being it.
    let others = without(&person("others", 2, 1), 0..1);
    assert_eq!(one.identify(&others, &Policy::default()), answer);
    let none = Gallery::new(1);
    none.insert(&without(&person("none", 2, 0), 0..10)).unwrap();
    assert!(matches!(none.identify(&left, &Policy::default()), Answer::Single(_)));
}

#[test]
fn hands_laid_down_upside_down_are_found() {
    let gallery = gallery(4);
    let turned = FingerPosition::ALL.map(|p| {
        let mut template = capture(1, p, 7);
        for m in &mut template.views[0].minutiae {
            (m.x, m.y, m.angle) = (600 - m.x, 800 - m.y, m.angle.wrapping_add(128));
        }
        (p, template)
    });
    let probe = Person::of("probe".parse().unwrap(), turned.iter().map(|(p, t)| (*p, t)), []).unwrap();
    assert_eq!(duplicates(&gallery.identify(&probe, &Policy::default())), [("p1".to_owned(), false)]);
}
