//! What a store should do, in memory and by the typed tables: an account of its own to hold both databases against.

use crate::issuance::names::Named as _;
use crate::issuance::role::Taken;
use crate::issuance::store::change::Signed;
use crate::issuance::store::{Act, Change, Kind, Opening, Step, StoreError, Subject, Unique};
use crate::issuance::table::{Staged as _, StepError};
use crate::issuance::{application, batch, blank, card, incident, resident, shift, shipment};
use std::collections::{BTreeMap, BTreeSet};

/// A thing as the model knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Thing {
    pub state: AnyState,
    pub subject: Option<Subject>,
    pub owner: Option<String>,
    /// Office and station of a shift.
    pub place: Option<String>,
    pub revision: u64,
    /// Fence, from, until.
    pub claim: Option<(u64, i64, i64)>,
    pub fence: u64,
}

/// A state of any kind of thing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AnyState {
    Application(application::State),
    Card(card::State),
    Blank(blank::State),
    Batch(batch::State),
    Shipment(shipment::State),
    Shift(shift::State),
    Incident(incident::State),
    Resident(resident::State),
}

impl AnyState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Application(state) => state.name(),
            Self::Card(state) => state.name(),
            Self::Blank(state) => state.name(),
            Self::Batch(state) => state.name(),
            Self::Shipment(state) => state.name(),
            Self::Shift(state) => state.name(),
            Self::Incident(state) => state.name(),
            Self::Resident(state) => state.name(),
        }
    }

    fn take(self, step: Step, taken: &Taken) -> Result<Self, StoreError> {
        match (self, step) {
            (Self::Application(state), Step::Application(step)) => answer(state.take(step, taken)).map(Self::Application),
            (Self::Card(state), Step::Card(step)) => answer(state.take(step, taken)).map(Self::Card),
            (Self::Blank(state), Step::Blank(step)) => answer(state.take(step, taken)).map(Self::Blank),
            (Self::Batch(state), Step::Batch(step)) => answer(state.take(step, taken)).map(Self::Batch),
            (Self::Shipment(state), Step::Shipment(step)) => answer(state.take(step, taken)).map(Self::Shipment),
            (Self::Shift(state), Step::Shift(step)) => answer(state.take(step, taken)).map(Self::Shift),
            (Self::Incident(state), Step::Incident(step)) => answer(state.take(step, taken)).map(Self::Incident),
            (Self::Resident(state), Step::Resident(step)) => answer(state.take(step, taken)).map(Self::Resident),
            _ => panic!("a step of another kind"),
        }
        .map_err(|refused| match refused {
            Some(role) => StoreError::Role(role),
            None => StoreError::WrongState { kind: step.kind(), state: self.name(), step: step.name() },
        })
    }
}

fn answer<S: std::fmt::Debug, P: std::fmt::Debug>(
    taken: Result<S, StepError<S, P>>,
) -> Result<S, Option<crate::issuance::role::RoleError>> {
    taken.map_err(|error| if let StepError::Role(role) = error { Some(role) } else { None })
}

/// The store as it should be.
#[derive(Debug, Clone, Default)]
pub struct Model {
    pub things: BTreeMap<(Kind, String), Thing>,
    numbers: BTreeSet<String>,
    jobs: BTreeMap<String, Vec<String>>,
}

impl Model {
    /// Takes a change; whether it had been done before.
    pub fn take(&mut self, change: &Change) -> Result<bool, StoreError> {
        let job = change.heading.job.to_string();
        let statements: Vec<String> = change.parts.iter().map(|part| part.statement.clone()).collect();
        if let Some(done) = self.jobs.get(&job) {
            return if *done == statements { Ok(true) } else { Err(StoreError::Conflict(job)) };
        }
        let mut next = self.clone();
        for part in &change.parts {
            next.part(part, change.heading.at.as_microsecond(), change.heading.office.as_str())?;
        }
        next.jobs.insert(job, statements);
        *self = next;
        Ok(false)
    }

    fn part(&mut self, signed: &Signed, at: i64, office: &str) -> Result<(), StoreError> {
        match &signed.step.act {
            Act::Open(opening) => self.open(signed, opening, office),
            Act::Step(step) => self.step(signed, *step, at),
        }
    }

    fn open(&mut self, signed: &Signed, opening: &Opening, office: &str) -> Result<(), StoreError> {
        let key = (opening.kind(), signed.step.id.to_string());
        let mut place = None;
        let unknown = |kind, id: &str| StoreError::Unknown { kind, id: id.to_owned() };
        let (state, subject, owner) = match opening {
            Opening::Application { begins, subject, .. } => (AnyState::Application(*begins), Some(*subject), None),
            Opening::Card { application, .. }
            | Opening::CardCopy { application, .. }
            | Opening::CardComing { application, .. } => {
                let of = self.things.get(&(Kind::Application, application.to_string()));
                let subject = of.ok_or_else(|| unknown(Kind::Application, application.as_str()))?.subject;
                (AnyState::Card(card::State::of_name(opening.begins()).unwrap()), subject, Some(application.to_string()))
            }
            Opening::Blank { .. } => (AnyState::Blank(blank::State::InStock), None, None),
            Opening::Batch { .. } => (AnyState::Batch(batch::State::Created), None, None),
            Opening::Shipment { .. } => (AnyState::Shipment(shipment::State::Sealed), None, None),
            Opening::ShipmentCopy { .. } => (AnyState::Shipment(shipment::State::Sent), None, None),
            Opening::Shift { station } => {
                place = Some(format!("{office} {station}"));
                (AnyState::Shift(shift::State::Open), None, None)
            }
            Opening::Incident { .. } => (AnyState::Incident(incident::State::Open), None, None),
            Opening::Resident { begins, subject, family, .. } => {
                (AnyState::Resident(*begins), Some(*subject), Some(family.to_string()))
            }
        };
        let known = |((kind, _), thing): (&(Kind, String), &Thing)| *kind == Kind::Resident && thing.subject == subject;
        if self.things.contains_key(&key) || key.0 == Kind::Resident && self.things.iter().any(known) {
            return Err(StoreError::Taken { kind: key.0, id: key.1 });
        }
        if let Opening::Card { number, .. } = opening
            && !self.numbers.insert(number.to_string())
        {
            return Err(StoreError::Duplicate(Unique::CardNumber));
        }
        self.put(key, Thing { state, subject, owner, place, revision: 1, claim: None, fence: 0 })
    }

    fn step(&mut self, signed: &Signed, step: Step, at: i64) -> Result<(), StoreError> {
        let (kind, id) = (step.kind(), signed.step.id.to_string());
        let thing = self.things.get(&(kind, id.clone())).cloned();
        let mut thing = thing.ok_or_else(|| StoreError::Unknown { kind, id: id.clone() })?;
        let named = signed.step.owner.as_ref().map(ToString::to_string);
        let binds = matches!(step, Step::Blank(blank::Step::Take) | Step::Resident(_));
        if named.is_some() && !binds && thing.owner != named {
            return Err(StoreError::WrongOwner(kind));
        }
        thing.state = thing.state.take(step, &signed.hands.taken())?;
        match (signed.step.claim, thing.claim) {
            (None, Some((_, from, until))) if (from..until).contains(&at) => return Err(StoreError::Claimed(kind)),
            (Some(fence), claim) if claim.map(|(fence, ..)| fence) != Some(fence) => return Err(StoreError::ClaimLost(kind)),
            _ => {}
        }
        if binds && named.is_some() {
            thing.owner = named;
        }
        thing.claim = None;
        thing.revision += 1;
        self.put((kind, id), thing)
    }

    /// Writes a thing, if nobody has two of what they may have one of.
    fn put(&mut self, key: (Kind, String), thing: Thing) -> Result<(), StoreError> {
        let others = || self.things.iter().filter(|(other, _)| **other != key).map(|(_, other)| other);
        let same = |held: &dyn Fn(AnyState) -> bool| {
            held(thing.state) && others().any(|other| other.subject == thing.subject && held(other.state))
        };
        let clash = [
            (Unique::OpenApplication, same(&|s| matches!(s, AnyState::Application(state) if state.is_open()))),
            (Unique::LiveCard, same(&|s| matches!(s, AnyState::Card(state) if state.is_live()))),
            (
                Unique::OpenShift,
                thing.state == AnyState::Shift(shift::State::Open)
                    && others().any(|other| other.state == thing.state && other.place == thing.place),
            ),
            (Unique::UnfinishedCard, same(&|s| matches!(s, AnyState::Card(state) if state.is_unfinished()))),
            (
                Unique::BlankOfCard,
                key.0 == Kind::Blank
                    && thing.owner.is_some()
                    && others().any(|other| matches!(other.state, AnyState::Blank(_)) && other.owner == thing.owner),
            ),
        ];
        if let Some((unique, _)) = clash.into_iter().find(|(_, clashes)| *clashes) {
            return Err(StoreError::Duplicate(unique));
        }
        self.things.insert(key, thing);
        Ok(())
    }

    /// Gives out the first free thing in a state: the oldest is the caller's to know.
    pub fn claim(&mut self, kind: Kind, id: &str, now: i64, until: i64) -> u64 {
        let thing = self.things.get_mut(&(kind, id.to_owned())).unwrap();
        assert!(thing.claim.is_none_or(|(_, from, until)| !(from..until).contains(&now)), "{id} is somebody's");
        thing.fence += 1;
        thing.claim = Some((thing.fence, now, until));
        thing.fence
    }

    /// Whether a thing in this state is free.
    pub fn has_work(&self, kind: Kind, state: &str, now: i64) -> bool {
        let free = |thing: &Thing| thing.claim.is_none_or(|(_, from, until)| !(from..until).contains(&now));
        self.things.iter().any(|((of, _), thing)| *of == kind && thing.state.name() == state && free(thing))
    }
}
