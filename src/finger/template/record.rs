//! A finger minutiae record as a file holds it: the template, and what its format says around it, so that it is written back byte for
//! byte.

use super::convert::carry_extensions;
use super::flaw::Flaw;
use super::reader::Reader;
use super::{Template, TemplateError, View, ansi_378, record_2005, record_2011};
use std::fmt::Debug;

/// The record formats, told apart by magic, version and structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordFormat {
    /// ISO/IEC 19794-2:2005.
    Iso2005,
    /// ISO/IEC 19794-2:2011.
    Iso2011,
    /// ANSI INCITS 378-2004.
    Ansi2004,
    /// The 2007 draft of ANSI INCITS 378-2009, which is in use: version 030 with the equipment field of 2004.
    Ansi2007,
    /// ANSI INCITS 378-2009.
    Ansi2009,
    /// ANSI INCITS 378-2009 amendment 1.
    Ansi2009Am1,
}

impl RecordFormat {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Iso2005, Self::Iso2011, Self::Ansi2004, Self::Ansi2007, Self::Ansi2009, Self::Ansi2009Am1];

    /// Whether 254 and 255 are codes of "no quality" (else 0 is).
    pub(super) const fn has_special_quality(self) -> bool {
        !matches!(self, Self::Iso2005 | Self::Ansi2004)
    }

    /// Whether all views share one size and resolution.
    pub(super) const fn shares_frame(self) -> bool {
        matches!(self, Self::Iso2005 | Self::Ansi2004)
    }
}

/// Size and resolution of the image that a view's coordinates count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
    /// Horizontal resolution in pixels per centimetre, not 0.
    pub x_resolution: u16,
    /// Vertical resolution in pixels per centimetre, not 0.
    pub y_resolution: u16,
}

/// When and with what a view was captured (ISO/IEC 19794-2:2011).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capture {
    /// Year (two bytes), month, day, hour, minute, second, milliseconds (two bytes), UTC; FF where not told.
    pub time: [u8; 9],
    /// Technology of the device, 0 where not told.
    pub technology: u8,
    /// Vendor of the device, 0 where not told.
    pub vendor: u16,
    /// Device of that vendor, 0 where not told.
    pub device: u16,
}

impl Default for Capture {
    fn default() -> Self {
        Self { time: [0xFF; 9], technology: 0, vendor: 0, device: 0 }
    }
}

/// A finger's quality, and whose algorithm says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QualityBlock {
    /// 0 to 100; 254 not given (ANSI), 255 failed.
    pub value: u8,
    /// Vendor of the algorithm.
    pub vendor: u16,
    /// Algorithm of that vendor.
    pub algorithm: u16,
}

/// A view with what the format says around it. The codes inside `view` are the format's own: [`Record::templates`] gives them the
/// meaning of [`Template`].
#[derive(Clone, PartialEq, Eq)]
pub struct RecordView {
    /// The image's size and resolution.
    pub frame: Frame,
    /// Capture, where the format has it.
    pub capture: Capture,
    /// Quality blocks: none in ISO 2005 and ANSI 2004 (there `view.quality` is all), one in ANSI 2009, any number in ISO 2011.
    pub qualities: Vec<QualityBlock>,
    /// Certification blocks of ISO 2011: authority and scheme.
    pub certifications: Vec<(u16, u8)>,
    /// What a ridge ending is (ISO 2011): 0 the valley skeleton's bifurcation, 1 the ridge skeleton's end.
    pub ending: u8,
    /// Whether minutiae have their quality; only ISO 2011 can leave it out.
    pub minutia_qualities: bool,
    /// The view itself.
    pub view: View,
}

/// A finger minutiae record.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Its format.
    pub format: RecordFormat,
    /// Owner and type of the product that wrote it (ANSI only, CBEFF).
    pub product: (u16, u16),
    /// Certification bits of the capture equipment: four, in ANSI 2009 eight; 0 in ISO 2011.
    pub certification: u8,
    /// Device id of the capture equipment: 12 bits, in ANSI 2009 sixteen; 0 in ISO 2011, where each view has its own.
    pub device: u16,
    /// Whether version 20 is written `020`, not ` 20`; both are in use for ANSI 2004.
    pub zero_padded_version: bool,
    /// Whether views have certification blocks (ISO 2011).
    pub has_certifications: bool,
    /// The views, at least one.
    pub views: Vec<RecordView>,
}

impl Record {
    /// Reads a record of any format. Everything is checked: no reserved value passes and no byte is left over, so that
    /// `Record::parse(b)?.encode()? == b`.
    ///
    /// # Errors
    /// [`TemplateError`], with the byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, TemplateError> {
        Self::read(&mut Reader::new(bytes)?).map(|(record, _)| record)
    }

    /// Reads with a reader that refuses wrong lengths, or that puts them right and says so.
    pub(super) fn read(r: &mut Reader<'_>) -> Result<(Self, Vec<Flaw>), TemplateError> {
        let attempt = |parse: fn(&mut Reader<'_>) -> Result<Self, TemplateError>| {
            let mut r = r.clone();
            parse(&mut r).map(|record| (record, r.into_flaws()))
        };
        let bytes = r.bytes();
        match bytes.get(4..).and_then(<[u8]>::first_chunk) {
            Some(record_2005::VERSION | ansi_378::VERSION_2004) if ansi_378::is_2004(bytes) => attempt(ansi_378::parse_2004),
            // Three formats bear this version. None reads as another: their lengths, counts and reserved bytes stand elsewhere.
            Some(record_2011::VERSION) => {
                let iso = attempt(record_2011::parse);
                let ansi = iso.is_err().then(|| attempt(ansi_378::parse_2009));
                match (iso, ansi) {
                    (Err(iso), Some(Err(ansi))) => {
                        attempt(ansi_378::parse_2007).map_err(|_| if record_2011::has_its_shape(bytes) { iso } else { ansi })
                    }
                    (Err(_), Some(read)) => read,
                    (iso, _) => iso,
                }
            }
            Some(ansi_378::VERSION_AM1) => attempt(ansi_378::parse_2009_am1),
            // It also says what is wrong with another start.
            _ => attempt(record_2005::parse),
        }
    }

    /// Writes the record in its own format.
    ///
    /// # Errors
    /// [`TemplateError::Count`] or [`TemplateError::OutOfRange`] when the record holds what its format cannot.
    pub fn encode(&self) -> Result<Vec<u8>, TemplateError> {
        match self.format {
            RecordFormat::Iso2005 => record_2005::encode(self),
            RecordFormat::Iso2011 => record_2011::encode(self),
            RecordFormat::Ansi2004 => ansi_378::encode_2004(self),
            RecordFormat::Ansi2007 | RecordFormat::Ansi2009 | RecordFormat::Ansi2009Am1 => ansi_378::encode_2009(self),
        }
    }

    /// The templates: views that follow each other and share a frame become one. Qualities have the meaning of [`Template`]: 0 is not
    /// given, and a quality that is given as 0 is 1.
    #[must_use]
    pub fn templates(&self) -> Vec<Template> {
        let mut out: Vec<Template> = Vec::new();
        for v in &self.views {
            let view = self.meaning(v);
            let Frame { width, height, x_resolution, y_resolution } = v.frame;
            match out.last_mut() {
                Some(t) if (t.width, t.height, t.x_resolution, t.y_resolution) == (width, height, x_resolution, y_resolution) => {
                    t.views.push(view);
                }
                _ => out.push(Template {
                    width,
                    height,
                    x_resolution,
                    y_resolution,
                    equipment: u16::from(self.certification & 0x0F) << 12 | self.device & 0x0FFF,
                    views: vec![view],
                }),
            }
        }
        out
    }

    fn meaning(&self, v: &RecordView) -> View {
        let (extended, _) = carry_extensions(&v.view.extended, self.format, RecordFormat::Iso2005);
        let mut view = View { extended, ..v.view.clone() };
        if self.format.has_special_quality() {
            let meant = |code: u8| if code > 100 { 0 } else { code.max(1) };
            view.quality = meant(v.qualities.first().map_or(255, |q| q.value));
            view.minutiae.iter_mut().for_each(|m| m.quality = meant(m.quality));
        }
        view
    }

    /// The frame that all views share.
    pub(super) fn shared_frame(&self) -> Result<Frame, TemplateError> {
        let first = self.views.first().ok_or(TemplateError::Count { what: "views" })?.frame;
        if self.views.iter().all(|v| v.frame == first) { Ok(first) } else { Err(TemplateError::FramesDiffer) }
    }
}

impl RecordView {
    /// A view about which nothing more is known.
    pub(super) fn plain(frame: Frame, view: View) -> Self {
        Self {
            frame,
            capture: Capture::default(),
            qualities: Vec::new(),
            certifications: Vec::new(),
            ending: 0,
            minutia_qualities: true,
            view,
        }
    }
}

impl Frame {
    /// The frame of a template.
    #[must_use]
    pub const fn of(template: &Template) -> Self {
        let Template { width, height, x_resolution, y_resolution, .. } = *template;
        Self { width, height, x_resolution, y_resolution }
    }

    pub(super) fn bytes(&self) -> [u8; 8] {
        let [w, h] = [self.width.to_be_bytes(), self.height.to_be_bytes()];
        let [x, y] = [self.x_resolution.to_be_bytes(), self.y_resolution.to_be_bytes()];
        [w[0], w[1], h[0], h[1], x[0], x[1], y[0], y[1]]
    }

    pub(super) const fn check(&self, offset: usize) -> Result<(), TemplateError> {
        if self.x_resolution == 0 || self.y_resolution == 0 {
            return Err(TemplateError::OutOfRange { field: "resolution", offset });
        }
        Ok(())
    }
}

/// Minutiae are biometric data: they are counted, not shown.
impl Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Record({:?}, {} views)", self.format, self.views.len())
    }
}

/// Minutiae are biometric data: they are counted, not shown.
impl Debug for RecordView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecordView({:?})", self.view)
    }
}

#[cfg(test)]
pub(super) mod tests;
