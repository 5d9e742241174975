//! The commands of the documents are the program's: each is understood as it stands, with what the chapter says that a machine has set.

use crate::contract::root;
use clap::Command;
use clap::error::ErrorKind;

const DOCUMENTS: [&str; 7] = [
    "README.md",
    "docs/operations.md",
    "docs/issuance.md",
    "docs/identification.md",
    "docs/fingerprints.md",
    "docs/finger-formats.md",
    "docs/interop.md",
];

/// The commands of a text: lines of its blocks that begin with the program's name, and inline code that does.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    let (mut block, mut prose) = (false, String::new());
    for line in text.lines() {
        let fence = line.starts_with("```");
        let indented = line.starts_with("    ektp ");
        if fence {
            block = !block;
        } else if let Some(begun) = open.take().or_else(|| (block && line.starts_with("ektp ") || indented).then(String::new)) {
            let line = begun + " " + line.trim();
            match line.strip_suffix('\\') {
                Some(head) => open = Some(head.to_owned()),
                None => found.push(line),
            }
        } else if !block {
            prose.push_str(line.trim());
            prose.push(if line.is_empty() { '\n' } else { ' ' });
        }
    }
    let inline = prose.split('\n').flat_map(|paragraph| paragraph.split('`').skip(1).step_by(2));
    found.extend(inline.filter(|code| code.starts_with("ektp ")).map(str::to_owned));
    found
}

/// The words of a command, as a shell would make them of it; what follows a remark or stands behind is not the command's.
fn words(command: &str) -> Vec<String> {
    let command = command.split(" #").next().unwrap_or_default().trim().trim_end_matches('&');
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for letter in command.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.extend(Some(std::mem::take(&mut word)).filter(|w| !w.is_empty())),
            _ => word.push(letter),
        }
    }
    words.extend(Some(word).filter(|w| !w.is_empty()));
    let end = words.iter().position(|w| matches!(w.as_str(), ">" | "|" | "2>")).unwrap_or(words.len());
    words.truncate(end);
    // What a shell puts in the place of another command, or of a variable, is a number here.
    words.iter().map(|w| if w.starts_with('$') { "20000".to_owned() } else { w.clone() }).collect()
}

/// The program on a machine where everything that the environment can say is said.
fn set(command: Command) -> Command {
    let named: Vec<clap::Id> = command.get_arguments().filter(|a| a.get_env().is_some()).map(|a| a.get_id().clone()).collect();
    let command = named.into_iter().fold(command, |command, id| command.mut_arg(id, |arg| arg.required(false)));
    let verbs: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    verbs.into_iter().fold(command, |command, verb| command.mut_subcommand(verb, set))
}

/// Whether the words do no more than name a verb, or a group of verbs.
fn names_a_verb(program: &Command, words: &[String]) -> bool {
    let mut at = Some(program);
    for word in words.iter().skip(1) {
        at = at.and_then(|command| command.find_subcommand(word));
    }
    at.is_some()
}

/// What is wrong with a command.
fn misunderstood(program: &Command, words: &[String]) -> Option<String> {
    match program.clone().try_get_matches_from(words) {
        Err(error) if !matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            (!names_a_verb(program, words)).then(|| error.to_string())
        }
        _ => None,
    }
}

#[test]
fn every_command_in_the_documents_is_understood() {
    let program = set(ektp::cli::command());
    let (mut looked_at, mut wrong) = (0, Vec::new());
    for document in DOCUMENTS {
        let text = std::fs::read_to_string(root().join(document)).unwrap();
        // With an ellipsis a command is told in part.
        for command in commands(&text).into_iter().filter(|command| !command.contains('…')) {
            looked_at += 1;
            wrong.extend(misunderstood(&program, &words(&command)).map(|why| format!("{document}: {command}\n{why}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(looked_at > 150, "only {looked_at} commands were found");
}

/// Answers every passphrase from a file, as a station that runs by itself does, and ends at the first command that is refused.
const SHELL: &str = r#"set -e
printf 'sample\n' > pass
printf '%096d\n' 1234567 > vendor.txt
ektp() {
  local help more=() option
  help=$("$EKTP" "$@" --help)
  for option in store-passphrase passphrase; do
    [[ $help == *"--$option <"* && " $* " != *" --$option "* ]] && more+=("--$option" file:pass)
  done
  "$EKTP" "$@" "${more[@]}" || { echo "refused: ektp $*"; exit 1; }
}
"#;

/// Everything before the first day, in an empty folder, in the order in which it is written.
#[test]
fn the_chapter_before_the_first_day_runs_as_it_stands() {
    let text = std::fs::read_to_string(root().join("docs/operations.md")).unwrap();
    let (_, chapter) = text.split_once("\n## Before the first day\n").unwrap();
    let (chapter, _) = chapter.split_once("\n## ").unwrap();
    let blocks: Vec<&str> = chapter.split("```").skip(1).step_by(2).collect();
    let dir = tempfile::tempdir().unwrap();
    let mut shell = std::process::Command::new("bash");
    shell.args(["-c", &format!("{SHELL}{}", blocks.concat())]).current_dir(dir.path());
    shell.env("EKTP", env!("CARGO_BIN_EXE_ektp")).env("EKTP_JOBS", dir.path().join("jobs"));
    let output = shell.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8(output.stderr).unwrap());
    let made = |file: &str| assert!(dir.path().join(file).exists(), "{file} is not there");
    for file in
        ["issuance.db", "approver.pem", "packets.pem", "bureau.pem", "ds.pem", "qc-is.cvcert", "kit/trust/operations/ops.pem"]
    {
        made(file);
    }
    assert!(said.contains("accepted: trust-store"), "{said}");
}

#[test]
fn a_command_that_the_program_does_not_know_is_found() {
    let program = set(ektp::cli::command());
    let wrong = |text: &str| commands(text).iter().filter(|c| misunderstood(&program, &words(c)).is_some()).count();
    assert_eq!(wrong("```\nektp case stamp A-1 \\\n   --out x.pdf --key officer.key\n```"), 0);
    assert_eq!(wrong("```\nektp case stamp A-1 \\\n   --into x.pdf --key officer.key\n```"), 1);
    assert_eq!(wrong("say `ektp case stamp` or `ektp trace A-1 B` and `ektp sell CARD`"), 2);
    assert_eq!(wrong("a command that is wrapped: `ektp trace\nC-1`, and `ektp ship shelve`"), 0);
}
