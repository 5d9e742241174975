//! `ektp batch run` with the station's own engine on a disk that fills up at any page: the run ends by that name, and with room again it goes on
//! with the card that it had; nothing is lost, and none is made twice.

use crate::batch_engine::Line;
use crate::bureau::{lay, serial_blank};
use crate::contract::{Run, check};
use crate::disk::{ALONE, can, may_mount, points};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Pages of 4 KiB that a run of one card adds to the store and its log at most, and a few more.
const PAGES: usize = 160;

/// A disk of 8 MiB, mounted where nobody else sees it, with the store on it and `room` pages left; then the ballast goes.
const SMALL_DISK: &str = r#"
room=$1 folder=$2 told=$3 store=$4 ektp=$5; shift 5
mount -t tmpfs -o size=8m,mode=700 none "$folder" || exit 1
cp "$store" "$folder/issuance.db"
left=$(stat -f -c %a "$folder")
head -c $(( (left - room) * 4096 )) /dev/zero > "$folder/ballast"
"$ektp" "$@" > "$told/first"; echo $? > "$told/first.exit"
rm "$folder/ballast"
"$ektp" "$@" > "$told/second"; echo $? > "$told/second.exit"
cp "$folder"/issuance.db* "$told"
"#;

/// A line of one card, and what it was before anything was made.
struct Before {
    line: Line,
    kept: PathBuf,
}

/// What a run leaves otherwise than it was: the store, images whose seal is done with, and the register beside the signer's key.
const LEAVES: [&str; 3] = ["issuance.db", "images", "kit"];

impl Before {
    fn new() -> Self {
        let line = Line::new(1, &["enc-1"]);
        let kept = line.place.at("kept");
        std::fs::create_dir(&kept).unwrap();
        copy(&line.place.at(""), &kept);
        Self { line, kept }
    }

    fn again(&self) {
        for name in LEAVES.into_iter().chain(["issuance.db-wal", "issuance.db-shm", "result.csv"]) {
            let path = self.line.place.at(name);
            let _ = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        }
        copy(&self.kept, &self.line.place.at(""));
    }

    /// The same run twice: on a disk with so much room, and after room was made.
    fn runs(&self, reader: &str, n: usize, room: usize) -> [Run; 2] {
        let place = |name: &str| self.line.place.at(name);
        let (folder, told, store) = (place(&format!("disk-{n}")), place(&format!("told-{n}")), place("issuance.db"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::create_dir(&told).unwrap();
        let run = self.line.command("run", "enc-1", reader, &["--wait", "5"]);
        let on_it = folder.join("issuance.db");
        let words = run.get_args().map(|word| if word == store.as_os_str() { on_it.as_os_str() } else { word });
        let mut command = Command::new("unshare");
        command.args(ALONE).args(["-c", SMALL_DISK, "sh", &room.to_string()]).args([&folder, &told, &store]);
        command.arg(run.get_program()).args(words).env("PCSCLITE_CSOCK_NAME", "/nonexistent/socket");
        assert!(command.stdin(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
        for entry in std::fs::read_dir(&told).unwrap().map(Result::unwrap) {
            if entry.file_name().to_string_lossy().starts_with("issuance.db") {
                std::fs::copy(entry.path(), place(&entry.file_name().to_string_lossy())).unwrap();
            }
        }
        let text = |name: &str| std::fs::read_to_string(told.join(name)).unwrap();
        ["first", "second"].map(|run| check(text(&format!("{run}.exit")).trim().parse().unwrap(), &text(run)))
    }
}

fn copy(from: &Path, to: &Path) {
    for name in LEAVES {
        assert!(can("cp", &["-a", &from.join(name).display().to_string(), &to.display().to_string()]), "{name}");
    }
}

#[test]
fn a_batch_on_a_disk_that_fills_up_at_any_page_stops_by_that_name_and_goes_on_when_there_is_room() {
    if !may_mount() {
        return;
    }
    let before = Before::new();
    let (serial, state) = before.line.chips[0].clone();
    let (mut told, mut stood) = (BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new());
    for (n, room) in points(PAGES).into_iter().enumerate() {
        before.again();
        let chip = serial_blank(serial.0, 7 + n as u64);
        let reader = lay(&chip, before.line.place.at(&format!("reader-{n}")));
        let [first, second] = before.runs(&reader, n, room);
        let reason = if first.exit == 0 { "done" } else { first.reason() };
        assert!(["done", "disk-full"].contains(&reason), "room of {room} pages: {:#}", first.result);
        *told.entry(reason.to_owned()).or_default() += 1;
        let last = first.events.iter().rev().find_map(|event| event["state"].as_str()).unwrap_or("no job");
        *stood.entry(last.to_owned()).or_default() += 1;
        let finished = u64::from(first.exit == 0);
        let found = &second.yes().data()["found"]["finished"];
        assert!(found.as_u64().unwrap() >= finished, "room of {room} pages: {:#}", second.result);
        std::fs::write(&state, chip.lock().unwrap().save()).unwrap();
        before.line.whole();
    }
    println!("batch on a full disk: {told:?}, where the card stood: {stood:?}");
    assert!(told.len() == 2, "{PAGES} pages are too few or too many: {told:?}");
}
