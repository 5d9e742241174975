//! What a gallery on disk withstands, and what it refuses.

use super::*;
use crate::afis::answer::Answer;
use crate::afis::gallery::{GalleryError, tests::person};
use crate::afis::policy::Policy;
use crate::reason::{Reason, Refusal};
use crate::world::DangerousSeededEntropy;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

struct Place {
    dir: tempfile::TempDir,
    key: GalleryKey,
    rng: DangerousSeededEntropy,
}

impl Place {
    fn new() -> Self {
        let mut rng = DangerousSeededEntropy::new(1);
        let place = Self { dir: tempfile::tempdir().unwrap(), key: GalleryKey::generate(&mut rng), rng };
        let mut rng = place.rng.clone();
        assert_eq!(Store::create(&place.snapshot(), &place.key, &mut rng).unwrap().changes(), 0);
        Self { rng, ..place }
    }

    /// With so many persons in the log.
    fn with(persons: u64) -> Self {
        let mut place = Self::new();
        let store = place.open().unwrap().store;
        for n in 0..persons {
            store.admit(&person(&format!("p{n}"), n, 0), &mut place.rng).unwrap();
        }
        place
    }

    fn snapshot(&self) -> PathBuf {
        self.dir.path().join("gallery")
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("gallery.log")
    }

    fn open(&mut self) -> Result<Opened, SealedError> {
        Store::open(&self.snapshot(), &self.key, 1, None, &mut self.rng)
    }

    fn look(&self, at_least: Option<Mark>) -> Result<Seen, SealedError> {
        Store::look(&self.snapshot(), &self.key, 1, at_least)
    }

    fn fails(&mut self) -> SealedError {
        self.open().unwrap_err()
    }

    fn persons(&mut self) -> usize {
        self.open().unwrap().store.gallery().len()
    }
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn what_is_answered_is_there_when_it_is_opened_again() {
    let mut place = Place::new();
    let policy = Policy::default();
    let store = place.open().unwrap().store;
    let enrolled = store.enrol(&person("a", 1, 0), &policy, &mut place.rng).unwrap();
    assert_eq!((enrolled.taken, store.mark().changes()), (Some(store.mark()), 1));
    store.enrol(&person("b", 2, 0), &policy, &mut place.rng).unwrap();
    let twice = store.enrol(&person("c", 1, 3), &policy, &mut place.rng).unwrap();
    assert!(twice.taken.is_none() && matches!(twice.answer, Answer::Duplicate(found) if found[0].id.to_string() == "a"));
    store.delete("b".parse().unwrap(), &mut place.rng).unwrap();
    drop(store);
    let opened = place.open().unwrap();
    assert_eq!((opened.torn, opened.store.mark().changes()), (false, 3));
    let known = opened.store.mark();
    assert_eq!(opened.store.gallery().persons().collect::<Vec<_>>(), [person("a", 1, 0)]);
    let compacted = opened.store.compact(&mut place.rng).unwrap();
    assert_eq!(compacted, known, "the same persons, whichever file they are in");
    opened.store.admit(&person("d", 4, 0), &mut place.rng).unwrap();
    drop(opened);
    let again = place.open().unwrap().store;
    let mut ids: Vec<_> = again.gallery().persons().map(|p| p.id().to_string()).collect();
    ids.sort();
    assert_eq!((ids, again.mark().changes()), (vec!["a".to_owned(), "d".to_owned()], 4));
    drop(again);
    for mark in [enrolled.taken.unwrap(), known] {
        assert_eq!(place.look(Some(mark)).unwrap().mark.changes(), 4, "a state that it passed through");
    }
}

#[test]
fn snapshots_of_several_chunks_lead_back() {
    let mut place = Place::with(2);
    let store = place.open().unwrap().store;
    for n in 2..260 {
        store.admit(&person(&format!("p{n}"), n % 2, 0), &mut place.rng).unwrap();
    }
    let before: Vec<_> = store.gallery().persons().collect();
    store.compact(&mut place.rng).unwrap();
    drop(store);
    let after: Vec<_> = place.open().unwrap().store.gallery().persons().collect();
    assert_eq!(before, after);
    change(&place.snapshot(), |b| {
        // Chunks of one length, exchanged.
        let length = |b: &[u8], at: usize| u32::from_be_bytes(b[at..at + 4].try_into().unwrap()) as usize;
        let first = 4 + length(b, 104);
        b[104..].rotate_left(first);
    });
    assert_eq!(place.fails(), SealedError::Altered(0));
}

#[test]
fn a_kill_at_any_byte_of_the_last_record_loses_nothing_that_was_answered() {
    let mut place = Place::with(2);
    let two = std::fs::read(place.log()).unwrap();
    let store = place.open().unwrap().store;
    store.admit(&person("last", 9, 0), &mut place.rng).unwrap();
    drop(store);
    let three = std::fs::read(place.log()).unwrap();
    assert_eq!(place.persons(), 3);
    for end in two.len()..three.len() {
        std::fs::write(place.log(), &three[..end]).unwrap();
        let seen = place.look(None).unwrap();
        assert_eq!((seen.gallery.len(), seen.torn), (2, end > two.len()), "{end}");
        drop(seen);
        assert_eq!(std::fs::read(place.log()).unwrap(), three[..end], "who looks leaves the files as they are: {end}");
        let opened = place.open().unwrap();
        assert_eq!((opened.store.gallery().len(), opened.torn), (2, end > two.len()), "{end}");
        drop(opened);
        assert_eq!(std::fs::read(place.log()).unwrap(), two, "the torn end is cut off: {end}");
    }
    // The file had grown when the power went, and the end had not come.
    for missing in [16, 40, three.len() - two.len()] {
        std::fs::write(place.log(), [&three[..three.len() - missing], &vec![0; missing]].concat()).unwrap();
        let opened = place.open().unwrap();
        assert_eq!((opened.store.gallery().len(), opened.torn), (2, true), "{missing}");
    }
    let store = place.open().unwrap().store;
    store.admit(&person("after", 10, 0), &mut place.rng).unwrap();
    drop(store);
    assert_eq!(place.persons(), 3, "and the log goes on after it");
}

#[test]
fn an_altered_byte_anywhere_is_found_out() {
    let mut place = Place::with(3);
    let (snapshot, log) = (std::fs::read(place.snapshot()).unwrap(), std::fs::read(place.log()).unwrap());
    for at in (0..snapshot.len()).step_by(3) {
        change(&place.snapshot(), |b| b[at] ^= 4);
        let error = place.fails();
        use SealedError::{Altered, NotAGallery, Truncated, WrongKey};
        let known = [NotAGallery, WrongKey, Altered(0), Altered(1), Truncated(0), Truncated(1)];
        assert!(known.contains(&error), "{at}: {error:?}");
        std::fs::write(place.snapshot(), &snapshot).unwrap();
    }
    for at in (0..log.len()).step_by(7) {
        change(&place.log(), |b| b[at] ^= 4);
        assert!(matches!(place.fails(), SealedError::LogAltered(n) if n <= 2), "{at}");
        std::fs::write(place.log(), &log).unwrap();
    }
    change(&place.log(), |b| *b.last_mut().unwrap() ^= 1);
    assert_eq!(place.fails(), SealedError::LogAltered(2));
    std::fs::write(place.log(), &log).unwrap();
    change(&place.log(), |b| {
        // Two records of one length, exchanged.
        let record = (b.len() - 64) / 3;
        b[64..64 + 2 * record].rotate_left(record);
    });
    assert_eq!(place.fails(), SealedError::LogAltered(0));
    assert_eq!(place.fails().reason(), Reason::GalleryAltered);
}

#[test]
fn a_snapshot_that_is_cut_or_goes_on_is_refused() {
    let mut place = Place::with(3);
    let store = place.open().unwrap().store;
    store.compact(&mut place.rng).unwrap();
    drop(store);
    let whole = std::fs::read(place.snapshot()).unwrap();
    // The trail of four states is the last chunk.
    let trail = whole.len() - 4 - 4 * 8 - 16;
    for (end, chunk) in [(104, 0), (107, 0), (108, 0), (trail - 1, 0), (trail, 1), (whole.len() - 1, 1)] {
        std::fs::write(place.snapshot(), &whole[..end]).unwrap();
        assert_eq!(place.fails(), SealedError::Truncated(chunk), "{end}");
    }
    std::fs::write(place.snapshot(), &whole[..50]).unwrap();
    assert_eq!(place.fails(), SealedError::NotAGallery);
    std::fs::write(place.snapshot(), [&whole[..], &[0]].concat()).unwrap();
    assert_eq!(place.fails(), SealedError::Trailing);
}

#[test]
fn the_key_must_be_the_gallerys() {
    let mut place = Place::with(1);
    place.key = GalleryKey::new(&[7; 32]).unwrap();
    assert_eq!(place.fails(), SealedError::WrongKey);
    assert_eq!(place.fails().reason(), Reason::WrongGalleryKey);
    assert_eq!(GalleryKey::new(&[7; 16]).unwrap_err(), SealedError::KeyLength(16));
    assert_eq!(format!("{:?}", place.key), "GalleryKey(AesKey(32 bytes))");
}

#[test]
fn an_older_state_is_found_out_where_it_can_be() {
    let mut place = Place::with(2);
    let old = [std::fs::read(place.snapshot()).unwrap(), std::fs::read(place.log()).unwrap()];
    let store = place.open().unwrap().store;
    store.compact(&mut place.rng).unwrap();
    drop(store);
    let new = [std::fs::read(place.snapshot()).unwrap(), std::fs::read(place.log()).unwrap()];
    let known = place.look(None).unwrap().mark;
    // The old snapshot with the new log; the new snapshot with a log that is not the one it folded in.
    std::fs::write(place.snapshot(), &old[0]).unwrap();
    assert_eq!(place.fails(), SealedError::RolledBack);
    std::fs::write(place.snapshot(), &new[0]).unwrap();
    std::fs::write(place.log(), &old[1][..64]).unwrap();
    assert_eq!(place.fails(), SealedError::RolledBack);
    // A crash between the two files of a compaction is none.
    std::fs::write(place.log(), &old[1]).unwrap();
    assert_eq!(place.persons(), 2);
    assert_eq!(place.open().unwrap().store.mark().changes(), 2);
    // Both old: only who knows better finds it out.
    std::fs::write(place.snapshot(), &old[0]).unwrap();
    std::fs::write(place.log(), &old[1]).unwrap();
    assert_eq!(place.persons(), 2);
    std::fs::write(place.log(), &old[1][..old[1].len() - 1]).unwrap();
    let opened = Store::open(&place.snapshot(), &place.key, 1, Some(known), &mut place.rng);
    assert_eq!(opened.unwrap_err(), SealedError::RolledBack);
    assert_eq!(place.look(Some(known)).unwrap_err(), SealedError::RolledBack);
    assert_eq!(std::fs::read(place.log()).unwrap(), old[1][..old[1].len() - 1], "refused before the torn end was cut off");
    std::fs::remove_file(place.log()).unwrap();
    assert_eq!(place.fails(), SealedError::LogMissing);
}

#[test]
fn a_known_state_is_of_one_gallery_and_of_one_way_that_it_went() {
    let mut place = Place::with(2);
    let old = [std::fs::read(place.snapshot()).unwrap(), std::fs::read(place.log()).unwrap()];
    let store = place.open().unwrap().store;
    let known = store.admit(&person("mine", 8, 0), &mut place.rng).unwrap();
    drop(store);
    // The older state is put back, and others are enrolled until there are as many changes and more, in as many files.
    std::fs::write(place.snapshot(), &old[0]).unwrap();
    std::fs::write(place.log(), &old[1]).unwrap();
    let store = place.open().unwrap().store;
    for n in 0..3 {
        store.admit(&person(&format!("other{n}"), 20 + n, 0), &mut place.rng).unwrap();
        assert_eq!(place.look(Some(known)).unwrap_err(), SealedError::Busy);
    }
    store.compact(&mut place.rng).unwrap();
    drop(store);
    assert_eq!(place.look(Some(known)).unwrap_err(), SealedError::Forked(3));
    let other = Place::with(4);
    let mut rng = DangerousSeededEntropy::new(5);
    Store::create(&place.dir.path().join("second"), &place.key, &mut rng).unwrap();
    let second = Store::look(&place.dir.path().join("second"), &place.key, 1, Some(known));
    assert_eq!(second.unwrap_err(), SealedError::OtherGallery);
    assert!(other.look(None).is_ok());
}

#[test]
fn those_who_look_do_so_together_and_who_changes_does_so_alone() {
    let mut place = Place::with(1);
    let seen = [place.look(None).unwrap(), place.look(None).unwrap()];
    assert_eq!(place.fails(), SealedError::Busy);
    drop(seen);
    let held = place.open().unwrap();
    assert_eq!(place.look(None).unwrap_err(), SealedError::Busy);
    drop(held);
    assert!(place.look(None).is_ok());
}

#[test]
fn what_a_killed_program_left_goes_when_the_gallery_is_opened_to_be_changed() {
    let mut place = Place::with(1);
    let left = [".ektp-gallery-aB3dE6.new", ".ektp-gallery.log-aB3dE6.new"].map(|name| place.dir.path().join(name));
    left.iter().for_each(|path| std::fs::write(path, b"half a snapshot").unwrap());
    place.look(None).unwrap();
    assert!(left.iter().all(|path| path.exists()), "who looks changes nothing");
    place.open().unwrap();
    assert!(!left.iter().any(|path| path.exists()));
}

/// Puts a folder into the place of a file, so that nothing can take its place; the file as it was.
fn obstruct(path: &Path) -> Vec<u8> {
    let was = std::fs::read(path).unwrap();
    std::fs::remove_file(path).unwrap();
    std::fs::create_dir(path).unwrap();
    was
}

#[test]
fn after_a_compaction_that_failed_no_change_is_taken_and_nobody_is_lost() {
    for obstructed in ["gallery", "gallery.log"] {
        let mut place = Place::with(2);
        let store = place.open().unwrap().store;
        let path = place.dir.path().join(obstructed);
        let was = obstruct(&path);
        assert!(matches!(store.compact(&mut place.rng), Err(SealedError::Unwritable(_))), "{obstructed}");
        let after = store.admit(&person("after", 9, 0), &mut place.rng);
        assert_eq!(after, Err(SealedError::Halted), "{obstructed}");
        assert_eq!(store.delete("p0".parse().unwrap(), &mut place.rng), Err(SealedError::Halted));
        assert_eq!(store.compact(&mut place.rng), Err(SealedError::Halted));
        assert_eq!(store.gallery().len(), 2, "{obstructed}");
        drop(store);
        std::fs::remove_dir(&path).unwrap();
        std::fs::write(&path, was).unwrap();
        // One time the old snapshot with its log, the other the new one with the log that it holds.
        let store = place.open().unwrap().store;
        store.admit(&person("after", 9, 0), &mut place.rng).unwrap();
        drop(store);
        assert_eq!(place.persons(), 3, "{obstructed}");
    }
}

#[test]
fn a_page_that_is_missing_before_what_came_later_is_told_and_not_taken_for_the_end() {
    let mut place = Place::with(3);
    let log = std::fs::read(place.log()).unwrap();
    let length = (log.len() - 64) / 3;
    let start = |record: usize| 64 + record * length;
    // A sector within a record, one with a record's head, and all of a record but what shares its first and last sector.
    let sector = |at: usize| at.next_multiple_of(512)..at.next_multiple_of(512) + 512;
    let holes = (0..3).flat_map(|record| {
        let (from, to) = (start(record), start(record + 1));
        [(record, sector(from)), (record, from..from.next_multiple_of(512)), (record, from..to / 512 * 512)]
    });
    for (record, hole) in holes {
        change(&place.log(), |b| b[hole.clone()].fill(0));
        assert_eq!(place.fails(), SealedError::LogHole(record as u64), "{record}: {hole:?}");
        assert_eq!(place.look(None).unwrap_err(), SealedError::LogHole(record as u64));
        std::fs::write(place.log(), &log).unwrap();
    }
    assert_eq!(SealedError::LogHole(0).reason(), Reason::GalleryAltered);
}

#[test]
fn who_was_taken_in_and_did_not_hear_of_it_hears_it_again() {
    let mut place = Place::with(2);
    let policy = Policy::default();
    let store = place.open().unwrap().store;
    let first = store.enrol(&person("a", 7, 0), &policy, &mut place.rng).unwrap();
    let taken = first.taken.unwrap();
    store.admit(&person("b", 8, 0), &mut place.rng).unwrap();
    drop(store);
    let store = place.open().unwrap().store;
    let again = store.again(&person("a", 7, 0), &policy).unwrap();
    let Answer::Single(single) = again.answer else { panic!("{:?}", again.answer) };
    assert_eq!((again.taken, again.before, single.usable()), (taken, 2, 10));
    assert_eq!(store.again(&person("a", 9, 0), &policy), None, "other fingers");
    assert_eq!(store.again(&person("c", 7, 0), &policy), None, "another identifier");
    let compacted = store.compact(&mut place.rng).unwrap();
    assert_eq!(store.again(&person("a", 7, 0), &policy).unwrap().taken, compacted);
}

#[test]
fn files_of_another_gallery_are_refused() {
    let (mut place, other) = (Place::with(1), Place::with(1));
    let mut rng = DangerousSeededEntropy::new(9);
    let path = place.dir.path().join("second");
    Store::create(&path, &place.key, &mut rng).unwrap();
    std::fs::copy(place.dir.path().join("second.log"), place.log()).unwrap();
    assert_eq!(place.fails(), SealedError::OtherLog);
    // The log of a gallery with another key.
    change(&other.log(), |b| b[20] ^= 1);
    std::fs::copy(other.log(), place.log()).unwrap();
    assert_eq!(place.fails(), SealedError::LogAltered(0));
}

#[test]
fn one_process_holds_a_gallery_and_none_is_made_over_another() {
    let mut place = Place::with(1);
    let held = place.open().unwrap();
    assert_eq!(place.fails(), SealedError::Busy);
    drop(held);
    let again = Store::create(&place.snapshot(), &place.key, &mut place.rng);
    assert_eq!(again.unwrap_err(), SealedError::Exists);
    std::fs::remove_file(place.snapshot()).unwrap();
    assert_eq!(place.fails(), SealedError::Unreadable(ErrorKind::NotFound));
    let nowhere = Store::create(&place.dir.path().join("no/gallery"), &place.key, &mut place.rng);
    assert_eq!(nowhere.unwrap_err(), SealedError::Unwritable(ErrorKind::NotFound));
}

#[test]
fn who_is_not_there_is_not_deleted_and_who_is_there_not_taken_in_again() {
    let mut place = Place::with(1);
    let store = place.open().unwrap().store;
    let (p0, x) = ("p0".parse().unwrap(), "x".parse().unwrap());
    assert_eq!(store.delete(x, &mut place.rng), Err(SealedError::Gallery(GalleryError::Unknown(x))));
    assert_eq!(store.admit(&person("p0", 5, 0), &mut place.rng), Err(SealedError::Gallery(GalleryError::Known(p0))));
    assert_eq!(store.mark().changes(), 1);
    let reasons = [SealedError::Halted, SealedError::Content, SealedError::LogFull].map(|e| e.reason());
    assert_eq!(reasons, [Reason::FileUnreadable, Reason::GalleryAltered, Reason::GalleryFull]);
    assert_eq!(SealedError::Unwritable(ErrorKind::StorageFull).reason(), Reason::DiskFull);
}

#[test]
fn of_enrolments_that_race_one_person_is_taken_in_once() {
    let mut place = Place::with(3);
    let store = place.open().unwrap().store;
    let policy = Policy::default();
    let taken: usize = std::thread::scope(|scope| {
        let enrol = |n: u64| {
            let mut rng = DangerousSeededEntropy::new(100 + n);
            let enrolment = store.enrol(&person(&format!("r{n}"), 77, n), &policy, &mut rng).unwrap();
            usize::from(enrolment.taken.is_some())
        };
        let threads: Vec<_> = (0..4).map(|n| scope.spawn(move || enrol(n))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    });
    assert_eq!((taken, store.gallery().len()), (1, 4));
    drop(store);
    assert_eq!(place.persons(), 4);
}

#[cfg(unix)]
#[test]
fn the_files_are_their_owners_alone_and_hold_no_minutia_in_plain() {
    use std::os::unix::fs::PermissionsExt;
    let mut place = Place::with(2);
    let store = place.open().unwrap().store;
    store.compact(&mut place.rng).unwrap();
    store.admit(&person("last", 9, 0), &mut place.rng).unwrap();
    let plain = |n: u64, id: &str| {
        let person = person(id, n, 0);
        person.prints().next().unwrap().1.packed.words()[0].to_be_bytes()
    };
    for (path, persons) in [(place.snapshot(), [plain(0, "p0"), plain(1, "p1")]), (place.log(), [plain(9, "last"), *b"last"])] {
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let bytes = std::fs::read(&path).unwrap();
        assert!(persons.iter().all(|p| !bytes.windows(4).any(|w| w == p)));
    }
}
