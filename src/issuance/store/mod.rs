//! The store of issuance: applications, cards, blanks, batches and shipments as they stand, and the audit of how they came there.
//!
//! A [`Change`] is one step of the tables of [`crate::issuance`], or several that belong together, signed by those who take it; a
//! [`Store`] writes it with a row of the audit for each step, in one transaction, or refuses it. [`SqliteStore`] and [`PostgresStore`]
//! are held to the same tests. [`audit::verify`] reads all of it back as a judge would. Of persons the databases hold keyed digests and
//! sealed parts, whose key ([`StoreKey`]) lies elsewhere.

mod asked;
pub mod audit;
mod change;
mod copies;
mod coupled;
mod error;
pub mod heads;
mod journal;
mod key;
mod migration;
mod place;
mod postgres;
mod rows;
mod rule;
mod sql;
mod sqlite;
mod standing;
mod statement;
mod station;
mod taking;
mod word;

pub use audit::{Head, Row, SignatureError};
pub use change::{Act, Actor, Change, Draft, Hands, Move, Opening};
pub use error::{Broken, StoreError, Unique};
pub use key::{Mark, Part, Sealed, StoreKey, Subject};
pub use migration::{FORMAT, Migrated};
pub use place::Place;
pub use postgres::PostgresStore;
pub use rule::{Kind, Step};
pub use sqlite::SqliteStore;
pub use standing::{Band, Claim, Count, Cursor, Page, Spread, Standing, Work};
pub use station::Held;
pub use taking::{Done, Entry};
pub use word::{Id, Office, Word};

use crate::crypto::scp03::ChipSerial;

/// By what things of a kind are looked for.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// The person: of applications and cards.
    Person(&'a Subject),
    /// The family card: of applications.
    Family(&'a Subject),
    /// What it belongs to: the application of cards, the card of a blank.
    Owner(&'a Id),
    /// The document number: of a card. Of other kinds procedure, type or place.
    Word(&'a Word),
}

/// What issuance asks of a database. Each call that changes something returns only when the change is durable, and one that is refused
/// has changed nothing.
pub trait Store: Send {
    /// Takes a change: every step of it with its row of the audit, or nothing. The same change again is found, and not done again.
    ///
    /// # Errors
    /// [`StoreError`]: what the rules, the constraints or the database say.
    fn take(&mut self, change: &Change) -> Result<Done, StoreError>;

    /// A thing as it stands.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Damaged`]; so all that follow.
    fn standing(&mut self, kind: Kind, id: &Id) -> Result<Option<Standing>, StoreError>;

    /// Things of a kind by what they are about, oldest first.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] if there are more than [`crate::limits::STORE_PAGE_ROWS`].
    fn find(&mut self, kind: Kind, by: By<'_>) -> Result<Vec<Standing>, StoreError>;

    /// The thing of a kind with this word that began last at an office.
    ///
    /// # Errors
    /// As [`Store::standing`].
    fn latest(&mut self, kind: Kind, office: &Office, word: &Word) -> Result<Option<Standing>, StoreError>;

    /// What a batch or a shipment holds, by id.
    ///
    /// # Errors
    /// As [`Store::standing`].
    fn items(&mut self, kind: Kind, id: &Id) -> Result<Vec<Id>, StoreError>;

    /// A page of things, in the order of [`Page`].
    ///
    /// # Errors
    /// As [`Store::standing`].
    fn page(&mut self, page: &Page) -> Result<Vec<Standing>, StoreError>;

    /// How many things of a kind stand where, and since when.
    ///
    /// # Errors
    /// As [`Store::standing`].
    fn counts(&mut self, kind: Kind) -> Result<Vec<Count>, StoreError>;

    /// How many things of a kind, or of an office's, stand where since which age.
    ///
    /// # Errors
    /// As [`Store::standing`]; [`StoreError::TooMany`] ages.
    fn spread(&mut self, of: &Spread) -> Result<Vec<Band>, StoreError>;

    /// Gives a station the first work of this kind that nobody works on, if there is any; no two stations get the same.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Unavailable`].
    fn claim(&mut self, work: &Work) -> Result<Option<Claim>, StoreError>;

    /// Gives a station this one thing, if it stands in the state that the work is in and nobody works on it.
    ///
    /// # Errors
    /// As [`Store::claim`].
    fn claim_one(&mut self, work: &Work, id: &Id) -> Result<Option<Claim>, StoreError>;

    /// The same, or what this station claimed before: for whoever holds the station's name ([`Place::hold`]), so that nobody else is at
    /// work under it.
    ///
    /// # Errors
    /// As [`Store::claim`].
    fn take_up(&mut self, work: &Work, id: &Id) -> Result<Option<Claim>, StoreError>;

    /// Takes work back that was not done; whether the claim still stood.
    ///
    /// # Errors
    /// As [`Store::claim`].
    fn release(&mut self, claim: &Claim) -> Result<bool, StoreError>;

    /// A sealed part of a thing.
    ///
    /// # Errors
    /// As [`Store::standing`].
    fn sealed(&mut self, kind: Kind, id: &Id, part: Part) -> Result<Option<Sealed>, StoreError>;

    /// The receipt of a card's chip, sealed ([`StoreKey::receipt`]), if a journal of this store has it.
    ///
    /// # Errors
    /// As [`Store::standing`].
    fn receipt(&mut self, card: &Id) -> Result<Option<Vec<u8>>, StoreError>;

    /// The card for which a journal of this store took a chip, by the serial that the chip told; none if no journal did.
    ///
    /// # Errors
    /// As [`Store::standing`].
    fn card_of_chip(&mut self, chip: ChipSerial) -> Result<Option<Id>, StoreError>;

    /// The serial of the chip that a journal of this store took for a card; none of a card that was made elsewhere, or not begun.
    ///
    /// # Errors
    /// As [`Store::standing`].
    fn chip_of_card(&mut self, card: &Id) -> Result<Option<String>, StoreError>;

    /// Where every chain stands, by office.
    ///
    /// # Errors
    /// As [`Store::standing`].
    fn heads(&mut self) -> Result<Vec<Head>, StoreError>;

    /// Rows of an office's chain after a number, at most `limit`.
    ///
    /// # Errors
    /// As [`Store::standing`].
    fn rows(&mut self, office: &Office, after: u64, limit: u32) -> Result<Vec<Row>, StoreError>;

    /// The life of a thing: its rows after a revision, at most `limit`, over all offices.
    ///
    /// # Errors
    /// As [`Store::standing`].
    fn history(&mut self, kind: Kind, id: &Id, after: u64, limit: u32) -> Result<Vec<Row>, StoreError>;

    /// What was done under a job's id: its rows in their order; none if nothing was.
    ///
    /// # Errors
    /// As [`Store::standing`].
    fn job(&mut self, job: &Id) -> Result<Vec<Row>, StoreError>;

    /// Keeps an application under these marks, in the place of those that it was kept under before. They are drawn from what is sealed, and
    /// no step: the audit has none of it.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] marks; as [`Store::take`].
    fn mark(&mut self, application: &Id, marks: &[Mark]) -> Result<(), StoreError>;

    /// Applications that are kept under any of these marks, those under the most of them first; at most so many.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] marks; as [`Store::standing`].
    fn marked(&mut self, marks: &[Mark], most: u32) -> Result<Vec<Id>, StoreError>;

    /// The first thing that does not stand where the audit's last row left it.
    ///
    /// # Errors
    /// As [`Store::standing`].
    fn unaccounted(&mut self, kind: Kind) -> Result<Option<Id>, StoreError>;
}

/// The column that a search goes by, if the kind has it.
fn column(kind: Kind, by: By<'_>) -> Option<&'static str> {
    let of = sql::spec(kind);
    match by {
        By::Person(_) => of.subject,
        By::Family(_) => of.family,
        By::Owner(_) => of.owner,
        By::Word(_) => Some(of.word),
    }
}

impl<'a> By<'a> {
    fn param(self) -> sql::Param<'a> {
        match self {
            Self::Person(subject) | Self::Family(subject) => sql::Param::Bytes(subject.bytes()),
            Self::Owner(id) => sql::Param::Text(id.as_str()),
            Self::Word(word) => sql::Param::Text(word.as_str()),
        }
    }
}

#[cfg(test)]
pub(in crate::issuance) mod tests;
