//! Where the files come from that a record names.

use crate::reason::{Reason, Refusal};
use std::collections::BTreeMap;

/// Why a named file is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// Not a plain relative name: absolute, with `..`, `\`, a drive or a control character, empty or too long.
    #[error("is not a plain relative file name")]
    BadName,
    /// No such file.
    #[error("names a file that is not there")]
    NotFound,
    /// The file leads out of the folder of the record.
    #[error("names a file outside the record's folder")]
    Outside,
    /// More bytes than such a file may have.
    #[error("names a file of more than {max} bytes")]
    TooLarge {
        /// The bound.
        max: usize,
    },
    /// The file cannot be read.
    #[error("names a file that cannot be read")]
    Unreadable,
}

impl Refusal for FileError {
    fn reason(&self) -> Reason {
        match self {
            Self::BadName | Self::Outside => Reason::RecordInvalid,
            Self::TooLarge { .. } => Reason::InputInvalid,
            Self::NotFound | Self::Unreadable => Reason::FileUnreadable,
        }
    }
}

/// Longest name of a file.
const NAME_BYTES: usize = 200;

/// A source of named files.
pub trait Files {
    /// The bytes of a file, if it has at most `max`.
    ///
    /// # Errors
    /// [`FileError`].
    fn read(&self, name: &str, max: usize) -> Result<Vec<u8>, FileError>;
}

/// Whether a name is plain and relative: parts of letters, digits, `.`, `_`, `-` and spaces, joined by `/`, none of them `.` or `..`.
///
/// # Errors
/// [`FileError::BadName`].
pub fn check_name(name: &str) -> Result<(), FileError> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ' ');
    let part = |p: &str| !p.is_empty() && p != "." && p != ".." && p.chars().all(plain);
    if name.len() <= NAME_BYTES && name.split('/').all(part) { Ok(()) } else { Err(FileError::BadName) }
}

/// Files in memory.
#[derive(Clone, Default)]
pub struct MemoryFiles(pub BTreeMap<String, Vec<u8>>);

impl Files for MemoryFiles {
    fn read(&self, name: &str, max: usize) -> Result<Vec<u8>, FileError> {
        check_name(name)?;
        let bytes = self.0.get(name).ok_or(FileError::NotFound)?;
        if bytes.len() > max { Err(FileError::TooLarge { max }) } else { Ok(bytes.clone()) }
    }
}

impl std::fmt::Debug for MemoryFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MemoryFiles({})", self.0.len())
    }
}

/// Files of one folder and the folders in it; a link that leads out of it is not followed.
#[cfg(feature = "perso")]
#[derive(Debug, Clone)]
pub struct Folder(pub std::path::PathBuf);

#[cfg(feature = "perso")]
impl Files for Folder {
    fn read(&self, name: &str, max: usize) -> Result<Vec<u8>, FileError> {
        use std::io::Read;
        check_name(name)?;
        let error = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => FileError::NotFound,
            _ => FileError::Unreadable,
        };
        let root = self.0.canonicalize().map_err(error)?;
        let path = root.join(name).canonicalize().map_err(error)?;
        if !path.starts_with(&root) {
            return Err(FileError::Outside);
        }
        // Before it is opened: a pipe would wait for whoever writes into it.
        if !path.metadata().map_err(error)?.is_file() {
            return Err(FileError::Unreadable);
        }
        let file = std::fs::File::open(&path).map_err(error)?;
        let mut bytes = Vec::new();
        file.take(max as u64 + 1).read_to_end(&mut bytes).map_err(error)?;
        if bytes.len() > max { Err(FileError::TooLarge { max }) } else { Ok(bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_relative() {
        for name in ["a.png", "fingers/right index.fmr", "Ä_1-2.jpg"] {
            assert_eq!(check_name(name), Ok(()));
        }
        for name in ["", "/etc/passwd", "../a", "a/../b", "a//b", "a\\b", "C:a", "a\0b", ".", "a/", "a\n", &"a".repeat(201)] {
            assert_eq!(check_name(name), Err(FileError::BadName), "{name:?}");
        }
    }

    #[test]
    fn memory_has_bounds_too() {
        let files = MemoryFiles([("a".to_owned(), vec![0; 10])].into());
        assert_eq!(files.read("a", 10).map(|b| b.len()), Ok(10));
        assert_eq!(files.read("a", 9), Err(FileError::TooLarge { max: 9 }));
        assert_eq!(files.read("b", 9), Err(FileError::NotFound));
    }

    #[cfg(all(unix, feature = "perso"))]
    #[test]
    fn a_folder_is_not_left() {
        let dir = tempfile::tempdir().unwrap();
        let inside = dir.path().join("in");
        std::fs::create_dir_all(inside.join("sub")).unwrap();
        std::fs::write(dir.path().join("secret"), b"s").unwrap();
        std::fs::write(inside.join("sub/a"), b"12345").unwrap();
        std::os::unix::fs::symlink(dir.path().join("secret"), inside.join("link")).unwrap();
        let files = Folder(inside);
        assert_eq!(files.read("sub/a", 5), Ok(b"12345".to_vec()));
        assert_eq!(files.read("sub/a", 4), Err(FileError::TooLarge { max: 4 }));
        assert_eq!(files.read("link", 9), Err(FileError::Outside));
        assert_eq!(files.read("none", 9), Err(FileError::NotFound));
        assert_eq!(files.read("sub", 9), Err(FileError::Unreadable));
        assert_eq!(files.read("../secret", 9), Err(FileError::BadName));
    }
}
