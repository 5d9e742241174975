//! The command line: one file per verb.

/// Runs the command line and returns the exit code.
#[must_use]
pub fn run() -> u8 {
    0
}
