//! No room: on the disk of what a verb writes, and on the standard output of what it says.

use crate::contract::{check, ektp};
use crate::disk::{ALONE, can, may_mount};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Runs the program with what the shell makes of its standard output.
fn told(redirection: &str, line: &str) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("exec \"$@\" {redirection}"), "sh", env!("CARGO_BIN_EXE_ektp")]).args(line.split(' '));
    command.stdin(Stdio::null()).output().unwrap()
}

const GOOD: &str = "nik check 3171015707850012";

#[test]
fn a_yes_that_finds_no_room_on_standard_output_is_none() {
    for line in [GOOD, "--json nik check 3171015707850012", "--json verify card --sample good", "--json --help", "--help"] {
        let run = told("> /dev/full", line);
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!((run.status.code(), said.contains("[disk-full]")), (Some(10), true), "{line}: {said}");
        assert_eq!(said.matches("ektp: ").count(), 1, "told once: {said}");
    }
}

#[test]
fn another_answer_keeps_its_exit_code_and_is_told_on_standard_error() {
    let run = told("> /dev/full", "--json verify card --sample cloned");
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!((run.status.code(), said.contains("[clone-suspected]")), (Some(43), true), "{said}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for line in [GOOD, "--json nik check 3171015707850012"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_ektp"));
        let run = command.args(line.split(' ')).stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!((run.status.code(), String::from_utf8(run.stderr).unwrap()), (Some(0), String::new()));
    }
}

/// Runs every line of standard input on a disk without a free page, and keeps what each said.
const FULL_DISK: &str = r#"
folder=$1 told=$2 ektp=$3 number=0
mount -t tmpfs -o size=8k,mode=700 none "$folder" || exit 1
cp "$told/register.json" "$folder"
head -c 8192 /dev/zero > "$folder/ballast" 2> /dev/null
while read -r line; do
    # The words of a line have no blanks of their own.
    "$ektp" --json $line < /dev/null > "$told/$number" 2> /dev/null; echo $? > "$told/$number.exit"
    number=$((number + 1))
done
ls -A "$folder" > "$told/left"
"#;

#[test]
fn what_finds_no_room_on_the_disk_is_named_so_and_leaves_nothing_half() {
    if !may_mount() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (disk, out) = (dir.path().join("disk"), dir.path().join("told"));
    std::fs::create_dir_all(&disk).unwrap();
    std::fs::create_dir_all(&out).unwrap();
    std::fs::write(out.join("pass"), "correct horse\n").unwrap();
    let here = |line: &str| line.replace('@', &format!("{}/", disk.display())).replace('%', &format!("{}/", out.display()));
    let run = |line: &str| ektp(&here(line).split(' ').collect::<Vec<_>>());
    run("pki key --key %a.key --passphrase file:%pass").yes();
    run("pki status-list-new %register.json --uri https://x.invalid/1").yes();
    let root = "--organization O --name N --passphrase file:%pass";
    let lines = [
        "pki key --key @a.key --passphrase file:%pass".to_owned(),
        "pki chip-key --kind scp03-master --passphrase file:%pass --out @master.key".to_owned(),
        format!("pki request --key %a.key {root} --out @a.csr"),
        format!("pki operations-root --key %a.key {root} --out @a.pem"),
        "pki cvca --key %a.key --passphrase file:%pass --reference IDCVCA00001 --out @a.cvcert".to_owned(),
        "pki trust-new @trust --kind sample".to_owned(),
        "pki sample-kit @kit".to_owned(),
        "pki status-list-new @other.json --uri https://x.invalid/1".to_owned(),
        "pki status-list-set @register.json --index 5 --state active".to_owned(),
        "verify challenge --output @challenge --state %judge".to_owned(),
        "chip new --state @chip".to_owned(),
        "generate @man".to_owned(),
    ];
    let mut shell = Command::new("unshare")
        .args(ALONE)
        .args(["-c", FULL_DISK, "sh"])
        .args([&disk, &out])
        .arg(env!("CARGO_BIN_EXE_ektp"))
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let all: String = lines.iter().map(|line| here(line) + "\n").collect();
    std::io::Write::write_all(&mut shell.stdin.take().unwrap(), all.as_bytes()).unwrap();
    assert!(shell.wait().unwrap().success());
    let read = |name: String| std::fs::read_to_string(out.join(name)).unwrap();
    for (number, line) in lines.iter().enumerate() {
        let run = check(read(format!("{number}.exit")).trim().parse().unwrap(), &read(number.to_string()));
        assert_eq!((run.exit, run.reason()), (10, "disk-full"), "{line}: {:#}", run.result);
    }
    let left = read("left".to_owned());
    assert!(
        left.lines().all(|name| ["ballast", "register.json", "register.json.lock", "man", "trust", "judge"].contains(&name)),
        "{left}"
    );
    assert!(can("test", &["!", "-s", &text(&disk.join("trust/trust.json"))]));
}
