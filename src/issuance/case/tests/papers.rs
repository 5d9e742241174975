//! What people carry says whose it is and carries a code that the desk knows again.

use super::world::*;
use crate::issuance::case::{self, Visit, Why, paper, receipt};
use crate::issuance::desk::By;
use crate::issuance::papers::{Form, Paper, Reason};
use crate::issuance::procedure::Holder;
use jiff::civil::date;

fn says(pdf: &[u8], text: &str) -> bool {
    pdf.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn summons_and_list_name_who_when_and_what_to_bring() {
    let mut world = World::new();
    let (head, camat, job) = (officer(2), officer(5), world.job());
    let listed = world.at(REGENCY, |desk| case::list(desk, &job, Holder::Citizen, By::one(&head))).unwrap().applications;
    let all: Vec<_> = listed.iter().map(|a| world.case(a)).collect();
    assert!(paper::summons(&all[0], &world.key).is_err(), "not before it is signed");
    let list = paper::wanted(&all, date(2026, 11, 26)).pdf().unwrap();
    assert!(says(&list, "PUTRI CONTOH") && says(&list, "Per tanggal 26-11-2026"));
    let job = world.job();
    world.at(POINT, |desk| case::summon(desk, &job, &listed, date(2026, 12, 7), By::one(&camat))).unwrap();
    let all: Vec<_> = listed.iter().map(|a| world.case(a)).collect();
    let case = all.iter().find(|case| case.dossier.biodata.nik == nik(NEVER_HAD)).unwrap();
    let sheet = paper::summons(case, &world.key).unwrap();
    assert_eq!(sheet.code, Some(receipt::stub(&world.key, &case.id, receipt::Stub::Summons)));
    let pdf = sheet.pdf().unwrap();
    for text in ["SURAT PANGGILAN", "BUDI SPESIMEN", "07-12-2026", "surat panggilan", "Camat", "GAMBIR"] {
        assert!(says(&pdf, text), "{text}");
    }
}

#[test]
fn form_slip_and_stamp_carry_their_codes() {
    let mut world = World::new();
    let a = world.new_case();
    let case = world.case(&a);
    let form = paper::application_form(&case, &world.key);
    assert_eq!(form.code, Some(receipt::stub(&world.key, &a, receipt::Stub::Form)));
    let pdf = form.pdf().unwrap();
    for text in ["FORMULIR PERMOHONAN KTP-EL", NEVER_HAD, "kartu keluarga", "baru", "reguler, WNI"] {
        assert!(says(&pdf, text), "{text}");
    }
    assert_eq!(paper::visit_slip(&case, &world.key).map(drop), Err(case::CaseError::NoVisit));
    let (by, job) = (officer(10), world.job());
    let plan = Visit { why: Why::Age, on: date(2026, 12, 1) };
    world.at(REGENCY, |desk| case::visit(desk, &job, &a, plan, By::one(&by))).unwrap();
    let planned = world.case(&a);
    let slip = paper::visit_slip(&planned, &world.key).unwrap();
    assert_eq!(slip.code, Some(receipt::stub(&world.key, &a, receipt::Stub::VisitSlip)));
    assert!(says(&slip.pdf().unwrap(), "lanjut usia"));
    let (job, next) = (world.job(), world.job());
    world.at(REGENCY, |desk| case::verify(desk, &job, &a, &case::Verification::default(), By::one(&by))).unwrap();
    let case = world.at(REGENCY, |desk| case::capture(desk, &next, &a, (&whole(), &Good), By::one(&by))).unwrap();
    let stamp = paper::stamped(&case, &world.key).unwrap();
    assert_eq!(receipt::check(&world.key, &case, stamp.code.as_deref().unwrap()), Ok(()));
    assert_eq!(case::capture::stamped_paper(&case), receipt::Stub::VisitSlip);
    assert!(says(&stamp.pdf().unwrap(), "TANDA TERIMA"));
}

#[test]
fn changed_data_stand_on_the_form_with_their_proof() {
    let mut world = World::new();
    let papers = [(Paper::FamilyCard, Form::Copy), (Paper::OldCard, Form::Original), (Paper::ProofOfChange, Form::Original)];
    let mut form = world.form(HOLDS, Reason::DataChange, &papers);
    form.changes = vec![
        case::Change { field: "/marital_status".into(), value: "widowed".into(), proof: "AKTA KEMATIAN 12".into() },
        case::Change { field: "/occupation".into(), value: 88.into(), proof: "SURAT 3".into() },
    ];
    let (job, operator) = (world.job(), officer(3));
    let a = world.at(POINT, |desk| case::apply(desk, &job, &form, By::one(&operator))).unwrap();
    let shown = format!("{:?}", world.case(&a));
    assert!(shown.contains("Change(/marital_status)") && !shown.contains("widowed") && !shown.contains("AKTA"), "{shown}");
    let pdf = paper::application_form(&world.case(&a), &world.key).pdf().unwrap();
    for text in ["CERAI MATI", "AKTA KEMATIAN 12", "/occupation", "perubahan data"] {
        assert!(says(&pdf, text), "{text}");
    }
}
