//! Files with pictures in them, and a picture as its file has it: grey, at whatever resolution is stated.

use super::entry::{self, Entry};
use super::{FingerImage, Resolution, ResolutionError, ScanError, resample, stated, wsq};
use crate::finger::position::FingerPosition;
use crate::raster::{self, Kind};

/// A finger's picture before it is brought to 500 dpi.
#[derive(Clone, PartialEq, Eq)]
pub struct Scan {
    /// `width` × `height` grey values, row by row from the top left.
    pub pixels: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// What the file says of its resolution, be it plausible or not.
    pub stated: Option<Resolution>,
    /// What the picture inside a record says besides the record.
    pub inner: Option<Resolution>,
}

/// What the operator says of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// The scanner's resolution.
    pub resolution: Option<Resolution>,
    /// Which finger of a record that holds several.
    pub position: Option<FingerPosition>,
    /// Whether `resolution` counts even where the file says another that could be.
    pub overrides: bool,
}

/// A picture with the finger that its record names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The picture.
    pub scan: Scan,
    /// The finger, if the file names one.
    pub position: Option<FingerPosition>,
    /// What the file said of its resolution, where it could have been and the operator's word was put in its place.
    pub overruled: Option<Resolution>,
}

/// The finger image in a file, at 500 dpi. `given` is what the operator says of the scanner's resolution.
///
/// The kind is told by the contents: PNG, BMP, TIFF (first page), JPEG, PGM, JPEG 2000, WSQ, ANSI/NIST types 4, 13 and 14, ISO/IEC
/// 19794-4. A record must hold one finger; [`find`] picks one of several.
///
/// # Errors
/// [`ScanError`].
pub fn read(bytes: &[u8], given: Option<Resolution>) -> Result<FingerImage, ScanError> {
    find(bytes, Asked { resolution: given, ..Asked::default() })?.scan.at_500(given)
}

/// The picture that is asked for, and its finger. A file that is one picture is taken for the finger asked for.
///
/// # Errors
/// [`ScanError`] but for those of resolution and size.
pub fn find(bytes: &[u8], asked: Asked) -> Result<Found, ScanError> {
    let mut found = picture(bytes, asked)?;
    if let (true, Some(given)) = (asked.overrides, asked.resolution) {
        found.overruled = found.scan.overrule(given);
    }
    Ok(found)
}

fn picture(bytes: &[u8], asked: Asked) -> Result<Found, ScanError> {
    let Some(entries) = entry::entries(bytes) else {
        return Ok(Found { scan: Scan::parse(bytes)?, position: asked.position, overruled: None });
    };
    let entries = entries?;
    let wanted = |e: &&Entry<'_>| asked.position.is_none() || e.position == asked.position;
    let mut matching = entries.iter().filter(wanted);
    // A lone picture of an unnamed finger may be the one asked for.
    let lone = || entries.first().filter(|e| entries.len() == 1 && e.code == 0);
    let entry = matching.next().or_else(lone).ok_or(ScanError::NoSuchFinger { count: entries.len() })?;
    if matching.next().is_some() {
        return Err(ScanError::SeveralFingers { count: entries.len() });
    }
    if entry.is_several() {
        return Err(ScanError::NotOneFinger { code: entry.code });
    }
    Ok(Found { scan: entry.decode()?, position: entry.position.or(asked.position), overruled: None })
}

impl Scan {
    /// The picture in a file that is one picture: every kind that [`read`] takes but the records.
    ///
    /// # Errors
    /// [`ScanError::Raster`] and [`ScanError::Wsq`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ScanError> {
        if wsq::is_wsq(bytes) {
            return Ok(Self::of_wsq(wsq::decode(bytes)?));
        }
        Self::of_kind(bytes, &[Kind::Png, Kind::Bmp, Kind::Tiff, Kind::Jpeg, Kind::Pnm, Kind::Jpeg2000])
    }

    pub(super) fn of_kind(bytes: &[u8], kinds: &[Kind]) -> Result<Self, ScanError> {
        let picture = raster::decode(bytes, kinds)?.into_grey();
        let stated = Kind::of(bytes).and_then(|kind| stated::of(kind, bytes));
        Ok(Self { pixels: picture.pixels, width: picture.width, height: picture.height, stated, inner: None })
    }

    pub(super) fn of_wsq(picture: wsq::Decoded) -> Self {
        let wsq::Decoded { pixels, width, height, ppi } = picture;
        Self { pixels, width, height, stated: ppi.and_then(Resolution::per_inch), inner: None }
    }

    /// Forgets what the file says of its resolution; what it was, if it could have been and was another than the one `given`.
    fn overrule(&mut self, given: Resolution) -> Option<Resolution> {
        let stated = [self.stated.take(), self.inner.take()];
        stated.into_iter().flatten().find(|r| r.is_plausible() && !r.agrees(given))
    }

    /// The picture at 500 dpi.
    ///
    /// # Errors
    /// [`ScanError::Resolution`] and [`ScanError::Size`].
    pub fn at_500(self, given: Option<Resolution>) -> Result<FingerImage, ScanError> {
        let resolution = self.resolution(given)?;
        Ok(resample::to_500(self.pixels, self.width, self.height, resolution)?)
    }

    /// The resolution that counts. Where a record and the picture in it make plausible statements that differ, the operator's word
    /// decides which of the two it is.
    ///
    /// # Errors
    /// [`ResolutionError`].
    pub fn resolution(&self, given: Option<Resolution>) -> Result<Resolution, ResolutionError> {
        let inner = self.inner.filter(|r| r.is_plausible());
        match (self.stated.filter(|r| r.is_plausible()), inner) {
            (Some(record), Some(picture)) if !record.agrees(picture) => {
                let decided = given.and_then(|g| [record, picture].into_iter().find(|r| r.agrees(g)));
                decided.ok_or(ResolutionError::Contradiction { record, picture })
            }
            (None, Some(picture)) => Resolution::settle(Some(picture), given),
            _ => Resolution::settle(self.stated, given),
        }
    }
}

/// A print is biometric data: it is measured, not shown.
impl std::fmt::Debug for Scan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scan({} x {}, {:?})", self.width, self.height, self.stated)
    }
}

#[cfg(test)]
mod tests;
