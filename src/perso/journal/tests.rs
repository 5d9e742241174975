//! The journal's promises: unique, forward only, private, append-only, refused when it cannot write.

use super::*;
use crate::perso::job::Placement;
use crate::pki::statement::StatementError;
use crate::reason::Refusal as _;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).expect("a time")
}

fn new_job(name: &str, index: u64) -> NewJob {
    NewJob {
        id: JobId::parse(name).expect("an id"),
        image_at: "images/a".into(),
        image_digest: [7; 32],
        authorization_digest: [8; 32],
        document_number: format!("X{index:08}"),
        status_index: index,
        profile: "ektp-8k".into(),
        chip_date: jiff::civil::date(2026, 11, 23),
        trust_point: vec![0x7F, 0x4E, 0],
        place: Placement { printer_job: Some("P-7".into()), ..Placement::default() },
    }
}

fn chip(n: u8) -> ChipSerial {
    ChipSerial([n; 10])
}

fn journal(name: &str) -> (Journal, JobId) {
    let mut journal = Journal::in_memory(&format!("journal-{name}")).expect("opens");
    let job = journal.open_job(&new_job("a", 1), Mode::Local, at(0)).expect("is taken in");
    assert_eq!((job.state, job.custody.name(), job.printer_job.as_deref()), (State::AwaitCard, "AWAIT_CARD", Some("P-7")));
    (journal, job.id)
}

fn key(slot: u8, byte: u8) -> RegisteredKey {
    RegisteredKey { slot, key: vec![4, byte], proof: vec![9] }
}

fn entry(journal: &Journal) -> Entry {
    let head = journal.chain_head().expect("stands");
    Entry { n: head.n + 1, previous: head.head, body: b"{}".to_vec(), signature: b"sig".to_vec() }
}

#[test]
fn the_same_job_again_is_the_same_job_and_other_content_is_refused() {
    let (mut j, id) = journal("same");
    let again = NewJob { chip_date: jiff::civil::date(2027, 1, 1), ..new_job("a", 1) };
    assert_eq!(j.open_job(&again, Mode::Local, at(9)).expect("found").chip_date, jiff::civil::date(2026, 11, 23));
    let other = NewJob { image_digest: [1; 32], ..new_job("a", 1) };
    let refused = j.open_job(&other, Mode::Local, at(9)).expect_err("other content");
    assert_eq!(refused, JournalError::Conflict(id.to_string()));
    assert_eq!(refused.reason(), Reason::JobConflict);
    for place in [
        Placement { face_hash: Some([9; 32]), ..Placement::default() },
        Placement { printer_job: Some("P-8".into()), ..Placement::default() },
        Placement { blank_serial_expected: Some("00".into()), ..Placement::default() },
    ] {
        let elsewhere = NewJob { place: place.clone(), ..new_job("a", 1) };
        let placed = j.open_job(&elsewhere, Mode::Local, at(9)).expect("no chip is bound yet");
        assert!(placed.is_placed_as(&place), "a slip of the pen is mended");
    }
    j.reserve(&id, ChipSerial([7; 10]), at(10)).expect("reserves");
    for place in [
        Placement { face_hash: Some([8; 32]), ..Placement::default() },
        Placement { printer_job: Some("P-7".into()), ..Placement::default() },
        Placement { blank_serial_expected: Some("01".into()), ..Placement::default() },
    ] {
        let elsewhere = NewJob { place, ..new_job("a", 1) };
        assert_eq!(
            j.open_job(&elsewhere, Mode::Local, at(11)),
            Err(JournalError::Conflict(id.to_string())),
            "a face of another chip"
        );
    }
    let unsaid = NewJob { place: Placement::default(), ..new_job("a", 1) };
    assert_eq!(j.open_job(&unsaid, Mode::Local, at(12)).expect("found").printer_job.as_deref(), Some("P-8"));
    assert_eq!(j.job(&JobId::parse("none").expect("an id")), Err(JournalError::UnknownJob("none".into())));
}

#[test]
fn a_job_with_a_chip_stays_in_its_mode() {
    let (mut j, id) = journal("mode");
    assert_eq!(j.job(&id).expect("is there").mode, Some(Mode::Local));
    assert_eq!(j.open_job(&new_job("a", 1), Mode::Online, at(1)).expect("has no chip").mode, Some(Mode::Online));
    j.reserve(&id, chip(1), at(2)).expect("binds");
    let other = JournalError::OtherMode { job: "a".into(), begun: "online", asked: "local" };
    assert_eq!(other.reason(), Reason::JobConflict);
    assert_eq!(j.open_job(&new_job("a", 1), Mode::Local, at(3)), Err(other));
    assert_eq!(j.open_job(&new_job("a", 1), Mode::Online, at(3)).expect("the same").mode, Some(Mode::Online));
}

#[test]
fn a_store_of_format_1_is_read_and_its_jobs_take_a_mode() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("journal.db");
    let mut j = Journal::open(&path).expect("is made");
    let id = j.open_job(&new_job("a", 1), Mode::Local, at(0)).expect("is taken in").id;
    j.reserve(&id, chip(1), at(1)).expect("binds");
    j.db.execute_batch("ALTER TABLE job DROP COLUMN mode; PRAGMA user_version = 1").expect("goes back");
    drop(j);
    let mut j = Journal::open(&path).expect("is brought forward");
    let job = j.job(&id).expect("is there");
    assert_eq!((job.mode, job.chip), (None, Some(chip(1))));
    assert_eq!(j.open_job(&new_job("a", 1), Mode::Online, at(2)).expect("takes it").mode, Some(Mode::Online));
    drop(j);
    Journal::open(&path).expect("opens again");
}

#[test]
fn numbers_chips_and_keys_are_unique_over_jobs() {
    let (mut j, a) = journal("unique");
    let same_number = NewJob { status_index: 2, ..new_job("b", 1) };
    assert_eq!(j.open_job(&same_number, Mode::Local, at(1)), Err(JournalError::Duplicate(Unique::DocumentNumber)));
    let same_index = NewJob { document_number: "Y".into(), ..new_job("b", 1) };
    assert_eq!(j.open_job(&same_index, Mode::Local, at(1)), Err(JournalError::Duplicate(Unique::StatusIndex)));
    let b = j.open_job(&new_job("b", 2), Mode::Local, at(1)).expect("is new").id;
    j.reserve(&a, chip(1), at(2)).expect("binds");
    j.reserve(&a, chip(1), at(2)).expect("again is no change");
    assert_eq!(j.reserve(&b, chip(1), at(3)), Err(JournalError::Duplicate(Unique::ChipSerial)));
    assert_eq!(j.reserve(&a, chip(2), at(3)), Err(JournalError::Conflict("a".into())), "another run of the same job");
    assert_eq!(j.holder(chip(1)), Ok(Some(a.clone())));
    j.reserve(&b, chip(2), at(4)).expect("binds");
    j.register_keys(&a, &[key(1, 1), key(2, 2)], at(5)).expect("registers");
    j.register_keys(&a, &[key(1, 1)], at(5)).expect("again is no change");
    assert_eq!(j.register_keys(&b, &[key(1, 2)], at(6)), Err(JournalError::Duplicate(Unique::PublicKey)));
    assert_eq!(j.register_keys(&a, &[key(1, 3)], at(6)), Err(JournalError::Conflict("a".into())));
    assert_eq!(j.job(&b).expect("is there").state, State::Reserved, "nothing of a refused step is stored");
    assert_eq!(j.jobs(10).expect("lists").len(), 2);
}

#[test]
fn a_job_goes_forward_only_and_ends_once() {
    let (mut j, a) = journal("forward");
    j.reserve(&a, chip(1), at(1)).expect("binds");
    j.bind_stream(&a, [1; 32], at(1)).expect("binds");
    assert_eq!(j.bind_stream(&a, [2; 32], at(1)), Err(JournalError::Conflict("a".into())));
    j.advance(&a, State::Written, at(2)).expect("forward");
    j.advance(&a, State::Open, at(3)).expect("passed already");
    assert_eq!(j.job(&a).expect("is there").state, State::Written);
    j.store_sod(&a, b"sod", at(4)).expect("stores");
    j.store_sod(&a, b"sod", at(4)).expect("again is no change");
    assert_eq!(j.store_sod(&a, b"other", at(4)), Err(JournalError::Conflict("a".into())));
    let wrong = JournalError::WrongState { at: "SIGNED", step: "ISSUED" };
    assert_eq!(j.advance(&a, State::Issued, at(5)), Err(wrong.clone()));
    let next = entry(&j);
    assert_eq!(j.issue(&a, &next, at(5)), Err(wrong));
    j.intend(&a, Intent::Terminate, at(6)).expect("is written");
    j.end(&a, End::Void { reason: Reason::ReadBackDiffers, terminated: false }, at(6)).expect("ends");
    j.end(&a, End::Void { reason: Reason::JobVoid, terminated: true }, at(7)).expect("is terminated later");
    let job = j.job(&a).expect("is there");
    assert_eq!((job.state, job.reason, job.terminated), (State::Void, Some(Reason::ReadBackDiffers), true));
    assert!(matches!(j.intend(&a, Intent::Lock, at(8)), Err(JournalError::WrongState { .. })));
    assert!(matches!(j.end(&a, End::Quarantined { reason: Reason::CardRemoved }, at(8)), Err(JournalError::WrongState { .. })));
}

#[test]
fn a_blocked_chip_stays_blocked_with_its_first_reason() {
    let (mut j, _) = journal("blocked");
    assert_eq!(j.blocked(chip(1)), Ok(None));
    j.block(chip(1), Reason::CardAuthFailed, at(1)).expect("blocks");
    j.block(chip(1), Reason::CardNotOurs, at(2)).expect("no change");
    assert_eq!(j.blocked(chip(1)), Ok(Some(Reason::CardAuthFailed)));
    j.block(chip(3), Reason::CardNotBlank, at(3)).expect("blocks");
    j.block(chip(2), Reason::CardNotOurs, at(4)).expect("blocks");
    let aside = |n: u8, reason, second| SetAside { chip: chip(n), reason, at: at(second) };
    let first = [aside(1, Reason::CardAuthFailed, 1), aside(3, Reason::CardNotBlank, 3)];
    assert_eq!(j.set_aside(2), Ok(first.to_vec()), "in their order");
    assert_eq!(j.set_aside(9).expect("lists").len(), 3);
    j.db.execute("UPDATE blocked_chip SET reason = 'else' WHERE reason = 'card-not-ours'", []).expect("damages");
    assert_eq!(j.set_aside(9), Err(JournalError::Damaged("blocked_chip.reason")));
    assert_eq!(j.set_aside(2), Ok(first.to_vec()));
}

fn issued(j: &mut Journal, name: &str, n: u8) -> JobId {
    let id = j.open_job(&new_job(name, n.into()), Mode::Local, at(0)).expect("is taken in").id;
    j.reserve(&id, chip(n), at(1)).expect("binds");
    j.advance(&id, State::Locked, at(2)).expect("forward");
    let next = entry(j);
    j.issue(&id, &next, at(3)).expect("issues");
    j.issue(&id, &next, at(3)).expect("again is no change");
    id
}

#[test]
fn the_chain_has_no_gap_no_fork_and_no_edit() {
    let (mut j, _) = journal("chain");
    let first = issued(&mut j, "r1", 11);
    issued(&mut j, "r2", 12);
    issued(&mut j, "r3", 13);
    assert_eq!(j.receipt(&first).expect("reads").map(|e| e.n), Some(1));
    let fork = Entry { n: 2, previous: [0; 32], body: vec![], signature: vec![] };
    let late = j.open_job(&new_job("r4", 14), Mode::Local, at(0)).expect("is taken in").id;
    j.advance(&late, State::Locked, at(2)).expect("forward");
    assert_eq!(j.issue(&late, &fork, at(4)), Err(JournalError::ChainBroken(2)));
    assert!(j.db.execute("DELETE FROM receipt WHERE n = 2", []).is_err(), "append-only");
    j.db.execute_batch("DROP TRIGGER receipt_no_update; UPDATE receipt SET body = x'7b207d' WHERE n = 2").expect("forges");
    assert!(matches!(j.verify_chain(None), Err(JournalError::BadReceipt { n: 1, why: StatementError::Cms(_) })), "no signature");
    j.db.execute_batch("DROP TRIGGER receipt_no_delete; DELETE FROM receipt WHERE n = 3").expect("cuts");
    assert_eq!(j.chain_head(), Err(JournalError::ChainBroken(3)));
}

#[test]
fn a_journal_that_cannot_write_refuses_the_step() {
    let (mut j, a) = journal("readonly");
    j.db.pragma_update(None, "query_only", "ON").expect("sets");
    let refused = j.intend(&a, Intent::Commit, at(1)).expect_err("is refused");
    assert!(matches!(refused, JournalError::Unavailable(_)));
    assert_eq!(refused.reason(), Reason::FileUnreadable);
    let nowhere = Journal::open(Path::new("/nonexistent/journal.db"));
    assert!(matches!(nowhere.err(), Some(JournalError::Unavailable(_))));
}

#[test]
fn a_store_is_private_and_of_a_known_format() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("journal.db");
    let mut j = Journal::open(&path).expect("is made");
    let id = j.open_job(&new_job("a", 1), Mode::Local, at(0)).expect("is taken in").id;
    for file in std::fs::read_dir(dir.path()).expect("lists") {
        let mode = file.expect("an entry").metadata().expect("has one").permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
    drop(j);
    let j = Journal::open(&path).expect("opens again");
    assert_eq!(j.job(&id).expect("is durable").status_index, 1);
    j.db.execute("UPDATE job SET state = 'ELSE'", []).expect("damages");
    assert_eq!(j.job(&id), Err(JournalError::Damaged("job.state")));
    j.db.pragma_update(None, "user_version", 3).expect("sets");
    drop(j);
    assert_eq!(Journal::open(&path).err(), Some(JournalError::UnknownFormat(3)));
}
