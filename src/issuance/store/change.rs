//! A change: one step, or several that only make sense together, each signed by its actor. It is written whole or not at all.

use super::coupled;
use super::error::StoreError;
use super::key::{Sealed, Subject};
use super::rule::{self, Kind, Step};
use super::statement::{self, Heading};
use super::word::{Id, Office, Word};
use crate::crypto::hash::sha256;
use crate::issuance::names::Named as _;
use crate::issuance::officer::OfficerId;
use crate::issuance::role::{Role, Taken};
use crate::issuance::{application, batch, blank, card, incident, resident, shift, shipment};
use crate::limits::{STORE_ITEMS, STORE_MOVES, STORE_SIGNATURE_BYTES};
use jiff::Timestamp;

/// Who takes a step, and that they signed it. Whether the signature holds and the grant covers the role was checked by whoever made
/// this ([`crate::issuance::desk`]): to the store both are evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person, or service.
    pub id: OfficerId,
    /// The role that is used.
    pub role: Role,
    /// The office of the grant.
    pub office: Office,
    /// The signature over the act that names the step's statement ([`Draft::acts`]).
    pub signature: Vec<u8>,
}

/// One person, or two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hands {
    /// The first.
    pub by: Actor,
    /// The second.
    pub with: Option<Actor>,
}

impl Hands {
    pub(super) fn taken(&self) -> Taken {
        let person = |actor: &Actor| (actor.id.number(), actor.role);
        Taken { by: person(&self.by), with: self.with.as_ref().map(person) }
    }

    fn are_short(&self) -> bool {
        let short = |actor: &Actor| actor.signature.len() <= STORE_SIGNATURE_BYTES;
        short(&self.by) && self.with.as_ref().is_none_or(short)
    }
}

/// A thing that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// An application, listed or applied.
    Application {
        /// [`application::State::Listed`] or [`application::State::Applied`].
        begins: application::State,
        /// The procedure, as a word.
        procedure: Word,
        /// Of whom.
        subject: Subject,
        /// Of which family card.
        family: Option<Subject>,
        /// Less is sooner, among what waits for the same work.
        priority: i16,
    },
    /// A card, with its application's step to *print ready*.
    Card {
        /// For which application; whose it is follows from there.
        application: Id,
        /// Its document number.
        number: Word,
    },
    /// A card of the centre's that waits at this office, as a copy in the office's own store.
    CardCopy {
        /// For which application.
        application: Id,
        /// Its document number.
        number: Word,
    },
    /// A card of the centre's that is on its way to this office, as a copy in the office's own store.
    CardComing {
        /// For which application.
        application: Id,
        /// Its document number.
        number: Word,
    },
    /// A blank, received into stock.
    Blank {
        /// Of which type.
        of: Word,
    },
    /// A batch.
    Batch {
        /// Of which type of blank.
        of: Word,
        /// The applications in it.
        applications: Vec<Id>,
    },
    /// A shipment.
    Shipment {
        /// To which office.
        to: Office,
        /// The cards in it: its manifest.
        cards: Vec<Id>,
    },
    /// A shipment that was sent to this office, as a copy in the office's own store.
    ShipmentCopy {
        /// To which office: this one.
        to: Office,
        /// Those of its cards of which the store has copies too.
        cards: Vec<Id>,
    },
    /// A shift: an office has one at a time at a station.
    Shift {
        /// At which station.
        station: Word,
    },
    /// An incident.
    Incident {
        /// The id of what it is about.
        about: Word,
    },
    /// A resident of the population register: one for a NIK.
    Resident {
        /// [`resident::State::Dirty`] or [`resident::State::Clean`].
        begins: resident::State,
        /// Who.
        subject: Subject,
        /// The family card ([`Subject::id`]), by which they are found.
        family: Id,
        /// Where they came from.
        source: Word,
    },
}

impl Opening {
    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::Application { .. } => Kind::Application,
            Self::Card { .. } | Self::CardCopy { .. } | Self::CardComing { .. } => Kind::Card,
            Self::Blank { .. } => Kind::Blank,
            Self::Batch { .. } => Kind::Batch,
            Self::Shipment { .. } | Self::ShipmentCopy { .. } => Kind::Shipment,
            Self::Shift { .. } => Kind::Shift,
            Self::Incident { .. } => Kind::Incident,
            Self::Resident { .. } => Kind::Resident,
        }
    }

    /// The word of the state that it begins in.
    pub(super) fn begins(&self) -> &'static str {
        match self {
            Self::Application { begins, .. } => begins.name(),
            Self::Card { .. } => card::State::Allocated.name(),
            Self::CardCopy { .. } => card::State::Waiting.name(),
            Self::CardComing { .. } => card::State::InTransit.name(),
            Self::Blank { .. } => blank::State::InStock.name(),
            Self::Batch { .. } => batch::State::Created.name(),
            Self::Shipment { .. } => shipment::State::Sealed.name(),
            Self::ShipmentCopy { .. } => shipment::State::Sent.name(),
            Self::Shift { .. } => shift::State::Open.name(),
            Self::Incident { .. } => incident::State::Open.name(),
            Self::Resident { begins, .. } => begins.name(),
        }
    }

    pub(super) fn items(&self) -> &[Id] {
        match self {
            Self::Batch { applications, .. } => applications,
            Self::Shipment { cards, .. } | Self::ShipmentCopy { cards, .. } => cards,
            _ => &[],
        }
    }
}

/// What happens to a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// It begins.
    Open(Opening),
    /// It takes a step.
    Step(Step),
}

/// A step that is about to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub(super) id: Id,
    pub(super) act: Act,
    pub(super) owner: Option<Id>,
    pub(super) claim: Option<u64>,
    pub(super) reason: Option<Word>,
    pub(super) evidence: Option<[u8; 32]>,
    pub(super) device: Option<Word>,
    pub(super) sealed: Vec<Sealed>,
    /// Whether the evidence names what is sealed, and the statement does not.
    pub(super) is_named: bool,
}

impl Move {
    const fn new(id: Id, act: Act) -> Self {
        Self {
            id,
            act,
            owner: None,
            claim: None,
            reason: None,
            evidence: None,
            device: None,
            sealed: Vec::new(),
            is_named: false,
        }
    }

    /// A thing begins, under this id.
    #[must_use]
    pub const fn open(id: Id, opening: Opening) -> Self {
        Self::new(id, Act::Open(opening))
    }

    /// An application takes a step.
    #[must_use]
    pub const fn application(id: Id, step: application::Step) -> Self {
        Self::new(id, Act::Step(Step::Application(step)))
    }

    /// A card takes a step.
    #[must_use]
    pub const fn card(id: Id, step: card::Step) -> Self {
        Self::new(id, Act::Step(Step::Card(step)))
    }

    /// A card of this application takes a step; refused if it is another's.
    #[must_use]
    pub fn card_of(id: Id, application: Id, step: card::Step) -> Self {
        Self { owner: Some(application), ..Self::card(id, step) }
    }

    /// A blank takes a step.
    #[must_use]
    pub const fn blank(id: Id, step: blank::Step) -> Self {
        Self::new(id, Act::Step(Step::Blank(step)))
    }

    /// A blank is taken for a card, for good.
    #[must_use]
    pub fn blank_for(id: Id, card: Id) -> Self {
        Self { owner: Some(card), ..Self::blank(id, blank::Step::Take) }
    }

    /// A blank is missing together with the card that it was taken for; refused if it was taken for another.
    #[must_use]
    pub fn blank_lost(id: Id, card: Id) -> Self {
        Self { owner: Some(card), ..Self::blank(id, blank::Step::Lose) }
    }

    /// A batch takes a step.
    #[must_use]
    pub const fn batch(id: Id, step: batch::Step) -> Self {
        Self::new(id, Act::Step(Step::Batch(step)))
    }

    /// A shipment takes a step.
    #[must_use]
    pub const fn shipment(id: Id, step: shipment::Step) -> Self {
        Self::new(id, Act::Step(Step::Shipment(step)))
    }

    /// A shift takes a step.
    #[must_use]
    pub const fn shift(id: Id, step: shift::Step) -> Self {
        Self::new(id, Act::Step(Step::Shift(step)))
    }

    /// An incident takes a step.
    #[must_use]
    pub const fn incident(id: Id, step: incident::Step) -> Self {
        Self::new(id, Act::Step(Step::Incident(step)))
    }

    /// A resident takes a step; with a family card, it is theirs from now on.
    #[must_use]
    pub fn resident(id: Id, family: Option<Id>, step: resident::Step) -> Self {
        Self { owner: family, ..Self::new(id, Act::Step(Step::Resident(step))) }
    }

    /// Under this claim: refused if it was lost.
    #[must_use]
    pub fn claimed(self, fence: u64) -> Self {
        Self { claim: Some(fence), ..self }
    }

    /// Why.
    #[must_use]
    pub fn because(self, reason: Word) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// By which paper, minutes, receipt or result: the SHA-256 of it.
    #[must_use]
    pub fn by_evidence(self, sha256: [u8; 32]) -> Self {
        Self { evidence: Some(sha256), ..self }
    }

    /// On which device.
    #[must_use]
    pub fn on(self, device: Word) -> Self {
        Self { device: Some(device), ..self }
    }

    /// With a sealed part, which takes the place of an earlier one.
    #[must_use]
    pub fn with_sealed(mut self, sealed: Sealed) -> Self {
        self.sealed.push(sealed);
        self
    }

    /// With a sealed part that its evidence names: the SHA-256 of this content. For what is signed where nobody has this store's key: the
    /// statement is the same with the part and without.
    #[must_use]
    pub fn naming(self, content: &[u8], sealed: Sealed) -> Self {
        Self { is_named: true, ..self.by_evidence(sha256(content)) }.with_sealed(sealed)
    }

    /// Whether it is this step.
    #[must_use]
    pub fn is_step(&self, step: Step) -> bool {
        self.act == Act::Step(step)
    }

    /// Of which.
    #[must_use]
    pub const fn of(&self) -> &Id {
        &self.id
    }

    /// Of what.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match &self.act {
            Act::Open(opening) => opening.kind(),
            Act::Step(step) => step.kind(),
        }
    }

    fn check(&self) -> Result<(), StoreError> {
        if let Act::Open(opening) = &self.act
            && opening.items().len() > STORE_ITEMS
        {
            return Err(StoreError::TooMany("items", STORE_ITEMS));
        }
        let own = |sealed: &Sealed| sealed.kind == self.kind() && sealed.id == self.id;
        if self.sealed.iter().all(own) { Ok(()) } else { Err(StoreError::WrongOwner(self.kind())) }
    }
}

/// A change before it is signed.
#[derive(Debug, Clone)]
pub struct Draft {
    heading: Heading,
    moves: Vec<Move>,
    statements: Vec<String>,
}

/// A signed change, which a store can take.
#[derive(Debug, Clone)]
pub struct Change {
    pub(super) heading: Heading,
    pub(super) parts: Vec<Signed>,
}

/// A step as signed.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    pub(super) part: u32,
    pub(super) step: Move,
    pub(super) statement: String,
    pub(super) hands: Hands,
}

impl Draft {
    /// A change of an office, under a job's id: the same again is done once. `at` is what the office's clock says; the order of an
    /// office's rows is their number, and never a clock.
    ///
    /// # Errors
    /// [`StoreError::TooMany`], [`StoreError::Coupled`] if a step comes without the one that belongs to it,
    /// [`StoreError::WrongOwner`] if a sealed part is another thing's.
    pub fn new(job: Id, office: Office, at: Timestamp, moves: Vec<Move>) -> Result<Self, StoreError> {
        if moves.is_empty() || moves.len() > STORE_MOVES {
            return Err(StoreError::TooMany("steps of one change, or none", STORE_MOVES));
        }
        moves.iter().try_for_each(Move::check)?;
        coupled::check(&moves)?;
        // The tables hold microseconds.
        let at = Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at);
        let heading = Heading { job, office, at };
        let statements = (0..).zip(&moves).map(|(part, step)| statement::write(&heading, part, moves.len(), step)).collect();
        Ok(Self { heading, moves, statements })
    }

    /// What is to be signed: a statement for each step, in their order.
    #[must_use]
    pub fn statements(&self) -> &[String] {
        &self.statements
    }

    /// The same as officers sign it: the name of an act and the SHA-256 of the statement, for each step in their order.
    pub fn acts(&self) -> impl Iterator<Item = (String, [u8; 32])> + '_ {
        let name = |of: &Move| match &of.act {
            Act::Open(_) => statement::act_name(of.kind().name(), statement::OPEN),
            Act::Step(step) => statement::act_name(of.kind().name(), step.name()),
        };
        self.moves.iter().zip(&self.statements).map(move |(of, text)| (name(of), sha256(text.as_bytes())))
    }

    /// When, as it stands in the statements.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.heading.at
    }

    /// Whether these rows are what this change did, but for the time and the bytes of what is sealed, which are others every time.
    #[must_use]
    pub fn is_what_was_done(&self, rows: &[super::Row]) -> bool {
        rows.len() == self.statements.len()
            && rows.iter().zip(&self.statements).all(|(row, text)| statement::is_same_step(&row.statement, text))
    }

    /// The change, signed: hands for each step, in their order.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] or too few hands, or too long a signature; [`StoreError::Role`] if whoever begins a thing may not.
    pub fn signed(self, hands: Vec<Hands>) -> Result<Change, StoreError> {
        if hands.len() != self.moves.len() {
            return Err(StoreError::TooMany("hands, or fewer, than steps", self.moves.len()));
        }
        if !hands.iter().all(Hands::are_short) {
            return Err(StoreError::TooMany("bytes of a signature", STORE_SIGNATURE_BYTES));
        }
        let parts = (0..).zip(self.moves).zip(self.statements).zip(hands);
        let parts: Vec<Signed> =
            parts.map(|(((part, step), statement), hands)| Signed { part, step, statement, hands }).collect();
        for signed in &parts {
            if let Act::Open(opening) = &signed.step.act {
                rule::may_open(opening.kind(), opening.begins(), &signed.hands.taken())?;
            }
        }
        Ok(Change { heading: self.heading, parts })
    }

    /// The change, every step by the same hands.
    ///
    /// # Errors
    /// As [`Draft::signed`].
    pub fn signed_by(self, hands: &Hands) -> Result<Change, StoreError> {
        let all = vec![hands.clone(); self.moves.len()];
        self.signed(all)
    }
}
