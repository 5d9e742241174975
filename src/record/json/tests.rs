//! Every refusal of a record by its name and path, and the schema held to the parser.

use super::*;
use crate::reason::{Reason, Refusal};
use crate::record::error::Contradiction;
use crate::record::{
    BloodType, FieldError, FileError, FingersError, MaritalStatus, MemoryFiles, PictureError, Religion, Sex, WarningKind, sample,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn citizen() -> Value {
    serde_json::from_str(sample::CITIZEN).unwrap()
}

/// The sample with one value changed; `null` takes the field away.
fn changed(pointer: &str, value: Value) -> Value {
    let mut doc = citizen();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    let parent = doc.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Object(o), Value::Null) => drop(o.shift_remove(field)),
        (Value::Object(o), value) => drop(o.insert(field.to_owned(), value)),
        (Value::Array(a), value) => a[field.parse::<usize>().unwrap()] = value,
        _ => unreachable!(),
    }
    doc
}

fn read(doc: &Value) -> Result<(Record, Vec<Warning>), RecordError> {
    load(doc.to_string().as_bytes(), &small_files())
}

fn refusal(pointer: &str, value: Value) -> RecordError {
    read(&changed(pointer, value)).err().unwrap_or_else(|| panic!("{pointer} was taken"))
}

fn field(path: &str, error: FieldError) -> RecordError {
    RecordError::Field { path: path.to_owned(), error }
}

fn remarks(changes: &[(&str, Value)]) -> Vec<WarningKind> {
    let mut doc = citizen();
    for (pointer, value) in changes {
        *doc.pointer_mut(pointer).unwrap() = value.clone();
    }
    read(&doc).unwrap().1.into_iter().map(|w| w.kind).filter(|k| *k != WarningKind::NikReserved).collect()
}

#[test]
fn documents_that_are_not_json() {
    let load = |bytes: &[u8]| load(bytes, &sample::files()).err().unwrap();
    assert_eq!(load(b"{\"nik\": \xFF}"), RecordError::NotUtf8 { offset: 8 });
    assert_eq!(load(b"\xFF\xFE{\0}\0"), RecordError::NotUtf8 { offset: 0 });
    assert_eq!(load(b"{\"nik\":\0}"), RecordError::NulByte { offset: 7 });
    assert_eq!(load(b"{\n  \"nik\": nope }"), RecordError::Syntax { line: 2, column: 11 });
    assert!(matches!(load(sample::CITIZEN.repeat(2).as_bytes()), RecordError::Syntax { .. }), "nothing may follow");
    assert!(matches!(load("[".repeat(60_000).as_bytes()), RecordError::Syntax { .. }), "depth is bounded");
    let huge = vec![b' '; limits::RECORD_BYTES + 1];
    assert_eq!(load(&huge), RecordError::TooLarge { max: limits::RECORD_BYTES });
    assert_eq!(load(b"[]"), RecordError::WrongType { path: "/".into(), expected: "an object" });
    assert_eq!(load(b"").reason(), Reason::RecordInvalid);
    assert_eq!(load(b"\0").reason(), Reason::EncodingInvalid);
}

#[test]
fn a_byte_order_mark_is_skipped() {
    assert!(load(format!("\u{FEFF}{}", sample::CITIZEN).as_bytes(), &sample::files()).is_ok());
}

#[test]
fn unknown_double_and_missing_fields() {
    assert_eq!(refusal("/colour", json!(1)), RecordError::UnknownField { path: "/colour".into() });
    assert_eq!(refusal("/address/floor", json!("2")), RecordError::UnknownField { path: "/address/floor".into() });
    assert_eq!(
        refusal("/SITI SPESIMEN 1985", json!(1)),
        RecordError::UnknownField { path: "/?".into() },
        "data are not repeated"
    );
    assert_eq!(refusal("/nik", Value::Null), RecordError::MissingField { path: "/nik".into() });
    assert_eq!(refusal("/address/rt", Value::Null), RecordError::MissingField { path: "/address/rt".into() });
    let twice = sample::CITIZEN.replacen("\"rt\": \"003\"", "\"rt\": \"003\", \"rt\": \"004\"", 1);
    assert_eq!(load(twice.as_bytes(), &sample::files()).err(), Some(RecordError::DuplicateField { path: "/address/rt".into() }));
    assert_eq!(refusal("/format", json!("ektp-record/2")), RecordError::UnsupportedFormat { path: "/format".into() });
    assert_eq!(refusal("/nationality/country", json!("UTO")), RecordError::UnknownField { path: "/nationality/country".into() });
}

#[test]
fn a_nik_is_never_a_number() {
    let wrong = RecordError::WrongType { path: "/nik".into(), expected: "text" };
    assert_eq!(refusal("/nik", json!(9_999_995_707_850_000u64)), wrong);
    assert_eq!(
        refusal("/occupation", json!("64")),
        RecordError::WrongType { path: "/occupation".into(), expected: "a whole number" }
    );
    assert_eq!(
        refusal("/occupation", json!(-1)),
        RecordError::WrongType { path: "/occupation".into(), expected: "a whole number" }
    );
    assert_eq!(
        refusal("/fingers/taken", json!({})),
        RecordError::WrongType { path: "/fingers/taken".into(), expected: "a list" }
    );
    let third = json!([{}, {}, {}]);
    assert_eq!(refusal("/fingers/taken", third), RecordError::TooManyItems { path: "/fingers/taken".into(), max: 2 });
}

#[test]
fn wrong_values_are_named_by_path_and_never_repeated() {
    let cases = [
        ("/nik", json!("12"), FieldError::Form { expected: "sixteen digits" }),
        ("/full_name", json!("SITI"), FieldError::TooFewWords),
        ("/full_name", json!("SITI\u{0}SPESIMEN"), FieldError::ForbiddenCharacter { position: 5 }),
        ("/birth_place", json!(""), FieldError::Empty),
        ("/birth_place", json!("X".repeat(61)), FieldError::TooLong { max: 60 }),
        ("/birth_place", json!(" JAKARTA"), FieldError::Spacing),
        ("/birth_date", json!("1985-02-30"), FieldError::ImpossibleDate),
        ("/address/rt", json!("3"), FieldError::Form { expected: "three digits" }),
        ("/sex", json!("f"), FieldError::UnknownValue { list: "sex" }),
        ("/occupation", json!(90), FieldError::UnknownValue { list: "occupation" }),
        ("/nationality/kind", json!("stateless"), FieldError::UnknownValue { list: "nationality" }),
    ];
    for (path, value, error) in cases {
        let refused = refusal(path, value);
        assert_eq!(refused, field(path, error));
        assert!(!refused.to_string().contains("SITI"));
    }
    let position = refusal("/fingers/taken/0", json!({"position": "sixth", "template": "right-index.fmr"}));
    assert_eq!(position, field("/fingers/taken/0/position", FieldError::UnknownValue { list: "fingers" }));
    assert_eq!(FieldError::Empty.reason().exit(), 10);
}

#[test]
fn contradictions() {
    let wrong = |path: &str, rule| RecordError::Contradiction { path: path.to_owned(), rule };
    assert_eq!(refusal("/birth_date", json!("2026-11-24")), wrong("/date_of_issue", Contradiction::BeforeBirth));
    assert_eq!(refusal("/registered_on", json!("1985-07-16")), wrong("/registered_on", Contradiction::BeforeBirth));
    assert_eq!(refusal("/registered_on", json!("2026-11-24")), wrong("/registered_on", Contradiction::AfterIssue));
    assert_eq!(refusal("/valid_until", json!("2026-11-23")), wrong("/valid_until", Contradiction::EndsBeforeIssue));
    let foreign = json!({"kind": "foreign_resident", "country": "UTO", "country_name": "UTOPIA"});
    assert_eq!(refusal("/nationality", foreign), wrong("/valid_until", Contradiction::ForeignForLife));
    assert_eq!(
        refusal("/address/district_code", json!("31.72.01")),
        wrong("/address/district_code", Contradiction::OutsideRegion)
    );
    assert_eq!(refusal("/address/province_code", json!("32")), wrong("/address/regency_code", Contradiction::OutsideRegion));
}

#[test]
fn files_pictures_and_templates() {
    let file = |error| RecordError::File { path: "/portrait".into(), error };
    assert_eq!(refusal("/portrait", json!("none.png")), file(FileError::NotFound));
    assert_eq!(refusal("/portrait", json!("../portrait.jpg")), file(FileError::BadName));
    assert_eq!(file(FileError::NotFound).reason(), Reason::FileUnreadable);
    let kind = RecordError::Picture { path: "/portrait".into(), error: PictureError::UnknownKind };
    assert_eq!(refusal("/portrait", json!("left-index.fmr")), kind);
    assert_eq!(kind.reason(), Reason::ImageInvalid);
    let lying = RecordError::Picture { path: "/signature".into(), error: PictureError::Proportions };
    assert_eq!(refusal("/signature", json!("portrait.jpg")), lying);
    let finger = |template: &str| json!({"position": "right_index", "template": template});
    let template =
        RecordError::Template { path: "/fingers/taken/0/template".into(), error: crate::finger::TemplateError::NotARecord };
    assert_eq!(refusal("/fingers/taken/0", finger("signature.png")), template);
    assert_eq!(template.reason(), Reason::TemplateInvalid);
    let other = FingersError::OtherFinger(FingerPosition::RightIndex);
    assert_eq!(
        refusal("/fingers/taken/0", finger("left-index.fmr")),
        RecordError::Fingers { path: "/fingers".into(), error: other }
    );
}

#[test]
fn disagreement_of_the_nik_warns_and_never_refuses() {
    use WarningKind::*;
    assert_eq!(remarks(&[]), []);
    assert_eq!(remarks(&[("/birth_date", json!("1985-07-18"))]), [NikDateDiffers]);
    assert_eq!(remarks(&[("/sex", json!("male"))]), [NikSexDiffers]);
    assert_eq!(remarks(&[("/nik", json!("3171013202850001"))]), [NikDateImpossible]);
    assert_eq!(remarks(&[("/nik", json!("0000005707850001"))]), [NikRegionUnknown]);
    assert_eq!(remarks(&[("/nik", json!("9101015707850001"))]), [], "a dead district's NIK is as good as any");
}

#[test]
fn what_is_legal_but_odd() {
    use WarningKind::*;
    assert_eq!(remarks(&[("/valid_until", json!("2030-01-01"))]), [CitizenExpires]);
    let young = [("/birth_date", json!("2009-11-24")), ("/nik", json!("9999996411090000")), ("/marital_status", json!("single"))];
    assert_eq!(remarks(&young), [UnderSeventeen]);
    let birthday =
        [("/birth_date", json!("2009-11-23")), ("/nik", json!("9999996311090000")), ("/marital_status", json!("single"))];
    assert_eq!(remarks(&birthday), []);
    assert_eq!(remarks(&[("/address/regency", json!("BANDUNG"))]), [RegionNameDiffers]);
    let merauke = [
        ("province", "91", "PAPUA"),
        ("regency", "91.01", "MERAUKE"),
        ("district", "91.01.01", "MERAUKE"),
        ("village", "91.01.01.2001", "X"),
    ];
    let mut changes = Vec::new();
    let paths: Vec<(String, String)> =
        merauke.iter().map(|(n, ..)| (format!("/address/{n}"), format!("/address/{n}_code"))).collect();
    for ((_, code, name), (path, code_path)) in merauke.iter().zip(&paths) {
        changes.push((path.as_str(), json!(name)));
        changes.push((code_path.as_str(), json!(code)));
    }
    assert_eq!(remarks(&changes), [RegionDead, RegionDead]);
    for kind in [CitizenExpires, NoFinger, OneHand, PortraitGrey, NameLong] {
        assert_ne!(kind.text(crate::reason::Lang::Id), kind.text(crate::reason::Lang::En));
    }
}

#[test]
fn a_print_is_read_beside_its_template_and_named_when_it_is_wrong() {
    let path = "/fingers/taken/0/image";
    let record = read(&changed(path, json!("right-index.png"))).unwrap().0;
    let print = record.fingers.taken[0].image.as_ref().unwrap();
    assert_eq!((print.width, print.height, print.channels), (256, 320, 1));
    assert!(record.fingers.taken[1].image.is_none(), "a print is never asked for");
    let missing = RecordError::File { path: path.into(), error: FileError::NotFound };
    assert_eq!(refusal(path, json!("none.png")), missing);
    let error = PictureError::UnknownKind;
    assert_eq!(refusal(path, json!("right-index.fmr")), RecordError::Picture { path: path.into(), error });
    assert_eq!(refusal(path, json!(1)), RecordError::WrongType { path: path.into(), expected: "text" });
    let sample = crate::record::sample::citizen_with_prints().unwrap().0;
    assert_eq!(sample.fingers.taken.iter().filter(|finger| finger.image.is_some()).count(), 2);
}

#[test]
fn the_digest_tells_every_field() {
    let base = read(&citizen()).unwrap().0.digest();
    let mut digests = vec![base];
    let changes = [
        ("/nik", json!("9999995707850009")),
        ("/family_card_no", json!("9999990101260001")),
        ("/full_name", json!("SITI SPESIMENA")),
        ("/registered_on", json!("2020-01-01")),
        ("/birth_place", json!("BOGOR")),
        ("/birth_date", json!("1985-07-18")),
        ("/sex", json!("male")),
        ("/blood_type", json!("O-")),
        ("/address/line", json!("JL. CONTOH NO. 18")),
        ("/address/rt", json!("004")),
        ("/address/rw", json!("003")),
        ("/address/village", json!("CIDENG")),
        ("/address/village_code", json!("31.71.01.1002")),
        ("/address/district", json!("X")),
        ("/address/regency", json!("X")),
        ("/address/province", json!("X")),
        ("/religion", json!("hindu")),
        ("/marital_status", json!("widowed")),
        ("/occupation", json!(65)),
        ("/valid_until", json!("2040-01-01")),
        ("/issuing_authority", json!("X")),
        ("/place_of_issue", json!("X")),
        ("/date_of_issue", json!("2026-11-24")),
        ("/portrait", json!("other.png")),
        ("/signature", json!("other-signature.png")),
        ("/fingers/taken/0/quality", json!(87)),
        ("/fingers/taken/0/template", json!("other.fmr")),
        ("/fingers/taken/0/image", json!("right-index.png")),
        ("/fingers/taken/1/image", json!("right-index.png")),
        ("/fingers/taken/1/image", json!("left-index.png")),
    ];
    let mut files = small_files();
    let touched = |bytes: &[u8]| {
        let mut image = image::load_from_memory(bytes).unwrap().to_rgb8();
        image.get_pixel_mut(3, 3).0[0] ^= 0xF0;
        let mut out = std::io::Cursor::new(Vec::new());
        image.write_to(&mut out, image::ImageFormat::Png).unwrap();
        out.into_inner()
    };
    files.0.insert("other.png".into(), touched(&files.0["portrait.jpg"]));
    files.0.insert("other-signature.png".into(), touched(&files.0["signature.png"]));
    let mut template = files.0["right-index.fmr"].clone();
    template[32] ^= 1;
    files.0.insert("other.fmr".into(), template);
    for (pointer, value) in changes {
        let record = load(changed(pointer, value).to_string().as_bytes(), &files).unwrap_or_else(|e| panic!("{pointer}: {e}")).0;
        digests.push(record.digest());
    }
    let count = digests.len();
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), count, "two different records have one digest");
}

#[test]
fn what_is_sealed_for_a_record_opens_with_that_record_alone() {
    let record = read(&citizen()).unwrap().0;
    assert_eq!(*record.seal_key(), *read(&citizen()).unwrap().0.seal_key());
    assert_ne!(*record.seal_key(), record.digest(), "the digest is published in the manifest");
    let mut other = citizen();
    other["full_name"] = "SITI SPESIMENA".into();
    assert_ne!(*read(&other).unwrap().0.seal_key(), *record.seal_key());
}

#[test]
fn the_digest_does_not_tell_how_a_record_was_written() {
    let mut doc = citizen();
    let (first, nik) = doc.as_object_mut().unwrap().shift_remove_entry("nik").unwrap();
    doc[first] = nik;
    doc["full_name"] = json!("Siti Spesimen");
    assert_eq!(read(&doc).unwrap().0.digest(), read(&citizen()).unwrap().0.digest());
    let again = format!("{:?}", read(&doc).unwrap().0);
    assert_eq!(again, "Record", "nothing personal in debug output");
}

fn schema() -> (Value, jsonschema::Validator) {
    let schema: Value = serde_json::from_str(include_str!("../../../specs/record.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    (schema, validator)
}

#[test]
fn the_schema_names_the_same_fields_and_values() {
    let (schema, validator) = schema();
    let names = |pointer: &str| {
        let mut names: Vec<&str> = schema.pointer(pointer).unwrap().as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    };
    let sorted = |list: &[&'static str]| {
        let mut list = list.to_vec();
        list.sort_unstable();
        list
    };
    assert_eq!(names("/properties"), sorted(RECORD));
    assert_eq!(names("/properties/address/properties"), sorted(crate::record::biodata::ADDRESS));
    let values = |pointer: &str| {
        schema.pointer(pointer).unwrap().as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(values("/properties/sex/enum"), Sex::ALL.iter().map(|v| v.code()).collect::<Vec<_>>());
    assert_eq!(values("/properties/religion/enum"), Religion::ALL.iter().map(|v| v.code()).collect::<Vec<_>>());
    assert_eq!(values("/properties/marital_status/enum"), MaritalStatus::ALL.iter().map(|v| v.code()).collect::<Vec<_>>());
    let reasons = "/properties/fingers/properties/passed_over/items/properties/reason/enum";
    assert_eq!(values(reasons), PassedOver::ALL.iter().map(|v| v.code()).collect::<Vec<_>>());
    assert_eq!(values("/properties/blood_type/enum").iter().filter(|v| BloodType::parse(v).is_ok()).count(), 13);
    assert_eq!(schema.pointer("/properties/occupation/maximum").unwrap(), super::super::occupation::COUNT);
    for text in [sample::CITIZEN, sample::FOREIGNER] {
        assert!(validator.is_valid(&serde_json::from_str(text).unwrap()));
    }
}

/// Values to put anywhere in a record: right ones of other fields, and wrong ones of every kind.
fn candidates() -> Vec<Value> {
    let texts = [
        "",
        " ",
        "X",
        "x y",
        "SITI SPESIMEN",
        "A  B",
        " A",
        "N\u{FC}R AN'NA",
        "\u{D7}",
        "\u{24F}",
        "\u{250}",
        "9999995707850000",
        "31",
        "31.71",
        "31.71.01",
        "31.71.01.1001",
        "003",
        "3",
        "1985-07-17",
        "1985-13-17",
        "1849-01-01",
        "2199-12-31",
        "2200-01-01",
        "lifetime",
        "male",
        "female",
        "islam",
        "married",
        "-",
        "A+",
        "AB",
        "citizen",
        "foreign_resident",
        "UTO",
        "IDN",
        "D",
        "portrait.jpg",
        "a/b.png",
        "../a",
        ".",
        "..x",
        "right_index",
        "right_little",
        "bandaged",
        "ektp-record/1",
        "tab\t",
        "nul\u{0}",
        "/abs",
        "a\\b",
        "R2 D2",
    ];
    let mut all: Vec<Value> = texts.iter().map(|t| json!(t)).collect();
    all.extend([json!("Y".repeat(60)), json!("Y Y".repeat(21)), json!("Y".repeat(101)), json!("Y".repeat(201))]);
    all.extend([
        json!(0),
        json!(1),
        json!(89),
        json!(90),
        json!(100),
        json!(101),
        json!(1.5),
        json!(-1),
        json!(true),
        json!([]),
        json!({}),
    ]);
    all
}

fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(o) => o.iter().for_each(|(k, v)| {
            found.push(format!("{at}/{k}"));
            pointers(v, &format!("{at}/{k}"), found);
        }),
        Value::Array(a) => a.iter().enumerate().for_each(|(i, v)| pointers(v, &format!("{at}/{i}"), found)),
        _ => {}
    }
}

/// What a schema cannot say: it takes the document, the parser may refuse it.
fn beyond_the_schema(error: &RecordError) -> bool {
    match error {
        RecordError::Contradiction { .. } | RecordError::File { .. } | RecordError::Picture { .. } => true,
        RecordError::Template { .. } | RecordError::Fingers { .. } => true,
        RecordError::Field { error, path } => {
            matches!(error, FieldError::ImpossibleDate | FieldError::TooFewWords) || path == "/full_name"
        }
        _ => false,
    }
}

#[test]
fn schema_and_parser_agree_on_every_field() {
    let (_, validator) = schema();
    let (mut agreed, mut found) = (0, Vec::new());
    let base = citizen();
    pointers(&base, "", &mut found);
    found.push("/fingers/taken/0/image".into());
    let files = small_files();
    for pointer in &found {
        for value in candidates().into_iter().chain([Value::Null]) {
            let doc = changed(pointer, value.clone());
            let parsed = load(doc.to_string().as_bytes(), &files);
            match (validator.is_valid(&doc), &parsed) {
                (true, Err(error)) => {
                    assert!(beyond_the_schema(error), "{pointer} = {value}: the schema takes it, the parser says {error}")
                }
                (false, Ok(_)) => panic!("{pointer} = {value}: the parser takes it, the schema does not"),
                _ => {}
            }
            agreed += 1;
        }
    }
    assert!(agreed > 2_000);
}

/// Files of the same names with less to decode, for tests that load thousands of times.
fn small_files() -> MemoryFiles {
    let png = |width, height| {
        let image = image::GrayImage::from_fn(width, height, |x, y| image::Luma([if x == y { 255 } else { 0 }]));
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::DynamicImage::from(image).to_rgb8().write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        bytes.into_inner()
    };
    let mut files = sample::files();
    files.0.insert("portrait.jpg".into(), png(240, 300));
    files.0.insert("signature.png".into(), png(120, 30));
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400), at in 0usize..1_100, byte: u8) {
        let files = MemoryFiles::default();
        prop_assert!(load(&bytes, &files).is_err());
        let mut doc = sample::CITIZEN.as_bytes().to_vec();
        if let Some(b) = doc.get_mut(at) { *b = byte; }
        prop_assert!(load(&doc, &files).is_err(), "no files, no record");
    }
}

#[test]
fn a_refused_field_is_named_by_its_path() {
    let error = FieldError::ImpossibleDate;
    assert_eq!(refusal("/birth_date", "1985-02-30".into()), RecordError::Field { path: "/birth_date".to_owned(), error });
}

#[test]
fn a_day_of_issue_is_ahead_only_of_an_earlier_day() {
    let (record, _) = read(&citizen()).unwrap();
    let issue = record.date_of_issue;
    assert_eq!((record.issued_after(issue), record.issued_after(issue.tomorrow().unwrap())), (None, None));
    let ahead = Warning { path: "/date_of_issue", kind: WarningKind::IssueAhead };
    assert_eq!(record.issued_after(issue.yesterday().unwrap()), Some(ahead));
}
