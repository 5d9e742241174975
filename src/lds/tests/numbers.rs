//! Tests of the register of numbers.

use super::{Given, NumbersError, Register};
use crate::reason::{Reason, Refusal};
use crate::world::{DangerousSeededEntropy, system_entropy};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::PathBuf;

fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("numbers.db");
    (dir, path)
}

fn give(register: &mut Register, job: &str, range: u32) -> Result<Given, NumbersError> {
    register.give(job, range, &mut system_entropy())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_index_of_the_range_is_given_once_and_then_none(range in 1u32..40, again in any::<prop::sample::Index>(), seed: u64) {
        let (_dir, path) = place();
        let mut rng = DangerousSeededEntropy::new(seed);
        let mut given = Vec::new();
        for job in 0..range {
            // Opened anew each time, as each process does.
            given.push(Register::open(&path).unwrap().give(&format!("job-{job}"), range, &mut rng).unwrap());
        }
        let mut register = Register::open(&path).unwrap();
        prop_assert_eq!(register.give("one more", range, &mut rng), Err(NumbersError::UsedUp(range)));
        let indices: BTreeSet<u32> = given.iter().map(|g| g.status_index).collect();
        prop_assert_eq!(indices, (0..range).collect::<BTreeSet<_>>());
        let numbers: BTreeSet<&str> = given.iter().map(|g| g.document_number.as_str()).collect();
        prop_assert_eq!(numbers.len(), given.len());
        let job = again.index(given.len());
        prop_assert_eq!(&register.give(&format!("job-{job}"), range, &mut rng).unwrap(), &given[job]);
        // A profile with a larger range goes on where there is room.
        prop_assert_eq!(register.give("one more", range + 1, &mut rng).unwrap().status_index, range);
    }
}

#[test]
fn an_index_tells_nothing_about_when_it_was_given() {
    let (_dir, path) = place();
    let mut register = Register::open(&path).unwrap();
    register.connection.execute_batch("PRAGMA synchronous = OFF").unwrap();
    let given: Vec<u32> = (0..600).map(|job| give(&mut register, &job.to_string(), 1_000).unwrap().status_index).collect();
    let mean = |part: &[u32]| part.iter().sum::<u32>() / 200;
    for part in given.chunks(200) {
        assert!((400..600).contains(&mean(part)), "{}", mean(part));
    }
    let rising = given.windows(2).filter(|pair| pair[0] < pair[1]).count();
    assert!((240..360).contains(&rising), "{rising} of 599 indices are above the one before");
}

#[test]
fn two_at_once_are_never_given_the_same() {
    let (_dir, path) = place();
    let work = |name: &'static str| {
        let path = path.clone();
        std::thread::spawn(move || {
            let mut register = Register::open(&path).unwrap();
            // Every tenth job is one that the other asks for too.
            let job = |n: u32| if n.is_multiple_of(10) { format!("both-{n}") } else { format!("{name}-{n}") };
            (0..60).map(|n| (job(n), give(&mut register, &job(n), 120).unwrap())).collect::<Vec<_>>()
        })
    };
    let (one, two) = (work("one"), work("two"));
    let all: Vec<_> = one.join().unwrap().into_iter().chain(two.join().unwrap()).collect();
    let jobs: BTreeSet<&String> = all.iter().map(|(job, _)| job).collect();
    let indices: BTreeSet<u32> = all.iter().map(|(_, g)| g.status_index).collect();
    let whole: BTreeSet<String> = all.iter().map(|(job, g)| format!("{job} {} {}", g.status_index, g.document_number)).collect();
    assert_eq!((jobs.len(), indices.len(), whole.len()), (114, 114, 114));
    assert_eq!(Register::open(&path).unwrap().count(), Ok(114));
}

#[test]
fn a_job_is_bound_to_one_content() {
    let (_dir, path) = place();
    let mut register = Register::open(&path).unwrap();
    let given = give(&mut register, "a", 10).unwrap();
    assert_eq!(register.bind("unknown", &[1; 32]), Err(NumbersError::Conflict));
    // A job that failed before it was bound may be corrected, and keeps its numbers.
    assert_eq!(give(&mut register, "a", 10), Ok(given.clone()));
    assert_eq!((register.bind("a", &[1; 32]), register.bind("a", &[1; 32])), (Ok(()), Ok(())));
    assert_eq!(register.bind("a", &[2; 32]), Err(NumbersError::Conflict));
    drop(register);
    assert_eq!(give(&mut Register::open(&path).unwrap(), "a", 10), Ok(given));
    let reasons = [NumbersError::UsedUp(1), NumbersError::Conflict].map(|e| e.reason());
    assert_eq!(reasons, [Reason::NumbersUsedUp, Reason::JobConflict]);
}

/// The key of a record.
const KEY: [u8; 32] = [1; 32];

fn can(register: &mut Register, job: &str, key: [u8; 32]) -> Result<String, NumbersError> {
    register.can(job, &key, &mut system_entropy()).map(|can| can.expose().clone())
}

#[test]
fn a_job_keeps_its_can_and_the_register_opens_no_card() {
    let (_dir, path) = place();
    let mut register = Register::open(&path).unwrap();
    assert_eq!(can(&mut register, "a", KEY), Err(NumbersError::Unknown), "it was given no numbers");
    let jobs: Vec<String> = (0..300).map(|n| format!("job-{n}")).collect();
    register.connection.execute_batch("PRAGMA synchronous = OFF").unwrap();
    jobs.iter().for_each(|job| drop(give(&mut register, job, 1_000).unwrap()));
    let cans: Vec<String> = jobs.iter().map(|job| can(&mut register, job, KEY).unwrap()).collect();
    assert!(cans.iter().all(|can| can.len() == 6 && can.bytes().all(|b| b.is_ascii_digit())));
    assert!(cans.iter().collect::<BTreeSet<_>>().len() > 295, "drawn from a million");
    let below = cans.iter().filter(|can| can.as_str() < "500000").count();
    assert!((110..190).contains(&below), "{below} of 300 in the lower half");
    drop(register);
    let mut again = Register::open(&path).unwrap();
    assert!(jobs.iter().zip(&cans).all(|(job, drawn)| can(&mut again, job, KEY).as_ref() == Ok(drawn)));
    let stored = std::fs::read(&path).unwrap();
    assert!(!cans.iter().any(|can| stored.windows(6).any(|w| w == can.as_bytes())));
    // Moved to another job, what is sealed opens nothing.
    again.bind("job-1", &[1; 32]).unwrap();
    again
        .connection
        .execute("UPDATE given SET can = (SELECT can FROM given WHERE job = 'job-0') WHERE job = 'job-1'", [])
        .unwrap();
    assert_eq!(can(&mut again, "job-1", KEY), Err(NumbersError::Conflict));
    // The same job in another register: nothing of a CAN follows from its job.
    let (_other, elsewhere) = place();
    let mut register = Register::open(&elsewhere).unwrap();
    let others: Vec<String> = jobs
        .iter()
        .take(4)
        .map(|job| {
            give(&mut register, job, 1_000).unwrap();
            can(&mut register, job, KEY).unwrap()
        })
        .collect();
    assert_ne!(others[..], cans[..4]);
}

#[test]
fn a_can_is_another_records_only_while_no_image_was_made_with_it() {
    let (_dir, path) = place();
    let mut register = Register::open(&path).unwrap();
    give(&mut register, "a", 10).unwrap();
    can(&mut register, "a", KEY).unwrap();
    let mended = can(&mut register, "a", [2; 32]).unwrap();
    register.bind("a", &[9; 32]).unwrap();
    assert_eq!(can(&mut register, "a", KEY), Err(NumbersError::Conflict));
    assert_eq!(can(&mut register, "a", [2; 32]), Ok(mended));
}

#[test]
fn an_erased_can_is_gone_from_the_file_and_is_not_drawn_again() {
    let (_dir, path) = place();
    let mut register = Register::open(&path).unwrap();
    give(&mut register, "a", 10).unwrap();
    can(&mut register, "a", KEY).unwrap();
    let sealed: Vec<u8> = register.connection.query_row("SELECT can FROM given", [], |r| r.get(0)).unwrap();
    let holds = |path: &PathBuf| std::fs::read(path).unwrap().windows(sealed.len()).any(|w| w == sealed);
    assert!(holds(&path));
    assert_eq!((register.erase_can("a"), register.erase_can("a")), (Ok(true), Ok(false)));
    assert_eq!(register.erase_can("b"), Err(NumbersError::Unknown));
    assert!(!holds(&path));
    assert_eq!(can(&mut register, "a", KEY), Err(NumbersError::Erased));
    let reasons = [NumbersError::Erased, NumbersError::Unknown].map(|e| e.reason());
    assert_eq!(reasons, [Reason::WrongState, Reason::WrongState]);
    // Its numbers stay given.
    assert_eq!(register.count(), Ok(1));
}

#[test]
fn a_register_of_format_1_loses_its_secret() {
    let (_dir, path) = place();
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(
        "CREATE TABLE given (job TEXT PRIMARY KEY, document_number TEXT NOT NULL UNIQUE, status_index INTEGER NOT NULL UNIQUE, \
         content BLOB) STRICT; CREATE TABLE seed (only INTEGER PRIMARY KEY CHECK (only = 1), seed BLOB NOT NULL) STRICT; \
         INSERT INTO given VALUES ('built', 'A', 1, x'00'), ('begun', 'B', 2, NULL); INSERT INTO seed VALUES (1, CAST('the-one-secret' AS BLOB)); \
         PRAGMA user_version = 1; PRAGMA application_id = 0x454B4E52",
    )
    .unwrap();
    drop(old);
    let mut register = Register::open(&path).unwrap();
    assert!(!std::fs::read(&path).unwrap().windows(14).any(|w| w == b"the-one-secret"));
    assert_eq!(give(&mut register, "built", 10).unwrap(), Given { document_number: "A".into(), status_index: 1 });
    assert_eq!(can(&mut register, "built", KEY), Err(NumbersError::Erased));
    can(&mut register, "begun", KEY).unwrap();
    drop(register);
    assert_eq!(Register::open(&path).unwrap().count(), Ok(2));
}

#[test]
fn a_register_without_room_gives_nothing() {
    let (_dir, path) = place();
    let mut register = Register::open(&path).unwrap();
    register.connection.query_row("PRAGMA max_page_count = 1", [], |_| Ok(())).unwrap();
    let full = (0..400).find_map(|n| give(&mut register, &format!("job-{n}"), 1_000).err());
    assert_eq!(full, Some(NumbersError::Full));
    assert_eq!(NumbersError::Full.reason(), Reason::DiskFull);
    let given = register.count().unwrap();
    register.connection.query_row("PRAGMA max_page_count = 1000", [], |_| Ok(())).unwrap();
    give(&mut register, "more", 1_000).unwrap();
    assert_eq!(register.count(), Ok(given + 1));
}

#[test]
fn a_file_that_is_no_register_is_left_alone() {
    let (dir, path) = place();
    std::fs::write(&path, "a text that someone needs, longer than the head of a database: ".repeat(4)).unwrap();
    assert_eq!(Register::open(&path).map(drop), Err(NumbersError::Malformed));
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("a text"));
    let other = dir.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    assert_eq!(Register::open(&other).map(drop), Err(NumbersError::Malformed));
    assert_eq!(Register::open(dir.path()).map(drop), Err(NumbersError::Storage));
    let made = dir.path().join("made.db");
    Register::open(&made).unwrap();
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&made).unwrap().permissions()) & 0o777, 0o600);
}
