//! What a journal asks of the database that keeps it. Every statement is one text for all databases; its parameters are `$1`, `$2`, …

use super::JournalError;

/// A parameter of a statement.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// A text, or none.
    Text(Option<&'a str>),
    /// A number, or none.
    Int(Option<i64>),
    /// Bytes, or none.
    Bytes(Option<&'a [u8]>),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Some(text))
    }
}

impl<'a> From<&'a Option<String>> for Value<'a> {
    fn from(text: &'a Option<String>) -> Self {
        Self::Text(text.as_deref())
    }
}

impl From<i64> for Value<'_> {
    fn from(n: i64) -> Self {
        Self::Int(Some(n))
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(Some(bytes))
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Bytes(Some(bytes))
    }
}

/// A row of an answer, by column.
pub trait Row {
    /// A text, or none.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] for a column of another type; so the others.
    fn text(&self, at: usize) -> Result<Option<String>, JournalError>;
    /// A number, or none.
    ///
    /// # Errors
    /// As [`Row::text`].
    fn int(&self, at: usize) -> Result<Option<i64>, JournalError>;
    /// Bytes, or none.
    ///
    /// # Errors
    /// As [`Row::text`].
    fn bytes(&self, at: usize) -> Result<Option<Vec<u8>>, JournalError>;
}

/// Why a statement was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A constraint that holds one of each was violated.
    Unique,
    /// Anything else.
    Other(JournalError),
}

impl From<Fault> for JournalError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unique => Self::Unavailable("a value that may stand once stands already".into()),
            Fault::Other(error) => error,
        }
    }
}

/// What is kept sealed, and of which job: sealed bytes open nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The job.
    pub job: &'a str,
    /// `sod` or `receipt`.
    pub part: &'static str,
}

/// Seals what tells of a person: hashes of what the chip holds are guesses confirmed.
pub trait Seals: Send + Sync {
    /// Seals bytes for a place.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] if they are too many.
    fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, JournalError>;
    /// Opens them.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] if they are not what was sealed there.
    fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, JournalError>;
}

/// A journal of a station alone, whose file is as private as its keys, keeps everything as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plain;

impl Seals for Plain {
    fn seal(&self, _: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, JournalError> {
        Ok(plain.to_vec())
    }

    fn open(&self, _: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, JournalError> {
        Ok(sealed.to_vec())
    }
}

/// A connection, inside a transaction or outside.
pub trait Tx {
    /// Asks, and gives every row of the answer.
    ///
    /// # Errors
    /// What the database says, or the caller of a row.
    fn each(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        row: &mut dyn FnMut(&dyn Row) -> Result<(), JournalError>,
    ) -> Result<(), JournalError>;

    /// Carries a statement out.
    ///
    /// # Errors
    /// [`Fault`].
    fn run(&mut self, sql: &str, values: &[Value<'_>]) -> Result<(), Fault>;

    /// How a row that is read in order to be changed is held for this transaction; nothing where the whole database is.
    fn held(&self) -> &'static str {
        ""
    }
}

/// What a step does inside its transaction.
pub type Act<'a> = &'a mut dyn FnMut(&mut dyn Tx) -> Result<(), JournalError>;

/// A database that keeps journals.
pub trait Base: Send {
    /// One transaction, durable when it returns. What it reads is what it changes. It may be begun anew, where others stood in its way.
    ///
    /// # Errors
    /// What the database says, or the step.
    fn step(&self, act: Act<'_>) -> Result<(), JournalError>;

    /// Asks without changing anything.
    ///
    /// # Errors
    /// As [`Base::step`].
    fn look(&self, act: Act<'_>) -> Result<(), JournalError>;
}

/// The first row of an answer.
pub(super) fn one<T>(
    tx: &mut dyn Tx,
    sql: &str,
    values: &[Value<'_>],
    mut read: impl FnMut(&dyn Row) -> Result<T, JournalError>,
) -> Result<Option<T>, JournalError> {
    let mut found = None;
    tx.each(sql, values, &mut |row| {
        if found.is_none() {
            found = Some(read(row)?);
        }
        Ok(())
    })?;
    Ok(found)
}

/// Every row of an answer.
pub(super) fn all<T>(
    tx: &mut dyn Tx,
    sql: &str,
    values: &[Value<'_>],
    mut read: impl FnMut(&dyn Row) -> Result<T, JournalError>,
) -> Result<Vec<T>, JournalError> {
    let mut found = Vec::new();
    tx.each(sql, values, &mut |row| {
        found.push(read(row)?);
        Ok(())
    })?;
    Ok(found)
}
