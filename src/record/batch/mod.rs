//! Many records from a CSV file: all of them or none.
//!
//! The columns are the fields of the JSON record laid flat (`samples/batch.csv`). Exports of the civil register may write Indonesian values
//! (`PEREMPUAN`, `KAWIN`, `SEUMUR HIDUP`, `WNI`) and separate by semicolons. Every row is read, its files included, before the first record
//! is given out; every bad row is listed with its number.

pub(super) mod row;

use super::error::RecordError;
use super::files::Files;
use super::tree::{self, Node};
use super::warning::Warning;
use super::{Record, check, json};
use crate::limits;
use crate::reason::{Reason, Refusal};
use std::collections::BTreeMap;

/// Why one row is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// The record in it; the path is that of the JSON record.
    #[error("{0}")]
    Record(#[from] RecordError),
    /// Fewer or more fields than the first row names.
    #[error("has another number of fields than the first row")]
    Columns,
    /// Another row has the same NIK.
    #[error("has the same NIK as row {first}")]
    SameNik {
        /// The earlier row.
        first: u64,
    },
}

/// Why a batch is refused. Rows count as a spreadsheet counts them: the header is row 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The bytes of the file.
    #[error("{0}")]
    Document(RecordError),
    /// No row below the header.
    #[error("the batch has no rows")]
    Empty,
    /// More rows than a batch may have.
    #[error("the batch has more than {max} rows")]
    TooManyRows {
        /// The bound.
        max: usize,
    },
    /// A column that does not exist, by its place.
    #[error("column {column}: no such column")]
    UnknownColumn {
        /// Its place, the first is 1.
        column: usize,
    },
    /// A column that stands twice.
    #[error("column `{name}` stands twice")]
    DuplicateColumn {
        /// Its name.
        name: &'static str,
    },
    /// A column that is missing.
    #[error("column `{name}` is missing")]
    MissingColumn {
        /// Its name.
        name: &'static str,
    },
    /// Rows that are refused, each with its number.
    #[error("rows refused: {}, the first is row {}: {}", .0.len(), .0.first().map_or(0, |r| r.0), .0.first().map_or_else(String::new, |r| r.1.to_string()))]
    Rows(Vec<(u64, RowError)>),
    /// A record is no longer what it was when the batch was checked: one of its files has changed.
    #[error("row {row} has changed since the batch was read")]
    Changed {
        /// The row.
        row: u64,
    },
}

impl Refusal for RowError {
    fn reason(&self) -> Reason {
        match self {
            Self::Record(error) => error.reason(),
            Self::Columns | Self::SameNik { .. } => Reason::RecordInvalid,
        }
    }
}

impl Refusal for BatchError {
    fn reason(&self) -> Reason {
        match self {
            Self::Document(error) => error.reason(),
            Self::Rows(_) | Self::Changed { .. } => Reason::RecordInvalid,
            _ => Reason::InputInvalid,
        }
    }
}

/// A batch of which every row is known to be good.
#[derive(Debug)]
pub struct Batch {
    rows: Vec<Row>,
}

struct Row {
    number: u64,
    node: Node,
    digest: [u8; 32],
    issued: jiff::civil::Date,
    warnings: Vec<Warning>,
}

/// Personal data: numbered, not shown.
impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Row({})", self.number)
    }
}

impl Batch {
    /// Reads a batch and all its files.
    ///
    /// # Errors
    /// [`BatchError`]; [`BatchError::Rows`] lists every bad row.
    pub fn read(csv: &[u8], files: &dyn Files) -> Result<Self, BatchError> {
        let text = tree::decode(csv, limits::DOCUMENT_BYTES).map_err(BatchError::Document)?;
        let mut rows = Vec::new();
        let mut refused = Vec::new();
        let mut seen = BTreeMap::new();
        for (number, node) in parse(text)? {
            let read = node.and_then(|node| Ok((json::read(&node, files)?, node)));
            match read {
                Ok(((record, warnings), node)) => match seen.insert(record.nik.clone(), number) {
                    None => rows.push(Row { number, digest: record.digest(), node, issued: record.date_of_issue, warnings }),
                    Some(first) => {
                        seen.insert(record.nik, first);
                        refused.push((number, RowError::SameNik { first }));
                    }
                },
                Err(error) => refused.push((number, error)),
            }
        }
        match (refused.is_empty(), rows.is_empty()) {
            (false, _) => Err(BatchError::Rows(refused)),
            (true, true) => Err(BatchError::Empty),
            (true, false) => Ok(Self { rows }),
        }
    }

    /// How many records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none; a batch that was read has some.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The remarks, by row.
    pub fn warnings(&self) -> impl Iterator<Item = (u64, &[Warning])> {
        self.rows.iter().map(|r| (r.number, r.warnings.as_slice()))
    }

    /// The remark on each row whose day of issue is not yet, as of this day.
    pub fn issued_after(&self, today: jiff::civil::Date) -> impl Iterator<Item = (u64, Warning)> {
        self.rows.iter().filter_map(move |r| Some((r.number, check::issue_ahead(r.issued, today)?)))
    }

    /// The records with their rows, one at a time. Pictures are decoded again, so that a large batch does not fill the memory.
    ///
    /// # Errors
    /// Each item may be [`BatchError::Changed`], if a file is no longer what it was.
    pub fn records<'a>(&'a self, files: &'a dyn Files) -> impl Iterator<Item = Result<(u64, Record), BatchError>> + 'a {
        self.rows.iter().map(|row| match json::read(&row.node, files) {
            Ok((record, _)) if record.digest() == row.digest => Ok((row.number, record)),
            _ => Err(BatchError::Changed { row: row.number }),
        })
    }
}

/// A row with its number.
pub(super) type Numbered<T> = (u64, Result<T, RowError>);
type NumberedRow = Numbered<Node>;

/// The rows below the header as trees of JSON records.
fn parse(text: &str) -> Result<Vec<NumberedRow>, BatchError> {
    rows(text, limits::BATCH_ROWS, &row::columns, &row::node)
}

type Columns = Vec<&'static str>;

/// The rows of a CSV file below its header, each as what its reader makes of it.
pub(super) fn rows<T>(
    text: &str,
    max: usize,
    header: &dyn Fn(&csv::StringRecord) -> Result<Columns, BatchError>,
    row: &dyn Fn(&[&'static str], &csv::StringRecord) -> T,
) -> Result<Vec<Numbered<T>>, BatchError> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains(';') && !first.contains(',') { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut lines = reader.records();
    // The text is UTF-8 already, and any text is CSV: the reader has nothing left to refuse.
    let columns = header(&lines.next().and_then(Result::ok).ok_or(BatchError::Empty)?)?;
    let mut rows = Vec::new();
    for (number, line) in (2u64..).zip(lines) {
        if rows.len() == max {
            return Err(BatchError::TooManyRows { max });
        }
        let read = match line {
            Ok(line) if line.len() == columns.len() => Ok(row(&columns, &line)),
            _ => Err(RowError::Columns),
        };
        rows.push((number, read));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests;
