//! A verb that serves until it is ended: started, waited for, and heard to its end.

use super::place::Place;
use crate::contract::{Run, check};
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Stdio};

/// A running verb; ended by its process id when dropped.
pub struct Service {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    said: Vec<String>,
}

impl Service {
    /// Starts a line and waits until it says that it serves.
    pub fn start(place: &Place, line: &str) -> Self {
        let mut child = place.command(line).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        for line in lines.by_ref().map_while(Result::ok) {
            said.push(line);
            if said.last().is_some_and(|l| l.contains("\"serving\"") || l.contains("\"listening\"")) {
                return Self { child, lines, said };
            }
        }
        child.wait().unwrap();
        panic!("{line} does not come up: {said:?}");
    }

    /// Asks it to end, as whoever serves is asked.
    pub fn asked_to_end(&self) {
        let pid = self.child.id().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// What it said, once it has ended by itself.
    pub fn ended(mut self) -> Run {
        self.said.extend(self.lines.by_ref().map_while(Result::ok));
        let status = self.child.wait().unwrap();
        check(status.code().unwrap_or(-1), &self.said.join("\n"))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
