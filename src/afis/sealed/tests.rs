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
        assert_eq!(Store::create(&place.snapshot(), &place.key, &mut rng).unwrap(), Mark { generation: 0, changes: 0 });
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
    assert_eq!(enrolled.taken, Some(Mark { generation: 0, changes: 1 }));
    store.enrol(&person("b", 2, 0), &policy, &mut place.rng).unwrap();
    let twice = store.enrol(&person("c", 1, 3), &policy, &mut place.rng).unwrap();
    assert!(twice.taken.is_none() && matches!(twice.answer, Answer::Duplicate(found) if found[0].id.to_string() == "a"));
    store.delete("b".parse().unwrap(), &mut place.rng).unwrap();
    drop(store);
    let opened = place.open().unwrap();
    assert_eq!((opened.torn, opened.store.mark().to_string()), (false, "0.3".to_owned()));
    assert_eq!(opened.store.gallery().persons().collect::<Vec<_>>(), [person("a", 1, 0)]);
    let compacted = opened.store.compact(&mut place.rng).unwrap();
    assert_eq!(compacted, Mark { generation: 1, changes: 0 });
    opened.store.admit(&person("d", 4, 0), &mut place.rng).unwrap();
    drop(opened);
    let again = place.open().unwrap().store;
    let mut ids: Vec<_> = again.gallery().persons().map(|p| p.id().to_string()).collect();
    ids.sort();
    assert_eq!((ids, again.mark()), (vec!["a".to_owned(), "d".to_owned()], "1.1".parse().unwrap()));
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
        let known = [SealedError::NotAGallery, SealedError::WrongKey, SealedError::Altered(0), SealedError::Truncated(0)];
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
    for end in [104, 107, 108, whole.len() - 1] {
        std::fs::write(place.snapshot(), &whole[..end]).unwrap();
        assert_eq!(place.fails(), SealedError::Truncated(0), "{end}");
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
    // The old snapshot with the new log; the new snapshot with a log that is not the one it folded in.
    std::fs::write(place.snapshot(), &old[0]).unwrap();
    assert_eq!(place.fails(), SealedError::RolledBack);
    std::fs::write(place.snapshot(), &new[0]).unwrap();
    std::fs::write(place.log(), &old[1][..64]).unwrap();
    assert_eq!(place.fails(), SealedError::RolledBack);
    // A crash between the two files of a compaction is none.
    std::fs::write(place.log(), &old[1]).unwrap();
    assert_eq!(place.persons(), 2);
    assert_eq!(place.open().unwrap().store.mark(), Mark { generation: 1, changes: 0 });
    // Both old: only who knows better finds it out.
    std::fs::write(place.snapshot(), &old[0]).unwrap();
    std::fs::write(place.log(), &old[1]).unwrap();
    assert_eq!(place.persons(), 2);
    let known = Some(Mark { generation: 1, changes: 0 });
    let opened = Store::open(&place.snapshot(), &place.key, 1, known, &mut place.rng);
    assert_eq!(opened.unwrap_err(), SealedError::RolledBack);
    std::fs::remove_file(place.log()).unwrap();
    assert_eq!(place.fails(), SealedError::LogMissing);
    assert_eq!("1".parse::<Mark>(), Err(SealedError::Content));
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
    assert_eq!(store.mark(), Mark { generation: 0, changes: 1 });
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
