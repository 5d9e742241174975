//! Blocks of extended data in both families of formats.

use super::*;
use proptest::prelude::*;

fn blocks_of() -> Vec<Extension> {
    vec![
        Extension::RidgeCounts { method: 1, counts: vec![[18, 20, 3], [21, 19, 1]] },
        Extension::SingularPoints {
            cores: vec![Core { x: 150, y: 250, angle: Some(64) }, Core { x: 100, y: 150, angle: Some(192) }],
            deltas: vec![Delta { x: 143, y: 232, angles: Some([0, 64, 128]) }],
        },
        Extension::Other { code: 0x0221, data: vec![1, 2, 3] },
    ]
}

#[test]
fn blocks_come_back_in_every_format() {
    for format in RecordFormat::ALL {
        let bytes = format.encode_extensions(&blocks_of()).unwrap();
        assert_eq!(format.extensions(&bytes).unwrap(), blocks_of(), "{format:?}");
    }
}

#[test]
fn bytes_by_hand() {
    let counts = &blocks_of()[..1];
    assert_eq!(RecordFormat::Iso2005.encode_extensions(counts).unwrap(), [0, 1, 0, 7, 1, 18, 20, 3, 21, 19, 1]);
    assert_eq!(RecordFormat::Ansi2009.encode_extensions(counts).unwrap(), [0, 1, 0, 11, 1, 18, 20, 3, 21, 19, 1]);
    let points = &blocks_of()[1..2];
    let ansi = [0, 2, 0, 23, 0x42, 0, 150, 0, 250, 45, 0, 100, 0, 150, 135, 0x41, 0, 143, 0, 232, 0, 45, 90];
    assert_eq!(RecordFormat::Ansi2004.encode_extensions(points).unwrap(), ansi);
    let iso = [0, 2, 0, 23, 2, 0x40, 150, 0, 250, 64, 0x40, 100, 0, 150, 192, 1, 0x40, 143, 0, 232, 0, 64, 128];
    assert_eq!(RecordFormat::Iso2011.encode_extensions(points).unwrap(), iso);
}

#[test]
fn iso_2005_is_read_with_either_meaning_of_length() {
    let counts = vec![Extension::RidgeCounts { method: 0, counts: vec![[1, 2, 3]] }];
    for bytes in [[0, 1, 0, 4, 0, 1, 2, 3], [0, 1, 0, 8, 0, 1, 2, 3]] {
        assert_eq!(RecordFormat::Iso2005.extensions(&bytes), Ok(counts.clone()));
    }
}

#[test]
fn iso_may_leave_a_points_angles_out() {
    let points = [Extension::SingularPoints {
        cores: vec![Core { x: 1, y: 2, angle: None }, Core { x: 3, y: 4, angle: Some(5) }],
        deltas: Vec::new(),
    }];
    let iso = RecordFormat::Iso2011.encode_extensions(&points).unwrap();
    assert_eq!(RecordFormat::Iso2011.extensions(&iso).unwrap(), points);
    let ansi = RecordFormat::Ansi2004.encode_extensions(&points).unwrap();
    assert_eq!(ansi[4..], [2, 0, 1, 0, 2, 0, 3, 0, 4, 0], "ANSI has them for all or none");
}

#[test]
fn lengths_and_values_that_lie_are_refused() {
    let wrong = |bytes: &[u8]| RecordFormat::Ansi2009.extensions(bytes).unwrap_err();
    let range = |field, offset| TemplateError::OutOfRange { field, offset };
    assert_eq!(wrong(&[0, 1, 0, 3]), range("length of extended data", 2));
    assert_eq!(wrong(&[0, 1, 0, 9, 1]), TemplateError::Truncated { offset: 5 });
    assert_eq!(wrong(&[0, 1, 0, 4]), TemplateError::Truncated { offset: 0 });
    assert_eq!(wrong(&[0, 1, 0, 7, 1, 2, 3]), range("ridge counts", 3));
    assert_eq!(wrong(&[0, 2, 0, 6, 0x80, 0]), range("number of points", 0));
    assert_eq!(wrong(&[0, 2, 0, 11, 0x41, 0, 1, 0, 1, 180, 0]), range("angle", 5));
    assert_eq!(wrong(&[0, 2, 0, 10, 1, 0x40, 1, 0, 1, 0]), range("point", 1));
    assert_eq!(wrong(&[0, 2, 0, 7, 0, 0, 0]), TemplateError::TrailingBytes { offset: 2 });
    let many = vec![Core { x: 0, y: 0, angle: None }; 16];
    let many = [Extension::SingularPoints { cores: many, deltas: Vec::new() }];
    assert_eq!(RecordFormat::Iso2005.encode_extensions(&many), Err(TemplateError::Count { what: "cores or deltas" }));
    let long = [Extension::Other { code: 256, data: vec![0; 65_533] }];
    assert_eq!(RecordFormat::Iso2011.encode_extensions(&long), Err(TemplateError::Count { what: "extended bytes" }));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        for format in RecordFormat::ALL {
            if let Ok(blocks) = format.extensions(&bytes) {
                let written = format.encode_extensions(&blocks).unwrap();
                prop_assert_eq!(format.extensions(&written).unwrap(), blocks);
            }
        }
    }
}
