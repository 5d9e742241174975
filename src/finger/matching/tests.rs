//! The matcher on prints made here: one finger and another, the order of the question, and templates made to do harm.

use super::*;
use crate::finger::template::{Minutia, MinutiaKind};
use std::time::{Duration, Instant};

/// Numbers that look random; the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u16 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u16::try_from(self.0 % below).unwrap()
    }
}

fn minutia(x: u16, y: u16, angle: u8) -> Minutia {
    Minutia { x, y, angle, kind: MinutiaKind::Ending, quality: 0 }
}

/// A finger of `n` minutiae on an area of 300 by 400 pixels.
fn finger(seed: u64, n: usize) -> Vec<Minutia> {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    (0..n).map(|_| minutia(50 + dice.roll(300), 50 + dice.roll(400), u8::try_from(dice.roll(256)).unwrap())).collect()
}

/// The finger again: shifted, every place off by up to two pixels and every direction by up to four units, some minutiae lost.
fn again(of: &[Minutia], seed: u64) -> Vec<Minutia> {
    let mut dice = Dice(seed | 1);
    let moved = of.iter().map(|m| {
        let turn = u8::try_from(dice.roll(9)).unwrap();
        minutia(m.x + 20 + dice.roll(5), m.y - 10 + dice.roll(5), m.angle.wrapping_add(turn).wrapping_sub(4))
    });
    let moved: Vec<_> = moved.collect();
    moved.into_iter().filter(|_| dice.roll(5) > 0).collect()
}

/// The finger turned by a quarter, exactly.
fn turned(of: &[Minutia]) -> Vec<Minutia> {
    of.iter().map(|m| minutia(m.y, 600 - m.x, m.angle.wrapping_add(64))).collect()
}

fn prepared(m: &[Minutia]) -> Prepared {
    Prepared::new(m, 197, 197)
}

fn of_strangers() -> i32 {
    Threshold::at_fmr(Fmr::E4, 1).score.centinats()
}

#[test]
fn one_finger_scores_high_and_two_score_low() {
    let mut w = Workspace::new();
    for seed in 1..40 {
        let a = finger(seed, 40);
        let b = again(&a, seed + 1000);
        let other = finger(seed + 500, 40);
        assert!(w.score(&prepared(&a), &prepared(&b)).centinats() > of_strangers() + 300, "{seed}");
        assert!(w.score(&prepared(&a), &prepared(&other)).centinats() < 0, "{seed}");
    }
}

#[test]
fn a_turned_finger_is_the_same_finger() {
    let a = finger(3, 40);
    let pairing = Workspace::new().explain(&prepared(&a), &prepared(&turned(&a)));
    assert!(pairing.score.centinats() > of_strangers(), "{pairing:?}");
    assert!(pairing.turn.wrapping_sub(63) <= 2, "{}", pairing.turn);
    assert!(pairing.pairs.iter().all(|p| p.a == p.b) && pairing.pairs.len() >= 38);
}

#[test]
fn the_order_of_the_question_does_not_matter() {
    let mut w = Workspace::new();
    for seed in 1..60 {
        let a = finger(seed, 30);
        let b = if seed % 2 == 0 { again(&a, seed) } else { finger(seed + 100, 35) };
        let (a, b) = (prepared(&a), prepared(&b));
        assert_eq!(w.score(&a, &b), w.score(&b, &a), "{seed}");
        let (there, back) = (w.explain(&a, &b), w.explain(&b, &a));
        let mut pairs: Vec<_> = back.pairs.iter().map(|p| (p.b, p.a)).collect();
        pairs.sort_unstable();
        assert_eq!(there.pairs.iter().map(|p| (p.a, p.b)).collect::<Vec<_>>(), pairs);
        assert_eq!(there.turn, back.turn.wrapping_neg());
        assert_eq!(there.score, w.score(&a, &b));
    }
}

#[test]
fn other_resolutions_are_brought_to_one() {
    let a = finger(9, 40);
    let fine: Vec<_> = a.iter().map(|m| minutia(m.x * 2, m.y * 2, m.angle)).collect();
    let mut w = Workspace::new();
    let same = w.score(&prepared(&a), &prepared(&a));
    assert_eq!(w.score(&prepared(&a), &Prepared::new(&fine, 394, 394)), same);
    assert!(Prepared::new(&a, 0, 197).is_empty());
}

#[test]
fn templates_made_to_do_harm_score_low_in_bounded_time() {
    let grid: Vec<_> = (0..255u16).map(|i| minutia(i % 16 * 12, i / 16 * 12, 0)).collect();
    let line: Vec<_> = (0..255u16).map(|i| minutia(i * 7, 100, 64)).collect();
    let same = vec![minutia(100, 100, 7); 255];
    let corners: Vec<_> =
        [(0, 0), (0x3FFF, 0), (0, 0x3FFF), (0x3FFF, 0x3FFF), (u16::MAX, u16::MAX)].map(|(x, y)| minutia(x, y, 0)).into();
    let many = finger(77, 255);
    let harm = [Vec::new(), vec![minutia(5, 5, 5)], grid, line, same, corners, many];
    let mut w = Workspace::new();
    let start = Instant::now();
    for h in &harm {
        for per_cm in [1, 197, u16::MAX] {
            let h = Prepared::new(h, per_cm, per_cm);
            for seed in 1..20 {
                let score = w.score(&h, &prepared(&finger(seed, 45)));
                assert!(score.centinats() < of_strangers(), "{} minutiae, {score}", h.len());
            }
            w.score(&h, &h);
        }
    }
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn nothing_is_not_a_match_even_with_itself() {
    let mut w = Workspace::new();
    for m in [vec![], vec![minutia(1, 1, 1)], vec![minutia(1, 1, 1); 50], vec![minutia(1, 1, 1), minutia(40, 40, 1)]] {
        let p = prepared(&m);
        assert!(w.score(&p, &p).centinats() <= 0, "{} {}", p.len(), w.score(&p, &p));
    }
}

#[test]
fn only_the_best_minutiae_count() {
    let mut m = finger(5, 64);
    m.iter_mut().for_each(|m| m.quality = 90);
    let best = prepared(&m);
    let junk = finger(6, 191).into_iter().map(|j| Minutia { quality: 10, ..j });
    let all: Vec<_> = junk.chain(m.iter().copied()).collect();
    let mut w = Workspace::new();
    assert_eq!(w.score(&best, &prepared(&all)), w.score(&best, &best));
}

#[test]
fn debug_shows_no_minutia() {
    let p = prepared(&finger(1, 20));
    assert_eq!(format!("{p:?}"), format!("Prepared({} minutiae)", p.len()));
    assert_eq!(format!("{:?}", Workspace::new()), "Workspace");
    let shown = format!("{:?}", Workspace::new().explain(&p, &p));
    assert!(shown.starts_with("Pairing(") && shown.ends_with(" pairs)") && shown.len() < 40, "{shown}");
}

/// Scores of fixed prints, to the bit: a change of any of them is a change of the calibration and of every stored threshold.
#[test]
fn scores_are_the_same_on_every_machine() {
    let mut w = Workspace::new();
    let scores: Vec<i32> = (1..=6)
        .flat_map(|seed| {
            let a = finger(seed, 20 + 7 * usize::try_from(seed).unwrap());
            let others = [again(&a, seed), turned(&a), finger(seed + 50, 40)];
            others.map(|b| w.score(&prepared(&a), &prepared(&b)).centinats())
        })
        .collect();
    assert_eq!(scores, GOLDEN);
}

const GOLDEN: [i32; 18] =
    [1850, 1823, -386, 2122, 1910, -406, 2153, 2022, -200, 2275, 2060, -438, 2267, 2128, -404, 2321, 2204, -455];

/// The code that is compiled for this processor's widest registers, against the plain one.
#[test]
fn wide_registers_change_nothing() {
    let (mut votes, mut poses, mut w) = (votes::Votes::new(), poses::Poses::new(), Workspace::new());
    for seed in 1..200 {
        let a = finger(seed, 15 + usize::try_from(seed % 49).unwrap());
        let b = if seed % 3 == 0 { again(&a, seed) } else { finger(seed + 7, 45) };
        let (a, b) = (prepared(&a), prepared(&b));
        let (a, b) = if a.rank(&b).is_gt() { (&b, &a) } else { (&a, &b) };
        let plain = compare::compare(a, b, &mut votes, &mut poses);
        let wide = w.observe(a, b);
        assert_eq!((plain.ratio, plain.promise), (wide.score.centinats(), wide.promise), "{seed}");
        assert_eq!(plain.best.map(|(evidence, _)| evidence), wide.evidence, "{seed}");
    }
}
