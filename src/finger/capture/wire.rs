//! The two lines of JSON between us and a sensor's program: what is asked, and what came.

use super::{CaptureError, Device, Presentation};
use crate::finger::image::Resolution;
use crate::finger::position::FingerPosition;
use crate::limits;
use serde_json::{Value, json};

/// Version of both lines.
pub const VERSION: u32 = 1;

/// What is asked of a sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// The finger to be taken; `None` where any will do.
    pub finger: Option<FingerPosition>,
    /// Which attempt this is, from 1.
    pub attempt: u8,
}

impl Request {
    /// The line, with its end.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{}\n", json!({"version": VERSION, "finger": self.finger.map(FingerPosition::text), "attempt": self.attempt}))
    }

    /// The request of a line, as a sensor's program reads it.
    ///
    /// # Errors
    /// [`CaptureError::Request`].
    pub fn parse(line: &[u8]) -> Result<Self, CaptureError> {
        let read = Self::read(line);
        read.map_err(|error| match error {
            CaptureError::Header(detail) => CaptureError::Request(detail),
            CaptureError::Version(version) => CaptureError::Request(format!("it is of version {version}")),
            other => other,
        })
    }

    fn read(line: &[u8]) -> Result<Self, CaptureError> {
        let value = object(line, &["version", "finger", "attempt"])?;
        let attempt = value["attempt"].as_u64().and_then(|n| u8::try_from(n).ok()).filter(|n| *n > 0);
        Ok(Self { finger: finger(&value)?, attempt: attempt.ok_or_else(|| wrong("attempt"))? })
    }
}

/// What a sensor says of a picture, in the line before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The finger that it took, as far as it knows.
    pub finger: Option<FingerPosition>,
    /// Resolution of the picture, where its file does not state it.
    pub dpi: Option<Resolution>,
    /// Bytes of the picture behind the line.
    pub image_bytes: usize,
    /// The device.
    pub device: Device,
    /// What its test of liveness found, if it has one.
    pub presentation: Option<Presentation>,
}

impl Header {
    /// The line, with its end.
    #[must_use]
    pub fn line(&self) -> String {
        let line = json!({
            "version": VERSION,
            "finger": self.finger.map(FingerPosition::text),
            "dpi": self.dpi.map(|dpi| dpi.to_string()),
            "image_bytes": self.image_bytes,
            "device": self.device,
            "presentation": self.presentation,
        });
        format!("{line}\n")
    }

    /// The header of a line.
    ///
    /// # Errors
    /// [`CaptureError::Header`] or [`CaptureError::Version`].
    pub fn parse(line: &[u8]) -> Result<Self, CaptureError> {
        let value = object(line, &["version", "finger", "dpi", "image_bytes", "device", "presentation"])?;
        let image_bytes = value["image_bytes"].as_u64().and_then(|n| usize::try_from(n).ok());
        let image_bytes = image_bytes.filter(|n| *n <= limits::IMAGE_BYTES).ok_or_else(|| wrong("image_bytes"))?;
        let dpi = match &value["dpi"] {
            Value::Null => None,
            Value::String(text) => Some(text.parse().map_err(|_| wrong("dpi"))?),
            Value::Number(number) => Some(number.to_string().parse().map_err(|_| wrong("dpi"))?),
            _ => return Err(wrong("dpi")),
        };
        let device: Device = serde_json::from_value(value["device"].clone()).map_err(|_| wrong("device"))?;
        if [&device.make, &device.model, &device.serial].iter().any(|text| text.chars().count() > limits::DEVICE_NAME_CHARS) {
            return Err(wrong("device"));
        }
        let presentation = serde_json::from_value(value["presentation"].clone()).map_err(|_| wrong("presentation"))?;
        Ok(Self { finger: finger(&value)?, dpi, image_bytes, device, presentation })
    }
}

/// The object of a line, of our version, in which all of its fields stand.
fn object(line: &[u8], fields: &[&str]) -> Result<Value, CaptureError> {
    let value: Value = serde_json::from_slice(line).map_err(|_| CaptureError::Header("it is no JSON".to_owned()))?;
    let version = value["version"].as_u64().and_then(|n| u32::try_from(n).ok()).ok_or_else(|| wrong("version"))?;
    if version != VERSION {
        return Err(CaptureError::Version(version));
    }
    let missing = fields.iter().find(|field| value.get(**field).is_none());
    missing.map_or(Ok(value.clone()), |field| Err(wrong(field)))
}

fn finger(value: &Value) -> Result<Option<FingerPosition>, CaptureError> {
    match &value["finger"] {
        Value::Null => Ok(None),
        Value::String(text) => FingerPosition::from_text(text).map(Some).ok_or_else(|| wrong("finger")),
        _ => Err(wrong("finger")),
    }
}

fn wrong(field: &str) -> CaptureError {
    CaptureError::Header(format!("`{field}` is missing or wrong"))
}
