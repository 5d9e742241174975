//! Asks a finger sensor's program for a capture: a child process, one line in, a header and a picture out (`specs/capture.md`).

use super::output::Failure;
use crate::finger::capture::{Capture, Request};
use crate::limits;
use crate::reason::Reason;
use std::io::{Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How often the end of the program is looked for.
const LOOK: Duration = Duration::from_millis(10);

/// The program of a sensor, and how long it may take for one capture.
#[derive(Debug, Clone)]
pub struct Sensor {
    words: Vec<String>,
    patience: Duration,
}

impl Sensor {
    /// The program of a command line, whose words are parted by blanks; no shell reads it.
    ///
    /// # Errors
    /// `usage` where there is no word.
    pub fn new(command: &str, patience: Duration) -> Result<Self, Failure> {
        let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        if words.is_empty() {
            return Err(Failure::new(Reason::Usage, "--capture names no program"));
        }
        Ok(Self { words, patience })
    }

    /// One capture.
    ///
    /// # Errors
    /// `capture-failed` where the program cannot be run, ends badly, takes too long or answers something else; and as
    /// [`Capture::parse`].
    pub fn ask(&self, request: &Request) -> Result<Capture, Failure> {
        Ok(Capture::parse(&self.answer(request)?, request)?)
    }

    fn answer(&self, request: &Request) -> Result<Vec<u8>, Failure> {
        let end = Instant::now() + self.patience;
        let (name, args) = self.words.split_first().ok_or_else(|| failed("--capture names no program"))?;
        let mut child = Command::new(name)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|e| failed(format!("{name} does not start ({})", e.kind())))?;
        // A program that does not read its line may still answer.
        let _ = child.stdin.take().map(|mut stdin| stdin.write_all(request.line().as_bytes()));
        let answer = child.stdout.take().map(|stdout| listen(stdout).recv_timeout(end.saturating_duration_since(Instant::now())));
        let ended = wait(&mut child, end);
        match (answer, ended) {
            (Some(Ok(Ok(bytes))), Some(true)) => Ok(bytes),
            (Some(Ok(Err(kind))), _) => Err(failed(format!("{name} could not be read ({kind})"))),
            (_, Some(false)) => Err(failed(format!("{name} ended without a capture"))),
            _ => Err(failed(format!("{name} gave no capture in {} s and was stopped", self.patience.as_secs()))),
        }
    }
}

/// What the program writes, to its end or to more than any capture has.
fn listen(stdout: ChildStdout) -> mpsc::Receiver<Result<Vec<u8>, std::io::ErrorKind>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let most = limits::CAPTURE_HEADER_BYTES + limits::IMAGE_BYTES;
        let read = stdout.take(u64::try_from(most).unwrap_or(u64::MAX)).read_to_end(&mut bytes);
        // Nobody listens any more where the time was up.
        let _ = sender.send(read.map(|_| bytes).map_err(|e| e.kind()));
    });
    receiver
}

/// Whether the program ended well; none if it had to be stopped.
fn wait(child: &mut Child, end: Instant) -> Option<bool> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) if Instant::now() < end => std::thread::sleep(LOOK),
            _ => {
                stop(child);
                return None;
            }
        }
    }
}

/// Ends the program and whatever it has started, which is in its process group.
fn stop(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn failed(text: impl Into<String>) -> Failure {
    Failure::new(Reason::CaptureFailed, text)
}
