//! The template model of ISO/IEC 19794-2 and its encodings: records of ISO and ANSI, card compact and card normal.

mod ansi_378;
mod card;
mod convert;
mod error;
mod extended;
mod flaw;
mod order;
mod reader;
mod record;
mod record_2005;
mod record_2011;
mod select;
pub mod synthetic;

pub use card::{encode_card_compact, encode_card_normal, parse_card_compact, parse_card_normal};
pub use convert::{Converted, Loss, TemplateFormat};
pub use error::TemplateError;
pub use extended::{Core, Delta, Extension};
pub use flaw::{Flaw, with_flaws};
pub use order::{Order, OrderBy};
pub use record::{Capture, Frame, QualityBlock, Record, RecordFormat, RecordView};
pub use record_2005::{encode_record_2005, parse_record_2005};

use crate::finger::position::FingerPosition;

/// Minutiae of one or more views of fingers, with the resolution in which they are measured.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    /// Width of the image in pixels.
    pub width: u16,
    /// Height of the image in pixels.
    pub height: u16,
    /// Horizontal resolution in pixels per centimetre (197 is 500 dpi).
    pub x_resolution: u16,
    /// Vertical resolution in pixels per centimetre.
    pub y_resolution: u16,
    /// Capture equipment: four bits of certification and twelve bits of device id (clause 7.3.6 and 7.3.7); 0 where not told.
    pub equipment: u16,
    /// The views.
    pub views: Vec<View>,
}

/// One view of one finger.
#[derive(Clone, PartialEq, Eq)]
pub struct View {
    /// Which finger; `None` if the template does not say.
    pub position: Option<FingerPosition>,
    /// View number of this finger, 0 to 15.
    pub number: u8,
    /// Impression type, 0 to 15 (table 3: 0 live-scan plain, 1 live-scan rolled, …).
    pub impression: u8,
    /// Quality of the finger, 0 to 100.
    pub quality: u8,
    /// Minutiae, best first where their order means quality.
    pub minutiae: Vec<Minutia>,
    /// Extended data (ridge counts, cores, deltas, vendor data) undecoded, as ISO/IEC 19794-2:2005 writes them; inside a [`Record`] as
    /// its own format does. [`RecordFormat::extensions`] decodes them.
    pub extended: Vec<u8>,
}

/// A ridge ending or bifurcation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Minutia {
    /// Horizontal position in pixels from the left, 14 bits.
    pub x: u16,
    /// Vertical position in pixels from the top, 14 bits.
    pub y: u16,
    /// Direction in 1/256 of a turn, counter-clockwise from the positive x axis.
    pub angle: u8,
    /// What it is.
    pub kind: MinutiaKind,
    /// Quality 1 to 100; 0 is not given.
    pub quality: u8,
}

/// The kind of a minutia; the value is the two-bit code of clause 7.5.2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MinutiaKind {
    /// Neither, or not told apart.
    Other = 0,
    /// A ridge ends.
    Ending = 1,
    /// A ridge splits.
    Bifurcation = 2,
}

/// What every finger minutiae record begins with.
const MAGIC: &[u8] = b"FMR\0";
/// Largest coordinate, 14 bits.
pub const COORDINATE_MAX: u16 = 0x3FFF;

impl MinutiaKind {
    /// The two-bit code.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The kind of a two-bit code; `None` for 3, which is reserved.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Other),
            1 => Some(Self::Ending),
            2 => Some(Self::Bifurcation),
            _ => None,
        }
    }
}

impl Template {
    /// The finger of the first view.
    #[must_use]
    pub fn position(&self) -> Option<FingerPosition> {
        self.views.first().and_then(|v| v.position)
    }

    /// Minutiae over all views.
    #[must_use]
    pub fn minutiae(&self) -> usize {
        self.views.iter().map(|v| v.minutiae.len()).sum()
    }
}

/// Minutiae are biometric data: they are counted, not shown.
impl std::fmt::Debug for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Template({} views, {} minutiae)", self.views.len(), self.minutiae())
    }
}

/// Minutiae are biometric data: they are counted, not shown.
impl std::fmt::Debug for View {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "View({:?}, {} minutiae)", self.position, self.minutiae.len())
    }
}

#[cfg(test)]
mod tests;
