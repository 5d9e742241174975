//! A demonstration that is ended in the middle leaves no process behind, and where it can still act no file.

use crate::private_pcscd::inside;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A demonstration in a folder for temporary files, heard until a line holds this text.
fn demonstrating(temporary: &Path, until: &str) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ektp"))
        .args(["--json", "demo", "card", "--profile", "ektp-8k", "--portrait"])
        .arg(temporary.with_extension("png"))
        .env("TMPDIR", temporary)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let found = lines.into_iter().any(|line| line.contains(until));
    if !found {
        child.kill().unwrap();
        child.wait().unwrap();
        panic!("the demonstration never came to {until}");
    }
    child
}

/// Processes whose command line names the folder: what the demonstration has started.
fn left(temporary: &Path) -> Vec<String> {
    let name = temporary.display().to_string();
    let command = |entry: std::fs::DirEntry| {
        let line = std::fs::read(entry.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        line.contains(&name).then_some(line)
    };
    std::fs::read_dir("/proc").unwrap().flatten().filter_map(command).collect()
}

fn all_gone(temporary: &Path) -> Vec<String> {
    for _ in 0..200 {
        if left(temporary).is_empty() {
            return vec![];
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    left(temporary)
}

#[test]
fn a_demonstration_that_is_told_to_end_leaves_nothing() {
    if !inside("demo_end::a_demonstration_that_is_told_to_end_leaves_nothing", &[]) {
        return;
    }
    for (signal, number) in [("-TERM", 15), ("-INT", 2)] {
        let dir = tempfile::tempdir().unwrap();
        let temporary = dir.path().join("temporary");
        std::fs::create_dir(&temporary).unwrap();
        let mut child = demonstrating(&temporary, "\"perso\"");
        assert!(left(&temporary).iter().any(|line| line.contains("signer serve")), "it runs");
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        assert_eq!(left(&temporary), Vec::<String>::new(), "{signal}");
        let files: Vec<_> = std::fs::read_dir(&temporary).unwrap().flatten().collect();
        assert!(files.is_empty(), "{signal}: {files:?}");
    }
}

#[test]
fn a_demonstration_that_is_killed_leaves_no_process() {
    if !inside("demo_end::a_demonstration_that_is_killed_leaves_no_process", &[]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let temporary = dir.path().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let mut child = demonstrating(&temporary, "\"perso\"");
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    assert_eq!(all_gone(&temporary), Vec::<String>::new());
}
