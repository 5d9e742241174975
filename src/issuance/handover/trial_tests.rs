//! Whoever comes with the card's fingers, with others, or with none that say anything.

use super::*;
use crate::finger::synth::templates::Finger as Master;
use crate::finger::synth::{Person, Seed};
use crate::issuance::officer::tests::key;
use crate::reason::{Reason, Refusal as _};
use FingerPosition::{LeftIndex, RightIndex};

fn officer(seed: u64) -> OfficerId {
    OfficerId::of(&key(seed).public_key())
}

/// A capture of a finger of the n-th person.
fn print(person: u64, finger: FingerPosition, capture: u32) -> Template {
    Master::of(Person::new(Seed::new(7), person), finger).capture(capture)
}

fn card(person: u64) -> Vec<(FingerPosition, Template)> {
    [RightIndex, LeftIndex].map(|finger| (finger, print(person, finger, 0))).to_vec()
}

fn trial(person: u64) -> Trial {
    Trial::begin(TrialPolicy::default(), &card(person), officer(3)).unwrap()
}

/// Lays down the fingers of somebody until something else is due.
fn lay(trial: &mut Trial, person: Option<u64>) -> Next {
    let mut next = trial.next();
    let mut capture = 1;
    while let Next::Capture(finger) = next {
        let sample = person.map(|person| print(person, finger, capture));
        next = trial.take(finger, sample.as_ref()).unwrap();
        capture += 1;
    }
    next
}

#[test]
fn the_holder_is_given_the_card_with_band_rate_and_fingers() {
    let mut matches = 0;
    for person in 0..20 {
        let mut trial = trial(person);
        if let Next::Over(Ended::Match(matched)) = lay(&mut trial, Some(person)) {
            assert_eq!(matched.fmr(), Fmr::E4);
            assert!((1..=2).contains(&matched.fingers().len()));
            assert_eq!(matched.captures(), trial.captures());
            assert!(matched.captures().iter().all(|c| c.officer == officer(3) && c.round == 1));
            matches += 1;
        }
    }
    assert!(matches >= 19, "{matches} of 20 holders");
}

#[test]
fn no_match_only_after_every_capture_of_two_officers() {
    let mut trial = trial(1);
    assert_eq!(lay(&mut trial, Some(2)), Next::SecondOfficer);
    assert_eq!(trial.captures().len(), 6, "both fingers, three times each");
    assert_eq!(trial.take(RightIndex, None).unwrap_err(), TrialError::NotDue);
    assert_eq!(trial.repeat_by(officer(3)).unwrap_err(), TrialError::SameOfficer);
    assert_eq!(trial.repeat_by(officer(4)).unwrap(), Next::Capture(RightIndex));
    assert_eq!(trial.repeat_by(officer(5)).unwrap_err(), TrialError::NotDue);
    let Next::Over(Ended::NoMatch(mismatched)) = lay(&mut trial, Some(2)) else { panic!("two rounds") };
    assert_eq!((mismatched.captures().len(), mismatched.second()), (12, officer(4)));
    assert_eq!(mismatched.captures().iter().filter(|c| c.round == 2 && c.officer == officer(4)).count(), 6);
    assert_eq!(trial.take(RightIndex, None).unwrap_err(), TrialError::NotDue, "it is over");
}

#[test]
fn a_holder_whom_the_first_officer_missed_is_found_in_the_second_round() {
    let mut trial = trial(1);
    assert_eq!(lay(&mut trial, Some(2)), Next::SecondOfficer);
    trial.repeat_by(officer(4)).unwrap();
    assert!(matches!(lay(&mut trial, Some(1)), Next::Over(Ended::Match(_))));
}

#[test]
fn poor_samples_are_neither_a_match_nor_a_mismatch() {
    let mut poor = trial(1);
    assert_eq!(lay(&mut poor, None), Next::Over(Ended::TooPoor));
    // One finger that gives nothing is enough for it not to be a mismatch.
    let mut half = trial(1);
    while let Next::Capture(finger) = half.next() {
        let sample = (finger == RightIndex).then(|| print(2, finger, 1));
        half.take(finger, sample.as_ref()).unwrap();
    }
    assert_eq!(half.next(), Next::Over(Ended::TooPoor));
    let few = Template { views: vec![], ..print(1, RightIndex, 1) };
    let mut empty = trial(1);
    assert_eq!(empty.take(RightIndex, Some(&few)).unwrap(), Next::Capture(LeftIndex));
    assert!(!empty.captures()[0].compared);
}

#[test]
fn a_trial_needs_a_finger_and_a_capture_and_takes_the_finger_that_is_due() {
    let begin = |policy, card: &[_]| Trial::begin(policy, card, officer(3)).unwrap_err();
    assert_eq!(begin(TrialPolicy::default(), &[]), TrialError::NoFinger);
    assert_eq!(begin(TrialPolicy { captures: 0, ..TrialPolicy::default() }, &card(1)), TrialError::NoCapture);
    assert_eq!(trial(1).take(LeftIndex, None).unwrap_err(), TrialError::NotDue);
    for (error, reason) in [
        (TrialError::NoFinger, Reason::NoFingerOnFile),
        (TrialError::NoCapture, Reason::InputInvalid),
        (TrialError::NotDue, Reason::WrongState),
        (TrialError::SameOfficer, Reason::NotPermitted),
    ] {
        assert_eq!(error.reason(), reason);
    }
}

#[test]
fn the_rate_holds_for_the_whole_transaction() {
    // One finger, one capture, one round would be 1e-4 by itself; all chances together must not let more through than that.
    let trial = trial(1);
    let alone = Threshold::at_fmr(Fmr::E4, 2).score.centinats();
    let all = trial.threshold(2).score.centinats();
    // ln(7² − 1) in hundredths.
    assert!((all - alone - 387).abs() <= 3, "{alone} {all}");
    let strangers = (0..60).filter(|n| matches!(lay_all(1, 100 + n), Ended::Match(_))).count();
    assert_eq!(strangers, 0);
}

fn lay_all(holder: u64, person: u64) -> Ended {
    let mut trial = trial(holder);
    if lay(&mut trial, Some(person)) == Next::SecondOfficer {
        trial.repeat_by(officer(4)).unwrap();
        lay(&mut trial, Some(person));
    }
    match trial.next() {
        Next::Over(ended) => ended,
        next => panic!("{next:?}"),
    }
}
