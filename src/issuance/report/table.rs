//! A report as a table: text for people, CSV and JSON for programs.

use super::ReportError;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A word.
    Text(String),
    /// A number.
    Number(u64),
    /// An instant.
    Time(Timestamp),
    /// Nothing.
    None,
}

/// A table with named columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns' names, which are the keys of its JSON.
    pub columns: Vec<String>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty table.
    #[must_use]
    pub fn new(name: &'static str, columns: &[&str]) -> Self {
        Self { name, columns: columns.iter().map(|c| (*c).to_owned()).collect(), rows: Vec::new() }
    }

    /// As CSV, with a line of column names.
    ///
    /// # Errors
    /// [`ReportError::Csv`].
    pub fn csv(&self) -> Result<Vec<u8>, ReportError> {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(&self.columns).map_err(|_| ReportError::Csv)?;
        for row in &self.rows {
            out.write_record(row.iter().map(ToString::to_string)).map_err(|_| ReportError::Csv)?;
        }
        out.into_inner().map_err(|_| ReportError::Csv)
    }

    /// As JSON: an object for each row.
    #[must_use]
    pub fn json(&self) -> Value {
        let object = |row: &Vec<Cell>| {
            let fields = self.columns.iter().zip(row).map(|(name, cell)| (name.clone(), cell.json()));
            Value::Object(fields.collect::<Map<_, _>>())
        };
        self.rows.iter().map(object).collect()
    }
}

impl std::fmt::Display for Table {
    /// Columns as wide as they must be, numbers to the right.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: Vec<Vec<String>> = self.rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        let width = |at: usize| {
            let cells = text.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
            cells.chain(self.columns.get(at).map(|name| name.chars().count())).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let head: Vec<String> = self.columns.iter().zip(&widths).map(|(name, width)| format!("{name:<width$}")).collect();
        writeln!(f, "{}", head.join("  ").trim_end())?;
        for (row, texts) in self.rows.iter().zip(&text) {
            let cells = row.iter().zip(texts).zip(&widths).map(|((cell, text), width)| match cell {
                Cell::Number(_) => format!("{text:>width$}"),
                _ => format!("{text:<width$}"),
            });
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(n) => write!(f, "{n}"),
            Self::Time(at) => write!(f, "{at:.0}"),
            Self::None => Ok(()),
        }
    }
}

impl Cell {
    /// A word.
    pub fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Number(n) => json!(n),
            Self::Time(at) => json!(format!("{at:.0}")),
            Self::None => Value::Null,
        }
    }
}

impl From<u64> for Cell {
    fn from(n: u64) -> Self {
        Self::Number(n)
    }
}
