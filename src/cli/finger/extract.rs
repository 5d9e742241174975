//! `ektp finger extract`: the minutiae of a finger image as a template and as a picture, and how good the image is.

use super::dpi;
use super::format::{Format, Target};
use super::input::load;
use super::print::{Print, PrintArgs};
use super::template::Reading;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place::{self, write_private};
use crate::finger::extract::Retake;
use crate::finger::picture::{self, Side};
use crate::finger::position::FingerPosition;
use crate::finger::template::{Record, RecordFormat};
use crate::lds::biometric_data::BiometricData;
use crate::limits;
use crate::reason::{Lang, Reason};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Options of `finger extract`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ektp finger extract scan.png --picture minutiae.png
  ektp finger extract scan.bmp --dpi 500 --position right_index --output right-index.fmr
  ektp finger extract tenprint.an2 --position left_thumb --output left-thumb.bin --to card-compact --max 60

Images are read as PNG, BMP, TIFF, JPEG, PGM, JPEG 2000, WSQ, ANSI/NIST (types 4, 13, 14) or ISO/IEC 19794-4 and brought to 500 dpi.
Without --output and --picture the image is only measured: minutiae, quality, and what would make it better.")]
pub struct Args {
    /// The image; - reads standard input
    #[arg(value_name = "IMAGE")]
    input: PathBuf,
    /// Where to write the template; the file is private (0600)
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Format of the template
    #[arg(long, value_name = "FORMAT", default_value = "iso-2005", value_parser = Format::of_template())]
    to: Format,
    /// Most minutiae to write, the best first
    #[arg(long, value_name = "N", default_value_t = limits::MINUTIAE as u16, value_parser = clap::value_parser!(u16).range(1..=limits::MINUTIAE as i64))]
    max: u16,
    /// Draw the minutiae over the image, as a PNG file: endings red, bifurcations blue
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    #[command(flatten)]
    print: PrintArgs,
}

/// Runs the verb.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    place::apart(&args.input, &[args.output.as_deref(), args.picture.as_deref()])?;
    let bytes = load(&args.input)?;
    if args.print.from().is_some() {
        return Err(Failure::new(Reason::Usage, "--from names the format of a template; minutiae are found in images"));
    }
    if Reading::default().is_template(&bytes) {
        return Err(Failure::new(Reason::Usage, "the input is a template already; `ektp finger convert` changes its format"));
    }
    let named = |f: Failure| Failure { message: format!("{}: {}", args.input.display(), f.message), ..f };
    let mut print = args.print.opener().of_image(&bytes).map_err(named)?;
    print.template.views.iter_mut().for_each(|view| *view = view.best(args.max.into()));
    let written = args.output.as_deref().map(|file| write(&print, args.to, file)).transpose()?;
    args.picture.as_deref().map(|file| draw(&print, file)).transpose()?;
    let retake = print.sample.and_then(|sample| sample.retake);
    let quality = print.sample.map(|sample| sample.score);
    dpi::tell(print.overruled, out);
    say(&print, quality, retake, out);
    Ok(Outcome::yes(json!({
        "minutiae": print.minutiae().len(),
        "quality": quality,
        "retake": retake.map(Retake::code),
        "width": print.template.width,
        "height": print.template.height,
        "overruled": print.overruled.map(|stated| stated.to_string()),
        "position": print.template.position().map(FingerPosition::text),
        "format": written.map(|_| args.to.name()),
        "bytes": written,
        "picture": args.picture.as_ref().map(|file| file.display().to_string()),
    })))
}

/// Writes the template; its length in bytes.
fn write(print: &Print, to: Format, file: &Path) -> Result<usize, Failure> {
    let Target::Template(format, object) = to.target() else {
        return Err(Failure::new(Reason::Usage, "--to names an image format; `ektp finger convert` writes images"));
    };
    let (bytes, _) = Record::of(&print.template, RecordFormat::Iso2005).to_bytes(format)?;
    let bytes = if object { BiometricData::of_minutiae(bytes).encode() } else { bytes };
    write_private(file, &bytes)?;
    Ok(bytes.len())
}

fn draw(print: &Print, file: &Path) -> Result<(), Failure> {
    let side = Side { minutiae: print.minutiae(), area: print.area(), image: print.image.as_ref() };
    let drawn = picture::minutiae(side);
    write_private(file, &drawn.map_err(|e| Failure::new(Reason::InternalError, format!("the picture was not written: {e}")))?)
}

fn say(print: &Print, quality: Option<u8>, retake: Option<Retake>, out: &mut Output) {
    let (lang, minutiae) = (out.lang(), print.minutiae().len());
    let quality = quality.map_or_else(|| "-".to_owned(), |q| q.to_string());
    out.line(match lang {
        Lang::En => format!("{minutiae} minutiae, quality {quality} of 100"),
        Lang::Id => format!("{minutiae} minutiae, mutu {quality} dari 100"),
    });
    if let Some(retake) = retake {
        out.line(format!("! {}", retake.text(lang)));
    }
}
