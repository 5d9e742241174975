//! A test that runs itself again beside a pcscd of its own (`scripts/pcscd-run`).

use std::io::Write;
use std::process::Command;

/// Set where a private pcscd runs.
const INSIDE: &str = "EKTP_TEST_PRIVATE_PCSCD";
/// Exit status of `scripts/pcscd-run` where pcscd or its virtual reader driver is not installed.
const NOT_INSTALLED: i32 = 20;

/// Whether this process runs beside a pcscd of its own. Outside, the test of this name (without the binary's) is run again beside
/// one; where there is none to run, this says so (`make test` installs it first).
#[track_caller]
pub fn inside(test: &str, options: &[&str]) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let mut run = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/pcscd-run"));
    run.args(options).arg(std::env::current_exe().unwrap());
    run.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(INSIDE, "1");
    let output = run.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    if output.status.code() == Some(NOT_INSTALLED) && text.contains("scripts/setup") {
        // Written past the test harness, which keeps what a passing test prints to itself.
        std::io::stderr().write_all(format!("SKIPPED {test}: {}\n", text.trim()).as_bytes()).unwrap();
    } else {
        assert!(output.status.success() && text.contains("1 passed"), "{text}");
    }
    false
}
