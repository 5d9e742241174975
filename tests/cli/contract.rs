//! Runs the program and holds what it says to `specs/json/`.

use ektp::cli::verbs::Verb;
use ektp::reason::Reason;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run of the program said.
pub struct Run {
    /// Exit code of the process.
    pub exit: i32,
    /// The events' data, by order.
    pub events: Vec<Value>,
    /// The `result` line.
    pub result: Value,
}

impl Run {
    /// The reason code of the result, or "" for a plain yes.
    pub fn reason(&self) -> &str {
        self.result["reason"].as_str().unwrap_or_default()
    }

    /// The verb that answered.
    pub fn verb(&self) -> &str {
        self.result["verb"].as_str().unwrap_or_default()
    }

    /// The result's data.
    pub fn data(&self) -> &Value {
        &self.result["data"]
    }

    /// Asserts exit code and reason together.
    #[track_caller]
    pub fn refused(&self, exit: i32, reason: &str) {
        assert_eq!((self.exit, self.reason()), (exit, reason), "{:#}", self.result);
    }

    /// Asserts a plain yes.
    #[track_caller]
    pub fn yes(&self) -> &Self {
        assert_eq!(self.exit, 0, "{:#}", self.result);
        self
    }
}

/// Runs `ektp --json ARGS` with nothing on standard input.
#[track_caller]
pub fn ektp(args: &[&str]) -> Run {
    ektp_with(args, "")
}

/// Runs `ektp --json ARGS` with these environment variables.
#[track_caller]
pub fn ektp_in(args: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ektp"));
    command.arg("--json").args(args).envs(environment.iter().copied()).stdin(Stdio::null());
    let output = command.output().unwrap();
    check(output.status.code().unwrap_or(-1), &String::from_utf8(output.stdout).unwrap())
}

/// Runs `ektp --json ARGS` with `input` on standard input and checks every line against the contract.
#[track_caller]
pub fn ektp_with(args: &[&str], input: &str) -> Run {
    ektp_told(args, &[], input)
}

/// Runs `ektp --json ARGS` with these environment variables and `input` on standard input.
#[track_caller]
pub fn ektp_told(args: &[&str], environment: &[(&str, &str)], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ektp"))
        .arg("--json")
        .args(args)
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, input.as_bytes()).ok();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    check(output.status.code().unwrap_or(-1), &String::from_utf8(output.stdout).unwrap())
}

/// Checks the lines of one run.
#[track_caller]
pub fn check(exit: i32, stdout: &str) -> Run {
    let schema = jsonschema::validator_for(&schema("line")).unwrap();
    let lines: Vec<Value> = stdout.lines().map(|l| serde_json::from_str(l).expect(l)).collect();
    for line in &lines {
        let errors: Vec<String> = schema.iter_errors(line).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{line}: {errors:?}");
    }
    let (first, last) = (&lines[0], &lines[lines.len() - 1]);
    assert_eq!(first["type"], "hello");
    assert_eq!(last["type"], "result");
    assert_eq!(last["exit"], exit, "the result's exit is the process's");
    assert_eq!(first["verb"], last["verb"], "one verb says hello and answers");
    check_reason(last);
    let middle = &lines[1..lines.len() - 1];
    for (index, event) in middle.iter().enumerate() {
        assert_eq!((&event["type"], &event["seq"]), (&"event".into(), &(index as u64 + 1).into()));
    }
    check_events(middle);
    if !last["data"].is_null() {
        check_data(last);
    }
    Run { exit, events: middle.iter().map(|e| e["data"].clone()).collect(), result: last.clone() }
}

/// Holds each event's data to `specs/json/events.schema.json`, which has them by the events' names.
#[track_caller]
fn check_events(events: &[Value]) {
    if events.is_empty() {
        return;
    }
    let validator = jsonschema::validator_for(&schema("events")).unwrap();
    for event in events {
        let named: Value = [(event["event"].as_str().unwrap(), event["data"].clone())].into_iter().collect();
        let errors: Vec<String> = validator.iter_errors(&named).map(|e| format!("{} at {}", e, e.instance_path())).collect();
        assert!(errors.is_empty(), "{event}: {errors:?}");
    }
}

/// Holds the reason to the list of what the verb can end with, and the result's words to the reason.
#[track_caller]
fn check_reason(result: &Value) {
    let Some(code) = result["reason"].as_str() else { return };
    let reason = Reason::from_code(code).unwrap_or_else(|| panic!("`{code}` is no reason"));
    assert_eq!(result["exit"], reason.exit());
    match result["verb"].as_str().unwrap() {
        // A line that names no verb.
        "usage" => assert_eq!(code, "usage"),
        verb => {
            let known = Verb::named(verb).unwrap_or_else(|| panic!("`{verb}` is no verb"));
            assert!(known.may_end_with(reason), "{verb}: {code} is not in specs/verbs.toml\n{result:#}");
        }
    }
}

/// Holds the result's data to `specs/json/VERB.schema.json` (spaces in the verb are dashes).
#[track_caller]
fn check_data(result: &Value) {
    let verb = result["verb"].as_str().unwrap().replace(' ', "-");
    let validator = jsonschema::validator_for(&schema(&verb)).unwrap();
    let errors: Vec<String> = validator.iter_errors(&result["data"]).map(|e| format!("{} at {}", e, e.instance_path())).collect();
    assert!(errors.is_empty(), "{verb}: {errors:?}\n{:#}", result["data"]);
}

/// A schema of `specs/json/`.
#[track_caller]
pub fn schema(name: &str) -> Value {
    let path = root().join("specs/json").join(format!("{name}.schema.json"));
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))).unwrap()
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
