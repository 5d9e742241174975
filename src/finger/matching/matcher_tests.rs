//! The door: decisions, poor samples, several views.

use super::*;
use crate::finger::matcher::{Band, MatchError, MatchOutcome, Matcher, compare};
use crate::finger::position::FingerPosition;
use crate::finger::template::{Template, synthetic};

fn finger(seed: u64, minutiae: usize) -> Template {
    synthetic::template(seed, FingerPosition::RightIndex, minutiae)
}

/// Synthetic fingers of one position share their ridge flow and no more; places and directions differ.
fn stranger(seed: u64) -> Template {
    finger(seed + 1_000, 40)
}

#[test]
fn the_same_finger_matches_and_another_does_not() {
    let matcher = MinutiaMatcher::default();
    for seed in 0..20 {
        let a = finger(seed, 40);
        assert_eq!(compare(Some(&matcher), &a, &a), Ok(MatchOutcome::Match(Band::Clear)), "{seed}");
        assert_eq!(compare(Some(&matcher), &a, &stranger(seed)), Ok(MatchOutcome::NoMatch(Band::Clear)), "{seed}");
    }
}

#[test]
fn a_poor_sample_is_not_a_mismatch() {
    let (poor, good) = (finger(1, 8), finger(2, 40));
    for (a, b) in [(&poor, &good), (&good, &poor)] {
        assert_eq!(MinutiaMatcher::default().compare(a, b), Ok(MatchOutcome::SampleTooPoor));
    }
}

#[test]
fn a_template_without_a_resolution_is_empty() {
    let flat = Template { x_resolution: 0, ..finger(1, 40) };
    assert_eq!(MinutiaMatcher::default().compare(&flat, &finger(1, 40)), Err(MatchError::EmptyTemplate));
}

#[test]
fn the_best_view_counts_and_more_views_ask_for_more() {
    let (a, b) = (finger(1, 40), stranger(1));
    let both = Template { views: [b.views, a.views.clone()].concat(), ..a.clone() };
    let matcher = MinutiaMatcher::default();
    let (one, two) = (matcher.judge(&a, &a).unwrap(), matcher.judge(&a, &both).unwrap());
    assert_eq!(one.score, two.score);
    assert_eq!(two.threshold.score.centinats() - one.threshold.score.centinats(), 69, "ln 2");
    assert_eq!(two.outcome, MatchOutcome::Match(Band::Clear));
}

#[test]
fn what_is_ready_is_compared_as_the_template_is_and_shows_nothing() {
    let (a, b) = (finger(1, 40), stranger(1));
    let both = Template { views: [b.views.clone(), a.views.clone()].concat(), ..a.clone() };
    let matcher = MinutiaMatcher::default();
    let mut workspace = Workspace::new();
    let mut judged = |a: &Template, b: &Template| matcher.judge_ready(&mut workspace, &Ready::of(a), &Ready::of(b));
    for (a, b) in [(&a, &both), (&both, &a), (&a, &b), (&a, &a)] {
        assert_eq!(judged(a, b), matcher.judge(a, b));
    }
    let left = synthetic::template(1, FingerPosition::LeftIndex, 40);
    assert_eq!(judged(&a, &left), Err(MatchError::DifferentFingers));
    assert_eq!(judged(&a, &finger(1, 0)), Err(MatchError::EmptyTemplate));
    assert_eq!(format!("{:?}", Ready::of(&both)), "Ready(2 views)");
}

#[test]
fn a_stricter_rate_asks_for_more() {
    let a = finger(1, 40);
    let at = |fmr| MinutiaMatcher::new(fmr).judge(&a, &a).unwrap().threshold;
    assert!(at(Fmr::E3).score < at(Fmr::E4).score && at(Fmr::E4).score < at(Fmr::E6).score);
}

#[test]
fn views_declared_to_be_of_different_fingers_are_not_compared_whatever_stands_beside_them() {
    use crate::finger::position::FingerPosition::{LeftThumb, RightIndex};
    let of = |seed, position| synthetic::template(seed, position, 40).views.remove(0);
    let frame = synthetic::template(1, RightIndex, 40);
    let with = |views| Template { views, ..frame.clone() };
    let thumb_called_index = crate::finger::template::View { position: Some(RightIndex), ..of(2, LeftThumb) };
    let two = with(vec![of(1, RightIndex), of(2, LeftThumb)]);
    let judged = MinutiaMatcher::default().judge(&two, &with(vec![thumb_called_index.clone()])).unwrap();
    assert!(matches!(judged.outcome, MatchOutcome::NoMatch(_)), "{judged:?}");
    let thumb = with(vec![of(2, LeftThumb)]);
    let refused = MinutiaMatcher::default().judge(&thumb, &with(vec![thumb_called_index]));
    assert_eq!(refused.map(|j| j.outcome), Err(MatchError::DifferentFingers));
}

#[test]
fn a_handful_of_minutiae_is_no_match_either() {
    let whole = synthetic::template(1, crate::finger::position::FingerPosition::RightIndex, 40);
    let mut few = whole.clone();
    few.views[0].minutiae.truncate(11);
    assert_eq!(MinutiaMatcher::default().judge(&few, &whole).unwrap().outcome, MatchOutcome::SampleTooPoor);
}
