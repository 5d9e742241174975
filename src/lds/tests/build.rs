//! Tests of the build: both profiles, what the files say, and every refusal.

use super::*;
use crate::crypto::hash::sha256;
use crate::finger::template::{Template, TemplateError};
use crate::lds::dg11::Dg11;
use crate::lds::dg12::Dg12;
use crate::lds::dg13::Dg13;
use crate::lds::jpeg2000::Jpeg2000Error;
use crate::lds::mrz::{Field, Td1};
use crate::lds::portrait::Container;
use crate::lds::profile::Password;
use crate::lds::profile::{PictureRow, PrintRow};
use crate::lds::resident::{citizen, citizen_with_prints};
use crate::lds::tlv::TlvErrorKind;
use crate::lds::{dg3, dg7, fingers};
use crate::record::{CountryCode, Fingers, Line, Nationality};
use crate::world::DangerousSeededEntropy;
use jiff::civil::date;

fn numbers(profile: &Profile) -> Numbers {
    Numbers::draw(&citizen(), profile, &mut DangerousSeededEntropy::new(7))
}

fn built(name: &str) -> Built {
    let profile = Profile::named(name).unwrap();
    build(&citizen_with_prints(), &profile, profile.face, numbers(&profile)).unwrap()
}

#[test]
fn prints_go_into_dg3_where_the_profile_asks_for_them() {
    let card = built("ektp-80k-dg3");
    let prints = dg3::parse(card.files.get(FileId::Dg3).unwrap()).unwrap();
    assert_eq!((prints.len(), card.prints.len()), (2, 2));
    for ((print, quality), position) in prints.iter().zip(&card.prints).zip([2, 7]) {
        let [view] = &print.views[..] else { panic!("one view a finger") };
        assert_eq!((view.position, view.quality, view.width, view.height), (position, 80, 200, 260));
        assert_eq!((view.sampling.image, view.sampling.depth, view.image.len()), ((197, 197), 8, quality.bytes));
        assert!(quality.bytes <= 15_000 && quality.ssim > 0.9, "{quality:?}");
    }
    assert_eq!(card.plan.bytes(FileId::Dg3), card.files.get(FileId::Dg3).map(<[u8]>::len));
    assert!(Com::parse(card.files.get(FileId::Com).unwrap()).unwrap().files().contains(&FileId::Dg3));
    // The same record on another profile: no print leaves it.
    assert!(built("ektp-80k").files.get(FileId::Dg3).is_none() && built("ektp-80k").prints.is_empty());
}

#[test]
fn prints_that_are_missing_or_do_not_fit_are_named() {
    let profile = Profile::named("ektp-80k-dg3").unwrap();
    let refused = |record: &Record, profile: &Profile| build(record, profile, profile.face, numbers(profile)).unwrap_err();
    let mut one = citizen_with_prints();
    one.fingers.taken[1].image = None;
    let missing = refused(&one, &profile);
    assert_eq!(missing, BuildError::NoPrint(FingerPosition::LeftIndex));
    assert_eq!((missing.reason(), missing.to_string().contains("left_index")), (Reason::RecordInvalid, true));
    let tight = Profile { finger_image: Some(PrintRow { most: 200, container: Container::Jp2 }), ..profile.clone() };
    let error = PortraitError::DoesNotFit { budget: 200 };
    assert_eq!(refused(&citizen_with_prints(), &tight), BuildError::Print { position: FingerPosition::RightIndex, error });
    let small = Profile { capacity: 30_000, ..profile };
    let over = refused(&citizen_with_prints(), &small);
    assert!(matches!(over, BuildError::Plan(PlanError::DoesNotFit { offender: FileId::Dg3, .. })), "{over}");
}

#[test]
fn the_small_card_fits_and_says_what_the_record_says() {
    let card = built("ektp-8k");
    assert!(card.plan.total() <= 8_192);
    assert!(card.portrait.bytes >= 2_800 && card.portrait.bytes <= card.plan.portrait_room, "{:?}", card.portrait);
    let get = |f| card.files.get(f).unwrap();
    let zone = Td1::parse(&dg1::parse(get(FileId::Dg1)).unwrap()).unwrap();
    assert_eq!(zone.document_number, card.numbers.document_number);
    assert_eq!(zone.expiry.as_str(), "361123");
    assert_eq!(Some(zone.key_text()), card.key_text.as_ref().map(|k| k.expose().clone()));
    assert_eq!(dg2::parse(get(FileId::Dg2)).unwrap()[0].image.len(), card.portrait.bytes);
    assert_eq!(dg7::parse(get(FileId::Dg7)).unwrap()[0].len(), card.signature.bytes);
    let eleven = Dg11::parse(get(FileId::Dg11)).unwrap();
    assert_eq!((eleven.full_name.as_str(), eleven.personal_number.as_str()), ("BUDI SANTOSO", citizen().nik.as_str()));
    assert_eq!(Dg12::parse(get(FileId::Dg12)).unwrap().date_of_issue, "20261123");
    let thirteen = Dg13::parse(get(FileId::Dg13)).unwrap();
    assert_eq!(thirteen.fingers_digest, sha256(get(FileId::Fingers)));
    assert_eq!((thirteen.status_index, thirteen.rt_rw.as_str()), (card.numbers.status_index, "003/019"));
    assert_eq!(thirteen.village_code, "3171011001");
    assert_eq!(fingers::parse(get(FileId::Fingers)).unwrap().len(), 2);
    let com = Com::parse(get(FileId::Com)).unwrap();
    assert!(com.files().contains(&FileId::Dg14) && !com.files().contains(&FileId::Dg15));
    for absent in [FileId::Dg14, FileId::Dg15, FileId::Sod, FileId::Cvca] {
        assert!(card.files.get(absent).is_none());
    }
}

#[test]
fn every_profile_builds_and_the_plan_has_the_real_sizes() {
    for name in Profile::names() {
        let card = built(name);
        for (file, bytes) in card.files.iter() {
            assert_eq!(card.plan.bytes(file), Some(bytes.len()), "{name} {file}");
        }
    }
    assert_eq!(built("ektp-8k").files, built("ektp-8k").files);
}

#[test]
fn pictures_are_jpeg_where_the_profile_says_so() {
    let faces = |card: &Built| dg2::parse(card.files.get(FileId::Dg2).unwrap()).unwrap();
    // Image data type, behind the record's header of 14 bytes, the face's of 20 and the face image type.
    let data_type = |card: &Built| {
        let file = card.files.get(FileId::Dg2).unwrap();
        file[file.windows(4).position(|w| w == b"FAC\0").unwrap() + 14 + 20 + 1]
    };
    let signature = |card: &Built| dg7::parse(card.files.get(FileId::Dg7).unwrap()).unwrap().remove(0);
    let (jpeg, jpeg2000) = (built("ektp-80k-jpeg"), built("ektp-80k"));
    let [face] = &faces(&jpeg)[..] else { panic!("one face") };
    assert_eq!((face.coding, Coding::of(&face.image), data_type(&jpeg)), (Coding::Jpeg, Some(Coding::Jpeg), 0));
    assert_eq!((face.image_type, face.colour_space, face.image.len()), (1, 1, jpeg.portrait.bytes));
    let back = crate::record::Picture::decode(&face.image).unwrap();
    assert_eq!((back.width, back.height), (face.width.into(), face.height.into()));
    assert_eq!(Coding::of(&signature(&jpeg)), Some(Coding::Jpeg));
    assert_eq!(signature(&jpeg).len(), jpeg.signature.bytes);
    assert!(jpeg.portrait.bytes <= jpeg.plan.portrait_room && jpeg.signature.bytes <= 2_500, "{:?}", jpeg.signature);
    assert_eq!((faces(&jpeg2000)[0].coding, data_type(&jpeg2000)), (Coding::Jpeg2000, 1));
    assert_eq!(Coding::of(&signature(&jpeg2000)), Some(Coding::Jpeg2000));
    // Each picture has its own container.
    let mixed = Profile::named("ektp-80k").unwrap();
    let mixed = Profile { portrait: Profile::named("ektp-80k-jpeg").unwrap().portrait, ..mixed };
    let mixed = build(&citizen(), &mixed, mixed.face, numbers(&mixed)).unwrap();
    assert_eq!((data_type(&mixed), Coding::of(&signature(&mixed))), (0, Some(Coding::Jpeg2000)));
}

#[test]
fn a_jpeg_that_does_not_fit_is_named() {
    let profile = Profile::named("ektp-80k-jpeg").unwrap();
    let tight = |row: &PictureRow| PictureRow { floor: 100, most: 200, ..row.clone() };
    let refused = |profile: &Profile| build(&citizen(), profile, profile.face, numbers(profile)).unwrap_err();
    let error = PortraitError::DoesNotFit { budget: 200 };
    let signature = Profile { signature: tight(&profile.signature), ..profile.clone() };
    assert_eq!((refused(&signature), error.reason()), (BuildError::Signature(error), Reason::DoesNotFit));
    let portrait = Profile { portrait: tight(&profile.portrait), ..profile.clone() };
    assert!(matches!(refused(&portrait), BuildError::Portrait(PortraitError::DoesNotFit { .. })));
    let mut broken = citizen();
    broken.portrait.pixels.pop();
    let bad = BuildError::Portrait(PortraitError::Encode(Jpeg2000Error::BadPixels { width: 150, height: 200 }));
    assert_eq!(build(&broken, &profile, profile.face, numbers(&profile)).unwrap_err(), bad);
}

#[test]
fn numbers_are_drawn_and_derived_from_nothing() {
    let profile = Profile::named("ektp-80k").unwrap();
    let mut rng = DangerousSeededEntropy::new(1);
    let (a, b) = (Numbers::draw(&citizen(), &profile, &mut rng), Numbers::draw(&citizen(), &profile, &mut rng));
    assert_ne!(a.document_number, b.document_number);
    assert_ne!(a.can.expose(), b.can.expose());
    for n in [&a, &b] {
        assert!(n.document_number.len() == 9 && n.document_number.bytes().all(|c| NUMBER_ALPHABET.contains(&c)));
        assert!(n.can.expose().len() == 6 && n.can.expose().bytes().all(|c| c.is_ascii_digit()));
        assert!(n.status_index < profile.status_indices);
    }
    let until = Record { valid_until: Validity::Until(date(2030, 12, 31)), ..citizen() };
    assert_eq!(chip_expiry(&until, &profile), date(2030, 12, 31));
    assert!(!format!("{a:?}").contains(a.can.expose()));
}

#[test]
fn a_foreign_resident_without_fingers_and_the_legacy_face() {
    let nationality =
        Nationality::ForeignResident { country: CountryCode::parse("NLD").unwrap(), name: Line::parse("NETHERLANDS").unwrap() };
    let record = Record { nationality, fingers: Fingers::default(), valid_until: Validity::Until(date(2029, 1, 2)), ..citizen() };
    let profile = Profile::named("ektp-80k").unwrap();
    assert!(build(&record, &profile, Face::Can, numbers(&profile)).unwrap().key_text.is_none(), "no zone, no zone's password");
    let card = build(&record, &profile, Face::Legacy, numbers(&profile)).unwrap();
    let key = card.key_text.as_ref().unwrap().expose().clone();
    assert!(key.starts_with(record.nik.as_str()));
    assert_eq!(crate::lds::mrz::check_key_text(&key), Ok(()));
    let thirteen = Dg13::parse(card.files.get(FileId::Dg13).unwrap()).unwrap();
    assert_eq!((thirteen.nationality.as_str(), thirteen.valid_until.as_deref()), ("NLD", Some("20290102")));
    assert!(thirteen.fingers.is_empty());
    assert!(fingers::parse(card.files.get(FileId::Fingers).unwrap()).unwrap().is_empty());
}

#[test]
fn refusals_name_the_file() {
    let profile = Profile::named("ektp-80k").unwrap();
    let refused = |record: &Record, profile: &Profile| build(record, profile, profile.face, numbers(profile)).unwrap_err();
    let only_zone = Profile { passwords: vec![Password::Mrz], ..profile.clone() };
    let hidden = build(&citizen(), &only_zone, Face::Can, numbers(&profile)).unwrap_err();
    assert_eq!(hidden, BuildError::Plan(PlanError::PasswordNotPrinted { face: "can" }));
    let long = Numbers { document_number: "A".repeat(30), ..numbers(&profile) };
    let error = build(&citizen(), &profile, profile.face, long).unwrap_err();
    assert_eq!(error, BuildError::Mrz(MrzError::BadField(Field::DocumentNumber)));
    let mut empty = citizen();
    empty.fingers.taken[0].template = Template { views: vec![], ..empty.fingers.taken[0].template.clone() };
    let mut broken = citizen();
    broken.portrait.pixels.pop();
    let bad = Jpeg2000Error::BadPixels { width: 150, height: 200 };
    assert_eq!(refused(&broken, &profile), BuildError::Portrait(PortraitError::Encode(bad)));
    let mut broken = citizen();
    broken.signature.pixels.pop();
    let bad = Jpeg2000Error::BadPixels { width: 120, height: 40 };
    assert_eq!(refused(&broken, &profile), BuildError::Signature(PortraitError::Encode(bad)));
    let small = Profile::named("ektp-8k").unwrap();
    assert!(matches!(
        refused(&empty, &small),
        BuildError::Fingers(EfFingersError::Template { index: 0, source: TemplateError::Count { .. } })
    ));
    let mut long = citizen();
    long.address.line = Line::parse("JALAN".repeat(18).as_str()).unwrap();
    let tight = Profile { capacity: 7_350, ..small };
    assert!(matches!(refused(&long, &tight), BuildError::Plan(PlanError::DoesNotFit { .. })));
    let encoding = BuildError::Encoding(TlvError::at(TlvErrorKind::TooComplex, 0));
    assert_eq!(encoding.reason(), Reason::EncodingInvalid);
}
