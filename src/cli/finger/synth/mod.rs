//! `ektp finger synth`: images of fingers that nobody has, laid out as `finger eval` reads them.

mod make;
mod plan;

use super::input::parse_position;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place::write_private;
use crate::finger::position::FingerPosition;
use crate::finger::synth::image::{ContactSheet, Finger, GENERATOR, Level};
use crate::reason::{Lang, Reason};
use plan::Plan;
use serde_json::json;
use std::path::{Path, PathBuf};

/// The list of what was made, beside the sets.
const MANIFEST: &str = "manifest.json";

/// Options of `finger synth`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The folder holds one set a finger position, SET/F_I.png: person F, capture I, 8-bit grey at 500 dpi, 300 x 400 pixels, and
manifest.json (specs/json/finger-synth-manifest.schema.json), which names the seed, every finger's pattern and the SHA-256 of every image's pixels. `ektp finger eval DIR`
reads it. Same seed, same images: on every machine, with any number of processors, and a person's do not change when more
persons, fingers or captures are asked for. All of them are invented; none is anybody's."
)]
pub struct Args {
    /// Persons to invent, numbered from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    persons: u32,
    /// Captures of each finger, numbered from 1
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    captures: u32,
    /// What everything is drawn from
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Folder for the images; it is made, or must be empty
    #[arg(long, value_name = "DIR", visible_alias = "out")]
    output: PathBuf,
    /// Fingers of each person, e.g. right_index,left_index; all ten if not given
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = parse_position)]
    fingers: Vec<FingerPosition>,
    /// How hard the captures are to compare
    #[arg(long, value_name = "LEVEL", default_value = "usual")]
    quality: Quality,
    /// Also put captures side by side on one picture: a column a finger, a row a capture, person after person while there is room
    #[arg(long, value_name = "FILE.png")]
    contact_sheet: Option<PathBuf>,
}

/// [`Level`], for the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Quality {
    /// Clean glass, guided fingers
    Good,
    /// As hard as the real sets that figures are made on
    Usual,
    /// Dry, wet, partial, hurried
    Poor,
}

impl Quality {
    const fn level(self) -> Level {
        match self {
            Self::Good => Level::Good,
            Self::Usual => Level::Usual,
            Self::Poor => Level::Poor,
        }
    }
}

/// Runs the verb.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    let plan = Plan::of(args)?;
    plan.lay()?;
    let mut made = make::make(&plan, out)?;
    made.sort_by_key(|finger| (finger.person, finger.place));
    let sheet = args.contact_sheet.as_deref().map(|file| draw(file, &plan)).transpose()?;
    let manifest = plan.folder.join(MANIFEST);
    let list = plan.manifest(&made);
    write_private(&manifest, format!("{list:#}\n").as_bytes())?;
    let images = plan.images();
    let folder = plan.folder.display();
    out.line(match out.lang() {
        Lang::En => format!("{images} images of {} fingers in {folder}", made.len()),
        Lang::Id => format!("{images} citra dari {} jari di {folder}", made.len()),
    });
    Ok(Outcome::yes(json!({
        "folder": folder.to_string(),
        "manifest": manifest.display().to_string(),
        "generator": GENERATOR,
        "seed": plan.seed,
        "quality": plan.level.text(),
        "persons": plan.persons,
        "captures": plan.captures,
        "sets": plan.positions.iter().map(|p| p.text()).collect::<Vec<_>>(),
        "images": images,
        "pixels_sha256": plan::digest_of(&made),
        "contact_sheet": sheet.map(|file| file.display().to_string()),
    })))
}

/// The contact sheet: a column a finger, a row a capture, person after person.
fn draw<'a>(file: &'a Path, plan: &Plan<'_>) -> Result<&'a Path, Failure> {
    let mut sheet = ContactSheet::new(plan.positions.len());
    for number in 1..=plan.persons {
        if sheet.is_full() {
            break;
        }
        let fingers: Vec<Finger> = plan.positions.iter().map(|p| Finger::grow(plan.person(number), *p)).collect();
        for capture in 1..=plan.captures {
            if sheet.is_full() {
                break;
            }
            for finger in &fingers {
                sheet.push(&finger.capture(capture, plan.level)?);
            }
        }
    }
    let picture = sheet.to_png().map_err(|e| Failure::new(Reason::InternalError, format!("the contact sheet: {e}")))?;
    write_private(file, &picture)?;
    Ok(file)
}
