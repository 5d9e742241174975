//! What an evaluation reads: the names in a folder of prints, and a file of scores.

use crate::cli::output::Failure;
use crate::finger::eval::{Dataset, EvalError};
use crate::limits;
use crate::reason::Reason;
use std::io::Read as _;
use std::path::Path;

/// The prints of a folder: `SET/F_I.png` one folder down, and `F_I.png` in the folder itself as a set of its name.
pub fn read(folder: &Path) -> Result<Dataset, Failure> {
    let own = folder.canonicalize().map_err(|e| unreadable(folder, &e))?;
    let own = own.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut files: Vec<(String, String)> = Vec::new();
    for (name, is_folder) in names(folder)? {
        if is_folder {
            let inside = names(&folder.join(&name))?;
            files.extend(inside.into_iter().filter(|(_, is_folder)| !is_folder).map(|(file, _)| (name.clone(), file)));
        } else {
            files.push((own.clone(), name));
        }
    }
    Ok(Dataset::of_files(files.iter().map(|(set, file)| (set.as_str(), file.as_str())))?)
}

/// The names in a folder, and whether each is a folder; a name that is no text is passed over.
fn names(folder: &Path) -> Result<Vec<(String, bool)>, Failure> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| unreadable(folder, &e))? {
        if found.len() > limits::EVAL_FILES {
            return Err(EvalError::TooMany { what: "files", bound: limits::EVAL_FILES }.into());
        }
        let path = entry.map_err(|e| unreadable(folder, &e))?.path();
        if let Some(name) = path.file_name().and_then(|n| n.to_str()) {
            found.push((name.to_owned(), path.is_dir()));
        }
    }
    Ok(found)
}

/// A text file of at most `bound` bytes.
pub fn text(file: &Path, bound: usize) -> Result<String, Failure> {
    let mut text = String::new();
    let opened = std::fs::File::open(file).map_err(|e| unreadable(file, &e))?;
    opened.take(bound as u64 + 1).read_to_string(&mut text).map_err(|e| unreadable(file, &e))?;
    if text.len() > bound {
        return Err(EvalError::TooMany { what: "bytes of scores", bound }.into());
    }
    Ok(text)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Reason::FileUnreadable, format!("{}: {}", path.display(), error.kind()))
}
