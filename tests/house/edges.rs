//! Every step of the tables of issuance is made by a verb: none is a rule that nobody can follow.

use super::source;
use ektp::cli::verbs::Verb;
use ektp::issuance::names::Named;
use ektp::issuance::next;
use ektp::issuance::store::Kind;
use ektp::issuance::table::Row;
use ektp::issuance::{application, batch, blank, card, incident, resident, shift, shipment};
use std::collections::BTreeSet;

/// Thing, step, from which states (none: from all that the table has), the verbs that make it, and the file whose code takes it.
type Edge = (&'static str, &'static str, &'static [&'static str], &'static [&'static str], &'static str);

const EDGES: &[Edge] = &[
    ("application", "summon", &[], &["case summon"], "case/summon"),
    ("application", "pass-summons", &[], &["case pass"], "case/summon"),
    ("application", "plan-visit", &[], &["case visit"], "case/visit"),
    ("application", "verify-data", &[], &["case verify"], "case/verify"),
    ("application", "capture", &[], &["case capture"], "case/capture"),
    ("application", "consolidate", &[], &["case consolidate"], "case/consolidate"),
    ("application", "send", &[], &["centre receive"], "centre/intake"),
    ("application", "receive", &[], &["centre receive"], "centre/intake"),
    ("application", "take-in", &[], &["sync pull"], "sync/intake"),
    ("application", "fail-identification", &[], &["centre identify"], "centre/identify"),
    ("application", "find-single", &[], &["centre identify"], "centre/identify"),
    ("application", "find-doubt", &[], &["centre identify"], "centre/identify"),
    ("application", "recapture", &["identification-failed"], &["case capture"], "case/capture"),
    ("application", "recapture", &["clarifying"], &["clarify decide"], "centre/outcome"),
    ("application", "clarify", &[], &["clarify open"], "centre/clarify"),
    ("application", "clear-doubt", &[], &["clarify decide"], "centre/outcome"),
    ("application", "reject", &[], &["clarify decide"], "centre/outcome"),
    ("application", "give-way", &[], &["clarify decide"], "centre/clarify"),
    ("application", "view", &[], &["clarify show"], "centre/view"),
    ("application", "recheck", &[], &["centre identify"], "centre/identify"),
    ("application", "approve", &[], &["centre approve"], "centre/approve"),
    ("application", "personalize", &[], &["batch create"], "bureau/batch"),
    ("application", "put-back", &[], &["batch close", "batch withdraw"], "bureau/batch"),
    ("application", "remake", &[], &["batch requeue"], "bureau/requeue"),
    ("application", "deliver", &[], &["handover"], "handover/give"),
    ("application", "fail-handover", &[], &["handover"], "handover/give"),
    ("application", "close", &[], &["case close"], "case/close"),
    ("application", "withdraw", &[], &["case withdraw"], "case/withdraw"),
    ("application", "withdraw", &["in-personalization"], &["return"], "transit/back"),
    ("application", "capture-anew", &[], &["case recapture"], "handover/recapture"),
    ("application", "print-receipt", &[], &["case stamp"], "case/receipt"),
    ("application", "replace-receipt", &[], &["case receipt"], "case/receipt"),
    ("card", "encode", &[], &["batch run", "batch resume"], "bureau/run"),
    ("card", "finish-encoding", &[], &["batch run"], "bureau/run"),
    ("card", "print", &[], &["batch run"], "bureau/run"),
    ("card", "check", &[], &["batch run"], "bureau/run"),
    ("card", "spoil", &[], &["batch run"], "bureau/run"),
    ("card", "spoil", &[], &["blank leave"], "bureau/stock"),
    ("card", "quarantine", &[], &["batch run"], "bureau/run"),
    ("card", "pack", &[], &["ship pack", "ship shelve"], "transit/ship"),
    ("card", "send", &[], &["ship send"], "transit/ship"),
    ("card", "send-on", &[], &["ship send"], "transit/ship"),
    ("card", "receive", &["packed"], &["ship shelve"], "transit/ship"),
    ("card", "receive", &["in-transit", "returning"], &["ship receive", "ship settle"], "transit/ship"),
    ("card", "receive-back", &[], &["ship receive"], "transit/ship"),
    ("card", "try", &[], &["handover"], "handover/sitting"),
    ("card", "hand-over", &[], &["handover"], "handover/give"),
    ("card", "refuse", &[], &["handover"], "handover/give"),
    ("card", "take-back", &[], &["return"], "transit/back"),
    ("card", "take-back", &[], &["case withdraw"], "case/withdraw"),
    ("card", "take-back", &[], &["case recapture"], "handover/recapture"),
    ("card", "miss", &["in-transit", "packed", "returning"], &["ship missing", "ship settle"], "transit/trouble"),
    ("card", "miss", &["checked", "waiting", "refused", "returned"], &["status missing"], "transit/trouble"),
    ("card", "suspend", &[], &["status suspend"], "status/suspend"),
    ("card", "suspend", &[], &["clarify open"], "centre/holds"),
    ("card", "resume", &[], &["status resume"], "status/suspend"),
    ("card", "resume", &[], &["clarify decide"], "centre/holds"),
    ("card", "revoke", &["allocated"], &["case withdraw"], "case/withdraw"),
    ("card", "revoke", &["active", "suspended"], &["status revoke"], "status/revoke"),
    ("card", "revoke", &["active", "suspended"], &["handover"], "handover/give"),
    ("card", "revoke", &["active", "suspended"], &["case apply"], "case/apply"),
    ("card", "revoke", &["active", "suspended"], &["clarify decide"], "centre/clarify"),
    (
        "card",
        "revoke",
        &["encoding", "encoded", "printed", "checked", "packed", "in-transit", "waiting"],
        &["clarify decide"],
        "centre/clarify",
    ),
    ("card", "receive", &["revoked"], &["ship receive", "ship settle"], "transit/ship"),
    ("card", "miss", &["revoked"], &["ship missing", "ship settle"], "transit/trouble"),
    ("card", "send-back", &["spoiled", "quarantined", "refused", "revoked"], &["ship send"], "transit/ship"),
    ("card", "send-back", &["revoked"], &["case close"], "case/close"),
    ("card", "send-back", &["missing"], &["status found"], "status/custody"),
    ("card", "send-back", &["missing"], &["ship settle"], "transit/trouble"),
    ("card", "destroy", &[], &["destroy"], "transit/destroy"),
    // `Move::blank_for`.
    ("blank", "take", &[], &["batch run"], "store/change"),
    ("blank", "make", &[], &["batch run"], "bureau/run"),
    ("blank", "spoil", &["in-process"], &["batch run"], "bureau/run"),
    ("blank", "spoil", &[], &["blank leave"], "bureau/stock"),
    ("blank", "quarantine", &[], &["batch run"], "bureau/run"),
    ("blank", "sample", &[], &["blank leave"], "bureau/stock"),
    ("blank", "give-back", &[], &["blank leave"], "bureau/stock"),
    ("card", "lose", &[], &["blank leave", "shift close"], "bureau/stock"),
    ("blank", "lose", &[], &["blank leave", "shift close"], "bureau/stock"),
    ("blank", "miss", &[], &["blank leave", "shift close"], "bureau/stock"),
    ("blank", "find", &[], &["blank leave"], "bureau/stock"),
    ("batch", "approve", &[], &["batch approve"], "bureau/batch"),
    ("batch", "run", &[], &["batch run", "batch resume"], "bureau/run"),
    ("batch", "stop", &[], &["batch run"], "bureau/run"),
    ("batch", "close", &[], &["batch close"], "bureau/batch"),
    ("batch", "withdraw", &[], &["batch withdraw"], "bureau/batch"),
    ("shipment", "send", &[], &["ship send"], "transit/ship"),
    ("shipment", "receive", &[], &["ship receive"], "transit/ship"),
    ("shipment", "dispute", &[], &["ship dispute"], "transit/trouble"),
    ("shipment", "settle", &[], &["ship settle"], "transit/trouble"),
    ("shipment", "miss", &[], &["ship missing"], "transit/trouble"),
    ("shift", "supply", &[], &["shift supply"], "bureau/shift"),
    ("shift", "count", &[], &["shift close"], "bureau/shift"),
    ("shift", "close", &[], &["shift close"], "bureau/shift"),
    ("incident", "close", &[], &["incident close"], "bureau/incident"),
    ("incident", "close", &[], &["clarify decide"], "centre/holds"),
    ("resident", "import", &[], &["case register import"], "register/mod"),
    ("resident", "consolidate", &[], &["case register import"], "register/mod"),
    ("resident", "follow", &[], &["sync pull"], "register/mod"),
    ("resident", "move-away", &[], &["case register depart"], "../cli/case/register"),
    ("resident", "record-death", &[], &["case register depart"], "../cli/case/register"),
];

/// Thing, state, step, and the step as code names it.
type Way = (&'static str, &'static str, &'static str, String);

fn ways<S: Named, P: Named>(thing: &'static str, table: &'static [Row<S, P>]) -> Vec<Way> {
    table.iter().map(|(from, step, ..)| (thing, from.name(), step.name(), format!("Step::{step:?}"))).collect()
}

fn all() -> Vec<Way> {
    [
        ways("application", application::TABLE),
        ways("card", card::TABLE),
        ways("blank", blank::TABLE),
        ways("batch", batch::TABLE),
        ways("shipment", shipment::TABLE),
        ways("shift", shift::TABLE),
        ways("incident", incident::TABLE),
        ways("resident", resident::TABLE),
    ]
    .concat()
}

fn is_of(edge: &Edge, way: &Way) -> bool {
    edge.0 == way.0 && edge.1 == way.2 && (edge.2.is_empty() || edge.2.contains(&way.1))
}

#[test]
fn every_step_of_every_table_has_a_verb_that_makes_it() {
    let without: Vec<String> = all()
        .iter()
        .filter(|way| !EDGES.iter().any(|edge| is_of(edge, way)))
        .map(|(thing, from, step, _)| format!("{thing}: {step} from {from}"))
        .collect();
    assert_eq!(without, Vec::<String>::new(), "steps that no verb makes");
}

#[test]
fn what_a_refusal_names_next_is_what_makes_the_step() {
    let mut wrong = Vec::new();
    for (thing, from, step, _) in all() {
        let kind = Kind::of_name(thing).unwrap();
        let told: BTreeSet<&str> = next::verbs(kind, from, step).collect();
        let edges =
            EDGES.iter().filter(|edge| edge.0 == thing && edge.1 == step && (edge.2.is_empty() || edge.2.contains(&from)));
        let made: BTreeSet<&str> = edges.flat_map(|edge| edge.3.iter().copied()).collect();
        if told != made {
            wrong.push(format!("{thing}: {step} from {from}: told {told:?}, made by {made:?}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_verb_of_the_list_is_there_and_its_code_takes_the_step() {
    let (ways, sources) = (all(), source::all());
    let mut wrong = BTreeSet::new();
    for edge in EDGES {
        let of: Vec<&Way> = ways.iter().filter(|way| is_of(edge, way)).collect();
        let states: Vec<&str> = of.iter().map(|way| way.1).collect();
        if of.is_empty() || edge.2.iter().any(|state| !states.contains(state)) {
            wrong.insert(format!("{edge:?}: the table has no such step"));
        }
        let unknown = edge.3.iter().filter(|verb| Verb::named(verb).is_none());
        wrong.extend(unknown.map(|verb| format!("{edge:?}: {verb} is no verb")));
        let path = format!("src/issuance/{}.rs", edge.4).replace("issuance/../", "");
        // Whole: the line that a file's tests are declared on is no end of its code.
        let text = |source: &source::Source| [source.code.as_str(), source.tests.as_str()].concat();
        let code = sources.iter().find(|source| source.path == path).map(text).unwrap_or_default();
        // The word must end there: `Step::Send` is not `Step::SendBack`.
        let taken = |name: &str| {
            code.match_indices(name).any(|(at, _)| !code[at + name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric()))
        };
        wrong.extend(of.iter().filter(|way| !taken(&way.3)).map(|way| format!("{edge:?}: {path} does not take {}", way.3)));
    }
    assert_eq!(wrong, BTreeSet::new());
}
