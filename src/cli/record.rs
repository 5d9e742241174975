//! `ektp record check`: reads a record or a batch with all its files and builds nothing.

use super::output::{Failure, Outcome, Output};
use super::place;
use crate::reason::{Lang, Reason, Refusal};
use crate::record::batch::{Batch, BatchError};
use crate::record::files::Folder;
use crate::record::{Files, Warning, load};
use crate::world::{Clock, SystemClock};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Options of `record check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// A record (.json) or a batch (.csv); the files it names are sought beside it
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum RecordVerb {
    /// Check a resident's record, or a batch of them, with pictures and templates; nothing is built
    Check(CheckArgs),
}

impl RecordVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Check(_) => "record check",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::Check(args) => check(&args.file, out),
        }
    }
}

fn check(path: &Path, out: &mut Output) -> Result<Outcome, Failure> {
    let folder = Folder(match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    });
    let bytes = read(path)?;
    match path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("json") => single(&bytes, &folder, out),
        Some("csv") => batch(&bytes, &folder, out),
        _ => Err(Failure::new(Reason::Usage, "the file's name ends neither in .json nor in .csv")),
    }
}

/// The file itself, within the bound that the parser has too.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let read = place::open(path)?.take(crate::limits::DOCUMENT_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::new(Reason::FileUnreadable, format!("{}: {}", path.display(), error.kind())))?;
    Ok(bytes)
}

fn single(bytes: &[u8], files: &dyn Files, out: &mut Output) -> Result<Outcome, Failure> {
    let (record, mut warnings) = load(bytes, files)?;
    warnings.extend(record.issued_after(latest_day()));
    let digest = hex(&record.digest());
    let said = say(None, &warnings, out);
    let (count, lang) = (warnings.len(), out.lang());
    out.line(match lang {
        Lang::En => format!("1 record, {count} remarks, digest {digest}"),
        Lang::Id => format!("1 data penduduk, {count} catatan, sidik {digest}"),
    });
    Ok(Outcome::yes(json!({"records": 1, "digest": digest, "warnings": said})))
}

fn batch(bytes: &[u8], files: &dyn Files, out: &mut Output) -> Result<Outcome, Failure> {
    let batch = match Batch::read(bytes, files) {
        Ok(batch) => batch,
        Err(error) => return Err(refused(error, out)),
    };
    let mut rows: Vec<(u64, Vec<Warning>)> = batch.warnings().map(|(row, odd)| (row, odd.to_vec())).collect();
    for (row, ahead) in batch.issued_after(latest_day()) {
        rows.iter_mut().filter(|(number, _)| *number == row).for_each(|(_, odd)| odd.push(ahead));
    }
    let said: Vec<Value> = rows.iter().flat_map(|(row, odd)| say(Some(*row), odd, out)).collect();
    let (records, remarks) = (batch.len(), said.len());
    out.line(match out.lang() {
        Lang::En => format!("{records} records, {remarks} remarks"),
        Lang::Id => format!("{records} data penduduk, {remarks} catatan"),
    });
    Ok(Outcome::yes(json!({"records": batch.len(), "warnings": said})))
}

/// Every bad row goes into the result and, for people, on a line of its own.
fn refused(error: BatchError, out: &mut Output) -> Failure {
    let mut rows = Vec::new();
    if let BatchError::Rows(bad) = &error {
        for (row, problem) in bad {
            out.line(format!("{} {row}: {problem}", out.lang().pick("row", "baris")));
            rows.push(json!({"row": row, "reason": problem.reason(), "message": problem.to_string()}));
        }
    }
    let failure = Failure::from(error);
    if rows.is_empty() { failure } else { failure.with_data(json!({"refused": rows})) }
}

fn say(row: Option<u64>, warnings: &[Warning], out: &mut Output) -> Vec<Value> {
    let lang = out.lang();
    for w in warnings {
        let place = row.map_or_else(String::new, |r| format!("{} {r} ", lang.pick("row", "baris")));
        out.line(format!("! {place}{}: {}", w.path, w.kind.text(lang)));
    }
    warnings.iter().map(|w| json!({"row": row, "path": w.path, "kind": w.kind, "text": w.kind.text(lang)})).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Today where the day begins first in Indonesia (WIT, UTC+9): what is issued there this morning is not dated ahead.
fn latest_day() -> jiff::civil::Date {
    SystemClock.now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(9))).date()
}
