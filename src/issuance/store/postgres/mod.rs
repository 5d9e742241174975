//! The store in PostgreSQL: for any number of stations, over a Unix socket or the loopback interface.

mod error;
pub(super) mod journal;
mod migrate;
mod open;
mod read;
pub(super) mod schema;
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
use crate::limits::STORE_ATTEMPTS;
use ::postgres::{Client, Statement};
use std::collections::HashMap;

/// A connection to a store. Each station has one of its own.
pub struct PostgresStore {
    client: Client,
    /// By their text.
    statements: HashMap<String, Statement>,
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PostgresStore")
    }
}

impl PostgresStore {
    /// Again, while others stand in the way of each other: of a deadlock one goes on, and the rest come back.
    fn patiently<T>(&mut self, mut what: impl FnMut(&mut Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        for _ in 1..STORE_ATTEMPTS {
            match what(self) {
                Err(StoreError::Busy) => {}
                other => return other,
            }
        }
        what(self)
    }
}

/// Holds a lock of the server as long as the connection lives: none if another has it.
pub(super) fn hold(url: &str, key: i64) -> Result<Option<Client>, StoreError> {
    let PostgresStore { mut client, .. } = PostgresStore::connect(url)?;
    let held = client.query_one("SELECT pg_try_advisory_lock($1)", &[&key])?.try_get::<_, bool>(0)?;
    Ok(held.then_some(client))
}

#[cfg(test)]
impl PostgresStore {
    /// What no store of ours does: it acknowledges before the disk has it. A proof that does not see this proves nothing.
    pub(in crate::issuance) fn loosen(&mut self) {
        self.client.batch_execute("SET synchronous_commit = off").unwrap();
    }
}

impl Store for PostgresStore {
    fn take(&mut self, change: &Change) -> Result<Done, StoreError> {
        self.patiently(|store| take::take(store, change))
    }

    fn standing(&mut self, kind: Kind, id: &Id) -> Result<Option<Standing>, StoreError> {
        self.one(&sql::standing(kind), &[sql::Param::Text(id.as_str())], |row| rows::standing(kind, row))
    }

    fn find(&mut self, kind: Kind, by: By<'_>) -> Result<Vec<Standing>, StoreError> {
        self.found(kind, by)
    }

    fn latest(&mut self, kind: Kind, office: &Office, word: &Word) -> Result<Option<Standing>, StoreError> {
        let params = [sql::Param::Text(word.as_str()), sql::Param::Text(office.as_str())];
        self.one(&sql::latest(kind), &params, |row| rows::standing(kind, row))
    }

    fn items(&mut self, kind: Kind, id: &Id) -> Result<Vec<Id>, StoreError> {
        self.items_of(kind, id)
    }

    fn page(&mut self, page: &Page) -> Result<Vec<Standing>, StoreError> {
        let query = sql::page(page, asked::limit(page.limit), Keys::Apart);
        self.all(&query.sql, &query.params, |row| rows::standing(page.kind, row))
    }

    fn counts(&mut self, kind: Kind) -> Result<Vec<Count>, StoreError> {
        self.all(&sql::counts(kind), &[], |row| rows::counted(kind, row))
    }

    fn spread(&mut self, of: &Spread) -> Result<Vec<Band>, StoreError> {
        let query = asked::spread(of, Keys::Apart)?;
        self.all(&query.sql, &query.params, |row| rows::band(of.kind, row))
    }

    fn claim(&mut self, work: &Work) -> Result<Option<Claim>, StoreError> {
        self.patiently(|store| store.claimed(work, Wanted::First))
    }

    fn claim_one(&mut self, work: &Work, id: &Id) -> Result<Option<Claim>, StoreError> {
        self.patiently(|store| store.claimed(work, Wanted::This(id)))
    }

    fn take_up(&mut self, work: &Work, id: &Id) -> Result<Option<Claim>, StoreError> {
        self.patiently(|store| store.claimed(work, Wanted::Own(id)))
    }

    fn release(&mut self, claim: &Claim) -> Result<bool, StoreError> {
        self.patiently(|store| store.released(claim))
    }

    fn sealed(&mut self, kind: Kind, id: &Id, part: Part) -> Result<Option<Sealed>, StoreError> {
        let params = [sql::Param::Text(kind.name()), sql::Param::Text(id.as_str()), sql::Param::Text(part.name())];
        let bytes = self.one(sql::SEALED, &params, |row| row.bytes(0))?.flatten();
        Ok(bytes.map(|bytes| Sealed { kind, id: id.clone(), part, bytes }))
    }

    fn receipt(&mut self, card: &Id) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.one(sql::RECEIPT, &[sql::Param::Text(card.as_str())], |row| row.bytes(0))?.flatten())
    }

    fn card_of_chip(&mut self, chip: ChipSerial) -> Result<Option<Id>, StoreError> {
        self.one(sql::CARD_OF_CHIP, &[sql::Param::Text(&chip.to_string())], asked::id)
    }

    fn chip_of_card(&mut self, card: &Id) -> Result<Option<String>, StoreError> {
        Ok(self.one(sql::CHIP_OF_CARD, &[sql::Param::Text(card.as_str())], |row| row.text(0))?.flatten())
    }

    fn heads(&mut self) -> Result<Vec<Head>, StoreError> {
        self.all_heads()
    }

    fn rows(&mut self, office: &Office, after: u64, limit: u32) -> Result<Vec<Row>, StoreError> {
        let params = [sql::Param::Text(office.as_str()), asked::number(after), sql::Param::Int(asked::limit(limit))];
        self.all(&sql::rows(), &params, rows::audit)
    }

    fn history(&mut self, kind: Kind, id: &Id, after: u64, limit: u32) -> Result<Vec<Row>, StoreError> {
        let (kind, id) = (sql::Param::Text(kind.name()), sql::Param::Text(id.as_str()));
        self.all(&sql::history(), &[kind, id, asked::number(after), sql::Param::Int(asked::limit(limit))], rows::audit)
    }

    fn job(&mut self, job: &Id) -> Result<Vec<Row>, StoreError> {
        self.all(&sql::job(), &[sql::Param::Text(job.as_str())], rows::audit)
    }

    fn mark(&mut self, application: &Id, marks: &[Mark]) -> Result<(), StoreError> {
        let marks = asked::marks(marks)?;
        self.patiently(|store| take::mark(store, application, marks))
    }

    fn marked(&mut self, marks: &[Mark], most: u32) -> Result<Vec<Id>, StoreError> {
        self.marked_by(asked::marks(marks)?, most)
    }

    fn unaccounted(&mut self, kind: Kind) -> Result<Option<Id>, StoreError> {
        self.one(&sql::unaccounted(kind, Keys::Apart), &[], asked::id)
    }
}

#[cfg(test)]
mod tests;
