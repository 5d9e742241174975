//! A step at any other office than the file names, and a shipment to any other, is refused by name and changes nothing.

use super::file::Step;
use super::offices::{OFFICES, seated, sitting};
use super::play::Play;
use super::steps::{old_card, outcome};
use super::way::{create, presented, seal};
use crate::issuance::Office;
use crate::issuance::bureau::BureauError;
use crate::issuance::case::tests::world::Good;
use crate::issuance::case::{self, CaseError};
use crate::issuance::centre::{CentreError, approve, clarify};
use crate::issuance::desk::{By, Desk};
use crate::issuance::handover::HandoverError;
use crate::issuance::procedure::Place;
use crate::issuance::store::{Id, Kind};
use crate::issuance::transit::{TransitError, ship};

impl Play<'_> {
    /// Tries a step everywhere else, just before it is taken where the file has it.
    pub fn nowhere_else(&mut self, step: &Step, at: &str) {
        let (table, rows) = (&self.scenario.table, self.rows());
        let (captured, result, bureau, desk) = (table.captured_by, table.result_to, table.personalized_by, table.handed_over_by);
        match step.what.as_str() {
            "verify" | "capture" => self.captured_only_by(step, captured, at),
            "consolidate" => {
                assert_eq!(step.office, table.consolidated_by, "{at}");
                let (of, place) = (self.of(), self.place_of_result());
                let refused = |here| Err(CaseError::Elsewhere { place, at: step.office, here });
                self.only_at(step, at, |d, job, by| case::consolidate(d, job, &of, by).map(|_| ()), refused);
            }
            "approve" | "clarify" => self.answered_only_to(step, result, at),
            "batch-create" => {
                assert_eq!(step.office, bureau, "{at}");
                let (of, batch) = (self.of(), crate::issuance::store::tests::people::id("astray"));
                let refused = |_| Err(BureauError::Elsewhere { kind: Kind::Application, id: of.clone() });
                self.only_at(step, at, |d, job, by| create(d, job, (&batch, &of), by), refused);
            }
            "batch-approve" | "batch-run" | "batch-close" => assert_eq!(step.office, bureau, "{at}"),
            "pack" | "shelve" => self.packed_only_to(step, at),
            "send" => {
                let id = self.shipment.clone();
                let refused = |_| Err(BureauError::Elsewhere { kind: Kind::Shipment, id: id.clone() }.into());
                self.only_at::<TransitError>(step, at, |d, job, by| ship::send(d, job, &id, by), refused);
            }
            "arrive" => {
                let (id, cards, seals) = (self.shipment.clone(), [self.card_of(step)], [seal(&self.shipment)]);
                let refused = |_| Err(TransitError::NotHere(step.office));
                self.only_at(step, at, |d, job, by| ship::receive(d, job, &id, (&cards, &seals), by).map(|_| ()), refused);
            }
            "handover" => {
                assert_eq!(step.office, desk, "{at}");
                let (of, read) = (self.of(), self.read());
                let refused = |_| Err(HandoverError::Elsewhere(Some(desk)));
                self.only_at(step, at, |d, _, _| presented(d, &of, &read).map(|_| ()), refused);
            }
            "close" => {
                let (of, place, old) = (self.of(), self.scenario.procedure().desk(), old_card(step));
                let refused = |here| Err(CaseError::Elsewhere { place, at: desk, here });
                self.only_at(step, at, |d, job, by| case::close(d, job, &of, (old, &[]), by).map(|_| ()), refused);
            }
            _ => {}
        }
        assert_eq!(self.rows(), rows, "{at}: what was refused left something behind");
    }

    /// How many rows the audit has.
    fn rows(&mut self) -> u64 {
        self.offices.store.heads().unwrap().iter().map(|head| head.n).sum()
    }

    /// What the office that the result returns to is in the procedure.
    fn place_of_result(&self) -> Place {
        self.scenario.procedure().result_to()
    }

    /// Asks at every office but the step's; whoever signs the step would sign there.
    fn only_at<E: std::fmt::Debug + PartialEq>(
        &mut self,
        step: &Step,
        at: &str,
        ask: impl Fn(&mut Desk<'_>, &Id, By<'_>) -> Result<(), E>,
        refused: impl Fn(Office) -> Result<(), E>,
    ) {
        let officers = sitting(&step.by, step.office);
        for here in OFFICES.into_iter().filter(|here| *here != step.office) {
            let answer = self.offices.at(here, |desk, job| ask(desk, job, seated(&officers)));
            assert_eq!(answer, refused(here), "{at}, at {here}");
        }
    }

    fn captured_only_by(&mut self, step: &Step, captured: Office, at: &str) {
        assert_eq!(step.office, captured, "{at}");
        let (of, place) = (self.of(), self.scenario.procedure().captured_at());
        let refused = |here| Err(CaseError::Elsewhere { place, at: captured, here });
        if step.what == "verify" {
            let seen = self.verification(step);
            self.only_at(step, at, |d, job, by| case::verify(d, job, &of, &seen, by), refused);
        } else {
            let taken = self.taken(step);
            self.only_at(step, at, |d, job, by| case::capture(d, job, &of, (&taken, &Good), by).map(|_| ()), refused);
        }
    }

    /// The office that the result returns to, and those above it, act on it; no other does.
    fn answered_only_to(&mut self, step: &Step, result: Office, at: &str) {
        assert!(step.office.holds(result), "{at}");
        let (of, place, officers) = (self.of(), self.place_of_result(), sitting(&step.by, step.office));
        for here in OFFICES.into_iter().filter(|here| !here.holds(result)) {
            let job = self.offices.job();
            let (mut desk, _, works) = self.offices.parts(here);
            let answer = if step.what == "approve" {
                approve(&mut desk, &job, &of, (&mut works.making(), false), seated(&officers)).map(|_| ())
            } else {
                clarify::decide(&mut desk, &job, &of, outcome(step), seated(&officers)).map(|_| ())
            };
            let elsewhere = CaseError::Elsewhere { place, at: result, here };
            assert_eq!(answer, Err(CentreError::Case(elsewhere)), "{at}, at {here}");
        }
    }

    /// From where the card lies to no other office, and from nowhere else to any; a card at its desk goes nowhere, and no other is shelved.
    fn packed_only_to(&mut self, step: &Step, at: &str) {
        let (card, officers) = (self.card_of(step), sitting(&step.by, step.office));
        let legs = [self.scenario.table.shipped.clone(), self.scenario.table.way_back.clone()].concat();
        let to = (step.what == "pack").then(|| step.office_to());
        assert!(to.is_none_or(|to| legs.contains(&[step.office, to])), "{at}: no leg of the file's table");
        let (astray, cards) = (crate::issuance::store::tests::people::id("astray"), [card.clone()]);
        for here in OFFICES {
            for there in OFFICES.into_iter().filter(|there| (here, Some(*there)) != (step.office, to)) {
                let seals = [seal(&astray)];
                let packed = |d: &mut Desk<'_>, job: &Id| ship::pack(d, job, &astray, (there, &cards, &seals), seated(&officers));
                let answer = self.offices.at(here, packed).map(|_| ());
                let refused = match to {
                    _ if here != step.office => BureauError::Elsewhere { kind: Kind::Card, id: card.clone() }.into(),
                    Some(_) => TransitError::NoLeg { card: card.clone(), to: there },
                    None => TransitError::AtItsDesk(card.clone()),
                };
                assert_eq!(answer, Err(refused), "{at}, from {here} to {there}");
            }
        }
        for here in OFFICES.into_iter().filter(|here| *here != step.office || to.is_some()) {
            let answer = self.offices.at(here, |d, job| ship::shelve(d, job, &cards, seated(&officers)));
            let refused = match to.filter(|_| here == step.office) {
                Some(to) => TransitError::NoLeg { card: card.clone(), to },
                None => BureauError::Elsewhere { kind: Kind::Card, id: card.clone() }.into(),
            };
            assert_eq!(answer, Err(refused), "{at}, on the shelf of {here}");
        }
    }
}
