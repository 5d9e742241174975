//! Status lists and their deltas against the Python packages cwt and cbor2. Skipped, with a message, where they are not installed.

use ektp::pki::sample::Kit;
use ektp::pki::status_list::CardStatus::{Active, Revoked, Suspended};
use ektp::pki::status_list::register::Register;
use ektp::pki::status_list::{delta, sign};
use ektp::world::{Clock as _, SystemClock, system_entropy};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The Python of `scripts/setup interop`, or whichever has cwt.
fn python() -> Option<PathBuf> {
    let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/venv/bin/python");
    let candidates = [std::env::var_os("EKTP_PYTHON").map(PathBuf::from), Some(venv), Some("python3".into())];
    let has_it = |p: &PathBuf| Command::new(p).args(["-c", "import cwt, cbor2"]).output().is_ok_and(|o| o.status.success());
    let found = candidates.into_iter().flatten().find(has_it);
    if found.is_none() {
        assert!(std::env::var_os("EKTP_PYTHON_REQUIRED").is_none(), "no Python with cwt");
        crate::skipped::skipped("no Python with cwt; run `scripts/setup interop`");
    }
    found
}

#[test]
fn a_verifier_that_nobody_here_wrote_reads_lists_and_deltas_alike() {
    let Some(python) = python() else { return };
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: Vec<u8>| std::fs::write(directory.path().join(name), bytes).unwrap();
    let kit = Kit::mint(&SystemClock, &mut system_entropy()).unwrap();
    let mut register = Register::new("https://example.invalid/status", 4_096).unwrap();
    let steps = [(5, Active), (300, Active), (5, Suspended), (70, Active), (5, Active), (300, Revoked)];
    for (n, changes) in (1..).zip(steps.chunks(2)) {
        changes.iter().for_each(|(index, status)| register.set(*index, *status).unwrap());
        let next = register.next(SystemClock.now(), "kit", n == 3);
        if let Some(made) = &next.delta {
            write(&format!("delta-{n}.cwt"), delta::sign(made, &kit.status_list).unwrap());
        }
        if let Some(whole) = &next.whole {
            write(if n == 1 { "list.cwt" } else { "again.cwt" }, sign(whole, &kit.status_list).unwrap());
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/cwt_check.py");
    let output = Command::new(python).arg(script).arg(directory.path()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("list 3: 4096 indices"), "{text}");
    println!("{text}");
}
