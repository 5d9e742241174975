//! `ektp finger sensor`: a simulated finger sensor, which answers with pictures from files as a real one's program does.

use super::input::{load, parse_dpi, parse_position};
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place::write_private;
use crate::finger::capture::{Device, Header, Presentation, Request};
use crate::finger::image::{self, Asked, Resolution};
use crate::finger::position::FingerPosition;
use crate::limits;
use crate::reason::Reason;
use serde_json::json;
use std::io::{BufRead as _, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Options of `finger sensor`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  ektp verify person evidence.json --trust trust --capture \"ektp finger sensor --image live.png --dpi 500\"

One line of JSON is read from standard input; a line of JSON and the picture's bytes come out (specs/capture.md). A program of this kind
is all that a real sensor needs.")]
pub struct Args {
    /// The picture to answer with; given again, the one for the next attempt
    #[arg(long = "image", value_name = "FILE", required_unless_present = "folder", conflicts_with = "folder")]
    images: Vec<PathBuf>,
    /// A folder of pictures named after their fingers (right-thumb.png to left-little.png): the one of the finger that is asked for
    #[arg(long, value_name = "DIR", conflicts_with = "finger")]
    folder: Option<PathBuf>,
    /// Resolution of the pictures in dots per inch, where they do not state it
    #[arg(long, value_name = "DPI", value_parser = parse_dpi)]
    dpi: Option<Resolution>,
    /// The finger that the sensor says it took; without it, it does not know
    #[arg(long, value_name = "FINGER", value_parser = parse_position)]
    finger: Option<FingerPosition>,
    /// Say that the finger is an artefact
    #[arg(long)]
    attack: bool,
    /// Where the capture goes; - is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

/// Runs the verb.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    let to_stdout = args.output == Path::new("-");
    if to_stdout && out.is_json() {
        return Err(Failure::new(
            Reason::Usage,
            "a capture on standard output leaves no room for --json: name a file by --output",
        ));
    }
    let request = request()?;
    let place = usize::from(request.attempt.saturating_sub(1));
    let asked = request.finger.filter(|_| args.folder.is_some());
    let of_finger = |dir: &PathBuf| Some(dir.join(format!("{}.png", asked?.text().replace('_', "-"))));
    let file = match &args.folder {
        Some(dir) => of_finger(dir),
        None => args.images.get(place).or(args.images.last()).cloned(),
    };
    let file = &file.ok_or_else(|| Failure::new(Reason::Usage, "--image is needed, or --folder where a finger is asked for"))?;
    let picture = load(file)?;
    // A sensor knows what it sends; ours says at once what is wrong with a file.
    let scan = image::find(&picture, Asked { resolution: args.dpi, ..Asked::default() })
        .and_then(|found| Ok(found.scan.resolution(args.dpi)?));
    let dpi = scan.map_err(|error| Failure::at(file, &error))?;
    let header = Header {
        finger: args.finger.or(asked),
        dpi: Some(dpi),
        image_bytes: picture.len(),
        device: device(),
        presentation: Some(if args.attack { Presentation::Attack } else { Presentation::BonaFide }),
    };
    let capture = [header.line().as_bytes(), &picture].concat();
    if to_stdout {
        let sent = std::io::stdout().write_all(&capture);
        sent.map_err(|e| Failure::new(Reason::FileUnreadable, format!("standard output: {}", e.kind())))?;
    } else {
        write_private(&args.output, &capture)?;
    }
    Ok(Outcome::yes(
        json!({"bytes": capture.len(), "attempt": request.attempt, "finger": args.finger.or(asked).map(FingerPosition::text)}),
    ))
}

/// The line of standard input.
fn request() -> Result<Request, Failure> {
    let mut line = Vec::new();
    let most = u64::try_from(limits::CAPTURE_HEADER_BYTES).unwrap_or(u64::MAX);
    let read = std::io::stdin().lock().take(most).read_until(b'\n', &mut line);
    read.map_err(|e| Failure::new(Reason::FileUnreadable, format!("standard input: {}", e.kind())))?;
    Ok(Request::parse(&line)?)
}

fn device() -> Device {
    Device { make: "ektp".to_owned(), model: "simulated sensor".to_owned(), serial: "0".to_owned() }
}
