//! A gallery's files: bent, cut, exchanged or any bytes, they are refused by name or hold persons who were enrolled; and what may stand
//! behind a record's seal.

use super::input::Input;
use ektp::afis::Person;
use ektp::afis::sealed::{GalleryKey, Mark, SealedError, Store, reread};
use ektp::finger::position::FingerPosition;
use ektp::finger::template::synthetic;
use ektp::world::DangerousSeededEntropy;
use std::path::Path;
use std::sync::OnceLock;

/// The files of a gallery, who is in it, and its state.
pub struct Honest {
    pub files: [Vec<u8>; 2],
    persons: Vec<Person>,
    mark: Mark,
}

/// A gallery whose persons are in its log, and the same after a compaction with one more.
pub fn honest() -> &'static [Honest; 2] {
    static MADE: OnceLock<[Honest; 2]> = OnceLock::new();
    MADE.get_or_init(|| {
        let (dir, mut rng) = (place().unwrap(), DangerousSeededEntropy::new(1));
        let path = dir.path().join("g");
        Store::create(&path, &key(), &mut rng).unwrap();
        let store = Store::open(&path, &key(), 1, None, &mut rng).unwrap().store;
        let files = || [path.clone(), dir.path().join("g.log")].map(|p| std::fs::read(p).unwrap());
        let state = || Honest { files: files(), persons: store.gallery().persons().collect(), mark: store.mark() };
        for number in [1, 2] {
            store.admit(&person(number), &mut rng).unwrap();
        }
        let first = state();
        store.compact(&mut rng).unwrap();
        store.admit(&person(3), &mut rng).unwrap();
        store.delete("p1".parse().unwrap(), &mut rng).unwrap();
        [first, state()]
    })
}

fn key() -> GalleryKey {
    GalleryKey::new(&[7; 32]).unwrap()
}

fn person(number: u64) -> Person {
    let fingers = [FingerPosition::RightThumb, FingerPosition::LeftIndex];
    let templates = fingers.map(|p| (p, synthetic::template(number, p, 20)));
    Person::of(format!("p{number}").parse().unwrap(), templates.iter().map(|(p, t)| (*p, t)), []).unwrap()
}

/// In memory where there is such a place.
fn place() -> std::io::Result<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    tempfile::tempdir_in(if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() })
}

pub fn run(data: &[u8]) {
    if let Ok(again) = reread(data) {
        assert_eq!(again, data, "a record's content that is read is written again as it was");
    }
    if let Some(mark) = std::str::from_utf8(data).ok().and_then(|text| text.parse::<Mark>().ok()) {
        assert_eq!(mark.to_string().parse(), Ok(mark));
    }
    let _ = outcome(data);
}

/// How many persons a gallery has of whose files the input made something else; `None` if the input is too short for that.
pub fn outcome(data: &[u8]) -> Option<Result<usize, SealedError>> {
    let mut input = Input(data);
    let flags = input.byte()?;
    let made = &honest()[usize::from(flags & 1)];
    let mut files = made.files.clone();
    if flags & 2 != 0 {
        // The files of two times.
        files[1] = honest()[usize::from(flags & 1 == 0)].files[1].clone();
    }
    while let Some(kind) = input.byte() {
        let file = &mut files[usize::from(kind & 1)];
        match kind >> 1 & 3 {
            0 => bend(file, input.number()?, input.byte()?),
            1 => file.truncate(usize::from(input.number()?)),
            2 => *file = input.long()?.to_vec(),
            _ => file.extend_from_slice(input.short()?),
        }
    }
    let dir = place().ok()?;
    let path = dir.path().join("g");
    std::fs::write(&path, &files[0]).ok()?;
    std::fs::write(dir.path().join("g.log"), &files[1]).ok()?;
    Some(opened(&path, made, &files))
}

fn bend(file: &mut [u8], at: u16, bits: u8) {
    let length = file.len().max(1);
    if let Some(byte) = file.get_mut(usize::from(at) % length) {
        *byte ^= bits;
    }
}

fn opened(path: &Path, made: &Honest, files: &[Vec<u8>; 2]) -> Result<usize, SealedError> {
    let seen = Store::look(path, &key(), 1, None)?;
    let everybody: Vec<&Person> = honest().iter().flat_map(|h| &h.persons).collect();
    assert!(seen.gallery.persons().all(|p| everybody.contains(&&p)), "somebody whom nobody enrolled");
    let (mark, persons) = (seen.mark, seen.gallery.len());
    drop(seen);
    let now = [path.to_owned(), path.with_extension("log")].map(|p| std::fs::read(p).unwrap_or_default());
    assert!(now == *files, "who looks changed a file");
    match Store::look(path, &key(), 1, Some(made.mark)) {
        Ok(seen) => {
            assert!(seen.mark == made.mark && seen.gallery.len() == made.persons.len(), "another state passed for the known one")
        }
        Err(error) => assert!(mark != made.mark, "the known state was refused: {error}"),
    }
    let store = Store::open(path, &key(), 1, None, &mut DangerousSeededEntropy::new(2))?.store;
    assert!(store.mark() == mark && store.gallery().len() == persons, "who opens has another gallery than who looks");
    Ok(persons)
}
