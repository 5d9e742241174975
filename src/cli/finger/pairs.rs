//! A list of pairs of prints: one line out for each line in, in order, whatever becomes of a pair.

use super::dpi;
use super::parallel;
use super::print::PrintArgs;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place;
use crate::finger::matcher::MatchOutcome;
use crate::finger::matching::{Fmr, Judgement, MinutiaMatcher, Ready, Workspace};
use crate::finger::pair_list::PairList;
use crate::limits;
use crate::reason::{Reason, Refusal as _};
use serde_json::json;
use std::path::{Path, PathBuf};

/// A file of the list: its print, or why there is none; and whether its own resolution did not count.
struct Opened {
    print: Result<Ready, Failure>,
    overruled: bool,
}

/// How many lines ended how.
#[derive(Default)]
struct Count {
    matches: usize,
    too_poor: usize,
    failed: usize,
    /// The first reason for a failure.
    reason: Option<Reason>,
}

/// Compares a list's pairs.
pub fn run(list: &Path, print: &PrintArgs, fmr: Fmr, out: &mut Output) -> Result<Outcome, Failure> {
    let bytes = place::read(list, limits::MATCH_LIST_BYTES as u64)?;
    let PairList { files, pairs } = PairList::parse(&bytes).map_err(|e| Failure::at(list, &e))?;
    let opened = open(list, &files, print, out)?;
    let overruled = opened.iter().filter(|file| file.overruled).count();
    dpi::tell_count(overruled, out);
    let (matcher, mut workspace, mut count) = (MinutiaMatcher::new(fmr), Workspace::new(), Count::default());
    let asked = pairs.iter().filter_map(|(line, a, b)| Some((*line, opened.get(*a)?, opened.get(*b)?)));
    for (n, (line, a, b)) in (1_u64..).zip(asked) {
        let compared = match (&a.print, &b.print) {
            (Ok(a), Ok(b)) => matcher.judge_ready(&mut workspace, a, b).map_err(|e| (e.reason(), e.to_string())),
            (Err(failure), _) | (_, Err(failure)) => Err((failure.reason, failure.message.clone())),
        };
        match compared {
            Ok(judged) => count.tell(n, &judged, out),
            Err((reason, message)) => count.tell_failure(n, reason, &format!("line {line}: {message}"), out),
        }
    }
    let threshold = matcher.threshold();
    let data = json!({
        "pairs": pairs.len(),
        "matches": count.matches,
        "too_poor": count.too_poor,
        "failed": count.failed,
        "overruled": overruled,
        "threshold": threshold.score.centinats(),
        "fmr": fmr.to_string(),
        "extrapolated": threshold.extrapolated,
    });
    Ok(match count.reason {
        None => Outcome::yes(data),
        Some(reason) if count.failed == pairs.len() => Outcome::with_reason(reason, data),
        Some(_) => Outcome::with_reason(Reason::PartlyDone, data),
    })
}

/// Every file of the list. What would be so for all of them, a missing model, ends it.
fn open(list: &Path, files: &[(u64, String)], print: &PrintArgs, out: &mut Output) -> Result<Vec<Opened>, Failure> {
    let (opener, total) = (print.opener(), files.len() as u64);
    let one = |(_, name): &(u64, String)| match opener.open(&beside(list, name)) {
        Ok(print) => Ok(Opened { print: Ok(Ready::of(&print.template)), overruled: print.overruled.is_some() }),
        Err(failure) if matches!(failure.reason, Reason::WeightsMissing | Reason::InternalError) => Err(failure),
        Err(failure) => Ok(Opened { print: Err(failure), overruled: false }),
    };
    parallel::each(files, one, |done| out.progress("read", done, total))
}

impl Count {
    /// A line of two prints that were compared: the score, and behind it that it decides nothing, if so.
    fn tell(&mut self, n: u64, judged: &Judgement, out: &mut Output) {
        let state = match judged.outcome {
            MatchOutcome::Match(_) => "match",
            MatchOutcome::NoMatch(_) => "no-match",
            MatchOutcome::SampleTooPoor => "too-poor",
        };
        self.matches += usize::from(state == "match");
        self.too_poor += usize::from(state == "too-poor");
        let behind = if state == "too-poor" { " too-poor" } else { "" };
        out.line(format!("{}{behind}", judged.score));
        out.event("score", json!({"line": n, "state": state, "score": judged.score.centinats(), "reason": null}));
    }

    /// A line of a pair that was not compared: no score, and the reason.
    fn tell_failure(&mut self, n: u64, reason: Reason, message: &str, out: &mut Output) {
        self.failed += 1;
        self.reason.get_or_insert(reason);
        out.line(format!("- {}", reason.code()));
        out.note(message);
        out.event("score", json!({"line": n, "state": "failed", "score": null, "reason": reason.code()}));
    }
}

/// A path of a list: from the current folder, or where nothing is there, from the list's.
fn beside(list: &Path, name: &str) -> PathBuf {
    let here = PathBuf::from(name);
    let beside = list.with_file_name(name);
    if !here.exists() && beside.exists() { beside } else { here }
}
