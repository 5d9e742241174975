//! The steps of the demonstration are the program's own verbs, run as a user runs them and heard by the machine contract.

use super::running::Running;
use crate::cli::output::{Failure, Output};
use crate::reason::Reason;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{ChildStdout, Command, Stdio};

/// What one verb answered.
#[derive(Debug)]
pub(super) struct Answer {
    /// The `data` of its result.
    pub(super) data: Value,
    /// Its reason code, if it was not a plain yes.
    pub(super) reason: Option<String>,
    /// Its exit code.
    pub(super) exit: i64,
}

/// The words of a command as a shell takes them.
fn pasteable(args: &[&str]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:=,@%+".contains(c);
    let word = |arg: &&str| {
        if !arg.is_empty() && arg.chars().all(plain) { (*arg).to_owned() } else { format!("'{}'", arg.replace('\'', "'\\''")) }
    };
    args.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Runs verbs of this very program.
#[derive(Debug)]
pub(super) struct Steps {
    program: PathBuf,
    running: Running,
    /// Where the steps are run, if not here, and what their environment names.
    setting: Option<Setting>,
}

/// Where steps are run: paths in their arguments are of this folder.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) folder: PathBuf,
    pub(super) environment: Vec<(&'static str, &'static str)>,
}

impl Steps {
    /// Finds the program.
    pub(super) fn new() -> Result<Self, Failure> {
        let program = std::env::current_exe().map_err(|e| failed("the program", &e))?;
        Ok(Self { program, running: Running::watched()?, setting: None })
    }

    /// A folder for the steps, gone when they are over or this process is told to end.
    pub(super) fn temporary(&self) -> std::io::Result<tempfile::TempDir> {
        self.running.temporary()
    }

    /// The same, in a setting.
    pub(super) fn within(self, setting: Setting) -> Self {
        Self { setting: Some(setting), ..self }
    }

    /// The program itself, as a word of a command.
    pub(super) fn program(&self) -> String {
        self.program.to_string_lossy().into_owned()
    }

    /// Runs a verb and shows it; a refusal is an answer here.
    pub(super) fn ask(&self, args: &[&str], out: &mut Output) -> Result<Answer, Failure> {
        self.hear(args, out, &mut |_, _| Ok(()))
    }

    /// Runs a verb that must say yes, and does what its events ask for as they come.
    pub(super) fn follow(&self, args: &[&str], out: &mut Output, heard: Heard<'_>) -> Result<Value, Failure> {
        let answer = self.hear(args, out, heard)?;
        yes(args, answer)
    }

    fn hear(&self, args: &[&str], out: &mut Output, heard: Heard<'_>) -> Result<Answer, Failure> {
        out.line(format!("$ ektp {}", pasteable(args)));
        out.event("step", serde_json::json!({"verb": args}));
        let (child, stdout) = self.start(args, Stdio::null()).map_err(|e| failed("a step", &e))?;
        let mut result = None;
        for line in stdout.map(BufReader::new).into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
            let said = serde_json::from_str::<Value>(&line).unwrap_or_default();
            match said["type"].as_str() {
                Some("event") => heard(&said, out).inspect_err(|_| self.running.stop(child))?,
                Some("result") => result = Some(said),
                _ => {}
            }
        }
        self.running.ended(child);
        let Some(result) = result else {
            return Err(Failure::new(Reason::InternalError, format!("`ektp {}` ended without a result", args.join(" "))));
        };
        if result["reason"] == Reason::DiskFull.code() {
            return Err(full(args));
        }
        Ok(Answer {
            data: result["data"].clone(),
            reason: result["reason"].as_str().map(str::to_owned),
            exit: result["exit"].as_i64().unwrap_or(1),
        })
    }

    /// Runs a verb that must say yes.
    pub(super) fn must(&self, args: &[&str], out: &mut Output) -> Result<Value, Failure> {
        let answer = self.ask(args, out)?;
        yes(args, answer)
    }

    /// Starts a verb that serves until it is stopped, and waits for its `serving` event.
    pub(super) fn serve(&self, args: &[&str], out: &mut Output) -> Result<Service, Failure> {
        out.line(format!("$ ektp {} &", pasteable(args)));
        out.event("step", serde_json::json!({"verb": args, "background": true}));
        // It ends with the pipe, however this process ends.
        let args = [args, &["--until-eof"]].concat();
        let (child, stdout) = self.start(&args, Stdio::piped()).map_err(|e| failed("a service", &e))?;
        let service = Service { child, running: self.running.clone() };
        wait_ready(stdout, &args)?;
        Ok(service)
    }

    fn start(&self, args: &[&str], stdin: Stdio) -> std::io::Result<(u64, Option<ChildStdout>)> {
        let mut command = Command::new(&self.program);
        if let Some(setting) = &self.setting {
            command.current_dir(&setting.folder).envs(setting.environment.iter().copied());
        }
        self.running.start(command.arg("--json").args(args).stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::inherit()))
    }
}

/// What is done at an event of a verb.
pub(super) type Heard<'a> = &'a mut dyn FnMut(&Value, &mut Output) -> Result<(), Failure>;

/// The data of a yes; anything else fails.
fn yes(args: &[&str], answer: Answer) -> Result<Value, Failure> {
    match answer.reason {
        None => Ok(answer.data),
        Some(code) => {
            let reason = Reason::from_code(&code).unwrap_or(Reason::InternalError);
            Err(Failure::new(reason, format!("`ektp {}` answered {code}", args.join(" "))))
        }
    }
}

/// A full disk is no answer of a card or a person: whatever the step was asked, it was not done.
fn full(args: &[&str]) -> Failure {
    Failure::new(Reason::DiskFull, format!("`ektp {}` found no room", args.join(" ")))
}

fn failed(what: &str, error: &std::io::Error) -> Failure {
    Failure::new(Reason::FileUnreadable, format!("{what} could not be started: {}", error.kind()))
}

/// A verb that serves in the background; stopped when dropped.
#[derive(Debug)]
pub(super) struct Service {
    child: u64,
    running: Running,
}

fn wait_ready(stdout: Option<ChildStdout>, args: &[&str]) -> Result<(), Failure> {
    let mut said = String::new();
    for line in stdout.map(BufReader::new).into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
        if serde_json::from_str::<Value>(&line).is_ok_and(|v| v["event"] == "serving") {
            return Ok(());
        }
        said = line;
    }
    let said = serde_json::from_str::<Value>(&said).unwrap_or_default();
    let reason = said["reason"].as_str().and_then(Reason::from_code).unwrap_or(Reason::InternalError);
    Err(Failure::new(reason, format!("`ektp {}` did not come up", args.join(" "))))
}

impl Service {
    /// Stops it now.
    pub(super) fn stop(self) {
        drop(self);
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.running.stop(self.child);
        let _ = std::io::stderr().flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_full_disk_is_no_answer_of_a_step() {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("ektp");
        let told = |reason: Reason| {
            let text =
                format!("#!/bin/sh\necho '{{\"type\":\"result\",\"exit\":10,\"data\":{{}},\"reason\":\"{}\"}}'\n", reason.code());
            std::fs::write(&program, text).unwrap();
            std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
            let steps = Steps { program: program.clone(), running: Running::watched().unwrap(), setting: None };
            steps.ask(&["verify", "card"], &mut Output::new(true, crate::reason::Lang::En, "demo card")).map_err(|f| f.reason)
        };
        assert_eq!(told(Reason::DiskFull).unwrap_err(), Reason::DiskFull);
        assert_eq!(told(Reason::CloneSuspected).unwrap().reason.as_deref(), Some("clone-suspected"));
    }
}
