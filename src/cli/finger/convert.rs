//! `ektp finger convert`: image to image and template to template, with what is lost.

use super::input::{load, parse_dpi, parse_position};
use crate::cli::card_reading::write_private;
use crate::cli::output::{Failure, Outcome, Output};
use crate::finger::image::{self, Asked, FingerImage, Resolution, an2k, wsq};
use crate::finger::image_record::ImageEdition;
use crate::finger::position::FingerPosition;
use crate::finger::template::{
    Flaw, Loss, Record, RecordFormat, Template, TemplateError, TemplateFormat, parse_card_compact, parse_card_normal,
};
use crate::lds::biometric_data::BiometricData;
use crate::lds::fingers;
use crate::raster::Kind;
use crate::reason::{Lang, Reason};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Options of `finger convert`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ektp finger convert scan.wsq scan.png --to png
  ektp finger convert scan.bmp scan.png --to png --dpi 500
  ektp finger convert tenprint.an2 index.png --to png --position right_index
  ektp finger convert old.fmr new.fmr --to iso-2011
  ektp finger convert card.bin card.fmr --from card-compact --to iso-2005 --position left_index

Images are read as PNG, BMP, TIFF, JPEG, PGM, JPEG 2000, WSQ, ANSI/NIST (types 4, 13, 14) or ISO/IEC 19794-4 and written at 500 dpi.
Templates are read as any format below or as EF.Fingers; what a file is, its contents tell, but for the card formats.")]
pub struct Args {
    /// The image or template; - reads standard input
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// Where to write; the file is private (0600), and one that is there is replaced
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// Format to write
    #[arg(long, value_name = "FORMAT")]
    to: Format,
    /// Card format of minutiae without a header, or inside 7F2E or 5F2E
    #[arg(long, value_name = "FORMAT")]
    from: Option<CardFormat>,
    /// Resolution of the scanner in dots per inch, where the image does not state it or states what cannot be
    #[arg(long, value_name = "DPI", value_parser = parse_dpi)]
    dpi: Option<Resolution>,
    /// Which finger: picks one of several, and names one that the input does not name (right_thumb to left_little)
    #[arg(long, value_name = "FINGER", value_parser = parse_position)]
    position: Option<FingerPosition>,
    /// Read a template whose lengths are wrong in ways that known writers make them, and say what was
    #[arg(long)]
    repair: bool,
}

/// What can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// 8-bit grey PNG that states its resolution
    Png,
    /// ISO/IEC 19794-4:2005 finger image record
    #[value(name = "image-2005")]
    Image2005,
    /// ISO/IEC 19794-4:2011 finger image record
    #[value(name = "image-2011")]
    Image2011,
    /// ISO/IEC 19794-2:2005 finger minutiae record
    #[value(name = "iso-2005")]
    Iso2005,
    /// ISO/IEC 19794-2:2011 finger minutiae record
    #[value(name = "iso-2011")]
    Iso2011,
    /// ANSI INCITS 378-2004
    #[value(name = "ansi-2004")]
    Ansi2004,
    /// ANSI INCITS 378-2009
    #[value(name = "ansi-2009")]
    Ansi2009,
    /// ANSI INCITS 378-2009 amendment 1
    #[value(name = "ansi-2009-am1")]
    Ansi2009Am1,
    /// Card compact: three bytes a minutia
    CardCompact,
    /// Card normal: five bytes a minutia
    CardNormal,
    /// Card compact in a 7F2E data object
    CardCompactObject,
    /// Card normal in a 7F2E data object
    CardNormalObject,
}

/// Card formats, which do not say what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum CardFormat {
    /// Three bytes a minutia
    CardCompact,
    /// Five bytes a minutia
    CardNormal,
}

/// How a template is written.
enum Target {
    Image(Format),
    Template(TemplateFormat, bool),
}

impl Format {
    fn name(self) -> String {
        clap::ValueEnum::to_possible_value(&self).map(|v| v.get_name().to_owned()).unwrap_or_default()
    }

    fn target(self) -> Target {
        use TemplateFormat::{CardCompact, CardNormal, Record};
        match self {
            Self::Png | Self::Image2005 | Self::Image2011 => Target::Image(self),
            Self::Iso2005 => Target::Template(Record(RecordFormat::Iso2005), false),
            Self::Iso2011 => Target::Template(Record(RecordFormat::Iso2011), false),
            Self::Ansi2004 => Target::Template(Record(RecordFormat::Ansi2004), false),
            Self::Ansi2009 => Target::Template(Record(RecordFormat::Ansi2009), false),
            Self::Ansi2009Am1 => Target::Template(Record(RecordFormat::Ansi2009Am1), false),
            Self::CardCompact => Target::Template(CardCompact, false),
            Self::CardNormal => Target::Template(CardNormal, false),
            Self::CardCompactObject => Target::Template(CardCompact, true),
            Self::CardNormalObject => Target::Template(CardNormal, true),
        }
    }
}

/// Converts.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    if args.input == args.output {
        return Err(Failure::new(Reason::Usage, "IN and OUT are the same file"));
    }
    let bytes = load(&args.input)?;
    let template = if is_template(&bytes, args) { Some(read_template(&bytes, args)?) } else { None };
    match (args.to.target(), template) {
        (Target::Template(format, object), Some(source)) => write_template(args, source, format, object, out),
        (Target::Image(format), None) => write_image(args, &bytes, format, out),
        (Target::Image(_), Some(_)) => Err(Failure::new(Reason::Usage, "a template holds no image")),
        (Target::Template(..), None) if image_name(&bytes) == UNKNOWN => Err(TemplateError::NotARecord.into()),
        (Target::Template(..), None) => {
            Err(Failure::new(Reason::Usage, "the input is no template; minutiae of an image are found by `ektp finger extract`"))
        }
    }
}

/// A template that was read.
struct Source {
    format: &'static str,
    record: Record,
    flaws: Vec<Flaw>,
}

fn is_template(bytes: &[u8], args: &Args) -> bool {
    let starts = [&b"FMR\0"[..], &[0x7F, 0x61], &[0x7F, 0x2E], &[0x5F, 0x2E]];
    args.from.is_some() || starts.iter().any(|start| bytes.starts_with(start))
}

fn read_template(bytes: &[u8], args: &Args) -> Result<Source, Failure> {
    let whole =
        |format, template: &Template| Source { format, record: Record::of(template, RecordFormat::Iso2005), flaws: Vec::new() };
    if let Some(card) = args.from {
        let object = bytes.starts_with(&[0x7F, 0x2E]) || bytes.starts_with(&[0x5F, 0x2E]);
        let minutiae = if object { BiometricData::parse(bytes)?.minutiae()?.to_vec() } else { bytes.to_vec() };
        return Ok(match card {
            CardFormat::CardCompact => whole("card-compact", &parse_card_compact(&minutiae)?),
            CardFormat::CardNormal => whole("card-normal", &parse_card_normal(&minutiae)?),
        });
    }
    if bytes.starts_with(&[0x7F, 0x61]) {
        return Ok(whole("ef-fingers", &stored(bytes, args.position)?));
    }
    if !bytes.starts_with(b"FMR\0") {
        return Err(Failure::new(
            Reason::Usage,
            "a data object does not say its format: give --from card-compact or card-normal",
        ));
    }
    let (record, flaws) = if args.repair { Record::repair(bytes)? } else { (Record::parse(bytes)?, Vec::new()) };
    Ok(Source { format: record_name(record.format), record, flaws })
}

const fn record_name(format: RecordFormat) -> &'static str {
    match format {
        RecordFormat::Iso2005 => "iso-2005",
        RecordFormat::Iso2011 => "iso-2011",
        RecordFormat::Ansi2004 => "ansi-2004",
        RecordFormat::Ansi2007 => "ansi-2007",
        RecordFormat::Ansi2009 => "ansi-2009",
        RecordFormat::Ansi2009Am1 => "ansi-2009-am1",
    }
}

/// The finger of EF.Fingers that is asked for, or its only one.
fn stored(bytes: &[u8], position: Option<FingerPosition>) -> Result<Template, Failure> {
    let mut all = fingers::parse(bytes)?;
    all.retain(|finger| position.is_none_or(|p| p == finger.position));
    match all.len() {
        1 => all.pop().map(|finger| finger.template).ok_or_else(|| Failure::new(Reason::NoFingerOnFile, "no finger")),
        0 => Err(Failure::new(Reason::NoFingerOnFile, "the file holds no finger, or not the one asked for")),
        n => Err(Failure::new(Reason::InputInvalid, format!("the file holds {n} fingers: name one with --position"))),
    }
}

fn write_template(args: &Args, source: Source, to: TemplateFormat, object: bool, out: &mut Output) -> Result<Outcome, Failure> {
    let Source { format, mut record, flaws } = source;
    if let Some(position) = args.position {
        choose(&mut record, position)?;
    }
    let (bytes, losses) = record.to_bytes(to)?;
    let bytes = if object { BiometricData::of_minutiae(bytes).encode() } else { bytes };
    write_private(&args.output, &bytes)?;
    let minutiae: usize = record.views.iter().map(|v| v.view.minutiae.len()).sum();
    let lang = out.lang();
    out.line(match lang {
        Lang::En => {
            format!("{format} to {}: {} views, {minutiae} minutiae, {} bytes", args.to.name(), record.views.len(), bytes.len())
        }
        Lang::Id => {
            format!("{format} ke {}: {} tampilan, {minutiae} minutiae, {} bita", args.to.name(), record.views.len(), bytes.len())
        }
    });
    losses.iter().for_each(|loss| out.line(format!("! {}", loss.text(lang))));
    for flaw in &flaws {
        out.line(format!("! {} at byte {}: {} → {}", flaw.field, flaw.offset, flaw.stated, flaw.actual));
    }
    Ok(Outcome::yes(json!({
        "kind": "template",
        "from": format,
        "to": args.to.name(),
        "bytes": bytes.len(),
        "views": record.views.len(),
        "minutiae": minutiae,
        "losses": losses.iter().map(|loss| loss_json(*loss, lang)).collect::<Value>(),
        "repaired": flaws.iter().map(flaw_json).collect::<Value>(),
    })))
}

/// Keeps the views of a finger, or names a lone view that names none.
fn choose(record: &mut Record, position: FingerPosition) -> Result<(), Failure> {
    if let [only] = record.views.as_mut_slice()
        && only.view.position.is_none()
    {
        only.view.position = Some(position);
    }
    record.views.retain(|v| v.view.position == Some(position));
    if record.views.is_empty() {
        return Err(Failure::new(Reason::InputInvalid, format!("the template holds no view of {position}")));
    }
    Ok(())
}

fn loss_json(loss: Loss, lang: Lang) -> Value {
    json!({"code": loss.code(), "text": loss.text(lang)})
}

fn flaw_json(flaw: &Flaw) -> Value {
    json!({"field": flaw.field, "offset": flaw.offset, "stated": flaw.stated, "actual": flaw.actual})
}

fn write_image(args: &Args, bytes: &[u8], format: Format, out: &mut Output) -> Result<Outcome, Failure> {
    let found = image::find(bytes, Asked { resolution: args.dpi, position: args.position })?;
    let (resolution, width, height) = (found.scan.resolution(args.dpi)?, found.scan.width, found.scan.height);
    let image = found.scan.at_500(args.dpi)?;
    let content = encode_image(&image, format, found.position)?;
    write_private(&args.output, &content)?;
    let resampled = (width, height) != (image.width().into(), image.height().into());
    out.line(format!("{width} x {height} at {resolution} dpi → {} x {} at 500 dpi", image.width(), image.height()));
    Ok(Outcome::yes(json!({
        "kind": "image",
        "from": image_name(bytes),
        "to": args.to.name(),
        "bytes": content.len(),
        "width": image.width(),
        "height": image.height(),
        "resolution": resolution.to_string(),
        "resampled": resampled,
        "position": found.position.map(FingerPosition::text),
    })))
}

fn encode_image(image: &FingerImage, format: Format, position: Option<FingerPosition>) -> Result<Vec<u8>, Failure> {
    let edition = match format {
        Format::Image2005 => ImageEdition::Iso2005,
        Format::Image2011 => ImageEdition::Iso2011,
        _ => return Ok(image.to_png()?),
    };
    Ok(image.to_record(position, edition).encode()?)
}

const UNKNOWN: &str = "unknown";

fn image_name(bytes: &[u8]) -> &'static str {
    if an2k::is_an2k(bytes) {
        return "ansi-nist";
    }
    if bytes.starts_with(b"FIR\0") {
        return "image-record";
    }
    if wsq::is_wsq(bytes) {
        return "wsq";
    }
    match Kind::of(bytes) {
        Some(Kind::Png) => "png",
        Some(Kind::Jpeg) => "jpeg",
        Some(Kind::Bmp) => "bmp",
        Some(Kind::Tiff) => "tiff",
        Some(Kind::Pnm) => "pnm",
        Some(Kind::Jpeg2000) => "jpeg-2000",
        None => UNKNOWN,
    }
}
