//! Attacks on the centre, by the ids of `tests/attacks/catalogue.rs`: captures replayed and injected, two pairs of officers who say otherwise,
//! and NIKs whose holders died or moved away.

use super::world::{Comes, POINT, REGENCY, World, biodata, id, officer};
use crate::afis::Policy;
use crate::finger::position::FingerPosition;
use crate::issuance::application::State;
use crate::issuance::case::{self, Application, CaseError};
use crate::issuance::centre::approve::approve;
use crate::issuance::centre::clarify::{Outcome, decide, take_up};
use crate::issuance::centre::identify::{Population, identify};
use crate::issuance::centre::{Answer, CentreError, ClassicalPrints, Doubt, Prints};
use crate::issuance::desk::{By, DeskError};
use crate::issuance::names::Named as _;
use crate::issuance::packet::Capture;
use crate::issuance::papers::{Form, Needed, Paper, Reason};
use crate::issuance::proof::works::Works;
use crate::issuance::register::RegisterError;
use crate::issuance::resident::{self, Step};
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Id, Kind, StoreError};
use crate::issuance::{Office, card, register};
use crate::reason::{Reason as Why, Refusal as _};
use crate::record::Biodata;
use crate::record::register::Resident;
use zeroize::Zeroizing;

const A: &str = "A-0000000000000001";
const B: &str = "A-0000000000000002";
const C: &str = "A-0000000000000003";

on_both!(
    b03_a_capture_that_is_replayed_is_found_and_one_that_is_put_in_anothers_place_does_not_open,
    b03_templates_in_the_place_of_images_are_no_fingers,
    i04_two_pairs_who_say_otherwise_one_is_heard,
    i05_a_nik_of_the_dead_serves_nobody,
    i05_a_nik_that_moved_away_serves_its_holder_alone,
);

/// B03: the very capture of somebody, to the bit, under another NIK; and the sealed bytes of one application laid into another's place.
fn b03_a_capture_that_is_replayed_is_found_and_one_that_is_put_in_anothers_place_does_not_open(home: &mut dyn Home) {
    let mut world = World::over(home);
    world.comes(A, Comes::new(1, 7));
    let replayed = world.comes(B, Comes::new(2, 7));
    assert_eq!(replayed.answer, Answer::Doubt(Doubt::Duplicate));
    assert_eq!(replayed.candidates.iter().map(|c| c.application.as_str()).collect::<Vec<_>>(), [A]);
    // Under the own NIK, as of a card that was lost: no re-issue while another has these fingers.
    world.card(&id(A), "C-1", card::State::Active);
    let again = world.comes(C, Comes { reason: Reason::Lost, ..Comes::new(1, 7) });
    assert_eq!((again.answer, again.own.as_deref()), (Answer::Doubt(Doubt::Candidates), Some(A)), "{B} has these fingers too");
    let honest = world.received("A-0000000000000004", Comes::new(4, 8));
    let swap = "UPDATE sealed SET bytes = (SELECT bytes FROM sealed WHERE id = 'A-0000000000000001' AND part = 'biometrics') \
                WHERE id = 'A-0000000000000004' AND part = 'biometrics'";
    home.forge(swap).unwrap();
    let refused = world.identify(&honest).unwrap_err();
    assert_eq!(refused, CentreError::Desk(DeskError::Store(StoreError::Sealed("biometrics"))));
    assert_eq!((refused.reason(), world.state(&honest)), (Why::AuditAltered, "received"));
}

/// B03: what a capture has for images are templates that somebody made: nobody is single by them.
fn b03_templates_in_the_place_of_images_are_no_fingers(home: &mut dyn Home) {
    let mut world = World::over(home);
    let template = include_bytes!("../../../../samples/right-index.fmr");
    assert_eq!(ClassicalPrints.template(FingerPosition::RightIndex, template), None);
    let comes = Comes::new(1, 7);
    let honest = super::world::capture(A, comes);
    let files = honest.files().map(|(name, bytes)| {
        let is_finger = FingerPosition::ALL.iter().any(|f| name.as_str() == format!("{}.png", f.text().replace('_', "-")));
        (name.clone(), Zeroizing::new(if is_finger { template.to_vec() } else { bytes.to_vec() }))
    });
    let injected = Capture::new(A.parse().unwrap(), files.collect()).unwrap();
    let a = world.received_with(A, comes, &injected);
    let (job, centre) = (world.job(), officer(16));
    let found = world.at(Office::Ministry, |desk, gallery| {
        let population = Population { gallery, policy: &Policy::default(), prints: &ClassicalPrints };
        identify(desk, &job, &a, &population, By::one(&centre)).unwrap()
    });
    assert_eq!((found.answer, world.state(&a)), (Answer::Doubt(Doubt::NoUsableFinger), "doubtful"));
    world.audited();
}

/// I-04: what the first pair said stands; another pair, another order and the same job with another outcome are refused.
fn i04_two_pairs_who_say_otherwise_one_is_heard(home: &mut dyn Home) {
    let mut world = World::over(home);
    world.comes(A, Comes::new(1, 7));
    world.comes(B, Comes { capture: 2, ..Comes::new(2, 7) });
    let (b, job) = (id(B), world.job());
    let pair = [officer(17), officer(18)];
    world.at(Office::Ministry, |desk, _| take_up(desk, &job, &b, false, By::two(&pair[0], &pair[1]))).unwrap();
    let say = |world: &mut World, job: &Id, outcome, first: usize| {
        world.at(Office::Ministry, |desk, _| decide(desk, job, &b, outcome, By::two(&pair[first], &pair[1 - first])))
    };
    let (first, other) = (world.job(), world.job());
    say(&mut world, &first, Outcome::KeepFirst, 0).unwrap();
    let late = |outcome, step| (outcome, StoreError::WrongState { kind: Kind::Application, state: "rejected", step });
    for (outcome, refused) in [
        late(Outcome::DifferentPeople, "clear-doubt"),
        late(Outcome::KeepChosen, "clear-doubt"),
        late(Outcome::Recapture, "recapture"),
        late(Outcome::Fraud, "reject"),
    ] {
        let answer = say(&mut world, &other, outcome, 1).unwrap_err();
        assert_eq!((answer.reason(), answer), (Why::WrongState, refused.into()), "{outcome:?}");
        let answer = say(&mut world, &first, outcome, 0).unwrap_err();
        assert_eq!(answer, StoreError::Conflict(first.to_string()).into(), "{outcome:?} under the first one's name");
    }
    assert_eq!((world.state(&b), world.state(&id(A))), ("rejected", "unique"));
    say(&mut world, &first, Outcome::KeepFirst, 0).unwrap();
    world.audited();
}

/// Somebody of the register brought in by the centre: the same NIK, another name.
fn renamed() -> Biodata {
    let mut fields = biodata(1).to_json();
    fields["full_name"] = serde_json::json!("ORANG LAIN");
    Biodata::from_json(&fields).unwrap()
}

fn brought_in(world: &mut World, biodata: Biodata) -> Result<register::Imported, RegisterError> {
    let (job, centre) = (world.job(), officer(16));
    let resident = Resident { biodata, holds_card: false };
    world.at(Office::Ministry, |desk, _| register::import(desk, &job, &[resident], By::one(&centre)))
}

/// Somebody applies at the desk under the first NIK.
fn applies(world: &mut World) -> Result<Id, CaseError> {
    let (job, operator, supervisor) = (world.job(), officer(13), officer(14));
    let who = biodata(1);
    let brought = [(Paper::FamilyCard, Form::Copy), (Paper::PoliceLetter, Form::Original)];
    let brought = brought.map(|(paper, form)| Needed { paper, form }).to_vec();
    let form =
        Application { nik: who.nik, family_card_no: who.family_card_no, reason: Reason::Lost, brought, changes: Vec::new() };
    world.at(POINT, |desk, _| case::apply(desk, &job, &form, By::two(&operator, &supervisor)))
}

/// The step to print ready, with all that it takes.
fn approved(world: &mut World, of: &Id) -> Result<(), CentreError> {
    let mut works = Works::new(world.folder.path(), crate::issuance::officer::tests::at("2026-11-26"));
    let (job, approver) = (world.job(), officer(19));
    world.at(Office::Ministry, |desk, _| approve(desk, &job, of, (&mut works.making(), false), By::one(&approver))).map(drop)
}

/// I-05: of somebody who died there is no second life in the register, no application, and no card for an application that was open.
fn i05_a_nik_of_the_dead_serves_nobody(home: &mut dyn Home) {
    let mut world = World::over(home);
    world.registered(biodata(1));
    world.comes(A, Comes::new(1, 7));
    world.card(&id(A), "C-1", card::State::Active);
    let heirs = world.received(B, Comes { reason: Reason::Lost, ..Comes::new(1, 9) });
    let left = world.died(&biodata(1).nik);
    assert_eq!((left.applications, left.cards), (vec![heirs.clone()], vec![(id("C-1"), "active")]));
    for again in [biodata(1), renamed()] {
        let refused = brought_in(&mut world, again).unwrap_err();
        assert_eq!((refused.reason(), refused), (RegisterError::Dead(1).reason(), RegisterError::Dead(1)));
    }
    assert_eq!(applies(&mut world), Err(CaseError::NotResident(resident::State::Dead)));
    // The fingers are held against those that were enrolled under the NIK, dead or not; and two officers do not help.
    assert_eq!(world.identify(&heirs).unwrap().answer, Answer::Doubt(Doubt::OwnMismatch));
    let (take, say, pair) = (world.job(), world.job(), [officer(17), officer(18)]);
    world.at(Office::Ministry, |desk, _| take_up(desk, &take, &heirs, false, By::two(&pair[0], &pair[1]))).unwrap();
    let outcome = Outcome::DifferentPeople;
    world.at(Office::Ministry, |desk, _| decide(desk, &say, &heirs, outcome, By::two(&pair[0], &pair[1]))).unwrap();
    assert_eq!(world.state(&heirs), State::Unique.name());
    let refused = approved(&mut world, &heirs).unwrap_err();
    assert_eq!(refused, CentreError::Case(CaseError::NotResident(resident::State::Dead)));
    assert_eq!(refused.reason(), Why::WrongState);
    world.audited();
}

/// I-05: of somebody who moved away nobody is served until an office brings them in again; then it is the one whose fingers were enrolled.
fn i05_a_nik_that_moved_away_serves_its_holder_alone(home: &mut dyn Home) {
    let mut world = World::over(home);
    world.registered(biodata(1));
    world.comes(A, Comes::new(1, 7));
    world.card(&id(A), "C-1", card::State::Active);
    let (job, head) = (world.job(), officer(28));
    let nik = biodata(1).nik;
    world.at(REGENCY, |desk, _| register::depart(desk, &job, &nik, Step::MoveAway, By::one(&head))).unwrap();
    assert_eq!(applies(&mut world), Err(CaseError::NotResident(resident::State::Moved)));
    assert_eq!(brought_in(&mut world, biodata(1)).unwrap().changed, 1);
    let stranger = world.comes(B, Comes { reason: Reason::MovedIn, ..Comes::new(1, 9) });
    assert_eq!(stranger.answer, Answer::Doubt(Doubt::OwnMismatch));
    let early = StoreError::WrongState { kind: Kind::Application, state: "doubtful", step: "approve" };
    assert_eq!(approved(&mut world, &id(B)), Err(early.into()));
    let (take, say, pair) = (world.job(), world.job(), [officer(17), officer(18)]);
    world.at(Office::Ministry, |desk, _| take_up(desk, &take, &id(B), false, By::two(&pair[0], &pair[1]))).unwrap();
    world.at(Office::Ministry, |desk, _| decide(desk, &say, &id(B), Outcome::Fraud, By::two(&pair[0], &pair[1]))).unwrap();
    let holder = world.comes(C, Comes { reason: Reason::MovedIn, capture: 2, ..Comes::new(1, 7) });
    assert_eq!((holder.answer, holder.own.as_deref()), (Answer::Reissue, Some(A)));
    world.audited();
}
