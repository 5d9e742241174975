//! The whole extractor on drawn ridges, whose minutiae are known, and on pictures of no finger.

use super::*;
use crate::finger::extract::{ExtractError, RidgeTest};
use crate::finger::matcher::MatchOutcome;
use crate::finger::matching::MinutiaMatcher;
use std::f32::consts::PI;

/// Side of the drawn pictures.
const SIDE: u16 = 320;
/// Middle of the arches.
const MIDDLE: (f32, f32) = (160.0, 350.0);

/// A drawn minutia: where, +1 for one ridge more on the left as seen from the middle, -1 on the right.
type Drawn = (f32, f32, f32);

/// Arches of ridges around [`MIDDLE`] with these minutiae, on white ground; `shift` moves the ridges by that phase.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a grey level
fn arches(minutiae: &[Drawn], period: f32, shift: f32) -> FingerImage {
    let side = usize::from(SIDE);
    let pixels = (0..side * side).map(|i| {
        let (x, y) = ((i % side) as f32, (i / side) as f32);
        let (dx, dy) = (x - MIDDLE.0, y - MIDDLE.1);
        let (ex, ey) = ((x - 160.0) / 140.0, (y - 155.0) / 135.0);
        if ex * ex + ey * ey > 1.0 {
            return 255;
        }
        let turns: f32 = minutiae.iter().map(|m| m.2 * libm::atan2f(y - m.1, x - m.0)).sum();
        let phase = 2.0 * PI * (dx * dx + dy * dy).sqrt() / period + turns + shift;
        (128.0 + 90.0 * libm::cosf(phase)) as u8
    });
    FingerImage::new(SIDE, SIDE, pixels.collect()).unwrap()
}

fn sure(image: &FingerImage) -> Vec<Candidate> {
    candidate::candidates(&steps::look(image, Path::Widest)).into_iter().filter(|c| c.probability >= 0.5).collect()
}

/// Minutiae far enough apart to be six.
const SIX: [Drawn; 6] = [
    (160.3, 90.6, 1.0),
    (90.0, 150.0, -1.0),
    (230.0, 150.0, 1.0),
    (160.0, 170.0, -1.0),
    (120.0, 220.0, 1.0),
    (200.0, 225.0, -1.0),
];

#[test]
fn a_drawn_minutia_is_found_once_at_its_place_in_its_direction_and_kind() {
    for period in [6.5, 11.0] {
        for (sense, angle) in [(1.0, PI), (-1.0, 0.0)] {
            for ending in [true, false] {
                // On the side with one ridge more the phase is that of the radius, plus half a turn on the left.
                let left = if sense > 0.0 { PI } else { 0.0 };
                let tone = if ending { PI } else { 0.0 };
                let shift = tone - left - 2.0 * PI * (MIDDLE.1 - 120.0) / period;
                let found = sure(&arches(&[(160.0, 120.0, sense)], period, shift));
                assert_eq!(found.len(), 1, "{period} {sense} {ending}");
                let m = &found[0];
                assert!((m.x - 160.0).abs() < 2.0 && (m.y - 120.0).abs() < 2.0, "{period} {sense}: {} {}", m.x, m.y);
                assert!(libm::fabsf(libm::remainderf(m.angle - angle, 2.0 * PI)) < 0.12, "{period} {sense}: {}", m.angle);
                assert_eq!(m.ending, ending, "{period} {sense}");
            }
        }
    }
}

#[test]
fn ridges_without_minutiae_give_none() {
    assert_eq!(sure(&arches(&[], 9.0, 0.0)).len(), 0);
}

#[test]
fn minutiae_come_best_first_and_within_the_picture() {
    let found = Classical.extract(&arches(&SIX, 9.0, 0.0)).unwrap().minutiae;
    assert!(found.len() >= 6);
    assert!(found.windows(2).all(|w| w[0].quality >= w[1].quality));
    assert!(found.iter().all(|m| m.x < SIDE && m.y < SIDE && (1..=100).contains(&m.quality)));
    for (x, y, _) in SIX {
        assert!(found[..6].iter().any(|m| (f32::from(m.x) - x).abs() < 3.0 && (f32::from(m.y) - y).abs() < 3.0), "{x} {y}");
    }
}

#[test]
fn widest_and_portable_code_and_every_thread_give_the_same_minutiae() {
    let image = arches(&SIX, 8.0, 1.0);
    let portable = examine(&image, Path::Portable).unwrap();
    assert_eq!(examine(&image, Path::Widest).unwrap(), portable);
    std::thread::scope(|s| {
        let all: Vec<_> = (0..4).map(|_| s.spawn(|| examine(&image, Path::Widest).unwrap())).collect();
        all.into_iter().for_each(|t| assert_eq!(t.join().unwrap(), portable));
    });
}

/// Numbers without a pattern, 0 to 255.
fn noise() -> impl Iterator<Item = u8> {
    let mut state = 7u32;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
}

/// A grey level this far from the middle.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped
fn grey(wave: f32) -> u8 {
    (128.0 + wave).clamp(0.0, 255.0) as u8
}

fn drawn(f: impl Fn(usize, usize) -> u8) -> FingerImage {
    let side = usize::from(SIDE);
    FingerImage::new(SIDE, SIDE, (0..side * side).map(|i| f(i % side, i / side)).collect()).unwrap()
}

/// The test of the gate that a picture fails.
fn failed(image: &FingerImage) -> Option<RidgeTest> {
    match Classical.extract(image) {
        Err(ExtractError::NoRidges { test, .. }) => Some(test),
        _ => None,
    }
}

#[test]
fn what_is_no_finger_is_refused_by_the_test_that_it_fails() {
    for grey in [0, 128, 255] {
        let refusal = ExtractError::NoRidges { percent: 0, test: RidgeTest::Area };
        assert_eq!(Classical.extract(&drawn(|_, _| grey)), Err(refusal));
    }
    let slope = drawn(|x, y| u8::try_from((x + y) * 255 / 640).unwrap());
    assert_eq!(failed(&slope), Some(RidgeTest::Area));
    let edge = FingerImage::new(64, 64, noise().take(64 * 64).collect()).unwrap();
    assert_eq!(failed(&edge), Some(RidgeTest::Area), "the smallest picture");
    let waves = drawn(|x, y| grey(90.0 * libm::cosf((x + 2 * y) as f32 / 10.0)));
    assert_eq!(failed(&waves), Some(RidgeTest::Period));
    let stripes = drawn(|x, _| if x % 9 < 4 { 40 } else { 220 });
    assert_eq!(failed(&stripes), Some(RidgeTest::Bare));
    let grain = FingerImage::new(SIDE, SIDE, noise().take(usize::from(SIDE) * usize::from(SIDE)).collect()).unwrap();
    assert_eq!(failed(&grain), Some(RidgeTest::Uncertain));
    let tiles = drawn(|x, y| if x % 20 < 10 && y % 24 < 12 { 40 } else { 220 });
    assert_eq!(failed(&tiles), Some(RidgeTest::Period));
}

#[test]
fn lines_of_letters_have_no_ridges() {
    let ink: Vec<bool> = noise().take(40 * 40).map(|v| v > 120).collect();
    let text = drawn(|x, y| if y % 14 < 9 && x % 9 < 7 && ink[x / 3 % 40 + y / 3 % 40 * 40] { 20 } else { 250 });
    assert_eq!(failed(&text), Some(RidgeTest::Bare));
}

/// A part of a picture, from this place to 140 pixels on.
fn part(image: &FingerImage, left: usize, top: usize) -> FingerImage {
    let rows = image.pixels().chunks_exact(usize::from(image.width())).skip(top).take(140);
    FingerImage::new(140, 140, rows.flat_map(|row| row[left..left + 140].to_vec()).collect()).unwrap()
}

#[test]
fn ridges_that_all_run_one_way_are_a_fingers_if_they_have_its_minutiae() {
    let near: Vec<Drawn> = (0..9u8)
        .map(|i| (110.0 + 50.0 * f32::from(i % 3), 50.0 + 40.0 * f32::from(i / 3), 1.0 - f32::from(2 * (i % 2))))
        .collect();
    assert_eq!(failed(&part(&arches(&[], 9.0, 0.0), 90, 30)), Some(RidgeTest::Straight));
    assert!(Classical.extract(&part(&arches(&near, 9.0, 0.0), 90, 30)).unwrap().minutiae.len() >= 5);
}

/// Prints of a development set, if they are there.
fn prints(names: &[&str]) -> Vec<FingerImage> {
    let folder = std::path::Path::new("../shared/data/fingers/fvc2002-db4");
    let read = |name: &&str| std::fs::read(folder.join(name)).ok();
    let files: Vec<Vec<u8>> = names.iter().filter_map(read).collect();
    if files.is_empty() {
        crate::skipped::skipped(&format!("{} is absent", folder.display()));
    }
    files.iter().map(|file| crate::finger::image::read(file, None).unwrap()).collect()
}

#[test]
fn a_print_under_noise_is_still_its_finger() {
    let prints = prints(&["103_3.png", "103_6.png"]);
    let [clean, print] = &prints[..] else { return };
    let mut grain = noise();
    let mut sum = || (0..4).map(|_| i32::from(grain.next().unwrap()) - 128).sum::<i32>();
    let pixels = print.pixels().iter().map(|v| u8::try_from((i32::from(*v) + sum() / 5).clamp(0, 255)).unwrap());
    let noisy = FingerImage::new(print.width(), print.height(), pixels.collect()).unwrap();
    let [a, b] = [clean, &noisy].map(|image| Classical.extract(image).unwrap().template(image, None));
    let judged = MinutiaMatcher::new("1e-4".parse().unwrap()).judge(&a, &b).unwrap();
    assert!(matches!(judged.outcome, MatchOutcome::Match(_)), "{:?}", judged.outcome);
}

#[test]
fn a_finger_with_too_few_minutiae_says_how_many_and_is_still_a_sample() {
    let image = arches(&SIX[..2], 9.0, 0.0);
    assert_eq!(Classical.extract(&image), Err(ExtractError::TooFewMinutiae { found: 2 }));
    let sample = Classical.sample(&image).unwrap();
    assert!(sample.score < 60 && sample.measures.area > 100.0, "{sample:?}");
}

#[test]
fn a_face_has_no_ridges() {
    let path = "../shared/data/portraits/astronaut.png";
    let Ok(face) = image::open(path) else {
        crate::skipped::skipped(&format!("{path} is absent"));
        return;
    };
    let grey = face.to_luma8();
    let (w, h) = (u16::try_from(grey.width()).unwrap(), u16::try_from(grey.height()).unwrap());
    assert_eq!(failed(&FingerImage::new(w, h, grey.into_raw()).unwrap()), Some(RidgeTest::Period));
}
