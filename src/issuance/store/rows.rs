//! Rows of either database as values; what does not parse is damage, and named.

use super::audit::{Head, Row};
use super::error::StoreError;
use super::key::Subject;
use super::rule::{self, Kind};
use super::standing::{Band, Count, Standing};
use super::word::{Id, Office, Word};
use jiff::Timestamp;

/// A row of an answer, by column.
pub(super) trait Columns {
    fn text(&self, at: usize) -> Result<Option<String>, StoreError>;
    fn int(&self, at: usize) -> Result<Option<i64>, StoreError>;
    fn bytes(&self, at: usize) -> Result<Option<Vec<u8>>, StoreError>;
}

/// A column that is never empty.
fn some<T>(value: Result<Option<T>, StoreError>, field: &'static str) -> Result<T, StoreError> {
    value?.ok_or(StoreError::Damaged(field))
}

fn time(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|_| StoreError::Damaged("time"))
}

fn count(n: i64) -> Result<u64, StoreError> {
    u64::try_from(n).map_err(|_| StoreError::Damaged("count"))
}

fn digest(bytes: Vec<u8>) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Damaged("digest"))
}

/// A stored word: what was written was one.
fn word<T>(text: &str, parse: impl Fn(&str) -> Result<T, StoreError>) -> Result<T, StoreError> {
    parse(text).map_err(|_| StoreError::Damaged("word"))
}

/// The columns of [`super::sql::standing_by`].
pub(super) fn standing(kind: Kind, row: &dyn Columns) -> Result<Standing, StoreError> {
    let text = |at, field| some(row.text(at), field);
    let int = |at, field| some(row.int(at), field);
    let subject = |at| row.bytes(at)?.map(digest).transpose().map(|bytes| bytes.map(Subject::stored));
    if int(12, "format")? != 1 {
        return Err(StoreError::Damaged("format"));
    }
    Ok(Standing {
        kind,
        id: word(&text(0, "id")?, Id::parse)?,
        state: rule::state_of(kind, &text(1, "state")?).ok_or(StoreError::Damaged("state"))?,
        office: word(&text(2, "office")?, Office::parse)?,
        custody: word(&text(3, "custody")?, Office::parse)?,
        subject: subject(4)?,
        family: subject(5)?,
        owner: row.text(6)?.map(|id| word(&id, Id::parse)).transpose()?,
        word: word(&text(7, "word")?, Word::parse)?,
        priority: i16::try_from(int(8, "priority")?).map_err(|_| StoreError::Damaged("priority"))?,
        since: time(int(9, "since")?)?,
        changed: time(int(10, "changed")?)?,
        revision: count(int(11, "revision")?)?,
    })
}

/// The columns of [`super::sql::rows`].
pub(super) fn audit(row: &dyn Columns) -> Result<Row, StoreError> {
    let text = |at, field| some(row.text(at), field);
    let int = |at, field| some(row.int(at), field);
    Ok(Row {
        office: word(&text(0, "audit.office")?, Office::parse)?,
        n: count(int(1, "audit.n")?)?,
        kind: Kind::of_name(&text(2, "audit.kind")?).ok_or(StoreError::Damaged("audit.kind"))?,
        id: word(&text(3, "audit.id")?, Id::parse)?,
        revision: count(int(4, "audit.revision")?)?,
        was: text(5, "audit.was")?,
        now: text(6, "audit.now")?,
        at: int(7, "audit.at")?,
        job: word(&text(8, "audit.job")?, Id::parse)?,
        part: u32::try_from(int(9, "audit.part")?).map_err(|_| StoreError::Damaged("audit.part"))?,
        statement: text(10, "audit.statement")?,
        hands: text(11, "audit.hands")?,
        head: digest(some(row.bytes(12), "audit.head")?)?,
    })
}

/// The columns of [`super::sql::HEADS`].
pub(super) fn head(row: &dyn Columns) -> Result<Head, StoreError> {
    let office = word(&some(row.text(0), "chain.office")?, Office::parse)?;
    Ok(Head { office, n: count(some(row.int(1), "chain.n")?)?, head: digest(some(row.bytes(2), "chain.head")?)? })
}

/// The columns of [`super::sql::counts`].
pub(super) fn counted(kind: Kind, row: &dyn Columns) -> Result<Count, StoreError> {
    Ok(Count {
        state: rule::state_of(kind, &some(row.text(0), "state")?).ok_or(StoreError::Damaged("state"))?,
        word: row.text(1)?.map(|text| word(&text, Word::parse)).transpose()?,
        things: count(some(row.int(2), "count")?)?,
        oldest: time(some(row.int(3), "changed")?)?,
    })
}

/// The columns of [`super::sql::spread`].
pub(super) fn band(kind: Kind, row: &dyn Columns) -> Result<Band, StoreError> {
    Ok(Band {
        state: rule::state_of(kind, &some(row.text(0), "state")?).ok_or(StoreError::Damaged("state"))?,
        word: row.text(1)?.map(|text| word(&text, Word::parse)).transpose()?,
        age: usize::try_from(some(row.int(2), "age")?).map_err(|_| StoreError::Damaged("age"))?,
        things: count(some(row.int(3), "count")?)?,
        oldest: time(some(row.int(4), "changed")?)?,
    })
}

/// What decides whether a step may be taken ([`super::sql::ground`]).
pub(super) struct Ground {
    pub state: String,
    pub owner: Option<String>,
    pub fence: i64,
    pub claim: Option<(i64, i64)>,
    pub revision: i64,
}

pub(super) fn ground(row: &dyn Columns) -> Result<Ground, StoreError> {
    let held = row.text(3)?.is_some();
    let (from, until) = (row.int(4)?.unwrap_or(i64::MIN), row.int(5)?.unwrap_or(i64::MAX));
    Ok(Ground {
        state: some(row.text(0), "state")?,
        owner: row.text(1)?,
        fence: some(row.int(2), "fence")?,
        claim: held.then_some((from, until)),
        revision: some(row.int(6), "revision")?,
    })
}

/// Id, format and check of the key of a store ([`super::sql::STORE`]).
pub(super) fn store(row: &dyn Columns) -> Result<(String, u32, Vec<u8>), StoreError> {
    let format = u32::try_from(some(row.int(1), "store.format")?).map_err(|_| StoreError::Damaged("store.format"))?;
    Ok((some(row.text(0), "store.id")?, format, some(row.bytes(2), "store.key_check")?))
}
