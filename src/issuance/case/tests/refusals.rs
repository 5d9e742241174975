//! Every way in which a case does not go on.

use super::world::*;
use crate::issuance::case::receipt::ReceiptError;
use crate::issuance::case::{self, CaseError, Change, ChangeError, Verification, Visit, Why};
use crate::issuance::desk::{By, DeskError};
use crate::issuance::officer::ActError;
use crate::issuance::packet::PacketError;
use crate::issuance::papers::{Form, Needed, Paper, Reason};
use crate::issuance::procedure::{Holder, Place, Summoner};
use crate::issuance::register::{self, RegisterError};
use crate::issuance::resident;
use crate::issuance::role::RoleError;
use crate::issuance::store::{Kind, StoreError};
use crate::issuance::{Office, application};
use crate::limits::{CASE_CHANGES, CASE_HANDS, CASES_AT_ONCE};
use crate::reason::{self, Refusal as _};
use crate::record::{Contradiction, FamilyCardNo, Line, RecordError};
use jiff::civil::date;

const COPY: [(Paper, Form); 1] = [(Paper::FamilyCard, Form::Copy)];

fn elsewhere(place: Place, at: Office, here: Office) -> CaseError {
    CaseError::Elsewhere { place, at, here }
}

#[test]
fn whom_the_register_does_not_know_or_who_left_gets_no_card() {
    let mut world = World::new();
    let (operator, job) = (officer(3), world.job());
    let mut form = world.form(NEVER_HAD, Reason::New, &COPY);
    let apply =
        |world: &mut World, form: &case::Application| world.at(POINT, |desk| case::apply(desk, &job, form, By::one(&operator)));
    form.nik = nik("3171010101900001");
    let unknown = CaseError::Register(RegisterError::Unknown);
    assert_eq!(apply(&mut world, &form), Err(unknown.clone()));
    assert_eq!((unknown.reason(), unknown.reason().exit()), (reason::Reason::ResidentUnknown, 10));
    form.nik = nik(NEVER_HAD);
    form.family_card_no = FamilyCardNo::parse("9999990101269999").unwrap();
    let family = CaseError::Register(RegisterError::OtherFamily);
    assert_eq!(apply(&mut world, &form), Err(family.clone()));
    assert_eq!(family.reason(), reason::Reason::InputInvalid);
    let child = world.applied(CHILD, Reason::New, &COPY);
    assert_eq!(child, Err(CaseError::TooYoung));
    let (head, job) = (officer(2), world.job());
    world.at(REGENCY, |desk| register::depart(desk, &job, &nik(NEVER_HAD), resident::Step::RecordDeath, By::one(&head))).unwrap();
    let dead = world.applied(NEVER_HAD, Reason::New, &COPY);
    assert_eq!(dead, Err(CaseError::NotResident(resident::State::Dead)));
    assert_eq!(dead.unwrap_err().reason(), reason::Reason::WrongState);
    let nobody = world
        .at(REGENCY, |desk| register::depart(desk, &job, &nik("3171010101900001"), resident::Step::MoveAway, By::one(&head)));
    assert_eq!(nobody, Err(RegisterError::Unknown));
}

#[test]
fn who_has_a_card_gets_no_first_one_and_who_has_none_no_second() {
    let mut world = World::new();
    let has = world.applied(HOLDS, Reason::New, &COPY);
    assert_eq!(has, Err(CaseError::HasCard), "the register says so");
    assert_eq!(has.unwrap_err().reason(), reason::Reason::PersonHasCard);
    let brought = [(Paper::FamilyCard, Form::Copy), (Paper::OldCard, Form::Original)];
    assert_eq!(world.applied(NEVER_HAD, Reason::Damaged, &brought), Err(CaseError::NoCard));
    world.new_case();
    let twice = world.applied(NEVER_HAD, Reason::New, &COPY).unwrap_err();
    assert_eq!(twice.reason(), reason::Reason::PersonHasCard, "one open application: {twice}");
    world.old_card("9999996412900000");
    let second = world.applied("9999996412900000", Reason::New, &COPY);
    assert_eq!(second, Err(CaseError::HasCard), "and so does the store");
}

#[test]
fn papers_that_are_missing_are_said_at_once() {
    let mut world = World::new();
    let missing = |error: CaseError| match error {
        CaseError::Papers(error) => error.missing.iter().map(|n| (n.paper, n.form)).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let none = world.applied(HOLDS, Reason::MovedIn, &[]).unwrap_err();
    let all = [(Paper::FamilyCard, Form::Copy), (Paper::RemovalLetter, Form::Original), (Paper::OldCard, Form::Original)];
    assert_eq!(missing(none), all);
    let copied = world.applied(HOLDS, Reason::Lost, &[(Paper::FamilyCard, Form::Copy), (Paper::PoliceLetter, Form::Copy)]);
    assert_eq!(missing(copied.unwrap_err()), [(Paper::PoliceLetter, Form::Original)]);
    // A field that changes needs its proof, whatever the reason is.
    let mut form = world.form(NEVER_HAD, Reason::New, &COPY);
    form.changes = vec![Change { field: "/religion".into(), value: "hindu".into(), proof: "SURAT 1".into() }];
    let (job, operator) = (world.job(), officer(3));
    let unproven = world.at(POINT, |desk| case::apply(desk, &job, &form, By::one(&operator))).unwrap_err();
    assert_eq!(missing(unproven), [(Paper::ProofOfChange, Form::Original)]);
}

#[test]
fn a_stay_permit_that_ended_is_none() {
    let mut world = World::new();
    let papers = [(Paper::FamilyCard, Form::Copy), (Paper::StayPermit, Form::Copy)];
    let (form, job, by) = (world.form(FOREIGN_NEW, Reason::New, &papers), world.job(), officer(10));
    let a = world.at(REGENCY, |desk| case::apply(desk, &job, &form, By::one(&by))).unwrap();
    let ended = CaseError::PermitEnded(date(2031, 2, 15));
    // By a clock of 2031 no grant is in force any more, so the data are told by an earlier end.
    let mut form = world.form(
        FOREIGN_HOLDS,
        Reason::Damaged,
        &[papers[0], papers[1], (Paper::OldCard, Form::Original), (Paper::ProofOfChange, Form::Original)],
    );
    form.changes = vec![Change { field: "/valid_until".into(), value: "2026-11-25".into(), proof: "KITAP 7".into() }];
    let job = world.job();
    let refused = world.at(REGENCY, |desk| case::apply(desk, &job, &form, By::one(&by))).unwrap_err();
    assert_eq!(refused, CaseError::PermitEnded(date(2026, 11, 25)));
    assert_eq!((ended.reason(), world.state(&a)), (reason::Reason::InputInvalid, application::State::Applied));
}

#[test]
fn each_step_is_its_offices() {
    let mut world = World::new();
    let form = world.form(NEVER_HAD, Reason::New, &COPY);
    let (job, neighbour, regency) = (world.job(), officer(16), officer(10));
    let there = world.at(ELSEWHERE, |desk| case::apply(desk, &job, &form, By::one(&neighbour)));
    let point = |here| elsewhere(Place::ServicePoint, POINT, here);
    assert_eq!(there, Err(CaseError::Elsewhere { place: Place::ServicePoint, at: POINT, here: ELSEWHERE }));
    let above = world.at(REGENCY, |desk| case::apply(desk, &job, &form, By::one(&regency)));
    assert_eq!(above, Err(point(REGENCY)), "a citizen's form is recorded at the service point");
    let a = world.new_case();
    let at_regency = |world: &mut World, act: &dyn Fn(&mut crate::issuance::desk::Desk<'_>) -> Result<(), CaseError>| {
        world.at(REGENCY, |desk| act(desk))
    };
    let job = world.job();
    let seen = Verification::default();
    assert_eq!(at_regency(&mut world, &|desk| case::verify(desk, &job, &a, &seen, By::one(&regency))), Err(point(REGENCY)));
    let plan = Visit { why: Why::Age, on: date(2026, 12, 1) };
    let operator = officer(3);
    let visit = world.at(POINT, |desk| case::visit(desk, &job, &a, plan, By::one(&operator)));
    assert_eq!(visit, Err(elsewhere(Place::Regency, REGENCY, POINT)), "visits are the regency's");
    world.verify_data(&a);
    let taken = whole();
    assert_eq!(
        at_regency(&mut world, &|desk| case::capture(desk, &job, &a, (&taken, &Good), By::one(&regency)).map(drop)),
        Err(point(REGENCY))
    );
    world.captured(&a);
    assert_eq!(
        at_regency(&mut world, &|desk| case::consolidate(desk, &job, &a, By::one(&regency)).map(drop)),
        Err(point(REGENCY))
    );
    let supervisor = officer(11);
    let two = By::two(&regency, &supervisor);
    assert_eq!(at_regency(&mut world, &|desk| case::replace_receipt(desk, &job, &a, two).map(drop)), Err(point(REGENCY)));
    let (neighbours, why) = (officer(16), case::Withdrawal::Applicant);
    let other = world.at(ELSEWHERE, |desk| case::withdraw(desk, &job, &a, why, By::one(&neighbours)));
    assert_eq!(other, Err(point(ELSEWHERE)), "nor does a neighbour take it back");
    assert_eq!(point(REGENCY).reason(), reason::Reason::NotPermitted);
}

#[test]
fn a_summons_is_for_who_is_listed_by_whom_the_procedure_names() {
    let mut world = World::new();
    let a = world.new_case();
    let (camat, head, job, day) = (officer(5), officer(2), world.job(), date(2026, 12, 7));
    let one = std::slice::from_ref(&a);
    let regular = world.at(POINT, |desk| case::summon(desk, &job, one, day, By::one(&camat)));
    assert_eq!(regular, Err(CaseError::NoSummons));
    let none = world.at(POINT, |desk| case::summon(desk, &job, &[], day, By::one(&camat)));
    assert_eq!(none, Err(StoreError::TooMany("applications, or none", CASES_AT_ONCE).into()));
    let listed = world.at(REGENCY, |desk| case::list(desk, &job, Holder::Citizen, By::one(&head))).unwrap().applications;
    let (job, operator) = (world.job(), officer(3));
    let by_head = world.at(POINT, |desk| case::summon(desk, &job, &listed, day, By::one(&head)));
    assert_eq!(by_head, Err(CaseError::Summoner(Summoner::Camat)));
    let other = officer(17);
    let neighbour = world.at(ELSEWHERE, |desk| case::summon(desk, &job, &listed, day, By::one(&other)));
    assert_eq!(neighbour, Err(elsewhere(Place::ServicePoint, POINT, ELSEWHERE)));
    world.at(POINT, |desk| case::summon(desk, &job, &listed, day, By::one(&camat))).unwrap();
    let name = Line::parse("BUDI").unwrap();
    for _ in 0..CASE_HANDS {
        let job = world.job();
        world
            .at(POINT, |desk| case::pass(desk, &job, &listed[0], (case::Receiver::VillageHead, &name), By::one(&operator)))
            .unwrap();
    }
    let job = world.job();
    let more =
        world.at(POINT, |desk| case::pass(desk, &job, &listed[0], (case::Receiver::VillageHead, &name), By::one(&operator)));
    assert_eq!(more, Err(StoreError::TooMany("hands of a summons", CASE_HANDS).into()));
    let seen = Verification {
        brought: vec![Needed { paper: Paper::Summons, form: Form::Original }],
        code: Some("EKTP1/S/X/0/00".into()),
        ..Verification::default()
    };
    let (to, job_) = ((case::Receiver::Resident, &name), world.job());
    world
        .at(POINT, |desk| case::pass(desk, &job_, &listed[1], (case::Receiver::VillageHead, &name), By::one(&operator)))
        .unwrap();
    let job_ = world.job();
    world.at(POINT, |desk| case::pass(desk, &job_, &listed[1], to, By::one(&operator))).unwrap();
    let forged = world.at(POINT, |desk| case::verify(desk, &job, &listed[1], &seen, By::one(&operator)));
    assert_eq!(forged, Err(CaseError::Receipt(ReceiptError::Forged)));
    let early = world.at(POINT, |desk| case::paper::stamped(&case::Case::open(desk, &listed[0]).unwrap(), desk.key).map(|_| ()));
    assert_eq!(early, Err(CaseError::Receipt(ReceiptError::NotStamped)));
}

#[test]
fn changes_name_a_field_a_value_and_a_proof() {
    let mut world = World::new();
    let papers = [(Paper::FamilyCard, Form::Copy), (Paper::OldCard, Form::Original), (Paper::ProofOfChange, Form::Original)];
    let (job, operator) = (world.job(), officer(3));
    let mut refused = |changes: Vec<Change>| {
        let mut form = world.form(HOLDS, Reason::DataChange, &papers);
        form.changes = changes;
        match world.at(POINT, |desk| case::apply(desk, &job, &form, By::one(&operator))) {
            Err(CaseError::Change(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    let change = |field: &str, value: &str, proof: &str| Change { field: field.into(), value: value.into(), proof: proof.into() };
    assert_eq!(refused(vec![]), ChangeError::None);
    assert_eq!(refused(vec![change("/sex", "male", "PUTUSAN 1"); CASE_CHANGES + 1]), ChangeError::TooMany(CASE_CHANGES));
    for field in ["/nik", "/portrait", "", "sex"] {
        assert_eq!(refused(vec![change(field, "x", "PUTUSAN 1")]), ChangeError::Field(field.into()), "{field}");
    }
    assert_eq!(refused(vec![change("/sex", "male", "")]), ChangeError::Proof("/sex".into()));
    let wrong = refused(vec![change("/address/village_code", "32.01.01.1001", "SK 2")]);
    let path = "/address/village_code".to_owned();
    assert_eq!(wrong, ChangeError::Value(RecordError::Contradiction { path, rule: Contradiction::OutsideRegion }));
    assert_eq!((wrong.reason(), ChangeError::None.reason()), (reason::Reason::RecordInvalid, reason::Reason::InputInvalid));
}

#[test]
fn what_desk_and_store_say_is_said_on() {
    let mut world = World::new();
    let (job, operator) = (world.job(), officer(3));
    let unknown = world.at(POINT, |desk| case::consolidate(desk, &job, &id("A-0"), By::one(&operator)));
    let said = StoreError::Unknown { kind: Kind::Application, id: "A-0".into() };
    assert_eq!(unknown, Err(CaseError::Desk(DeskError::Store(said))));
    let a = world.new_case();
    let early = world.at(POINT, |desk| case::consolidate(desk, &job, &a, By::one(&operator)));
    let state = StoreError::WrongState { kind: Kind::Application, state: "applied", step: "consolidate" };
    assert_eq!(early, Err(state.into()));
    let alone: CaseError = RoleError::SecondMissing.into();
    assert_eq!(alone, CaseError::Desk(DeskError::Act(ActError::Role(RoleError::SecondMissing))));
    let packed = CaseError::Packet(PacketError::TooManyFiles(65));
    assert_eq!(packed.reason(), reason::Reason::InputInvalid);
    // The same job for another case.
    let job = world.job();
    world.at(POINT, |desk| case::verify(desk, &job, &a, &Verification::default(), By::one(&operator))).unwrap();
    let conflict = world.at(POINT, |desk| case::consolidate(desk, &job, &a, By::one(&operator)));
    assert_eq!(conflict, Err(StoreError::Conflict(job.to_string()).into()));
}

#[test]
fn whoever_was_summoned_was_handed_the_summons_and_shows_it() {
    let mut world = World::new();
    let (head, camat, operator, regency) = (officer(2), officer(5), officer(3), officer(10));
    let job = world.job();
    let listed = world.at(REGENCY, |desk| case::list(desk, &job, Holder::Citizen, By::one(&head))).unwrap().applications;
    let a = listed[0].clone();
    let one = std::slice::from_ref(&a);
    let job = world.job();
    let late = world.at(POINT, |desk| case::summon(desk, &job, one, date(2026, 11, 25), By::one(&camat))).unwrap_err();
    assert_eq!((&late, late.reason()), (&CaseError::Past(date(2026, 11, 25)), reason::Reason::InputInvalid));
    world.at(POINT, |desk| case::summon(desk, &job, one, date(2026, 11, 26), By::one(&camat))).unwrap();
    let name = Line::parse("SPESIMEN").unwrap();
    let pass = |world: &mut World, to| {
        let job = world.job();
        world.at(POINT, |desk| case::pass(desk, &job, &a, (to, &name), By::one(&operator)))
    };
    let code = case::receipt::stub(&world.key, &a, case::receipt::Stub::Summons);
    let verify = |world: &mut World, code: Option<&str>| {
        let brought = vec![Needed { paper: Paper::Summons, form: Form::Original }];
        let seen = Verification { brought, code: code.map(Into::into), ..Verification::default() };
        let job = world.job();
        world.at(POINT, |desk| case::verify(desk, &job, &a, &seen, By::one(&operator)))
    };
    use case::Receiver::{Resident, VillageHead};
    let skipped = pass(&mut world, Resident).unwrap_err();
    assert_eq!((&skipped, skipped.reason()), (&CaseError::NotPassed(VillageHead), reason::Reason::WrongState));
    assert_eq!(verify(&mut world, Some(&code)), Err(CaseError::NotPassed(VillageHead)));
    pass(&mut world, VillageHead).unwrap();
    assert_eq!(verify(&mut world, Some(&code)), Err(CaseError::NotPassed(Resident)));
    // Nor is somebody visited who was not told.
    let (plan, job) = (Visit { why: Why::Age, on: date(2026, 12, 1) }, world.job());
    let untold = world.at(REGENCY, |desk| case::visit(desk, &job, &a, plan, By::one(&regency)));
    assert_eq!(untold, Err(CaseError::NotPassed(Resident)));
    pass(&mut world, Resident).unwrap();
    let unread = verify(&mut world, None).unwrap_err();
    assert_eq!((&unread, unread.reason()), (&CaseError::NoCode, reason::Reason::InputInvalid));
    let form = case::receipt::stub(&world.key, &a, case::receipt::Stub::Form);
    assert_eq!(verify(&mut world, Some(&form)), Err(CaseError::Receipt(ReceiptError::Kind)));
    verify(&mut world, Some(&code)).unwrap();
    // A foreign resident's summons goes to nobody else.
    let job = world.job();
    let foreign = world.at(REGENCY, |desk| case::list(desk, &job, Holder::ForeignResident, By::one(&head))).unwrap().applications;
    let job = world.job();
    world.at(REGENCY, |desk| case::summon(desk, &job, &foreign, date(2026, 12, 7), By::one(&head))).unwrap();
    let job = world.job();
    let other =
        world.at(REGENCY, |desk| case::pass(desk, &job, &foreign[0], (VillageHead, &name), By::one(&regency))).unwrap_err();
    assert_eq!((&other, other.reason()), (&CaseError::NoHand(VillageHead), reason::Reason::WrongState));
    assert_eq!(CaseError::NotTheirs(id("C-1")).reason(), reason::Reason::InputInvalid);
}
