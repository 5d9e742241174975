//! ISO/IEC 19794-2:2005 card formats (clause 8): minutiae alone, in metric units, as a chip holds them.

use super::{COORDINATE_MAX, Minutia, MinutiaKind, Template, TemplateError, View};
use crate::limits;

/// Bytes of a minutia in compact format: x, y in 0.1 mm, then type (2 bits) and angle (6 bits).
const COMPACT: usize = 3;
/// Bytes of a minutia in normal format: type and x, y in 0.01 mm, angle.
const NORMAL: usize = 5;
/// Pixels per centimetre of the compact grid: 0.1 mm.
const COMPACT_RESOLUTION: u16 = 100;
/// Pixels per centimetre of the normal grid: 0.01 mm.
const NORMAL_RESOLUTION: u16 = 1_000;

/// Writes the first view in compact format: at most [`limits::CHIP_MINUTIAE`] minutiae, best first.
///
/// One byte holds 25.5 mm. A larger print is shifted to the window that keeps the most of its minutiae; what lies outside is left out
/// before the cut. A matcher is indifferent to the shift.
///
/// # Errors
/// [`TemplateError::Count`] without a view; [`TemplateError::OutOfRange`] for a resolution of zero.
pub fn encode_card_compact(template: &Template) -> Result<Vec<u8>, TemplateError> {
    let view = rescaled(template, COMPACT_RESOLUTION)?;
    let x0 = window(view.minutiae.iter().map(|m| m.x));
    let inside_x: Vec<&Minutia> = view.minutiae.iter().filter(|m| fits(m.x, x0)).collect();
    let y0 = window(inside_x.iter().map(|m| m.y));
    let minutiae = inside_x.into_iter().filter(|m| fits(m.y, y0)).copied().collect();
    let best = View { minutiae, ..view.clone() }.best(limits::CHIP_MINUTIAE);
    let byte = |value: u16, zero: u16| u8::try_from(value.saturating_sub(zero)).unwrap_or(u8::MAX);
    Ok(best.minutiae.iter().flat_map(|m| [byte(m.x, x0), byte(m.y, y0), m.kind.code() << 6 | angle_6_bits(m.angle)]).collect())
}

/// Reads compact format. Coordinates stay on its grid, so that the template's resolution is 100 per centimetre; the finger, its quality
/// and the minutiae's quality are not told by the format.
///
/// # Errors
/// [`TemplateError::NotWholeMinutiae`], [`TemplateError::Count`], [`TemplateError::OutOfRange`].
pub fn parse_card_compact(bytes: &[u8]) -> Result<Template, TemplateError> {
    let minutiae = chunks::<COMPACT>(bytes)?
        .map(|(offset, [x, y, last])| {
            let kind = kind(last >> 6, offset + 2)?;
            Ok(Minutia { x: x.into(), y: y.into(), angle: (last & 0x3F) << 2, kind, quality: 0 })
        })
        .collect::<Result<_, _>>()?;
    Ok(metric(256, COMPACT_RESOLUTION, minutiae))
}

/// Writes the first view in normal format: at most [`limits::CHIP_MINUTIAE`] minutiae, best first.
///
/// # Errors
/// As [`encode_card_compact`]; also [`TemplateError::OutOfRange`] beyond 163.83 mm.
pub fn encode_card_normal(template: &Template) -> Result<Vec<u8>, TemplateError> {
    let view = rescaled(template, NORMAL_RESOLUTION)?.best(limits::CHIP_MINUTIAE);
    let mut out = Vec::with_capacity(view.minutiae.len() * NORMAL);
    for m in &view.minutiae {
        if m.x > COORDINATE_MAX || m.y > COORDINATE_MAX {
            return Err(TemplateError::OutOfRange { field: "minutia", offset: out.len() });
        }
        out.extend_from_slice(&(u16::from(m.kind.code()) << 14 | m.x).to_be_bytes());
        out.extend_from_slice(&m.y.to_be_bytes());
        out.push(m.angle);
    }
    Ok(out)
}

/// Reads normal format; the template's resolution is 1,000 per centimetre.
///
/// # Errors
/// As [`parse_card_compact`].
pub fn parse_card_normal(bytes: &[u8]) -> Result<Template, TemplateError> {
    let minutiae = chunks::<NORMAL>(bytes)?
        .map(|(offset, [xh, xl, yh, yl, angle])| {
            let kind = kind(xh >> 6, offset)?;
            let x = u16::from_be_bytes([xh & 0x3F, xl]);
            let y = u16::from_be_bytes([yh, yl]);
            if y > COORDINATE_MAX {
                return Err(TemplateError::OutOfRange { field: "reserved bits", offset: offset + 2 });
            }
            Ok(Minutia { x, y, angle, kind, quality: 0 })
        })
        .collect::<Result<_, _>>()?;
    Ok(metric(COORDINATE_MAX + 1, NORMAL_RESOLUTION, minutiae))
}

/// The first view with coordinates on a grid of `resolution` per centimetre, rounded to the nearest.
fn rescaled(template: &Template, resolution: u16) -> Result<View, TemplateError> {
    let view = template.views.first().ok_or(TemplateError::Count { what: "views" })?;
    let scale = |value: u16, from: u16, offset: usize| {
        if from == 0 {
            return Err(TemplateError::OutOfRange { field: "resolution", offset });
        }
        let scaled = (u32::from(value) * u32::from(resolution) + u32::from(from) / 2) / u32::from(from);
        Ok(u16::try_from(scaled).unwrap_or(u16::MAX))
    };
    let to_grid =
        |m: &Minutia| Ok(Minutia { x: scale(m.x, template.x_resolution, 18)?, y: scale(m.y, template.y_resolution, 20)?, ..*m });
    Ok(View { minutiae: view.minutiae.iter().map(to_grid).collect::<Result<_, _>>()?, ..view.clone() })
}

/// Where the window of one byte begins so that it holds the most values; 0 if all fit unshifted.
fn window(values: impl Iterator<Item = u16>) -> u16 {
    let mut values: Vec<u16> = values.collect();
    values.sort_unstable();
    if values.last().is_none_or(|last| *last <= u16::from(u8::MAX)) {
        return 0;
    }
    let held = |zero: u16| values.iter().filter(|v| fits(**v, zero)).count();
    // The earliest start among those that hold the most.
    values.iter().copied().max_by_key(|zero| (held(*zero), std::cmp::Reverse(*zero))).unwrap_or(0)
}

const fn fits(value: u16, zero: u16) -> bool {
    value >= zero && value - zero <= 0xFF
}

/// 1/256 of a turn to 1/64, rounded.
const fn angle_6_bits(angle: u8) -> u8 {
    (angle.wrapping_add(2) >> 2) & 0x3F
}

fn kind(code: u8, offset: usize) -> Result<MinutiaKind, TemplateError> {
    MinutiaKind::from_code(code).ok_or(TemplateError::OutOfRange { field: "minutia type", offset })
}

fn chunks<const N: usize>(bytes: &[u8]) -> Result<impl Iterator<Item = (usize, [u8; N])>, TemplateError> {
    let (whole, rest) = bytes.as_chunks::<N>();
    if !rest.is_empty() {
        return Err(TemplateError::NotWholeMinutiae { length: bytes.len() });
    }
    if whole.len() > limits::MINUTIAE {
        return Err(TemplateError::Count { what: "minutiae" });
    }
    Ok(whole.iter().enumerate().map(|(i, c)| (i * N, *c)))
}

fn metric(side: u16, resolution: u16, minutiae: Vec<Minutia>) -> Template {
    let view = View { position: None, number: 0, impression: 0, quality: 0, minutiae, extended: Vec::new() };
    Template { width: side, height: side, x_resolution: resolution, y_resolution: resolution, equipment: 0, views: vec![view] }
}
