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

/// The public errors of a file: each variant of an enum, and a struct as a whole. An error is what derives `thiserror::Error`, what
/// implements `Refusal`, what is named so, and the signer's policy rules.
fn variants(source: &Source) -> Vec<Variant> {
    let mut rows = Vec::new();
    let mut row = |name: String| rows.push(Variant { file: source.path.clone(), name, tests: Vec::new() });
    let mut lines = source.code.lines();
    let mut derives = false;
    while let Some(line) = lines.next() {
        let (is_struct, rest) = match (line.strip_prefix("pub enum "), line.strip_prefix("pub struct ")) {
            (Some(rest), _) => (false, rest),
            (_, Some(rest)) => (true, rest),
            _ => {
                // Attributes and documents stand above what they are of.
                derives = line.contains("thiserror::Error") || derives && line.starts_with(['#', '/']);
                continue;
            }
        };
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
        let counts = std::mem::take(&mut derives) || is_error(&name, &source.code);
        if is_struct {
            if counts {
                row(name);
            }
            continue;
        }
        for body in lines.by_ref().take_while(|l| *l != "}") {
            let is_variant = body.starts_with("    ") && body[4..].starts_with(|c: char| c.is_ascii_uppercase());
            if counts && is_variant {
                let variant: String = body.trim().chars().take_while(|c| c.is_alphanumeric()).collect();
                row(format!("{name}::{variant}"));
            }
        }
    }
    rows
}

/// Whether a type without the derive is an error: by its name, or by what its file implements for it.
fn is_error(name: &str, code: &str) -> bool {
    let implements = |what: &str| {
        let header = format!("{what} for {name}");
        code.match_indices(&header).any(|(at, _)| !code[at + header.len()..].starts_with(char::is_alphanumeric))
    };
    name == "Rule" || name.ends_with("Error") || name.ends_with("ErrorKind") || implements("Refusal") || implements("Error")
}

/// Of a text of tests what can assert a variant: the code of functions that assert, and tables beside functions.
fn asserting(text: &str) -> String {
    let asserts = |part: &String| !part.starts_with("fn ") || ASSERTING.iter().any(|word| part.contains(word));
    functions(&without_imports(&without_comments(text))).into_iter().filter(asserts).map(|part| body(&part).to_owned()).collect()
}

/// What a function does: its signature names errors too, and asserts none.
fn body(part: &str) -> &str {
    if !part.starts_with("fn ") {
        return part;
    }
    part.find(" {").map_or("", |at| &part[at..])
}

/// The text without `use` declarations.
fn without_imports(text: &str) -> String {
    let mut inside = false;
    let keep = |line: &&str| {
        let begins = line.trim_start().trim_start_matches("pub(crate) ").starts_with("use ");
        let import = inside || begins;
        inside = import && !line.trim_end().ends_with(';');
        !import
    };
    text.lines().filter(keep).map(|line| line.to_owned() + "\n").collect()
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
fn an_import_or_a_signature_is_no_assertion() {
    for idle in [
        "use a::{B, BadId};\nfn a() {\n    assert!(true);\n}",
        "use a::{\n    BadId,\n    B,\n};\nfn a() {\n    assert!(true);\n}",
        "fn a(x: u8) -> Result<(), BadId> {\n    assert!(true);\n}",
        "fn a() {\n    assert_eq!(f(), Err(BadIdea));\n}",
    ] {
        assert!(!mentions(&asserting(idle), "BadId"), "{idle}");
    }
    assert!(mentions(&asserting("use a::BadId;\nfn a() {\n    assert_eq!(f(), Err(BadId));\n}"), "BadId"));
}

#[test]
fn errors_without_the_derive_and_errors_that_are_structs_count() {
    let code = "/// A.\n#[derive(Debug)]\npub enum OddErrorKind {\n    Truncated,\n}\n\n/// B.\n#[derive(thiserror::Error)]\n#[error(\"b\")]\npub struct BadId;\n\n#[derive(Debug)]\npub struct Plain {\n    a: u8,\n}\n\npub enum Doubt {\n    One,\n}\n\nimpl Refusal for Doubt {\n}\n\nimpl Refusal for Plainer {\n}\n";
    let source = Source { path: "src/x.rs".to_owned(), code: code.to_owned(), tests: String::new() };
    let names: Vec<String> = variants(&source).into_iter().map(|v| v.name).collect();
    assert_eq!(names, ["OddErrorKind::Truncated", "BadId", "Doubt::One"]);
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
