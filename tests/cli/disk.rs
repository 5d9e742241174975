//! The real process at a real disk that fails: full at any page, a write refused, a flush refused. The job waits and goes on.

use crate::bureau::{Bureau, blank, lay};
use crate::contract::{Run, check, ektp};
use ektp::softchip::{SharedChip, State};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Points of each kind in a quick run; `EKTP_DISK=full` asks for all.
const QUICK: usize = 8;
/// Pages of 4 KiB that a run's journal and register take at most, their logs included, and a few more.
const PAGES: usize = 150;

/// A job with its own store, and its chip on a reader.
struct Job {
    chip: SharedChip,
    folder: PathBuf,
    args: Vec<String>,
}

impl Job {
    fn new(bureau: &Bureau, number: u8) -> Self {
        let image = bureau.image(&bureau.renumbered(), &format!("job-{number}"));
        let folder = bureau.dir.path().join(format!("store-{number}"));
        std::fs::create_dir(&folder).unwrap();
        let chip = blank(number);
        let reader = lay(&chip, bureau.dir.path().join(format!("chip-{number}")));
        let at = |name: &str| folder.join(name).display().to_string();
        let (store, register, kit) = (at("journal.db"), at("journal.register"), bureau.path("kit"));
        let station = ["--store", &store, "--register", &register, "--reader", &reader, "--kit", &kit];
        let args = [&["perso", "run", &image][..], &station].concat().into_iter().map(str::to_owned);
        Self { chip, folder, args: args.collect() }
    }

    /// `ektp perso run` under a shell line, whose `"$@"` it is.
    fn under(&self, before: &[&str], shell: &str) -> Run {
        let (program, rest) = before.split_first().unwrap_or((&"sh", &[]));
        let mut command = Command::new(program);
        if !before.is_empty() {
            command.args(rest).arg("sh");
        }
        command.args(["-c", shell, "sh", env!("CARGO_BIN_EXE_ektp"), "--json"]).args(&self.args);
        let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().unwrap();
        check(output.status.code().unwrap_or(-1), &String::from_utf8(output.stdout).unwrap())
    }

    fn again(&self) -> Run {
        ektp(&self.args.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// After whatever happened, with the disk sound again: one card, one receipt, an unbroken chain.
    fn must_be_whole(&self, ended: &Run, status: &Run) {
        assert_eq!(ended.yes().data()["state"], "ISSUED");
        assert_eq!(self.chip.lock().unwrap().state(), State::Locked);
        let status = status.yes().data();
        assert_eq!((status["jobs"].as_array().unwrap().len(), &status["receipts"]), (1, &1.into()));
    }
}

/// What first runs said, and how often.
#[derive(Default)]
struct Told(BTreeMap<String, usize>);

impl Told {
    /// Notes a first run, which does what it shall or ends by one of these names.
    fn note(&mut self, run: &Run, honest: &[&str]) {
        let reason = if run.exit == 0 { "done" } else { run.reason() };
        assert!(run.exit == 0 || honest.contains(&reason), "{:#}", run.result);
        *self.0.entry(reason.to_owned()).or_default() += 1;
    }

    fn print(&self, what: &str) {
        println!("{what}: {} points, first run {:?}, then all done", self.0.values().sum::<usize>(), self.0);
    }
}

/// `most` numbers from 0, or a few of them in even steps.
pub fn points(most: usize) -> Vec<usize> {
    let full = std::env::var_os("EKTP_DISK").is_some_and(|v| v == "full");
    (0..most).step_by(if full { 1 } else { most.div_ceil(QUICK) }).collect()
}

pub fn can(program: &str, args: &[&str]) -> bool {
    let status = Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|s| s.success())
}

/// A disk of 4 MiB, mounted where nobody else sees it, with `room` pages of 4 KiB left; then the ballast goes.
const SMALL_DISK: &str = r#"
room=$1 folder=$2 told=$3 ektp=$4; shift 4
mount -t tmpfs -o size=4m,mode=700 none "$folder" || exit 1
head -c $(( (1024 - room) * 4096 )) /dev/zero > "$folder/ballast"
"$ektp" --json "$@" > "$told/first"; echo $? > "$told/first.exit"
rm "$folder/ballast"
"$ektp" --json "$@" > "$told/second"; echo $? > "$told/second.exit"
[ ! -e "$folder/journal.db" ] || "$ektp" --json perso status --store "$folder/journal.db" > "$told/status"; echo $? > "$told/status.exit"
ls -A "$folder" > "$told/left"
"#;

pub const ALONE: [&str; 3] = ["--map-root-user", "--mount", "sh"];

/// What was told on such a disk.
struct OnSmallDisk(PathBuf);

impl OnSmallDisk {
    /// Runs a verb on a disk mounted at `folder` with so much room, then again after room was made.
    fn run(args: &[String], folder: &Path, told: PathBuf, room: usize) -> Self {
        std::fs::create_dir(&told).unwrap();
        let mut command = Command::new("unshare");
        command.args(ALONE).args(["-c", SMALL_DISK, "sh", &room.to_string()]).args([folder, &told]);
        command.arg(env!("CARGO_BIN_EXE_ektp")).args(args).env("EKTP_JOBS", folder.join("jobs"));
        assert!(command.stdin(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
        Self(told)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }

    /// Of `first`, `second` and `status`.
    fn told(&self, name: &str) -> Run {
        check(self.text(&format!("{name}.exit")).trim().parse().unwrap(), &self.text(name))
    }
}

pub fn may_mount() -> bool {
    let may = can("unshare", &[&ALONE[..], &["-c", "mount -t tmpfs none /mnt"]].concat());
    if !may {
        crate::skipped::skipped("this container refuses mount namespaces");
    }
    may
}

#[test]
fn a_disk_that_fills_up_at_any_page_stops_a_run_and_the_job_goes_on_when_there_is_room() {
    if !may_mount() {
        return;
    }
    let bureau = Bureau::new();
    let (mut told, mut states) = (Told::default(), BTreeMap::<String, usize>::new());
    for (number, room) in (1u8..).zip(points(PAGES)) {
        let job = Job::new(&bureau, number);
        let disk = OnSmallDisk::run(&job.args, &job.folder, bureau.dir.path().join(format!("told-{number}")), room);
        let run = disk.told("first");
        told.note(&run, &["disk-full"]);
        *states.entry(run.data()["state"].as_str().unwrap_or("no job").to_owned()).or_default() += 1;
        job.must_be_whole(&disk.told("second"), &disk.told("status"));
    }
    told.print(&format!("full disk, jobs stood at {states:?}"));
    assert!(["disk-full", "done"].iter().all(|name| told.0.contains_key(*name)), "{PAGES} pages are too few or too many");
}

#[test]
fn an_image_that_a_full_disk_cannot_hold_leaves_nothing_half_and_keeps_its_numbers() {
    if !may_mount() {
        return;
    }
    let bureau = Bureau::new();
    let mut told = Told::default();
    for room in [0, 3, 6, 9, 12, 40] {
        let folder = bureau.dir.path().join(format!("disk-{room}"));
        std::fs::create_dir(&folder).unwrap();
        let record = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/record-citizen.json");
        let (out, recipient) = (folder.join("image").display().to_string(), bureau.path("kit/bureau.cert.pem"));
        let order = ["card", "build", "--profile", "ektp-8k", "--record", record, "--recipient", &recipient, "--job-id", "a"];
        let args: Vec<String> = order.into_iter().chain(["--out", &out]).map(str::to_owned).collect();
        let disk = OnSmallDisk::run(&args, &folder, bureau.dir.path().join(format!("told-{room}")), room);
        let (first, second) = (disk.told("first"), disk.told("second"));
        told.note(&first, &["disk-full"]);
        assert_eq!(second.yes().data()["repeated"], first.exit == 0);
        assert_eq!(disk.text("left").lines().collect::<Vec<_>>(), ["image", "jobs"], "room of {room} pages");
    }
    told.print("images on a full disk");
    assert_eq!(told.0.len(), 2);
}

#[test]
fn a_write_that_the_system_refuses_stops_a_run_and_the_job_goes_on() {
    let bureau = Bureau::new();
    let mut told = Told::default();
    for (number, step) in (1u8..).zip(points(PAGES / 2)) {
        let job = Job::new(&bureau, number);
        // No file may grow beyond the limit; the signal that says so is ignored, so that the write itself fails.
        let shell = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", 16 * step);
        // A write of which half was taken looks like a full disk, one that was refused whole like a broken one.
        told.note(&job.under(&[], &shell), &["disk-full", "file-unreadable", "key-store-unavailable"]);
        let store = job.folder.join("journal.db").display().to_string();
        let ended = job.again();
        job.must_be_whole(&ended, &ektp(&["perso", "status", "--store", &store]));
    }
    told.print("refused writes");
    assert!(told.0.len() > 1);
}

#[test]
fn a_flush_that_the_disk_refuses_stops_a_run_and_the_job_goes_on() {
    const INJECT: &str = "inject=fsync,fdatasync:error=EIO:when=";
    if !can("strace", &["-f", "-o", "/dev/null", "-e", "trace=fsync", "true"]) {
        crate::skipped::skipped("no strace, or it may not trace here");
        return;
    }
    let bureau = Bureau::new();
    let mut told = Told::default();
    for (number, call) in (1u8..).zip(points(24)) {
        let job = Job::new(&bureau, number);
        let fault = format!("{INJECT}{}", call + 1);
        let run = job.under(&["strace", "-f", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", &fault], "exec \"$@\"");
        told.note(&run, &["file-unreadable", "key-store-unavailable"]);
        let store = job.folder.join("journal.db").display().to_string();
        let ended = job.again();
        job.must_be_whole(&ended, &ektp(&["perso", "status", "--store", &store]));
    }
    told.print("refused flushes");
    assert!(told.0.contains_key("file-unreadable"));
}

#[test]
fn a_journal_that_cannot_be_opened_stops_a_run_before_the_chip_is_touched() {
    let bureau = Bureau::new();
    let job = Job::new(&bureau, 1);
    let run = |store: &Path| {
        let mut args: Vec<&str> = job.args.iter().map(String::as_str).collect();
        args[4] = store.to_str().unwrap();
        ektp(&args)
    };
    let (text, newer) = (job.folder.join("text"), job.folder.join("newer.db"));
    std::fs::write(&text, "no journal, whatever it is: ".repeat(40)).unwrap();
    rusqlite::Connection::open(&newer).unwrap().execute_batch("PRAGMA user_version = 2").unwrap();
    for store in [&job.folder, &job.folder.join("none/journal.db"), &text, &newer] {
        run(store).refused(10, "file-unreadable");
    }
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("no journal"), "what is not ours stays as it is");
    assert_eq!(job.chip.lock().unwrap().state(), State::Blank);
}

#[test]
fn a_card_is_issued_even_if_nobody_can_hear_it() {
    let bureau = Bureau::new();
    let job = Job::new(&bureau, 1);
    let mut command = Command::new("sh");
    command.args(["-c", "exec \"$@\" > /dev/full", "sh", env!("CARGO_BIN_EXE_ektp"), "--json"]).args(&job.args);
    let told = command.stdin(Stdio::null()).output().unwrap();
    assert_eq!(told.status.code(), Some(10), "what nobody heard is no yes");
    assert!(String::from_utf8(told.stderr).unwrap().contains("[disk-full]"));
    let store = job.folder.join("journal.db").display().to_string();
    job.must_be_whole(&job.again(), &ektp(&["perso", "status", "--store", &store]));
}
