//! Tests of the machine readable zone: published examples, the `mrz` crate as oracle, every refusal.

use super::*;

/// The TD1 example of Doc 9303-5 appendix B.
const ICAO: &str = concat!("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<");

fn ours() -> Td1 {
    Td1 {
        document_code: "ID".into(),
        issuer: "IDN".into(),
        document_number: "A3K7M9X2C".into(),
        optional_1: String::new(),
        birth: MrzDate::from_text("900817").unwrap(),
        sex: MrzSex::Male,
        expiry: MrzDate::from_date(Date::constant(2036, 11, 23)),
        nationality: "IDN".into(),
        optional_2: String::new(),
        name: MrzName::undivided("BUDI SANTOSO"),
    }
}

#[test]
fn the_icao_example_reads_and_writes() {
    let zone = Td1::parse(ICAO).unwrap();
    assert_eq!((zone.document_number.as_str(), zone.issuer.as_str()), ("D23145890", "UTO"));
    assert_eq!((zone.birth.as_str(), zone.expiry.as_str(), zone.sex), ("740812", "120415", MrzSex::Female));
    assert_eq!(zone.name, MrzName::divided("ERIKSSON", "ANNA MARIA"));
    assert_eq!(zone.encode().unwrap(), ICAO);
}

#[test]
fn key_text_is_that_of_doc_9303_11() {
    // Worked example D.2: L898902C<, 690806, 940623.
    let date = |t| MrzDate::from_text(t).unwrap();
    assert_eq!(key_text("L898902C", date("690806"), date("940623")), "L898902C<369080619406236");
    // TD1 with a document number of more than nine characters, D23145890734.
    assert_eq!(key_text("D23145890734", date("340712"), date("950712")), "D23145890734934071279507122");
}

#[test]
fn a_key_text_is_told_by_its_check_digits() {
    for good in ["L898902C<369080619406236", "D23145890734934071279507122", &Td1::parse(ICAO).unwrap().key_text()] {
        assert_eq!(check_key_text(good), Ok(()), "{good}");
    }
    let rows = [
        ("", MrzError::KeyTextLength(0)),
        ("L898902C<36908061940623", MrzError::KeyTextLength(23)),
        (&ICAO[..30], MrzError::CheckDigit(Field::DocumentNumber)),
        (ICAO, MrzError::KeyTextLength(90)),
        ("L898902C<469080619406236", MrzError::CheckDigit(Field::DocumentNumber)),
        ("L898902C<369080629406236", MrzError::CheckDigit(Field::BirthDate)),
        ("L898902C<369080619406237", MrzError::CheckDigit(Field::ExpiryDate)),
        ("L898902C<369130679406236", MrzError::BadField(Field::BirthDate)),
        ("L898902c<369080619406236", MrzError::Character(7)),
        ("<<<<<<<<<069080619406236", MrzError::BadField(Field::DocumentNumber)),
    ];
    for (bad, error) in rows {
        assert_eq!(check_key_text(bad), Err(error), "{bad}");
    }
}

#[test]
fn a_long_document_number_overflows_and_comes_back() {
    let mut zone = ours();
    zone.document_number = "D23145890734".into();
    let text = zone.encode().unwrap();
    assert_eq!(&text[5..20], "D23145890<7349<");
    assert_eq!(Td1::parse(&text).unwrap(), zone);
    zone.optional_1 = "ABC".into();
    assert_eq!(Td1::parse(&zone.encode().unwrap()).unwrap(), zone);
    let mut wrong = text.clone();
    wrong.replace_range(18..19, "8");
    assert_eq!(Td1::parse(&wrong), Err(MrzError::CheckDigit(Field::DocumentNumber)));
    let no_end = text.replacen("7349<<<<<<<<<<<", "734900000000000", 1);
    assert_eq!(Td1::parse(&no_end), Err(MrzError::BadField(Field::DocumentNumber)));
}

#[test]
fn the_oracle_agrees_with_ours() {
    let text = ours().encode().unwrap();
    let theirs = mrz::parse_td1(&text[..30], &text[30..60], &text[60..]).unwrap();
    assert!(theirs.checks.all_valid());
    assert_eq!(theirs.document_number, "A3K7M9X2C");
    assert_eq!(theirs.issuing_country, "IDN");
}

#[test]
fn refusals_name_the_field() {
    assert_eq!(Td1::parse(""), Err(MrzError::Length(0)));
    assert_eq!(Td1::parse(&ICAO[..89]), Err(MrzError::Length(89)));
    assert_eq!(Td1::parse(&ICAO.replace("ANNA", "anna")), Err(MrzError::Character(70)));
    assert_eq!(Td1::parse(&ICAO.replacen("D23145890", "D23145891", 1)), Err(MrzError::CheckDigit(Field::DocumentNumber)));
    assert_eq!(Td1::parse(&ICAO.replacen("740812", "740813", 1)), Err(MrzError::CheckDigit(Field::BirthDate)));
    assert_eq!(Td1::parse(&ICAO.replacen("120415", "120416", 1)), Err(MrzError::CheckDigit(Field::ExpiryDate)));
    assert_eq!(Td1::parse(&ICAO.replacen("<6ERI", "<7ERI", 1)), Err(MrzError::CheckDigit(Field::Composite)));
    assert_eq!(Td1::parse(&ICAO.replacen("2F1", "2X1", 1)), Err(MrzError::BadField(Field::Sex)));
    assert_eq!(Td1::parse(&ICAO.replacen("I<UTO", "P<UTO", 1)), Err(MrzError::BadField(Field::DocumentCode)));
    assert_eq!(Td1::parse(&ICAO.replacen("I<UTO", "I<9TO", 1)), Err(MrzError::BadField(Field::State)));
    let mut zone = ours();
    zone.optional_1 = "0123456789ABCDEF".into();
    assert_eq!(zone.encode(), Err(MrzError::BadField(Field::OptionalData)));
    zone.document_number = "a".into();
    assert_eq!(zone.encode(), Err(MrzError::BadField(Field::DocumentNumber)));
}

#[test]
fn dates_may_have_unknown_parts_only_as_pairs() {
    assert!(MrzDate::from_text("90<<<<").is_some());
    for bad in ["", "90<817", "901317", "900832", "9008177", "900800"] {
        assert!(MrzDate::from_text(bad).is_none(), "{bad}");
    }
}

fn chars(length: std::ops::Range<usize>) -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::strategy::Strategy;
    proptest::collection::vec(proptest::sample::select(b"ABCXYZ0129".to_vec()), length)
        .prop_map(|bytes| String::from_utf8(bytes).unwrap())
}

fn letters() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::strategy::Strategy;
    proptest::collection::vec(proptest::sample::select(b"ABCXYZ".to_vec()), 1..20).prop_map(|b| String::from_utf8(b).unwrap())
}

proptest::proptest! {
    #[test]
    fn any_fields_read_back(number in chars(1..16), optional in chars(0..8), name in proptest::collection::vec(letters(), 1..4)) {
        let name = name.join(" ");
        let zone = Td1 { document_number: number, optional_1: optional, name: MrzName::undivided(&name), ..ours() };
        let text = zone.encode().unwrap();
        assert_eq!(text.len(), TD1_LEN);
        let back = Td1::parse(&text).unwrap();
        assert_eq!(back.key_text(), zone.key_text());
        assert_eq!(back.optional_1, zone.optional_1);
        assert_eq!(back.name.field(30), zone.name.field(30));
        assert!(mrz::parse_td1(&text[..30], &text[30..60], &text[60..]).unwrap().checks.all_valid());
    }

    #[test]
    fn any_text_is_read_or_refused(text: String, mrz in chars(90..91)) {
        let _ = Td1::parse(&text);
        let _ = Td1::parse(&mrz);
    }
}

#[test]
fn debugging_shows_no_name_and_no_date() {
    let name = MrzName::undivided("BUDI SANTOSO");
    let date = MrzDate::from_text("800131").unwrap();
    assert_eq!(format!("{name:?} {date:?}"), "MrzName MrzDate");
}
