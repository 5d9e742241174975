//! One case after the other from its beginning to its end, and what the same job says when it is asked again.

use super::world::*;
use crate::issuance::application::State;
use crate::issuance::case::{self, Receiver, Verification, Visit, Why};
use crate::issuance::desk::By;
use crate::issuance::papers::{Form, Needed, Paper};
use crate::issuance::procedure::{Holder, Mode};
use crate::issuance::register;
use crate::issuance::store::Part;
use crate::issuance::{packet, resident};
use crate::reason::Refusal as _;
use crate::record::Line;
use crate::record::register::Resident;
use jiff::civil::date;

#[test]
fn the_list_has_who_must_hold_a_card_and_neither_has_one_nor_is_on_the_way() {
    let mut world = World::new();
    let head = officer(2);
    let (job, other) = (world.job(), world.job());
    let listed = world.at(REGENCY, |desk| case::list(desk, &job, Holder::Citizen, By::one(&head))).unwrap();
    // Budi, Rani, Putri and Sukarna; Dimas is sixteen and single, Siti, Maria and Agus hold cards.
    assert_eq!((listed.applications.len(), listed.has_more), (4, false));
    let again = world.at(REGENCY, |desk| case::list(desk, &job, Holder::Citizen, By::one(&head))).unwrap();
    assert_eq!(again, listed, "the same job tells the same list");
    let none = world.at(REGENCY, |desk| case::list(desk, &other, Holder::Citizen, By::one(&head))).unwrap();
    assert!(none.applications.is_empty(), "who is listed is not listed again");
    let third = world.job();
    let foreign = world.at(REGENCY, |desk| case::list(desk, &third, Holder::ForeignResident, By::one(&head))).unwrap();
    assert_eq!(foreign.applications.len(), 1);
    let mut names: Vec<String> =
        listed.applications.iter().map(|a| world.case(a).dossier.biodata.full_name.as_str().to_owned()).collect();
    names.sort();
    assert_eq!(names, ["BUDI SPESIMEN", "PUTRI CONTOH SPESIMEN", "RANI SPESIMEN", "SUKARNA"]);
    // A day before her birthday Rani is sixteen.
    let mut earlier = World::new();
    let job = earlier.job();
    let younger = earlier.on("2026-05-29", REGENCY, |desk| case::list(desk, &job, Holder::Citizen, By::one(&head))).unwrap();
    assert_eq!(younger.applications.len(), 3);
    world.verified();
}

#[test]
fn a_summons_is_signed_by_the_camat_and_goes_through_hands_on_record() {
    let mut world = World::new();
    let (head, camat, operator) = (officer(2), officer(5), officer(3));
    let job = world.job();
    let listed = world.at(REGENCY, |desk| case::list(desk, &job, Holder::Citizen, By::one(&head))).unwrap();
    let first = listed.applications[0].clone();
    let (job, day) = (world.job(), date(2026, 12, 7));
    let summon =
        |world: &mut World, day| world.at(POINT, |desk| case::summon(desk, &job, &listed.applications, day, By::one(&camat)));
    summon(&mut world, day).unwrap();
    assert_eq!(world.state(&first), State::Summoned);
    summon(&mut world, day).unwrap();
    assert!(summon(&mut world, date(2026, 12, 8)).is_err(), "another day is another job");
    for (to, name) in [(Receiver::VillageHead, "IBU LURAH"), (Receiver::Resident, "BUDI SPESIMEN")] {
        let (job, name) = (world.job(), Line::parse(name).unwrap());
        for _ in 0..2 {
            world.at(POINT, |desk| case::pass(desk, &job, &first, (to, &name), By::one(&operator))).unwrap();
        }
    }
    let case = world.case(&first);
    assert_eq!((case.state, case.dossier.summoned_for), (State::Summoned, Some(day)));
    assert_eq!(case.dossier.passed.iter().map(|hand| hand.to).collect::<Vec<_>>(), [Receiver::VillageHead, Receiver::Resident]);
    let code = case::receipt::stub(&world.key, &first, case::receipt::Stub::Summons);
    let summons = Needed { paper: Paper::Summons, form: Form::Original };
    let seen = Verification { brought: vec![summons], code: Some(code), ..Verification::default() };
    let job = world.job();
    for _ in 0..2 {
        world.at(POINT, |desk| case::verify(desk, &job, &first, &seen, By::one(&operator))).unwrap();
    }
    assert_eq!(world.state(&first), State::DataVerified);
    world.verified();
}

#[test]
fn a_capture_is_sealed_whole_and_stamps_the_receipt() {
    let mut world = World::new();
    let a = world.new_case();
    world.verify_data(&a);
    let (operator, job) = (officer(3), world.job());
    let capture =
        |world: &mut World| world.at(POINT, |desk| case::capture(desk, &job, &a, (&whole(), &Good), By::one(&operator))).unwrap();
    let case = capture(&mut world);
    assert_eq!((case.dossier.receipt, world.state(&a)), (1, State::Captured));
    assert_eq!(capture(&mut world).dossier.receipt, 1, "the same job again");
    let sealed = world.store.sealed(crate::issuance::store::Kind::Application, &a, Part::Biometrics).unwrap().unwrap();
    let plain = world.key.open(&sealed).unwrap();
    let outside = (&a.as_str().parse().unwrap(), POINT, operator.id());
    let kept = packet::Capture::decode(&plain, outside).unwrap();
    let names: Vec<&str> = kept.files().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), 13);
    assert!(names.contains(&"capture.json") && names.contains(&"left-little.png"));
    let told = kept.files().find(|(name, _)| name.as_str() == "capture.json").unwrap().1;
    let told: serde_json::Value = serde_json::from_slice(told).unwrap();
    let order: Vec<&str> = told["fingers"].as_array().unwrap().iter().map(|f| f["finger"].as_str().unwrap()).collect();
    assert_eq!((order[0], order[4], order[5], order[9]), ("right_thumb", "right_little", "left_thumb", "left_little"));
    world.verified();
}

#[test]
fn a_visit_makes_it_a_home_visit_taken_and_consolidated_by_the_regency() {
    let mut world = World::new();
    let a = world.new_case();
    let (officer_, job) = (officer(10), world.job());
    let plan = Visit { why: Why::Illness, on: date(2026, 12, 1) };
    for _ in 0..2 {
        world.at(REGENCY, |desk| case::visit(desk, &job, &a, plan, By::one(&officer_))).unwrap();
    }
    let case = world.case(&a);
    assert_eq!((case.state, case.dossier.procedure.mode, case.dossier.visit), (State::VisitPlanned, Mode::HomeVisit, Some(plan)));
    assert_eq!(case.standing.word.as_str(), "regular-citizen-office", "how it began");
    let (job, next) = (world.job(), world.job());
    world.at(REGENCY, |desk| case::verify(desk, &job, &a, &Verification::default(), By::one(&officer_))).unwrap();
    world.at(REGENCY, |desk| case::capture(desk, &next, &a, (&whole(), &Good), By::one(&officer_))).unwrap();
    let job = world.job();
    let changed = world.at(REGENCY, |desk| case::consolidate(desk, &job, &a, By::one(&officer_))).unwrap();
    assert_eq!((changed, world.state(&a)), (false, State::Queued));
    world.verified();
}

#[test]
fn what_the_centre_knows_better_overwrites_the_copy_and_keeps_what_changed() {
    let mut world = World::new();
    let a = {
        let mut form = world.form(
            NEVER_HAD,
            crate::issuance::papers::Reason::New,
            &[(Paper::FamilyCard, Form::Copy), (Paper::ProofOfChange, Form::Original)],
        );
        let change =
            |field: &str, value: &str| case::Change { field: field.into(), value: value.into(), proof: "AKTA 17/2026".into() };
        form.changes = vec![change("/address/line", "JL. BARU NO. 2")];
        let (job, operator) = (world.job(), officer(3));
        world.at(POINT, |desk| case::apply(desk, &job, &form, By::one(&operator))).unwrap()
    };
    assert_eq!(world.case(&a).dossier.biodata.address.line.as_str(), "JL. BARU NO. 2");
    world.verify_data(&a);
    world.captured(&a);
    // The centre's word comes in between: another name, and the old address.
    let known = world.at(POINT, |desk| register::of_nik(desk.store, desk.key, &nik(NEVER_HAD))).unwrap().unwrap();
    let mut fields = known.resident.to_json();
    fields["full_name"] = "BUDI HARTONO SPESIMEN".into();
    let clean = Resident::from_json(fields.to_string().as_bytes()).unwrap();
    let (centre, job) = (officer(6), world.job());
    let imported =
        world.at(REGENCY, |desk| register::import(desk, &job, std::slice::from_ref(&clean), By::one(&centre))).unwrap();
    assert_eq!(imported.changed, 1);
    let (job, operator) = (world.job(), officer(3));
    let changed = world.at(POINT, |desk| case::consolidate(desk, &job, &a, By::one(&operator))).unwrap();
    let case = world.case(&a);
    assert!(changed && case.dossier.is_clean);
    assert_eq!(case.dossier.biodata.full_name.as_str(), "BUDI HARTONO SPESIMEN");
    assert_eq!(case.dossier.biodata.address.line.as_str(), "JL. BARU NO. 2", "what was proven stays");
    // Never the reverse.
    let (job, by) = (world.job(), officer(10));
    let kept = world.at(REGENCY, |desk| register::import(desk, &job, &[known.resident], By::one(&by))).unwrap();
    assert_eq!((kept.kept, kept.changed), (1, 0));
    let known = world.at(POINT, |desk| register::of_nik(desk.store, desk.key, &nik(NEVER_HAD))).unwrap().unwrap();
    assert_eq!((known.state, known.resident), (resident::State::Clean, clean));
    world.verified();
}

#[test]
fn a_lost_receipt_is_replaced_by_two_and_the_lost_one_counts_no_more() {
    let mut world = World::new();
    let a = world.new_case();
    world.verify_data(&a);
    world.captured(&a);
    let before = world.case(&a);
    let first = case::receipt::stamped(&world.key, &before).unwrap();
    let (operator, supervisor, job) = (officer(3), officer(4), world.job());
    let alone = world.at(POINT, |desk| case::replace_receipt(desk, &job, &a, By::one(&operator))).unwrap_err();
    assert_eq!(alone.reason(), crate::reason::Reason::NotPermitted);
    let replace = |world: &mut World| {
        world.at(POINT, |desk| case::replace_receipt(desk, &job, &a, By::two(&operator, &supervisor))).unwrap()
    };
    let case = replace(&mut world);
    assert_eq!(replace(&mut world).dossier.receipt, 2, "counted once a job");
    let second = case::receipt::stamped(&world.key, &case).unwrap();
    assert_eq!(case::receipt::check(&world.key, &case, &second), Ok(()));
    assert_eq!(case::receipt::check(&world.key, &case, &first), Err(case::receipt::ReceiptError::Replaced(2)));
    let summons = case::receipt::stub(&world.key, &a, case::receipt::Stub::Form);
    assert_eq!(
        case::receipt::check(&world.key, &case, &summons),
        Err(case::receipt::ReceiptError::Kind),
        "a form without the stamp"
    );
    assert_eq!(world.state(&a), State::Captured);
    world.verified();
}

#[test]
fn what_the_centre_could_not_identify_is_captured_anew_under_the_same_receipt() {
    use crate::issuance::application::Step::{FailIdentification, Receive, Send};
    let mut world = World::new();
    let a = world.new_case();
    world.verify_data(&a);
    world.captured(&a);
    let (job, operator) = (world.job(), officer(3));
    world.at(POINT, |desk| case::consolidate(desk, &job, &a, By::one(&operator))).unwrap();
    for step in [Send, Receive, FailIdentification] {
        world.raw(vec![(crate::issuance::store::Move::application(a.clone(), step), 6)]);
    }
    assert_eq!(world.state(&a), State::IdentificationFailed);
    world.captured(&a);
    let case = world.case(&a);
    assert_eq!((case.state, case.dossier.receipt), (State::Captured, 1));
    world.verified();
}

/// A stamp is printed by a signed step, once for each number.
fn stamped_once(mut world: World) {
    use case::receipt::ReceiptError;
    let a = world.new_case();
    world.verify_data(&a);
    let (operator, supervisor, job) = (officer(3), officer(4), world.job());
    let print = |world: &mut World, job: &crate::issuance::store::Id| {
        world.at(POINT, |desk| case::print_receipt(desk, job, &a, By::one(&operator)))
    };
    assert_eq!(print(&mut world, &job), Err(ReceiptError::NotStamped.into()));
    world.captured(&a);
    let neighbour = officer(10);
    let elsewhere = world.at(REGENCY, |desk| case::print_receipt(desk, &job, &a, By::one(&neighbour)));
    assert!(matches!(elsewhere, Err(case::CaseError::Elsewhere { .. })), "{elsewhere:?}");
    for _ in 0..2 {
        assert_eq!(print(&mut world, &job).unwrap().dossier.printed, 1, "the same job is the same print");
    }
    let next = world.job();
    let again = print(&mut world, &next).unwrap_err();
    assert_eq!((&again, again.reason()), (&ReceiptError::Printed(1).into(), crate::reason::Reason::WrongState));
    let replace = world.job();
    world.at(POINT, |desk| case::replace_receipt(desk, &replace, &a, By::two(&operator, &supervisor))).unwrap();
    assert_eq!(print(&mut world, &job), Err(ReceiptError::Replaced(2).into()), "the lost one is not printed again");
    assert_eq!(print(&mut world, &next).unwrap().dossier.printed, 2);
    let rows = world.store.history(crate::issuance::store::Kind::Application, &a, 0, 100).unwrap();
    assert_eq!(rows.iter().filter(|row| row.step().is_some_and(|step| step == "print-receipt")).count(), 2);
    world.verified();
}

#[test]
fn a_stamp_is_printed_once_for_each_receipt() {
    stamped_once(World::new());
}

#[test]
fn a_stamp_is_printed_once_on_postgresql_too() {
    use crate::issuance::store::tests::Home as _;
    if let Some(server) = crate::issuance::store::tests::server() {
        stamped_once(World::of(server.database().create()));
    }
}
