//! The tables of steps as the store uses them: by word, over all kinds of things.

use super::error::StoreError;
use crate::issuance::names::Named;
use crate::issuance::role::{Asked, Role, RoleError, Taken};
use crate::issuance::table::Row;
use crate::issuance::{application, batch, blank, card, incident, resident, shift, shipment};

/// The kinds of things that the store follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A resident's application.
    Application,
    /// A card, from its authorization to its destruction.
    Card,
    /// A blank, by its serial.
    Blank,
    /// A batch of applications under way together.
    Batch,
    /// Cards under one seal.
    Shipment,
    /// A shift at a station.
    Shift,
    /// Something that went wrong.
    Incident,
    /// A resident of the population register.
    Resident,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Application, Self::Card, Self::Blank, Self::Batch, Self::Shipment, Self::Shift, Self::Incident, Self::Resident];

    /// Its word, which is its table's name too.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Card => "card",
            Self::Blank => "blank",
            Self::Batch => "batch",
            Self::Shipment => "shipment",
            Self::Shift => "shift",
            Self::Incident => "incident",
            Self::Resident => "resident",
        }
    }

    /// The format of stores from which on they have it.
    pub(super) const fn since(self) -> u32 {
        match self {
            Self::Application | Self::Card | Self::Blank | Self::Batch | Self::Shipment => 1,
            Self::Shift | Self::Incident | Self::Resident => 2,
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A step of any kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Of an application.
    Application(application::Step),
    /// Of a card.
    Card(card::Step),
    /// Of a blank.
    Blank(blank::Step),
    /// Of a batch.
    Batch(batch::Step),
    /// Of a shipment.
    Shipment(shipment::Step),
    /// Of a shift.
    Shift(shift::Step),
    /// Of an incident.
    Incident(incident::Step),
    /// Of a resident.
    Resident(resident::Step),
}

/// The same expression over the table, and the beginnings, of each kind.
macro_rules! by_kind {
    ($kind:expr, |$table:ident, $starts:ident| $body:expr) => {
        match $kind {
            Kind::Application => in_room!(application, application::COPIES, |$table, $starts| $body),
            Kind::Card => in_room!(card, card::COPIES, |$table, $starts| $body),
            Kind::Blank => in_room!(blank, &[], |$table, $starts| $body),
            Kind::Batch => in_room!(batch, &[], |$table, $starts| $body),
            Kind::Shipment => in_room!(shipment, shipment::COPIES, |$table, $starts| $body),
            Kind::Shift => in_room!(shift, &[], |$table, $starts| $body),
            Kind::Incident => in_room!(incident, &[], |$table, $starts| $body),
            Kind::Resident => in_room!(resident, &[], |$table, $starts| $body),
        }
    };
}

macro_rules! in_room {
    ($room:ident, $copies:expr, |$table:ident, $starts:ident| $body:expr) => {{
        // The table of the thing itself, and that of the copies which other stores than the centre's have.
        let $table: [&[Row<$room::State, $room::Step>]; 2] = [$room::TABLE, $copies];
        let $starts: &[$room::State] = $room::STARTS;
        let _ = ($table, $starts);
        $body
    }};
}

impl Kind {
    /// The steps that the thing itself takes in a state, by their words: not those by which an office's own store follows the centre.
    #[must_use]
    pub fn steps(self, state: &str) -> Vec<&'static str> {
        by_kind!(self, |tables, _starts| {
            let [own, _] = tables;
            own.iter().filter(|(from, ..)| from.name() == state).map(|(_, step, ..)| step.name()).collect()
        })
    }
}

/// From where to where, by word.
pub(super) type Edge = (&'static str, &'static str);

impl Step {
    /// Of what.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Application(_) => Kind::Application,
            Self::Card(_) => Kind::Card,
            Self::Blank(_) => Kind::Blank,
            Self::Batch(_) => Kind::Batch,
            Self::Shipment(_) => Kind::Shipment,
            Self::Shift(_) => Kind::Shift,
            Self::Incident(_) => Kind::Incident,
            Self::Resident(_) => Kind::Resident,
        }
    }

    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Application(step) => step.name(),
            Self::Card(step) => step.name(),
            Self::Blank(step) => step.name(),
            Self::Batch(step) => step.name(),
            Self::Shipment(step) => step.name(),
            Self::Shift(step) => step.name(),
            Self::Incident(step) => step.name(),
            Self::Resident(step) => step.name(),
        }
    }

    /// The ways that it leads for these persons.
    pub(super) fn edges(self, taken: &Taken) -> Vec<Edge> {
        by_kind!(self.kind(), |table, starts| edges(table, self.name(), taken))
    }

    /// Why it does not lead on from this state.
    pub(super) fn refusal(self, state: &str, taken: &Taken) -> StoreError {
        let kind = self.kind();
        by_kind!(kind, |table, starts| refusal(kind, table, state, self.name(), taken))
    }
}

fn edges<S: Named, P: Named>(table: [&[Row<S, P>]; 2], step: &str, taken: &Taken) -> Vec<Edge> {
    let of_step = table.into_iter().flatten().filter(|(_, of, _, asked)| of.name() == step && asked.check(taken).is_ok());
    of_step.map(|(from, _, to, _)| (from.name(), to.name())).collect()
}

fn refusal<S: Named, P: Named>(
    kind: Kind,
    table: [&[Row<S, P>]; 2],
    state: &str,
    step: &'static str,
    taken: &Taken,
) -> StoreError {
    let Some(state) = S::of_name(state) else { return StoreError::Damaged("state") };
    let row = table.into_iter().flatten().find(|(from, of, ..)| *from == state && of.name() == step);
    match row.map(|(.., asked)| asked.check(taken)) {
        Some(Err(error)) => StoreError::Role(error),
        // With a row that these persons may take there would have been a way.
        _ => StoreError::WrongState { kind, state: state.name(), step },
    }
}

/// Whether the tables have the way `was` → `now` by a step of this word and these persons.
pub(super) fn has(kind: Kind, step: &str, was: &str, now: &str, taken: &Taken) -> bool {
    by_kind!(kind, |table, starts| edges(table, step, taken).contains(&(was, now)))
}

/// Whether a thing may begin in this state, with these persons.
pub(super) fn begins(kind: Kind, now: &str, taken: &Taken) -> bool {
    let starts = by_kind!(kind, |table, starts| starts.iter().any(|state| state.name() == now));
    (starts || is_copy(kind, now)) && asked_to_open(kind, now).check(taken).is_ok()
}

/// Whether a thing of this kind that begins in this state is a copy of the centre's.
fn is_copy(kind: Kind, now: &str) -> bool {
    use card::State::{InTransit, Waiting};
    let card = kind == Kind::Card && (now == Waiting.name() || now == InTransit.name());
    card || kind == Kind::Shipment && now == shipment::State::Sent.name()
}

/// Who may begin a thing.
pub(super) fn may_open(kind: Kind, now: &str, taken: &Taken) -> Result<(), RoleError> {
    asked_to_open(kind, now).check(taken)
}

const LIST: Asked = Asked::one(&[Role::HeadOfRegistry]);
const DESK: Asked = Asked::one(&[Role::Operator, Role::Supervisor]);
const APPROVER: Asked = Asked::one(&[Role::Approver]);
const CENTRE: Asked = Asked::one(&[Role::Centre]);
const SYNC: Asked = Asked::one(&[Role::Sync]);
const STOCK: Asked = Asked::one(&[Role::Personalizer, Role::Courier, Role::Supervisor]);
const BUREAU: Asked = Asked::one(&[Role::Personalizer]);
const ESCORT: Asked = Asked::one(&[Role::Courier, Role::Operator, Role::Supervisor]);

fn asked_to_open(kind: Kind, now: &str) -> Asked {
    match kind {
        Kind::Application if now == application::State::Listed.name() => LIST,
        Kind::Application if now == application::State::Received.name() => CENTRE,
        Kind::Application => DESK,
        Kind::Card | Kind::Shipment if is_copy(kind, now) => SYNC,
        Kind::Card => APPROVER,
        Kind::Blank => STOCK,
        Kind::Batch | Kind::Shift => BUREAU,
        Kind::Shipment => ESCORT,
        Kind::Incident => incident::REPORTERS,
        Kind::Resident if now == resident::State::Clean.name() => resident::CENTRE,
        Kind::Resident => resident::OFFICE,
    }
}

/// Whether a state's word is of this kind.
pub(super) fn state_of(kind: Kind, word: &str) -> Option<&'static str> {
    match kind {
        Kind::Application => application::State::of_name(word).map(Named::name),
        Kind::Card => card::State::of_name(word).map(Named::name),
        Kind::Blank => blank::State::of_name(word).map(Named::name),
        Kind::Batch => batch::State::of_name(word).map(Named::name),
        Kind::Shipment => shipment::State::of_name(word).map(Named::name),
        Kind::Shift => shift::State::of_name(word).map(Named::name),
        Kind::Incident => incident::State::of_name(word).map(Named::name),
        Kind::Resident => resident::State::of_name(word).map(Named::name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_word_the_tables_say_what_they_say_by_type() {
        let desk = Taken { by: (1, Role::Operator), with: None };
        let step = Step::Card(card::Step::HandOver);
        assert_eq!((step.kind(), step.name(), step.edges(&desk)), (Kind::Card, "hand-over", vec![("waiting", "active")]));
        let late = StoreError::WrongState { kind: Kind::Card, state: "revoked", step: "hand-over" };
        assert_eq!(step.refusal("revoked", &desk), late);
        let stranger = Taken { by: (1, Role::Courier), with: None };
        assert_eq!(step.edges(&stranger), []);
        assert_eq!(step.refusal("waiting", &stranger), StoreError::Role(RoleError::WrongRole(Role::Courier)));
        assert_eq!(step.refusal("elsewhere", &desk), StoreError::Damaged("state"));
        for (name, steps) in [("application", application::TABLE.len()), ("card", card::TABLE.len())] {
            assert!(Kind::of_name(name).is_some() && steps > 20);
        }
        assert_eq!(Kind::of_name("person"), None);
    }

    #[test]
    fn every_row_of_every_table_is_a_way_by_word() {
        for kind in Kind::ALL {
            by_kind!(kind, |table, starts| for (from, step, to, asked) in table.into_iter().flatten() {
                let taken = Taken { by: (1, asked.first[0]), with: asked.second.first().map(|role| (2, *role)) };
                assert!(has(kind, step.name(), from.name(), to.name(), &taken), "{kind:?} {step:?}");
                assert!(!has(kind, step.name(), to.name(), from.name(), &taken) || from == to, "{kind:?} {step:?}");
            });
        }
    }

    #[test]
    fn who_may_begin_what() {
        let one = |role| Taken { by: (1, role), with: None };
        assert!(begins(Kind::Application, "listed", &one(Role::HeadOfRegistry)));
        assert!(!begins(Kind::Application, "listed", &one(Role::Operator)), "a list is the head's");
        assert!(begins(Kind::Application, "applied", &one(Role::Operator)));
        assert!(!begins(Kind::Application, "unique", &one(Role::Operator)), "nothing begins in the middle");
        assert_eq!(may_open(Kind::Card, "allocated", &one(Role::Operator)), Err(RoleError::WrongRole(Role::Operator)));
        assert_eq!(may_open(Kind::Card, "allocated", &one(Role::Approver)), Ok(()));
    }
}
