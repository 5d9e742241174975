//! A server that is killed with `kill -9`, all of its processes, and started anew over what it left.

use super::home::Server;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server takes to recover, at most.
const PATIENCE: Duration = Duration::from_secs(60);

impl Server {
    /// The process that leads the others.
    pub fn pid(&self) -> u32 {
        let file = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        file.lines().next().unwrap().parse().unwrap()
    }

    /// Kills all of its processes.
    pub fn kill(&mut self) {
        let leader = self.pid();
        // The leader first: it would start the others anew.
        let all: Vec<String> = std::iter::once(leader).chain(children(leader)).map(|pid| pid.to_string()).collect();
        self.remember();
        Command::new("kill").arg("-9").args(&all).stderr(Stdio::null()).status().unwrap();
        if let Some(mut risen) = self.risen.take() {
            assert_eq!(risen.wait().unwrap().signal(), Some(9));
        }
        let began = Instant::now();
        while all.iter().any(|pid| is_there(pid)) {
            assert!(began.elapsed() < PATIENCE, "the server does not die");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Takes down by which words it was started.
    pub fn remember(&mut self) {
        self.words = words(self.pid());
    }

    /// Starts it anew if it ended, as it does when it finds no room to recover.
    pub fn rise_if_it_ended(&mut self) {
        let connects = |server: &Self| ::postgres::Client::connect(&server.url("postgres"), ::postgres::NoTls).is_ok();
        let began = Instant::now();
        while !connects(self) {
            let file = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap_or_default();
            if !file.lines().next().is_some_and(is_there) {
                return self.rise();
            }
            assert!(began.elapsed() < PATIENCE, "the server does not recover");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Starts it anew, as whoever it was, and waits until it has recovered.
    pub fn rise(&mut self) {
        let owner = std::fs::metadata(self.folder.join("data")).unwrap();
        let mut command = Command::new(if self.alone.is_some() { "nsenter" } else { "setpriv" });
        if let Some(pid) = self.alone {
            command.args(["--mount", "--target", &pid.to_string(), "setpriv"]);
        }
        command.args(["--pdeathsig", "INT"]);
        let (uid, gid) = (owner.uid().to_string(), owner.gid().to_string());
        if std::fs::metadata("/proc/self").unwrap().uid() != owner.uid() {
            command.args(["--reuid", &uid, "--regid", &gid, "--clear-groups"]);
        }
        command.args(&self.words).current_dir(&self.folder);
        self.risen = Some(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let began = Instant::now();
        while ::postgres::Client::connect(&self.url("postgres"), ::postgres::NoTls).is_err() {
            assert!(began.elapsed() < PATIENCE, "the server does not recover");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    /// A server that was started anew is not the script's to end.
    fn drop(&mut self) {
        if let Some(mut risen) = self.risen.take() {
            Command::new("kill").args(["-INT", &risen.id().to_string()]).status().ok();
            risen.wait().ok();
        }
    }
}

/// The words of a process.
fn words(pid: u32) -> Vec<String> {
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap();
    line.split(|byte| *byte == 0).filter(|word| !word.is_empty()).map(|w| String::from_utf8(w.to_vec()).unwrap()).collect()
}

/// Whether a process runs; one that is dead, and nobody asked for yet, does not.
fn is_there(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| field(&stat, 0) != Some("Z"))
}

/// A field of a process's state, counted from after its name.
fn field(stat: &str, n: usize) -> Option<&str> {
    stat.rsplit_once(") ")?.1.split(' ').nth(n)
}

fn children(leader: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let of_leader = |pid: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        field(&stat, 1).and_then(|parent| parent.parse().ok()) == Some(leader)
    };
    all.filter(of_leader).collect()
}
