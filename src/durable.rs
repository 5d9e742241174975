//! Files that a crash leaves whole: written beside their place, flushed, put there in one step, the folder flushed too; and a lock.

use crate::limits::SWEPT_FILES;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Who may read a file besides its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Nobody: mode 0600.
    Owner,
    /// Whoever the user's mask lets in.
    Anyone,
}

/// How the names of pending files begin and end, and how many random characters they have between.
const PREFIX: &str = ".ektp-";
const SUFFIX: &str = ".new";
const RANDOM: usize = 6;
/// Longest name, in bytes, that its pending files are named after.
const NAMED: usize = 200;

/// A file that is not in its place yet; dropped, it leaves nothing behind.
#[derive(Debug)]
pub struct Pending {
    file: tempfile::NamedTempFile,
    path: PathBuf,
}

impl Pending {
    /// An empty file beside `path`: that it can be made shows that the folder is there and may be written.
    ///
    /// # Errors
    /// What the system says.
    pub fn beside(path: &Path, readers: Readers) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        let prefix = pending_prefix(path);
        builder.prefix(&prefix).suffix(SUFFIX).rand_bytes(RANDOM);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(match readers {
            Readers::Owner => 0o600,
            Readers::Anyone => 0o666,
        }));
        #[cfg(not(unix))]
        let _ = readers;
        Ok(Self { file: builder.tempfile_in(folder(path))?, path: path.to_owned() })
    }

    /// Appends to the content, for what is too large to be held whole.
    ///
    /// # Errors
    /// What the system says.
    pub fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Puts the file into its place, with this content after what was pushed, over the regular file that may be there.
    ///
    /// # Errors
    /// What the system says; of kind `InvalidInput` if a link, a folder, a pipe or a device is there. The place then holds what it held.
    pub fn replace(self, bytes: &[u8]) -> io::Result<()> {
        if std::fs::symlink_metadata(&self.path).is_ok_and(|there| !there.is_file()) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let (file, path) = self.filled(bytes)?;
        file.persist(&path).map_err(|e| e.error)?;
        sync_folder(folder(&path))
    }

    /// Puts the file into its place, with this content after what was pushed, if nothing is there.
    ///
    /// # Errors
    /// What the system says; of kind `AlreadyExists` if something is there, which is left as it is.
    pub fn create(self, bytes: &[u8]) -> io::Result<()> {
        let (file, path) = self.filled(bytes)?;
        file.persist_noclobber(&path).map_err(|e| e.error)?;
        sync_folder(folder(&path))
    }

    fn filled(mut self, bytes: &[u8]) -> io::Result<(tempfile::NamedTempFile, PathBuf)> {
        self.file.write_all(bytes)?;
        self.file.as_file().sync_all()?;
        Ok((self.file, self.path))
    }
}

/// Writes a new file.
///
/// # Errors
/// As [`Pending::create`].
pub fn create(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    Pending::beside(path, readers)?.create(bytes)
}

/// Writes a file in the place of the one that may be there.
///
/// # Errors
/// As [`Pending::replace`].
pub fn replace(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    Pending::beside(path, readers)?.replace(bytes)
}

/// Removes what writers of `path` that were killed left beside it, pending for ever; how many files. Only for who holds the file's lock
/// ([`lock`]), since what another writes at this moment would go too.
///
/// # Errors
/// What the system says.
pub fn sweep(path: &Path) -> io::Result<usize> {
    let prefix = pending_prefix(path);
    if prefix == PREFIX {
        return Ok(0);
    }
    let left = |name: &std::ffi::OsStr| {
        let inner = name.as_encoded_bytes().strip_prefix(prefix.as_encoded_bytes())?.strip_suffix(SUFFIX.as_bytes())?;
        (inner.len() == RANDOM && inner.iter().all(u8::is_ascii_alphanumeric)).then_some(())
    };
    let mut swept = 0;
    for entry in std::fs::read_dir(folder(path))?.take(SWEPT_FILES) {
        let entry = entry?;
        if left(&entry.file_name()).is_some() && entry.file_type()?.is_file() {
            std::fs::remove_file(entry.path())?;
            swept += 1;
        }
    }
    Ok(swept)
}

/// The beginning of the names of a file's pending files: `.ektp-NAME-`, so that they can be told from another file's.
fn pending_prefix(path: &Path) -> std::ffi::OsString {
    let mut prefix = std::ffi::OsString::from(PREFIX);
    if let Some(name) = path.file_name().filter(|name| name.len() <= NAMED) {
        prefix.push(name);
        prefix.push("-");
    }
    prefix
}

/// Makes a folder, and those above it that are not there, that its owner alone may enter; one that is there stays as it is.
///
/// # Errors
/// What the system says.
pub fn private_folder(dir: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Holds a file for this process alone, waiting for whoever holds it: by a lock on `NAME.lock` beside it, since the file itself is
/// replaced. The lock ends with the handle.
///
/// # Errors
/// What the system says.
pub fn lock(path: &Path) -> io::Result<Held> {
    let file = lock_file(path)?;
    file.lock()?;
    Ok(Held(file))
}

/// As [`lock`], without waiting: none if another holds it.
///
/// # Errors
/// What the system says.
pub fn try_lock(path: &Path) -> io::Result<Option<Held>> {
    let file = lock_file(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Held(file))),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Holds a file together with others who do not change it: none if somebody holds it alone ([`lock`], [`try_lock`]), who waits or is refused
/// while anybody has it so.
///
/// # Errors
/// What the system says.
pub fn try_share(path: &Path) -> io::Result<Option<Held>> {
    let file = lock_file(path)?;
    match file.try_lock_shared() {
        Ok(()) => Ok(Some(Held(file))),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Holds a folder for this process alone, waiting for whoever holds it. The lock ends with the handle.
///
/// # Errors
/// What the system says.
pub fn lock_folder(path: &Path) -> io::Result<Held> {
    // The folder itself carries the lock where it can be opened; elsewhere a file in it does.
    let file = if cfg!(unix) { File::open(path)? } else { lock_file(&path.join("folder"))? };
    file.lock()?;
    Ok(Held(file))
}

/// A lock that is held until it is dropped. It is given up by name: a child process that was started at this instant may have the file open
/// too for a moment, and would keep it otherwise.
#[derive(Debug)]
pub struct Held(File);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

fn lock_file(path: &Path) -> io::Result<File> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path.with_file_name(name))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Flushes a folder's list of names; where folders cannot be opened there is nothing to flush.
///
/// # Errors
/// What the system says.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let [link, folder] = ["link", "folder"].map(|name| dir.path().join(name));
        let target = dir.path().join("target");
        create(&target, b"kept", Readers::Owner).unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        std::fs::create_dir(&folder).unwrap();
        for place in [&link, &folder] {
            assert_eq!(replace(place, b"new", Readers::Owner).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        }
        assert_eq!(std::fs::read_link(&link).unwrap(), target);
        assert_eq!(std::fs::read(&target).unwrap(), b"kept");
        assert_eq!(names(dir.path()), ["folder", "link", "target"]);
    }

    #[test]
    fn a_new_file_never_takes_anothers_place_and_a_replacement_does() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        create(&path, b"one", Readers::Owner).unwrap();
        assert_eq!(create(&path, b"two", Readers::Owner).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        replace(&path, b"three", Readers::Owner).unwrap();
        assert_eq!((std::fs::read(&path).unwrap(), names(dir.path())), (b"three".to_vec(), vec!["a".to_owned()]));
        let missing = replace(&dir.path().join("no/a"), b"x", Readers::Owner).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        let mut parts = Pending::beside(&path, Readers::Owner).unwrap();
        parts.push(b"fo").unwrap();
        parts.push(b"u").unwrap();
        parts.replace(b"r").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"four");
    }

    #[cfg(unix)]
    #[test]
    fn a_private_file_is_its_owners_alone_and_a_public_one_may_be_read() {
        let dir = tempfile::tempdir().unwrap();
        let (private, public) = (dir.path().join("private"), dir.path().join("public"));
        create(&private, b"x", Readers::Owner).unwrap();
        replace(&public, b"x", Readers::Anyone).unwrap();
        assert_eq!(mode(&private), 0o600);
        assert_eq!(mode(&public) & 0o600, 0o600);
        // What the mask leaves of a plain new file is what it leaves of ours.
        let plain = dir.path().join("plain");
        std::fs::write(&plain, b"x").unwrap();
        assert_eq!(mode(&public), mode(&plain));
    }

    #[test]
    fn a_pending_file_that_is_given_up_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        drop(Pending::beside(&dir.path().join("a"), Readers::Anyone).unwrap());
        assert_eq!(names(dir.path()), Vec::<String>::new());
    }

    #[test]
    fn what_a_killed_writer_left_goes_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let kept = [".ektp-a-x-aB3dE6.new", ".ektp-a-aB3dE.new", ".ektp-a-aB3dE6.old", ".ektp-aB3dE6.new", "a", "a.lock"];
        for name in kept.into_iter().chain([".ektp-a-aB3dE6.new", ".ektp-a-000000.new"]) {
            std::fs::write(dir.path().join(name), b"x").unwrap();
        }
        std::fs::create_dir(dir.path().join(".ektp-a-folder.new")).unwrap();
        assert_eq!(sweep(&path).unwrap(), 2);
        let mut expected = kept.map(str::to_owned).to_vec();
        expected.push(".ektp-a-folder.new".to_owned());
        expected.sort();
        assert_eq!(names(dir.path()), expected);
        // A writer's own file is found by its name, unless the name is too long for that.
        let left = Pending::beside(&path, Readers::Owner).unwrap();
        let (_file, _path) = left.file.keep().unwrap();
        assert_eq!(sweep(&path).unwrap(), 1);
        assert_eq!(sweep(&dir.path().join("n".repeat(NAMED + 1))).unwrap(), 0);
        replace(&dir.path().join("n".repeat(NAMED + 1)), b"x", Readers::Owner).unwrap();
        assert_eq!(sweep(&dir.path().join("no/a")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn those_who_read_hold_a_file_together_and_who_writes_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let readers = [try_share(&path).unwrap(), try_share(&path).unwrap()];
        assert!(readers.iter().all(Option::is_some) && try_lock(&path).unwrap().is_none());
        drop(readers);
        let _held = try_lock(&path).unwrap().unwrap();
        assert!(try_share(&path).unwrap().is_none());
    }

    #[test]
    fn one_holds_the_lock_and_the_next_gets_it_after() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let held = lock(&path).unwrap();
        assert!(try_lock(&path).unwrap().is_none());
        drop(held);
        assert!(try_lock(&path).unwrap().is_some());
        let folder = lock_folder(dir.path()).unwrap();
        if cfg!(unix) {
            assert!(matches!(File::open(dir.path()).unwrap().try_lock(), Err(std::fs::TryLockError::WouldBlock)));
        }
        drop(folder);
        lock_folder(dir.path()).unwrap();
        assert_eq!(lock(&dir.path().join("no/a")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
