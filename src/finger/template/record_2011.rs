//! ISO/IEC 19794-2:2011 finger minutiae record, clause 8: each representation with its own capture, frame and quality.

use super::reader::{Layout, Reader, write_extended};
use super::record::{Capture, Frame, QualityBlock, Record, RecordFormat, RecordView};
use super::record_2005::total;
use super::{MAGIC, TemplateError, View};
use crate::finger::position::FingerPosition;

pub(super) const VERSION: &[u8; 4] = b"030\0";
const HEADER: usize = 15;
/// A representation without minutiae, quality and certification blocks.
const REPRESENTATION_MIN: usize = 34;
/// Largest code of an impression (table 8: unknown).
pub(super) const IMPRESSION_MAX: u8 = 29;
/// Most representations: 16 of each of eleven positions.
const VIEWS_MAX: u16 = 176;

/// Whether it begins like this format and not like ANSI INCITS 378-2009 of the same version, where a product's owner and type stand in
/// place of the number of representations and the length of the first.
pub(super) fn has_its_shape(bytes: &[u8]) -> bool {
    let be = |at: usize, n: usize| bytes.get(at..at + n).map(|b| b.iter().fold(0usize, |v, b| v << 8 | usize::from(*b)));
    let (count, flag, first) = (be(12, 2), be(14, 1), be(HEADER, 4));
    count.is_some_and(|n| (1..=usize::from(VIEWS_MAX)).contains(&n))
        && flag.is_some_and(|f| f <= 1)
        && first.is_some_and(|length| (REPRESENTATION_MIN..=bytes.len() - HEADER).contains(&length))
}

pub(super) fn parse(r: &mut Reader<'_>) -> Result<Record, TemplateError> {
    r.magic(VERSION)?;
    let declared = r.u32()?;
    r.total_length(declared, 4)?;
    let count = r.in_range("view count", |v: u16| (1..=VIEWS_MAX).contains(&v), Reader::u16)?;
    let has_certifications = r.in_range("certification flag", |v: u8| v <= 1, Reader::u8)? == 1;
    let views = (0..count).map(|_| representation(r, has_certifications)).collect::<Result<_, _>>()?;
    r.end()?;
    Ok(Record {
        format: RecordFormat::Iso2011,
        product: (0, 0),
        certification: 0,
        device: 0,
        zero_padded_version: false,
        has_certifications,
        views,
    })
}

fn representation(r: &mut Reader<'_>, has_certifications: bool) -> Result<RecordView, TemplateError> {
    let start = r.at();
    let declared = usize::try_from(r.u32()?).unwrap_or(usize::MAX);
    let mut time = [0; 9];
    time.copy_from_slice(r.take(9)?);
    let capture = Capture { time, technology: r.u8()?, vendor: r.u16()?, device: r.u16()? };
    let qualities: Vec<QualityBlock> = (0..r.u8()?).map(|_| quality(r)).collect::<Result<_, _>>()?;
    let blocks = if has_certifications { r.u8()? } else { 0 };
    let certifications = (0..blocks).map(|_| Ok((r.u16()?, r.u8()?))).collect::<Result<_, _>>()?;
    let code = r.in_range("finger position", |v: u8| v <= 10, Reader::u8)?;
    let number = r.in_range("view number", |v: u8| v <= 15, Reader::u8)?;
    let x_resolution = r.in_range("resolution", |v: u16| v > 0, Reader::u16)?;
    let y_resolution = r.in_range("resolution", |v: u16| v > 0, Reader::u16)?;
    let impression = r.in_range("impression", |v: u8| v <= IMPRESSION_MAX, Reader::u8)?;
    let frame = Frame { width: r.u16()?, height: r.u16()?, x_resolution, y_resolution };
    let flags = r.in_range("minutia length and ending type", |v: u8| matches!(v >> 4, 5 | 6) && v & 0x0F <= 1, Reader::u8)?;
    let minutia_qualities = flags >> 4 == 6;
    let minutiae = r.minutiae(&Layout::iso_2011(minutia_qualities))?;
    let extended = r.extended(RecordFormat::Iso2011)?;
    let actual = r.at() - start;
    if declared != actual {
        return Err(TemplateError::LengthMismatch { declared, actual });
    }
    let position = FingerPosition::from_code(code);
    let quality = qualities.first().map_or(0, |q| q.value);
    let view = View { position, number, impression, quality, minutiae, extended };
    Ok(RecordView { frame, capture, qualities, certifications, ending: flags & 0x0F, minutia_qualities, view })
}

fn quality(r: &mut Reader<'_>) -> Result<QualityBlock, TemplateError> {
    let value = r.in_range("finger quality", |v: u8| v <= 100 || v == 255, Reader::u8)?;
    Ok(QualityBlock { value, vendor: r.u16()?, algorithm: r.u16()? })
}

pub(super) fn encode(record: &Record) -> Result<Vec<u8>, TemplateError> {
    let count = u16::try_from(record.views.len()).ok().filter(|n| (1..=VIEWS_MAX).contains(n));
    let count = count.ok_or(TemplateError::Count { what: "views" })?;
    let mut out = [MAGIC, VERSION.as_slice(), &[0; 4], &count.to_be_bytes(), &[record.has_certifications.into()]].concat();
    for v in &record.views {
        write_representation(v, record.has_certifications, &mut out)?;
    }
    total(out)
}

fn write_representation(v: &RecordView, has_certifications: bool, out: &mut Vec<u8>) -> Result<(), TemplateError> {
    let start = out.len();
    let count = |n: usize, what: &'static str| u8::try_from(n).map_err(|_| TemplateError::Count { what });
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&v.capture.time);
    out.push(v.capture.technology);
    out.extend_from_slice(&v.capture.vendor.to_be_bytes());
    out.extend_from_slice(&v.capture.device.to_be_bytes());
    out.push(count(v.qualities.len(), "quality blocks")?);
    for q in &v.qualities {
        if q.value > 100 && q.value != 255 {
            return Err(TemplateError::OutOfRange { field: "finger quality", offset: out.len() });
        }
        write_quality(q, out);
    }
    if has_certifications {
        out.push(count(v.certifications.len(), "certification blocks")?);
        for (authority, scheme) in &v.certifications {
            out.extend_from_slice(&authority.to_be_bytes());
            out.push(*scheme);
        }
    } else if !v.certifications.is_empty() {
        return Err(TemplateError::Count { what: "certification blocks" });
    }
    write_body(v, out)?;
    let length = u32::try_from(out.len() - start).map_err(|_| TemplateError::Count { what: "bytes" })?;
    if let Some(place) = out.get_mut(start..start + 4) {
        place.copy_from_slice(&length.to_be_bytes());
    }
    Ok(())
}

pub(super) fn write_quality(q: &QualityBlock, out: &mut Vec<u8>) {
    out.push(q.value);
    out.extend_from_slice(&q.vendor.to_be_bytes());
    out.extend_from_slice(&q.algorithm.to_be_bytes());
}

fn write_body(v: &RecordView, out: &mut Vec<u8>) -> Result<(), TemplateError> {
    let offset = out.len();
    if v.view.number > 15 || v.view.impression > IMPRESSION_MAX || v.ending > 1 {
        return Err(TemplateError::OutOfRange { field: "view number, impression or ending type", offset });
    }
    v.frame.check(offset + 2)?;
    let [w0, w1, h0, h1, resolution @ ..] = v.frame.bytes();
    out.extend_from_slice(&[v.view.position.map_or(0, FingerPosition::code), v.view.number]);
    out.extend_from_slice(&resolution);
    out.extend_from_slice(&[v.view.impression, w0, w1, h0, h1]);
    out.push(if v.minutia_qualities { 6 } else { 5 } << 4 | v.ending);
    Layout::iso_2011(v.minutia_qualities).write(&v.view.minutiae, 0, out)?;
    write_extended(&v.view.extended, out)
}
