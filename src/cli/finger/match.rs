//! `ektp finger match`: two prints that the caller holds, or a list of pairs of them, with their scores.

use super::dpi;
use super::pairs;
use super::print::{Print, PrintArgs};
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place::{self, write_private};
use crate::finger::matcher::{Band, MatchError, MatchOutcome};
use crate::finger::matching::{Fmr, Judgement, MinutiaMatcher, Prepared, Workspace};
use crate::finger::picture::{self, Side};
use crate::finger::template::{Template, View};
use crate::limits;
use crate::reason::{Lang, Reason};
use serde_json::json;
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
    /// A list instead: a CSV file of two paths a line; one line comes out for each, in order: its score, and `too-poor` behind it
    /// where that decides nothing, or `-` and the reason where there is none
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
        (Some(list), ..) => pairs::run(list, &args.print, args.fmr, out),
        (None, Some(a), Some(b)) => {
            for input in [a, b] {
                place::apart(input, &[args.picture.as_deref()])?;
            }
            let opener = args.print.opener();
            let prints = [opener.open(a)?, opener.open(b)?];
            prints.iter().for_each(|print| dpi::tell(print.overruled, out));
            let [a, b] = prints;
            two(&a, &b, args, out)
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
    let overruled = [a, b].map(|print| print.overruled.map(|stated| stated.to_string()));
    let data = json!({
        "score": judged.score.centinats(),
        "threshold": judged.threshold.score.centinats(),
        "fmr": fmr.to_string(),
        "extrapolated": judged.threshold.extrapolated,
        "decision": name,
        "overruled": overruled,
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

/// The views of both that are most alike, with their pairs: they made the score.
fn draw(a: &Print, b: &Print, file: &Path) -> Result<(), Failure> {
    let mut workspace = Workspace::new();
    let (ours, theirs) = (views(&a.template), views(&b.template));
    let pairs = ours.iter().flat_map(|x| theirs.iter().map(move |y| (x, y)));
    let may_be_one = |x: &View, y: &View| x.position.is_none() || y.position.is_none() || x.position == y.position;
    let compared = pairs.filter(|(x, y)| may_be_one(x.0, y.0)).map(|(x, y)| (workspace.score(&x.1, &y.1), x, y));
    let best = compared.reduce(|best, next| if next.0 > best.0 { next } else { best });
    let (_, x, y) = best.ok_or(MatchError::EmptyTemplate)?;
    let pairing = workspace.explain(&x.1, &y.1);
    let minutiae = |view: &'_ View| view.minutiae.iter().take(limits::MINUTIAE).cloned().collect::<Vec<_>>();
    let (ours, theirs) = (minutiae(x.0), minutiae(y.0));
    let a = Side { minutiae: &ours, area: a.area(), image: a.image.as_ref() };
    let b = Side { minutiae: &theirs, area: b.area(), image: b.image.as_ref() };
    let drawn = picture::pairing(&pairing, a, b);
    write_private(file, &drawn.map_err(|e| Failure::new(Reason::InternalError, format!("the picture was not written: {e}")))?)
}

/// The views that are compared, each ready for it.
fn views(template: &Template) -> Vec<(&View, Prepared)> {
    let seen = template.views.iter().filter(|v| !v.minutiae.is_empty()).take(limits::VIEWS_COMPARED);
    seen.map(|v| (v, Prepared::new(&v.minutiae, template.x_resolution, template.y_resolution))).collect()
}
