//! `ektp finger eval`: error rates of a matcher on a folder of prints, by the protocol that `docs/fingerprints.md` states.

mod folder;
mod show;

use super::super::card_reading::write_private;
use super::super::output::{Failure, Outcome, Output};
use crate::finger::eval::{
    Curve, Dataset, EvalError, Protocol, Set, Summary, Table, chart, parse_scores, summarize, trials, two_finger_count,
};
use crate::limits;
use crate::reason::{Lang, Reason};
use serde_json::json;
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
    #[arg(long, value_name = "CSV")]
    scores: PathBuf,
    /// A further false-match rate at which FNMR is told, e.g. 1e-4; may be given again
    #[arg(long = "fmr", value_name = "RATE", default_value = "1e-4", value_parser = parse_rate)]
    rates: Vec<f64>,
    /// Draw the DET plot, as FILE.svg and FILE.png
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
    let tables = scored(&data, &args.scores)?;
    let rates: Vec<f64> = USUAL.iter().chain(&args.rates).copied().collect();
    let rows = rows(&data, &tables, &rates, out)?;
    show::print(&rows, out);
    let drawn = args.det.as_deref().map(|file| draw(file, &rows, out)).transpose()?;
    Ok(Outcome::yes(json!({
        "folder": args.folder.display().to_string(),
        "scores": args.scores.display().to_string(),
        "sets": data.sets.iter().map(|s| json!({"name": s.name, "fingers": s.fingers.len(), "impressions": s.impressions().count()})).collect::<Vec<_>>(),
        "rows": rows.iter().map(show::json).collect::<Vec<_>>(),
        "det": drawn,
    })))
}

/// The tables of every set, filled from a file of scores.
fn scored(data: &Dataset, file: &Path) -> Result<Vec<Table>, Failure> {
    let text = folder::text(file, limits::EVAL_SCORE_BYTES)?;
    let mut tables: Vec<Table> = data.sets.iter().map(Table::new).collect();
    for comparison in parse_scores(&text)? {
        let named = data.sets.iter().zip(&mut tables).find(|(set, _)| set.name == comparison.set);
        let Some((_, table)) = named else { continue };
        table.put(comparison.probe, comparison.reference, comparison.score)?;
    }
    Ok(tables)
}

/// Each set, all sets under one threshold, and persons of two fingers.
fn rows(data: &Dataset, tables: &[Table], rates: &[f64], out: &mut Output) -> Result<Vec<Row>, Failure> {
    let sets: Vec<(&Set, &Table)> = data.sets.iter().zip(tables).collect();
    let id = out.lang() == Lang::Id;
    let mut planned: Vec<(String, &[(&Set, &Table)], Protocol)> =
        sets.chunks(1).zip(&data.sets).map(|(one, set)| (set.name.clone(), one, Protocol::Single)).collect();
    if sets.len() > 1 {
        planned.push((if id { "gabungan" } else { "pooled" }.into(), &sets, Protocol::Single));
    }
    let pairs = two_finger_count(&data.sets.iter().collect::<Vec<_>>());
    if data.sets.iter().all(|s| s.fingers.len() >= 4) {
        if pairs <= limits::EVAL_TRIALS {
            planned.push((if id { "dua jari" } else { "two fingers" }.into(), &sets, Protocol::TwoFingers));
        } else {
            out.note(format!("two-finger persons are left out: more than {} comparisons", limits::EVAL_TRIALS));
        }
    }
    let total = planned.len() as u64;
    let mut rows = Vec::new();
    for (done, (name, sets, protocol)) in (0..).zip(planned) {
        out.progress("evaluate", done, total);
        let trials = trials(sets, protocol)?;
        rows.push(Row { name, protocol, summary: summarize(&trials, rates)?, curve: trials.curve() });
    }
    out.progress("evaluate", total, total);
    Ok(rows)
}

/// Writes the DET plot beside `file`'s name as SVG and PNG; the two paths.
fn draw(file: &Path, rows: &[Row], out: &mut Output) -> Result<[String; 2], Failure> {
    let curves: Vec<(String, Curve)> = rows.iter().map(|r| (r.name.clone(), r.curve.clone())).collect();
    let plot = crate::finger::eval::chart("DET", &curves);
    let picture = chart::png(&plot).map_err(|e| Failure::new(Reason::InternalError, format!("the plot: {e}")))?;
    let paths = [file.with_extension("svg"), file.with_extension("png")];
    for (path, content) in paths.iter().zip([chart::svg(&plot).as_bytes(), &picture]) {
        write_private(path, content)?;
        out.line(path.display().to_string());
    }
    Ok(paths.map(|p| p.display().to_string()))
}
