//! `ektp finger eval`: error rates of a matcher on a folder of prints, by the protocol that `docs/fingerprints.md` states.

mod folder;
mod own;
mod show;

use super::super::output::{Failure, Outcome, Output};
use super::dpi::{self, DpiArgs};
use super::extractor::ExtractorArgs;
use crate::cli::place::write_private;
use crate::finger::eval::{
    Curve, Dataset, EvalError, HEADER, Protocol, Set, Summary, Table, chart, parse_scores, summarize, trials, two_finger_count,
};
use crate::limits;
use crate::reason::{Lang, Reason};
use serde_json::json;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// False-match rates of FMR100 and FMR1000.
const USUAL: [f64; 2] = [0.01, 0.001];

/// Options of `finger eval`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of prints: SET/F_I.png (finger F, impression I), or one set's F_I.png
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Scores that any matcher gave the folder's comparisons: lines set,F1,I1,F2,I2,score after that header
    #[arg(long, value_name = "CSV", conflicts_with_all = ["extractor", "dpi", "keep_scores"])]
    scores: Option<PathBuf>,
    #[command(flatten)]
    own: ExtractorArgs,
    #[command(flatten)]
    dpi: DpiArgs,
    /// Write our scores as such a CSV file; it is private (0600)
    #[arg(long, value_name = "CSV")]
    keep_scores: Option<PathBuf>,
    /// A further false-match rate at which FNMR is told, e.g. 1e-4; may be given again
    #[arg(long = "fmr", value_name = "RATE", default_value = "1e-4", value_parser = parse_rate)]
    rates: Vec<f64>,
    /// Draw the DET plot, as FILE.svg and FILE.png; a FILE that ends in one of the two stands for both
    #[arg(long, value_name = "FILE")]
    det: Option<PathBuf>,
}

fn parse_rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if rate > 0.0 && rate < 1.0 { Ok(rate) } else { Err(EvalError::BadRate.to_string()) }
}

/// One line of the table.
struct Row {
    name: String,
    protocol: Protocol,
    summary: Summary,
    curve: Curve,
}

/// Runs the verb.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    let data = folder::read(&args.folder)?;
    let scores = scores(args, &data, out)?;
    if let Some(unused) = scores.unused.filter(|n| *n > 0) {
        out.note(match out.lang() {
            Lang::En => format!("{unused} scores are of prints that the folder does not have; they count for nothing"),
            Lang::Id => format!("{unused} skor milik sidik jari yang tidak ada di folder; tidak dihitung"),
        });
    }
    let rates: Vec<f64> = USUAL.iter().chain(&args.rates).copied().collect();
    let rows = rows(&data, &scores.tables, &rates, out)?;
    show::print(&rows, out);
    let drawn = args.det.as_deref().map(|file| draw(file, &rows, out)).transpose()?;
    Ok(Outcome::yes(json!({
        "folder": args.folder.display().to_string(),
        "scores": args.scores.as_ref().map(|file| file.display().to_string()),
        "extractor": scores.extractor,
        "without_template": scores.without_template,
        "unused_scores": scores.unused,
        "overruled": scores.overruled,
        "sets": data.sets.iter().map(|s| json!({"name": s.name, "fingers": s.fingers.len(), "impressions": s.impressions().count()})).collect::<Vec<_>>(),
        "rows": rows.iter().map(show::json).collect::<Vec<_>>(),
        "det": drawn,
    })))
}

/// Scores of every set, and who made them.
struct Scores {
    tables: Vec<Table>,
    /// `None`: another's scores.
    extractor: Option<&'static str>,
    without_template: Option<usize>,
    /// Of our own: how many pictures state another resolution than the operator, whose word counted.
    overruled: Option<usize>,
    /// Of another's scores, how many are of prints that the folder does not have.
    unused: Option<usize>,
}

fn scores(args: &Args, data: &Dataset, out: &mut Output) -> Result<Scores, Failure> {
    if let Some(file) = &args.scores {
        let (tables, unused) = scored(data, file)?;
        return Ok(Scores { tables, extractor: None, without_template: None, overruled: None, unused: Some(unused) });
    }
    let extractor = args.own.extractor()?;
    let own = own::score(&args.folder, data, extractor.as_ref(), &args.dpi, out)?;
    dpi::tell_count(own.overruled, out);
    if let Some(file) = &args.keep_scores {
        let lines: String = data.sets.iter().zip(&own.tables).map(|(set, table)| table.lines(set)).collect();
        write_private(file, format!("{HEADER}\n{lines}").as_bytes())?;
    }
    if own.without_template > 0 {
        out.note(match out.lang() {
            Lang::En => format!("{} prints gave no template; they count as errors", own.without_template),
            Lang::Id => format!("{} sidik jari tak menghasilkan templat; dihitung sebagai galat", own.without_template),
        });
    }
    Ok(Scores {
        tables: own.tables,
        extractor: Some(extractor.name()),
        without_template: Some(own.without_template),
        overruled: Some(own.overruled),
        unused: None,
    })
}

/// The tables of every set, filled from a file of scores, and how many scores are in none of them.
fn scored(data: &Dataset, file: &Path) -> Result<(Vec<Table>, usize), Failure> {
    let text = folder::text(file, limits::EVAL_SCORE_BYTES)?;
    let mut tables: Vec<Table> = data.sets.iter().map(Table::new).collect();
    let mut unused = 0;
    for comparison in parse_scores(&text)? {
        let named = data.sets.iter().zip(&mut tables).find(|(set, _)| set.name == comparison.set);
        let put = named.map(|(_, table)| table.put(comparison.probe, comparison.reference, comparison.score)).transpose()?;
        unused += usize::from(put != Some(true));
    }
    Ok((tables, unused))
}

/// A row to be made: the sets under one threshold, and what stands for a person.
struct Plan {
    name: String,
    sets: Range<usize>,
    protocol: Protocol,
}

/// Each set, all sets under one threshold, and persons of two fingers.
fn plan(data: &Dataset, out: &mut Output) -> Vec<Plan> {
    let pick = |en: &str, id: &str| if out.lang() == Lang::Id { id.to_owned() } else { en.to_owned() };
    let all = 0..data.sets.len();
    let each = (0..).zip(&data.sets);
    let mut planned: Vec<Plan> =
        each.map(|(at, set)| Plan { name: set.name.clone(), sets: at..at + 1, protocol: Protocol::Single }).collect();
    if data.sets.len() > 1 {
        planned.push(Plan { name: pick("pooled", "gabungan"), sets: all.clone(), protocol: Protocol::Single });
    }
    if data.sets.iter().all(|s| s.fingers.len() >= 4) {
        if two_finger_count(&data.sets.iter().collect::<Vec<_>>()) <= limits::EVAL_TRIALS {
            planned.push(Plan { name: pick("two fingers", "dua jari"), sets: all, protocol: Protocol::TwoFingers });
        } else {
            let text = pick(
                "two-finger persons are left out: more comparisons than",
                "orang dua jari dilewati: perbandingan lebih dari",
            );
            out.note(format!("{text} {}", limits::EVAL_TRIALS));
        }
    }
    planned
}

fn rows(data: &Dataset, tables: &[Table], rates: &[f64], out: &mut Output) -> Result<Vec<Row>, Failure> {
    let sets: Vec<(&Set, &Table)> = data.sets.iter().zip(tables).collect();
    let planned = plan(data, out);
    let total = planned.len() as u64;
    let mut rows = Vec::new();
    for (done, Plan { name, sets: range, protocol }) in (0..).zip(planned) {
        out.progress("evaluate", done, total);
        let trials = trials(sets.get(range).unwrap_or_default(), protocol)?;
        rows.push(Row { name, protocol, summary: summarize(&trials, rates)?, curve: trials.curve() });
    }
    out.progress("evaluate", total, total);
    Ok(rows)
}

/// The name with this end instead of the other, and after whatever else is in it.
fn ended(file: &Path, end: &str) -> PathBuf {
    let plot = file.extension().is_some_and(|e| e.eq_ignore_ascii_case("svg") || e.eq_ignore_ascii_case("png"));
    let mut name = if plot { file.with_extension("") } else { file.to_owned() }.into_os_string();
    name.push(end);
    PathBuf::from(name)
}

/// Writes the DET plot beside `file`'s name as SVG and PNG; the two paths.
fn draw(file: &Path, rows: &[Row], out: &mut Output) -> Result<[String; 2], Failure> {
    let curves: Vec<(String, Curve)> = rows.iter().map(|r| (r.name.clone(), r.curve.clone())).collect();
    let plot = crate::finger::eval::chart("DET", &curves);
    let picture = chart::png(&plot).map_err(|e| Failure::new(Reason::InternalError, format!("the plot: {e}")))?;
    let paths = [".svg", ".png"].map(|end| ended(file, end));
    for (path, content) in paths.iter().zip([chart::svg(&plot).as_bytes(), &picture]) {
        write_private(path, content)?;
        out.line(path.display().to_string());
    }
    Ok(paths.map(|p| p.display().to_string()))
}
