//! A kill does not show a flush that is missing: the flushes of the database's files are counted, by `strace`, while one centre works.
//! There are at least as many as commits that it acknowledged; of a store that acknowledges before the disk has it there are fewer.

use super::centre::{Order, Said, opened, said};
use super::country::Country;
use crate::issuance::store::tests::{File, Home, Server};
use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStderr, Command, Stdio};

const RESIDENTS: u32 = 2;

/// Whether this machine has `strace`, and lets it trace a process that is not its child.
fn may_trace() -> bool {
    let mut sleeper = Command::new("sleep").arg("600").spawn().unwrap();
    let tracer = Tracer::of(sleeper.id(), "/dev/null");
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
    if let Some(mut tracer) = tracer {
        tracer.process.wait().unwrap();
        return true;
    }
    crate::skipped::skipped("no strace, or it may not trace here");
    false
}

/// A tracer of flushes at work.
struct Tracer {
    process: Child,
    /// What it says of processes that come: it ends when nobody takes that.
    _said: Lines<BufReader<ChildStderr>>,
}

impl Tracer {
    /// Of a process and those that it starts from now on; none if that cannot be.
    fn of(pid: u32, out: &str) -> Option<Self> {
        let mut command = Command::new("strace");
        command.args(["-f", "-y", "-e", "trace=fsync,fdatasync", "-o", out, "-p", &pid.to_string()]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().ok()?;
        let mut lines = BufReader::new(child.stderr.take()?).lines();
        if lines.by_ref().map_while(Result::ok).any(|line| line.contains("attached")) {
            return Some(Self { process: child, _said: lines });
        }
        child.wait().ok();
        None
    }

    fn ends(mut self) {
        Command::new("kill").args(["-INT", &self.process.id().to_string()]).status().unwrap();
        self.process.wait().unwrap();
    }
}

/// Flushes of files whose path holds this, in a trace.
fn flushes(trace: &str, of: &str) -> usize {
    let begun = |line: &&str| line.contains("fsync(") || line.contains("fdatasync(");
    trace.lines().filter(begun).filter(|line| line.contains(of) && !line.contains("resumed")).count()
}

/// A country, and what its centre is to do.
fn order(home: &dyn Home, folder: &std::path::Path, loose: bool) -> Order {
    let mut country = Country::new(home.create(), folder, 0);
    country.opens(1..=RESIDENTS, &format!("B001..B{RESIDENTS:03}"));
    Order { place: home.place(), folder: folder.into(), day: 1, first: 1, last: RESIDENTS, loose }
}

fn to_its_end(mut child: Child) -> Said {
    let said = said(&mut opened(&mut child));
    assert!(child.wait().unwrap().success());
    assert_eq!(said.closed, Some(RESIDENTS));
    said
}

/// Commits that were acknowledged, and flushes of the store's file and log.
fn on_sqlite(loose: bool) -> (usize, usize) {
    let (home, folder) = (File::new(), tempfile::tempdir().unwrap());
    let order = order(&home, folder.path(), loose);
    let trace = folder.path().join("trace");
    let tracer = ["strace", "-f", "-y", "-e", "trace=fsync,fdatasync", "-o", trace.to_str().unwrap()];
    let said = to_its_end(order.command(&tracer).spawn().unwrap());
    (said.commits, flushes(&std::fs::read_to_string(trace).unwrap(), "/store.db"))
}

/// Commits that were acknowledged, and flushes of the server's log.
fn on_postgresql(server: &Server, loose: bool) -> (usize, usize) {
    let (home, folder) = (server.database(), tempfile::tempdir().unwrap());
    let order = order(&home, folder.path(), loose);
    let trace = folder.path().join("trace");
    let tracer = Tracer::of(server.pid(), trace.to_str().unwrap()).unwrap();
    let said = to_its_end(order.command(&[]).spawn().unwrap());
    home.is_left_alone();
    tracer.ends();
    (said.commits, flushes(&std::fs::read_to_string(trace).unwrap(), "/pg_wal/"))
}

fn proven(name: &str, [(commits, flushes), (mutant, fewer)]: [(usize, usize); 2]) {
    println!(
        "flushes, {name}: {commits} commits acknowledged, {flushes} flushes; without waiting for the disk {mutant}, {fewer}"
    );
    assert!(commits > 30 && flushes >= commits, "{name}: {commits} commits, {flushes} flushes");
    assert!(
        fewer < mutant,
        "{name}: a store that does not wait for the disk is not told apart: {mutant} commits, {fewer} flushes"
    );
}

#[test]
fn each_commit_that_sqlite_acknowledged_was_flushed() {
    if may_trace() {
        proven("SQLite", [on_sqlite(false), on_sqlite(true)]);
    }
}

#[test]
fn each_commit_that_postgresql_acknowledged_was_flushed() {
    // Of its own: nobody else's commits are counted.
    let Some(server) = Server::start(&["autovacuum=off", "checkpoint_timeout=1h"]) else { return };
    if may_trace() {
        proven("PostgreSQL", [on_postgresql(&server, false), on_postgresql(&server, true)]);
    }
}
