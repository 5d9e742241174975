//! Files that a crash leaves whole: written beside their place, flushed, put there in one step, the folder flushed too; and a lock.

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
        builder.prefix(".ektp-").suffix(".new");
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

    /// Puts the file into its place, with this content after what was pushed, over whatever is there.
    ///
    /// # Errors
    /// What the system says; the place then holds what it held.
    pub fn replace(self, bytes: &[u8]) -> io::Result<()> {
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
pub fn lock(path: &Path) -> io::Result<File> {
    let file = lock_file(path)?;
    file.lock()?;
    Ok(file)
}

/// As [`lock`], without waiting: none if another holds it.
///
/// # Errors
/// What the system says.
pub fn try_lock(path: &Path) -> io::Result<Option<File>> {
    let file = lock_file(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Holds a folder for this process alone, waiting for whoever holds it. The lock ends with the handle.
///
/// # Errors
/// What the system says.
pub fn lock_folder(path: &Path) -> io::Result<File> {
    // The folder itself carries the lock where it can be opened; elsewhere a file in it does.
    let file = if cfg!(unix) { File::open(path)? } else { lock_file(&path.join("folder"))? };
    file.lock()?;
    Ok(file)
}

fn lock_file(path: &Path) -> io::Result<File> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path.with_file_name(name))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Flushes a folder's list of names; where folders cannot be opened there is nothing to flush.
fn sync_folder(path: &Path) -> io::Result<()> {
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
