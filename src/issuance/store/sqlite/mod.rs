//! The store in SQLite: one file, write-ahead log, full synchronization, mode 0600.

mod error;
pub(super) use error::of_io;
mod migrate;
pub(super) mod open;
mod read;
mod take;

use super::audit::{Head, Row};
use super::change::Change;
use super::error::StoreError;
use super::key::{Mark, Part, Sealed};
use super::rule::Kind;
use super::sql::{Keys, Wanted};
use super::standing::{Band, Claim, Count, Page, Spread, Standing, Work};
use super::taking::Done;
use super::word::{Id, Office, Word};
use super::{By, Store, asked, rows, sql};
use crate::crypto::scp03::ChipSerial;
use rusqlite::Connection;

/// A store in a file. Each station opens it for itself.
#[derive(Debug)]
pub struct SqliteStore {
    db: Connection,
}

#[cfg(test)]
impl SqliteStore {
    /// What no store of ours does: it acknowledges before the disk has it. A proof that does not see this proves nothing.
    pub(in crate::issuance) fn loosen(&self) {
        self.db.pragma_update(None, "synchronous", "OFF").unwrap();
    }
}

impl Store for SqliteStore {
    fn take(&mut self, change: &Change) -> Result<Done, StoreError> {
        take::take(&mut self.db, change)
    }

    fn standing(&mut self, kind: Kind, id: &Id) -> Result<Option<Standing>, StoreError> {
        read::one(&self.db, &sql::standing(kind), &[sql::Param::Text(id.as_str())], |row| rows::standing(kind, row))
    }

    fn find(&mut self, kind: Kind, by: By<'_>) -> Result<Vec<Standing>, StoreError> {
        read::found(&self.db, kind, by)
    }

    fn latest(&mut self, kind: Kind, office: &Office, word: &Word) -> Result<Option<Standing>, StoreError> {
        let params = [sql::Param::Text(word.as_str()), sql::Param::Text(office.as_str())];
        read::one(&self.db, &sql::latest(kind), &params, |row| rows::standing(kind, row))
    }

    fn items(&mut self, kind: Kind, id: &Id) -> Result<Vec<Id>, StoreError> {
        read::items(&self.db, kind, id)
    }

    fn page(&mut self, page: &Page) -> Result<Vec<Standing>, StoreError> {
        let query = sql::page(page, asked::limit(page.limit), Keys::Inside);
        read::all(&self.db, &query.sql, &query.params, |row| rows::standing(page.kind, row))
    }

    fn counts(&mut self, kind: Kind) -> Result<Vec<Count>, StoreError> {
        read::all(&self.db, &sql::counts(kind), &[], |row| rows::counted(kind, row))
    }

    fn spread(&mut self, of: &Spread) -> Result<Vec<Band>, StoreError> {
        let query = asked::spread(of, Keys::Inside)?;
        read::all(&self.db, &query.sql, &query.params, |row| rows::band(of.kind, row))
    }

    fn claim(&mut self, work: &Work) -> Result<Option<Claim>, StoreError> {
        // One statement is one immediate transaction: whoever writes is alone.
        read::claimed(&self.db, work, Wanted::First)
    }

    fn claim_one(&mut self, work: &Work, id: &Id) -> Result<Option<Claim>, StoreError> {
        read::claimed(&self.db, work, Wanted::This(id))
    }

    fn take_up(&mut self, work: &Work, id: &Id) -> Result<Option<Claim>, StoreError> {
        read::claimed(&self.db, work, Wanted::Own(id))
    }

    fn release(&mut self, claim: &Claim) -> Result<bool, StoreError> {
        read::release(&self.db, claim)
    }

    fn sealed(&mut self, kind: Kind, id: &Id, part: Part) -> Result<Option<Sealed>, StoreError> {
        read::sealed(&self.db, kind, id, part)
    }

    fn receipt(&mut self, card: &Id) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(read::one(&self.db, sql::RECEIPT, &[sql::Param::Text(card.as_str())], |row| row.bytes(0))?.flatten())
    }

    fn card_of_chip(&mut self, chip: ChipSerial) -> Result<Option<Id>, StoreError> {
        read::one(&self.db, sql::CARD_OF_CHIP, &[sql::Param::Text(&chip.to_string())], asked::id)
    }

    fn chip_of_card(&mut self, card: &Id) -> Result<Option<String>, StoreError> {
        Ok(read::one(&self.db, sql::CHIP_OF_CARD, &[sql::Param::Text(card.as_str())], |row| row.text(0))?.flatten())
    }

    fn heads(&mut self) -> Result<Vec<Head>, StoreError> {
        read::heads(&self.db)
    }

    fn rows(&mut self, office: &Office, after: u64, limit: u32) -> Result<Vec<Row>, StoreError> {
        let params = [sql::Param::Text(office.as_str()), asked::number(after), sql::Param::Int(asked::limit(limit))];
        read::all(&self.db, &sql::rows(), &params, rows::audit)
    }

    fn history(&mut self, kind: Kind, id: &Id, after: u64, limit: u32) -> Result<Vec<Row>, StoreError> {
        let (kind, id) = (sql::Param::Text(kind.name()), sql::Param::Text(id.as_str()));
        let params = [kind, id, asked::number(after), sql::Param::Int(asked::limit(limit))];
        read::all(&self.db, &sql::history(), &params, rows::audit)
    }

    fn job(&mut self, job: &Id) -> Result<Vec<Row>, StoreError> {
        read::all(&self.db, &sql::job(), &[sql::Param::Text(job.as_str())], rows::audit)
    }

    fn mark(&mut self, application: &Id, marks: &[Mark]) -> Result<(), StoreError> {
        take::mark(&mut self.db, application, asked::marks(marks)?)
    }

    fn marked(&mut self, marks: &[Mark], most: u32) -> Result<Vec<Id>, StoreError> {
        read::marked(&self.db, asked::marks(marks)?, most)
    }

    fn unaccounted(&mut self, kind: Kind) -> Result<Option<Id>, StoreError> {
        read::one(&self.db, &sql::unaccounted(kind, Keys::Inside), &[], asked::id)
    }
}

#[cfg(test)]
mod tests;
