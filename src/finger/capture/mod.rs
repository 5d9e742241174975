//! A capture: one picture of one finger with everything that is known about how it was taken.
//!
//! Between a sensor's program and ours it is one line of JSON, then the bytes of the picture (`specs/capture.md`).

mod error;
mod wire;

pub use error::CaptureError;
pub use wire::{Header, Request, VERSION};

use crate::finger::image::{self, Asked, FingerImage, Resolution};
use crate::finger::position::FingerPosition;
use crate::limits;
use serde::{Deserialize, Serialize};

/// Which device took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Maker.
    pub make: String,
    /// Model.
    pub model: String,
    /// Serial number.
    pub serial: String,
}

/// What a device says about a finger that may be none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presentation {
    /// It took the finger for a live one (ISO/IEC 30107-1: bona fide).
    BonaFide,
    /// It took it for an artefact.
    Attack,
}

/// A capture, ready for extraction.
#[derive(Clone, PartialEq, Eq)]
pub struct Capture {
    /// The picture at 500 dpi.
    pub image: FingerImage,
    /// Resolution of the scanner.
    pub resolution: Resolution,
    /// What the picture's file said of its resolution, where the operator's word was put in its place.
    pub overruled: Option<Resolution>,
    /// The finger that was asked for.
    pub asked: Option<FingerPosition>,
    /// The finger that the device, the officer or the picture's file says it is.
    pub declared: Option<FingerPosition>,
    /// The device.
    pub device: Option<Device>,
    /// What the device says about the finger's being one; `None` where it has no such test.
    pub presentation: Option<Presentation>,
    /// How many times the finger was laid down until this picture.
    pub attempts: u8,
    /// SHA-256 of the picture's bytes as they came.
    pub digest: [u8; 32],
}

impl Capture {
    /// The capture that a sensor's program answered to `request`: a header in the first line, the picture's bytes behind it.
    ///
    /// # Errors
    /// [`CaptureError`].
    pub fn parse(answer: &[u8], request: &Request) -> Result<Self, CaptureError> {
        let end = answer.iter().take(limits::CAPTURE_HEADER_BYTES).position(|b| *b == b'\n').ok_or(CaptureError::NoHeader)?;
        let (line, rest) = answer.split_at(end);
        let header = Header::parse(line)?;
        let picture = rest.get(1..).unwrap_or_default();
        if picture.len() != header.image_bytes {
            return Err(CaptureError::Length { stated: header.image_bytes, found: picture.len() });
        }
        if let (Some(asked), Some(declared)) = (request.finger, header.finger)
            && asked != declared
        {
            return Err(CaptureError::OtherFinger { asked, declared });
        }
        let position = header.finger.or(request.finger);
        let mut capture = Self::of_picture(picture, Asked { resolution: header.dpi, position, overrides: false })?;
        capture.asked = request.finger;
        capture.device = Some(header.device);
        capture.presentation = header.presentation;
        capture.attempts = request.attempt;
        Ok(capture)
    }

    /// The capture that a picture file is, without a device: the operator says what is known.
    ///
    /// # Errors
    /// [`CaptureError::Picture`].
    pub fn of_picture(picture: &[u8], said: Asked) -> Result<Self, CaptureError> {
        let found = image::find(picture, said)?;
        let resolution = found.scan.resolution(said.resolution).map_err(image::ScanError::from)?;
        let declared = found.position.or(said.position);
        Ok(Self {
            image: found.scan.at_500(said.resolution)?,
            resolution,
            overruled: found.overruled,
            asked: None,
            declared,
            device: None,
            presentation: None,
            attempts: 1,
            digest: crate::crypto::hash::sha256(picture),
        })
    }
}

/// The picture is biometric data: it is measured, not shown.
impl std::fmt::Debug for Capture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Capture({} x {}, {:?})", self.image.width(), self.image.height(), self.declared)
    }
}

#[cfg(test)]
mod tests;
