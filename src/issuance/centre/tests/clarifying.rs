//! What two officers say, and what it does.

use super::world::{Comes, ELSEWHERE, World, biodata, id, officer};
use crate::issuance::centre::CentreError;
use crate::issuance::centre::clarify::{Concluded, Outcome, decide, refuse_if_held, take_up};
use crate::issuance::centre::view::view;
use crate::issuance::desk::{By, DeskError};
use crate::issuance::role::RoleError;
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Id, Kind, StoreError};
use crate::issuance::{Office, card};
use crate::reason::{Reason, Refusal as _};

const A: &str = "A-0000000000000001";
const B: &str = "A-0000000000000002";

/// Two names of one person, of whom the first has got this far.
fn doubt(world: &mut World) -> (Id, Id) {
    world.comes(A, Comes::new(1, 7));
    world.comes(B, Comes { capture: 2, ..Comes::new(2, 7) });
    (id(A), id(B))
}

fn take(world: &mut World, of: &Id, fraud: bool) -> Result<Vec<Id>, CentreError> {
    let (job, first, second) = (world.job(), officer(17), officer(18));
    world.at(Office::Ministry, |desk, _| take_up(desk, &job, of, fraud, By::two(&first, &second)))
}

fn say(world: &mut World, of: &Id, outcome: Outcome) -> Result<Concluded, CentreError> {
    let (job, first, second) = (world.job(), officer(17), officer(18));
    world.at(Office::Ministry, |desk, _| decide(desk, &job, of, outcome, By::two(&first, &second)))
}

#[test]
fn a_clarification_holds_the_candidates_until_it_is_decided() {
    let mut world = World::new();
    let (a, b) = doubt(&mut world);
    assert_eq!(take(&mut world, &b, false), Ok(vec![a.clone()]));
    assert_eq!((world.state(&a), world.state(&b)), ("unique", "clarifying"));
    let held = |world: &mut World, of: &Id| world.at(Office::Ministry, |desk, _| refuse_if_held(desk, of));
    assert_eq!(held(&mut world, &a), Err(CentreError::Held(a.clone())));
    assert_eq!(CentreError::Held(a.clone()).reason(), Reason::WrongState);
    assert_eq!(held(&mut world, &b), Ok(()));
    say(&mut world, &b, Outcome::KeepFirst).unwrap();
    assert_eq!((held(&mut world, &a), world.state(&b)), (Ok(()), "rejected"));
    world.audited();
}

#[test]
fn each_outcome_leads_where_it_says() {
    for (outcome, state) in [
        (Outcome::KeepFirst, "rejected"),
        (Outcome::KeepChosen, "unique"),
        (Outcome::DifferentPeople, "unique"),
        (Outcome::Fraud, "rejected"),
        (Outcome::Recapture, "data-verified"),
    ] {
        let mut world = World::new();
        let (_, b) = doubt(&mut world);
        take(&mut world, &b, false).unwrap();
        say(&mut world, &b, outcome).unwrap();
        assert_eq!(world.state(&b), state, "{outcome:?}");
        world.audited();
    }
}

#[test]
fn suspected_fraud_suspends_an_active_card_which_comes_back_or_does_not() {
    for (outcome, state) in [
        (Outcome::DifferentPeople, "active"),
        (Outcome::KeepFirst, "active"),
        (Outcome::KeepChosen, "revoked"),
        (Outcome::Fraud, "suspended"),
    ] {
        let mut world = World::new();
        world.comes(A, Comes::new(1, 7));
        let card = world.card(&id(A), "C-1", card::State::Active);
        world.comes(B, Comes { capture: 2, ..Comes::new(2, 7) });
        take(&mut world, &id(B), true).unwrap();
        assert_eq!(world.card_state(&card), "suspended");
        say(&mut world, &id(B), outcome).unwrap();
        assert_eq!(world.card_state(&card), state, "{outcome:?}");
        world.audited();
    }
}

#[test]
fn after_a_mismatch_at_handover_other_outcomes_hold() {
    for (outcome, state) in
        [(Outcome::Remake, "unique"), (Outcome::Recapture, "data-verified"), (Outcome::ImpostorRefused, "rejected")]
    {
        let mut world = World::new();
        world.comes(A, Comes::new(1, 7));
        let card = world.card(&id(A), "C-1", card::State::Waiting);
        refuse_card(&mut world, &card);
        assert_eq!(world.state(&id(A)), "clarifying");
        assert_eq!(say(&mut world, &id(A), Outcome::DifferentPeople), Err(CentreError::Outcome));
        say(&mut world, &id(A), outcome).unwrap();
        assert_eq!(world.state(&id(A)), state, "{outcome:?}");
    }
    let mut world = World::new();
    let (_, b) = doubt(&mut world);
    take(&mut world, &b, false).unwrap();
    assert_eq!(say(&mut world, &b, Outcome::Remake), Err(CentreError::Outcome));
}

fn refuse_card(world: &mut World, card: &Id) {
    use crate::issuance::application::Step;
    use crate::issuance::store::Move;
    let (job, first, second) = (world.job(), officer(13), officer(14));
    let moves = vec![
        Move::card_of(card.clone(), id(A), crate::issuance::card::Step::Refuse),
        Move::application(id(A), Step::FailHandover),
    ];
    world.at(super::world::POINT, |desk, _| desk.take_by(&job, moves, By::two(&first, &second)).unwrap());
}

#[test]
fn nobody_clarifies_alone_or_with_themselves() {
    let mut world = World::new();
    let (_, b) = doubt(&mut world);
    let (job, first) = (world.job(), officer(17));
    let alone = world.at(Office::Ministry, |desk, _| take_up(desk, &job, &b, false, By::one(&first)));
    let missing = DeskError::Store(StoreError::Role(RoleError::SecondMissing));
    assert_eq!(alone, Err(missing.into()));
    let same = world.at(Office::Ministry, |desk, _| take_up(desk, &job, &b, false, By::two(&first, &officer(17))));
    assert_eq!(same.unwrap_err().reason(), Reason::NotPermitted);
    assert_eq!(world.state(&b), "doubtful");
}

on_both!(both_sides_are_seen_by_whoever_signs_for_it);

fn both_sides_are_seen_by_whoever_signs_for_it(home: &mut dyn Home) {
    let mut world = World::over(home);
    let (a, b) = doubt(&mut world);
    let (job, first) = (world.job(), officer(17));
    let look = |world: &mut World, at: Office, job: &Id, by: u64| {
        let by = officer(by);
        world.at(at, |desk, _| view(desk, job, &id(B), By::one(&by))?.sides(desk).collect::<Result<Vec<_>, _>>())
    };
    let sides = look(&mut world, Office::Ministry, &job, 17).unwrap();
    let seen: Vec<(&str, &str)> =
        sides.iter().map(|side| (side.application.as_str(), side.data["nik"].as_str().unwrap())).collect();
    assert_eq!(seen, [(B, biodata(2).nik.as_str()), (A, biodata(1).nik.as_str())]);
    for side in &sides {
        let names: Vec<&str> = side.pictures.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["portrait.jpg", "signature.png"], "no fingers, and no list of them");
        assert!(!format!("{side:?}").contains("9999"));
    }
    let rows = |world: &mut World| world.store.history(Kind::Application, &id(B), 0, 100).unwrap();
    let last = rows(&mut world).pop().unwrap();
    assert_eq!((last.step().as_deref(), last.evidence().is_some(), last.now.as_str()), (Some("view"), true, "doubtful"));
    assert_eq!(last.signatories().unwrap()[0].0, first.id());
    let before = rows(&mut world).len();
    assert_eq!((look(&mut world, Office::Ministry, &job, 17).unwrap().len(), rows(&mut world).len()), (2, before), "again");
    let elsewhere = {
        let job = world.job();
        look(&mut world, ELSEWHERE, &job, 22)
    }
    .unwrap_err();
    assert_eq!((elsewhere.reason(), rows(&mut world).len()), (Reason::NotPermitted, before));
    let nobody = {
        let job = world.job();
        look(&mut world, Office::Ministry, &job, 16)
    }
    .unwrap_err();
    assert_eq!(nobody, DeskError::Store(StoreError::Role(RoleError::WrongRole(crate::issuance::Role::Centre))).into());
    take(&mut world, &b, false).unwrap();
    assert!(
        {
            let job = world.job();
            look(&mut world, Office::Ministry, &job, 18)
        }
        .is_ok()
    );
    say(&mut world, &b, Outcome::KeepFirst).unwrap();
    let late = {
        let job = world.job();
        look(&mut world, Office::Ministry, &job, 18)
    }
    .unwrap_err();
    assert_eq!(late, StoreError::WrongState { kind: Kind::Application, state: "rejected", step: "view" }.into());
    assert_eq!(world.state(&a), "unique");
    world.audited();
}

/// What is shown is what was signed for.
#[test]
fn a_side_that_changed_since_it_was_signed_for_is_not_shown() {
    use crate::issuance::application::Step;
    use crate::issuance::store::{Move, Part};
    let mut world = World::new();
    let (a, b) = doubt(&mut world);
    let (job, first) = (world.job(), officer(17));
    let viewed = world.at(Office::Ministry, |desk, _| view(desk, &job, &b, By::one(&first))).unwrap();
    let (job, centre) = (world.job(), officer(16));
    let other = super::world::dossier(Comes::new(9, 7)).to_json();
    world.at(Office::Ministry, |desk, _| {
        let sealed = desk.key.seal(Kind::Application, &a, Part::Biodata, &other, desk.rng).unwrap();
        let step = Move::application(a.clone(), Step::Recheck).with_sealed(sealed);
        desk.take_by(&job, vec![step], By::one(&centre)).map(drop).unwrap();
    });
    let shown: Vec<_> =
        world.at(Office::Ministry, |desk, _| viewed.sides(desk).map(|side| side.map(|side| side.application)).collect());
    assert_eq!(shown, [Ok(b), Err(CentreError::Changed(a))]);
}

#[test]
fn every_outcome_has_its_word() {
    let words: std::collections::BTreeSet<&str> = Outcome::ALL.iter().map(|outcome| outcome.name()).collect();
    assert_eq!(words.len(), Outcome::ALL.len());
}
