//! One station: its signer's register outlives a journal, a job keeps its mode and has one run at a time, an issued job its content.

use crate::bureau::Bureau;
use crate::refusals::desk::{self, Job};
use crate::refusals::place::Place;
use ektp::softchip::State;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::process::Stdio;
use std::time::Duration;

fn place() -> Place {
    Place::of(Bureau::new())
}

/// Whether a process holds the lock of a job.
fn is_held(job: &Job<'_>, place: &Place) -> bool {
    let lock = place.at(&format!("{0}.locks/{0}.lock", job.name));
    std::fs::File::open(lock).is_ok_and(|file| matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock)))
}

#[test]
fn another_journal_makes_no_second_card_of_one_authorization() {
    let place = place();
    let job = Job::new(&place);
    job.run(&job.lay(vec![]), "--keep-image").yes();
    assert!(place.at("kit/signer.register").exists());
    assert_eq!(std::fs::metadata(place.at("kit/signer.register")).unwrap().permissions().mode() & 0o777, 0o600);
    let other = Job::new(&place);
    let reader = other.lay(vec![]);
    let line = |more: &str| format!("perso run @image-{} --store @elsewhere.db --kit @kit --reader {reader} {more}", job.name);
    place.run(&line("")).refused(11, "signer-refused");
    assert_eq!(other.chip.lock().unwrap().state(), State::Blank);
    // A register of its own is asked for by name, or not at all.
    place.run(&line("--mode online --signer @none --register @own")).refused(2, "usage");
    place.run(&line("--signer @none")).refused(2, "usage");
    place
        .run(&format!("perso resume --job-id x --store @elsewhere.db --kit @kit --reader {reader} --signer @none"))
        .refused(2, "usage");
    assert_eq!(place.run(&line("--register @own")).yes().data()["state"], "ISSUED");
}

#[test]
fn a_job_with_a_chip_keeps_the_mode_that_it_was_begun_in() {
    let place = place();
    let job = Job::new(&place);
    let online = "--mode online --signer @none";
    // Until it has a chip, nothing was signed and nothing is lost.
    job.run(&job.lay(vec![]), "--expect-serial 000102030405060708FF").refused(22, "wrong-card");
    job.run(&job.lay(vec![]), online).refused(50, "key-store-unavailable");
    let begun = Job::new(&place);
    begun.until(desk::store_data);
    let refused = begun.run(&begun.lay(vec![]), online);
    refused.refused(12, "job-conflict");
    assert_eq!(refused.result["message"], format!("job {} was begun in local mode, not in online mode", begun.name));
    begun.resume(&begun.lay(vec![]), online).refused(12, "job-conflict");
    let issued = begun.resume(&begun.lay(vec![]), "");
    assert_eq!((&issued.yes().data()["state"], &issued.data()["mode"]), (&"ISSUED".into(), &"local".into()));
}

#[test]
fn an_issued_job_refuses_other_content_and_is_not_given_up() {
    let place = place();
    let job = Job::new(&place);
    let (first, second) = ("11".repeat(32), "22".repeat(32));
    let issued = job.run(&job.lay(vec![]), &format!("--face-hash {first} --printer-job P-7"));
    issued.yes();
    let again = |more: &str| job.run("unix:@none", more);
    for same in [String::new(), format!("--face-hash {first}"), "--printer-job P-7".to_owned()] {
        assert_eq!(again(&same).yes().data(), issued.data(), "{same}");
    }
    let serial = issued.data()["chip"].as_str().unwrap().to_owned();
    for other in [
        format!("--face-hash {second}"),
        "--printer-job P-8".to_owned(),
        "--expect-serial 000102030405060708FF".to_owned(),
        format!("--expect-serial {serial}"),
        "--mode online --signer @none".to_owned(),
    ] {
        again(&other).refused(12, "job-conflict");
    }
    job.resume("unix:@none", "").yes();
    job.resume("unix:@none", "--give-up").refused(12, "wrong-state");
    job.replace("authorization.json", "{}");
    again("").refused(12, "job-conflict");
}

#[test]
fn a_receipt_that_there_is_not_is_not_written() {
    let place = place();
    let job = Job::new(&place);
    job.until(desk::store_data);
    let line = format!("perso status --store @{0}.db --job-id {0}", job.name);
    assert_eq!(place.run(&line).yes().data()["receipt"], serde_json::Value::Null);
    let refused = place.run(&format!("{line} --receipt @receipt.json"));
    refused.refused(12, "wrong-state");
    assert!(!place.at("receipt.json").exists());
    job.resume(&job.lay(vec![]), "").yes();
    place.run(&format!("{line} --receipt @receipt.json")).yes();
    assert!(place.at("receipt.json").exists() && place.at("receipt.json.p7s").exists());
}

#[test]
fn a_job_has_one_run_at_a_time() {
    let place = place();
    let job = Job::new(&place);
    // A reader that takes everything and answers nothing.
    let _silent = UnixListener::bind(place.at("silent")).unwrap();
    let line = format!("perso run @image-{0} --store @{0}.db --kit @kit --reader unix:@silent", job.name);
    let mut child = place.command(&line).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let held = (0..1_200).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        is_held(&job, &place)
    });
    let second = held.then(|| (job.run(&job.lay(vec![]), ""), job.resume(&job.lay(vec![]), "").exit));
    child.kill().unwrap();
    child.wait().unwrap();
    let (run, resume) = second.expect("the first run holds its job");
    run.refused(12, "in-use");
    // The first run has not taken the job in yet, or has: it is unknown or in use, and never worked on.
    assert_eq!(resume, 12);
    assert_eq!(job.run(&job.lay(vec![]), "").yes().data()["state"], "ISSUED");
}

#[test]
fn what_a_station_makes_on_the_way_is_its_owners_alone() {
    let place = place();
    let chip = Bureau::of("ektp-80k").blank(7);
    let reader = crate::bureau::lay(&chip, place.at("chip"));
    place
        .run(&format!("perso run %samples/record-citizen.json --job-id bare --store @bare.db --kit @kit --reader {reader}"))
        .yes();
    for private in ["bare.images", "bare.images/bare", "bare.locks", "bare.locks/bare.lock", "bare.numbers", "bare.db"] {
        let mode = std::fs::metadata(place.at(private)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{private} has {mode:o}");
    }
}
