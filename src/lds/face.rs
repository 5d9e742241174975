//! Face image record of ISO/IEC 19794-5:2005 clause 5: one or more faces with their pictures.

use super::cursor::Cursor;
use super::tlv::{Tlv, TlvError};

/// Bytes of headers before the picture of a record with one face and no feature points.
pub const HEADER_LEN: usize = 14 + 20 + 12;
const MOST_FACES: u16 = 16;

/// Encoding of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// JPEG (JFIF).
    Jpeg,
    /// JPEG 2000, file or bare codestream.
    Jpeg2000,
}

impl Coding {
    /// What the first bytes say, whatever the header claims.
    #[must_use]
    pub fn of(data: &[u8]) -> Option<Self> {
        const JP2: &[u8] = &[0, 0, 0, 12, b'j', b'P', b' ', b' '];
        const CODESTREAM: &[u8] = &[0xFF, 0x4F, 0xFF, 0x51];
        match data {
            _ if data.starts_with(&[0xFF, 0xD8, 0xFF]) => Some(Self::Jpeg),
            _ if data.starts_with(JP2) || data.starts_with(CODESTREAM) => Some(Self::Jpeg2000),
            _ => None,
        }
    }
}

/// One face.
#[derive(Clone, PartialEq, Eq)]
pub struct Face {
    /// Gender code: 0 unspecified, 1 male, 2 female, 0xFF unknown.
    pub gender: u8,
    /// Number of feature points, which are passed over.
    pub feature_points: u16,
    /// Face image type: 0 basic, 1 full frontal, 2 token.
    pub image_type: u8,
    /// Encoding by the header.
    pub coding: Coding,
    /// Width in pixels by the header.
    pub width: u16,
    /// Height in pixels by the header.
    pub height: u16,
    /// Colour space: 0 unspecified, 1 RGB, 2 YUV 4:2:2, 3 grey.
    pub colour_space: u8,
    /// The picture file.
    pub image: Vec<u8>,
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Face({}x{}, {} bytes)", self.width, self.height, self.image.len())
    }
}

/// A record of one full frontal face without feature points.
///
/// # Errors
/// `None` if the picture is larger than the format's 32-bit lengths hold.
#[must_use]
pub fn encode(face: &Face) -> Option<Vec<u8>> {
    let block = u32::try_from(face.image.len() + 32).ok()?;
    let total = block.checked_add(14)?;
    let mut out = Vec::with_capacity(face.image.len() + HEADER_LEN);
    out.extend(b"FAC\x00010\x00");
    out.extend(total.to_be_bytes());
    out.extend(1u16.to_be_bytes());
    out.extend(block.to_be_bytes());
    out.extend([0, 0, face.gender, 0, 0]);
    // Feature mask, expression, pose angles and their uncertainty: not stated.
    out.extend([0; 3 + 2 + 3 + 3]);
    let coding = match face.coding {
        Coding::Jpeg => 0,
        Coding::Jpeg2000 => 1,
    };
    out.extend([face.image_type, coding]);
    out.extend(face.width.to_be_bytes());
    out.extend(face.height.to_be_bytes());
    // Source type, device type and quality: not stated.
    out.extend([face.colour_space, 0, 0, 0, 0, 0]);
    out.extend(&face.image);
    Some(out)
}

/// Parses a record from its data block.
///
/// # Errors
/// Any [`TlvError`]: lengths must add up exactly.
pub fn parse(data: &Tlv<'_>) -> Result<Vec<Face>, TlvError> {
    let mut cursor = Cursor::new(*data);
    cursor.magic(b"FAC\x00010\x00")?;
    let bad = cursor.bad();
    if cursor.length(4)? != data.value.len() {
        return Err(bad);
    }
    let bad = cursor.bad();
    let count = cursor.u16()?;
    if count == 0 || count > MOST_FACES {
        return Err(bad);
    }
    let faces = (0..count).map(|_| parse_face(&mut cursor)).collect::<Result<Vec<_>, _>>()?;
    if cursor.is_empty() { Ok(faces) } else { Err(cursor.bad()) }
}

fn parse_face(cursor: &mut Cursor<'_>) -> Result<Face, TlvError> {
    let start = cursor.offset();
    let bad = cursor.bad();
    let block = cursor.length(4)?;
    let feature_points = cursor.u16()?;
    let gender = cursor.u8()?;
    cursor.take(2 + 3 + 2 + 3 + 3)?;
    cursor.take(8 * usize::from(feature_points))?;
    let image_type = cursor.u8()?;
    let wrong_coding = cursor.bad();
    let coding = match cursor.u8()? {
        0 => Coding::Jpeg,
        1 => Coding::Jpeg2000,
        _ => return Err(wrong_coding),
    };
    let (width, height, colour_space) = (cursor.u16()?, cursor.u16()?, cursor.u8()?);
    cursor.take(1 + 2 + 2)?;
    let headers = cursor.offset() - start;
    let image = cursor.take(block.checked_sub(headers).ok_or(bad)?)?.to_vec();
    Ok(Face { gender, feature_points, image_type, coding, width, height, colour_space, image })
}
