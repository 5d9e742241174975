//! Finger image record of ISO/IEC 19794-4:2005 clause 7, as DG3 holds it.

use super::cursor::Cursor;
use super::tlv::{Tlv, TlvError};

const MOST_VIEWS: u8 = 16;
const GENERAL_HEADER: usize = 32;
const VIEW_HEADER: usize = 14;

/// Compression of the image data by the record's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// 0: none, no bit packing.
    None,
    /// 2: WSQ.
    Wsq,
    /// 3: JPEG.
    Jpeg,
    /// 4: JPEG 2000.
    Jpeg2000,
    /// 5: PNG.
    Png,
}

impl Compression {
    const ALL: [Self; 5] = [Self::None, Self::Wsq, Self::Jpeg, Self::Jpeg2000, Self::Png];

    fn code(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Wsq => 2,
            Self::Jpeg => 3,
            Self::Jpeg2000 => 4,
            Self::Png => 5,
        }
    }
}

/// One view of one finger.
#[derive(Clone, PartialEq, Eq)]
pub struct FingerView {
    /// Finger position code, 0 to 15.
    pub position: u8,
    /// Quality 0 to 100, or 254 undefined.
    pub quality: u8,
    /// Impression type.
    pub impression: u8,
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
    /// The image.
    pub image: Vec<u8>,
}

impl std::fmt::Debug for FingerView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FingerView(position {}, {}x{}, {} bytes)", self.position, self.width, self.height, self.image.len())
    }
}

/// A finger image record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FingerImages {
    /// Pixels per centimetre.
    pub resolution: u16,
    /// Bits per pixel.
    pub depth: u8,
    /// Compression of every view.
    pub compression: Compression,
    /// Views.
    pub views: Vec<FingerView>,
}

/// Encodes a record; `None` if a count or length does not fit its field.
#[must_use]
pub fn encode(images: &FingerImages) -> Option<Vec<u8>> {
    let count = u8::try_from(images.views.len()).ok().filter(|n| (1..=MOST_VIEWS).contains(n))?;
    let total = images.views.iter().map(|v| v.image.len() + VIEW_HEADER).sum::<usize>() + GENERAL_HEADER;
    let mut out = b"FIR\x00010\x00".to_vec();
    out.extend((total as u64).to_be_bytes().get(2..)?);
    // Capture device not stated; image acquisition level 31 (500 dpi); scale in pixels per centimetre.
    out.extend([0, 0, 0, 31, count, 2]);
    for _ in 0..4 {
        out.extend(images.resolution.to_be_bytes());
    }
    out.extend([images.depth, images.compression.code(), 0, 0]);
    for view in &images.views {
        out.extend(u32::try_from(view.image.len() + VIEW_HEADER).ok()?.to_be_bytes());
        out.extend([view.position, 1, 1, view.quality, view.impression]);
        out.extend(view.width.to_be_bytes());
        out.extend(view.height.to_be_bytes());
        out.push(0);
        out.extend(&view.image);
    }
    Some(out)
}

/// Parses a record from its data block.
///
/// # Errors
/// Any [`TlvError`]: lengths must add up exactly.
pub fn parse(data: &Tlv<'_>) -> Result<FingerImages, TlvError> {
    let mut cursor = Cursor::new(*data);
    cursor.magic(b"FIR\x00010\x00")?;
    let bad = cursor.bad();
    if cursor.length(6)? != data.value.len() {
        return Err(bad);
    }
    cursor.take(2 + 2)?;
    let bad = cursor.bad();
    let count = cursor.u8()?;
    if count == 0 || count > MOST_VIEWS {
        return Err(bad);
    }
    cursor.take(1 + 2 + 2)?;
    let resolution = cursor.u16()?;
    cursor.take(2)?;
    let depth = cursor.u8()?;
    let bad = cursor.bad();
    let code = cursor.u8()?;
    let compression = Compression::ALL.into_iter().find(|c| c.code() == code).ok_or(bad)?;
    cursor.take(2)?;
    let views = (0..count).map(|_| parse_view(&mut cursor)).collect::<Result<_, _>>()?;
    if cursor.is_empty() { Ok(FingerImages { resolution, depth, compression, views }) } else { Err(cursor.bad()) }
}

fn parse_view(cursor: &mut Cursor<'_>) -> Result<FingerView, TlvError> {
    let bad = cursor.bad();
    let length = cursor.length(4)?.checked_sub(VIEW_HEADER).ok_or(bad)?;
    let position = cursor.u8()?;
    cursor.take(2)?;
    let (quality, impression) = (cursor.u8()?, cursor.u8()?);
    let (width, height) = (cursor.u16()?, cursor.u16()?);
    cursor.take(1)?;
    Ok(FingerView { position, quality, impression, width, height, image: cursor.take(length)?.to_vec() })
}
