//! The journal's promises, the same wherever it is kept: unique, forward only, append-only, refused when it cannot write.

use super::*;
use crate::perso::job::Placement;
use crate::pki::statement::StatementError;
use crate::reason::Refusal as _;

/// A place for one journal, whose owner may also do what no program of ours does.
pub(crate) trait Home {
    /// The journal, opened once more, by a station.
    fn open_at(&self, station: &str) -> Journal;

    /// Runs statements behind the journal's back, its guards on.
    fn attempt(&self, sql: &str) -> Result<(), String>;

    /// The same, its guards off.
    fn forge(&self, sql: &str) -> Result<(), String>;

    /// The words of this database for a text of bytes.
    fn hex(&self, bytes: &[u8]) -> String;

    /// The journal, opened once more, by the station of these tests.
    fn open(&self) -> Journal {
        self.open_at("enc-1")
    }
}

/// What is promised, as tests of its own wherever a journal is kept.
macro_rules! promises {
    ($home:expr) => {
        $crate::perso::journal::tests::promises!($home;
            the_same_job_again_is_the_same_job_and_other_content_is_refused,
            a_job_with_a_chip_stays_in_its_mode,
            numbers_chips_and_keys_are_unique_over_jobs,
            a_job_goes_forward_only_and_ends_once,
            a_blocked_chip_stays_blocked_with_its_first_reason,
            the_chain_has_no_gap_no_fork_and_no_edit,
            what_does_not_parse_is_damage);
    };
    ($home:expr; $($name:ident),+) => {
        $(#[test] fn $name() {
            if let Some(home) = $home {
                $crate::perso::journal::tests::$name(&home);
            }
        })+
    };
}
pub(crate) use promises;

/// A station's own journal in memory.
pub(crate) struct Own(String);

impl Own {
    pub(crate) fn new() -> Self {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);
        Self(format!("own-{}", NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)))
    }

    fn connect(&self) -> Connection {
        Connection::open(format!("file:{}?mode=memory&cache=shared", self.0)).expect("opens")
    }
}

impl Home for Own {
    fn open_at(&self, _: &str) -> Journal {
        Journal::in_memory(&self.0).expect("opens")
    }

    fn attempt(&self, sql: &str) -> Result<(), String> {
        self.connect().execute_batch(sql).map_err(|e| e.to_string())
    }

    fn forge(&self, sql: &str) -> Result<(), String> {
        let guards = "DROP TRIGGER IF EXISTS perso_receipt_no_update; DROP TRIGGER IF EXISTS perso_receipt_no_delete;
            DROP TRIGGER IF EXISTS perso_blocked_no_update;";
        self.attempt(&format!("{guards} {sql}"))
    }

    fn hex(&self, bytes: &[u8]) -> String {
        format!("x'{}'", crate::verify::hex::encode(bytes))
    }
}

mod own {
    super::promises!(Some(super::Own::new()));
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).expect("a time")
}

pub(crate) fn new_job(name: &str, index: u64) -> NewJob {
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

pub(crate) fn chip(n: u8) -> ChipSerial {
    ChipSerial([n; 10])
}

fn journal(home: &dyn Home) -> (Journal, JobId) {
    let mut journal = home.open();
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

pub(crate) fn the_same_job_again_is_the_same_job_and_other_content_is_refused(home: &dyn Home) {
    let (mut j, id) = journal(home);
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

pub(crate) fn a_job_with_a_chip_stays_in_its_mode(home: &dyn Home) {
    let (mut j, id) = journal(home);
    assert_eq!(j.job(&id).expect("is there").mode, Some(Mode::Local));
    assert_eq!(j.open_job(&new_job("a", 1), Mode::Online, at(1)).expect("has no chip").mode, Some(Mode::Online));
    j.reserve(&id, chip(1), at(2)).expect("binds");
    let other = JournalError::OtherMode { job: "a".into(), begun: "online", asked: "local" };
    assert_eq!(other.reason(), Reason::JobConflict);
    assert_eq!(j.open_job(&new_job("a", 1), Mode::Local, at(3)), Err(other));
    assert_eq!(j.open_job(&new_job("a", 1), Mode::Online, at(3)).expect("the same").mode, Some(Mode::Online));
}

#[test]
fn a_file_of_an_older_format_is_read_on_with_all_that_it_holds() {
    let dir = tempfile::tempdir().expect("a directory");
    for (format, mode) in [(1, None), (2, Some(Mode::Local))] {
        let path = dir.path().join(format!("journal-{format}.db"));
        let old = Connection::open(&path).expect("opens");
        old.execute_batch(include_str!("schema-2.sql")).expect("is made");
        old.execute_batch(include_str!("rows-2.sql")).expect("is filled");
        if format == 1 {
            old.execute_batch("ALTER TABLE job DROP COLUMN mode").expect("goes back");
        }
        old.pragma_update(None, "user_version", format).expect("sets");
        drop(old);
        let mut j = Journal::open(&path).expect("is brought forward");
        let job = j.job(&JobId::parse("b").expect("an id")).expect("is there");
        assert_eq!((job.mode, job.chip, job.state, job.sod.as_deref()), (mode, Some(chip(2)), State::Signed, Some(&[9][..])));
        assert_eq!((job.keys.len(), job.intents.as_slice(), job.runs), (1, [Intent::Generate(1)].as_slice(), 3));
        assert_eq!(j.jobs(9).expect("lists").iter().map(|job| job.id.as_str()).collect::<Vec<_>>(), ["b", "a"], "in their order");
        assert_eq!(j.chain_head().map(|head| (head.n, head.head)), Ok((1, [7; 32])));
        assert_eq!(j.receipt(&JobId::parse("a").expect("an id")).expect("reads").map(|entry| entry.n), Some(1));
        assert_eq!(j.blocked(chip(3)), Ok(Some(Reason::CardNotBlank)));
        j.advance(&job.id, State::Locked, at(2)).expect("goes on");
        drop(j);
        Journal::open(&path).expect("opens again");
    }
}

pub(crate) fn numbers_chips_and_keys_are_unique_over_jobs(home: &dyn Home) {
    let (mut j, a) = journal(home);
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

pub(crate) fn a_job_goes_forward_only_and_ends_once(home: &dyn Home) {
    let (mut j, a) = journal(home);
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

pub(crate) fn a_blocked_chip_stays_blocked_with_its_first_reason(home: &dyn Home) {
    let (mut j, _) = journal(home);
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
    assert!(home.attempt("UPDATE perso_blocked SET reason = 'else'").is_err(), "never changed");
    home.forge("UPDATE perso_blocked SET reason = 'else' WHERE reason = 'card-not-ours'").expect("damages");
    assert_eq!(j.set_aside(9), Err(JournalError::Damaged("perso_blocked.reason")));
    assert_eq!(j.set_aside(2), Ok(first.to_vec()));
}

pub(crate) fn issued(j: &mut Journal, name: &str, n: u8) -> JobId {
    let id = j.open_job(&new_job(name, n.into()), Mode::Local, at(0)).expect("is taken in").id;
    j.reserve(&id, chip(n), at(1)).expect("binds");
    j.advance(&id, State::Locked, at(2)).expect("forward");
    let next = entry(j);
    j.issue(&id, &next, at(3)).expect("issues");
    j.issue(&id, &next, at(3)).expect("again is no change");
    id
}

pub(crate) fn the_chain_has_no_gap_no_fork_and_no_edit(home: &dyn Home) {
    let (mut j, _) = journal(home);
    let first = issued(&mut j, "r1", 11);
    issued(&mut j, "r2", 12);
    issued(&mut j, "r3", 13);
    assert_eq!(j.receipt(&first).expect("reads").map(|e| e.n), Some(1));
    let fork = Entry { n: 2, previous: [0; 32], body: vec![], signature: vec![] };
    let late = j.open_job(&new_job("r4", 14), Mode::Local, at(0)).expect("is taken in").id;
    j.advance(&late, State::Locked, at(2)).expect("forward");
    assert_eq!(j.issue(&late, &fork, at(4)), Err(JournalError::ChainBroken(2)));
    for edit in ["DELETE FROM perso_receipt WHERE n = 2", "UPDATE perso_receipt SET n = 9 WHERE n = 2"] {
        assert!(home.attempt(edit).is_err(), "append-only");
    }
    assert!(matches!(j.verify_chain(None), Err(JournalError::BadReceipt { n: 1, why: StatementError::Cms(_) })), "no signature");
    home.forge("DELETE FROM perso_receipt WHERE n = 3").expect("cuts");
    assert_eq!(j.chain_head(), Err(JournalError::ChainBroken(3)));
    home.forge("DELETE FROM perso_chain").expect("cuts");
    assert!(matches!(j.chain_head(), Err(JournalError::Unavailable(_))));
}

pub(crate) fn what_does_not_parse_is_damage(home: &dyn Home) {
    let (mut j, a) = journal(home);
    j.store_sod(&a, b"sod", at(1)).expect("stores");
    assert_eq!(j.job(&a).expect("is there").sod.as_deref(), Some(b"sod".as_slice()));
    for (index, (column, value)) in (40..).zip([
        ("state", "'ELSE'".to_owned()),
        ("mode", "'else'".to_owned()),
        ("chip_date", "'no date'".to_owned()),
        ("image_digest", home.hex(&[1])),
        ("runs", "-1".to_owned()),
    ]) {
        let mut other = home.open();
        let id = other.open_job(&new_job(column, index), Mode::Local, at(0)).expect("is taken in").id;
        home.forge(&format!("UPDATE perso_job SET {column} = {value} WHERE id = '{column}'")).expect("damages");
        assert_eq!(other.job(&id), Err(JournalError::Damaged(column)));
    }
}

#[test]
fn a_journal_that_cannot_write_refuses_the_step() {
    let db = Connection::open_in_memory().expect("opens");
    db.execute_batch(&(schema::sqlite() + schema::OWN_CHAIN)).expect("is made");
    let mut j = Journal::in_sqlite(db, Arc::new(Plain), "").expect("opens");
    let a = j.open_job(&new_job("a", 1), Mode::Local, at(0)).expect("is taken in").id;
    j.look(|tx| Ok(tx.run("PRAGMA query_only = ON", &[])?)).expect("is set");
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
    drop(j);
    Connection::open(&path).expect("opens").pragma_update(None, "user_version", 4).expect("sets");
    assert_eq!(Journal::open(&path).err(), Some(JournalError::UnknownFormat(4)));
}
