//! ANSI INCITS 378 finger minutiae records of 2004, 2009 (with its draft of 2007) and 2009 amendment 1.

use super::reader::{Layout, Reader, write_extended};
use super::record::{Capture, Frame, QualityBlock, Record, RecordFormat, RecordView};
use super::record_2005::{self, frame_and_count, read_view, total, write_frame, write_view};
use super::record_2011::{self, IMPRESSION_MAX};
use super::{MAGIC, TemplateError, View};
use crate::finger::position::FingerPosition;

/// Version 20 with a zero in front, as some write it.
pub(super) const VERSION_2004: &[u8; 4] = b"020\0";
pub(super) const VERSION_AM1: &[u8; 4] = b"035\0";
/// The header of 2004, which is the least length that its first two bytes can tell.
const HEADER_2004: u16 = 26;

/// Whether a record of version 20 is ANSI's: its length then has two bytes, or two zeros and four.
pub(super) fn is_2004(bytes: &[u8]) -> bool {
    let be16 = |at: usize| bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |b| u16::from_be_bytes(*b));
    // ISO's four bytes begin with zeros in a record of less than 65,536 bytes, and go on with at least its header.
    let iso_length = usize::from(be16(8)) << 16 | usize::from(be16(10));
    iso_length != bytes.len() && (be16(8) >= HEADER_2004 || (be16(8) == 0 && be16(10) < 24))
}

pub(super) fn parse_2004(r: &mut Reader<'_>) -> Result<Record, TemplateError> {
    let zero_padded_version = r.bytes().get(4..8) == Some(VERSION_2004);
    r.magic(version_2004(zero_padded_version))?;
    // A record below 65,536 bytes has no long form, a longer one no short form: to have the other cannot be put right in its place.
    let actual = r.bytes().len();
    let long = actual > usize::from(u16::MAX);
    match r.u16()? {
        0 => {
            let declared = r.in_range("length", |v: u32| v > u32::from(u16::MAX), Reader::u32)?;
            if !long {
                return Err(TemplateError::LengthMismatch { declared: usize::try_from(declared).unwrap_or(usize::MAX), actual });
            }
            r.total_length(declared, 4)?;
        }
        short if long => return Err(TemplateError::LengthMismatch { declared: short.into(), actual }),
        short => r.total_length(short.into(), 2)?,
    }
    let product = (r.u16()?, r.u16()?);
    let mut record = record_2005::shared_header(r, RecordFormat::Ansi2004, product)?;
    record.zero_padded_version = zero_padded_version;
    let (frame, count) = frame_and_count(r)?;
    for _ in 0..count {
        record.views.push(RecordView::plain(frame, read_view(r, &Layout::ANSI_2004, RecordFormat::Ansi2004)?));
    }
    r.end()?;
    Ok(record)
}

const fn version_2004(zero_padded: bool) -> &'static [u8; 4] {
    if zero_padded { VERSION_2004 } else { record_2005::VERSION }
}

pub(super) fn encode_2004(record: &Record) -> Result<Vec<u8>, TemplateError> {
    let frame = record.shared_frame()?;
    let mut rest = [record.product.0.to_be_bytes(), record.product.1.to_be_bytes()].concat();
    rest.extend_from_slice(&record_2005::equipment(record)?.to_be_bytes());
    write_frame(&mut rest, &frame, record.views.len())?;
    for v in &record.views {
        write_view(&v.view, &Layout::ANSI_2004, &mut rest)?;
    }
    let start = [MAGIC, version_2004(record.zero_padded_version).as_slice()].concat();
    let length = match u16::try_from(start.len() + 2 + rest.len()) {
        Ok(short) => short.to_be_bytes().to_vec(),
        Err(_) => {
            let long = u32::try_from(start.len() + 6 + rest.len()).map_err(|_| TemplateError::Count { what: "bytes" })?;
            [&[0, 0], long.to_be_bytes().as_slice()].concat()
        }
    };
    Ok([start, length, rest].concat())
}

pub(super) fn parse_2007(r: &mut Reader<'_>) -> Result<Record, TemplateError> {
    parse_since_2007(r, RecordFormat::Ansi2007)
}

pub(super) fn parse_2009(r: &mut Reader<'_>) -> Result<Record, TemplateError> {
    parse_since_2007(r, RecordFormat::Ansi2009)
}

pub(super) fn parse_2009_am1(r: &mut Reader<'_>) -> Result<Record, TemplateError> {
    parse_since_2007(r, RecordFormat::Ansi2009Am1)
}

/// 2009, its draft and its amendment, which differ in the version and in the equipment's bytes.
fn parse_since_2007(r: &mut Reader<'_>, format: RecordFormat) -> Result<Record, TemplateError> {
    r.magic(version(format))?;
    let declared = r.u32()?;
    r.total_length(declared, 4)?;
    let product = (r.u16()?, r.u16()?);
    let mut record = if format == RecordFormat::Ansi2007 {
        record_2005::shared_header(r, format, product)?
    } else {
        let (certification, device) = (r.u8()?, r.u16()?);
        Record {
            format,
            product,
            certification,
            device,
            zero_padded_version: false,
            has_certifications: false,
            views: Vec::new(),
        }
    };
    let count = r.in_range("view count", |v: u8| v > 0, Reader::u8)?;
    r.in_range("reserved byte", |v: u8| v == 0, Reader::u8)?;
    for _ in 0..count {
        record.views.push(read_view_2009(r, format)?);
    }
    r.end()?;
    Ok(record)
}

const fn version(format: RecordFormat) -> &'static [u8; 4] {
    if matches!(format, RecordFormat::Ansi2009Am1) { VERSION_AM1 } else { record_2011::VERSION }
}

fn read_view_2009(r: &mut Reader<'_>, format: RecordFormat) -> Result<RecordView, TemplateError> {
    let code = r.in_range("finger position", |v: u8| v <= 10, Reader::u8)?;
    let number = r.in_range("view number", |v: u8| v <= 15, Reader::u8)?;
    let impression = r.in_range("impression", |v: u8| v <= IMPRESSION_MAX, Reader::u8)?;
    let value = r.in_range("finger quality", |v: u8| v <= 100 || v >= 254, Reader::u8)?;
    let block = QualityBlock { value, vendor: r.u16()?, algorithm: r.u16()? };
    let (width, height) = (r.u16()?, r.u16()?);
    let x_resolution = r.in_range("resolution", |v: u16| v > 0, Reader::u16)?;
    let y_resolution = r.in_range("resolution", |v: u16| v > 0, Reader::u16)?;
    let minutiae = r.minutiae(&Layout::ANSI_2009)?;
    let extended = r.extended(format)?;
    let position = FingerPosition::from_code(code);
    Ok(RecordView {
        frame: Frame { width, height, x_resolution, y_resolution },
        capture: Capture::default(),
        qualities: vec![block],
        certifications: Vec::new(),
        ending: 0,
        minutia_qualities: true,
        view: View { position, number, impression, quality: value, minutiae, extended },
    })
}

pub(super) fn encode_2009(record: &Record) -> Result<Vec<u8>, TemplateError> {
    let views = u8::try_from(record.views.len()).ok().filter(|n| *n > 0).ok_or(TemplateError::Count { what: "views" })?;
    let mut out = [MAGIC, version(record.format).as_slice(), &[0; 4]].concat();
    out.extend_from_slice(&record.product.0.to_be_bytes());
    out.extend_from_slice(&record.product.1.to_be_bytes());
    if record.format == RecordFormat::Ansi2007 {
        out.extend_from_slice(&record_2005::equipment(record)?.to_be_bytes());
    } else {
        out.push(record.certification);
        out.extend_from_slice(&record.device.to_be_bytes());
    }
    out.extend_from_slice(&[views, 0]);
    for v in &record.views {
        write_view_2009(v, &mut out)?;
    }
    total(out)
}

fn write_view_2009(v: &RecordView, out: &mut Vec<u8>) -> Result<(), TemplateError> {
    let offset = out.len();
    let [quality] = v.qualities.as_slice() else { return Err(TemplateError::Count { what: "quality blocks" }) };
    if v.view.number > 15 || v.view.impression > IMPRESSION_MAX {
        return Err(TemplateError::OutOfRange { field: "view number or impression", offset: offset + 1 });
    }
    if (101..254).contains(&quality.value) {
        return Err(TemplateError::OutOfRange { field: "finger quality", offset: offset + 3 });
    }
    v.frame.check(offset + 12)?;
    out.extend_from_slice(&[v.view.position.map_or(0, FingerPosition::code), v.view.number, v.view.impression]);
    record_2011::write_quality(quality, out);
    out.extend_from_slice(&v.frame.bytes());
    Layout::ANSI_2009.write(&v.view.minutiae, 0, out)?;
    write_extended(&v.view.extended, out)
}
