//! Every step of the tables of issuance is made by a verb: none is a rule that nobody can follow.

use super::source;
use ektp::cli::verbs::Verb;
use ektp::issuance::names::Named;
use ektp::issuance::next::{self, Made};
use ektp::issuance::store::Kind;
use ektp::issuance::table::Row;
use ektp::issuance::{application, batch, blank, card, incident, resident, shift, shipment};
use std::collections::BTreeSet;

/// Of each thing and verb the files whose code takes the steps that [`next::MADE`] says it makes.
const CODE: &[(Kind, &str, &[&str])] = &[
    (Kind::Application, "case summon", &["case/summon"]),
    (Kind::Application, "case pass", &["case/summon"]),
    (Kind::Application, "case visit", &["case/visit"]),
    (Kind::Application, "case verify", &["case/verify"]),
    (Kind::Application, "case capture", &["case/capture"]),
    (Kind::Application, "case consolidate", &["case/consolidate"]),
    (Kind::Application, "centre receive", &["centre/intake"]),
    (Kind::Application, "sync pull", &["sync/intake"]),
    (Kind::Application, "centre identify", &["centre/identify"]),
    (Kind::Application, "clarify decide", &["centre/outcome", "centre/clarify"]),
    (Kind::Application, "clarify open", &["centre/clarify"]),
    (Kind::Application, "clarify show", &["centre/view"]),
    (Kind::Application, "centre approve", &["centre/approve"]),
    (Kind::Application, "batch create", &["bureau/batch"]),
    (Kind::Application, "batch close", &["bureau/batch"]),
    (Kind::Application, "batch withdraw", &["bureau/batch"]),
    (Kind::Application, "batch requeue", &["bureau/requeue"]),
    (Kind::Application, "handover", &["handover/give"]),
    (Kind::Application, "case close", &["case/close"]),
    (Kind::Application, "case withdraw", &["case/withdraw"]),
    (Kind::Application, "return", &["transit/back"]),
    (Kind::Application, "case recapture", &["handover/recapture"]),
    (Kind::Application, "case stamp", &["case/receipt"]),
    (Kind::Application, "case receipt", &["case/receipt"]),
    (Kind::Card, "batch run", &["bureau/run"]),
    (Kind::Card, "batch resume", &["bureau/run"]),
    (Kind::Card, "blank leave", &["bureau/stock"]),
    (Kind::Card, "ship pack", &["transit/ship"]),
    (Kind::Card, "ship shelve", &["transit/ship"]),
    (Kind::Card, "ship send", &["transit/ship"]),
    (Kind::Card, "ship receive", &["transit/ship"]),
    (Kind::Card, "ship settle", &["transit/ship", "transit/trouble"]),
    (Kind::Card, "handover", &["handover/sitting", "handover/give"]),
    (Kind::Card, "return", &["transit/back"]),
    (Kind::Card, "case withdraw", &["case/withdraw"]),
    (Kind::Card, "case recapture", &["handover/recapture"]),
    (Kind::Card, "ship missing", &["transit/trouble"]),
    (Kind::Card, "status missing", &["transit/trouble"]),
    (Kind::Card, "status suspend", &["status/suspend"]),
    (Kind::Card, "clarify open", &["centre/holds"]),
    (Kind::Card, "status resume", &["status/suspend"]),
    (Kind::Card, "clarify decide", &["centre/holds", "centre/clarify"]),
    (Kind::Card, "status revoke", &["status/revoke"]),
    (Kind::Card, "case apply", &["case/apply"]),
    (Kind::Card, "case close", &["case/close"]),
    (Kind::Card, "status found", &["status/custody"]),
    (Kind::Card, "destroy", &["transit/destroy"]),
    (Kind::Blank, "batch run", &["store/change", "bureau/run"]),
    (Kind::Blank, "blank leave", &["bureau/stock"]),
    (Kind::Card, "shift close", &["bureau/stock"]),
    (Kind::Blank, "shift close", &["bureau/stock"]),
    (Kind::Batch, "batch approve", &["bureau/batch"]),
    (Kind::Batch, "batch run", &["bureau/run"]),
    (Kind::Batch, "batch resume", &["bureau/run"]),
    (Kind::Batch, "batch close", &["bureau/batch"]),
    (Kind::Batch, "batch withdraw", &["bureau/batch"]),
    (Kind::Shipment, "ship send", &["transit/ship"]),
    (Kind::Shipment, "ship receive", &["transit/ship"]),
    (Kind::Shipment, "ship dispute", &["transit/trouble"]),
    (Kind::Shipment, "ship settle", &["transit/trouble"]),
    (Kind::Shipment, "ship missing", &["transit/trouble"]),
    (Kind::Shift, "shift supply", &["bureau/shift"]),
    (Kind::Shift, "shift close", &["bureau/shift"]),
    (Kind::Incident, "incident close", &["bureau/incident"]),
    (Kind::Incident, "clarify decide", &["centre/holds"]),
    (Kind::Resident, "case register import", &["register/mod"]),
    (Kind::Resident, "sync pull", &["register/mod"]),
    (Kind::Resident, "case register depart", &["../cli/case/register"]),
];

/// Thing, state, step, and the step as code names it.
type Way = (Kind, &'static str, &'static str, String);

fn ways<S: Named, P: Named>(thing: Kind, table: &'static [Row<S, P>]) -> Vec<Way> {
    table.iter().map(|(from, step, ..)| (thing, from.name(), step.name(), format!("Step::{step:?}"))).collect()
}

fn all() -> Vec<Way> {
    [
        ways(Kind::Application, application::TABLE),
        ways(Kind::Card, card::TABLE),
        ways(Kind::Blank, blank::TABLE),
        ways(Kind::Batch, batch::TABLE),
        ways(Kind::Shipment, shipment::TABLE),
        ways(Kind::Shift, shift::TABLE),
        ways(Kind::Incident, incident::TABLE),
        ways(Kind::Resident, resident::TABLE),
    ]
    .concat()
}

fn is_of(made: &Made, way: &Way) -> bool {
    made.0 == way.0 && made.1 == way.2 && (made.2.is_empty() || made.2.contains(&way.1))
}

/// Whether code names a step. The word must end there: `Step::Send` is not `Step::SendBack`.
fn takes(code: &str, step: &str) -> bool {
    code.match_indices(step).any(|(at, _)| !code[at + step.len()..].starts_with(|c: char| c.is_ascii_alphanumeric()))
}

#[test]
fn every_step_of_every_table_has_a_verb_that_makes_it() {
    let without: Vec<String> = all()
        .iter()
        .filter(|(thing, from, step, _)| next::verbs(*thing, from, step).next().is_none())
        .map(|(thing, from, step, _)| format!("{thing:?}: {step} from {from}"))
        .collect();
    assert_eq!(without, Vec::<String>::new(), "steps that no verb makes");
}

#[test]
fn every_verb_of_the_list_is_there_and_its_code_takes_the_step() {
    let (ways, sources) = (all(), source::all());
    let code = |file: &str| {
        let path = format!("src/issuance/{file}.rs").replace("issuance/../", "");
        // Whole: the line that a file's tests are declared on is no end of its code.
        let found = sources.iter().find(|source| source.path == path);
        found.map(|source| [source.code.as_str(), source.tests.as_str()].concat()).unwrap_or_default()
    };
    let (mut wrong, mut used) = (BTreeSet::new(), BTreeSet::new());
    for made in next::MADE {
        let of: Vec<&Way> = ways.iter().filter(|way| is_of(made, way)).collect();
        if of.is_empty() || made.2.iter().any(|state| !of.iter().any(|way| way.1 == *state)) {
            wrong.insert(format!("{made:?}: the table has no such step"));
        }
        for verb in made.3 {
            if Verb::named(verb).is_none() {
                wrong.insert(format!("{made:?}: {verb} is no verb"));
            }
            let files = CODE.iter().find(|(thing, of, _)| *thing == made.0 && of == verb).map_or(&[][..], |row| row.2);
            used.extend(of.iter().flat_map(|way| {
                files.iter().filter(|file| takes(&code(file), &way.3)).map(|file| (format!("{:?}", made.0), *verb, *file))
            }));
            let taken = |way: &&Way| files.iter().any(|file| takes(&code(file), &way.3));
            wrong.extend(
                of.iter().filter(|way| !taken(way)).map(|way| format!("{made:?}: {verb} ({files:?}) does not take {}", way.3)),
            );
        }
    }
    for (thing, verb, files) in CODE {
        let idle = files.iter().filter(|file| !used.contains(&(format!("{thing:?}"), *verb, **file)));
        wrong.extend(idle.map(|file| format!("{thing:?}: {verb} makes no step in {file}")));
    }
    assert_eq!(wrong, BTreeSet::new());
}
