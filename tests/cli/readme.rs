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
    let (shell, lines) = text.split_once('\n').unwrap();
    assert_eq!(shell.split_whitespace().take(2).collect::<Vec<_>>(), ["scripts/pcscd-run", "bash"]);
    let dir = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root().join("samples"), dir.path().join("samples")).unwrap();
    let programs = std::path::Path::new(env!("CARGO_BIN_EXE_ektp")).parent().unwrap().display().to_string();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    // The verdicts' exits, behind the lines as they stand.
    let lines =
        format!("{}\necho \"exit $?\"", lines.replace("--state judge   # a file", "--state judge; echo \"exit $?\" # a file"));
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
    let expected = ["data authentic, chip not proven, sample keys", "exit 45", "genuine, sample keys", "exit 0"];
    assert_eq!(verdicts, expected, "{said}\n{noted}");
    let refusals: Vec<&str> = noted.lines().filter(|l| l.starts_with("ektp:")).collect();
    assert_eq!(refusals, ["ektp: The data are authentic, but no chip was proven present [presence-not-proven]"]);
}
