//! Every variant of every public error has a test that asserts it by name; `docs/errors.md` is the table.

use crate::source::{Source, all, root};
use std::fmt::Write as _;

struct Variant {
    file: String,
    name: String,
    tests: Vec<String>,
}

#[test]
fn every_public_error_has_a_test() {
    let table = table(&all());
    let untested: Vec<&str> = table.iter().filter(|v| v.tests.is_empty()).map(|v| v.name.as_str()).collect();
    assert_eq!(untested, Vec::<&str>::new(), "{} public errors without a test", untested.len());
}

#[test]
fn the_table_of_errors_is_current() {
    let text = render(&table(&all()));
    let path = root().join("docs/errors.md");
    if std::env::var_os("EKTP_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "docs/errors.md is out of date: run `make docs`");
}

fn table(sources: &[Source]) -> Vec<Variant> {
    let mut rows: Vec<Variant> = sources.iter().filter(|s| s.path.starts_with("src/")).flat_map(variants).collect();
    for row in &mut rows {
        row.tests = sources.iter().filter(|s| mentions(&s.tests, &row.name)).map(|s| s.path.clone()).collect();
    }
    rows
}

/// The variants of the public enums of a file whose name ends in `Error`, and of the signer's policy rules.
fn variants(source: &Source) -> Vec<Variant> {
    let mut rows = Vec::new();
    let mut lines = source.code.lines();
    while let Some(line) = lines.next() {
        let Some(rest) = line.strip_prefix("pub enum ") else { continue };
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
        if !(name.ends_with("Error") || name == "Rule") {
            continue;
        }
        for body in lines.by_ref().take_while(|l| *l != "}") {
            let is_variant = body.starts_with("    ") && body[4..].starts_with(|c: char| c.is_ascii_uppercase());
            if is_variant {
                let variant: String = body.trim().chars().take_while(|c| c.is_alphanumeric()).collect();
                rows.push(Variant { file: source.path.clone(), name: format!("{name}::{variant}"), tests: Vec::new() });
            }
        }
    }
    rows
}

fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| !text[at + name.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

fn render(rows: &[Variant]) -> String {
    let mut out = String::from(
        "# Public errors and the tests that assert them\n\nMade by `make docs`; a test fails when a row has no test.\n\n| error | defined in | asserted in |\n|---|---|---|\n",
    );
    for row in rows {
        let _ = writeln!(out, "| `{}` | {} | {} |", row.name, row.file, row.tests.join(", "));
    }
    out
}
