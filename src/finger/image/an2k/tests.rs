//! Transactions of NIST and of our own making: types 4, 13 and 14 read, everything malformed refused by name.

use super::*;
use crate::finger::image::{Asked, ResolutionError, ScanError, find, read};
use proptest::prelude::*;
use std::path::PathBuf;

const WSQ: &[u8] = include_bytes!("../../../../tests/data/wsq/pattern-97x131.wsq");

/// A tagged record of these fields; its length counts itself.
fn tagged(kind: u16, fields: &[(u16, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (number, value) in fields {
        body.extend([&[0x1D], format!("{kind}.{number:03}:").as_bytes(), value].concat());
    }
    body.push(0x1C);
    let head = |length: usize| format!("{kind}.001:{length}");
    let mut length = body.len();
    while head(length).len() + body.len() != length {
        length = head(length).len() + body.len();
    }
    [head(length).into_bytes(), body].concat()
}

fn first(kinds: &[u16]) -> Vec<u8> {
    let list: String = kinds.iter().enumerate().map(|(i, k)| format!("\x1E{k}\x1F{:02}", i + 1)).collect();
    let contents = format!("1\x1F{}{list}", kinds.len());
    tagged(1, &[(2, b"0400"), (3, contents.as_bytes()), (11, b"19.69"), (12, b"19.69")])
}

fn type_4(finger: u8, isr: u8, (width, height): (u16, u16), coding: u8, data: &[u8]) -> Vec<u8> {
    let mut body = vec![1, 0, finger, 255, 255, 255, 255, 255, isr];
    body.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
    body.push(coding);
    body.extend(data);
    [&u32::try_from(body.len() + 4).unwrap().to_be_bytes(), body.as_slice()].concat()
}

fn type_14<'a>(changed: &[(u16, &'a [u8])]) -> Vec<u8> {
    let mut fields: Vec<(u16, &'a [u8])> = vec![
        (2, b"01"),
        (3, b"0"),
        (4, b"HERE"),
        (6, b"97"),
        (7, b"131"),
        (8, b"1"),
        (9, b"500"),
        (10, b"500"),
        (11, b"WSQ20"),
        (12, b"8"),
        (13, b"2"),
        (999, WSQ),
    ];
    for (number, value) in changed {
        fields.iter_mut().filter(|(n, _)| n == number).for_each(|f| f.1 = value);
    }
    tagged(14, &fields)
}

fn file(records: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let kinds: Vec<u16> = records.iter().map(|r| r.0).collect();
    [first(&kinds), records.iter().flat_map(|r| r.1.clone()).collect()].concat()
}

fn good() -> Vec<u8> {
    file(&[(14, type_14(&[])), (4, type_4(11, 1, (97, 131), 1, WSQ)), (2, tagged(2, &[(2, b"00")]))])
}

fn at(position: FingerPosition) -> Asked {
    Asked { position: Some(position), ..Asked::default() }
}

fn refused(bytes: &[u8]) -> An2kError {
    match read(bytes, None) {
        Err(ScanError::An2k(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_finger_is_found_in_a_transaction() {
    let index = find(&good(), at(FingerPosition::RightIndex)).unwrap();
    assert_eq!((index.scan.width, index.position), (97, Some(FingerPosition::RightIndex)));
    let thumb = find(&good(), at(FingerPosition::RightThumb)).unwrap();
    assert_eq!(thumb.scan.at_500(None).unwrap().width(), 97);
    assert_eq!(find(&good(), at(FingerPosition::LeftIndex)), Err(ScanError::NoSuchFinger { count: 2 }));
    assert_eq!(read(&good(), None), Err(ScanError::SeveralFingers { count: 2 }));
    let slap = file(&[(4, type_4(14, 0, (97, 131), 1, WSQ))]);
    assert_eq!(read(&slap, None), Err(ScanError::NotOneFinger { code: 14 }));
    let unknown = file(&[(4, type_4(0, 0, (97, 131), 1, WSQ))]);
    assert_eq!(find(&unknown, at(FingerPosition::LeftRing)).unwrap().position, Some(FingerPosition::LeftRing));
}

#[test]
fn raw_pixels_and_every_compression_are_decoded() {
    let raw = vec![7; 70 * 80];
    let image = read(&file(&[(4, type_4(3, 0, (70, 80), 0, &raw))]), None).unwrap();
    assert_eq!((image.width(), image.height(), image.pixels()[9]), (70, 80, 7));
    let written = |format| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::GrayImage::from_pixel(70, 80, image::Luma([9])).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    for (code, name, format) in [(2, &b"JPEGB"[..], image::ImageFormat::Jpeg), (6, b"PNG", image::ImageFormat::Png)] {
        let data = written(format);
        assert_eq!(read(&file(&[(4, type_4(3, 0, (70, 80), code, &data))]), None).unwrap().pixels()[9], 9);
        let fields = [(6, &b"70"[..]), (7, b"80"), (11, name), (999, data.as_slice())];
        assert_eq!(read(&file(&[(14, type_14(&fields))]), None).unwrap().pixels()[9], 9);
    }
    let other = read(&file(&[(4, type_4(3, 0, (70, 80), 6, &written(image::ImageFormat::Jpeg)))]), None);
    assert_eq!(other, Err(ScanError::Raster(crate::raster::RasterError::UnknownKind)), "a JPEG that is called a PNG");
    let lossless = ScanError::Unsupported("lossless JPEG");
    assert_eq!(read(&file(&[(4, type_4(3, 0, (97, 131), 3, WSQ))]), None), Err(lossless));
    let deep = file(&[(14, type_14(&[(11, b"NONE"), (12, b"16")]))]);
    assert_eq!(read(&deep, None), Err(ScanError::Unsupported("uncompressed pixels of other than 8 bits")));
}

#[test]
fn record_and_picture_must_agree() {
    let wide = file(&[(14, type_14(&[(6, b"98")]))]);
    assert_eq!(read(&wide, None), Err(ScanError::SizeDiffers { record: (98, 131), picture: (97, 131) }));
    let short = ScanError::Size(super::super::FingerImageError::Pixels { found: 5_599, asked: 5_600 });
    assert_eq!(read(&file(&[(4, type_4(3, 0, (70, 80), 0, &[7; 5_599]))]), None), Err(short));
    let fine = file(&[(14, type_14(&[(9, b"1000"), (10, b"1000")]))]);
    let dpi = |n| Resolution::per_inch(n).unwrap();
    let contradiction = ResolutionError::Contradiction { record: dpi(1_000), picture: dpi(500) };
    assert_eq!(read(&fine, None), Err(ScanError::Resolution(contradiction)));
    assert_eq!(read(&fine, Some(dpi(500))).unwrap().width(), 97, "the operator decides which of the two it is");
    assert_eq!(read(&fine, Some(dpi(700))), Err(ScanError::Resolution(contradiction)), "and makes up no third");
}

#[test]
fn resolutions_come_from_the_fields() {
    let stated = |bytes: &[u8]| find(bytes, Asked::default()).unwrap().scan.stated.map(|r| r.to_string());
    let metric = file(&[(14, type_14(&[(8, b"2"), (9, b"197"), (10, b"197")]))]);
    assert_eq!(stated(&metric).unwrap(), "500.38");
    assert_eq!(stated(&file(&[(4, type_4(3, 1, (97, 131), 1, WSQ))])).unwrap(), "500.126");
    let raw = type_4(3, 0, (70, 80), 0, &[7; 5_600]);
    let none = |field: &[u8]| {
        let first = tagged(1, &[(3, b"1\x1F1\x1E4\x1F01"), (11, b"19.69"), (12, field)]);
        [first, raw.clone()].concat()
    };
    assert_eq!(stated(&none(b"00.00")), None);
    assert_eq!(read(&none(b"00.00"), None), Err(ScanError::Resolution(ResolutionError::Missing)));
    for bad in [&b"19.690"[..], b"-1", b"nineteen", b"19690"] {
        assert_eq!(refused(&none(bad)), An2kError::Field { record: 1, field: 12, offset: 0 });
    }
    let aspect = file(&[(14, type_14(&[(8, b"0"), (11, b"NONE"), (999, &[7; 97 * 131])]))]);
    assert_eq!(stated(&aspect), None, "an aspect ratio is no resolution");
}

#[test]
fn published_transactions_are_read() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let data = ["../shared/data", "../../shared/data"].iter().map(|d| root.join(d).join("biometric-files")).find(|p| p.exists());
    let Some(data) = data else {
        crate::skipped::skipped("the development data are not here (biometric-files)");
        return;
    };
    let bytes = |name: &str| std::fs::read(data.join(name)).unwrap();
    let slaps = bytes("type4-slaps.an2k");
    assert_eq!(read(&slaps, None), Err(ScanError::SeveralFingers { count: 4 }));
    let codes: Vec<u8> = entries(&slaps).unwrap().iter().map(|e| e.code).collect();
    assert_eq!(codes, [14, 12, 11, 13]);
    let thumb = find(&slaps, at(FingerPosition::LeftThumb)).unwrap().scan.at_500(None).unwrap();
    assert_eq!((thumb.width(), thumb.height()), (412, 1_000));
    let all: Vec<_> = entries(&slaps).unwrap().iter().map(|e| e.decode().unwrap()).map(|s| (s.width, s.height)).collect();
    assert_eq!(all, [(1_608, 1_000), (412, 1_000), (392, 1_000), (1_572, 1_000)]);
    let latent = read(&bytes("type9-13.an2k"), None).unwrap();
    assert_eq!((latent.width(), latent.height()), (191, 357));
    for name in ["type3.an2k", "type9.an2k"] {
        assert_eq!(refused(&bytes(name)), An2kError::NoFinger, "{name}");
    }
    for end in (0..slaps.len()).step_by(1_009) {
        assert!(entries(&slaps[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn every_cut_is_refused() {
    let good = good();
    for end in 0..good.len() {
        assert!(entries(&good[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn lies_are_refused_with_their_place() {
    let field = |record, field, offset| An2kError::Field { record, field, offset };
    let one = |record: Vec<u8>| refused(&file(&[(14, record)]));
    let start = first(&[14]).len();
    assert_eq!(entries(b"1.002:99").err(), Some(An2kError::NotAn2k));
    assert_eq!(entries(&vec![b'1'; limits::IMAGE_BYTES + 1]).err(), Some(An2kError::TooLarge { max: limits::IMAGE_BYTES }));
    assert_eq!(refused(b"1.001:9"), An2kError::Truncated { offset: 7 });
    assert_eq!(refused(b"1.001:99\x1D1.00"), An2kError::Truncated { offset: 13 });
    assert_eq!(refused(b"1.001:10\x1Dxy"), An2kError::Length { offset: 0 }, "no separator where it ends");
    assert_eq!(refused(b"1.001:ten\x1Dxy"), field(1, 1, 0));
    assert_eq!(refused(&[b"1.001:", [b'9'; 40].as_slice()].concat()), field(1, 1, 0), "a length without end");
    for (number, bad) in
        [(6, &b"-97"[..]), (7, b""), (8, b"3"), (9, b"x"), (10, b"5e2"), (11, b"GIF"), (12, b"256"), (13, b"two")]
    {
        assert_eq!(one(type_14(&[(number, bad)])), field(14, number, start), "{number}");
    }
    assert_eq!(one(tagged(14, &[(6, b"97")])), field(14, 7, start), "a missing field");
    assert_eq!(one(tagged(13, &[(6, b"97")])), field(14, 1, start), "another record than is listed");
    let four = |isr, coding| refused(&file(&[(4, type_4(1, isr, (97, 131), coding, WSQ))]));
    let start = first(&[4]).len();
    assert_eq!((four(2, 1), four(0, 7)), (field(4, 5, start), field(4, 8, start)));
    assert_eq!(refused(&[first(&[4]), vec![0, 0, 0, 3]].concat()), An2kError::Length { offset: start });
    assert_eq!(refused(&[first(&[4]), vec![0, 0, 0, 10, 1, 2, 3, 4, 5, 6]].concat()), An2kError::Length { offset: start });
    assert_eq!(refused(&[good(), vec![0]].concat()), An2kError::TrailingBytes { offset: good().len() });
    assert_eq!(refused(&file(&[(2, tagged(2, &[]))])), An2kError::NoFinger);
    assert_eq!(An2kError::NoFinger.reason(), Reason::FingerImageInvalid);
}

#[test]
fn the_list_of_records_must_add_up() {
    let wrong = An2kError::Field { record: 1, field: 3, offset: 0 };
    let long = format!("1\x1F300{}", "\x1E2\x1F01".repeat(300));
    for list in
        ["", "1", "2\x1F1\x1E14\x1F01", "1\x1F2\x1E14\x1F01", "1\x1F1\x1E1\x1F01", "1\x1F1\x1Ex\x1F01", "1\x1F1\x1E14", &long]
    {
        assert_eq!(refused(&tagged(1, &[(3, list.as_bytes())])), wrong, "{list:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn flips_never_panic(flips in prop::collection::vec((0usize..400, any::<u8>()), 1..6), tail: Vec<u8>) {
        let mut bytes = good();
        for (at, value) in flips {
            bytes[at] = value;
        }
        let _ = find(&bytes, at(FingerPosition::RightThumb));
        let _ = entries(&[b"1.001:", tail.as_slice()].concat());
    }
}
