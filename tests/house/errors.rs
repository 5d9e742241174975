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
    let asserting: Vec<(&str, String)> = sources.iter().map(|s| (s.path.as_str(), asserting(&s.tests))).collect();
    for row in &mut rows {
        let tests = asserting.iter().filter(|(_, text)| mentions(text, &row.name));
        row.tests = tests.map(|(path, _)| (*path).to_owned()).collect();
    }
    rows
}

/// The variants of a file's public enums that derive `thiserror::Error`, and of the signer's policy rules.
fn variants(source: &Source) -> Vec<Variant> {
    let mut rows = Vec::new();
    let mut lines = source.code.lines();
    let mut is_error = false;
    while let Some(line) = lines.next() {
        let Some(rest) = line.strip_prefix("pub enum ") else {
            // Attributes and documents stand above what they are of.
            is_error = line.contains("thiserror::Error") || is_error && line.starts_with(['#', '/']);
            continue;
        };
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
        let counts = std::mem::take(&mut is_error) || name == "Rule";
        for body in lines.by_ref().take_while(|l| *l != "}") {
            let is_variant = body.starts_with("    ") && body[4..].starts_with(|c: char| c.is_ascii_uppercase());
            if counts && is_variant {
                let variant: String = body.trim().chars().take_while(|c| c.is_alphanumeric()).collect();
                rows.push(Variant { file: source.path.clone(), name: format!("{name}::{variant}"), tests: Vec::new() });
            }
        }
    }
    rows
}

/// Of a text of tests what can assert a variant: the code of functions that assert, and tables beside functions.
fn asserting(text: &str) -> String {
    let asserts = |part: &String| !part.starts_with("fn ") || ASSERTING.iter().any(|word| part.contains(word));
    functions(&without_comments(text)).into_iter().filter(asserts).collect()
}

/// What a test fails by.
const ASSERTING: [&str; 3] = ["assert", "panic!", "refused("];

/// The text without what stands behind `//`, unless that is in the middle of a word, as in an address.
fn without_comments(text: &str) -> String {
    let code = |line: &str| {
        let comment = line.match_indices("//").find(|(at, _)| line[..*at].chars().next_back().is_none_or(char::is_whitespace));
        comment.map_or(line, |(at, _)| &line[..at]).to_owned() + "\n"
    };
    text.lines().map(code).collect()
}

/// The text cut at each line that begins a function.
fn functions(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for line in text.lines() {
        let start = line.trim_start().trim_start_matches("pub ").trim_start_matches("const ").trim_start_matches("pub(crate) ");
        if start.starts_with("fn ") {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push_str(if part.is_empty() { start } else { line });
            part.push('\n');
        }
    }
    parts
}

fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| !text[at + name.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

#[test]
fn a_mention_is_no_assertion() {
    let name = "AnError::Bad";
    for idle in [
        "fn a() {\n    // AnError::Bad\n    assert!(true);\n}",
        "fn a() {\n    let _ = AnError::Bad;\n}",
        "fn a() { assert!(AnError::BadToo) }",
    ] {
        assert!(!mentions(&asserting(idle), name), "{idle}");
    }
    let other = "fn b() {\n    assert!(true);\n}\nfn a() -> AnError {\n    AnError::Bad\n}";
    assert!(!mentions(&asserting(other), name), "another function's assertion");
    for real in ["fn a() {\n    assert_eq!(f(), Err(AnError::Bad));\n}", "const CASES: [AnError; 1] = [AnError::Bad];\n"] {
        assert!(mentions(&asserting(real), name), "{real}");
    }
}

#[test]
fn errors_are_known_by_what_they_derive() {
    let code = "#[derive(Debug, thiserror::Error)]\n#[non_exhaustive]\npub enum Gap {\n    /// A.\n    #[error(\"a\")]\n    Missing {\n        /// B.\n        issuer: String,\n    },\n    Stale,\n}\n\n#[derive(Debug)]\npub enum Other {\n    One,\n}\n";
    let source = Source { path: "src/x.rs".to_owned(), code: code.to_owned(), tests: String::new() };
    let names: Vec<String> = variants(&source).into_iter().map(|v| v.name).collect();
    assert_eq!(names, ["Gap::Missing", "Gap::Stale"]);
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
