//! Whole files in and finger images out: every kind, every cut, every way to be refused.

use super::*;
use crate::finger::image::{FingerImageError, ResolutionError};
use crate::raster::RasterError;
use crate::reason::{Reason, Refusal};
use image::{DynamicImage, GrayImage, ImageFormat, Luma, RgbImage};
use std::io::Cursor;
use std::path::PathBuf;

fn dpi(n: u32) -> Option<Resolution> {
    Resolution::per_inch(n)
}

#[allow(clippy::cast_possible_truncation)]
fn grey(x: u32, y: u32) -> u8 {
    (x * 7 + y * 13) as u8
}

fn picture() -> DynamicImage {
    DynamicImage::from(GrayImage::from_fn(90, 80, |x, y| Luma([grey(x, y)])))
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

const FORMATS: [ImageFormat; 5] = [ImageFormat::Png, ImageFormat::Bmp, ImageFormat::Tiff, ImageFormat::Jpeg, ImageFormat::Pnm];

#[test]
fn every_kind_gives_the_same_pixels() {
    let expected = picture().to_luma8().into_raw();
    for format in FORMATS {
        let bytes = written(&picture(), format);
        let image = read(&bytes, dpi(500)).unwrap_or_else(|e| panic!("{format:?}: {e}"));
        assert_eq!((image.width(), image.height()), (90, 80));
        assert!(format == ImageFormat::Jpeg || image.pixels() == expected, "{format:?}");
    }
    let colour = DynamicImage::from(RgbImage::from_fn(90, 80, |x, y| image::Rgb([grey(x, y); 3])));
    assert_eq!(read(&written(&colour, ImageFormat::Png), dpi(500)).unwrap().pixels(), expected);
    let deep = DynamicImage::from(picture().to_luma16());
    for format in [ImageFormat::Png, ImageFormat::Tiff, ImageFormat::Pnm] {
        assert_eq!(read(&written(&deep, format), dpi(500)).unwrap().pixels(), expected, "16 bits in {format:?}");
    }
}

#[test]
fn an_operator_who_overrides_counts_against_any_statement_and_hears_of_it() {
    let mut pgm = read(&written(&picture(), ImageFormat::Png), dpi(500)).unwrap().to_png().unwrap();
    let asked = |given, overrides| Asked { resolution: dpi(given), position: None, overrides };
    let found = |pgm: &[u8], asked| find(pgm, asked).unwrap();
    // What 19,685 dots a metre are.
    let stated: Resolution = "499.999".parse().unwrap();
    let disagree = ResolutionError::Disagree { stated, given: dpi(1_000).unwrap() };
    assert_eq!(found(&pgm, asked(1_000, false)).scan.resolution(dpi(1_000)), Err(disagree));
    let overruled = found(&pgm, asked(1_000, true));
    assert_eq!(overruled.overruled, Some(stated));
    assert_eq!(overruled.scan.resolution(dpi(1_000)), Ok(dpi(1_000).unwrap()));
    assert_eq!(overruled.scan.at_500(dpi(1_000)), Err(ScanError::Size(FingerImageError::Size { width: 45, height: 40 })));
    let agreed = found(&pgm, asked(502, true));
    assert_eq!((agreed.overruled, agreed.scan.resolution(dpi(502))), (None, Ok(dpi(502).unwrap())));
    // And what cannot be is no statement.
    pgm = written(&picture(), ImageFormat::Pnm);
    assert_eq!(found(&pgm, asked(1_000, true)).overruled, None);
    assert_eq!(found(&pgm, asked(72, true)).scan.resolution(dpi(72)), Err(ResolutionError::GivenImplausible(dpi(72).unwrap())));
}

#[test]
fn wsq_is_read_at_the_resolution_of_its_comment() {
    const WSQ: &[u8] = include_bytes!("../../../../tests/data/wsq/pattern-97x131.wsq");
    assert_eq!(read(WSQ, None).unwrap().width(), 97);
    let Err(ScanError::Wsq(error)) = read(&WSQ[..900], None) else { panic!("half a picture read") };
    assert_eq!(error, crate::finger::image::wsq::WsqError::Truncated { offset: 900 });
}

#[test]
fn image_records_are_read_at_their_resolution() {
    use crate::finger::image_record::{Compression, ImageRecord, ImageRecordError, ImageView, Sampling};
    let png = written(&picture(), ImageFormat::Png);
    let sampling = Sampling { image: (197, 197), ..Sampling::per_centimetre(394, Compression::Png) };
    let view = |position| ImageView::new(position, (90, 80), sampling, png.clone());
    let record = ImageRecord::new_2005(vec![view(2), view(7)]).encode().unwrap();
    assert_eq!(read(&record, None), Err(ScanError::SeveralFingers { count: 2 }));
    let asked = Asked { position: Some(FingerPosition::LeftIndex), ..Asked::default() };
    let found = find(&record, asked).unwrap();
    assert_eq!(found.position, asked.position);
    assert_eq!(found.scan.at_500(None).unwrap().pixels(), picture().to_luma8().into_raw());
    let cut = read(&record[..100], None);
    assert!(matches!(cut, Err(ScanError::Record(ImageRecordError::LengthMismatch { .. }))));
    let slap = ImageRecord::new_2005(vec![view(13)]).encode().unwrap();
    assert_eq!(read(&slap, None), Err(ScanError::NotOneFinger { code: 13 }));
    let inch = Sampling { unit: 1, image: (500, 500), ..sampling };
    let record = ImageRecord::new_2005(vec![ImageView { sampling: inch, ..view(2) }]).encode().unwrap();
    assert_eq!(read(&record, None).unwrap().width(), 90);
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    for format in FORMATS {
        let whole = written(&picture(), format);
        // TIFF keeps its directory at the end or the front, JPEG and PNG their end marks: whatever is missing, nothing is made up.
        for end in 0..whole.len() {
            let cut = read(&whole[..end], dpi(500));
            let complete = format == ImageFormat::Png && whole.len() - end <= 12;
            assert!(complete || matches!(cut, Err(ScanError::Raster(_))), "{format:?} cut at {end} of {}: {cut:?}", whole.len());
        }
    }
}

#[test]
fn what_is_no_finger_image_is_refused_by_name() {
    assert_eq!(read(b"%PDF-1.7", None), Err(ScanError::Raster(RasterError::UnknownKind)));
    assert_eq!(read(&written(&picture(), ImageFormat::Pnm), None), Err(ScanError::Resolution(ResolutionError::Missing)));
    let small = DynamicImage::from(GrayImage::new(90, 40));
    let size = ScanError::Size(FingerImageError::Size { width: 90, height: 40 });
    assert_eq!(read(&written(&small, ImageFormat::Bmp), dpi(500)), Err(size));
    assert_eq!(size.reason(), Reason::FingerImageInvalid);
    assert_eq!(ScanError::Resolution(ResolutionError::Missing).reason(), Reason::ResolutionUnknown);
    assert_eq!(RasterError::Damaged.reason(), Reason::ImageInvalid);
}

#[test]
fn the_kinds_refusals_of_pictures_have_names() {
    let huge = vec![0; crate::limits::IMAGE_BYTES + 1];
    let all = crate::limits::IMAGE_BYTES;
    assert_eq!(raster::decode(&huge, &[Kind::Png]), Err(RasterError::TooLarge { max: all }));
    let wide = RasterError::TooManyPixels { width: 100_000, height: 1 };
    assert_eq!(raster::within_bounds(100_000, 1), Err(wide));
    assert_eq!(raster::within_bounds(0, 5), Err(RasterError::TooManyPixels { width: 0, height: 5 }));
    assert_eq!(read(b"P5 100000 1 255\n", None), Err(ScanError::Raster(wide)));
    assert_eq!(raster::decode(&written(&picture(), ImageFormat::Bmp), &[Kind::Png]), Err(RasterError::UnknownKind));
}

#[test]
fn a_program_that_did_not_know_is_not_believed() {
    let mut bmp = written(&picture(), ImageFormat::Bmp);
    bmp[38..46].copy_from_slice(&[0x13, 0x0B, 0, 0, 0x13, 0x0B, 0, 0]);
    let Err(ScanError::Resolution(ResolutionError::Implausible(said))) = read(&bmp, None) else { panic!("72 dpi believed") };
    assert_eq!(said.to_string(), "72.009");
    assert_eq!(read(&bmp, dpi(500)).unwrap().width(), 90, "the operator's word is the way out");
}

#[test]
fn debug_shows_no_pixel() {
    let scan = Scan { pixels: vec![1; 4], width: 2, height: 2, stated: None, inner: None };
    assert_eq!(format!("{scan:?}"), "Scan(2 x 2, None)");
}

#[test]
fn the_development_sets_are_read_untouched() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let Some(sets) = ["../shared/data", "../../shared/data"].iter().map(|d| root.join(d).join("fingers")).find(|p| p.exists())
    else {
        crate::skipped::skipped("the development data are not here (fingers)");
        return;
    };
    let mut count = 0;
    for set in std::fs::read_dir(sets).unwrap() {
        let paths = std::fs::read_dir(set.unwrap().path()).unwrap().map(|e| e.unwrap().path());
        // One finger of each set: all files are of one make.
        for path in paths.filter(|p| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with("101_"))) {
            if path.extension().is_some_and(|e| e == "png") {
                let bytes = std::fs::read(&path).unwrap();
                let image = read(&bytes, None).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                assert_eq!(image.pixels(), image::load_from_memory(&bytes).unwrap().to_luma8().into_raw());
                count += 1;
            }
        }
    }
    assert_eq!(count, 32);
}
