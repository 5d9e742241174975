//! Registers that are read whole, and registers of which nothing is read.

use super::*;
use crate::record::{Contradiction, FieldError, Nationality, sample};
use jiff::civil::date;

const TODAY: Date = date(2026, 11, 26);

fn residents(text: &str) -> Vec<Resident> {
    read(text.as_bytes(), TODAY).unwrap()
}

fn refused(text: &str) -> Vec<(u64, RowError)> {
    match read(text.as_bytes(), TODAY) {
        Err(BatchError::Rows(rows)) => rows,
        other => panic!("{other:?}"),
    }
}

/// The sample with a change.
fn with(from: &str, to: &str) -> String {
    assert!(sample::REGISTER.contains(from));
    sample::REGISTER.replacen(from, to, 1)
}

fn as_json(residents: &[Resident]) -> String {
    let mut all: Vec<Value> = residents.iter().map(Resident::to_json).collect();
    all.iter_mut().for_each(|one| drop(one.as_object_mut().unwrap().remove("format")));
    serde_json::json!({"format": FORMAT, "residents": all}).to_string()
}

#[test]
fn csv_and_json_say_the_same_and_what_is_kept_is_read_back() {
    let all = residents(sample::REGISTER);
    assert_eq!(all.len(), 10);
    assert_eq!(residents(&as_json(&all)), all);
    for one in &all {
        assert_eq!(Resident::from_json(one.to_json().to_string().as_bytes()).as_ref(), Ok(one));
    }
    assert_eq!(all.iter().filter(|one| one.holds_card).count(), 4);
    assert!(matches!(all[8].biodata.nationality, Nationality::ForeignResident { .. }));
    assert_eq!(format!("{:?}", all[0]), "Resident { biodata: Biodata, holds_card: true }");
    let windows = sample::REGISTER.replace('\n', "\r\n").replace(',', ";");
    assert_eq!(residents(&format!("\u{FEFF}{windows}")), all);
}

#[test]
fn seventeen_or_ever_married() {
    let all = residents(sample::REGISTER);
    let must: Vec<bool> = all.iter().map(|one| one.must_hold_card(TODAY)).collect();
    assert_eq!(must, [true, true, true, false, true, true, true, true, true, true]);
    let rani = &all[2];
    assert!(!rani.must_hold_card(date(2026, 5, 29)) && rani.must_hold_card(date(2026, 5, 30)), "on the birthday itself");
}

#[test]
fn every_bad_resident_is_listed_with_its_path_and_nothing_is_read() {
    let bad = with("1983-02-09", "1983-02-30").replacen(
        "SEUMUR HIDUP,held\n9999990902830000",
        "SEUMUR HIDUP,lost\n9999990902830000",
        1,
    );
    let field = |path: &str, error| RowError::Record(RecordError::Field { path: path.into(), error });
    assert_eq!(
        refused(&bad),
        [(2, field("/card", FieldError::UnknownValue { list: "card" })), (3, field("/birth_date", FieldError::ImpossibleDate)),]
    );
    let twice = with("9999990902830000", "9999995707850000");
    assert_eq!(refused(&twice), [(3, RowError::SameNik { first: 2 })]);
    let contradiction = |path: &str, rule| RowError::Record(RecordError::Contradiction { path: path.into(), rule });
    assert_eq!(
        refused(&with("2031-02-15", "SEUMUR HIDUP")),
        [(10, contradiction("/valid_until", Contradiction::ForeignForLife))]
    );
    assert_eq!(refused(&with("1982-04-01", "1912-04-01")), [(7, contradiction("/registered_on", Contradiction::BeforeBirth))]);
    assert_eq!(
        refused(&with("31.71.01.1001", "31.71.02.1001")),
        [(2, contradiction("/address/village_code", Contradiction::OutsideRegion))]
    );
    assert_eq!(
        refused(&with("1983-02-09", "2026-11-27")),
        [(3, field("/birth_date", FieldError::ImpossibleDate))],
        "not born yet"
    );
    assert_eq!(refused(&with("SUKARNA,1982-04-01", "SUKARNA,")), [(7, field("/full_name", FieldError::TooFewWords))]);
    assert_eq!(refused(&with("SEUMUR HIDUP,held", "SEUMUR HIDUP")), [(2, RowError::Columns)]);
}

#[test]
fn what_is_no_register_is_refused() {
    let document = |text: &str| match read(text.as_bytes(), TODAY) {
        Err(BatchError::Document(error)) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(document("{"), RecordError::Syntax { line: 1, .. }));
    let path = || "/format".to_owned();
    assert_eq!(document(r#"{"format": "ektp-record/1", "residents": []}"#), RecordError::UnsupportedFormat { path: path() });
    let list = RecordError::WrongType { path: "/residents".into(), expected: "a list" };
    assert_eq!(document(r#"{"format": "ektp-register/1", "residents": 1}"#), list);
    let empty = r#"{"format": "ektp-register/1", "residents": []}"#;
    assert_eq!(read(empty.as_bytes(), TODAY), Err(BatchError::Empty));
    assert_eq!(read(b"", TODAY), Err(BatchError::Empty));
    let header = sample::REGISTER.lines().next().unwrap();
    assert_eq!(read(header.as_bytes(), TODAY), Err(BatchError::Empty));
    assert_eq!(read(header.replace(",card", "").as_bytes(), TODAY), Err(BatchError::MissingColumn { name: "card" }));
    assert_eq!(read(header.replace(",card", ",portrait").as_bytes(), TODAY), Err(BatchError::UnknownColumn { column: 26 }));
    assert_eq!(read(format!("{header},card").as_bytes(), TODAY), Err(BatchError::DuplicateColumn { name: "card" }));
    let mut many = format!("{{\"format\": \"{FORMAT}\", \"residents\": [0");
    many.push_str(&",0".repeat(limits::REGISTER_ROWS));
    many.push_str("]}");
    assert_eq!(read(many.as_bytes(), TODAY), Err(BatchError::TooManyRows { max: limits::REGISTER_ROWS }));
    let kept = Resident::from_json(br#"{"format": "ektp-register/1"}"#);
    assert_eq!(kept, Err(RecordError::UnsupportedFormat { path: path() }));
}
