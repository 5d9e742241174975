//! `ektp afis`: a person's way through a gallery, and that a killed program loses nobody who was answered.

use crate::contract::{Run, check, ektp};
use ektp::finger::position::FingerPosition;
use ektp::finger::template::{encode_record_2005, synthetic};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A folder with a key and an empty gallery.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        std::fs::write(desk.at("pass"), "correct horse\n").unwrap();
        let [pass, key] = [format!("file:{}", desk.at("pass").display()), desk.at("key").display().to_string()];
        ektp(&["pki", "chip-key", "--kind", "gallery", "--passphrase", &pass, "--out", &key]).yes();
        desk.run("new", &[]).yes();
        desk
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, verb: &str, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ektp"));
        command.args(["--json", "afis", verb]).arg(self.at("gallery")).arg("--key").arg(self.at("key"));
        command.arg("--passphrase").arg(format!("file:{}", self.at("pass").display())).stdin(Stdio::null());
        command.env("EKTP_JOBS", self.at("jobs"));
        // A word with a slash is a file of the folder.
        command.args(more.iter().map(|w| w.strip_prefix('/').map_or_else(|| (*w).into(), |name| self.at(name))));
        command
    }

    #[track_caller]
    fn run(&self, verb: &str, more: &[&str]) -> Run {
        let output = self.command(verb, more).output().unwrap();
        check(output.status.code().unwrap_or(-1), &String::from_utf8(output.stdout).unwrap())
    }

    /// A folder of a person's templates, of ten fingers; `moved` says by how many places the hands are told wrongly.
    fn person(&self, name: &str, number: u64, moved: usize) {
        std::fs::create_dir_all(self.at(name)).unwrap();
        for (n, position) in FingerPosition::ALL.into_iter().enumerate() {
            let mut template = synthetic::template(number, position, 45);
            let told = FingerPosition::ALL[(n + moved) % 10];
            template.views[0].position = Some(told);
            std::fs::write(self.at(&format!("{name}/{told}.fmr")), encode_record_2005(&template).unwrap()).unwrap();
        }
    }

    fn persons(&self) -> u64 {
        self.run("status", &[]).yes().data()["persons"].as_u64().unwrap()
    }
}

#[test]
fn a_person_is_enrolled_found_and_taken_out() {
    let desk = Desk::new();
    desk.person("ada", 1, 0);
    desk.person("budi", 2, 0);
    desk.person("swapped", 1, 5);
    let first = desk.run("enrol", &["/ada", "--id", "A-1"]);
    let data = first.yes().data();
    assert_eq!((&data["taken"], changes(data), &data["search"]["answer"]), (&true.into(), 1, &"single".into()));
    let first = data["state"].as_str().unwrap().to_owned();
    desk.run("enrol", &["/budi", "--id", "B-1"]).yes();
    let twice = desk.run("enrol", &["/ada", "--id", "A-2"]);
    twice.refused(12, "duplicate-person");
    assert_eq!((&twice.data()["taken"], changes(twice.data())), (&false.into(), 2));
    let found = desk.run("identify", &["/swapped"]);
    found.refused(12, "duplicate-person");
    let candidate = &found.data()["candidates"][0];
    assert_eq!((&candidate["id"], &candidate["hands_swapped"]), (&"A-1".into(), &true.into()));
    assert_eq!(
        (&candidate["fingers"][0]["probe"], &candidate["fingers"][0]["gallery"]),
        (&"right_thumb".into(), &"left_thumb".into())
    );
    assert!(!found.result.to_string().contains("score"), "no raw score goes outward");
    desk.run("enrol", &["/ada", "--id", "A-2", "--adjudicated"]).yes();
    assert_eq!(changes(desk.run("compact", &[]).yes().data()), 3);
    desk.run("delete", &["--id", "A-2"]).yes();
    let old = ["gallery", "gallery.log"].map(|name| (name, std::fs::read(desk.at(name)).unwrap()));
    desk.run("delete", &["--id", "A-1"]).yes();
    let gone = desk.run("identify", &["/ada"]);
    assert_eq!((&gone.yes().data()["answer"], &gone.data()["searched"]), (&"single".into(), &1.into()));
    let status = desk.run("status", &["--at-least", &first]);
    let data = status.yes().data();
    assert_eq!((changes(data), &data["torn"]), (5, &false.into()));
    // An older state, and one that went another way since.
    old.iter().for_each(|(name, bytes)| std::fs::write(desk.at(name), bytes).unwrap());
    let last = data["state"].as_str().unwrap();
    desk.run("status", &["--at-least", last]).refused(40, "gallery-rolled-back");
    desk.run("delete", &["--id", "B-1"]).yes();
    for verb in [&["status"][..], &["identify", "/ada"], &["compact"]] {
        desk.run(verb[0], &[&verb[1..], &["--at-least", last]].concat()).refused(40, "gallery-rolled-back");
    }
    desk.run("status", &["--at-least", &first]).yes();
    desk.run("status", &["--at-least", "5"]).refused(2, "usage");
}

/// Changes by a result's state.
fn changes(data: &serde_json::Value) -> u64 {
    data["state"].as_str().unwrap().split('.').nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_torn_end_is_told_to_machines_and_cut_by_who_changes_the_gallery_alone() {
    let desk = Desk::new();
    desk.person("ada", 1, 0);
    desk.person("budi", 2, 0);
    desk.run("enrol", &["/ada", "--id", "A-1"]).yes();
    let whole = std::fs::read(desk.at("gallery.log")).unwrap();
    desk.run("enrol", &["/budi", "--id", "B-1"]).yes();
    let torn = std::fs::read(desk.at("gallery.log")).unwrap()[..whole.len() + 100].to_vec();
    std::fs::write(desk.at("gallery.log"), &torn).unwrap();
    for verb in [&["status"][..], &["identify", "/budi"]] {
        let seen = desk.run(verb[0], &verb[1..]);
        assert_eq!(seen.yes().data()["torn"], true, "{verb:?}");
        assert_eq!(std::fs::read(desk.at("gallery.log")).unwrap(), torn, "{verb:?} changes nothing");
    }
    let enrolled = desk.run("enrol", &["/budi", "--id", "B-2"]);
    assert_eq!((&enrolled.yes().data()["torn"], changes(enrolled.data())), (&true.into(), 2));
    std::fs::write(desk.at("gallery.log"), &torn).unwrap();
    assert_eq!(desk.run("delete", &["--id", "A-1"]).yes().data()["torn"], true);
    let compacted = desk.run("compact", &[]);
    assert_eq!(compacted.yes().data()["torn"], false);
}

#[test]
fn a_job_that_was_killed_before_its_answer_was_kept_gives_the_same_answer() {
    let desk = Desk::new();
    desk.person("ada", 1, 0);
    desk.person("budi", 2, 0);
    desk.run("enrol", &["/ada", "--id", "A-1"]).yes();
    for (job, adjudicated) in [("one", &[][..]), ("two", &["--adjudicated"])] {
        let line = [&["/budi", "--id", job, "--job-id", job], adjudicated].concat();
        if job == "two" {
            desk.run("delete", &["--id", "one"]).yes();
        }
        let first = desk.run("enrol", &line);
        let state = changes(first.yes().data());
        // As a kill between the gallery's record and the job's leaves it.
        let record = desk.at(&format!("jobs/job-{job}.json"));
        let mut kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&record).unwrap()).unwrap();
        kept["data"] = serde_json::Value::Null;
        std::fs::write(&record, kept.to_string()).unwrap();
        let again = desk.run("enrol", &line);
        assert_eq!((again.yes().data(), changes(again.data())), (first.data(), state), "{job}");
    }
    // Other fingers under the identifier are somebody else.
    desk.run("enrol", &["/ada", "--id", "two"]).refused(12, "already-enrolled");
    assert_eq!(desk.persons(), 2);
}

/// Makes of a job that was done what a kill between the gallery's record and the job's leaves.
fn forget(desk: &Desk, job: &str) {
    let record = desk.at(&format!("jobs/job-{job}.json"));
    let mut kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&record).unwrap()).unwrap();
    kept["data"] = serde_json::Value::Null;
    std::fs::write(&record, kept.to_string()).unwrap();
}

#[test]
fn a_killed_job_that_made_a_gallery_or_took_a_person_out_did_it() {
    let desk = Desk::new();
    for name in ["gallery", "gallery.log"] {
        std::fs::remove_file(desk.at(name)).unwrap();
    }
    let made = desk.run("new", &["--job-id", "made"]);
    forget(&desk, "made");
    let again = desk.run("new", &["--job-id", "made"]);
    assert_eq!(again.yes().data(), made.yes().data());
    forget(&desk, "made");
    // The kill came between the two files.
    std::fs::remove_file(desk.at("gallery")).unwrap();
    desk.run("new", &["--job-id", "made"]).yes();
    desk.person("ada", 1, 0);
    desk.run("enrol", &["/ada", "--id", "A-1"]).yes();
    forget(&desk, "made");
    desk.run("new", &["--job-id", "made"]).refused(12, "output-exists");
    let out = desk.run("delete", &["--id", "A-1", "--job-id", "out"]);
    forget(&desk, "out");
    assert_eq!(desk.run("delete", &["--id", "A-1", "--job-id", "out"]).yes().data(), out.yes().data());
    desk.run("delete", &["--id", "A-1", "--job-id", "other"]).refused(12, "not-enrolled");
}

#[test]
fn a_person_of_whom_too_little_is_there_is_looked_at_by_a_person() {
    let desk = Desk::new();
    desk.person("ada", 1, 0);
    for finger in FingerPosition::ALL {
        std::fs::remove_file(desk.at(&format!("ada/{finger}.fmr"))).unwrap();
    }
    let none = desk.run("identify", &["/ada", "--exception", "left_thumb=amputated"]);
    none.refused(3, "adjudication-needed");
    assert_eq!((&none.data()["why"], &none.data()["usable_fingers"]), (&"no-usable-finger".into(), &0.into()));
    desk.person("ada", 1, 0);
    let told_twice = desk.run("identify", &["/ada", "--exception", "left_thumb=amputated"]);
    told_twice.refused(10, "input-invalid");
}

#[test]
fn fingers_of_poor_quality_are_not_usable_and_never_single() {
    let desk = Desk::new();
    desk.person("ada", 1, 0);
    for (n, position) in FingerPosition::ALL.into_iter().enumerate() {
        let mut template = synthetic::template(2, position, if n < 5 { 45 } else { 11 });
        template.views[0].quality = if n < 4 { 19 } else { 20 };
        std::fs::create_dir_all(desk.at("poor")).unwrap();
        std::fs::write(desk.at(&format!("poor/{position}.fmr")), encode_record_2005(&template).unwrap()).unwrap();
    }
    desk.run("enrol", &["/ada", "--id", "A-1"]).yes();
    for verb in [&["identify", "/poor"][..], &["enrol", "/poor", "--id", "B-1"]] {
        let few = desk.run(verb[0], &verb[1..]);
        few.refused(3, "adjudication-needed");
        let search = if verb[0] == "enrol" { &few.data()["search"] } else { few.data() };
        assert_eq!((&search["why"], &search["usable_fingers"]), (&"too-few-fingers".into(), &1.into()));
    }
    assert_eq!(desk.persons(), 1);
    // Who is there is among the candidates; one finger says no more than that somebody must look.
    std::fs::create_dir(desk.at("thumb")).unwrap();
    std::fs::copy(desk.at("ada/right_thumb.fmr"), desk.at("thumb/right_thumb.fmr")).unwrap();
    let known = desk.run("identify", &["/thumb"]);
    known.refused(3, "adjudication-needed");
    assert_eq!((&known.data()["why"], &known.data()["candidates"][0]["id"]), (&"too-few-fingers".into(), &"A-1".into()));
}

#[test]
fn a_program_that_is_killed_loses_nobody_who_was_answered() {
    let desk = Desk::new();
    let mut answered = 0;
    for round in 0..8u64 {
        let (name, id) = (format!("p{round}"), format!("P-{round}"));
        desk.person(&name, 10 + round, 0);
        let folder = format!("/{name}");
        let mut child =
            desk.command("enrol", &[&folder, "--id", &id]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(60 * round * round));
        let ended = child.try_wait().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let persons = desk.persons();
        let done = u64::from(ended.is_some_and(|status| status.success()));
        // One who was on disk and not answered yet may be there.
        assert!(
            (answered + done..=answered + 1).contains(&persons),
            "round {round}: {persons} persons, {answered} answered, {done}"
        );
        answered = persons;
    }
}
