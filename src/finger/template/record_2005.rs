//! ISO/IEC 19794-2:2005 finger minutiae record, clause 7 (the record format).

use super::reader::{Layout, Reader, write_extended};
use super::record::{Frame, Record, RecordFormat, RecordView};
use super::{MAGIC, Template, TemplateError, View};
use crate::finger::position::FingerPosition;

pub(super) const VERSION: &[u8; 4] = b" 20\0";
const HEADER: usize = 24;

/// Reads a record. Everything is checked: no reserved value passes and no byte is left over, so that
/// `encode_record_2005(&parse_record_2005(b)?)? == b`.
///
/// # Errors
/// [`TemplateError`], with the byte.
pub fn parse_record_2005(bytes: &[u8]) -> Result<Template, TemplateError> {
    let record = parse(&mut Reader::new(bytes)?)?;
    let equipment = u16::from(record.certification) << 12 | record.device;
    let Frame { width, height, x_resolution, y_resolution } = record.shared_frame()?;
    let views = record.views.into_iter().map(|v| v.view).collect();
    Ok(Template { width, height, x_resolution, y_resolution, equipment, views })
}

/// Writes a record.
///
/// # Errors
/// [`TemplateError::Count`] or [`TemplateError::OutOfRange`] when the template holds what the format cannot.
pub fn encode_record_2005(template: &Template) -> Result<Vec<u8>, TemplateError> {
    let mut out = Vec::new();
    header(&mut out, template.equipment, &Frame::of(template), template.views.len())?;
    for view in &template.views {
        write_view(view, &Layout::ISO_2005, &mut out)?;
    }
    total(out)
}

pub(super) fn parse(r: &mut Reader<'_>) -> Result<Record, TemplateError> {
    r.magic(VERSION)?;
    let declared = r.u32()?;
    r.total_length(declared, 4)?;
    let mut record = shared_header(r, RecordFormat::Iso2005, (0, 0))?;
    let (frame, count) = frame_and_count(r)?;
    for _ in 0..count {
        record.views.push(RecordView::plain(frame, read_view(r, &Layout::ISO_2005, RecordFormat::Iso2005)?));
    }
    r.end()?;
    Ok(record)
}

pub(super) fn encode(record: &Record) -> Result<Vec<u8>, TemplateError> {
    let frame = record.shared_frame()?;
    let mut out = Vec::new();
    header(&mut out, equipment(record)?, &frame, record.views.len())?;
    for v in &record.views {
        write_view(&v.view, &Layout::ISO_2005, &mut out)?;
    }
    total(out)
}

/// The equipment's two bytes: four bits of certification and twelve of device.
pub(super) fn shared_header(r: &mut Reader<'_>, format: RecordFormat, product: (u16, u16)) -> Result<Record, TemplateError> {
    let [high, low] = r.u16()?.to_be_bytes();
    let device = u16::from(high & 0x0F) << 8 | u16::from(low);
    Ok(Record {
        format,
        product,
        certification: high >> 4,
        device,
        zero_padded_version: false,
        has_certifications: false,
        views: Vec::new(),
    })
}

/// The inverse of [`shared_header`].
pub(super) fn equipment(record: &Record) -> Result<u16, TemplateError> {
    if record.certification > 0x0F || record.device > 0x0FFF {
        return Err(TemplateError::Count { what: "equipment bits" });
    }
    Ok(u16::from(record.certification) << 12 | record.device)
}

/// Size, resolution, number of views and the reserved byte, which ANSI INCITS 378-2004 has too.
pub(super) fn frame_and_count(r: &mut Reader<'_>) -> Result<(Frame, u8), TemplateError> {
    let (width, height) = (r.u16()?, r.u16()?);
    let x_resolution = r.in_range("resolution", |v: u16| v > 0, Reader::u16)?;
    let y_resolution = r.in_range("resolution", |v: u16| v > 0, Reader::u16)?;
    let count = r.in_range("view count", |v: u8| v > 0, Reader::u8)?;
    r.in_range("reserved byte", |v: u8| v == 0, Reader::u8)?;
    Ok((Frame { width, height, x_resolution, y_resolution }, count))
}

pub(super) fn read_view(r: &mut Reader<'_>, layout: &Layout, format: RecordFormat) -> Result<View, TemplateError> {
    let code = r.in_range("finger position", |v: u8| v <= 10, Reader::u8)?;
    let kind = r.u8()?;
    let quality = r.in_range("finger quality", |v: u8| v <= 100, Reader::u8)?;
    let minutiae = r.minutiae(layout)?;
    let extended = r.extended(format)?;
    let position = FingerPosition::from_code(code);
    Ok(View { position, number: kind >> 4, impression: kind & 0x0F, quality, minutiae, extended })
}

pub(super) fn write_view(v: &View, layout: &Layout, out: &mut Vec<u8>) -> Result<(), TemplateError> {
    let offset = out.len();
    if v.number > 15 || v.impression > 15 {
        return Err(TemplateError::OutOfRange { field: "view number or impression", offset: offset + 1 });
    }
    if v.quality > 100 {
        return Err(TemplateError::OutOfRange { field: "finger quality", offset: offset + 2 });
    }
    out.extend_from_slice(&[v.position.map_or(0, FingerPosition::code), v.number << 4 | v.impression, v.quality]);
    layout.write(&v.minutiae, 0, out)?;
    write_extended(&v.extended, out)
}

/// Frame, number of views and reserved byte; the inverse of [`frame_and_count`].
pub(super) fn write_frame(out: &mut Vec<u8>, frame: &Frame, views: usize) -> Result<(), TemplateError> {
    let views = u8::try_from(views).ok().filter(|n| *n > 0).ok_or(TemplateError::Count { what: "views" })?;
    frame.check(out.len() + 4)?;
    out.extend_from_slice(&frame.bytes());
    out.extend_from_slice(&[views, 0]);
    Ok(())
}

fn header(out: &mut Vec<u8>, equipment: u16, frame: &Frame, views: usize) -> Result<(), TemplateError> {
    out.reserve(HEADER);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(VERSION);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&equipment.to_be_bytes());
    write_frame(out, frame, views)
}

/// Sets the total length, four bytes after the version.
pub(super) fn total(mut out: Vec<u8>) -> Result<Vec<u8>, TemplateError> {
    let length = u32::try_from(out.len()).map_err(|_| TemplateError::Count { what: "bytes" })?;
    if let Some(place) = out.get_mut(8..12) {
        place.copy_from_slice(&length.to_be_bytes());
    }
    Ok(out)
}
