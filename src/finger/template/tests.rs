//! The encodings against published records, against each other and against noise.

use super::*;
use crate::limits;
use proptest::prelude::*;
use std::path::PathBuf;

fn sample() -> Template {
    synthetic::template(11, FingerPosition::RightIndex, 48)
}

fn encoded() -> Vec<u8> {
    encode_record_2005(&sample()).unwrap()
}

fn with(offset: usize, value: u8) -> Result<Template, TemplateError> {
    let mut bytes = encoded();
    bytes[offset] = value;
    parse_record_2005(&bytes)
}

/// The shared development data, where they are present.
fn shared(path: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let found = ["../shared/data", "../../shared/data"].iter().map(|d| root.join(d).join(path)).find(|p| p.exists());
    if found.is_none() {
        crate::skipped::skipped(&format!("the development data are not here ({path})"));
    }
    found
}

#[test]
fn every_refusal_of_the_record_names_its_byte() {
    let good = encoded();
    assert_eq!(parse_record_2005(&good[..20]), Err(TemplateError::LengthMismatch { declared: good.len(), actual: 20 }));
    assert_eq!(parse_record_2005(&good[..7]), Err(TemplateError::Truncated { offset: 7 }));
    assert_eq!(with(0, b'X'), Err(TemplateError::NotARecord));
    assert_eq!(with(5, b'3'), Err(TemplateError::UnsupportedVersion));
    assert_eq!(with(18, 0).map(|t| t.x_resolution), Ok(197), "197 fits one byte");
    assert_eq!(with(19, 0), Err(TemplateError::OutOfRange { field: "resolution", offset: 18 }));
    assert_eq!(with(22, 0), Err(TemplateError::OutOfRange { field: "view count", offset: 22 }));
    assert_eq!(with(23, 1), Err(TemplateError::OutOfRange { field: "reserved byte", offset: 23 }));
    assert_eq!(with(24, 11), Err(TemplateError::OutOfRange { field: "finger position", offset: 24 }));
    assert_eq!(with(26, 101), Err(TemplateError::OutOfRange { field: "finger quality", offset: 26 }));
    assert_eq!(with(28, 0xC0), Err(TemplateError::OutOfRange { field: "minutia type", offset: 28 }));
    assert_eq!(with(30, 0x80), Err(TemplateError::OutOfRange { field: "reserved bits", offset: 30 }));
    assert_eq!(with(33, 101), Err(TemplateError::OutOfRange { field: "minutia quality", offset: 33 }));
    let mut longer = [good.clone(), vec![0]].concat();
    longer[8..12].copy_from_slice(&u32::try_from(good.len() + 1).unwrap().to_be_bytes());
    assert_eq!(parse_record_2005(&longer), Err(TemplateError::TrailingBytes { offset: good.len() }));
    let huge = vec![0; limits::FILE_BYTES + 1];
    assert_eq!(parse_record_2005(&huge), Err(TemplateError::TooLarge { max: limits::FILE_BYTES }));
}

#[test]
fn what_the_record_cannot_hold_is_refused() {
    assert_eq!(encode_record_2005(&Template { views: Vec::new(), ..sample() }), Err(TemplateError::Count { what: "views" }));
    let mut t = sample();
    t.views[0].minutiae = vec![t.views[0].minutiae[0]; 256];
    assert_eq!(encode_record_2005(&t), Err(TemplateError::Count { what: "minutiae" }));
    let mut t = sample();
    t.views[0].minutiae[1].x = COORDINATE_MAX + 1;
    assert_eq!(encode_record_2005(&t), Err(TemplateError::OutOfRange { field: "minutia", offset: 34 }));
    let mut t = sample();
    t.views[0].number = 16;
    assert_eq!(encode_record_2005(&t), Err(TemplateError::OutOfRange { field: "view number or impression", offset: 25 }));
}

#[test]
fn card_formats_refuse_what_is_not_theirs() {
    assert_eq!(parse_card_compact(&[1, 2]), Err(TemplateError::NotWholeMinutiae { length: 2 }));
    assert_eq!(parse_card_compact(&[1, 2, 0xC0]), Err(TemplateError::OutOfRange { field: "minutia type", offset: 2 }));
    assert_eq!(parse_card_compact(&[0; 768]), Err(TemplateError::Count { what: "minutiae" }));
    assert_eq!(parse_card_normal(&[0, 0, 0x40, 0, 0]), Err(TemplateError::OutOfRange { field: "reserved bits", offset: 2 }));
    assert_eq!(encode_card_compact(&Template { views: Vec::new(), ..sample() }), Err(TemplateError::Count { what: "views" }));
    let flat = Template { x_resolution: 0, ..sample() };
    assert_eq!(encode_card_normal(&flat), Err(TemplateError::OutOfRange { field: "resolution", offset: 18 }));
}

#[test]
fn compact_bytes_by_hand() {
    let m = Minutia { x: 197, y: 100, angle: 64, kind: MinutiaKind::Bifurcation, quality: 9 };
    let mut t = sample();
    t.views[0].minutiae = vec![m];
    // 197 pixels at 197 per centimetre are 10.0 mm; 100 are 5.08 mm; a quarter turn is 16 of 64.
    assert_eq!(encode_card_compact(&t).unwrap(), [100, 51, 0x80 | 16]);
    assert_eq!(encode_card_normal(&t).unwrap(), [0x80 | 3, 0xE8, 1, 0xFC, 64]);
}

#[test]
fn a_large_print_is_shifted_to_where_most_minutiae_are() {
    let at = |x, quality| Minutia { x, y: 10, angle: 255, kind: MinutiaKind::Ending, quality };
    let mut t = Template { x_resolution: 100, y_resolution: 100, width: 900, ..sample() };
    t.views[0].minutiae = vec![at(5, 90), at(400, 50), at(500, 60), at(655, 70)];
    // 400 to 655 is one byte wide and holds three of four. Best first; the angle rounds to a full turn, which is zero.
    assert_eq!(encode_card_compact(&t).unwrap(), [255, 10, 0x40, 100, 10, 0x40, 0, 10, 0x40]);
}

#[test]
fn published_records_agree_and_come_back_byte_for_byte() {
    let Some(dat) = shared("templates/iso19794p2v2005-sample.dat") else { return };
    let bytes = std::fs::read(&dat).unwrap();
    let t = parse_record_2005(&bytes).unwrap();
    assert_eq!(encode_record_2005(&t).unwrap(), bytes);
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(dat.with_extension("json")).unwrap()).unwrap();
    assert_eq!(
        (u64::from(t.width), u64::from(t.x_resolution)),
        (json["width"].as_u64().unwrap(), json["resolutionX"].as_u64().unwrap())
    );
    let fingers = json["fingerprints"].as_array().unwrap();
    assert_eq!(fingers.len(), t.views.len());
    assert_eq!(t.position(), Some(FingerPosition::LeftIndex));
    for (finger, view) in fingers.iter().zip(&t.views) {
        assert_eq!(u64::from(view.quality), finger["quality"].as_u64().unwrap());
        assert_eq!(u64::from(view.number), finger["view"].as_u64().unwrap());
        let minutiae = finger["minutiae"].as_array().unwrap();
        assert_eq!(minutiae.len(), view.minutiae.len());
        for (theirs, ours) in minutiae.iter().zip(&view.minutiae) {
            let numbers = ["positionX", "positionY", "angle", "quality"].map(|k| theirs[k].as_u64().unwrap());
            assert_eq!(numbers, [u64::from(ours.x), ours.y.into(), ours.angle.into(), ours.quality.into()]);
            assert_eq!(theirs["type"], format!("{:?}", ours.kind).to_uppercase());
        }
    }
}

#[test]
fn a_record_one_byte_short_of_its_extended_data_is_refused() {
    let Some(path) = shared("biometric-files/fmr.iso2005") else { return };
    // This published record declares 42 bytes of extended data and holds 41; its total length agrees with the 41.
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(parse_record_2005(&bytes), Err(TemplateError::Truncated { offset: 371 }));
}

#[test]
fn records_of_other_makers_are_read() {
    let mut paths = Vec::new();
    if let Some(sets) = shared("fingers") {
        for set in std::fs::read_dir(sets).unwrap() {
            let files = std::fs::read_dir(set.unwrap().path()).unwrap().map(|f| f.unwrap().path());
            paths.extend(files.filter(|f| f.extension().is_some_and(|e| e == "fmr")));
        }
    }
    for path in &paths {
        let bytes = std::fs::read(path).unwrap();
        let t = parse_record_2005(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!(encode_record_2005(&t).unwrap(), bytes, "{}", path.display());
    }
    eprintln!("{} records of other makers read", paths.len());
}

#[test]
fn ansi_378_is_told_apart() {
    let Some(path) = shared("biometric-files/fmr.ansi2004") else { return };
    let bytes = std::fs::read(path).unwrap();
    // The ANSI header has the same magic and version; its two-byte length reads as an absurd four-byte one.
    assert!(matches!(parse_record_2005(&bytes), Err(TemplateError::LengthMismatch { .. })));
}

fn any_template() -> impl Strategy<Value = Template> {
    let minutia = (0..=COORDINATE_MAX, 0..=COORDINATE_MAX, any::<u8>(), 0u8..3, 0u8..=100)
        .prop_map(|(x, y, angle, kind, quality)| Minutia { x, y, angle, kind: MinutiaKind::from_code(kind).unwrap(), quality });
    let minutiae = prop::collection::vec(minutia, 0..=limits::MINUTIAE);
    let view = (0u8..=10, 0u8..16, 0u8..16, 0u8..=100, minutiae, prop::collection::vec(any::<u8>(), 0..40)).prop_map(
        |(position, number, impression, quality, minutiae, extended)| View {
            position: FingerPosition::from_code(position),
            number,
            impression,
            quality,
            minutiae,
            extended,
        },
    );
    (any::<u16>(), any::<u16>(), 1..=u16::MAX, 1..=u16::MAX, any::<u16>(), prop::collection::vec(view, 1..4)).prop_map(
        |(width, height, x_resolution, y_resolution, equipment, views)| Template {
            width,
            height,
            x_resolution,
            y_resolution,
            equipment,
            views,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn record_round_trips(t in any_template()) {
        prop_assert_eq!(parse_record_2005(&encode_record_2005(&t).unwrap()).unwrap(), t);
    }

    #[test]
    fn compact_is_its_own_fixed_point(t in any_template()) {
        let once = encode_card_compact(&t).unwrap();
        prop_assert!(once.len() <= 3 * limits::CHIP_MINUTIAE);
        prop_assert_eq!(encode_card_compact(&parse_card_compact(&once).unwrap()).unwrap(), once);
    }

    #[test]
    fn normal_is_its_own_fixed_point(t in any_template()) {
        if let Ok(once) = encode_card_normal(&t) {
            prop_assert_eq!(encode_card_normal(&parse_card_normal(&once).unwrap()).unwrap(), once);
        }
    }

    #[test]
    fn noise_never_panics_and_what_passes_round_trips(mut bytes in prop::collection::vec(any::<u8>(), 0..200), flips in prop::collection::vec((0usize..340, any::<u8>()), 0..4)) {
        let _ = (parse_record_2005(&bytes), parse_card_compact(&bytes), parse_card_normal(&bytes));
        bytes = encoded();
        for (at, value) in flips {
            if let Some(b) = bytes.get_mut(at) { *b = value; }
        }
        if let Ok(t) = parse_record_2005(&bytes) {
            prop_assert_eq!(encode_record_2005(&t).unwrap(), bytes);
        }
    }
}
