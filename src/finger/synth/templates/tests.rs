//! The generator: the same fingers everywhere, and fingers that a matcher tells apart.

use super::*;
use crate::crypto::hash::sha256;
use crate::finger::matching::{Prepared, Workspace};

const PERSONS: u64 = 20;

fn bytes(template: &Template) -> Vec<u8> {
    let view = &template.views[0];
    let minutia = |m: &Minutia| [&m.x.to_be_bytes()[..], &m.y.to_be_bytes(), &[m.angle, m.kind.code(), m.quality]].concat();
    [vec![view.position.map_or(0, FingerPosition::code), view.quality], view.minutiae.iter().flat_map(minutia).collect()].concat()
}

/// Two captures of all fingers of a person.
fn captures(seed: u64, number: u64) -> Vec<[Template; 2]> {
    let person = Population::new(seed).person(number);
    FingerPosition::ALL.map(|p| Finger::of(person, p)).iter().map(|f| [f.capture(0), f.capture(1)]).collect()
}

#[test]
fn the_seed_decides_every_bit_on_every_machine() {
    let all: Vec<u8> = (0..PERSONS).flat_map(|n| captures(42, n)).flatten().flat_map(|t| bytes(&t)).collect();
    let digest: String = sha256(&all).iter().take(8).map(|b| format!("{b:02x}")).collect();
    assert_eq!(digest, "1c1d1d2de5c5c39b");
}

#[test]
fn a_person_alone_is_the_person_of_the_run_whatever_the_order_and_the_thread() {
    let run: Vec<_> = (0..5).map(|n| captures(7, n)).collect();
    let threads: Vec<_> = (0..5u64).rev().map(|n| (n, std::thread::spawn(move || captures(7, n)))).collect();
    for (n, thread) in threads {
        assert!(usize::try_from(n).is_ok_and(|n| run[n] == thread.join().unwrap()));
    }
    let finger = Finger::of(Population::new(7).person(3), FingerPosition::LeftRing);
    let _ = (finger.capture(9), finger.capture(4));
    assert_eq!(finger.capture(1), run[3][8][1]);
    assert_ne!(captures(8, 3), run[3]);
}

#[test]
fn templates_are_well_formed_and_their_minutiae_as_many_as_on_real_prints() {
    let all: Vec<Template> = (0..PERSONS).flat_map(|n| captures(1, n)).flatten().collect();
    for template in &all {
        let view = &template.views[0];
        assert!(view.minutiae.len() <= tuning::MOST && view.position.is_some() && view.quality <= 100);
        for m in &view.minutiae {
            assert!(m.x < template.width && m.y < template.height && (1..=100).contains(&m.quality));
        }
        assert!(view.minutiae.is_sorted_by_key(|m| std::cmp::Reverse(m.quality)));
    }
    let mean = all.iter().map(Template::minutiae).sum::<usize>() / all.len();
    assert!((40..52).contains(&mean), "{mean}");
    let few = all.iter().filter(|t| t.minutiae() < 20).count();
    assert!(few * 10 < all.len(), "{few} of {}", all.len());
}

#[test]
fn two_captures_match_and_two_fingers_do_not() {
    let prepared = |t: &Template| Prepared::new(&t.views[0].minutiae, t.x_resolution, t.y_resolution);
    let all: Vec<[Prepared; 2]> = (0..6).flat_map(|n| captures(1, n)).map(|pair| pair.each_ref().map(prepared)).collect();
    let mut workspace = Workspace::new();
    // Three nats: one finger is twenty times likelier than two.
    let mut same = |a: &Prepared, b: &Prepared| workspace.score(a, b).centinats() >= 300;
    let found = all.iter().filter(|[a, b]| same(a, b)).count();
    assert!((50..60).contains(&found), "{found} of 60: most match, and as with real fingers not all");
    let others = all.iter().enumerate().flat_map(|(i, [a, _])| all.iter().skip(i + 1).map(move |[_, b]| (a, b)));
    let confused = others.filter(|(a, b)| same(a, b)).count();
    assert!(confused <= 3, "{confused} of 1,770");
}

#[test]
fn debug_shows_no_minutia() {
    let finger = Finger::of(Population::new(1).person(0), FingerPosition::RightThumb);
    let shown = format!("{finger:?}");
    assert!(shown.starts_with("Finger(right_thumb, ") && shown.ends_with(" minutiae)"), "{shown}");
}
