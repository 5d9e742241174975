//! A scenario as it is played: each step taken, where it leads compared, and at the end where the card went by the signed audit.

use super::super::invariants::Seen;
use super::file::{Scenario, Step, read};
use super::offices::Offices;
use crate::finger::position::FingerPosition;
use crate::finger::template::Template;
use crate::issuance::Office;
use crate::issuance::case::Case;
use crate::issuance::names::Named as _;
use crate::issuance::procedure::Holder;
use crate::issuance::store::tests::people::id;
use crate::issuance::store::{Id, Kind, Store};
use crate::reason::Refusal;
use std::collections::BTreeMap;

/// A step that was refused: the reason's code, and what was said.
pub struct Refused {
    pub code: &'static str,
    pub said: String,
}

impl<E: Refusal> From<E> for Refused {
    fn from(error: E) -> Self {
        Self { code: error.reason().code(), said: error.to_string() }
    }
}

pub struct Play<'a> {
    pub name: &'a str,
    pub scenario: &'a Scenario,
    pub offices: &'a mut Offices,
    /// Whether each step is tried at every other office, too.
    pub strays: bool,
    /// Whose fingers are taken: the n-th synthetic person's.
    pub person: u64,
    /// Which capture of them.
    pub capture: u32,
    pub case: Option<Id>,
    /// The card that is made for it now.
    pub card: Option<Id>,
    /// The one that was kept from whoever came.
    pub refused: Option<Id>,
    /// The one from before.
    pub old: Option<Id>,
    /// Fingers on each card, as its image has them.
    pub chips: BTreeMap<Id, Vec<(FingerPosition, Template)>>,
    /// The batch and the shipment that are under way.
    pub batch: Id,
    pub shipment: Id,
    /// What names things that begin here.
    pub made: u32,
}

/// Plays a file over offices that nothing happened in yet.
pub fn play(name: &str, scenario: &Scenario, store: Box<dyn Store>) {
    scenario.is_of_the_table(name);
    let holds = if scenario.old_card.is_some() { scenario.resident.as_str() } else { "" };
    let mut offices = Offices::new(store, holds);
    let old = scenario.old_card.as_ref().map(|_| before(scenario, &mut offices));
    let mut play = Play::new(name, scenario, &mut offices);
    (play.strays, play.old, play.capture) = (true, old, 2);
    play.steps();
    play.ends();
}

/// The card from before: issued to the resident by the file of a first card. The register has it then.
fn before(scenario: &Scenario, offices: &mut Offices) -> Id {
    let name = match scenario.procedure().holder {
        Holder::Citizen => "regular-citizen-office-new",
        Holder::ForeignResident => "regular-foreign-office-new",
    };
    let first = Scenario { resident: scenario.resident.clone(), ..read(name) };
    let mut play = Play::new(name, &first, offices);
    play.steps();
    let card = play.card.take().unwrap();
    offices.registers(|_| {});
    card
}

impl<'a> Play<'a> {
    fn new(name: &'a str, scenario: &'a Scenario, offices: &'a mut Offices) -> Self {
        let (batch, shipment, chips) = (id("none"), id("none"), BTreeMap::new());
        let (case, card, refused, old) = (None, None, None, None);
        let (strays, person, capture, made) = (false, 1, 1, 0);
        Self { name, scenario, offices, strays, person, capture, case, card, refused, old, chips, batch, shipment, made }
    }

    fn steps(&mut self) {
        let scenario = self.scenario;
        for (n, step) in scenario.step.iter().enumerate() {
            let at = format!("{}, step {}: {}", self.name, n + 1, step.what);
            if self.strays && step.refused.is_none() {
                self.nowhere_else(step, &at);
            }
            match (self.act(step), &step.refused) {
                (Ok(()), None) => {}
                (Err(refused), Some(code)) => assert_eq!(refused.code, code, "{at}: {}", refused.said),
                (Err(refused), None) => panic!("{at}: {}", refused.said),
                (Ok(()), Some(code)) => panic!("{at}: not refused as {code}"),
            }
            self.compare(step, &at);
        }
    }

    /// Where case and cards stand after a step.
    fn compare(&mut self, step: &Step, at: &str) {
        if let Some(state) = &step.state {
            assert_eq!(self.state(), state, "{at}");
        }
        if let Some(state) = &step.card_state {
            let card = self.card_of(step);
            assert_eq!(self.card_state(&card), state, "{at}");
        }
        if let Some(state) = &step.old_state {
            let old = self.old.clone().unwrap();
            assert_eq!(self.card_state(&old), state, "{at}: the card from before");
        }
    }

    pub fn of(&self) -> Id {
        self.case.clone().unwrap()
    }

    /// The case, as it stands.
    pub fn stands(&mut self) -> Case {
        let of = self.of();
        self.offices.at(Office::Ministry, |desk, _| Case::open(desk, &of)).unwrap()
    }

    fn state(&mut self) -> &'static str {
        self.stands().state.name()
    }

    /// The card that a step is about.
    pub fn card_of(&self, step: &Step) -> Id {
        let card = match step.card.as_deref() {
            Some("refused") => &self.refused,
            Some("old") => &self.old,
            Some(other) => panic!("no card {other}"),
            None if self.card.is_some() => &self.card,
            None => &self.refused,
        };
        card.clone().unwrap()
    }

    fn card_state(&mut self, card: &Id) -> &'static str {
        self.offices.store.standing(Kind::Card, card).unwrap().unwrap().state
    }

    /// A name for what begins now.
    pub fn begins(&mut self, what: &str) -> Id {
        self.made += 1;
        id(&format!("{what}-{}-{}", self.capture, self.made))
    }

    /// What the file says of the whole, and where the cards went by the audit.
    fn ends(mut self) {
        let (name, table) = (self.name, self.scenario.table.clone());
        let dossier = self.stands().dossier;
        assert_eq!(dossier.procedure.name(), self.scenario.procedure, "{name}: the procedure that it became");
        assert_eq!(dossier.reason.name(), self.scenario.reason, "{name}");
        if let (Some(old), Some(state)) = (self.old.clone(), &self.scenario.old_card) {
            assert_eq!(self.card_state(&old), state, "{name}: the card from before");
        }
        let card = self.card.clone().unwrap();
        let to = |legs: &[[Office; 2]]| legs.iter().map(|[_, to]| *to).collect::<Vec<_>>();
        let shelved = if table.shipped.is_empty() { vec![table.handed_over_by] } else { to(&table.shipped) };
        let made = [("check", vec![table.personalized_by]), ("receive", shelved.clone())];
        self.went(&card, &made);
        self.went(&card, &[("hand-over", vec![table.handed_over_by])]);
        if let Some(refused) = self.refused.clone() {
            let mut back = to(&table.way_back);
            let last = back.pop().into_iter().collect();
            self.went(&refused, &[("check", vec![table.personalized_by]), ("receive", [shelved, back].concat())]);
            let ends = [("receive-back", last), ("destroy", vec![Office::Ministry])];
            self.went(&refused, &[("refuse", vec![table.handed_over_by]), ("hand-over", vec![])]);
            self.went(&refused, &ends);
        }
        Seen::default().look(self.offices.store.as_mut(), &self.offices.roster);
    }

    /// At which offices a card took steps, by the rows of the audit, each signed there.
    fn went(&mut self, card: &Id, steps: &[(&str, Vec<Office>)]) {
        let life = self.offices.store.history(Kind::Card, card, 0, 1_000).unwrap();
        for (step, offices) in steps {
            let rows = life.iter().filter(|row| row.step().as_deref() == Some(step));
            let at: Vec<Office> = rows.map(|row| row.office.as_str().parse().unwrap()).collect();
            assert_eq!(at, *offices, "{}: {step} of {card}", self.name);
        }
    }
}
