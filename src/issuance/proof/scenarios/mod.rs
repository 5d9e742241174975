//! The table of procedures, played: `tests/scenarios/` has a file for every procedure, mode and reason, with the office of each step from the
//! list or the form to the card in its holder's hand, or back to the ministry and its destruction. Each step is the library's own; before it
//! is taken, it is asked for at every other office, and each shipment to every other, and refused by name.

mod file;
mod offices;
mod play;
mod steps;
mod strays;
mod way;

use crate::issuance::names::Named as _;
use crate::issuance::papers::Reason;
use crate::issuance::procedure::{Procedure, Start};
use crate::issuance::store::tests::{File, Home, server};
use std::collections::BTreeSet;

/// A test for each procedure and mode, on both databases.
macro_rules! procedures {
    ($($name:ident $word:literal)+) => {
        mod sqlite {
            $(#[test] fn $name() { super::goes_its_way_and_no_other($word, &mut || Box::new(super::File::new())); })+
        }
        mod postgres {
            $(#[test] fn $name() {
                if let Some(server) = super::server() {
                    super::goes_its_way_and_no_other($word, &mut || Box::new(server.database()));
                }
            })+
        }
    };
}

procedures! {
    mass_issue_to_citizens "mass-citizen-office"
    mass_issue_to_foreign_residents "mass-foreign-office"
    regular_issue_to_citizens "regular-citizen-office"
    regular_issue_to_foreign_residents "regular-foreign-office"
    mass_issue_to_citizens_at_home "mass-citizen-home"
    mass_issue_to_foreign_residents_at_home "mass-foreign-home"
    regular_issue_to_citizens_at_home "regular-citizen-home"
    regular_issue_to_foreign_residents_at_home "regular-foreign-home"
}

fn goes_its_way_and_no_other(procedure: &str, home: &mut dyn FnMut() -> Box<dyn Home>) {
    for (name, scenario) in file::all().into_iter().filter(|(_, scenario)| scenario.procedure == procedure) {
        let home = home();
        play::play(&name, &scenario, home.create());
    }
}

#[test]
fn there_is_a_file_for_each_procedure_mode_and_reason_and_of_each_procedure_one_whose_card_goes_back() {
    let all = file::all();
    let written: BTreeSet<_> = all.iter().map(|(_, file)| (file.procedure.clone(), file.reason.clone())).collect();
    let every = Procedure::ALL.iter().flat_map(|procedure| {
        let reasons = if procedure.start == Start::Mass { &Reason::ALL[..1] } else { &Reason::ALL };
        reasons.iter().map(|reason| (procedure.name().to_owned(), reason.name().to_owned()))
    });
    assert_eq!(written, every.collect());
    assert_eq!(all.len(), written.len());
    for procedure in Procedure::ALL {
        let goes_back = |(_, file): &&(String, file::Scenario)| {
            let does = |what: &str| file.step.iter().any(|step| step.what == what && step.refused.is_none());
            file.procedure == procedure.name() && does("clarify") && does("destroy")
        };
        assert!(all.iter().any(|file| goes_back(&file)), "{}", procedure.name());
    }
}
