//! `ektp blank …`, `shift …`, `batch …` and `incident …`: the bureau's verbs, and the lists that they take.

pub mod batch;
pub mod blank;
pub mod engine;
pub mod incident;
mod maker;
mod making;
pub mod shift;

use super::output::Failure;
use super::place;
use crate::issuance::balance::Serials;
use crate::issuance::bureau::serials;
use crate::issuance::store::Id;
use crate::limits::ISSUANCE_LIST_BYTES;
use crate::reason::Reason;
use std::path::{Path, PathBuf};

/// Things by their ids, on the command line or in a file.
#[derive(Debug, clap::Args)]
pub struct Ids {
    /// Which, one by one
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// A file with them: a line each, or with commas between; # begins a remark
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Ids {
    /// All of them, in their order, each once.
    ///
    /// # Errors
    /// `file-unreadable`; `input-invalid` for an id that is none, or stands twice.
    pub fn read(&self) -> Result<Vec<Id>, Failure> {
        let file = self.file.as_deref().map(text).transpose()?.unwrap_or_default();
        let lines = file.lines().map(|line| line.split('#').next().unwrap_or_default());
        let words = lines.flat_map(|line| line.split(',')).map(str::trim).filter(|word| !word.is_empty());
        let mut all: Vec<Id> = Vec::new();
        for word in self.ids.iter().map(String::as_str).chain(words) {
            let id = Id::parse(word)?;
            if all.contains(&id) {
                return Err(Failure::new(Reason::InputInvalid, format!("{id} stands twice")));
            }
            all.push(id);
        }
        Ok(all)
    }
}

/// Serial numbers, on the command line or in a file.
#[derive(Debug, clap::Args)]
pub struct SerialArgs {
    /// Serial numbers: one by one, or FIRST..LAST
    #[arg(value_name = "SERIAL|FIRST..LAST")]
    serials: Vec<String>,
    /// A file with them: a line each, or with commas between; # begins a remark
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl SerialArgs {
    /// All of them; none is a list too.
    ///
    /// # Errors
    /// `file-unreadable`; `input-invalid` for what is no serial number, no range, or stands twice.
    pub fn read(&self) -> Result<Serials, Failure> {
        let mut list = self.serials.join("\n");
        if let Some(path) = &self.file {
            list.push('\n');
            list.push_str(&text(path)?);
        }
        match serials::parse(&list) {
            Err(serials::SerialError::Empty) => Ok(Serials::new()),
            other => Ok(other?),
        }
    }
}

/// A file of text.
///
/// # Errors
/// `file-unreadable`; `input-invalid` if it is too large or no text.
pub fn text(path: &Path) -> Result<String, Failure> {
    let bytes = place::read(path, ISSUANCE_LIST_BYTES)?;
    String::from_utf8(bytes).map_err(|_| Failure::new(Reason::InputInvalid, format!("{}: no text", path.display())))
}

/// The id of a new thing: the one that was given, or its job's.
///
/// # Errors
/// `input-invalid`.
pub fn named(given: Option<&String>, job: &Id) -> Result<Id, Failure> {
    Ok(given.map_or_else(|| Ok(job.clone()), |text| Id::parse(text))?)
}
