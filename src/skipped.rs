//! Tests that could not be made say so on standard error itself: what a passing test prints by `println!` nobody sees.

use std::io::Write as _;

/// One line on what was not tested, and why.
pub(crate) fn skipped(what: &str) {
    let _ = std::io::stderr().write_all(format!("SKIPPED: {what}\n").as_bytes());
}
