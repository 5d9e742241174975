//! The repository's own Rust files, split into code and test modules.

use std::path::{Path, PathBuf};

/// One file of `src/` or `tests/`.
pub struct Source {
    /// Path from the repository's root.
    pub path: String,
    /// Everything before the file's test module.
    pub code: String,
    /// The test module, and the whole file under `tests/`.
    pub tests: String,
}

impl Source {
    /// The room: the first folder or file name under `src/`.
    pub fn room(&self) -> &str {
        self.path.strip_prefix("src/").and_then(|p| p.split(['/', '.']).next()).unwrap_or_default()
    }
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Every Rust file under `src/` and `tests/`.
pub fn all() -> Vec<Source> {
    let mut found = Vec::new();
    for top in ["src", "tests"] {
        walk(&root().join(top), &mut found);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 20, "the house is not where the test looks for it");
    found
}

fn walk(dir: &Path, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(read(&path));
        }
    }
}

fn read(path: &Path) -> Source {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    let is_test_file =
        name.starts_with("tests/") || name.ends_with("/tests.rs") || name.ends_with("_tests.rs") || name.contains("/tests/");
    let (code, tests) = match text.find("#[cfg(test)]\nmod ") {
        _ if is_test_file => (String::new(), text),
        Some(at) => (text[..at].to_owned(), text[at..].to_owned()),
        None => (text, String::new()),
    };
    Source { path: name, code, tests }
}
