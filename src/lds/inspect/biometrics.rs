//! Explains pictures and fingers, and gives pictures out as PNG. Foreign pictures are decoded by safe decoders only.

use super::super::face::{Coding, Face};
use super::super::file_id::FileId;
use super::super::{dg2 as dg2_file, dg3 as dg3_file, dg7 as dg7_file, fingers as fingers_file};
use super::{Node, Parts};
use crate::finger::FingerPosition;
use crate::record::{Picture, PictureError};
use image::{ExtendedColorType, ImageEncoder};
use std::collections::BTreeMap;

pub(super) fn dg2(bytes: &[u8]) -> Parts {
    Ok(dg2_file::parse(bytes)?.iter().map(face).collect())
}

fn face(face: &Face) -> Node {
    let kind = match face.image_type {
        0 => "basic",
        1 => "full frontal",
        2 => "token",
        _ => "other",
    };
    let mut nodes = vec![
        Node::leaf("kind", kind),
        Node::leaf("header", format!("{} × {} pixels", face.width, face.height)),
        Node::leaf("feature points", face.feature_points.to_string()),
    ];
    if Coding::of(&face.image).is_some_and(|c| c != face.coding) {
        nodes.push(Node::fault("encoding", &"the header says another than the picture is"));
    }
    nodes.push(picture(&face.image));
    Node::branch("face", nodes)
}

fn picture(bytes: &[u8]) -> Node {
    let format = match Coding::of(bytes) {
        Some(Coding::Jpeg) => "JPEG",
        Some(Coding::Jpeg2000) if bytes.starts_with(&[0xFF]) => "JPEG 2000 codestream",
        Some(Coding::Jpeg2000) => "JPEG 2000 file",
        None => "picture",
    };
    match Picture::decode(bytes) {
        Ok(p) => {
            let colour = if p.channels == 1 { "grey" } else { "colour" };
            Node::leaf(format, format!("{} bytes, {} × {} pixels, {colour}", bytes.len(), p.width, p.height))
        }
        Err(error) => Node::fault(format!("{format}, {} bytes", bytes.len()), &error),
    }
}

pub(super) fn dg7(bytes: &[u8]) -> Parts {
    Ok(dg7_file::parse(bytes)?.iter().map(|i| Node::branch("signature", vec![picture(i)])).collect())
}

pub(super) fn dg3(bytes: &[u8]) -> Parts {
    let mut nodes = Vec::new();
    for record in dg3_file::parse(bytes)? {
        for view in record.views {
            let finger = FingerPosition::from_code(view.position).map_or_else(|| "finger".into(), |p| p.to_string());
            let text =
                format!("{} × {} pixels, {:?}, {} bytes", view.width, view.height, view.sampling.compression, view.image.len());
            nodes.push(Node::leaf(finger, text));
        }
    }
    Ok(nodes)
}

pub(super) fn fingers(bytes: &[u8]) -> Parts {
    let stored = fingers_file::parse(bytes)?;
    if stored.is_empty() {
        return Ok(vec![Node::leaf("fingers", "none")]);
    }
    let node = |f: &fingers_file::StoredFinger| {
        let minutiae: usize = f.template.views.iter().map(|v| v.minutiae.len()).sum();
        let format = match f.format {
            fingers_file::FingerFormat::Record => "ISO/IEC 19794-2:2005 record",
            fingers_file::FingerFormat::Compact => "ISO/IEC 19794-2:2005 compact card format",
        };
        Node::leaf(f.position.to_string(), format!("{format}, {minutiae} minutiae"))
    };
    Ok(stored.iter().map(node).collect())
}

/// The pictures of a card by a file name of their own: `portrait`, `signature`; a second one has its number.
#[must_use]
pub fn pictures(files: &BTreeMap<FileId, Vec<u8>>) -> Vec<(String, Vec<u8>)> {
    let faces = files.get(&FileId::Dg2).and_then(|b| dg2_file::parse(b).ok()).unwrap_or_default();
    let signatures = files.get(&FileId::Dg7).and_then(|b| dg7_file::parse(b).ok()).unwrap_or_default();
    let name = |base: &str, index: usize| if index == 0 { base.to_owned() } else { format!("{base}-{}", index + 1) };
    let faces = faces.into_iter().enumerate().map(|(i, f)| (name("portrait", i), f.image));
    let signatures = signatures.into_iter().enumerate().map(|(i, s)| (name("signature", i), s));
    faces.chain(signatures).collect()
}

/// A picture of a card as PNG.
///
/// # Errors
/// Any [`PictureError`] of the picture.
pub fn png(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let picture = Picture::decode(bytes)?;
    let colour = if picture.channels == 1 { ExtendedColorType::L8 } else { ExtendedColorType::Rgb8 };
    let mut out = Vec::new();
    image::codecs::png::PngEncoder::new(&mut out)
        .write_image(&picture.pixels, picture.width, picture.height, colour)
        .map_err(|_| PictureError::Damaged)?;
    Ok(out)
}
