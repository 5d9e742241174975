//! Whoever comes with the card's fingers, with others, or with none that say anything.

use super::*;
use crate::finger::matching::Fmr;
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
        next = trial.take(finger, sample.as_ref().map_or(Sample::Poor, Sample::Print), Some("T-T-1")).unwrap();
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
            assert_eq!(matched.policy(), TrialPolicy::default());
            assert_eq!(matched.threshold(), trial.threshold(matched.fingers().len()).score);
            assert!((1..=2).contains(&matched.fingers().len()));
            assert_eq!(matched.captures(), trial.captures());
            let own = |c: &Logged| c.officer == officer(3).to_string() && (c.sitting, c.round) == (1, 1);
            assert!(matched.captures().iter().all(|c| own(c) && c.device.as_deref() == Some("T-T-1")));
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
    assert_eq!(trial.take(RightIndex, Sample::Poor, None).unwrap_err(), TrialError::NotDue);
    assert_eq!(trial.repeat_by(officer(3)).unwrap_err(), TrialError::SameOfficer);
    assert_eq!(trial.repeat_by(officer(4)).unwrap(), Next::Capture(RightIndex));
    assert_eq!(trial.repeat_by(officer(5)).unwrap_err(), TrialError::NotDue);
    let Next::Over(Ended::NoMatch(mismatched)) = lay(&mut trial, Some(2)) else { panic!("two rounds") };
    assert_eq!(mismatched.captures().len(), 12);
    let second = officer(4).to_string();
    assert_eq!(mismatched.captures().iter().filter(|c| c.round == 2 && c.officer == second).count(), 6);
    assert_eq!(trial.take(RightIndex, Sample::Poor, None).unwrap_err(), TrialError::NotDue, "it is over");
    assert_eq!(trial.again(officer(5)).unwrap_err(), TrialError::NotDue, "and nobody comes again after it");
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
        half.take(finger, sample.as_ref().map_or(Sample::Artefact, Sample::Print), None).unwrap();
    }
    assert_eq!(half.next(), Next::Over(Ended::TooPoor));
    let few = Template { views: vec![], ..print(1, RightIndex, 1) };
    let mut empty = trial(1);
    assert_eq!(empty.take(RightIndex, Sample::Print(&few), None).unwrap(), Next::Capture(LeftIndex));
    assert_eq!(empty.captures()[0].gave, Gave::Poor);
    // A sensor that fails takes no chance away, and is logged; for ever it does not fail.
    assert_eq!(empty.take(LeftIndex, Sample::Nothing, None).unwrap(), Next::Capture(LeftIndex));
    assert_eq!(empty.captures()[1].gave, Gave::Nothing);
    while empty.captures().len() < crate::limits::HANDOVER_LOG {
        empty.take(LeftIndex, Sample::Nothing, None).unwrap();
    }
    assert_eq!(empty.take(LeftIndex, Sample::Nothing, None).unwrap_err(), TrialError::UsedUp(1));
}

#[test]
fn what_is_left_is_gone_on_with_where_it_was() {
    let mut first = trial(1);
    for (finger, capture) in [(RightIndex, 1), (LeftIndex, 1), (RightIndex, 2)] {
        first.take(finger, Sample::Print(&print(2, finger, capture)), None).unwrap();
    }
    let kept: Kept = serde_json::from_slice(&serde_json::to_vec(&first.kept()).unwrap()).unwrap();
    assert_eq!(format!("{kept:?}"), "Kept(sitting 1, round 1, 3 captures)", "no score is shown");
    let mut again = Trial::resume(&kept, &card(1), officer(5)).unwrap();
    assert_eq!((again.next(), again.captures()), (Next::Capture(LeftIndex), first.captures()));
    assert_eq!(lay(&mut again, Some(2)), Next::SecondOfficer, "three captures were left, not six");
    assert_eq!(again.captures().len(), 6);
    for earlier in [officer(3), officer(5)] {
        assert_eq!(again.repeat_by(earlier).unwrap_err(), TrialError::SameOfficer, "both took part in the first round");
    }
    again.repeat_by(officer(4)).unwrap();
    // In the middle of the second round nobody of the first sits down.
    let mut kept = Trial::resume(&again.kept(), &card(1), officer(4)).unwrap();
    assert_eq!(kept.sits(officer(3)), Err(TrialError::SameOfficer));
    assert_eq!(kept.sits(officer(6)), Ok(()));
    // Another card's, another format.
    let other = [(LeftIndex, print(1, LeftIndex, 0))];
    assert_eq!(Trial::resume(&again.kept(), &other, officer(4)).unwrap_err(), TrialError::Kept);
    let mut text = serde_json::to_value(again.kept()).unwrap();
    text["format"] = 2.into();
    let newer: Kept = serde_json::from_value(text).unwrap();
    assert_eq!(Trial::resume(&newer, &card(1), officer(4)).unwrap_err(), TrialError::Kept);
}

#[test]
fn whoever_comes_again_does_so_as_often_as_the_policy_allows_and_from_nothing() {
    let mut trial = trial(1);
    assert_eq!(trial.again(officer(3)).unwrap_err(), TrialError::NotDue, "a sitting goes on");
    for sitting in 1..=3 {
        let kept = trial.kept();
        assert!(!kept.is_too_poor());
        assert_eq!(lay(&mut trial, None), Next::Over(Ended::TooPoor));
        assert!(trial.kept().is_too_poor());
        assert_eq!(trial.captures().last().unwrap().sitting, sitting);
        if sitting < 3 {
            assert_eq!(trial.again(officer(4)).unwrap(), Next::Capture(RightIndex));
        }
    }
    assert_eq!(trial.again(officer(4)).unwrap_err(), TrialError::UsedUp(3));
    // What an earlier sitting scored is not the next one's.
    let mut half = Trial::begin(TrialPolicy::default(), &card(1), officer(3)).unwrap();
    while let Next::Capture(finger) = half.next() {
        let sample = (finger == RightIndex).then(|| print(2, finger, 1));
        half.take(finger, sample.as_ref().map_or(Sample::Poor, Sample::Print), None).unwrap();
    }
    half.again(officer(3)).unwrap();
    assert!(half.fingers.iter().all(|f| f.best.is_none() && f.laid == 0));
}

#[test]
fn a_trial_needs_a_finger_and_a_capture_and_takes_the_finger_that_is_due() {
    let begin = |policy, card: &[_]| Trial::begin(policy, card, officer(3));
    assert_eq!(begin(TrialPolicy::default(), &[]).unwrap_err(), TrialError::NoFinger);
    let one = begin(TrialPolicy { fingers: 1, ..TrialPolicy::default() }, &card(1)).unwrap();
    assert_eq!(one.fingers.len(), 1, "as many fingers as the policy says");
    assert_eq!(trial(1).take(LeftIndex, Sample::Poor, None).unwrap_err(), TrialError::NotDue);
    for (error, reason) in [
        (TrialError::NoFinger, Reason::NoFingerOnFile),
        (TrialError::UsedUp(3), Reason::SampleTooPoor),
        (TrialError::Kept, Reason::AuditAltered),
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
    // ln(3 (7² − 1)) in hundredths.
    assert!((all - alone - 497).abs() <= 3, "{alone} {all}");
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
