//! `ektp finger match`: two prints that the caller holds, or a list of pairs of them, with their scores.

use super::parallel;
use super::print::{Print, PrintArgs};
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place::{self, write_private};
use crate::finger::matcher::{Band, MatchError, MatchOutcome};
use crate::finger::matching::{Fmr, Judgement, MinutiaMatcher, Prepared, Ready, Workspace};
use crate::finger::picture::{self, Side};
use crate::finger::template::Template;
use crate::limits;
use crate::reason::{Lang, Reason, Refusal as _};
use serde_json::json;
use std::collections::HashMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Options of `finger match`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ektp finger match scan-a.png scan-b.png --dpi 500 --picture pairs.png
  ektp finger match live.wsq right-index.fmr
  ektp finger match live.bmp ef-fingers.bin --dpi 500 --position right_index
  ektp finger match --pairs pairs.csv

A print is an image (PNG, BMP, TIFF, JPEG, PGM, JPEG 2000, WSQ, ANSI/NIST, ISO/IEC 19794-4) or a template (ISO/IEC 19794-2, ANSI 378,
EF.Fingers, or a card format named by --from); - reads standard input. The score is in nats of log-likelihood ratio.")]
pub struct Args {
    /// A print: an image or a template
    #[arg(value_name = "A", required_unless_present = "pairs")]
    a: Option<PathBuf>,
    /// The print it is compared with
    #[arg(value_name = "B", required_unless_present = "pairs")]
    b: Option<PathBuf>,
    /// A list instead: a CSV file of two paths a line; one score a line comes out, in order
    #[arg(long, value_name = "FILE", conflicts_with_all = ["a", "b"])]
    pairs: Option<PathBuf>,
    /// Draw both prints and their pairs of minutiae, as a PNG file; not with --pairs
    #[arg(long, value_name = "FILE", conflicts_with = "pairs")]
    picture: Option<PathBuf>,
    /// The rate at which different fingers may be taken for one, 1e-9 to 0.1
    #[arg(long, value_name = "RATE", default_value = "1e-4")]
    fmr: Fmr,
    #[command(flatten)]
    print: PrintArgs,
}

/// Runs the verb.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    match (&args.pairs, &args.a, &args.b) {
        (Some(list), ..) => pairs(list, args, out),
        (None, Some(a), Some(b)) => {
            for input in [a, b] {
                place::apart(input, &[args.picture.as_deref()])?;
            }
            let opener = args.print.opener();
            two(&opener.open(a)?, &opener.open(b)?, args, out)
        }
        _ => Err(Failure::new(Reason::Usage, "two prints are needed, or --pairs FILE")),
    }
}

/// Two prints: score, threshold, decision.
fn two(a: &Print, b: &Print, args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    let fmr = args.fmr;
    let judged = MinutiaMatcher::new(fmr).judge(&a.template, &b.template)?;
    let (name, reason) = match judged.outcome {
        MatchOutcome::Match(_) => ("match", None),
        MatchOutcome::NoMatch(_) => ("no-match", Some(Reason::PersonMismatch)),
        MatchOutcome::SampleTooPoor => ("too-poor", Some(Reason::SampleTooPoor)),
    };
    if let Some(file) = &args.picture {
        draw(a, b, file)?;
    }
    say(&judged, fmr, out);
    let data = json!({
        "score": judged.score.centinats(),
        "threshold": judged.threshold.score.centinats(),
        "fmr": fmr.to_string(),
        "extrapolated": judged.threshold.extrapolated,
        "decision": name,
        "near": matches!(judged.outcome, MatchOutcome::Match(Band::Near) | MatchOutcome::NoMatch(Band::Near)),
    });
    Ok(reason.map_or_else(|| Outcome::yes(&data), |reason| Outcome::with_reason(reason, &data)))
}

fn say(judged: &Judgement, fmr: Fmr, out: &mut Output) {
    let id = out.lang() == Lang::Id;
    let pick = |en: &'static str, text_id: &'static str| if id { text_id } else { en };
    let near = pick(", near the threshold", ", dekat ambang");
    let decision = match judged.outcome {
        MatchOutcome::Match(_) => pick("one finger", "jari yang sama"),
        MatchOutcome::NoMatch(_) => pick("not one finger", "bukan jari yang sama"),
        MatchOutcome::SampleTooPoor => pick("too few minutiae to say", "minutiae terlalu sedikit untuk memutuskan"),
    };
    let near = match judged.outcome {
        MatchOutcome::Match(Band::Near) | MatchOutcome::NoMatch(Band::Near) => near,
        _ => "",
    };
    let guess = if judged.threshold.extrapolated { pick(", extrapolated", ", ekstrapolasi") } else { "" };
    out.line(format!("{decision}{near}"));
    out.line(format!(
        "{} {} nat; {} {} {} FMR {fmr}{guess}",
        pick("score", "skor"),
        judged.score,
        pick("threshold", "ambang"),
        judged.threshold.score,
        pick("at", "pada"),
    ));
}

/// The first views of both, with their pairs.
fn draw(a: &Print, b: &Print, file: &Path) -> Result<(), Failure> {
    let pairing = Workspace::new().explain(&first(&a.template), &first(&b.template));
    let [a, b] = [a, b].map(|print| Side { minutiae: print.minutiae(), area: print.area(), image: print.image.as_ref() });
    let drawn = picture::pairing(&pairing, a, b);
    write_private(file, &drawn.map_err(|e| Failure::new(Reason::InternalError, format!("the picture was not written: {e}")))?)
}

/// A list: one score a line, in order. Nothing is printed unless every print can be read, and compared with its other.
fn pairs(list: &Path, args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    let (files, order) = load(list)?;
    if order.is_empty() {
        return Err(Failure::new(Reason::InputInvalid, format!("{}: no pairs", list.display())));
    }
    let (opener, total) = (args.print.opener(), files.len() as u64);
    let open = |(line, file): &(u64, PathBuf)| match opener.open(file) {
        Ok(print) => Ok(Ready::of(&print.template)),
        Err(failure) => Err(Failure { message: format!("line {line}: {}", failure.message), ..failure }),
    };
    let prints = parallel::each(&files, open, |done| out.progress("read", done, total))?;
    let matcher = MinutiaMatcher::new(args.fmr);
    let named = |line: u64| move |error: MatchError| Failure::new(error.reason(), format!("line {line}: {error}"));
    let asked = || order.iter().filter_map(|(line, a, b)| Some((*line, prints.get(*a)?, prints.get(*b)?)));
    for (line, a, b) in asked() {
        a.meets(b).map_err(named(line))?;
    }
    let mut workspace = Workspace::new();
    let mut matches = 0_u64;
    for (n, (line, a, b)) in (1..).zip(asked()) {
        let judged = matcher.judge_ready(&mut workspace, a, b).map_err(named(line))?;
        matches += u64::from(matches!(judged.outcome, MatchOutcome::Match(_)));
        out.line(judged.score.to_string());
        out.event("score", json!({"line": n, "score": judged.score.centinats()}));
    }
    let threshold = matcher.threshold();
    Ok(Outcome::yes(json!({
        "pairs": order.len(),
        "matches": matches,
        "threshold": threshold.score.centinats(),
        "fmr": args.fmr.to_string(),
        "extrapolated": threshold.extrapolated,
    })))
}

/// Files, each with the line that names it first, and pairs of places among them, each with its line.
type Pairs = (Vec<(u64, PathBuf)>, Vec<(u64, usize, usize)>);

/// The files that a list names, each once, and the pairs.
fn load(list: &Path) -> Result<Pairs, Failure> {
    let bytes = bytes(list, limits::MATCH_LIST_BYTES)?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).comment(Some(b'#')).from_reader(&bytes[..]);
    let (mut files, mut places, mut order) = (Vec::new(), HashMap::new(), Vec::new());
    for record in reader.records() {
        let record =
            record.map_err(|_| Failure::new(Reason::InputInvalid, format!("{}: not two paths a line", list.display())))?;
        let line = record.position().map_or(0, csv::Position::line);
        let invalid = |what: &str| Failure::new(Reason::InputInvalid, format!("{} line {line}: {what}", list.display()));
        let (Some(a), Some(b), 2) = (record.get(0), record.get(1), record.len()) else {
            return Err(invalid("not two paths"));
        };
        let mut place = |name: &str| {
            *places.entry(name.to_owned()).or_insert_with(|| {
                files.push((line, beside(list, name)));
                files.len() - 1
            })
        };
        order.push((line, place(a), place(b)));
        if files.len() > limits::MATCH_TEMPLATES {
            return Err(invalid("more prints than are compared at once"));
        }
    }
    Ok((files, order))
}

/// A path of a list: from the current folder, or where nothing is there, from the list's.
fn beside(list: &Path, name: &str) -> PathBuf {
    let here = PathBuf::from(name);
    let beside = list.with_file_name(name);
    if !here.exists() && beside.exists() { beside } else { here }
}

/// The first view, ready for comparison.
fn first(template: &Template) -> Prepared {
    let minutiae = template.views.first().map_or(&[][..], |v| &v.minutiae);
    Prepared::new(minutiae, template.x_resolution, template.y_resolution)
}

/// A file of at most `bound` bytes.
fn bytes(path: &Path, bound: usize) -> Result<Vec<u8>, Failure> {
    let unreadable = |what: String| Failure::new(Reason::FileUnreadable, format!("{}: {what}", path.display()));
    let file = std::fs::File::open(path).map_err(|e| unreadable(e.kind().to_string()))?;
    let mut bytes = Vec::new();
    file.take(bound as u64 + 1).read_to_end(&mut bytes).map_err(|e| unreadable(e.kind().to_string()))?;
    if bytes.len() > bound { Err(unreadable(format!("more than {bound} bytes"))) } else { Ok(bytes) }
}
