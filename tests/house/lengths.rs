//! Files and functions stay short; marks of unfinished work and banned calls do not pass.

use crate::source::all;

#[test]
fn files_are_short() {
    let sources: Vec<_> = all().into_iter().filter(|s| s.path.starts_with("src/")).collect();
    let mut lengths: Vec<usize> = sources.iter().map(|s| s.code.lines().count() + s.tests.lines().count()).collect();
    let long: Vec<String> =
        sources.iter().zip(&lengths).filter(|(_, n)| **n > 700).map(|(s, n)| format!("{}: {n}", s.path)).collect();
    assert_eq!(long, Vec::<String>::new(), "no file over 700 lines");
    lengths.sort_unstable();
    assert!(lengths[lengths.len() / 2] < 180, "median file {} lines, the bar is 180", lengths[lengths.len() / 2]);
}

#[test]
fn functions_are_short() {
    let mut long = Vec::new();
    for source in all().iter().filter(|s| s.path.starts_with("src/")) {
        let lines: Vec<&str> = source.code.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let head = line.trim_start();
            let indent = line.len() - head.len();
            if !(head.starts_with("fn ") || head.contains(" fn "))
                || head.starts_with("//")
                || head.ends_with(';')
                || !indent.is_multiple_of(4)
            {
                continue;
            }
            let close = format!("{}}}", " ".repeat(indent));
            let end =
                lines.iter().skip(at).position(|l| *l == close || (l.starts_with(&close) && l.len() == close.len())).unwrap_or(0);
            if end > 70 {
                long.push(format!("{}:{} {end} lines", source.path, at + 1));
            }
        }
    }
    assert_eq!(long, Vec::<String>::new(), "no function over 70 lines");
}

#[test]
fn nothing_is_left_undone() {
    let marks = [
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
        concat!("FIX", "ME"),
        concat!("TO", "DO"),
        concat!("#[ign", "ore"),
    ];
    let found: Vec<String> = all()
        .iter()
        .flat_map(|s| {
            marks
                .iter()
                .filter(|m| s.code.contains(**m) || s.tests.contains(**m))
                .map(|m| format!("{} has {m}", s.path))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn what_is_not_tested_is_said_where_it_is_seen() {
    let mark = |line: &str| line.contains(concat!("printl", "n!(\"skip")) || line.contains(concat!("printl", "n!(\"SKIP"));
    let hidden: Vec<String> = all().into_iter().filter(|s| s.tests.lines().any(mark)).map(|s| s.path).collect();
    assert_eq!(hidden, Vec::<String>::new(), "the harness keeps what a passing test prints: src/skipped.rs");
}

#[test]
fn every_file_says_its_one_job() {
    let silent: Vec<String> = all()
        .iter()
        .filter(|s| s.path.starts_with("src/") && !s.code.starts_with("//!") && !s.tests.starts_with("//!"))
        .map(|s| s.path.clone())
        .collect();
    assert_eq!(silent, Vec::<String>::new(), "the first line of a file names its job");
}
