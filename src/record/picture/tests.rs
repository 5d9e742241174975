//! Pictures of every kind that is taken, and of every kind that is refused.

use super::*;
use crate::limits;
use crate::record::sample;
use image::{DynamicImage, GrayImage, ImageFormat, Rgb, RgbImage, RgbaImage};
use proptest::prelude::*;
use std::io::Cursor;
use std::path::PathBuf;

#[allow(clippy::cast_possible_truncation)] // at most 255
fn pattern(width: u32, height: u32) -> DynamicImage {
    let pixel =
        |x: u32, y: u32| Rgb([(x * 255 / width.max(1)) as u8, (y * 255 / height.max(1)) as u8, if x < y { 40 } else { 200 }]);
    DynamicImage::from(RgbImage::from_fn(width, height, pixel))
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn portrait(width: u32, height: u32) -> Result<Picture, PictureError> {
    Picture::read(&written(&pattern(width, height), ImageFormat::Bmp), Purpose::Portrait)
}

#[test]
fn png_jpeg_and_bmp_hold_the_same_picture() {
    let image = pattern(48, 64);
    let pixels = image.to_rgb8().into_raw();
    for format in [ImageFormat::Png, ImageFormat::Bmp] {
        let picture = Picture::decode(&written(&image, format)).unwrap();
        assert_eq!((picture.width, picture.height, picture.channels), (48, 64, 3));
        assert!(picture.pixels == pixels);
    }
    let jpeg = Picture::decode(&written(&image, ImageFormat::Jpeg)).unwrap();
    assert_eq!(jpeg.pixels.len(), pixels.len());
}

#[test]
fn other_kinds_are_refused_by_content() {
    for bytes in [&b"GIF89a\x01\x00\x01\x00"[..], b"RIFF\x10\0\0\0WEBPVP8 ", b"%PDF-1.7", b"", b"II*\0", b"<svg/>"] {
        assert_eq!(Picture::decode(bytes), Err(PictureError::UnknownKind));
    }
    let huge = vec![0; limits::IMAGE_BYTES + 1];
    assert_eq!(Picture::decode(&huge), Err(PictureError::TooLarge { max: limits::IMAGE_BYTES }));
}

#[test]
fn pictures_that_end_early_are_damaged() {
    let image = pattern(64, 80);
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Bmp] {
        let whole = written(&image, format);
        for end in [whole.len() / 2, whole.len() - 14, 30] {
            assert_eq!(Picture::decode(&whole[..end]), Err(PictureError::Damaged), "{format:?} cut at {end} of {}", whole.len());
        }
    }
}

/// A decoder has its pixels before the end mark; a file that lost a part of it is not whole. What follows the mark counts for nothing.
#[test]
fn a_png_without_its_whole_end_is_damaged() {
    let whole = written(&pattern(64, 80), ImageFormat::Png);
    for end in whole.len() - 12..whole.len() {
        assert_eq!(Picture::decode(&whole[..end]), Err(PictureError::Damaged), "cut at {end} of {}", whole.len());
    }
    assert!(Picture::decode(&whole).is_ok());
    assert!(Picture::decode(&[&whole[..], &[7; 5_000]].concat()).is_ok());
}

#[test]
fn a_jpeg_is_shown_in_its_own_colours_or_refused() {
    use crate::raster::{self, Kind, RasterError};
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
    let original = pattern(96, 128).into_rgb8();
    let written = |sampling, progressive, apart| {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 92);
        encoder.set_sampling_factor(sampling);
        encoder.set_progressive(progressive);
        // With tables of its own this encoder writes a scan for each colour.
        encoder.set_optimized_huffman_tables(apart);
        encoder.encode(&original, 96, 128, ColorType::Rgb).unwrap();
        bytes
    };
    for (sampling, progressive, apart) in [
        (SamplingFactor::R_4_4_4, false, false),
        (SamplingFactor::R_4_4_4, false, true),
        (SamplingFactor::R_4_2_0, false, false),
        (SamplingFactor::R_4_2_0, true, true),
    ] {
        let back = Picture::decode(&written(sampling, progressive, apart)).unwrap();
        let off = back.pixels.iter().zip(original.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>();
        assert!(off / 36_864 < 16, "{sampling:?} {progressive} {apart}: mean difference {}", off / 36_864);
    }
    let apart = written(SamplingFactor::R_4_2_0, false, true);
    assert_eq!(Picture::decode(&apart), Err(PictureError::ColoursApart));
    assert_eq!(raster::decode(&apart, &[Kind::Jpeg]), Err(RasterError::ColoursApart));
    assert_eq!(
        (PictureError::ColoursApart.reason(), RasterError::ColoursApart.reason()),
        (Reason::ImageInvalid, Reason::ImageInvalid)
    );
    assert_eq!(Picture::decode(&apart[..apart.len() - 2]), Err(PictureError::Damaged), "cut is cut");
}

#[test]
fn a_jpeg_with_data_after_its_end_is_whole_and_one_with_a_preview_is_not_spared() {
    let whole = written(&pattern(64, 80), ImageFormat::Jpeg);
    assert!(Picture::decode(&[&whole[..], &[7; 5_000]].concat()).is_ok());
    // A comment segment that holds an end marker, before a scan that ends early.
    let comment = [&whole[..2], &[0xFF, 0xFE, 0, 4, 0xFF, 0xD9], &whole[2..whole.len() - 40]].concat();
    assert_eq!(Picture::decode(&comment), Err(PictureError::Damaged));
}

#[test]
fn a_header_that_promises_too_much_is_refused_before_the_pixels() {
    // A PNG header alone, with sides of 100,000 and a right checksum, then of 8,192 by 8,192, which is beyond the number of pixels.
    let mut png = written(&DynamicImage::from(GrayImage::new(1, 1)), ImageFormat::Png);
    for (width, height) in [(100_000u32, 1u32), (8_192, 8_192)] {
        png[16..20].copy_from_slice(&width.to_be_bytes());
        png[20..24].copy_from_slice(&height.to_be_bytes());
        let sum = crc32(&png[12..29]).to_be_bytes();
        png[29..33].copy_from_slice(&sum);
        assert_eq!(Picture::decode(&png), Err(PictureError::TooManyPixels { width, height }));
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, b| (0..8).fold(crc ^ u32::from(*b), |c, _| (c >> 1) ^ (0xEDB8_8320 & (c & 1).wrapping_neg())))
}

#[test]
fn purposes_have_their_sizes_and_proportions() {
    assert!(portrait(300, 400).is_ok());
    assert_eq!(portrait(239, 400), Err(PictureError::TooSmall { width: 240, height: 300 }));
    assert_eq!(portrait(400, 300), Err(PictureError::Proportions), "lying");
    assert_eq!(portrait(240, 481), Err(PictureError::Proportions), "too long");
    let flat = DynamicImage::from(RgbImage::from_pixel(300, 400, Rgb([9, 9, 9])));
    assert_eq!(Picture::read(&written(&flat, ImageFormat::Png), Purpose::Portrait), Err(PictureError::Blank));
    let signature = written(&pattern(99, 40), ImageFormat::Png);
    assert_eq!(Picture::read(&signature, Purpose::Signature), Err(PictureError::TooSmall { width: 100, height: 30 }));
    let upright = written(&pattern(110, 120), ImageFormat::Png);
    assert_eq!(Picture::read(&upright, Purpose::Signature), Err(PictureError::Proportions));
    let finger = |width, height| Picture::read(&written(&pattern(width, height), ImageFormat::Png), Purpose::Finger);
    assert_eq!(finger(300, 400).map(|print| print.channels), Ok(1), "a print is grey");
    assert_eq!(finger(159, 300), Err(PictureError::TooSmall { width: 160, height: 160 }));
    assert_eq!(finger(170, 520), Err(PictureError::Proportions));
    assert_eq!(finger(801, 500), Err(PictureError::TooManyPixels { width: 801, height: 500 }), "a slap is no finger");
}

#[test]
fn a_signature_becomes_grey_and_transparency_white() {
    let mut ink = RgbaImage::from_pixel(200, 60, image::Rgba([0, 0, 0, 0]));
    ink.put_pixel(5, 5, image::Rgba([0, 0, 0, 255]));
    ink.put_pixel(6, 5, image::Rgba([0, 0, 0, 128]));
    let picture = Picture::read(&written(&DynamicImage::from(ink), ImageFormat::Png), Purpose::Signature).unwrap();
    assert_eq!((picture.channels, picture.pixels[0], picture.pixels[5 * 200 + 5], picture.pixels[5 * 200 + 6]), (1, 255, 0, 127));
}

#[test]
fn a_camera_held_sideways_is_set_upright() {
    let lying = written(&pattern(400, 300), ImageFormat::Jpeg);
    // An EXIF segment that says: rotate by 90 degrees.
    let tiff = b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let length = u16::try_from(tiff.len() + 2).unwrap().to_be_bytes();
    let turned = [&lying[..2], &[0xFF, 0xE1], &length, tiff, &lying[2..]].concat();
    let picture = Picture::read(&turned, Purpose::Portrait).unwrap();
    assert_eq!((picture.width, picture.height), (300, 400));
}

#[test]
fn jpeg_2000_is_read() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = ["../shared/data", "../../shared/data"].map(|d| root.join(d).join("biometric-files/img.jp2"));
    let Some(path) = path.iter().find(|p| p.exists()) else {
        crate::skipped::skipped("the development data are not here (biometric-files/img.jp2)");
        return;
    };
    let bytes = std::fs::read(path).unwrap();
    let picture = Picture::decode(&bytes).unwrap();
    assert_eq!(picture.pixels.len() as u64, u64::from(picture.width) * u64::from(picture.height) * u64::from(picture.channels));
    assert_eq!(Picture::decode(&bytes[..bytes.len() / 3]), Err(PictureError::Damaged));
    assert_eq!(Picture::decode(&bytes[..40]), Err(PictureError::Damaged));
}

#[test]
fn debug_shows_no_pixels() {
    assert_eq!(format!("{:?}", sample::citizen().unwrap().0.portrait), "Picture(480x640, 3 channels)");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn damaged_pictures_never_panic(format in 0usize..3, flips in prop::collection::vec((0usize..4_000, any::<u8>()), 1..6)) {
        let mut bytes = written(&pattern(24, 32), [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Bmp][format]);
        let length = bytes.len();
        for (at, value) in flips {
            bytes[at % length] = value;
        }
        if let Ok(p) = Picture::decode(&bytes) {
            prop_assert_eq!(p.pixels.len() as u64, u64::from(p.width) * u64::from(p.height) * u64::from(p.channels));
        }
    }
}
