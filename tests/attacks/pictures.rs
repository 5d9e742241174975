//! Family T, T12: pictures that claim more than they hold, or hold less than they claim.

use crate::issuer::Card;
use ektp::finger::image::wsq::{self, WsqError};
use ektp::lds::inspect;
use ektp::record::PictureError;
use std::io::Cursor;

const HUGE: PictureError = PictureError::TooManyPixels { width: 65_535, height: 65_535 };

/// The portrait of the honest card: JPEG 2000.
fn portrait() -> Vec<u8> {
    inspect::pictures(&Card::honest().files.0).into_iter().find(|(name, _)| name == "portrait").unwrap().1
}

fn refusal(bytes: &[u8]) -> Option<PictureError> {
    inspect::png(bytes).err()
}

/// The picture again as another kind.
fn as_kind(kind: image::ImageFormat) -> Vec<u8> {
    let picture = image::load_from_memory(&inspect::png(&portrait()).unwrap()).unwrap();
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, kind).unwrap();
    out.into_inner()
}

/// The codestream's SIZ: 65,535 by 65,535, and tiles of that size (ISO/IEC 15444-1 A.5.1).
fn huge_codestream(bytes: &[u8]) -> Vec<u8> {
    let siz = bytes.windows(4).position(|w| w == [0xFF, 0x4F, 0xFF, 0x51]).unwrap() + 2;
    let mut bent = bytes.to_vec();
    let side = 65_535u32.to_be_bytes();
    for at in [6, 10, 22, 26] {
        bent[siz + at..siz + at + 4].copy_from_slice(&side);
    }
    // The box of the image header says the same (ISO/IEC 15444-1 I.5.3.1): height, width.
    if let Some(header) = bytes.windows(4).position(|w| w == b"ihdr") {
        bent[header + 4..header + 8].copy_from_slice(&side);
        bent[header + 8..header + 12].copy_from_slice(&side);
    }
    bent
}

#[test]
fn t12_pictures_that_claim_too_much_are_not_decoded() {
    let portrait = portrait();
    assert_eq!(refusal(&portrait), None);
    assert_eq!(refusal(&huge_codestream(&portrait)), Some(HUGE), "JPEG 2000");
    let mut png = as_kind(image::ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]);
    let sum = crc(&png[12..29]).to_be_bytes();
    png[29..33].copy_from_slice(&sum);
    assert_eq!(refusal(&png), Some(HUGE), "PNG");
    let mut jpeg = as_kind(image::ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].fill(0xFF);
    assert_eq!(refusal(&jpeg), Some(HUGE), "JPEG");
    let mut print = WSQ.to_vec();
    print[FRAME + 4..FRAME + 8].fill(0xFF);
    let huge = WsqError::Size { width: 65_535, height: 65_535 };
    assert_eq!(wsq::decode(&print).err(), Some(huge), "WSQ");
}

/// 97 by 131 dots; the frame's length stands at byte 578.
const WSQ: &[u8] = include_bytes!("../data/wsq/pattern-97x131.wsq");
const FRAME: usize = 578;

/// CRC-32 of a PNG chunk (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    };
    !bytes.iter().fold(!0, step)
}

#[test]
fn t12_pictures_that_end_early_are_refused() {
    let kinds = [("JP2", portrait()), ("JPEG", as_kind(image::ImageFormat::Jpeg)), ("PNG", as_kind(image::ImageFormat::Png))];
    for (kind, bytes) in kinds {
        assert_eq!(refusal(&bytes), None, "{kind}");
        assert_eq!(refusal(&[]), Some(PictureError::UnknownKind), "{kind}");
        for end in (1..=40).map(|part| bytes.len() * part / 41).chain([bytes.len() - 1]) {
            assert_eq!(refusal(&bytes[..end]), Some(PictureError::Damaged), "{kind} cut at {end}");
        }
    }
}

#[test]
fn t12_a_print_cut_at_every_byte_is_refused() {
    assert_eq!(wsq::decode(WSQ).err(), None);
    for end in 0..WSQ.len() {
        let expected = if end < 2 { WsqError::NotWsq } else { WsqError::Truncated { offset: end } };
        assert_eq!(wsq::decode(&WSQ[..end]).err(), Some(expected), "cut at {end}");
    }
}
