//! A picture inside a record: whose finger, what the record says of it, and its decoding, in which the two must agree.

use super::{FingerImageError, Resolution, Scan, ScanError, an2k, wsq};
use crate::finger::image_record::{Compression, ImageRecord, ImageView};
use crate::finger::position::FingerPosition;
use crate::raster::{self, Kind};
use std::borrow::Cow;

/// How a record writes its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// As they are, this many bits each.
    Raw {
        depth: u8,
    },
    Wsq,
    Jpeg,
    JpegLossless,
    Jpeg2000,
    Png,
}

/// One picture of a record, not yet decoded.
pub(super) struct Entry<'a> {
    /// The record's code for the finger, or for several.
    pub code: u8,
    /// The finger, if the code is one's.
    pub position: Option<FingerPosition>,
    /// Width and height by the record.
    pub size: (u32, u32),
    /// Resolution by the record.
    pub stated: Option<Resolution>,
    pub coding: Coding,
    pub data: Cow<'a, [u8]>,
}

impl Entry<'_> {
    /// Whether the code is a slap's or a palm's.
    pub const fn is_several(&self) -> bool {
        matches!(self.code, 13..=15 | 20..)
    }

    /// The picture.
    pub fn decode(&self) -> Result<Scan, ScanError> {
        let (width, height) = self.size;
        raster::within_bounds(width, height)?;
        let scan = match self.coding {
            Coding::Raw { depth: 8 } => {
                let asked = usize::try_from(u64::from(width) * u64::from(height)).unwrap_or(usize::MAX);
                if self.data.len() != asked {
                    return Err(ScanError::Size(FingerImageError::Pixels { found: self.data.len(), asked }));
                }
                Scan { pixels: self.data.to_vec(), width, height, stated: None, inner: None }
            }
            Coding::Raw { .. } => return Err(ScanError::Unsupported("uncompressed pixels of other than 8 bits")),
            Coding::JpegLossless => return Err(ScanError::Unsupported("lossless JPEG")),
            Coding::Wsq => Scan::of_wsq(wsq::decode(&self.data)?),
            Coding::Jpeg => Scan::of_kind(&self.data, &[Kind::Jpeg])?,
            Coding::Jpeg2000 => Scan::of_kind(&self.data, &[Kind::Jpeg2000])?,
            Coding::Png => Scan::of_kind(&self.data, &[Kind::Png])?,
        };
        if (scan.width, scan.height) != self.size {
            return Err(ScanError::SizeDiffers { record: self.size, picture: (scan.width, scan.height) });
        }
        // A picture's own statement stays beside the record's.
        Ok(Scan { stated: self.stated.or(scan.stated), inner: self.stated.and(scan.stated), ..scan })
    }
}

/// The pictures of a record, if the bytes are one.
pub(super) fn entries(bytes: &[u8]) -> Option<Result<Vec<Entry<'_>>, ScanError>> {
    if an2k::is_an2k(bytes) {
        return Some(an2k::entries(bytes).map_err(ScanError::from));
    }
    if bytes.starts_with(b"FIR\0") {
        return Some(ImageRecord::parse(bytes).map(|r| r.views.into_iter().map(of_view).collect()).map_err(ScanError::from));
    }
    None
}

fn of_view(view: ImageView) -> Entry<'static> {
    use super::Unit;
    let unit = if view.sampling.unit == 1 { Unit::Inch } else { Unit::Centimetre };
    let (x, y) = view.sampling.image;
    let coding = match view.sampling.compression {
        Compression::None => Coding::Raw { depth: view.sampling.depth },
        Compression::Wsq => Coding::Wsq,
        Compression::Jpeg => Coding::Jpeg,
        Compression::Jpeg2000 | Compression::Jpeg2000Lossless => Coding::Jpeg2000,
        Compression::Png => Coding::Png,
    };
    Entry {
        code: view.position,
        position: FingerPosition::from_code(view.position),
        size: (view.width.into(), view.height.into()),
        stated: Resolution::new((x.into(), 1), (y.into(), 1), unit),
        coding,
        data: view.image.into(),
    }
}
