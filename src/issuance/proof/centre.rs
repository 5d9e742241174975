//! A centre in a process of its own: this test program started anew, which issues cards until it is killed, and tells each step that its
//! store has acknowledged.

use super::country::Country;
use super::told::{self, Told};
use crate::issuance::store::{Head, Place, PostgresStore, SqliteStore, Store, tests};
use std::io::{BufRead as _, BufReader, Lines};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// What tells the program that it is a centre.
const ORDER: &str = "EKTP_TEST_CENTRE";
/// The test that is one when it is told so.
const TEST: &str = "issuance::proof::kill::a_centre_on_sqlite_that_is_killed_anywhere_loses_nothing_and_doubles_nothing";

/// What a centre is to do.
#[derive(Debug, Clone)]
pub struct Order {
    pub place: Place,
    /// Of its gallery.
    pub folder: PathBuf,
    /// On which day its clock begins.
    pub day: u32,
    /// Residents by number, one after the other.
    pub first: u32,
    pub last: u32,
    /// Whether its store is one that acknowledges before the disk has it.
    pub loose: bool,
}

/// What a centre told before it ended.
#[derive(Debug, Default)]
pub struct Said {
    /// Rows of the changes that were acknowledged.
    pub rows: Vec<Head>,
    /// How many changes, claims and releases were.
    pub commits: usize,
    /// The last resident whose case was closed.
    pub closed: Option<u32>,
    /// Whether it was killed; it ended by itself otherwise.
    pub killed: bool,
}

impl Order {
    fn text(&self) -> String {
        let place = match &self.place {
            Place::File(path) => path.display().to_string(),
            Place::Server(url) => url.clone(),
        };
        let Self { day, first, last, loose, folder, .. } = self;
        format!("{day} {first} {last} {loose} {} {place}", folder.display())
    }

    fn parse(text: &str) -> Self {
        let [day, first, last, loose, folder, place] = text.splitn(6, ' ').collect::<Vec<_>>().try_into().unwrap();
        let [day, first, last] = [day, first, last].map(|n| n.parse().unwrap());
        Self { place: Place::parse(place), folder: folder.into(), day, first, last, loose: loose == "true" }
    }

    /// The command that starts the centre, by another program where one is named.
    pub fn command(&self, under: &[&str]) -> Command {
        let own = std::env::current_exe().unwrap();
        let own = own.to_str().unwrap();
        let words = [under, &[own, TEST, "--exact", "--nocapture", "--test-threads=1"]].concat();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).env(ORDER, self.text()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    /// Lets the centre work until it has acknowledged so many commits, and so long after, then kills it.
    pub fn killed_after(&self, commits: usize, wait: Duration) -> Said {
        let mut child = self.command(&[]).spawn().unwrap();
        let mut lines = opened(&mut child);
        let mut said = Said::default();
        said.hear(&mut lines, commits);
        std::thread::sleep(wait);
        child.kill().unwrap();
        said.killed = child.wait().unwrap().signal() == Some(9);
        said.hear(&mut lines, usize::MAX);
        said
    }

    fn store(&self) -> Box<dyn Store> {
        let key = tests::key();
        match &self.place {
            Place::File(path) if self.loose => {
                let store = SqliteStore::open(path, Some(&key)).unwrap();
                store.loosen();
                Box::new(store)
            }
            Place::Server(url) if self.loose => {
                let mut store = PostgresStore::open(url, Some(&key)).unwrap();
                store.loosen();
                Box::new(store)
            }
            place => place.open(Some(&key), &[]).unwrap(),
        }
    }
}

/// The lines of a centre from when it has opened its store.
pub fn opened(child: &mut Child) -> Lines<BufReader<ChildStdout>> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.by_ref().map_while(Result::ok).any(|line| line == "open"), "the centre does not begin");
    lines
}

/// What is left of the lines.
pub fn said(lines: &mut Lines<BufReader<ChildStdout>>) -> Said {
    let mut said = Said::default();
    said.hear(lines, usize::MAX);
    said
}

impl Said {
    /// Hears on until so many commits were acknowledged, or the centre has ended.
    pub fn hear(&mut self, lines: &mut Lines<BufReader<ChildStdout>>, commits: usize) {
        while self.commits < commits
            && let Some(Ok(line)) = lines.next()
        {
            if let Some(rows) = told::rows(&line) {
                self.rows.extend(rows);
                self.commits += 1;
            } else if line == told::CLAIM {
                self.commits += 1;
            } else if let Some(n) = line.strip_prefix("closed ") {
                self.closed = n.parse().ok().or(self.closed);
            }
        }
    }
}

/// Is the centre, if this process was started as one.
pub fn work() -> bool {
    let Ok(order) = std::env::var(ORDER) else { return false };
    let order = Order::parse(&order);
    let mut country = Country::new(Box::new(Told(order.store())), Path::new(&order.folder), order.day);
    // The test's name stands on the line before.
    println!("\nopen");
    for n in order.first..=order.last {
        country.issues(n);
        println!("closed {n}");
    }
    true
}
