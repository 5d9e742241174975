//! Resolutions as each format states them, and files that state none or lie.

use super::*;
use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use std::io::Cursor;

fn written(format: ImageFormat) -> Vec<u8> {
    let image = DynamicImage::from(GrayImage::from_pixel(80, 70, Luma([9])));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn text(kind: Kind, bytes: &[u8]) -> Option<String> {
    assert_eq!(Kind::of(bytes), Some(kind));
    of(kind, bytes).map(|r| r.to_string())
}

fn png_with(chunk: &[u8]) -> Vec<u8> {
    let png = written(ImageFormat::Png);
    [&png[..33], chunk, &png[33..]].concat()
}

#[test]
fn png_states_dots_per_metre() {
    let phys = |unit: u8| {
        let mut chunk = b"\0\0\0\x09pHYs\0\0\x4C\xE5\0\0\x4C\xE5".to_vec();
        chunk.extend([unit, 0, 0, 0, 0]);
        chunk
    };
    assert_eq!(text(Kind::Png, &png_with(&phys(1))).unwrap(), "499.999");
    assert_eq!(text(Kind::Png, &png_with(&phys(0))), None, "an aspect ratio is no resolution");
    assert_eq!(text(Kind::Png, &written(ImageFormat::Png)), None);
    assert_eq!(text(Kind::Png, &png_with(b"\xFF\xFF\xFF\xFFtEXt")), None, "a length that lies");
}

#[test]
fn jfif_and_exif_state_density() {
    let jpeg = written(ImageFormat::Jpeg);
    let jfif = jpeg.windows(5).position(|w| w == b"JFIF\0").unwrap();
    let with = |unit: u8, x: u16, y: u16| {
        let mut bytes = jpeg.clone();
        bytes[jfif + 7] = unit;
        bytes[jfif + 8..jfif + 10].copy_from_slice(&x.to_be_bytes());
        bytes[jfif + 10..jfif + 12].copy_from_slice(&y.to_be_bytes());
        bytes
    };
    assert_eq!(text(Kind::Jpeg, &with(1, 500, 508)).unwrap(), "500 x 508");
    assert_eq!(text(Kind::Jpeg, &with(2, 197, 197)).unwrap(), "500.38");
    assert_eq!(text(Kind::Jpeg, &with(0, 1, 1)), None);
    assert_eq!(text(Kind::Jpeg, &with(1, 0, 0)), None);
    let exif = [b"Exif\0\0".to_vec(), tiff(2, (500, 1))].concat();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let ratio = with(0, 1, 1);
    let both = [&ratio[..2], &[0xFF, 0xE1], &length, &exif, &ratio[2..]].concat();
    assert_eq!(text(Kind::Jpeg, &both).unwrap(), "500", "EXIF where JFIF gives a ratio");
}

#[test]
fn bmp_states_pels_per_metre() {
    let mut bmp = written(ImageFormat::Bmp);
    bmp[38..46].copy_from_slice(&[0xE5, 0x4C, 0, 0, 0xE5, 0x4C, 0, 0]);
    assert_eq!(text(Kind::Bmp, &bmp).unwrap(), "499.999");
    bmp[38..46].fill(0);
    assert_eq!(text(Kind::Bmp, &bmp), None);
    bmp[14] = 12;
    assert_eq!(text(Kind::Bmp, &bmp), None);
}

/// A big-endian directory with resolution tags only.
fn tiff(unit: u16, (n, d): (u32, u32)) -> Vec<u8> {
    let mut out = b"MM\0\x2A\0\0\0\x08\0\x03".to_vec();
    for tag in [X_TAG, Y_TAG] {
        out.extend([tag.as_slice(), &[0, 5, 0, 0, 0, 1, 0, 0, 0, 50]].concat());
    }
    out.extend([&[0x01, 0x28, 0, 3, 0, 0, 0, 1], unit.to_be_bytes().as_slice(), &[0, 0]].concat());
    out.extend([0; 4]);
    out.extend(n.to_be_bytes());
    out.extend(d.to_be_bytes());
    out
}
const X_TAG: [u8; 2] = [0x01, 0x1A];
const Y_TAG: [u8; 2] = [0x01, 0x1B];

#[test]
fn tiff_states_a_fraction_and_a_unit() {
    assert_eq!(text(Kind::Tiff, &tiff(2, (5_690, 10))).unwrap(), "569");
    assert_eq!(text(Kind::Tiff, &tiff(3, (197, 1))).unwrap(), "500.38");
    assert_eq!(text(Kind::Tiff, &tiff(1, (500, 1))), None, "no unit");
    assert_eq!(text(Kind::Tiff, &tiff(2, (500, 0))), None);
    assert_eq!(text(Kind::Tiff, &tiff(2, (1, 1))).unwrap(), "1", "stated, if not believed");
    let whole = tiff(2, (500, 1));
    for end in 4..whole.len() {
        assert_eq!(of(Kind::Tiff, &whole[..end]), None);
    }
}

#[test]
fn jp2_states_points_per_metre() {
    let boxed = |kind: &[u8], body: &[u8]| {
        let length = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
        [&length, kind, body].concat()
    };
    let jp2 = |res: &[u8]| {
        let signature = boxed(b"jP  ", b"\r\n\x87\n");
        [signature, boxed(b"jp2h", &[boxed(b"ihdr", &[0; 14]), boxed(b"res ", res)].concat())].concat()
    };
    let points = |n: u16, d: u16, e: u8| {
        let half = [n.to_be_bytes(), d.to_be_bytes()].concat();
        [&half[..], &half, &[e, e]].concat()
    };
    assert_eq!(text(Kind::Jpeg2000, &jp2(&boxed(b"resc", &points(19_685, 1, 0)))).unwrap(), "499.999");
    assert_eq!(text(Kind::Jpeg2000, &jp2(&boxed(b"resd", &points(197, 1, 2)))).unwrap(), "500.38");
    assert_eq!(text(Kind::Jpeg2000, &jp2(&boxed(b"resc", &points(19_685, 1, 0x80)))), None, "a power out of range");
    let both = [boxed(b"resd", &points(2_835, 1, 0)), boxed(b"resc", &points(3_937, 2, 1))].concat();
    assert_eq!(text(Kind::Jpeg2000, &jp2(&both)).unwrap(), "499.999", "capture before display");
    assert_eq!(text(Kind::Jpeg2000, b"\xFF\x4F\xFF\x51\0\0"), None);
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_passed_over(tail: Vec<u8>) {
        for (kind, head) in [
            (Kind::Png, &b"\x89PNG\r\n\x1A\n\0\0\0\0"[..]), (Kind::Jpeg, b"\xFF\xD8\xFF\xE0\0\x10JFIF\0"), (Kind::Bmp, b"BM"),
            (Kind::Tiff, b"II*\0\x08\0\0\0\xFF\xFF"), (Kind::Tiff, b""), (Kind::Jpeg2000, b"\0\0\0\0jp2h"), (Kind::Jpeg2000, b""),
        ] {
            let _ = of(kind, &[head, &tail].concat());
        }
    }
}
