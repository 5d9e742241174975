//! What the demonstration has started and must not leave behind: its processes and its folder, also when it is told to end.

use crate::cli::ending;
use crate::cli::output::Failure;
use crate::reason::Reason;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a service may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long between two looks whether it has.
const APART: Duration = Duration::from_millis(5);

/// Shared with the thread that hears signals.
#[derive(Debug, Clone, Default)]
pub(super) struct Running(Arc<Mutex<Table>>);

#[derive(Debug, Default)]
struct Table {
    started: u64,
    children: BTreeMap<u64, Child>,
    folder: Option<PathBuf>,
}

impl Running {
    /// Nothing yet; a signal from now on ends whatever is there then, and after it this process.
    pub(super) fn watched() -> Result<Self, Failure> {
        let running = Self::default();
        let heard = running.clone();
        ending::on_signal(move |signal| {
            // Held to the end: nothing is started any more.
            let mut table = heard.table();
            table.children.values_mut().for_each(end);
            if let Some(folder) = &table.folder {
                let _ = std::fs::remove_dir_all(folder);
            }
            ending::die_of(signal);
        })
        .map_err(|e| Failure::new(Reason::InternalError, format!("signals cannot be heard: {}", e.kind())))?;
        Ok(running)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the folder; it goes with its handle too.
    pub(super) fn temporary(&self) -> std::io::Result<tempfile::TempDir> {
        let mut table = self.table();
        let folder = tempfile::tempdir()?;
        table.folder = Some(folder.path().to_owned());
        Ok(folder)
    }

    /// Starts a process; gives its number here, and what it says.
    pub(super) fn start(&self, command: &mut Command) -> std::io::Result<(u64, Option<ChildStdout>)> {
        let mut table = self.table();
        let mut child = command.spawn()?;
        let stdout = child.stdout.take();
        table.started += 1;
        let number = table.started;
        table.children.insert(number, child);
        Ok((number, stdout))
    }

    /// Waits for a process that has said all that it says.
    pub(super) fn ended(&self, number: u64) {
        let child = self.table().children.remove(&number);
        let _ = child.map(|mut child| child.wait());
    }

    /// Ends a service: by the end of its standard input, which lets it clear its socket away, or at last by force.
    pub(super) fn stop(&self, number: u64) {
        let Some(mut child) = self.table().children.remove(&number) else { return };
        drop(child.stdin.take());
        let end_by = Instant::now() + PATIENCE;
        while Instant::now() < end_by {
            match child.try_wait() {
                Ok(None) => std::thread::sleep(APART),
                _ => return,
            }
        }
        end(&mut child);
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
