//! ISO/IEC 19794-2:2005 finger minutiae record, clause 7 (the record format).

use super::{COORDINATE_MAX, Minutia, MinutiaKind, Template, TemplateError, View};
use crate::finger::position::FingerPosition;
use crate::limits;

const MAGIC: &[u8] = b"FMR\0";
const VERSION: &[u8] = b" 20\0";
const HEADER: usize = 24;

/// Reads a record. Everything is checked: no reserved value passes and no byte is left over, so that
/// `encode_record_2005(&parse_record_2005(b)?)? == b`.
///
/// # Errors
/// [`TemplateError`], with the byte.
pub fn parse_record_2005(bytes: &[u8]) -> Result<Template, TemplateError> {
    if bytes.len() > limits::FILE_BYTES {
        return Err(TemplateError::TooLarge { max: limits::FILE_BYTES });
    }
    let mut r = Reader { bytes, at: 0 };
    if r.take(4)? != MAGIC {
        return Err(TemplateError::NotARecord);
    }
    if r.take(4)? != VERSION {
        return Err(TemplateError::UnsupportedVersion);
    }
    let declared = usize::try_from(r.u32()?).unwrap_or(usize::MAX);
    if declared != bytes.len() {
        return Err(TemplateError::LengthMismatch { declared, actual: bytes.len() });
    }
    let equipment = r.u16()?;
    let (width, height) = (r.u16()?, r.u16()?);
    let x_resolution = r.in_range("resolution", |v: u16| v > 0, Reader::u16)?;
    let y_resolution = r.in_range("resolution", |v: u16| v > 0, Reader::u16)?;
    let count = r.in_range("view count", |v: u8| v > 0, Reader::u8)?;
    r.in_range("reserved byte", |v: u8| v == 0, Reader::u8)?;
    let views = (0..count).map(|_| view(&mut r)).collect::<Result<_, _>>()?;
    if r.at != bytes.len() {
        return Err(TemplateError::TrailingBytes { offset: r.at });
    }
    Ok(Template { width, height, x_resolution, y_resolution, equipment, views })
}

fn view(r: &mut Reader<'_>) -> Result<View, TemplateError> {
    let code = r.in_range("finger position", |v: u8| v <= 10, Reader::u8)?;
    let kind = r.u8()?;
    let quality = r.in_range("finger quality", |v: u8| v <= 100, Reader::u8)?;
    let count = r.u8()?;
    let minutiae = (0..count).map(|_| minutia(r)).collect::<Result<_, _>>()?;
    let extended = usize::from(r.u16()?);
    let extended = r.take(extended)?.to_vec();
    let position = FingerPosition::from_code(code);
    Ok(View { position, number: kind >> 4, impression: kind & 0x0F, quality, minutiae, extended })
}

fn minutia(r: &mut Reader<'_>) -> Result<Minutia, TemplateError> {
    let x = r.in_range("minutia type", |v: u16| v >> 14 != 3, Reader::u16)?;
    let y = r.in_range("reserved bits", |v: u16| v >> 14 == 0, Reader::u16)?;
    let angle = r.u8()?;
    let quality = r.in_range("minutia quality", |v: u8| v <= 100, Reader::u8)?;
    let kind = match x >> 14 {
        1 => MinutiaKind::Ending,
        2 => MinutiaKind::Bifurcation,
        _ => MinutiaKind::Other,
    };
    Ok(Minutia { x: x & COORDINATE_MAX, y, angle, kind, quality })
}

/// Writes a record.
///
/// # Errors
/// [`TemplateError::Count`] or [`TemplateError::OutOfRange`] when the template holds what the format cannot.
pub fn encode_record_2005(template: &Template) -> Result<Vec<u8>, TemplateError> {
    let views = u8::try_from(template.views.len()).ok().filter(|n| *n > 0).ok_or(TemplateError::Count { what: "views" })?;
    let mut body = Vec::new();
    for v in &template.views {
        encode_view(v, HEADER, &mut body)?;
    }
    let total = u32::try_from(HEADER + body.len()).map_err(|_| TemplateError::Count { what: "bytes" })?;
    if template.x_resolution == 0 || template.y_resolution == 0 {
        return Err(TemplateError::OutOfRange { field: "resolution", offset: 18 });
    }
    let mut out = Vec::with_capacity(HEADER + body.len());
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(VERSION);
    out.extend_from_slice(&total.to_be_bytes());
    for field in [template.equipment, template.width, template.height, template.x_resolution, template.y_resolution] {
        out.extend_from_slice(&field.to_be_bytes());
    }
    out.extend_from_slice(&[views, 0]);
    out.append(&mut body);
    Ok(out)
}

fn encode_view(v: &View, base: usize, out: &mut Vec<u8>) -> Result<(), TemplateError> {
    let offset = base + out.len();
    let count = u8::try_from(v.minutiae.len()).map_err(|_| TemplateError::Count { what: "minutiae" })?;
    let extended = u16::try_from(v.extended.len()).map_err(|_| TemplateError::Count { what: "extended bytes" })?;
    if v.number > 15 || v.impression > 15 {
        return Err(TemplateError::OutOfRange { field: "view number or impression", offset: offset + 1 });
    }
    if v.quality > 100 {
        return Err(TemplateError::OutOfRange { field: "finger quality", offset: offset + 2 });
    }
    out.extend_from_slice(&[v.position.map_or(0, FingerPosition::code), v.number << 4 | v.impression, v.quality, count]);
    for m in &v.minutiae {
        if m.x > COORDINATE_MAX || m.y > COORDINATE_MAX || m.quality > 100 {
            return Err(TemplateError::OutOfRange { field: "minutia", offset: base + out.len() });
        }
        out.extend_from_slice(&(u16::from(m.kind.code()) << 14 | m.x).to_be_bytes());
        out.extend_from_slice(&m.y.to_be_bytes());
        out.extend_from_slice(&[m.angle, m.quality]);
    }
    out.extend_from_slice(&extended.to_be_bytes());
    out.extend_from_slice(&v.extended);
    Ok(())
}

/// Reads big-endian fields and knows where it stands.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], TemplateError> {
        let end = self.at.saturating_add(n);
        let slice = self.bytes.get(self.at..end).ok_or(TemplateError::Truncated { offset: self.bytes.len() })?;
        self.at = end;
        Ok(slice)
    }

    fn u8(&mut self) -> Result<u8, TemplateError> {
        self.take(1).map(|b| b.first().copied().unwrap_or_default())
    }

    fn u16(&mut self) -> Result<u16, TemplateError> {
        Ok(u16::from(self.u8()?) << 8 | u16::from(self.u8()?))
    }

    fn u32(&mut self) -> Result<u32, TemplateError> {
        Ok(u32::from(self.u16()?) << 16 | u32::from(self.u16()?))
    }

    fn in_range<T: Copy>(
        &mut self,
        field: &'static str,
        ok: impl Fn(T) -> bool,
        read: impl Fn(&mut Self) -> Result<T, TemplateError>,
    ) -> Result<T, TemplateError> {
        let offset = self.at;
        let value = read(self)?;
        if ok(value) { Ok(value) } else { Err(TemplateError::OutOfRange { field, offset }) }
    }
}
