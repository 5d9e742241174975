//! A disk that forgets what was not flushed, and fails or loses power at every operation.

use super::*;
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::PathBuf;

const OLD: &[u8] = b"the old state";
const NEW: &[u8] = b"the new state, which is longer";

/// A file's bytes, and whether they were flushed.
#[derive(Clone)]
struct File {
    bytes: Vec<u8>,
    flushed: bool,
}

/// A change of names that the folder does not yet keep.
#[derive(Clone)]
enum Change {
    Add(PathBuf, usize),
    Move(PathBuf, PathBuf),
    Remove(PathBuf),
}

/// A disk on which every operation counts, and the nth fails with an error or finds no power.
#[derive(Clone, Default)]
struct Forgetful {
    files: Vec<File>,
    names: BTreeMap<PathBuf, usize>,
    kept: BTreeMap<PathBuf, usize>,
    changes: Vec<Change>,
    done: usize,
    fails_at: Option<(usize, ErrorKind)>,
}

fn change(names: &mut BTreeMap<PathBuf, usize>, change: &Change) {
    match change {
        Change::Add(path, file) => drop(names.insert(path.clone(), *file)),
        Change::Move(from, to) => {
            if let Some(file) = names.remove(from) {
                names.insert(to.clone(), file);
            }
        }
        Change::Remove(path) => drop(names.remove(path)),
    }
}

impl Forgetful {
    /// With an old state that was flushed long ago.
    fn with_old() -> Self {
        let names = BTreeMap::from([(PathBuf::from("dir/chip"), 0)]);
        Self { files: vec![File { bytes: OLD.into(), flushed: true }], kept: names.clone(), names, ..Self::default() }
    }

    fn step(&mut self) -> Result<()> {
        self.done += 1;
        match self.fails_at {
            Some((at, kind)) if at == self.done => Err(kind.into()),
            _ => Ok(()),
        }
    }

    fn note(&mut self, of: Change) {
        change(&mut self.names, &of);
        self.changes.push(of);
    }

    fn read(&self, path: &str) -> Option<&[u8]> {
        self.names.get(Path::new(path)).map(|file| self.files[*file].bytes.as_slice())
    }

    /// What may stand under a name after a power loss: any of the unflushed changes of names came through or did not, in whatever
    /// order, and of unflushed bytes there are none, some or all.
    fn after_power_loss(&self, path: &str) -> BTreeSet<Option<Vec<u8>>> {
        let mut found = BTreeSet::new();
        for subset in 0..1_u32 << self.changes.len() {
            let mut names = self.kept.clone();
            for (index, of) in self.changes.iter().enumerate() {
                // A name that moved without having been kept under its old name is there all the same.
                match of {
                    Change::Move(from, to) if subset & 1 << index != 0 => {
                        let file = names.remove(from).or_else(|| self.names.get(to).copied());
                        file.map(|file| names.insert(to.clone(), file));
                    }
                    _ if subset & 1 << index != 0 => change(&mut names, of),
                    _ => {}
                }
            }
            let Some(file) = names.get(Path::new(path)).map(|file| &self.files[*file]) else {
                found.insert(None);
                continue;
            };
            let lengths = if file.flushed { vec![file.bytes.len()] } else { vec![0, file.bytes.len() / 2, file.bytes.len()] };
            found.extend(lengths.into_iter().map(|length| Some(file.bytes[..length].to_vec())));
        }
        found
    }
}

impl Disk for Forgetful {
    fn write_new(&mut self, path: &Path, bytes: &[u8]) -> Result<()> {
        if self.names.contains_key(path) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        self.files.push(File { bytes: bytes[..bytes.len() / 2].to_vec(), flushed: false });
        let file = self.files.len() - 1;
        self.note(Change::Add(path.into(), file));
        // A disk that is full takes the first half.
        self.step()?;
        self.files[file].bytes = bytes.to_vec();
        Ok(())
    }

    fn flush(&mut self, path: &Path) -> Result<()> {
        self.step()?;
        let file = self.names[path];
        self.files[file].flushed = true;
        Ok(())
    }

    fn rename(&mut self, from: &Path, to: &Path) -> Result<()> {
        self.step()?;
        self.note(Change::Move(from.into(), to.into()));
        Ok(())
    }

    fn flush_folder(&mut self, _: &Path) -> Result<()> {
        self.step()?;
        self.kept = self.names.clone();
        self.changes.clear();
        Ok(())
    }

    fn remove(&mut self, path: &Path) -> Result<()> {
        if !self.names.contains_key(path) {
            return Err(ErrorKind::NotFound.into());
        }
        self.note(Change::Remove(path.into()));
        Ok(())
    }
}

fn put(disk: &mut impl Disk) -> Result<()> {
    replace(disk, Path::new("dir/chip"), Path::new("dir/chip.new"), NEW)
}

fn only(bytes: &[u8]) -> BTreeSet<Option<Vec<u8>>> {
    [Some(bytes.to_vec())].into()
}

#[test]
fn power_lost_at_any_instant_leaves_the_old_or_the_new_state() {
    let either: BTreeSet<_> = only(OLD).union(&only(NEW)).cloned().collect();
    let mut whole = Forgetful::with_old();
    put(&mut whole).unwrap();
    assert_eq!((whole.done, whole.after_power_loss("dir/chip")), (4, only(NEW)), "what was reported lasts");
    for at in 1..=whole.done {
        // An operation that fails stops the replacement there, and so shows what a power loss before it would leave.
        let mut disk = Forgetful { fails_at: Some((at, ErrorKind::Other)), ..Forgetful::with_old() };
        put(&mut disk).unwrap_err();
        let found = disk.after_power_loss("dir/chip");
        assert!(found.is_subset(&either), "operation {at}: {found:?}");
        assert!(at > 3 || found == only(OLD), "operation {at}: nothing has taken the old name yet");
    }
}

#[test]
fn the_same_without_a_flush_would_lose_the_chip() {
    // The proof that the disk above is forgetful: written and renamed, as before, and neither flushed.
    let (chip, new) = (Path::new("dir/chip"), Path::new("dir/chip.new"));
    let mut disk = Forgetful::with_old();
    disk.write_new(new, NEW).and_then(|()| disk.rename(new, chip)).unwrap();
    assert_eq!(disk.read("dir/chip"), Some(NEW));
    let found = disk.after_power_loss("dir/chip");
    assert!(found.contains(&Some(Vec::new())) && found.contains(&Some(OLD.to_vec())), "{found:?}");
}

#[test]
fn a_disk_that_fails_keeps_the_old_state_and_nothing_beside_it() {
    for kind in [ErrorKind::StorageFull, ErrorKind::Other] {
        for at in 1..=3 {
            let mut disk = Forgetful { fails_at: Some((at, kind)), ..Forgetful::with_old() };
            assert_eq!(put(&mut disk).unwrap_err().kind(), kind);
            assert_eq!((disk.read("dir/chip"), disk.read("dir/chip.new")), (Some(OLD), None), "operation {at}");
            put(&mut disk).unwrap();
            assert_eq!(disk.after_power_loss("dir/chip"), only(NEW));
        }
    }
    let mut left = Forgetful::with_old();
    left.write_new(Path::new("dir/chip.new"), b"half").unwrap();
    put(&mut left).unwrap();
    assert_eq!(left.after_power_loss("dir/chip"), only(NEW));
}

#[test]
fn a_new_file_lasts_and_takes_no_others_place() {
    let mut disk = Forgetful::default();
    create(&mut disk, Path::new("dir/chip"), NEW).unwrap();
    assert_eq!(disk.after_power_loss("dir/chip"), only(NEW));
    assert_eq!(create(&mut disk, Path::new("dir/chip"), OLD).unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(disk.after_power_loss("dir/chip"), only(NEW));
}
