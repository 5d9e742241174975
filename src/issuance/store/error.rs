//! Why the store refuses. Whatever it is, nothing of the refused change is stored.

use super::audit::SignatureError;
use super::rule::Kind;
use crate::issuance::next;
use crate::issuance::role::RoleError;
use crate::reason::{Reason, Refusal};

/// What a person has at most one of, and what is given once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unique {
    /// A card active or suspended, for one NIK.
    LiveCard,
    /// A card in the making or on its way, for one NIK.
    UnfinishedCard,
    /// An application that may still become a card, for one NIK.
    OpenApplication,
    /// A document number.
    CardNumber,
    /// The blank of a card.
    BlankOfCard,
    /// The shipment or batch that something is in.
    Item,
    /// An open shift at a station of an office.
    OpenShift,
}

/// How a row of the audit is not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Broken {
    /// The row of this number is missing.
    #[error("it is missing")]
    Missing,
    /// The head after it does not follow from the head before it.
    #[error("its head does not follow from the row before")]
    Head,
    /// It does not parse, or its columns do not say what its statement says.
    #[error("its columns and its statement differ")]
    Columns,
    /// The tables of steps have no such step, or these persons may not take it.
    #[error("the rules have no such step by these persons")]
    Rule,
    /// Its signatures do not count.
    #[error("its signatures do not count: {0}")]
    Signature(SignatureError),
    /// The chain's end does not stand where the chain's head says.
    #[error("it is not the end that the chain's head names")]
    End,
}

/// One thing of a kind.
const fn one(kind: Kind) -> &'static str {
    match kind {
        Kind::Application => "an application",
        Kind::Card => "a card",
        Kind::Blank => "a blank",
        Kind::Batch => "a batch",
        Kind::Shipment => "a shipment",
        Kind::Shift => "a shift",
        Kind::Incident => "an incident",
        Kind::Resident => "a resident",
    }
}

/// What there is already.
const fn only(of: Unique) -> &'static str {
    match of {
        Unique::LiveCard => "this person has a card that is active or suspended",
        Unique::UnfinishedCard => "a card of this person is in the making, or waits",
        Unique::OpenApplication => "this person has an open application",
        Unique::CardNumber => "this document number was given before",
        Unique::BlankOfCard => "this blank was taken for another card",
        Unique::Item => "it is in a batch, or a shipment, already",
        Unique::OpenShift => "a shift is open at this station already: `ektp shift close` ends it",
    }
}

/// A refusal of the store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database cannot be reached, read or written; so the operation that needs it is refused (invariant I7). Names a code of the
    /// database, never a value.
    #[error("the store cannot be used: {0}")]
    Unavailable(String),
    /// The disk, or the store's own bound, has no room.
    #[error("there is no room left for the store")]
    Full,
    /// Others kept the same rows busy for too long, again and again.
    #[error("others keep what is needed busy")]
    Busy,
    /// A setting by which an acknowledged change could be lost.
    #[error("the database's setting {0} is not safe")]
    UnsafeSetting(&'static str),
    /// The database is there, and is no store of ours.
    #[error("the database is no store")]
    NotAStore,
    /// A store was to be made where one is.
    #[error("there is a store already")]
    Exists,
    /// The store was written by a newer program.
    #[error("the store has format {found}, this program knows up to {known}")]
    NewerFormat {
        /// Its format.
        found: u32,
        /// The newest that is known here.
        known: u32,
    },
    /// The store has to be migrated first.
    #[error("the store has format {found} and must be migrated to {known}")]
    OlderFormat {
        /// Its format.
        found: u32,
        /// The one of this program.
        known: u32,
    },
    /// The copy that a migration begins with could not be made.
    #[error("the backup before the migration failed: {0}")]
    Backup(String),
    /// The key is not this store's.
    #[error("the key is not this store's")]
    WrongKey,
    /// A key of another length.
    #[error("a store's key has 32 bytes, not {0}")]
    KeyLength(usize),
    /// A sealed part does not open: altered, of another place, or under another key.
    #[error("a sealed part of {0} does not open")]
    Sealed(&'static str),
    /// A text that is none of the store's.
    #[error("this is no {0}: letters, digits, '-', '.', '_', at most 64, never sixteen digits")]
    Word(&'static str),
    /// More than one change, question or answer may hold.
    #[error("more than {1} {0}")]
    TooMany(&'static str, usize),
    /// A step of a copy, in the centre's own store: there is nothing there that follows.
    #[error("the centre's own store holds no copies")]
    CentresOwn,
    /// The job was used before with other content.
    #[error("job {0} exists with other content")]
    Conflict(String),
    /// There is none of this id.
    #[error("there is no {} {id}", .kind.name())]
    Unknown {
        /// What.
        kind: Kind,
        /// Its id.
        id: String,
    },
    /// There is one of this id already.
    #[error("there is {} {id} already", one(*kind))]
    Taken {
        /// What.
        kind: Kind,
        /// Its id.
        id: String,
    },
    /// The step does not follow from the state.
    #[error("{} that is {state} does not take the step {step}; {}", one(*kind), next::told(*kind, state))]
    WrongState {
        /// Of what.
        kind: Kind,
        /// Where it stands.
        state: &'static str,
        /// What was asked.
        step: &'static str,
    },
    /// Whoever asks may not.
    #[error(transparent)]
    Role(#[from] RoleError),
    /// It belongs to another than the one that was named with it.
    #[error("the {} belongs to another", .0.name())]
    WrongOwner(Kind),
    /// The step is taken only together with another of the same change.
    #[error("the step {step} is taken only together with {with}")]
    Coupled {
        /// The step.
        step: &'static str,
        /// The one that is missing.
        with: &'static str,
    },
    /// There is one already, and only one may be.
    #[error("{}", only(*.0))]
    Duplicate(Unique),
    /// A revoked number does not come back.
    #[error("a revoked card stays revoked")]
    RevokedForGood,
    /// Another station has claimed it.
    #[error("another station works on this {}", .0.name())]
    Claimed(Kind),
    /// The claim ended, and somebody else may have had it since.
    #[error("the claim on this {} was lost", .0.name())]
    ClaimLost(Kind),
    /// A row of the audit is not what was written.
    #[error("the audit of office {office} is broken at row {n}: {why}")]
    AuditBroken {
        /// Whose chain.
        office: String,
        /// The first row that is wrong.
        n: u64,
        /// How.
        why: Broken,
    },
    /// Something stands where no row of the audit put it.
    #[error("the audit does not account for {} {id}", .kind.name())]
    Unaccounted {
        /// What.
        kind: Kind,
        /// Its id.
        id: String,
    },
    /// The store is older than one that was seen before.
    #[error("the audit of office {office} ended at row {known} before, and ends at row {found} now")]
    RolledBack {
        /// Whose chain.
        office: String,
        /// The row that was seen.
        known: u64,
        /// The last row now.
        found: u64,
    },
    /// The store has another past than the one that was seen before.
    #[error("the audit of office {office} has another row {n} than the one seen before")]
    Forked {
        /// Whose chain.
        office: String,
        /// The row.
        n: u64,
    },
    /// A stored value, or a list of heads, does not parse.
    #[error("the field {0} is damaged")]
    Damaged(&'static str),
}

impl Refusal for StoreError {
    fn reason(&self) -> Reason {
        match self {
            Self::Unavailable(_) | Self::UnsafeSetting(_) | Self::NotAStore | Self::Backup(_) => Reason::StoreUnavailable,
            Self::NewerFormat { .. } | Self::OlderFormat { .. } | Self::Damaged(_) => Reason::EncodingInvalid,
            Self::Full => Reason::DiskFull,
            Self::Busy | Self::Claimed(_) => Reason::InUse,
            Self::Exists => Reason::OutputExists,
            Self::WrongKey | Self::KeyLength(_) => Reason::WrongStoreKey,
            Self::Word(_) | Self::TooMany(..) => Reason::InputInvalid,
            Self::Conflict(_) | Self::Taken { .. } => Reason::JobConflict,
            Self::Unknown { .. } => Reason::IdentifierUnknown,
            Self::WrongState { .. } | Self::WrongOwner(_) | Self::Coupled { .. } => Reason::WrongState,
            Self::ClaimLost(_) | Self::CentresOwn => Reason::WrongState,
            Self::Role(error) => error.reason(),
            Self::Duplicate(Unique::LiveCard | Unique::UnfinishedCard | Unique::OpenApplication) => Reason::PersonHasCard,
            Self::Duplicate(Unique::OpenShift) => Reason::InUse,
            Self::Duplicate(_) => Reason::DuplicateIssue,
            Self::RevokedForGood => Reason::RevokedForGood,
            Self::Sealed(_) | Self::AuditBroken { .. } | Self::Unaccounted { .. } => Reason::AuditAltered,
            Self::RolledBack { .. } | Self::Forked { .. } => Reason::StoreRolledBack,
        }
    }
}
