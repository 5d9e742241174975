//! Batches that are read whole, and batches of which nothing is read.

use super::*;
use crate::record::{FieldError, FingersError, sample};
use proptest::prelude::*;

fn read(csv: &str) -> Result<Batch, BatchError> {
    Batch::read(csv.as_bytes(), &sample::files())
}

fn refused(csv: &str) -> Vec<(u64, RowError)> {
    match read(csv) {
        Err(BatchError::Rows(rows)) => rows,
        other => panic!("{other:?}"),
    }
}

fn field(path: &str, error: FieldError) -> RowError {
    RowError::Record(RecordError::Field { path: path.to_owned(), error })
}

#[test]
fn a_row_is_the_same_record_as_its_json() {
    let files = sample::files();
    let batch = read(sample::BATCH).unwrap();
    let records: Vec<_> = batch.records(&files).map(Result::unwrap).collect();
    assert_eq!(records.iter().map(|r| r.0).collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(records[0].1.digest(), sample::citizen().unwrap().0.digest());
    assert_eq!(records[1].1.digest(), sample::foreigner().unwrap().0.digest());
    assert_eq!((batch.len(), batch.is_empty()), (3, false));
    assert!(records[2].1.fingers.taken.is_empty());
    assert_eq!(batch.warnings().map(|w| w.1.len()).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn prints_have_columns_of_their_own() {
    let mut lines = sample::BATCH.lines();
    let (header, row) = (lines.next().unwrap(), lines.next().unwrap());
    let batch = read(&format!("{header},image_right,image_left\n{row},right-index.png,left-index.png\n")).unwrap();
    let files = sample::files();
    let (_, record) = batch.records(&files).next().unwrap().unwrap();
    assert_eq!(record.digest(), sample::citizen_with_prints().unwrap().0.digest());
    let alone = refused(&format!("{header},image_right\n{row},none.png\n"));
    let path = "/fingers/taken/0/image".to_owned();
    assert_eq!(alone, [(2, RowError::Record(RecordError::File { path, error: crate::record::FileError::NotFound }))]);
}

#[test]
fn semicolons_byte_order_mark_and_windows_line_ends_are_taken() {
    let plain = sample::BATCH.lines().take(2).collect::<Vec<_>>().join("\r\n").replace(',', ";");
    let batch = read(&format!("\u{FEFF}{plain}\r\n")).unwrap();
    let files = sample::files();
    let (_, record) = batch.records(&files).next().unwrap().unwrap();
    assert_eq!(record.digest(), sample::citizen().unwrap().0.digest());
}

#[test]
fn every_bad_row_is_listed_and_nothing_is_read() {
    let csv =
        sample::BATCH.replace("SITI SPESIMEN", "SITI").replace("1990-03-02", "1990-02-30").replace("right_index=amputated;", "");
    let missing = FingersError::NotExplained(crate::finger::FingerPosition::RightIndex);
    assert_eq!(
        refused(&csv),
        [
            (2, field("/full_name", FieldError::TooFewWords)),
            (3, field("/birth_date", FieldError::ImpossibleDate)),
            (4, RowError::Record(RecordError::Fingers { path: "/fingers".into(), error: missing })),
        ]
    );
}

#[test]
fn a_nik_stands_once_in_a_batch() {
    let mut lines: Vec<&str> = sample::BATCH.lines().collect();
    lines.push(lines[1]);
    lines.push(lines[1]);
    assert_eq!(refused(&lines.join("\n")), [(5, RowError::SameNik { first: 2 }), (6, RowError::SameNik { first: 2 })]);
}

#[test]
fn ragged_rows_and_wrong_headers() {
    let mut lines: Vec<String> = sample::BATCH.lines().map(str::to_owned).collect();
    lines[1].push_str(",more");
    assert_eq!(refused(&lines.join("\n")), [(2, RowError::Columns)]);
    assert_eq!(read(&sample::BATCH.replacen("nik,", "nikk,", 1)).err(), Some(BatchError::UnknownColumn { column: 1 }));
    assert_eq!(read(&sample::BATCH.replacen("nik,", "rt,", 1)).err(), Some(BatchError::DuplicateColumn { name: "rt" }));
    let without = "nik,full_name\n1,2";
    assert_eq!(read(without).err(), Some(BatchError::MissingColumn { name: "family_card_no" }));
    assert_eq!(read("").err(), Some(BatchError::Empty));
    assert_eq!(read(sample::BATCH.lines().next().unwrap()).err(), Some(BatchError::Empty));
}

#[test]
fn documents_are_bounded_and_utf8() {
    let not_utf8 = Batch::read(b"nik,\xFF", &sample::files()).err();
    assert_eq!(not_utf8, Some(BatchError::Document(RecordError::NotUtf8 { offset: 4 })));
    let huge = Batch::read(&vec![b' '; limits::DOCUMENT_BYTES + 1], &sample::files()).err();
    assert_eq!(huge, Some(BatchError::Document(RecordError::TooLarge { max: limits::DOCUMENT_BYTES })));
    let header = sample::BATCH.lines().next().unwrap();
    let many = format!("{header}\n{}", "\"\"\n".repeat(limits::BATCH_ROWS + 1));
    assert_eq!(read(&many).err(), Some(BatchError::TooManyRows { max: limits::BATCH_ROWS }));
}

#[test]
fn a_file_that_changes_after_the_check_is_noticed() {
    let mut files = sample::files();
    let batch = Batch::read(sample::BATCH.as_bytes(), &files).unwrap();
    let other = files.0.get("left-index.fmr").unwrap().clone();
    // Another finger's minutiae under the same name; byte 24 names the finger.
    let mut swapped = other;
    swapped[24] = 2;
    files.0.insert("right-index.fmr".into(), swapped);
    let results: Vec<_> = batch.records(&files).map(|r| r.err()).collect();
    assert_eq!(results, [Some(BatchError::Changed { row: 2 }), None, None]);
}

#[test]
fn values_of_the_register_that_are_wrong_stay_wrong() {
    let wrong = |from: &str, to: &str| {
        refused(&sample::BATCH.lines().take(2).collect::<Vec<_>>().join("\n").replacen(from, to, 1)).remove(0).1
    };
    assert_eq!(wrong("PEREMPUAN", "WANITA"), field("/sex", FieldError::UnknownValue { list: "sex" }));
    let occupation = RecordError::WrongType { path: "/occupation".into(), expected: "a whole number" };
    assert_eq!(wrong(",64,", ",DOSEN,"), RowError::Record(occupation));
    assert_eq!(wrong(",003,", ",3,"), field("/address/rt", FieldError::Form { expected: "three digits" }));
    let missing = RecordError::MissingField { path: "/blood_type".into() };
    assert_eq!(wrong(",O+,", ",,"), RowError::Record(missing));
    let country = RecordError::UnknownField { path: "/nationality/country_name".into() };
    assert_eq!(wrong("WNI,,", "WNI,UTOPIA,"), RowError::Record(country));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn noise_never_panics(noise in "\\PC{0,300}", at in 0usize..1_700, byte: u8) {
        let files = crate::record::MemoryFiles::default();
        let _ = Batch::read(noise.as_bytes(), &files);
        let mut bytes = sample::BATCH.as_bytes().to_vec();
        if let Some(b) = bytes.get_mut(at) { *b = byte; }
        prop_assert!(Batch::read(&bytes, &files).is_err(), "no files, no batch");
    }
}
