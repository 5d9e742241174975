//! The segments between the start of image and its blocks: filters, quantization, frame, code tables, comments.

use super::WsqError;
use super::huffman::Huffman;
use super::reader::Reader;
use super::subbands::SUBBANDS;
use super::wavelet::Synthesis;

pub(super) const SOI: u8 = 0xA0;
const EOI: u8 = 0xA1;
const FRAME: u8 = 0xA2;
const BLOCK: u8 = 0xA3;
const FILTERS: u8 = 0xA4;
const QUANTIZATION: u8 = 0xA5;
const CODES: u8 = 0xA6;
const RESTART: u8 = 0xA7;
const COMMENT: u8 = 0xA8;
/// Longest filter that is taken, in taps.
const TAPS_MAX: u8 = 31;
/// Most code tables: their number is one byte, and no encoder uses more than a handful.
const TABLES_MAX: u8 = 8;

/// Size of the picture, and what its values are multiplied by and shifted by.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub width: u16,
    pub height: u16,
    pub shift: f32,
    pub scale: f32,
}

/// How coefficients were quantized.
pub(super) struct Quantization {
    /// Where in its bin a value stands.
    pub centre: f32,
    /// Bin width and zero bin width of each subband; 0 where a subband is not sent.
    pub bins: [(f32, f32); SUBBANDS],
}

/// What the segments have told so far.
#[derive(Default)]
pub(super) struct Tables {
    frame: Option<Frame>,
    quantization: Option<Quantization>,
    synthesis: Option<Synthesis>,
    codes: [Option<Huffman>; TABLES_MAX as usize],
    ppi: Option<u32>,
}

impl Tables {
    /// Reads segments up to the next block and gives the number of its code table; `None` at the end of image.
    pub fn read_until_block(&mut self, r: &mut Reader<'_>) -> Result<Option<u8>, WsqError> {
        loop {
            let offset = r.offset();
            let marker = r.marker()?;
            if marker == EOI {
                return Ok(None);
            }
            if !(FRAME..=COMMENT).contains(&marker) {
                return Err(WsqError::Marker { marker, offset });
            }
            let start = r.offset();
            let mut body = r.segment()?;
            let table = self.segment(marker, &mut body, offset)?;
            if !body.is_empty() {
                return Err(WsqError::Length { offset: start });
            }
            if table.is_some() {
                return Ok(table);
            }
        }
    }

    fn segment(&mut self, marker: u8, body: &mut Reader<'_>, offset: usize) -> Result<Option<u8>, WsqError> {
        let inside = |e| within(e, offset + 2);
        match marker {
            FRAME if self.frame.is_none() => self.frame = Some(frame(body).map_err(inside)?),
            FILTERS if self.synthesis.is_none() => self.synthesis = Some(filters(body).map_err(inside)?),
            QUANTIZATION if self.quantization.is_none() => self.quantization = Some(quantization(body).map_err(inside)?),
            CODES => self.read_codes(body).map_err(inside)?,
            COMMENT => self.read_comment(body),
            BLOCK => return body.u8().map(Some).map_err(inside),
            RESTART => return Err(WsqError::Unsupported("restart intervals")),
            _ => return Err(WsqError::Marker { marker, offset }),
        }
        Ok(None)
    }

    fn read_codes(&mut self, body: &mut Reader<'_>) -> Result<(), WsqError> {
        while !body.is_empty() {
            let offset = body.offset();
            let number = body.u8()?;
            let table = Huffman::read(body)?;
            let place = self.codes.get_mut(usize::from(number)).ok_or(WsqError::OutOfRange { field: "code table", offset })?;
            *place = Some(table);
        }
        Ok(())
    }

    /// A NIST comment has a line a fact, its name first; PPI is -1 where it is not known, which some write as the byte 255.
    fn read_comment(&mut self, body: &mut Reader<'_>) {
        let text = body.rest();
        let _ = body.take(text.len());
        if self.ppi.is_none() && text.starts_with(b"NIST_COM") {
            let mut lines = text.split(|b| *b == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
            let ppi: Option<u32> = lines.find_map(|line| line.strip_prefix("PPI ")?.trim().parse().ok());
            self.ppi = ppi.filter(|ppi| *ppi != 255);
        }
    }

    pub fn frame(&self) -> Result<Frame, WsqError> {
        self.frame.ok_or(WsqError::Missing("frame"))
    }

    pub fn quantization(&self) -> Result<&Quantization, WsqError> {
        self.quantization.as_ref().ok_or(WsqError::Missing("quantization table"))
    }

    pub fn synthesis(&self) -> Result<&Synthesis, WsqError> {
        self.synthesis.as_ref().ok_or(WsqError::Missing("filter table"))
    }

    pub fn codes(&self, number: u8) -> Result<&Huffman, WsqError> {
        self.codes.get(usize::from(number)).and_then(Option::as_ref).ok_or(WsqError::Missing("code table"))
    }

    pub const fn ppi(&self) -> Option<u32> {
        self.ppi
    }
}

/// A segment that ends inside a field has a wrong length; the file itself goes on.
const fn within(error: WsqError, offset: usize) -> WsqError {
    match error {
        WsqError::Truncated { .. } => WsqError::Length { offset },
        other => other,
    }
}

fn frame(r: &mut Reader<'_>) -> Result<Frame, WsqError> {
    r.take(2)?; // black and white, which scanners do not calibrate
    let (height, width) = (r.u16()?, r.u16()?);
    let (shift, scale) = (decimal16(r)?, decimal16(r)?);
    r.take(3)?; // the encoder and its version
    Ok(Frame { width, height, shift, scale })
}

/// Half of each symmetric analysis filter, low then high, from its centre outward.
fn filters(r: &mut Reader<'_>) -> Result<Synthesis, WsqError> {
    let offset = r.offset();
    let (low, high) = (r.u8()?, r.u8()?);
    if !(1..=TAPS_MAX).contains(&low) || !(1..=TAPS_MAX).contains(&high) {
        return Err(WsqError::OutOfRange { field: "filter length", offset });
    }
    if low % 2 == 0 || high % 2 == 0 {
        return Err(WsqError::Unsupported("filters of even length"));
    }
    let mut half = |taps: u8| (0..=taps / 2).map(|_| signed_decimal32(r)).collect::<Result<Vec<f32>, _>>();
    let (low, high) = (half(low)?, half(high)?);
    Ok(Synthesis::of(&low, &high))
}

fn quantization(r: &mut Reader<'_>) -> Result<Quantization, WsqError> {
    let centre = decimal16(r)?;
    let mut bins = [(0.0, 0.0); SUBBANDS];
    for bin in &mut bins {
        *bin = (decimal16(r)?, decimal16(r)?);
    }
    Ok(Quantization { centre, bins })
}

/// A byte that says where the decimal point stands, then sixteen bits.
fn decimal16(r: &mut Reader<'_>) -> Result<f32, WsqError> {
    let places = places(r)?;
    Ok(decimal(r.u16()?.into(), places))
}

fn signed_decimal32(r: &mut Reader<'_>) -> Result<f32, WsqError> {
    let negative = r.u8()? != 0;
    let places = places(r)?;
    let value = decimal(r.u32()?, places);
    Ok(if negative { -value } else { value })
}

fn places(r: &mut Reader<'_>) -> Result<u8, WsqError> {
    let offset = r.offset();
    let places = r.u8()?;
    if places <= 18 { Ok(places) } else { Err(WsqError::OutOfRange { field: "decimal places", offset }) }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // to the nearest float
fn decimal(value: u32, places: u8) -> f32 {
    (f64::from(value) / 10u64.pow(places.into()) as f64) as f32
}
