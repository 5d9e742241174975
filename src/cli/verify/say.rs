//! A verdict for people: every check with its result, then the decision.

use crate::cli::output::Output;
use crate::reason::Lang;
use crate::verify::{Check, Decision, Verdict};

/// Says it.
pub(super) fn verdict(verdict: &Verdict, out: &mut Output) {
    let lang = out.lang();
    for check in &verdict.checks {
        out.line(line(check, lang));
    }
    for note in &verdict.notes {
        let text = note.text(lang).unwrap_or_else(|| note.en());
        out.line(format!("{} {text}", lang.pick("note", "catatan")));
    }
    out.line(decision(verdict, lang));
}

/// One check: its result, its name, and why. In Indonesian the reason's own text stands before what an error says, which is English.
fn line(check: &Check, lang: Lang) -> String {
    let why = match (check.detail.text(lang), check.reason) {
        (Some(told), _) => told.to_owned(),
        (None, Some(reason)) => format!("{} ({})", reason.text(lang), check.detail.en()),
        (None, None) => check.detail.en().to_owned(),
    };
    format!("{:<5} {:<22} {why}", check.result.mark(lang), check.name.title(lang))
}

fn decision(verdict: &Verdict, lang: Lang) -> String {
    let decision = verdict.decision();
    let text = decision.text(lang);
    let sample = if verdict.sample_keys { lang.pick(", sample keys", ", kunci contoh") } else { "" };
    match decision {
        Decision::Genuine | Decision::DataAuthentic => format!("{text}{sample}"),
        Decision::NotGenuine | Decision::CouldNotDecide => {
            format!("{text}: {}", verdict.reason().map_or("", |r| r.text(lang)))
        }
    }
}
