//! The samples are what their generators make, and load with the remarks that one expects.

use super::*;
use crate::finger::FingerPosition;
use crate::finger::template::{encode_record_2005, synthetic};
use crate::reason::Lang;
use crate::record::{Validity, WarningKind};
use image::{DynamicImage, GrayImage, ImageFormat, imageops};
use std::io::Cursor;
use std::path::{Path, PathBuf};

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

fn templates() -> Vec<(&'static str, Vec<u8>)> {
    let make = |position, count| encode_record_2005(&synthetic::template(2_026, position, count)).unwrap();
    vec![
        ("right-index.fmr", make(FingerPosition::RightIndex, 62)),
        ("left-index.fmr", make(FingerPosition::LeftIndex, 55)),
        ("right-middle.fmr", make(FingerPosition::RightMiddle, 38)),
    ]
}

/// A scribble: a wave that runs to the right with growing loops, as thick as it is slow, and a line under it.
fn scribble() -> GrayImage {
    let mut picture = GrayImage::from_pixel(600, 240, image::Luma([255]));
    let pen = |t: f64| (60.0 + 430.0 * t + 45.0 * (19.0 * t).sin(), 115.0 - 70.0 * (1.0 - 0.6 * t) * (16.5 * t + 0.4).cos());
    for step in 0..6_000 {
        let t = f64::from(step) / 6_000.0;
        let radius = 2.0 + 1.6 * (16.5 * t).sin().abs();
        dab(&mut picture, pen(t), radius);
    }
    for step in 0..2_000 {
        let t = f64::from(step) / 2_000.0;
        dab(&mut picture, (90.0 + 430.0 * t, 205.0 - 22.0 * t - 8.0 * (3.0 * t).sin()), 2.2 - 1.2 * t);
    }
    picture
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // points lie well inside the picture
/// Darkens the pixels around a point, softly at the rim.
fn dab(picture: &mut GrayImage, (x, y): (f64, f64), radius: f64) {
    let reach = 6.0;
    for py in (y - reach) as u32..=(y + reach) as u32 {
        for px in (x - reach) as u32..=(x + reach) as u32 {
            let distance = (f64::from(px) - x).hypot(f64::from(py) - y);
            let ink = 255 - ((radius + 0.5 - distance).clamp(0.0, 1.0) * 235.0) as u8;
            if let Some(pixel) = picture.get_pixel_mut_checked(px, py) {
                pixel.0[0] = pixel.0[0].min(ink);
            }
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // grey values and pixels lie within their types
/// Lines like ridges that wind around a point, in an oval: a drawing, of nobody's finger. `turn` is 1 or -1.
fn print(turn: f64) -> GrayImage {
    GrayImage::from_fn(256, 320, |x, y| {
        let (dx, dy) = (f64::from(x) - 128.0 - 6.0 * turn, f64::from(y) - 152.0);
        let inside = (f64::from(x) - 128.0).hypot((f64::from(y) - 160.0) * 0.8) < 120.0;
        // A ridge and a valley every nine pixels: 0.46 mm at 500 dpi.
        let ridge = (std::f64::consts::TAU * dx.hypot(dy * 0.85) / 9.0 + turn * dy.atan2(dx)).sin();
        image::Luma([if inside { ((ridge + 1.0) * 1.5).round() as u8 * 72 + 16 } else { 255 }])
    })
}

fn prints() -> [(&'static str, GrayImage); 2] {
    [("right-index.png", print(1.0)), ("left-index.png", print(-1.0))]
}

fn png(picture: GrayImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Head and shoulders of the public-domain original, at 480 by 640.
fn portrait(original: &Path) -> Vec<u8> {
    let whole = image::open(original).unwrap();
    let face = whole.crop_imm(128, 2, 201, 268).resize_exact(480, 640, imageops::FilterType::CatmullRom).to_rgb8();
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 92).encode_image(&face).unwrap();
    bytes
}

#[test]
fn the_files_are_what_the_generators_make() {
    if std::env::var_os("EKTP_WRITE_SAMPLES").is_some() {
        for (name, bytes) in templates() {
            std::fs::write(samples().join(name), bytes).unwrap();
        }
        std::fs::write(samples().join("signature.png"), png(scribble())).unwrap();
        for (name, picture) in prints() {
            std::fs::write(samples().join(name), png(picture)).unwrap();
        }
        let original =
            ["../shared/data", "../../shared/data"].map(|d| samples().join("..").join(d).join("portraits/astronaut.png"));
        if let Some(original) = original.iter().find(|p| p.exists()) {
            std::fs::write(samples().join("portrait.jpg"), portrait(original)).unwrap();
        }
    }
    for (name, bytes) in templates() {
        assert!(std::fs::read(samples().join(name)).unwrap() == bytes, "{name} is not what the generator makes");
    }
    for (name, drawn) in prints().into_iter().chain([("signature.png", scribble())]) {
        let committed = image::load_from_memory(&std::fs::read(samples().join(name)).unwrap()).unwrap().to_luma8();
        assert_eq!(committed.dimensions(), drawn.dimensions());
        // A sine may differ in its last digit from one machine to the next: a step of grey for a few pixels.
        let far = committed.pixels().zip(drawn.pixels()).filter(|(a, b)| a.0[0].abs_diff(b.0[0]) > 2).count();
        assert!(far <= 8, "{name} is not what the formula draws: {far} pixels");
    }
}

#[test]
fn the_citizen_loads_with_one_remark() {
    let (record, warnings) = citizen().unwrap();
    assert_eq!(warnings.iter().map(|w| w.kind).collect::<Vec<_>>(), [WarningKind::NikReserved]);
    assert_eq!((record.portrait.width, record.portrait.height, record.portrait.channels), (480, 640, 3));
    assert_eq!(record.signature.channels, 1);
    assert_eq!(record.fingers.taken.len(), 2);
    assert_eq!(record.face_language(), Lang::Id);
    assert_eq!(record.valid_until, Validity::Lifetime);
}

#[test]
fn the_foreigner_loads_with_one_hand() {
    let (record, warnings) = foreigner().unwrap();
    assert_eq!(warnings.iter().map(|w| w.kind).collect::<Vec<_>>(), [WarningKind::NikReserved, WarningKind::OneHand]);
    assert_eq!(record.face_language(), Lang::En);
    assert_eq!(record.marital_status.text(record.face_language()), "SINGLE");
    assert_eq!(record.fingers.taken[0].quality, record.fingers.taken[0].template.views[0].quality, "taken from the template");
}
