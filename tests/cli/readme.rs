//! What the README tells a newcomer to type, typed.

use crate::contract::root;
use std::io::Write;
use std::process::Command;

/// The block of shell lines below a heading.
fn block(heading: &str) -> String {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, below) = readme.split_once(heading).unwrap();
    below.split("```").nth(1).unwrap().trim().to_owned()
}

#[test]
fn a_card_is_made_by_hand_as_the_readme_says() {
    let text = block("## Make one card by hand");
    let (_, text) = text.split_once('\n').unwrap();
    let (shell, lines) = text.split_once('\n').unwrap();
    assert_eq!(shell.split_whitespace().take(2).collect::<Vec<_>>(), ["scripts/pcscd-run", "bash"]);
    let dir = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root().join("samples"), dir.path().join("samples")).unwrap();
    let programs = std::path::Path::new(env!("CARGO_BIN_EXE_ektp")).parent().unwrap().display().to_string();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    // The verdicts' exits, behind the lines as they stand.
    let told =
        |lines: &str, part: &str| lines.replace(part, &format!("{}; echo \"exit $?\" #", part.trim_end_matches([' ', '#'])));
    let lines = format!("set -m\n{}", told(lines, "--state judge   #"));
    let provoked = block("## Provoke what goes wrong");
    let provoked = told(&provoked, "--store store.db --kit kit   #");
    let lines = format!("{lines}\n{provoked}");
    let mut run = Command::new(root().join("scripts/pcscd-run"));
    run.args(["bash", "-c", &lines]).current_dir(dir.path()).env("PATH", path).env("EKTP_JOBS", dir.path().join("jobs"));
    let output = run.output().unwrap();
    let (said, noted) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    if output.status.code() == Some(20) && noted.contains("scripts/setup") {
        writeln!(std::io::stderr(), "SKIPPED a_card_is_made_by_hand_as_the_readme_says: {}", noted.trim()).unwrap();
        return;
    }
    let verdicts: Vec<&str> =
        said.lines().filter(|l| l.starts_with("data authentic") || l.starts_with("genuine") || l.starts_with("exit")).collect();
    let expected =
        ["data authentic, chip not proven, sample keys", "exit 45", "genuine, sample keys", "exit 0", "exit 21", "exit 0"];
    assert_eq!(verdicts, expected, "{said}\n{noted}");
    let refusals: Vec<&str> = noted.lines().filter(|l| l.starts_with("ektp:")).collect();
    assert_eq!(refusals.len(), 2, "{refusals:?}");
    assert_eq!(refusals[0], "ektp: The data are authentic, but no chip was proven present [presence-not-proven]");
    assert!(refusals[1].ends_with("[card-removed]"), "{refusals:?}");
    assert!(said.lines().any(|l| l.starts_with("issued: job two,")), "{said}");
}
