//! One record format into another, and what is lost on the way.

use super::reader::{from_two_degrees, to_two_degrees};
use super::{
    Capture, Extension, Frame, Minutia, QualityBlock, Record, RecordFormat, RecordView, Template, TemplateError, View,
    encode_card_compact, encode_card_normal,
};
use crate::reason::Lang;

/// Every format that a template is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TemplateFormat {
    /// A record.
    Record(RecordFormat),
    /// ISO/IEC 19794-2:2005 card compact: 0.1 mm, 64 directions, no qualities.
    CardCompact,
    /// ISO/IEC 19794-2:2005 card normal: 0.01 mm, no qualities.
    CardNormal,
}

/// What a conversion could not take along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loss {
    /// Directions were rounded to the format's unit: two degrees (ANSI), 5.625 (compact).
    Directions,
    /// Positions were rounded to 0.1 or 0.01 mm.
    Positions,
    /// Minutiae beyond what a chip takes, or outside the 25.5 mm of the compact format, were left out.
    Minutiae,
    /// Views after the first were left out.
    Views,
    /// The finger is not named.
    Finger,
    /// Qualities, or what tells them apart (0 from not given), were left out.
    Qualities,
    /// Whose algorithm gave the finger's quality, or further quality blocks.
    QualityAlgorithm,
    /// Time of capture, technology and vendor of the device.
    Capture,
    /// Device id or certification of the equipment.
    Equipment,
    /// Certification blocks.
    Certifications,
    /// The product that wrote the record.
    Product,
    /// The kind of impression became one that the format has.
    Impression,
    /// What a ridge ending is taken to be.
    EndingType,
    /// Extended data (zones of quality, some angles of cores and deltas, vendors' blocks) without a place in the format.
    ExtendedData,
    /// Size and resolution of the image.
    Frame,
}

impl Loss {
    const TEXTS: [(Self, &'static str, &'static str, &'static str); 15] = [
        (Self::Directions, "directions", "directions are rounded", "arah dibulatkan"),
        (Self::Positions, "positions", "positions are rounded", "letak dibulatkan"),
        (Self::Minutiae, "minutiae", "some minutiae are left out", "sebagian minutiae tidak disertakan"),
        (Self::Views, "views", "only the first view is kept", "hanya tampilan pertama disimpan"),
        (Self::Finger, "finger", "the finger is not named", "jari tidak disebut"),
        (Self::Qualities, "qualities", "qualities are not kept as they were", "mutu tidak disimpan seperti semula"),
        (Self::QualityAlgorithm, "quality-algorithm", "the quality's algorithm is not told", "algoritma mutu tidak disebut"),
        (Self::Capture, "capture", "time and device of capture are not told", "waktu dan alat tidak disebut"),
        (
            Self::Equipment,
            "equipment",
            "the equipment's id or certification is not told",
            "nomor atau sertifikasi alat tidak disebut",
        ),
        (Self::Certifications, "certifications", "certification blocks are left out", "blok sertifikasi tidak disertakan"),
        (Self::Product, "product", "the product that wrote it is not told", "produk pembuat tidak disebut"),
        (Self::Impression, "impression", "the kind of impression becomes another", "jenis sidik menjadi jenis lain"),
        (Self::EndingType, "ending-type", "the kind of ridge ending is not told", "jenis ujung alur tidak disebut"),
        (Self::ExtendedData, "extended-data", "some extended data are left out", "sebagian data tambahan tidak disertakan"),
        (Self::Frame, "frame", "the image's size and resolution are not told", "ukuran dan resolusi gambar tidak disebut"),
    ];

    /// The stable code, e.g. `directions`.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::TEXTS.iter().find(|t| t.0 == self).map_or("", |t| t.1)
    }

    /// The text for people.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        let found = Self::TEXTS.iter().find(|t| t.0 == self);
        found.map_or("", |t| if lang == Lang::Id { t.3 } else { t.2 })
    }
}

/// A conversion's bytes and losses.
pub type Converted = (Vec<u8>, Vec<Loss>);

impl Record {
    /// A record of a template about which nothing more is known.
    #[must_use]
    pub fn of(template: &Template, format: RecordFormat) -> Self {
        let frame = Frame::of(template);
        let [high, low] = template.equipment.to_be_bytes();
        let device = u16::from(high & 0x0F) << 8 | u16::from(low);
        let source = Self {
            format: RecordFormat::Iso2005,
            product: (0, 0),
            certification: high >> 4,
            device,
            zero_padded_version: false,
            has_certifications: false,
            views: template.views.iter().map(|view| RecordView::plain(frame, view.clone())).collect(),
        };
        source.converted(format, &mut Losses::default())
    }

    /// The record in another format, with what is lost. Extended data that are malformed are left out and count as lost.
    ///
    /// # Errors
    /// [`TemplateError::FramesDiffer`] where the format has one size and resolution for views that have several;
    /// [`TemplateError::Count`] without a view.
    pub fn convert(&self, format: RecordFormat) -> Result<(Self, Vec<Loss>), TemplateError> {
        if format.shares_frame() {
            self.shared_frame()?;
        }
        let mut losses = Losses::default();
        let record = self.converted(format, &mut losses);
        Ok((record, losses.finish()))
    }

    /// Bytes in any format, with what is lost. The card formats take the first view, best minutiae first.
    ///
    /// # Errors
    /// As [`Self::convert`] and of the format's writer.
    pub fn to_bytes(&self, format: TemplateFormat) -> Result<Converted, TemplateError> {
        let TemplateFormat::Record(format) = format else { return self.to_card(format == TemplateFormat::CardCompact) };
        let (record, losses) = self.convert(format)?;
        Ok((record.encode()?, losses))
    }

    fn to_card(&self, compact: bool) -> Result<Converted, TemplateError> {
        let templates = self.templates();
        let template = templates.first().ok_or(TemplateError::Count { what: "views" })?;
        let bytes = if compact { encode_card_compact(template)? } else { encode_card_normal(template)? };
        let mut losses = Losses::default();
        for loss in [Loss::Positions, Loss::Finger, Loss::Qualities, Loss::Capture, Loss::Equipment, Loss::Frame] {
            losses.add(loss, true);
        }
        let view = template.views.first();
        losses.add(Loss::Directions, compact);
        losses.add(Loss::Views, self.views.len() > 1);
        losses.add(Loss::Minutiae, view.is_some_and(|v| v.minutiae.len() > bytes.len() / if compact { 3 } else { 5 }));
        losses.add(Loss::ExtendedData, view.is_some_and(|v| !v.extended.is_empty()));
        Ok((bytes, losses.finish()))
    }

    fn converted(&self, format: RecordFormat, losses: &mut Losses) -> Self {
        if format == self.format {
            return self.clone();
        }
        let ansi = |f: RecordFormat| !matches!(f, RecordFormat::Iso2005 | RecordFormat::Iso2011);
        losses.add(Loss::Product, self.product != (0, 0) && !ansi(format));
        let (certification, device) = self.equipment_for(format, losses);
        let views = self.views.iter().map(|v| self.view_for(v, format, losses));
        Self {
            format,
            product: if ansi(format) { self.product } else { (0, 0) },
            certification,
            device,
            zero_padded_version: false,
            has_certifications: false,
            views: views.collect(),
        }
    }

    /// Certification bits and device id as the format holds them.
    fn equipment_for(&self, format: RecordFormat, losses: &mut Losses) -> (u8, u16) {
        let wide = |f: RecordFormat| matches!(f, RecordFormat::Ansi2009 | RecordFormat::Ansi2009Am1);
        let device =
            if self.format == RecordFormat::Iso2011 { self.views.first().map_or(0, |v| v.capture.device) } else { self.device };
        if format == RecordFormat::Iso2011 {
            losses.add(Loss::Equipment, self.certification != 0);
            return (0, 0);
        }
        let certification = match (wide(self.format), wide(format)) {
            (false, true) => self.certification << 4,
            (true, false) => self.certification >> 4,
            _ => self.certification,
        };
        let fits = wide(format) || device <= 0x0FFF;
        losses.add(Loss::Equipment, !fits || (wide(self.format) && !wide(format) && self.certification & 0x0F != 0));
        (certification, if fits { device } else { 0 })
    }

    fn view_for(&self, v: &RecordView, format: RecordFormat, losses: &mut Losses) -> RecordView {
        let iso_2011 = format == RecordFormat::Iso2011;
        let (extended, whole) = carry_extensions(&v.view.extended, self.format, format);
        losses.add(Loss::ExtendedData, !whole);
        let mut view = View { extended, ..v.view.clone() };
        view.impression = impression_for(v.view.impression, format, losses);
        self.minutiae_for(&mut view.minutiae, format, losses);
        let qualities = self.qualities_for(v, format, losses);
        view.quality = qualities.first().map_or(0, |q| q.value);
        if !format.has_special_quality() {
            view.quality = self.finger_quality(v).unwrap_or(0);
        }
        let capture = Capture { device: 0, ..v.capture };
        losses.add(Loss::Capture, !iso_2011 && capture != Capture::default());
        losses.add(Loss::Certifications, !v.certifications.is_empty());
        losses.add(Loss::EndingType, !iso_2011 && v.ending != 0);
        RecordView {
            frame: v.frame,
            capture: Capture { device: if iso_2011 { self.device } else { 0 }, ..Capture::default() },
            minutia_qualities: !iso_2011 || view.minutiae.iter().any(|m| m.quality != 254),
            qualities,
            certifications: Vec::new(),
            ending: 0,
            view,
        }
    }

    /// The finger's quality, if it is given.
    fn finger_quality(&self, v: &RecordView) -> Option<u8> {
        let value = if self.format.has_special_quality() { v.qualities.first()?.value } else { v.view.quality };
        (value <= 100 && (value > 0 || self.format.has_special_quality())).then_some(value)
    }

    fn qualities_for(&self, v: &RecordView, format: RecordFormat, losses: &mut Losses) -> Vec<QualityBlock> {
        let own = v.qualities.first().copied().filter(|q| (q.vendor, q.algorithm) != (0, 0));
        let block =
            |value| QualityBlock { value, vendor: own.map_or(0, |q| q.vendor), algorithm: own.map_or(0, |q| q.algorithm) };
        losses.add(Loss::QualityAlgorithm, v.qualities.len() > 1 || (own.is_some() && !format.has_special_quality()));
        match (format, self.finger_quality(v)) {
            (RecordFormat::Iso2005 | RecordFormat::Ansi2004, _) | (RecordFormat::Iso2011, None) => Vec::new(),
            (_, Some(value)) => vec![block(value)],
            (_, None) => vec![block(254)],
        }
    }

    /// Directions in the format's unit, and qualities in its codes.
    fn minutiae_for(&self, minutiae: &mut [Minutia], format: RecordFormat, losses: &mut Losses) {
        let ansi = !matches!(format, RecordFormat::Iso2005 | RecordFormat::Iso2011);
        for m in minutiae {
            if ansi {
                let kept = from_two_degrees(to_two_degrees(m.angle)).unwrap_or_default();
                losses.add(Loss::Directions, kept != m.angle);
                m.angle = kept;
            }
            m.quality = match (self.format.has_special_quality(), format.has_special_quality()) {
                (false, true) if m.quality == 0 => 254,
                (true, false) if m.quality > 100 => 0,
                (true, false) if m.quality == 0 => {
                    losses.add(Loss::Qualities, true);
                    1
                }
                _ => m.quality,
            };
        }
    }
}

/// Codes beyond four bits, where the format has no more: contactless becomes ANSI 2004's, the rest plain.
fn impression_for(code: u8, format: RecordFormat, losses: &mut Losses) -> u8 {
    match (code, format) {
        (0..=15, _) => code,
        (24..=27, RecordFormat::Ansi2004) => 9,
        (_, RecordFormat::Ansi2004 | RecordFormat::Iso2005) => {
            losses.add(Loss::Impression, true);
            0
        }
        _ => code,
    }
}

/// Ridge counts, cores, deltas and vendors' blocks in another format, and whether that is all there was.
pub(super) fn carry_extensions(bytes: &[u8], from: RecordFormat, to: RecordFormat) -> (Vec<u8>, bool) {
    if from == to {
        return (bytes.to_vec(), true);
    }
    let Ok(all) = from.extensions(bytes) else { return (Vec::new(), false) };
    let foreign = |e: &Extension| matches!(e, Extension::Other { code, .. } if *code < 0x0100);
    let kept: Vec<Extension> = all.iter().filter(|e| !foreign(e)).cloned().collect();
    let written = to.encode_extensions(&kept).unwrap_or_default();
    // ANSI cannot flag the angles of single points, and rounds them.
    let whole = to.extensions(&written).is_ok_and(|back| back == all);
    (written, whole)
}

/// Losses, each once.
#[derive(Default)]
struct Losses(Vec<Loss>);

impl Losses {
    fn add(&mut self, loss: Loss, happens: bool) {
        if happens && !self.0.contains(&loss) {
            self.0.push(loss);
        }
    }

    fn finish(mut self) -> Vec<Loss> {
        self.0.sort_unstable();
        self.0
    }
}

#[cfg(test)]
mod tests;
