//! `ektp finger match`: two templates that the caller holds, or a list of pairs of them, with their scores.

use super::super::output::{Failure, Outcome, Output};
use crate::cli::place::write_private;
use crate::finger::matcher::{Band, MatchError, MatchOutcome};
use crate::finger::matching::{Fmr, Judgement, MinutiaMatcher, Prepared, Score, Workspace};
use crate::finger::picture::{self, Side};
use crate::finger::template::{Template, parse_record_2005};
use crate::limits;
use crate::reason::{Lang, Reason};
use serde_json::json;
use std::collections::HashMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Options of `finger match`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A template: an ISO/IEC 19794-2:2005 record
    #[arg(value_name = "A", required_unless_present = "pairs")]
    a: Option<PathBuf>,
    /// The template it is compared with
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
}

/// Runs the verb.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    match (&args.pairs, &args.a, &args.b) {
        (Some(list), ..) => pairs(list, args.fmr, out),
        (None, Some(a), Some(b)) => two(&read(a)?, &read(b)?, args, out),
        _ => Err(Failure::new(Reason::Usage, "two templates are needed, or --pairs FILE")),
    }
}

/// Two templates: score, threshold, decision.
fn two(a: &Template, b: &Template, args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    let fmr = args.fmr;
    if let (Some(x), Some(y)) = (a.position(), b.position())
        && x != y
    {
        return Err(MatchError::DifferentFingers.into());
    }
    let judged = MinutiaMatcher::new(fmr).judge(a, b)?;
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
fn draw(a: &Template, b: &Template, file: &Path) -> Result<(), Failure> {
    let side = |t: &'_ Template| t.views.first().map_or_else(Vec::new, |v| v.minutiae.clone());
    let (of_a, of_b) = (side(a), side(b));
    let pairing = Workspace::new().explain(&first(a), &first(b));
    let area = |t: &Template| [t.width, t.height];
    let sides = [(&of_a, area(a)), (&of_b, area(b))].map(|(minutiae, area)| Side { minutiae, area, image: None });
    let drawn = picture::pairing(&pairing, sides[0], sides[1]);
    write_private(file, &drawn.map_err(|e| Failure::new(Reason::InternalError, format!("the picture was not written: {e}")))?)
}

/// A list: one score a line, in order. Nothing is printed unless every template can be read.
fn pairs(list: &Path, fmr: Fmr, out: &mut Output) -> Result<Outcome, Failure> {
    let (prints, order) = load(list)?;
    let matcher = MinutiaMatcher::new(fmr);
    let threshold = matcher.threshold();
    let mut workspace = Workspace::new();
    let mut matches = 0_u64;
    for (n, (a, b)) in order.iter().enumerate() {
        let score = match (prints.get(*a), prints.get(*b)) {
            (Some(a), Some(b)) => workspace.score(a, b),
            _ => Score::NONE,
        };
        matches += u64::from(score >= threshold.score);
        out.line(score.to_string());
        out.event("score", json!({"line": n + 1, "score": score.centinats()}));
    }
    Ok(Outcome::yes(json!({
        "pairs": order.len(),
        "matches": matches,
        "threshold": threshold.score.centinats(),
        "fmr": fmr.to_string(),
        "extrapolated": threshold.extrapolated,
    })))
}

type Pairs = (Vec<Prepared>, Vec<(usize, usize)>);

/// The prints that a list names, each read once, and the pairs as places among them.
fn load(list: &Path) -> Result<Pairs, Failure> {
    let bytes = bytes(list, limits::MATCH_LIST_BYTES)?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).comment(Some(b'#')).from_reader(&bytes[..]);
    let (mut prints, mut places, mut order) = (Vec::new(), HashMap::new(), Vec::new());
    for record in reader.records() {
        let record =
            record.map_err(|_| Failure::new(Reason::InputInvalid, format!("{}: not two paths a line", list.display())))?;
        let line = record.position().map_or(0, csv::Position::line);
        let invalid = |what: &str| Failure::new(Reason::InputInvalid, format!("{} line {line}: {what}", list.display()));
        let (Some(a), Some(b), 2) = (record.get(0), record.get(1), record.len()) else {
            return Err(invalid("not two paths"));
        };
        let mut place = |name: &str| -> Result<usize, Failure> {
            if let Some(place) = places.get(name) {
                return Ok(*place);
            }
            if prints.len() >= limits::MATCH_TEMPLATES {
                return Err(invalid("more templates than are compared at once"));
            }
            let template =
                read(&beside(list, name)).map_err(|f| Failure { message: format!("line {line}: {}", f.message), ..f })?;
            prints.push(first(&template));
            places.insert(name.to_owned(), prints.len() - 1);
            Ok(prints.len() - 1)
        };
        order.push((place(a)?, place(b)?));
    }
    Ok((prints, order))
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

fn read(path: &Path) -> Result<Template, Failure> {
    let bytes = bytes(path, limits::FILE_BYTES)?;
    parse_record_2005(&bytes).map_err(|e| Failure::new(Reason::TemplateInvalid, format!("{}: {e}", path.display())))
}

/// A file of at most `bound` bytes.
fn bytes(path: &Path, bound: usize) -> Result<Vec<u8>, Failure> {
    let unreadable = |what: String| Failure::new(Reason::FileUnreadable, format!("{}: {what}", path.display()));
    let file = std::fs::File::open(path).map_err(|e| unreadable(e.kind().to_string()))?;
    let mut bytes = Vec::new();
    file.take(bound as u64 + 1).read_to_end(&mut bytes).map_err(|e| unreadable(e.kind().to_string()))?;
    if bytes.len() > bound { Err(unreadable(format!("more than {bound} bytes"))) } else { Ok(bytes) }
}
