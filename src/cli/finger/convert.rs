//! `ektp finger convert`: image to image and template to template, with what is lost.

use super::dpi::{self, DpiArgs};
use super::format::{Format, Target};
use super::input::{UNKNOWN, image_name, load, parse_position};
use super::template::{CardFormat, Reading, Source};
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place::{self, write_private};
use crate::finger::image::{self, FingerImage};
use crate::finger::image_record::ImageEdition;
use crate::finger::position::FingerPosition;
use crate::finger::template::{Flaw, Loss, Record, TemplateError, TemplateFormat};
use crate::lds::biometric_data::BiometricData;
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
    #[command(flatten)]
    dpi: DpiArgs,
    /// Which finger: picks one of several, and names one that the input does not name (right_thumb to left_little)
    #[arg(long, value_name = "FINGER", value_parser = parse_position)]
    position: Option<FingerPosition>,
    /// Read a template whose lengths are wrong in ways that known writers make them, and say what was
    #[arg(long)]
    repair: bool,
}

/// Converts.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    place::apart(&args.input, &[Some(&args.output)])?;
    let bytes = load(&args.input)?;
    let asked = Reading { from: args.from, position: args.position, repair: args.repair };
    let template = if asked.is_template(&bytes) { Some(asked.read(&bytes)?) } else { None };
    match (args.to.target(), template) {
        (Target::Template(format, object), Some(source)) => write_template(args, source, format, object, out),
        (Target::Image(format), None) => write_image(args, &bytes, format, out),
        (Target::Image(_), Some(_)) => Err(Failure::new(Reason::Usage, "a template holds no image")),
        (Target::Template(..), None) if image_name(&bytes) == UNKNOWN => Err(TemplateError::NotARecord.into()),
        (Target::Template(..), None) => Err(Failure::new(
            Reason::Usage,
            "the input is no template; the minutiae of an image are found by `ektp finger extract`",
        )),
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
    let asked = args.dpi.asked(args.position);
    let found = image::find(bytes, asked)?;
    let (resolution, width, height) = (found.scan.resolution(asked.resolution)?, found.scan.width, found.scan.height);
    let image = found.scan.at_500(asked.resolution)?;
    let content = encode_image(&image, format, found.position)?;
    write_private(&args.output, &content)?;
    let resampled = (width, height) != (image.width().into(), image.height().into());
    dpi::tell(found.overruled, out);
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
        "overruled": found.overruled.map(|stated| stated.to_string()),
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
