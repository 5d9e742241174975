//! What the store knows of a thing, and the questions that are asked of it.

use super::key::Subject;
use super::rule::Kind;
use super::word::{Id, Office, Word};
use jiff::Timestamp;

/// A thing as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: Id,
    /// The word of its state.
    pub state: &'static str,
    /// The office that it began in; an application's own for good.
    pub office: Office,
    /// The office that signed its last step: whose custody it is in.
    pub custody: Office,
    /// Of whom: of an application, and of its cards.
    pub subject: Option<Subject>,
    /// Of which family card: of an application.
    pub family: Option<Subject>,
    /// What it belongs to: of a card its application, of a blank its card.
    pub owner: Option<Id>,
    /// Of an application its procedure, of a card its number, of a blank or batch the type, of a shipment where it goes.
    pub word: Word,
    /// Less is sooner, among what waits for the same work.
    pub priority: i16,
    /// When it began, by the clock of who began it.
    pub since: Timestamp,
    /// When it took its last step, by the clock of who took it.
    pub changed: Timestamp,
    /// Steps so far, its beginning among them.
    pub revision: u64,
}

/// Where a page ends, and the next begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Priority of the last thing.
    pub priority: i16,
    /// When it began.
    pub since: Timestamp,
    /// When it took its last step.
    pub changed: Timestamp,
    /// Its id.
    pub id: Id,
}

impl Standing {
    /// The place of this thing in the order of pages.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { priority: self.priority, since: self.since, changed: self.changed, id: self.id.clone() }
    }
}

/// A question for things of one kind, oldest first; of one state over all offices in the order of its work: most urgent first, then
/// whoever waits longest in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Of which kind.
    pub kind: Kind,
    /// In this state alone.
    pub state: Option<&'static str>,
    /// Of this office alone.
    pub office: Option<Office>,
    /// Begun before this alone.
    pub before: Option<Timestamp>,
    /// After this one: the last of the page before.
    pub after: Option<Cursor>,
    /// At most so many, and never more than [`crate::limits::STORE_PAGE_ROWS`].
    pub limit: u32,
}

impl Page {
    /// The first hundred of a kind.
    #[must_use]
    pub const fn of(kind: Kind) -> Self {
        Self { kind, state: None, office: None, before: None, after: None, limit: 100 }
    }
}

/// Work that a station asks for: the first thing in a state that nobody works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Of which kind.
    pub kind: Kind,
    /// In which state.
    pub state: &'static str,
    /// Who asks.
    pub station: Word,
    /// By whose clock it is how late.
    pub now: Timestamp,
    /// For how long, in seconds: after that, others may have it.
    pub lease_seconds: u32,
}

/// A question how things of a kind are spread over states and ages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// Of which kind.
    pub kind: Kind,
    /// Of this office alone: where an application, a batch, a shift or an incident began, where anything else is now.
    pub office: Option<Office>,
    /// The times at which one age ends and the next begins, latest first; at most [`crate::limits::STORE_AGES`].
    pub ages: Vec<Timestamp>,
}

/// How many things of a kind stand in a state since an age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// The word of the state.
    pub state: &'static str,
    /// Of blanks and batches the type.
    pub word: Option<Word>,
    /// 0: since the first of [`Spread::ages`] or later; n: before the n-th of them.
    pub age: usize,
    /// How many.
    pub things: u64,
    /// When the oldest of them took its last step.
    pub oldest: Timestamp,
}

/// Work that a station was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Of which kind.
    pub kind: Kind,
    /// Its id.
    pub id: Id,
    /// Whose.
    pub station: Word,
    /// The number of this claim, given with the step that ends the work ([`super::Move::claimed`]): no other has it.
    pub fence: u64,
}

/// How many things of a kind stand in a state, of one office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The word of the state.
    pub state: &'static str,
    /// Of blanks and batches the type.
    pub word: Option<Word>,
    /// How many.
    pub things: u64,
    /// When the oldest of them took its last step.
    pub oldest: Timestamp,
}
